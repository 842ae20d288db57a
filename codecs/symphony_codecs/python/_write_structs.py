"""Source that writes attrs classes and dataclasses."""

from __future__ import annotations

from ..schema import nodes
from ._maker import Maker, part, refusing
from ._source import attribute, indented
from .explain_writing import KeptFields, is_conditional


__all__ = ["record"]


def record(node: nodes.Struct, maker: Maker) -> list[str]:
    """Return the body of the function that writes a class, as a map or an array."""
    lines = refusing(f"type(value) is not {maker.name(node.cls, 'CLASS')}")
    if node.unit is not nodes.ABSENT:
        kept = "" if node.kept is None else f"{maker.name(KeptFields(node), 'with_kept')}({{}}, value) or "
        return [*lines, f"return {kept}{maker.name(node.unit, 'UNIT')}"]
    if node.as_map is not None:
        whole = maker.function(node.as_map)
        lines += [f"if {maker.name(node.kept, 'kept')}(value):", f"    return {whole}(value)"]
    fields = [(field, f"v{position}") for position, field in enumerate(node.fields)]
    lines += [f"{variable} = {attribute(field.name)}" for field, variable in fields]
    return [*lines, *(_array if node.positional else _map)(node, fields, maker)]


def _array(node: nodes.Struct, fields: list[tuple[nodes.Field, str]], maker: Maker) -> list[str]:
    lines: list[str] = []
    for position, (field, variable) in enumerate(fields):
        written = maker.lines(field.node, variable)
        lines.append(part(position))
        if field.absent is nodes.ABSENT:
            lines += written
            continue
        lines += [f"if {variable} is {maker.name(field.absent, 'ABSENT')}:"]
        lines += [f"    {variable} = None" if node.nulls else "    raise Refused"]
        lines += ["else:", *indented(written)] if written else []
    lines.append(part(len(fields)))
    return [*lines, f"return [{', '.join(variable for _, variable in fields)}]"]


def _map(node: nodes.Struct, fields: list[tuple[nodes.Field, str]], maker: Maker) -> list[str]:
    lines: list[str] = []
    held: list[str] | None = []  # entries of the map's display: fields up to the first that may be left out

    for position, (field, variable) in enumerate(fields):
        written = maker.lines(field.node, variable)
        lines.append(part(position))
        if field.flattened is not None:
            if held is not None:
                lines.append(f"result = {{{', '.join(held)}}}")
                held = None
            lines += [*written, f"{maker.name(field.flattened.put, 'put')}(result, {variable})"]
            continue
        condition = _held_if(field, variable, maker)
        if not is_conditional(field):
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
        kept, with_kept = maker.name(node.kept, "kept"), maker.name(KeptFields(node), "with_kept")
        return [*lines, f"return {with_kept}(result, value) if {kept}(value) else result"]
    return [*lines, "return result"]


def _held_if(field: nodes.Field, variable: str, maker: Maker) -> str:
    """Return on what condition a field is in the map; empty if it always is."""
    conditions: list[str] = []
    if field.absent is not nodes.ABSENT:
        conditions.append(f"{variable} is not {maker.name(field.absent, 'ABSENT')}")
    if field.omit_none:
        conditions.append(f"{variable} is not None")
    if field.is_default is not None:
        conditions.append(f"not {maker.name(field.is_default, 'is_default')}({variable}, value)")
    return " and ".join(conditions)
