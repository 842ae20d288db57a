"""
Compressed payloads: zlib (RFC 1950) always, zstd (RFC 8878) with the extra ``zstd``.

A peer chooses what its bytes inflate to, so the caller's limit bounds the
output, and 8 MiB zstd's window, as RFC 8878, section 3.1.1.1.2, recommends
(zlib's ends at 32 KiB).  One payload holds exactly one zlib stream or zstd frame.
"""

from __future__ import annotations

import sys
import zlib

from types import ModuleType
from typing import Any, Final

from typing_extensions import Buffer

from symphony_types.checks import describe
from symphony_types.message.ipc import FrameCompression

from .errors import FrameError, LocalFrameError, RemoteFrameError


__all__ = ["available_compressions", "compress", "decompress", "zstd_module"]

_WINDOW_LOG: Final = 23
_ZSTD_MAGIC: Final = bytes.fromhex("28b52ffd")


def available_compressions() -> tuple[FrameCompression, ...]:
    """Return the compressions that work here, those that serve better first: zstd if it is there, zlib."""
    return (FrameCompression.ZLIB,) if zstd_module() is None else (FrameCompression.ZSTD, FrameCompression.ZLIB)


def compress(payload: Buffer, how: FrameCompression) -> bytes:
    """
    Return *payload*, any contiguous buffer, compressed at the library's usual level (zlib 6, zstd 3), or as it is.

    Raises:
        LocalFrameError: ``bad_compression``: *how* is none of them, or its
            library is not there.
    """
    if how is FrameCompression.ZLIB:
        return zlib.compress(payload)
    if how is FrameCompression.ZSTD:
        packed: bytes = _need_zstd(LocalFrameError).compress(payload)
        return packed
    if how is FrameCompression.NONE:
        return _as_bytes(payload)
    raise _unknown(how)


def decompress(payload: Buffer, how: FrameCompression, *, max_size: int) -> bytes:
    """
    Return what *payload* inflates to.

    Args:
        payload: Any contiguous buffer.
        how: The compression; ``NONE`` returns the bytes as they are.
        max_size: Of the result, in bytes, at least 0; exactly as many pass,
            and at most one byte more is made.

    Raises:
        RemoteFrameError: ``too_large`` beyond *max_size*;
            ``bad_compression`` for other than one whole stream of this
            compression, for a zstd window above 8 MiB, and without the library.
        LocalFrameError: *how* is not a compression, or *max_size* is negative.
    """
    if max_size < 0:
        raise LocalFrameError("too_large", f"expected a limit of at least 0 bytes, got {max_size}")
    if how is FrameCompression.ZLIB:
        return _inflate("zlib stream", zlib.decompressobj(), zlib.error, payload, max_size)
    if how is FrameCompression.ZSTD:
        zstd = _need_zstd(RemoteFrameError)
        # Not a skippable frame, which inflates to nothing whatever it holds, nor a format older than RFC 8878.
        if bytes(memoryview(payload)[:4]) != _ZSTD_MAGIC:
            raise RemoteFrameError("bad_compression", "expected a zstd frame, got other bytes")
        inflater = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})
        return _inflate("zstd frame", inflater, zstd.ZstdError, payload, max_size)
    if how is FrameCompression.NONE:
        return _limited(_as_bytes(payload), max_size)
    raise _unknown(how)


def _inflate(name: str, inflater: Any, failure: type[Exception], payload: Buffer, max_size: int) -> bytes:
    try:
        # One byte beyond the limit tells a stream that ends there from one that goes on.
        data: bytes = inflater.decompress(payload, min(max_size + 1, sys.maxsize))
    except failure as exc:
        raise RemoteFrameError("bad_compression", f"expected a {name}, got one that cannot be read: {exc}") from exc
    _limited(data, max_size)
    if not inflater.eof:
        raise RemoteFrameError("bad_compression", f"expected a whole {name}, got a part of one")
    if inflater.unused_data:
        count = len(inflater.unused_data)
        raise RemoteFrameError("bad_compression", f"expected the end of the {name}, got {count} more bytes")
    return data


def zstd_module() -> ModuleType | None:
    """Return the module that does zstd, or ``None`` where it is not installed."""
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:  # a CPython may be built without it, too
        return None
    return zstd


def _need_zstd(kind: type[FrameError]) -> Any:
    zstd = zstd_module()
    if zstd is None:
        raise kind("bad_compression", "expected zstd, which needs the extra: install symphony-types[zstd]")
    return zstd


def _unknown(how: object) -> LocalFrameError:
    return LocalFrameError("bad_compression", f"expected a FrameCompression, got {describe(how)}")


def _limited(data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise RemoteFrameError("too_large", f"expected a payload of at most {limit} bytes once inflated, got more")
    return data


def _as_bytes(payload: Buffer) -> bytes:
    return payload if type(payload) is bytes else bytes(memoryview(payload))
