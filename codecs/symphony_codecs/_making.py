"""Whether hooks are asked for by us, for schemas and for other hooks, or by a user."""

from __future__ import annotations

import contextlib
import threading

from collections.abc import Iterator
from typing import Final


__all__ = ["is_ours", "making"]


class _State(threading.local):
    is_ours = False


_STATE: Final = _State()


@contextlib.contextmanager
def making(*, ours: bool = True) -> Iterator[None]:
    """Mark what asks for hooks in here as ours, or as code of the user's."""
    before, _STATE.is_ours = _STATE.is_ours, ours
    try:
        yield
    finally:
        _STATE.is_ours = before


def is_ours() -> bool:
    """Return whether it is us who ask, in this thread."""
    return _STATE.is_ours
