# Classes of the standard library that are text.

include "../shared/addresses.pxi"


cdef class DecimalReader(FromTextReader):
    """A `decimal.Decimal`; those that are no finite numbers are rare.  In JSON a number is one by its text."""

    cdef bint takes_numbers

    def __cinit__(self, node):
        self.takes_numbers = float in node.foreign

    cdef object take(self, Cursor* cursor):
        cdef const unsigned char* start
        cdef object result
        if not self.takes_numbers or kind_at(cursor) != IS_INT or cursor.layout != JSON:
            return FromTextReader.take(self, cursor)
        start = cursor.at
        # Whatever its size: the text is not made a float.
        if skip_number(&cursor.at, True) != GOOD:
            return refuse_odd(cursor)
        return self.usual(<const char*>start, cursor.at - start)

    cdef object usual(self, const char* start, Py_ssize_t size):
        cdef Py_ssize_t at = 0, digits = 0, before
        cdef bint is_whole = True
        if size > MAX_DIGITS:
            return REFUSED
        at = start[0] == c"-" or start[0] == c"+" if size else 0
        while at < size:
            if c"0" <= start[at] <= c"9":
                digits += 1
            elif start[at] == c"." and is_whole:
                is_whole = False
            else:
                break
            at += 1
        if digits == 0:
            return REFUSED
        if at < size:
            # Exponents of more digits are refused.
            if start[at] | 32 != c"e":
                return REFUSED
            at += 1
            if at < size and (start[at] == c"-" or start[at] == c"+"):
                at += 1
            before = at
            while at < size and c"0" <= start[at] <= c"9":
                at += 1
            if at < size or not 1 <= at - before <= 18:
                return REFUSED
        return call_one(Decimal, ascii_text(start, size), REFUSED)


cdef class PathReader(FromTextReader):
    """A path, which the class makes of its text."""

    cdef object cls

    def __cinit__(self, node):
        self.cls = node.cls

    cdef object usual(self, const char* start, Py_ssize_t size):
        cdef Py_ssize_t i
        cdef object text
        for i in range(size):
            if start[i] == 0:
                return REFUSED
        text = decoded(start, size, REFUSED)
        return REFUSED if text is REFUSED else call_one(self.cls, text, REFUSED)


cdef class AddressMaker:
    """Makes an address of its bytes, without its constructor."""

    cdef Maker maker
    cdef object cls
    cdef Py_ssize_t size

    def __cinit__(self, cls):
        self.cls = cls
        self.size = 4 if cls is IPv4Address else 16
        self.maker = Maker(cls, ("_ip",) if self.size == 4 else ("_ip", "_scope_id"))

    cdef object of(self, const unsigned char* raw):
        if not self.maker.ready():
            return call_one(self.cls, PyBytes_FromStringAndSize(<const char*>raw, self.size), REFUSED)
        if self.size == 4:
            return self.maker.with_one(PyLong_FromUnsignedLongLong(load_big(raw, 4)))
        return self.maker.with_two(int_of_bytes(raw, 16), None)


cdef class AddressReader(FromTextReader):
    """An `ipaddress.IPv4Address` or `ipaddress.IPv6Address`."""

    cdef AddressMaker maker

    def __cinit__(self, node):
        self.maker = AddressMaker(node.cls)

    cdef object usual(self, const char* start, Py_ssize_t size):
        cdef unsigned char raw[16]
        if self.maker.size == 4:
            return self.maker.of(raw) if read_ipv4(start, size, raw) else REFUSED
        return self.maker.of(raw) if read_ipv6(start, size, raw) else REFUSED


cdef class OctetsReader(Reader):
    """An array of so many ints of 0 to 255, which become bytes."""

    cdef Py_ssize_t size
    cdef object make
    cdef AddressMaker maker

    def __cinit__(self, node):
        self.size = node.size
        self.make = node.read
        if node.cls is IPv4Address or node.cls is IPv6Address:
            self.maker = AddressMaker(node.cls)

    cdef object read(self, object value):
        cdef unsigned char raw[32]
        cdef uint64_t magnitude
        cdef bint negative
        cdef object item
        cdef Py_ssize_t i
        if not PyList_CheckExact(value):
            return self.refuse(value)
        if PyList_GET_SIZE(value) != self.size:
            return REFUSED
        for i in range(self.size):
            item = untagged(<object>PyList_GET_ITEM(value, i))
            if not PyLong_CheckExact(item) or not int_fits(<PyObject*>item, &magnitude, &negative):
                return REFUSED
            if magnitude > 255 or (negative and magnitude):
                return REFUSED
            raw[i] = <unsigned char>magnitude
        return self.of(raw)

    cdef object take(self, Cursor* cursor):
        cdef unsigned char raw[32]
        cdef uint64_t magnitude = 0
        cdef Py_ssize_t left = 0, count = 0
        cdef bint negative = False
        cdef int kind = kind_at(cursor)
        if kind != IS_ARRAY:
            return self.take_other(cursor, kind)
        if not enter(cursor, False, &left):
            return refuse_odd(cursor)
        while another(cursor, &left):
            if count == self.size:
                return REFUSED
            kind = kind_at(cursor)
            if kind != IS_INT:
                return self.take_other(cursor, kind)
            if not int_bits_at(cursor, &magnitude, &negative) or negative or magnitude > 255:
                return REFUSED
            raw[count] = <unsigned char>magnitude
            count += 1
        return self.of(raw) if closes(cursor, left, c"]") and count == self.size else REFUSED

    cdef object of(self, const unsigned char* raw):
        if self.maker is not None:
            return self.maker.of(raw)
        return call_one(self.make, PyBytes_FromStringAndSize(<const char*>raw, self.size), REFUSED)


cdef FromTextReader text_reader(object node):
    if node.cls is datetime:
        return DatetimeReader(node)
    if node.cls is date:
        return DateReader(node)
    if node.cls is time:
        return ClockReader(node)
    if node.cls is Decimal:
        return DecimalReader(node)
    if issubclass(node.cls, PurePath):
        return PathReader(node)
    if node.cls is IPv4Address or node.cls is IPv6Address:
        return AddressReader(node)
    return FromTextReader(node)
