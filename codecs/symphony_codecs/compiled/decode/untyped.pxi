# Untyped values.

cdef class AnythingReader(Reader):
    """The builtins that come, if they are among those there may be."""

    cdef bint takes_all
    cdef bint takes_bytes
    cdef bint takes_other_keys

    def __cinit__(self, node):
        self.takes_all = not node.scalars
        self.takes_bytes = bytes in node.scalars
        self.takes_other_keys = int in node.keys

    cdef object read(self, object value):
        return value if self.takes_all or self.is_plain(value) else REFUSED

    cdef object read_tagged(self, object value):
        return value if self.takes_all else FORBIDDEN

    cdef object take(self, Cursor* cursor):
        cdef object value
        cdef bint was_mixed = cursor.is_mixed
        cursor.is_mixed = False
        value = value_at(cursor)
        # What is taken from bytes holds nothing stranger than byte strings, and keys that are no text.
        if value is not REFUSED and cursor.is_mixed:
            return self.read(value)
        cursor.is_mixed = was_mixed
        return value

    cdef bint is_plain(self, object value) except -1:
        if PyUnicode_CheckExact(value) or PyLong_CheckExact(value) or value is None or PyFloat_CheckExact(value):
            return True
        if value is True or value is False or (self.takes_bytes and PyBytes_CheckExact(value)):
            return True
        if PyDict_CheckExact(value):
            return self.is_plain_map(value)
        return PyList_CheckExact(value) and self.is_plain_array(value)

    cdef bint is_plain_map(self, dict value) except -1:
        cdef PyObject* key
        cdef PyObject* item
        cdef Py_ssize_t at = 0
        if not deeper():
            return False
        try:
            while PyDict_Next(value, &at, &key, &item):
                if not PyUnicode_CheckExact(<object>key) and not (
                    self.takes_other_keys and (PyLong_CheckExact(<object>key) or PyBytes_CheckExact(<object>key))
                ):
                    return False
                if not self.is_plain(<object>item):
                    return False
            return True
        finally:
            Py_LeaveRecursiveCall()

    cdef bint is_plain_array(self, list value) except -1:
        cdef Py_ssize_t i
        if not deeper():
            return False
        try:
            for i in range(PyList_GET_SIZE(value)):
                if not self.is_plain(<object>PyList_GET_ITEM(value, i)):
                    return False
            return True
        finally:
            Py_LeaveRecursiveCall()
