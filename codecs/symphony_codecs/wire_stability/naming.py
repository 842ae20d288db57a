"""Untyped documents with names: records that are arrays in a format, as maps by the names of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..codec import Codec
from ..errors import FormatError
from ..schema.export import forms as f
from ..schema.export.build import document_of


__all__ = ["named", "writes_arrays"]


def writes_arrays(as_type: Any, codec: Codec) -> bool:
    """Tell whether a codec writes a record of a type as an array, in which fields have no names."""
    try:
        return _has_arrays(document_of(as_type, codec))
    except FormatError:
        return codec.format.positional


def _has_arrays(part: Any) -> bool:
    if isinstance(part, f.Record) and part.layout == "array":
        return True
    if isinstance(part, Mapping):
        return any(map(_has_arrays, part.values()))
    if isinstance(part, tuple):
        return any(map(_has_arrays, part))
    return attrs.has(type(part)) and any(_has_arrays(getattr(part, each.name)) for each in attrs.fields(type(part)))


def named(tree: Any, as_type: Any, codec: Codec) -> Any:
    """
    Return an untyped document in which the items of records have names, as far as the type says which.

    Args:
        tree: The document, decoded without a type.
        as_type: Its type.
        codec: The codec that decoded it.
    """
    try:
        document = document_of(as_type, codec)
    except FormatError:
        return tree
    return _named(tree, document.root, document)


def _named(tree: Any, form: f.Form, document: f.Document) -> Any:
    while isinstance(form, (f.Reference, f.Nullable)):
        form = document.definitions[form.name] if isinstance(form, f.Reference) else form.inner
    if isinstance(form, f.Record):
        return _record(tree, form, document)
    if isinstance(form, f.Array) and isinstance(tree, list):
        return [_named(item, form.item, document) for item in tree]
    if isinstance(form, f.TupleOf) and isinstance(tree, list):
        pairs = zip(tree, form.items, strict=False)
        return [*(_named(item, each, document) for item, each in pairs), *tree[len(form.items) :]]
    if isinstance(form, f.MapOf) and isinstance(tree, dict):
        return {key: _named(item, form.value, document) for key, item in tree.items()}
    if isinstance(form, f.Union) and form.tagging == "external" and isinstance(tree, dict):
        contents = {variant.name: variant.form for variant in form.variants}
        return {key: _named(item, contents.get(key) or f.Untyped(), document) for key, item in tree.items()}
    return tree


def _record(tree: Any, form: f.Record, document: f.Document) -> Any:
    fields = {field.key: field for field in form.fields}
    if isinstance(tree, list) and form.layout == "array":
        # Of a document of another release there may be more or fewer.
        names: list[Any] = [*fields][: len(tree)]
        names += range(len(names), len(tree))
        tree = dict(zip(names, tree, strict=True))
    if not isinstance(tree, dict):
        return tree
    return {key: _named(item, fields[key].form, document) if key in fields else item for key, item in tree.items()}
