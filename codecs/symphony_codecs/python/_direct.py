"""
Source that writes CBOR and MessagePack: from values to text of which each character is a byte.

A map of builtins for each record, and a library that looks at each of its
keys and values again, take longer than to put the document together here,
where keys and most heads are known beforehand.
"""

from __future__ import annotations

import datetime as dt
import functools

from collections.abc import Callable
from typing import Any, Final

from ..formats.base import FormatError, Limits
from ..schema import nodes
from . import _direct_structs, _direct_unions, datetimes
from ._depth import depth_of, known_depth_of
from ._direct_maker import DirectMaker, Pieces, of_direct
from ._direct_scalars import PIECES, headed, in_bytes
from ._maker import Bodies, Lines, Maker, plain_kinds, refusing
from ._source import Refused, Source, indented
from ._wire import Layout, literal, wire_of
from ._writing import ONLY_TEXT, as_list, as_map, checked, in_order, no_leaf
from .untyped import plain_writer


__all__ = ["direct_writer"]


def direct_writer(schema: nodes.Schema, layout: Layout, limits: Limits) -> Callable[[Any], str] | None:
    """
    Return the function from values of the schema's type to the text of their bytes, all limits but the size kept.

    Args:
        schema: What to do; its hooks return builtins.
        layout: The format.
        limits: The limits.

    Returns:
        ``None`` where what the schema itself says may be beyond the limits.
    """
    deepest = limits.max_depth - 1
    if known_depth_of(schema.root) > deepest:
        return None
    is_measured = depth_of(schema.root) is None
    maker = DirectMaker(
        schema,
        _LINES,
        _BODIES,
        no_leaf,
        Source(f"writing {schema.type}", "value, left=None" if is_measured else "value"),
        wire=wire_of(layout, limits),
        pieces_of=_PIECES,
        deepest=deepest,
    )
    try:
        write: Callable[..., str] = maker.compile()
    except (Refused, FormatError, UnicodeEncodeError):  # a name is too long, or there are too many
        return None
    return functools.partial(write, left=deepest) if is_measured else write


# Nodes whose lines turn a variable into its text.


def _anything(node: nodes.Anything, v: str, maker: Maker) -> list[str]:
    maker = of_direct(maker)
    assert node.call is not None, "writing has a hook"
    plain = maker.name(plain_writer(node.scalars, node.keys, node.call, is_known=True), "plain")
    packed, is_scalar = maker.table("packed"), f"type({v}) in {maker.name(node.scalars, 'SCALARS')}"
    return [f"{v} = {packed}({v} if {is_scalar} else {plain}({v}))"]


def _texts(node: nodes.Node, v: str, maker: DirectMaker) -> list[str]:
    """Return what turns *v*, a list or tuple, into a list of its items' texts."""
    each = maker.each(node, v)
    if plain_kinds(node) == ONLY_TEXT:
        item, usual = maker.source.variable("item"), maker.source.variable("items")
        condition = f"type({item}) is str and {item}.isascii()"
        return [
            f'{usual} = [f"{headed(item, maker)}" for {item} in {v} if {condition}]',
            f"if len({usual}) == len({v}):",
            f"    {v} = {usual}",
            "else:",
            *indented(each),
        ]
    if isinstance(node, (nodes.UnionByLiteral, nodes.UntaggedUnion, nodes.TaggedUnion)):
        item = maker.source.variable("item")
        call = maker.called(f"{_direct_unions.writers(node, maker)}[type({item})]", item, node)
        return [f"{v} = [{call} for {item} in {v}]"]
    return each


def _joined(texts: str, maker: DirectMaker, kind: str = "array") -> str:
    """Return what of an f-string writes an array of these texts, or a map of entries."""
    return f"{{{maker.table(kind)}[len({texts})]}}{{''.join({texts})}}"


