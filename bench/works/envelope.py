"""A JSON-RPC request in its envelope; sender, receiver and session repeat, message ids and times do not."""

from __future__ import annotations

import random
import uuid

from typing import Any, Final

from symphony_types import JsonRpcRequest, MessageEnvelope, ProcessId, SessionId, Timestamp


__all__ = ["COUNT", "DOMAIN", "NAME", "PLAIN", "make", "plain"]

NAME: Final = "envelope"
COUNT: Final = 500
DOMAIN: Final = True
PLAIN: Final = "Envelope"
_PEERS: Final = 8
_START: Final = 1_767_312_000_000_000_000


def make(_classes: Any, count: int, seed: int) -> tuple[Any, list[Any]]:
    """Return envelopes between a few processes."""
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    people = [ProcessId(_uuid(rng)) for _ in range(_PEERS)]
    sessions = [SessionId(_uuid(rng)) for _ in range(_PEERS)]
    return MessageEnvelope[JsonRpcRequest], [_one(rng, number, people, sessions) for number in range(count)]


def plain(document: Any) -> Any:
    """Return the document for `PLAIN`, with its timestamp cut to microseconds."""
    return {**document, "timestamp": f"{document['timestamp'][:26]}Z"}


def _one(rng: random.Random, number: int, people: list[ProcessId], sessions: list[SessionId]) -> Any:
    at = _START + number * 1_000_000_000 + rng.randrange(1_000_000_000)
    arguments = {"query": f"symphony {number}", "limit": rng.randrange(1, 100), "fuzzy": rng.random() < 0.5}
    return MessageEnvelope(
        id=_uuid(rng),
        timestamp=Timestamp(at),
        sender=rng.choice(people),
        receiver=rng.choice(people),
        session_id=rng.choice(sessions),
        payload=JsonRpcRequest(method="tools/call", params={"name": "search", "arguments": arguments}, id=number),
    )


def _uuid(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)
