"""The forms of what holds nothing else, and what all forms have."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import attrs


__all__ = [
    "Boolean",
    "Bytes",
    "Enumeration",
    "Float",
    "Form",
    "Integer",
    "Null",
    "Text",
    "TextFormat",
    "Untyped",
]

TextFormat: TypeAlias = Literal[
    "uuid", "timestamp", "datetime", "date", "time", "duration", "decimal", "path", "ip", "base64", "other"
]


@attrs.frozen(kw_only=True)
class Form:
    """
    The base of all forms.

    Attributes:
        checks: Rules that only code knows, in words; a document may have the form and still be refused.
    """

    checks: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Untyped(Form):
    """Any value that the format has."""


@attrs.frozen(kw_only=True)
class Null(Form):
    """Null."""


@attrs.frozen(kw_only=True)
class Boolean(Form):
    """True or false."""


@attrs.frozen(kw_only=True)
class Integer(Form):
    """
    An integer.

    Attributes:
        minimum: The least; ``None``: no bound.
        maximum: The greatest; ``None``: no bound.
        wide: The smallest and the greatest that are numbers; beyond them stands decimal text. ``None``: all are.
        octets: The smallest and the greatest that are 16 bytes, big-endian (`U128`, `I128` in MessagePack); ``None``:
            none are.
    """

    minimum: int | None = None
    maximum: int | None = None
    wide: tuple[int, int] | None = None
    octets: tuple[int, int] | None = None


@attrs.frozen(kw_only=True)
class Float(Form):
    """
    A float; reading takes integers, too.

    Attributes:
        minimum: The least; ``None``: no bound.
        maximum: The greatest; ``None``: no bound.
        finite: Whether NaN and the infinities are refused.
    """

    minimum: float | None = None
    maximum: float | None = None
    finite: bool = False


@attrs.frozen(kw_only=True)
class Text(Form):
    """
    A text.

    Attributes:
        minimum: The least number of characters.
        maximum: The greatest; ``None``: no bound.
        pattern: A regular expression of Python's `re`; ``None``: any text.
        anchors: How it has to match: ``full``, at the ``start``, or ``search`` anywhere.
        format: The meaning of the text; ``None``: plain text.
        type: The class's name, for the `format` ``other``.
    """

    minimum: int = 0
    maximum: int | None = None
    pattern: str | None = None
    anchors: Literal["full", "start", "search"] = "full"
    format: TextFormat | None = None
    type: str | None = None


@attrs.frozen(kw_only=True)
class Bytes(Form):
    """
    Bytes: in formats without them base64 text.

    Attributes:
        base64: Whether they are base64 text.
        minimum: The least number of bytes.
        maximum: The greatest; ``None``: no bound.
        type: The meaning of the bytes (``uuid``); ``None``: plain bytes.
    """

    base64: bool = False
    minimum: int = 0
    maximum: int | None = None
    type: str | None = None


@attrs.frozen(kw_only=True)
class Enumeration(Form):
    """
    One of some values.

    Attributes:
        name: The enum's name; ``None`` for a literal.
        values: The values on the wire, in order of declaration, those of aliases left out.
        names: The members' names, in the same order; empty for a literal.
        open: Whether other values of the same kind are taken, too.
        doc: The class's documentation.
    """

    values: tuple[Any, ...]
    name: str | None = None
    names: tuple[str, ...] = ()
    open: bool = False
    doc: str = ""
