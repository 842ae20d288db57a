"""Whether a document fits the form that a description gives it: an interpreter of forms, for all formats."""

from __future__ import annotations

import math
import re
import sys

from collections.abc import Callable, Mapping
from typing import Any

from symphony_codecs.formats.base import CborTag, TypedKey, bare_key
from symphony_codecs.schema.export import Document
from symphony_codecs.schema.export import forms as f


__all__ = ["fits", "has_checks"]


def fits(document: Document, value: Any) -> bool:
    """Return whether builtins, as a format's ``loads`` returns them, fit *document*."""
    return _Fitting(document).form(document.root, value)


def has_checks(value: Any) -> bool:
    """Return whether a form in *value* has checks that only code knows."""
    return "checks=('" in repr(value) or 'checks=("' in repr(value)


class _Fitting:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.reads = document.direction == "read"
        self.makers: Mapping[type, Callable[[Any, Any], bool]] = {
            f.Untyped: lambda _, __: True,
            f.Opaque: lambda _, __: True,
            f.Null: lambda _, value: value is None,
            f.Boolean: lambda _, value: type(value) is bool,
            f.Integer: self.integer,
            f.Float: self.float_,
            f.Text: self.text,
            f.Bytes: self.bytes_,
            f.Enumeration: self.enumeration,
            f.Nullable: lambda form, value: value is None or self.form(form.inner, value),
            f.Array: self.array,
            f.TupleOf: self.tuple_,
            f.MapOf: self.map_,
            f.Record: self.record,
            f.Union: self.union,
            f.Reference: lambda form, value: self.form(self.document.definitions[form.name], value),
        }

    def form(self, form: f.Form, value: Any) -> bool:
        """Return whether *value* fits *form*."""
        value = bare_key(value.value if isinstance(value, CborTag) else value)
        return self.makers[type(form)](form, value)

    def integer(self, form: f.Integer, value: Any) -> bool:
        if type(value) is bytes and form.octets is not None and len(value) == 16:
            value = int.from_bytes(value, signed=form.octets[0] < 0)
            return form.octets[0] <= value <= form.octets[1] and self.bounded(form, value)
        if type(value) is str and form.wide is not None and re.fullmatch("0|-?[1-9][0-9]*", value):
            value = int(value)
            return not form.wide[0] <= value <= form.wide[1] and self.bounded(form, value)
        return type(value) is int and self.bounded(form, value)

    @staticmethod
    def bounded(form: Any, value: Any) -> bool:
        low, high = form.minimum, form.maximum
        return (low is None or value >= low) and (high is None or value <= high)

    def float_(self, form: f.Float, value: Any) -> bool:
        if type(value) is int:
            return abs(value) <= sys.float_info.max and self.bounded(form, value)
        return type(value) is float and (not form.finite or math.isfinite(value)) and self.bounded(form, value)

    def text(self, form: f.Text, value: Any) -> bool:
        if type(value) is not str or not self.sized(form, value):
            return False
        match = {"full": re.fullmatch, "start": re.match, "search": re.search}[form.anchors]
        return form.pattern is None or match(form.pattern, value) is not None

    @staticmethod
    def sized(form: Any, value: Any) -> bool:
        return form.minimum <= len(value) and (form.maximum is None or len(value) <= form.maximum)

    def bytes_(self, form: f.Bytes, value: Any) -> bool:
        if form.base64:
            found = type(value) is str and re.fullmatch(
                "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?", value
            )
            return bool(found) and self.sized(form, b"." * (len(value) // 4 * 3 - value.count("=")))
        return type(value) is bytes and self.sized(form, value)

    def enumeration(self, form: f.Enumeration, value: Any) -> bool:
        if any(_same(value, each) for each in form.values):
            return True
        kinds = {type(each) for each in form.values} | ({int} if float in map(type, form.values) else set())
        return form.open and type(value) in kinds

    def array(self, form: f.Array, value: Any) -> bool:
        if type(value) is not list or not self.sized(form, value):
            return False
        if form.unique and any(_same(one, other) for place, one in enumerate(value) for other in value[:place]):
            return False
        return all(self.form(form.item, item) for item in value)

    def tuple_(self, form: f.TupleOf, value: Any) -> bool:
        least = len(form.items) if form.least is None else form.least
        if type(value) is not list or not least <= len(value) <= len(form.items):
            return False
        return all(map(self.form, form.items, value))

    def map_(self, form: f.MapOf, value: Any) -> bool:
        if type(value) is not dict or not self.sized(form, value):
            return False
        return all(self.form(form.key, key) and self.form(form.value, item) for key, item in value.items())

    # Records

    def record(self, form: f.Record, value: Any) -> bool:
        if form.layout == "unit":
            return _same(value, form.unit)
        if form.layout == "array" and not (form.or_map and type(value) is dict):
            return type(value) is list and self.items(form, value)
        if type(value) is not dict:
            return False
        rest = self.entries(form, value)
        return rest is not None and self.others(form, rest)

    def items(self, form: f.Record, value: list[Any]) -> bool:
        return form.least <= len(value) <= len(form.fields) and all(
            self.form(field.form, item) for field, item in zip(form.fields, value, strict=False)
        )

    def others(self, form: f.Record, rest: dict[Any, Any]) -> bool:
        catch = self.catch(form)
        if catch is not None:
            return all(type(key) is str and self.form(catch, item) for key, item in rest.items())
        if form.other is not None:
            return all(type(key) is str and self.form(form.other, item) for key, item in rest.items())
        return not rest or form.unknown != "forbid"

    def target(self, form: f.Form) -> f.Form:
        while isinstance(form, f.Reference):
            form = self.document.definitions[form.name]
        return form

    def catch(self, form: f.Form) -> f.Form | None:
        form = self.target(form)
        if isinstance(form, f.MapOf):
            return form.value
        fields = form.fields if isinstance(form, f.Record) else ()
        return next((found for each in fields if each.flattened and (found := self.catch(each.form))), None)

    def entries(self, form: f.Record, value: dict[Any, Any]) -> dict[Any, Any] | None:
        """Return the entries of *value* that no field has; ``None``: those of the fields do not fit."""
        rest = {bare_key(key): item for key, item in value.items()}
        for field in form.fields:
            if field.flattened:
                continue
            names = [name for name in (field.key, *(field.aliases if self.reads else ())) if name in rest]
            if len(names) > 1 or (not names and field.required):
                return None
            if names and not self.form(field.form, rest.pop(names[0])):
                return None
        for field in form.fields:
            if field.flattened:
                left = self.among(field.form, rest)
                if left is None:
                    return None
                rest = left
        return rest

    def among(self, form: f.Form, rest: dict[Any, Any]) -> dict[Any, Any] | None:
        form = self.target(form)
        if isinstance(form, f.Nullable):
            inner = self.target(form.inner)
            return rest if not self.own_keys(inner) & rest.keys() else self.among(inner, rest)
        if isinstance(form, f.Record):
            return self.entries(form, rest)
        if isinstance(form, f.MapOf):
            return rest
        assert isinstance(form, f.Union)
        own = self.own_keys(form)
        mine = {key: item for key, item in rest.items() if key in own}
        return {key: item for key, item in rest.items() if key not in own} if self.union_among(form, mine) else None

    def union_among(self, form: f.Union, mine: dict[Any, Any]) -> bool:
        if form.tagging == "external":
            names = {each.name: each.form or f.Null() for each in form.variants}
            return len(mine) == 1 and all(self.form(names[key], item) for key, item in mine.items())
        return self.union(form, mine)

    def own_keys(self, form: f.Form) -> frozenset[Any]:
        """Return the keys that a form has among those of another."""
        form = self.target(form)
        if isinstance(form, f.Nullable):
            return self.own_keys(form.inner)
        if isinstance(form, f.Record):
            own = {name for field in form.fields if not field.flattened for name in (field.key, *field.aliases)}
            return frozenset(own).union(*(self.own_keys(field.form) for field in form.fields if field.flattened))
        if not isinstance(form, f.Union):
            return frozenset()
        held = frozenset().union(*(self.own_keys(each.form) for each in form.variants if each.form is not None))
        return {
            "external": frozenset(each.name for each in form.variants),
            "internal": held | {form.tag},
            "adjacent": frozenset((form.tag, form.content)),
        }.get(form.tagging, held)

    # Unions

    def union(self, form: f.Union, value: Any) -> bool:
        if form.tagging == "untagged":
            return any(
                self.form(each.form or f.Null(), value)
                for each in form.variants
                if each.lacks is None or type(value) is not dict or each.lacks not in value
            )
        if form.tagging == "literal":
            return any(self.literal(form, each, value) for each in form.variants)
        return getattr(self, form.tagging)({each.name: each for each in form.variants}, form, value)

    def literal(self, form: f.Union, variant: f.Variant, value: Any) -> bool:
        record = self.target(variant.form or f.Null())
        if not self.form(record, value) or not isinstance(record, f.Record):
            return isinstance(record, f.Opaque)
        fields = {field.key: (place, field) for place, field in enumerate(record.fields)}
        if type(value) is list:
            return all(len(value) > fields[key][0] for key in form.keys)
        return all(any(name in value for name in (key, *fields[key][1].aliases)) for key in form.keys)

    def external(self, names: Mapping[str, f.Variant], form: f.Union, value: Any) -> bool:
        if type(value) is str:
            known = names.get(value)
            return known.form is None if known is not None else isinstance(form.other, f.Untyped)
        if type(value) is not dict or len(value) != 1:
            return False
        ((name, body),) = value.items()
        if type(name) is not str:
            return False
        if name not in names:
            return form.other is not None and self.form(form.other, body)
        held = names[name].form
        return held is not None and self.form(held, body)

    def internal(self, names: Mapping[str, f.Variant], form: f.Union, value: Any) -> bool:
        if type(value) is list and value:
            name, body = value[0], value[1:]
        elif type(value) is dict and form.tag in value:
            name, body = value[form.tag], {key: item for key, item in value.items() if key != form.tag}
        else:
            return False
        if type(name) is not str or (name not in names and form.other is None):
            return False
        held = names[name].form if name in names else form.other
        assert held is not None
        return self.form(held, body)

    def adjacent(self, names: Mapping[str, f.Variant], form: f.Union, value: Any) -> bool:
        if form.pair:
            if type(value) is not list or not 1 <= len(value) <= 2:
                return False
            value = dict(zip((form.tag, form.content), value, strict=False))
        if type(value) is not dict or type(value.get(form.tag)) is not str:
            return False
        if form.forbids and not value.keys() <= {form.tag, form.content}:
            return False
        variant = names.get(value[form.tag])
        if variant is None and form.other is None:
            return False
        held = form.other if variant is None else variant.form or f.Null()
        may_lack = isinstance(held, f.Untyped) if variant is None else variant.form is None or variant.may_lack_content
        assert held is not None
        return may_lack if form.content not in value else self.form(held, value[form.content])


def _same(one: Any, other: Any) -> bool:
    """Return whether two builtins are equal, of the same classes."""
    one, other = (each.value if isinstance(each, TypedKey) else each for each in (one, other))
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(item, other[key]) for key, item in one.items())
    return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 - NaN
