"""A catalogue, and values of its types."""

from __future__ import annotations

from typing import Any, Final

import attrs

from symphony_codecs.brokers import Catalogue
from symphony_types import (
    ArtifactHashMismatchError,
    Duration,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    MessageMetadata,
    MessagePriority,
    ProcessId,
    SymphonyError,
    TimedOutError,
    Workflow,
)
from tests.samples import BEGIN, SAMPLES, id_of, uuid_of


__all__ = ["CODECS", "ENVELOPE", "PLAIN", "TYPES", "VALUES", "Order", "catalogue"]

CODECS: Final = ("json", "msgpack", "msgpack-compact", "cbor")


@attrs.frozen
class Order:
    """A class of somebody else's; in MessagePack and CBOR its keys are arrays."""

    amounts: dict[str, float]
    note: str | None = None


TYPES: Final[dict[str, Any]] = {
    "request": MessageEnvelope[JsonRpcRequest],
    "response": MessageEnvelope[JsonRpcResponse],
    "workflow": Workflow,
    "error": SymphonyError,
    "acme.order": Order,
}

ENVELOPE: Final = MessageEnvelope(
    id=uuid_of("message"),
    timestamp=BEGIN,
    sender=id_of(ProcessId, "sender"),
    payload=JsonRpcRequest(method="tools/list", params={"cursor": [1, None]}, id=7),
    metadata=MessageMetadata(
        priority=MessagePriority.HIGH,
        ttl=Duration(1, 1_000_001),
        reply_to=uuid_of("before"),
        correlation_id=uuid_of("exchange"),
    ),
)
PLAIN: Final = MessageEnvelope(
    id=uuid_of("answer"), timestamp=BEGIN, sender=id_of(ProcessId), payload=JsonRpcResponse(result="done", id=7)
)
VALUES: Final[dict[str, Any]] = {
    "request": ENVELOPE,
    "response": PLAIN,
    "workflow": next(value for name, (_, value) in SAMPLES.items() if name.startswith("Workflow-")),
    "error": ArtifactHashMismatchError(expected="a", actual="b"),
    "acme.order": Order({"tea": 1.5}, note="é"),
}
assert isinstance(TimedOutError("x"), SymphonyError)


def catalogue(*codecs: str, name: str = "symphony") -> Catalogue:
    """Return a catalogue of `TYPES`."""
    return Catalogue(TYPES, codecs=codecs or CODECS, name=name)
