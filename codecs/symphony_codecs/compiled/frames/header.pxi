# The header of a frame, as `symphony_types.message._frame_bytes` describes it.
#
#   struct Head, and what reads it: see `read_head`
#   void write_head(uint8_t* out, const Head* head)
#       With the CRC, and the route where it has one.

cdef enum:
    BASE_SIZE = 32
    ROUTED_SIZE = 64
    CRC_SIZE = 4
    TAG_SIZE = 32

    CHECKSUM = 0x0001
    MORE_FRAGMENTS = 0x0002
    AUTHENTICATED = 0x0004
    ROUTED = 0x0008

    REQUEST = 0
    RESPONSE = 1
    EVENT = 2
    ERROR = 3
    HEARTBEAT = 4
    STREAM = 5

    NORMAL = 1
    CRITICAL = 3

cdef uint64_t LAST_SEQUENCE = 0xFFFFFFFFFFFFFFFF
cdef uint32_t LAST_STREAM = 0xFFFFFFFF


cdef struct Head:
    uint8_t kind
    uint8_t format
    uint8_t compression
    uint8_t priority
    uint16_t flags
    uint16_t reserved
    uint32_t stream_id
    uint64_t sequence
    uint32_t length
    Py_ssize_t size


cdef inline uint16_t _load16(const uint8_t* data) noexcept nogil:
    return <uint16_t>(data[0] << 8 | data[1])


cdef inline uint32_t _load32(const uint8_t* data) noexcept nogil:
    return <uint32_t>data[0] << 24 | <uint32_t>data[1] << 16 | <uint32_t>data[2] << 8 | data[3]


cdef inline uint64_t _load64(const uint8_t* data) noexcept nogil:
    return <uint64_t>_load32(data) << 32 | _load32(data + 4)


cdef inline void _store32(uint8_t* out, uint32_t value) noexcept nogil:
    out[0] = <uint8_t>(value >> 24)
    out[1] = <uint8_t>(value >> 16)
    out[2] = <uint8_t>(value >> 8)
    out[3] = <uint8_t>value


cdef inline void _store64(uint8_t* out, uint64_t value) noexcept nogil:
    _store32(out, <uint32_t>(value >> 32))
    _store32(out + 4, <uint32_t>value)


cdef inline uint32_t _crc_of_head(const uint8_t* data, Py_ssize_t size) noexcept nogil:
    return crc_of(data + BASE_SIZE, size - BASE_SIZE, crc_of(data, BASE_SIZE - CRC_SIZE, 0))


cdef inline bint begins_as_usual(const uint8_t* data, Py_ssize_t size) noexcept nogil:
    """Whether the first bytes, any number of them, may be those of a header of the usual sizes."""
    return (
        (size < 1 or data[0] == c"S")
        and (size < 2 or data[1] == c"Y")
        and (size < 3 or data[2] == 1)
        and (size < 4 or data[3] == BASE_SIZE // 8 or data[3] == ROUTED_SIZE // 8)
    )


cdef inline void read_head(const uint8_t* data, Head* head) noexcept nogil:
    """Read the fields of `BASE_SIZE` bytes that begin as usual; nothing is checked."""
    head.size = data[3] * 8
    head.kind = data[4]
    head.format = data[5]
    head.compression = data[6]
    head.priority = data[7]
    head.flags = _load16(data + 8)
    head.reserved = _load16(data + 10)
    head.stream_id = _load32(data + 12)
    head.sequence = _load64(data + 16)
    head.length = _load32(data + 24)


cdef inline bint head_is_whole(const uint8_t* data, const Head* head) noexcept nogil:
    return _load32(data + 28) == _crc_of_head(data, head.size)


cdef inline void write_head(uint8_t* out, const Head* head) noexcept nogil:
    """Write the header; bytes of a route have to stand behind the first `BASE_SIZE` already."""
    out[0] = c"S"
    out[1] = c"Y"
    out[2] = 1
    out[3] = <uint8_t>(head.size // 8)
    out[4] = head.kind
    out[5] = head.format
    out[6] = head.compression
    out[7] = head.priority
    out[8] = <uint8_t>(head.flags >> 8)
    out[9] = <uint8_t>head.flags
    out[10] = out[11] = 0
    _store32(out + 12, head.stream_id)
    _store64(out + 16, head.sequence)
    _store32(out + 24, head.length)
    _store32(out + 28, _crc_of_head(out, head.size))
