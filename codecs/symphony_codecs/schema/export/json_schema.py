"""
Forms as a JSON Schema (draft 2020-12), of the documents of codecs whose documents JSON can say.

See https://json-schema.org/draft/2020-12.
"""

from __future__ import annotations

import math

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from typing_extensions import TypeForm

from . import forms as f
from .build import document_of
from .errors import SchemaError, fragment_of
from .json_objects import Objects, Schema
from .patterns import BASE64, END, ecma_pattern, whole


if TYPE_CHECKING:
    from ...codec import Codec


__all__ = ["json_schema", "json_schema_of"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TARGET: Final = "json-schema"
_ROUNDED: Final = 8  # by how many characters a bound that was meant is shorter, at least
_DECIMAL_INTEGER: Final = "0|-?[1-9][0-9]*"
_KINDS: Final = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
_FORMATS: Final[Mapping[str, list[Schema]]] = {
    "uuid": [{"format": "uuid"}],
    "date": [{"format": "date"}],
    # RFC 3339 has neither years of more than four digits nor local times.
    "timestamp": [{"format": "date-time"}, {"pattern": "^[+-]"}],
    "datetime": [{"format": "date-time"}, {"pattern": f"T[0-9:.]*{END}"}],
    "IPv4Address": [{"format": "ipv4"}],
    "IPv6Address": [{"format": "ipv6"}],
    "IPv4Address | IPv6Address": [{"format": "ipv4"}, {"format": "ipv6"}],
}
_SHARED: Final = {
    "uuid": ("Uuid", "A UUID (RFC 9562)."),
    "timestamp": ("Timestamp", "A point in time in UTC (RFC 3339)."),
    "datetime": ("DateTime", "A date and time (RFC 3339), local where it has no offset."),
    "date": ("Date", "A date (RFC 3339)."),
    "time": ("Time", "A time of day (RFC 3339), with an offset or without."),
    "decimal": ("Decimal", "A decimal number as text."),
}


def json_schema(
    as_type: TypeForm[Any],
    codec: Codec | str = "json",
    *,
    direction: f.Direction = "read",
    forms: Mapping[Any, Any] | None = None,
) -> dict[str, Any]:
    """
    Return the JSON Schema (draft 2020-12) of the documents of a type.

    Every document that the codec encodes is valid, in either direction (but for NaN and the infinities, which JSON has
    as null where the codec is not strict, and which do not decode).  A document that is valid for reading decodes,
    as far as no code of the class refuses it (a ``$comment`` says which code there is), and a number such as ``1.0``
    stands for no integer, which JSON Schema cannot say.

    Args:
        as_type: A class, a generic one with its arguments, a union, or any other annotation.
        codec: The codec, or its name; its documents must be JSON, or such that JSON can say them.
        direction: ``read``: what decoding takes.  ``write``: what encoding writes.
        forms: The forms of types with hooks: by type another type of the same form, or a `Fragment`.

    Raises:
        SchemaError: A part of the type has no form in JSON Schema.
        FormatError: The type has no representation.
    """
    return json_schema_of(document_of(as_type, codec, direction=direction, forms=forms))


def json_schema_of(document: f.Document) -> dict[str, Any]:
    """
    Return the JSON Schema of a document description.

    Raises:
        SchemaError: A part of the type has no form in JSON Schema.
    """
    return _Writer(document).write()


class _Writer:
    """The writing of one schema."""

    def __init__(self, document: f.Document) -> None:
        self._document = document
        self._needed: dict[str, Schema] = {}
        self._path = [document.type]
        self._objects = Objects(self.schema, document, self._path)
        self._makers: Mapping[type, Callable[[Any], Schema]] = {
            f.Untyped: lambda _: {},
            f.Null: lambda _: {"type": "null"},
            f.Boolean: lambda _: {"type": "boolean"},
            f.Integer: self._integer,
            f.Float: self._float,
            f.Text: self._text,
            f.Bytes: self._bytes,
            f.Enumeration: self._enumeration,
            f.Nullable: self._nullable,
            f.Array: self._array,
            f.TupleOf: self._tuple,
            f.MapOf: self._map,
            f.Record: self._objects.record,
            f.Union: self._objects.union,
            f.Reference: self._reference,
            f.Opaque: self._opaque,
        }

    def write(self) -> Schema:
        """Return the schema."""
        root = self.schema(self._document.root)
        title = {"title": self._document.type} if "title" not in root else {}
        definitions = {"$defs": {name: self._needed[name] for name in self._in_order()}} if self._needed else {}
        return {"$schema": _DIALECT, **title, **root, **definitions}

    def _in_order(self) -> list[str]:
        own = list(self._document.definitions)
        return sorted(self._needed, key=lambda name: (name not in own, own.index(name) if name in own else 0))

    def schema(self, form: f.Form) -> Schema:
        """Return the schema of *form*."""
        made = self._makers[type(form)](form)
        return made if isinstance(form, f.Text) and form.format in _SHARED else _with_checks(made, form)

    def _integer(self, form: f.Integer) -> Schema:
        made = {"type": "integer", **_given(minimum=form.minimum, maximum=form.maximum)}
        if form.wide is None:
            return made
        low, high = form.wide
        least = low if form.minimum is None else max(low, form.minimum)
        most = high if form.maximum is None else min(high, form.maximum)
        number = {"type": "integer", "minimum": least, "maximum": most}
        is_wider = (form.minimum is None or form.minimum < low) or (form.maximum is None or form.maximum > high)
        text = {"type": "string", "pattern": whole(_DECIMAL_INTEGER), "$comment": "an integer that is no number here"}
        return {"anyOf": [number, text]} if is_wider else number

    def _float(self, form: f.Float) -> Schema:
        made: Schema = {"type": "number"}
        for name, bound, below in (("inimum", form.minimum, -math.inf), ("aximum", form.maximum, math.inf)):
            if bound is None:
                continue
            # The first float beyond may be what was meant: 1, and not 0.9999999999999999.
            beyond = math.nextafter(bound, below)
            is_short = len(repr(beyond)) + _ROUNDED < len(repr(bound))
            made.update({f"exclusiveM{name}": beyond} if is_short else {f"m{name}": bound})
        return made

    def _text(self, form: f.Text) -> Schema:
        made: Schema = {"type": "string", **_given(minLength=form.minimum or None, maxLength=form.maximum)}
        if form.format is not None:
            made.update(_format(form))
        if form.pattern is not None:
            pattern = ecma_pattern(form.pattern, form.anchors)
            said = f"Python's {form.pattern!r}, which ECMA 262 cannot say"
            made.update({"$comment": said} if pattern is None else {"pattern": pattern})
        if form.format not in _SHARED:
            return made
        name, description = _SHARED[form.format]
        return self._shared(name, {"description": description, **_with_checks(made, form)})

    def _shared(self, name: str, schema: Schema) -> Schema:
        """Return a reference to a schema that is written once."""
        while name in self._document.definitions:
            name = f"{name}Text"
        self._needed[name] = schema
        return {"$ref": f"#/$defs/{name}"}

    def _bytes(self, form: f.Bytes) -> Schema:
        if not form.base64:
            raise SchemaError.at("".join(self._path), TARGET, f"{self._document.format} has bytes, JSON has none")
        made: Schema = {"type": "string", "contentEncoding": "base64", "pattern": whole(BASE64)}
        # Four characters are three bytes, or fewer if the last of them are "=".
        rules: list[Schema] = []
        if form.minimum:
            made["minLength"] = least = -(-form.minimum // 3) * 4
            if form.minimum % 3 != 1:
                padded = {"pattern": f"{'==' if form.minimum % 3 else '='}{END}"}
                rules.append({"anyOf": [{"minLength": least + 4}, {"not": padded}]})
        if form.maximum is not None:
            made["maxLength"] = most = -(-form.maximum // 3) * 4
            if form.maximum % 3:
                padded = {"pattern": f"{'==' if form.maximum % 3 == 1 else '='}{END}"}
                rules.append({"anyOf": [{"maxLength": most - 4}, padded]})
        return {**made, "allOf": rules} if rules else made

    def _enumeration(self, form: f.Enumeration) -> Schema:
        values = [self._plain(value) for value in form.values]
        listed: Schema = {"const": values[0]} if len(values) == 1 else {"enum": values}
        named = _given(title=form.name, description=form.doc or None)
        if not form.open:
            return {**named, **listed}
        kinds = sorted({_KINDS.get(type(value), "") for value in form.values} - {""})
        return {**named, "anyOf": [listed, *({"type": kind} for kind in kinds)]}

    def _plain(self, value: Any) -> Any:
        """Return a value of a document, if JSON has it."""
        if isinstance(value, (list, tuple)):
            return [self._plain(item) for item in value]
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return {key: self._plain(item) for key, item in value.items()}
        if type(value) not in _KINDS or (type(value) is float and not abs(value) < float("inf")):
            raise SchemaError.at("".join(self._path), TARGET, f"JSON has no {value!r}")
        return value

    def _nullable(self, form: f.Nullable) -> Schema:
        inner = self.schema(form.inner)
        several = inner["anyOf"] if list(inner) == ["anyOf"] else [inner]
        return {"anyOf": [*several, {"type": "null"}]}

    def _array(self, form: f.Array) -> Schema:
        made = {"type": "array", "items": self._at("[]", form.item)}
        made.update(_given(minItems=form.minimum or None, maxItems=form.maximum))
        return {**made, "uniqueItems": True} if form.unique else made

    def _tuple(self, form: f.TupleOf) -> Schema:
        size = len(form.items)
        items = [self._at(f"[{place}]", item) for place, item in enumerate(form.items)]
        named = [{"title": name, **item} for name, item in zip(form.names, items, strict=True)] if form.names else items
        bounds = {"minItems": size if form.least is None else form.least, "maxItems": size}
        return {"type": "array", **({"prefixItems": named} if named else {}), **bounds}

    def _map(self, form: f.MapOf) -> Schema:
        key = self._at("{key}", form.key)
        made = {"type": "object", "additionalProperties": self._at("{}", form.value)}
        if key != {"type": "string"}:
            made["propertyNames"] = key
        return {**made, **_given(minProperties=form.minimum or None, maxProperties=form.maximum)}

    def _reference(self, form: f.Reference) -> Schema:
        if form.name not in self._needed:
            self._needed[form.name] = {}
            before, self._path[:] = list(self._path), [form.name]
            self._needed[form.name] = self.schema(self._document.definitions[form.name])
            self._path[:] = before
        return {"$ref": f"#/$defs/{form.name}"}

    def _opaque(self, form: f.Opaque) -> Schema:
        said = fragment_of(form, TARGET)
        return {} if said is True else {"not": {}} if said is False else dict(said)

    def _at(self, step: str, form: f.Form) -> Schema:
        self._path.append(step)
        made = self.schema(form)
        self._path.pop()
        return made


def _format(form: f.Text) -> Schema:
    """Return the format of JSON Schema that a text has; some have it only in part."""
    known = _FORMATS.get(form.type or form.format or "", [])
    return known[0] if len(known) == 1 else {"anyOf": known} if known else {}


def _given(**values: Any) -> Schema:
    return {name: value for name, value in values.items() if value is not None}


def _with_checks(made: Schema, form: f.Form) -> Schema:
    """Return the schema of *form* with what only code knows as a comment."""
    words = [made["$comment"]] if "$comment" in made else []
    return {**made, "$comment": "; ".join((*words, *form.checks))} if form.checks else made
