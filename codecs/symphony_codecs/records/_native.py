"""Messages in captured native frames: joined, inflated, and each with its place, whatever is damaged between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

import attrs

from symphony_types.message.ipc import FrameCompression, FrameFlags, FrameHeader, FrameType

from ..errors import UnknownCodecError
from ..framing._limits import DEFAULT_MAX_PAYLOAD, DEFAULT_MAX_STREAMS
from ..framing.assembly import check_continuation
from ..framing.compression import decompress
from ..framing.errors import RemoteFrameError
from ..framing.hello import Hello
from ..registry import get_codec
from ._spans import Fault, Placed
from .capture import Damage, Frame, FrameScanner


__all__ = ["NativeMessage", "NativeSplitter"]

_MORE: Final = FrameFlags.MORE_FRAGMENTS


@attrs.frozen
class NativeMessage:
    """
    A message of a capture.

    Args:
        header: Its first frame's.
        payload: The document, joined and inflated.
        format: The name of its codec; ``None`` if nobody says that.
    """

    header: FrameHeader
    payload: bytes = attrs.field(repr=lambda payload: f"<{len(payload)} bytes>")
    format: str | None


_Result: TypeAlias = Placed[NativeMessage] | Fault


class _Open:
    """A message under way; with an error, one whose rest is skipped."""

    __slots__ = ("error", "header", "held", "offset", "parts", "size")

    def __init__(self, header: FrameHeader, offset: int) -> None:
        self.header = header
        self.offset = offset
        self.size = 0
        self.held = 0
        self.parts: list[bytes] = []
        self.error: RemoteFrameError | None = None

    def fault(self, error: RemoteFrameError) -> Fault:
        """Return the fault of this message, which has failed before, or does so with *error* now."""
        return Fault(self.offset, self.size, self.error or error)


class NativeSplitter:
    """
    Takes one direction of a connection apart, or of several connections one after the other.

    Hello, Heartbeat, Shutdown and an Error on stream 0 are no messages.
    A frame that is missing, as sequence numbers tell, may have been a fragment
    of each message under way, so those are faults.

    Args:
        max_record: The longest message, in bytes, joined, and again inflated; 1 to 2^32 - 1.
        offset: Where the stream begins.
        formats: Names of formats by number, as a Hello before the stream has said them.

    Raises:
        FieldError: *max_record* is out of its range.

    Attributes:
        formats: The names that the last Hello has said.
        offset: Where the next frame begins.
    """

    def __init__(self, *, max_record: int, offset: int = 0, formats: dict[int, str] | None = None) -> None:
        # A long message in short frames is one fault, not many.
        self._scanner: Final = FrameScanner(max_payload=max(max_record, DEFAULT_MAX_PAYLOAD))
        self._base: Final = offset
        self._max_record: Final = max_record
        self._open: Final[dict[int, _Open]] = {}
        self._held = 0
        self._next: int | None = None
        self.formats = {} if formats is None else formats
        self.offset = offset

    def feed(self, block: bytes) -> Iterator[list[Placed[NativeMessage]] | Fault]:
        """Yield what *block* completes."""
        return self._take(self._scanner.feed(block))

    def feed_eof(self) -> Iterator[list[Placed[NativeMessage]] | Fault]:
        """Yield what the end of the stream completes."""
        yield from self._take(self._scanner.feed_eof())
        yield from self._drop_all(RemoteFrameError("truncated", "expected the rest of a message, got the end"))

    def _take(self, found: Iterator[Frame | Damage]) -> Iterator[list[Placed[NativeMessage]] | Fault]:
        spans: list[Placed[NativeMessage]] = []
        for each in found:
            offset = self._base + each.offset
            self.offset = offset + each.size
            if isinstance(each, Damage):
                if spans:
                    yield spans
                    spans = []
                yield Fault(offset, each.size, each.error, each.data)
                continue
            for result in self._add(each, offset):
                if not isinstance(result, Fault):
                    spans.append(result)
                    continue
                if spans:
                    yield spans
                    spans = []
                yield result
        if spans:
            yield spans

    def _add(self, frame: Frame, offset: int) -> Iterator[_Result]:
        header = frame.header
        if self._next not in {None, header.sequence}:
            text = f"expected sequence {self._next} while a message is under way, got {header.sequence}"
            yield from self._drop_all(RemoteFrameError("bad_sequence", text))
        self._next = header.sequence + 1
        error = _fault_of(frame)
        if not header.stream_id:  # all that belongs to the connection, and no message does
            if error is None and header.frame_type is FrameType.HELLO:
                yield from self._drop_all(RemoteFrameError("truncated", "expected the rest of a message, got HELLO"))
                error = self._hello(frame.payload)
        elif header.frame_type.is_known:
            yield from self._join(frame, offset, error)
            return
        if error is not None:
            yield Fault(offset, frame.size, error)

    def _hello(self, payload: bytes) -> RemoteFrameError | None:
        try:
            hello = Hello.from_payload(payload)
        except RemoteFrameError as error:
            return error
        self.formats = {offer.id: offer.name for offer in hello.formats}
        return None

    def _join(self, frame: Frame, offset: int, error: RemoteFrameError | None) -> Iterator[_Result]:
        header = frame.header
        message = self._open.get(header.stream_id)
        if message is not None:
            try:
                check_continuation(message.header, header)
            except RemoteFrameError as mismatch:
                self._drop(message)
                yield message.fault(mismatch)
                message = None
        more = _MORE in header.flags
        if message is None:
            message = _Open(header, offset)
            if more and len(self._open) >= DEFAULT_MAX_STREAMS:
                text = f"expected at most {DEFAULT_MAX_STREAMS} messages under way, got more"
                yield Fault(offset, frame.size, RemoteFrameError("too_many_streams", text))
                return
            if more:
                self._open[header.stream_id] = message
        message.size += frame.size
        message.error = message.error or error
        self._hold(message, frame.payload)
        if more:
            return
        self._drop(message)
        try:
            yield message.offset, message.size, self._whole(message)
        except RemoteFrameError as exc:
            yield message.fault(exc)

    def _hold(self, message: _Open, payload: bytes) -> None:
        """Add *payload* to *message*, unless that has failed, or does so by it."""
        count = len(payload)
        if message.error is None and message.held + count > self._max_record:
            text = f"expected a message of at most {self._max_record} bytes, got more"
            message.error = RemoteFrameError("too_large", text)
        most = 4 * self._max_record
        if message.error is None and self._held + count > most:
            message.error = RemoteFrameError("held_too_much", f"expected at most {most} bytes under way, got more")
        if message.error is not None:
            self._held -= message.held
            message.held = 0
            message.parts.clear()
            return
        message.held += count
        self._held += count
        message.parts.append(payload)

    def _whole(self, message: _Open) -> NativeMessage:
        if message.error is not None:
            raise message.error
        header = message.header
        payload = b"".join(message.parts)
        if header.compression is not FrameCompression.NONE:
            payload = decompress(payload, header.compression, max_size=self._max_record)
        return NativeMessage(header, payload, self._format_name(header.format))

    def _format_name(self, number: int) -> str | None:
        if number in self.formats or not number:  # 0 is opaque
            return self.formats.get(number)
        try:
            return get_codec(number).name
        except UnknownCodecError:
            return None

    def _drop(self, message: _Open) -> None:
        self._open.pop(message.header.stream_id, None)
        self._held -= message.held

    def _drop_all(self, error: RemoteFrameError) -> Iterator[Fault]:
        """Give up all messages under way, for what they have failed with before, or for *error*."""
        messages = [*self._open.values()]
        self._open.clear()
        self._held = 0
        for message in messages:
            yield message.fault(error)


def _fault_of(frame: Frame) -> RemoteFrameError | None:
    """Return what is wrong with a frame whose header is right."""
    kind = frame.header.frame_type
    if not kind.is_known:
        return RemoteFrameError("unknown_type", f"expected a frame type from 0 to 7, got {kind:d}")
    if not frame.checksum_holds:
        return RemoteFrameError("payload_checksum", "expected the payload that its checksum is of, got another")
    return None
