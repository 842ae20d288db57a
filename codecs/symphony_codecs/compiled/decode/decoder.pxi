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
    cdef object refuse
    cdef object explain_fault
    cdef object reference
    cdef bint strict
    cdef bint has_validators
    cdef bint takes_byte_names
    cdef int layout
    cdef Py_ssize_t max_size
    cdef Py_ssize_t max_depth
    cdef Py_ssize_t max_items
    cdef Py_ssize_t max_text

    def __cinit__(self, schema, loads, layout, limits, strict, fallback, explain, refuse, reference):
        cdef Builder builder
        self.layout = LAYOUTS.get(layout, NO_LAYOUT)
        builder = Builder.__new__(Builder, schema, self.layout, limits.max_text)
        self.root = builder.build(schema.root)
        self.has_validators = builder.has_validators
        self.type = schema.type
        self.loads, self.limits, self.strict = loads, limits, strict
        self.fallback, self.explain, self.refuse, self.reference = fallback, explain, refuse, reference
        self.explain_fault = EXPLAINERS.get(loads)
        self.takes_byte_names = schema.bytes_keys
        self.nested, self.mark = getattr(fallback, "nested", _go_on), getattr(fallback, "mark", None)
        self.max_size, self.max_depth = limits.max_size, limits.max_depth
        self.max_items, self.max_text = limits.max_items, limits.max_text

    def __reduce__(self):
        return reduced(self.reference)

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
        global without_validators
        cdef bint is_inside = without_validators > 0
        cdef object result = self.attempt(data)
        if result is REFUSED and self.has_validators and not is_inside and not runs_validators():
            without_validators += 1
            try:
                result = self.attempt(data)
            finally:
                without_validators -= 1
        if result is REFUSED:
            # A hook has asked for a Decimal, of a number whose text it did not have.
            if self.layout == JSON and take_wanted():
                return self.fallback(data)
            result = self.fallback(data)
            for listener in mismatch_listeners:
                listener(self.type, data)
        return result

    def tried(self, bytes data not None):
        """Return the value of a document that was just written, `REFUSED`, or `NotImplemented` where it is not clear."""
        global reading
        cdef object result = NotImplemented
        cdef bint is_malformed = False
        cdef Partial partial
        memset(&partial, 0, sizeof(Partial))
        reading += 1
        try:
            result = self.take(data, &is_malformed, &partial)
        except Exception as exc:
            caught(exc)
        finally:
            reading -= 1
            release(&partial)
            if has_remembered and reading == 0:
                let_go()
        if result is REFUSED and (
            is_malformed
            or partial.is_too_deep
            or (self.layout == JSON and take_wanted())
            or (self.has_validators and not runs_validators())
        ):
            return NotImplemented
        return result

    cdef object attempt(self, data):
        """Return the value, or REFUSED; raise what is wrong with the document, if that is clear."""
        cdef object result = REFUSED
        cdef object error = None
        cdef bint is_malformed = False
        cdef Partial partial
        partial.left = partial.by = partial.kept = partial.fault = partial.not_finite = partial.tried = NULL
        partial.frames = NULL
        partial.scans = partial.is_beyond = False
        partial.ends.starts = NULL
        partial.ends.mask = partial.ends.count = 0
        partial.is_too_deep = False
        partial.works = reading == 1 and self.explain is not None
        try:
            if self.layout == NO_LAYOUT:
                result = self.root.read(self.loads(data, self.limits, self.strict))
            else:
                document = data if PyBytes_CheckExact(data) else contiguous(data, self.limits)
                if PyBytes_GET_SIZE(document) <= self.max_size:
                    result = self.take(document, &is_malformed, &partial)
                    if result is REFUSED and not partial.is_too_deep:
                        result, error = self.refused(document, is_malformed, &partial)
        except Exception as exc:
            caught(exc)
            result = REFUSED  # the reference's errors are not to have this one as their context
        finally:
            release(&partial)
        if result is REFUSED and partial.is_too_deep and self.refuse is not None:
            error = self.refuse(stack_ends())
        if error is not None:
            if self.mark is not None:
                self.mark(error, data)
            raise error
        return result

    cdef object take(self, bytes data, bint* is_malformed, Partial* partial):
        """Return the value, or REFUSED."""
        cdef Cursor cursor = self.cursor_of(data, partial)
        cdef object result = self.take_at(&cursor)
        is_malformed[0] = cursor.needs_fallback or (result is not REFUSED and cursor.at != cursor.end)
        if result is not REFUSED:
            return REFUSED if is_malformed[0] else result
        if cursor.at != cursor.end or partial.by != <PyObject*>self.root:
            drop(partial)
        return REFUSED

    cdef inline object take_at(self, Cursor* cursor):
        cdef object result
        if powers_wanted and not powers_ready:
            fill_powers()
        result = self.root.take(cursor)
        if self.layout == JSON:
            skip_blanks(cursor)
        return result

    cdef inline Cursor cursor_of(self, bytes data, Partial* partial):
        cdef Py_ssize_t size = PyBytes_GET_SIZE(data)
        partial.spare = size
        return self.cursor(<const unsigned char*>PyBytes_AS_STRING(data), size, partial)

    cdef inline Cursor cursor(self, const unsigned char* start, Py_ssize_t size, Partial* partial):
        cdef Cursor cursor
        cursor.at = partial.start = start
        cursor.end = start + size
        cursor.layout = self.layout
        cursor.needs_fallback = cursor.is_mixed = cursor.is_stray = False
        cursor.unique = self.strict or self.layout == CBOR
        cursor.finite = self.strict
        cursor.takes_byte_names = self.takes_byte_names
        cursor.takes = TAKES_BYTES | TAKES_KEYS | TAKES_ALL
        cursor.depth = self.max_depth - 1
        cursor.unclaimed = size
        cursor.max_depth = <int>self.max_depth
        cursor.max_items = self.max_items
        cursor.max_text = self.max_text
        cursor.partial = partial
        cursor.stack_end = stack_end()
        return cursor

    cdef tuple refused(self, bytes data, bint is_malformed, Partial* partial):
        """Return a value and an error for what was refused: either may be missing, and if both are the reference reads."""
        cdef Cursor cursor
        if not is_malformed and partial.left != NULL:
            return REFUSED, self.explain(<object>partial.left)
        cursor = self.cursor_of(data, partial)
        fault, is_beyond = find_fault(&cursor)
        if fault is None and not is_malformed:
            return REFUSED, None
        try:
            if fault is not None and not is_beyond and self.explain_fault is not None:
                error = self.explain_fault(data, fault, self.limits, self.strict)
                if error is not None:
                    # A number of any size may stand where a Decimal belongs, which the format does not know.
                    if self.layout == JSON and error.issues[0].code == "out_of_range":
                        return REFUSED, None
                    raise error
            return self.root.read(self.loads(data, self.limits, self.strict)), None
        except FormatError as exc:
            return REFUSED, None if self.refuse is None else self.refuse(exc)


