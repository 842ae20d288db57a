"""Source that writes unions: by the class of the value."""

from __future__ import annotations

from ..plans.nodes import Cases, Kinds, Labelled, Tagged, Untagged, Variant
from ._maker import Maker, refusing
from ._plain import plain_or_refused
from ._source import is_name


__all__ = ["by_class", "cases", "kinds", "writers"]


def kinds(node: Kinds, maker: Maker) -> list[str]:
    """Return the body of the function for a union whose members look different on the wire."""
    lines = ["kind = type(value)"]
    for cls, member in node.writers.items():
        lines += [f"if kind is {maker.name(cls, cls.__name__)}:"]
        lines += [f"    {line}" for line in (*maker.lines(member, "value"), "return value")]
    assert node.call is not None, "writing has a hook"
    call = plain_or_refused(node.call) if maker.layout is not None else node.call
    return [*lines, f"return {maker.name(call, 'hook')}(value)"]


def writers(node: Labelled | Untagged | Tagged, maker: Maker) -> str:
    """Return the name of the table from classes to what writes them."""
    if isinstance(node, Tagged):
        functions = {variant.cls: _variant(variant, node, maker) for variant in node.variants}
    else:
        functions = {cls: maker.function(member) for cls, member in node.writers.items()}
    entries = [f"{maker.name(cls, cls.__name__)}: {function}" for cls, function in functions.items()]
    return maker.source.constant(f"{{{', '.join(entries)}}}", "WRITERS")


def by_class(node: Labelled | Untagged | Tagged, maker: Maker) -> list[str]:
    """Return the body of the function for a union of classes that show what they are."""
    return [f"return {writers(node, maker)}[type(value)](value)"]


def _variant(variant: Variant, node: Tagged, maker: Maker) -> str:
    """Return the name of the function that writes one class of the union."""
    name, inner = variant.name, variant.node

    def body() -> list[str]:
        if inner is None:
            if node.tagging == "external":
                return [f"return {name!r}"]
            return [f"return [{name!r}, None]" if node.positional else f"return {{{node.tag!r}: {name!r}}}"]
        lines: list[str] = []
        if variant.field is not None:
            field = variant.field
            lines += [f"value = value.{field}" if is_name(field) else f"value = getattr(value, {field!r})"]
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
            *refusing("type(value) is not dict"),
            f"return {{{node.tag!r}: {name!r}, **value}}",
        ]

    return maker.make_function(variant, variant.cls.__name__, body)


def cases(node: Cases, maker: Maker) -> list[str]:
    """Return the body of the function that writes a Rust enum in one class."""
    held = {name: inner for name, inner in node.nodes.items() if inner is not None}
    entries = ", ".join(f"{name!r}: {maker.function(inner)}" for name, inner in held.items())
    writers = maker.source.constant(f"{{{entries}}}", "WRITERS")
    return [
        *refusing(f"type(value) is not {maker.name(node.cls, 'CLASS')}"),
        "variant = value.variant",
        f"if variant in {maker.name(node.units, 'UNITS')}:",
        "    return variant",
        f"return {{variant: {writers}[variant](value.value)}}",
    ]
