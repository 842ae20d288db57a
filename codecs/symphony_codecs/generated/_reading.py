"""Source that reads: from a format's builtins to values."""

from __future__ import annotations

import datetime as dt
import uuid

from collections.abc import Callable
from typing import Any, Final

from ..hooks.anything import checked
from ..hooks.scalars import structure_base64, structure_float
from ..plans.nodes import (
    Anything,
    Binary,
    Boolean,
    Cases,
    Checked,
    Choice,
    Fixed,
    Float,
    Hook,
    Instant,
    Integer,
    Kinds,
    Labelled,
    Mapped,
    Moment,
    Node,
    Null,
    Optional,
    Plan,
    Record,
    Sequence,
    Set,
    Span,
    Tagged,
    Text,
    Untagged,
    Uuid,
)
from . import _leaves, _moments, _read_records, _read_unions
from ._leaving import left_map
from ._maker import Bodies, Lines, Maker, not_among_integers, not_among_texts, plain_kinds, refusing, text_table
from ._source import Source, indented


__all__ = ["reader"]

_ONLY_TEXT: Final = frozenset((str,))


def reader(plan: Plan) -> Callable[[Any], Any]:
    """Return the function from builtins, which the values may keep, to values of the plan's type."""
    return Maker(plan, _LINES, _BODIES, _leaf, Source(f"reading {plan.type}"), leaves=True).compile()


def _leaf(node: Node, _maker: Maker) -> Callable[[Any], Any] | None:
    if type(node) is Instant:
        return _leaves.instant
    if type(node) is Span:
        return _leaves.span
    if type(node) is Uuid and node.cls is uuid.UUID:
        return _leaves.uuid_from_text if node.text else _leaves.uuid_from_bytes
    return None


def _anything(node: Anything, v: str, maker: Maker) -> list[str]:
    if not node.scalars:
        return []
    scalars, keys = node.scalars, node.keys

    def check(value: Any) -> Any:
        return checked(value, keys, scalars, "")

    return [f"if type({v}) not in {maker.name(scalars, 'SCALARS')}:", f"    {v} = {maker.name(check, 'checked')}({v})"]


def _null(_node: Null, v: str, _maker: Maker) -> list[str]:
    return refusing(f"{v} is not None")


def _boolean(_node: Boolean, v: str, _maker: Maker) -> list[str]:
    return refusing(f"{v} is not True and {v} is not False")


def _integer(node: Integer, v: str, _maker: Maker) -> list[str]:
    return refusing(" or ".join(not_among_integers(node, v)))


def _float(node: Float, v: str, maker: Maker) -> list[str]:
    lines = [f"if type({v}) is not float:", f"    {v} = {maker.name(structure_float, 'as_float')}({v}, float)"]
    if node.minimum is None or node.maximum is None:
        return lines
    return [*lines, *refusing(f"not {node.minimum!r} <= {v} <= {node.maximum!r}")]  # NaN is nowhere between


def _text(node: Text, v: str, maker: Maker) -> list[str]:
    return refusing(" or ".join([f"type({v}) is not str", *not_among_texts(node, v, maker)]))


def _binary(node: Binary, v: str, maker: Maker) -> list[str]:
    if node.base64:
        return [f"{v} = {maker.name(structure_base64, 'from_base64')}({v}, bytes)"]
    return refusing(f"type({v}) is not bytes")


def _typed_id(node: Uuid, v: str, maker: Maker) -> list[str]:
    read = (_leaves.id_from_text if node.text else _leaves.id_from_bytes)(node.make)
    kind = "str" if node.text else "bytes"
    return [*refusing(f"type({v}) is not {kind}"), f"{v} = {maker.name(read, node.cls.__name__)}({v})"]


def _moment(node: Moment, v: str, maker: Maker) -> list[str]:
    if node.cls is dt.datetime:
        read = _moments.datetime_from_text(node.read)
        return [f"{v} = {maker.name(read, 'datetime')}({v})"]
    return [*refusing(f"type({v}) is not str"), f"{v} = {maker.name(node.read, node.cls.__name__)}({v})"]


def _choice(node: Choice, v: str, maker: Maker) -> list[str]:
    table = text_table(node, reads=True)
    if table is None:
        # Classes count: 1 is not True.
        by_class = {(type(wire), wire): value for wire, value in node.pairs}
        return [f"{v} = {maker.name(by_class, 'CHOICES')}[type({v}), {v}]"]
    return [*refusing(f"type({v}) is not str"), f"{v} = {maker.name(table, 'CHOICES')}[{v}]"]


def _checked(node: Checked, v: str, maker: Maker) -> list[str]:
    return [*maker.lines(node.inner, v), *(f"{maker.name(check, 'check')}({v})" for check in node.checks)]


def _optional(node: Optional, v: str, maker: Maker) -> list[str]:
    inner = maker.lines(node.inner, v)
    return [f"if {v} is not None:", *indented(inner)] if inner else []


