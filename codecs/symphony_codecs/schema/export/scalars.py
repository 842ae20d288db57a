"""The forms of what holds nothing else."""

from __future__ import annotations

import datetime as dt
import decimal
import ipaddress
import re

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, Final

from ...formats.base import Format
from .. import nodes
from . import forms as f


__all__ = ["OF_NODE", "uuid_form"]

_FLAGS: Final = {"a": re.ASCII, "i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
_UUID_SIZE: Final = 16
_TIMES: Final[Mapping[type, f.TextFormat]] = {dt.datetime: "datetime", dt.date: "date", dt.time: "time"}


def _integer(node: nodes.Integer, _: Format) -> f.Form:
    return f.Integer(minimum=node.minimum, maximum=node.maximum, wide=node.wide, octets=node.octets)


def _float(node: nodes.Float, form: Format) -> f.Form:
    has_bounds = node.minimum is not None
    return f.Float(minimum=node.minimum, maximum=node.maximum, finite=has_bounds or form.layout == "json")


def _text(node: nodes.Text, _: Format) -> f.Form:
    if node.options:
        return f.Enumeration(values=tuple(sorted(node.options)))
    match: Any = node.match
    anchors: Any = {"match": "start", "search": "search"}.get(getattr(match, "__name__", ""), "full")
    pattern = None if match is None else _with_flags(match.__self__)
    return f.Text(minimum=node.minimum, maximum=node.maximum, pattern=pattern, anchors=anchors)


def _with_flags(compiled: re.Pattern[str]) -> str:
    """Return the pattern with its flags inside."""
    missing = compiled.flags & ~re.compile(compiled.pattern).flags
    flags = "".join(letter for letter, flag in _FLAGS.items() if missing & flag)
    return f"(?{flags}){compiled.pattern}" if flags else compiled.pattern


def _binary(node: nodes.Binary | nodes.Buffer, _: Format) -> f.Form:
    return f.Bytes(base64=node.base64)


def uuid_form(*, is_text: bool) -> f.Form:
    """Return the form of a UUID: hyphenated text, or 16 bytes."""
    if is_text:
        return f.Text(format="uuid")
    return f.Bytes(minimum=_UUID_SIZE, maximum=_UUID_SIZE, type="uuid")


def _date_time(node: nodes.DateTime, _: Format) -> f.Form:
    return f.Text(format=_TIMES[node.cls])


def _from_text(node: nodes.FromText, _: Format) -> f.Form:
    cls = node.cls
    if issubclass(cls, PurePath):
        return f.Text(format="path")
    if cls is decimal.Decimal:
        return f.Text(format="decimal")
    return f.Text(format="ip", type=cls.__name__)


def _octets(node: nodes.Octets, _: Format) -> f.Form:
    octet = f.Integer(minimum=0, maximum=255)
    return f.TupleOf(items=(octet,) * node.size, checks=(f"the octets of {_article(node.cls)}",))


def _article(cls: type) -> str:
    return f"an {cls.__name__}" if cls.__module__ == ipaddress.__name__ else f"a {cls.__name__}"


def _flag(node: nodes.Flag, _: Format) -> f.Form:
    members: Mapping[str, Any] = node.cls.__members__  # type: ignore[attr-defined]
    bits = 0
    for member in members.values():
        bits |= member.value
    return f.Integer(minimum=0, maximum=bits, checks=(f"bits of {bits:#x}",))


OF_NODE: Final[Mapping[type, Callable[[Any, Format], f.Form]]] = {
    nodes.Anything: lambda *_: f.Untyped(),
    nodes.Null: lambda *_: f.Null(),
    nodes.Boolean: lambda *_: f.Boolean(),
    nodes.Integer: _integer,
    nodes.Float: _float,
    nodes.Text: _text,
    nodes.Binary: _binary,
    nodes.Buffer: _binary,
    nodes.Uuid: lambda node, _: uuid_form(is_text=node.text),
    nodes.Timestamp: lambda *_: f.Text(format="timestamp"),
    nodes.DateTime: _date_time,
    nodes.FromText: _from_text,
    nodes.Octets: _octets,
    nodes.Flag: _flag,
}
"""By the class of a node: from it and the format to its form."""
