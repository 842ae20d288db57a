"""Rows that compare with the baseline build."""

from __future__ import annotations

import json
import os
import statistics
import subprocess

from collections.abc import Iterator
from typing import Any, Final

from .builds import build_named
from .rows import Ratio, RowRule
from .sweep import Build


__all__ = ["AGAINST_TODAY"]

_FIRSTS: Final = "from bench.cliffs.firsts import main; main()"
_TURNS: Final = 3


def _told(program: str, build: Build, *arguments: str) -> Any:
    done = subprocess.run(
        [build.python, "-P", "-c", program, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(build.path), **build.environ},
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"a build failed: {done.stderr[-300:]}")
    return json.loads(done.stdout)


def _firsts(rounds: int) -> Iterator[Ratio]:
    builds = [build_named("this"), build_named("today")]
    # In turn, so that a slow moment of the machine hits both.
    found = [[_told(_FIRSTS, build, str(rounds)) for build in builds] for _ in range(_TURNS)]
    for what in found[0][0]:
        ours, theirs = (statistics.median(turn[number][what] for turn in found) for number in (0, 1))
        yield Ratio(what, ours / theirs, f"{ours / 1000:,.0f} us to {theirs / 1000:,.0f} us")


def _instructions(direction: str) -> Iterator[Ratio]:
    from ..instructions import CannotCountError, counted_cases

    try:
        ours, theirs = (
            counted_cases("envelope", build.python, build.path) for build in map(build_named, ("this", "today"))
        )
    except CannotCountError as exc:
        raise RuntimeError(f"nothing was counted: {exc}") from exc
    for name, count in ours.items():
        if name.endswith(direction):
            other = theirs[name]
            yield Ratio(name, count / other, f"{count:,.0f} to {other:,.0f} instructions")


AGAINST_TODAY: Final = (
    RowRule(
        name="envelope, encode",
        work="envelope, all formats, encode, instructions counted",
        against="the baseline build",
        at_most=1.02,
        measure=lambda _: _instructions("encode"),
        other_build=True,
    ),
    RowRule(
        name="envelope, decode",
        work="envelope, all formats, decode, instructions counted",
        against="the baseline build",
        at_most=0.9,
        measure=lambda _: _instructions("decode"),
        other_build=True,
    ),
    RowRule(
        name="first calls",
        work="first decoder(T), first encoder(T) of an 8-field class, with and without a user's hook elsewhere",
        against="the baseline build",
        at_most=0.5,
        measure=_firsts,
        other_build=True,
    ),
)
