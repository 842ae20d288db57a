"""
`FrameConnection`: one end of a connection of native frames, without the I/O.

1. Each end says Hello at once, as its first frame.
2. From both Hellos each end computes the same agreement and, with a shared key,
   the keys of both directions.  An end with a key sends a Heartbeat at once, so
   that a wrong key shows before the first message; a server is open only once
   it has seen a right tag, and so says nothing to a peer that cannot make one.
3. Messages, fragmented and interleaved, until an end says Shutdown: it sends no
   more.  The connection is over when both have, or when the bytes end.
4. A breach of the protocol fails the connection: this and every later call
   raise the error, and `data_to_send` has an Error frame that tells the peer.

Received bytes wait for `next_event`, and bytes to send for `data_to_send`,
however many: take the events before reading on, and send no more while the
transport takes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from symphony_types.checks import OneOf
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame

from ._error_frame import error_frame, read_error
from ._limits import MAX_HELLO
from ._usual import ConnectionState, Role, UsualFrames
from .assembly import MessageAssembler
from .auth import SharedKey
from .decoder import FrameDecoder
from .errors import NEED_DATA, FrameError, LocalFrameError, NeedData, NegotiationError, RemoteFrameError
from .events import Event, FrameReceived, MessageReceived, Opened, PeerEof, PeerFailed, PeerShutdown
from .hello import Hello
from .negotiation import negotiate
from .raw import RawFrame


__all__ = ["ConnectionState", "FrameConnection", "Role"]

_VERSION: Final = 1  # of frames, the one that this distribution speaks
_ROLE: Final = OneOf(("client", "server"))


class FrameConnection(UsualFrames):
    """
    One end of a connection.

    Args:
        role: Which end this is.
        hello: This end's description of itself.
        key: The key that both ends share, if frames are authenticated.
        raw: Whether this end forwards the peer's frames, as a router.

    Raises:
        FieldError: *role* is not a role.
        LocalFrameError: ``bad_hello``: *hello* is authenticated without a
            *key*, or the reverse, or names other keys.

    Attributes:
        agreement: The common ground of both Hellos, once they have come.
        error: The reason why this end gave the connection up.
        is_closing: Whether this end sends no more: it has said Shutdown, or
            why it gives up.
        outbox: The next result of `data_to_send`, always the same list,
            which a caller may empty.
        state: How far the connection is.
    """

    def __init__(self, role: Role, hello: Hello, *, key: SharedKey | None = None, raw: bool = False) -> None:
        _ROLE.check(role, ("role",))
        if hello.authenticated != (key is not None):
            raise LocalFrameError("bad_hello", "expected a Hello that is authenticated exactly if there is a key")
        if key is not None and not {*hello.key_ids} <= {*key.ids}:
            raise LocalFrameError("bad_hello", "expected a Hello that names keys of this end, got others")
        super().__init__(role, hello)
        self._key = key
        self._raw = raw
        self._told_eof = False

    # The opening

    def start(self) -> None:
        """Say Hello."""
        if self.state is ConnectionState.NEW:
            self.state = ConnectionState.OPENING
            self._put(self.hello.to_frame())

    def _open(self, frame: IpcFrame) -> Opened | None:
        self.start()
        peer = Hello.from_frame(frame)
        is_client = self.role == "client"
        agreement = negotiate(self.hello, peer) if is_client else negotiate(peer, self.hello)
        if agreement.version != _VERSION:
            actual = f"version {agreement.version}, which both Hellos name"
            raise NegotiationError("no_agreement", f"expected frame version 1, which this end speaks, got {actual}")
        self._decoder.max_payload = self.hello.limits.max_payload
        self._decoder.checksum = self._encoder.checksum = agreement.checksum
        self.agreement = agreement
        self.state = ConnectionState.OPEN
        if self._key is not None:
            ours, theirs = self.hello.to_payload(), frame.payload
            hellos = (ours, theirs) if is_client else (theirs, ours)
            to_server, to_client = self._key.frame_keys(*hellos, key_id=agreement.key_id)
            self._encoder.key, self._decoder.key = (to_server, to_client) if is_client else (to_client, to_server)
            self.send_heartbeat()
            if not is_client:
                self.state = ConnectionState.OPENING
                return None
        return Opened(agreement)

    # In

    def next_event(self) -> Event | NeedData:
        """
        Tell what came next.

        Raises:
            FrameError: The peer broke the protocol, or the two ends do not
                agree.  Send what `data_to_send` has for the peer, and close.
        """
        if self.error is not None:
            raise self.error.with_traceback(None)  # which would grow with each call
        if self.state is ConnectionState.FAILED:
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
        if self._proof is not None:
            proof, self._proof = self._proof, None
            return proof
        opened = self.agreement is not None
        frame = self._decoder.next_raw() if self._raw and opened else self._decoder.next_frame()
        if self._block_ends:
            # A frame may seem to be there because the next block is: which of them are depends on the caller's pace.
            excess = 0 if frame is NEED_DATA else self._block_ends.popleft() - self._decoder.offset
            if frame is NEED_DATA or excess < 0:
                raise RemoteFrameError("truncated", "expected a whole frame in each message, got a part of one")
            if excess:
                raise RemoteFrameError("unexpected_frame", "expected one frame in each message, got more bytes")
        return frame

    def _at_end(self) -> Event | NeedData:
        if not self._decoder.at_eof or self._told_eof:
            return NEED_DATA
        self._told_eof = True
        return PeerEof(clean=self._got_shutdown)

    def _take(self, frame: IpcFrame | RawFrame) -> Event | None:
        if self.agreement is not None and self.state is ConnectionState.OPENING:
            # For a frame of any type the decoder has found the tag to be right.
            self.state = ConnectionState.OPEN
            self._proof = frame
            return Opened(self.agreement)
        kind = frame.header.frame_type
        if isinstance(frame, RawFrame):
            if frame.header.stream_id or not kind.is_known:
                self._check_order(kind)
                return FrameReceived(frame)
            frame = frame.to_frame()  # what belongs to the connection ends here, so its checksum counts here
        if kind is FrameType.ERROR and frame.header.stream_id == 0:
            self._give_up()
            return PeerFailed(read_error(frame))
        if self.agreement is None:
            if kind is not FrameType.HELLO:
                raise RemoteFrameError("unexpected_frame", f"expected HELLO first, got {kind.name}")
            return self._open(frame)
        if kind is FrameType.HEARTBEAT:
            return None
        self._check_order(kind)
        if kind is FrameType.SHUTDOWN:
            self._got_shutdown = True
            self._drop_messages()
            return PeerShutdown()
        refusal = self.agreement.refusal(frame.header)
        if refusal is not None:
            raise RemoteFrameError(*refusal)
        message = self._assembler.add(frame)
        return None if message is None else MessageReceived(message)

    def _check_order(self, kind: FrameType) -> None:
        if kind is FrameType.HELLO or self._got_shutdown:
            state = "once the connection is open" if kind is FrameType.HELLO else "after SHUTDOWN"
            raise RemoteFrameError("unexpected_frame", f"expected no {kind.name} {state}")

    def fail(self, error: FrameError) -> None:
        """Give the connection up for *error*, which a reader of its messages found; tell the peer unless it is ours."""
        if self.state is ConnectionState.FAILED:
            return
        if error.fault != "ours" and not self.is_closing:
            self.start()  # the peer expects a Hello before anything else
            limit = MAX_HELLO if self.agreement is None else self.peer_limits.max_payload
            self._put(error_frame(error, limit))
        self.error = error
        self._give_up()

    def _give_up(self) -> None:
        self.state = ConnectionState.FAILED
        self._decoder = FrameDecoder()
        self._block_ends.clear()
        self._drop_messages()

    def _drop_messages(self) -> None:
        """Let go of messages under way: the rest of them never comes."""
        self._assembler = MessageAssembler(max_message=self.hello.limits.max_message)

    # Out

    def send(self, frames: Iterable[IpcFrame | RawFrame]) -> None:
        """
        Queue frames for the peer; they are numbered, and get checksum and tag.

        An Error frame on stream 0 gives the connection up, and is the last.

        Raises:
            LocalFrameError: Nothing can be sent, no more or not yet
                (``closed``); or a frame is larger than the peer takes
                (``too_large``), has a format (``bad_format``) or compression
                (``bad_compression``) that was not agreed on, or is a Hello,
                Heartbeat or Shutdown (``unexpected_frame``).  None is queued.
            FrameError: The error that the connection failed with.
        """
        frames = tuple(frames)  # first: whatever makes them may do something about the connection
        agreement = self.agreed()
        if self.state is ConnectionState.OPENING:
            raise LocalFrameError("closed", "expected an open connection, got one whose peer has shown no key")
        if self.is_closing:
            raise LocalFrameError("closed", "expected no more frames after the last")
        limit = self.peer_limits.max_payload
        last = False
        for frame in frames:
            header = frame.header
            size = len(frame.payload)
            if size > limit:
                raise LocalFrameError("too_large", f"expected a payload of at most {limit} bytes, got {size}")
            if header.stream_id:
                refusal = agreement.refusal(header)
                if refusal is not None:
                    raise LocalFrameError(*refusal)
            elif header.frame_type.is_control:
                kind = header.frame_type.name
                raise LocalFrameError("unexpected_frame", f"expected frames of messages, got {kind}")
            else:
                last = last or header.frame_type is FrameType.ERROR
        self._put(*frames)
        self.is_closing = last

    def send_heartbeat(self) -> None:
        """Queue a Heartbeat; nothing when no longer or not yet open."""
        self._send_control(FrameType.HEARTBEAT)

    def send_shutdown(self) -> None:
        """Queue a Shutdown, once: this end sends no more; nothing when not yet open."""
        self.is_closing = self._send_control(FrameType.SHUTDOWN) or self.is_closing

    def _send_control(self, kind: FrameType) -> bool:
        if not self.takes_messages:
            return False
        self._put(IpcFrame(header=FrameHeader(frame_type=kind, format=0)))
        return True
