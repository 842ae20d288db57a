"""Source that writes texts, numbers and the like."""

from __future__ import annotations

import datetime as dt
import uuid

from typing import Any, Final

from symphony_types import _rfc3339
from symphony_types.time import Duration, Timestamp

from ..schema import nodes
from . import datetimes, scalars
from ._maker import Lines, Maker, not_among_integers, not_among_texts, refusing, text_table
from ._source import indented
from .strict import unstructure_base64, unstructure_bytes, unstructure_float, unstructure_str


__all__ = ["SCALARS", "by_identity"]


def _integer(node: nodes.Integer, v: str, maker: Maker) -> list[str]:
    if node.is_octets:
        return [f"{v} = {maker.name(maker.explainer.own(node), 'as_octets')}({v})"]
    conditions = not_among_integers(node, v)
    # The wide ones and subclasses are rare enough to be left to the reference.
    if node.wide is not None:
        low, high = node.wide
        conditions.append(f"not {low} <= {v} <= {high}")
    return refusing(" or ".join(conditions))


def _float(_node: nodes.Float, v: str, maker: Maker) -> list[str]:
    return [f"if type({v}) is not float:", f"    {v} = {maker.name(unstructure_float, 'as_float')}({v})"]


def _text(node: nodes.Text, v: str, maker: Maker) -> list[str]:
    lines = [f"if type({v}) is not str:", f"    {v} = {maker.name(unstructure_str, 'as_text')}({v})"]
    conditions = not_among_texts(node, v, maker)
    return [*lines, *refusing(" or ".join(conditions))] if conditions else lines


def _binary(node: nodes.Binary, v: str, maker: Maker) -> list[str]:
    if node.base64:
        return [f"{v} = {maker.name(unstructure_base64, 'as_base64')}({v})"]
    return [f"if type({v}) is not bytes:", f"    {v} = {maker.name(unstructure_bytes, 'as_bytes')}({v})"]


def _uuid(node: nodes.Uuid, v: str, maker: Maker) -> list[str]:
    lines = refusing(f"type({v}) is not {maker.name(node.cls, node.cls.__name__)}")
    if node.cls is not uuid.UUID:
        as_text = f"{maker.name(scalars.text_of_id, 'text_of_id')}({v}.bytes)"
        return [*lines, f"{v} = {as_text if node.text else f'{v}.bytes'}"]
    if not node.text:
        return [*lines, f"{v} = {v}.bytes"]
    if maker.is_json:
        return lines
    return [*lines, f"{v} = {maker.name(scalars.uuid_as_text, 'uuid_as_text')}({v})"]


def _instant(_node: nodes.Timestamp, v: str, maker: Maker) -> list[str]:
    format_timestamp, cls = maker.name(_rfc3339.format_timestamp, "as_text"), maker.name(Timestamp, "Timestamp")
    return [*refusing(f"type({v}) is not {cls}"), f"{v} = {format_timestamp}({v}.nanos)"]


def _span(node: nodes.Duration, v: str, maker: Maker) -> list[str]:
    lines = refusing(f"type({v}) is not {maker.name(Duration, 'Duration')}")
    if node.positional:
        return [*lines, f"{v} = [{v}.secs, {v}.nanos]"]
    return [*lines, f"{v} = {{'secs': {v}.secs, 'nanos': {v}.nanos}}"]


def _moment(node: nodes.DateTime, v: str, maker: Maker) -> list[str]:
    otherwise = [f"{v} = {maker.name(datetimes.moment_as_text(node.cls, node.write), 'as_text')}({v})"]
    cls = maker.name(node.cls, node.cls.__name__)
    if maker.is_json:
        # orjson writes those as serde does; of whole milliseconds it writes six digits, of a time no zeros before them.
        usual = f"type({v}) is {cls}"
        if node.cls is dt.time:
            usual += f" and not {v}.microsecond and {v}.tzinfo is None"
        elif node.cls is dt.datetime:
            utc = maker.name(dt.UTC, "UTC")
            usual += f" and ({v}.microsecond % 1000 or not {v}.microsecond)"
            usual += f" and ({v}.tzinfo is {utc} or {v}.tzinfo is None)"
        return [f"if not ({usual}):", *indented(otherwise)]
    return otherwise


def _choice(node: nodes.Enum, v: str, maker: Maker) -> list[str]:
    if node.missing is not None:
        return [f"{v} = {maker.name(maker.explainer.own(node), 'choose')}({v})"]
    if node.cls is not None:
        return [f"{v} = {maker.name(by_identity(node, maker), 'WIRES')}[id({v})]"]
    table = text_table(node, reads=False)
    if table is None:
        by_class = {(type(value), value): wire for wire, value in node.pairs}
        return [f"{v} = {maker.name(by_class, 'WIRES')}[type({v}), {v}]"]
    return [*refusing(f"type({v}) is not str"), f"{v} = {maker.name(table, 'WIRES')}[{v}]"]


def by_identity(node: nodes.Enum, maker: Maker) -> dict[int, Any]:
    """Return what an enum's members are on the wire; hashing a member would run Python code."""
    maker.source.keep(node.pairs)
    return {id(member): wire for wire, member in node.pairs}


SCALARS: Final[Lines] = {
    nodes.Integer: _integer,
    nodes.Float: _float,
    nodes.Text: _text,
    nodes.Binary: _binary,
    nodes.Uuid: _uuid,
    nodes.Timestamp: _instant,
    nodes.Duration: _span,
    nodes.DateTime: _moment,
    nodes.Enum: _choice,
}
