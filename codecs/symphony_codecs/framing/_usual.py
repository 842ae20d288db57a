"""
The bytes of a connection, in and out, and the short way of usual frames, which C goes where there is an engine.

Usual are whole messages in one frame, in the format agreed on, not compressed.
Anything else goes the general way from its first byte, with the counters as
they are, so nobody can tell which way a frame went.
"""

from __future__ import annotations

import importlib

from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from types import ModuleType
from typing import Any, Final, Literal, TypeAlias

from typing_extensions import Buffer

from symphony_types.message.ipc import IpcFrame

from ..executor import ENGINE
from ._limits import MAX_HELLO
from .assembly import MessageAssembler
from .decoder import FrameDecoder
from .encoder import FrameEncoder
from .errors import FrameError, LocalFrameError
from .hello import Hello, HelloLimits
from .messages import frame_type_of
from .negotiation import Agreement
from .raw import RawFrame, StreamMap


__all__ = ["FRAMES", "UNUSUAL", "ConnectionState", "Role", "UsualFrames"]

_LAST_STREAM: Final = 2**32 - 1

Role: TypeAlias = Literal["client", "server"]
"""The end that connected, and the end that it connected to; the server's preferences count."""


FRAMES: Final[ModuleType | None] = (
    importlib.import_module("symphony_codecs.compiled._frames") if ENGINE == "compiled" else None
)
"""The module with `FrameWriter`, `FrameReader` and `FrameRewriter`; ``None`` where Python does their work."""

UNUSUAL: Final[object] = getattr(FRAMES, "UNUSUAL", None)
"""A `FrameReader` returns this where the bytes are not a usual frame."""


class ConnectionState(Enum):
    """How far a `FrameConnection` is."""

    NEW = "new"  # nothing is sent
    OPENING = "opening"  # our Hello is sent; the peer's, or its proof that it has the key, has not come
    OPEN = "open"  # messages may go, until each end has said Shutdown
    FAILED = "failed"  # an end has given up: this one, for `FrameConnection.error`, or the peer


