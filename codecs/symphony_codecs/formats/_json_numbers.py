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


class _State(threading.local):
    floats: Mapping[int, str] | None = None
    wanted: bool = False


_state = _State()


def begin(texts: Texts | None = None) -> tuple[Mapping[int, str] | None, bool]:
    """
    Begin to read a document, of which *texts* are known; a document inside another has its own.

    Returns:
        What `end` takes, whatever becomes of the document.
    """
    state = _state
    before = state.floats, state.wanted
    state.floats, state.wanted = None if texts is None else texts.floats, False
    return before


def end(before: tuple[Mapping[int, str] | None, bool]) -> bool:
    """End a document, and return whether texts were asked for that are not known."""
    state = _state
    wanted = state.wanted
    state.floats, state.wanted = before
    return wanted


def take_wanted() -> bool:
    """Return whether texts have been asked for that are not known, and forget it."""
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
