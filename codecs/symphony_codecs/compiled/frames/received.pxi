# What has come and was not taken: bytes of any number of frames, and the payload of a large frame under way.
#
# A large payload is received into the `bytes` object that it will be. That grows with what has come, fourfold at a
# time, so a peer that only announces much makes nobody reserve it.

cdef Py_ssize_t _FIRST = 4096  # bytes of room at first
cdef Py_ssize_t _KEPT = 16384  # at most so many when all is taken
cdef Py_ssize_t _SPARSE = 131072  # more than so many only while an eighth of it is in use
cdef Py_ssize_t _LARGE = 32768  # a payload from this size on that is not all there gets its own object
cdef Py_ssize_t _MIN_ROOM = 16384  # less is read together with what follows
cdef Py_ssize_t _MAX_LAST = 4 << 20  # a longer payload is not kept for its memory

cdef extern from *:
    """
    #define symphony_forget_hash(data) (((PyBytesObject*)(data))->ob_shash = -1)
    """
    void forget_hash "symphony_forget_hash"(PyObject* data) noexcept

# The last large payload of all that were handed out. Once nobody else has it, the next one gets its memory: pages that
# are new to a process take longer than what is read into them.
cdef PyObject* _last_payload = NULL


cdef PyObject* _new_payload(Py_ssize_t size, Py_ssize_t length) except NULL:
    """Return bytes to fill, at least *size* and at most *length* of them."""
    global _last_payload
    cdef PyObject* last = _last_payload
    cdef bytes new
    if last is not NULL and last.ob_refcnt == 1:
        _last_payload = NULL
        size = min(length, max(size, PyBytes_GET_SIZE(<object>last)))
        forget_hash(last)
        _PyBytes_Resize(&last, size)
        return last
    new = PyBytes_FromStringAndSize(NULL, size)
    Py_INCREF(new)
    return <PyObject*>new


cdef void _keep_payload(bytes payload) noexcept:
    global _last_payload
    if _LARGE <= PyBytes_GET_SIZE(payload) <= _MAX_LAST and <PyObject*>payload is not _last_payload:
        Py_XDECREF(_last_payload)
        Py_INCREF(payload)
        _last_payload = <PyObject*>payload


cdef class _Room:
    """A stretch of a payload under way, to read into; the payload lives as long as a view of this does."""

    cdef object _payload
    cdef Py_ssize_t _start, _size

    def __getbuffer__(self, Py_buffer* view, int flags):
        PyBuffer_FillInfo(view, self, PyBytes_AS_STRING(self._payload) + self._start, self._size, 0, flags)


