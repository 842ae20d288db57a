"""`Deadline`: how long a call may still take, over all the waits in it."""

from __future__ import annotations

import math
import time

from typing import Final


__all__ = ["LONGEST_WAIT", "Deadline"]

LONGEST_WAIT: Final = 86_400.0
"""What every way of waiting takes, in seconds: a thread that it wakes, and that has time left, waits again."""


class Deadline:
    """
    The end of a call's time.

    Args:
        timeout: How long from now, in seconds; 0 or less is "what can be had
            without waiting", ``None`` and infinity are for ever.

    Attributes:
        at: When, by the monotonic clock; infinity is never.
    """

    __slots__ = ("at",)

    def __init__(self, timeout: float | None) -> None:
        self.at: Final = math.inf if timeout is None or timeout == math.inf else time.monotonic() + timeout

    @property
    def expired(self) -> bool:
        """Whether there is no time left."""
        return self.at != math.inf and time.monotonic() >= self.at

    def remaining(self) -> float | None:
        """Return how long to wait in seconds: what is left, 0 to `LONGEST_WAIT`; ``None`` is for ever."""
        return None if self.at == math.inf else min(max(0.0, self.at - time.monotonic()), LONGEST_WAIT)
