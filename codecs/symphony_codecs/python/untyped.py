"""
Untyped values: ``Any``, ``object`` and `symphony_types.JsonValue`.

Reading gives the builtins of the format as they are; what only a binary
format can say (byte strings, integer keys) stays in ``Any`` and is refused in
a `JsonValue`.  Writing goes by the run-time class of each value; what is
plain is written as it is.
"""

from __future__ import annotations

import enum
import itertools

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from symphony_types.checks import describe
from symphony_types.traits.validatable import Issue, PathElement

from .._issues import MAX_ISSUES, FormatError, issues_of, mismatch, unsupported
from .._nested import FAILED_HOOKS, call_again
from ..formats.base import CborTag, EqualKey, bare_key, path_element
from ..schema import nodes
from ..schema.unions import tagged_classes
from ._source import Refused
from .explain import TagRefusedError, note


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["DEEPEST", "plain_writer", "structure_untyped", "untyped"]

_PLAIN: Final[frozenset[type]] = frozenset({str, int, bool, float, type(None)})

DEEPEST: Final = 16
"""How deep untyped values may lie; the reference sees to deeper ones."""

_CONTAINERS: Final = frozenset({dict, list, tuple})
_SCALARS: Final[frozenset[type]] = frozenset({str, int, bool, float, bytes, type(None)})
_KEYS: Final[frozenset[type]] = frozenset({str, int, bytes})
# Instances go on the wire as they do where they are values.
_KEY_CLASSES: Final = (str, int, bytes, enum.Enum)


def _checked(value: Any, keys: frozenset[type], scalars: frozenset[type], where: str) -> Any:
    """
    Return *value* if it holds nothing but *scalars*, lists, and maps with *keys*.

    It does not recurse, and holds nothing but the way down to where it stands.
    """
    issues: list[Issue] = []
    refused = False
    open_containers: list[Iterator[tuple[Any, Any]]] = []
    way: list[Any] = []
    pending: Iterator[tuple[Any, Any]] = iter(((None, value),))
    while len(issues) < MAX_ISSUES:
        for key, item in pending:
            kind = type(item)
            if kind in scalars or ((kind is dict or kind is list) and not item):
                continue
            if kind is dict or kind is list:
                open_containers.append(pending)
                way.append(key)
                pending = enumerate(item)
                if kind is dict:
                    pending = iter(item.items())
                    if not keys.issuperset(map(type, item)):
                        issues.extend(_wrong_keys(item, keys, _path(way)))
                        pending = iter([entry for entry in item.items() if type(entry[0]) in keys])
                break
            if kind is CborTag:
                refused = True
                issues.append(Issue(_path([*way, key]), "wrong_type", where, f"CBOR tag {item.tag}"))
            else:
                issues.extend(issues_of(mismatch(where, item), *_path([*way, key])))
            if len(issues) >= MAX_ISSUES:
                break
        else:
            if not open_containers:
                break
            pending = open_containers.pop()
            way.pop()
    if issues:
        raise (TagRefusedError if refused else FormatError)(issues)
    return value


def _path(way: list[Any]) -> tuple[PathElement, ...]:
    """Turn the way down, which starts with the root's own None, into an issue's path."""
    return tuple(map(path_element, way[1:]))


def _wrong_keys(item: dict[Any, Any], keys: frozenset[type], path: tuple[PathElement, ...]) -> list[Issue]:
    expected = "a string key" if keys == {str} else "a string, integer or bytes key"
    wrong = itertools.islice((key for key in item if type(key) not in keys), MAX_ISSUES)
    return [issue for key in wrong for issue in issues_of(_wrong_key(expected, key), *path)]


def _wrong_key(expected: str, key: Any) -> FormatError:
    if type(key) is not EqualKey:
        return mismatch(expected, bare_key(key))
    return FormatError.of(
        "duplicate_key", "keys that differ", f"{describe(key.value)} again", path=(path_element(key),)
    )


def structure_untyped(node: nodes.Anything) -> Callable[[Any], Any]:
    """Return the function that takes what *node* says: its scalars, lists, and maps with its keys."""
    scalars, keys = node.scalars, node.keys
    where = "an untyped value" if bytes in scalars else "a JSON value"
    return lambda value: value if type(value) in scalars else _checked(value, keys, scalars, where)


