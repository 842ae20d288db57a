# Builtin scalars, strictly.

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
            return self.take_other(cursor, kind)
        if not pass_word(cursor, kind):
            return refuse_odd(cursor)
        return True if kind == IS_TRUE else False


cdef class IntegerReader(Reader):
    """An int within bounds; beyond the format's own range it is 16 bytes or decimal text."""

    cdef bint bounded
    cdef bint small          # whether the bounds fit the words below
    cdef uint64_t least      # of what is not negative
    cdef uint64_t greatest
    cdef uint64_t lowest     # the magnitude, of what is negative
    cdef object minimum
    cdef object maximum
    cdef tuple wide          # the format's range, if others are text
    cdef bint takes_octets   # whether 16 bytes are an int
    cdef bint is_signed      # whether those are two's complement

    def __cinit__(self, node):
        low, high = node.minimum, node.maximum
        self.minimum, self.maximum = low, high
        self.bounded = low is not None or high is not None
        self.small = False
        # Others are rare enough for the interpreter's comparison.
        if self.bounded and (low is None or -(2**64) < low < 2**64) and (high is None or 0 <= high < 2**64):
            self.small = True
            self.greatest = 2**64 - 1 if high is None else high
            self.least = low if low is not None and low > 0 else 0
            self.lowest = 2**64 - 1 if low is None else -low if low < 0 else 0
        self.wide = node.wide
        self.takes_octets = node.octets is not None
        self.is_signed = self.takes_octets and node.octets[0] < 0

    cdef object read(self, object value):
        cdef uint64_t magnitude
        cdef bint negative
        cdef const char* digits
        cdef Py_ssize_t size = 0
        if not PyLong_CheckExact(value):
            if self.takes_octets and PyBytes_CheckExact(value):
                return self.of_octets(value)
            if self.wide is None or not PyUnicode_CheckExact(value):
                return self.refuse(value)
            digits = ascii_of(value, &size)
            return REFUSED if digits == NULL else self.of_text(digits, size)
        if self.small and int_fits(<PyObject*>value, &magnitude, &negative):
            return value if self.within(magnitude, negative) else REFUSED
        return value if not self.bounded or self.fits(value) else REFUSED

    cdef object take(self, Cursor* cursor):
        cdef uint64_t magnitude = 0
        cdef bint negative = False
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0
        cdef object value
        cdef int kind = kind_at(cursor)
        if kind == IS_INT:
            if int_bits_at(cursor, &magnitude, &negative):
                if self.small:
                    return int_of(magnitude, negative) if self.within(magnitude, negative) else REFUSED
                value = int_of(magnitude, negative)
            else:
                value = wide_int_at(cursor)
            return value if value is REFUSED or not self.bounded or self.fits(value) else REFUSED
        if kind == IS_TEXT and self.wide is not None:
            return self.of_text(start, size) if span_at(cursor, &start, &size) else refuse_odd(cursor)
        if kind == IS_BYTES and self.takes_octets:
            value = bytes_at(cursor)
            return value if value is REFUSED else self.of_octets(value)
        return self.take_other(cursor, kind)

    cdef object of_octets(self, bytes octets):
        cdef object value
        if PyBytes_GET_SIZE(octets) != 16:
            return REFUSED
        value = int.from_bytes(octets, "big", signed=self.is_signed)
        return value if self.fits(value) else REFUSED

    cdef object of_text(self, const char* start, Py_ssize_t size):
        """Return the int beyond the format's range whose digits a text is."""
        cdef Py_ssize_t i, sign = size > 0 and start[0] == c"-"
        cdef object value
        if not sign < size <= MAX_DIGITS or start[sign] == c"0":
            return REFUSED
        for i in range(sign, size):
            if not c"0" <= start[i] <= c"9":
                return REFUSED
        value = int_of_digits(start, size)
        if value is REFUSED or self.wide[0] <= value <= self.wide[1]:
            return REFUSED
        return value if self.fits(value) else REFUSED

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
            return REFUSED if number > GREATEST else number
        return self.refuse(value)

    cdef object take(self, Cursor* cursor):
        cdef double value = 0
        cdef int kind = kind_at(cursor)
        if kind != IS_INT and kind != IS_FLOAT:
            return self.take_other(cursor, kind)
        return PyFloat_FromDouble(value) if double_at(cursor, kind, &value) else REFUSED


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
    cdef object match
    cdef frozenset options

    def __cinit__(self, node):
        self.minimum = node.minimum
        self.maximum = PY_SSIZE_T_MAX if node.maximum is None else min(node.maximum, PY_SSIZE_T_MAX)
        self.match = node.match
        self.options = node.options or None
        self.plain = node.minimum <= 0 and node.maximum is None and self.match is None and self.options is None

    cdef object read(self, object value):
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        return value if self.plain or self.passes(value) else REFUSED

    cdef object take(self, Cursor* cursor):
        cdef object value
        cdef int kind = kind_at(cursor)
        if kind != IS_TEXT:
            return self.take_other(cursor, kind)
        value = text_at(cursor)
        return value if self.plain or value is REFUSED or self.passes(value) else REFUSED

    cdef bint passes(self, object value) except -1:
        cdef object found
        if not self.minimum <= PyUnicode_GET_LENGTH(value) <= self.maximum:
            return False
        if self.options is not None and value not in self.options:
            return False
        if self.match is None:
            return True
        found = call_one(self.match, value, REFUSED)
        return found is not REFUSED and found is not None


