"""Types of TypeScript for documents in JSON."""

from __future__ import annotations

import json
import re

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from typing_extensions import TypeForm

from . import forms as f
from .build import document_of
from .typescript_parts import (
    IDENTIFIER,
    array_type,
    doc_lines,
    enumeration_type,
    integer_type,
    js_doc,
    key_text,
    literal,
    notes,
    opaque_type,
    other_kinds,
    shown,
    tuple_item,
)


if TYPE_CHECKING:
    from ...codec import Codec


__all__ = ["typescript", "typescript_of"]

_TAKEN: Final = frozenset(
    re.findall(
        r"\S+",
        "any bigint boolean never null number object string symbol undefined unknown void Pick Required Uint8Array"
        " as async await break case catch class const continue debugger declare default delete do else enum export"
        " extends false finally for from function get if implements import in instanceof interface is keyof let module"
        " namespace new of package private protected public readonly require return set static super switch this throw"
        " true try type typeof var while with yield",
    )
)
_JSON: Final = "null | boolean | number | string | {name}[] | {{ [key: string]: {name} }}"
_LACKING: Final = "T extends unknown ? { [K in keyof T]?: never } : never"


def typescript(
    as_type: TypeForm[Any],
    codec: Codec | str = "json",
    *,
    direction: f.Direction = "write",
    forms: Mapping[Any, Any] | None = None,
) -> str:
    """
    Return the form of documents of a type, as types of TypeScript.

    The type of a document is called ``Document``.

    Args:
        as_type: A class, a generic one with its arguments, a union, or any other annotation.
        codec: The codec, or its name: one whose documents are JSON.
        direction: ``write``: what encoding writes.  ``read``: what decoding takes, in the form that the codec itself
            writes.
        forms: The forms of types with hooks: by type another type of the same form, or a `Fragment`.

    Raises:
        SchemaError: A part of the type is known to a hook alone.
        FormatError: The type has no representation.
    """
    return typescript_of(document_of(as_type, codec, direction=direction, forms=forms))


def typescript_of(document: f.Document) -> str:
    """
    Return a document description as types of TypeScript.

    Raises:
        SchemaError: A part of it is known to a hook alone.
    """
    return _Writer(document).text()


