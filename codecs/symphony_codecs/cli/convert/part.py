"""Converts one part: a plain function of what can be pickled, so that threads, processes and clusters run the same."""

from __future__ import annotations

import os
import signal
import threading

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import attrs

from .bad import BadRecords
from .plan import Conversion, Counts, Part, Source
from .reading import read_blocks
from .recoders import recoder_of


__all__ = ["Task", "become_worker", "convert_part"]


@attrs.frozen(kw_only=True)
class Task:
    """
    What a worker gets.

    Args:
        conversion: What becomes of each record.
        source: The input.
        part: The stretch of it.
        output: The file to write.
        bad: The file for bad records; it is made with the first.
    """

    conversion: Conversion
    source: Source
    part: Part
    output: str
    bad: str


def convert_part(task: Task, advance: Callable[[int], None] | None = None) -> Counts:
    """
    Write one part, and its bad records.

    Args:
        task: The part.
        advance: Called with the size of each block that is read.

    Raises:
        CommandError: The input changed, or a codec cannot be made.
        OSError: The input cannot be read, or the output not be written.
    """
    recoder = recoder_of(task.conversion)
    blocks: Iterable[bytes] = read_blocks(task.source, task.part.start, task.part.end)
    if advance is not None:
        blocks = _counted(blocks, advance)
    with Path(task.output).open("wb") as output, BadRecords(task.bad) as bad:
        records = recoder.convert(blocks, task.part, output, bad)
        return Counts(records=records, bad=bad.count, size=output.tell(), bad_size=bad.size)


def _counted(blocks: Iterable[bytes], advance: Callable[[int], None]) -> Iterator[bytes]:
    for block in blocks:
        yield block
        advance(len(block))


def become_worker() -> None:
    """Leave Ctrl-C to the process that started this one, and end when that ends, however it does."""
    import multiprocessing

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
