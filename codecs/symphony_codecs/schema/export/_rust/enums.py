"""Enums: for enumerations and unions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..errors import SchemaError
from ..forms import Bytes, Enumeration, Float, Null, Record, Text, Union, Variant
from .defaults import any_literal
from .names import comment, text_literal, type_name, unique
from .types import Types, is_buffering, members_of
from .words import rules_of


__all__ = ["Enums"]

_REPRESENTATIONS: Final = tuple(
    (f"{sign}{size}", 0 if sign == "u" else -(2 ** (size - 1)), 2**size - 1 if sign == "u" else 2 ** (size - 1) - 1)
    for size in (8, 16, 32, 64)
    for sign in "ui"
)
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
        rest = f"Ok({rust_name}::{other}(value))" if form.open else f'Err("no value of {rust_name}")'
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
            "    fn try_from(value: wire::Any) -> Result<Self, Self::Error> {",
            "        use wire::Any;",
            "        match value {",
            *known,
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
        attribute = {
            "internal": f"#[serde(tag = {text_literal(form.tag)})]",
            "adjacent": f"#[serde(tag = {text_literal(form.tag)}, content = {text_literal(form.content)}"
            f"{', deny_unknown_fields' if form.forbids else ''})]",
            "untagged": "#[serde(untagged)]",
            "literal": "#[serde(untagged)]",
        }.get(form.tagging)
        rust_name = types.names[name]
        hashed = "Eq, Hash, " if types.has_hash(form) else ""
        lines = [
            *comment((*([form.doc] if form.doc else []), *form.checks)),
            f"#[derive(Clone, Debug, PartialEq, {hashed}{_SERDE})]",
            *([attribute] if attribute else []),
            f"pub enum {rust_name} {{",
        ]
        taken: list[str] = []
        for variant in _in_order(types, form):
            ident = unique(type_name(variant.name), taken)
            taken.append(ident)
            if is_tagged(form) and ident != variant.name:
                lines.append(f"    #[serde(rename = {text_literal(variant.name)})]")
            lines.append(f"    {ident}{self._content(name, form, variant)},")
        if not form.open:
            return [*lines, "}"]
        types.parts.update(("any", "name_of"))
        ident, unknown = unique("Unknown", taken), unique(f"Unknown{rust_name}", types.names.values())
        lines += ["    #[serde(untagged)]", f"    {ident}({unknown}),", "}", ""]
        return [*lines, *_unknown(unknown, form)]

    def _content(self, name: str, form: Union, variant: Variant) -> str:
        types = self._types
        if variant.form is None:
            return "(())" if form.tagging == "adjacent" and form.pair else ""
        place = types.place(name, f"({variant.name})", is_buffered=is_buffering(form))
        held = types.resolve(variant.form)
        if form.tagging == "internal":
            is_struct = isinstance(held, Record) and held.layout == "array" and not types.is_compact
            if is_struct:
                why = "serde has no internal tags in arrays but those of rmp_serde::to_vec"
                raise SchemaError.at(place.path, "rust", why, step="write it as a map, or tag the union externally")
            if isinstance(held, Record) and not held.fields and held.layout != "unit":
                return ""
        if isinstance(held, Null) and form.tagging in ("untagged", "literal"):
            return ""
        return f"({types.type_of(variant.form, place)})"


def is_tagged(form: Union) -> bool:
    """Return whether the names of variants are on the wire."""
    return form.tagging in ("external", "internal", "adjacent")


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
        "    fn try_from(value: wire::Any) -> Result<Self, Self::Error> {",
        f"        match wire::name_of(&value, {tag}) {{",
        f"            Some(name) if ![{names}].contains(&name) => Ok({name}(value)),",
        f'            _ => Err("no variant of {name}"),',
        "        }",
        "    }",
        "}",
    ]
