"""The results of a benchmark, as plain data that a file keeps."""

from __future__ import annotations

import datetime as dt
import math

from typing import Final, TypeAlias

import attrs
import orjson

from symphony_types._restorable import RestorableError

from ..errors import DecodeError
from ..registry import get_codec
from .contender import Compression, Role
from .environment import Environment


__all__ = ["NOISY_SPREAD", "CompressedSize", "FieldSize", "Rates", "Report", "ReportError", "Row", "RowKey", "Timing"]

RowKey: TypeAlias = tuple[str, str, Compression, bool]
"""Format, contender, compression, and whether documents are in frames: what tells rows of a report apart."""

# The middle half of the batches of a quiet machine lies within a few per cent.
NOISY_SPREAD = 0.1

# Of the file; it changes with what fields mean or are called.
_VERSION: Final = 2
_MARK: Final = "symphony_bench"


class ReportError(RestorableError, ValueError):
    """A file is no report of a benchmark, or one of another version; the message says which."""


@attrs.frozen(kw_only=True)
class Timing:
    """
    The time for a call.

    Args:
        median_ns: The median of the batches, in nanoseconds for a call.
        min_ns: The fastest batch.
        spread: The middle half of the batches (interquartile range), as a part of the median; ``None`` of one batch.
        rounds: How many batches there were.
        batches: Each of them, in their order, in nanoseconds for a call; empty where they were not kept.
    """

    median_ns: float
    min_ns: float
    spread: float | None
    rounds: int
    batches: tuple[float, ...] = ()

    @property
    def noisy(self) -> bool:
        """Whether the median says little: the batches differ by more than a tenth, or there was but one."""
        return self.spread is None or self.spread > NOISY_SPREAD

    @property
    def calls_per_second(self) -> float | None:
        """The number of calls of one thread in a second; ``None`` where the clock saw no time pass."""
        calls = 1e9 / self.median_ns if self.median_ns else math.inf
        return calls if math.isfinite(calls) else None


@attrs.frozen(kw_only=True)
class Rates:
    """
    The amounts that one thread encodes and decodes in a second; ``None`` where that was not measured.

    Args:
        encode: Encoding.
        decode: Decoding.
    """

    encode: float | None = None
    decode: float | None = None


@attrs.frozen(kw_only=True)
class FieldSize:
    """
    The mean size of a field in documents.

    Args:
        path: The field, such as ``payload.params`` or ``lines[].price``; ``(structure)`` for the bytes that belong to
            none; empty for a document that has no fields.
        codec: The codec's name.
        size: The mean over the values, in bytes, the field's name included.
    """

    path: str
    codec: str
    size: float


@attrs.frozen(kw_only=True)
class CompressedSize:
    """
    The effect of compression on messages of one length.

    Args:
        codec: The codec's name.
        compression: The compression of each message alone.
        size: Their length before, in bytes: documents cut to it.
        compressed: Their length behind it, in bytes; the mean.
        compress_ns: To compress one, in nanoseconds; the mean of the documents, the median of the rounds.
        decompress_ns: To inflate one, the same way.
    """

    codec: str
    compression: Compression
    size: int
    compressed: float
    compress_ns: float
    decompress_ns: float


@attrs.frozen(kw_only=True)
class Row:
    """
    The results of one contender.

    Args:
        contender: Its name.
        format: Its format.
        role: Whether it is a codec, a peer or a floor.
        error: Why it failed; then there are no figures.
        compression: The compression of each document alone; times include it.
        framed: Whether each document is a message in native frames of its own; times include writing and reading them.
        size: Of a document as it goes over the wire, compressed and framed, in bytes; the mean.
        size_p50: The median of these sizes; half of the documents are that long at most.
        size_p99: The 99th percentile of these sizes.
        document_size: Of a document before compression and frames, in bytes; the mean.
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
    compression: Compression = "none"
    framed: bool = False
    size: float | None = None
    size_p50: int | None = None
    size_p99: int | None = None
    document_size: float | None = None
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

    @property
    def key(self) -> RowKey:
        """The values that distinguish the row from the others of a report."""
        return (self.format, self.contender, self.compression, self.framed)

    @property
    def messages_per_second(self) -> Rates:
        """The number of messages of the stream that one thread encodes and decodes in a second."""
        return Rates(encode=_per_second(self.encode_stream, 1), decode=_per_second(self.decode_stream, 1))

    @property
    def mb_per_second(self) -> Rates:
        """The same in megabytes (10**6 bytes) of documents, before compression and frames."""
        size = self.size if self.document_size is None else self.document_size
        if size is None:
            return Rates()
        return Rates(
            encode=_per_second(self.encode_stream, size / 1e6), decode=_per_second(self.decode_stream, size / 1e6)
        )


def _per_second(timing: Timing | None, amount: float) -> float | None:
    calls = None if timing is None else timing.calls_per_second
    return None if calls is None else calls * amount


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
        rows: The results.
        skipped: The contenders that did not take part, and why.
        fields: The sizes of the fields of a document, for each codec.
        compressing: The effect of compression by the length of messages.
        digest: Tells the values of two reports apart: a SHA-256 of their documents.
    """

    what: str
    values: int
    source: str
    rounds: int
    at: dt.datetime
    environment: Environment
    rows: tuple[Row, ...]
    skipped: tuple[str, ...] = ()
    fields: tuple[FieldSize, ...] = ()
    compressing: tuple[CompressedSize, ...] = ()
    digest: str | None = None

    def to_json(self) -> bytes:
        """Return the report as indented JSON, ending in a newline: the file of ``--json`` and ``--save``."""
        document = {_MARK: _VERSION, **orjson.loads(get_codec("json").encode(self, Report))}
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def from_json(cls, data: bytes) -> Report:
        """
        Return the report that `to_json` wrote.

        Raises:
            ReportError: It is no report, or that of another version.
        """
        try:
            document = orjson.loads(data)
        except orjson.JSONDecodeError as exc:
            raise ReportError(f"expected a report of symphony bench, got what is no JSON: {exc}") from exc
        version = document.get(_MARK) if isinstance(document, dict) else None
        if version is None:
            raise ReportError(f"expected a report of symphony bench, got JSON without {_MARK!r}")
        if version != _VERSION:
            raise ReportError(
                f"expected a report of version {_VERSION}, got version {version}: measure again with --json"
            )
        try:
            return get_codec("json").decode(data, Report)
        except DecodeError as exc:
            raise ReportError(f"expected a report of symphony bench, got another document: {exc.reason}") from exc
