"""
`Wheel`: the single thread of a process that gives signs of life for all its channels.

Most channels have the same interval, so those of one interval are kept in the
order in which they are due: a channel that was called is due again after all
others.  Starting, stopping and finding the next channel take a time that does
not depend on the number of channels.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref

from collections.abc import Callable
from typing import Final


__all__ = ["Beat", "Wheel", "wheel"]

_log: Final = logging.getLogger("symphony_codecs.channels")


class Beat:
    """A bound method and its interval; holds the method's object only weakly."""

    __slots__ = ("interval", "method")

    def __init__(self, interval: float, method: Callable[[], None]) -> None:
        self.interval: Final = interval
        self.method: Final = weakref.WeakMethod(method)


class Wheel:
    """
    Calls bound methods repeatedly, each at its own interval, from one thread.

    The thread runs while there are methods to call.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        # By interval: the beats in the order in which they are due, and when, by the monotonic clock.
        self._rows: dict[float, dict[Beat, float]] = {}
        self._thread: threading.Thread | None = None

    def start(self, interval: float, method: Callable[[], None]) -> Beat:
        """
        Call *method* every *interval* seconds; return the handle for `stop`.

        Args:
            interval: The interval in seconds, above 0.
            method: A bound method that does not block.
        """
        beat = Beat(interval, method)
        with self._changed:
            row = self._rows.setdefault(interval, {})
            row[beat] = time.monotonic() + interval
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="symphony-heartbeat", daemon=True)
                thread.start()
                self._thread = thread
            elif len(row) == 1:
                self._changed.notify()
        return beat

    def stop(self, beat: Beat) -> None:
        """Stop the calls; does not wait for a call under way."""
        with self._changed:
            row = self._rows.get(beat.interval, {})
            if row.pop(beat, None) is not None and not row:
                del self._rows[beat.interval]
                self._changed.notify()

    def _run(self) -> None:
        while due := self._wait():
            for beat in due:
                method = beat.method()
                if method is None:
                    self.stop(beat)
                    continue
                try:
                    method()
                except Exception:  # noqa: BLE001 - the other channels go on
                    _log.exception("a channel gives no more signs of life")
                    self.stop(beat)
                del method

    def _wait(self) -> list[Beat]:
        """Wait until beats are due, and return them; return an empty list when no beats are left."""
        with self._changed:
            while self._rows:
                now = time.monotonic()
                due: list[Beat] = []
                soonest = threading.TIMEOUT_MAX
                for interval, row in self._rows.items():
                    while (at := row[beat := next(iter(row))]) <= now:
                        del row[beat]
                        row[beat] = now + interval
                        due.append(beat)
                    soonest = min(soonest, at - now)
                if due:
                    return due
                self._changed.wait(soonest)
            self._thread = None
            return []


wheel: Final = Wheel()
"""The wheel of this process."""

if hasattr(os, "register_at_fork"):
    # A child process has none of its parent's threads, and must not send on the parent's channels.
    os.register_at_fork(after_in_child=lambda: Wheel.__init__(wheel))
