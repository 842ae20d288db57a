# Points in time: nanoseconds since the epoch, calendar fields, and RFC 3339 text.
#
#   int write_instant(int64_t nanos, char* out)
#       As `symphony_types._rfc3339.format_timestamp`; returns the length, at most 30.
#   int write_date(int year, int month, int day, char* out)    "YYYY-MM-DD": 10, years 0 to 9999
#   int write_clock(int hour, int minute, int second, char* out)    "HH:MM:SS": 8
#   int write_fraction(uint32_t nanos, char* out)    nothing, or "." and 3, 6 or 9 digits
#   int write_offset(int minutes, char* out)    "Z" for zero, or "+HH:MM"
#   bint read_date(const char* text, Civil* out)
#       Exactly "YYYY-MM-DD" of a day that exists, year 0 included; reads 10 characters.
#   int read_civil(const char* text, Py_ssize_t size, Civil* out)
#       "YYYY-MM-DDTHH:MM:SS[.digits][Z or +HH:MM]" of a time that exists, second 60 included; "t", a blank and "z" are
#       taken as well.  0: it is not in this form, which other readers may take all the same.
#   int read_clock(const char* text, Py_ssize_t size, Civil* out)
#       The same from the hour on.
#   int64_t seconds_of(const Civil* civil)
#       Seconds since the epoch, the offset counted.
#   object nanos_of(const Civil* civil)
#       Nanoseconds since the epoch, an int of any size: what `Timestamp` keeps.

from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memcpy


cdef struct Civil:
    int year
    int month
    int day
    int hour
    int minute
    int second      # 60 in a leap second
    uint32_t nanos  # the first nine digits of the fraction
    bint finer      # whether a digit after those is no zero
    int zone        # ZONE_NONE, ZONE_ZULU or ZONE_OFFSET
    int offset      # minutes east of UTC


cdef enum:
    ZONE_NONE
    ZONE_ZULU
    ZONE_OFFSET


cdef extern from *:
    """
    static const char symphony_two_digits[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
        "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
        "9899";
    """
    const char* TWO_DIGITS "symphony_two_digits"


cdef inline void _two(int number, char* out) noexcept nogil:
    memcpy(out, TWO_DIGITS + 2 * number, 2)