cdef class _Received:
    cdef uint8_t* _data
    cdef Py_ssize_t _start, _end, _capacity
    # A large frame under way: its header, and its payload, of which `_filled` bytes have come.
    cdef uint8_t[ROUTED_SIZE] _large_head
    cdef Head _large
    cdef PyObject* _payload
    cdef Py_ssize_t _filled

    def __dealloc__(self):
        PyMem_Free(self._data)
        Py_XDECREF(self._payload)

    def feed(self, data not None):
        """Take the next bytes of the stream, copied."""
        cdef Py_buffer view
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            self._feed(<const uint8_t*>view.buf, view.len)
        finally:
            PyBuffer_Release(&view)

    def room(self):
        """Return a writable view to read the next bytes into, or ``None`` where `feed` is to get them."""
        cdef _Room room
        cdef Py_ssize_t size
        if self._payload is NULL or <Py_ssize_t>self._large.length - self._filled < _MIN_ROOM:
            return None
        if PyBytes_GET_SIZE(<object>self._payload) - self._filled < _MIN_ROOM:
            self._grow(self._filled + 1)
        room = _Room.__new__(_Room)
        room._payload = <object>self._payload
        room._start = self._filled
        room._size = PyBytes_GET_SIZE(<object>self._payload) - self._filled
        return memoryview(room)

    def received(self, Py_ssize_t size):
        """Take the *size* bytes that were read into the `room`."""
        if self._payload is NULL or not 0 <= size <= PyBytes_GET_SIZE(<object>self._payload) - self._filled:
            raise ValueError("expected no more bytes than there was room for")
        self._filled += size

    cdef int _feed(self, const uint8_t* data, Py_ssize_t size) except -1:
        cdef Py_ssize_t count, held
        if self._payload is not NULL and self._filled < self._large.length:
            count = min(size, <Py_ssize_t>self._large.length - self._filled)
            self._grow(self._filled + count)
            memcpy(PyBytes_AS_STRING(<object>self._payload) + self._filled, data, count)
            self._filled += count
            data += count
            size -= count
        if not size:
            return 0
        held = self._end - self._start
        if self._end + size > self._capacity:
            # What is held is moved at most once for as many new bytes.
            if held + size <= self._capacity // 2:
                memmove(self._data, self._data + self._start, held)
            else:
                self._reserve(held + size)
            self._start = 0
            self._end = held
        memcpy(self._data + self._end, data, size)
        self._end += size
        return 0

    cdef int _reserve(self, Py_ssize_t size) except -1:
        """Make room for *size* bytes, of which those that are held come first."""
        cdef Py_ssize_t capacity = max(self._capacity, _FIRST), held = self._end - self._start
        cdef uint8_t* data
        while capacity < size:
            capacity *= 2
        if held > capacity // 2:
            capacity *= 2
        if held and self._start:
            memmove(self._data, self._data + self._start, held)
            self._start = 0
            self._end = held
        data = <uint8_t*>PyMem_Realloc(self._data, capacity)
        if data is NULL:
            raise MemoryError()
        self._data = data
        self._capacity = capacity
        return 0

    cdef int _grow(self, Py_ssize_t size) except -1:
        """Let the payload under way have at least *size* bytes."""
        cdef Py_ssize_t capacity = PyBytes_GET_SIZE(<object>self._payload)
        cdef bytes grown
        if size <= capacity:
            return 0
        capacity = min(max(4 * capacity, size), <Py_ssize_t>self._large.length)
        if self._payload.ob_refcnt == 1:
            # Nobody has a view of it: large ones move without being copied.
            _PyBytes_Resize(&self._payload, capacity)
            return 0
        grown = PyBytes_FromStringAndSize(NULL, capacity)
        memcpy(PyBytes_AS_STRING(grown), PyBytes_AS_STRING(<object>self._payload), self._filled)
        self._set_payload(grown)
        return 0

    cdef void _set_payload(self, bytes payload) noexcept:
        Py_XDECREF(self._payload)
        self._payload = <PyObject*>payload
        Py_INCREF(payload)

    cdef int _begin_large(self, const Head* head) except -1:
        """Take the frame that begins here for a large one: its header is there, and not all of its payload."""
        cdef const uint8_t* data = self._data + self._start
        cdef Py_ssize_t count = min(self._end - self._start - head.size, <Py_ssize_t>head.length)
        cdef Py_ssize_t length = head.length
        self._forget_large()
        self._payload = _new_payload(min(length, max(2 * _LARGE, 4 * count)), length)
        memcpy(self._large_head, data, head.size)
        memcpy(PyBytes_AS_STRING(<object>self._payload), data + head.size, count)
        self._large = head[0]
        self._filled = count
        self._drop(head.size + count)
        return 0

    cdef void _drop(self, Py_ssize_t count) noexcept:
        """Forget the first *count* bytes."""
        self._start += count
        cdef Py_ssize_t held = self._end - self._start
        cdef uint8_t* data
        if not held:
            self._start = self._end = 0
            if self._capacity > _KEPT:
                PyMem_Free(self._data)
                self._data = NULL
                self._capacity = 0
        elif self._capacity > _SPARSE and held <= self._capacity // 8:
            memmove(self._data, self._data + self._start, held)
            self._start = 0
            self._end = held
            data = <uint8_t*>PyMem_Realloc(self._data, self._capacity // 4)
            if data is not NULL:
                self._data = data
                self._capacity //= 4

    cdef bytes _take_all(self):
        """Remove and return everything, of a large frame as well, as it came."""
        cdef bytes held = PyBytes_FromStringAndSize(<char*>self._data + self._start, self._end - self._start)
        if self._payload is not NULL:
            held = b"".join((
                PyBytes_FromStringAndSize(<char*>self._large_head, self._large.size),
                memoryview(<object>self._payload)[: self._filled],
                held,
            ))
            self._forget_large()
        self._drop(self._end - self._start)
        return held

    cdef void _forget_large(self) noexcept:
        Py_XDECREF(self._payload)
        self._payload = NULL
