# What all writers are.

cdef extern from *:
    """
    #define symphony_is(o, cls) (Py_TYPE(o) == (PyTypeObject *)(cls))
    """
    bint is_exactly "symphony_is"(PyObject* value, PyObject* cls) noexcept nogil
    PyObject* NONE "Py_None"
    PyObject* TRUE "Py_True"
    PyObject* FALSE "Py_False"
    PyObject* UNICODE "((PyObject *)&PyUnicode_Type)"
    PyObject* LIST "((PyObject *)&PyList_Type)"
    PyObject* TUPLE "((PyObject *)&PyTuple_Type)"
    PyObject* DICT "((PyObject *)&PyDict_Type)"
    PyObject* INT "((PyObject *)&PyLong_Type)"
    PyObject* FLOAT "((PyObject *)&PyFloat_Type)"
    PyObject* BOOL "((PyObject *)&PyBool_Type)"
    PyObject* SET "((PyObject *)&PySet_Type)"
    PyObject* FROZENSET "((PyObject *)&PyFrozenSet_Type)"
    PyObject* BYTES "((PyObject *)&PyBytes_Type)"
    PyObject* BYTEARRAY "((PyObject *)&PyByteArray_Type)"
    const char* bytearray_data "PyByteArray_AS_STRING"(PyObject* value) noexcept nogil
    PyObject* type_of "(PyObject *)Py_TYPE"(PyObject* value) noexcept nogil
    void keep "Py_INCREF"(PyObject* value) noexcept
    void release "Py_DECREF"(PyObject* value) noexcept
    int Py_EnterRecursiveCall(const char* where) noexcept
    void Py_LeaveRecursiveCall() noexcept


cdef class Writer:
    """
    Writes the values of one node.

    Attributes:
        wire: The format.
        strict: Whether floats must be finite.
        runs_no_user_code: Whether nothing but this module's code runs while a value is
            written: then what holds it cannot go away meanwhile.
        takes: What `put_quick` writes in its place.
    """

    cdef int wire
    cdef bint strict
    cdef int takes
    cdef bint runs_no_user_code

    cdef int write(self, PyObject* value, Sink* out) except -1:
        """
        Write *value*, to which the caller has a reference.

        Returns REFUSED, with whatever has been written so far, for what is
        not to be written so; `Sink.may_be_valid` says if that is uncertain.
        """
        out.may_be_valid = True
        return REFUSED

    cdef int write_fields(self, PyObject* value, Sink* out, const Chunk* before) except -1:
        """Write the entries of a map or array after the entry *before*, for a tag among them."""
        out.may_be_valid = True
        return REFUSED


cdef inline bint enter(Sink* out) noexcept:
    """Go one call deeper, if the stack is deep enough for that; `Py_LeaveRecursiveCall` goes back."""
    if Py_EnterRecursiveCall(b""):
        PyErr_Clear()
        out.may_be_valid = True
        return False
    return True


cdef class ForwardReference(Writer):
    """
    A node that stands inside itself: the writer is known once all have been made.

    All that recurses without end does so through here, or through untyped
    containers.
    """

    cdef Writer target

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef int done
        if not enter(out):
            return REFUSED
        try:
            done = self.target.write(value, out)
        finally:
            Py_LeaveRecursiveCall()
        return done


cdef inline int put_null(Sink* out, int wire) noexcept:
    if not has_room(out, 4):
        return REFUSED
    out.at = null_at(out.at, wire)
    return WRITTEN


cdef inline int put_bool(Sink* out, int wire, bint value) noexcept:
    if not has_room(out, 5):
        return REFUSED
    out.at = bool_at(out.at, wire, value)
    return WRITTEN


cdef inline bint open_container(Sink* out, Py_ssize_t size) noexcept:
    """Go one level down, if a container of *size* entries may be opened here; `close_container` goes up again."""
    if out.levels <= 1 or size > out.max_items:
        return False
    if is_stack_short(out.stack_end):
        out.is_too_deep = True
        return False
    out.levels -= 1
    return True


cdef inline void close_container(Sink* out) noexcept:
    out.levels += 1


cdef Sink unbounded() noexcept:
    cdef Sink out
    memset(&out, 0, sizeof(Sink))
    out.max_size = out.max_text = out.max_items = PY_SSIZE_T_MAX // 8
    out.levels = 1000
    return out
