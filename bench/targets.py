"""
Check the codecs' performance targets: ``python -m bench.targets [--json FILE] [--rounds N] [WORK ...]``.

Each row is the ratio of our time to a peer's, on streams of distinct values, in one run, with each contender in a
process of its own and with default limits and strictness.  The ratio of the medians counts; the ratio of the fastest
batches, which other load disturbs least, is shown beside it.  The exit code is 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import sys

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from symphony_codecs.benchmark import (
    Contender,
    Environment,
    RemoteSubject,
    Row,
    Settings,
    Timing,
    codec_contenders,
    measure_subjects,
)

from . import first_decoder, wire
from .work import SEED, on_values
from .works import workflow


__all__ = ["Verdict", "besides", "main", "measure", "verdicts"]

_TASKS: Final = ("encode_stream", "decode_stream")
_OURS: Final = "symphony"
_PURE: Final = "symphony, pure"
_PEERS: Final = ("pydantic", "mashumaro", "adaptix", "adaptix, no trail", "serpyco-rs", "cattrs")
# Work, formats, the peer, and the limits of our time to the peer's for encoding and for decoding.
_EACH: Final = (
    ("envelope", ("json",), "floor: orjson", 0.8, 1.9),
    ("envelope", ("msgpack", "msgpack-compact"), "floor: msgpack", 1.1, 1.5),
    ("envelope", ("cbor",), "floor: cbor2", 0.5, 1.4),
    ("envelope", ("json", "msgpack"), "msgspec", 1.0, 0.7),
)
# Work, format, the peer, and the limit for encoding and decoding together.
_TOGETHER: Final = (("tree", "json", "cattrs", 0.20), ("tree", "json", "msgspec", 2.2))
_PEER_LIMIT: Final = 0.9
_PURE_LIMIT: Final = 1.1
_FEW, _MANY = 10, 1000
_LINEAR_LIMIT: Final = 1.15
_FIRST_LIMIT: Final = 1.0
_FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
# The name under which other processes import this module; as a program it is ``__main__``.
_SEAT: Final = "bench.targets:workflow_seat"


@attrs.frozen(kw_only=True)
class Verdict:
    """
    A row of the table.

    Args:
        work: The work.
        format: The format.
        what: ``encode``, ``decode``, or both.
        ours: The contender of this project.
        against: The contender that it is compared with.
        limit: The maximum of the ratio.
        ratio: Our median time to theirs; ``None`` if either contender failed.
        fastest_ratio: The ratio of the fastest batches.
        error: Which contender failed, and why.
        excused: Whether the other contender failed, so that there is no target.
    """

    work: str
    format: str
    what: str
    ours: str
    against: str
    limit: float
    ratio: float | None = None
    fastest_ratio: float | None = None
    error: str | None = None
    excused: bool = False

    @property
    def met(self) -> bool:
        """Whether the ratio is small enough."""
        return self.ratio is not None and self.ratio <= self.limit

    @property
    def missed(self) -> bool:
        """Whether the ratio is too large, or missing because this project failed."""
        return not self.met and not self.excused


def verdicts(work: str, rows: Sequence[Row]) -> Iterator[Verdict]:
    """Yield the verdict on each target of a work, from the rows of its report."""
    by = {(row.contender, row.format): row for row in rows}

    def versus(format_: str, who: str, limit: float, *tasks: str, ours: str = _OURS) -> Verdict:
        return _verdict(work, by[ours, format_], by[who, format_], limit, tasks)

    for name, formats, who, encode, decode in _EACH:
        for format_ in formats:
            if name == work and (who, format_) in by and (_OURS, format_) in by:
                yield versus(format_, who, encode, "encode")
                yield versus(format_, who, decode, "decode")
    for name, format_, who, limit in _TOGETHER:
        if name == work and (who, format_) in by and (_OURS, format_) in by:
            yield versus(format_, who, limit, "encode", "decode")
    for (who, format_), row in by.items():
        for task in ("encode", "decode"):
            # Works with a faulty document have no encoding.
            if row.error is None and _timing(row, task) is None:
                continue
            if who in _PEERS and (_OURS, format_) in by:
                yield versus(format_, who, _PEER_LIMIT, task)
            if who == "cattrs" and (_PURE, format_) in by:
                yield versus(format_, who, _PURE_LIMIT, task, ours=_PURE)


def _verdict(work: str, ours: Row, other: Row, limit: float, tasks: Sequence[str]) -> Verdict:
    found = Verdict(
        work=work,
        format=ours.format,
        what=" + ".join(tasks),
        ours=ours.contender,
        against=other.contender,
        limit=limit,
    )
    failed = next((row for row in (ours, other) if row.error is not None), None)
    if failed is not None:
        return attrs.evolve(found, error=f"{failed.contender}: {failed.error}", excused=failed.role != "codec")
    mine, theirs = [[_known(row, task) for task in tasks] for row in (ours, other)]
    return attrs.evolve(
        found,
        ratio=sum(timing.median_ns for timing in mine) / sum(timing.median_ns for timing in theirs),
        fastest_ratio=sum(timing.min_ns for timing in mine) / sum(timing.min_ns for timing in theirs),
    )


def _timing(row: Row, task: str) -> Timing | None:
    found: Timing | None = getattr(row, f"{task}_stream")
    return found


def _known(row: Row, task: str) -> Timing:
    timing = _timing(row, task)
    assert timing is not None
    return timing


# The time per node must not grow with the number of nodes of a workflow.


def workflow_seat(nodes: int, format_: str) -> tuple[Contender, Sequence[int]]:
    """Return a codec on workflows of *nodes* nodes each; the total number of nodes hardly depends on *nodes*."""
    as_type, values = workflow.make(None, 2 * _MANY // nodes, SEED, nodes=nodes)
    (found,) = codec_contenders(as_type, [format_])
    return on_values(found, values), range(len(values))


def _linear(settings: Settings, on_step: Callable[[str, int, int], Any]) -> Iterator[Verdict]:
    seats = [(format_, pure, nodes) for format_ in _FORMATS for pure in (False, True) for nodes in (_FEW, _MANY)]
    with contextlib.ExitStack() as stack:
        subjects = [
            stack.enter_context(
                RemoteSubject(
                    name=f"{nodes} nodes",
                    format=format_,
                    role="codec",
                    factory=_SEAT,
                    arguments=[nodes, format_],
                    first_calls=0,
                    environ={"SYMPHONY_PURE": "1"} if pure else {},
                )
            )
            for format_, pure, nodes in seats
        ]
        rows = measure_subjects(
            subjects,
            attrs.evolve(settings, tasks=("decode_stream",), first_calls=0, memory=False),
            lambda what, done, total: on_step(f"nodes: {what}", done, total),
        )
    for (format_, pure, _), few, many in zip(seats[::2], rows[::2], rows[1::2], strict=True):
        found = _verdict("workflow", _for_each(many, _MANY), _for_each(few, _FEW), _LINEAR_LIMIT, ["decode"])
        yield attrs.evolve(
            found, format=format_, what="decode a node", ours=f"{_PURE if pure else _OURS}, {_MANY} nodes"
        )


def _for_each(row: Row, nodes: int) -> Row:
    timing = row.decode_stream
    if timing is None:
        return row
    each = attrs.evolve(timing, median_ns=timing.median_ns / nodes, min_ns=timing.min_ns / nodes)
    return attrs.evolve(row, decode_stream=each)


def _first(settings: Settings) -> Verdict:
    ours, theirs = first_decoder.measure(settings.rounds)
    return Verdict(
        work="a new class of 8 fields",
        format="json",
        what="first decoder",
        ours=_OURS,
        against="cattrs",
        limit=_FIRST_LIMIT,
        ratio=ours.median_ns / theirs.median_ns,
        fastest_ratio=ours.min_ns / theirs.min_ns,
    )


def _takes_part(contender: Contender) -> bool:
    known = {_OURS, _PURE, *_PEERS, *(who for _, _, who, _, _ in _EACH), *(who for _, _, who, _ in _TOGETHER)}
    return contender.name in known


def measure(
    settings: Settings,
    works: Sequence[Any] = wire.WORKS,
    on_step: Callable[[str, int, int], Any] = lambda _what, _done, _total: None,
) -> list[Verdict]:
    """
    Return the verdicts on some works.

    Args:
        settings: How to measure.
        works: The works; if these are all works, targets that belong to none are included.
        on_step: Called with each step: its name, how many are done, and of how many.
    """
    found: list[Verdict] = []
    for report in wire.measure(settings, works, on_step, _takes_part):
        found += verdicts(report.what, report.rows)
    if list(works) == list(wire.WORKS):
        found += besides(settings, on_step)
    elif workflow in works:
        found += _linear(settings, on_step)
    return found


def besides(settings: Settings, on_step: Callable[[str, int, int], Any]) -> list[Verdict]:
    """Return the verdicts on targets that belong to no work."""
    return [*_linear(settings, on_step), _first(settings)]


def table(found: Iterable[Verdict]) -> Table:
    """Return the table for the terminal."""
    result = Table("work", "format", "what", "ours", "against", title="Our time to theirs", title_justify="left")
    for heading in ("ratio", "of fastest", "at most", ""):
        result.add_column(heading, justify="right")
    previous = None
    for one in found:
        if previous not in {None, one.work}:
            result.add_section()
        previous = one.work
        figures = ("-" if value is None else f"{value:.2f}" for value in (one.ratio, one.fastest_ratio))
        verdict = "[green]ok[/]" if one.met else "[red]missed[/]" if one.missed else "[yellow]-[/]"
        result.add_row(one.work, one.format, one.what, one.ours, one.against, *figures, f"{one.limit:.2f}", verdict)
    return result


def _main() -> int:
    names = [work.NAME for work in wire.WORKS]
    parser = argparse.ArgumentParser(prog="python -m bench.targets", description="Show which targets are reached.")
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"{', '.join(names)}; all when left out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="batches of each (default: 15)")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.works) - set(names)):
        parser.error(f"expected {', '.join(names)}, got {', '.join(unknown)}")
    if arguments.rounds < 1:
        parser.error(f"expected at least one round, got {arguments.rounds}")
    chosen = [work for work in wire.WORKS if not arguments.works or work.NAME in arguments.works]
    settings = Settings(rounds=arguments.rounds, first_calls=0, memory=False, tasks=_TASKS)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("targets", total=None)

        def on_step(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=total)

        found = measure(settings, chosen, on_step)
    if arguments.json is not None:
        document = {
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "environment": attrs.asdict(Environment.here()),
            "rounds": arguments.rounds,
            "targets": [{**attrs.asdict(one), "met": one.met} for one in found],
        }
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(table(found))
    for reason in dict.fromkeys(f"{one.work}, {one.format}: {one.error}" for one in found if one.error is not None):
        console.print(f"failed: {reason}", markup=False, highlight=False)
    missed = sum(one.missed for one in found)
    console.print(f"{sum(one.met for one in found)} reached, {missed} missed", highlight=False)
    return int(bool(missed))


def main() -> None:
    """Measure, print the table, and write the figures to a file if ``--json`` names one."""
    sys.exit(_main())


if __name__ == "__main__":
    main()
