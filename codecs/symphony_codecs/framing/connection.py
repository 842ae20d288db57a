"""
`FrameConnection`: one end of a connection of native frames, without the I/O.

Bytes go in, events come out, and bytes to send come out; sockets, clocks and
threads are the caller's.  In order:

1. Each end says Hello at once, as its first frame; nobody waits for the other.
2. From both Hellos each end computes the same agreement and, with a shared key,
   the keys of both directions.  From then on the decoder insists on what was
   agreed: checksums, tags, limits.  Who has a key sends a Heartbeat at once, so
   that a wrong key shows before the first message.
3. Messages, fragmented and interleaved, until an end says Shutdown: it sends no
   more.  The connection is over when both have, or when the bytes end.
4. What breaks the protocol fails the connection: the error is raised, now and
   by every later call, and an Error frame on stream 0 that tells the peer is
   left in `data_to_send`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from enum import Enum
from typing import Final, Literal, TypeAlias

from typing_extensions import Buffer

from symphony_types.errors import IpcTransportError, SymphonyError
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame, SerializationFormat

from ..errors import DecodeError, UnknownCodecError
from ..registry import get_codec
from ._limits import MAX_HELLO
from .assembly import MessageAssembler
from .auth import SharedKey
from .decoder import FrameDecoder
from .encoder import FrameEncoder
from .errors import NEED_DATA, FrameError, LocalFrameError, NeedData, RemoteFrameError
from .events import Event, FrameReceived, MessageReceived, Opened, PeerEof, PeerFailed, PeerShutdown
from .hello import Hello, HelloLimits
from .negotiation import Agreement, negotiate
from .raw import RawFrame


__all__ = ["ConnectionState", "FrameConnection", "Role"]

Role: TypeAlias = Literal["client", "server"]
"""Who connected, and who was connected to; the server's preferences count."""

_LAST_STREAM: Final = 2**32 - 1
# Formats that need no agreement: opaque bytes, and what two ends settle privately.
_OPAQUE: Final = 0
_FIRST_PRIVATE: Final = 128


class ConnectionState(Enum):
    """Where a `FrameConnection` is."""

    NEW = "new"
    OPENING = "opening"
    OPEN = "open"
    FAILED = "failed"


