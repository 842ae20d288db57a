# UUIDs and typed ids.

cdef class UuidReader(Reader):
    """16 bytes, or text of them."""

    cdef bint text
    cdef object make

    cdef object read(self, object value):
        cdef unsigned char raw[16]
        cdef const char* characters
        cdef Py_ssize_t size = 0
        if self.text:
            if not PyUnicode_CheckExact(value):
                return self.refuse(value)
            characters = ascii_of(value, &size)
            if characters == NULL or not read_uuid(characters, size, raw):
                return REFUSED
            return self.of(raw)
        if not PyBytes_CheckExact(value):
            return self.refuse(value)
        if PyBytes_GET_SIZE(value) != 16:
            return REFUSED
        return self.of(<const unsigned char*>PyBytes_AS_STRING(value))

    cdef object take(self, Cursor* cursor):
        cdef unsigned char raw[16]
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0
        cdef int kind = kind_at(cursor)
        if kind != (IS_TEXT if self.text else IS_BYTES):
            return self.take_other(cursor, kind)
        if not self.text:
            if not span_at(cursor, &start, &size):
                return refuse_odd(cursor)
            return self.of(<const unsigned char*>start) if size == 16 else REFUSED
        # As it is nearly always written: no character in it can be anything but a digit or a hyphen.
        if (
            cursor.layout == JSON and cursor.end - cursor.at >= 38 and cursor.at[37] == c'"'
            and read_uuid(<const char*>cursor.at + 1, 36, raw) and cursor.max_text >= 36
        ):
            cursor.at += 38
            return self.of(raw)
        if not span_at(cursor, &start, &size):
            return refuse_odd(cursor)
        return self.of(raw) if read_uuid(start, size, raw) else REFUSED

    cdef object of(self, const unsigned char* raw):
        return call_one(self.make, PyBytes_FromStringAndSize(<const char*>raw, 16), REFUSED)


cdef class PlainUuidReader(UuidReader):
    """A `uuid.UUID`, made without its constructor, which weighs its arguments for a while."""

    cdef Maker maker
    cdef object unknown

    def __cinit__(self, node):
        self.maker = Maker(uuid.UUID, ("int", "is_safe"))
        self.unknown = uuid.SafeUUID.unknown

    cdef object of(self, const unsigned char* raw):
        if not self.maker.ready():
            return UuidReader.of(self, raw)
        return self.maker.with_two(int_of_uuid(raw), self.unknown)


cdef enum:
    CACHED = 256


cdef class TypedIdReader(UuidReader):
    """
    A typed id; those that recur are made once.

    Ids are immutable and equal by value, so that nobody can tell.  What is
    remembered is bounded, and the last of those that fall together stays.
    """

    cdef Maker maker
    cdef list known     # None where there is none yet
    cdef bint remembers

    def __cinit__(self, node):
        self.maker = Maker(node.cls, ("bytes",))
        self.known = [None] * CACHED
        # Instances that take attributes of their own could be told apart.
        self.remembers = not node.cls.__dictoffset__

    cdef object of(self, const unsigned char* raw):
        cdef uint64_t first, last
        cdef PyObject* known
        cdef object made
        cdef Py_ssize_t at
        if not self.maker.ready():
            return UuidReader.of(self, raw)
        memcpy(&first, raw, 8)
        memcpy(&last, raw + 8, 8)
        # Bits are random in different places in each version of UUID.
        at = <Py_ssize_t>((first ^ last) * <uint64_t>0x9E3779B97F4A7C15 >> 56)
        if PyList_GET_SIZE(self.known) == CACHED:  # nobody has cleared it
            known = PyList_GET_ITEM(self.known, at)
            if self.is_of(known, raw):
                return <object>known
        made = self.maker.with_one(PyBytes_FromStringAndSize(<const char*>raw, 16))
        if self.remembers and PyList_GET_SIZE(self.known) == CACHED:
            self.known[at] = made
        return made

    cdef inline bint is_of(self, PyObject* known, const unsigned char* raw) noexcept:
        """Return whether *known* is the id of these bytes, and nobody has changed it."""
        cdef PyObject* data
        if not is_exactly(<object>known, self.maker.cls):
            return False
        data = slot_at(known, self.maker.offsets[0])
        return (
            data != NULL
            and PyBytes_CheckExact(<object>data)
            and PyBytes_GET_SIZE(<object>data) == 16
            and memcmp(PyBytes_AS_STRING(<object>data), raw, 16) == 0
        )
