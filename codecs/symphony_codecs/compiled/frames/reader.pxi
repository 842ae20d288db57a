# From bytes to messages.

UNUSUAL = object()
"""What `FrameReader.next` returns where what has come is not as usual."""

cdef enum _Look:
    INCOMPLETE = 0
    USUAL = 1
    BEAT = 2
    ODD = 3


cdef class FrameReader(_Received):
    """
    Reads messages, as long as each comes in one frame as usual.

    Args:
        decode: What makes messages of documents.
        check_route: Called with a message and the routing block of its frame
            where they may contradict each other.
        format_id: The number of the format of the documents.
        limit: The longest document in bytes; longer ones are not usual.
        checksum: Whether frames without a checksum are not usual.
        key: What the frames' tags are checked with, or ``None``.

    Attributes:
        document: The last document that could not be decoded.
        last_size: How many bytes the last document had.
        last_stream: The stream of its frame.
        offset: How many bytes the frames taken so far had.
    """

    cdef object _decode, _check_route, _key, _blocks
    cdef Py_ssize_t _limit
    cdef uint64_t _sequence  # 0 once all are used up
    cdef uint8_t _format
    cdef bint _checksum
    cdef readonly object document
    cdef readonly Py_ssize_t last_size
    cdef readonly uint32_t last_stream
    cdef uint64_t _offset
    cdef bytes _route  # of the frame taken last

    def __init__(self, decode, check_route, *, uint8_t format_id, Py_ssize_t limit, bint checksum, key):
        self._decode = decode
        self._check_route = check_route
        self._format = format_id
        self._limit = min(limit, <Py_ssize_t>0xFFFFFFFF)
        self._checksum = checksum
        self._key = key
        self._blocks = []

    @property
    def sequence(self):
        """The number that the next frame should have; 2^64 if there is none left."""
        return self._sequence if self._sequence else 1 << 64

    @property
    def offset(self):
        """How many bytes the frames taken so far had."""
        return self._offset

    @property
    def drained(self):
        """Whether nothing is held."""
        return self._end == self._start and self._payload is NULL and not self._blocks

    def resume(self, sequence, offset, bytes data not None):
        """Go on at the frame with the number *sequence*; returns whether *data*, its first bytes, are as usual."""
        cdef Head head
        self._sequence = sequence & LAST_SEQUENCE
        self._offset = offset
        return self._judge(<const uint8_t*>PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data), &head) != ODD

    def feed_block(self, data not None):
        """Take a message of a transport that has such; it has to hold exactly one frame."""
        self._blocks.append(bytes(data))

    def next(self):
        """
        Return the next message.

        Returns:
            The message; `NEED_DATA`; or `UNUSUAL`: `take` what is held, and
            let a `FrameDecoder` go on from here.

        Raises:
            Exception: What *decode* or *check_route* has raised; the frame is taken.
        """
        cdef Head head
        cdef _Look look
        cdef bytes document, route
        cdef Py_ssize_t held
        while True:
            if self._blocks:
                # A frame may seem to be there because the next block is, so each is looked at alone.
                if self._end != self._start or self._payload is not NULL:
                    return UNUSUAL
                self.feed(self._blocks[0])
            look = self._look(&head)
            if self._blocks and (look == INCOMPLETE or look == ODD or not self._is_all(&head)):
                self._take_all()
                return UNUSUAL
            if look == INCOMPLETE:
                return NEED_DATA
            document = None if look == ODD else self._take(&head)
            if document is None:
                if self._blocks:
                    self._take_all()
                return UNUSUAL
            if self._blocks:
                del self._blocks[0]
            if look == USUAL:
                break
        self.last_size = PyBytes_GET_SIZE(document)
        self.last_stream = head.stream_id
        route = self._route
        self._route = None
        try:
            message = self._decode(document)
        except BaseException:
            self.document = document
            raise
        if route is not None and not _goes_by(message, route):
            self._check_route(message, route)
        return message

    def take(self):
        """Remove and return what is held: the list of blocks, and the bytes of a stream."""
        blocks, self._blocks = self._blocks, []
        return blocks, self._take_all()

    cdef _Look _look(self, Head* head) except *:
        """Say what begins here; *head* is filled if that is a whole frame."""
        cdef Py_ssize_t available = self._end - self._start
        cdef _Look look
        if self._payload is not NULL:
            head[0] = self._large
            if self._filled < head.length or available < self._trailer(head):
                return INCOMPLETE
            return USUAL
        look = self._judge(self._data + self._start, available, head)
        if look == ODD or available < BASE_SIZE or available < head.size:
            return look
        if available < head.size + <Py_ssize_t>head.length + self._trailer(head):
            if head.length >= _LARGE:
                self._begin_large(head)
            return INCOMPLETE
        return look

    cdef _Look _judge(self, const uint8_t* data, Py_ssize_t available, Head* head) noexcept:
        """Say what these bytes begin; `INCOMPLETE` if they are fewer than a header."""
        cdef uint16_t flags
        if not begins_as_usual(data, available):
            return ODD
        if available < BASE_SIZE:
            return INCOMPLETE
        read_head(data, head)
        flags = head.flags & ~(CHECKSUM | ROUTED)
        if (
            head.compression
            or head.priority > CRITICAL
            or head.reserved
            or flags != (0 if self._key is None else AUTHENTICATED)
            or (self._checksum and not head.flags & CHECKSUM)
            or head.size != (ROUTED_SIZE if head.flags & ROUTED else BASE_SIZE)
            or head.sequence != self._sequence
            or not head.sequence
            or head.length > self._limit
        ):
            return ODD
        if head.kind == HEARTBEAT:
            if head.stream_id or head.length or head.format or head.flags & ROUTED:
                return ODD
        elif head.kind > STREAM or head.kind == ERROR or not head.stream_id or head.format != self._format:
            return ODD
        if available < head.size:
            return INCOMPLETE
        if not head_is_whole(data, head):
            return ODD
        return BEAT if head.kind == HEARTBEAT else USUAL

    cdef inline Py_ssize_t _trailer(self, const Head* head) noexcept:
        return (CRC_SIZE if head.flags & CHECKSUM else 0) + (0 if self._key is None else TAG_SIZE)

    cdef bint _is_all(self, const Head* head) noexcept:
        return self._end - self._start == head.size + <Py_ssize_t>head.length + self._trailer(head)

    cdef bytes _take(self, const Head* head):
        """Remove the whole frame that begins here and return its payload; ``None``: checksum or tag are wrong."""
        cdef bint large = self._payload is not NULL
        cdef Py_ssize_t size = head.size, length = head.length, start = self._start
        cdef Py_ssize_t checked = CRC_SIZE if head.flags & CHECKSUM else 0
        cdef Py_ssize_t body = 0 if large else size + length
        cdef Py_ssize_t after = body + self._trailer(head)
        cdef const uint8_t* data = self._data + start
        cdef const uint8_t* front = <const uint8_t*>&self._large_head[0] if large else data
        cdef bytes payload = (
            <bytes>self._payload if large else PyBytes_FromStringAndSize(<const char*>data + size, length)
        )
        cdef uint32_t stored = _load32(data + body) if checked else 0
        cdef bytes route = PyBytes_FromStringAndSize(<const char*>front + BASE_SIZE, 32) if size != BASE_SIZE else None
        cdef bytes tag = None, parts
        cdef bint right
        if self._key is not None:
            tag = PyBytes_FromStringAndSize(<const char*>data + body + checked, TAG_SIZE)
            if large:
                parts = PyBytes_FromStringAndSize(<const char*>data, checked)
                right = self._key.verify(tag, PyBytes_FromStringAndSize(<const char*>front, size), payload, parts)
            else:
                parts = PyBytes_FromStringAndSize(<const char*>data, body + checked)
                right = self._key.verify(tag, parts)
            if not right:
                return None
        if checked and stored != crc_of_bytes(payload):
            return None
        if self._start != start or self._end - start < after or (self._payload is not NULL) != large:
            raise RuntimeError("expected one call at a time")
        if large:
            _keep_payload(payload)
            self._forget_large()
        self._drop(after)
        self._offset += size + length + self._trailer(head)
        self._sequence += 1
        self._route = route
        return payload


cdef bint _goes_by(message, bytes route) except -1:
    """Whether an envelope, if *message* is one, is from and to whom the routing block of its frame says."""
    if not isinstance(message, _MESSAGE):
        return True
    receiver = message.receiver
    return route == message.sender.to_bytes() + (bytes(16) if receiver is None else receiver.to_bytes())
