"""Source that writes attrs classes and dataclasses."""

from __future__ import annotations

from typing import Any, Final

import attrs

from symphony_types._unset import UNSET

from ..schema import nodes
from ._maker import Maker, refusing
from ._source import attribute, indented


__all__ = ["record"]

_UNSURE: Final = (nodes.Anything, nodes.Hook, nodes.UnionByJsonType, nodes.Validated)


def record(node: nodes.Struct, maker: Maker) -> list[str]:
    """Return the body of the function that writes a class, as a map or an array."""
    lines = refusing(f"type(value) is not {maker.name(node.cls, 'CLASS')}")
    if node.unit is not nodes.ABSENT:
        kept = "" if node.kept is None else f"dict({maker.name(node.kept, 'kept')}(value)) or "
        return [*lines, f"return {kept}{maker.name(node.unit, 'UNIT')}"]
    fields = [(field, f"v{position}") for position, field in enumerate(node.fields)]
    lines += [f"{variable} = {attribute(field.name)}" for field, variable in fields]
    return [*lines, *(_array if node.positional else _map)(node, fields, maker)]


def _array(_node: nodes.Struct, fields: list[tuple[nodes.Field, str]], maker: Maker) -> list[str]:
    unset = maker.name(UNSET, "UNSET")
    lines: list[str] = []
    for field, variable in fields:
        written = maker.lines(field.node, variable)
        lines += [f"if {variable} is {unset}:", f"    {variable} = None"]
        lines += ["else:", *indented(written)] if written else []
    return [*lines, f"return [{', '.join(variable for _, variable in fields)}]"]


def _map(node: nodes.Struct, fields: list[tuple[nodes.Field, str]], maker: Maker) -> list[str]:
    may_be_unset = _unset_by_default(node.cls)
    lines: list[str] = []
    held: list[str] | None = []  # entries of the map's display: fields up to the first that may be left out

    for field, variable in fields:
        written = maker.lines(field.node, variable)
        refused, condition = _held_if(field, variable, may_be_unset, maker)
        lines += refused
        if not condition:
            lines += written
            if held is None:
                lines.append(f"result[{field.key!r}] = {variable}")
            else:
                held.append(f"{field.key!r}: {variable}")
            continue
        if held is not None:
            lines.append(f"result = {{{', '.join(held)}}}")
            held = None
        lines += [f"if {condition}:", *indented([*written, f"result[{field.key!r}] = {variable}"])]
    if held is not None and node.kept is None:
        return [*lines, f"return {{{', '.join(held)}}}"]
    if held is not None:
        lines.append(f"result = {{{', '.join(held)}}}")
    if node.kept is not None:
        lines += [
            f"for key, item in {maker.name(node.kept, 'kept')}(value).items():",
            "    result.setdefault(key, item)",
        ]
    return [*lines, "return result"]


def _held_if(field: nodes.Field, variable: str, may_be_unset: frozenset[str], maker: Maker) -> tuple[list[str], str]:
    """Return what refuses a field's value, and on what condition it is in the map; empty if it always is."""
    unset = maker.name(UNSET, "UNSET")
    refused: list[str] = []
    conditions: list[str] = []
    if field.name in may_be_unset:
        conditions.append(f"{variable} is not {unset}")
    elif _is_unsure(field):
        refused = refusing(f"{variable} is {unset}")  # rarely: the reference leaves it out
    if field.omit_none:
        conditions.append(f"{variable} is not None")
    if field.is_default is not None:
        conditions.append(f"not {maker.name(field.is_default, 'is_default')}({variable}, value)")
    return refused, " and ".join(conditions)


def _unset_by_default(cls: type) -> frozenset[str]:
    """Return the fields whose default is `UNSET`, which may be left out."""
    if not attrs.has(cls):
        return frozenset()
    return frozenset(attribute.name for attribute in attrs.fields(cls) if attribute.default is UNSET)


def _is_unsure(field: nodes.Field) -> bool:
    """Return whether the field's node may take `UNSET` for a value; most take nothing but their own class."""
    node: Any = field.node
    while type(node) is nodes.Optional:
        node = node.inner
    return isinstance(node, _UNSURE)
