"""Checks that a form says, and those that only code knows: in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs

from symphony_types.checks import CheckBase, cut

from .. import nodes
from ..hashes import refuse_collisions
from ..kept import refuse_maxlen
from . import forms as f
from .narrowed import narrowed


__all__ = ["bounded", "words_of"]

_SCALARS: Final = (str, int)
# The parts of containers that no document shows.
_SILENT: Final[tuple[Any, ...]] = (refuse_collisions, refuse_maxlen)


def words_of(checks: Iterable[Any]) -> tuple[str, ...]:
    """Return functions and validators in words."""
    return tuple(map(_words, checks))


def _words(check: Any) -> str:
    owner = getattr(check, "__self__", check)
    if isinstance(owner, CheckBase):
        return cut(repr(owner))
    name = getattr(owner, "__qualname__", None) or getattr(owner, "__name__", None)
    if isinstance(name, str):
        return f"{name.rpartition('<locals>.')[2]} takes it"
    text = repr(owner)
    return f"{type(owner).__name__} takes it" if " at 0x" in text else cut(text)


def bounded(form: f.Form, node: nodes.Validated) -> f.Form:
    """Return *form* with what *node* checks: bounds where the form has them, words elsewhere."""
    said: dict[str, Any] = {}
    words: list[str] = []
    if node.minimum or node.maximum is not None:
        if isinstance(form, (f.Text, f.Bytes, f.Array, f.MapOf)):
            said["minimum"] = max(form.minimum, node.minimum)
            said["maximum"] = _least(form.maximum, node.maximum)
        else:
            words.append(f"a length from {node.minimum} to {'any' if node.maximum is None else node.maximum}")
    for check in node.checks:
        if any(check is silent for silent in _SILENT):
            continue
        longest = getattr(check, "keywords", {}).get("maxlen")  # of a deque
        if longest is not None and isinstance(form, f.Array):
            said["maximum"] = _least(form.maximum, longest)
            continue
        owner = getattr(check, "__self__", None)
        if isinstance(owner, CheckBase):
            form, is_whole = narrowed(attrs.evolve(form, **said), owner)
            said = {}
            if is_whole:
                continue
        words.extend(words_of((check,)))
    if node.options is not None:
        options = _plain_options(form, node.options)
        if options:
            return f.Enumeration(values=tuple(options), checks=(*form.checks, *words))
        words.append(f"one of {cut(repr(node.options))}")
    return attrs.evolve(form, **said, checks=(*form.checks, *words))


def _least(one: int | None, other: int | None) -> int | None:
    return one if other is None else other if one is None else min(one, other)


def _plain_options(form: f.Form, options: Any) -> list[Any]:
    """Return the options that a text or an integer may be; nothing if there are others, or they cannot be listed."""
    kind = str if isinstance(form, f.Text) and form.format is None else int if isinstance(form, f.Integer) else None
    if kind is None or not isinstance(options, (tuple, list, set, frozenset, range, dict)):
        return []
    listed = list(options)
    return sorted(listed) if all(type(option) is kind for option in listed) else []
