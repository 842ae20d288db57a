"""
Measure size, encoding and decoding of the works with every installed contender, using `symphony_codecs.benchmark`.

A contender that does not give equal values back is shown as failed and not timed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import importlib.util

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import attrs
import orjson

from symphony_codecs.benchmark import (
    Contender,
    Environment,
    RemoteSubject,
    Report,
    Row,
    Settings,
    measure_subjects,
)

from . import contenders, works
from .work import SEED, Work


__all__ = ["WORKS", "contenders_of", "measure", "seat", "skipped", "subject_of"]

WORKS: Final[tuple[Any, ...]] = works.ALL
_BAD: Final = works.bad_field


def skipped() -> tuple[str, ...]:
    """Return a line for each contender that cannot take part."""
    return tuple(
        f"{module.NAME}: {absent} is not installed"
        for module in contenders.ALL
        if (absent := _absent(module)) is not None
    )


def _absent(module: Any) -> str | None:
    return next((name for name in module.NEEDS if not _is_there(name)), None)


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        # The parent package is missing.
        return False


def contenders_of(work: Work) -> list[tuple[Contender, str]]:
    """
    Return the contenders of a work, format by format, each with the name of its module.

    Their functions take the numbers of values.
    """
    found = [
        (entry, module.__name__)
        for module in contenders.ALL
        if _absent(module) is None
        for entry in _of_module(work, module)
    ]
    order = list(dict.fromkeys(entry.format for entry, _ in found))
    return sorted(found, key=lambda pair: order.index(pair[0].format))


def _of_module(work: Work, module: Any) -> Sequence[Contender]:
    found = module.contenders(work)
    return list(_refusing(found) if work is _BAD else found)


def subject_of(work: Work, contender: Contender, module: str, first_calls: int) -> RemoteSubject:
    """Return a contender of a work that runs in a process of its own."""
    return RemoteSubject(
        name=contender.name,
        format=contender.format,
        role=contender.role,
        factory=f"{__name__}:seat",
        arguments=[work.NAME, module, contender.name, contender.format],
        first_calls=first_calls,
        environ=contender.environ,
    )


def seat(work_name: str, module: str, name: str, format_: str) -> tuple[Contender, Sequence[int]]:
    """Return a contender of a work, and the numbers of its values; called in the contender's process."""
    work = {work.NAME: work for work in WORKS}[work_name]
    found = {(entry.name, entry.format): entry for entry in _of_module(work, importlib.import_module(module))}
    return found[name, format_], range(work.COUNT)


def measure(
    settings: Settings,
    chosen: Sequence[Any] = WORKS,
    on_step: Callable[[str, int, int], Any] = lambda _what, _done, _total: None,
    wanted: Callable[[Contender], bool] = lambda _: True,
) -> list[Report]:
    """
    Return a report for each work.

    Args:
        settings: How to measure.
        chosen: The works; all by default.
        on_step: Called with each step of a work: its name, how many are done, and of how many.
        wanted: Returns whether a contender takes part; all do by default.
    """
    here, reports = Environment.here(), []
    for work in chosen:

        def step(what: str, done: int, total: int, name: str = work.NAME) -> None:
            on_step(f"{name}: {what}", done, total)

        with contextlib.ExitStack() as stack:
            subjects = [
                stack.enter_context(subject_of(work, entry, module, settings.first_calls))
                for entry, module in contenders_of(work)
                if wanted(entry)
            ]
            rows = measure_subjects(subjects, settings, step)
        if work is _BAD:
            rows = tuple(map(_without_encoding, rows))
        report = Report(
            what=work.NAME,
            values=work.COUNT,
            source=f"made with seed {SEED}",
            rounds=settings.rounds,
            at=dt.datetime.now(dt.UTC),
            environment=here,
            rows=rows,
            skipped=skipped(),
        )
        reports.append(report)
    return reports


def _refusing(found: Iterable[Contender]) -> Iterator[Contender]:
    """Yield contenders that must refuse a damaged JSON document; not floors and pickle, which check nothing."""
    for entry in found:
        if entry.format == "json" and entry.role != "floor":
            yield _refuser(entry)


def _refuser(entry: Contender) -> Contender:
    def damaged(number: int) -> bytes:
        return orjson.dumps(_BAD.damage(orjson.loads(entry.encode()(entry.adapt(number)))))

    def decode() -> Callable[[bytes], bytes]:
        read = entry.decode()

        def refuse(data: bytes) -> bytes:
            try:
                read(data)
            except Exception:  # noqa: BLE001 - each library has its own
                return data
            raise ValueError("expected the document to be refused")

        return refuse

    return attrs.evolve(entry, adapt=damaged, encode=lambda: bytes, decode=decode)


def _without_encoding(row: Row) -> Row:
    return attrs.evolve(row, encode_hot=None, encode_stream=None, encode_first=None, encode_peak=None)
