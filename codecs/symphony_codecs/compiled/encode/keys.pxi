# The keys of maps: a value's own token, where that is one that a key may be.

cdef extern from *:
    """
    #if PY_VERSION_HEX >= 0x030E0000
        #define symphony_hash(data, size) Py_HashBuffer(data, size)
    #else
        #if PY_VERSION_HEX >= 0x030D0000  /* exported, and not declared */
            PyAPI_FUNC(Py_hash_t) _Py_HashBytes(const void *, Py_ssize_t);
        #endif
        #define symphony_hash(data, size) _Py_HashBytes(data, size)
    #endif
    """
    size_t hash_of "(size_t)symphony_hash"(const void* data, Py_ssize_t size) noexcept nogil


cdef enum:
    # What keys may be beside text, and in binary formats ints and bytes.
    KEY_ANY = 1        # where not all keys are text: whatever there is
    KEY_INT = 2        # where all are
    KEY_FLOAT = 4
    KEY_BOOL = 8
    KEY_UNLIKE = 16    # no text that looks like one of those


cdef int turn_into_key(Sink* out, int wire, Py_ssize_t start, int kinds) noexcept:
    """Make a key of the token at *start*, the last that has been written."""
    cdef unsigned char first = <unsigned char>out.start[start]
    cdef Py_ssize_t i, size = out.at - out.start - start
    cdef char* data
    cdef bint is_key, is_int = True
    if wire == MSGPACK:
        is_key = kinds & KEY_ANY or (
            first < 0x80 or 0xA0 <= first < 0xC0 or 0xC4 <= first <= 0xC6 or 0xCC <= first <= 0xD3 or 0xD9 <= first
        ) and not 0xDC <= first < 0xE0
    elif wire == CBOR:
        is_key = first < CBOR_ARRAY or (kinds & KEY_ANY and (first < CBOR_TAG or first >= CBOR_SIMPLE))
    elif first == c'"':
        first = <unsigned char>out.start[start + 1]
        is_key = not kinds & KEY_UNLIKE or not (c"0" <= first <= c"9" or first == c"-" or first == c"t" or first == c"f")
        if is_key:
            return put_byte(out, c":")
    else:
        is_key = size <= out.max_text and has_room(out, 3)
        data = out.start + start
        for i in range(first == c"-", size):
            if not c"0" <= data[i] <= c"9":
                is_int = False
        if kinds == KEY_INT:
            is_key = is_key and is_int
        elif first == c"t" or first == c"f":
            is_key = is_key and kinds & KEY_BOOL
        elif first == c"-" or c"0" <= first <= c"9":
            is_key = is_key and kinds & (KEY_INT if is_int else KEY_FLOAT)
        else:
            is_key = False
        if is_key:
            memmove(data + 1, data, size)
            data[0] = c'"'
            memcpy(out.at + 1, b'":', 2)
            out.at += 3
    if not is_key:
        out.may_be_valid = True
        return REFUSED
    return WRITTEN


cdef enum:
    # So many keys are compared with each other; more by their hashes, which are those of `bytes`: nobody can foresee them.
    FEW_KEYS = 8


cdef struct KeyPlace:
    Py_ssize_t start    # from the start of the document
    Py_ssize_t size
    size_t hash         # where there are more than few


cdef inline bint _is_same(const Sink* out, const KeyPlace* one, const KeyPlace* other) noexcept:
    return (
        one.size == other.size and one.hash == other.hash
        and memcmp(out.start + one.start, out.start + other.start, one.size) == 0
    )


cdef bint are_different(const Sink* out, KeyPlace* keys, Py_ssize_t count) except -1:
    """Return whether no two keys that have been written are the same."""
    cdef KeyPlace** table
    cdef size_t room = 8, at
    cdef Py_ssize_t i, j
    cdef bint found = False
    if count <= FEW_KEYS:
        for i in range(count):
            for j in range(i):
                if keys[i].size == keys[j].size and _is_same(out, &keys[i], &keys[j]):
                    return False
        return True
    while room < <size_t>count * 2:
        room *= 2
    table = <KeyPlace**>PyMem_Malloc(room * sizeof(KeyPlace*))
    if table == NULL:
        raise MemoryError
    memset(table, 0, room * sizeof(KeyPlace*))
    for i in range(count):
        keys[i].hash = hash_of(out.start + keys[i].start, keys[i].size)
        at = keys[i].hash & (room - 1)
        while table[at] != NULL and not found:
            found = _is_same(out, table[at], &keys[i])
            at = (at + 1) & (room - 1)
        if found:
            break
        table[at] = &keys[i]
    PyMem_Free(table)
    return not found
