"""
`MessageAssembler`: joins the frames of messages, which a peer may split and interleave.

The bytes that a peer can make it hold are bounded by the size of each message, by the
number of messages under way, and by the size of them all together.  Fragments
are written into one growing buffer for each message, so a million of two bytes
cost what one of two million does.
"""

from __future__ import annotations

import io

from typing import Final

import attrs

from symphony_types.message.ipc import FrameCompression, FrameFlags, FrameHeader, FrameType, IpcFrame

from ._limits import DEFAULT_MAX_MESSAGE, DEFAULT_MAX_STREAMS
from .compression import decompress
from .errors import RemoteFrameError
from .messages import IpcMessage


__all__ = ["MessageAssembler", "check_continuation"]

# Members of a Flag are slow to ask.
_MORE: Final = FrameFlags.MORE_FRAGMENTS.value
_REPEATED: Final = ("frame_type", "format", "compression", "priority", "route")


class _Stream:
    """A message under way; without a buffer, one whose rest is skipped."""

    __slots__ = ("buffer", "header", "size")

    def __init__(self, header: FrameHeader) -> None:
        self.header = header
        self.buffer: io.BytesIO | None = io.BytesIO()
        self.size = 0


class MessageAssembler:
    """
    Makes messages of one direction's frames.

    Args:
        max_message: Of a message, in bytes: of its fragments as sent, and
            again once inflated; exactly as many pass.
        max_streams: How many messages may be under way.
        max_held: Of all messages under way, in bytes; four times
            *max_message* by default.

    Attributes:
        held: How many bytes are held for messages under way.
    """

    def __init__(
        self,
        *,
        max_message: int = DEFAULT_MAX_MESSAGE,
        max_streams: int = DEFAULT_MAX_STREAMS,
        max_held: int | None = None,
    ) -> None:
        self.max_message: Final = max_message
        self.max_streams: Final = max_streams
        self.max_held: Final = 4 * max_message if max_held is None else max_held
        self._streams: dict[int, _Stream] = {}
        self.held = 0
        self._error: RemoteFrameError | None = None

    @property
    def open_streams(self) -> int:
        """How many messages are under way, those included whose rest is skipped."""
        return len(self._streams)

    def add(self, frame: IpcFrame) -> IpcMessage | None:
        """
        Take the next frame.

        An Error frame on a stream drops the message under way there, unless
        it is a fragment of that.  Frames that belong to the connection come
        back at once.

        Returns:
            The message that the frame completes; ``None`` if there is more of
            it to come, or nobody wants it (`discard`).

        Raises:
            RemoteFrameError: ``bad_fragment`` for a fragment that does not
                fit those before it, ``too_large``, ``too_many_streams``,
                ``held_too_much``, ``bad_compression``.  Nothing is held any
                more, and every later call raises the same.
        """
        if self._error is not None:
            raise self._error.with_traceback(None)  # which would grow with each call
        try:
            return self._add(frame)
        except RemoteFrameError as error:
            self._error = error
            self._streams.clear()
            self.held = 0
            raise

    def discard(self, stream_id: int) -> None:
        """Drop what is held of the message under way on *stream_id*, if there is one, and skip the rest of it."""
        stream = self._streams.get(stream_id)
        if stream is not None:
            self.held -= stream.size
            stream.buffer, stream.size = None, 0

    def _add(self, frame: IpcFrame) -> IpcMessage | None:
        header = frame.header
        more = bool(header.flags._value_ & _MORE)
        if not header.stream_id and header.belongs_to_connection:
            return self._whole(header, frame.payload)
        stream = self._streams.get(header.stream_id)
        if stream is not None:
            if header.frame_type is FrameType.ERROR is not stream.header.frame_type:
                self._remove(stream)
                stream = None
            else:
                check_continuation(stream.header, header)
        if stream is None:
            if not more:
                return self._whole(header, frame.payload)
            if len(self._streams) >= self.max_streams:
                text = f"expected at most {self.max_streams} messages under way, got more"
                raise RemoteFrameError("too_many_streams", text)
            stream = self._streams[header.stream_id] = _Stream(header)
        return self._continue(stream, frame.payload, more=more)

    def _remove(self, stream: _Stream) -> None:
        del self._streams[stream.header.stream_id]
        self.held -= stream.size

    def _continue(self, stream: _Stream, payload: bytes, *, more: bool) -> IpcMessage | None:
        buffer = stream.buffer
        if buffer is None:
            if not more:
                self._remove(stream)
            return None
        count = len(payload)
        self._check_size(stream.size + count)
        if more:
            if self.held + count > self.max_held:
                got = self.held + count
                raise RemoteFrameError("held_too_much", f"expected at most {self.max_held} bytes under way, got {got}")
            buffer.write(payload)
            stream.size += count
            self.held += count
            return None
        self._remove(stream)
        buffer.write(payload)
        flags = stream.header.flags & ~FrameFlags.MORE_FRAGMENTS
        return self._whole(attrs.evolve(stream.header, flags=flags), buffer.getvalue())

    def _whole(self, header: FrameHeader, payload: bytes) -> IpcMessage:
        self._check_size(len(payload))
        if header.compression is not FrameCompression.NONE:
            payload = decompress(payload, header.compression, max_size=self.max_message)
        return IpcMessage(header=header, payload=payload)

    def _check_size(self, size: int) -> None:
        if size > self.max_message:
            raise RemoteFrameError("too_large", f"expected a message of at most {self.max_message} bytes, got {size}")


def check_continuation(first: FrameHeader, header: FrameHeader) -> None:
    """Raise `RemoteFrameError` (``bad_fragment``) unless *header* goes on with the message that *first* began."""
    for name in _REPEATED:
        expected, actual = getattr(first, name), getattr(header, name)
        if expected != actual:
            wanted, got = (getattr(value, "name", value) for value in (expected, actual))
            where = f"as in the first frame of the message on stream {first.stream_id}"
            raise RemoteFrameError("bad_fragment", f"expected {name} {wanted} {where}, got {got}")
