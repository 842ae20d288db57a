# Ids, points in time and spans of it.

cimport cpython.datetime as dt

dt.import_datetime()


cdef extern from *:
    PyObject* UTC "PyDateTime_TimeZone_UTC"


cdef class UuidWriter(Writer):
    """
    A `uuid.UUID` or a typed id.

    The slot holds the 16 bytes of an id, the int of a UUID.  Subclasses and
    whatever else calls itself an instance are asked for their bytes.
    """

    cdef PyObject* cls
    cdef Slots slots
    cdef bint is_text
    cdef bint is_number

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef PyObject* item
        cdef unsigned char raw[16]
        if not is_exactly(value, self.cls):
            return self.write_other(<object>value, out)
        self.slots.check()
        if self.slots.offsets[0] < 0:
            return self.write_other(<object>value, out)
        item = slot_at(value, self.slots.offsets[0])
        if item == NULL:
            return self.write_other(<object>value, out)
        if self.is_number:
            if not is_exact_int(item) or not uuid_of_int(item, raw):
                return self.write_other(<object>value, out)
            return self.put(raw, out)
        if type_of(item) != BYTES or len(<bytes>item) != 16:
            return self.write_other(<object>value, out)
        return self.put(<const unsigned char*><const char*><bytes>item, out)

    cdef inline int put(self, const unsigned char* raw, Sink* out) noexcept:
        cdef char* at
        if not has_room(out, 40) or out.max_text < (36 if self.is_text else 16):
            return REFUSED
        at = out.at
        if not self.is_text:
            if self.wire == MSGPACK:
                at[0] = <char>0xC4
                at[1] = 16
                at += 2
            elif self.wire == CBOR:
                at[0] = <char>(CBOR_BYTES | 16)
                at += 1
            memcpy(at, raw, 16)
            out.at = at + 16
            return WRITTEN
        if self.wire == JSON:
            at[0] = c'"'
            write_uuid(raw, at + 1)
            at[37] = c'"'
            out.at = at + 38
            return WRITTEN
        at = msgpack_text_head(at, 36) if self.wire == MSGPACK else cbor_head(at, CBOR_TEXT, 36)
        write_uuid(raw, at)
        out.at = at + 36
        return WRITTEN

    cdef int write_other(self, value, Sink* out) except -1:
        cdef object held = value  # its container may let go of it while its own code runs
        try:
            if not isinstance(value, <object>self.cls):
                return REFUSED
            data = value.bytes
        except Exception as exc:
            caught(exc)
            return REFUSED
        if type(data) is bytes and len(data) == 16:
            return self.put(<const unsigned char*><const char*>data, out)
        out.may_be_valid = True  # the reference writes whatever that is
        return REFUSED


cdef class TimestampWriter(Writer):
    """A `symphony_types.Timestamp`."""

    cdef PyObject* cls
    cdef Slots slots

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef PyObject* item = NULL
        cdef uint64_t magnitude
        cdef bint negative
        cdef char text[SHORT]
        cdef int64_t nanos
        if not is_exactly(value, self.cls):
            return REFUSED
        self.slots.check()
        if self.slots.offsets[0] > 0:
            item = slot_at(value, self.slots.offsets[0])
        # The years 1678 to 2261 fit; others go the way of the class.
        if item == NULL or not is_exact_int(item) or not int_fits(item, &magnitude, &negative) or magnitude >= SIGN_BIT:
            return self.write_other(<object>value, out)
        nanos = -<int64_t>magnitude if negative else <int64_t>magnitude
        return put_short(out, self.wire, text, write_instant(nanos, text))

    cdef int write_other(self, value, Sink* out) except -1:
        cdef object held = value  # its container may let go of it while its own code runs
        try:
            text = str(value)
        except Exception as exc:
            caught(exc)
            return REFUSED
        return put_text(out, self.wire, <PyObject*>text)


cdef class SpanKeys:
    """What stands before seconds and before nanoseconds."""

    cdef bint positional
    cdef object kept
    cdef Chunk secs
    cdef Chunk nanos

    cdef int put(self, Sink* out, int wire, uint64_t secs, bint negative, uint64_t nanos) noexcept:
        if not open_container(out, 2) or not has_room(out, self.secs.size + self.nanos.size + 2 * MAX_DECIMAL + SLACK):
            return REFUSED
        copy_chunk(out.at, &self.secs)
        out.at += self.secs.size
        put_number(out, wire, secs, negative)
        copy_chunk(out.at, &self.nanos)
        out.at += self.nanos.size
        put_number(out, wire, nanos, False)
        if wire == JSON:
            out.at[0] = c"]" if self.positional else c"}"
            out.at += 1
        close_container(out)
        return WRITTEN


