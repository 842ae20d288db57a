"""The types of records, in Python and as references for the command line."""

from __future__ import annotations

import uuid

from typing import Any, Final

import attrs

from symphony_types import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse, MessageEnvelope, Timestamp, Workflow


__all__ = ["ENVELOPE", "KINDS", "REQUEST", "Kind", "Reading"]

ENVELOPE: Final[Any] = MessageEnvelope[JsonRpcRequest | JsonRpcNotification | JsonRpcResponse]
REQUEST: Final[Any] = MessageEnvelope[JsonRpcRequest]


@attrs.frozen(kw_only=True)
class Reading:
    """A flat class, as for sensors and logs."""

    id: uuid.UUID
    at: Timestamp
    device: str
    channel: int
    value: float
    low: float | None
    high: float | None
    valid: bool
    unit: str
    site: str
    firmware: str
    note: str
    codes: list[int]
    labels: dict[str, str]


@attrs.frozen
class Kind:
    """
    A type of records.

    Args:
        name: The name in tables.
        reference: The reference to the type on the command line; ``None``:
            records are builtins.
        type: The type.
    """

    name: str
    reference: str | None
    type: Any


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("envelope", "MessageEnvelope[JsonRpcRequest | JsonRpcNotification | JsonRpcResponse]", ENVELOPE),
        Kind("request", "MessageEnvelope[JsonRpcRequest]", REQUEST),
        Kind("flat", f"{__name__}:Reading", Reading),
        Kind("workflow", "Workflow", Workflow),
        Kind("untyped", None, Any),
    )
}
