"""Arrays: of like items, of items in their places, and records that are written as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import attrs

from ..forms import Array, Form, Record, TupleOf
from .context import Context
from .findings import FINE, Outcome, misread, sum_of
from .scalars import within


__all__ = ["Places", "compare_places", "moved", "places_of"]


@attrs.frozen(kw_only=True)
class Places:
    """
    The items of an array, by their places.

    Attributes:
        items: Of each of the first items: its name, if it has one, and its form.
        rest: The form of all others; ``None``: there are none.
        least: The least number of items.
        most: The greatest; ``None``: no bound.
        unique: Whether no item occurs twice.
    """

    items: tuple[tuple[str | None, Form], ...] = ()
    rest: Form | None = None
    least: int = 0
    most: int | None = None
    unique: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names of the items that have one."""
        return frozenset(name for name, _ in self.items if name is not None)

    def at(self, place: int) -> tuple[str | None, Form] | None:
        """Return name and form of the item at a place; ``None`` if the array ends before."""
        if place < len(self.items):
            return self.items[place]
        return None if self.rest is None else (None, self.rest)


def places_of(form: Form, *, reading: bool) -> Places | None:
    """Return the places of an array, or when *reading* of a form that may be one; ``None`` for others."""
    match form:
        case Array():
            return Places(rest=form.item, least=form.minimum, most=form.maximum, unique=form.unique)
        case TupleOf():
            names = form.names or (None,) * len(form.items)
            number = len(form.items)
            least = number if form.least is None else form.least
            return Places(items=tuple(zip(names, form.items, strict=True)), least=least, most=number)
        case Record() if form.layout == "array" or (reading and not form.only_maps):
            items = tuple((field.name, field.form) for field in form.fields)
            return Places(items=items, least=form.least if reading else len(items), most=len(items))
        case _:
            return None


def moved(written: str | None, read: str | None, all_written: frozenset[str], all_read: frozenset[str]) -> bool:
    """
    Tell whether what has one name when written and another when read is of another field, not just renamed.

    A field was renamed if the one side has no field of the other's name.
    """
    return written is not None and read is not None and written != read and (written in all_read or read in all_written)


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
        (name, form), (other, wanted) = ours, theirs
        step = "[]" if is_rest else f".{name}" if name is not None else f"[{place}]"
        outcome = context.compare(form, wanted)
        if moved(name, other, written.names, read.names) and not outcome.refused:
            outcome = sum_of([outcome.refusals, misread(f"the item is {name} when written, {other} when read")])
        outcome = outcome.at(step)
        yield outcome if place < written.least else outcome.perhaps()
        if is_rest:
            return


def _repeated(written: Places, read: Places) -> Outcome:
    if not read.unique or written.unique or (written.most is not None and written.most < 2):
        return FINE
    return misread("items that occur twice become one")
