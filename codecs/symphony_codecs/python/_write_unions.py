"""Source that writes unions: by the class of the value."""

from __future__ import annotations

import functools

from collections.abc import Callable, Mapping
from typing import Any

from ..schema import nodes
from ._maker import Maker, refusing
from ._source import attribute, indented


__all__ = ["bare", "by_class", "cases", "kinds", "writers"]


def kinds(node: nodes.UnionByJsonType, maker: Maker) -> list[str]:
    """Return the body of the function for a union whose members look different on the wire."""
    lines = ["kind, result = type(value), value"]
    for cls, member in node.writers.items():
        lines.append(f"if kind is {maker.name(cls, cls.__name__)}:")
        lines += indented([*maker.lines(member, "result"), "return result"])
    return [*lines, "raise Refused"]


def writers(node: nodes.UnionByLiteral | nodes.UntaggedUnion | nodes.TaggedUnion, maker: Maker) -> str:
    """Return the name of the table from classes to the functions that write them."""
    if isinstance(node, nodes.TaggedUnion):
        functions = {
            variant.cls: maker.make_function(
                variant, variant.cls.__name__, functools.partial(_content, variant, node, maker)
            )
            for variant in node.variants
        }
    else:
        functions = {cls: maker.function(member) for cls, member in node.writers.items()}
    entries = [f"{maker.name(cls, cls.__name__)}: {function}" for cls, function in functions.items()]
    return maker.source.constant(f"{{{', '.join(entries)}}}", "WRITERS")


def bare(node: nodes.Bare, maker: Maker) -> list[str]:
    """Return the body of the function that writes what a variant holds."""
    lines = refusing(f"type(value) is not {maker.name(node.variant.cls, 'CLASS')}") + _nothing_kept(node.variant, maker)
    if node.variant.node is None:
        return [*lines, "return None"]
    return [
        *lines,
        f"result = {attribute(str(node.variant.field))}",
        *maker.lines(node.variant.node, "result"),
        "return result",
    ]


def _nothing_kept(variant: nodes.Variant, maker: Maker) -> list[str]:
    return [] if variant.kept is None else refusing(f"{maker.name(variant.kept, 'kept')}(value)")


def _labelled(entries: dict[Any, Any], value: Any, labels: Mapping[Any, Callable[[Any], Any]]) -> dict[Any, Any]:
    """Return *entries* behind the labels that are not among them."""
    return {**{key: label(value) for key, label in labels.items() if key not in entries}, **entries}


def by_class(node: nodes.UnionByLiteral | nodes.UntaggedUnion | nodes.TaggedUnion, maker: Maker) -> list[str]:
    """Return the body of the function for a union of classes that show what they are."""
    if isinstance(node, nodes.UntaggedUnion) and not node.writers:
        return ["raise Refused"]  # each member has to be asked
    if isinstance(node, nodes.UnionByLiteral):
        labels = maker.name(node.labels, "LABELS")
        is_left_out = " or ".join(f"{key!r} not in result" for key in next(iter(node.labels.values())))
        return [
            f"result = {writers(node, maker)}[type(value)](value)",
            f"if type(result) is dict and ({is_left_out}):",
            f"    return {maker.name(_labelled, 'labelled')}(result, value, {labels}[type(value)])",
            *(refusing("type(result) is list") if node.position is None else []),
            "return result",
        ]
    return [f"return {writers(node, maker)}[type(value)](value)"]


def _content(variant: nodes.Variant, node: nodes.TaggedUnion, maker: Maker) -> list[str]:
    """Return the body of the function that writes one class of the union."""
    name, inner = variant.name, variant.node
    lines = _nothing_kept(variant, maker)
    if inner is None:
        if node.tagging == "external":
            return [*lines, f"return {name!r}"]
        return [*lines, f"return [{name!r}, None]" if node.positional else f"return {{{node.tag!r}: {name!r}}}"]
    if variant.field is not None:
        lines.append(f"value = {attribute(variant.field)}")
    lines += maker.lines(inner, "value")
    if node.tagging == "external":
        return [*lines, f"return {{{name!r}: value}}"]
    if node.tagging == "adjacent":
        pair, held = f"[{name!r}, value]", f"{{{node.tag!r}: {name!r}, {node.content!r}: value}}"
        return [*lines, f"return {pair if node.positional else held}"]
    return [
        *lines,
        "if type(value) is list:",
        f"    return [{name!r}, *value]",
        *refusing(f"type(value) is not dict or {node.tag!r} in value"),
        f"return {{{node.tag!r}: {name!r}, **value}}",
    ]


def cases(node: nodes.TaggedValueNode, maker: Maker) -> list[str]:
    """Return the body of the function that writes a Rust enum in one class."""
    held = {name: inner for name, inner in node.nodes.items() if inner is not None}
    entries = ", ".join(f"{name!r}: {maker.function(inner)}" for name, inner in held.items())
    table = maker.source.constant(f"{{{entries}}}", "WRITERS")
    return [
        *refusing(f"type(value) is not {maker.name(node.cls, 'CLASS')}"),
        "variant = value.variant",
        f"if variant in {maker.name(node.units, 'UNITS')}:",
        "    return variant",
        f"return {{variant: {table}[variant](value.value)}}",
    ]
