"""Time the contenders that give equal values at a point, in turn."""

from __future__ import annotations

import gc

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from symphony_codecs.benchmark.sameness import difference
from symphony_codecs.benchmark.timing import Task, run_batches

from .cases import Case
from .contenders import CONTENDERS, Functions
from .points import Point


__all__ = ["DETAILED", "GOOD", "OURS", "Cell", "Settings", "measure"]

OURS: Final = "symphony"
DETAILED: Final = "cattrs, detailed"
GOOD: Final = "symphony, good document"
_REASON: Final = 160
# A special document and the dimensions that it needs.
_FEW: Final = 3
# Above this size values are compared without their types, which the same point with fewer records checks.
_DEEP: Final = 10_000
# Bytes of a document above which each contender runs one batch: one call takes longer than all batches elsewhere.
_LARGE: Final = 8_000_000


@attrs.frozen(kw_only=True)
class Settings:
    """
    How to measure.

    Args:
        rounds: Batches of each contender.
        batch_ns: The approximate minimum duration of a batch, in nanoseconds.
        contenders: The names of the contenders.
    """

    rounds: int = 5
    batch_ns: int = 1_500_000
    contenders: tuple[str, ...] = tuple(CONTENDERS)


@attrs.frozen(kw_only=True)
class Cell:
    """
    A point in one direction, and the measurement.

    Args:
        point: The point.
        direction: ``encode`` or ``decode``.
        verdict: The document is ``valid``, ``invalid`` or ``malformed``.
        calls: Whether a Python function of the user runs for each record.
        times: Nanoseconds for one document, by contender.
        left_out: The reason why a contender does not take part, by contender.
        pure: Whether the engine was off.
    """

    point: Point
    direction: str
    verdict: str = "valid"
    calls: bool = False
    times: Mapping[str, float] = attrs.field(factory=dict)
    left_out: Mapping[str, str] = attrs.field(factory=dict)
    pure: bool = False


def measure(
    point: Point, settings: Settings, contenders: Mapping[str, Callable[[Case], Functions]] = CONTENDERS
) -> list[Cell]:
    """Return the cells of a point: both directions, or only decoding if the document is not in our form."""
    case = Case(point)
    tasks: dict[str, dict[str, Task]] = {"encode": {}, "decode": {}}
    left_out: dict[str, dict[str, str]] = {"encode": {}, "decode": {}}
    if point.document != "as written" and len(point.changes) <= _FEW:
        # Encoding at this point is the same as at the base.
        del tasks["encode"]
    try:
        size = len(memoryview(case.data))
    except Exception as exc:  # noqa: BLE001 - whatever is raised says that we cannot do it
        reason = _reason(exc)
        return [Cell(point=_point_of(point, name), direction=name, left_out={OURS: reason}) for name in tasks]
    for name in settings.contenders:
        _enter(name, case, contenders[name], tasks, left_out)
    # Keep the garbage collector from traversing these objects while contenders run.
    gc.collect()
    gc.freeze()
    cells = []
    for direction, entered in tasks.items():
        found = run_batches(entered, 1 if size > _LARGE else settings.rounds, batch_ns=settings.batch_ns)
        cells.append(
            Cell(
                point=_point_of(point, direction),
                direction=direction,
                verdict=case.document.verdict if direction == "decode" else "valid",
                calls=case.calls,
                times={name: timing.median_ns for name, timing in found.timings.items()},
                left_out={**left_out[direction], **{name: _reason(exc) for name, exc in found.errors.items()}},
            )
        )
    return cells


def _point_of(point: Point, direction: str) -> Point:
    # The bytes of encoding do not depend on the document to be decoded.
    return point if direction == "decode" else attrs.evolve(point, document="as written")


def _enter(
    name: str,
    case: Case,
    make: Callable[[Case], Functions],
    tasks: dict[str, dict[str, Task]],
    left_out: dict[str, dict[str, str]],
) -> None:
    """Add the tasks of a contender for each direction in which it gives equal values."""
    verdict = case.document.verdict
    try:
        functions = make(case)
    except Exception as exc:  # noqa: BLE001 - whatever a contender raises is its result
        for direction in tasks:
            left_out[direction][name] = _reason(exc)
        return
    if "encode" in tasks and name != DETAILED:
        try:
            _check(functions, functions.encode(functions.value), name)
            tasks["encode"][name] = Task(functions.encode, [functions.value])
        except Exception as exc:  # noqa: BLE001 - as above
            left_out["encode"][name] = _reason(exc)
    if verdict == "valid" and name != DETAILED:
        _enter_decoding(name, case, functions, tasks["decode"], left_out["decode"])
    elif (verdict == "malformed" and name != DETAILED) or (verdict == "invalid" and name not in {"cattrs", "bare"}):
        _enter_refusal(name, case, functions, tasks["decode"], left_out["decode"])


def _enter_decoding(
    name: str, case: Case, functions: Functions, tasks: dict[str, Task], left_out: dict[str, str]
) -> None:
    try:
        data = case.data
        try:
            _check(functions, data, name)
        except Exception:
            # Use the contender's own document of the same values, unless the point is about the form.
            if not case.plain or case.point.document != "as written":
                raise
            data = functions.encode(functions.value)
            _check(functions, data, name)
        tasks[name] = Task(functions.decode, [data])
    except Exception as exc:  # noqa: BLE001 - as above
        left_out[name] = _reason(exc)


def _enter_refusal(
    name: str, case: Case, functions: Functions, tasks: dict[str, Task], left_out: dict[str, str]
) -> None:
    data, decode = case.data, functions.decode

    def refused(data: Any) -> bool:
        try:
            decode(data)
        except Exception:  # noqa: BLE001 - what is timed
            return True
        return False

    if not refused(data):
        left_out[name] = "takes the document"
        return
    tasks[name] = Task(refused, [data])
    if name == OURS:
        tasks[GOOD] = Task(decode, [case.good])


def _check(functions: Functions, data: Any, name: str) -> None:
    found = functions.decode(data)
    if name == "bare":
        return
    if isinstance(found, list) and len(found) > _DEEP:
        where = None if found == functions.value else ""
    else:
        where = difference(functions.value, found)
    if where is not None:
        raise ValueError(f"does not give the same value at {where or 'the root'}")


def _reason(exc: BaseException) -> str:
    text = " ".join(f"{type(exc).__name__}: {exc}".split())
    return text if len(text) <= _REASON else f"{text[: _REASON - 3]}..."
