"""Values of Rust for defaults, which stand in the description as they would in a document."""

from __future__ import annotations

import math

from collections.abc import Sequence
from typing import Any, Final

from ..forms import (
    Array,
    Boolean,
    Bytes,
    Enumeration,
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
)
from .names import text_literal, type_name
from .types import Place, Types, is_array_of, members_of


__all__ = ["Defaults", "any_literal"]

_EMPTY: Final = frozenset(
    (
        "0",
        "0.0",
        "false",
        "None",
        "()",
        "String::new()",
        "Vec::new()",
        "indexmap::IndexMap::new()",
        "wire::Any::Null",
        "wire::Nothing",
        "wire::Bytes::default()",
        "wire::Int(0)",
        "wire::Int64(0)",
    )
)


def any_literal(value: Any, use: str = "wire::Any") -> str:
    """Return the expression of an ``Any``."""
    match value:
        case None:
            return f"{use}::Null"
        case bool():
            return f"{use}::Bool({str(value).lower()})"
        case int():
            return f"{use}::Int({value})"
        case float():
            return f"{use}::Float({_float(value)})"
        case str():
            return f"{use}::Text({text_literal(value)}.to_owned())"
        case bytes():
            return f"{use}::Bytes(vec!{list(value)})"
        case list() | tuple():
            return f"{use}::Array(vec![{', '.join(any_literal(item, use) for item in value)}])"
        case dict():
            entries = (f"({any_literal(key, use)}, {any_literal(item, use)})" for key, item in value.items())
            return f"{use}::Map(vec![{', '.join(entries)}])"
        case _:
            raise ValueError(value)


def _float(value: float) -> str:
    if math.isfinite(value):
        return repr(value) if "." in repr(value) or "e" in repr(value) else f"{value!r}.0"
    return "f64::NAN" if math.isnan(value) else "f64::INFINITY" if value > 0 else "f64::NEG_INFINITY"


class Defaults:
    """
    The expressions of defaults.

    Args:
        types: The types of the file.
    """

    def __init__(self, types: Types) -> None:
        self._types = types

    def expression(self, form: Form, value: Any, place: Place) -> str | None:
        """Return the expression of a value; ``None`` where Rust has none."""
        try:
            return self._of(form, value, place)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):  # a value of another form
            return None

    def is_empty(self, expression: str) -> bool:
        """Return whether an expression is what ``Default`` gives."""
        return expression in _EMPTY

    def _of(self, form: Form, value: Any, place: Place) -> str:
        match form:
            case Reference():
                made = self._named(form, value)
                return f"Box::new({made})" if self._types.is_boxed(form, place) else made
            case Nullable(inner=inner):
                if value is None:
                    return "None"
                made = self._of(inner, value, place)
                return made if self._types.type_of(inner, place).startswith("Option<") else f"Some({made})"
            case Untyped():
                self._types.use("any")
                return any_literal(value)
            case Array() | TupleOf():
                return self._sequence(form, value, place)
            case MapOf():
                return self._map(form, value, place.item())
            case _:
                return self._scalar(form, value, place)

    def _scalar(self, form: Form, value: Any, place: Place) -> str:
        match form, value:
            case Null(), None:
                return self._types.type_of(form, place)
            case Boolean(), bool():
                return str(value).lower()
            case Integer(), int():
                tp = self._types.type_of(form, place)
                return f"{tp}({value})" if tp.startswith("wire::") else str(value)
            case Float(), int() | float():
                return _float(float(value))
            case ((Text() | Bytes()), (str() | bytes())):
                return self._text(form, value, place)
            case _:
                raise ValueError(value)

    def _text(self, form: Text | Bytes, value: Any, place: Place) -> str:
        tp = self._types.type_of(form, place)
        if tp == "wire::Bytes":
            import base64

            octets = base64.b64decode(value) if isinstance(value, str) else value
            return f"wire::Bytes(vec!{list(octets)})" if octets else "wire::Bytes::default()"
        if isinstance(value, bytes):
            return f"uuid::Uuid::from_bytes({list(value)})"
        if tp == "String":
            return f"{text_literal(value)}.to_owned()" if value else "String::new()"
        if tp == "std::path::PathBuf":
            return f"{text_literal(value)}.into()"
        return f"{text_literal(value)}.parse().unwrap()"

    def _sequence(self, form: Array | TupleOf, value: Sequence[Any], place: Place) -> str:
        if isinstance(value, (str, bytes)):
            raise TypeError(value)
        same = is_array_of(form)
        if isinstance(form, TupleOf) and same is None:
            if not form.items and not value:
                return "[]"
            items = [self._of(item, each, place) for item, each in zip(form.items, value, strict=True)]
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        item = same or getattr(form, "item", None)
        assert item is not None
        inner = place if same is not None else place.item()
        items = [self._of(item, each, inner) for each in value]
        if same is not None:
            return f"[{', '.join(items)}]"
        return f"vec![{', '.join(items)}]" if items else "Vec::new()"

    def _map(self, form: MapOf, value: dict[Any, Any], place: Place) -> str:
        pairs = [
            f"({self._of(form.key, key, place)}, {self._of(form.value, each, place)})" for key, each in value.items()
        ]
        if self._types.type_of(form, place).startswith("wire::Entries"):
            return f"wire::Entries(vec![{', '.join(pairs)}])"
        return f"indexmap::IndexMap::from([{', '.join(pairs)}])" if pairs else "indexmap::IndexMap::new()"

    def _named(self, reference: Reference, value: Any) -> str:
        types = self._types
        name, form = types.names[reference.name], types.merged.definitions[reference.name]
        match form:
            case Enumeration():
                at = [(type(each), each) for each in form.values].index((type(value), value))
                return f"{name}::{members_of(form)[at]}"
            case Union(tagging="external"):
                if isinstance(value, str):
                    variant = next(each for each in form.variants if each.name == value and each.form is None)
                    return f"{name}::{type_name(variant.name)}"
                ((key, held),) = value.items()
                variant = next(each for each in form.variants if each.name == key and each.form is not None)
                assert variant.form is not None
                return f"{name}::{type_name(key)}({self._of(variant.form, held, types.place(reference.name))})"
            case Record(layout="unit", fields=()):
                return name
            case _:
                raise ValueError(value)
