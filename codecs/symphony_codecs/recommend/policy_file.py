"""Recommendations as the TOML file that `FormatPolicy.load` reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..formats.toml import FORMAT
from ..registry import make_codec
from ..transports.names import transport_name
from .choice import Recommendation
from .sentences import policy_reason


__all__ = ["policy_toml"]


def policy_toml(recommendations: Iterable[Recommendation], source: str = "symphony recommend") -> bytes:
    """
    Return the file; transports without a choice keep what they have.

    Args:
        recommendations: The result of `recommend`.
        source: Where the figures come from, for the reasons.

    Raises:
        EncodeError: The library that writes TOML is not there, the extra ``toml``.
    """
    tables = {
        transport_name(found.link.transport): _table(found, source)
        for found in recommendations
        if found.choice is not None
    }
    return make_codec(FORMAT).encode(tables, Any)


def _table(found: Recommendation, source: str) -> dict[str, Any]:
    table: dict[str, Any] = {"formats": [*found.formats], "compressions": [*found.compressions]}
    if found.compress_over is not None:
        table["compress_over"] = found.compress_over
    return {**table, "reason": policy_reason(found, source)}
