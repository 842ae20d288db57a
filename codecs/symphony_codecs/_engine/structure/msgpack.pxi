# MessagePack into builtins.

cdef object msgpack_key(Cursor* cursor):
    cdef unsigned int head
    cdef uint64_t size
    if not has(cursor, 2):
        return REFUSED if not has(cursor, 1) else msgpack_value(cursor)
    head = cursor.at[0]
    if 0xA0 <= head <= 0xBF:
        cursor.at += 1
        return key_at(cursor, head & 31)
    if head == 0xD9:
        size = cursor.at[1]
        cursor.at += 2
        return key_at(cursor, size)
    if head == 0xC4 or head <= 0x7F or head >= 0xCC and head <= 0xD3 or head >= 0xE0 or head == 0xDA:
        return msgpack_value(cursor)
    return REFUSED


cdef object msgpack_value(Cursor* cursor):
    cdef unsigned int head
    cdef uint64_t number
    cdef int size
    if not has(cursor, 1):
        return REFUSED
    head = cursor.at[0]
    cursor.at += 1
    if head <= 0x7F:
        return PyLong_FromLongLong(head)
    if head >= 0xE0:
        return PyLong_FromLongLong(<long long>head - 256)
    if head <= 0x8F:
        return map_at(cursor, head & 15, msgpack_key, msgpack_value)
    if head <= 0x9F:
        return array_at(cursor, head & 15, msgpack_value)
    if head <= 0xBF:
        return text_at(cursor, head & 31)
    if head == 0xC0:
        return None
    if head == 0xC2:
        return False
    if head == 0xC3:
        return True
    # What is left has an argument of 1, 2, 4 or 8 bytes, but for extensions, which are refused.
    if head <= 0xC6:
        if head < 0xC4:
            return REFUSED
        size = 1 << (head - 0xC4)
    elif head <= 0xC9 or 0xD4 <= head <= 0xD8:
        return REFUSED
    elif head <= 0xCB:
        size = 4 << (head - 0xCA)
    elif head <= 0xD3:
        size = 1 << ((head - 0xCC) & 3)
    elif head <= 0xDB:
        size = 1 << (head - 0xD9)
    else:
        size = 2 << (head & 1)
    if not has(cursor, size):
        return REFUSED
    number = load_big(cursor.at, size)
    cursor.at += size
    if head <= 0xC6:
        return bytes_at(cursor, number)
    if head == 0xCA:
        return PyFloat_FromDouble(single_of(<uint32_t>number))
    if head == 0xCB:
        return PyFloat_FromDouble(double_of(number))
    if head <= 0xCF:
        return PyLong_FromUnsignedLongLong(number)
    if head <= 0xD3:
        return PyLong_FromLongLong(<long long>(number << (64 - 8 * size)) >> (64 - 8 * size))
    if head <= 0xDB:
        return text_at(cursor, number)
    if head <= 0xDD:
        return array_at(cursor, number, msgpack_value)
    return map_at(cursor, number, msgpack_key, msgpack_value)
