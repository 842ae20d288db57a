"""Who takes part, and what there is to do."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import time

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, Protocol, TypeAlias

import attrs


__all__ = ["WORKS", "Contender", "Ends", "Kind", "Run", "Work", "timed", "total"]

Kind: TypeAlias = Literal["trips", "flight", "stream", "large", "forward"]

Run: TypeAlias = Callable[[int], list[int]]
"""Does so many, and returns how long each took, in nanoseconds, or how long all of them did."""


@attrs.frozen
class Work:
    """
    What is done again and again.

    Args:
        name: What it goes by.
        kind: ``trips``: a request and its answer, then the next; ``flight``:
            *depth* of them at once; ``stream``: messages one way, the last one
            answered; ``large``: the same with *size* bytes in each;
            ``forward``: trips through a router.
        depth: How many requests are under way.
        size: How many bytes a large message holds.
        count: How many make a turn.
    """

    name: str
    kind: Kind
    count: int
    depth: int = 1
    size: int = 0


WORKS: Final[Mapping[str, Work]] = {
    each.name: each
    for each in (
        Work("one at a time", "trips", 100),
        Work("16 in flight", "flight", 480, depth=16),
        Work("256 in flight", "flight", 1024, depth=256),
        Work("one way", "stream", 400),
        Work("64 KiB one way", "large", 100, size=64 * 1024),
        Work("1 MB one way", "large", 16, size=1_000_000),
        Work("16 MB one way", "large", 2, size=16_000_000),
        Work("through a router", "forward", 100),
    )
}


class Ends(Protocol):
    """A server, which runs until its process is ended, and a client for it."""

    def serve(self, path: Path, work: Work, ready: Callable[[], Any]) -> object:
        """Serve at *path*, and call *ready* when a client may come."""

    def client(self, path: Path, work: Work) -> contextlib.AbstractContextManager[Run]:
        """Connect to the server at *path*."""
        ...


@attrs.frozen(kw_only=True)
class Contender:
    """
    Who takes part.

    Args:
        name: Who it is.
        factory: Where its `Ends` are made, ``module:name`` of this package.
        arguments: What they are made with.
        kinds: What it can do.
        needs: The module that has to be installed, and the distribution that has it.
        since: ``today`` if today's build can do it as well, else ``this``.
        own: Whether it is of this project, so that a build of it can be told from another.
    """

    name: str
    factory: str
    arguments: Mapping[str, Any] = attrs.field(factory=dict)
    kinds: tuple[Kind, ...] = ("trips",)
    needs: tuple[str, str] | None = None
    since: Literal["this", "today"] = "today"
    own: bool = False

    def ends(self) -> Ends:
        """Import and make them."""
        module, _, name = self.factory.partition(":")
        made: Ends = getattr(importlib.import_module(f".{module}", __package__), name)(**self.arguments)
        return made

    @property
    def missing(self) -> str | None:
        """Why it cannot take part, in one line; ``None``: it can."""
        if self.needs is None or importlib.util.find_spec(self.needs[0].partition(".")[0]) is not None:
            return None
        return f"{self.name}: {self.needs[0]} is not installed (pip install {self.needs[1]})"


def timed(trip: Callable[[], object]) -> Run:
    """Return what calls *trip* so many times, each timed."""

    def run(count: int) -> list[int]:
        clock = time.perf_counter_ns
        found: list[int] = []
        for _ in range(count):
            start = clock()
            trip()
            found.append(clock() - start)
        return found

    return run


def total(work: Callable[[int], object]) -> Run:
    """Return what calls *work* with the number of times, timed as a whole."""

    def run(count: int) -> list[int]:
        start = time.perf_counter_ns()
        work(count)
        return [time.perf_counter_ns() - start]

    return run
