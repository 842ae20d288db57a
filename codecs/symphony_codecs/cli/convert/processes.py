"""Where worker processes come from; importing this imports nothing of what they do."""

from __future__ import annotations

import contextlib
import multiprocessing
import re
import signal
import sys

from collections.abc import Iterator, Sequence
from typing import Any, Final


__all__ = ["interrupts_later", "prepare_early", "prepare_workers", "worker_context"]

# Options that ask for processes, perhaps with their number behind them. A wrong guess costs a process that is not used.
_JOBS: Final = re.compile(r"(-j|--jobs)(=?\d+)?")
_WORK: Final = f"{__package__}.part"


def worker_context() -> Any:
    """
    Return what starts workers: forks of a process that has imported what they need.

    They are no forks of this one, in which there may be threads; where there
    is no forking, each is a new process.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_WORK])
    return context


def prepare_workers() -> None:
    """Start the process that workers are forked from: it imports while this one goes on, and leaves Ctrl-C to it."""
    if worker_context().get_start_method() == "forkserver":
        from multiprocessing import forkserver, resource_tracker

        resource_tracker.ensure_running()  # first, because it lets signals through again
        with interrupts_later():
            forkserver.ensure_running()


def prepare_early(arguments: Sequence[str]) -> None:
    """
    Prepare workers where arguments ask for them, before anything that takes time to import.

    Args:
        arguments: Those of the command line, not parsed yet.
    """
    if any(map(_JOBS.fullmatch, arguments)):
        prepare_workers()


@contextlib.contextmanager
def interrupts_later() -> Iterator[None]:
    """Keep Ctrl-C from this thread until the block ends, and for good from the threads and processes it starts."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
