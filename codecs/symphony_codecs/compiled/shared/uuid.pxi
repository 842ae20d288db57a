# UUIDs: 16 bytes, their text, and the int that `uuid.UUID` keeps in its slot.
#
#   void write_uuid(const unsigned char* raw, char* out)
#       36 characters, hyphenated, lower case.
#   bint read_uuid(const char* text, Py_ssize_t size, unsigned char* raw)
#       All forms that `symphony_types._uuid_text` reads; 0: none of them.
#   bint uuid_of_int(PyObject* number, unsigned char* raw)
#       From an exact int; 0: it is negative or wider than 128 bits.
#   object int_of_uuid(const unsigned char* raw)
#       The int.

include "ints.pxi"

from libc.string cimport memcmp, memcpy


cdef char HEX_PAIRS[512]
cdef unsigned char HEX_VALUES[256]  # 255: no digit


cdef int _fill_hex() except -1:
    cdef int i
    cdef bytes digits = b"0123456789abcdef"
    for i in range(256):
        HEX_PAIRS[2 * i] = digits[i >> 4]
        HEX_PAIRS[2 * i + 1] = digits[i & 15]
        HEX_VALUES[i] = 255
    for i in range(16):
        HEX_VALUES[<unsigned char>digits[i]] = i
    for i in range(10, 16):
        HEX_VALUES[<unsigned char>digits[i] - 32] = i
    return 0


_fill_hex()


cdef inline void _hex_pair(unsigned char byte, char* out) noexcept nogil:
    memcpy(out, &HEX_PAIRS[2 * byte], 2)


cdef inline void write_uuid(const unsigned char* raw, char* out) noexcept nogil:
    cdef int i
    for i in range(4):
        _hex_pair(raw[i], out + 2 * i)
    out[8] = c"-"
    _hex_pair(raw[4], out + 9)
    _hex_pair(raw[5], out + 11)
    out[13] = c"-"
    _hex_pair(raw[6], out + 14)
    _hex_pair(raw[7], out + 16)
    out[18] = c"-"
    _hex_pair(raw[8], out + 19)
    _hex_pair(raw[9], out + 21)
    out[23] = c"-"
    for i in range(6):
        _hex_pair(raw[10 + i], out + 24 + 2 * i)


cdef inline unsigned char _read_pairs(const char* text, int count, unsigned char* raw) noexcept nogil:
    """Read pairs of digits; the result has bits above the lowest four set if one was none."""
    cdef unsigned char high, low, wrong = 0
    cdef int i
    for i in range(count):
        high = HEX_VALUES[<unsigned char>text[2 * i]]
        low = HEX_VALUES[<unsigned char>text[2 * i + 1]]
        wrong |= high | low
        raw[i] = <unsigned char>(high << 4 | low)
    return wrong


cdef inline bint _read_hyphenated(const char* text, unsigned char* raw) noexcept nogil:
    cdef unsigned char wrong
    if text[8] != c"-" or text[13] != c"-" or text[18] != c"-" or text[23] != c"-":
        return False
    wrong = _read_pairs(text, 4, raw) | _read_pairs(text + 9, 2, raw + 4) | _read_pairs(text + 14, 2, raw + 6)
    wrong |= _read_pairs(text + 19, 2, raw + 8) | _read_pairs(text + 24, 6, raw + 10)
    return wrong < 16


cdef inline bint read_uuid(const char* text, Py_ssize_t size, unsigned char* raw) noexcept nogil:
    if size == 36:
        return _read_hyphenated(text, raw)
    if size == 32:
        return _read_pairs(text, 16, raw) < 16
    if size == 38:
        return text[0] == c"{" and text[37] == c"}" and _read_hyphenated(text + 1, raw)
    return size == 45 and memcmp(text, b"urn:uuid:", 9) == 0 and _read_hyphenated(text + 9, raw)


cdef inline void _store_big(uint64_t number, unsigned char* out) noexcept nogil:
    # Compilers make one instruction of it, on machines of either byte order.
    cdef int i
    for i in range(8):
        out[i] = <unsigned char>(number >> (56 - 8 * i))


cdef inline bint uuid_of_int(PyObject* number, unsigned char* raw) noexcept nogil:
    cdef uint64_t high, low
    cdef bint negative
    if not int_bits(number, &high, &low, &negative) or (negative and (high or low)):
        return False
    _store_big(high, raw)
    _store_big(low, raw + 8)
    return True


cdef inline object int_of_uuid(const unsigned char* raw):
    return int_of_bytes(raw, 16)
