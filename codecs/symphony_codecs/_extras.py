"""Unknown fields that are kept: beside the instance, for as long as it lives."""

from __future__ import annotations

import threading
import weakref

from typing import Any


__all__ = ["Extras"]


class Extras:
    """
    The unknown fields of decoded instances, to be written back.

    Held by identity, not equality: equal instances from different documents
    keep their own, and unhashable ones do as well.  A copy of an instance
    (`attrs.evolve`) starts without.
    """

    def __init__(self) -> None:
        self._held: dict[int, tuple[weakref.ref[Any], dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def put(self, instance: object, fields: dict[str, Any]) -> None:
        """Keep *fields* for *instance*."""
        key = id(instance)

        def drop(_: Any) -> None:
            self._held.pop(key, None)

        reference = weakref.ref(instance, drop)
        with self._lock:
            self._held[key] = (reference, fields)

    def of(self, instance: object) -> dict[str, Any]:
        """Return what is kept for *instance*, or nothing."""
        held = self._held.get(id(instance))
        return held[1] if held is not None and held[0]() is instance else {}


EXTRAS = Extras()
