"""
Runs a command again and again, and kills it with SIGKILL before each step that changes something on the disk in turn.

``python killing.py FOLDER COMMAND...``: after each kill the command runs once
more, and must leave the files of FOLDER, but for the input, as a run does that
nobody kills.  It writes one line for each kill that went wrong, and last how
many there were.

A run that is killed behind its last step, which removes the plan, is one that
has ended: the next one refuses to write over the output.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import io
import os
import pathlib
import shutil
import signal
import sys

from collections.abc import Callable
from typing import Any

from symphony_codecs.__main__ import main


INPUT = "in"


def forked(run: Callable[[], int]) -> int:
    """Run something in a child of this process; return its wait status."""
    child = os.fork()
    if not child:
        os._exit(run())
    return os.waitpid(child, 0)[1]


def no_flush(number: int) -> None:
    """Stand for `os.fsync`, which takes time: a process that is killed loses nothing of what it has written."""


def silent(command: list[str]) -> int:
    with contextlib.redirect_stderr(io.StringIO()):
        return main(command)


def killed_at(step: int, command: list[str]) -> int:
    """Run the command until so many steps are done, and the next one begins."""
    taken = 0

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*arguments: Any, **options: Any) -> Any:
            nonlocal taken
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)
            taken += 1
            return function(*arguments, **options)

        return call

    for module, name in (
        (os, "fsync"),
        (os, "replace"),
        (os, "rename"),
        (os, "unlink"),
        (os, "mkdir"),
        (os, "rmdir"),
        (os, "open"),
        (pathlib.Path, "open"),
        (shutil, "copyfileobj"),
        (builtins, "open"),
    ):
        setattr(module, name, counting(getattr(module, name)))
    return silent(command)


def files(folder: pathlib.Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.iterdir())
        if not path.name.startswith(INPUT)
    }


def clear(folder: pathlib.Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif not path.name.startswith(INPUT):
            path.unlink()


def run(folder: pathlib.Path, command: list[str]) -> int:
    os.fsync = no_flush
    code = silent(command)  # in this process, so that the others need not import anything
    wanted = files(folder)
    kills = wrong = 0
    while True:
        clear(folder)
        status = forked(functools.partial(killed_at, kills, command))
        if not os.WIFSIGNALED(status):
            break
        has_ended = wanted.keys() <= files(folder).keys() and not any(folder.glob("*.parts/plan.json"))
        again = os.waitstatus_to_exitcode(forked(lambda: silent(command)))
        if (again, files(folder)) != (2 if has_ended else code, wanted):
            wrong += 1
            sys.stdout.write(f"step {kills}: exit code {again}, {sorted(files(folder))}\n")
        kills += 1
    sys.stdout.write(f"{kills} kills\n")
    return wrong


if __name__ == "__main__":
    sys.exit(run(pathlib.Path(sys.argv[1]), sys.argv[2:]))