class FrameConnection:
    """
    One end of a connection.

    Args:
        role: Which end this is.
        hello: What this end says of itself; its ``authenticated`` has to say
            whether there is a *key*.
        key: The key that both ends share, if frames are to be authenticated.
        raw: Whether this end is a router's, which forwards the peer's frames
            rather than reading their messages.

    Raises:
        LocalFrameError: *hello* and *key* contradict each other.
    """

    def __init__(self, role: Role, hello: Hello, *, key: SharedKey | None = None, raw: bool = False) -> None:
        if hello.authenticated != (key is not None):
            raise LocalFrameError("bad_hello", "expected a Hello that is authenticated exactly if there is a key")
        self.role: Final = role
        self.hello: Final = hello
        self.agreement: Agreement | None = None
        self._key = key
        self._raw = raw
        self._encoder = FrameEncoder()
        self._decoder = FrameDecoder(max_payload=MAX_HELLO, check_sequence=True)
        self._assembler = MessageAssembler(max_message=hello.limits.max_message)
        self._outbox: list[list[Buffer]] = []
        self._block_ends: deque[int] = deque()
        self._received = 0
        self._stream_id = 0
        self._state = ConnectionState.NEW
        self._error: FrameError | None = None
        self._sent_shutdown = self._got_shutdown = self._peer_failed = self._told_eof = False

    @property
    def state(self) -> ConnectionState:
        """How far the connection is."""
        return self._state

    @property
    def error(self) -> FrameError | None:
        """What the connection failed with."""
        return self._error

    @property
    def is_closing(self) -> bool:
        """Whether this end has said Shutdown."""
        return self._sent_shutdown

    @property
    def peer_limits(self) -> HelloLimits:
        """
        What the peer takes.

        Raises:
            LocalFrameError: The connection is not open.
        """
        agreement = self._agreed()
        return agreement.server_limits if self.role == "client" else agreement.client_limits

    # In

    def start(self) -> None:
        """Say Hello."""
        if self._state is ConnectionState.NEW:
            self._state = ConnectionState.OPENING
            self._outbox.append(self._encoder.encode_buffers(self.hello.to_frame()))

    def receive_data(self, data: Buffer) -> None:
        """Take bytes of the peer's stream; `next_event` tells what they say."""
        if self._error is None and not self._peer_failed:
            self._decoder.feed(data)

    def receive_block(self, data: Buffer) -> None:
        """Take a message of a transport that has such, a WebSocket: it has to hold exactly one frame."""
        self.receive_data(data)
        self._received += memoryview(data).nbytes
        self._block_ends.append(self._received)

    def receive_eof(self) -> None:
        """Take the end of the peer's stream."""
        if self._error is None:
            self._decoder.feed_eof()

    def next_event(self) -> Event | NeedData:
        """
        Tell what came next.

        Raises:
            FrameError: The peer broke the protocol, or the two ends do not
                agree; the connection is failed.  Send what `data_to_send` has
                for the peer, and close.
        """
        if self._error is not None:
            raise self._error
        if self._peer_failed:
            return NEED_DATA
        try:
            while True:
                frame = self._next_frame()
                if frame is NEED_DATA:
                    return self._at_end()
                event = self._take(frame)
                if event is not None:
                    return event
        except FrameError as error:
            self.fail(error)
            raise

    def _next_frame(self) -> IpcFrame | RawFrame | NeedData:
        opened = self.agreement is not None
        frame = self._decoder.next_raw() if self._raw and opened else self._decoder.next_frame()
        if self._block_ends:
            if frame is NEED_DATA:
                raise RemoteFrameError("truncated", "expected a whole frame in each message, got a part of one")
            end = self._block_ends.popleft()
            if self._decoder.offset != end:
                raise RemoteFrameError("unexpected_frame", "expected one frame in each message, got more bytes")
        return frame

    def _at_end(self) -> Event | NeedData:
        if not self._decoder.at_eof or self._told_eof:
            return NEED_DATA
        self._told_eof = True
        return PeerEof(clean=self._got_shutdown)

    def _take(self, frame: IpcFrame | RawFrame) -> Event | None:
        kind = frame.header.frame_type
        if kind is FrameType.ERROR and frame.header.stream_id == 0:
            self._peer_failed = True
            return PeerFailed(_read_error(frame))
        if self.agreement is None:
            if kind is not FrameType.HELLO or not isinstance(frame, IpcFrame):
                raise RemoteFrameError("unexpected_frame", f"expected HELLO first, got {kind.name}")
            return self._open(frame)
        if kind is FrameType.HEARTBEAT:
            return None
        if kind is FrameType.HELLO or self._got_shutdown:
            state = "once the connection is open" if kind is FrameType.HELLO else "after SHUTDOWN"
            raise RemoteFrameError("unexpected_frame", f"expected no {kind.name} {state}")
        if kind is FrameType.SHUTDOWN:
            self._got_shutdown = True
            return PeerShutdown()
        if isinstance(frame, RawFrame):
            return FrameReceived(frame)
        message = self._assembler.add(frame)
        if message is None:
            return None
        self._check_format(message.header.format, self.agreement)
        return MessageReceived(message)

    @staticmethod
    def _check_format(format_id: int, agreement: Agreement) -> None:
        if format_id == _OPAQUE or format_id >= _FIRST_PRIVATE:
            return
        if all(offer.id != format_id for offer in agreement.formats):
            agreed = ", ".join(f"{offer.name} ({offer.id})" for offer in agreement.formats)
            raise RemoteFrameError("bad_format", f"expected a format that was agreed on, {agreed}, got {format_id}")

    def _open(self, frame: IpcFrame) -> Opened:
        self.start()
        peer = Hello.from_frame(frame)
        client, server = (self.hello, peer) if self.role == "client" else (peer, self.hello)
        agreement = negotiate(client, server)
        self._decoder.max_payload = self.hello.limits.max_payload
        self._decoder.checksum = self._encoder.checksum = agreement.checksum
        if self._key is not None:
            ours = self.hello.to_payload()
            hellos = (ours, frame.payload) if self.role == "client" else (frame.payload, ours)
            to_server, to_client = self._key.frame_keys(*hellos)
            mine, theirs = (to_server, to_client) if self.role == "client" else (to_client, to_server)
            self._encoder.key, self._decoder.key = mine, theirs
        self.agreement = agreement
        self._state = ConnectionState.OPEN
        if self._key is not None:
            self.send_heartbeat()
        return Opened(agreement)

    def fail(self, error: FrameError) -> None:
        """Give the connection up for what whoever reads its messages found; the peer is told unless we are at fault."""
        if self._error is not None:
            return
        self.start()  # the peer expects a Hello before anything else
        self._error = error
        self._state = ConnectionState.FAILED
        if error.fault != "ours" and not self._sent_shutdown:
            payload = get_codec("json").encode(error, SymphonyError)
            header = FrameHeader(frame_type=FrameType.ERROR, format=SerializationFormat.JSON.format_id)
            self._outbox.append(self._encoder.encode_buffers(IpcFrame(header=header, payload=payload)))

    # Out

    def data_to_send(self) -> list[list[Buffer]]:
        """Take what is to be sent: for each frame its buffers, in order."""
        taken, self._outbox = self._outbox, []
        return taken

    def next_stream_id(self) -> int:
        """Return the stream id of the next message: 1, 2 and so on; after 2^32 - 1 again 1."""
        self._stream_id = self._stream_id % _LAST_STREAM + 1
        return self._stream_id

    def send(self, frames: Iterable[IpcFrame | RawFrame]) -> None:
        """
        Queue frames for the peer; they are numbered, and get checksum and tag.

        Raises:
            LocalFrameError: The connection is not open or closing, or a frame
                is larger than the peer takes; none of them is queued.
            FrameError: What the connection failed with.
        """
        self._agreed()
        if self._sent_shutdown:
            raise LocalFrameError("closed", "expected no more frames after SHUTDOWN")
        limit = self.peer_limits.max_payload
        frames = tuple(frames)
        for frame in frames:
            size = memoryview(frame.payload).nbytes
            if size > limit:
                raise LocalFrameError("too_large", f"expected a payload of at most {limit} bytes, got {size}")
        self._outbox += self._encoder.encode_all(frames)

    def send_heartbeat(self) -> None:
        """Queue a Heartbeat; nothing when no longer or not yet open."""
        self._send_control(FrameType.HEARTBEAT)

    def send_shutdown(self) -> None:
        """Queue a Shutdown, once: this end sends no more; nothing when not yet open."""
        if self._send_control(FrameType.SHUTDOWN):
            self._sent_shutdown = True

    def _send_control(self, kind: FrameType) -> bool:
        if self._state is not ConnectionState.OPEN or self._sent_shutdown:
            return False
        self._outbox.append(self._encoder.encode_buffers(IpcFrame(header=FrameHeader(frame_type=kind, format=0))))
        return True

    def _agreed(self) -> Agreement:
        if self._error is not None:
            raise self._error
        if self.agreement is None:
            raise LocalFrameError("closed", "expected an open connection, got one without the peer's HELLO")
        return self.agreement


def _read_error(frame: IpcFrame | RawFrame) -> SymphonyError:
    try:
        error: SymphonyError = get_codec(frame.header.format).decode(frame.payload, SymphonyError)
    except (DecodeError, UnknownCodecError) as exc:
        return IpcTransportError(reason=f"the peer gave up, and its reason cannot be read: {exc}")
    return error
