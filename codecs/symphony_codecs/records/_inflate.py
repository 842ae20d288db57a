"""Compressed streams, block by block, without I/O: gzip with its members, zstd with its frames."""

from __future__ import annotations

import contextlib
import re
import zlib

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Final

from ..framing.compression import zstd_module
from ..framing.errors import RemoteFrameError


__all__ = ["COMPRESSED", "Inflater", "deflater", "inflater", "need"]

COMPRESSED: Final = {".gz": "gzip", ".zst": "zstd"}
"""The compression of a file by the extension of its name, in lower case."""

_GZIP_BITS: Final = 31  # zlib's window bits: 32 KiB, with the header and the trailer of gzip
_OUTPUT: Final = 256 * 1024
_PIECE: Final = 4 * 1024
_ZEROS: Final = re.compile(rb"\0*")
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
        self._holds_output = False

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Yield what *block* inflates to; `RemoteFrameError` (``bad_compression``) for what is not compressed so."""
        at = 0
        while True:
            if self._part is None:
                at = self._next_part(block, at)
                if at == len(block):
                    return
                self._part, self._started = self._make(), True
            # What is made before damage is lost with the call that finds it, and what is behind a member is copied.
            piece = b"" if self._holds_output else block[at : at + _PIECE]
            if not piece and not self._holds_output:
                return
            made, rest = self._step(piece)
            at += len(piece) - rest
            if made:
                yield made
            if self._part.eof:
                self._part, self._holds_output = None, False

    def feed_eof(self) -> None:
        """Take the end; `RemoteFrameError` (``truncated``) where compressed data goes on."""
        if self._part is not None or not self._started:
            raise RemoteFrameError("truncated", f"expected the rest of the {self.name} data, got the end")

    def _next_part(self, block: bytes, at: int) -> int:
        """Return where the next member or frame begins."""
        return at

    def _refusal(self, exc: Exception) -> RemoteFrameError:
        return RemoteFrameError("bad_compression", f"expected {self.name} data, got what cannot be read: {exc}")

    @abstractmethod
    def _make(self) -> Any:
        """Return a decompressor for the next member or frame."""

    @abstractmethod
    def _step(self, piece: bytes) -> tuple[bytes, int]:
        """Return some output, and how many bytes of *piece* were not used; note whether there is more output."""


class _Gzip(Inflater):
    name = "gzip"

    def __init__(self) -> None:
        super().__init__()
        self._damage: RemoteFrameError | None = None

    def _next_part(self, block: bytes, at: int) -> int:
        if not self._started:
            return at
        zeros = _ZEROS.match(block, at)  # padding, as on a tape
        assert zeros is not None  # the pattern matches nothing as well
        return zeros.end()

    def _make(self) -> Any:
        return zlib.decompressobj(_GZIP_BITS)

    def _step(self, piece: bytes) -> tuple[bytes, int]:
        if self._damage is not None:
            raise self._damage
        part = self._part
        before = part.copy()
        try:
            made: bytes = part.decompress(piece, _OUTPUT)
        except zlib.error as exc:
            self._damage = self._refusal(exc)
            self._holds_output = True
            return self._intact(before, piece), 0
        rest = len(part.unused_data if part.eof else part.unconsumed_tail)
        self._holds_output = len(made) == _OUTPUT and not rest
        return made, rest

    @staticmethod
    def _intact(part: Any, piece: bytes) -> bytes:
        """Return what *piece* inflates to before its damage."""
        made: list[bytes] = []
        with contextlib.suppress(zlib.error):
            made.extend(part.decompress(piece[at : at + 1]) for at in range(len(piece)))
        return b"".join(made)


class _Zstd(Inflater):
    name = "zstd"

    def __init__(self) -> None:
        super().__init__()
        self._zstd: Any = zstd_module()

    def _make(self) -> Any:
        return self._zstd.ZstdDecompressor()

    def _step(self, piece: bytes) -> tuple[bytes, int]:
        part = self._part
        try:
            made: bytes = part.decompress(piece, _OUTPUT)
        except self._zstd.ZstdError as exc:
            raise self._refusal(exc) from None
        self._holds_output = not part.eof and not part.needs_input
        return made, len(part.unused_data)


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
