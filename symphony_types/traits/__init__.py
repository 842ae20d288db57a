"""Protocols that values of different modules share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symphony_types._lazy import attach


if TYPE_CHECKING:
    from symphony_types.traits.identifiable import Identifiable, Timestamped, Versioned
    from symphony_types.traits.serializable import ByteSerializable
    from symphony_types.traits.validatable import Issue, PathElement, Validatable

__all__ = [
    "ByteSerializable",
    "Identifiable",
    "Issue",
    "PathElement",
    "Timestamped",
    "Validatable",
    "Versioned",
]

_EXPORTS = {
    "ByteSerializable": "serializable",
    "Identifiable": "identifiable",
    "Issue": "validatable",
    "PathElement": "validatable",
    "Timestamped": "identifiable",
    "Validatable": "validatable",
    "Versioned": "identifiable",
}

_SUBMODULES = frozenset(
    {
        "identifiable",
        "serializable",
        "validatable",
    }
)

if not TYPE_CHECKING:
    __getattr__, __dir__ = attach(__name__, _EXPORTS, _SUBMODULES)
