"""The forms of what holds nothing else."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import functools
import ipaddress
import operator
import re

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, Final

from ...formats.base import Format
from .. import nodes
from ..enums import has_own_missing
from . import forms as f
from .patterns import TEXTS
from .scalar_forms import TextFormat


__all__ = ["OF_NODE", "address_form", "uuid_form"]

_FLAGS: Final = {"a": re.ASCII, "i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
_MAX_DECIMAL: Final = 4300
_UUID_SIZE: Final = 16
_TIMES: Final[Mapping[type, TextFormat]] = {dt.datetime: "datetime", dt.date: "date", dt.time: "time"}


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
        return f.Text(format="uuid", pattern=TEXTS["uuid"])
    return f.Bytes(minimum=_UUID_SIZE, maximum=_UUID_SIZE, type="uuid")


def text_form(
    kind: TextFormat, cls: str | None = None, *, maximum: int | None = None, checks: tuple[str, ...] = ()
) -> f.Text:
    """Return the form of a text that stands for something: for a value of *cls*, where one kind has several."""
    return f.Text(format=kind, type=cls, pattern=TEXTS[cls or kind], maximum=maximum, checks=checks)


def _timestamp(_: nodes.Timestamp, __: Format) -> f.Form:
    return text_form("timestamp", checks=("a year from -262143 to 262142",))


def _date_time(node: nodes.DateTime, _: Format) -> f.Form:
    return text_form(_TIMES[node.cls])


def _from_text(node: nodes.FromText, _: Format) -> f.Form:
    cls = node.cls
    if issubclass(cls, PurePath):
        return text_form("path")
    if cls is decimal.Decimal:
        return text_form("decimal", maximum=_MAX_DECIMAL)
    return address_form(cls.__name__)


def address_form(name: str) -> f.Text:
    """Return the form of the text of an internet address; *name* is that of its class, or of both."""
    return text_form("ip", name, checks=("no bits beyond the prefix",) if "Network" in name else ())


def _octets(node: nodes.Octets, _: Format) -> f.Form:
    octet = f.Integer(minimum=0, maximum=255)
    return f.TupleOf(items=(octet,) * node.size, checks=(f"the octets of {_article(node.cls)}",))


def _article(cls: type) -> str:
    return f"an {cls.__name__}" if cls.__module__ == ipaddress.__name__ else f"a {cls.__name__}"


def _flag(node: nodes.Flag, _: Format) -> f.Form:
    cls: Any = node.cls
    if has_own_missing(cls):
        return f.Integer(checks=(f"{cls.__name__} knows the bits",))
    if cls._boundary_ is enum.KEEP:
        return f.Integer(minimum=0)
    bits = functools.reduce(operator.or_, (member.value for member in cls.__members__.values()), 0)
    has_gaps = bits & (bits + 1) != 0
    return f.Integer(minimum=0, maximum=bits, checks=(f"bits of {bits:#x}",) if has_gaps else ())


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
    nodes.Timestamp: _timestamp,
    nodes.DateTime: _date_time,
    nodes.FromText: _from_text,
    nodes.Octets: _octets,
    nodes.Flag: _flag,
}
"""By the class of a node: from it and the format to its form."""
