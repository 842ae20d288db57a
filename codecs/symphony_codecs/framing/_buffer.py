"""
The common part of stream decoders: the bytes that were fed and not taken yet, the stream's end, and the first fault.

Time is linear in the bytes, however they are cut.  Most reads are larger than
the rest of the read before, so `ReceiveBuffer` holds `bytes`: a read as it
came, or that rest and the next read joined, which copies each byte at most
twice.  Reads smaller than the rest are many for one frame; they go into a
`bytearray`, which grows in place and drops its front without moving the rest.
"""

from __future__ import annotations

from typing_extensions import Buffer

from .errors import LocalFrameError, RemoteFrameError


__all__ = ["FedDecoder", "ReceiveBuffer"]


class ReceiveBuffer:
    """
    Bytes that come in pieces at the end and go at the front.

    Attributes:
        data: The bytes held, from `start` on; `feed` and `drop` replace or move
            it, so keep neither it nor a view of it.
        start: How much of `data` is taken already.
    """

    __slots__ = ("data", "start")

    def __init__(self) -> None:
        self.data: bytes | bytearray = b""
        self.start = 0

    def __len__(self) -> int:
        return len(self.data) - self.start

    def __bytes__(self) -> bytes:
        return self.slice(self.start, len(self.data))

    def feed(self, new: Buffer) -> None:
        """Add *new*; what may change later is copied."""
        if type(new) is not bytes:
            new = memoryview(new).tobytes()
        held = self.data
        rest = len(held) - self.start
        if rest > len(new):
            if isinstance(held, bytes):
                held = self.data = bytearray(memoryview(held)[self.start :])
            elif self.start:
                del held[: self.start]
            held += new
        elif rest:
            self.data = self.slice(self.start, len(held)) + new
        else:
            self.data = new
        self.start = 0

    def slice(self, begin: int, end: int) -> bytes:
        """Return a copy of ``data[begin:end]``."""
        held = self.data
        return held[begin:end] if isinstance(held, bytes) else bytes(memoryview(held)[begin:end])

    def drop(self, count: int) -> None:
        """Take away the first *count* bytes, at most all."""
        self.start += count
        if self.start == len(self.data):
            self.clear()

    def clear(self) -> None:
        """Take away everything."""
        self.data = b""
        self.start = 0


class FedDecoder:
    """
    The feed side of a decoder; after a fault nobody can tell where the next frame or message begins.

    Attributes:
        offset: How many bytes of the stream were taken so far, framing
            included; the next frame or message begins there.
        error: The error that the decoder has failed with.
    """

    __slots__ = ("_buffer", "_ended", "_skipping", "error", "offset")

    def __init__(self) -> None:
        self._buffer = ReceiveBuffer()
        self.offset = 0
        self._ended = False
        self.error: RemoteFrameError | None = None
        self._skipping = False  # what it has failed with

    @property
    def trailing_data(self) -> bytes:
        """The bytes that were fed and not taken; empty once a `FrameDecoder` has failed."""
        return bytes(self._buffer)

    @property
    def at_eof(self) -> bool:
        """Whether the stream has ended, and all of it was taken."""
        return self._ended and not self._buffer

    def feed(self, data: Buffer) -> None:
        """Take the next bytes of the stream, any number of them; `LocalFrameError` (``closed``) after its end."""
        if self._ended:
            raise LocalFrameError("closed", "expected nothing after the end of the stream, got more data")
        if self.error is None or self._skipping:
            self._buffer.feed(data)

    def feed_eof(self) -> None:
        """Take the end of the stream; a frame or message of which only a part is there is then ``truncated``."""
        self._ended = True

    def _fail(self, error: RemoteFrameError) -> RemoteFrameError:
        """Note and return *error*, without where it was found: those frames hold bytes, and each raise adds more."""
        error.__context__ = None
        self.error = error.with_traceback(None)
        return error

    def _refusal(self, code: str, text: str) -> RemoteFrameError:
        """Return the error for what begins at `offset`."""
        return RemoteFrameError(code, text, offset=self.offset)
