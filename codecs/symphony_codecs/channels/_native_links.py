"""Links over native frames: one for messages, and one that forwards frames."""

from __future__ import annotations

import contextlib

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import attrs

from typing_extensions import Buffer, TypeForm

from symphony_types.message._frame_header import read_route
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.ipc import FrameCompression, FrameType

from ..codec import Codec
from ..errors import DecodeError, EncodeError, stack_error
from ..framing._usual import UNUSUAL
from ..framing.connection import ConnectionState, FrameConnection
from ..framing.errors import NEED_DATA, FrameError, LocalFrameError
from ..framing.events import FrameReceived, MessageReceived, Opened
from ..framing.messages import IpcMessage, check_route, decode_message, encode_message, route_of
from ..framing.negotiation import Agreement
from ..framing.raw import RawFrame
from ..registry import get_codec
from ..transports.profile import TransportProfile
from ._links import Ready, Undecodable
from ._refusals import read_refusal, refusal_of, type_of_refusal
from ._server_log import warn
from ._undecodable import converses, undecodable


__all__ = ["FramedLink", "RawLink"]

M = TypeVar("M")

# A peer is lost after it has missed this many heartbeats, as in Symphony's health checks.
_MISSED_HEARTBEATS: Final = 3
_COMPRESSIONS: Final = {"zlib": FrameCompression.ZLIB, "zstd": FrameCompression.ZSTD}


class _NativeLink(Generic[M]):
    """The common part of `FramedLink` and `RawLink`: Hello, heartbeats, the end."""

    last_size = 0
    drained = False

    def __init__(self, connection: FrameConnection) -> None:
        self._connection = connection
        self.outbox = connection.outbox
        # Belongs to whichever reads: the connection, or the reader of usual frames.
        self.receive_data: Callable[[Buffer], None] = connection.receive_data

    @property
    def opened(self) -> bool:
        # stays true once the connection has failed
        return self._connection.agreement is not None and self._connection.state is not ConnectionState.OPENING

    @property
    def closing(self) -> bool:
        return self._connection.is_closing

    @property
    def agreement(self) -> Agreement | None:
        return self._connection.agreement

    @property
    def heartbeat_interval(self) -> float:
        return self._connection.hello.heartbeat_ms / 1000

    @property
    def peer_timeout(self) -> float:
        agreement = self._connection.agreement
        if agreement is None:
            return 0.0
        client = self._connection.role == "client"
        beats = agreement.server_heartbeat_ms if client else agreement.client_heartbeat_ms
        return _MISSED_HEARTBEATS * beats / 1000

    def start(self) -> None:
        self._connection.start()

    def receive_block(self, data: Buffer) -> None:
        self._connection.receive_block(data)

    def receive_eof(self) -> None:
        self._connection.receive_eof()

    def room(self) -> memoryview | None:
        return None

    def received(self, size: int) -> None:
        """Do nothing: there is no `room`."""

    def refuse(self, event: Undecodable) -> None:
        """Do nothing: forwarded messages are not decoded."""

    def send_heartbeat(self) -> None:
        self._connection.send_heartbeat()

    def send_shutdown(self) -> None:
        self._connection.send_shutdown()

    def take_back(self) -> None:
        self._connection.take_back()


