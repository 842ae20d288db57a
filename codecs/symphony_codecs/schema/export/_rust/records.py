"""Structs: for records and named tuples."""

from __future__ import annotations

import json

from collections.abc import Iterable
from typing import Any

import attrs

from ..errors import SchemaError
from ..forms import Field, MapOf, Nullable, Record, TupleOf, Untyped
from .defaults import Defaults
from .names import comment, field_name, text_literal, unique
from .types import Types
from .words import rules_of


__all__ = ["Structs", "derives"]


def derives(types: Types, form: Record | TupleOf, *more: str) -> str:
    """Return the line of traits."""
    hashed = ("Eq", "Hash") if types.has_hash(form) else ()
    traits = ("Clone", "Debug", "PartialEq", *hashed, *more, "serde::Serialize", "serde::Deserialize")
    return f"#[derive({', '.join(traits)})]"


@attrs.frozen
class _Member:
    """A field of a struct: its lines above, its type, and functions that they name."""

    docs: tuple[str, ...]
    attributes: tuple[str, ...]
    type: str
    functions: tuple[str, ...] = ()


class Structs:
    """
    The structs of a file.

    Args:
        types: The types of the file.
    """

    def __init__(self, types: Types) -> None:
        self._types = types
        self._defaults = Defaults(types)

    def named_tuple(self, name: str, form: TupleOf) -> list[str]:
        """Return the lines of a struct whose fields have their places alone."""
        types = self._types
        members = []
        for place, item in enumerate(form.items):
            what = form.names[place] if form.names else str(place)
            docs = (*((what,) if form.names else ()), *rules_of(item))
            members.append(_Member(docs, (), types.type_of(item, types.place(name, what))))
        if len(members) == 1:  # a struct of one field is that field alone on the wire
            return [f"pub type {types.names[name]} = ({members[0].type},);"]
        return [derives(types, form), *_tuple_struct(types.names[name], members)]

    def record(self, name: str, form: Record) -> list[str]:
        """Return the lines of the struct of a record, and of the functions that its attributes name."""
        types = self._types
        rust_name = types.names[name]
        docs = comment((*([form.doc] if form.doc else []), *rules_of(form)))
        if form.layout == "unit":
            return [*docs, *self._unit(name, form)]
        if form.layout == "array" and (not types.is_compact or form.unknown == "keep"):
            return [*docs, *self._array(name, form)]
        lines = [*docs, derives(types, form)]
        if form.unknown == "forbid" and self._can_deny(name, form):
            lines.append("#[serde(deny_unknown_fields)]")
        lines.append(f"pub struct {rust_name} {{")
        taken: list[str] = []
        functions: list[str] = []
        for field in form.fields:
            member = self._field(name, form, field)
            ident = unique(field_name(field.name), taken)
            taken.append(ident)
            names = (*_names(field, ident), *member.attributes)
            lines += comment(member.docs, "    ")
            if names:
                lines.append(f"    #[serde({', '.join(names)})]")
            lines.append(f"    pub {ident}: {member.type},")
            functions += member.functions
        lines += self._extra(name, form, taken)
        return [*lines, "}", *functions]

    def _can_deny(self, name: str, form: Record) -> bool:
        """Return whether serde finds the fields of a record among its entries, and so those that are no field."""
        parts = [self._types.resolve(each.form) for each in form.fields if each.flattened]
        held = [self._types.resolve(each.inner) if isinstance(each, Nullable) else each for each in parts]
        are_plain = all(isinstance(each, Record) and not any(f.flattened for f in each.fields) for each in held)
        return are_plain and not (held and self._types.is_only_flattened(name))

    def _unit(self, name: str, form: Record) -> list[str]:
        types = self._types
        rust_name = types.names[name]
        lines = [derives(types, form, "Default")]
        if form.unit == {}:
            return [*lines, f"pub struct {rust_name} {{}}"]
        if not types.place(name).is_buffered:
            return [*lines, f"pub struct {rust_name};"]
        nothing = types.use("nothing")
        return [
            *lines,
            f'#[serde(from = "{nothing}")]',
            f"pub struct {rust_name};",
            "",
            f"impl From<{nothing}> for {rust_name} {{",
            f"    fn from(_: {nothing}) -> Self {{",
            f"        {rust_name}",
            "    }",
            "}",
        ]

    def _extra(self, name: str, form: Record, taken: Iterable[str]) -> list[str]:
        """Return the lines of the field for what is not among the record's own."""
        types = self._types
        has_map = any(isinstance(types.resolve(each.form), MapOf) for each in form.fields if each.flattened)
        if form.unknown == "keep" and not has_map:
            place = types.place(name, "{}", is_buffered=True).item()
            value = types.type_of(form.other or Untyped(), place)
            types.crates.add("indexmap")
            ident = unique("unknown", taken)
            docs = comment(("What stands under other keys.",), "    ")
            return [*docs, "    #[serde(flatten)]", f"    pub {ident}: indexmap::IndexMap<String, {value}>,"]
        is_map = any(field.flattened for field in form.fields) or types.is_only_flattened(name)
        if types.is_compact and form.layout == "map" and not is_map:
            docs = comment(("Nothing: makes this a map where other structs are arrays.",), "    ")
            return [*docs, "    #[serde(flatten)]", f"    pub {unique('as_map', taken)}: (),"]
        return []

    def _array(self, name: str, form: Record) -> list[str]:
        members = [self._field(name, form, field) for field in form.fields]
        if len(members) == 1:
            # A struct of one field without a name is that field alone, so an array of one item stands in it.
            (member,) = members
            of_one = attrs.evolve(member, type=f"({member.type},)", attributes=(), functions=())
            members = [of_one]
        members = _with_last_defaults(members)
        docs = [attrs.evolve(m, docs=(f.name, *m.docs)) for m, f in zip(members, form.fields, strict=True)]
        functions = [line for member in members for line in member.functions]
        struct = self._types.names[name]
        return [derives(self._types, form), *_tuple_struct(struct, docs), *functions]

    def _field(self, name: str, record: Record, field: Field) -> _Member:
        types = self._types
        place = types.place(name, field.name)
        if field.flattened:
            form = field.form.inner if isinstance(field.form, Nullable) else field.form
            some = types.type_of(form, attrs.evolve(place, is_buffered=True))
            optional = not field.required or isinstance(field.form, Nullable)
            is_map = isinstance(types.resolve(form), MapOf)
            return _Member((field.doc,), ("flatten",), f"Option<{some}>" if optional and not is_map else some)
        if isinstance(field.key, int) and record.layout == "map":
            why = "the derives of serde have no integers for names of fields"
            raise SchemaError.at(place.path, "rust", why, step="give the field a name of text, or its class a form")
        docs = tuple(filter(None, (field.doc, *rules_of(field.form))))
        tp = types.type_of(field.form, place)
        is_left_out = (name, field.name) in types.merged.left_out and record.layout == "map"
        if field.required and not is_left_out:
            is_bare = tp.startswith("Option<") and record.layout == "map"
            if is_bare:
                types.parts.add("required")
            return _Member(docs, ('deserialize_with = "wire::required"',) if is_bare else (), tp)
        expression = self._defaults.expression(field.form, field.default, place) if field.has_default else None
        if expression is None:
            return self._maybe(docs, tp, is_left_out=is_left_out, is_array=record.layout == "array")
        return self._defaulted(name, field, attrs.evolve(_Member(docs, (), tp)), expression, is_left_out=is_left_out)

    def _maybe(self, docs: tuple[str, ...], tp: str, *, is_left_out: bool, is_array: bool) -> _Member:
        """Return a field without a value where it is missing."""
        if is_array or (tp.startswith("Option<") and not is_left_out):
            return _Member(docs, (), tp)
        self._types.parts.add("some")
        attributes = ("default", 'deserialize_with = "wire::some"', 'skip_serializing_if = "Option::is_none"')
        return _Member((*docs, "It may be missing."), attributes, f"Option<{tp}>")

    def _defaulted(self, name: str, field: Field, member: _Member, expression: str, *, is_left_out: bool) -> _Member:
        """Return a field with a value where it is missing."""
        is_empty = self._defaults.is_empty(expression)
        function = f"{field_name(self._types.names[name])}_{field_name(field.name).removeprefix('r#')}"
        attributes: list[str] = []
        functions: list[str] = []
        if not is_empty:
            attributes.append(f'default = "default_{function}"')
            functions += ["", f"fn default_{function}() -> {member.type} {{", f"    {expression}", "}"]
        elif not (expression == "None" and not is_left_out):
            attributes.append("default")
        if is_left_out:
            is_none = expression == "None"
            attributes.append(f'skip_serializing_if = "{"Option::is_none" if is_none else f"is_default_{function}"}"')
            if not is_none:
                default = f"default_{function}()" if not is_empty else f"<{member.type}>::default()"
                body = f"    *value == {default}"
                functions += ["", f"fn is_default_{function}(value: &{member.type}) -> bool {{", body, "}"]
        docs = member.docs if is_empty else (*member.docs, f"Default: {_shown(field.default)}")
        return attrs.evolve(member, docs=docs, attributes=tuple(attributes), functions=tuple(functions))


