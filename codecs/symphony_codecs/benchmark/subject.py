"""A contender with values to work on: what `measure` asks of it, be it in this process or in one of its own."""

from __future__ import annotations

import gc
import statistics
import tracemalloc
import zlib

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, Protocol, TypeAlias

import attrs

from symphony_types._restorable import RestorableError

from .._issues import brief
from ..errors import DecodeError, EncodeError
from .contender import Compression, Contender, Decode, Encode, Role
from .sameness import difference
from .timing import Batchable, Clock, Task


__all__ = ["TASKS", "ContenderError", "LocalSubject", "Sizes", "Subject", "TaskName", "Weights", "reason_of"]

TaskName: TypeAlias = Literal["encode_hot", "decode_hot", "encode_stream", "decode_stream"]

TASKS: Final[tuple[TaskName, ...]] = ("encode_hot", "decode_hot", "encode_stream", "decode_stream")
_COMPRESSION: Final = 6
_REASON: Final = 160
_MORE: Final = " ..."


class ContenderError(RestorableError):
    """Why a contender has failed; the message is all there is to say."""


@attrs.frozen
class Sizes:
    """
    The lengths of documents in bytes.

    Args:
        plain: As written; the mean.
        compressed: Each alone through zlib (level 6); the mean.
        p50: The median as written, of which half are that long at most.
        p99: The 99th percentile.
    """

    plain: float
    compressed: float
    p50: int
    p99: int


@attrs.frozen
class Weights:
    """
    Memory, in bytes.

    Args:
        encode_peak: The most memory that writing the largest document takes, as far as Python allocates it.
        decode_peak: The same for reading it.
        held: By how much the process grows for each value that it reads and keeps; ``None`` where it cannot be told.
    """

    encode_peak: int
    decode_peak: int
    held: float | None = None


class Subject(Protocol):
    """
    A contender with its values.  An exception of a method is the reason of its failure.

    Attributes:
        name: As `Contender.name`.
        format: As `Contender.format`.
        role: As `Contender.role`.
        compression: As `Contender.compression`.
        framed: As `Contender.framed`.
    """

    @property
    def name(self) -> str: ...

    @property
    def format(self) -> str: ...

    @property
    def role(self) -> Role: ...

    @property
    def compression(self) -> Compression: ...

    @property
    def framed(self) -> bool: ...

    def check(self) -> Sizes:
        """Write all values, read them, and compare; whoever does not give one back has failed."""
        ...

    def task(self, name: TaskName) -> Batchable:
        """Return what is timed; after `check`."""
        ...

    def first(self) -> tuple[int, int]:
        """Return how long first calls take that write and that read, in nanoseconds; after `check`."""
        ...

    def weigh(self) -> Weights:
        """Measure memory; after `check`."""
        ...


def reason_of(exc: Exception) -> str:
    """Return what *exc* says on one line that steers no terminal, and not all of it: libraries quote data."""
    name = "" if isinstance(exc, ContenderError) else type(exc).__name__
    said = brief(*exc.issues) if isinstance(exc, (EncodeError, DecodeError)) else str(exc)
    text = ": ".join(part for part in (name, " ".join(said.split())) if part)
    text = "".join(c if c.isprintable() else "?" for c in text)
    if len(text) <= _REASON:
        return text
    start = text[: _REASON - len(_MORE)]
    # Best at the end of a sentence, else between words; a text without either is cut where there is no more room.
    end = max(start.rfind(". ") + 1, start.rfind("; ") + 1) or start.rfind(" ")
    return f"{start[: end if end > _REASON // 3 else None]}{_MORE}"


def _percentile(ordered: Sequence[int], percent: int) -> int:
    """Return the least of *ordered* that so many per cent of them do not exceed (nearest rank)."""
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1]


class LocalSubject:
    """
    A contender in this process.

    Args:
        contender: Who.
        values: Distinct values; the first is the one that is written and read again and again.
        clock: Gives nanoseconds.

    Attributes:
        documents: The documents that it has written; after `check`.
    """

    def __init__(self, contender: Contender, values: Sequence[Any], clock: Clock) -> None:
        self.name = contender.name
        self.format = contender.format
        self.role: Role = contender.role
        self.compression: Compression = contender.compression
        self.framed = contender.framed
        self._contender = contender
        self._given = values
        self._clock = clock
        self._values: list[Any] = []
        self.documents: list[bytes] = []
        self._encode: Encode
        self._decode: Decode

    def check(self) -> Sizes:
        """Write all values, read them, and compare."""
        own = self._values = [self._contender.adapt(value) for value in self._given]
        self._encode, self._decode = self._contender.encode(), self._contender.decode()
        documents = self.documents = [self._encode(value) for value in own]
        # Backwards: one that keeps the last value, not its bytes, is found out.
        for number in reversed(range(len(own))):
            where = difference(own[number], self._decode(documents[number]))
            if where is not None:
                at = f" at {where}" if where else ""
                raise ContenderError(f"value {number + 1} of {len(own)} does not come back the same{at}")
        lengths = sorted(map(len, documents))
        sizes = Sizes(
            statistics.fmean(lengths),
            statistics.fmean(len(zlib.compress(data, _COMPRESSION)) for data in documents),
            _percentile(lengths, 50),
            _percentile(lengths, 99),
        )
        # Otherwise the next contender would pay for the collection of existing objects.
        gc.collect()
        gc.freeze()
        return sizes

    def task(self, name: TaskName) -> Batchable:
        """Return what is timed."""
        call, items = (self._encode, self._values) if name.startswith("encode") else (self._decode, self.documents)
        hot = name.endswith("hot")
        return Task(call, items[:1] if hot else items, keep=not hot)

    def first(self) -> tuple[int, int]:
        """Return how long first calls of new functions take."""
        return (
            self._first(self._contender.encode, self._values[0]),
            self._first(self._contender.decode, self.documents[0]),
        )

    def _first(self, make: Callable[[], Callable[[Any], Any]], item: Any) -> int:
        start = self._clock()
        make()(item)
        return self._clock() - start

    def weigh(self) -> Weights:
        """Measure memory with the largest document."""
        largest = max(range(len(self.documents)), key=lambda number: len(self.documents[number]))
        return Weights(
            _peak(self._encode, self._values[largest]),
            _peak(self._decode, self.documents[largest]),
        )


def _peak(call: Callable[[Any], Any], item: Any) -> int:
    """Return what a call takes at most; tracing slows everything down, so nothing is timed meanwhile."""
    tracing = tracemalloc.is_tracing()
    if not tracing:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        result = call(item)
        _, peak = tracemalloc.get_traced_memory()
        del result
    finally:
        if not tracing:
            tracemalloc.stop()
    return max(peak - before, 0)
