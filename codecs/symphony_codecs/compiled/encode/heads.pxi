# MessagePack's and CBOR's heads: a type and a number in the fewest bytes.

cdef extern from *:
    """
    /* The word whose bytes in memory are those of a number from the most significant one. */
    static inline uint64_t symphony_most_significant_first(uint64_t number)
    {
    #if PY_BIG_ENDIAN
        return number;
    #elif defined(_MSC_VER)
        return _byteswap_uint64(number);
    #else
        return __builtin_bswap64(number);
    #endif
    }
    """
    uint64_t most_significant_first "symphony_most_significant_first"(uint64_t number) noexcept nogil


cdef enum:
    MAX_HEAD = 9
    CBOR_UINT = 0x00
    CBOR_NINT = 0x20
    CBOR_BYTES = 0x40
    CBOR_TEXT = 0x60
    CBOR_ARRAY = 0x80
    CBOR_MAP = 0xA0
    CBOR_TAG = 0xC0
    CBOR_SIMPLE = 0xE0


cdef inline char* _tail(char* at, unsigned char first, uint64_t number, int size) noexcept nogil:
    """Write the byte *first* and *number* in *size* bytes, most significant first, into room for nine bytes."""
    cdef uint64_t word = most_significant_first(number << (64 - 8 * size))
    at[0] = <char>first
    memcpy(at + 1, &word, 8)
    return at + 1 + size


cdef inline char* cbor_head(char* at, unsigned char major, uint64_t number) noexcept nogil:
    if number < 24:
        at[0] = <char>(major | number)
        return at + 1
    if number < 0x100:
        return _tail(at, major | 24, number, 1)
    if number < 0x10000:
        return _tail(at, major | 25, number, 2)
    if number < 0x100000000ULL:
        return _tail(at, major | 26, number, 4)
    return _tail(at, major | 27, number, 8)


cdef inline char* msgpack_text_head(char* at, uint64_t size) noexcept nogil:
    if size < 32:
        at[0] = <char>(0xA0 | size)
        return at + 1
    if size < 0x100:
        return _tail(at, 0xD9, size, 1)
    if size < 0x10000:
        return _tail(at, 0xDA, size, 2)
    return _tail(at, 0xDB, size, 4)


cdef inline char* msgpack_bytes_head(char* at, uint64_t size) noexcept nogil:
    if size < 0x100:
        return _tail(at, 0xC4, size, 1)
    if size < 0x10000:
        return _tail(at, 0xC5, size, 2)
    return _tail(at, 0xC6, size, 4)


cdef inline char* _msgpack_container_head(
    char* at, uint64_t count, unsigned char short, unsigned char long
) noexcept nogil:
    if count < 16:
        at[0] = <char>(short | count)
        return at + 1
    if count < 0x10000:
        return _tail(at, long, count, 2)
    return _tail(at, long + 1, count, 4)


cdef inline char* array_head(char* at, int wire, uint64_t count) noexcept nogil:
    if wire == MSGPACK:
        return _msgpack_container_head(at, count, 0x90, 0xDC)
    return cbor_head(at, CBOR_ARRAY, count)


cdef inline char* map_head(char* at, int wire, uint64_t count) noexcept nogil:
    if wire == MSGPACK:
        return _msgpack_container_head(at, count, 0x80, 0xDE)
    return cbor_head(at, CBOR_MAP, count)


cdef inline int put_bytes_token(Sink* out, int wire, const char* data, Py_ssize_t size) noexcept:
    """Write a byte string."""
    if size > out.max_text or not has_room(out, size + MAX_HEAD):
        return REFUSED
    if wire == MSGPACK:
        out.at = msgpack_bytes_head(out.at, <uint64_t>size)
    else:
        out.at = cbor_head(out.at, CBOR_BYTES, <uint64_t>size)
    memcpy(out.at, data, size)
    out.at += size
    return WRITTEN


cdef int close_counted(Sink* out, int wire, Py_ssize_t head, Py_ssize_t reserved, bint is_map, uint64_t count) noexcept:
    """
    Put the head of a container whose entries have been written after room for it.

    *head* is where it goes, counted from the start of the buffer, which may
    have moved meanwhile; *reserved* the room that there is.
    """
    cdef char room[MAX_HEAD]
    cdef char* end = map_head(room, wire, count) if is_map else array_head(room, wire, count)
    cdef Py_ssize_t size = end - room
    cdef char* at = out.start + head
    if size != reserved:
        if not has_room(out, size):
            return REFUSED
        at = out.start + head
        memmove(at + size, at + reserved, out.at - (at + reserved))
        out.at += size - reserved
    memcpy(at, room, size)
    return WRITTEN
