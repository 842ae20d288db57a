# JSON.

cdef enum:
    PLAIN
    BLANK
    QUOTE
    OPENING
    CLOSING
    BETWEEN
    BACKSLASH

cdef enum:
    RECORD_SEPARATOR = 0x1E

cdef uint8_t CLASS[256]

for _byte, _class in (
    *((byte, BLANK) for byte in b" \t\r\n"),
    *((byte, OPENING) for byte in b"[{"),
    *((byte, CLOSING) for byte in b"]}"),
    *((byte, BETWEEN) for byte in b",:"),
    (ord('"'), QUOTE),
    (ord("\\"), BACKSLASH),
):
    CLASS[<int>_byte] = <int>_class


cdef Py_ssize_t find_text(Scan* scan, const uint8_t* data, Py_ssize_t at, Py_ssize_t stop) noexcept nogil:
    """Return where the JSON text ends that goes on at *at*, or a code."""
    cdef uint8_t what
    if not scan.started:
        while at < stop and CLASS[data[at]] == BLANK:
            at += 1
        if at == stop:
            return NEED
        what = CLASS[data[at]]
        scan.fault, scan.started = at, True
        if what == CLOSING or what == BETWEEN:
            return MALFORMED
        scan.is_scalar = what == PLAIN or what == BACKSLASH
    if scan.is_scalar:
        while at < stop and (CLASS[data[at]] == PLAIN or CLASS[data[at]] == BACKSLASH):
            at += 1
        return at if at < stop else NEED
    while True:
        if scan.in_text:
            if scan.escaped and at < stop:
                scan.escaped = False
                at += 1
            while True:
                # Most bytes of most documents are those of texts.
                while stop - at >= 8 and not has_end_of_text(data + at):
                    at += 8
                while at < stop and data[at] != c'"' and data[at] != c"\\":
                    at += 1
                if at == stop:
                    return NEED
                if data[at] == c'"':
                    break
                at += 1
                if at == stop:
                    scan.escaped = True
                    return NEED
                at += 1
            scan.in_text = False
            at += 1
            if scan.depth == 0:
                return at
        while at < stop:
            what = CLASS[data[at]]
            at += 1
            if what == QUOTE:
                scan.in_text = True
                break
            if what == OPENING:
                scan.depth += 1
            elif what == CLOSING:
                scan.depth -= 1
                if scan.depth == 0:
                    return at
        else:
            return NEED


cdef inline bint has_end_of_text(const uint8_t* at) noexcept nogil:
    """Return whether one of 8 bytes is a quote or a backslash."""
    cdef uint64_t word, quotes, slashes
    memcpy(&word, at, 8)
    quotes = word ^ <uint64_t>0x2222222222222222
    slashes = word ^ <uint64_t>0x5C5C5C5C5C5C5C5C
    return (
        ((quotes - <uint64_t>0x0101010101010101) & ~quotes) | ((slashes - <uint64_t>0x0101010101010101) & ~slashes)
    ) & <uint64_t>0x8080808080808080 != 0