cdef unsigned char BASE64[256]  # 64 and above: no digit


cdef int _fill_base64() except -1:
    cdef int i
    cdef bytes digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for i in range(256):
        BASE64[i] = 64
    for i in range(64):
        BASE64[<unsigned char>digits[i]] = i
    return 0


_fill_base64()


cdef bint read_base64(const unsigned char* text, Py_ssize_t groups, unsigned char* out) noexcept nogil:
    """Read groups of four digits; 0: one is none."""
    cdef unsigned char a, b, c, d, wrong = 0
    cdef Py_ssize_t i
    for i in range(groups):
        a, b, c, d = BASE64[text[0]], BASE64[text[1]], BASE64[text[2]], BASE64[text[3]]
        wrong |= a | b | c | d
        out[0] = <unsigned char>(a << 2 | b >> 4)
        out[1] = <unsigned char>(b << 4 | c >> 2)
        out[2] = <unsigned char>(c << 6 | d)
        text += 4
        out += 3
    return wrong < 64


cdef object bytes_of_base64(const char* start, Py_ssize_t size):
    """Return what base64 text stands for; REFUSED: it is not in the one form that is written (RFC 4648, section 4)."""
    cdef const unsigned char* text = <const unsigned char*>start
    cdef unsigned char last[4]
    cdef unsigned char rest[3]
    cdef Py_ssize_t groups = size // 4, padding = 0
    cdef object data
    cdef char* out
    if size % 4:
        return REFUSED
    if size and text[size - 1] == c"=":
        padding = 2 if text[size - 2] == c"=" else 1
        groups -= 1
    data = PyBytes_FromStringAndSize(NULL, size // 4 * 3 - padding)
    out = PyBytes_AS_STRING(data)
    if not read_base64(text, groups, <unsigned char*>out):
        return REFUSED
    if padding:
        memcpy(last, text + 4 * groups, 4)
        last[3] = c"A"
        if padding == 2:
            last[2] = c"A"
        # The bits that are left over are zero.
        if not read_base64(last, 1, rest) or rest[2] or (padding == 2 and rest[1]):
            return REFUSED
        memcpy(out + 3 * groups, rest, 3 - padding)
    return data


cdef class BinaryReader(Reader):
    cdef bint base64

    cdef object read(self, object value):
        cdef const char* characters
        cdef Py_ssize_t size = 0
        if not self.base64:
            return value if PyBytes_CheckExact(value) else self.refuse(value)
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        characters = ascii_of(value, &size)
        return REFUSED if characters == NULL else bytes_of_base64(characters, size)

    cdef object take(self, Cursor* cursor):
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0
        cdef int kind = kind_at(cursor)
        if kind != (IS_TEXT if self.base64 else IS_BYTES):
            return self.take_other(cursor, kind)
        if not self.base64:
            return bytes_at(cursor)
        return bytes_of_base64(start, size) if span_at(cursor, &start, &size) else refuse_odd(cursor)


cdef class BufferReader(Reader):
    """A `bytearray` or a `memoryview`, made of bytes."""

    cdef BinaryReader inner
    cdef object cls

    def __cinit__(self, node):
        self.inner = BinaryReader()
        self.inner.base64 = node.base64
        self.cls = node.cls

    cdef object read(self, object value):
        return self.of(self.inner.read(value))

    cdef object take(self, Cursor* cursor):
        return self.of(self.inner.take(cursor))

    cdef object of(self, object data):
        return REFUSED if data is REFUSED else call_one(self.cls, data, REFUSED)
