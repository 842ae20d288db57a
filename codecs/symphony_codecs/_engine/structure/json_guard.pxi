# What orjson reads otherwise than serde_json does, found before it reads: eight bytes at a time.

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>

    #define EACH(byte) (0x0101010101010101ULL * (byte))

    /* The high bit of each byte that is zero. */
    static inline uint64_t symphony_zeros(uint64_t word)
    {
        return ~(((word & EACH(0x7F)) + EACH(0x7F)) | word | EACH(0x7F));
    }

    static inline int symphony_count(uint64_t bits)
    {
        return (int)((bits >> 7) * EACH(1) >> 56);
    }

    static int symphony_ends_number(unsigned char byte)
    {
        return byte == ' ' || byte == '\\t' || byte == '\\r' || byte == '\\n' || byte == ',' || byte == ']' || byte == '}';
    }

    /* Whether there is a run of 19 digits around a place, which is one of digits. */
    static int symphony_long_run(const unsigned char *data, Py_ssize_t size, Py_ssize_t at)
    {
        Py_ssize_t start = at, end = at;
        while (start > 0 && data[start - 1] - '0' < 10u)
            start--;
        while (end < size && data[end] - '0' < 10u)
            end++;
        return end - start >= 19;
    }

    /* Whether brackets outside of texts nest less deep than that; in what is no JSON, whatever. */
    static int symphony_is_shallow(const unsigned char *data, Py_ssize_t size, Py_ssize_t max_depth)
    {
        Py_ssize_t at, depth = 0;
        for (at = 0; at < size; at++) {
            unsigned char byte = data[at];
            if (byte == '"') {
                for (at++; at < size && data[at] != '"'; at++)
                    if (data[at] == 0x5C)  /* a backslash */
                        at++;
            }
            else if ((byte | 0x20) == '{') {
                if (++depth >= max_depth)
                    return 0;
            }
            else if ((byte | 0x20) == '}')
                depth--;
        }
        return 1;
    }

    /*
     * Whether orjson may be asked, as it is: no run of 19 digits, which may be an int of more than 64 bits; no "-0" that
     * is an int; nothing that nests too deep.
     */
    static int symphony_is_usual_json(const unsigned char *data, Py_ssize_t size, Py_ssize_t max_depth)
    {
        Py_ssize_t at, brackets = 0;
        for (at = 0; at + 8 <= size; at += 8) {
            uint64_t word, minus;
            memcpy(&word, data + at, 8);
            /* All digits: a run of 19 has eight bytes in step somewhere. */
            if ((word & EACH(0xF0)) == EACH(0x30) && ((word + EACH(0x06)) & EACH(0xF0)) == EACH(0x30) &&
                symphony_long_run(data, size, at))
                return 0;
            brackets += symphony_count(symphony_zeros((word | EACH(0x20)) ^ EACH('{')));
            minus = symphony_zeros(word ^ EACH('-'));
            if (minus) {
                Py_ssize_t i;
                for (i = at; i < at + 8; i++)
                    if (data[i] == '-' && i + 1 < size && data[i + 1] == '0' &&
                        (i + 2 == size || symphony_ends_number(data[i + 2])))
                        return 0;
            }
        }
        for (; at < size; at++) {
            if ((data[at] | 0x20) == '{')
                brackets++;
            if (data[at] == '-' && at + 1 < size && data[at + 1] == '0' &&
                (at + 2 == size || symphony_ends_number(data[at + 2])))
                return 0;
        }
        return brackets < max_depth || symphony_is_shallow(data, size, max_depth);
    }
    """
    bint is_usual_json "symphony_is_usual_json"(const unsigned char* data, Py_ssize_t size, Py_ssize_t max_depth) noexcept nogil
