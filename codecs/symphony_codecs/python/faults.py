"""
What is left of builtins that were refused: what the reference needs to say all that is wrong, and no more.

A container reads on where one of its items was refused, and is left as
builtins in which all that was read stands as `Structured`, so that the hooks
have only to follow the ways to the faults.  Whoever does not know of this
passes on what was left of something else than it was given, of which nobody
takes notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from .._explanation import Structured
from .._signals import raise_if_from_signal
from ._source import Refused


__all__ = ["LeftError", "left_array", "left_content", "left_map", "left_of", "left_record"]

Read: TypeAlias = Callable[[Any], Any]


class LeftError(Refused):
    """
    What is raised where something in a container was refused.

    Args:
        tree: What is left of it.
        of: The container, as it came.
    """

    def __init__(self, tree: Any, of: Any) -> None:
        super().__init__()
        self.tree = tree
        self.of = of


def left_of(exc: Exception, item: Any) -> Any:
    """Return what is left of *item*, which was refused by *exc*."""
    raise_if_from_signal(exc)
    if isinstance(exc, (RecursionError, MemoryError)):
        raise exc  # with siblings tried at each of a thousand levels there would be no end
    return exc.tree if type(exc) is LeftError and exc.of is item else item


def _tried(item: Any, read: Read) -> Any:
    try:
        return Structured(read(item))
    except Exception as exc:  # noqa: BLE001 - hooks of the user's may raise anything
        return left_of(exc, item)


def _tree_of(exc: Exception, value: Any, items: list[Any], read: Read) -> Iterator[Any]:
    """Yield what is left of each item of *value*: the one after *items* was refused by *exc*."""
    yield from map(Structured, items)
    rest = iter(value)
    for _ in items:
        next(rest)
    yield left_of(exc, next(rest))
    for item in rest:
        yield _tried(item, read)


def left_array(exc: Exception, value: list[Any], items: list[Any], read: Read) -> LeftError:
    """Return what to raise for an array of which *items* were read before one was refused by *exc*."""
    return LeftError([*_tree_of(exc, value, items, read)], value)


def left_map(exc: Exception, value: dict[str, Any], items: list[Any], read: Read) -> LeftError:
    """Return what to raise for a map of which *items* were read before one was refused by *exc*."""
    return LeftError(dict(zip(value, _tree_of(exc, value.values(), items, read), strict=True)), value)


def left_record(
    exc: Exception, value: Any, children: tuple[tuple[str, int, str, Read], ...], variables: Mapping[str, Any]
) -> Exception:
    """
    Return what to raise for a class, something in which was refused by *exc*.

    Args:
        exc: What was raised.
        value: The map or array.
        children: Its fields that hold more than a value: key, place,
            variable, and what reads them.
        variables: What has been read; other fields are quickly read again.
    """
    tree: Any
    raise_if_from_signal(exc)
    if isinstance(exc, (RecursionError, MemoryError)):
        return exc
    if type(value) is dict:
        tree = value.copy()
        places: Any = [(key, variable, read) for key, _, variable, read in children if key in value]
    elif type(value) is list:
        tree = value.copy()
        places = [(place, variable, read) for _, place, variable, read in children if place < len(value)]
    else:
        return exc
    for place, variable, read in places:
        item = value[place]
        now = variables.get(variable, item)
        if now is not item:
            tree[place] = Structured(now)
        elif type(exc) is LeftError and exc.of is item:
            tree[place] = exc.tree
        else:
            tree[place] = _tried(item, read)
    return LeftError(tree, value)


def left_content(left: LeftError, content: Any, value: Any, around: Callable[[Any], Any]) -> LeftError:
    """Return what to raise for *value*, whose *content* under a name is what *left* is of: *around* puts it back."""
    return LeftError(around(left.tree), value) if left.of is content else left
