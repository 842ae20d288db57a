"""Run contenders in turns, with a process for each end, so that a slow moment of the machine affects all of them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import attrs

from ..cliffs.sweep import Build
from .contender import Contender, Work
from .process import READY
from .results import Result, Turn, result_of


__all__ = ["PINS", "Pin", "Seat", "measured"]

Pin: TypeAlias = Literal["same", "split", "free"]
PINS: Final[tuple[Pin, ...]] = ("same", "split", "free")
"""Both ends on one processor, each end on its own processor, or wherever the system puts them."""


@attrs.frozen(eq=False)
class Seat:
    """
    A contender with a work and a build.

    Args:
        contender: The contender.
        work: The work.
        build: The build of this project that its processes use.
        label: The label of the build; empty for this one.
        through: The router between the ends, which is a contender of the same build.
    """

    contender: Contender
    work: Work
    build: Build = attrs.field(factory=Build)
    label: str = ""
    through: Contender | None = None

    @property
    def name(self) -> str:
        """The name of the row."""
        names = [self.contender.name if self.through is None else self.through.name, self.label]
        return ", ".join(filter(None, names))


class _StartError(Exception):
    """A process failed to start; the message is its last line of output."""


class _End:
    """The process of one end."""

    def __init__(self, seat: Seat, contender: Contender, role: str, path: Path, cpu: int | None) -> None:
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed in `close`
        given = {
            "role": role,
            "contender": attrs.asdict(contender, recurse=False),
            "work": attrs.asdict(seat.work),
            "path": str(path),
            "cpu": cpu,
        }
        self._process = subprocess.Popen(
            [seat.build.python, "-P", "-m", "bench.round_trips.process", json.dumps(given)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(seat.build.path), **seat.build.environ},
        )
        self._clock: int = ~self._process.pid << 3 | 2  # like clock_getcpuclockid on Linux

    def wait(self) -> None:
        """Wait until the process is ready."""
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != READY:
            raise _StartError(self._last_words())

    def _last_words(self) -> str:
        self._process.wait(5)
        self._errors.seek(0)
        return (self._errors.read().strip().splitlines() or ["it says nothing"])[-1]

    def turn(self, count: int) -> dict[str, Any]:
        """Let a client run *count* messages."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = ""
        with contextlib.suppress(BrokenPipeError):  # it has died meanwhile
            self._process.stdin.write(f"{count}\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise _StartError(self._last_words())
        found: dict[str, Any] = json.loads(line)
        return found

    def cpu_ns(self) -> int | None:
        """Return the processor time of the process, or ``None`` where the system has no clocks of other processes."""
        try:
            return time.clock_gettime_ns(self._clock)
        except (AttributeError, OSError):
            return None

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()


class _Running:
    """The processes of a seat; `start` starts the next one."""

    def __init__(self, seat: Seat, folder: Path, pin: Pin) -> None:
        self.seat = seat
        self.ends: list[_End] = []
        self.error: str | None = None
        self._starting: _End | None = None
        here = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        first, last = (here[0], here[-1]) if here and pin != "free" else (None, None)
        second = first if pin == "same" else last
        path = folder / "server"
        # The router shares the processor of the client, which waits for it.
        self._to_come = [(seat.contender, "server", path, first)]
        if seat.through is not None:
            between = attrs.evolve(seat.through, arguments={**seat.through.arguments, "target": str(path)})
            path = folder / "router"
            self._to_come.append((between, "router", path, second))
        self._to_come.append((seat.contender, "client", path, second))

    def start(self) -> None:
        """Start the next process, if there is one and all processes before it are ready."""
        if self._to_come and self.error is None:
            self._starting = _End(self.seat, *self._to_come.pop(0))
            self.ends.append(self._starting)

    def wait(self) -> None:
        """Wait until the process that was started last is ready."""
        starting, self._starting = self._starting, None
        if starting is not None:
            try:
                starting.wait()
            except _StartError as error:
                self.error = str(error)

    def turn(self) -> Turn | None:
        """Let the client run a turn; return ``None`` after an error."""
        if self.error is not None:
            return None
        *others, client = self.ends
        before = [end.cpu_ns() for end in others]
        try:
            found = client.turn(self.seat.work.count)
        except _StartError as error:
            self.error = str(error)
            return None
        after = [end.cpu_ns() for end in others]
        spent = [None if a is None or b is None else b - a for a, b in zip(before, after, strict=True)]
        return Turn(
            times=found["times"],
            client_cpu=found["cpu"],
            server_cpu=spent[0],
            router_cpu=spent[1] if len(spent) > 1 else None,
        )

    def close(self) -> None:
        """End all processes."""
        for end in reversed(self.ends):
            end.close()


@contextlib.contextmanager
def _running(seats: Sequence[Seat], pin: Pin) -> Iterator[list[_Running]]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trips-")))
        found: list[_Running] = []
        for number, seat in enumerate(seats):
            place = folder / str(number)
            place.mkdir()
            found.append(_Running(seat, place, pin))
            stack.callback(found[-1].close)
        for _ in range(3):  # all servers, then all routers, then all clients
            for do in (_Running.start, _Running.wait):
                for running in found:
                    do(running)
        yield found


def measured(
    seats: Sequence[Seat], rounds: int, pin: Pin = "same", on_step: Callable[[], Any] = lambda: None
) -> list[Result]:
    """
    Return a result for each seat, in the same order.

    Args:
        seats: The seats; those of one work take turns.
        rounds: The number of turns of each, after one that does not count.
        pin: The pin of the processes.
        on_step: Called after each round of turns.
    """
    found: dict[Seat, Result] = {}
    for work in dict.fromkeys(seat.work for seat in seats):
        with _running([seat for seat in seats if seat.work == work], pin) as running:
            turns: dict[Seat, list[Turn]] = {one.seat: [] for one in running}
            for number in range(rounds + 1):
                for one in running:
                    turn = one.turn()
                    if turn is not None and number:
                        turns[one.seat].append(turn)
                on_step()
        for one in running:
            found[one.seat] = result_of(one.seat.name, work, turns[one.seat], one.error)
    return [found[seat] for seat in seats]
