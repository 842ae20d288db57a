# What all readers are.

cdef object REFUSED = type("Refused", (), {"__slots__": (), "__repr__": lambda self: "REFUSED"})()


cdef extern from *:
    """
    static int symphony_is(PyObject *value, PyObject *cls) { return (PyObject *)Py_TYPE(value) == cls; }

    /* What a call gave, or what says that it raised; what is no Exception goes on its way. */
    static PyObject *symphony_refusing(PyObject *result, PyObject *refused)
    {
        if (result == NULL && PyErr_ExceptionMatches(PyExc_Exception)) {
            PyErr_Clear();
            Py_INCREF(refused);
            return refused;
        }
        return result;
    }

    static PyObject *symphony_call_one(PyObject *function, PyObject *argument, PyObject *refused)
    {
        return symphony_refusing(PyObject_CallOneArg(function, argument), refused);
    }

    static PyObject *symphony_call_two(PyObject *function, PyObject *one, PyObject *other, PyObject *refused)
    {
        PyObject *arguments[2] = {one, other};
        return symphony_refusing(PyObject_Vectorcall(function, arguments, 2, NULL), refused);
    }

    static int symphony_deeper(void)
    {
        if (Py_EnterRecursiveCall(" while reading")) {
            PyErr_Clear();
            return 0;
        }
        return 1;
    }
    """
    bint is_exactly "symphony_is"(object value, object cls) noexcept
    object call_one "symphony_call_one"(object function, object argument, object refused)
    object call_two "symphony_call_two"(object function, object one, object other, object refused)
    object refusing "symphony_refusing"(PyObject* result, object refused)
    bint deeper "symphony_deeper"() noexcept
    void Py_LeaveRecursiveCall() noexcept
    Py_ssize_t PY_SSIZE_T_MAX
    PyObject* Py_TYPE(object value) noexcept
    PyObject* PyTuple_GET "PyTuple_GET_ITEM"(object items, Py_ssize_t at) noexcept
    void PyObject_GC_UnTrack(PyObject* container) noexcept
    void PyObject_GC_Track(PyObject* container) noexcept


cdef object untagged(object value):
    """Return a value without the CBOR tags before it, which typed positions ignore."""
    while is_exactly(value, Tagged):
        value = value.value
    return value


cdef class Reader:
    """
    The reading of one node.

    Both methods return a value, or REFUSED: `read` of builtins, `take` of
    what the cursor stands before.
    """

    cdef object read(self, object value):
        return REFUSED

    cdef object take(self, Cursor* cursor):
        cdef object value = value_at(cursor)
        return REFUSED if value is REFUSED else self.read(value)

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
        if not deeper():
            return REFUSED
        try:
            result = self.target.read(value)
        finally:
            Py_LeaveRecursiveCall()
        return result

    cdef object take(self, Cursor* cursor):
        cdef object result
        if not deeper():
            return refuse_odd(cursor)
        try:
            result = self.target.take(cursor)
        finally:
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
        # Tags before the value are passed over inside.
        return self.checked(self.inner.read(value))

    cdef object take(self, Cursor* cursor):
        return self.checked(self.inner.take(cursor))

    cdef object checked(self, object result):
        if result is not REFUSED:
            for check in self.checks:
                if call_one(check, result, REFUSED) is REFUSED:
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

    cdef object take(self, Cursor* cursor):
        if kind_at(cursor) != IS_NULL:
            return self.inner.take(cursor)
        return None if pass_word(cursor, IS_NULL) else refuse_odd(cursor)
