"""Source that writes texts, numbers and the like."""

from __future__ import annotations

import datetime as dt
import uuid

from typing import Any, Final

import orjson

from symphony_types import _rfc3339
from symphony_types.time import Duration, Timestamp

from ..hooks.scalars import unstructure_base64, unstructure_bytes, unstructure_float, unstructure_str
from ..plans.nodes import Binary, Boolean, Choice, Float, Instant, Integer, Moment, Null, Span, Text, Uuid
from . import _leaves, _moments
from ._maker import Lines, Maker, not_among_integers, not_among_texts, refusing, text_table
from ._source import indented


__all__ = ["SCALARS", "by_identity", "is_usual_moment"]


def _null(_node: Null, v: str, _maker: Maker) -> list[str]:
    return refusing(f"{v} is not None")


def _boolean(_node: Boolean, v: str, _maker: Maker) -> list[str]:
    return refusing(f"{v} is not True and {v} is not False")


def _integer(node: Integer, v: str, _maker: Maker) -> list[str]:
    conditions = not_among_integers(node, v)
    # The wide ones and subclasses are rare enough to be left to the reference.
    if node.wide is not None:
        low, high = node.wide
        conditions.append(f"not {low} <= {v} <= {high}")
    return refusing(" or ".join(conditions))


def _float(_node: Float, v: str, maker: Maker) -> list[str]:
    return [f"if type({v}) is not float:", f"    {v} = {maker.name(unstructure_float, 'as_float')}({v})"]


def _text(node: Text, v: str, maker: Maker) -> list[str]:
    lines = [f"if type({v}) is not str:", f"    {v} = {maker.name(unstructure_str, 'as_text')}({v})"]
    conditions = not_among_texts(node, v, maker)
    return [*lines, *refusing(" or ".join(conditions))] if conditions else lines


def _binary(node: Binary, v: str, maker: Maker) -> list[str]:
    if node.base64:
        return [f"{v} = {maker.name(unstructure_base64, 'as_base64')}({v})"]
    return [f"if type({v}) is not bytes:", f"    {v} = {maker.name(unstructure_bytes, 'as_bytes')}({v})"]


def _uuid(node: Uuid, v: str, maker: Maker) -> list[str]:
    lines = refusing(f"type({v}) is not {maker.name(node.cls, node.cls.__name__)}")
    if node.cls is not uuid.UUID:
        as_text = f"{maker.name(_leaves.text_of_id, 'text_of_id')}({v}.bytes)"
        return [*lines, f"{v} = {as_text if node.text else f'{v}.bytes'}"]
    if not node.text:
        return [*lines, f"{v} = {v}.bytes"]
    if maker.layout == "json":
        return lines
    return [*lines, f"{v} = {maker.name(_leaves.uuid_as_text, 'uuid_as_text')}({v})"]


def _instant(_node: Instant, v: str, maker: Maker) -> list[str]:
    format_timestamp, cls = maker.name(_rfc3339.format_timestamp, "as_text"), maker.name(Timestamp, "Timestamp")
    return [*refusing(f"type({v}) is not {cls}"), f"{v} = {format_timestamp}({v}.nanos)"]


def _span(node: Span, v: str, maker: Maker) -> list[str]:
    lines = refusing(f"type({v}) is not {maker.name(Duration, 'Duration')}")
    if node.positional:
        return [*lines, f"{v} = [{v}.secs, {v}.nanos]"]
    return [*lines, f"{v} = {{'secs': {v}.secs, 'nanos': {v}.nanos}}"]


def _moment(node: Moment, v: str, maker: Maker) -> list[str]:
    otherwise = [f"{v} = {maker.name(_moments.moment_as_text(node.cls, node.write), 'as_text')}({v})"]
    if node.cls is not dt.datetime:
        return otherwise
    usual = is_usual_moment(v, maker)
    if maker.layout == "json":
        return [f"if not ({usual}):", *indented(otherwise)]
    dumps, zulu = maker.name(orjson.dumps, "dumps"), maker.name(_moments.ZULU, "ZULU")
    return [f"if {usual}:", f"    {v} = {dumps}({v}, None, {zulu}).decode()[1:-1]", "else:", *indented(otherwise)]


def is_usual_moment(v: str, maker: Maker) -> str:
    """Return the condition under which orjson writes a datetime as serde does."""
    cls, utc = maker.name(dt.datetime, "datetime"), maker.name(dt.UTC, "UTC")
    # Of whole milliseconds it would write six digits; and whole seconds are whole milliseconds, too.
    return f"type({v}) is {cls} and {v}.tzinfo is {utc} and {v}.microsecond % 1000"


def _choice(node: Choice, v: str, maker: Maker) -> list[str]:
    if node.cls is not None:
        return [f"{v} = {maker.name(by_identity(node, maker), 'WIRES')}[id({v})]"]
    table = text_table(node, reads=False)
    if table is None:
        by_class = {(type(value), value): wire for wire, value in node.pairs}
        return [f"{v} = {maker.name(by_class, 'WIRES')}[type({v}), {v}]"]
    return [*refusing(f"type({v}) is not str"), f"{v} = {maker.name(table, 'WIRES')}[{v}]"]


def by_identity(node: Choice, maker: Maker) -> dict[int, Any]:
    """Return what an enum's members are on the wire; hashing a member would run Python code."""
    maker.source.keep(node.pairs)
    return {id(member): wire for wire, member in node.pairs}


SCALARS: Final[Lines] = {
    Null: _null,
    Boolean: _boolean,
    Integer: _integer,
    Float: _float,
    Text: _text,
    Binary: _binary,
    Uuid: _uuid,
    Instant: _instant,
    Span: _span,
    Moment: _moment,
    Choice: _choice,
}
