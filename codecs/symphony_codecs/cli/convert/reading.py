"""Reads a stretch of the input in blocks, and refuses a file that changes meanwhile."""

from __future__ import annotations

import sys

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from ..errors import FailedError
from .plan import ChangedError, Source


__all__ = ["opened", "read_blocks"]

_BLOCK: Final = 2**18


def read_blocks(source: Source, start: int, end: int) -> Iterator[bytes]:
    """
    Yield the bytes of the input from *start* to *end*; all of standard input.

    Raises:
        FailedError: It cannot be read.
        ChangedError: It is not any more what it was when the work was planned.
    """
    if not source.path:
        while block := _read(source, sys.stdin.buffer, _BLOCK):
            yield block
        return
    source.check()
    with opened(source) as file:
        file.seek(start)
        left = end - start
        while left:
            block = _read(source, file, min(left, _BLOCK))
            if not block:
                raise ChangedError(f"{source.path} changed while it was read: it ends at byte {end - left}")
            left -= len(block)
            yield block
    source.check()


def opened(source: Source) -> BinaryIO:
    """
    Open the input.

    Raises:
        FailedError: It cannot be read.
    """
    try:
        return Path(source.path).open("rb", buffering=0)
    except OSError as exc:
        raise _refusal(source, exc) from exc


def _read(source: Source, file: BinaryIO, size: int) -> bytes:
    try:
        return file.read(size)
    except OSError as exc:
        raise _refusal(source, exc) from exc


def _refusal(source: Source, exc: OSError) -> FailedError:
    return FailedError(f"cannot read {source.path or 'standard input'}: {exc.strerror or exc}")
