"""Measure contenders: first whether they give the values back, then bytes, time and memory of those that do."""

from __future__ import annotations

import gc

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import attrs

from .contender import Contender
from .report import Row
from .subject import TASKS, LocalSubject, Subject, TaskName, reason_of
from .timing import BATCH_NS, CLOCK, Clock, rotated, run_batches, summary


__all__ = ["OnStep", "Settings", "measure", "measure_subjects", "steps"]

_STREAMS: Final = ("encode_stream", "decode_stream")

# A callback for progress: the current step, the steps done, and the number of all steps.
OnStep: TypeAlias = Callable[[str, int, int], Any]


@attrs.frozen(kw_only=True)
class Settings:
    """
    The settings of a measurement.

    Args:
        rounds: Batches of each measurement; the median of them counts.
        first_calls: How often a first call is made; each takes milliseconds, so fewer do, or
            none at all.
        batch_ns: How long a batch is to take, about, in nanoseconds; one pass over the values is the least.
        tasks: The tasks to time.
        memory: Whether to measure memory.
        clock: Gives nanoseconds; by default those that the processor spends on the thread, where that is exact.
    """

    rounds: int = attrs.field(default=15, validator=attrs.validators.ge(1))
    first_calls: int = attrs.field(default=5, validator=attrs.validators.ge(0))
    batch_ns: int = attrs.field(default=BATCH_NS, validator=attrs.validators.ge(1))
    tasks: tuple[TaskName, ...] = TASKS
    memory: bool = True
    clock: Clock = CLOCK


@attrs.define
class _Entry:
    """A subject and its row, which has an error as soon as the subject has failed."""

    subject: Subject
    row: Row

    @property
    def is_plain(self) -> bool:
        """Whether documents are bare; of others, streams alone are timed."""
        return self.row.compression == "none" and not self.row.framed

    def fail(self, exc: Exception) -> None:
        self.row = attrs.evolve(_row_of(self.subject), error=reason_of(exc))


def _row_of(subject: Subject) -> Row:
    """Return the row of *subject* without figures."""
    return Row(
        contender=subject.name,
        format=subject.format,
        role=subject.role,
        compression=subject.compression,
        framed=subject.framed,
    )


def measure(
    contenders: Sequence[Contender],
    values: Sequence[Any],
    settings: Settings | None = None,
    on_step: OnStep = lambda _what, _done, _total: None,
) -> tuple[Row, ...]:
    """
    Measure all contenders on the same values, in this process.

    Each has to give every value back first: all are written, then all are read, in another order, and compared down
    to types.  Garbage collection stays on, as where the codecs are used; what is there before is taken out of it.

    Args:
        contenders: The participants.
        values: Distinct values; the first is the one that is written and read again and again.
        settings: How to measure.
        on_step: Told of each step, for a progress bar.

    Returns:
        A row for each contender, in their order.

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("expected one value at least, got none")
    how = settings or Settings()
    try:
        return measure_subjects([LocalSubject(entry, values, how.clock) for entry in contenders], how, on_step)
    finally:
        gc.unfreeze()


def measure_subjects(subjects: Sequence[Subject], settings: Settings, on_step: OnStep) -> tuple[Row, ...]:
    """Measure subjects, wherever they are; otherwise as `measure`."""
    progress = _Progress(on_step, steps(len(subjects), settings))
    entries = [_Entry(one, _row_of(one)) for one in subjects]
    for entry in entries:
        try:
            sizes = entry.subject.check()
            entry.row = attrs.evolve(entry.row, size=sizes.plain, size_p50=sizes.p50, size_p99=sizes.p99)
            if entry.is_plain:
                entry.row = attrs.evolve(entry.row, document_size=sizes.plain, compressed_size=sizes.compressed)
        except Exception as exc:  # noqa: BLE001 - whatever a contender raises is its result
            entry.fail(exc)
        progress.step(f"check {entry.row.contender} in {entry.row.format}")
    _time(entries, settings, progress)
    _time_first_calls(entries, settings, progress)
    if settings.memory:
        _weigh(entries)
    progress.step("memory")
    return tuple(entry.row for entry in entries)


def steps(contenders: int, settings: Settings) -> int:
    """Return how many steps a measurement of so many contenders has."""
    return contenders + settings.rounds + settings.first_calls + 1


class _Progress:
    def __init__(self, on_step: OnStep, total: int) -> None:
        self._on_step = on_step
        self._total = total
        self._done = 0

    def step(self, what: str) -> None:
        self._done += 1
        self._on_step(what, self._done, self._total)


def _time(entries: Sequence[_Entry], how: Settings, progress: _Progress) -> None:
    # All tasks of all contenders in each round: a slow minute of the machine is then a part of every measurement,
    # and no measurement's own.
    tasks = {
        (index, name): entry.subject.task(name)
        for index, entry in enumerate(entries)
        if entry.row.error is None
        for name in how.tasks
        if entry.is_plain or name in _STREAMS
    }
    batches = run_batches(
        tasks, how.rounds, batch_ns=how.batch_ns, clock=how.clock, on_round=lambda: progress.step("measure")
    )
    for (index, name), timing in batches.timings.items():
        found: dict[str, Any] = {name: timing}
        entries[index].row = attrs.evolve(entries[index].row, **found)
    for (index, _), exc in batches.errors.items():
        entries[index].fail(exc)


def _time_first_calls(entries: Sequence[_Entry], how: Settings, progress: _Progress) -> None:
    able = [entry for entry in entries if entry.row.error is None and entry.is_plain]
    taken: list[list[tuple[int, int]]] = [[] for _ in able]
    for turn in range(how.first_calls):
        for index in rotated(range(len(able)), turn):
            if able[index].row.error is None:
                try:
                    taken[index].append(able[index].subject.first())
                except Exception as exc:  # noqa: BLE001 - whatever a contender raises is its result
                    able[index].fail(exc)
        progress.step("first call")
    for entry, calls in zip(able, taken, strict=True):
        if calls and entry.row.error is None:
            encode, decode = zip(*calls, strict=True)
            entry.row = attrs.evolve(entry.row, encode_first=summary(encode), decode_first=summary(decode))


def _weigh(entries: Sequence[_Entry]) -> None:
    for entry in entries:
        if entry.row.error is None and entry.is_plain:
            try:
                found = entry.subject.weigh()
                entry.row = attrs.evolve(
                    entry.row, encode_peak=found.encode_peak, decode_peak=found.decode_peak, held=found.held
                )
            except Exception as exc:  # noqa: BLE001 - whatever a contender raises is its result
                entry.fail(exc)
