"""Whether hooks are asked for by us, for schemas and for other hooks, or by a user."""

from __future__ import annotations

import threading

from typing import Final


__all__ = ["is_ours", "making"]


class _State(threading.local):
    is_ours = False


_STATE: Final = _State()


class making:  # noqa: N801 - a context manager, called as a function is
    """
    Mark what asks for hooks in here as ours, or as code of the user's.

    Args:
        ours: Whether it is ours.
    """

    __slots__ = ("_before", "_ours")

    def __init__(self, *, ours: bool = True) -> None:
        self._ours = ours

    def __enter__(self) -> None:
        self._before, _STATE.is_ours = _STATE.is_ours, self._ours

    def __exit__(self, *_: object) -> None:
        _STATE.is_ours = self._before


def is_ours() -> bool:
    """Return whether it is us who ask, in this thread."""
    return _STATE.is_ours
