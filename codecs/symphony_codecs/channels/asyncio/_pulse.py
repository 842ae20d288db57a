"""`Pulse`: signs of life, to the peer and from it."""

from __future__ import annotations

import asyncio

from collections.abc import Callable
from typing import Final


__all__ = ["Pulse"]

# How many heartbeats fit into the silence that a peer is allowed.
_BEATS: Final = 3


class Pulse:
    """
    Two timers.

    Args:
        beat: What sends a sign of life.
        silent: What is told, once, that the peer has given none for so many seconds.
    """

    def __init__(self, beat: Callable[[], None], silent: Callable[[float], None]) -> None:
        self._beat = beat
        self._silent = silent
        self._loop = asyncio.get_running_loop()
        self._timers: dict[Callable[[float], None], asyncio.TimerHandle] = {}
        self._heard = 0.0
        self._listens = True

    def start(self, interval: float, silence: float) -> None:
        """
        Begin.

        Args:
            interval: How often to give a sign, in seconds; 0 is never.
            silence: How long the peer may give none, in seconds; 0 is for ever.
        """
        self.heard()
        if interval:
            self._after(interval, self._give_sign, interval)
        if silence:
            self._after(silence, self._watch, silence)

    def stop(self) -> None:
        """End both."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def heard(self) -> None:
        """Take a sign of life of the peer."""
        self._heard = self._loop.time()

    def listen(self, *, on: bool) -> None:
        """Note whether the peer can be heard at all: while nothing is read, it is taken to be alive."""
        self._listens = on
        self.heard()

    def _give_sign(self, interval: float) -> None:
        self._beat()
        self._after(interval, self._give_sign, interval)

    def _watch(self, silence: float) -> None:
        now = self._loop.time()
        due = self._timers[self._watch].when()
        beat = silence / _BEATS
        if not self._listens:
            self._after(silence, self._watch, silence)
        elif now - self._heard < silence:
            self._after(self._heard + silence - now, self._watch, silence)
        elif now - due > beat:
            # It is this end that stood still, and with it perhaps the peer: a machine that slept, a long callback.
            self._after(beat, self._watch, silence)
        else:
            self._silent(silence)

    def _after(self, delay: float, callback: Callable[[float], None], argument: float) -> None:
        self._timers[callback] = self._loop.call_later(delay, callback, argument)
