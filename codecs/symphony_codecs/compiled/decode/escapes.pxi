# JSON strings with escapes.

cdef extern from *:
    """
    static inline int symphony_hex4(const unsigned char *at)
    {
        int i, value = 0;
        for (i = 0; i < 4; i++) {
            unsigned char byte = at[i];
            if (byte - '0' < 10u) value = value << 4 | (byte - '0');
            else if ((byte | 32) - 'a' < 6u) value = value << 4 | ((byte | 32) - 'a' + 10);
            else return -1;  /* zero, behind the end, is none, so that nothing after it is looked at */
        }
        return value;
    }

    static inline unsigned char *symphony_utf8(unsigned char *out, uint32_t point)
    {
        if (point < 0x80)
            *out++ = (unsigned char)point;
        else if (point < 0x800) {
            *out++ = (unsigned char)(0xC0 | point >> 6);
            *out++ = (unsigned char)(0x80 | (point & 63));
        }
        else if (point < 0x10000) {
            *out++ = (unsigned char)(0xE0 | point >> 12);
            *out++ = (unsigned char)(0x80 | (point >> 6 & 63));
            *out++ = (unsigned char)(0x80 | (point & 63));
        }
        else {
            *out++ = (unsigned char)(0xF0 | point >> 18);
            *out++ = (unsigned char)(0x80 | (point >> 12 & 63));
            *out++ = (unsigned char)(0x80 | (point >> 6 & 63));
            *out++ = (unsigned char)(0x80 | (point & 63));
        }
        return out;
    }

    /*
     * Reads one escape, whose backslash `at` stands at; NULL: it is none, or half of a pair.  What is written is never
     * longer than what is read.
     */
    static const unsigned char *symphony_escape(const unsigned char *at, unsigned char **out)
    {
        int point, low;
        switch (at[1]) {
        case '"': *(*out)++ = '"'; return at + 2;
        case '\\\\': *(*out)++ = '\\\\'; return at + 2;
        case '/': *(*out)++ = '/'; return at + 2;
        case 'b': *(*out)++ = '\\b'; return at + 2;
        case 'f': *(*out)++ = '\\f'; return at + 2;
        case 'n': *(*out)++ = '\\n'; return at + 2;
        case 'r': *(*out)++ = '\\r'; return at + 2;
        case 't': *(*out)++ = '\\t'; return at + 2;
        case 'u': break;
        default: return NULL;
        }
        point = symphony_hex4(at + 2);
        if (point < 0 || (point >= 0xDC00 && point < 0xE000))
            return NULL;
        at += 6;
        if (point >= 0xD800 && point < 0xDC00) {
            if (at[0] != '\\\\' || at[1] != 'u' || (low = symphony_hex4(at + 2)) < 0xDC00 || low >= 0xE000)
                return NULL;
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
        }
        *out = symphony_utf8(*out, (uint32_t)point);
        return at;
    }
    """
    const unsigned char* read_escape "symphony_escape"(const unsigned char* at, unsigned char** out) noexcept nogil


cdef enum:
    # A larger room goes back to the system.
    KEPT_ROOM = 1 << 16


# Where texts with escapes are put together: what stands there is right until the next one.
cdef unsigned char* room = NULL
cdef Py_ssize_t room_size = 0


cdef bint have_room(Py_ssize_t size) noexcept:
    global room, room_size
    cdef unsigned char* more
    if size <= room_size and (room_size <= KEPT_ROOM or size > KEPT_ROOM):
        return True
    more = <unsigned char*>PyMem_Realloc(room, size)
    if more == NULL:
        return False
    room = more
    room_size = size
    return True


cdef bint unescape(Cursor* cursor, Py_ssize_t plain, const char** start, Py_ssize_t* size) noexcept:
    """Read a text whose first escape stands after so many bytes, as the bytes that it means; 0: it is malformed."""
    cdef const unsigned char* at = cursor.at + 1
    cdef const unsigned char* stop = at + plain
    cdef unsigned char* out
    cdef uint64_t seen
    # As long as it can be: to the quote that ends it.
    while stop[0] != c'"':
        stop = end_of_run(stop, cursor.end, &seen)
        if stop[0] == c"\\" and cursor.end - stop >= 2:
            stop += 2
        elif stop[0] != c'"' or stop >= cursor.end:
            return False
    if not have_room(stop - at + 1):
        return False
    out = room
    while True:
        stop = end_of_run(at, cursor.end, &seen)
        memcpy(out, at, stop - at)
        out += stop - at
        at = stop
        if at[0] == c'"':
            break
        at = read_escape(at, &out)
        if at == NULL:
            return False
    start[0] = <const char*>room
    size[0] = out - room
    cursor.at = at + 1
    return True


cdef object escaped_text(Cursor* cursor, Py_ssize_t plain):
    """Read a text whose first escape stands after so many bytes."""
    cdef const char* start = NULL
    cdef Py_ssize_t size = 0
    cdef object text = REFUSED
    if unescape(cursor, plain, &start, &size):
        text = decoded(start, size, REFUSED)
    return refuse_odd(cursor) if text is REFUSED else text
