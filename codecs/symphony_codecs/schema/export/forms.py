"""
The forms of a document: what stands where, in which bounds, under which name.

The nodes of `symphony_codecs.schema` tell an executor what to do; forms tell
a reader what a document looks like. They hold no functions and no classes, so
a file can keep them. One document description is for one type, one codec and one
direction: ``write`` describes what encoding writes, ``read`` what decoding
takes in the form that the codec itself writes. (Decoding also takes a few
forms of other peers, such as numbers for timestamps; no form lists these.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from .scalar_forms import (
    Boolean,
    Bytes,
    Enumeration,
    Float,
    Form,
    Integer,
    Null,
    Text,
    Untyped,
)


__all__ = [
    "Array",
    "Boolean",
    "Bytes",
    "Document",
    "Enumeration",
    "Field",
    "Float",
    "Form",
    "Fragment",
    "Integer",
    "MapOf",
    "Null",
    "Nullable",
    "Opaque",
    "Record",
    "Reference",
    "Text",
    "TupleOf",
    "Union",
    "Untyped",
    "Variant",
]

Direction: TypeAlias = Literal["write", "read"]


@attrs.frozen(kw_only=True)
class Nullable(Form):
    """Null, or a form."""

    inner: Form


@attrs.frozen(kw_only=True)
class Array(Form):
    """
    An array of like items.

    Attributes:
        item: The form of each.
        minimum: The least number of items.
        maximum: The greatest; ``None``: no bound.
        unique: Whether no item occurs twice, as in a set.
    """

    item: Form
    minimum: int = 0
    maximum: int | None = None
    unique: bool = False


@attrs.frozen(kw_only=True)
class TupleOf(Form):
    """
    An array whose items have their places.

    Attributes:
        items: The form of each.
        least: How many of them must be there; ``None``: all.
        names: The items' names (of a named tuple); empty: they have none.
        name: The named tuple's name.
    """

    items: tuple[Form, ...]
    least: int | None = None
    names: tuple[str, ...] = ()
    name: str | None = None


@attrs.frozen(kw_only=True)
class MapOf(Form):
    """
    A map whose keys are not fixed.

    Attributes:
        key: The form of a key, as it stands in the document.
        value: The form of a value.
        minimum: The least number of entries.
        maximum: The greatest; ``None``: no bound.
    """

    key: Form
    value: Form
    minimum: int = 0
    maximum: int | None = None


@attrs.frozen(kw_only=True)
class Field:
    """
    A field of a record.

    Attributes:
        name: The attribute's name.
        key: The name on the wire; an int in MessagePack and CBOR alone.
        form: The form of its value. If flattened: a `Record` (or a reference to one) or a `MapOf`, whose entries
            stand among those of the record.
        aliases: Other names that reading takes.
        required: Reading: whether it must be there. Writing: whether it is always written.
        has_default: Whether `default` counts.
        default: The value of a missing field, in the form of the document.
        flattened: Whether its entries stand among those of the record.
        doc: Its documentation.
    """

    name: str
    key: str | int
    form: Form
    aliases: tuple[str, ...] = ()
    required: bool = True
    has_default: bool = False
    default: Any = None
    flattened: bool = False
    doc: str = ""


@attrs.frozen(kw_only=True)
class Record(Form):
    """
    An object with fixed fields: an attrs class, a dataclass, a typed dict.

    Attributes:
        name: Its name, unique in the document description.
        fields: Its fields, in order.
        layout: How it is written: as a ``map``, as an ``array`` of the fields in order, or as one fixed value
            (``unit``). Reading takes both maps and arrays, unless `only_maps`.
        least: Array: the least number of items; reading: also where the layout is a ``map``.
        only_maps: Reading: whether arrays are refused, as for typed dicts.
        or_map: Array: whether a map of the same fields is written where unknown ones are kept for the instance.
        unknown: The treatment of keys that no field has.
        other: The form of what other keys hold, where a typed dict has a type for them (``extra_items``).
        unit: The value written where the layout is ``unit``.
        doc: The class's documentation.
    """

    name: str
    fields: tuple[Field, ...] = ()
    layout: Literal["map", "array", "unit"] = "map"
    least: int = 0
    only_maps: bool = False
    or_map: bool = False
    unknown: Literal["ignore", "forbid", "keep"] = "ignore"
    other: Form | None = None
    unit: Any = None
    doc: str = ""


@attrs.frozen(kw_only=True)
class Variant:
    """
    A member of a union.

    Attributes:
        name: Its name: on the wire, in a tagged union; else what to call it.
        form: The form of its content; ``None``: nothing (``"Name"`` alone, or only the tag). For `internal` tagging a
            record (or a reference to one) beside the tag.
        newtype: Whether `form` is what the one field of the class holds, without the class around it.
        may_lack_content: Adjacent tagging: whether the content may be missing.
        lacks: Untagged, reading: a key with which a map is taken for another member; ``None``: no key does that.
    """

    name: str
    form: Form | None
    newtype: bool = False
    may_lack_content: bool = False
    lacks: str | int | None = None


@attrs.frozen(kw_only=True)
class Union(Form):
    """
    One of several forms.

    Attributes:
        tagging: Serde's ``external`` (``{"Name": content}``, ``"Name"`` for a variant without content), ``internal``
            (``{tag: "Name", ...fields}``, an array with the name first where the record is one), ``adjacent`` (``{tag:
            "Name", content: ...}``, a pair where `pair`); ``literal`` (records that differ in fields that hold one
            value each, which are among their fields); ``untagged`` (the first that fits).
        variants: The members, in order.
        name: Its name, where it has one (a Rust enum in one class, an alias); else ``None``.
        tag: The key of the name.
        content: The key of the content.
        keys: Literal: the keys of the fields that tell the records apart, which are always there.
        pair: Whether adjacent ones are written as arrays of two.
        forbids: Adjacent: whether reading refuses other keys than `tag` and `content`.
        other: The form of content under unlisted names; ``None``: such names are refused.
        doc: The documentation of the class, where there is one.
    """

    tagging: Literal["external", "internal", "adjacent", "literal", "untagged"]
    variants: tuple[Variant, ...]
    name: str | None = None
    tag: str = "type"
    content: str = "content"
    keys: tuple[str | int, ...] = ()
    pair: bool = False
    forbids: bool = False
    other: Form | None = None
    doc: str = ""

    @property
    def open(self) -> bool:
        """Whether reading takes names that are not listed."""
        return self.other is not None


@attrs.frozen(kw_only=True)
class Reference(Form):
    """
    A form of the document description's definitions.

    Attributes:
        name: Its name there.
    """

    name: str


@attrs.frozen(kw_only=True)
class Opaque(Form):
    """
    A value whose form only a hook knows.

    Attributes:
        type: The type's name.
        path: Where it stands in the type, such as ``Order.lines[].price``.
        fragments: The user's fragments, by target (``json-schema``, ``cddl``, ``rust``, ``typescript``).
        kinds: The builtin kinds it may be, where that is known.
    """

    type: str
    path: str = ""
    fragments: Mapping[str, Any] = attrs.field(factory=dict)
    kinds: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Fragment:
    """
    The user's schema for values of a type with hooks.

    Args:
        json_schema: A JSON Schema.
        cddl: A type of CDDL (RFC 8610), such as ``tstr``.
        rust: A type of Rust that serde reads and writes in this form.
        typescript: A type of TypeScript.
    """

    json_schema: Mapping[str, Any] | bool | None = None
    cddl: str | None = None
    rust: str | None = None
    typescript: str | None = None

    @property
    def by_target(self) -> dict[str, Any]:
        """The fragments by target."""
        every = {
            "json-schema": self.json_schema,
            "cddl": self.cddl,
            "rust": self.rust,
            "typescript": self.typescript,
        }
        return {target: said for target, said in every.items() if said is not None}


@attrs.frozen(kw_only=True)
class Document:
    """
    The form of documents of a type.

    Attributes:
        type: The type, in words.
        format: The codec's name.
        direction: ``write`` or ``read``.
        root: The form of a document.
        definitions: Forms by name: every record and every named enumeration and union, once.
    """

    type: str
    format: str
    direction: Direction
    root: Form
    definitions: Mapping[str, Form] = attrs.field(factory=dict)
