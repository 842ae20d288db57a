"""
Contenders in processes of their own.

Nobody's imports, caches, threads and garbage are then in anybody else's figures; first calls are the first ones of a
process, memory is that of a process, and one that crashes takes nothing along.  They are still timed in turn: all wait
but for the one whose batch it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

from collections.abc import Mapping, Sequence
from typing import IO, Any, Final, Self

from .contender import Compression, Role
from .subject import ContenderError, Sizes, TaskName, Weights
from .timing import Clock
from .worker import main, result_of


__all__ = ["RemoteSubject"]

_PROGRAM: Final = f"from {main.__module__} import main; main()"
_END_SECONDS: Final = 5


class RemoteSubject:
    """
    A contender in a process that begins with `check` and ends with `close`.

    Args:
        name: As `Contender.name`.
        format: As `Contender.format`.
        role: As `Contender.role`.
        factory: The maker of the contender and its values in the worker: ``module:name``, a `worker.Factory`.
        arguments: The factory's arguments: JSON.
        first_calls: How often `first` will be called.
        environ: Variables that the process gets, besides those of this one.
    """

    def __init__(
        self,
        *,
        name: str,
        format: str,  # noqa: A002 - the field's name
        role: Role,
        factory: str,
        arguments: Sequence[Any],
        first_calls: int,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.format = format
        self.role: Role = role
        self.compression: Compression = "none"
        self.framed = False
        self._start_with = [factory, list(arguments), first_calls]
        self._environ = environ or {}
        self._process: subprocess.Popen[str] | None = None
        self._errors: IO[str] | None = None
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def check(self) -> Sizes:
        """Start the process; write all values there, read them, and compare."""
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - until close
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and a module of this package
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            # It has to find what this process has found, however that came about.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **self._environ},
        )
        self._ask(*self._start_with)
        self._count, *sizes = self._ask("check")
        return Sizes(*sizes)

    def task(self, name: TaskName) -> _RemoteTask:
        """Return what is timed."""
        return _RemoteTask(self, name, 1 if name.endswith("hot") else self._count)

    def run(self, name: TaskName, passes: int) -> int:
        """Time so many passes, by the clock of the process."""
        return int(self._ask("run", name, passes))

    def first(self) -> tuple[int, int]:
        """Return how long first calls took."""
        encode, decode = self._ask("first")
        return encode, decode

    def weigh(self) -> Weights:
        """Measure memory."""
        return Weights(*self._ask("weigh"))

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            # It ends with its commands, unless what it has been told to call hangs.
            try:
                process.communicate(timeout=_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        if self._errors is not None:
            self._errors.close()
            self._errors = None

    def _ask(self, *command: Any) -> Any:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise ContenderError("its process has not been started")
        try:
            process.stdin.write(json.dumps(command) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise ContenderError(f"its process ended with {process.wait()}{self._last_words()}")
        return result_of(json.loads(line))

    def _last_words(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        lines = self._errors.read().split("\n")
        last = next((line for line in reversed(lines) if line.strip()), "")
        return f": {last}" if last else ""


class _RemoteTask:
    def __init__(self, subject: RemoteSubject, name: TaskName, size: int) -> None:
        self.size = size
        self._subject = subject
        self._name: TaskName = name

    def run(self, passes: int, clock: Clock) -> int:
        return self._subject.run(self._name, passes)
