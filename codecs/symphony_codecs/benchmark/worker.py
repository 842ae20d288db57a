"""
The program of a process that has one contender.

It reads commands from standard input, a JSON array in each line, and answers each with a line: ``{"ok": ...}`` or
``{"error": REASON}``.  The first command says who takes part; `RemoteSubject` has the other end.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import threading

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from .contender import Contender
from .subject import ContenderError, LocalSubject, TaskName, reason_of
from .timing import CLOCK, Task


__all__ = ["Bench", "Factory", "answers", "in_fork", "main", "result_of"]

# Makes a contender and the values that it works on, from arguments that are JSON.
Factory: TypeAlias = Callable[..., tuple[Contender, Sequence[Any]]]

# Enough for a process to grow by, and not so many that small documents take seconds.
_HELD_BYTES: Final = 4 * 1024 * 1024
_HELD_VALUES: Final = 20_000
_READ: Final = 64 * 1024


class Bench:
    """
    The state of a worker: its contender, its values, and the times of first calls.

    Args:
        factory: Where to import the factory from, ``module:name``.
        arguments: The factory's arguments.
        first_calls: How often to make a first call.
    """

    def __init__(self, factory: str, arguments: Sequence[Any], first_calls: int) -> None:
        module, _, name = factory.partition(":")
        make: Factory = getattr(importlib.import_module(module), name)
        self._contender, self._given = make(*arguments)
        self._subject = LocalSubject(self._contender, self._given, CLOCK)
        self._tasks: dict[str, Any] = {}
        # Nothing but these processes may have seen the type before.
        self._firsts = self._first_calls(first_calls) if _can_fork() else []

    def check(self) -> list[float]:
        """Return how many documents there are, and their sizes."""
        return [len(self._given), *attrs.astuple(self._subject.check())]

    def run(self, name: TaskName, passes: int) -> int:
        """Time so many passes, after a few calls that fill caches which other processes have used meanwhile."""
        task = self._tasks.get(name)
        if task is None:
            task = self._tasks[name] = self._subject.task(name)
        if isinstance(task, Task):
            task.warm()
        return int(task.run(passes, CLOCK))

    def first(self) -> list[int]:
        """Return how long first calls took that write and that read."""
        return self._firsts.pop() if self._firsts else list(self._subject.first())

    def weigh(self) -> list[Any]:
        """Return the peaks, and what a value holds."""
        found = self._subject.weigh()
        return [found.encode_peak, found.decode_peak, in_fork(self._held) if _can_fork() else None]

    def _first_calls(self, count: int) -> list[list[int]]:
        value = self._contender.adapt(self._given[0])

        def try_out() -> list[str]:
            known = set(sys.modules)
            data = self._contender.encode()(value)
            self._contender.decode()(data)
            return [data.hex(), *sorted(set(sys.modules) - known)]

        try:
            # The imports of a library's first call are no cost of the type.
            text, *modules = in_fork(try_out)
            for module in modules:
                with contextlib.suppress(Exception):
                    importlib.import_module(module)
            data = bytes.fromhex(text)
            return [
                [
                    in_fork(lambda: _first(self._contender.encode, value)),
                    in_fork(lambda: _first(self._contender.decode, data)),
                ]
                for _ in range(count)
            ]
        except ContenderError:
            # The check meets the same, and says so.
            return []

    def _held(self) -> float | None:
        peak = _peak_memory()
        if peak is None:
            return None
        documents, decode = self._subject.documents, self._contender.decode()
        size = sum(map(len, documents))
        passes = max(1, min(_HELD_BYTES // max(size, 1), _HELD_VALUES // len(documents)))
        # Pages of code count as well, once they are touched.
        decode(documents[0])
        before = _peak_memory() or 0
        kept = [decode(data) for _ in range(passes) for data in documents]
        after = _peak_memory() or 0
        return (after - before) / len(kept)


def _first(make: Callable[[], Callable[[Any], Any]], item: Any) -> int:
    start = CLOCK()
    make()(item)
    return CLOCK() - start


def _peak_memory() -> int | None:
    """Return how much memory the process has had at most, in bytes."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _can_fork() -> bool:
    """Return whether a copy of this process can run: not where another thread may hold a lock, which stays held."""
    try:
        threads = len([*Path("/proc/self/task").iterdir()])  # those that are not Python's, too
    except OSError:
        threads = threading.active_count()
    return hasattr(os, "fork") and threads == 1


def in_fork(call: Callable[[], Any]) -> Any:
    """
    Call in a process that is a copy of this one, which so learns nothing, and return the result, which is JSON.

    Raises:
        ContenderError: The call has raised, or the process died.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        answer = json.dumps(_answered(call)).encode()
        with os.fdopen(writer, "wb") as out:
            out.write(answer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as source:
        answer = source.read()
    _, status = os.waitpid(pid, 0)
    if not answer:
        raise ContenderError(f"its process ended with {os.waitstatus_to_exitcode(status)}")
    return result_of(json.loads(answer))


def _answered(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"ok": call()}
    except Exception as exc:  # noqa: BLE001 - whatever a contender raises is its result
        return {"error": reason_of(exc)}


def result_of(answer: dict[str, Any]) -> Any:
    """
    Return the result in an answer.

    Raises:
        ContenderError: It is an error.
    """
    if "error" in answer:
        raise ContenderError(answer["error"])
    return answer["ok"]


def answers(commands: Iterator[list[Any]]) -> Iterator[dict[str, Any]]:
    """Yield what to answer to each command: first the arguments of `Bench`, then a method of it and its arguments."""
    bench: Bench | None = None
    for command in commands:
        if bench is None:
            arguments = command

            def make(arguments: list[Any] = arguments) -> None:
                nonlocal bench
                bench = Bench(*arguments)

            yield _answered(make)
            continue
        method, *rest = command
        yield _answered(lambda: getattr(bench, method)(*rest))  # noqa: B023 - called at once


def main() -> None:
    """Answer until there are no more commands."""
    # A contender's own output must not mix with the answers.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for answer in answers(json.loads(line) for line in sys.stdin):
        out.write(json.dumps(answer) + "\n")
        out.flush()
