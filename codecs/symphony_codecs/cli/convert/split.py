"""Where an input is cut into parts, so that no record lies in two of them."""

from __future__ import annotations

import itertools

from collections.abc import Iterator
from typing import BinaryIO, Final

from symphony_types.message.ipc import FrameFlags, FrameType

from ...framing._limits import DEFAULT_MAX_PAYLOAD
from ...framing.errors import RemoteFrameError
from ...framing.hello import Hello
from ...records._layout import NATIVE
from ...records._spans import Fault
from ...records.capture import Damage, Frame, scan_frames
from .plan import Formats, Part, Source
from .reading import opened, read_blocks
from .recode import Recoder


__all__ = ["DEFAULT_PART_SIZE", "split"]

DEFAULT_PART_SIZE: Final = 2**24
"""Bytes of a part; a worker reads one in a fraction of a second."""

_BLOCK: Final = 2**16


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
    cuts: Iterator[tuple[int, Formats]]
    if recoder.framing == "newline":
        cuts = _between_lines(source, part_size)
    elif recoder.framing == NATIVE:
        cuts = _between_messages(source, recoder, part_size)
    else:
        cuts = _between_records(source, recoder, part_size)
    edges = [(0, ()), *(cut for cut in cuts if cut[0] < source.size), (source.size, ())]
    return tuple(
        Part(start=start, end=end, formats=formats) for (start, formats), (end, _) in itertools.pairwise(edges)
    )


def _between_lines(source: Source, part_size: int) -> Iterator[tuple[int, Formats]]:
    """Yield cuts that a look at few bytes finds."""
    position = part_size
    with opened(source) as file:
        # A line that ends right before the position will do.
        while (end := _find_line_end(file, position - 1)) is not None:
            yield end, ()
            position = end + part_size


def _find_line_end(file: BinaryIO, position: int) -> int | None:
    file.seek(position)
    while block := file.read(_BLOCK):
        found = block.find(b"\n")
        if found >= 0:
            return position + found + 1
        position += len(block)
    return None


def _between_records(source: Source, recoder: Recoder, part_size: int) -> Iterator[tuple[int, Formats]]:
    """Yield cuts that take one pass over all records, whose contents are skipped: between two that are whole."""
    begin = 0
    # Of a JSON text sequence, only what begins with RS is whole, which is not in the document.
    least = int(recoder.framing == "json-sequence")
    end = 0
    for found in recoder.split(read_blocks(source, 0, source.size), Part(start=0, end=source.size)):
        if isinstance(found, Fault):
            continue
        for offset, size, document in found:
            if size - len(document) < least:
                continue
            if offset == end and end - begin >= part_size:
                begin = end
                yield begin, ()
            end = offset + size


def _between_messages(source: Source, recoder: Recoder, part_size: int) -> Iterator[tuple[int, Formats]]:
    """
    Yield cuts between frames where no message is under way, with the formats that a Hello before them has named.

    Which messages are under way follows from the frames as in `NativeSplitter`.
    """
    begin = 0
    most = max(recoder.max_record, DEFAULT_MAX_PAYLOAD)
    following = None
    formats: Formats = ()
    under_way: set[int] = set()
    for found in scan_frames(read_blocks(source, 0, source.size), max_payload=most):
        if isinstance(found, Damage):
            continue
        header = found.header
        if following != header.sequence:
            under_way.clear()
        following = header.sequence + 1
        if not header.stream_id:
            if header.frame_type is FrameType.HELLO and found.checksum_holds:
                under_way.clear()
                formats = _formats(found, formats)
        elif not header.frame_type.is_known:
            pass
        elif FrameFlags.MORE_FRAGMENTS in header.flags:
            under_way.add(header.stream_id)
        else:
            under_way.discard(header.stream_id)
        end = found.offset + found.size
        if not under_way and end - begin >= part_size:
            begin = end
            yield begin, formats


def _formats(frame: Frame, before: Formats) -> Formats:
    try:
        hello = Hello.from_payload(frame.payload)
    except RemoteFrameError:
        return before
    return tuple((offer.id, offer.name) for offer in hello.formats)
