"""Maps in the order of their keys, for documents that are signed or hashed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .._signals import raise_if_from_signal
from .base import Limits, TypedKey, bare_key


__all__ = ["by_code_point", "with_sorted_keys"]

SortKey = Callable[[Any, Limits], Any]

# No format writes anything deeper.
_DEEPEST: Final = 256


def by_code_point(key: Any, _limits: Limits) -> str:
    """Return what a key of text is sorted by: the code points themselves, not UTF-16."""
    return str.__str__(key)


def with_sorted_keys(value: object, sort_key: SortKey, limits: Limits) -> object:
    """
    Return builtins with the entries of all maps in order.

    A map with a key that the format does not write stays as it is, since
    writing names that key.

    Args:
        value: The builtins, which are not changed.
        sort_key: From a key to what it is sorted by.
        limits: Those of the codec.
    """
    known: dict[int, object] = {}
    texts: dict[str, Any] = {}

    def position(entry: tuple[Any, Any]) -> Any:
        key = bare_key(entry[0])
        if type(key) is not str:
            return sort_key(key, limits)
        found = texts.get(key)
        if found is None:
            found = texts[key] = sort_key(key, limits)
        return found

    def in_order(item: Any, levels: int) -> Any:
        is_map = isinstance(item, dict)
        if not (is_map or isinstance(item, (list, tuple))) or not item:
            return item
        if levels == 0 or id(item) in known:
            return known.get(id(item), item)
        known[id(item)] = item  # until it is done: what holds itself is refused where it is written
        result: Any
        if is_map:
            entries = [
                (TypedKey(in_order(key.value, levels - 1)) if type(key) is TypedKey else key, each)
                for key, each in item.items()
            ]
            try:
                entries.sort(key=position)
            except Exception as exc:  # noqa: BLE001 - whatever is raised, writing says what is wrong with the key
                raise_if_from_signal(exc)
            result = {key: in_order(each, levels - 1) for key, each in entries}
        else:
            result = [in_order(each, levels - 1) for each in item]
        known[id(item)] = result
        return result

    return in_order(value, _DEEPEST)
