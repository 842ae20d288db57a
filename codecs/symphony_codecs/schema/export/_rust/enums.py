"""Enums: for enumerations and unions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

import attrs

from ..errors import SchemaError
from ..forms import (
    Array,
    Boolean,
    Bytes,
    Enumeration,
    Field,
    Float,
    Form,
    Integer,
    MapOf,
    Null,
    Nullable,
    Record,
    Reference,
    Text,
    TupleOf,
    Union,
    Untyped,
    Variant,
)
from .defaults import any_literal
from .names import comment, text_literal, type_name, unique
from .types import Types, members_of
from .words import rules_of


__all__ = ["Enums"]

_REPRESENTATIONS: Final = tuple(
    (f"{sign}{size}", 0 if sign == "u" else -(2 ** (size - 1)), 2**size - 1 if sign == "u" else 2 ** (size - 1) - 1)
    for size in (8, 16, 32, 64)
    for sign in "ui"
)
_KINDS: Final = {Integer: "Int", Boolean: "Bool", Array: "List", TupleOf: "Tuple", MapOf: "Map", Untyped: "Any"}
_SERDE: Final = "serde::Serialize, serde::Deserialize"


class Enums:
    """
    The enums of a file.

    Args:
        types: The types of the file.
    """

    def __init__(self, types: Types) -> None:
        self._types = types

    # Enumerations

    def enumeration(self, name: str, form: Enumeration) -> list[str]:
        """Return the lines of the enum of some values."""
        docs = comment((*([form.doc] if form.doc else []), *rules_of(form)))
        kinds = {type(value) for value in form.values}
        if kinds == {str}:
            return [*docs, *self._of_texts(name, form)]
        if kinds == {int} and not form.open:
            for representation, low, high in _REPRESENTATIONS:
                if all(low <= value <= high for value in form.values):
                    return [*docs, *self._of_integers(name, form, representation)]
        return [*docs, *self._of_any(name, form)]

    def _of_texts(self, name: str, form: Enumeration) -> list[str]:
        copied = "" if form.open else "Copy, "
        lines = [f"#[derive(Clone, {copied}Debug, PartialEq, Eq, Hash, {_SERDE})]"]
        lines.append(f"pub enum {self._types.names[name]} {{")
        members = members_of(form)
        for member, value in zip(members, form.values, strict=True):
            if member != value:
                lines.append(f"    #[serde(rename = {text_literal(value)})]")
            lines.append(f"    {member},")
        if form.open:
            lines += ["    #[serde(untagged)]", f"    {unique('Other', members)}(String),"]
        return [*lines, "}"]

    def _of_integers(self, name: str, form: Enumeration, representation: str) -> list[str]:
        self._types.crates.add("serde_repr")
        traits = "serde_repr::Serialize_repr, serde_repr::Deserialize_repr"
        members = zip(members_of(form), form.values, strict=True)
        return [
            f"#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, {traits})]",
            f"#[repr({representation})]",
            f"pub enum {self._types.names[name]} {{",
            *(f"    {member} = {value}," for member, value in members),
            "}",
        ]

    def _of_any(self, name: str, form: Enumeration) -> list[str]:
        """Return the enum of values of several kinds, which goes by way of an untyped value."""
        types = self._types
        rust_name, members = types.names[name], members_of(form)
        types.parts.update(("any", "equals"))
        other = unique("Other", members)
        copied = ", Eq, Hash" if not form.open else ""
        listed = [(member, any_literal(value, "Any")) for member, value in zip(members, form.values, strict=True)]
        known = (f"            _ if wire::equals(&value, &{made}) => Ok({rust_name}::{m})," for m, made in listed)
        rest = f'Err("no value of {rust_name}")'
        of_kind = [f"Any::{kind}(_)" for kind in dict.fromkeys(map(_kind_of_value, form.values)) if kind]
        return [
            f"#[derive(Clone, Debug, PartialEq{copied}, {_SERDE})]",
            '#[serde(into = "wire::Any", try_from = "wire::Any")]',
            f"pub enum {rust_name} {{",
            *(f"    {member}," for member in members),
            *((f"    {other}(wire::Any),",) if form.open else ()),
            "}",
            "",
            f"impl From<{rust_name}> for wire::Any {{",
            f"    fn from(value: {rust_name}) -> Self {{",
            "        use wire::Any;",
            "        match value {",
            *(f"            {rust_name}::{member} => {made}," for member, made in listed),
            *((f"            {rust_name}::{other}(value) => value,",) if form.open else ()),
            "        }",
            "    }",
            "}",
            "",
            f"impl TryFrom<wire::Any> for {rust_name} {{",
            "    type Error = &'static str;",
            "",
            "    fn try_from(value: wire::Any) -> Result<Self, &'static str> {",
            "        use wire::Any;",
            "        match value {",
            *known,
            *(
                (f"            {' | '.join(of_kind)} => Ok({rust_name}::{other}(value)),",)
                if form.open and of_kind
                else ()
            ),
            f"            _ => {rest},",
            "        }",
            "    }",
            "}",
        ]

    # Unions

    def union(self, name: str, form: Union) -> list[str]:
        """
        Return the lines of the enum of a union.

        Raises:
            SchemaError: Serde has no such enum.
        """
        types = self._types
        form = self._by_tag(name, form)
        is_array = self._is_array(form)
        rust_name = types.names[name]
        hashed = "Eq, Hash, " if types.has_hash(form) else ""
        attribute = "#[serde(untagged)]" if is_array else _attribute(form)
        lines = [
            *comment((*([form.doc] if form.doc else []), *form.checks)),
            f"#[derive(Clone, Debug, PartialEq, {hashed}{_SERDE})]",
            *([attribute] if attribute else []),
            f"pub enum {rust_name} {{",
        ]
        taken: list[str] = []
        tags: list[str] = []
        for variant in _in_order(types, form):
            ident = unique(type_name(variant.name if is_tagged(form) else _kind_of(types, variant)), taken)
            taken.append(ident)
            if is_array:
                tag = unique(f"{rust_name}{ident}Tag", types.names.values())
                lines.append(f"    {ident}{self._array(name, form, variant, tag)},")
                tags += ["", *_tag(tag, variant)]
                continue
            if is_tagged(form) and ident != variant.name:
                lines.append(f"    #[serde(rename = {text_literal(variant.name)})]")
            lines.append(f"    {ident}{self._content(name, form, variant)},")
        if not form.open:
            return [*lines, "}", *tags]
        types.parts.update(("any", "name_of"))
        ident, unknown = unique("Unknown", taken), unique(f"Unknown{rust_name}", types.names.values())
        lines += [*([] if is_array else ["    #[serde(untagged)]"]), f"    {ident}({unknown}),", "}", *tags, ""]
        return [*lines, *_unknown(unknown, form)]

    def _is_array(self, form: Union) -> bool:
        """Return whether variants are arrays with their names in front without rmp_serde::to_vec making them so."""
        types = self._types
        if types.is_compact or form.tagging not in ("internal", "adjacent"):
            return False
        held = [types.resolve(each.form) for each in form.variants if each.form is not None]
        return form.pair or (
            form.tagging == "internal" and any(isinstance(each, Record) and each.layout == "array" for each in held)
        )

    def _array(self, name: str, form: Union, variant: Variant, tag: str) -> str:
        types = self._types
        place = types.place(name, f"({variant.name})", is_buffered=True)
        held = types.resolve(variant.form or Null())
        inside = [variant.form or Null()]
        if form.tagging == "internal":
            inside = [field.form for field in held.fields] if isinstance(held, Record) else []
        if not inside:  # a variant that holds one thing is that thing
            return f"(({tag},))"
        return f"({', '.join((tag, *(types.type_of(each, place) for each in inside)))})"

    def _by_tag(self, name: str, form: Union) -> Union:
        """
        Return a union whose literal fields tell its records apart, as one with internal tags where those are left out.

        A field that the record leaves out is written in front of it, which is what serde does with a tag.
        """
        types = self._types
        if form.tagging != "literal":
            return form
        records = {each.name: each.form for each in form.variants if isinstance(each.form, Reference)}
        left_out = types.merged.left_out
        if not any(
            (each.name, key) in left_out for each in records.values() for key in _fields(types, each, form.keys)
        ):
            return form
        variants = []
        for variant in form.variants:
            fields = _fields(types, variant.form, form.keys)
            values = [types.resolve(field.form) for field in fields.values()]
            (value,) = values if len(values) == 1 else (None,)
            is_fixed = isinstance(value, Enumeration) and len(value.values) == 1 and isinstance(value.values[0], str)
            if not is_fixed:
                why = "the field that tells the classes apart is left out, and is not one text for each"
                raise SchemaError.at(name, "rust", why, step="write the field always, or give the union a tag")
            assert isinstance(value, Enumeration)
            variants.append(attrs.evolve(variant, name=value.values[0]))
        return attrs.evolve(form, tagging="internal", variants=tuple(variants))

    def _content(self, name: str, form: Union, variant: Variant) -> str:
        types = self._types
        is_pair = form.tagging == "adjacent" and form.pair
        if variant.form is None and not is_pair:
            # As an entry of another record it has null beside its name, which serde reads by way of its buffer.
            is_entry = form.tagging == "external" and types.is_only_flattened(name)
            return f"({types.use('nothing')})" if is_entry else ""
        place = types.place(name, f"({variant.name})", is_buffered=types.is_buffering(form))
        held = types.resolve(variant.form or Null())
        if form.tagging == "internal" and isinstance(held, Record) and not held.fields:
            others = [types.resolve(each.form) for each in form.variants if each.form is not None]
            is_map = any(isinstance(each, Record) and each.fields and each.layout == "map" for each in others)
            return " { #[serde(flatten)] as_map: () }" if types.is_compact and is_map else ""
        if isinstance(held, Null) and form.tagging in ("untagged", "literal"):
            return ""
        return f"({types.type_of(variant.form or held, place)})"


def _attribute(form: Union) -> str | None:
    tag, content = text_literal(form.tag), text_literal(form.content)
    match form.tagging:
        case "internal":
            return f"#[serde(tag = {tag})]"
        case "adjacent":
            return f"#[serde(tag = {tag}, content = {content}{', deny_unknown_fields' if form.forbids else ''})]"
        case "external":
            return None
        case _:
            return "#[serde(untagged)]"


def _tag(name: str, variant: Variant) -> list[str]:
    return [
        f"#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, {_SERDE})]",
        f"pub enum {name} {{",
        f"    #[serde(rename = {text_literal(variant.name)})]",
        "    Name,",
        "}",
    ]


def _kind_of_value(value: Any) -> str:
    kinds = {bool: "Bool", int: "Int", float: "Float", str: "Text", bytes: "Bytes", dict: "Map"}
    return kinds.get(type(value), "" if value is None else "Array")


def _kind_of(types: Types, variant: Variant) -> str:
    """Return the name of a variant that has none in documents."""
    form = variant.form or Null()
    if isinstance(form, Nullable):
        form = form.inner
    if isinstance(form, Reference):
        return types.names[form.name]
    if isinstance(form, Null):
        return "Null" if variant.name in ("None", "NoneType") else variant.name
    if isinstance(form, (Text, Bytes)):
        return getattr(form, "format", None) or form.type or type(form).__name__
    return _KINDS.get(type(form), type(form).__name__)


def is_tagged(form: Union) -> bool:
    """Return whether the names of variants are on the wire."""
    return form.tagging in ("external", "internal", "adjacent")


def _fields(types: Types, form: Form | None, keys: Collection[str | int]) -> dict[str, Field]:
    """Return the fields of a record under some keys, by name."""
    held = types.resolve(form or Null())
    return {field.name: field for field in held.fields if field.key in keys} if isinstance(held, Record) else {}


def _in_order(types: Types, form: Union) -> Iterable[Variant]:
    """
    Return the variants, without tags in an order in which serde finds the right one.

    Its floats are read from integers, too, and its texts from bytes.
    """
    if is_tagged(form):
        return form.variants

    def rank(variant: Variant) -> int:
        held = types.resolve(variant.form or Null())
        return 1 if isinstance(held, Float) or (isinstance(held, Text) and has_bytes) else 0

    has_bytes = any(isinstance(types.resolve(each.form or Null()), Bytes) for each in form.variants)
    return sorted(form.variants, key=rank)


def _unknown(name: str, form: Union) -> list[str]:
    tag = f"Some({text_literal(form.tag)})" if form.tagging != "external" else "None"
    names = ", ".join(text_literal(variant.name) for variant in form.variants)
    return [
        "/// A variant that is not listed, as it came.",
        f"#[derive(Clone, Debug, PartialEq, {_SERDE})]",
        '#[serde(try_from = "wire::Any")]',
        f"pub struct {name}(pub wire::Any);",
        "",
        f"impl TryFrom<wire::Any> for {name} {{",
        "    type Error = &'static str;",
        "",
        "    fn try_from(value: wire::Any) -> Result<Self, &'static str> {",
        f"        match wire::name_of(&value, {tag}) {{",
        f"            Some(name) if ![{names}].contains(&name) => Ok({name}(value)),",
        f'            _ => Err("no variant of {name}"),',
        "        }",
        "    }",
        "}",
    ]
