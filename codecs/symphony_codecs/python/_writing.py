"""Source that writes: from values to what a format's library takes."""

from __future__ import annotations

import datetime as dt
import operator
import uuid

from collections import abc
from collections.abc import Callable
from typing import Any, Final

from .._nested import FAILED_HOOKS, call_again
from ..schema import nodes
from . import _write_structs, _write_unions, datetimes, scalars
from ._maker import ALIKE, Bodies, Lines, Maker, items_of, key_lines, part, plain_kinds, refusing
from ._source import Source, indented
from ._write_scalars import SCALARS, by_identity
from .explain import Explainer
from .explain_containers import NO_ARRAY
from .explain_writing import writers
from .untyped import plain_writer


__all__ = ["writer"]

_ONLY_TEXT: Final = frozenset((str,))


def writer(schema: nodes.Schema, encoded: Callable[[Any], bytes], *, is_json: bool, most: int) -> Callable[[Any], Any]:
    """
    Return the function from values of the schema's type to builtins.

    Where orjson is to write them, lists, tuples and maps among them may be
    those of the values themselves.

    Args:
        schema: What to do.
        encoded: From builtins to bytes, to sort sets by.
        is_json: Whether orjson is to write them, which takes more than builtins.
        most: The most items that an array may have, if orjson is to write them.
    """
    maker = Maker(
        schema,
        _LINES,
        _BODIES,
        lambda _node, _maker: None,
        Source(f"writing {schema.type}"),
        is_json=is_json,
        most=most,
        encoded=encoded,
        explainer=Explainer(schema, writers(encoded)),
        explains=not is_json,
    )
    return maker.compile()


def _anything(node: nodes.Anything, v: str, maker: Maker) -> list[str]:
    assert node.call is not None, "writing has a hook"
    write = plain_writer(node.scalars, node.keys, node.call) if maker.is_json else node.call
    return [
        f"if type({v}) not in {maker.name(node.scalars, 'SCALARS')}:",
        f"    {v} = {maker.name(write, 'write')}({v})",
    ]


def _checked(node: nodes.Validated, v: str, maker: Maker) -> list[str]:
    return [*(f"{maker.name(check, 'check')}({v})" for check in node.checks), *maker.lines(node.inner, v)]


def _same_kinds(node: nodes.Node) -> frozenset[type] | None:
    """Return the classes whose instances are written as they are: not an `int` that may be too wide for the format."""
    inner: nodes.Node = node
    while type(inner) is nodes.Optional:
        inner = inner.inner
    return None if type(inner) is nodes.Integer and inner.wide is not None else plain_kinds(node)


def _items(node: nodes.Node, v: str, maker: Maker) -> list[str]:
    """Return what turns *v*, a list or tuple, into what its items become."""
    kinds = _same_kinds(node)
    each = maker.each(node, v)
    if kinds is not None:
        return [f"if not {maker.name(kinds, 'KINDS')}.issuperset(map(type, {v})):", *indented(each)]
    if type(node) is nodes.Enum and node.cls is not None and node.missing is None:
        wire_of = maker.name(by_identity(node, maker).__getitem__, "wire_of")
        return [f"{v} = list(map({wire_of}, map(id, {v})))"]
    if type(node) is nodes.Uuid:
        return [*_same(node.cls, v, maker), *_ids(node, v, maker)]
    if type(node) is nodes.DateTime and node.cls is dt.datetime:
        write = maker.name(datetimes.moment_as_text(node.cls, node.write), "as_text")
        most = maker.most if maker.is_json else 0
        return [f"{v} = {maker.name(datetimes.moments, 'moments')}({v}, {write}, {most})"]
    return each


def _same(cls: type, v: str, maker: Maker) -> list[str]:
    return refusing(
        f"{maker.name(operator.countOf, 'count_of')}(map(type, {v}), {maker.name(cls, cls.__name__)}) != len({v})"
    )


def _ids(node: nodes.Uuid, v: str, maker: Maker) -> list[str]:
    get_bytes = f"map({maker.name(operator.attrgetter('bytes'), 'bytes_of')}, {v})"
    if node.cls is not uuid.UUID and node.text:
        return [f"{v} = list(map({maker.name(scalars.text_of_id, 'text_of_id')}, {get_bytes}))"]
    if not node.text:
        return [f"{v} = list({get_bytes})"]
    return [] if maker.is_json else [f"{v} = {maker.name(scalars.uuids_as_text, 'uuids_as_text')}({v})"]


