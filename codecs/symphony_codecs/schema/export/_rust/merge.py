"""
One description out of two: what writing says, with the bounds and the rules of reading.

Rust has one type for both directions, whose enums and structs all have names.
So the forms that stand inside of others without a name get one here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from ..forms import (
    Array,
    Document,
    Enumeration,
    Field,
    Form,
    MapOf,
    Nullable,
    Record,
    Reference,
    TupleOf,
    Union,
    Variant,
)
from .names import type_name, unique


__all__ = ["Merged", "children", "merge", "references"]

_LONGEST_TUPLE: Final = 12
"""The longest tuple that has `Debug`, `PartialEq` and the like."""


@attrs.frozen(kw_only=True)
class Merged:
    """
    The content of a Rust type.

    Attributes:
        root: The form of a document.
        definitions: Forms by name; all records, unions, enumerations and named tuples are among them.
        left_out: Names of records and of their fields that writing may leave out.
    """

    root: Form
    definitions: Mapping[str, Form]
    left_out: frozenset[tuple[str, str]]


def merge(write: Document, read: Document) -> Merged:
    """
    Merge what a codec writes with what it reads.

    Args:
        write: The description for writing.
        read: The same for reading.
    """
    return _Merger(write, read).merged()


def children(form: Form) -> Iterator[Form]:
    """Yield the forms inside of a form."""
    match form:
        case Nullable(inner=inner):
            yield inner
        case Array(item=item):
            yield item
        case TupleOf(items=items):
            yield from items
        case MapOf(key=key, value=value):
            yield key
            yield value
        case Record(fields=fields, other=other):
            yield from (field.form for field in fields)
            if other is not None:
                yield other
        case Union(variants=variants):
            yield from (variant.form for variant in variants if variant.form is not None)
        case _:
            pass


def references(form: Form) -> Iterator[str]:
    """Yield the names that a form refers to."""
    if isinstance(form, Reference):
        yield form.name
    for child in children(form):
        yield from references(child)


class _Merger:
    def __init__(self, write: Document, read: Document) -> None:
        self._write, self._read = write, read
        self._made: dict[str, Form] = {}
        self._known: dict[str, str] = {}
        self._left_out: set[tuple[str, str]] = set()

    def merged(self) -> Merged:
        root = self._form(self._write.root, self._read.root, "Document")
        for name, form in self._write.definitions.items():
            self._made[name] = self._inside(form, self._read.definitions.get(name, form), name)
        self._split_layouts()
        self._require_labels(root)
        return Merged(root=root, definitions=dict(self._made), left_out=frozenset(self._left_out))

    def _split_layouts(self) -> None:
        """Make two records of those that are maps where unknown fields are kept for them, and arrays elsewhere."""
        for name, form in list(self._made.items()):
            if not isinstance(form, Record) or not form.or_map:
                continue
            array = unique(f"{name}Array", self._made)
            self._made[array] = attrs.evolve(form, name=array, or_map=False)
            kept = unique(f"{name}Map", self._made)
            self._made[kept] = attrs.evolve(form, name=kept, or_map=False, layout="map")
            variants = tuple(Variant(name=each, form=Reference(name=each)) for each in (array, kept))
            self._made[name] = Union(tagging="untagged", variants=variants, name=name, doc=form.doc)

    def _require_labels(self, root: Form) -> None:
        """Demand the fields that tell the classes of a union apart, where a class stands nowhere else."""
        unions = [form for form in self._made.values() if isinstance(form, Union) and form.tagging == "literal"]
        others = [form for form in self._made.values() if form not in unions]
        elsewhere = {name for form in (root, *others) for name in references(form)}
        for union in unions:
            for name in set(references(union)) - elsewhere:
                record = self._made[name]
                if isinstance(record, Record):
                    fields = (
                        attrs.evolve(field, required=True, has_default=False)
                        if field.key in union.keys and (name, field.name) not in self._left_out
                        else field
                        for field in record.fields
                    )
                    self._made[name] = attrs.evolve(record, fields=tuple(fields))

    def _form(self, write: Form, read: Form, context: str) -> Form:
        """Return the form of a part, under a name where Rust needs one."""
        form = self._inside(write, read, context)
        is_long = isinstance(form, TupleOf) and (len(form.items) > _LONGEST_TUPLE or bool(form.name))
        return self._named(form, context) if is_long or isinstance(form, (Enumeration, Record, Union)) else form

    def _named(self, form: Any, context: str) -> Form:
        key = repr(form)
        if key not in self._known:
            taken = (*self._made, *self._write.definitions)
            self._known[key] = name = unique(type_name(form.name or context), taken)
            self._made[name] = form
        return Reference(name=self._known[key])

    def _inside(self, write: Form, read: Form, context: str) -> Form:
        if type(write) is not type(read):
            if isinstance(write, Nullable):
                return attrs.evolve(write, inner=self._form(write.inner, read, context))
            if isinstance(read, Nullable):
                return attrs.evolve(read, inner=self._form(write, read.inner, context))
            read = write
        match write, read:
            case Nullable(), Nullable():
                return attrs.evolve(read, inner=self._form(write.inner, read.inner, context))
            case Array(), Array():
                return attrs.evolve(read, item=self._form(write.item, read.item, context))
            case TupleOf(), TupleOf() if len(write.items) == len(read.items):
                pairs = zip(write.items, read.items, strict=True)
                items = tuple(self._form(*pair, f"{context} {at}") for at, pair in enumerate(pairs))
                return attrs.evolve(read, items=items)
            case MapOf(), MapOf():
                key = self._form(write.key, read.key, f"{context} key")
                return attrs.evolve(read, key=key, value=self._form(write.value, read.value, context))
            case Record(), Record():
                return self._record(write, read)
            case Union(), Union():
                others = {variant.name: variant for variant in read.variants}
                variants = tuple(self._variant(each, others.get(each.name, each), context) for each in write.variants)
                return attrs.evolve(write, variants=variants, forbids=read.forbids, other=write.other or read.other)
            case _:
                return read

    def _variant(self, write: Variant, read: Variant, context: str) -> Variant:
        if write.form is None or read.form is None:
            return write
        return attrs.evolve(write, form=self._form(write.form, read.form, f"{context} {type_name(write.name)}"))

    def _record(self, write: Record, read: Record) -> Record:
        others = {field.name: field for field in read.fields}
        fields = tuple(self._field(write.name, field, others.get(field.name, field)) for field in write.fields)
        other = read.other if write.other is None else write.other
        if other is not None:
            other = self._form(other, read.other or other, f"{write.name} other")
        return attrs.evolve(read, fields=fields, other=other, layout=write.layout, unit=write.unit)

    def _field(self, record: str, write: Field, read: Field) -> Field:
        if not write.required:
            self._left_out.add((record, write.name))
        return attrs.evolve(read, form=self._form(write.form, read.form, f"{record} {write.name}"))
