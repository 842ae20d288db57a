# CRC-32 as zlib computes it, for a few bytes: calling zlib through Python takes longer than a header does.
#
#   uint32_t crc_of(const uint8_t* data, Py_ssize_t size, uint32_t crc)
#       Of *size* bytes behind those whose CRC is *crc*, 0 for none.
#   uint32_t crc_of_bytes(bytes data)
#       Of any number of bytes: zlib is the faster from some hundreds on.

cdef uint32_t[8][256] _crc_tables


cdef void _fill_crc_tables() noexcept:
    cdef uint32_t crc
    cdef int index, bit, table
    for index in range(256):
        crc = index
        for bit in range(8):
            crc = (crc >> 1) ^ 0xEDB88320 if crc & 1 else crc >> 1
        _crc_tables[0][index] = crc
    for table in range(1, 8):
        for index in range(256):
            crc = _crc_tables[table - 1][index]
            _crc_tables[table][index] = (crc >> 8) ^ _crc_tables[0][crc & 0xFF]


_fill_crc_tables()


cdef uint32_t crc_of(const uint8_t* data, Py_ssize_t size, uint32_t crc) noexcept nogil:
    crc = ~crc
    # Eight bytes at a time ("slicing by 8"), each through a table of its own.
    while size >= 8:
        crc ^= data[0] | <uint32_t>data[1] << 8 | <uint32_t>data[2] << 16 | <uint32_t>data[3] << 24
        crc = (
            _crc_tables[7][crc & 0xFF]
            ^ _crc_tables[6][(crc >> 8) & 0xFF]
            ^ _crc_tables[5][(crc >> 16) & 0xFF]
            ^ _crc_tables[4][crc >> 24]
            ^ _crc_tables[3][data[4]]
            ^ _crc_tables[2][data[5]]
            ^ _crc_tables[1][data[6]]
            ^ _crc_tables[0][data[7]]
        )
        data += 8
        size -= 8
    while size > 0:
        crc = (crc >> 8) ^ _crc_tables[0][(crc ^ data[0]) & 0xFF]
        data += 1
        size -= 1
    return ~crc


cdef uint32_t crc_of_bytes(bytes data) except? 0:
    cdef Py_ssize_t size = PyBytes_GET_SIZE(data)
    if size < 512:
        return crc_of(<const uint8_t*>PyBytes_AS_STRING(data), size, 0)
    return crc32_of(data)
