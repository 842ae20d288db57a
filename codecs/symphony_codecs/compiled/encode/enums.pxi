# Enums and literals: bytes that were made before, found by the value itself.

cdef class EnumWriter(Writer):
    """
    One of some values.

    By identity, in a table of open addressing: hashing an enum's member runs
    Python code.  The values of a literal are looked up by class and value
    where they are not the very objects.

    Attributes:
        missing: From another value of the class to builtins, which `result` writes; None: there is no other.
    """

    cdef PyObject* cls         # NULL for a literal
    cdef object kept
    cdef dict by_class     # then by value
    cdef Py_ssize_t mask
    cdef PyObject** members    # NULL: nothing here
    cdef Chunk* tokens
    cdef object missing
    cdef Writer result
    cdef bint are_different    # whether no two of the tokens are the same

    def __dealloc__(self):
        PyMem_Free(self.members)
        PyMem_Free(self.tokens)

    cdef int fill(self, cls, pairs) except -1:
        """Take *pairs* of a value and its token; those whose token is ``None`` are not among the values."""
        cdef Py_ssize_t i, at, room = 4
        pairs = [pair for pair in pairs if pair[1] is not None]
        while room < 2 * len(pairs):
            room *= 2
        self.members = <PyObject**>PyMem_Malloc(room * sizeof(PyObject*))
        self.tokens = <Chunk*>PyMem_Malloc(room * sizeof(Chunk))
        if self.members == NULL or self.tokens == NULL:
            raise MemoryError
        memset(self.members, 0, room * sizeof(PyObject*))
        self.mask = room - 1
        self.kept = [cls]
        self.by_class = {}
        self.cls = <PyObject*>cls if cls is not None else NULL
        for value, token in pairs:
            at = self.place(<PyObject*>value)
            self.members[at] = <PyObject*>value
            self.tokens[at] = _chunk(token, self.kept)
            self.kept.append(value)
            if cls is None:
                self.by_class.setdefault(type(value), {})[value] = value
        self.kept = tuple(self.kept)
        self.are_different = len({token for _, token in pairs}) == len(pairs)
        return 0

    cdef PyObject* the_class(self) noexcept:
        """Return the one class of the values; NULL: there are several."""
        if self.cls == NULL and len(self.by_class) == 1 and str in self.by_class:
            return UNICODE
        return self.cls

    cdef inline Py_ssize_t place(self, PyObject* value) noexcept:
        """Return where *value* is, or would be."""
        cdef size_t mask = self.mask
        cdef PyObject** members = self.members
        # Objects made one after the other lie at equal distances: the high bits of a product differ all the same.
        cdef size_t at = <size_t>(<uint64_t><size_t>value * 0x9E3779B97F4A7C15ULL >> 40) & mask
        while members[at] != NULL and members[at] != value:
            at = (at + 1) & mask
        return <Py_ssize_t>at

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef Py_ssize_t at = self.place(value)
        if self.members[at] == NULL:
            return self.write_unlisted(value, out) if self.cls != NULL else self.write_equal(<object>value, out)
        if self.cls != NULL and not is_exactly(value, self.cls):
            return REFUSED
        return self.put(at, out)

    cdef int write_unlisted(self, PyObject* value, Sink* out) except -1:
        """Write a member that the class made when it was asked for an unknown value."""
        if self.missing is None or not is_exactly(value, self.cls):
            return REFUSED
        return write_made(self.missing, self.result, value, out)

    cdef int write_equal(self, value, Sink* out) except -1:
        """Write a literal's value that is another object."""
        cdef Py_ssize_t at
        cdef dict values
        try:
            values = self.by_class.get(type(value))  # whose metaclass may do anything
            found = self if values is None else values.get(value, self)
        except Exception as exc:
            caught(exc)
            return REFUSED
        if found is self:
            return REFUSED
        at = self.place(<PyObject*>found)
        return REFUSED if self.members[at] == NULL else self.put(at, out)

    cdef inline int put(self, Py_ssize_t at, Sink* out) noexcept:
        return put_chunk(out, &self.tokens[at])


cdef class ValidatedWriter(Writer):
    """A value that is held to checks before it is written."""

    cdef tuple checks
    cdef bint looks_at_maxlen  # there is no other check than `refuse_maxlen`, which most deques pass at a glance
    cdef Writer inner

    cdef int write(self, PyObject* value, Sink* out) except -1:
        if self.looks_at_maxlen and type(<object>value) is deque and (<object>value).maxlen is None:
            return self.inner.write(value, out)
        try:
            for check in self.checks:
                check(<object>value)
        except Exception as exc:
            caught(exc)
            return REFUSED
        return self.inner.write(value, out)


cdef class OptionalWriter(Writer):
    """``None``, or something else."""

    cdef Writer inner

    cdef int write(self, PyObject* value, Sink* out) except -1:
        if value == NONE:
            return put_null(out, self.wire)
        return self.inner.write(value, out)
