# Points in time and spans of time.

cdef class TimeReader(Reader):
    """What is RFC 3339 text: the usual form is read here, and others by the class's own function."""

    cdef object read_text

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
            return refuse_kind(cursor, kind)
        if not spelt_at(cursor, &start, &size):
            return refuse_odd(cursor)
        result = self.usual(start, size)
        if result is not REFUSED:
            return result
        result = decoded(start, size, REFUSED)
        return refuse_odd(cursor) if result is REFUSED else call_one(self.read_text, result, REFUSED)

    cdef object usual(self, const char* start, Py_ssize_t size):
        return REFUSED


cdef class TimestampReader(TimeReader):
    """A `Timestamp`."""

    cdef Maker maker

    def __cinit__(self, node):
        self.maker = Maker(Timestamp, ("nanos",))
        self.read_text = Timestamp.parse

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


cdef class DatetimeReader(TimeReader):
    """A `datetime.datetime`."""

    def __cinit__(self, node):
        self.read_text = node.read

    cdef object usual(self, const char* start, Py_ssize_t size):
        cdef Civil civil
        if read_civil(start, size, &civil) and civil.year > 0 and is_whole(&civil):
            return datetime_new(
                civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second,
                <int>(civil.nanos // 1000), zone_of(&civil),
            )
        return REFUSED


cdef class DateReader(TimeReader):
    """A `datetime.date`."""

    def __cinit__(self, node):
        self.read_text = node.read

    cdef object usual(self, const char* start, Py_ssize_t size):
        cdef Civil civil
        if size == 10 and read_date(start, &civil) and civil.year > 0:
            return date_new(civil.year, civil.month, civil.day)
        return REFUSED


cdef class ClockReader(TimeReader):
    """A `datetime.time`."""

    def __cinit__(self, node):
        self.read_text = node.read

    cdef object usual(self, const char* start, Py_ssize_t size):
        cdef Civil civil
        if read_clock(start, size, &civil) and is_whole(&civil):
            return time_new(civil.hour, civil.minute, civil.second, <int>(civil.nanos // 1000), zone_of(&civil))
        return REFUSED


cdef TimeReader moment_reader(object node):
    if node.cls is datetime:
        return DatetimeReader(node)
    return DateReader(node) if node.cls is date else ClockReader(node)


cdef enum:
    SECOND = 1000000000


cdef class DurationReader(Reader):
    """A `Duration`, whose whole seconds are carried out of the nanoseconds."""

    cdef Maker maker
    cdef Names names
    cdef bint bytes_keys

    def __cinit__(self, bint bytes_keys):
        self.bytes_keys = bytes_keys
        self.maker = Maker(Duration, ("secs", "nanos"))
        self.names = Names(("secs", "nanos"))

    cdef object read(self, object value):
        cdef dict spelt
        cdef uint64_t secs, nanos
        cdef bint one_negative, other_negative
        if PyDict_CheckExact(value):
            spelt = text_keys(value, self.bytes_keys)
            if spelt is None:
                return REFUSED
            if PyDict_Size(spelt) != 2:
                return REFUSED
            value = [spelt.get("secs"), spelt.get("nanos")]
        elif not PyList_CheckExact(value):
            return self.refuse(value)
        elif PyList_GET_SIZE(value) != 2:
            return REFUSED
        one, other = untagged(value[0]), untagged(value[1])
        if not PyLong_CheckExact(one) or not PyLong_CheckExact(other):
            return REFUSED
        if not int_fits(<PyObject*>one, &secs, &one_negative) or not int_fits(<PyObject*>other, &nanos, &other_negative):
            return REFUSED
        if (one_negative and secs) or (other_negative and nanos):
            return REFUSED
        return self.of(secs, nanos)

    cdef object take(self, Cursor* cursor):
        cdef uint64_t parts[2]
        cdef bint there[2]
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0, left = 0, number = -1
        cdef int kind = kind_at(cursor)
        cdef bint is_map = kind == IS_MAP, negative = False
        there[0] = there[1] = False
        if kind != IS_ARRAY and kind != IS_MAP:
            return refuse_kind(cursor, kind)
        if not enter(cursor, is_map, &left):
            return refuse_odd(cursor)
        while another(cursor, &left):
            if is_map:
                if not key_span_at(cursor, &start, &size):
                    return REFUSED
                number = self.names.find(start, size)
            else:
                number += 1
            if not 0 <= number < 2 or there[number] or kind_at(cursor) != IS_INT:
                return refuse_odd(cursor)
            if not int_bits_at(cursor, &parts[number], &negative) or negative:
                return refuse_odd(cursor)
            there[number] = True
        if not closes(cursor, left, c"}" if is_map else c"]"):
            return REFUSED
        return self.of(parts[0], parts[1]) if there[0] and there[1] else REFUSED

    cdef object of(self, uint64_t secs, uint64_t nanos):
        cdef uint64_t carried = secs + nanos // SECOND
        if nanos > 0xFFFFFFFF or carried < secs:
            return REFUSED
        if not self.maker.ready():
            return call_two(Duration, carried, nanos % SECOND, REFUSED)
        return self.maker.with_two(carried, nanos % SECOND)