def _as_list(node: nodes.Sequence, v: str, maker: Maker) -> list[str]:
    """Return what makes *v* a list, or a tuple for orjson, if it is a sequence of the node's."""
    accepted, no_array = maker.name(node.accepted, "ACCEPTED"), maker.name(NO_ARRAY, "TEXTS")
    lines = [
        f"if type({v}) is not list and type({v}) is not tuple:",
        *indented(refusing(f"not isinstance({v}, {accepted}) or isinstance({v}, {no_array})")),
    ]
    return [*lines, f"    {v} = list({v})"] if maker.is_json else [*lines, f"{v} = list({v})"]


def _sequence(node: nodes.Sequence, v: str, maker: Maker) -> list[str]:
    return [*_as_list(node, v, maker), *_items(node.item, v, maker)]


def _set(node: nodes.Set, v: str, maker: Maker) -> list[str]:
    # The items are sorted by their bytes, as any format writes builtins.
    is_json, maker.is_json = maker.is_json, False
    items = _items(node.item, v, maker)
    maker.is_json = is_json
    by_bytes = [f"if len({v}) > 1:", f"    {v} = sorted({v}, key={maker.name(maker.encoded, 'encoded')})"]
    lines = refusing(f"not isinstance({v}, {maker.name(abc.Set, 'Set')})")
    usual = [f"{v} = list({v})", *items, *by_bytes]
    if node.ordered is None:
        return [*lines, *usual]
    ordered = maker.name(frozenset((node.ordered,)), "CLASSES")
    return [
        *lines,
        f"if {ordered}.issuperset(map(type, {v})):",
        *indented([f"{v} = sorted({v})", *items]),
        "else:",
        *indented(usual),
    ]


def _fixed(node: nodes.Tuple, v: str, maker: Maker) -> list[str]:
    items = [maker.source.variable("item") for _ in node.items]
    together = "".join(f"{item}, " for item in items)
    return [
        *refusing(f"not isinstance({v}, tuple) or len({v}) != {len(items)}"),
        *([f"{together}= {v}"] if items else []),
        *(line for item, inner in zip(items, node.items, strict=True) for line in maker.lines(inner, item)),
        f"{v} = [{together}]",
    ]


def _as_map(node: nodes.Dict, v: str, maker: Maker) -> list[str]:
    """Return what refuses what is no mapping, and makes *v* a dict whose keys are texts, if no hook is for them."""
    items = maker.source.variable("items")
    lines = [
        f"if type({v}) is not dict:",
        *indented(refusing(f"not isinstance({v}, {maker.name(abc.Mapping, 'M')})")),
        f"    {items} = [*{v}.items()]",
        f"    {v} = dict({items})",
        *indented(refusing(f"len({v}) != len({items})")),  # a mapping that gives a key twice
    ]
    if node.key is not None:
        return lines
    return [*lines, *refusing(f"not {maker.name(_ONLY_TEXT, '_ONLY_TEXT')}.issuperset(map(type, {v}))")]


def _mapped(node: nodes.Dict, v: str, maker: Maker) -> list[str]:
    entries, key, item = (maker.source.variable(hint) for hint in ("entries", "key", "item"))
    values = maker.lines(node.value, item)
    lines = _as_map(node, v, maker)
    if node.key is not None:
        loop = [f"{entries} = {{}}", f"for {key}, {item} in {v}.items():"]
        loop += [*indented([*values, *_key(node, key, maker)]), f"    {entries}[{key}] = {item}"]
        return [*lines, *loop, *refusing(f"len({entries}) != len({v})"), f"{v} = {entries}"]
    kinds, call = _same_kinds(node.value), maker.call(node.value)
    loop = [f"{entries} = {{}}", f"for {key}, {item} in {v}.items():", *indented(values)]
    loop += [f"    {entries}[{key}] = {item}", f"{v} = {entries}"]
    if call is not None:
        return [*lines, f"{v} = dict(zip({v}, map({call}, {v}.values())))"]
    if type(node.value) is nodes.Anything:
        kinds = node.value.scalars
    if kinds is None:
        return [*lines, *loop]
    lines += [f"if not {maker.name(kinds, 'KINDS')}.issuperset(map(type, {v}.values())):", *indented(loop)]
    return lines if maker.is_json else [*lines, "else:", f"    {v} = {v}.copy()"]


