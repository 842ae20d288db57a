"""
The bytes that a decoder was fed and has not taken yet.

Wanted: time linear in the bytes, however they are cut; a payload copied once
out of what was fed; memory for no more than what was fed and not taken.

Most reads are larger than what is left of the read before, so what there is
stays a `bytes` object: a read as it came, or the rest of the last one and the
next joined, which copies each byte at most twice.  Slices of it are cheap, and
the payload's is the copy that the frame keeps.  Reads smaller than the rest
are many for one frame; they go into a `bytearray`, which grows in place and
whose front CPython drops without moving the rest.
"""

from __future__ import annotations

from typing_extensions import Buffer


__all__ = ["ReceiveBuffer"]


class ReceiveBuffer:
    """
    Bytes that come in pieces at the end and go at the front.

    Attributes:
        data: What is held, from `start` on; replaced or moved by `feed` and
            `drop`, so nobody may keep it or a view of it.
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