def _items(node: Node, v: str, maker: Maker) -> list[str]:
    """Return what turns the array *v* into a list of items."""
    lines = refusing(f"type({v}) is not list")
    kinds = plain_kinds(node)
    if kinds is not None:
        return [*lines, *refusing(f"not {maker.name(kinds, 'KINDS')}.issuperset(map(type, {v}))")]
    if type(node) is Choice and (table := text_table(node, reads=True)) is not None:
        only_text = refusing(f"not {maker.name(_ONLY_TEXT, 'ONLY_TEXT')}.issuperset(map(type, {v}))")
        return [*lines, *only_text, f"{v} = list(map({maker.name(table.__getitem__, 'choose')}, {v}))"]
    if type(node) is Moment and node.cls is dt.datetime:
        read = _moments.datetimes_from_text(_moments.datetime_from_text(node.read))
        return [*lines, f"{v} = {maker.name(read, 'datetimes')}({v})"]
    return lines if type(node) is Anything and not node.scalars else [*lines, *maker.each(node, v)]


def _sequence(node: Sequence, v: str, maker: Maker) -> list[str]:
    lines = _items(node.item, v, maker)
    return lines if node.build is list else [*lines, f"{v} = {maker.name(node.build, 'build')}({v})"]


def _set(node: Set, v: str, maker: Maker) -> list[str]:
    return [*_items(node.item, v, maker), f"{v} = {maker.name(node.build, 'build')}({v})"]


def _fixed(node: Fixed, v: str, maker: Maker) -> list[str]:
    items = [maker.source.variable("item") for _ in node.items]
    together = "".join(f"{item}, " for item in items)
    return [
        *refusing(f"type({v}) is not list or len({v}) != {len(items)}"),
        *([f"{together}= {v}"] if items else []),
        *(line for item, inner in zip(items, node.items, strict=True) for line in maker.lines(inner, item)),
        f"{v} = ({together})" if node.build is tuple else f"{v} = {maker.name(node.build, 'build')}([{together}])",
    ]


def _mapped(node: Mapped, v: str, maker: Maker) -> list[str]:
    lines = refusing(f"type({v}) is not dict")
    kinds, call = plain_kinds(node.value), maker.call(node.value)
    entries, key, item = (maker.source.variable(hint) for hint in ("entries", "key", "item"))
    if node.key is None:
        lines += refusing(f"not {maker.name(_ONLY_TEXT, 'ONLY_TEXT')}.issuperset(map(type, {v}))")
        if kinds is not None:
            lines += refusing(f"not {maker.name(kinds, 'KINDS')}.issuperset(map(type, {v}.values()))")
        elif maker.is_left(node.value):
            items = maker.source.variable("items")
            lines += maker.each_or_left(node.value, v, items, f"{v}.values()", left_map)
            lines += [f"{v} = dict(zip({v}, {items}))"]
        elif call is not None:
            lines += [f"{v} = dict(zip({v}, map({call}, {v}.values())))"]
        elif type(node.value) is not Anything or node.value.scalars:
            # Not in place: a further member of an untagged union may be tried on the same map.
            lines += [f"{entries} = {{}}", f"for {key}, {item} in {v}.items():"]
            lines += [*indented(maker.lines(node.value, item)), f"    {entries}[{key}] = {item}", f"{v} = {entries}"]
    else:
        read_key, key_type = maker.name(node.key, "read_key"), maker.name(node.key_type, "KEY")
        as_key = (
            [f"{key} = {read_key}({key}, {key_type})"] if node.key_node is None else maker.lines(node.key_node, key)
        )
        lines += [f"{entries} = {{}}", f"for {key}, {item} in {v}.items():"]
        lines += [*indented([*maker.lines(node.value, item), *as_key]), f"    {entries}[{key}] = {item}"]
        lines += [*refusing(f"len({entries}) != len({v})"), f"{v} = {entries}"]
    return lines if node.build is dict else [*lines, f"{v} = {maker.name(node.build, 'build')}({v})"]


def _hook(node: Hook, v: str, maker: Maker) -> list[str]:
    return [f"{v} = {maker.name(node.call, 'hook')}({v}, {maker.name(node.type, 'TYPE')})"]


_LINES: Final[Lines] = {
    Anything: _anything,
    Null: _null,
    Boolean: _boolean,
    Integer: _integer,
    Float: _float,
    Text: _text,
    Binary: _binary,
    Uuid: _typed_id,
    Moment: _moment,
    Choice: _choice,
    Checked: _checked,
    Optional: _optional,
    Sequence: _sequence,
    Set: _set,
    Fixed: _fixed,
    Mapped: _mapped,
    Hook: _hook,
}
_BODIES: Final[Bodies] = {
    Record: _read_records.record,
    Kinds: _read_unions.kinds,
    Tagged: _read_unions.tagged,
    Labelled: _read_unions.labelled,
    Untagged: _read_unions.untagged,
    Cases: _read_unions.cases,
}
