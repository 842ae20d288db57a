"""
The works as Protocol Buffers, except those with the domain's larger types: a schema, and values in it.

UUIDs are bytes, datetimes the well-known Timestamp, untyped parameters the well-known Struct.  The schema is built
here, not compiled from a file, so that only the library is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, struct_pb2, timestamp_pb2

from . import with_dataclasses as plain


__all__ = ["MESSAGES", "from_dataclass"]

_PACKAGE: Final = "symphony.bench"
_TYPES: Final = descriptor_pb2.FieldDescriptorProto
_SCALARS: Final = {
    "string": _TYPES.TYPE_STRING,
    "bytes": _TYPES.TYPE_BYTES,
    "int64": _TYPES.TYPE_INT64,
    "double": _TYPES.TYPE_DOUBLE,
}
_ENUMS: Final = {"Colour": plain.Colour, "Permissions": plain.Permissions}
_WELL_KNOWN: Final = {"Timestamp": ".google.protobuf.Timestamp", "Struct": ".google.protobuf.Struct"}
# A field is a type; a leading star means repeated, a leading bar a member of a oneof.
_SCHEMA: Final[Mapping[str, Mapping[str, str]]] = {
    "File": {
        "name": "string",
        "created_by": "string",
        "created_at": "Timestamp",
        "size": "int64",
        "permissions": "Permissions",
        "updated_by": "string",
        "updated_at": "Timestamp",
    },
    "Entry": {"file": "|File", "directory": "|Directory"},
    "Directory": {"name": "string", "created_by": "string", "created_at": "Timestamp", "contents": "*Entry"},
    "Circle": {"x": "int64", "y": "int64", "radius": "double"},
    "Square": {"x": "int64", "y": "int64", "side": "double"},
    "Label": {"x": "int64", "y": "int64", "text": "string"},
    "Shape": {"circle": "|Circle", "square": "|Square", "label": "|Label"},
    "Drawing": {"shapes": "*Shape"},
    "Palette": {"colours": "*Colour"},
    "Ids": {"ids": "*bytes"},
    "Times": {"times": "*Timestamp"},
    "Request": {"jsonrpc": "string", "method": "string", "params": "Struct", "id": "int64"},
    "Metadata": {"priority": "string", "ttl": "int64", "reply_to": "bytes", "correlation_id": "bytes"},
    "Envelope": {
        "id": "bytes",
        "timestamp": "Timestamp",
        "sender": "bytes",
        "receiver": "bytes",
        "session_id": "bytes",
        "payload": "Request",
        "metadata": "Metadata",
    },
}


def _made() -> Mapping[str, Any]:
    # proto2 distinguishes absent from empty.
    file = descriptor_pb2.FileDescriptorProto(name="bench.proto", package=_PACKAGE, syntax="proto2")
    file.dependency[:] = [timestamp_pb2.DESCRIPTOR.name, struct_pb2.DESCRIPTOR.name]
    for name, members in _ENUMS.items():
        enum = file.enum_type.add(name=name)
        for number, member in enumerate(members):
            enum.value.add(name=f"{name}_{member.name}", number=number)
    for name, fields in _SCHEMA.items():
        message = file.message_type.add(name=name)
        if any(kind.startswith("|") for kind in fields.values()):
            message.oneof_decl.add(name="kind")
        for number, (field, kind) in enumerate(fields.items(), 1):
            _add_field(message, field, number, kind)
    pool = descriptor_pool.Default()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _SCHEMA}


def _add_field(message: Any, name: str, number: int, kind: str) -> None:
    field = message.field.add(name=name, number=number)
    field.label = _TYPES.LABEL_REPEATED if kind.startswith("*") else _TYPES.LABEL_OPTIONAL
    if kind.startswith("|"):
        field.oneof_index = 0
    bare = kind.lstrip("*|")
    if bare in _SCALARS:
        field.type = _SCALARS[bare]
    elif bare in _ENUMS:
        field.type, field.type_name = _TYPES.TYPE_ENUM, f".{_PACKAGE}.{bare}"
    else:
        field.type, field.type_name = _TYPES.TYPE_MESSAGE, _WELL_KNOWN.get(bare, f".{_PACKAGE}.{bare}")


MESSAGES: Final = _made()
"""Message classes, by the name of the corresponding dataclass."""

_NUMBERS: Final = {member: number for members in _ENUMS.values() for number, member in enumerate(members)}


def from_dataclass(value: Any) -> Any:
    """Return the message for an instance of a dataclass of the schema."""
    name = type(value).__name__
    message = MESSAGES[name]()
    for field, kind in _SCHEMA[name].items():
        item = getattr(value, field)
        if kind.startswith("*"):
            getattr(message, field).extend([_converted(kind[1:], one) for one in item])
        elif item is None:
            continue
        elif kind in _SCALARS or kind in _ENUMS:
            setattr(message, field, _converted(kind, item))
        else:
            getattr(message, field).CopyFrom(_converted(kind, item))
    return message


def _wrapped(wrapper: str) -> Callable[[Any], Any]:
    """Return a function that puts a value into the member of a oneof that belongs to its class."""
    return lambda item: MESSAGES[wrapper](**{type(item).__name__.lower(): from_dataclass(item)})


def _converted(kind: str, item: Any) -> Any:
    special = _CONVERSIONS.get(kind)
    if special is not None:
        return special(item)
    if kind in _ENUMS:
        return _NUMBERS[item]
    return item if kind in _SCALARS else from_dataclass(item)


def _timestamp(item: Any) -> Any:
    made = timestamp_pb2.Timestamp()
    made.FromDatetime(item)
    return made


def _struct(item: Any) -> Any:
    made = struct_pb2.Struct()
    made.update(item)
    return made


_CONVERSIONS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "bytes": lambda item: item.bytes,
    "Timestamp": _timestamp,
    "Struct": _struct,
    "Entry": _wrapped("Entry"),
    "Shape": _wrapped("Shape"),
}
