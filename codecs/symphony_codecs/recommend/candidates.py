"""`Candidate`: a format with a compression, and what a message in it costs."""

from __future__ import annotations

import math

from collections.abc import Iterator
from typing import Final

import attrs

from ..benchmark.break_even import Line
from ..benchmark.contender import OURS, Compression
from ..benchmark.report import NOISY_SPREAD, Report, Row, Timing


__all__ = ["Candidate", "candidate_name", "candidates_of"]

_NS: Final = 1e-9
# Of the median of normally distributed figures: its standard error times the root of their number, in quartile ranges.
_MEDIAN_ERROR: Final = 0.93


@attrs.frozen(kw_only=True)
class Candidate:
    """
    A format with a compression, as it was measured.

    Args:
        format: The codec's name.
        compression: The compression of each document.
        encode: Seconds to encode a message, and to compress it.
        decode: Seconds to inflate it, and to decode it.
        size: Bytes of a message, compressed.
        error: The standard error of `encode` and `decode` together, in seconds.
    """

    format: str
    compression: Compression
    encode: float
    decode: float
    size: float
    error: float = 0.0

    @property
    def name(self) -> str:
        """The format, and the compression if there is one."""
        return candidate_name(self.format, self.compression)

    def line(self, *, overlaps: bool) -> Line:
        """
        Return how long a message takes by the speed of a line.

        Args:
            overlaps: Whether encoding, sending and decoding of different messages go on at the same time: then the
                slowest of the three counts, otherwise their sum.
        """
        work = max(self.encode, self.decode) if overlaps else self.encode + self.decode
        return Line(self.name, work, self.size, overlaps)


def candidate_name(name: str, compression: Compression) -> str:
    """Return the name of a format with a compression in tables."""
    return name if compression == "none" else f"{name}+{compression}"


def candidates_of(report: Report) -> tuple[Candidate, ...]:
    """
    Return the codecs of a report that did not fail, each with the compressions that were measured.

    Rows in frames are left out, since a frame costs the same in every format.  Of two codecs of one format the
    registered one counts, or else the first.
    """
    found: dict[str, Candidate] = {}
    # Stable: the registered one first.
    for row in sorted(report.rows, key=lambda row: row.contender != OURS):
        if row.role == "codec" and not row.framed:
            for candidate in _candidate(row):
                found.setdefault(candidate.name, candidate)
    order = {row.format: index for index, row in reversed([*enumerate(report.rows)])}
    return tuple(sorted(found.values(), key=lambda candidate: order[candidate.format]))


def _candidate(row: Row) -> Iterator[Candidate]:
    if row.size is not None and row.encode_stream is not None and row.decode_stream is not None:
        yield Candidate(
            format=row.format,
            compression=row.compression,
            encode=row.encode_stream.median_ns * _NS,
            decode=row.decode_stream.median_ns * _NS,
            size=row.size,
            error=math.hypot(_error(row.encode_stream), _error(row.decode_stream)),
        )


def _error(timing: Timing) -> float:
    spread = NOISY_SPREAD if timing.spread is None else timing.spread
    return timing.median_ns * _NS * spread * _MEDIAN_ERROR / math.sqrt(timing.rounds)
