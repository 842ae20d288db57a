"""Rust types with the attributes of serde: they read the documents of a type, and write them back byte for byte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import TypeForm

from ._rust.enums import Enums
from ._rust.merge import Merged, merge
from ._rust.names import unique
from ._rust.records import Structs
from ._rust.support import wire_module
from ._rust.types import Types
from .build import document_of
from .forms import Document, Enumeration, Integer, Record, Reference, TupleOf, Union


if TYPE_CHECKING:
    from ...codec import Codec


__all__ = ["CRATES", "rust", "rust_of"]

CRATES: Final[Mapping[str, str]] = {
    "serde": 'serde = { version = "1.0.181", features = ["derive"] }',
    "serde_json": 'serde_json = { version = "1.0.147", features = ["float_roundtrip"] }',
    "rmp-serde": 'rmp-serde = "1.1"',
    "ciborium": 'ciborium = "0.2"',
    "base64": 'base64 = "0.22"',
    "chrono": 'chrono = { version = "0.4", default-features = false, features = ["serde", "std"] }',
    "indexmap": 'indexmap = { version = "2", features = ["serde"] }',
    "serde_repr": 'serde_repr = "0.1"',
    "uuid": 'uuid = { version = "1", features = ["serde"] }',
}
"""The lines of ``Cargo.toml``, by crate."""

_FORMATS: Final = {
    "json": ("serde_json", "serde_json::to_vec"),
    "msgpack": ("rmp-serde", "rmp_serde::to_vec_named"),
    "msgpack-compact": ("rmp-serde", "rmp_serde::to_vec"),
    "cbor": ("ciborium", "ciborium::into_writer"),
}
_DURATION: Final = {"secs": (0, 2**64 - 1), "nanos": (0, 2**32 - 1)}


def rust(as_type: TypeForm[Any], codec: Codec | str = "json", *, forms: Mapping[Any, Any] | None = None) -> str:
    """
    Return Rust types for the documents of a type.

    A value that these types read from what the codec writes they write back
    as the same bytes. The types for ``json`` serve ``msgpack`` and
    ``cbor`` as well where their documents have the same shape.

    Args:
        as_type: A class, a generic one with its arguments, a union, or any other annotation.
        codec: The codec, or its name.
        forms: The forms of types with hooks: by type another type of the same form, or a `Fragment` with ``rust``.

    Raises:
        SchemaError: Serde has no such type.
        FormatError: The type has no representation.
    """
    write = document_of(as_type, codec, direction="write", forms=forms)
    return rust_of(write, document_of(as_type, codec, direction="read", forms=forms))


def rust_of(write: Document, read: Document) -> str:
    """
    Return Rust types for described documents.

    Args:
        write: The description of what is written.
        read: The description of what is read, of the same type and codec.

    Raises:
        SchemaError: Serde has no such type.
    """
    merged = merge(write, read)
    types = Types(merged, write.format)
    enums, structs = Enums(types), Structs(types)
    items = [_root(types, merged)]
    items += [_item(types, enums, structs, name) for name in _in_order(types, merged)]
    items.append([wire_module(types.parts, is_wide=types.is_wide).rstrip("\n")])
    body = "\n\n".join("\n".join(lines) for lines in items if any(lines))
    return f"{_header(types, write)}\n\n{body}\n"


def _root(types: Types, merged: Merged) -> list[str]:
    if isinstance(merged.root, Reference):
        return []
    name = unique("Document", types.names.values())
    place = types.place(name)
    return ["/// A document.", f"pub type {name} = {types.type_of(merged.root, place)};"]


def _in_order(types: Types, merged: Merged) -> list[str]:
    """Return the names of the definitions, that of the whole document first."""
    root = merged.root.name if isinstance(merged.root, Reference) else None
    return sorted(types.names, key=lambda name: name != root)


def _item(types: Types, enums: Enums, structs: Structs, name: str) -> list[str]:
    form = types.merged.definitions[name]
    rust_name = types.names[name]
    match form:
        case Record():
            if _is_duration(types, form):
                return [f"pub type {rust_name} = std::time::Duration;"]
            return structs.record(name, form)
        case Union():
            return enums.union(name, form)
        case Enumeration():
            return enums.enumeration(name, form)
        case TupleOf(name=str()) | TupleOf(items=(_, _, *_)):
            return structs.named_tuple(name, form)
        case _:
            tp = types.type_of(form, types.place(name))
            if not types.is_recursive(name):
                return [f"pub type {rust_name} = {tp};"]
            hashed = "Eq, Hash, " if types.has_hash(form) else ""
            traits = f"#[derive(Clone, Debug, PartialEq, {hashed}serde::Serialize, serde::Deserialize)]"
            return [traits, "#[serde(transparent)]", f"pub struct {rust_name}(pub {tp});"]


def _is_duration(types: Types, form: Record) -> bool:
    """Return whether a record is what serde writes of a ``std::time::Duration``."""
    bounds = {
        field.key: (field.form.minimum, field.form.maximum) for field in form.fields if isinstance(field.form, Integer)
    }
    is_struct = form.layout == "map" if not types.is_compact else form.layout == "array"
    return is_struct and len(form.fields) == len(_DURATION) and bounds == _DURATION


def _header(types: Types, document: Document) -> str:
    crate, writer = _FORMATS.get(document.format, (None, None))
    crates = ["serde", *([crate] if crate else []), *sorted(types.crates | ({"base64"} & types.parts))]
    lines = [
        f"Rust types for documents of {document.type} in {document.format}, made by symphony-types.",
        "",
        "Cargo.toml:",
        *(f"    {CRATES[name]}" for name in crates),
    ]
    flattened = any(isinstance(form, Record) and _is_open_map(form) for form in types.merged.definitions.values())
    if writer is not None:
        lines += ["", f"Write with {writer}."]
    if document.format in ("json", "cbor") and flattened:
        lines += [
            "Serde does not know the length of a map with flattened fields. So that CBOR has it at the front, write",
            "ciborium::Value::serialized(&value)? with ciborium::into_writer.",
        ]
    return "\n".join(f"// {line}".rstrip() for text in lines for line in text.splitlines() or [""])


def _is_open_map(form: Record) -> bool:
    return form.unknown == "keep" or any(field.flattened for field in form.fields)
