"""Work that takes turns in processes of its own, one after the other."""

from __future__ import annotations

import multiprocessing
import signal

from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final, TypeAlias

from .errors import FailedError


__all__ = ["in_process"]

Steps: TypeAlias = Callable[[str, int, int], Any]

_STEP: Final = "step"
_RESULT: Final = "result"
_ERROR: Final = "error"


def in_process(work: Callable[..., Any], *arguments: Any, on_step: Steps) -> Any:
    """
    Call *work* in a new process, with *arguments* and a function for its steps; return what it returns.

    Args:
        work: A function of a module.
        *arguments: What it is called with; they pickle, as the result does.
        on_step: Called with each step that it reports.

    Raises:
        FailedError: The process has died.
        Exception: What the work has raised.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_main, args=(theirs, work, arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        while True:
            try:
                kind, *found = ours.recv()
            except EOFError:
                process.join()
                raise FailedError(f"a process that measured has ended with {process.exitcode}") from None
            if kind == _STEP:
                on_step(*found)
            elif kind == _ERROR:
                raise found[0]
            else:
                return found[0]
    finally:
        process.terminate()
        process.join()
        ours.close()


def _main(out: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    # Whoever has started this ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        answer = (_RESULT, work(*arguments, lambda *step: out.send((_STEP, *step))))
    except Exception as exc:  # noqa: BLE001 - the caller's, whatever it is
        out.send((_ERROR, exc))
    else:
        out.send(answer)
