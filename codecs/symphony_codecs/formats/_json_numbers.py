"""
JSON's numbers by their text, for a `decimal.Decimal`: a float has lost digits of it.

Documents are read without these texts at first.  Where a number becomes a
Decimal, `text_of` notes that they are wanted, and the document is read once
more, by `json.loads_by_text`.
"""

from __future__ import annotations

import threading

from collections.abc import Mapping


__all__ = ["Beyond", "NoTextError", "Texts", "begin", "end", "take_wanted", "text_of"]


class NoTextError(Exception):
    """The text of a number is not known."""


class Beyond:
    """A number beyond the range of a float, of which there is the text alone."""

    __slots__ = ("is_taken", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_taken = False


class Texts:
    """
    The numbers of a document that was read by text.

    Attributes:
        floats: By the id of a float in its builtins: the text.
        beyond: All that are beyond a float's range.
    """

    __slots__ = ("beyond", "floats")

    def __init__(self) -> None:
        self.floats: dict[int, str] = {}
        self.beyond: list[Beyond] = []


class Reading:
    """
    A document while it is read.

    Attributes:
        floats: The texts of its floats by their ids; ``None``: they are not known.
        wanted: Whether one was asked for that is not known.
    """

    floats: Mapping[int, str] | None = None
    wanted: bool = False


# Of each thread: its document, if texts are asked for.  Attributes of a `threading.local` are slow, its dict is not.
_threads = threading.local()


def begin(texts: Texts | None = None) -> Reading | None:
    """
    Begin to read a document, of which *texts* are known; a document inside another has its own.

    Returns:
        The argument of `end`, which must be called even if the document fails.
    """
    state = _threads.__dict__
    before: Reading | None = state.pop("reading", None)
    if texts is not None:
        state["reading"] = reading = Reading()
        reading.floats = texts.floats
    return before


def end(before: Reading | None) -> bool:
    """End a document, and return whether texts were asked for that are not known."""
    state = _threads.__dict__
    reading: Reading | None = state.pop("reading", None)
    if before is not None:
        state["reading"] = before
    return reading is not None and reading.wanted


def take_wanted() -> bool:
    """Return whether texts have been asked for that are not known, and forget it."""
    reading = _reading()
    wanted, reading.wanted = reading.wanted, False
    return wanted


def _reading() -> Reading:
    """Return what is read in this thread; it is noted where a text is first asked for."""
    reading: Reading | None = _threads.__dict__.get("reading")
    if reading is None:
        reading = _threads.__dict__["reading"] = Reading()
    return reading


def text_of(number: float | Beyond) -> str:
    """
    Return the text of a number of the document being read.

    Raises:
        NoTextError: It is not known.
    """
    if isinstance(number, Beyond):
        number.is_taken = True
        return number.text
    reading = _reading()
    known = None if reading.floats is None else reading.floats.get(id(number))
    if known is None:
        reading.wanted = True
        raise NoTextError
    return known
