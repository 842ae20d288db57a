# JSON strings with escapes, and numbers.

cdef extern from *:
    """
    #include <float.h>

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

    static const double symphony_tens[] = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    typedef struct {
        int64_t integer;
        double real;
        int is_float;
    } symphony_number;

    /*
     * Reads a number; NULL: it is none, or one that needs care: an int of more than 18 digits, -0, or beyond a float's
     * range.  A float of at most 2**53 times a power of ten that is exact is one rounding away (Clinger); the
     * interpreter reads the others.
     */
    static const unsigned char *symphony_read_number(const unsigned char *at, symphony_number *out)
    {
        const unsigned char *start = at, *digits;
        int negative = *at == '-', exponent = 0, is_exact = 1, sign;
        int64_t shown;
        uint64_t mantissa = 0;
        at += negative;
        digits = at;
        if (*at == '0')
            at++;
        else {
            if (*at - '1' >= 9u)
                return NULL;
            while (*at - '0' < 10u)
                mantissa = mantissa * 10 + (*at++ - '0');
        }
        if (at - digits > 18)
            is_exact = 0;
        if (*at != '.' && (*at | 32) != 'e') {
            if (!is_exact || (negative && mantissa == 0))
                return NULL;
            out->is_float = 0;
            out->integer = negative ? -(int64_t)mantissa : (int64_t)mantissa;
            return at;
        }
        if (*at == '.') {
            const unsigned char *fraction = ++at;
            while (*at - '0' < 10u)
                mantissa = mantissa * 10 + (*at++ - '0');
            if (at == fraction)
                return NULL;
            if (at - digits > 19)
                is_exact = 0;
            exponent = -(int)(at - fraction < 1000 ? at - fraction : 1000);
        }
        if ((*at | 32) == 'e') {
            const unsigned char *first;
            at++;
            sign = *at == '-' ? -1 : 1;
            at += *at == '-' || *at == '+';
            first = at;
            shown = 0;
            while (*at - '0' < 10u) {
                if (shown < 100000)
                    shown = shown * 10 + (*at - '0');
                at++;
            }
            if (at == first)
                return NULL;
            exponent += sign * (int)shown;
        }
        out->is_float = 1;
    #if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
        if (is_exact && mantissa <= 1ULL << 53 && exponent >= -22 && exponent <= 22) {
            double value = (double)mantissa;
            value = exponent < 0 ? value / symphony_tens[-exponent] : value * symphony_tens[exponent];
            out->real = negative ? -value : value;
            return at;
        }
    #endif
        {
            char *stop = NULL;
            out->real = PyOS_string_to_double((const char *)start, &stop, NULL);
            if (stop != (const char *)at || PyErr_Occurred()) {
                PyErr_Clear();
                return NULL;
            }
            return out->real - out->real == 0 ? at : NULL;
        }
    }
    """
    ctypedef struct Number "symphony_number":
        int64_t integer
        double real
        bint is_float
    const unsigned char* read_escape "symphony_escape"(const unsigned char* at, unsigned char** out) noexcept nogil
    const unsigned char* read_number "symphony_read_number"(const unsigned char* at, Number* out) noexcept


cdef object escaped_text(Cursor* cursor, Py_ssize_t plain):
    """Read a text whose first escape stands after so many bytes."""
    cdef const unsigned char* at = cursor.at + 1
    cdef const unsigned char* stop = at + plain
    cdef unsigned char* room
    cdef unsigned char* out
    cdef uint64_t seen
    cdef object text
    # As long as it can be: to the quote that ends it.
    while stop[0] != c'"':
        stop = end_of_run(stop, cursor.end, &seen)
        if stop[0] == c"\\" and cursor.end - stop >= 2:
            stop += 2
        elif stop[0] != c'"' or stop >= cursor.end:
            return refuse_odd(cursor)
    room = out = <unsigned char*>PyMem_Malloc(stop - at + 1)
    if room == NULL:
        return refuse_odd(cursor)
    try:
        while True:
            stop = end_of_run(at, cursor.end, &seen)
            memcpy(out, at, stop - at)
            out += stop - at
            at = stop
            if at[0] == c'"':
                break
            at = read_escape(at, &out)
            if at == NULL:
                return refuse_odd(cursor)
        text = decoded(<const char*>room, out - room, REFUSED)
    finally:
        PyMem_Free(room)
    if text is REFUSED:
        return refuse_odd(cursor)
    cursor.at = at + 1
    return text


cdef inline bint number_at(Cursor* cursor, Number* number) noexcept:
    """Read a number of JSON; 0: the document is `needs_fallback`."""
    cdef const unsigned char* stop = read_number(cursor.at, number)
    if stop == NULL:
        cursor.needs_fallback = True
        return False
    cursor.at = stop
    return True