class UsualFrames:
    """
    The state of a `FrameConnection`, which it lends to the readers and writers of usual frames.

    Args:
        role: Which end this is.
        hello: This end's description of itself.
    """

    def __init__(self, role: Role, hello: Hello) -> None:
        self.role: Final = role
        self.hello: Final = hello
        self.agreement: Agreement | None = None
        self.outbox: list[list[Buffer]] = []
        self._encoder = FrameEncoder()
        self._decoder = FrameDecoder(max_payload=MAX_HELLO, check_sequence=True)
        self._assembler = MessageAssembler(max_message=hello.limits.max_message)
        self._block_ends: deque[int] = deque()
        self._stream_id = 0
        self._sent_from = self._encoder.sequence
        self.state = ConnectionState.NEW
        self.error: FrameError | None = None
        self._proof: IpcFrame | RawFrame | None = None
        self.is_closing = self._got_shutdown = False
        self._writer: Any = None

    def agreed(self) -> Agreement:
        """
        Return what both Hellos agree on.

        Raises:
            LocalFrameError: The peer has not said Hello, or has given up (``closed``).
            FrameError: The reason why this end gave the connection up.
        """
        if self.error is not None:
            raise self.error.with_traceback(None)
        if self.state is ConnectionState.FAILED:
            raise LocalFrameError("closed", "expected an open connection, got one that the peer has given up")
        if self.agreement is None:
            raise LocalFrameError("closed", "expected an open connection, got one without the peer's HELLO")
        return self.agreement

    @property
    def peer_limits(self) -> HelloLimits:
        """The sizes that the peer takes; raises as `agreed`."""
        agreement = self.agreed()
        return agreement.server_limits if self.role == "client" else agreement.client_limits

    @property
    def takes_messages(self) -> bool:
        """Whether `send` may queue messages."""
        return self.state is ConnectionState.OPEN and not self.is_closing

    def receive_data(self, data: Buffer) -> None:
        """Take bytes of the peer's stream, for `next_event`; `LocalFrameError` (``closed``) after its end."""
        if self.state is not ConnectionState.FAILED:
            self._decoder.feed(data)

    def receive_block(self, data: Buffer) -> None:
        """Take a message of a transport that has such, exactly one frame; raises as `receive_data`."""
        if self.state is not ConnectionState.FAILED:
            self._decoder.feed(data)
            self._block_ends.append(self._decoder.offset + self._decoder.held)

    def receive_eof(self) -> None:
        """Take the end of the peer's stream."""
        self._decoder.feed_eof()

    def data_to_send(self) -> list[list[Buffer]]:
        """Take the bytes to send: for each frame its buffers, in order."""
        taken = self.outbox[:]
        self.outbox.clear()  # a writer of usual frames holds it, too
        return taken

    def next_stream_id(self) -> int:
        """Return the stream id of the next message: 1, 2 and so on; after 2^32 - 1 again 1."""
        if self._writer is not None:
            given: int = self._writer.next_stream_id()
            return given
        self._stream_id = self._stream_id % _LAST_STREAM + 1
        return self._stream_id

    def take_back(self) -> None:
        """
        Forget the last `send`: its frames' numbers are the next ones'.

        The caller has taken them from `data_to_send`, has written no byte of
        them, and has queued nothing behind them.
        """
        if self._writer is None:
            self._encoder.sequence = self._sent_from
        else:
            self._writer.sequence = self._writer.sent_from
        self.is_closing = False

    def _put(self, *frames: IpcFrame | RawFrame) -> None:
        encoder, writer = self._encoder, self._writer
        if writer is not None:
            encoder.sequence = writer.sequence
        self.outbox += encoder.encode_all(frames)
        self._sent_from = encoder.sequence - len(frames)
        if writer is not None:
            writer.sequence, writer.sent_from = encoder.sequence, self._sent_from

    # The short way; each of the first three returns None where there is no engine, and needs an open connection

    def make_writer(self, encode: Callable[[Any], bytes], format_id: int, *, limit: int, routed: bool) -> Any:
        """
        Return the `FrameWriter` of messages that *encode* makes documents of, in the format *format_id*.

        Documents of more than *limit* bytes are not usual; envelopes are *routed* by their sender and receiver.
        """
        if FRAMES is not None:
            self._writer = FRAMES.FrameWriter(
                self.outbox,
                encode,
                frame_type_of,
                format_id=format_id,
                limit=min(limit, self.peer_limits.max_payload),
                checksum=self._encoder.checksum,
                key=self._encoder.key,
                routed=routed,
                sequence=self._encoder.sequence,
                stream_id=self._stream_id,
            )
        return self._writer

    def make_reader(
        self, decode: Callable[[bytes], Any], format_id: int, check_route: Callable[[Any, bytes], None]
    ) -> Any:
        """
        Return the `FrameReader` of documents that *decode* makes messages of, once it is lent those.

        It calls *check_route* with a message and its routing block where the two contradict each other.
        """
        if FRAMES is None:
            return None
        return FRAMES.FrameReader(
            decode,
            check_route,
            format_id=format_id,
            limit=min(self.hello.limits.max_payload, self.hello.limits.max_message),
            checksum=self._decoder.checksum,
            key=self._decoder.key,
        )

    def make_rewriter(self, target: UsualFrames, streams: StreamMap, formats: Sequence[int]) -> Any:
        """
        Return the `FrameRewriter` of frames for *target*, whose *streams* give the ids, once it is lent those.

        Of each number of a format, *formats* has the one that it has there, or one above 255.
        """
        if FRAMES is None:
            return None
        return FRAMES.FrameRewriter(
            self,
            target,
            target._encoder,
            streams,
            formats=formats,
            limit=min(self.hello.limits.max_payload, target.peer_limits.max_payload),
            compressions=sum(1 << how for how in target.agreed().compression_ids),
            checksum_in=self._decoder.checksum,
            checksum_out=target._encoder.checksum,
            key_in=self._decoder.key,
            key_out=target._encoder.key,
        )

    def lend(self, reader: Any) -> bool:
        """Let *reader* go on, if nothing is under way that is not as usual; returns whether it does."""
        decoder = self._decoder
        if (
            self.state is not ConnectionState.OPEN
            or self._got_shutdown
            or self._proof is not None
            or self._block_ends
            or self._assembler.open_streams
            or not decoder.is_open
            or not reader.resume(decoder.sequence, decoder.offset, decoder.peek())
        ):
            return False
        reader.feed(decoder.release())
        return True

    def reclaim(self, reader: Any) -> None:
        """Go on where *reader* has come to something that is not as usual, or to the end."""
        self._decoder.sequence, self._decoder.offset = reader.sequence, reader.offset
        blocks, rest = reader.take()
        for block in blocks:
            self.receive_block(block)
        self.receive_data(rest)
