# UUIDs, typed ids, points in time, spans of time.

cdef extern from *:
    """
    static const char *symphony_ascii(PyObject *text, Py_ssize_t *size)
    {
        if (!PyUnicode_IS_COMPACT_ASCII(text))
            return NULL;
        *size = PyUnicode_GET_LENGTH(text);
        return (const char *)PyUnicode_1BYTE_DATA(text);
    }
    """
    const char* ascii_of "symphony_ascii"(object text, Py_ssize_t* size) noexcept


cdef enum:
    CACHED = 256


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

    cdef object of(self, const unsigned char* raw):
        try:
            return self.make(PyBytes_FromStringAndSize(<const char*>raw, 16))
        except Exception:
            return REFUSED


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


cdef class TypedIdReader(UuidReader):
    """
    A typed id; those that recur are made once.

    Ids are immutable and equal by value, so that nobody can tell.  What is
    remembered is bounded, and the last of those that fall together stays.
    """

    cdef Maker maker
    cdef list known  # None where there is none yet

    def __cinit__(self, node):
        self.maker = Maker(node.cls, ("bytes",))
        self.known = [None] * CACHED

    cdef object of(self, const unsigned char* raw):
        cdef PyObject* known
        cdef object made
        # The last bytes are random in each version of UUID that is in use.
        cdef unsigned int at = raw[15] ^ (raw[10] << 1 & 0xFF)
        if not self.maker.ready():
            return UuidReader.of(self, raw)
        known = PyList_GET_ITEM(self.known, at)
        if self.is_of(known, raw):
            return <object>known
        made = self.maker.with_one(PyBytes_FromStringAndSize(<const char*>raw, 16))
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


cdef class InstantReader(Reader):
    """A `Timestamp`: the usual form of RFC 3339 here, others as the class reads them."""

    cdef Maker maker

    def __cinit__(self, node):
        self.maker = Maker(Timestamp, ("nanos",))

    cdef object read(self, object value):
        cdef Civil civil
        cdef Py_ssize_t size = 0
        cdef const char* characters
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        characters = ascii_of(value, &size)
        if (
            characters != NULL and read_civil(characters, size, &civil) and civil.zone != ZONE_NONE
            and civil.second < 60 and civil.year > 0 and self.maker.ready()
        ):
            return self.maker.with_one(nanos_of(&civil))
        try:
            return Timestamp.parse(value)
        except Exception:
            return REFUSED


cdef class SpanReader(Reader):
    """A `Duration`, whose whole seconds are carried out of the nanoseconds."""

    cdef object read(self, object value):
        cdef object secs
        cdef object nanos
        if PyDict_CheckExact(value):
            value = text_keys(value)
            if value is None or PyDict_Size(value) != 2 or "secs" not in value or "nanos" not in value:
                return REFUSED
            secs, nanos = untagged(value["secs"]), untagged(value["nanos"])
        elif PyList_CheckExact(value):
            if PyList_GET_SIZE(value) != 2:
                return REFUSED
            secs, nanos = untagged(value[0]), untagged(value[1])
        else:
            return self.refuse(value)
        try:
            return Duration.from_parts(secs, nanos)
        except Exception:
            return REFUSED


cdef object UTC = timezone.utc


cdef class MomentReader(Reader):
    """A `datetime` or `date` in the usual form; whatever else as the hook reads it."""

    cdef bint is_datetime
    cdef bint is_date
    cdef object read_text

    def __cinit__(self, node):
        self.is_datetime, self.is_date = node.cls is datetime, node.cls is date
        self.read_text = node.read

    cdef object read(self, object value):
        cdef Civil civil
        cdef Py_ssize_t size = 0
        cdef const char* characters
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        characters = ascii_of(value, &size)
        if characters != NULL:
            if self.is_datetime and read_civil(characters, size, &civil):
                if (
                    civil.zone != ZONE_OFFSET and civil.second < 60 and civil.year > 0
                    and civil.nanos % 1000 == 0 and not civil.finer
                ):
                    return datetime_new(
                        civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second,
                        civil.nanos // 1000, UTC if civil.zone == ZONE_ZULU else None,
                    )
            elif self.is_date and size == 10 and read_date(characters, &civil) and civil.year > 0:
                return date_new(civil.year, civil.month, civil.day)
        try:
            return self.read_text(value)
        except Exception:
            return REFUSED
