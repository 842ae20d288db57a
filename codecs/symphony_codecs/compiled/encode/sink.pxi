# Where bytes go: one growing buffer, which the next call takes over.

from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc


cdef extern from *:
    const Py_ssize_t PY_SSIZE_T_MAX


cdef enum:
    JSON
    MSGPACK
    CBOR


# What a writer returns.  An exception (-1) is none of `Exception`: it ends the call.
cdef enum:
    REFUSED = 0
    WRITTEN = 1


cdef enum:
    # Short pieces are copied in blocks of this size, so there is always room for one more.
    SLACK = 32
    FIRST_CAPACITY = 4096
    # A greater buffer goes back to the system after the call.
    KEPT_CAPACITY = 1 << 20


cdef struct Sink:
    char* start
    char* at
    char* end             # SLACK before the end of the allocation
    Py_ssize_t max_size
    Py_ssize_t max_text
    Py_ssize_t max_items
    int levels            # one more than the containers that may still be opened inside each other
    bint may_be_valid           # whether a refusal may be of something that the reference writes


cdef char* SPARE = NULL
cdef Py_ssize_t SPARE_CAPACITY = 0


cdef bint _open_sink(Sink* out) noexcept:
    """Take the spare buffer, or a new one where it is in use: hooks may encode, and other threads while they run."""
    global SPARE
    cdef Py_ssize_t capacity = FIRST_CAPACITY
    out.start = SPARE
    if SPARE != NULL:
        capacity = SPARE_CAPACITY
        SPARE = NULL
    else:
        out.start = <char*>PyMem_Malloc(capacity + SLACK)
        if out.start == NULL:
            return False
    out.at = out.start
    out.end = out.start + capacity
    return True


cdef void _close_sink(Sink* out) noexcept:
    global SPARE, SPARE_CAPACITY
    if SPARE == NULL and out.end - out.start <= KEPT_CAPACITY:
        SPARE = out.start
        SPARE_CAPACITY = out.end - out.start
    else:
        PyMem_Free(out.start)


cdef bint _grow(Sink* out, Py_ssize_t size) noexcept:
    cdef Py_ssize_t used = out.at - out.start
    cdef Py_ssize_t capacity = out.end - out.start
    cdef char* start
    if used > out.max_size or size > PY_SSIZE_T_MAX // 4:
        return False
    while capacity - used < size:
        capacity *= 2
    start = <char*>PyMem_Realloc(out.start, capacity + SLACK)
    if start == NULL:
        return False
    out.start = start
    out.at = start + used
    out.end = start + capacity
    return True


cdef inline bint has_room(Sink* out, Py_ssize_t size) noexcept:
    """Make sure that *size* bytes fit; False: the document is too large, or memory too small."""
    return out.end - out.at >= size or _grow(out, size)


cdef inline int put_bytes(Sink* out, const char* data, Py_ssize_t size) noexcept:
    if not has_room(out, size):
        return REFUSED
    memcpy(out.at, data, size)
    out.at += size
    return WRITTEN


cdef struct Chunk:
    const char* data  # with SLACK bytes after it
    Py_ssize_t size


cdef Chunk _chunk(bytes data, list kept):
    """Return *data* ready to be copied, for as long as *kept* lives."""
    cdef bytes padded = data + bytes(SLACK)
    cdef Chunk chunk
    kept.append(padded)
    chunk.data = padded
    chunk.size = len(data)
    return chunk


cdef inline void copy_chunk(char* at, const Chunk* chunk) noexcept nogil:
    """Copy into room that has been made; whole blocks, since most are short, and their sizes differ."""
    if chunk.size <= 16:
        memcpy(at, chunk.data, 16)
    elif chunk.size <= 32:
        memcpy(at, chunk.data, 32)
    else:
        memcpy(at, chunk.data, chunk.size)


cdef inline int put_chunk(Sink* out, const Chunk* chunk) noexcept:
    if not has_room(out, chunk.size):
        return REFUSED
    copy_chunk(out.at, chunk)
    out.at += chunk.size
    return WRITTEN


cdef inline int put_byte(Sink* out, char byte) noexcept:
    if not has_room(out, 1):
        return REFUSED
    out.at[0] = byte
    out.at += 1
    return WRITTEN
