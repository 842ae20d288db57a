"""Compressed streams, block by block, without I/O: gzip with its members, zstd with its frames."""

from __future__ import annotations

import zlib

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Final

from ..framing.compression import zstd_module
from ..framing.errors import RemoteFrameError


__all__ = ["Inflater", "deflater", "inflater", "need"]

_GZIP_BITS: Final = 31  # zlib's window bits: 32 KiB, with the header and the trailer of gzip
_OUTPUT: Final = 256 * 1024
_NAMES: Final = ("gzip", "none", "zstd")


class Inflater(ABC):
    """
    Makes blocks of at most 256 KiB of compressed ones.

    A file may hold several gzip members or zstd frames, one after the other.
    """

    name: str

    def __init__(self) -> None:
        self._part: Any = None  # the decompressor of the member or frame under way
        self._started = False

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Yield what *block* inflates to; `RemoteFrameError` (``bad_compression``) for what is not compressed so."""
        while block or self._part is not None:
            if self._part is None:
                block = self._between(block)
                if not block:
                    return
                self._part, self._started = self._make(), True
            made, block, goes_on = self._step(block)
            if made:
                yield made
            if self._part.eof:
                block, self._part = self._part.unused_data, None
            elif not goes_on:
                return

    def feed_eof(self) -> None:
        """Take the end; `RemoteFrameError` (``truncated``) where compressed data goes on."""
        if self._part is not None or not self._started:
            raise RemoteFrameError("truncated", f"expected the rest of the {self.name} data, got the end")

    def _between(self, block: bytes) -> bytes:
        """Return *block* without what may stand between members."""
        return block

    def _refusal(self, exc: Exception) -> RemoteFrameError:
        return RemoteFrameError("bad_compression", f"expected {self.name} data, got what cannot be read: {exc}")

    @abstractmethod
    def _make(self) -> Any:
        """Return a decompressor for the next member or frame."""

    @abstractmethod
    def _step(self, block: bytes) -> tuple[bytes, bytes, bool]:
        """Return some output, the input that remains, and whether there is more output to come of what was fed."""


class _Gzip(Inflater):
    name = "gzip"

    def _between(self, block: bytes) -> bytes:
        return block.lstrip(b"\0") if self._started else block  # padding, as on a tape

    def _make(self) -> Any:
        return zlib.decompressobj(_GZIP_BITS)

    def _step(self, block: bytes) -> tuple[bytes, bytes, bool]:
        try:
            made: bytes = self._part.decompress(block, _OUTPUT)
        except zlib.error as exc:
            raise self._refusal(exc) from None
        rest: bytes = self._part.unconsumed_tail
        return made, rest, bool(rest) or len(made) == _OUTPUT


class _Zstd(Inflater):
    name = "zstd"

    def __init__(self) -> None:
        super().__init__()
        self._zstd: Any = zstd_module()

    def _make(self) -> Any:
        return self._zstd.ZstdDecompressor()

    def _step(self, block: bytes) -> tuple[bytes, bytes, bool]:
        try:
            made: bytes = self._part.decompress(block, _OUTPUT)
        except self._zstd.ZstdError as exc:
            raise self._refusal(exc) from None
        return made, b"", not self._part.needs_input


def need(compression: str) -> None:
    """
    Refuse a *compression* that there is not.

    Raises:
        ValueError: It has another name.
        ImportError: It needs an extra that is not installed.
    """
    if compression not in _NAMES:
        raise ValueError(f"expected a compression of {', '.join(_NAMES)}, got {compression!r}")
    if compression == "zstd" and zstd_module() is None:
        raise ImportError("reading and writing zstd needs the extra: install symphony-types[zstd]")


def inflater(compression: str) -> Inflater | None:
    """Return what inflates *compression*; ``None`` for ``none``."""
    if compression == "none":
        return None
    return _Gzip() if compression == "gzip" else _Zstd()


def deflater(compression: str) -> Any:
    """Return an object with ``compress(data)`` and ``flush()`` for *compression*; ``None`` for ``none``."""
    if compression == "none":
        return None
    if compression == "gzip":
        return zlib.compressobj(wbits=_GZIP_BITS)
    zstd: Any = zstd_module()
    return zstd.ZstdCompressor()
