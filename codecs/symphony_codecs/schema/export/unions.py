"""The forms of unions, of `TaggedValue` and of `SymphonyError`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from symphony_types._error_base import SymphonyError, wire_name
from symphony_types._tagged import TaggedValue

from ...unknown import UnknownVariant
from .. import nodes
from . import forms as f
from .docs import class_doc
from .names import name_of


if TYPE_CHECKING:
    from .maker import Hints, Maker


__all__ = ["Unions"]


class Unions:
    """Makes unions; *maker* makes the forms of their members."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker

    def by_kind(self, node: nodes.UnionByJsonType, hints: Hints) -> f.Form:
        """Return the form of a union whose members differ in what they are on the wire."""
        union = self._plain(node.members, (), hints)
        variants = tuple(attrs.evolve(each, form=_as_number(each.form)) for each in union.variants)
        return attrs.evolve(union, variants=variants)

    def untagged(self, node: nodes.UntaggedUnion, hints: Hints) -> f.Form:
        """Return the form of a union of which the first member that fits is taken."""
        form = self._plain(node.members, node.names, hints)
        reader = self._maker.reader_of(node)
        if not isinstance(reader, nodes.UntaggedUnion) or self._maker.direction == "write":
            return form
        variants = tuple(
            attrs.evolve(each, lacks=reader.decisive) if place in reader.lacking else each
            for place, each in enumerate(form.variants)
        )
        return attrs.evolve(form, variants=variants)

    def _plain(self, members: Sequence[nodes.Node], names: Sequence[str], hints: Hints) -> f.Union:
        variants = [
            f.Variant(name=names[place] if names else self._name(member), form=self._maker.form(member, hints))
            for place, member in enumerate(members)
        ]
        return f.Union(tagging="untagged", variants=tuple(variants))

    def _name(self, node: nodes.Node) -> str:
        types = self._maker.builder.types_of(node)
        if types:
            return name_of(types[-1])
        cls = getattr(node, "cls", None)
        return name_of(cls) if isinstance(cls, type) else type(node).__name__

    def tagged(self, node: nodes.TaggedUnion, hints: Hints) -> f.Form:
        """Return the form of a union of classes, each under a name."""
        is_internal = node.tagging == "internal"
        variants = tuple(self._variant(each, hints, is_internal=is_internal) for each in node.variants)
        return f.Union(
            tagging=node.tagging,
            variants=variants,
            tag=node.tag,
            content=node.content,
            pair=node.positional and node.tagging == "adjacent",
            forbids=node.forbids,
            other=self._other(node, hints),
        )

    def _variant(self, variant: nodes.Variant, hints: Hints, *, is_internal: bool) -> f.Variant:
        maker, node = self._maker, variant.node
        form: f.Form | None = None
        if node is not None and is_internal and isinstance(node, nodes.Struct) and not node.fields:
            tp = hints.get(variant.cls, variant.cls)
            # Beside the tag there is nothing, which a record of its own does not say: it may be null.
            form = attrs.evolve(maker.records.body(tp, node), name=name_of(tp))
        elif node is not None:
            step = f"({variant.name})" if variant.field is None else f"({variant.name}).{variant.field}"
            form = maker.at(step, node, hints)
        return f.Variant(
            name=variant.name, form=form, newtype=variant.field is not None, may_lack_content=variant.optional
        )

    def _other(self, node: nodes.TaggedUnion, hints: Hints) -> f.Form | None:
        """Return the form of what stands under names that are not listed."""
        other = node.other
        if other is None or (self._maker.direction == "write" and other.cls is not UnknownVariant):
            return None
        if other.node is None or other.cls is UnknownVariant:
            return f.Untyped()
        return self._variant(other, hints, is_internal=node.tagging == "internal").form

    def by_literal(self, node: nodes.UnionByLiteral, hints: Hints) -> f.Form:
        """Return the form of a union of classes that differ in literal fields."""
        keys = tuple(dict.fromkeys(key for labels in node.labels.values() for key in labels))
        variants = tuple(
            f.Variant(name=name_of(hints.get(cls, cls)), form=self._maker.form(writer, hints))
            for cls, writer in node.writers.items()
        )
        return f.Union(tagging="literal", variants=variants, tag=str(keys[0]), keys=keys)

    def tagged_value(self, node: nodes.TaggedValueNode, _: Hints) -> f.Form:
        """Return the form of a Rust enum in one class."""
        maker = self._maker

        def make() -> f.Form:
            variants = tuple(
                f.Variant(name=name, form=None if held is None else maker.at(f"({name})", held))
                for name, held in node.nodes.items()
            )
            checks = (f"{node.cls.__name__} takes the value",) if _checks_values(node.cls) else ()
            return f.Union(tagging="external", variants=variants, doc=class_doc(node.cls), checks=checks)

        return maker.defined(node.cls, node.cls, make)

    def error(self, tp: type[SymphonyError]) -> f.Form:
        """Return the form of errors: an enum of enums."""
        variants = tp.variants()
        cut = 0 if tp is SymphonyError or len(variants) == 1 else 1
        return self._level(tp, {path[cut:]: cls for path, cls in variants.items()})

    def _level(self, tp: type, variants: Mapping[tuple[str, ...], type[SymphonyError]]) -> f.Form:
        below: dict[str, dict[tuple[str, ...], type[SymphonyError]]] = {}
        for path, cls in variants.items():
            below.setdefault(path[0], {})[path[1:]] = cls

        def make() -> f.Form:
            every = tuple(f.Variant(name=name, form=self._content(tp, name, held)) for name, held in below.items())
            return f.Union(tagging="external", variants=every, doc=class_doc(tp))

        return self._maker.defined((tp, *below), tp, make)

    def _content(self, tp: type, name: str, held: Mapping[tuple[str, ...], type[SymphonyError]]) -> f.Form | None:
        if () not in held:
            bases = [set(cls.__mro__) for cls in held.values()]
            shared = set.intersection(*bases)
            group = next(base for base in next(iter(held.values())).__mro__ if base in shared)
            return self._level(group, held)
        cls = held[()]
        if not cls.__fields__:
            return None
        if cls.newtype:
            return f.Text()
        return self._maker.defined((cls,), cls, lambda: self._fields(cls))

    def _fields(self, cls: type[SymphonyError]) -> f.Form:
        registry = self._maker.registry
        chosen = registry.options.positional
        is_array = registry.format.positional if chosen is None else chosen
        fields = tuple(f.Field(name=name, key=wire_name(name), form=f.Text()) for name in cls.__fields__)
        return f.Record(
            name="",
            fields=fields,
            layout="array" if is_array else "map",
            least=len(fields) if is_array else 0,
            doc=class_doc(cls),
        )


def _checks_values(cls: Any) -> bool:
    """Return whether a class of `TaggedValue` has code that says which values it takes."""
    inherited: tuple[Any, Any] = (TaggedValue._check_value, TaggedValue.from_variant)  # noqa: SLF001 - ours
    return (cls._check_value.__func__, cls.from_variant.__func__) != tuple(each.__func__ for each in inherited)


def _as_number(form: f.Form | None) -> f.Form | None:
    """Return the form of a member that is told apart by what it is: an integer that is a number in the format."""
    if not isinstance(form, f.Integer) or form.wide is None:
        return form
    low, high = form.wide
    return attrs.evolve(
        form,
        minimum=low if form.minimum is None else max(low, form.minimum),
        maximum=high if form.maximum is None else min(high, form.maximum),
        wide=None,
        octets=None,
    )
