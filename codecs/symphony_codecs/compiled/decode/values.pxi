# Builtins: what is read where no type is given, and where a hook asks for them.

cdef inline double double_of(uint64_t bits) noexcept nogil:
    cdef double value
    memcpy(&value, &bits, 8)
    return value


cdef inline double single_of(uint32_t bits) noexcept nogil:
    cdef float value
    memcpy(&value, &bits, 4)
    return value


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


cdef inline bint float_bits_at(Cursor* cursor, double* value) noexcept nogil:
    """Read a float of a binary format, which the cursor stands at."""
    cdef unsigned int head = cursor.at[0]
    cdef int size = 4 << (head - 0xCA) if cursor.layout == MSGPACK else 2 << (head - 0xF9)
    cdef uint64_t bits
    if not has(cursor, size + 1):
        return False
    bits = load_big(cursor.at + 1, size)
    cursor.at += 1 + size
    if size == 2:
        value[0] = half_of(<unsigned int>bits)
    else:
        value[0] = double_of(bits) if size == 8 else single_of(<uint32_t>bits)
    return True


cdef object array_value(Cursor* cursor):
    cdef Py_ssize_t i, left = 0, count
    cdef object item
    cdef list items
    if not enter(cursor, False, &left):
        return refuse_odd(cursor)
    if left < 0:
        items = []
        while another(cursor, &left):
            item = value_at(cursor)
            if item is REFUSED:
                return REFUSED
            items.append(item)
        return items if closes(cursor, left, c"]") else REFUSED
    count = left
    items = PyList_New(count)
    # Not to be met by the collector before every place is taken.
    PyObject_GC_UnTrack(<PyObject*>items)
    for i in range(count):
        item = value_at(cursor)
        if item is REFUSED:
            return REFUSED
        Py_INCREF(item)
        PyList_SET_ITEM(items, i, item)
    PyObject_GC_Track(<PyObject*>items)
    cursor.depth += 1
    return items


cdef object key_at(Cursor* cursor):
    """Read the key of a map, and what stands before its value."""
    cdef const char* start = NULL
    cdef Py_ssize_t size = 0
    cdef int kind = kind_at(cursor)
    cdef object key
    cdef const unsigned char* before = cursor.at
    if kind == IS_TEXT:
        if span_at(cursor, &start, &size):
            key = key_of(start, size)
        else:
            cursor.at = before
            key = text_at(cursor)
        if key is REFUSED or not pass_colon(cursor):
            return refuse_odd(cursor)
        return key
    # What else may be a key is rare enough.
    if cursor.layout == JSON or (kind != IS_INT and kind != IS_BYTES):
        return refuse_odd(cursor)
    if cursor.layout == CBOR and cursor.at[0] >= CBOR_BIGNUM:
        return refuse_odd(cursor)  # as keys they are refused
    cursor.is_mixed = True
    return bytes_at(cursor) if kind == IS_BYTES else number_value(cursor)


cdef object map_value(Cursor* cursor):
    cdef Py_ssize_t left = 0, count = 0
    cdef object key
    cdef object item
    cdef dict entries = {}
    if not enter(cursor, True, &left):
        return refuse_odd(cursor)
    while another(cursor, &left):
        key = key_at(cursor)
        if key is REFUSED:
            return REFUSED
        item = value_at(cursor)
        if item is REFUSED:
            return REFUSED
        PyDict_SetItem(entries, key, item)
        count += 1
    if not closes(cursor, left, c"}"):
        return REFUSED
    # Of equal keys the last may count, and what was refused before may not have been that.
    return entries if PyDict_Size(entries) == count else refuse_odd(cursor)


cdef object value_at(Cursor* cursor):
    """Read the next value into builtins."""
    cdef int kind = kind_at(cursor)
    cdef double number = 0
    if kind == IS_TEXT:
        return text_at(cursor)
    if kind == IS_INT:
        return number_value(cursor)
    if kind == IS_MAP:
        return map_value(cursor)
    if kind == IS_ARRAY:
        return array_value(cursor)
    if kind == IS_FLOAT:
        return PyFloat_FromDouble(number) if float_bits_at(cursor, &number) else refuse_odd(cursor)
    if kind == IS_BYTES:
        cursor.is_mixed = True
        return bytes_at(cursor)
    if kind == IS_ODD or not pass_word(cursor, kind):
        return refuse_odd(cursor)
    return None if kind == IS_NULL else kind == IS_TRUE
