"""CDDL of types that are neither records nor unions."""

from __future__ import annotations

import math

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from . import forms as f
from .cddl_parts import (
    Names,
    Said,
    between,
    choice,
    comment,
    integers,
    literal,
    lowered,
    nested,
    numbers,
    occurrence,
    sized,
    texts,
)
from .errors import fragment_of
from .patterns import BASE64


__all__ = ["TypeWriter", "check_comments", "labelled"]

_SHORT: Final = 20  # what is said where it stands, instead of in a rule of its own
_GREATEST: Final = 1.7976931348623157e308
_KINDS: Final[Mapping[type, str]] = {str: "tstr", int: "int", float: "float", bytes: "bstr", bool: "bool"}


class TypeWriter:
    """
    Writes the types of one document description that are neither records nor unions.

    Subclasses add records and unions to the table of writers.
    """

    def __init__(self, document: f.Document) -> None:
        self._document = document
        self._reads = document.direction == "read"
        self._names = Names(document.definitions)
        self._more: dict[tuple[str, str], tuple[str, f.Record, bool]] = {}
        self._helpers: dict[str, str] = {}
        self._notes: list[str] = []
        self._make: dict[type, Callable[[Any], Said]] = {
            f.Untyped: lambda _: Said(("any",)),
            f.Null: lambda _: Said(("nil",)),
            f.Boolean: lambda _: Said(("bool",)),
            f.Integer: lambda form: integers(form, self._helper, self._notes),
            f.Float: self._float,
            f.Text: self._text,
            f.Bytes: self._bytes,
            f.Enumeration: lambda form: choice(self._values(form)),
            f.Nullable: lambda form: choice((self.type(form.inner), Said(("nil",)))),
            f.Array: self._array,
            f.TupleOf: self._tuple,
            f.MapOf: lambda form: Said((f"{{{self._entry(form)}}}",)),
            f.Reference: lambda form: Said((self._names.of(form.name),)),
            f.Opaque: _opaque,
        }

    def _asked(self, name: str, form: f.Record, what: str) -> str:
        """Return the name of a rule for a part (``fields``), or a variation, of the definition *name*."""
        key = (name, what)
        if key not in self._more:
            self._more[key] = (self._names.fresh(f"{self._names.of(name)}-{what}"), form, what == "fields")
        return self._more[key][0]

    def _helper(self, name: str, said: str) -> str:
        """Return the name of a rule that stands at the end."""
        if said not in self._helpers:
            self._helpers[said] = self._names.fresh(name)
        return self._helpers[said]

    def _definition(self, form: f.Form) -> f.Form:
        return self._document.definitions[form.name] if isinstance(form, f.Reference) else form

    def type(self, form: f.Form) -> Said:
        """Write a form; what it cannot say goes to the notes."""
        self._notes += form.checks
        return self._make[type(form)](form)

    def _float(self, form: f.Float) -> Said:
        low, high = form.minimum, form.maximum
        if form.finite:
            low, high = -_GREATEST if low is None else low, _GREATEST if high is None else high
        made = between("float", low, high)
        if (low, high) == (-_GREATEST, _GREATEST):
            made = Said((self._helper("finite", made.text),))
        if not self._reads:
            return made
        whole = numbers(_whole(form.minimum, math.ceil), _whole(form.maximum, math.floor), self._helper, [])
        return (
            made
            if whole is None
            else choice((made, Said(tuple(w for w in whole.options if "big" not in w and w[0] != "#"))))
        )

    def _text(self, form: f.Text) -> Said:
        made = texts(form, self._notes)
        if form.format is None or len(made.text) <= _SHORT:
            return made
        return Said((self._helper((form.type or form.format).replace(" | ", "-or-"), made.text),))

    def _bytes(self, form: f.Bytes) -> Said:
        if form.base64:
            if form.minimum or form.maximum is not None:
                most = "any" if form.maximum is None else form.maximum
                self._notes.append(f"from {form.minimum} to {most} bytes")
            return Said((self._helper("base64", texts(f.Text(pattern=BASE64), []).text),))
        made = sized("bstr", form.minimum, form.maximum)
        return Said((self._helper(form.type, made.text),)) if form.type else made

    def _values(self, form: f.Enumeration) -> list[Said]:
        listed = [Said((literal(value),)) for value in form.values]
        kinds = dict.fromkeys(map(type, form.values)) if form.open else ()
        return listed + [Said((_KINDS[kind],)) for kind in kinds if kind in _KINDS]

    def _array(self, form: f.Array) -> Said:
        if form.unique:
            self._notes.append("no item occurs twice")
        return Said((f"[{occurrence(form.minimum, form.maximum)} {self.type(form.item).operand}]",))

    def _tuple(self, form: f.TupleOf) -> Said:
        labels = form.names or ("",) * len(form.items)
        items = [labelled(label, self.type(item)) for label, item in zip(labels, form.items, strict=True)]
        least = len(items) if form.least is None else form.least
        return Said((f"[{', '.join(filter(None, (*items[:least], nested(items[least:]))))}]",))

    def _entry(self, form: f.MapOf) -> str:
        key, value = self.type(form.key).operand, self.type(form.value).text
        return f"{occurrence(form.minimum, form.maximum)} {key} => {value}"


def labelled(label: str, made: Said) -> str:
    """Return an item of an array, with a label that is only for readers."""
    return f"{lowered(label)}: {made.operand}" if label else made.operand


def check_comments(notes: Iterable[str]) -> list[str]:
    """Return the comment that says what the rule does not."""
    return [line for note in dict.fromkeys(notes) for line in comment(f"Code checks: {note}.")]


def _whole(bound: float | None, nearest: Callable[[float], int]) -> int | None:
    return None if bound is None or math.isinf(bound) else nearest(bound)


def _opaque(form: f.Opaque) -> Said:
    fragment = str(fragment_of(form, "cddl"))
    return Said((fragment,), is_plain=fragment.isidentifier())
