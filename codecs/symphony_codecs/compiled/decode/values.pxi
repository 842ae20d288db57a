# Builtins: what is read where no type is given, and where a hook asks for them.

cdef enum:
    SELF_DESCRIBED = 55799   # the tag before a whole document (RFC 8949, section 3.4.6)


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
    return not cursor.finite or value[0] - value[0] == 0


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


# What untyped values may hold, besides what JSON has.
cdef enum:
    TAKES_BYTES = 1
    TAKES_KEYS = 2   # ints and byte strings
    TAKES_ALL = 4    # tags, and any other key


cdef object refuse_stray(Cursor* cursor):
    """Refuse a value that may not be there, in a document that may be fine."""
    cursor.is_stray = True
    return REFUSED


cdef object key_at(Cursor* cursor):
    """Read the key of a map, and what stands before its value."""
    cdef int needed
    cdef object key = key_of_map(cursor)
    if key is REFUSED or not pass_colon(cursor):
        return refuse_odd(cursor)
    if PyUnicode_CheckExact(key):
        return key
    needed = TAKES_KEYS if PyLong_CheckExact(key) or PyBytes_CheckExact(key) else TAKES_ALL
    return key if cursor.takes & needed else refuse_stray(cursor)


cdef object key_of_map(Cursor* cursor):
    """Read any key that a map may have."""
    cdef const char* start = NULL
    cdef Py_ssize_t size = 0
    cdef int kind = kind_at(cursor), takes = cursor.takes
    cdef object key
    if kind == IS_TEXT:
        return key_of(start, size) if span_at(cursor, &start, &size) else REFUSED
    if cursor.layout == JSON:
        return REFUSED
    cursor.takes = TAKES_BYTES | TAKES_KEYS | TAKES_ALL
    key = value_at(cursor)
    cursor.takes = takes
    if kind == IS_ARRAY or kind == IS_MAP or kind == IS_STAMP:
        return key if key is REFUSED else TypedKey(key)
    if cursor.layout == CBOR and (kind == IS_TAG or kind == IS_INT):
        value = untagged(key)
        if PyLong_CheckExact(value) and not -(2**64) <= value < 2**64:
            return REFUSED  # the hashes of these can be chosen
        if PyDict_CheckExact(value) or PyList_CheckExact(value):
            return TypedKey(key)
    return key


cdef enum:
    # Keys of different classes that may be equal: by class.
    KEY_INT = 1
    KEY_BOOL = 2
    KEY_FLOAT = 4


cdef object map_value(Cursor* cursor):
    cdef Py_ssize_t left = 0, count = 0
    cdef int classes = 0
    cdef object key
    cdef object item
    cdef dict entries = {}
    if not enter(cursor, True, &left):
        return refuse_odd(cursor)
    while another(cursor, &left):
        key = key_at(cursor)
        if key is REFUSED:
            return REFUSED
        if PyLong_CheckExact(key):
            classes |= KEY_INT
        elif PyFloat_CheckExact(key):
            classes |= KEY_FLOAT
        elif key is True or key is False:
            classes |= KEY_BOOL
        item = value_at(cursor)
        if item is REFUSED:
            return REFUSED
        PyDict_SetItem(entries, key, item)
        count += 1
    if not closes(cursor, left, c"}"):
        return REFUSED
    # Of equal keys the last counts, if they may be there and are of one class.
    if PyDict_Size(entries) != count and (cursor.unique or classes & (classes - 1)):
        return refuse_odd(cursor)
    return entries


cdef bint is_bignum(Cursor* cursor) noexcept nogil:
    """Return whether the tag that the cursor stands at makes an int of a byte string."""
    cdef Cursor ahead = cursor[0]
    cdef uint64_t tag = 0
    return argument_at(&ahead, &tag) and (tag == 2 or tag == 3)


cdef inline bint is_reference(uint64_t tag) noexcept nogil:
    """Return whether a tag refers to other parts of the document; see `formats._cbor_scan`."""
    return tag == 25 or tag == 28 or tag == 29 or tag == 256


cdef bint pass_tag(Cursor* cursor) noexcept nogil:
    """Pass over a tag and go one level down; 0: it is refused wherever it stands."""
    cdef uint64_t tag = 0
    if cursor.depth <= 0 or not argument_at(cursor, &tag) or is_reference(tag):
        cursor.needs_fallback = True
        return False
    cursor.depth -= 1
    return True


