"""Converts records to standard output, without parts: an interruption loses nothing but time."""

from __future__ import annotations

import sys

from collections.abc import Iterable
from typing import Final

from symphony_types.traits.validatable import Issue

from ..errors import UsageError, printable
from ..streams import is_terminal
from .plan import Conversion, Part, Source
from .reading import read_blocks
from .recoders import recoder_of


__all__ = ["convert_to_stdout"]

_MOST_SHOWN: Final = 20


class _ShownBadRecords:
    """Writes the first bad records to standard error, and counts all."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.count = 0

    def add(self, offset: int, size: int, issues: Iterable[Issue], data: bytes) -> None:
        self.count += 1
        if self.count <= _MOST_SHOWN:
            for issue in issues:
                sys.stderr.write(f"symphony: {printable(f'{self._name}, byte {offset}: {issue}')}\n")


def convert_to_stdout(conversion: Conversion, source: str, *, quiet: bool, force: bool) -> int:
    """
    Convert all records.

    Args:
        conversion: What becomes of each record.
        source: The input's path, or ``-``.
        quiet: Show no summary of bad records.
        force: Write binary to a terminal.

    Returns:
        The exit code: 1 if there are bad records.

    Raises:
        UsageError: The output is binary and standard output a terminal, or the input cannot be read.
        FailedError: The input changed while it was read.
    """
    recoder = recoder_of(conversion)
    if recoder.is_binary and is_terminal() and not force:
        raise UsageError("the output is binary and standard output a terminal: give OUT, or --force")
    found = Source.of_argument(source)
    bad = _ShownBadRecords("standard input" if source == "-" else source)
    sys.stdout.flush()
    recoder.convert(read_blocks(found, 0, found.size), Part(start=0, end=found.size), sys.stdout.buffer, bad)
    if bad.count and not quiet:
        sys.stderr.write(f"symphony: {bad.count} bad record{'s' * (bad.count != 1)}\n")
    return 1 if bad.count else 0
