"""Source that writes attrs classes and dataclasses."""

from __future__ import annotations

from typing import Any, Final

from symphony_types._unset import UNSET

from ..schema import nodes
from ._maker import Maker, part, refusing
from ._source import attribute, indented
from .explain_writing import is_conditional, unset_by_default


__all__ = ["record"]

_UNSURE: Final = (nodes.Anything, nodes.Hook, nodes.UnionByJsonType, nodes.Validated)


def record(node: nodes.Struct, maker: Maker) -> list[str]:
    """Return the body of the function that writes a class, as a map or an array."""
    lines = refusing(f"type(value) is not {maker.name(node.cls, 'CLASS')}")
    if node.unit is not nodes.ABSENT:
        kept = "" if node.kept is None else f"dict({maker.name(node.kept, 'kept')}(value)) or "
        return [*lines, f"return {kept}{maker.name(node.unit, 'UNIT')}"]
    if node.as_map is not None:
        whole = maker.function(node.as_map)
        lines += [f"if {maker.name(node.kept, 'kept')}(value):", f"    return {whole}(value)"]
    fields = [(field, f"v{position}") for position, field in enumerate(node.fields)]
    lines += [f"{variable} = {attribute(field.name)}" for field, variable in fields]
    return [*lines, *(_array if node.positional else _map)(node, fields, maker)]


def _array(_node: nodes.Struct, fields: list[tuple[nodes.Field, str]], maker: Maker) -> list[str]:
    unset = maker.name(UNSET, "UNSET")
    lines: list[str] = []
    for position, (field, variable) in enumerate(fields):
        written = maker.lines(field.node, variable)
        lines += [part(position), f"if {variable} is {unset}:", f"    {variable} = None"]
        lines += ["else:", *indented(written)] if written else []
    lines.append(part(len(fields)))
    return [*lines, f"return [{', '.join(variable for _, variable in fields)}]"]


def _map(node: nodes.Struct, fields: list[tuple[nodes.Field, str]], maker: Maker) -> list[str]:
    may_be_unset = unset_by_default(node.cls)
    lines: list[str] = []
    held: list[str] | None = []  # entries of the map's display: fields up to the first that may be left out

    for position, (field, variable) in enumerate(fields):
        written = maker.lines(field.node, variable)
        lines.append(part(position))
        refused, condition = _held_if(field, variable, may_be_unset, maker)
        lines += refused
        if not is_conditional(field, node.cls):
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
    lines.append(part(len(fields)))
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


def _is_unsure(field: nodes.Field) -> bool:
    """Return whether the field's node may take `UNSET` for a value; most take nothing but their own class."""
    node: Any = field.node
    while type(node) is nodes.Optional:
        node = node.inner
    return isinstance(node, _UNSURE)
