"""Source that reads: from a format's builtins to values."""

from __future__ import annotations

import datetime as dt
import uuid

from collections.abc import Callable
from typing import Any, Final

from ..schema import nodes
from . import _read_structs, _read_unions, datetimes, scalars
from ._maker import (
    ALIKE,
    Bodies,
    Lines,
    Maker,
    items_of,
    key_lines,
    not_among_integers,
    not_among_texts,
    part,
    plain_kinds,
    refusing,
    text_table,
)
from ._source import Source, indented
from .explain import Explainer
from .explain_reading import READERS
from .strict import structure_base64, structure_float
from .untyped import structure_untyped


__all__ = ["reader"]

_ONLY_TEXT: Final = frozenset((str,))


def reader(schema: nodes.Schema) -> Callable[[Any], Any]:
    """Return the function from builtins, which the values may keep, to values of the schema's type."""
    explainer = Explainer(schema, READERS)
    return Maker(schema, _LINES, _BODIES, _leaf, Source(f"reading {schema.type}"), explainer=explainer).compile()


def _leaf(node: nodes.Node, _maker: Maker) -> Callable[[Any], Any] | None:
    if type(node) is nodes.Timestamp:
        return scalars.instant
    if type(node) is nodes.Duration:
        return scalars.span
    if type(node) is nodes.Uuid and node.cls is uuid.UUID:
        return scalars.uuid_from_text if node.text else scalars.uuid_from_bytes
    return None


def _anything(node: nodes.Anything, v: str, maker: Maker) -> list[str]:
    if not node.scalars:
        return []
    check = maker.name(structure_untyped(node), "untyped")
    return [f"if type({v}) not in {maker.name(node.scalars, 'SCALARS')}:", f"    {v} = {check}({v})"]


def _integer(node: nodes.Integer, v: str, maker: Maker) -> list[str]:
    if node.is_octets:
        return [f"{v} = {maker.name(maker.explainer.own(node), 'as_int')}({v})"]
    return refusing(" or ".join(not_among_integers(node, v)))


def _float(node: nodes.Float, v: str, maker: Maker) -> list[str]:
    lines = [f"if type({v}) is not float:", f"    {v} = {maker.name(structure_float, 'as_float')}({v}, float)"]
    if node.minimum is None or node.maximum is None:
        return lines
    # NaN is nowhere between.
    least, greatest = (maker.name(bound, "BOUND") for bound in (node.minimum, node.maximum))
    return [*lines, *refusing(f"not {least} <= {v} <= {greatest}")]


def _text(node: nodes.Text, v: str, maker: Maker) -> list[str]:
    return refusing(" or ".join([f"type({v}) is not str", *not_among_texts(node, v, maker)]))


def _binary(node: nodes.Binary, v: str, maker: Maker) -> list[str]:
    if node.base64:
        return [f"{v} = {maker.name(structure_base64, 'from_base64')}({v}, bytes)"]
    return refusing(f"type({v}) is not bytes")


def _typed_id(node: nodes.Uuid, v: str, maker: Maker) -> list[str]:
    read = (scalars.id_from_text if node.text else scalars.id_from_bytes)(node.make)
    kind = "str" if node.text else "bytes"
    return [*refusing(f"type({v}) is not {kind}"), f"{v} = {maker.name(read, node.cls.__name__)}({v})"]


def _moment(node: nodes.DateTime, v: str, maker: Maker) -> list[str]:
    if node.cls is dt.datetime:
        read = datetimes.datetime_from_text(node.read)
        return [f"{v} = {maker.name(read, 'datetime')}({v})"]
    return [*refusing(f"type({v}) is not str"), f"{v} = {maker.name(node.read, node.cls.__name__)}({v})"]


def _choice(node: nodes.Enum, v: str, maker: Maker) -> list[str]:
    table = text_table(node, reads=True)
    if node.missing is not None or any(type(wire) in (list, dict) for wire, _ in node.pairs):
        return [f"{v} = {maker.name(maker.explainer.own(node), 'choose')}({v})"]
    if table is None:
        # Classes count: 1 is not True.
        by_class = {(type(wire), wire): value for wire, value in node.pairs}
        return [f"{v} = {maker.name(by_class, 'CHOICES')}[type({v}), {v}]"]
    return [*refusing(f"type({v}) is not str"), f"{v} = {maker.name(table, 'CHOICES')}[{v}]"]


