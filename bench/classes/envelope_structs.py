"""
The message envelope as msgspec Structs: msgspec supports UUIDs natively, typed ids need hooks.

msgspec supports datetimes natively, too, with microseconds; a timestamp with nanoseconds needs a hook.

The ids here are plain classes: the domain's ids are attrs classes, which msgspec reads as objects without calling a
hook.
"""

from __future__ import annotations

import datetime as dt
import uuid

from typing import Any

import msgspec

from symphony_types import Timestamp


__all__ = [
    "Envelope",
    "ExactEnvelope",
    "Id",
    "Metadata",
    "Moment",
    "ProcessId",
    "Request",
    "SessionId",
    "from_domain",
    "read",
    "write",
]


class Id:
    """A minimal typed id."""

    __slots__ = ("value",)

    def __init__(self, value: uuid.UUID) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Id) and type(other) is type(self) and other.value == self.value

    def __hash__(self) -> int:
        return hash(self.value)


class ProcessId(Id):
    """The id of a process."""

    __slots__ = ()


class SessionId(Id):
    """The id of a session."""

    __slots__ = ()


class Moment:
    """A timestamp: nanoseconds since 1970, RFC 3339 on the wire."""

    __slots__ = ("nanos",)

    def __init__(self, nanos: int) -> None:
        self.nanos = nanos

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Moment) and other.nanos == self.nanos

    def __hash__(self) -> int:
        return hash(self.nanos)


class Metadata(msgspec.Struct):
    """The metadata of a message, without the fields that the work leaves empty."""

    priority: str = "Normal"
    ttl: None = None
    reply_to: uuid.UUID | None = None
    correlation_id: uuid.UUID | None = None


class Request(msgspec.Struct, kw_only=True):
    """A JSON-RPC request."""

    jsonrpc: str = "2.0"
    method: str
    params: Any = None
    id: str | int


class Envelope(msgspec.Struct, kw_only=True):
    """The envelope around it."""

    id: uuid.UUID
    timestamp: dt.datetime
    sender: ProcessId
    receiver: ProcessId | None = None
    session_id: SessionId | None = None
    payload: Request
    metadata: Metadata


class ExactEnvelope(msgspec.Struct, kw_only=True):
    """The envelope with nanoseconds."""

    id: uuid.UUID
    timestamp: Moment
    sender: ProcessId
    receiver: ProcessId | None = None
    session_id: SessionId | None = None
    payload: Request
    metadata: Metadata


def from_domain(envelope: Any, *, exact: bool) -> Envelope | ExactEnvelope:
    """Return the Struct that corresponds to an envelope of the domain."""
    request = envelope.payload
    fields: dict[str, Any] = {
        "id": envelope.id,
        "sender": ProcessId(envelope.sender.as_uuid()),
        "receiver": ProcessId(envelope.receiver.as_uuid()),
        "session_id": SessionId(envelope.session_id.as_uuid()),
        "payload": Request(method=request.method, params=request.params, id=request.id),
        "metadata": Metadata(),
    }
    nanos = envelope.timestamp.nanos
    if exact:
        return ExactEnvelope(timestamp=Moment(nanos), **fields)
    seconds, rest = divmod(nanos, 1_000_000_000)
    return Envelope(
        timestamp=dt.datetime.fromtimestamp(seconds, dt.UTC) + dt.timedelta(microseconds=rest // 1000), **fields
    )


def write(value: Any) -> Any:
    """Return a UUID for an id and text for a timestamp; msgspec then writes the UUID in the form set on the encoder."""
    if isinstance(value, Id):
        return value.value
    if isinstance(value, Moment):
        return str(Timestamp(value.nanos))
    raise NotImplementedError(f"no hook for {type(value).__name__}")


def read(cls: Any, value: Any) -> Any:
    """Return the id or timestamp whose wire form is *value*."""
    if cls is Moment:
        return Moment(Timestamp.parse(value).nanos)
    return cls(uuid.UUID(value) if isinstance(value, str) else uuid.UUID(bytes=value))
