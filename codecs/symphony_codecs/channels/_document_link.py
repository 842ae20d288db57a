"""A link over one of the framings that only mark where a document ends."""

from __future__ import annotations

from collections import deque
from typing import Any, Generic, TypeVar

from typing_extensions import Buffer, TypeForm

from symphony_types.message.ipc import FrameType

from ..codec import Codec
from ..errors import DecodeError
from ..framing.errors import NEED_DATA, LocalFrameError
from ..framing.events import PeerEof
from ..framing.framings import get_framing
from ..framing.negotiation import Agreement
from ..transports.profile import TransportProfile
from ._links import LinkEvent, Ready, Undecodable
from ._undecodable import converses, undecodable


__all__ = ["DocumentLink"]

M = TypeVar("M")


class DocumentLink(Generic[M]):
    """A link over one of the framings that only mark where a document ends."""

    agreement: Agreement | None = None
    heartbeat_interval = 0.0
    peer_timeout = 0.0
    drained = False
    last_size = 0

    def __init__(self, profile: TransportProfile, as_type: TypeForm[M], codec: Codec) -> None:
        framing = get_framing(profile.framing)
        self._as_type: Any = as_type
        self._converses = converses(as_type)
        self._encoder = framing.encoder()
        self._decoder = framing.decoder(max_message=profile.max_message)
        self._max_message = profile.max_message
        self.outbox: list[list[Buffer]] = []
        self._events: deque[LinkEvent] = deque()
        self._told_eof = False
        self.codec: Codec | None = codec
        self.opened = False
        self.closing = False

    def start(self) -> None:
        if not self.opened:
            self.opened = True
            self._events.append(Ready())

    def receive_data(self, data: Buffer) -> None:
        if self._decoder.error is None:
            self._decoder.feed(data)

    # A block need not be a whole document: the framing marks where documents end.
    receive_block = receive_data

    def receive_eof(self) -> None:
        if self._decoder.error is None:
            self._decoder.feed_eof()

    def room(self) -> memoryview | None:
        """Return ``None``: the length of a document is not known in advance."""
        return None

    def received(self, size: int) -> None:
        """Do nothing: there is no `room`."""

    def next_event(self) -> Any:
        if self._events:
            return self._events.popleft()
        document = self._decoder.next_message()
        if document is NEED_DATA:
            if not self._decoder.at_eof or self._told_eof:
                return NEED_DATA
            self._told_eof = True
            return PeerEof(clean=True)
        assert self.codec is not None
        self.last_size = len(document)
        try:
            return self.codec.decode(document, self._as_type)
        except DecodeError as error:
            return undecodable(error, document, self.codec, converses=self._converses)

    def send(self, message: M, *, frame_type: FrameType | None = None) -> None:
        if self.closing:
            raise LocalFrameError("closed", "expected no more messages after the shutdown")
        assert self.codec is not None
        document = self.codec.encode(message, self._as_type)
        if len(document) > self._max_message:
            expected = f"expected a message of at most {self._max_message} bytes"
            raise LocalFrameError("too_large", f"{expected}, got {len(document)}")
        self.outbox.append(self._encoder.encode_buffers(document))

    def refuse(self, event: Undecodable) -> None:
        """Do nothing: these framings have no Error frames."""

    def send_heartbeat(self) -> None:
        """Do nothing: these framings have no heartbeats."""

    def send_shutdown(self) -> None:
        """Note it; the channel then ends the stream, which is the shutdown for the peer."""
        self.closing = True

    def take_back(self) -> None:
        """Do nothing: documents have no sequence numbers."""
