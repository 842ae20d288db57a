"""Forms in simpler words: unions as the forms that stand for their members, flattened fields among the others."""

from __future__ import annotations

import itertools

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import attrs

from ..forms import Enumeration, Field, Form, MapOf, Null, Nullable, Record, Union, Variant


__all__ = ["CONTENT", "members_of", "unflattened"]

Resolve: TypeAlias = Callable[[Form], Form]

# Of records with so many combinations of flattened unions, the further ones are not looked at.
_MOST: Final = 64
CONTENT: Final = ""
"""The name of the field that stands for what a member of a union holds."""

_NOTHING: Final = Enumeration(values=())


def members_of(union: Union, resolve: Resolve, *, reading: bool = False) -> list[tuple[str, Form]]:
    """
    Return the members of a union: the name and the form of the member's entries, its tag included.

    Args:
        union: The union.
        resolve: Returns the definition that a reference names.
        reading: Whether for what is read, which may be more than what is written.
    """
    return [(variant.name, _member(union, variant, resolve, reading=reading)) for variant in union.variants]


def _member(union: Union, variant: Variant, resolve: Resolve, *, reading: bool) -> Form:
    name = Enumeration(values=(variant.name,))
    tag = Field(name=union.tag, key=union.tag, form=name)
    place = attrs.evolve(tag, name="")  # In an array a tag has a place and no name.
    if union.tagging == "external":
        if variant.form is None:
            return name
        return Record(
            name=variant.name,
            fields=(Field(name=CONTENT, key=variant.name, form=variant.form),),
            only_maps=True,
            unknown="forbid",
        )
    if union.tagging == "adjacent":
        required = variant.form is not None and not variant.may_lack_content
        first = place if union.pair else tag
        content = Field(name=CONTENT, key=union.content, form=variant.form or Null(), required=required)
        return Record(
            name=variant.name,
            fields=(first,) if variant.form is None and not reading else (first, content),
            layout="array" if union.pair else "map",
            least=1 + required,
            unknown="forbid" if union.forbids else "ignore",
        )
    if union.tagging == "internal":
        record = None if variant.form is None else resolve(variant.form)
        if isinstance(record, Record):
            layout = "map" if record.layout == "unit" else record.layout
            first = place if layout == "array" else tag
            return attrs.evolve(record, fields=(first, *record.fields), least=record.least + 1, layout=layout)
        return Record(name=variant.name, fields=(tag,), least=1)
    return variant.form or Null()


def unflattened(record: Record, resolve: Resolve, *, reading: bool = False) -> list[Record]:
    """
    Return records in which nothing but maps is flattened: each document of *record* is one of one of them.

    Args:
        record: The record.
        resolve: Returns the definition that a reference names.
        reading: Whether for what is read.
    """
    if not any(field.flattened for field in record.fields):
        return [record]
    choices = [list(_choices(field, resolve, reading=reading)) for field in record.fields]
    combined = itertools.islice(itertools.product(*choices), _MOST)
    return [attrs.evolve(record, fields=tuple(itertools.chain.from_iterable(each))) for each in combined]


def _choices(field: Field, resolve: Resolve, *, reading: bool) -> Iterator[tuple[Field, ...]]:
    """Yield the fields that may stand for one."""
    if not field.flattened:
        yield (field,)
        return
    form = resolve(field.form)
    if isinstance(form, Nullable):
        present = list(_choices(attrs.evolve(field, form=form.inner), resolve, reading=reading))
        yield from present
        # At last: reading takes the first that fits.  It is not there where none of its keys is.
        keys = {each.key: each for fields in present for each in fields if not each.flattened} if reading else {}
        yield tuple(attrs.evolve(each, form=_NOTHING, required=False) for each in keys.values())
        return
    if isinstance(form, Union):
        for _, member in members_of(form, resolve, reading=reading):
            inner = resolve(member)
            if isinstance(inner, Record):
                for each in unflattened(inner, resolve, reading=reading):
                    yield each.fields
            elif isinstance(inner, Enumeration):
                key = str(inner.values[0])
                yield (Field(name=key, key=key, form=Null()),)
        return
    if isinstance(form, Record):
        for each in unflattened(form, resolve, reading=reading):
            yield each.fields
    elif isinstance(form, MapOf):
        yield (attrs.evolve(field, form=form),)
