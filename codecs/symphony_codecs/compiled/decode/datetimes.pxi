# What is text, points in time, and spans of time.

cdef class FromTextReader(Reader):
    """What is text: the usual form is read here by subclasses, and others by the class's own function."""

    cdef object read_text
    cdef dict tags     # by a tag of CBOR: what reads the value behind it

    def __cinit__(self, node):
        self.read_text = Timestamp.parse if isinstance(node, nodes.Timestamp) else node.read
        self.tags = dict(getattr(node, "tags", ()))

    cdef object read(self, object value):
        cdef object result
        cdef const char* start
        cdef Py_ssize_t size = 0
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        start = ascii_of(value, &size)
        if start != NULL:
            result = self.usual(start, size)
            if result is not REFUSED:
                return result
        return call_one(self.read_text, value, REFUSED)

    cdef object take(self, Cursor* cursor):
        cdef object result
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0
        cdef int kind = kind_at(cursor)
        if kind != IS_TEXT:
            return self.take_tagged(cursor) if kind == IS_TAG and self.tags else self.take_other(cursor, kind)
        if not span_at(cursor, &start, &size):
            return refuse_odd(cursor)
        result = self.usual(start, size)
        if result is not REFUSED:
            return result
        result = decoded(start, size, REFUSED)
        return refuse_odd(cursor) if result is REFUSED else call_one(self.read_text, result, REFUSED)

    cdef object take_tagged(self, Cursor* cursor):
        """Take a value behind tags, the first of which may say how it is to be read."""
        cdef Cursor ahead
        cdef Cursor start = cursor[0]
        cdef uint64_t tag = SELF_DESCRIBED
        cdef object result
        while tag == SELF_DESCRIBED and kind_at(cursor) == IS_TAG:
            ahead = cursor[0]
            if not argument_at(&ahead, &tag) or not pass_tag(cursor):
                return refuse_odd(cursor)
        read = self.tags.get(tag)
        if read is not None:
            result = value_at(cursor)
            if result is REFUSED:
                return REFUSED
            result = call_one(read, result, REFUSED)
            if result is not REFUSED:
                cursor.depth = start.depth
                return result
        cursor[0] = start
        return self.take_other(cursor, IS_TAG)

    cdef object read_tagged(self, object value):
        read = self.tags.get(value.tag)
        return REFUSED if read is None else call_one(read, value.value, REFUSED)

    cdef bint minds_tags(self):
        return bool(self.tags)

    cdef object usual(self, const char* start, Py_ssize_t size):
        return REFUSED


cdef class TimestampReader(FromTextReader):
    """A `Timestamp`."""

    cdef Maker maker

    def __cinit__(self, node):
        self.maker = Maker(Timestamp, ("nanos",))

    cdef object usual(self, const char* start, Py_ssize_t size):
        cdef Civil civil
        if (
            read_civil(start, size, &civil) and civil.zone != ZONE_NONE and civil.second < 60 and civil.year > 0
            and self.maker.ready()
        ):
            return self.maker.with_one(nanos_of(&civil))
        return REFUSED


# By minutes east of UTC, from -1439 on; those that have not been met are None.
cdef list zones = [None] * 2879


cdef object zone_of(const Civil* civil):
    """Return the zone of a time, None for a naive one."""
    cdef object zone
    if civil.zone == ZONE_NONE:
        return None
    if civil.offset == 0:
        return UTC
    zone = <object>PyList_GET_ITEM(zones, civil.offset + 1439)
    if zone is None:
        zone = zones[civil.offset + 1439] = timezone(timedelta(0, 60 * civil.offset))
    return zone


cdef inline bint is_whole(const Civil* civil) noexcept nogil:
    """Return whether the standard library can say a time: no leap second, nothing after microseconds."""
    return civil.second < 60 and civil.nanos % 1000 == 0 and not civil.finer


cdef class DatetimeReader(FromTextReader):
    """A `datetime.datetime`."""

    cdef object usual(self, const char* start, Py_ssize_t size):
        cdef Civil civil
        if read_civil(start, size, &civil) and civil.year > 0 and is_whole(&civil):
            return datetime_new(
                civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second,
                <int>(civil.nanos // 1000), zone_of(&civil),
            )
        return REFUSED


cdef class DateReader(FromTextReader):
    """A `datetime.date`."""

    cdef object usual(self, const char* start, Py_ssize_t size):
        cdef Civil civil
        if size == 10 and read_date(start, &civil) and civil.year > 0:
            return date_new(civil.year, civil.month, civil.day)
        return REFUSED


cdef class ClockReader(FromTextReader):
    """A `datetime.time`."""

    cdef object usual(self, const char* start, Py_ssize_t size):
        cdef Civil civil
        if read_clock(start, size, &civil) and is_whole(&civil):
            return time_new(civil.hour, civil.minute, civil.second, <int>(civil.nanos // 1000), zone_of(&civil))
        return REFUSED
