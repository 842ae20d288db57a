# From the bytes of one connection to those of another, whose frames have other numbers.

cdef class FrameRewriter(_Received):
    """
    Rewrites the headers of frames that a router forwards; payloads and their checksums are copied as they are.

    Args:
        origin: What `StreamMap` knows the connection by.
        target: The connection that they go out on.
        encoder: That connection's encoder, which counts.
        streams: The `StreamMap` of the connection that they go out on.
        formats: For each number of a format the one that it has there, or one above 255: not usual.
        limit: The longest payload in bytes that both connections take.
        compressions: The numbers of the compressions that go there, as bits.
        checksum_in: Whether frames without a checksum are not usual here.
        checksum_out: Whether they are not usual there.
        key_in: What the frames' tags are checked with, or ``None``.
        key_out: What they get their tags from, or ``None``.
    """

    cdef object _origin, _target, _encoder, _streams, _key_in, _key_out
    cdef uint16_t[256] _formats
    cdef Py_ssize_t _limit
    cdef uint32_t _compressions
    cdef bint _checksum
    cdef uint64_t _sequence  # 0 once all are used up
    cdef uint64_t _offset
    cdef bint _is_odd
    # Of the frames that go out: the next number, the next stream id, and whether others are under way.
    cdef uint64_t _number
    cdef uint32_t _next_stream, _first_stream
    cdef bint _alone

    def __init__(
        self, origin, target, encoder, streams, *, formats, Py_ssize_t limit, uint32_t compressions, bint checksum_in,
        bint checksum_out, key_in, key_out
    ):
        cdef int index
        self._origin = origin
        self._target = target
        self._encoder = encoder
        self._streams = streams
        for index in range(256):
            self._formats[index] = formats[index]
        self._limit = min(limit, <Py_ssize_t>0xFFFFFFFF)
        self._compressions = compressions
        self._checksum = checksum_in or checksum_out
        self._key_in = key_in
        self._key_out = key_out

    @property
    def sequence(self):
        """The number that the next frame should have; 2^64 if there is none left."""
        return self._sequence if self._sequence else 1 << 64

    @property
    def offset(self):
        """How many bytes the frames taken so far had."""
        return self._offset

    def resume(self, sequence, offset, bytes data not None):
        """Go on at the frame with the number *sequence*; returns whether *data*, its first bytes, are as usual."""
        cdef Head head
        self._sequence = sequence & LAST_SEQUENCE
        self._offset = offset
        return self._judge(<const uint8_t*>PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data), &head) != ODD

    def take(self):
        """Remove and return what is held: no blocks, and the bytes of a stream."""
        return [], self._take_all()

    def forward(self, data not None):
        """
        Take the next bytes of the stream, and put the frames that are whole into the target's outbox, rewritten.

        Returns:
            Whether that is all; if not, what is held begins with something
            that is not as usual.
        """
        cdef Py_buffer view
        cdef Py_ssize_t used = 0
        cdef const uint8_t* front
        cdef bytes out
        if not self._target.takes_messages:
            self.feed(data)
            return False
        self._is_odd = False
        self._number = self._encoder.sequence & LAST_SEQUENCE
        self._look_up()
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            if self._end == self._start:
                # What is whole need not be held first.
                out = self._rewrite(<const uint8_t*>view.buf, view.len, &used)
                self._feed(<const uint8_t*>view.buf + used, view.len - used)
            else:
                self._feed(<const uint8_t*>view.buf, view.len)
                out = self._rewrite(self._data + self._start, self._end - self._start, &used)
                self._drop(used)
        finally:
            PyBuffer_Release(&view)
            self._note()
            self._encoder.sequence = self._number if self._number else 1 << 64
        if PyBytes_GET_SIZE(out):
            self._target.outbox.append([out])
        return not self._is_odd

    cdef int _look_up(self) except -1:
        self._next_stream = self._streams._next
        self._first_stream = self._streams._first
        self._alone = not self._streams._used
        return 0

    cdef int _note(self) except -1:
        self._streams._next = self._next_stream
        return 0

    cdef _Look _judge(self, const uint8_t* data, Py_ssize_t available, Head* head) noexcept:
        """Say what these bytes begin; `INCOMPLETE` if they are fewer than a header."""
        if not begins_as_usual(data, available):
            return ODD
        if available < BASE_SIZE:
            return INCOMPLETE
        read_head(data, head)
        if (
            head.compression > 31
            or not (self._compressions >> head.compression) & 1
            or head.priority > CRITICAL
            or head.reserved
            or head.flags & ~(CHECKSUM | MORE_FRAGMENTS | ROUTED) != (0 if self._key_in is None else AUTHENTICATED)
            or (self._checksum and not head.flags & CHECKSUM)
            or head.size != (ROUTED_SIZE if head.flags & ROUTED else BASE_SIZE)
            or head.sequence != self._sequence
            or not head.sequence
            or head.length > self._limit
        ):
            return ODD
        if head.kind == HEARTBEAT:
            if head.stream_id or head.length or head.format or head.compression or head.flags & (ROUTED | MORE_FRAGMENTS):
                return ODD
        elif head.kind > STREAM or not head.stream_id or self._formats[head.format] > 255:
            return ODD
        if available < head.size:
            return INCOMPLETE
        if not head_is_whole(data, head):
            return ODD
        return BEAT if head.kind == HEARTBEAT else USUAL

    cdef bytes _rewrite(self, const uint8_t* data, Py_ssize_t size, Py_ssize_t* used):
        """Return what goes out for the whole frames at the start of *data*, and put into *used* how long they are."""
        cdef Py_ssize_t tagged = 0 if self._key_in is None else TAG_SIZE
        # A tag may come to each frame, the shortest of which has a header alone.
        cdef Py_ssize_t capacity = size if self._key_out is None or tagged else 2 * size
        cdef bytes out = PyBytes_FromStringAndSize(NULL, capacity)
        cdef uint8_t* target = <uint8_t*>PyBytes_AS_STRING(out)
        cdef Py_ssize_t written = 0, at = 0, whole, length
        cdef Head head
        cdef _Look look
        while at < size:
            look = self._judge(data + at, size - at, &head)
            if look == ODD:
                self._is_odd = True
                break
            if look == INCOMPLETE:
                break
            whole = head.size + <Py_ssize_t>head.length + (CRC_SIZE if head.flags & CHECKSUM else 0)
            if size - at < whole + tagged:
                break
            if tagged and not self._key_in.verify(
                PyBytes_FromStringAndSize(<const char*>data + at + whole, TAG_SIZE),
                PyBytes_FromStringAndSize(<const char*>data + at, whole),
            ):
                self._is_odd = True
                break
            if look == BEAT and head.flags & CHECKSUM and _load32(data + at + head.size):
                # What is for the connection ends here, so its checksum counts here: of nothing, it is 0.
                self._is_odd = True
                break
            if look == USUAL:
                memcpy(target + written, data + at, whole)
                if not self._number or not self._renumber(target + written, &head):
                    self._is_odd = True
                    break
                if self._key_out is not None:
                    tag = self._key_out.tag(PyBytes_FromStringAndSize(<const char*>target + written, whole))
                    memcpy(target + written + whole, PyBytes_AS_STRING(tag), TAG_SIZE)
                    written += TAG_SIZE
                written += whole
            at += whole + tagged
            self._sequence += 1
            self._offset += whole + tagged
        used[0] = at
        return out if written == capacity else out[:written]

    cdef bint _renumber(self, uint8_t* out, Head* head) except -1:
        """Write the header that a frame goes out with; returns whether its stream gets an id."""
        if self._alone and not head.flags & MORE_FRAGMENTS:
            head.stream_id = self._next_stream
            self._next_stream = self._first_stream if self._next_stream == LAST_STREAM else self._next_stream + 1
        else:
            self._note()
            try:
                head.stream_id = self._streams.give(self._origin, head.stream_id, bool(head.flags & MORE_FRAGMENTS))
            except FrameError:
                return False
            finally:
                self._look_up()
        head.format = <uint8_t>self._formats[head.format]
        head.flags = (head.flags & ~AUTHENTICATED) | (0 if self._key_out is None else AUTHENTICATED)
        head.sequence = self._number
        self._number += 1
        write_head(out, head)
        return True