cdef class DurationWriter(Writer):
    """A `symphony_types.Duration`."""

    cdef PyObject* cls
    cdef Slots slots
    cdef SpanKeys keys

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef uint64_t secs, nanos
        cdef object held
        if not is_exactly(value, self.cls):
            return REFUSED
        held = <object>value
        self.slots.check()
        if not (self.part(value, 0, &secs, out) and self.part(value, 1, &nanos, out)) or nanos > 0xFFFFFFFFULL:
            return REFUSED
        return self.keys.put(out, self.wire, secs, False, nanos)

    cdef bint part(self, PyObject* value, int index, uint64_t* number, Sink* out) except -1:
        cdef PyObject* item = self.slots.get(value, index)
        cdef bint negative, fits
        if item == NULL:
            return False
        fits = is_exact_int(item) and int_fits(item, number, &negative) and not negative
        release(item)
        return fits


cdef class DateTimeWriter(Writer):
    """A `datetime`, `date` or `time`: fields where it is exactly that, else by its own text."""

    cdef int kind  # 0: datetime, 1: date, 2: time
    cdef object cls
    cdef object text_of
    cdef object zone    # the last of a fixed offset, and how many minutes it is
    cdef int minutes

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef char text[SHORT]
        cdef int size = -1
        cdef object moment = <object>value
        if self.kind == 0:
            if dt.PyDateTime_CheckExact(moment):
                size = self.put_datetime(moment, text)
        elif self.kind == 1:
            if dt.PyDate_CheckExact(moment):
                size = write_date(
                    dt.PyDateTime_GET_YEAR(moment), dt.PyDateTime_GET_MONTH(moment), dt.PyDateTime_GET_DAY(moment), text
                )
        elif dt.PyTime_CheckExact(moment):
            size = self.put_time(moment, text)
        if size < 0:
            return self.write_other(moment, out)
        return put_short(out, self.wire, text, size)

    cdef int put_datetime(self, moment, char* text) except -2:
        """Write fields; -1: its offset has no form."""
        cdef int size
        write_date(dt.PyDateTime_GET_YEAR(moment), dt.PyDateTime_GET_MONTH(moment), dt.PyDateTime_GET_DAY(moment), text)
        text[10] = c"T"
        write_clock(
            dt.PyDateTime_DATE_GET_HOUR(moment),
            dt.PyDateTime_DATE_GET_MINUTE(moment),
            dt.PyDateTime_DATE_GET_SECOND(moment),
            text + 11,
        )
        size = 19 + _micros(dt.PyDateTime_DATE_GET_MICROSECOND(moment), text + 19)
        return self.put_zone(moment, dt.datetime_tzinfo(moment), text, size)

    cdef int put_time(self, moment, char* text) except -2:
        cdef int size = write_clock(
            dt.PyDateTime_TIME_GET_HOUR(moment),
            dt.PyDateTime_TIME_GET_MINUTE(moment),
            dt.PyDateTime_TIME_GET_SECOND(moment),
            text,
        )
        size += _micros(dt.PyDateTime_TIME_GET_MICROSECOND(moment), text + size)
        return self.put_zone(moment, dt.time_tzinfo(moment), text, size)

    cdef int put_zone(self, moment, zone, char* text, int size) except -2:
        cdef object offset
        cdef int seconds
        if zone is None:
            return size
        if <PyObject*>zone == UTC:
            return size + write_offset(0, text + size)
        if zone is self.zone:
            return size + write_offset(self.minutes, text + size)
        try:
            offset = moment.utcoffset()
        except Exception as exc:
            caught(exc)
            return -1
        if type(offset) is not timedelta:  # a time whose offset depends on the date, say
            return -1
        seconds = dt.PyDateTime_DELTA_GET_DAYS(offset) * 86400 + dt.PyDateTime_DELTA_GET_SECONDS(offset)
        if dt.PyDateTime_DELTA_GET_MICROSECONDS(offset) or seconds % 60:
            return -1
        if type(zone) is timezone:
            self.zone = zone
            self.minutes = seconds // 60
        return size + write_offset(seconds // 60, text + size)

    cdef int write_other(self, moment, Sink* out) except -1:
        try:
            if not isinstance(moment, self.cls) or (self.kind == 1 and isinstance(moment, datetime)):
                return REFUSED
            text = self.text_of(moment)
        except Exception as exc:
            caught(exc)
            return REFUSED
        if type(text) is not str:
            out.may_be_valid = True
            return REFUSED
        return put_text(out, self.wire, <PyObject*>text)


cdef inline int _micros(int micros, char* text) noexcept nogil:
    return write_fraction(<uint32_t>micros * 1000, text)
