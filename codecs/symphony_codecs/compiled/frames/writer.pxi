# From a message to the bytes of its frame.

# Longer documents go out beside their headers, as they are.
cdef Py_ssize_t _MAX_JOINED = 16384

cdef object _MESSAGE = MessageEnvelope, _REQUEST = JsonRpcRequest, _RESPONSE = JsonRpcResponse
cdef object _NOTIFICATION = JsonRpcNotification, _NORMAL = MessagePriority.NORMAL


cdef class FrameWriter:
    """
    Writes messages, each into one frame.

    Args:
        outbox: The list that the buffers of each frame are appended to, as a list.
        encode: What makes documents of messages.
        kind_of: What tells the type of a message's frames, where its class does not.
        format_id: The number of the format of the documents.
        limit: The longest document in bytes that goes into one frame, uncompressed; longer ones are not usual.
        checksum: Whether frames get a checksum of the document.
        key: What frames get their tags from, or ``None``.
        routed: Whether envelopes are routed from their sender to their receiver.
        sequence: The number of the first frame, 1 to 2^64.
        stream_id: The last stream id that was given, 0 to 2^32 - 1.

    Attributes:
        sent_from: The number of the first frame of the last message.
    """

    cdef public uint64_t sent_from

    cdef list _outbox
    cdef object _encode, _kind_of, _key
    cdef Py_ssize_t _limit
    cdef uint64_t _sequence  # 0 once all are used up
    cdef uint32_t _stream_id
    cdef uint16_t _flags
    cdef uint8_t _format
    cdef bint _routed

    def __init__(
        self, list outbox not None, encode, kind_of, *, uint8_t format_id, Py_ssize_t limit, bint checksum, key,
        bint routed, sequence, uint32_t stream_id
    ):
        self._outbox = outbox
        self._encode = encode
        self._kind_of = kind_of
        self._format = format_id
        self._limit = min(limit, <Py_ssize_t>0xFFFFFFFF)
        self._key = key
        self._flags = (CHECKSUM if checksum else 0) | (AUTHENTICATED if key is not None else 0)
        self._routed = routed
        self.sequence = sequence
        self._stream_id = stream_id

    @property
    def sequence(self):
        """The number of the next frame; 2^64 if there is none left."""
        return self._sequence if self._sequence else 1 << 64

    @sequence.setter
    def sequence(self, value):
        self._sequence = value & LAST_SEQUENCE

    def next_stream_id(self):
        """Return the stream id of the next message: 1, 2 and so on; after 2^32 - 1 again 1."""
        self._stream_id = 1 if self._stream_id == LAST_STREAM else self._stream_id + 1
        return self._stream_id

    def send(self, message, frame_type=None):
        """
        Put the frame of *message* into the outbox.

        Returns:
            ``None``; or the message's document where that does not go into one usual frame.
        """
        cdef bytes document = self._encode(message)
        cdef Head head
        cdef object sender = None, receiver = None
        cdef int kind
        if PyBytes_GET_SIZE(document) > self._limit or not self._sequence:
            return document
        head.size = BASE_SIZE
        head.format = self._format
        head.compression = 0
        head.priority = NORMAL
        head.flags = self._flags
        head.length = <uint32_t>PyBytes_GET_SIZE(document)
        if isinstance(message, _MESSAGE):
            priority = message.metadata.priority
            if priority is not _NORMAL:
                head.priority = priority.rank
            if self._routed:
                sender = message.sender.to_bytes()
                receiver = message.receiver
                receiver = bytes(16) if receiver is None else receiver.to_bytes()
                if len(sender) != 16 or len(receiver) != 16 or (receiver == bytes(16) and message.receiver is not None):
                    return document
                head.size = ROUTED_SIZE
                head.flags |= ROUTED
        kind = _kind_of(message) if frame_type is None else frame_type
        if kind < 0:
            kind = self._kind_of(message)
        if kind == HEARTBEAT or kind > STREAM:
            return document
        head.kind = kind
        self._put(&head, document, sender, receiver)
        return None

    cdef int _put(self, Head* head, bytes document, bytes sender, bytes receiver) except -1:
        cdef Py_ssize_t length = head.length, size = head.size, at
        cdef Py_ssize_t trailer = CRC_SIZE if head.flags & CHECKSUM else 0
        cdef bint joined = length <= _MAX_JOINED
        cdef uint32_t crc = crc_of_bytes(document) if trailer else 0
        cdef bytes start = PyBytes_FromStringAndSize(NULL, size + length + trailer if joined else size)
        cdef uint8_t* out = <uint8_t*>PyBytes_AS_STRING(start)
        cdef list buffers = [start]
        if sender is not None:
            memcpy(out + BASE_SIZE, PyBytes_AS_STRING(sender), 16)
            memcpy(out + BASE_SIZE + 16, PyBytes_AS_STRING(receiver), 16)
        head.sequence = self._sequence
        head.stream_id = 1 if self._stream_id == LAST_STREAM else self._stream_id + 1
        write_head(out, head)
        if joined:
            memcpy(out + size, PyBytes_AS_STRING(document), length)
            if trailer:
                _store32(out + size + length, crc)
        else:
            buffers.append(document)
            if trailer:
                buffers.append((<object>crc).to_bytes(4, "big"))
        if self._key is not None:
            tag = self._key.tag(*buffers)
            if joined:
                buffers[0] = start + tag
            else:
                buffers.append(tag)
        self._outbox.append(buffers)
        self._stream_id = head.stream_id
        self.sent_from = self._sequence
        self._sequence += 1
        return 0


cdef int _kind_of(message) except -2:
    """Return the type of the frames of a message of the usual classes; -1 for any other."""
    cdef object payload = message.payload if type(message) is _MESSAGE else message
    cdef object cls = type(payload)
    if cls is _REQUEST:
        return REQUEST
    if cls is _RESPONSE:
        return RESPONSE if payload.error is None else ERROR
    if cls is _NOTIFICATION:
        return EVENT
    return -1