def _shown(value: Any) -> str:
    """Return a value of a document as JSON; one that JSON does not have as Python writes it."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except TypeError:
        return repr(value)


def _with_last_defaults(members: list[_Member]) -> list[_Member]:
    """Return members without the defaults of those that stand before one that must be there."""
    may_lack = True
    found = []
    for member in reversed(members):
        attributes = ("default",) if member.type.startswith("Option<") and not member.attributes else member.attributes
        may_lack = may_lack and any(each.startswith("default") for each in attributes)
        found.append(
            attrs.evolve(member, attributes=attributes)
            if may_lack
            else attrs.evolve(member, attributes=(), functions=())
        )
    return found[::-1]


def _tuple_struct(name: str, members: Iterable[_Member]) -> list[str]:
    lines = [f"pub struct {name}("]
    for member in members:
        lines += comment(filter(None, member.docs), "    ")
        if member.attributes:
            lines.append(f"    #[serde({', '.join(member.attributes)})]")
        lines.append(f"    pub {member.type},")
    return [*lines, ");"]


def _names(field: Field, ident: str) -> list[str]:
    if field.flattened:
        return []
    key = str(field.key)
    renamed = [f"rename = {text_literal(key)}"] if ident.removeprefix("r#") != key else []
    return [*renamed, *(f"alias = {text_literal(alias)}" for alias in field.aliases)]