cdef object tag_value(Cursor* cursor):
    cdef uint64_t tag = 0
    cdef int takes
    cdef object value
    cdef Cursor ahead = cursor[0]
    if not argument_at(&ahead, &tag) or not pass_tag(cursor):
        return refuse_odd(cursor)
    if not cursor.takes & TAKES_ALL and not (2 <= tag <= 3 or tag == SELF_DESCRIBED):
        return refuse_stray(cursor)
    if 2 <= tag <= 3:
        takes = cursor.takes
        cursor.takes |= TAKES_BYTES
        value = value_at(cursor)
        cursor.takes = takes
    else:
        value = value_at(cursor)
    if value is REFUSED:
        return REFUSED
    cursor.depth += 1
    if tag == SELF_DESCRIBED:
        return value
    if not 2 <= tag <= 3:
        return CborTag(tag, value)
    if not PyBytes_CheckExact(value) or PyBytes_GET_SIZE(value) > MAX_BIGNUM:
        return refuse_odd(cursor)
    value = int.from_bytes(value, "big")
    return value if tag == 2 else ~value


cdef object long_value(Cursor* cursor):
    """Read a text or a byte string in chunks."""
    cdef bint is_text = cursor.at[0] == 0x7F
    cdef list chunks = []
    cdef object chunk
    cdef object whole
    cdef int kind = IS_TEXT if is_text else IS_BYTES
    cursor.at += 1
    while has(cursor, 1) and cursor.at[0] != BREAK:
        if KIND_OF[CBOR][cursor.at[0]] != kind:
            return refuse_odd(cursor)
        # Each has to be a text by itself (RFC 8949, section 3.2.3).
        chunk = text_at(cursor) if is_text else bytes_at(cursor)
        if chunk is REFUSED:
            return REFUSED
        chunks.append(chunk)
    if not has(cursor, 1):
        return refuse_odd(cursor)
    cursor.at += 1
    whole = "".join(chunks) if is_text else b"".join(chunks)
    if len(whole) > cursor.max_text:
        return refuse_odd(cursor)
    return whole if is_text or cursor.takes & TAKES_BYTES else refuse_stray(cursor)


cdef bint pass_stamp(Cursor* cursor, int64_t* seconds, uint32_t* nanos) noexcept nogil:
    """Pass over an extension; 0: it is no timestamp."""
    cdef unsigned int head = cursor.at[0]
    cdef int heads = 1
    cdef uint64_t size, bits
    if head >= 0xD6:
        size = 4 << (head - 0xD6)
    else:
        heads += 1 << (head - 0xC7)
        if not has(cursor, heads):
            return False
        size = load_big(cursor.at + 1, heads - 1)
    if (size != 4 and size != 8 and size != 12) or not has(cursor, heads + 1 + size) or cursor.at[heads] != 0xFF:
        return False
    cursor.at += heads + 1
    nanos[0] = 0
    if size == 12:
        nanos[0] = <uint32_t>load_big(cursor.at, 4)
        seconds[0] = <int64_t>load_big(cursor.at + 4, 8)
    else:
        bits = load_big(cursor.at, <int>size)
        seconds[0] = <int64_t>bits
        if size == 8:
            seconds[0] = <int64_t>(bits << 30 >> 30)
            nanos[0] = <uint32_t>(bits >> 34)
    cursor.at += size
    return nanos[0] < 1000000000


cdef object stamp_value(Cursor* cursor):
    cdef int64_t seconds = 0
    cdef uint32_t nanos = 0
    if not pass_stamp(cursor, &seconds, &nanos):
        return refuse_odd(cursor)
    return MessagePackTimestamp(seconds, nanos) if cursor.takes & TAKES_ALL else refuse_stray(cursor)


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
        return bytes_at(cursor) if cursor.takes & TAKES_BYTES else refuse_stray(cursor)
    if kind == IS_TAG:
        return tag_value(cursor)
    if kind == IS_LONG:
        return long_value(cursor)
    if kind == IS_STAMP:
        return stamp_value(cursor)
    if kind == IS_ODD or not pass_word(cursor, kind):
        return refuse_odd(cursor)
    return None if kind == IS_NULL else kind == IS_TRUE
