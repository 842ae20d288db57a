"""Source that writes attrs classes and dataclasses in CBOR and MessagePack."""

from __future__ import annotations

from symphony_types._unset import UNSET

from ..schema import nodes
from ._direct_maker import DirectMaker, of_direct
from ._maker import Maker, refusing
from ._source import indented
from ._wire import literal
from ._write_structs import fields_of, held_if, unset_by_default


__all__ = ["led", "record"]


def record(node: nodes.Struct, maker: Maker) -> list[str]:
    """Return the body of the function that writes a class, as a map or an array."""
    return led(node, of_direct(maker), (), "")


def led(node: nodes.Struct, maker: DirectMaker, names: tuple[str, ...], tag: str) -> list[str]:
    """
    Return the body of the function that writes a class.

    Args:
        node: The class.
        maker: What puts functions together.
        names: The name under which a union has the class, or nothing; it is
            written first.
        tag: The key of that name.
    """
    lines = refusing(f"type(value) is not {maker.name(node.cls, 'CLASS')}")
    if node.unit is not nodes.ABSENT and not names:
        unit = f"return {maker.wire.packed(node.unit)!r}"
        kept = [] if node.kept is None else refusing(f"{maker.name(node.kept, 'kept')}(value)")
        return [*lines, *kept, unit]
    fields, taken = fields_of(node)
    lines += taken
    if node.positional:
        heading = literal("".join(map(maker.wire.name, names)))
        return maker.inside(lambda: [*lines, *_array(fields, len(names), heading, maker)])
    heading = literal("".join(maker.wire.name(tag) + maker.wire.name(name) for name in names))
    return maker.inside(lambda: [*lines, *_map(node, fields, len(names), heading, maker)])


def _array(fields: list[tuple[nodes.Field, str]], leading: int, heading: str, maker: DirectMaker) -> list[str]:
    unset, null = maker.name(UNSET, "UNSET"), maker.wire.null
    lines: list[str] = []
    pieces = [literal(maker.wire.array[leading + len(fields)]), heading]
    for field, variable in fields:
        written = maker.lines(field.node, variable)
        lines += [f"if {variable} is {unset}:", f"    {variable} = {null!r}", "else:", *indented(written)]
        pieces.append(f"{{{variable}}}")
    return [*lines, f'return f"{"".join(pieces)}"']


def _map(
    node: nodes.Struct, fields: list[tuple[nodes.Field, str]], leading: int, heading: str, maker: DirectMaker
) -> list[str]:
    may_be_unset = unset_by_default(node.cls)
    always = leading
    lines: list[str] = []
    pieces: list[str] = []
    for field, variable in fields:
        refused, condition = held_if(field, variable, may_be_unset, maker)
        inner = field.node.inner if field.omit_none and isinstance(field.node, nodes.Optional) else field.node
        written, piece = maker.pieces(inner, variable)
        piece = literal(maker.wire.name(field.key)) + piece
        if not condition:
            always += 1
            lines += [*refused, *written]
            pieces.append(piece)
            continue
        lines += [
            *refused,
            f"if {condition}:",
            *indented([*written, f'{variable} = f"{piece}"', "count += 1"]),
            "else:",
            f"    {variable} = ''",
        ]
        pieces.append(f"{{{variable}}}")
    if always == leading + len(fields) and node.kept is None:
        return [*lines, *_returned(f"{literal(maker.wire.map[always])}{heading}{''.join(pieces)}", maker)]
    lines = [f"count = {always}", *lines]
    if node.kept is not None:
        lines += _kept(node, maker)
        pieces.append("{kept}")
    return [*lines, *_returned(f"{{{maker.table('map')}[count]}}{heading}{''.join(pieces)}", maker)]


def _returned(piece: str, maker: DirectMaker) -> list[str]:
    """Return what returns an f-string; where its texts are short, their heads are from a list, which is quicker."""
    heads = maker.table("text")
    if f"{heads}[" not in piece:
        return [f'return f"{piece}"']
    short = piece.replace(f"{heads}[", f"{maker.table('short')}[")
    return ["try:", f'    return f"{short}"', "except IndexError:", f'    return f"{piece}"']


def _kept(node: nodes.Struct, maker: DirectMaker) -> list[str]:
    """Return what writes unknown fields that were kept."""
    known = maker.name(frozenset(field.key for field in node.fields), "KNOWN")
    entry = f"{{{maker.table('packed')}(key)}}{{{maker.table('nested')}(item, {maker.left})}}"
    return [
        f"kept = {maker.name(node.kept, 'kept')}(value)",
        "if kept:",
        # Rarely; and it may be a field that is not written.
        f"    if not {known}.isdisjoint(kept):",
        "        raise Refused",
        "    count += len(kept)",
        f"    kept = ''.join([f'{entry}' for key, item in kept.items()])",
        "else:",
        "    kept = ''",
    ]
