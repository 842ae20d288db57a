"""What code allocates, measured such that what else the process does is not counted against it."""

from __future__ import annotations

import gc
import tracemalloc

from collections.abc import Callable
from typing import Final, TypeVar


__all__ = ["takes_at_most"]

_T = TypeVar("_T")
_TRIES: Final = 5


def takes_at_most(action: Callable[[], _T], *, peak: int, kept: int | None = None) -> _T:
    """
    Call *action* some times, and return what it returned last.

    Tracing counts whatever the process allocates meanwhile: other threads, a
    cache that fills, code that the interpreter specialises.  All of that only
    adds, and not to every call, so the first one is not measured, and one
    call within the limits is enough.

    Args:
        action: What allocates; each call has to do the same.
        peak: How many bytes there are at most at any moment.
        kept: How many there are at most in the end, in what it returns.

    Raises:
        AssertionError: Every call took more.
    """
    action()
    measured = []
    for _ in range(_TRIES):
        gc.collect()
        tracemalloc.start()
        try:
            value = action()
            gc.collect()
            in_the_end, at_most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        if at_most <= peak and (kept is None or in_the_end <= kept):
            return value
        measured.append((at_most, in_the_end))
    raise AssertionError(f"expected a peak of at most {peak} bytes, of which {kept} stay, got {measured}")
