"""
The nodes of unions of classes that differ in the values of their ``Literal`` fields.

A field that all classes have tells them apart if no two of them share a value
of it; several fields do together if each two classes differ in one of them.
Where some classes have such a field and others do not, the union is refused:
one more class must not change how the others look.
"""

from __future__ import annotations

import itertools

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias, get_origin

import attrs

from .._issues import unsupported
from .._signals import raise_if_from_signal
from . import nodes
from .annotations import behind, class_of
from .defaults import default_for
from .enums import literal_values
from .fields import WireField, is_positional, wire_fields
from .structs import body


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["by_literal", "literal_fields"]

_LABELS: Final = frozenset((str, int, bool, float, bytes, type(None)))


class _Label(NamedTuple):
    """
    A ``Literal`` field of a class.

    Attributes:
        field: The field.
        position: Its place in an array.
        write: From a value of it to the wire.
        in_order: The wire values, with their classes: 1 is not True.
    """

    field: WireField
    position: int
    write: Callable[[Any], Any]
    in_order: tuple[tuple[type, Any], ...]

    @property
    def values(self) -> frozenset[tuple[type, Any]]:
        """The wire values."""
        return frozenset(self.in_order)


_Labels: TypeAlias = Mapping[nodes.FieldName, _Label]


def literal_fields(structs: Sequence[Any], builder: Builder, *, is_one_of_many: bool = False) -> list[_Labels]:
    """
    Return the literal fields of each class, by key; none if no class has one whose values differ from the others'.

    Args:
        structs: The classes.
        builder: The builder.
        is_one_of_many: Whether there are others, so that one class alone has something to differ from.

    Raises:
        FormatError: There are some, which do not tell all classes apart.
    """
    labels = [_labels_of(tp, builder) for tp in structs]
    if len(labels) == 1 and is_one_of_many:
        return [*labels] if labels[0] else []
    first, *others = labels
    constant = [key for key in first if all(key in each and each[key].values == first[key].values for each in others)]
    for each in labels:
        for key in constant:
            del each[key]
    if not any(labels):
        return []
    _check(structs, labels, builder)
    return [*labels]


def _on_wire(tp: Any, builder: Builder) -> list[WireField]:
    return [field for field in wire_fields(behind(tp), builder.registry) if not field.omitted]


def _labels_of(tp: Any, builder: Builder) -> dict[nodes.FieldName, _Label]:
    found: dict[nodes.FieldName, _Label] = {}
    for position, field in enumerate(_on_wire(tp, builder)):
        inner = behind(field.type)
        if get_origin(inner) is not Literal or field.absent is not nodes.ABSENT:
            continue
        write = builder.registry.get_unstructure_hook(field.type)
        wires = [write(value) for value in literal_values(inner)]
        if all(type(wire) in _LABELS for wire in wires):
            found[field.key] = _Label(field, position, write, tuple((type(wire), wire) for wire in wires))
    return found


def _has_hook(field: WireField) -> bool:
    return field.structure is not None or field.unstructure is not None


def _rank(key: nodes.FieldName) -> tuple[bool, Any]:
    return type(key) is int, key


def _common(labels: Sequence[_Labels]) -> list[nodes.FieldName]:
    """Return the keys that tell all classes something, those of fields further in front before others."""
    keys = [key for key in labels[0] if all(key in each and not _has_hook(each[key].field) for each in labels)]
    return sorted(keys, key=lambda key: (sum(each[key].position for each in labels), _rank(key)))


def _check(structs: Sequence[Any], labels: Sequence[_Labels], builder: Builder) -> None:
    keys = _common(labels)
    pairs = itertools.combinations(zip(structs, labels, strict=True), 2)
    alike = next(
        ((one, other) for one, other in pairs if all(one[1][key].values & other[1][key].values for key in keys)), None
    )
    if alike is None:
        return
    union = " | ".join(map(_name, structs))
    way_out = "or say with with_union how they are told apart"
    holders: dict[nodes.FieldName, list[Any]] = {}
    for tp, of in zip(structs, labels, strict=True):
        for key, label in of.items():
            holders.setdefault(key, []).extend(() if _has_hook(label.field) else (tp,))
    # What most of them have is what was meant.
    key = min(holders, key=lambda key: (-len(holders[key]), _rank(key)))
    without = next((tp for tp in structs if tp not in holders[key]), None)
    if without is not None:
        names = {of[key].field.name for of in labels if key in of}
        why = _lacking(without, key, names, builder)
        having = " and ".join(map(_name, holders[key]))
        what = f"which {having} have as a Literal" if len(holders[key]) > 1 else f"which {having} has as a Literal"
        raise unsupported(union, f"{why}, {what}: give it one, {way_out}" if having else f"{why}: {way_out}")
    (one, its), (other, others) = alike
    shown = " and ".join(map(repr, keys))
    common = min(repr(value) for _, value in its[keys[0]].values & others[keys[0]].values)
    why = f"{_name(one)} and {_name(other)} are not told apart by {shown}, since {keys[0]!r} may be {common} in both"
    raise unsupported(union, f"{why}: {way_out}")


def _name(tp: Any) -> str:
    return str(getattr(tp, "__name__", tp)) if isinstance(tp, type) else str(tp)


