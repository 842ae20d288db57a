"""Contenders and works of round trips."""

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
"""A function that runs a number of messages, and returns the time of each, or that of all, in nanoseconds."""


@attrs.frozen
class Work:
    """
    A kind of traffic between the two ends.

    Args:
        name: Its name.
        kind: ``trips``: one request and its answer at a time; ``flight``:
            *depth* requests in flight; ``stream``: messages one way, the last
            one answered; ``large``: a stream with *size* bytes in each
            message; ``forward``: trips through a router.
        depth: The number of requests in flight.
        size: The bytes in a large message.
        count: The number of messages in a turn.
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
        """Serve at *path*, and call *ready* once clients can connect."""

    def client(self, path: Path, work: Work) -> contextlib.AbstractContextManager[Run]:
        """Connect to the server at *path*."""
        ...


@attrs.frozen(kw_only=True)
class Contender:
    """
    A contender.

    Args:
        name: Its name.
        factory: The class of its `Ends`, as ``module:name`` in this package.
        arguments: The arguments of the class.
        kinds: The kinds of work that it supports.
        needs: The module that must be installed, and its distribution.
        since: ``today`` if the baseline build supports it, else ``this``.
        own: Whether it belongs to this project, and so differs between builds.
    """

    name: str
    factory: str
    arguments: Mapping[str, Any] = attrs.field(factory=dict)
    kinds: tuple[Kind, ...] = ("trips",)
    needs: tuple[str, str] | None = None
    since: Literal["this", "today"] = "today"
    own: bool = False

    def ends(self) -> Ends:
        """Import the class of the ends, and return an instance."""
        module, _, name = self.factory.partition(":")
        made: Ends = getattr(importlib.import_module(f".{module}", __package__), name)(**self.arguments)
        return made

    @property
    def missing(self) -> str | None:
        """The reason why it cannot take part, in one line, or ``None``."""
        if self.needs is None or importlib.util.find_spec(self.needs[0].partition(".")[0]) is not None:
            return None
        return f"{self.name}: {self.needs[0]} is not installed (pip install {self.needs[1]})"


def timed(trip: Callable[[], object]) -> Run:
    """Return a function that calls *trip* a number of times, and times each call."""

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
    """Return a function that calls *work* with a number of messages, and times them as a whole."""

    def run(count: int) -> list[int]:
        start = time.perf_counter_ns()
        work(count)
        return [time.perf_counter_ns() - start]

    return run
