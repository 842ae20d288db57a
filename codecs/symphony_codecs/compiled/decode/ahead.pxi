# Looking ahead: where a value ends, without reading it.
#
# A union's tag that does not stand first is found this way, and what stands before it is read afterwards.  Unions in
# unions would pass over the same bytes once for each level: so the ends of containers are remembered by their starts,
# but for short ones, which are passed over again as quickly.

cdef extern from "Python.h":
    void* PyMem_RawCalloc(size_t count, size_t size) noexcept nogil
    void PyMem_RawFree(void* memory) noexcept nogil


cdef enum:
    SHORT = 64


cdef Py_ssize_t passed_values = 0


def values_passed():
    """Return how many values have been passed over so far; for tests."""
    return passed_values


cdef void forget_ends(Ends* ends) noexcept nogil:
    PyMem_RawFree(ends.starts)
    ends.starts = ends.ends = NULL
    ends.mask = ends.count = 0


cdef inline Py_ssize_t place_of(Ends* ends, const unsigned char* start) noexcept nogil:
    """Return the place of a start, or the free one where it belongs."""
    cdef Py_ssize_t place = <Py_ssize_t>(<uint64_t><size_t>start * 0x9E3779B97F4A7C15ULL >> 32) & ends.mask
    while ends.starts[place] != NULL and ends.starts[place] != start:
        place = (place + 1) & ends.mask
    return place


cdef bint remember_end(Ends* ends, const unsigned char* start, const unsigned char* end) noexcept nogil:
    """Remember where a container ends; 0: there is no memory."""
    cdef Ends more
    cdef Py_ssize_t i, place, size = 2 * (ends.mask + 1) if ends.starts != NULL else 64
    if ends.starts == NULL or 2 * ends.count > ends.mask:
        more.starts = <const unsigned char**>PyMem_RawCalloc(2 * size, sizeof(char*))
        if more.starts == NULL:
            return False
        more.ends = more.starts + size
        more.mask = size - 1
        more.count = ends.count
        for i in range(ends.mask + 1 if ends.starts != NULL else 0):
            if ends.starts[i] != NULL:
                place = place_of(&more, ends.starts[i])
                more.starts[place] = ends.starts[i]
                more.ends[place] = ends.ends[i]
        PyMem_RawFree(ends.starts)
        ends[0] = more
    place = place_of(ends, start)
    if ends.starts[place] == NULL:
        ends.count += 1
    ends.starts[place] = start
    ends.ends[place] = end
    return True


cdef bint pass_text(Cursor* cursor) noexcept nogil:
    """Pass over a text of JSON, with what escapes there are."""
    cdef uint64_t seen
    cdef const unsigned char* stop = cursor.at + 1
    while True:
        stop = end_of_run(stop, cursor.end, &seen)
        if stop[0] == c'"':
            cursor.at = stop + 1
            return True
        if stop[0] != c"\\" or cursor.end - stop < 2:
            return False
        stop += 2


cdef bint pass_container(Cursor* cursor, bint is_map) noexcept nogil:
    cdef Ends* ends = &cursor.partial.ends
    cdef const unsigned char* start = cursor.at
    cdef Py_ssize_t left = 0, place
    cdef bint is_long
    if ends.starts != NULL:
        place = place_of(ends, start)
        if ends.starts[place] == start:
            cursor.at = ends.ends[place]
            return True
    if not enter(cursor, is_map, &left):
        return False
    while another(cursor, &left):
        if is_map and not pass_key(cursor):
            return False
        if not pass_value(cursor):
            return False
    if not closes(cursor, left, c"}" if is_map else c"]"):
        return False
    is_long = cursor.at - start > SHORT
    return not is_long or remember_end(ends, start, cursor.at)


cdef inline bint pass_key(Cursor* cursor) noexcept nogil:
    if cursor.layout == JSON and kind_at(cursor) != IS_TEXT:
        return False
    return pass_value(cursor) and pass_colon(cursor)


cdef bint pass_value(Cursor* cursor) noexcept nogil:
    """
    Pass over a value; 0: it is malformed, or one of those that readers refuse as `needs_fallback`.

    What a text or a number consists of is not looked at: the value is read when the cursor comes back.
    """
    cdef uint64_t size = 0
    cdef Py_ssize_t length = 0
    cdef double number
    cdef int64_t seconds
    cdef uint32_t nanos
    cdef int kind = kind_at(cursor)
    global passed_values
    passed_values += 1
    if kind == IS_MAP or kind == IS_ARRAY:
        return pass_container(cursor, kind == IS_MAP)
    if cursor.layout == JSON:
        if kind == IS_TEXT:
            return pass_text(cursor)
        if kind != IS_INT:
            return kind != IS_ODD and pass_word(cursor, kind)
        # Digits and minus signs are those of `KIND_OF`.
        while (
            KIND_OF[JSON][cursor.at[0]] == IS_INT
            or cursor.at[0] == c"." or cursor.at[0] == c"+" or cursor.at[0] | 32 == c"e"
        ):
            cursor.at += 1
        return True
    if kind == IS_TEXT or kind == IS_BYTES:
        if not argument_at(cursor, &size) or not has(cursor, size):
            return False
        cursor.at += size
        return True
    if kind == IS_INT and (cursor.layout != CBOR or cursor.at[0] < CBOR_BIGNUM):
        return argument_at(cursor, &size)
    if kind == IS_FLOAT:
        return float_bits_at(cursor, &number)
    if kind == IS_LONG:
        return skip_long(cursor, &length) == GOOD
    if kind == IS_STAMP:
        return pass_stamp(cursor, &seconds, &nanos)
    if kind == IS_TAG or kind == IS_INT:
        if not pass_tag(cursor) or not pass_value(cursor):
            return False
        cursor.depth += 1
        return True
    return kind != IS_ODD and pass_word(cursor, kind)


cdef int find_key(Cursor* cursor, Py_ssize_t left, const char* name, Py_ssize_t size) noexcept nogil:
    """Stand before the value of a key, in a map that has been entered; 0: there is none, -1: see `pass_value`."""
    cdef const char* start = NULL
    cdef Py_ssize_t length = 0
    cdef int kind
    while another(cursor, &left):
        kind = kind_at(cursor)
        if kind == IS_BYTES or kind == IS_TAG or (kind == IS_LONG and cursor.at[0] != 0x7F):
            # Names of fields may be spelt like this, but not those that tell members of a union apart.
            if not pass_value(cursor) or not pass_value(cursor):
                return -1
            continue
        if not key_span_at(cursor, &start, &length):
            return -1
        if length == size and memcmp(start, name, size) == 0:
            return 1
        if not pass_value(cursor):
            return -1
    return 0 if closes(cursor, left, c"}") else -1
