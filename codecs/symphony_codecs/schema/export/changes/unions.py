"""Unions: which member of the reader takes what stands for a member that is written."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ..forms import Enumeration, Form, Null, Record, Union, Variant
from .context import Context
from .findings import FINE, Outcome, any_of, ignored, misread, refused, sum_of
from .flattened import members_of
from .records import entries_of


__all__ = ["compare_unions", "first_that_fits", "to_union"]


# Kinds of classes, and kinds with one member at most: classes without fields may be null.
_CLASSES: Final = (Record, Null)
_NONE: Final[Mapping[str, Outcome]] = MappingProxyType({})


def compare_unions(context: Context, written: Union, read: Form) -> Outcome:
    """Compare a union that is written with what is read."""
    if isinstance(read, Union) and _are_told_apart_alike(written, read):
        theirs = {variant.name: variant for variant in read.variants}
        outcomes = [
            _variant(context, written, variant, theirs.get(variant.name), read).at(f"({variant.name})")
            for variant in written.variants
        ]
        if written.other is not None and not read.open:
            outcomes.append(refused("names that are kept are written back, and the reader refuses those", always=True))
        return any_of(outcomes)
    outcomes = []
    members = members_of(written, context.written)
    for place, (name, member) in enumerate(members):
        before = _before(context, member, members[:place]) if written.tagging == "untagged" else {}
        if any(not outcome.refuses for outcome in before.values()):
            continue  # It would come back as another member, so it is not written.
        if isinstance(read, Union):
            outcome = to_union(context, name, member, read, before)
        else:
            outcome = context.compare(member, read)
        outcomes.append(outcome.at(f"({name})"))
    return any_of(outcomes) if outcomes else FINE


def _before(context: Context, written: Form, members: list[tuple[str, Form]]) -> dict[str, Outcome]:
    """Return by name how records that the writer tries before read what it writes as another record."""
    if not isinstance(context.written(written), _CLASSES):
        return {}
    tried = {name: context.own(written, form) for name, form in members if isinstance(context.written(form), _CLASSES)}
    return {name: outcome for name, outcome in tried.items() if outcome is not None}


def _are_told_apart_alike(written: Union, read: Union) -> bool:
    if written.tagging != read.tagging or written.tagging in {"literal", "untagged"}:
        return False
    keys = {"external": (), "internal": ("tag",), "adjacent": ("tag", "content", "pair")}[written.tagging]
    return all(getattr(written, key) == getattr(read, key) for key in keys)


def _variant(context: Context, union: Union, written: Variant, read: Variant | None, reader: Union) -> Outcome:
    if read is None:
        if reader.open:
            return ignored("the reader does not know the name, and takes it as any unknown one")
        return refused("the reader does not know the name", always=True)
    if written.form is None and read.form is None:
        return FINE
    if written.form is not None and read.form is not None and union.tagging != "internal":
        return context.compare(written.form, read.form)
    one = Union(tagging=union.tagging, variants=(written,), tag=union.tag, content=union.content, pair=union.pair)
    two = Union(tagging=union.tagging, variants=(read,), tag=union.tag, content=union.content, pair=union.pair)
    ((_, ours),), ((_, theirs),) = members_of(one, context.written), members_of(two, context.read, reading=True)
    return context.compare(ours, theirs)


def to_union(
    context: Context, name: str | None, written: Form, read: Union, before: Mapping[str, Outcome] = _NONE
) -> Outcome:
    """
    Compare what is written with a union.

    Args:
        context: The comparison.
        name: The name of the member that is written, if it is one.
        written: Its form.
        read: The union.
        before: By the name of another member: how the writer itself reads what is written as that.
    """
    outcome = first_that_fits(context, name, written, members_of(read, context.read, reading=True), before)
    if outcome.refused and read.open and _has_tag(context, written, read):
        return ignored("the reader does not know the name, and takes it as any unknown one")
    return outcome


def _has_tag(context: Context, written: Form, read: Union) -> bool:
    """Tell whether what is written has a name where the union looks for one."""
    form = context.written(written)
    if read.tagging == "external":
        return isinstance(form, Enumeration) or (isinstance(form, Record) and len(form.fields) == 1)
    return isinstance(form, Record) and any(field.key == read.tag for field in form.fields)


def first_that_fits(
    context: Context,
    name: str | None,
    written: Form,
    members: list[tuple[str, Form]],
    before: Mapping[str, Outcome] = _NONE,
) -> Outcome:
    """Compare what is written with members of which reading takes the first that fits."""
    form = context.written(written)
    name = form.name if name is None and isinstance(form, Record) else name
    has_namesake = any(name in _names(context, each, member) for each, member in members)
    if not isinstance(form, Record):
        # Scalars are told apart by what they are: an int is read as an int before it is read as a float.
        members = sorted(members, key=lambda member: type(context.read(member[1])) is not type(form))
    notes: list[Outcome] = []
    closest: Outcome | None = None
    for each, member in members:
        if _cannot_fit(context, form, context.read(member)):
            continue
        outcome = context.compare(written, member)
        is_namesake = name in _names(context, each, member)
        if is_namesake or closest is None or (closest.refused and not outcome.refused):
            closest = outcome
        # The writer does not write values that it would itself read as that member.
        if outcome.refused or (each in before and before[each].findings == outcome.findings):
            continue
        if has_namesake and not is_namesake and isinstance(form, _CLASSES):
            outcome = sum_of([outcome, misread(f"it is read as {each}", always=not outcome.refuses)])
        if not outcome.refuses:
            return sum_of([*notes, outcome])
        notes.append(_what_is_misread(outcome))
    if closest is not None and not closest.is_fine:
        return sum_of([*notes, closest])
    return refused("no member of the union takes it", always=True)


def _names(context: Context, name: str, member: Form) -> tuple[str, ...]:
    """Return what a member of a union that is read goes by: its name there, and that of its record."""
    form = context.read(member)
    return (name, form.name) if isinstance(form, Record) else (name,)


def _what_is_misread(outcome: Outcome) -> Outcome:
    """Return the outcome without what is refused, which another member may take."""
    return Outcome(findings=tuple(each for each in outcome.findings if each.effect == "misread")).perhaps()


def _cannot_fit(context: Context, written: Form, read: Form) -> bool:
    """Tell whether two records differ in a field that holds one value each."""
    ours, theirs = entries_of(written), entries_of(read)
    if ours is None or theirs is None:
        return False
    values = {field.key: context.written(field.form) for field in ours.fields if field.required}
    for field in theirs.fields:
        form, wanted = values.get(field.key), context.read(field.form)
        if (
            isinstance(form, Enumeration)
            and isinstance(wanted, Enumeration)
            and not wanted.open
            and context.compare(form, wanted).refused
        ):
            return True
    return False
