# Where bytes go: a growing buffer that the next call takes over, or, for large documents, the result itself.

from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc


cdef extern from *:
    const Py_ssize_t PY_SSIZE_T_MAX
    PyObject* new_bytes "PyBytes_FromStringAndSize"(const char* data, Py_ssize_t size) noexcept
    char* bytes_data "PyBytes_AS_STRING"(PyObject* data) noexcept nogil
    int resize_bytes "_PyBytes_Resize"(PyObject** data, Py_ssize_t size) noexcept
    void set_size "Py_SET_SIZE"(PyObject* data, Py_ssize_t size) noexcept
    void release_bytes "Py_XDECREF"(PyObject* data) noexcept


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
    # What is longer is written into the bytes that are returned, which are cut to its size.
    KEPT_CAPACITY = 1 << 16
    # Unless so small a part of their room is left over. To cut them lets glibc map new pages for each large document:
    # it keeps for the next one only what is freed in the size in which it was asked for.
    WASTE = 8


cdef struct Sink:
    char* start
    char* at
    char* end             # SLACK before the end of the allocation
    PyObject* owner       # the bytes that are written into; NULL: a buffer
    Py_ssize_t max_size
    Py_ssize_t max_text
    Py_ssize_t max_items
    int levels            # one more than the containers that may still be opened inside each other
    size_t stack_end      # where recursion has to stop, if that is known
    bint is_too_deep      # whether it came there
    bint may_be_valid           # whether a refusal may be of something that the reference writes


cdef char* SPARE = NULL
cdef Py_ssize_t SPARE_CAPACITY = 0


cdef bint _open_sink(Sink* out, Py_ssize_t expected=0) noexcept:
    """
    Take the spare buffer, or a new one where it is in use: hooks may encode, and other threads while they run.

    *expected* is how long the document may become; the caller has no exception set.
    """
    global SPARE
    cdef Py_ssize_t capacity = FIRST_CAPACITY
    out.owner = NULL
    out.stack_end = stack_end()
    if expected > KEPT_CAPACITY:
        out.owner = new_bytes(NULL, expected + SLACK)
        if out.owner != NULL:
            out.start = out.at = bytes_data(out.owner)
            out.end = out.start + expected
            return True
        PyErr_Clear()
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
    if out.owner != NULL:
        release_bytes(out.owner)
        out.owner = NULL
    elif SPARE == NULL:
        SPARE = out.start
        SPARE_CAPACITY = out.end - out.start
    else:
        PyMem_Free(out.start)
    out.start = out.at = out.end = NULL


cdef bytes _written(Sink* out):
    """Return what has been written; the sink is closed."""
    cdef Py_ssize_t size = out.at - out.start
    cdef Py_ssize_t room = out.end + SLACK - out.start
    cdef PyObject* owner = out.owner
    cdef bytes data
    if owner == NULL:
        data = PyBytes_FromStringAndSize(out.start, size)
        _close_sink(out)
        return data
    out.owner = NULL
    out.start = out.at = out.end = NULL
    if room - size <= room // WASTE:
        set_size(owner, size)
        bytes_data(owner)[size] = 0
    elif resize_bytes(&owner, size):
        raise MemoryError
    data = <bytes>owner
    release_bytes(owner)
    return data


cdef bint _grow(Sink* out, Py_ssize_t size) noexcept:
    cdef Py_ssize_t used = out.at - out.start
    cdef Py_ssize_t capacity = out.end - out.start
    cdef PyObject* owner = out.owner
    cdef char* start
    if out.start == NULL or used > out.max_size or size > PY_SSIZE_T_MAX // 4:
        return False
    if size > capacity and size > KEPT_CAPACITY:
        # Little follows a large piece, as a rule.
        capacity = used + size + size // (2 * WASTE)
    while capacity - used < size:
        capacity *= 2
    if owner != NULL:
        out.owner = NULL
        out.start = out.at = out.end = NULL
        if resize_bytes(&owner, capacity + SLACK):
            PyErr_Clear()
            return False
        out.owner = owner
        start = bytes_data(owner)
    elif capacity > KEPT_CAPACITY:
        owner = new_bytes(NULL, capacity + SLACK)
        if owner == NULL:
            PyErr_Clear()
            return False
        start = bytes_data(owner)
        memcpy(start, out.start, used)
        _close_sink(out)
        out.owner = owner
    else:
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
    """Return *data* ready to be copied, for as long as *kept* lives; for ``None`` there is never any room."""
    cdef bytes padded = (data or b"") + bytes(SLACK)
    cdef Chunk chunk
    kept.append(padded)
    chunk.data = padded
    chunk.size = PY_SSIZE_T_MAX // 3 if data is None else len(data)
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