def _checked(node: nodes.Validated, v: str, maker: Maker) -> list[str]:
    conditions: list[str] = []
    if node.minimum:
        conditions.append(f"len({v}) < {node.minimum}")
    if node.maximum is not None:
        conditions.append(f"len({v}) > {node.maximum}")
    if node.options is not None:
        conditions.append(f"{v} not in {maker.name(node.options, 'OPTIONS')}")
    held = refusing(" or ".join(conditions)) if conditions else []
    return [*maker.lines(node.inner, v), *held, *(f"{maker.name(check, 'check')}({v})" for check in node.checks)]


def _items(node: nodes.Node, v: str, maker: Maker) -> list[str]:
    """Return what turns the array *v* into a list of items."""
    lines = refusing(f"type({v}) is not list")
    kinds = plain_kinds(node)
    if kinds is not None:
        return [*lines, *refusing(f"not {maker.name(kinds, 'KINDS')}.issuperset(map(type, {v}))")]
    if type(node) is nodes.Enum and node.missing is None and (table := text_table(node, reads=True)) is not None:
        only_text = refusing(f"not {maker.name(_ONLY_TEXT, 'ONLY_TEXT')}.issuperset(map(type, {v}))")
        return [*lines, *only_text, f"{v} = list(map({maker.name(table.__getitem__, 'choose')}, {v}))"]
    if type(node) is nodes.DateTime and node.cls is dt.datetime:
        read = datetimes.datetimes_from_text(datetimes.datetime_from_text(node.read))
        return [*lines, f"{v} = {maker.name(read, 'datetimes')}({v})"]
    return lines if type(node) is nodes.Anything and not node.scalars else [*lines, *maker.each(node, v)]


def _sequence(node: nodes.Sequence, v: str, maker: Maker) -> list[str]:
    lines = _items(node.item, v, maker)
    return lines if node.build is list else [*lines, f"{v} = {maker.name(node.build, 'build')}({v})"]


def _set(node: nodes.Set, v: str, maker: Maker) -> list[str]:
    return [*_items(node.item, v, maker), f"{v} = {maker.name(node.build, 'build')}({v})"]


def _fixed(node: nodes.Tuple, v: str, maker: Maker) -> list[str]:
    items = [maker.source.variable("item") for _ in node.items]
    together = "".join(f"{item}, " for item in items)
    return [
        *refusing(f"type({v}) is not list or len({v}) != {len(items)}"),
        *([f"{together}= {v}"] if items else []),
        *(line for item, inner in zip(items, node.items, strict=True) for line in maker.lines(inner, item)),
        f"{v} = ({together})" if node.build is tuple else f"{v} = {maker.name(node.build, 'build')}([{together}])",
    ]


def _mapped(node: nodes.Dict, v: str, maker: Maker) -> list[str]:
    lines = refusing(f"type({v}) is not dict")
    kinds, call = plain_kinds(node.value), maker.call(node.value)
    entries, key, item = (maker.source.variable(hint) for hint in ("entries", "key", "item"))
    if node.key is None:
        lines += refusing(f"not {maker.name(_ONLY_TEXT, 'ONLY_TEXT')}.issuperset(map(type, {v}))")
        if kinds is not None:
            lines += refusing(f"not {maker.name(kinds, 'KINDS')}.issuperset(map(type, {v}.values()))")
        elif call is not None:
            lines += [f"{v} = dict(zip({v}, map({call}, {v}.values())))"]
        elif type(node.value) is not nodes.Anything or node.value.scalars:
            # Not in place: a further member of an untagged union may be tried on the same map.
            lines += [f"{entries} = {{}}", f"for {key}, {item} in {v}.items():"]
            lines += [*indented(maker.lines(node.value, item)), f"    {entries}[{key}] = {item}", f"{v} = {entries}"]
    else:
        lines += [f"{entries} = []", f"for {key}, {item} in {v}.items():"]
        lines += [
            *indented([*maker.lines(node.value, item), *_key(node, key, maker)]),
            f"    {entries}.append(({key}, {item}))",
        ]
        if node.guard is not None:
            lines.append(f"{maker.name(node.guard, 'guard')}({key} for {key}, _ in {entries})")
        lines += [f"{entries} = dict({entries})", *refusing(f"len({entries}) != len({v})"), f"{v} = {entries}"]
    return lines if node.build is dict else [*lines, f"{v} = {maker.name(node.build, 'build')}({v})"]


