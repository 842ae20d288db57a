"""
JSON's numbers by their text, for a `decimal.Decimal`: a float has lost digits of it.

Documents are read without these texts at first.  Where a number becomes a
Decimal, `text_of` notes that they are wanted, and the document is read once
more, by `json.loads_by_text`.
"""

from __future__ import annotations

import threading

from collections.abc import Iterator, Mapping
from contextlib import contextmanager


__all__ = ["Beyond", "NoTextError", "Texts", "are_wanted", "reading", "take_wanted", "text_of"]


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


class _State(threading.local):
    floats: Mapping[int, str] | None = None
    wanted: bool = False


_state = _State()


@contextmanager
def reading(texts: Texts | None = None) -> Iterator[None]:
    """Read a document, of which *texts* are known; a document inside another has its own."""
    before = _state.floats, _state.wanted
    _state.floats, _state.wanted = None if texts is None else texts.floats, False
    try:
        yield
    finally:
        _state.floats, _state.wanted = before


def are_wanted() -> bool:
    """Return whether texts have been asked for that are not known, of the document being read."""
    return _state.wanted


def take_wanted() -> bool:
    """Return what `are_wanted` does, and forget it."""
    wanted, _state.wanted = _state.wanted, False
    return wanted


def text_of(number: float | Beyond) -> str:
    """
    Return the text of a number of the document being read.

    Raises:
        NoTextError: It is not known.
    """
    if isinstance(number, Beyond):
        number.is_taken = True
        return number.text
    known = None if _state.floats is None else _state.floats.get(id(number))
    if known is None:
        _state.wanted = True
        raise NoTextError
    return known