class _Writer:
    """Writes the types of one document description."""

    def __init__(self, document: f.Document) -> None:
        self._document = document
        self._taken = set(_TAKEN)
        self._names = {name: self._fresh(name) for name in document.definitions}
        self._helpers: dict[str, str] = {}
        self._make: Mapping[type, Callable[[Any], str]] = {
            f.Untyped: lambda _: self._helper("JsonValue", "", _JSON),
            f.Null: lambda _: "null",
            f.Boolean: lambda _: "boolean",
            f.Integer: integer_type,
            f.Float: lambda _: "number",
            f.Text: self._text,
            f.Bytes: lambda form: self._helper("Base64Text", "", "string") if form.base64 else "Uint8Array",
            f.Enumeration: enumeration_type,
            f.Nullable: lambda form: f"{self.type(form.inner)} | null",
            f.Array: lambda form: array_type(self.type(form.item)),
            f.TupleOf: self._tuple,
            f.MapOf: self._map,
            f.Record: self._record,
            f.Union: lambda form: " | ".join(dict.fromkeys(self._variants(form))),
            f.Reference: lambda form: self._names[form.name],
            f.Opaque: opaque_type,
        }

    # Declarations

    def text(self) -> str:
        """Write all types."""
        document = self._document
        how = "decoding takes them" if document.direction == "read" else "encoding writes them"
        parts = [f"// Documents of {' '.join(document.type.split())} in {document.format}, as {how}."]
        root = f"{js_doc(notes(document.root))}export type {self._fresh('Document')} = {self.type(document.root)};"
        parts += [root, *(self._declared(self._names[name], form) for name, form in document.definitions.items())]
        parts += self._helpers.values()
        return "\n\n".join(parts) + "\n"

    def _declared(self, name: str, form: f.Form) -> str:
        comment = js_doc([*doc_lines(getattr(form, "doc", "")), *notes(form)])
        if isinstance(form, f.Enumeration) and form.names and form.names != form.values:
            members = zip(form.values, form.names, strict=True)
            named = [(literal(value), f" // {member}") for value, member in members]
            lines = [*named, *((kind, "") for kind in other_kinds(form))]
            ends = [*[""] * (len(lines) - 1), ";"]
            body = "\n".join(f"  | {kind}{end}{note}" for (kind, note), end in zip(lines, ends, strict=True))
            return f"{comment}export type {name} =\n{body}"
        if isinstance(form, f.Union):
            return f"{comment}export type {name} =\n  | " + "\n  | ".join(dict.fromkeys(self._variants(form))) + ";"
        if isinstance(form, f.Record) and form.layout == "map" and not any(each.flattened for each in form.fields):
            body = self._body(form)
            if body:
                return f"{comment}export interface {name} {{\n{body}}}"
        return f"{comment}export type {name} = {self.type(form)};"

    def _fresh(self, name: str) -> str:
        told = re.sub(r"[^A-Za-z0-9_$]", "_", name)
        told = told if IDENTIFIER.fullmatch(told) else f"_{told}"
        while told in self._taken:
            told += "_"
        self._taken.add(told)
        return told

    def _helper(self, name: str, parameters: str, said: str) -> str:
        """Return the name of a type that stands at the end."""
        key = f"${name}"
        if key not in self._helpers:
            known = self._names[key] = self._fresh(name)
            self._helpers[key] = (
                f"export type {known}{parameters} = {said.format(name=known) if '{name}' in said else said};"
            )
        return self._names[key]

    # Types

    def type(self, form: f.Form) -> str:
        """Write a form."""
        return self._make[type(form)](form)

    def _text(self, form: f.Text) -> str:
        if form.format is None:
            return "string"
        words = re.findall(r"[A-Za-z0-9]+", (form.type or form.format).replace("|", "or"))
        return self._helper("".join(word[0].upper() + word[1:] for word in words) + "Text", "", "string")

    def _tuple(self, form: f.TupleOf) -> str:
        least = len(form.items) if form.least is None else form.least
        names = form.names or ("",) * len(form.items)
        items = enumerate(zip(names, form.items, strict=True))
        return f"[{', '.join(tuple_item(name, self.type(item), optional=at >= least) for at, (name, item) in items)}]"

    def _map(self, form: f.MapOf) -> str:
        key = self._document.definitions[form.key.name] if isinstance(form.key, f.Reference) else form.key
        if isinstance(key, f.Enumeration) and not key.open:
            return f"{{ [K in {self.type(form.key)}]?: {self.type(form.value)} }}"
        kind = "number" if isinstance(key, f.Integer) else "string"
        return f"{{ [key: {kind}]: {self.type(form.value)} }}"

    # Records

    def _record(self, form: f.Record) -> str:
        if form.layout == "unit":
            return literal(form.unit)
        if form.layout == "array":
            fields = enumerate(form.fields)
            items = [tuple_item(each.name, self.type(each.form), optional=at >= form.least) for at, each in fields]
            either = f" | {self._record(attrs.evolve(form, layout='map', or_map=False))}" if form.or_map else ""
            return f"[{', '.join(items)}]{either}"
        body = self._body(form)
        parts = [f"{{\n{body}}}"] if body else []
        parts += [made for each in form.fields if each.flattened for made in self._flat(each)]
        return " & ".join(parts) or "{ [key: string]: never }"

    def _body(self, form: f.Record, first: str = "") -> str:
        lines = [first] if first else []
        for field in form.fields:
            if not field.flattened:
                lines.append(
                    self._property(field, field.key, is_optional=not field.required or self._has_others(field))
                )
                lines += [self._property(field, alias, is_optional=True) for alias in self._others(field)]
        others = self._type_of_others(form, is_whole=not first)
        if others:
            lines.append(f"  [key: string]: {others};\n")
        return "".join(lines)

    def _type_of_others(self, form: f.Record, *, is_whole: bool) -> str:
        """
        Return the type of an index signature, empty if there is none.

        It holds for every key, also for those that have a type of their own.

        Args:
            form: The record.
            is_whole: Whether no other property stands beside those of its fields.
        """
        flattened = [each.form for each in form.fields if each.flattened]
        maps = [each for each in flattened if isinstance(each, f.MapOf)]
        rest = form.other if form.other is not None else next((each.value for each in maps), None)
        if rest is None or len(flattened) > len(maps) or not is_whole:
            return "unknown" if rest is not None or form.unknown == "keep" else ""
        fields = [each for each in form.fields if not each.flattened]
        types = [self.type(rest), *(self.type(each.form) for each in fields)]
        if any(not each.required or self._has_others(each) for each in fields):
            types.append("undefined")
        return "unknown" if "unknown" in types else " | ".join(dict.fromkeys(types))

    def _others(self, field: f.Field) -> tuple[str, ...]:
        return field.aliases if self._document.direction == "read" else ()

    def _has_others(self, field: f.Field) -> bool:
        return bool(self._others(field))

    def _property(self, field: f.Field, key: str | int, *, is_optional: bool) -> str:
        told = doc_lines(field.doc)
        if field.required and is_optional:
            told.append(f"One of {', '.join(map(str, (field.key, *field.aliases)))} must be there.")
        told += notes(field.form)
        if field.has_default and not field.required:
            told.append(f"@default {shown(field.default)}")
        comment = "".join(f"  {line}\n" for line in js_doc(told).splitlines())
        return f"{comment}  {key_text(key)}{'?' if is_optional else ''}: {self.type(field.form)};\n"

    def _flat(self, field: f.Field) -> Iterator[str]:
        """Yield the types that a flattened field adds to the type around it."""
        form = field.form
        if isinstance(form, f.MapOf):
            return
        if isinstance(form, f.Nullable):
            inner = self._among(form.inner)
            yield f"({inner} | {self._helper('Lacking', '<T>', _LACKING)}<{inner}>)"
        else:
            yield f"({self._among(form)})"

    def _among(self, form: f.Form) -> str:
        """Write what stands among the entries of a map; there a name alone has null for its content."""
        union = self._definition(form)
        if not isinstance(union, f.Union) or union.tagging != "external":
            return self.type(form)
        null = f.Null()
        variants = tuple(attrs.evolve(each, form=null) if each.form is None else each for each in union.variants)
        return " | ".join(self._variants(attrs.evolve(union, variants=variants)))

    # Unions

    def _variants(self, form: f.Union) -> Iterator[str]:
        for variant in form.variants:
            yield self._variant(form, variant, json.dumps(variant.name))
        if form.other is None:
            return
        is_any = isinstance(form.other, f.Untyped)
        if form.tagging == "external":
            yield from ["string"] if is_any else []
            yield f"{{ [name: string]: {self.type(form.other)} }}"
        elif form.tagging == "internal" and is_any:
            yield f"{{ {key_text(form.tag)}: string; [key: string]: unknown }}"
        else:
            yield self._variant(form, f.Variant(name="", form=form.other, may_lack_content=is_any), "string")

    def _variant(self, union: f.Union, variant: f.Variant, name: str) -> str:
        form, tag = variant.form, key_text(union.tag)
        if union.tagging == "external":
            return name if form is None else f"{{ {key_text(variant.name)}: {self.type(form)} }}"
        if union.tagging == "adjacent":
            content = "null" if form is None else self.type(form)
            if union.pair:
                return f"[{name}, {tuple_item('', content, optional=variant.may_lack_content)}]"
            is_optional = form is None or variant.may_lack_content
            held = "" if form is None else f"; {key_text(union.content)}{'?' if is_optional else ''}: {content}"
            return f"{{ {tag}: {name}{held} }}"
        if form is None:
            return f"{{ {tag}: {name} }}" if union.tagging == "internal" else "null"
        if union.tagging == "internal":
            return self._internal(union, form, name)
        return self._with_keys(form, union.keys)

    def _internal(self, union: f.Union, form: f.Form, name: str) -> str:
        tag, record = key_text(union.tag), self._definition(form)
        has_array = isinstance(record, f.Record) and record.layout == "array"
        made = self.type(form)
        if isinstance(record, f.Record) and record.layout == "unit":
            return f"{{ {tag}: {name} }}"
        if has_array and isinstance(record, f.Record):
            array = self._record(attrs.evolve(record, or_map=False))
            label = union.tag if IDENTIFIER.fullmatch(union.tag) else "tag"
            either = f"[{label}: {name}, ...{array}]"
            as_map = attrs.evolve(record, layout="map", or_map=False)
            return f"{either} | {self._internal(union, as_map, name)}" if record.or_map else either
        if isinstance(record, f.Record) and not record.fields:
            return f"{{ {tag}: {name} }}"
        return f"({{ {tag}: {name} }} & {made if isinstance(form, f.Reference) else f'({made})'})"

    def _with_keys(self, form: f.Form, keys: Iterable[str | int]) -> str:
        """Return a record in which *keys* are always there."""
        record, made = self._definition(form), self.type(form)
        if not isinstance(record, f.Record) or record.layout != "map":
            return made
        lacking = [json.dumps(each.key) for each in record.fields if each.key in keys and not each.required]
        return f"({made} & Required<Pick<{made}, {' | '.join(lacking)}>>)" if lacking else made

    def _definition(self, form: f.Form) -> f.Form:
        return self._document.definitions[form.name] if isinstance(form, f.Reference) else form
