"""
The outline of a document that cannot be read: what its outermost containers hold, whatever is wrong elsewhere.

Nothing is checked: limits, texts, numbers and keys may be wrong, the end may be
missing, and what follows a fault that cannot be passed is left out.  Of what is
inside, a few levels and a few entries are kept; the rest costs its time alone.
"""

from __future__ import annotations

import json
import re

from collections.abc import Callable, Iterator
from typing import Any, Final

from symphony_types.traits.validatable import PathElement

from . import _cbor_scan, _msgpack_scan
from ._scan import ARRAY, MAP, NO_KEY, TAG, Scan
from .base import DEFAULT_LIMITS, FormatError


__all__ = ["outline_of"]

_LEVELS: Final = 3
_ITEMS: Final = 16
_PAIRS: Final = 256
# No item of a document is nested as deeply but to do harm.
_MAX_DEPTH: Final = 2**20
_MAX_STEPS: Final = 100_000  # some hundredths of a second, whatever a peer sends
_LAST_MEMBERS: Final = 32
_LONGEST: Final = 4096  # bytes of a text that is of interest
_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[{}\[\],]|[^\s"{}\[\],:]+', re.DOTALL)
_MEMBER: Final = re.compile(rb'"[^"\\]*"\s*:')
# Brackets, and everything between two of them.
_STRETCH: Final = re.compile(rb'[{\[]++|[}\]]++|(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"?+)++', re.DOTALL)
_INTEGER: Final = re.compile(rb"-?[0-9]{1,20}")
_WORDS: Final = {b"true": True, b"false": False}


class _Level:
    """A container that is kept."""

    __slots__ = ("items", "key", "left", "pairs")

    def __init__(self, kind: int, left: int | None) -> None:
        self.left = left
        self.key: object = NO_KEY
        self.items: list[object] = []
        self.pairs: dict[object, object] | None = {} if kind == MAP else None

    @property
    def is_full(self) -> bool:
        """Whether nothing more is kept of it."""
        return len(self.items) >= _ITEMS if self.pairs is None else len(self.pairs) >= _PAIRS

    @property
    def value(self) -> object:
        """The entries, as far as they are kept."""
        return self.items if self.pairs is None else self.pairs

    def add(self, value: object) -> None:
        """Take a value, or a key."""
        if self.pairs is None:
            if len(self.items) < _ITEMS:
                self.items.append(value)
        elif self.key is NO_KEY:
            self.key = value if type(value) is str else None
        else:
            if len(self.pairs) < _PAIRS:
                self.pairs[self.key] = value
            self.key = NO_KEY


class _Outline(Scan):
    """A scan that checks nothing and keeps little."""

    __slots__ = ("_inside", "_kept")

    def __init__(self, data: bytes) -> None:
        super().__init__(data, DEFAULT_LIMITS, unique=False)
        self._kept: list[_Level] = []
        # Of the containers inside those: how many items each still has, -1 for one that says its end.
        self._inside: list[int] = []

    def text(self, raw: bytes) -> str:
        return raw[:_LONGEST].decode(errors="replace")

    def byte_string(self, raw: bytes) -> bytes:
        return raw[:_LONGEST]

    def path(self) -> tuple[PathElement, ...]:
        return ()

    def open(self, kind: int, count: int | None, tag: int = 0) -> None:
        if kind == TAG:
            return  # the value stands for itself
        left = count if count is None or kind == ARRAY else 2 * count
        if len(self._kept) < _LEVELS:
            self._kept.append(_Level(kind, left))
        elif len(self._inside) < _MAX_DEPTH:
            self._inside.append(-1 if left is None else left)
        else:
            raise self.error("syntax", "fewer levels", "more")
        if left == 0:
            self.close()

    def is_open(self) -> bool:
        if self._inside:
            return self._inside[-1] < 0
        return bool(self._kept) and self._kept[-1].left is None

    def close(self) -> None:
        if self._inside:
            self._inside.pop()
            self.put(None)
        else:
            self.put(self._kept.pop().value)

    def put(self, value: object) -> None:
        inside = self._inside
        while inside:
            left = inside[-1]
            if left < 0:
                return
            inside[-1] = left - 1
            if left > 1:
                return
            inside.pop()
            value = None
        while self._kept:
            level = self._kept[-1]
            level.add(value)
            if level.left is None:
                return
            level.left -= 1
            if level.left:
                return
            value = self._kept.pop().value
        self.root, self.done = value, True

    def next_entry(self) -> None:
        """Begin the next entry of a JSON object, whatever there was of the one before."""
        if self._kept:
            self._kept[-1].key = NO_KEY

    @property
    def keeps(self) -> bool:
        """Whether anything more is kept of the innermost container."""
        return not self._inside and not (self._kept and self._kept[-1].is_full)

    def abandon(self) -> object:
        """Return what there is, the containers that are open included."""
        self._inside.clear()
        while self._kept:
            level = self._kept.pop()
            level.left = None
            if not self._kept:
                return level.value
            self._kept[-1].add(level.value)
        return self.root


def outline_of(layout: str | None, data: bytes) -> object:
    """
    Return what can be told of a document: dicts by text, lists, and the scalars in them, with `None` for many.

    Args:
        layout: That of its format, see `Format`; ``None`` tells nothing.
        data: The document.
    """
    if layout == "json":
        return _outline_of_json(data)
    state = _Outline(data)
    if layout == "msgpack":
        _read_binary(state, _msgpack_scan.item, _msgpack_scan.end_of_unknown)
    elif layout == "cbor":
        _read_binary(state, _cbor_scan.item, _cbor_scan.end_of_unknown)
    return state.abandon()


def _read_binary(
    state: _Outline, item: Callable[[Any], None], end_of_unknown: Callable[[bytes, int], int | None]
) -> None:
    for _ in range(_MAX_STEPS):
        start = state.offset
        if state.done or start >= len(state.data):
            return
        try:
            item(state)
        except FormatError:
            # An item that nobody knows may still say where it ends.
            end = end_of_unknown(state.data, start)
            if end is None:
                return
            state.offset = end
            state.put(None)


def _outline_of_json(data: bytes) -> object:
    state = _Outline(data)
    is_long = _read_json(state)
    outline = state.abandon()
    if is_long and isinstance(outline, dict):
        outline = _end_of_json(data[-_LONGEST:]) | outline
    return outline


def _end_of_json(tail: bytes) -> dict[object, object]:
    """Return the last members of an object, as many of them as *tail*, where it ends, shows whole."""
    found: dict[object, object] = {}
    for start in reversed([match.start() for match in _MEMBER.finditer(tail)][-_LAST_MEMBERS:]):
        state = _Outline(b"{" + tail[start:])
        _read_json(state)
        # Those of an object inside end before the document does.
        if state.done and not state.data[state.offset :].strip() and isinstance(state.root, dict):
            found = state.root
    return found


def _read_json(state: _Outline) -> bool:
    """Read what is there; returns whether it is too long for that."""
    data = state.data
    steps = iter(range(_MAX_STEPS))
    for _ in steps:
        found = None if state.done else _TOKEN.search(data, state.offset)
        if found is None:
            return False
        token, state.offset = found[0], found.end()
        if token in (b"{", b"["):
            state.open(MAP if token == b"{" else ARRAY, None)
        elif token in (b"}", b"]"):
            if not state.is_open():
                return False
            state.close()
        elif token == b",":
            state.next_entry()
        else:
            state.put(_scalar(token))
        if not state.done and not state.keeps:
            state.offset = _end_of_container(data, state.offset, steps)
            state.close()
    return True


def _end_of_container(data: bytes, at: int, steps: Iterator[int]) -> int:
    """Return where the JSON container ends in which *at* is; how far one comes in *steps* if it does not."""
    depth = 1
    for _ in steps:
        found = _STRETCH.match(data, at)
        if found is None:
            return len(data)
        stretch, at = found[0], found.end()
        if stretch[0] in b"{[":
            depth += len(stretch)
        elif stretch[0] in b"}]":
            if len(stretch) >= depth:
                return found.start() + depth
            depth -= len(stretch)
    return at


def _scalar(token: bytes) -> object:
    if len(token) > _LONGEST:
        return None
    if token[:1] == b'"':
        try:
            return json.loads(token.decode(errors="replace"), strict=False)
        except ValueError:
            return None
    return int(token) if _INTEGER.fullmatch(token) else _WORDS.get(token)
