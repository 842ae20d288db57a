"""Source that writes unions in CBOR and MessagePack: by the class of the value."""

from __future__ import annotations

import functools

from ..schema import nodes
from . import _write_unions
from ._direct_maker import DirectMaker, of_direct
from ._direct_structs import led
from ._maker import Maker, refusing
from ._source import attribute
from ._wire import literal
from .untyped import plain_or_refused


__all__ = ["by_class", "cases", "kinds", "writers"]


def kinds(node: nodes.UnionByJsonType, maker: Maker) -> list[str]:
    """Return the body of the function for a union whose members look different on the wire."""
    assert node.call is not None, "writing has a hook"
    hook, packed = maker.name(plain_or_refused(node.call), "hook"), of_direct(maker).table("packed")
    return [*_write_unions.members(node, maker), f"return {packed}({hook}(value))"]


def writers(node: nodes.UnionByLiteral | nodes.UntaggedUnion | nodes.TaggedUnion, maker: DirectMaker) -> str:
    """Return the name of the table from classes to what writes them."""
    return _write_unions.writers(node, maker, functools.partial(_content, maker=maker))


def by_class(node: nodes.UnionByLiteral | nodes.UntaggedUnion | nodes.TaggedUnion, maker: Maker) -> list[str]:
    """Return the body of the function for a union of classes that show what they are."""
    maker = of_direct(maker)
    return [f"return {maker.called(f'{writers(node, maker)}[type(value)]', 'value', node)}"]


def _content(variant: nodes.Variant, node: nodes.TaggedUnion, maker: DirectMaker) -> list[str]:
    """Return the body of the function that writes one class of the union."""
    wire, inner = maker.wire, variant.node
    name = wire.name(variant.name)
    if node.tagging == "external":
        heading = f"{wire.map[1]}{name}"
    elif node.positional:
        heading = f"{wire.array[2]}{name}"
    else:
        heading = f"{wire.map[2]}{wire.name(node.tag)}{name}{wire.name(node.content)}"
    if inner is None:
        if node.tagging == "external":
            return [f"return {name!r}"]
        alone = f"{heading}{wire.null}" if node.positional else f"{wire.map[1]}{wire.name(node.tag)}{name}"
        return [f"return {alone!r}"]
    if node.tagging == "internal":
        assert isinstance(inner, nodes.Struct), "its own fields stand beside the name"
        return led(inner, maker, (variant.name,), node.tag)
    lines: list[str] = []
    if variant.field is not None:
        lines.append(f"value = {attribute(variant.field)}")
    written, piece = maker.inside(lambda: maker.pieces(inner, "value"))
    return [*lines, *written, f'return f"{literal(heading)}{piece}"']


def cases(node: nodes.TaggedValueNode, maker: Maker) -> list[str]:
    """Return the body of the function that writes a Rust enum in one class."""
    maker = of_direct(maker)
    wire = maker.wire
    held = {name: inner for name, inner in node.nodes.items() if inner is not None}
    functions = ", ".join(f"{name!r}: {maker.function(inner)}" for name, inner in held.items())
    headings = maker.name({name: f"{wire.map[1]}{wire.name(name)}" for name in held}, "HEADINGS")
    units = maker.name({name: wire.name(name) for name in node.units}, "UNITS")
    table = maker.source.constant(f"{{{functions}}}", "WRITERS")
    call = maker.inside(lambda: maker.called(f"{table}[variant]", "value.value", node))
    return [
        *refusing(f"type(value) is not {maker.name(node.cls, 'CLASS')}"),
        "variant = value.variant",
        f"if variant in {units}:",
        f"    return {units}[variant]",
        f"return {headings}[variant] + {call}",
    ]
