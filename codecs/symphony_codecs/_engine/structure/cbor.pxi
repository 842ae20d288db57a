# CBOR into builtins.

cdef inline bint cbor_argument(Cursor* cursor, unsigned int head, uint64_t* argument) noexcept nogil:
    """Read what follows a head; 0: the length is not told, or the bytes are not there."""
    cdef unsigned int short = head & 31
    cdef int size
    if short < 24:
        argument[0] = short
        return True
    if short > 27:
        return False
    size = 1 << (short - 24)
    if not has(cursor, size):
        return False
    argument[0] = load_big(cursor.at, size)
    cursor.at += size
    return True


cdef object cbor_key(Cursor* cursor):
    cdef unsigned int head
    cdef uint64_t argument = 0
    if not has(cursor, 1):
        return REFUSED
    head = cursor.at[0]
    if head >> 5 == 3:
        cursor.at += 1
        return key_at(cursor, argument) if cbor_argument(cursor, head, &argument) else REFUSED
    # Integers and byte strings; what else may be a key is rare enough.
    return cbor_value(cursor) if head >> 5 <= 2 else REFUSED


cdef double half_of(unsigned int bits) noexcept nogil:
    """See RFC 8949, appendix D."""
    cdef int exponent = bits >> 10 & 0x1F
    cdef uint64_t mantissa = bits & 0x3FF
    cdef uint64_t sign = <uint64_t>(bits >> 15) << 63
    cdef double value
    if exponent == 0:
        value = <double>mantissa / 16777216.0
        return -value if sign else value
    if exponent == 31:
        return double_of(sign | <uint64_t>0x7FF << 52 | mantissa << 42)
    return double_of(sign | <uint64_t>(exponent - 15 + 1023) << 52 | mantissa << 42)


cdef object cbor_value(Cursor* cursor):
    cdef unsigned int head, major
    cdef uint64_t argument = 0
    cdef object entries
    if not has(cursor, 1):
        return REFUSED
    head = cursor.at[0]
    cursor.at += 1
    major = head >> 5
    if major == 7:
        return cbor_simple(cursor, head)
    if major == 6 or not cbor_argument(cursor, head, &argument):
        return REFUSED
    if major == 0:
        return PyLong_FromUnsignedLongLong(argument)
    if major == 1:
        if argument <= 0x7FFFFFFFFFFFFFFF:
            return PyLong_FromLongLong(-1 - <long long>argument)
        return -1 - PyLong_FromUnsignedLongLong(argument)
    if major == 2:
        return bytes_at(cursor, argument)
    if major == 3:
        return text_at(cursor, argument)
    if major == 4:
        return array_at(cursor, argument, cbor_value)
    entries = map_at(cursor, argument, cbor_key, cbor_value)
    # Equal keys are refused, which the careful way says.
    if entries is not REFUSED and <uint64_t>PyDict_Size(entries) != argument:
        return REFUSED
    return entries


cdef object cbor_simple(Cursor* cursor, unsigned int head):
    cdef uint64_t bits
    cdef int size
    if head == 0xF4:
        return False
    if head == 0xF5:
        return True
    if head == 0xF6:
        return None
    if not 0xF9 <= head <= 0xFB:
        return REFUSED
    size = 2 << (head - 0xF9)
    if not has(cursor, size):
        return REFUSED
    bits = load_big(cursor.at, size)
    cursor.at += size
    if size == 2:
        return PyFloat_FromDouble(half_of(<unsigned int>bits))
    return PyFloat_FromDouble(single_of(<uint32_t>bits) if size == 4 else double_of(bits))
