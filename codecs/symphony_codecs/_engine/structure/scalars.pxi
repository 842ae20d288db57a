# Builtin scalars, strictly, and untyped values.

cdef extern from *:
    """
    static double symphony_as_double(PyObject *number)
    {
        double value = PyLong_AsDouble(number);
        if (value == -1.0 && PyErr_Occurred()) {
            PyErr_Clear();
            return Py_HUGE_VAL;  /* no int is as large, so that it tells */
        }
        return value;
    }
    """
    double int_as_double "symphony_as_double"(object number) noexcept


cdef class NullReader(Reader):
    cdef object read(self, object value):
        return None if value is None else self.refuse(value)


cdef class BooleanReader(Reader):
    cdef object read(self, object value):
        if value is True or value is False:
            return value
        return self.refuse(value)


cdef class IntegerReader(Reader):
    """An int within bounds; beyond the format's own range it is decimal text."""

    cdef bint bounded
    cdef bint small          # whether the bounds fit the words below
    cdef uint64_t least      # of what is not negative
    cdef uint64_t greatest
    cdef uint64_t lowest     # the magnitude, of what is negative
    cdef object minimum
    cdef object maximum
    cdef object wide

    def __cinit__(self, node):
        low, high = node.minimum, node.maximum
        self.minimum, self.maximum = low, high
        self.bounded = low is not None or high is not None
        self.small = False
        if self.bounded and low is not None and high is not None and -(2**64) < low and high < 2**64:
            # Others are rare enough for the interpreter's comparison.
            self.small = low <= high and high >= 0
        if self.small:
            self.greatest = high
            self.least = low if low > 0 else 0
            self.lowest = -low if low < 0 else 0
        self.wide = None if node.wide is None else structure_wide_int(node.wide)

    cdef object read(self, object value):
        cdef uint64_t magnitude
        cdef bint negative
        if not PyLong_CheckExact(value):
            if self.wide is not None and PyUnicode_CheckExact(value):
                try:
                    value = self.wide(value, int)
                except Exception:
                    return REFUSED
                return value if self.fits(value) else REFUSED
            return self.refuse(value)
        if not self.bounded:
            return value
        if self.small:
            if not int_fits(<PyObject*>value, &magnitude, &negative):
                return REFUSED
            if negative:
                return value if magnitude <= self.lowest else REFUSED
            return value if self.least <= magnitude <= self.greatest else REFUSED
        return value if self.fits(value) else REFUSED

    cdef bint fits(self, object value) except -1:
        if self.minimum is not None and value < self.minimum:
            return False
        return self.maximum is None or value <= self.maximum


cdef class FloatReader(Reader):
    cdef object read(self, object value):
        cdef double number
        if PyFloat_CheckExact(value):
            return value
        if PyLong_CheckExact(value):
            number = int_as_double(value)
            return REFUSED if number > 1.7976931348623157e308 else number
        return self.refuse(value)


cdef class TextReader(Reader):
    """A str of bounded length, of a pattern, or one of some."""

    cdef Py_ssize_t minimum
    cdef Py_ssize_t maximum
    cdef bint plain
    cdef object fullmatch
    cdef frozenset options

    def __cinit__(self, node):
        self.minimum = node.minimum
        self.maximum = PY_SSIZE_T_MAX if node.maximum is None else node.maximum
        self.fullmatch = node.fullmatch
        self.options = node.options or None
        self.plain = node.minimum <= 0 and node.maximum is None and self.fullmatch is None and self.options is None

    cdef object read(self, object value):
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        if self.plain or self.passes(value):
            return value
        return REFUSED

    cdef bint passes(self, str value) except -1:
        if not self.minimum <= PyUnicode_GET_LENGTH(value) <= self.maximum:
            return False
        if self.options is not None and value not in self.options:
            return False
        return self.fullmatch is None or self.fullmatch(value) is not None


cdef class BinaryReader(Reader):
    cdef bint base64

    cdef object read(self, object value):
        if not self.base64:
            return value if PyBytes_CheckExact(value) else self.refuse(value)
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        try:
            return structure_base64(value, bytes)
        except Exception:
            return REFUSED


cdef class AnythingReader(Reader):
    """An untyped value: the builtins that come, if they are among those there may be."""

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
