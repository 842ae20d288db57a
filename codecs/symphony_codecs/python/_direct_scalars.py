"""Source that writes texts, numbers and the like in CBOR and MessagePack: what stands inside of an f-string."""

from __future__ import annotations

import datetime as dt
import re
import uuid

from typing import Final

import attrs
import orjson

from symphony_types.time import Duration

from ..schema import nodes
from . import datetimes, scalars
from ._direct_maker import DirectMaker, Pieces
from ._maker import refusing, text_table
from ._source import indented
from ._wire import BYTES, END_32, LEAST_32, literal, pack_32, pack_double, utf8
from ._write_scalars import SCALARS, by_identity, is_usual_moment


__all__ = ["PIECES", "headed", "in_bytes"]


def _null(node: nodes.Null, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    return SCALARS[nodes.Null](node, v, maker), literal(maker.wire.null)


def _boolean(_node: nodes.Boolean, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    wire = maker.wire
    lines = [f"if {v} is True:", f"    {v} = {wire.true!r}", f"elif {v} is False:", f"    {v} = {wire.false!r}"]
    return [*lines, "else:", "    raise Refused"], f"{{{v}}}"


def _integer(node: nodes.Integer, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    # The table itself says what the format has no number for.
    lines, piece = SCALARS[nodes.Integer](attrs.evolve(node, wide=None), v, maker), f"{maker.table('integer')}[{v}]"
    if node.maximum is not None and node.maximum < LEAST_32:
        return lines, f"{{{piece}}}"
    # Those of 32 bits are many, and having the table make them costs a call.
    great = f"{maker.name(pack_32, 'pack_32')}({maker.wire.code_32}, {v}).decode({BYTES!r})"
    return lines, f"{{{great} if {LEAST_32} <= {v} < {END_32} else {piece}}}"


def _float(node: nodes.Float, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    lines = SCALARS[nodes.Float](node, v, maker)
    if maker.wire.double is None:
        return lines, f"{{{maker.table('number')}({v}).decode({BYTES!r})}}"
    return lines, f"{{{maker.name(pack_double, 'pack')}({maker.wire.double}, {v}).decode({BYTES!r})}}"


def _text(node: nodes.Text, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    return [*SCALARS[nodes.Text](node, v, maker), *in_bytes(v, maker)], headed(v, maker)


def in_bytes(v: str, maker: DirectMaker) -> list[str]:
    """Return what readies a variable that holds a `str`."""
    return [f"if not {v}.isascii():", f"    {v} = {maker.name(utf8, 'utf8')}({v})"]


def headed(v: str, maker: DirectMaker, kind: str = "text") -> str:
    """Return what of an f-string writes a text, or a byte string, that is ready."""
    return f"{{{maker.table(kind)}[len({v})]}}{{{v}}}"


def _binary(node: nodes.Binary, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    lines = SCALARS[nodes.Binary](node, v, maker)
    if node.base64:
        return lines, headed(v, maker)
    return [*lines, f"{v} = {v}.decode({BYTES!r})"], headed(v, maker, "binary")


def _uuid(node: nodes.Uuid, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    lines = refusing(f"type({v}) is not {maker.name(node.cls, node.cls.__name__)}")
    if node.text:
        as_text = f"{maker.name(scalars.text_of_id, 'text_of_id')}({v}.bytes)"
        return [*lines, f"{v} = {as_text}"], headed(v, maker)
    head = literal(maker.wire.binary[16])
    if node.cls is uuid.UUID:
        return lines, f"{head}{{{v}.int.to_bytes(16).decode({BYTES!r})}}"
    return lines, f"{head}{{{v}.bytes.decode({BYTES!r})}}"


def _instant(node: nodes.Timestamp, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    return SCALARS[nodes.Timestamp](node, v, maker), headed(v, maker)


def _span(node: nodes.Duration, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    wire, integer = maker.wire, maker.table("integer")
    secs, nanos = (f"{{{integer}[{v}.{name}]}}" for name in ("secs", "nanos"))
    lines = refusing(f"type({v}) is not {maker.name(Duration, 'Duration')}")
    if node.positional:
        return lines, f"{literal(wire.array[2])}{secs}{nanos}"
    return lines, f"{literal(wire.map[2] + wire.name('secs'))}{secs}{literal(wire.name('nanos'))}{nanos}"


def _moment(node: nodes.DateTime, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    otherwise = [f"{v} = {maker.name(datetimes.moment_as_text(node.cls, node.write), 'as_text')}({v})"]
    otherwise += in_bytes(v, maker)
    if node.cls is not dt.datetime:
        return otherwise, headed(v, maker)
    head = maker.source.variable("head")
    dumps, zulu = maker.name(orjson.dumps, "dumps"), maker.name(datetimes.ZULU, "ZULU")
    lines = [
        f"if {is_usual_moment(v, maker)}:",
        f"    {v} = {dumps}({v}, None, {zulu})[{maker.name(datetimes.UNQUOTED, 'UNQUOTED')}].decode()",
        f"    {head} = {maker.wire.text[datetimes.WIDTH]!r}",
        "else:",
        *indented([*otherwise, f"{head} = {maker.table('text')}[len({v})]"]),
    ]
    return lines, f"{{{head}}}{{{v}}}"


def _choice(node: nodes.Enum, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    packed = maker.wire.packed
    if node.cls is not None:
        by_id = {key: packed(wire) for key, wire in by_identity(node, maker).items()}
        return [], f"{{{maker.name(by_id, 'WIRES')}[id({v})]}}"
    table = text_table(node, reads=False)
    if table is not None and len(table) == 1:
        ((text, wire),) = table.items()
        # Mostly it is the very text of the class.
        same = f"{v} is not {maker.name(text, 'TEXT')} and (type({v}) is not str or {v} != {text!r})"
        return refusing(same), literal(packed(wire))
    if table is None:
        by_class = {(type(value), value): packed(wire) for wire, value in node.pairs}
        return [], f"{{{maker.name(by_class, 'WIRES')}[type({v}), {v}]}}"
    wires = maker.name({value: packed(wire) for value, wire in table.items()}, "WIRES")
    return refusing(f"type({v}) is not str"), f"{{{wires}[{v}]}}"


def _optional(node: nodes.Optional, v: str, maker: DirectMaker) -> tuple[list[str], str]:
    null = maker.wire.null
    lines, piece = maker.pieces(node.inner, v)
    for kind in ("text", "binary"):
        if piece == headed(v, maker, kind):
            head = maker.source.variable("head")
            lines, piece = [*lines, f"{head} = {maker.table(kind)}[len({v})]"], f"{{{head}}}{{{v}}}"
    if match := re.fullmatch(rf"{{(\w+)}}{{{v}}}", piece):
        # Two variables, rather than a text of both.
        return [f"if {v} is None:", f"    {match[1]}, {v} = {null!r}, ''", "else:", *indented(lines)], piece
    if piece != f"{{{v}}}":
        lines = [*lines, f'{v} = f"{piece}"']
    return [f"if {v} is None:", f"    {v} = {null!r}", "else:", *indented(lines or ["pass"])], f"{{{v}}}"


PIECES: Final[Pieces] = {
    nodes.Null: _null,
    nodes.Boolean: _boolean,
    nodes.Integer: _integer,
    nodes.Float: _float,
    nodes.Text: _text,
    nodes.Binary: _binary,
    nodes.Uuid: _uuid,
    nodes.Timestamp: _instant,
    nodes.Duration: _span,
    nodes.DateTime: _moment,
    nodes.Enum: _choice,
    nodes.Optional: _optional,
}