class FramedLink(_NativeLink[M]):
    """Messages in native frames."""

    def __init__(
        self, connection: FrameConnection, profile: TransportProfile, as_type: TypeForm[M], own: Codec | None
    ) -> None:
        super().__init__(connection)
        self._profile = profile
        self._as_type: Any = as_type
        self._own = own
        self._codecs: dict[int, Codec] = {}
        self._format_id = 0
        self._compression = FrameCompression.NONE
        self._writer: Any = None
        self._reader: Any = None
        self._reads_usual = False  # whether `_reader` reads, rather than the connection
        self.codec: Codec | None = None

    def receive_block(self, data: Buffer) -> None:
        if self._reads_usual:
            self._reader.feed_block(data)
        else:
            self._connection.receive_block(data)

    def receive_eof(self) -> None:
        self._reclaim()
        self._connection.receive_eof()

    def room(self) -> memoryview | None:
        if not self._reads_usual:
            return None
        room: memoryview | None = self._reader.room()
        return room

    def received(self, size: int) -> None:
        self._reader.received(size)

    def next_event(self) -> Any:
        reader = self._reader
        while self._reads_usual:
            try:
                message = reader.next()
            except (DecodeError, RecursionError) as error:
                self.last_size = reader.last_size
                return self._undecodable(error, reader.document, self._codecs[self._format_id], reader.last_stream)
            except FrameError as error:
                self._reclaim()
                self._connection.fail(error)
                raise
            if message is not UNUSUAL:
                self.last_size = reader.last_size
                self.drained = reader.drained
                return message
            self._reclaim()
        event = self._connection.next_event()
        if event is NEED_DATA and reader is not None and self._connection.lend(reader):
            self._reads_usual = True
            self.receive_data = reader.feed
            return self.next_event()
        if isinstance(event, MessageReceived):
            return self._message(event.message)
        if isinstance(event, Opened):
            self._open(event.agreement)
            return Ready()
        assert not isinstance(event, FrameReceived)  # raw connections have these
        return event

    def _message(self, message: IpcMessage) -> Any:
        header, document = message.header, message.payload
        self.last_size = len(document)
        made = None
        try:
            made = decode_message(message, self._as_type, codecs=self._codec)
        except DecodeError as error:
            codec = self._codec(header.format)
            made = self._undecodable(error, document, codec, header.stream_id)
        except FrameError as error:
            self._connection.fail(error)
            raise
        if header.frame_type is not FrameType.ERROR:
            return made
        refused = read_refusal(made, document, self._codec(header.format))
        if refused is None and type(made) is Undecodable:
            return attrs.evolve(made, asked=None)  # two ends that refuse each other's refusals would never end
        return refused or made

    def refuse(self, event: Undecodable) -> None:
        asked = event.asked
        if asked is None or not asked.stream_id or self.codec is None:
            return
        refusal = refusal_of(asked, event.error)
        # No refusal if this end has stopped sending, or its codec cannot encode errors.
        with contextlib.suppress(FrameError, EncodeError):
            self._send(refusal, type_of_refusal(asked), asked.stream_id, FrameType.ERROR)

    def _reclaim(self) -> None:
        """Let the connection continue at the reader's position."""
        if self._reads_usual:
            self._reads_usual = self.drained = False
            self.receive_data = self._connection.receive_data
            self._connection.reclaim(self._reader)

    def _undecodable(
        self, error: DecodeError | RecursionError, document: bytes, codec: Codec, stream_id: int
    ) -> Undecodable:
        if isinstance(error, RecursionError):  # too little stack was left to make a DecodeError
            error = stack_error(DecodeError, codec.name, self._as_type)
        return undecodable(error, document, codec, stream_id, converses=converses(self._as_type))

    def _check_route(self, message: Any, block: bytes) -> None:
        """Refuse an envelope that contradicts the route of its frame."""
        check_route(message, read_route(block))

    def _codec(self, format_id: int) -> Codec:
        return self._codecs.get(format_id) or get_codec(format_id)

    def _open(self, agreement: Agreement) -> None:
        for offer in agreement.formats:
            own = self._own
            self._codecs[offer.id] = own if own is not None and own.name == offer.name else get_codec(offer.name)
        self._format_id = agreement.format.id
        self.codec = self._codecs[self._format_id]
        if self._profile.compressions and agreement.compressions:
            self._compression = _COMPRESSIONS[agreement.compressions[0]]
        self._bind(self.codec)

        if agreement.differences:
            tp = self._as_type
            warn(
                "the two ends have different classes for %s, so formats without field names are excluded: %s; "
                "messages are sent as %s",
                tp.__qualname__ if isinstance(tp, type) else tp,
                ", ".join(map(str, agreement.differences)),
                agreement.format.name,
            )

    def _bind(self, codec: Codec) -> None:
        """Make the reader and the writer of usual messages."""
        plain = self._compression is FrameCompression.NONE
        limits = self._connection.peer_limits
        limit = limits.max_message if plain else min(limits.max_message, self._profile.compress_over)
        # A faulty type fails when it is used: it may be one that is only encoded, or only decoded.
        with contextlib.suppress(EncodeError):
            self._writer = self._connection.make_writer(
                codec.encoder(self._as_type), self._format_id, limit=limit, routed=self._profile.routed
            )
        with contextlib.suppress(DecodeError):
            self._reader = self._connection.make_reader(
                codec.decoder(self._as_type), self._format_id, self._check_route
            )

    def send(self, message: M, *, frame_type: FrameType | None = None) -> None:
        document: bytes | None = None
        if self._writer is not None and self._connection.takes_messages:
            try:
                document = self._writer.send(message, frame_type)
            except RecursionError as error:
                assert self.codec is not None
                raise stack_error(EncodeError, self.codec.name, self._as_type) from error
            if document is None:
                return
        self._send(message, self._as_type, None, frame_type, document)

    def _send(
        self,
        message: object,
        as_type: Any,
        stream_id: int | None,
        frame_type: FrameType | None,
        document: bytes | None = None,
    ) -> None:
        """Send a message that the writer of usual messages does not take; *document* is its encoded form, if known."""
        codec = self.codec
        if codec is None:
            raise LocalFrameError("closed", "expected an open connection, got one without the peer's HELLO")
        connection = self._connection
        limits = connection.peer_limits
        routed = self._profile.routed
        connection.send(
            encode_message(
                message,
                as_type,
                codec,
                stream_id=connection.next_stream_id() if stream_id is None else stream_id,
                frame_type=frame_type,
                format_id=self._format_id,
                compression=self._compression,
                compress_over=self._profile.compress_over,
                max_payload=limits.max_payload,
                max_message=limits.max_message,
                route=route_of(message) if routed and isinstance(message, MessageEnvelope) else None,
                document=document,
            )
        )


class RawLink(_NativeLink[RawFrame]):
    """A router's end: native frames, not decoded; each needs a stream id that is unique here (`StreamMap`)."""

    codec: Codec | None = None

    def next_event(self) -> Any:
        event = self._connection.next_event()
        if isinstance(event, FrameReceived):
            self.last_size = len(event.frame.payload)
            return event.frame
        if isinstance(event, Opened):
            return Ready()
        assert not isinstance(event, MessageReceived)  # a raw connection does not join frames
        return event

    def send(self, message: RawFrame, *, frame_type: FrameType | None = None) -> None:
        if frame_type is not None:
            message = message.evolve(frame_type=frame_type)
        self._connection.send([message])
