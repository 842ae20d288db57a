"""CDDL of unions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from . import forms as f
from .cddl_parts import Said, choice, literal, other_than
from .cddl_records import Group, RecordWriter, keyed, named
from .cddl_types import labelled


__all__ = ["UnionWriter", "wrapped"]

_WIDTH: Final = 100
_MANY: Final = 4  # members whose names make the name of a union


class UnionWriter(RecordWriter):
    """Writes unions, too: all forms."""

    def __init__(self, document: f.Document) -> None:
        super().__init__(document)
        self._make[f.Union] = self._inner_union

    def _inner_union(self, form: f.Union) -> Said:
        """Return a union that stands in something else: by name, if it is tagged, since it is long then."""
        made = self._union(form)
        if form.tagging in {"literal", "untagged"} or made.is_plain:
            return made
        names = [each.name for each in form.variants]
        name = "-or-".join(names if len(names) <= _MANY else [names[0], f"{len(names) - 1}-more"])
        return Said((self._helper(name, wrapped(made)),))

    def _union(self, form: f.Union) -> Said:
        types = [self._variant(form, each) for each in form.variants]
        return choice(types if form.other is None else [*types, *self._others(form, form.other)])

    def _variant(self, union: f.Union, variant: f.Variant) -> Said:
        if union.tagging == "external":
            if variant.form is None:
                return named(variant.name)
            return Said((f"{{{literal(variant.name)}: {self.type(variant.form).text}}}",))
        if union.tagging == "adjacent":
            return self._adjacent_type(union, variant)
        if union.tagging == "internal":
            return self._internal(union, variant)
        if variant.form is None:
            return Said(("nil",))
        return self._with_keys(variant.form, union.keys)

    def _with_keys(self, form: f.Form, keys: Iterable[str | int]) -> Said:
        """Return a record in which *keys* are always there."""
        record = self._definition(form)
        made = keyed(record, keys)
        if made is record or not isinstance(form, f.Reference):
            return self.type(form)
        assert isinstance(made, f.Record)
        return Said((self._asked(form.name, made, f"with-{'-'.join(map(str, keys))}"),))

    def _internal(self, union: f.Union, variant: f.Variant, tag: Said | None = None) -> Said:
        name = tag or named(variant.name)
        record = f.Record(name="") if variant.form is None else self._definition(variant.form)
        if not isinstance(record, f.Record):
            return self.type(record)
        first = self._entry_group(union.tag, name)
        if record.layout == "array":
            first = Group(((labelled(union.tag, name), ()),))
        if record.layout == "unit":
            record = f.Record(name="")
        known = variant.form.name if isinstance(variant.form, f.Reference) else ""
        brackets, group = self._members(record, first, name=known)
        made = Said((f"{brackets[0]}{group.text}{brackets[1]}",))
        if not record.or_map:
            return made
        as_map = attrs.evolve(record, layout="map", or_map=False)
        return choice((made, self._internal(union, attrs.evolve(variant, form=as_map), tag)))

    def _adjacent_type(self, union: f.Union, variant: f.Variant, tag: Said | None = None) -> Said:
        if not union.pair:
            group = self._adjacent(union, variant, tag)
            if variant.form is None and self._reads:
                group += self._entry_group(union.content, Said(("nil",)), optional=True)
            rest = [] if union.forbids or not self._reads else ["* tstr => any"]
            return Said((f"{{{', '.join([group.text, *rest])}}}",))
        items = [(tag or named(variant.name)).operand]
        content = "nil" if variant.form is None else self.type(variant.form).operand
        items.append(f"? {content}" if variant.may_lack_content else content)
        return Said((f"[{', '.join(items)}]",))

    def _others(self, union: f.Union, other: f.Form) -> list[Said]:
        """Return the types under names that are not listed."""
        name = other_than(each.name for each in union.variants)
        is_any = isinstance(other, f.Untyped)
        variant = f.Variant(name="", form=other, may_lack_content=is_any)
        if union.tagging == "adjacent":
            return [self._adjacent_type(union, variant, name)]
        if union.tagging == "internal":
            form: f.Form = f.Record(name="", unknown="keep") if is_any else other
            return [self._internal(union, attrs.evolve(variant, form=form), name)]
        under = Said((f"{{{name.operand} => {self.type(other).text}}}",))
        return [name, under] if is_any else [under]


def wrapped(made: Said) -> str:
    """Return a type, each of its alternatives on a line if they do not stand on one."""
    is_short = len(made.options) == 1 or len(made.text) <= _WIDTH
    return made.text if is_short else "\n    " + "\n  / ".join(made.options)
