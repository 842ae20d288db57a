# Our hooks as users get them: callable with builtins, as quick as the engine is.

# How many of these are being called: what they call in turn says what is wrong at once, or each level would twice.
cdef Py_ssize_t structuring = 0


cdef class StructureHook:
    """
    The hook that structures a type.

    Args:
        hook: What is called with whatever the engine refuses.
        make_schema: Makes the type's schema; called once.
    """

    cdef readonly object hook
    cdef object make_schema     # None: it has been made
    cdef object schema          # None: there is none
    cdef Reader reader
    cdef bint calls_hooks       # whether hooks of the user's are in it
    cdef bint has_validators    # whether readers make checks of attrs' validators
    cdef object __weakref__

    def __cinit__(self, hook, make_schema):
        self.hook = hook
        self.make_schema = make_schema

    def prepare(self):
        """Keep to the hooks that are registered now."""
        make, self.make_schema = self.make_schema, None
        if make is not None:
            try:
                self.schema = make()
            except Exception as exc:  # the hook says what is wrong
                caught(exc)

    cdef Reader reader_for(self, int layout, Py_ssize_t max_text):
        """Return the reader of the type; None: there is none."""
        cdef Builder builder
        cdef Reader reader
        self.prepare()
        if self.schema is None:
            return None
        builder = Builder.__new__(Builder, self.schema, layout, max_text)
        reader = builder.build(self.schema.root)
        self.calls_hooks, self.has_validators = builder.calls_hooks, builder.has_validators
        return reader

    def __call__(self, value, tp=None):
        cdef object result
        global structuring
        if self.reader is None and (self.make_schema is not None or self.schema is not None):
            self.reader = self.reader_for(NO_LAYOUT, PY_SSIZE_T_MAX)
            if self.reader is None:
                self.schema = None
        if self.reader is None or (self.calls_hooks and structuring):
            return self.hook(value, tp)
        structuring += self.calls_hooks
        try:
            result = self.read(value)
            return self.hook(value, tp) if result is REFUSED else result
        finally:
            structuring -= self.calls_hooks
            if has_remembered and reading == 0 and structuring == 0:
                let_go()

    cdef object read(self, value):
        try:
            return self.reader.read(value)
        except Exception as exc:
            caught(exc)
            return REFUSED


cdef object as_builtins(bytes data, int layout):
    """Return the builtins of a document that an encoder of ours has written; REFUSED: they are to be made otherwise."""
    cdef Cursor cursor
    cdef Partial partial
    memset(&partial, 0, sizeof(Partial))
    memset(&cursor, 0, sizeof(Cursor))
    cursor.at = <const unsigned char*>PyBytes_AS_STRING(data)
    cursor.end = cursor.at + PyBytes_GET_SIZE(data)
    cursor.layout = layout
    cursor.depth = cursor.max_depth = PLAIN_DEPTH
    cursor.takes = TAKES_BYTES | TAKES_KEYS | TAKES_ALL
    cursor.unclaimed = cursor.max_items = cursor.max_text = PY_SSIZE_T_MAX
    cursor.partial = &partial
    cursor.stack_end = stack_end()
    try:
        return value_at(&cursor)
    finally:
        release(&partial)


cdef enum:
    PLAIN_DEPTH = 1000


def builtins_of(bytes data not None, str layout):
    """Return the builtins of a document that was just written, or ``REFUSED``."""
    return as_builtins(data, LAYOUTS[layout])


REFUSAL = REFUSED
