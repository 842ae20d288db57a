# Builtin scalars, strictly.

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

    cdef object take(self, Cursor* cursor):
        cdef int kind = kind_at(cursor)
        if kind != IS_TRUE and kind != IS_FALSE:
            return refuse_kind(cursor, kind)
        if not pass_word(cursor, kind):
            return refuse_odd(cursor)
        return True if kind == IS_TRUE else False


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
        # Others are rare enough for the interpreter's comparison.
        if low is not None and high is not None and -(2**64) < low <= high < 2**64 and high >= 0:
            self.small = True
            self.greatest = high
            self.least = low if low > 0 else 0
            self.lowest = -low if low < 0 else 0
        self.wide = None if node.wide is None else structure_wide_int(node.wide)

    cdef object read(self, object value):
        cdef uint64_t magnitude
        cdef bint negative
        if not PyLong_CheckExact(value):
            if self.wide is not None and PyUnicode_CheckExact(value):
                value = call_two(self.wide, value, int, REFUSED)
                return value if value is not REFUSED and self.fits(value) else REFUSED
            return self.refuse(value)
        if not self.bounded:
            return value
        if self.small:
            if not int_fits(<PyObject*>value, &magnitude, &negative) or not self.within(magnitude, negative):
                return REFUSED
            return value
        return value if self.fits(value) else REFUSED

    cdef object take(self, Cursor* cursor):
        cdef uint64_t magnitude = 0
        cdef bint negative = False
        cdef int kind = kind_at(cursor)
        if kind != IS_INT:
            if kind == IS_TEXT and self.wide is not None:
                return Reader.take(self, cursor)
            return refuse_kind(cursor, kind)
        if not int_bits_at(cursor, &magnitude, &negative):
            return REFUSED
        if self.small:
            return int_of(magnitude, negative) if self.within(magnitude, negative) else REFUSED
        value = int_of(magnitude, negative)
        return value if not self.bounded or self.fits(value) else REFUSED

    cdef inline bint within(self, uint64_t magnitude, bint negative) noexcept:
        if negative:
            return magnitude <= self.lowest
        return self.least <= magnitude <= self.greatest

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

    cdef object take(self, Cursor* cursor):
        cdef Number number
        cdef double value = 0
        cdef int kind = kind_at(cursor)
        if kind == IS_FLOAT:
            return PyFloat_FromDouble(value) if float_bits_at(cursor, &value) else refuse_odd(cursor)
        if kind != IS_INT:
            return refuse_kind(cursor, kind)
        if cursor.layout != JSON:
            return Reader.take(self, cursor)
        if not number_at(cursor, &number):
            return REFUSED
        return PyFloat_FromDouble(number.real if number.is_float else <double>number.integer)


cdef class BoundedFloatReader(Reader):
    """A finite float within bounds."""

    cdef FloatReader inner
    cdef double minimum
    cdef double maximum

    def __cinit__(self, node):
        self.inner = FloatReader()
        self.minimum, self.maximum = node.minimum, node.maximum

    cdef object read(self, object value):
        return self.bounded(self.inner.read(value))

    cdef object take(self, Cursor* cursor):
        return self.bounded(self.inner.take(cursor))

    cdef inline object bounded(self, object value):
        if value is REFUSED:
            return REFUSED
        # NaN is within no bounds.
        return value if self.minimum <= <double>value <= self.maximum else REFUSED


cdef class TextReader(Reader):
    """A str of bounded length, of a pattern, or one of some."""

    cdef Py_ssize_t minimum
    cdef Py_ssize_t maximum
    cdef bint plain
    cdef object fullmatch
    cdef frozenset options

    def __cinit__(self, node):
        self.minimum = node.minimum
        self.maximum = PY_SSIZE_T_MAX if node.maximum is None else min(node.maximum, PY_SSIZE_T_MAX)
        self.fullmatch = node.fullmatch
        self.options = node.options or None
        self.plain = node.minimum <= 0 and node.maximum is None and self.fullmatch is None and self.options is None

    cdef object read(self, object value):
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        return value if self.plain or self.passes(value) else REFUSED

    cdef object take(self, Cursor* cursor):
        cdef object value
        cdef int kind = kind_at(cursor)
        if kind != IS_TEXT:
            return refuse_kind(cursor, kind)
        value = text_at(cursor)
        return value if self.plain or value is REFUSED or self.passes(value) else REFUSED

    cdef bint passes(self, object value) except -1:
        cdef object found
        if not self.minimum <= PyUnicode_GET_LENGTH(value) <= self.maximum:
            return False
        if self.options is not None and value not in self.options:
            return False
        if self.fullmatch is None:
            return True
        found = call_one(self.fullmatch, value, REFUSED)
        return found is not REFUSED and found is not None


cdef class BinaryReader(Reader):
    cdef bint base64

    cdef object read(self, object value):
        if not self.base64:
            return value if PyBytes_CheckExact(value) else self.refuse(value)
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        return call_two(structure_base64, value, bytes, REFUSED)

    cdef object take(self, Cursor* cursor):
        cdef int kind
        if self.base64:
            return Reader.take(self, cursor)
        kind = kind_at(cursor)
        return bytes_at(cursor) if kind == IS_BYTES else refuse_kind(cursor, kind)