def untyped(converter: WireConverter) -> Callable[[Any], Any]:
    """Return the hook that writes any value by its run-time class."""
    text_keys = converter.format.text_keys
    tagged = tagged_classes(converter.unions)
    # Nothing is done to these, unless the user has a hook for one.
    plain = frozenset(kind for kind in _PLAIN if converter.writes_own(kind))
    maps, arrays = [frozenset(filter(converter.writes_own, kinds)) for kinds in ((dict,), (list, tuple))]
    snapshot = converter.snapshot()

    def unstructure_key(key: Any) -> Any:
        """Return what a key is on the wire; ``None``: it can be no key."""
        kind = type(key)
        wire = key
        if kind not in plain and kind is not bytes and isinstance(key, _KEY_CLASSES):
            wire = unstructure(key)
        return wire if type(wire) is str or (not text_keys and type(wire) in _KEYS) else None

    def unstructure_map(value: dict[Any, Any]) -> dict[Any, Any]:
        issues: list[Issue] = []
        result: dict[Any, Any] = {}
        are_texts = str in plain
        for key, item in value.items():
            if are_texts and type(key) is str and type(item) in plain:
                result[key] = item
                continue
            try:
                wire = key if are_texts and type(key) is str else unstructure_key(key)
                are_texts = are_texts and wire is key
                if wire is None:
                    expected = "a string key" if text_keys else "a string, integer or bytes key"
                    issues.extend(issues_of(mismatch(f"{expected} where the map's type is not given", key)))
                    if len(issues) >= MAX_ISSUES:
                        break
                    continue
                if wire in result:
                    note(FormatError.of("duplicate_key", "each key once", describe(wire)), path_element(key), issues)
                result[wire] = item if type(item) in plain else unstructure(item)
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                note(exc, path_element(key), issues)
        if issues:
            raise FormatError(issues)
        return result

    def unstructure_list(value: Any) -> list[Any]:
        issues: list[Issue] = []
        result = []
        for index, item in enumerate(value):
            if type(item) in plain:
                result.append(item)
            else:
                try:
                    result.append(unstructure(item))
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    note(exc, index, issues)
        if issues:
            raise FormatError(issues)
        return result

    def unstructure(value: Any) -> Any:
        kind = type(value)
        if kind in plain:
            return value
        if kind in maps:
            return unstructure_map(value)
        if kind in arrays:
            return unstructure_list(value)
        if kind in tagged:
            raise FormatError.of(
                "invalid_value",
                "a value whose type is given",
                kind.__name__,
                message=f"{kind.__name__} is a member of a union, whose tag only the type tells: pass as_type",
            )
        if kind is object:  # whose hook is this one
            raise unsupported(object, "it holds nothing")
        hook = snapshot.converter.get_unstructure_hook(kind)
        return call_again(hook, value) if FAILED_HOOKS else hook(value)

    return unstructure


def _is_plain(value: Any, scalars: frozenset[type], keys: frozenset[type]) -> bool:
    """Tell whether there is nothing in *value* but scalars, and containers down to `DEEPEST`."""
    if type(value) not in _CONTAINERS:
        return type(value) in scalars
    either = scalars | _CONTAINERS
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        below: dict[int, Any] = {}  # each once: a list may hold itself many times
        for container in level:
            items = container
            if type(container) is dict:
                if not keys.issuperset(map(type, container)):
                    return False
                items = container.values()
            if scalars.issuperset(map(type, items)):
                continue
            if not either.issuperset(map(type, items)):
                return False
            below.update((id(item), item) for item in items if type(item) in _CONTAINERS)
        if not below:
            return True
        level = list(below.values())
    return False


def plain_writer(scalars: frozenset[type], keys: frozenset[type], write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """
    Return what writes lists, maps and whatever is no scalar, for orjson, which takes tuples and writes at once.

    Args:
        scalars: Classes of leaves.
        keys: Classes of keys.
        write: The hook, which copies what is plain; what it makes is held to
            builtins that are not deep.
    """

    def write_plain(value: Any) -> Any:
        if _is_plain(value, scalars, keys):
            return value
        written = write(value)
        if _is_plain(written, _SCALARS, _KEYS):
            return written
        raise Refused

    return write_plain