def _key(node: nodes.Dict, key: str, maker: Maker) -> list[str]:
    is_json, maker.is_json = maker.is_json, False  # keys are texts, also where orjson writes other values
    lines = key_lines(node, key, maker)
    maker.is_json = is_json
    return [f"{key} = {maker.name(node.key, 'write_key')}({key})"] if lines is None else lines


def _hook(node: nodes.Hook, v: str, maker: Maker) -> list[str]:
    hook, failed, again = (
        maker.name(node.call, "hook"),
        maker.name(FAILED_HOOKS, "FAILED"),
        maker.name(call_again, "again"),
    )
    return [f"{v} = {again}({hook}, {v}) if {failed} else {hook}({v})"]


# Containers of what has a function of its own are functions, too: the explainer goes on with their ``items``.


def _items_of(node: nodes.Node, values: str, maker: Maker) -> list[str]:
    if isinstance(node, nodes.TaggedUnion) and not maker.explains:
        return [f"items = [{_write_unions.writers(node, maker)}[type(item)](item) for item in {values}]"]
    return items_of(node, values, maker)


def _deep_sequence(node: nodes.Sequence, maker: Maker) -> list[str]:
    lines = ["values = value", *_as_list(node, "values", maker), *_items_of(node.item, "values", maker)]
    return [*lines, "return items"]


def _deep_set(node: nodes.Set, maker: Maker) -> list[str]:
    lines = refusing(f"not isinstance(value, {maker.name(abc.Set, 'Set')})")
    # The items are sorted by their bytes, as any format writes builtins.
    is_json, maker.is_json = maker.is_json, False
    items = _items_of(node.item, "values", maker)
    maker.is_json = is_json
    is_ordered = "False"
    if node.ordered is not None:
        is_ordered = f"{maker.name(frozenset((node.ordered,)), 'CLASSES')}.issuperset(map(type, value))"
    encoded = maker.name(maker.encoded, "encoded")
    return [
        *lines,
        f"is_ordered = {is_ordered}",
        "values = sorted(value) if is_ordered else value",
        *items,
        "if not is_ordered and len(items) > 1:",
        f"    items.sort(key={encoded})",
        "return items",
    ]


def _deep_tuple(node: nodes.Tuple, maker: Maker) -> list[str]:
    together = "".join(f"v{place}, " for place in range(len(node.items)))
    lines = [*refusing(f"not isinstance(value, tuple) or len(value) != {len(node.items)}"), f"{together}= value"]
    for place, inner in enumerate(node.items):
        lines += [part(place), *maker.lines(inner, f"v{place}")]
    return [*lines, part(len(node.items)), f"return [{together}]"]


def _deep_map(node: nodes.Dict, maker: Maker) -> list[str]:
    lines = ["entries = value", *_as_map(node, "entries", maker)]
    lines += _items_of(node.value, "entries.values()", maker)
    if node.key is None:
        return [*lines, "return dict(zip(entries, items))"]
    lines += ["keys = []", "for key in entries:", *indented(_key(node, "key", maker)), "    keys.append(key)"]
    return [*lines, "result = dict(zip(keys, items))", *refusing("len(result) != len(items)"), "return result"]


_LINES: Final[Lines] = {
    **ALIKE,
    **SCALARS,
    nodes.Anything: _anything,
    nodes.Validated: _checked,
    nodes.Sequence: _sequence,
    nodes.Set: _set,
    nodes.Tuple: _fixed,
    nodes.Dict: _mapped,
    **dict.fromkeys(nodes.HOOKS, _hook),
}
_BODIES: Final[Bodies] = {
    nodes.Sequence: _deep_sequence,
    nodes.Set: _deep_set,
    nodes.Tuple: _deep_tuple,
    nodes.Dict: _deep_map,
    nodes.Bare: _write_unions.bare,
    nodes.Struct: _write_structs.record,
    nodes.UnionByJsonType: _write_unions.kinds,
    nodes.TaggedUnion: _write_unions.by_class,
    nodes.UnionByLiteral: _write_unions.by_class,
    nodes.UntaggedUnion: _write_unions.by_class,
    nodes.TaggedValueNode: _write_unions.cases,
}
