"""Source that reads unions: by what a value is, by a name, by a label, by trying."""

from __future__ import annotations

import functools

from typing import Final

from ..schema import nodes
from ._field_names import label_of
from ._maker import Maker, part, refusing
from ._source import indented, is_name
from .explain import BEFORE
from .explain_unions import CONTENT


__all__ = ["bare", "cases", "kinds", "labelled", "tagged", "untagged"]

_MISSING: Final = object()


def kinds(node: nodes.UnionByJsonType, maker: Maker) -> list[str]:
    """Return the body of the function that goes by the builtin class."""
    classes_of: dict[int, tuple[nodes.Node, list[type]]] = {}
    for kind, member in (*node.readers.items(), *node.foreign.items()):
        classes_of.setdefault(id(member), (member, []))[1].append(kind)
    lines = ["kind, result = type(value), value"]
    for member, classes in classes_of.values():
        names = [maker.name(kind, kind.__name__) for kind in classes]
        lines += [
            f"if {' or '.join(f'kind is {name}' for name in names)}:",
            *indented([*maker.lines(member, "result"), "return result"]),
        ]
    if node.other is None:
        return [*lines, "raise Refused"]
    return [*lines, *maker.lines(node.other, "result"), "return result"]


def tagged(node: nodes.TaggedUnion, maker: Maker) -> list[str]:
    """Return the body of the function that goes by a name."""
    # The table is filled in where the functions' names are known, for a class may hold the union.
    contents = {variant.name: _content(variant, maker) for variant in node.variants}
    table = f"{{{', '.join(f'{name!r}: {function}' for name, function in contents.items())}}}"
    by_name = maker.source.constant(table, "VARIANTS")
    read = [f"read = {by_name}[name]", part(CONTENT), "return read(content)"]
    if node.tagging == "external":
        units = {variant.name: variant.cls for variant in node.variants if variant.node is None}
        return [
            "if type(value) is dict and len(value) == 1:",
            "    ((name, content),) = value.items()",
            *indented(read),
            part(BEFORE),
            *refusing("type(value) is not str"),
            f"return {maker.name(units, 'UNITS')}[value]()",
        ]
    if node.tagging == "internal":
        return [
            "if type(value) is dict:",
            "    content = value.copy()",  # another member of an untagged union may be tried after this one
            f"    name = content.pop({node.tag!r})",
            "elif type(value) is list and value:",
            "    name, *content = value",
            "else:",
            "    raise Refused",
            *refusing("type(name) is not str"),
            *read,
        ]
    missing = maker.name(_MISSING, "MISSING")
    needy = maker.name(frozenset(v.name for v in node.variants if v.node is not None and not v.optional), "NEEDY")
    both = maker.name(frozenset((node.tag, node.content)), "BOTH")
    return [
        "if type(value) is dict:",
        f"    name, content = value[{node.tag!r}], value.get({node.content!r}, {missing})",
        *(indented(refusing(f"not value.keys() <= {both}")) if node.forbids else []),
        "elif type(value) is list and 1 <= len(value) <= 2:",
        f"    name, content = value if len(value) == 2 else (value[0], {missing})",
        "else:",
        "    raise Refused",
        *refusing("type(name) is not str"),
        f"if content is {missing}:",
        *indented(refusing(f"name in {needy}")),
        "    content = None",
        *read,
    ]


def bare(node: nodes.Bare, maker: Maker) -> list[str]:
    """Return the body of the function that reads what a variant holds."""
    return [f"return {_content(node.variant, maker)}(value)"]


def _content(variant: nodes.Variant, maker: Maker) -> str:
    """Return the name of the function from what a variant holds to an instance."""
    node, cls = variant.node, maker.name(variant.cls, "CLASS")
    if node is None:

        def unit() -> list[str]:
            # Empty, it may be Rust's `Unit {}` or `Unit()`.
            odd = "value is not None and (value or (type(value) is not dict and type(value) is not list))"
            return [*refusing(odd), f"return {cls}()"]

        return maker.make_function(variant, variant.cls.__name__, unit)
    if variant.field is None:
        return maker.function(node)
    argument = str(variant.argument)

    def newtype() -> list[str]:
        given = f"{argument}=value" if is_name(argument) else f"**{{{argument!r}: value}}"
        return [*maker.lines(node, "value"), f"return {cls}({given})"]

    return maker.make_function(variant, variant.cls.__name__, newtype)


def labelled(node: nodes.UnionByLiteral, maker: Maker) -> list[str]:
    """Return the body of the function that goes by a literal field."""
    by_text = all(kind is str for kind, _ in node.readers)
    entries = [
        f"{label!r}: {maker.function(member)}"
        if by_text
        else f"({maker.name(kind, kind.__name__)}, {label!r}): {maker.function(member)}"
        for (kind, label), member in node.readers.items()
    ]
    table = maker.source.constant(f"{{{', '.join(entries)}}}", "LABELS")
    label = f"value[{node.key!r}]"
    if node.aliases or type(node.key) is int:
        label = f"{maker.name(functools.partial(label_of, node), 'label_of')}(value)"
    lines = ["if type(value) is dict:", f"    label = {label}"]
    if node.position is not None:
        lines += [
            f"elif type(value) is list and len(value) > {node.position}:",
            f"    label = value[{node.position}]",
        ]
    lines += ["else:", "    raise Refused"]
    if by_text:
        return [
            *lines,
            *refusing("type(label) is not str"),
            f"read = {table}[label]",
            part(CONTENT),
            "return read(value)",
        ]
    return [*lines, f"read = {table}[type(label), label]", part(CONTENT), "return read(value)"]


def untagged(node: nodes.UntaggedUnion, maker: Maker) -> list[str]:
    """Return the body of the function that takes the first member that fits."""
    for member in node.members:
        maker.function(member)  # which the explainer finds
    return [f"return {maker.name(maker.explainer.own(node), 'first')}(value)"]


def cases(node: nodes.TaggedValueNode, maker: Maker) -> list[str]:
    """Return the body of the function that reads a Rust enum in one class."""
    held = {name: inner for name, inner in node.nodes.items() if inner is not None}
    entries = ", ".join(f"{name!r}: {maker.function(inner)}" for name, inner in held.items())
    table = maker.source.constant(f"{{{entries}}}", "HELD")
    units = maker.name(node.units, "UNITS")
    return [
        "if type(value) is str:",
        f"    return {units}[value]",
        *refusing("type(value) is not dict or len(value) != 1"),
        "((name, content),) = value.items()",
        f"if name in {units}:",
        *indented([*refusing("content is not None"), f"return {units}[name]"]),
        f"read = {table}[name]",
        part(CONTENT),
        "content = read(content)",
        part(BEFORE),  # what the class itself refuses has the path from the class on
        f"return {maker.name(node.make, 'make')}(name, content)",
    ]
