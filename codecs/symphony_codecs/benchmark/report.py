"""What a benchmark found, as plain data that a file keeps."""

from __future__ import annotations

import datetime as dt

import attrs
import orjson

from ..registry import get_codec
from .contender import Role
from .environment import Environment


__all__ = ["NOISY_SPREAD", "Report", "Row", "Timing"]

# The middle half of the batches of a quiet machine lies within a few per cent.
NOISY_SPREAD = 0.1


@attrs.frozen(kw_only=True)
class Timing:
    """
    How long a call takes.

    Args:
        median_ns: The median of the batches, in nanoseconds for a call.
        min_ns: The fastest batch.
        spread: The middle half of the batches (interquartile range), as a part of the median; ``None`` of one batch.
        rounds: How many batches there were.
    """

    median_ns: float
    min_ns: float
    spread: float | None
    rounds: int

    @property
    def noisy(self) -> bool:
        """Whether the median says little: the batches differ by more than a tenth, or there was but one."""
        return self.spread is None or self.spread > NOISY_SPREAD


@attrs.frozen(kw_only=True)
class Row:
    """
    What was found of one contender.

    Args:
        contender: Its name.
        format: Its format.
        role: Whether it is a codec, a peer or a floor.
        error: Why it failed; then there are no figures.
        size: Of a document, in bytes; the mean.
        compressed_size: Of a document alone through zlib (level 6), in bytes; the mean.
        encode_hot: To write one and the same value.
        decode_hot: To read one and the same document.
        encode_stream: To write each of the distinct values in turn, and keep the documents meanwhile.
        decode_stream: To read each of the distinct documents in turn, and keep the values meanwhile.
        encode_first: To make the function that writes, and use it once.
        decode_first: To make the function that reads, and use it once.
        encode_peak: Memory that writing the largest document takes at most, in bytes, result included, as far as
            Python allocates it.
        decode_peak: The same for reading it.
        held: By how much the process grows for each value that it reads and keeps, in bytes; ``None`` where the
            contender has no process of its own.
    """

    contender: str
    format: str
    role: Role
    error: str | None = None
    size: float | None = None
    compressed_size: float | None = None
    encode_hot: Timing | None = None
    decode_hot: Timing | None = None
    encode_stream: Timing | None = None
    decode_stream: Timing | None = None
    encode_first: Timing | None = None
    decode_first: Timing | None = None
    encode_peak: int | None = None
    decode_peak: int | None = None
    held: float | None = None


@attrs.frozen(kw_only=True)
class Report:
    """
    A run of the benchmark.

    Args:
        what: The work or the type, for people.
        values: How many distinct values there were.
        source: Where they come from, for people.
        rounds: Batches of each measurement.
        at: When it ended.
        environment: The machine, Python, and the versions.
        rows: What was found.
        skipped: Who did not take part, and why.
    """

    what: str
    values: int
    source: str
    rounds: int
    at: dt.datetime
    environment: Environment
    rows: tuple[Row, ...]
    skipped: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """Return the report as indented JSON, ending in a newline."""
        document = orjson.loads(get_codec("json").encode(self, Report))
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def from_json(cls, data: bytes) -> Report:
        """
        Return the report that `to_json` wrote.

        Raises:
            DecodeError: It is none.
        """
        return get_codec("json").decode(data, Report)
