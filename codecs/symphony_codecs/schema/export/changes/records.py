"""Maps: with fixed fields, with keys of a form, and with both."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ..forms import Enumeration, Field, Form, MapOf, Record, Text
from .context import Context
from .findings import FINE, Outcome, ignored, misread, refused, sum_of
from .flattened import CONTENT
from .scalars import same_value, within
from .sequences import is_moved


__all__ = ["Entries", "compare_entries", "entries_of"]


@attrs.frozen(kw_only=True)
class Entries:
    """
    The entries of a map.

    Attributes:
        fields: Those with fixed keys; none is flattened.
        rest: The form of all others; ``None``: there are none when writing; when reading, *unknown* says what
            becomes of them.
        unknown: Reading: what becomes of other keys.
        fills: Whether something stands for fields that are missing.
    """

    fields: tuple[Field, ...] = ()
    rest: MapOf | None = None
    unknown: str = "ignore"
    fills: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields."""
        return frozenset(field.name for field in self.fields)


def entries_of(form: Form) -> Entries | None:
    """Return the entries of a form that is or may be a map; ``None`` for others.  Nothing but maps is flattened."""
    if isinstance(form, MapOf):
        return Entries(rest=form)
    if not isinstance(form, Record):
        return None
    rest = next((field.form for field in form.fields if field.flattened), None)
    if form.other is not None:
        rest = MapOf(key=Text(), value=form.other)
    fields = tuple(field for field in form.fields if not field.flattened)
    return Entries(
        fields=fields,
        rest=rest if isinstance(rest, MapOf) else None,
        unknown=form.unknown,
        fills=not form.only_maps,
    )


def compare_entries(context: Context, written: Entries, read: Entries) -> Outcome:
    """Compare two maps."""
    parts = [*_fields(context, written, read), *_missing(context, written, read)]
    if written.rest is not None:
        parts.append(_rest(context, written.rest, read))
    parts.append(_number(written, read))
    return sum_of(parts)


def _takes(field: Field, key: str | int) -> bool:
    return same_value(field.key, key) or key in field.aliases


def _fields(context: Context, written: Entries, read: Entries) -> Iterator[Outcome]:
    taken: dict[int, list[Field]] = {}
    for field in written.fields:
        place = next((place for place, each in enumerate(read.fields) if _takes(each, field.key)), None)
        if place is None:
            outcome = sum_of([_unknown(context, field, read), _overlooked(context, field, read)])
            yield outcome if field.required else outcome.perhaps()
            continue
        taken.setdefault(place, []).append(field)
        yield _field(context, field, read.fields[place], written, read).at(f".{field.key}")
    for place, fields in taken.items():
        if len(fields) > 1:
            always = sum(field.required for field in fields) > 1
            keys = " and ".join(str(field.key) for field in fields)
            yield refused(f"the reader takes {keys} for the same field", always=always).at(f".{read.fields[place].key}")


def _field(context: Context, field: Field, wanted: Field, written: Entries, read: Entries) -> Outcome:
    outcome = context.compare(field.form, wanted.form)
    if is_moved(field, wanted, written.fields, read.fields) and not outcome.refused:
        outcome = sum_of(
            [outcome.refusals, misread(f"the field is {field.name} when written, {wanted.name} when read")]
        )
    return (
        outcome
        if field.required
        else sum_of([outcome.perhaps(), _left_out(field, wanted, fills=written.fills and read.fills)])
    )


def _left_out(field: Field, wanted: Field, *, fills: bool) -> Outcome:
    if wanted.required:
        return refused("the field may be left out, and the reader requires it")
    if not fills:
        return FINE
    if field.has_default is wanted.has_default and same_value(field.default, wanted.default):
        return FINE
    meant, taken = (repr(each.default) if each.has_default else "what a factory makes" for each in (field, wanted))
    return misread(f"where the field is left out, {meant} was meant, and the reader takes {taken}")


def _unknown(context: Context, field: Field, read: Entries) -> Outcome:
    step = f".{field.key}"
    if read.rest is not None:
        key = context.compare(_key(field.key), read.rest.key)
        return sum_of([key.at(step), context.compare(field.form, read.rest.value).at(step)])
    if read.unknown == "forbid":
        return refused("the reader forbids fields that it does not know", always=True).at(step)
    if read.unknown == "keep":
        return FINE  # written back as it is
    return ignored("the reader does not know the field", always=True).at(step)


def _overlooked(context: Context, field: Field, read: Entries) -> Outcome:
    """Compare what a member of a union holds with a reader that looks for its fields beside it."""
    content = context.written(field.form)
    if field.name != CONTENT or not isinstance(content, Record):
        return FINE
    if read.names.isdisjoint(each.name for each in content.fields):
        return FINE
    return misread("the reader does not look into what the member holds").at(f".{field.key}")


def _key(key: str | int) -> Form:
    return Enumeration(values=(key,))


def _missing(context: Context, written: Entries, read: Entries) -> Iterator[Outcome]:
    """Compare fields of the reader that no field of what is written is for."""
    for wanted in read.fields:
        if any(_takes(wanted, field.key) for field in written.fields):
            continue
        step = f".{wanted.key}"
        if written.rest is None:
            if wanted.required:
                yield refused("the reader requires the field, and it is not written", always=True).at(step)
            continue
        if context.compare(_key(wanted.key), written.rest.key).refused and not isinstance(written.rest.key, Text):
            never = True
        else:
            never = False
            yield context.compare(written.rest.value, wanted.form).perhaps().at(step)
        if wanted.required:
            yield refused("the reader requires the field, and it may be missing", always=never).at(step)


def _rest(context: Context, rest: MapOf, read: Entries) -> Outcome:
    if read.rest is not None:
        outcome = sum_of(
            [
                context.compare(rest.key, read.rest.key).at("{key}"),
                context.compare(rest.value, read.rest.value).at("{}"),
            ]
        )
    elif read.unknown == "forbid":
        outcome = refused("the reader forbids fields that it does not know").at("{}")
    elif read.unknown == "keep":
        outcome = FINE
    else:
        outcome = ignored("the reader does not know the field").at("{}")
    return outcome if rest.minimum else outcome.perhaps()


def _number(written: Entries, read: Entries) -> Outcome:
    """Compare how many entries there are, where the reader is a map alone."""
    if read.rest is None or read.fields:
        return FINE
    least = sum(field.required for field in written.fields)
    most: int | None = len(written.fields)
    if written.rest is not None:
        least += written.rest.minimum
        most = None if written.rest.maximum is None or most is None else most + written.rest.maximum
    return within(least, most, read.rest.minimum, read.rest.maximum, "number of entries")
