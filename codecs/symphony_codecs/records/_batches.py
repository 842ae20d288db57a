"""Blocks of bytes in, spans of documents out: inflating and taking apart, without I/O and without decoding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

from ..framing.errors import RemoteFrameError
from ._inflate import inflater
from ._spans import Fault, Placed, Splitter


__all__ = ["Batches"]

D = TypeVar("D")


class Batches(Generic[D]):
    """
    The documents of one stream.

    Args:
        splitter: What takes it apart.
        compression: ``gzip``, ``zstd`` or ``none``.

    Attributes:
        splitter: See there.
        ended: Whether there is nothing more, whatever follows.
    """

    def __init__(self, splitter: Splitter[D], compression: str = "none") -> None:
        self.splitter: Final = splitter
        self._inflater: Final = inflater(compression)
        self.ended = False

    def feed(self, block: bytes | None) -> Iterator[list[Placed[D]] | Fault]:
        """
        Yield what *block* completes, or the end of the stream (``None``); use it up before the next call.

        A fault behind which nothing can be told apart is the last.
        """
        for batch in self._take(block):
            yield batch
            if isinstance(batch, Fault) and not batch.size:
                self.ended = True
                return

    def fail(self, error: RemoteFrameError) -> Fault:
        """Return the last fault, for a source that cannot be read on."""
        self.ended = True
        return Fault(self.splitter.offset, 0, error)

    def _take(self, block: bytes | None) -> Iterator[list[Placed[D]] | Fault]:
        if self.ended:
            return
        try:
            if self._inflater is None:
                if block is not None:
                    yield from self.splitter.feed(block)
            elif block is not None:
                for inflated in self._inflater.feed(block):
                    yield from self.splitter.feed(inflated)
            else:
                self._inflater.feed_eof()
        except RemoteFrameError as error:
            yield self.fail(error)
            return
        if block is None:
            yield from self.splitter.feed_eof()
            self.ended = True