def _sequence(node: nodes.Sequence, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    lines = as_list(node, v, maker)
    item = node.item
    otherwise = maker.inside(lambda: _texts(item, v, maker))
    kinds = plain_kinds(item)
    if kinds is not None and kinds != ONLY_TEXT and not (type(item) is nodes.Integer and item.wide is not None):
        usual = f"{maker.name(kinds, 'KINDS')}.issuperset(map(type, {v}))"
        quick = f"    {v} = {maker.table('packed')}({v})"
    elif type(item) is nodes.DateTime and item.cls is dt.datetime:
        texts = maker.source.variable("texts")
        write = maker.name(datetimes.joined_moments(maker.wire.text), "joined_moments")
        usual = f"({texts} := {write}({v})) is not None"
        quick = f"    {v} = {maker.table('array')}[len({v})] + {texts}"
    else:
        return [*lines, *otherwise], _joined(v, maker)
    otherwise.append(f'{v} = f"{_joined(v, maker)}"')
    return [*lines, f"if {usual}:", quick, "else:", *indented(otherwise)], f"{{{v}}}"


def _set(node: nodes.Set, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    # In the order of their bytes, which is that of the characters that stand for them.
    items = maker.inside(lambda: _texts(node.item, v, maker))
    return in_order(node, v, maker, items, [f"{v}.sort()"]), _joined(v, maker)


def _fixed(node: nodes.Tuple, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    items = [maker.source.variable("item") for _ in node.items]
    lines = refusing(f"not isinstance({v}, tuple) or len({v}) != {len(items)}")
    if items:
        lines.append(f"{''.join(f'{item}, ' for item in items)}= {v}")
    pieces = [literal(maker.wire.array[len(items)])]
    for item, inner in zip(items, node.items, strict=True):
        written, piece = maker.inside(functools.partial(maker.pieces, inner, item))
        lines += written
        pieces.append(piece)
    return lines, "".join(pieces)


def _mapped(node: nodes.Dict, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    entries, key, item = (maker.source.variable(hint) for hint in ("entries", "key", "item"))
    values, piece = maker.inside(lambda: maker.pieces(node.value, item))
    lines = as_map(node, v, maker)
    if node.key is None:
        lines += [f"{entries} = []", f"for {key}, {item} in {v}.items():"]
        written = f'{entries}.append(f"{headed(key, maker)}{piece}")'
        return [*lines, *indented([*values, *in_bytes(key, maker), written])], _joined(entries, maker, "map")
    if node.key_node is None:
        # Builtins are what keys have to differ as.
        as_key, key_piece = (
            [f"{key} = {maker.name(node.key, 'write_key')}({key})"],
            f"{{{maker.table('packed')}({key})}}",
        )
    else:
        as_key, key_piece = maker.lines(node.key_node, key), f"{{{key}}}"
    lines += [f"{entries} = {{}}", f"for {key}, {item} in {v}.items():"]
    lines += indented([*values, *as_key, f'{entries}[{key}] = f"{key_piece}{piece}"'])
    lines += refusing(f"len({entries}) != len({v})")
    return lines, _joined(f"{entries}.values()", maker, "map")


def _hook(node: nodes.Hook, v: str, maker: Maker) -> list[str]:
    maker = of_direct(maker)
    return [f"{v} = {maker.table('nested')}({maker.name(node.call, 'hook')}({v}), {maker.left})"]


_PIECES: Final[Pieces] = {
    **PIECES,
    nodes.Sequence: _sequence,
    nodes.Set: _set,
    nodes.Tuple: _fixed,
    nodes.Dict: _mapped,
}
_LINES: Final[Lines] = {
    nodes.Anything: _anything,
    nodes.Validated: checked,
    nodes.Hook: _hook,
}
_BODIES: Final[Bodies] = {
    nodes.Struct: _direct_structs.record,
    nodes.UnionByJsonType: _direct_unions.kinds,
    nodes.TaggedUnion: _direct_unions.by_class,
    nodes.UnionByLiteral: _direct_unions.by_class,
    nodes.UntaggedUnion: _direct_unions.by_class,
    nodes.TaggedValueNode: _direct_unions.cases,
}
