# Our hooks as users get them: from a value to builtins.

# As for reading.
cdef Py_ssize_t unstructuring = 0


cdef class UnstructureHook:
    """
    The hook that unstructures a type.

    It writes a document and reads that as builtins, which takes less time than
    to make them in Python.

    Args:
        hook: What is called with whatever the engine refuses.
        make_schema: Makes the type's schema; called once.
        wire: The layout of the format.
    """

    cdef readonly object hook
    cdef object make_schema     # None: it has been made
    cdef object schema          # None: there is none
    cdef Writer writer
    cdef str wire
    cdef bint calls_hooks
    cdef object __weakref__

    def __cinit__(self, hook, make_schema, str wire):
        self.hook = hook
        self.make_schema = make_schema
        self.wire = wire

    def prepare(self):
        """Keep to the hooks that are registered now."""
        make, self.make_schema = self.make_schema, None
        if make is not None:
            try:
                self.schema = make()
            except Exception as exc:  # the hook says what is wrong
                caught(exc)

    cdef Writer writer_for(self, int wire, bint strict, const Sink* limits):
        """Return the writer of the type; None: there is none."""
        self.prepare()
        return None if self.schema is None else build(self.schema, wire, strict, limits, &self.calls_hooks)

    def __call__(self, value):
        cdef object made
        cdef Sink limits = unbounded()
        global unstructuring
        if self.writer is None and (self.make_schema is not None or self.schema is not None):
            # What JSON has no number for is another value when it is read again.
            self.writer = self.writer_for(_WIRES[self.wire], True, &limits)
            if self.writer is None:
                self.schema = None
        if self.writer is None or (self.calls_hooks and unstructuring):
            return self.hook(value)
        unstructuring += self.calls_hooks
        try:
            made = self.written(value)
            return self.hook(value) if made is REFUSAL else made
        finally:
            unstructuring -= self.calls_hooks
            if has_remembered and writing == 0 and unstructuring == 0:
                let_go()

    cdef object written(self, value):
        cdef Sink out = unbounded()
        cdef bytes data = None
        if not _open_sink(&out):
            raise MemoryError
        try:
            if self.writer.write(<PyObject*>value, &out) == WRITTEN:
                data = PyBytes_FromStringAndSize(out.start, out.at - out.start)
        finally:
            _close_sink(&out)
        return REFUSAL if data is None else builtins_of(data, self.wire)
