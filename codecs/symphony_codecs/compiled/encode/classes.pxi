# Values whose type is not given: each class has a writer of its own.

from symphony_codecs._type_cache import TypeCache, temporary

cdef enum:
    # Classes that are remembered; when there are more, all are forgotten, so that those of nobody's go.
    KNOWN_CLASSES = 256


cdef class ClassWriters:
    """
    The writers of classes, made when the first instance of each comes.

    Attributes:
        schema_of: Returns the schema of a class; raises for classes that have none of their own.
        known: By the address of a class: the class and its writer, ``None`` where there is none.
        beside: The same by class, where the codec is shared and the class may go before it.
    """

    cdef Sink limits
    cdef int wire
    cdef bint strict
    cdef object schema_of
    cdef dict known
    cdef object beside
    cdef bint is_shared

    cdef Writer find(self, PyObject* cls):
        cdef object found = self.known.get(<size_t>cls)
        if found is None and self.is_shared:
            found = self.beside.find(<object>cls)
        if found is None:
            found = self.make(<object>cls)
        _, writer = found
        return None if writer is None else <Writer?>writer

    cdef object make(self, cls):
        cdef object found
        cdef bint calls_hooks
        try:
            found = cls, build(self.schema_of(cls), self.wire, self.strict, &self.limits, &calls_hooks)
        except Exception as exc:
            caught(exc)
            found = cls, None  # the hook says why
        if self.is_shared and temporary(cls) is not None:
            return self.beside.keep(cls, found, is_shared=True)
        if len(self.known) >= KNOWN_CLASSES:
            self.known = {}
        self.known[<size_t><PyObject*>cls] = found
        return found
