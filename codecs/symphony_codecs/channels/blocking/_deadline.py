"""`Deadline`: how long a call may still take, over all the waits in it."""

from __future__ import annotations

import time

from typing import Final


__all__ = ["Deadline"]

_LONGEST_WAIT: Final = 86_400.0


class Deadline:
    """
    The end of a call's time.

    Args:
        timeout: How long from now, in seconds; 0 or less is "what can be had
            without waiting", ``None`` and infinity are for ever.
    """

    __slots__ = ("_at",)

    def __init__(self, timeout: float | None) -> None:
        self._at = None if timeout is None or timeout == float("inf") else time.monotonic() + timeout

    @property
    def expired(self) -> bool:
        """Whether there is no time left."""
        return self._at is not None and time.monotonic() >= self._at

    def remaining(self) -> float | None:
        """
        Return how long to wait in seconds: the time that is left, at least 0; ``None`` is for ever.

        At most a day, which every way of waiting takes; who is woken by that
        and not `expired` waits again.
        """
        return None if self._at is None else min(max(0.0, self._at - time.monotonic()), _LONGEST_WAIT)
