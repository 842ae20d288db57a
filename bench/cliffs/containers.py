"""The containers of leaves in a field: every container and every kind of key."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import uuid

from collections.abc import Callable, Iterator, Mapping, MutableMapping, MutableSequence, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, Literal, NewType, Optional

import attrs

from .leaves import LEAVES, Colour, Number, Word


__all__ = ["CONTAINERS", "Container"]

Key = NewType("Key", str)
# Items in each container.
_ITEMS: Final = 3


@attrs.frozen(kw_only=True)
class Container:
    """
    A container of leaves.

    Args:
        name: The name in tables.
        wrap: Returns the type of the container for a type of leaves.
        fill: Returns a container of leaves from an infinite iterator.
        hashes: Whether leaves must be hashable.
    """

    name: str
    wrap: Callable[[Any], Any]
    fill: Callable[[Iterator[Any]], Any]
    hashes: bool = False


def _in(origin: Any, *before: Any, after: tuple[Any, ...] = ()) -> Callable[[Any], Any]:
    """Return a function that applies the generic *origin* to a type and the given other arguments."""
    return lambda tp: origin[(*before, tp, *after)] if before or after else origin[tp]


def _nested(outer: Callable[[Any], Any], inner: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda tp: outer(inner(tp))


def _some(items: Iterator[Any], count: int = _ITEMS) -> list[Any]:
    return [next(items) for _ in range(count)]


def _by(name: str, key: Any, value: Callable[[int], Any] | None = None, **more: Any) -> Container:
    """Return a dict container with a kind of key."""
    make = value or LEAVES[name].value
    return Container(
        name=f"dict[{name}, T]",
        wrap=_in(dict, key),
        fill=lambda items: {make(number): item for number, item in enumerate(_some(items))},
        **more,
    )


def _named(items: Iterator[Any]) -> dict[str, Any]:
    return {f"key {number}": item for number, item in enumerate(_some(items))}


def _is_many(name: str, wrap: Callable[[Any], Any], make: Callable[[list[Any]], Any], **more: Any) -> Container:
    return Container(name=name, wrap=wrap, fill=lambda items: make(_some(items)), **more)


def _defaultdict(items: dict[str, Any]) -> Any:
    return collections.defaultdict(list, items)


_LIST: Final = _in(list)
_OPTIONAL: Final = _in(Optional)

CONTAINERS: Final = {
    container.name: container
    for container in (
        Container(name="T", wrap=lambda tp: tp, fill=next),
        Container(name="T | None", wrap=_OPTIONAL, fill=next),
        _is_many("list[T]", _LIST, list),
        _is_many("list[T | None]", _nested(_LIST, _OPTIONAL), lambda some: [None, *some[1:]]),
        _is_many("list[list[T]]", _nested(_LIST, _LIST), lambda some: [some, some[:1]]),
        _is_many("list[T], empty", _LIST, lambda _: []),
        Container(name="list[T], 100", wrap=_LIST, fill=lambda items: _some(items, 100)),
        _is_many("tuple[T, ...]", _in(tuple, after=(...,)), tuple),
        _is_many("tuple[T, T, T]", lambda tp: _in(tuple, tp, tp)(tp), tuple),
        _is_many("tuple[T, int]", _in(tuple, after=(int,)), lambda some: (some[0], 1)),
        _is_many("set[T]", _in(set), set, hashes=True),
        _is_many("frozenset[T]", _in(frozenset), frozenset, hashes=True),
        _is_many("Set[T]", _in(AbstractSet), frozenset, hashes=True),
        _is_many("deque[T]", _in(collections.deque), collections.deque),
        _is_many("Sequence[T]", _in(Sequence), list),
        _is_many("MutableSequence[T]", _in(MutableSequence), list),
        Container(name="dict[str, T]", wrap=_in(dict, str), fill=_named),
        Container(name="Mapping[str, T]", wrap=_in(Mapping, str), fill=_named),
        Container(name="MutableMapping[str, T]", wrap=_in(MutableMapping, str), fill=_named),
        Container(
            name="OrderedDict[str, T]",
            wrap=_in(collections.OrderedDict, str),
            fill=lambda items: collections.OrderedDict(_named(items)),
        ),
        Container(
            name="defaultdict[str, T]",
            wrap=_in(collections.defaultdict, str),
            fill=lambda items: _defaultdict(_named(items)),
        ),
        _is_many(
            "Counter[T]",
            _in(collections.Counter),
            lambda some: collections.Counter(dict.fromkeys(some, 2)),
            hashes=True,
        ),
        _is_many("dict[T, int]", _in(dict, after=(int,)), lambda some: dict.fromkeys(some, 1), hashes=True),
        Container(
            name="dict[str, list[T]]", wrap=_nested(_in(dict, str), _LIST), fill=lambda items: {"key": _some(items)}
        ),
        _by("int", int),
        _by("int, 19 digits", int),
        _by("UUID", uuid.UUID),
        _by("date", dt.date),
        _by("datetime, Z", dt.datetime),
        _by("Decimal", decimal.Decimal),
        _by("bytes", bytes),
        _by("text, escapes", str),
        _by("text, non-ASCII", str),
        _by("Enum, str", Colour),
        _by("StrEnum", Word),
        _by("IntEnum", Number),
        _by("Literal, str", Literal["open", "closed", "lost"]),
        _by("NewType", Key, lambda number: f"key {number}"),
    )
}
