"""CDDL of records and of fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from . import forms as f
from .cddl_parts import Said, choice, comment, is_scalar, literal, nested, other_than
from .cddl_types import TypeWriter, check_comments, labelled


__all__ = ["Group", "RecordWriter", "keyed", "named"]

_BARE: Final = frozenset({"bool", "bstr", "float", "int", "nil", "tstr", "uint"})


@attrs.frozen
class Group:
    """
    Entries of a map.

    Attributes:
        parts: The entries, each with the lines of its comment.
        keys: The keys of all.
        loose: Those that an entry for any key must leave alone, since another entry may have failed to take them.
        rest: The forms of all other keys and of their values.
    """

    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    keys: tuple[str | int, ...] = ()
    loose: tuple[str | int, ...] = ()
    rest: tuple[f.Form, f.Form] | None = None

    @property
    def text(self) -> str:
        """The entries without comments."""
        return ", ".join(text for text, _ in self.parts)

    def __add__(self, other: Group) -> Group:
        return Group(
            self.parts + other.parts, self.keys + other.keys, self.loose + other.loose, other.rest or self.rest
        )


class RecordWriter(TypeWriter):
    """Writes records, too, with flattened fields."""

    def __init__(self, document: f.Document) -> None:
        super().__init__(document)
        self._make[f.Record] = self._record

    def _record(self, form: f.Record) -> Said:
        if form.layout == "unit":
            return Said((literal(form.unit),))
        brackets, group = self._members(form)
        made = Said((f"{brackets[0]}{group.text}{brackets[1]}",))
        return choice((made, self._as_map(form))) if form.or_map else made

    def _as_map(self, form: f.Record) -> Said:
        """Return the map that stands for an array where unknown fields are kept."""
        return self._record(attrs.evolve(form, layout="map", or_map=False))

    def _members(self, form: f.Record, first: Group | None = None, *, name: str = "") -> tuple[str, Group]:
        """Return brackets, and what stands in them: *first*, then fields (of the definition *name*), then the rest."""
        group = self._fields(form)
        if name and group.parts:
            group = attrs.evolve(group, parts=((self._asked(name, form, "fields"), ()),))
        if first is not None:
            group = first + group
        if form.layout == "array":
            return "[]", group
        return "{}", group + self._rest(form, group)

    def _fields(self, form: f.Record) -> Group:
        """Return the fields of a record."""
        if form.layout == "array":
            made = [self._field(each, optional=place >= form.least) for place, each in enumerate(form.fields)]
            parts = [(labelled(each.name, tp), told) for each, (tp, told) in zip(form.fields, made, strict=True)]
            tail = nested(text for text, _ in parts[form.least :])
            told = tuple(line for _, lines in parts[form.least :] for line in lines)
            return Group((*parts[: form.least], (tail, told)) if tail else tuple(parts))
        group = Group()
        for each in form.fields:
            group += self._flat(each.form, each) if each.flattened else self._map_field(each)
        return group

    def _field(self, field: f.Field, *, optional: bool) -> tuple[Said, tuple[str, ...]]:
        """Return the type of a field, and the lines of its comment."""
        outer, self._notes = self._notes, []
        made, told = self.type(field.form), []
        if optional and field.has_default:
            default = literal(field.default)
            fits = "nil" in made.options if field.default is None else made.options[0][0] not in "[{"
            if fits and is_scalar(field.default) and made.text != "any":
                target = made.text if made.text in _BARE else f"({made.text})"
                made = Said((f"{target} .default {default}",), is_plain=False)
            else:
                told = comment(f"Default: {default}")
        lines = (*comment(field.doc), *told, *check_comments(self._notes))
        self._notes = outer
        return made, lines

    def _map_field(self, field: f.Field) -> Group:
        made, told = self._field(field, optional=not field.required)
        names = (field.key, *(field.aliases if self._reads else ()))
        entries = [f"{literal(name)}: {made.text}" for name in names]
        text = entries[0] if len(entries) == 1 else f"({' // '.join(entries)})"
        loose = names if len(names) > 1 else ()
        return Group((((f"? {text}" if not field.required else text), told),), names, loose)

    def _rest(self, form: f.Record, group: Group) -> Group:
        """Return the entry for keys that no field has."""
        if group.rest is not None:
            key, value = map(self.type, group.rest)
        elif form.other is not None or form.unknown == "keep":
            key, value = Said(("tstr",)), self.type(form.other or f.Untyped())
        elif form.unknown == "ignore" and self._reads:
            key, value = Said(("tstr",)), Said(("any",))
        else:
            return Group()
        if key.text == "tstr":
            key = other_than(name for name in group.loose if isinstance(name, str))
        return Group(((f"* {key.operand} => {value.text}", ()),))

    def _flat(self, form: f.Form, field: f.Field) -> Group:
        """Return the entries of a flattened field."""
        target = self._definition(form)
        if isinstance(target, f.MapOf):
            return Group(rest=(target.key, target.value))
        if isinstance(target, f.Nullable):
            inner = self._flat(target.inner, field)
            parts = (((f"? ({inner.text})", ()),)) if inner.parts else ()
            return attrs.evolve(inner, parts=parts, loose=inner.keys)
        if isinstance(target, f.Record):
            group = self._fields(target)
            if isinstance(form, f.Reference) and group.parts:
                return attrs.evolve(
                    group, parts=((self._asked(form.name, target, "fields"), tuple(comment(field.doc))),)
                )
            return group
        assert isinstance(target, f.Union)
        groups = [self._flat_variant(target, variant, field) for variant in target.variants]
        keys = tuple(key for group in groups for key in group.keys)
        text = " // ".join(group.text for group in groups)
        rest = next((group.rest for group in groups if group.rest is not None), None)
        return Group(((f"({text})", tuple(comment(field.doc))),), keys, keys, rest)

    def _flat_variant(self, union: f.Union, variant: f.Variant, field: f.Field) -> Group:
        if union.tagging == "external":
            return self._entry_group(variant.name, Said(("nil",)) if variant.form is None else self.type(variant.form))
        if union.tagging == "adjacent":
            return self._adjacent(union, variant)
        with_keys = (
            keyed(self._definition(variant.form), union.keys) if union.keys and variant.form is not None else None
        )
        inner = Group() if variant.form is None else self._flat(with_keys or variant.form, field)
        return inner if union.tagging != "internal" else self._entry_group(union.tag, named(variant.name)) + inner

    @staticmethod
    def _entry_group(key: str, value: Said, *, optional: bool = False) -> Group:
        return Group(((f"{'? ' if optional else ''}{literal(key)}: {value.text}", ()),), (key,))

    def _adjacent(self, union: f.Union, variant: f.Variant, tag: Said | None = None) -> Group:
        group = self._entry_group(union.tag, tag or named(variant.name))
        if variant.form is None:
            return group
        return group + self._entry_group(union.content, self.type(variant.form), optional=variant.may_lack_content)


def keyed(form: f.Form, keys: Iterable[str | int]) -> f.Form:
    """Return a record in which *keys* are always there; the same if they are."""
    if not isinstance(form, f.Record):
        return form
    places = [place for place, each in enumerate(form.fields, 1) if each.key in keys]
    least = max([form.least, *places]) if form.layout == "array" else form.least
    if least == form.least and all(form.fields[place - 1].required for place in places):
        return form
    fields = tuple(
        attrs.evolve(each, required=True) if place in places else each for place, each in enumerate(form.fields, 1)
    )
    return attrs.evolve(form, fields=fields, least=least)


def named(name: str) -> Said:
    """Return the literal of a variant's name."""
    return Said((literal(name),))
