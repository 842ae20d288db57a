"""Where an input is cut into parts, so that no record lies in two of them."""

from __future__ import annotations

import itertools

from collections.abc import Iterator
from typing import BinaryIO, Final

from ...records._spans import Fault
from .plan import Part, Source
from .reading import opened, read_blocks
from .recode import Recoder


__all__ = ["DEFAULT_PART_SIZE", "split"]

DEFAULT_PART_SIZE: Final = 2**24
"""Bytes of a part; a worker reads one in a fraction of a second."""

_BLOCK: Final = 2**16
# The byte that stands between records and in none, and whether it belongs to the one before it.
_DELIMITERS: Final = {"newline": (b"\n", True), "json-sequence": (b"\x1e", False)}


def split(source: Source, recoder: Recoder, part_size: int) -> tuple[Part, ...]:
    """
    Return the parts of an input, which depend on nothing but the arguments.

    Compressed inputs, and standard input, are one part.

    Args:
        source: The input.
        recoder: What cuts records out of it.
        part_size: How long parts are at least, in bytes.

    Raises:
        FailedError: The input cannot be read, or changed meanwhile.
    """
    if not source.path or recoder.is_compressed or source.size <= part_size:
        return (Part(start=0, end=source.size),)
    if recoder.framing in _DELIMITERS:
        byte, belongs_before = _DELIMITERS[recoder.framing]
        with opened(source) as file:
            cuts = list(_between_delimiters(file, source.size, part_size, byte, belongs_before=belongs_before))
    else:
        cuts = list(_between_records(source, recoder, part_size))
    edges = (0, *(cut for cut in cuts if cut < source.size), source.size)
    return tuple(Part(start=start, end=end) for start, end in itertools.pairwise(edges))


def _between_delimiters(
    file: BinaryIO, size: int, part_size: int, byte: bytes, *, belongs_before: bool
) -> Iterator[int]:
    """Yield cuts that a look at few bytes finds."""
    position = part_size
    while position < size:
        # A delimiter right before the position will do.
        cut = _find(file, byte, position - belongs_before)
        if cut is None:
            return
        yield cut + belongs_before
        position = cut + belongs_before + part_size


def _find(file: BinaryIO, byte: bytes, position: int) -> int | None:
    file.seek(position)
    while block := file.read(_BLOCK):
        found = block.find(byte)
        if found >= 0:
            return position + found
        position += len(block)
    return None


def _between_records(source: Source, recoder: Recoder, part_size: int) -> Iterator[int]:
    """Yield cuts that take one pass over all records, whose contents are skipped."""
    begin = 0
    for found in recoder.split(read_blocks(source, 0, source.size), 0):
        if isinstance(found, Fault):
            continue
        for offset, size, _ in found:
            if offset + size - begin >= part_size:
                begin = offset + size
                yield begin
