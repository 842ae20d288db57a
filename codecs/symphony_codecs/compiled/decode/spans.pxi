# Spans of time.

cdef enum:
    SECOND = 1000000000
    DAY = 86400
    MOST_DAYS = 999999999

cdef uint64_t MOST_SECONDS = 86400 * <uint64_t>1000000000


cdef class SpanReader(Reader):
    """Seconds and nanoseconds, as a map or as an array."""

    cdef Names names
    cdef bint bytes_keys

    def __cinit__(self, bint bytes_keys):
        self.bytes_keys = bytes_keys
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
        if other_negative and nanos:
            return REFUSED
        return self.of(secs, one_negative and secs, nanos)

    cdef object take(self, Cursor* cursor):
        cdef uint64_t parts[2]
        cdef bint there[2]
        cdef bint negative[2]
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0, left = 0, number = -1
        cdef int kind = kind_at(cursor)
        cdef bint is_map = kind == IS_MAP
        there[0] = there[1] = False
        if kind != IS_ARRAY and kind != IS_MAP:
            return self.take_other(cursor, kind)
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
            if not int_bits_at(cursor, &parts[number], &negative[number]):
                return refuse_odd(cursor)
            there[number] = True
        if not closes(cursor, left, c"}" if is_map else c"]"):
            return REFUSED
        if not (there[0] and there[1]) or (negative[1] and parts[1]):
            return REFUSED
        return self.of(parts[0], negative[0] and parts[0], parts[1])

    cdef object of(self, uint64_t secs, bint negative, uint64_t nanos):
        return REFUSED


cdef class DurationReader(SpanReader):
    """A `Duration`, whose whole seconds are carried out of the nanoseconds."""

    cdef Maker maker

    def __cinit__(self, bint bytes_keys):
        self.maker = Maker(Duration, ("secs", "nanos"))

    cdef object of(self, uint64_t secs, bint negative, uint64_t nanos):
        cdef uint64_t carried = secs + nanos // SECOND
        if negative or nanos > 0xFFFFFFFF or carried < secs:
            return REFUSED
        if not self.maker.ready():
            return call_two(Duration, carried, nanos % SECOND, REFUSED)
        return self.maker.with_two(carried, nanos % SECOND)


cdef class TimeDeltaReader(SpanReader):
    """A `datetime.timedelta`, which takes unknown fields, too."""

    cdef HookReader hook

    cdef object read(self, object value):
        cdef object result = SpanReader.read(self, value)
        return self.hook.read(value) if result is REFUSED else result

    cdef object take(self, Cursor* cursor):
        cdef Cursor start = cursor[0]
        cdef object result = SpanReader.take(self, cursor)
        if result is not REFUSED:
            return result
        cursor[0] = start
        return self.hook.take(cursor)

    cdef object of(self, uint64_t secs, bint negative, uint64_t nanos):
        cdef int64_t days, of_day
        if secs > MOST_SECONDS or nanos >= SECOND or nanos % 1000:
            return REFUSED
        of_day = -<int64_t>secs if negative else <int64_t>secs
        days = of_day // DAY
        of_day -= days * DAY
        # C rounds towards zero.
        if of_day < 0:
            of_day += DAY
            days -= 1
        if not -MOST_DAYS <= days <= MOST_DAYS:
            return REFUSED
        return timedelta_new(<int>days, <int>of_day, <int>(nanos // 1000))