cdef inline int write_date(int year, int month, int day, char* out) noexcept nogil:
    _two(year // 100, out)
    _two(year % 100, out + 2)
    out[4] = c"-"
    _two(month, out + 5)
    out[7] = c"-"
    _two(day, out + 8)
    return 10


cdef inline int write_clock(int hour, int minute, int second, char* out) noexcept nogil:
    _two(hour, out)
    out[2] = c":"
    _two(minute, out + 3)
    out[5] = c":"
    _two(second, out + 6)
    return 8


cdef inline void _three(uint32_t number, char* out) noexcept nogil:
    out[0] = <char>(c"0" + number // 100)
    _two(<int>(number % 100), out + 1)


cdef inline int write_fraction(uint32_t nanos, char* out) noexcept nogil:
    if nanos == 0:
        return 0
    out[0] = c"."
    _three(nanos // 1000000, out + 1)
    nanos %= 1000000
    if nanos == 0:
        return 4
    _three(nanos // 1000, out + 4)
    nanos %= 1000
    if nanos == 0:
        return 7
    _three(nanos, out + 7)
    return 10


cdef inline int write_offset(int minutes, char* out) noexcept nogil:
    if minutes == 0:
        out[0] = c"Z"
        return 1
    out[0] = c"-" if minutes < 0 else c"+"
    if minutes < 0:
        minutes = -minutes
    _two(minutes // 60, out + 1)
    out[3] = c":"
    _two(minutes % 60, out + 4)
    return 6


cdef inline void _civil_of_days(int days, int* year, int* month, int* day) noexcept nogil:
    """Go by years that run from March, so that the leap day is the last of its year; see `_rfc3339`."""
    cdef uint32_t since, era, of_era, years, of_year, shifted
    # Counted from 0000-03-01, or eras of 400 years before: years of 64 bits of nanoseconds are far from these borders.
    since = <uint32_t>(days + 719468)
    era = since // 146097
    of_era = since % 146097
    years = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * years + years // 4 - years // 100)
    shifted = (5 * of_year + 2) // 153
    month[0] = <int>(shifted + 3 if shifted < 10 else shifted - 9)
    day[0] = <int>(of_year - (153 * shifted + 2) // 5 + 1)
    year[0] = <int>(era * 400 + years) + (month[0] <= 2)


cdef inline int write_instant(int64_t nanos, char* out) noexcept nogil:
    cdef int64_t secs
    cdef int32_t fraction, of_day
    cdef int days, year, month, day, size
    # C rounds towards zero, time runs from the past.
    secs = nanos // 1000000000
    fraction = <int32_t>(nanos - secs * 1000000000)
    if fraction < 0:
        fraction += 1000000000
        secs -= 1
    days = <int>(secs // 86400)
    of_day = <int32_t>(secs - <int64_t>days * 86400)
    if of_day < 0:
        of_day += 86400
        days -= 1
    _civil_of_days(days, &year, &month, &day)
    write_date(year, month, day, out)
    out[10] = c"T"
    write_clock(of_day // 3600, of_day // 60 % 60, of_day % 60, out + 11)
    size = 19 + write_fraction(<uint32_t>fraction, out + 19)
    out[size] = c"Z"
    return size + 1


cdef inline int _digits(const char* text, int count) noexcept nogil:
    """Return the number of *count* digits, -1 where one is none."""
    cdef int i, number = 0
    cdef unsigned int digit
    for i in range(count):
        digit = <unsigned int>(<unsigned char>text[i]) - c"0"
        if digit > 9:
            return -1
        number = number * 10 + <int>digit
    return number


cdef inline int _days_in(int year, int month) noexcept nogil:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31


cdef inline bint read_date(const char* text, Civil* out) noexcept nogil:
    out.year = _digits(text, 4)
    out.month = _digits(text + 5, 2)
    out.day = _digits(text + 8, 2)
    return (
        text[4] == c"-" and text[7] == c"-" and out.year >= 0 and 1 <= out.month <= 12
        and 1 <= out.day <= _days_in(out.year, out.month)
    )


cdef inline Py_ssize_t _read_fraction(const char* text, Py_ssize_t at, Py_ssize_t size, Civil* out) noexcept nogil:
    """Read digits from *at* on; return where they end, 0 where there are none."""
    cdef Py_ssize_t start = at
    cdef uint32_t nanos = 0, unit = 100000000
    cdef unsigned int digit
    out.finer = False
    while at < size:
        digit = <unsigned int>(<unsigned char>text[at]) - c"0"
        if digit > 9:
            break
        nanos += digit * unit
        if unit == 0 and digit:
            out.finer = True
        unit //= 10
        at += 1
    out.nanos = nanos
    return at if at > start else 0


cdef inline int read_clock(const char* text, Py_ssize_t size, Civil* out) noexcept nogil:
    cdef Py_ssize_t at = 8
    cdef int hours, minutes
    if size < 8 or text[2] != c":" or text[5] != c":":
        return False
    out.hour = _digits(text, 2)
    out.minute = _digits(text + 3, 2)
    out.second = _digits(text + 6, 2)
    if not (0 <= out.hour < 24 and 0 <= out.minute < 60 and 0 <= out.second <= 60):
        return False
    out.nanos = 0
    out.finer = False
    out.offset = 0
    if at < size and text[at] == c".":
        at = _read_fraction(text, at + 1, size, out)
        if at == 0:
            return False
    if at == size:
        out.zone = ZONE_NONE
        return True
    if text[at] == c"Z" or text[at] == c"z":
        out.zone = ZONE_ZULU
        return at + 1 == size
    if (text[at] != c"+" and text[at] != c"-") or size - at != 6 or text[at + 3] != c":":
        return False
    hours = _digits(text + at + 1, 2)
    minutes = _digits(text + at + 4, 2)
    if not (0 <= hours < 24 and 0 <= minutes < 60):
        return False
    out.zone = ZONE_OFFSET
    out.offset = hours * 60 + minutes
    if text[at] == c"-":
        out.offset = -out.offset
    return True


cdef inline int read_civil(const char* text, Py_ssize_t size, Civil* out) noexcept nogil:
    if size < 19 or not read_date(text, out) or not (text[10] == c"T" or text[10] == c"t" or text[10] == c" "):
        return False
    return read_clock(text + 11, size - 11, out)


cdef inline int64_t seconds_of(const Civil* civil) noexcept nogil:
    # Years from March, as above; 400 years more, so that nothing is negative.
    cdef int year = civil.year + 400 - (civil.month <= 2)
    cdef int of_year = (153 * ((civil.month + 9) % 12) + 2) // 5 + civil.day - 1
    cdef int64_t days = year * 365 + year // 4 - year // 100 + year // 400 + of_year - 719468 - 146097
    return days * 86400 + civil.hour * 3600 + (civil.minute - civil.offset) * 60 + civil.second


cdef inline object nanos_of(const Civil* civil):
    cdef int64_t secs = seconds_of(civil)
    # The years 1678 to 2261 in machine words; few others are ever met.
    if -9223372036 < secs < 9223372036:
        return secs * 1000000000 + <int64_t>civil.nanos
    return <object>secs * 1000000000 + civil.nanos
