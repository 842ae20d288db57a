"""Records and unions as JSON Schemas of objects: open ones, to which others are added, and closed ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from . import forms as f
from .errors import SchemaError


__all__ = ["Objects", "Schema"]

Schema: TypeAlias = dict[str, Any]


class Objects:
    """
    The writing of objects.

    Args:
        schema: Returns the schema of any form.
        document: The document description.
        path: Where the form in the making stands.
    """

    def __init__(self, schema: Callable[[f.Form], Schema], document: f.Document, path: list[str]) -> None:
        self._schema = schema
        self._document = document
        self._path = path

    # Records

    def record(self, form: f.Record) -> Schema:
        """Return the schema of a record."""
        about = {"title": form.name, **({"description": form.doc} if form.doc else {})}
        if form.layout == "unit":
            return {**about, **_constant(form.unit)}
        if form.layout == "map":
            return {**about, **self._closed(form)}
        return {**about, **_either(self._array(form), self._closed(form) if form.or_map else None)}

    def _array(self, form: f.Record, first: Schema | None = None) -> Schema:
        """Return the schema of an array of the fields, behind *first*."""
        items = [] if first is None else [first]
        items += [{"title": field.name, **self._value(field)} for field in form.fields]
        least = form.least + (first is not None)
        made: Schema = {"type": "array", "minItems": least, "maxItems": len(items)}
        return {**made, "prefixItems": items} if items else made

    def _value(self, field: f.Field) -> Schema:
        self._path.append(f".{field.name}")
        made = self._schema(field.form)
        self._path.pop()
        doc = {"description": field.doc} if field.doc else {}
        default = {"default": field.default} if field.has_default else {}
        return {**made, **doc, **default}

    def _entries(self, form: f.Record, tag: Schema | None = None) -> Schema:
        """Return the schema of an object that has the entries of *form*, and of *tag*, among others."""
        properties: Schema = dict(tag or {})
        required = list(properties)
        every: list[Schema] = []
        for field in form.fields:
            if field.flattened:
                flattened = self._flattened(field)
                every += [flattened] if flattened else []
                continue
            names = [self._key(field), *(field.aliases if self._document.direction == "read" else ())]
            value = self._value(field)
            properties.update(dict.fromkeys(names, value))
            if len(names) == 1:
                required += names if field.required else ()
            else:
                every.append(_one_name(names, is_required=field.required))
        made: Schema = {"type": "object"}
        if properties:
            made["properties"] = properties
        if required:
            made["required"] = required
        if every:
            made["allOf"] = every
        return made

    def _key(self, field: f.Field) -> str:
        if isinstance(field.key, str):
            return field.key
        where = "".join((*self._path, f".{field.name}"))
        raise SchemaError.at(where, "json-schema", f"its name is {field.key}, and all names of JSON are text")

    def _closed(self, form: f.Record, tag: Schema | None = None) -> Schema:
        """Return the schema of an object that has the entries of *form*, and of *tag*, and maybe no others."""
        made = self._entries(form, tag)
        others: Schema | bool = {}
        rest = self._rest(form)
        if rest is not None:
            others = self._schema(rest)
        elif form.unknown == "forbid":
            others = False
        elif form.other is not None:
            others = self._schema(form.other)
        if others == {}:
            return made
        return {**made, "unevaluatedProperties" if "allOf" in made else "additionalProperties": others}

    def _rest(self, form: f.Form) -> f.Form | None:
        """Return the form of what all keys hold that no field has; ``None``: no flattened map takes them."""
        form = self._target(form)
        if isinstance(form, f.MapOf):
            return form.value
        fields = form.fields if isinstance(form, f.Record) else ()
        return next((rest for each in fields if each.flattened and (rest := self._rest(each.form)) is not None), None)

    def _flattened(self, field: f.Field) -> Schema:
        form, is_optional = self._target(field.form), False
        if isinstance(form, f.Nullable):
            form, is_optional = self._target(form.inner), True
        self._path.append(f".{field.name}")
        made = self._among(form)
        self._path.pop()
        if field.doc:
            made = {**made, "description": field.doc}
        if not is_optional:
            return made
        none = [{"not": {"required": [key]}} for key in _keys(made)]
        return {"anyOf": [made, {"allOf": none}]} if none else made

    def _target(self, form: f.Form) -> f.Form:
        while isinstance(form, f.Reference):
            form = self._document.definitions[form.name]
        return form

    def _among(self, form: f.Form) -> Schema:
        """Return the schema of an object that has the entries of *form* among others."""
        form = self._target(form)
        if isinstance(form, f.Record):
            return self._entries(form)
        if isinstance(form, f.Union):
            return self._union(form, is_among=True)
        return {}  # a map takes all keys that no other field has, which `_rest` says of the outermost object

    # Unions

    def union(self, form: f.Union) -> Schema:
        """Return the schema of a union."""
        about = {"title": form.name} if form.name else {}
        doc = {"description": form.doc} if form.doc else {}
        return {**about, **doc, **self._union(form, is_among=False)}

    def _union(self, form: f.Union, *, is_among: bool) -> Schema:
        if form.tagging == "untagged":
            return {"anyOf": [self._plain(each, is_among=is_among) for each in form.variants]}
        if form.tagging == "literal":
            return {"oneOf": [self._with_keys(each, form, is_among=is_among) for each in form.variants]}
        if form.tagging == "external":
            return self._external(form, is_among=is_among)
        make = self._internal if form.tagging == "internal" else self._adjacent
        every = [self._variant(make, each, form, is_among=is_among) for each in form.variants]
        if form.other is not None:
            unlisted = f.Variant(name="", form=form.other, may_lack_content=isinstance(form.other, f.Untyped))
            every.append(make(unlisted, form, _unlisted(form), is_among=is_among))
        return {"oneOf": every}

    def _variant(self, make: Callable[..., Schema], variant: f.Variant, form: f.Union, *, is_among: bool) -> Schema:
        self._path.append(f"({variant.name})")
        made = make(variant, form, {"const": variant.name}, is_among=is_among)
        self._path.pop()
        return made

    def _plain(self, variant: f.Variant, *, is_among: bool) -> Schema:
        form = variant.form or f.Null()
        made = self._among(form) if is_among else self._schema(form)
        return made if variant.lacks is None else {**made, "not": {"required": [variant.lacks]}}

    def _with_keys(self, variant: f.Variant, form: f.Union, *, is_among: bool) -> Schema:
        """Return the schema of a record in which the fields are that tell it apart, though it may lack them alone."""
        made = self._plain(variant, is_among=is_among)
        record = self._target(variant.form or f.Null())
        if not isinstance(record, f.Record):
            return made
        fields = {field.key: (place, field) for place, field in enumerate(record.fields)}
        held = [fields[key] for key in form.keys if key in fields]
        least = max((place + 1 for place, _ in held), default=0)
        if record.layout == "array" and least > record.least:
            made = {**made, "minItems": least}
        if record.layout == "array" and not record.or_map:
            return made
        lacking = [field for _, field in held if not field.required]
        alone = [self._key(field) for field in lacking if not field.aliases]
        several = [_one_name((self._key(each), *each.aliases), is_required=True) for each in lacking if each.aliases]
        if alone:
            made = {**made, "required": [*made.get("required", ()), *alone]}
        return {"allOf": [made, *several]} if several else made

    def _external(self, form: f.Union, *, is_among: bool) -> Schema:
        alone = [each.name for each in form.variants if each.form is None]
        every: list[Schema] = []
        if alone and not is_among:
            every.append({"const": alone[0]} if len(alone) == 1 else {"enum": alone})
        for each in form.variants:
            if each.form is not None or is_among:
                self._path.append(f"({each.name})")
                content = self._schema(each.form or f.Null())
                self._path.pop()
                made: Schema = {"type": "object", "properties": {each.name: content}, "required": [each.name]}
                every.append(made if is_among else {**made, "additionalProperties": False})
        if form.other is not None and not is_among:
            name = _unlisted(form)
            if isinstance(form.other, f.Untyped):
                every.append(name)
            one = {"minProperties": 1, "maxProperties": 1}
            every.append(
                {"type": "object", "propertyNames": name, "additionalProperties": self._schema(form.other), **one}
            )
        return every[0] if len(every) == 1 else {"oneOf": every}

    def _internal(self, variant: f.Variant, form: f.Union, name: Schema, *, is_among: bool) -> Schema:
        held = self._target(variant.form or f.Null())
        tag = {form.tag: name}
        if isinstance(held, f.Untyped):  # of a variant that is not listed
            array = {"type": "array", "prefixItems": [name], "minItems": 1}
            whole = self._entries(f.Record(name=""), tag)
            return whole if is_among else {"anyOf": [whole, array]}
        if isinstance(held, f.Record) and held.layout == "array" and not is_among:
            return _either(self._array(held, name), self._closed(held, tag) if held.or_map else None)
        if isinstance(held, f.Record):
            about = {"title": held.name, **({"description": held.doc} if held.doc else {})}
            return {**about, **(self._entries(held, tag) if is_among else self._closed(held, tag))}
        # The one field of a newtype, whose entries stand beside the tag.
        made = self._entries(f.Record(name=""), tag)
        return made if isinstance(held, f.Null) else {**made, "allOf": [self._beside(held, form.tag)]}

    def _beside(self, form: f.Form, tag: str) -> Schema:
        """Return the schema of what stands beside the tag of a union."""
        if isinstance(form, f.MapOf):
            return {"properties": {tag: True}, "additionalProperties": self._schema(form.value)}
        return self._among(form)

    def _adjacent(self, variant: f.Variant, form: f.Union, name: Schema, *, is_among: bool) -> Schema:
        content = self._schema(variant.form or f.Null())
        may_lack = variant.form is None or variant.may_lack_content
        if form.pair and not is_among:
            items = [name, content]
            return {"type": "array", "prefixItems": items, "minItems": 1 if may_lack else 2, "maxItems": 2}
        made: Schema = {
            "type": "object",
            "properties": {form.tag: name, form.content: content},
            "required": [form.tag] if may_lack else [form.tag, form.content],
        }
        return {**made, "additionalProperties": False} if form.forbids and not is_among else made


def _constant(value: Any) -> Schema:
    if value is None:
        return {"type": "null"}
    return {"type": "array", "maxItems": 0} if isinstance(value, list) else {"type": "object", "maxProperties": 0}


def _either(one: Schema, other: Schema | None) -> Schema:
    return one if other is None else {"anyOf": [one, other]}


def _one_name(names: Iterable[str], *, is_required: bool) -> Schema:
    """Return the schema of an object that has one of *names*, and no two of them."""
    each: list[Schema] = [{"required": [name]} for name in names]
    return {"oneOf": each if is_required else [*each, {"not": {"anyOf": each}}]}


def _unlisted(form: f.Union) -> Schema:
    return {"type": "string", "not": {"enum": [each.name for each in form.variants]}}


def _keys(schema: Schema) -> list[str]:
    """Return the keys that an open object may have for one of its own."""
    found = list(schema.get("properties", ()))
    for combined in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(combined, ()):
            found.extend(_keys(part))
    return list(dict.fromkeys(found))