def _key(node: nodes.Dict, key: str, maker: Maker) -> list[str]:
    lines = key_lines(node, key, maker)
    if lines is not None:
        return lines
    return [f"{key} = {maker.name(node.key, 'read_key')}({key}, {maker.name(node.key_type, 'KEY')})"]


def _hook(node: nodes.Hook, v: str, maker: Maker) -> list[str]:
    hook = maker.name(node.call, "hook")
    if isinstance(node, nodes.TimeDelta) and node.foreign:
        hook = f"({maker.name(node.own, 'own')} if type({v}) is dict else {hook})"
    return [f"{v} = {hook}({v}, {maker.name(node.type, 'TYPE')})"]


# Containers of what has a function of its own are functions, too: the explainer goes on with their ``items``.


def _built(node: nodes.Sequence | nodes.Set | nodes.Dict, plain: type, expression: str, maker: Maker) -> str:
    return f"return {expression}" if node.build is plain else f"return {maker.name(node.build, 'build')}({expression})"


def _deep_array(node: nodes.Sequence | nodes.Set, maker: Maker) -> list[str]:
    lines = [*refusing("type(value) is not list"), *items_of(node.item, "value", maker)]
    return [*lines, _built(node, list, "items", maker)]


def _deep_map(node: nodes.Dict, maker: Maker) -> list[str]:
    lines = refusing("type(value) is not dict")
    if node.key is None:
        lines += refusing(f"not {maker.name(_ONLY_TEXT, 'ONLY_TEXT')}.issuperset(map(type, value))")
        lines += items_of(node.value, "value.values()", maker)
        return [*lines, _built(node, dict, "dict(zip(value, items))", maker)]
    lines += [*items_of(node.value, "value.values()", maker), "keys = []", "for key in value:"]
    lines += [*indented(_key(node, "key", maker)), "    keys.append(key)"]
    if node.guard is not None:
        lines.append(f"{maker.name(node.guard, 'guard')}(keys)")
    lines.append("entries = dict(zip(keys, items))")
    return [*lines, *refusing("len(entries) != len(value)"), _built(node, dict, "entries", maker)]


def _deep_tuple(node: nodes.Tuple, maker: Maker) -> list[str]:
    together = "".join(f"v{place}, " for place in range(len(node.items)))
    lines = [*refusing(f"type(value) is not list or len(value) != {len(node.items)}"), f"{together}= value"]
    for place, inner in enumerate(node.items):
        lines += [part(place), *maker.lines(inner, f"v{place}")]
    lines.append(part(len(node.items)))
    return [
        *lines,
        f"return ({together})" if node.build is tuple else f"return {maker.name(node.build, 'build')}([{together}])",
    ]


_LINES: Final[Lines] = {
    **ALIKE,
    nodes.Anything: _anything,
    nodes.Integer: _integer,
    nodes.Float: _float,
    nodes.Text: _text,
    nodes.Binary: _binary,
    nodes.Uuid: _typed_id,
    nodes.DateTime: _moment,
    nodes.Enum: _choice,
    nodes.Validated: _checked,
    nodes.Sequence: _sequence,
    nodes.Set: _set,
    nodes.Tuple: _fixed,
    nodes.Dict: _mapped,
    **dict.fromkeys(nodes.HOOKS, _hook),
}
_BODIES: Final[Bodies] = {
    nodes.Sequence: _deep_array,
    nodes.Set: _deep_array,
    nodes.Tuple: _deep_tuple,
    nodes.Dict: _deep_map,
    nodes.Bare: _read_unions.bare,
    nodes.Struct: _read_structs.record,
    nodes.UnionByJsonType: _read_unions.kinds,
    nodes.TaggedUnion: _read_unions.tagged,
    nodes.UnionByLiteral: _read_unions.labelled,
    nodes.UntaggedUnion: _read_unions.untagged,
    nodes.TaggedValueNode: _read_unions.cases,
}
