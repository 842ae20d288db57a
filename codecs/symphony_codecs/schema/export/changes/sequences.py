"""Arrays: of like items, of items in their places, and records that are written as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

import attrs

from ..forms import Array, Field, Form, Record, TupleOf
from .context import Context
from .findings import FINE, Outcome, misread, sum_of
from .scalars import within


__all__ = ["Places", "compare_places", "is_moved", "places_of"]


@attrs.frozen(kw_only=True)
class Places:
    """
    The items of an array, by their places.

    Attributes:
        items: The first items; those without a name have an empty one.
        rest: The form of all others; ``None``: there are none.
        least: The least number of items.
        most: The greatest; ``None``: no bound.
        unique: Whether no item occurs twice.
    """

    items: tuple[Field, ...] = ()
    rest: Form | None = None
    least: int = 0
    most: int | None = None
    unique: bool = False

    def at(self, place: int) -> Field | None:
        """Return the item at a place; ``None`` if the array ends before."""
        if place < len(self.items):
            return self.items[place]
        return None if self.rest is None else Field(name="", key="", form=self.rest)


def places_of(form: Form, *, reading: bool) -> Places | None:
    """Return the places of an array, or when *reading* of a form that may be one; ``None`` for others."""
    match form:
        case Array():
            return Places(rest=form.item, least=form.minimum, most=form.maximum, unique=form.unique)
        case TupleOf():
            names = form.names or ("",) * len(form.items)
            number = len(form.items)
            least = number if form.least is None else form.least
            items = tuple(Field(name=name, key=name, form=item) for name, item in zip(names, form.items, strict=True))
            return Places(items=items, least=least, most=number)
        case Record() if form.layout == "array" or (reading and not form.only_maps):
            number = len(form.fields)
            return Places(items=form.fields, least=form.least if reading else number, most=number)
        case _:
            return None


def is_moved(written: Field, read: Field, all_written: Iterable[Field], all_read: Iterable[Field]) -> bool:
    """Tell whether fields of two names are two fields: the one side has a field of the other's name, too."""
    return written.name != read.name and (
        any(field.name == written.name for field in all_read) or any(field.name == read.name for field in all_written)
    )


def _is_same(written: Field, read: Field) -> bool:
    """Tell whether two items are of one field: they share the name or the key, or one's key is the other's alias."""
    return (
        written.name == read.name
        or written.key == read.key
        or written.key in read.aliases
        or read.key in written.aliases
    )


def compare_places(context: Context, written: Places, read: Places) -> Outcome:
    """Compare two arrays."""
    lengths = within(written.least, written.most, read.least, read.most, "number of items")
    if lengths.refused:
        return lengths
    return sum_of([lengths, *_items(context, written, read), _repeated(written, read)])


def _items(context: Context, written: Places, read: Places) -> Iterator[Outcome]:
    ends = max(len(written.items), len(read.items))
    for place in count():
        ours, theirs = written.at(place), read.at(place)
        if ours is None or theirs is None or (written.most is not None and place >= written.most):
            return
        is_rest = place >= ends
        step = "[]" if is_rest else f".{ours.name}" if ours.name else f"[{place}]"
        outcome = context.compare(ours.form, theirs.form)
        is_other = not _is_same(ours, theirs) or is_moved(ours, theirs, written.items, read.items)
        if ours.name and theirs.name and is_other and not outcome.refused:
            # Where the reader's field is written at another place, both may hold the same.
            always = place < read.least and not any(_is_same(item, theirs) for item in written.items)
            other = misread(f"the item is {ours.name} when written, {theirs.name} when read", always=always)
            outcome = sum_of([outcome.refusals, other])
        outcome = outcome.at(step)
        yield outcome if place < written.least else outcome.perhaps()
        if is_rest:
            return


def _repeated(written: Places, read: Places) -> Outcome:
    if not read.unique or written.unique or (written.most is not None and written.most < 2):
        return FINE
    return misread("items that occur twice become one")
