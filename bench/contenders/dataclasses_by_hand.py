"""
Dataclasses that orjson and ormsgpack encode natively, and hand-written decode functions without any check.

This is code without a library for types: fast, and it accepts a string where a number should be.
"""

from __future__ import annotations

import datetime as dt
import importlib
import uuid

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from symphony_codecs.benchmark import Contender

from ..classes import domain_dataclasses as domain
from ..classes import with_dataclasses as plain
from ..work import Work, dataclasses_of, on_values


__all__ = ["NAME", "NEEDS", "contenders"]

NAME: Final = "dataclasses"
NEEDS: Final = ("orjson", "ormsgpack")
_LIBRARIES: Final = {"json": ("orjson", "dumps", "loads"), "msgpack": ("ormsgpack", "packb", "unpackb")}


def contenders(work: Work) -> Iterable[Contender]:
    """Return JSON and MessagePack, for the works that have decode functions here."""
    as_type, values = dataclasses_of(work)
    read = _READERS.get(as_type)
    if read is None:
        return []
    return [on_values(_contender(format_, *how, read), values) for format_, how in _LIBRARIES.items()]


def _contender(format_: str, library: str, dumps: str, loads: str, read: Callable[[Any], Any]) -> Contender:
    def encode() -> Callable[[Any], bytes]:
        write: Callable[[Any], bytes] = getattr(importlib.import_module(library), dumps)
        return write

    def decode() -> Callable[[bytes], Any]:
        parse = getattr(importlib.import_module(library), loads)
        return lambda data: read(parse(data))

    return Contender(name=f"{NAME} {library}", format=format_, encode=encode, decode=decode)


_moment = dt.datetime.fromisoformat


def _file(data: dict[str, Any]) -> plain.File:
    touched = data["updated_at"]
    return plain.File(
        name=data["name"],
        created_by=data["created_by"],
        created_at=_moment(data["created_at"]),
        size=data["size"],
        permissions=plain.Permissions(data["permissions"]),
        updated_by=data["updated_by"],
        updated_at=None if touched is None else _moment(touched),
    )


def _directory(data: dict[str, Any]) -> plain.Directory:
    return plain.Directory(
        name=data["name"],
        created_by=data["created_by"],
        created_at=_moment(data["created_at"]),
        contents=[_file(entry) if entry["type"] == "file" else _directory(entry) for entry in data["contents"]],
    )


def _shape(data: dict[str, Any]) -> plain.Circle | plain.Square | plain.Label:
    kind = data["type"]
    if kind == "circle":
        return plain.Circle(x=data["x"], y=data["y"], radius=data["radius"])
    if kind == "square":
        return plain.Square(x=data["x"], y=data["y"], side=data["side"])
    return plain.Label(x=data["x"], y=data["y"], text=data["text"])


def _id(text: str | None) -> uuid.UUID | None:
    return None if text is None else uuid.UUID(text)


def _envelope(data: dict[str, Any]) -> domain.Envelope:
    payload, metadata = data["payload"], data["metadata"]
    return domain.Envelope(
        id=uuid.UUID(data["id"]),
        timestamp=_moment(data["timestamp"]),
        sender=uuid.UUID(data["sender"]),
        receiver=_id(data["receiver"]),
        session_id=_id(data["session_id"]),
        payload=domain.Request(
            jsonrpc=payload["jsonrpc"], method=payload["method"], params=payload["params"], id=payload["id"]
        ),
        metadata=domain.Metadata(
            priority=metadata["priority"],
            ttl=metadata["ttl"],
            reply_to=_id(metadata["reply_to"]),
            correlation_id=_id(metadata["correlation_id"]),
        ),
    )


_READERS: Final[Mapping[Any, Callable[[Any], Any]]] = {
    plain.Directory: _directory,
    plain.Drawing: lambda data: plain.Drawing(shapes=[_shape(shape) for shape in data["shapes"]]),
    plain.Palette: lambda data: plain.Palette(colours=[plain.Colour(text) for text in data["colours"]]),
    plain.Ids: lambda data: plain.Ids(ids=[uuid.UUID(text) for text in data["ids"]]),
    plain.Times: lambda data: plain.Times(times=[_moment(text) for text in data["times"]]),
    domain.Envelope: _envelope,
}