def _lacking(tp: Any, key: nodes.FieldName, names: set[str], builder: Builder) -> str:
    """Return what is the matter with *tp*, which has no literal field *key* that tells it apart."""
    for field in wire_fields(behind(tp), builder.registry):
        if field.omitted and field.name in names:
            return f"{_name(tp)} leaves its field {field.name!r} out"
        if field.key == key and _has_hook(field):
            return f"{_name(tp)} has a hook for its field {key!r}"
        if field.key == key:
            return f"the field {key!r} of {_name(tp)} is no Literal of scalars"
    for field in _on_wire(tp, builder):
        if field.name in names:
            return f"the field {field.name!r} of {_name(tp)} is called {field.key!r} on the wire, not {key!r}"
    return f"{_name(tp)} has no field {key!r}"


def by_literal(
    structs: Sequence[Any], labels: Sequence[_Labels], builder: Builder, fallback: Callable[[], nodes.Node | None]
) -> nodes.Node | None:
    """
    Build the node of classes that differ in literal fields.

    Args:
        structs: The classes.
        labels: Their `literal_fields`.
        builder: The builder.
        fallback: For the engine: what writes a class that it cannot.
    """
    of = dict(zip(structs, labels, strict=True))
    keys = _common(labels)
    if builder.for_engine and builder.reads and (_aliases(labels, keys) or any(type(key) is int for key in keys)):
        return None
    return _reading(of, keys, builder) if builder.reads else _writing(of, builder, fallback)


def _place(labels: Mapping[Any, _Labels], key: nodes.FieldName) -> int | None:
    """Return the place of the field in arrays, ``None`` if it differs."""
    places = {each[key].position for each in labels.values()}
    return places.pop() if len(places) == 1 else None


def _steps(labels: Mapping[Any, _Labels], keys: Sequence[nodes.FieldName]) -> list[nodes.FieldName]:
    """Return which of *keys* are to be looked at: one that says it all, or those that say something, in order."""
    of_each = list(labels.values())
    every = {key: [each[key].values for each in of_each] for key in keys}
    alone = [key for key, values in every.items() if len(frozenset().union(*values)) == sum(map(len, values))]
    return [min(alone, key=_rank)] if alone else [key for key, values in every.items() if len(set(values)) > 1]


def _reading(labels: Mapping[Any, _Labels], keys: Sequence[nodes.FieldName], builder: Builder) -> nodes.Node:
    if len(labels) == 1:
        (tp,) = labels
        return builder.node(tp, (tp,))
    key, *further = _steps(labels, keys)
    groups: dict[tuple[Any, ...], nodes.Node] = {}
    readers: dict[tuple[type, Any], nodes.Node] = {}
    for value in dict.fromkeys(value for each in labels.values() for value in each[key].in_order):
        having = {tp: each for tp, each in labels.items() if value in each[key].values}
        group = tuple(having)
        if group not in groups:
            groups[group] = _reading(having, further, builder)
        readers[value] = groups[group]
    return nodes.UnionByLiteral(
        key=key, position=_place(labels, key), aliases=_aliases(labels.values(), (key,)), readers=readers
    )


def _aliases(labels: Iterable[_Labels], keys: Sequence[nodes.FieldName]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(alias for each in labels for key in keys for alias in each[key].field.aliases))


def _writing(
    labels: Mapping[Any, _Labels], builder: Builder, fallback: Callable[[], nodes.Node | None]
) -> nodes.Node | None:
    keys = _steps(labels, _common([*labels.values()]))
    writers: dict[type, nodes.Node] = {}
    for tp, each in labels.items():
        writer: nodes.Node | None = builder.node(tp, (tp,))
        if builder.for_engine:
            writer = _with_labels(tp, [each[key].field for key in keys], builder) or fallback()
        if writer is None:
            return None
        writers[class_of(tp)] = writer
    places = {key: _place(labels, key) for key in keys}
    key = next((key for key, place in places.items() if place is None), keys[0])
    if (
        builder.for_engine
        and places[key] is None
        and any(is_positional(class_of(tp), builder.registry) for tp in labels)
    ):
        return None
    return nodes.UnionByLiteral(
        key=key,
        position=places[key],
        writers=writers,
        labels={
            class_of(tp): {key: _label(each[key].field.name, each[key].write) for key in keys}
            for tp, each in labels.items()
        },
    )


def _label(name: str, write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda instance: write(getattr(instance, name))


def _with_labels(tp: Any, fields: Sequence[WireField], builder: Builder) -> nodes.Node | None:
    """Build the node that writes a class with its literal *fields*, also where they would be left out."""
    if not builder.are_own(tp) or not builder.are_own(behind(tp)):
        return None
    node = builder.node(tp, (tp,))
    if builder.refuses(tp) or not any(field.omit_default or field.omit_none for field in fields):
        return node
    record = body(behind(tp), builder)
    if record.hook is not None:
        return None
    if record.positional:
        return node if record.as_map is None else None
    first: list[nodes.Field] = []
    rest = {each.key: each for each in record.fields}
    for field in fields:
        if not field.omit_default and not field.omit_none:
            continue
        (value, *more) = literal_values(behind(field.type))
        try:
            default = default_for(None, field.of, field.default) if field.omit_default else nodes.ABSENT
        except Exception as exc:  # noqa: BLE001 - it is of the instance
            raise_if_from_signal(exc)
            return None
        if more or value is None or (default == value and type(default) is not type(value)):
            return None  # sometimes left out
        held = rest[field.key]._replace(omit_none=False, is_default=None)
        if default == value:  # then it stands first
            first.append(held)
            del rest[field.key]
        else:
            rest[field.key] = held
    return attrs.evolve(record, fields=(*first, *rest.values()))
