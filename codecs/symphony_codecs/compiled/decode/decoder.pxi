# From documents to values.

# Told of each type and document that the reference takes after the engine has refused it; for tests.
mismatch_listeners = []

# How many documents are being read. A hook may read another, which reads another: if each went on behind its faults, hooks
# that never end would take forever to run out of stack.
cdef Py_ssize_t reading = 0


def _go_on(_):
    return NotImplemented


cdef class Decoder:
    """Reads documents of one type."""

    cdef Reader root
    cdef object type
    cdef object loads
    cdef object limits
    cdef object fallback
    cdef object explain
    cdef object nested
    cdef object mark
    cdef bint strict
    cdef bint has_validators
    cdef int layout
    cdef Py_ssize_t max_size
    cdef Py_ssize_t max_depth
    cdef Py_ssize_t max_items
    cdef Py_ssize_t max_text

    def __cinit__(self, schema, loads, layout, limits, strict, fallback, explain):
        self.layout = NO_LAYOUT
        if not strict:
            self.layout = LAYOUTS.get(layout, NO_LAYOUT)
        builder = Builder(schema, self.layout)
        self.root = (<Builder>builder).build(schema.root)
        self.has_validators = (<Builder>builder).has_validators
        self.type = schema.type
        self.loads, self.limits, self.strict = loads, limits, strict
        self.fallback, self.explain = fallback, explain
        self.nested, self.mark = getattr(fallback, "nested", _go_on), getattr(fallback, "mark", None)
        self.max_size, self.max_depth = limits.max_size, limits.max_depth
        self.max_items, self.max_text = limits.max_items, limits.max_text

    def decode(self, data):
        """Return the value that a document holds."""
        global reading
        if reading > 0:
            result = self.nested(data)
            if result is not NotImplemented:
                return result
        reading += 1
        try:
            return self.decoded(data)
        finally:
            reading -= 1
            if has_remembered and reading == 0:
                let_go()

    cdef object decoded(self, data):
        cdef object result = self.attempt(data)
        global are_validators_off
        if result is REFUSED and self.has_validators and not are_validators_off and not runs_validators():
            are_validators_off = True
            try:
                result = self.attempt(data)
            finally:
                are_validators_off = False
        if result is REFUSED:
            result = self.fallback(data)
            for listener in mismatch_listeners:
                listener(self.type, data)
        return result

    cdef object attempt(self, data):
        """Return the value, or REFUSED; raise what is wrong with the document, if that is clear."""
        cdef object result = REFUSED
        cdef object error = None
        cdef bint needs_fallback = True
        cdef Partial partial
        partial.left = partial.by = partial.tried = NULL
        partial.ends.starts = NULL
        partial.ends.mask = partial.ends.count = 0
        partial.works = reading == 1 and self.explain is not None
        try:
            if self.layout != NO_LAYOUT and PyBytes_CheckExact(data):
                result = self.take(data, &needs_fallback, &partial)
            if needs_fallback:
                result = self.root.read(self.loads(data, self.limits, self.strict))
            elif partial.left != NULL:
                error = self.explain(<object>partial.left)
        except Exception as exc:
            caught(exc)
            result = REFUSED  # the reference's errors are not to have this one as their context
        finally:
            Py_XDECREF(partial.left)
            Py_XDECREF(partial.tried)
            forget_ends(&partial.ends)
        if error is not None:
            if self.mark is not None:
                self.mark(error, data)
            raise error
        return result

    cdef object take(self, bytes data, bint* needs_fallback, Partial* partial):
        """Return the value; REFUSED: the reference has to look at what was left, or at all of the document."""
        cdef Cursor cursor
        cdef object result
        cdef Py_ssize_t size = PyBytes_GET_SIZE(data)
        if size > self.max_size or (self.layout == JSON and size > self.max_text):
            return REFUSED
        cursor.at = <const unsigned char*>PyBytes_AS_STRING(data)
        cursor.end = cursor.at + size
        cursor.layout = self.layout
        cursor.needs_fallback = cursor.is_mixed = False
        cursor.depth = self.max_depth - 1
        cursor.unclaimed = size
        cursor.max_items = self.max_items
        cursor.max_text = self.max_text
        cursor.partial = partial
        partial.spare = size
        if powers_wanted and not powers_ready:
            fill_powers()
        result = self.root.take(&cursor)
        if self.layout == JSON:
            skip_blanks(&cursor)
        if result is REFUSED:
            needs_fallback[0] = cursor.needs_fallback
            if cursor.at != cursor.end or partial.by != <PyObject*>self.root:
                drop(partial)
        elif cursor.at != cursor.end:
            return REFUSED
        else:
            needs_fallback[0] = False
        return result


def make_reader(schema):
    """Return the function from builtins to values of a schema's type, or to ``REFUSED``."""
    cdef Reader root = (<Builder>Builder(schema, NO_LAYOUT)).build(schema.root)

    def read(tree):
        try:
            return root.read(tree)
        except Exception as exc:
            caught(exc)
            return REFUSED

    return read


def make_decoder(schema, loads, layout, limits, strict, fallback, explain=None):
    """
    Return the function from documents to values of a schema's type.

    Args:
        schema: The schema for reading.
        loads: The format's function to builtins.
        layout: Which layout of bytes it has, ``None`` for another.
        limits: The codec's limits.
        strict: Whether it is strict: then `loads` looks at each document.
        fallback: The reference path, for what is refused.
        explain: The same for builtins in which all that needs no second look
            stands as `Structured`: the error, or None if there is none to be
            found there.  None: `fallback` is always asked.
    """
    return Decoder(schema, loads, layout, limits, strict, fallback, explain).decode
