# What all readers are.

cdef object REFUSED = type("Refused", (), {"__slots__": (), "__repr__": lambda self: "REFUSED"})()


cdef extern from *:
    """
    static int symphony_is(PyObject *value, PyObject *cls) { return (PyObject *)Py_TYPE(value) == cls; }
    """
    bint is_exactly "symphony_is"(object value, object cls) noexcept
    Py_ssize_t PY_SSIZE_T_MAX
    PyObject* Py_TYPE(object value) noexcept
    PyObject* PyTuple_GET "PyTuple_GET_ITEM"(object items, Py_ssize_t at) noexcept
    void PyObject_GC_UnTrack(PyObject* container) noexcept
    void PyObject_GC_Track(PyObject* container) noexcept
    int Py_EnterRecursiveCall(const char* where) except -1
    void Py_LeaveRecursiveCall() noexcept


cdef object untagged(object value):
    """Return a value without the CBOR tags before it, which typed positions ignore."""
    while is_exactly(value, Tagged):
        value = value.value
    return value


cdef class Reader:
    """The reading of one node; `read` returns a value, or REFUSED."""

    cdef object read(self, object value):
        return REFUSED

    cdef object refuse(self, object value):
        """Refuse a value, unless it is one behind tags."""
        if is_exactly(value, Tagged):
            return self.read(untagged(value))
        return REFUSED


cdef class Deferred(Reader):
    """A node that is still being built: types that hold themselves."""

    cdef Reader target

    cdef object read(self, object value):
        cdef object result
        # Documents nest as deep as limits let them; what a plug-in's `loads` gives may nest deeper.
        try:
            Py_EnterRecursiveCall(b" while reading")
        except RecursionError:
            return REFUSED
        result = self.target.read(value)
        Py_LeaveRecursiveCall()
        return result


cdef class HookReader(Reader):
    """A hook of cattrs, which may run any code."""

    cdef object type
    cdef object call

    def __cinit__(self, node):
        self.type = node.type
        self.call = node.call

    cdef object read(self, object value):
        try:
            return self.call(value, self.type)
        except TagRefusedError:
            return REFUSED
        except Exception:
            pass
        return self.refuse(value)


cdef class CheckedReader(Reader):
    """A node, then checks of what it read."""

    cdef Reader inner
    cdef tuple checks

    cdef object read(self, object value):
        cdef object result = self.inner.read(value)
        if result is REFUSED:
            return REFUSED
        try:
            for check in self.checks:
                check(result)
        except Exception:
            # Tags before the value have been passed over inside.
            return REFUSED
        return result


cdef class OptionalReader(Reader):
    """None, or what is inside."""

    cdef Reader inner

    cdef object read(self, object value):
        cdef object result
        if value is None:
            return None
        result = self.inner.read(value)
        if result is REFUSED and is_exactly(value, Tagged) and not isinstance(self.inner, AnythingReader):
            if untagged(value) is None:
                return None
        return result
