# Internet addresses as text.
#
#   bint read_ipv4(const char* text, Py_ssize_t size, unsigned char* raw)
#       Four numbers without leading zeros; 0: it is none.
#   bint read_ipv6(const char* text, Py_ssize_t size, unsigned char* raw)
#       All forms of RFC 4291, section 2.2, but without a zone; 0: it is none.
#   int write_ipv4(const unsigned char* raw, char* out)    at most 15
#   int write_ipv6(const unsigned char* raw, char* out)    at most 45; as Rust writes them (RFC 5952)

cdef bint read_ipv4(const char* text, Py_ssize_t size, unsigned char* raw) noexcept nogil:
    cdef Py_ssize_t at = 0, start
    cdef int part, number
    for part in range(4):
        if part:
            if at == size or text[at] != c".":
                return False
            at += 1
        start = at
        number = 0
        while at < size and at - start < 3 and c"0" <= text[at] <= c"9":
            number = number * 10 + text[at] - c"0"
            at += 1
        if at == start or number > 255 or (text[start] == c"0" and at - start > 1):
            return False
        raw[part] = <unsigned char>number
    return at == size


cdef inline int _hex_digit(char digit) noexcept nogil:
    if c"0" <= digit <= c"9":
        return digit - c"0"
    digit |= 32
    return digit - c"a" + 10 if c"a" <= digit <= c"f" else -1


cdef bint read_ipv6(const char* text, Py_ssize_t size, unsigned char* raw) noexcept nogil:
    cdef Py_ssize_t at = 0, start, gap = -1, count = 0, i
    cdef int number
    if size >= 2 and text[0] == c":" and text[1] == c":":
        gap = 0
        at = 2
    while at < size:
        if count > 14:
            return False
        start = at
        number = 0
        while at < size and at - start < 4 and _hex_digit(text[at]) >= 0:
            number = number << 4 | _hex_digit(text[at])
            at += 1
        if at < size and text[at] == c".":
            if count > 12 or not read_ipv4(text + start, size - start, raw + count):
                return False
            count += 4
            at = size
            break
        if at == start:
            return False
        raw[count] = <unsigned char>(number >> 8)
        raw[count + 1] = <unsigned char>number
        count += 2
        if at == size:
            break
        if text[at] != c":":
            return False
        at += 1
        if at < size and text[at] == c":":
            if gap >= 0:
                return False
            gap = count
            at += 1
        elif at == size:
            return False
    if gap < 0:
        return count == 16
    if count == 16:
        return False
    for i in range(count - gap):
        raw[15 - i] = raw[count - 1 - i]
    for i in range(gap, 16 - (count - gap)):
        raw[i] = 0
    return True


cdef int write_ipv4(const unsigned char* raw, char* out) noexcept nogil:
    cdef int part, number, size = 0
    for part in range(4):
        if part:
            out[size] = c"."
            size += 1
        number = raw[part]
        if number >= 100:
            out[size] = <char>(c"0" + number // 100)
            size += 1
        if number >= 10:
            out[size] = <char>(c"0" + number // 10 % 10)
            size += 1
        out[size] = <char>(c"0" + number % 10)
        size += 1
    return size


cdef int write_ipv6(const unsigned char* raw, char* out) noexcept nogil:
    cdef int words[8]
    cdef int i, start = -1, run = 0, longest = -1, length = 1, size = 0, shift
    cdef bint seen
    for i in range(8):
        words[i] = raw[2 * i] << 8 | raw[2 * i + 1]
        if words[i]:
            run = 0
            continue
        if run == 0:
            start = i
        run += 1
        if run > length:
            longest = start
            length = run
    if longest == 0 and length == 5 and words[5] == 0xFFFF:
        memcpy(out, b"::ffff:", 7)
        return 7 + write_ipv4(raw + 12, out + 7)
    i = 0
    while i < 8:
        if i == longest:
            out[size] = out[size + 1] = c":"
            size += 2
            i += length
            continue
        if i and out[size - 1] != c":":
            out[size] = c":"
            size += 1
        seen = False
        for shift in range(12, -1, -4):
            if seen or shift == 0 or words[i] >> shift:
                seen = True
                out[size] = b"0123456789abcdef"[words[i] >> shift & 15]
                size += 1
        i += 1
    return size
