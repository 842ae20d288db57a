"""
The states of an extension and the steps between them.

The way up is ``Installed -> Loading -> Loaded -> Activated -> Running``, with
``Running <-> Paused`` on the side; the way down is ``Deactivating -> Loaded``
and ``Unloading -> Installed``.  `ExtensionLifecycle.successors` is the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from symphony_types.errors import ExtensionInvalidLifecycleTransitionError


__all__ = ["ExtensionLifecycle"]


class ExtensionLifecycle(Enum):
    """
    Where an extension is between its installation and its run.

    The steps are those of the Rust side, with their limits: failing in
    ``Activated``, ``Paused``, ``Deactivating`` or ``Unloading`` has no step to
    ``Error``, a run does not end in ``Activated`` but in ``Deactivating``, and
    an extension that is gone has no state at all.
    """

    INSTALLED = "Installed"
    LOADING = "Loading"
    LOADED = "Loaded"
    ACTIVATED = "Activated"
    RUNNING = "Running"
    PAUSED = "Paused"
    DEACTIVATING = "Deactivating"
    UNLOADING = "Unloading"
    ERROR = "Error"

    @property
    def successors(self) -> tuple[ExtensionLifecycle, ...]:
        """The states that may come next, in declaration order; never empty, never this one."""
        return _SUCCESSORS[self]

    def is_active(self) -> bool:
        """Whether the extension may do work: ``Activated``, ``Running`` or ``Paused``."""
        return self in _ACTIVE

    def is_terminal(self) -> bool:
        """
        Whether the extension rests until someone acts: ``Installed`` or ``Error``.

        Both do have a step out (``Loading``, ``Unloading``); the name is the
        Rust side's.
        """
        return self in _TERMINAL

    def can_transition_to(self, next_state: ExtensionLifecycle) -> bool:
        """Whether *next_state* may come next; a state never follows itself."""
        return next_state in _SUCCESSORS[self]

    def transition_to(self, next_state: ExtensionLifecycle) -> ExtensionLifecycle:
        """
        Return *next_state* if it may come next.

        Raises:
            ExtensionInvalidLifecycleTransitionError: It may not.
        """
        if not self.can_transition_to(next_state):
            raise ExtensionInvalidLifecycleTransitionError(from_=self.value, to=next_state.value)
        return next_state


_ACTIVE: Final = frozenset({ExtensionLifecycle.ACTIVATED, ExtensionLifecycle.RUNNING, ExtensionLifecycle.PAUSED})
_TERMINAL: Final = frozenset({ExtensionLifecycle.INSTALLED, ExtensionLifecycle.ERROR})
_SUCCESSORS: Final[Mapping[ExtensionLifecycle, tuple[ExtensionLifecycle, ...]]] = {
    ExtensionLifecycle.INSTALLED: (ExtensionLifecycle.LOADING,),
    ExtensionLifecycle.LOADING: (ExtensionLifecycle.LOADED, ExtensionLifecycle.ERROR),
    ExtensionLifecycle.LOADED: (ExtensionLifecycle.ACTIVATED, ExtensionLifecycle.UNLOADING),
    ExtensionLifecycle.ACTIVATED: (ExtensionLifecycle.RUNNING, ExtensionLifecycle.DEACTIVATING),
    ExtensionLifecycle.RUNNING: (
        ExtensionLifecycle.PAUSED,
        ExtensionLifecycle.DEACTIVATING,
        ExtensionLifecycle.ERROR,
    ),
    ExtensionLifecycle.PAUSED: (ExtensionLifecycle.RUNNING, ExtensionLifecycle.DEACTIVATING),
    ExtensionLifecycle.DEACTIVATING: (ExtensionLifecycle.LOADED,),
    ExtensionLifecycle.UNLOADING: (ExtensionLifecycle.INSTALLED,),
    ExtensionLifecycle.ERROR: (ExtensionLifecycle.UNLOADING,),
}