cdef int release(Partial* partial) except -1:
    drop(partial)
    forget_ends(&partial.ends)
    Py_XDECREF(partial.tried)
    Py_XDECREF(partial.kept)
    Py_XDECREF(partial.fault)
    Py_XDECREF(partial.not_finite)
    PyMem_Free(partial.frames)
    return 0


seal(Decoder)


# What is written within limits is read within them.
cdef object UNLIMITED = Limits(max_depth=250, max_size=2**32 - 1, max_items=2**32 - 1, max_text=2**32 - 1)


def make_reader(schema):
    """Return the function from builtins to values of a schema's type, or to ``REFUSED``."""
    cdef Reader root = (<Builder>Builder.__new__(Builder, schema, NO_LAYOUT, PY_SSIZE_T_MAX)).build(schema.root)

    def read(tree):
        try:
            return root.read(tree)
        except Exception as exc:
            caught(exc)
            return REFUSED

    return read


def make_decoder(schema, loads, layout, limits, strict, fallback, explain=None, refuse=None, reference=None):
    """
    Return the function from documents to values of a schema's type.

    Args:
        schema: The schema for reading.
        loads: The format's function to builtins.
        layout: Which layout of bytes it has, ``None`` for another.
        limits: The codec's limits.
        strict: Whether equal keys, NaN and the infinities are refused.
        fallback: The reference path, for what is refused.
        explain: The same for builtins in which everything that was read
            stands as `Structured`: the error, or None if there is none to be
            found there.  None: `fallback` is always asked.
        refuse: The error to raise for a `FormatError` of the format's.
        reference: What the function pickles as; None: it does not.
    """
    return Decoder.__new__(
        Decoder, schema, loads, layout, limits, strict, fallback, explain, refuse, reference
    ).decode


def make_trial(schema, str layout):
    """Return the function that reads what was just written; see `Decoder.tried`."""
    return Decoder.__new__(Decoder, schema, None, layout, UNLIMITED, False, None, None, None, None).tried
