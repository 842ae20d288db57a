"""`Deadline`: the time limit of a call, over all its waits."""

from __future__ import annotations

import math
import time

from typing import Final


__all__ = ["LONGEST_WAIT", "Deadline"]

LONGEST_WAIT: Final = 86_400.0
"""The longest wait that every system call accepts, in seconds; a thread with time left then waits again."""


class Deadline:
    """
    The end of a call's time.

    Args:
        timeout: How long from now, in seconds; with 0 or less the call does
            not wait, ``None`` and infinity are for ever.

    Attributes:
        at: The end, by the monotonic clock, in seconds; infinity is never.
    """

    __slots__ = ("at",)

    def __init__(self, timeout: float | None) -> None:
        self.at: Final = math.inf if timeout is None or timeout == math.inf else time.monotonic() + timeout

    @property
    def expired(self) -> bool:
        """Whether there is no time left."""
        return self.at != math.inf and time.monotonic() >= self.at

    def remaining(self) -> float | None:
        """Return the remaining time in seconds, 0 to `LONGEST_WAIT`; ``None`` is for ever."""
        return None if self.at == math.inf else min(max(0.0, self.at - time.monotonic()), LONGEST_WAIT)
