"""`Pulse`: the thread that lets a peer know that this end is alive."""

from __future__ import annotations

import threading
import weakref

from collections.abc import Callable


__all__ = ["Pulse"]


class Pulse:
    """
    Calls something again and again, until it is stopped.

    It does not keep alive what it calls: a channel that somebody forgot to
    close goes away, and this with it.

    Args:
        interval: How often, in seconds.
        beat: A bound method.
    """

    def __init__(self, interval: float, beat: Callable[[], None]) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=_run,
            args=(interval, weakref.WeakMethod(beat), self._stopped),
            name="symphony-heartbeat",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Call it no more."""
        self._stopped.set()

    def join(self) -> None:
        """Stop, and wait for the call that may be under way; not from within it."""
        self._stopped.set()
        self._thread.join()


def _run(interval: float, reference: weakref.WeakMethod[Callable[[], None]], stopped: threading.Event) -> None:
    while not stopped.wait(interval):
        beat = reference()
        if beat is None:
            return
        beat()
        del beat
