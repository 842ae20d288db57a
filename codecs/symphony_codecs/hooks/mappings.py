"""
Maps: an object or map, values by their hook, keys by theirs.

Where the format has text keys alone, a key is the text of its value: an
integer in decimal, an id hyphenated, whatever else is a string on the wire as
that string.  A key type that is none of these is refused.
"""

from __future__ import annotations

import collections
import functools
import re

from collections import abc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast, get_origin

from symphony_types.traits.validatable import Issue

from .._issues import FormatError, mismatch
from .._signals import raise_if_from_signal
from ..formats.base import path_element
from ..schema.annotations import arguments_of
from ._base import Shape, StructureHook, UnstructureHook, note, recover


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["MappingShape", "entry_types", "mapping_builder", "structure_key_hook", "unstructure_key_hook"]

_MAPPINGS: Final[dict[Any, Callable[..., Any]]] = {
    dict: dict,
    abc.Mapping: dict,
    abc.MutableMapping: dict,
    collections.OrderedDict: collections.OrderedDict,
    collections.Counter: collections.Counter,
}
_DECIMAL: Final = re.compile(r"0|-?[1-9][0-9]{0,4299}", re.ASCII)


def _origin(tp: Any) -> Any:
    return get_origin(tp) or tp


def entry_types(tp: Any) -> tuple[Any, Any]:
    """Return the types of the keys and the values of the map *tp*."""
    origin = _origin(tp)
    if issubclass(origin, collections.Counter):
        args = arguments_of(tp, collections.Counter)
        return (args[0] if args else Any), int
    # Of a class of one's own, such as `class Ages(dict[str, int])`, what it says of its base.
    args = arguments_of(tp, next((base for base in (dict, abc.Mapping) if issubclass(origin, base)), origin))
    return args if len(args) == 2 else (Any, Any)


def mapping_builder(tp: Any) -> Callable[[dict[Any, Any]], Any]:
    """Return what makes the map *tp* of a dict."""
    origin = _origin(tp)
    build: Any = _MAPPINGS.get(origin, origin)
    if issubclass(origin, collections.defaultdict):
        _, value_type = entry_types(tp)
        default = get_origin(value_type) or value_type
        build = functools.partial(origin, default if isinstance(default, type) and default is not Any else None)
    return cast("Callable[[dict[Any, Any]], Any]", build)


def structure_key_hook(tp: Any, converter: WireConverter) -> StructureHook:
    """Return the hook for map keys of type *tp*."""
    hook: StructureHook = converter.get_structure_hook(tp)
    if not converter.format.text_keys or tp is str or tp is Any:
        return hook

    def structure_key(key: Any, _: Any) -> Any:
        try:
            return hook(key, tp)
        except FormatError as exc:
            # `{"1": ...}` where keys are integers: the text is how JSON has to say it.
            if _DECIMAL.fullmatch(key) is None or all(issue.code != "wrong_type" for issue in exc.issues):
                raise
            try:
                return hook(int(key), tp)
            except FormatError:
                raise exc from None

    return structure_key


def unstructure_key_hook(tp: Any, converter: WireConverter) -> UnstructureHook:
    """Return the hook for map keys of type *tp*."""
    hook: UnstructureHook = converter.get_unstructure_hook(tp)
    text_keys = converter.format.text_keys
    if tp is str:
        return hook
    kinds = converter.kinds(tp) if text_keys else None
    is_ambiguous = kinds is not None and {int, str} <= kinds

    def unstructure_key(key: Any) -> Any:
        wire = hook(key)
        if type(wire) is str:
            return wire
        if type(wire) is int and text_keys and tp is not Any:
            if is_ambiguous:
                raise mismatch("a string, since a key of the type may be one, and all keys are text", key)
            return str(wire)
        if not text_keys and type(wire) in (int, bytes):
            return wire
        raise mismatch("a key that is a string on the wire" if text_keys else "a string, integer or bytes key", key)

    return unstructure_key


class MappingShape(Shape):
    """``dict[K, V]``, ``Mapping[K, V]``, ``defaultdict[K, V]``, ``OrderedDict``, ``Counter``."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return map."""
        return frozenset((dict,))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook that builds the map of its entries."""
        key_type, value_type = entry_types(tp)
        key_hook = structure_key_hook(key_type, converter)
        value_hook: StructureHook = converter.get_structure_hook(value_type)
        build = mapping_builder(tp)

        def structure_mapping(value: Any, _: Any) -> Any:
            if type(value) is not dict:
                raise mismatch("a map", value)
            entries: dict[Any, Any] = {}
            issues: list[Issue] = []
            for key, item in value.items():
                try:
                    new_key = key_hook(key, key_type)
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    new_key = recover(exc, key_hook, key, key_type, path_element(key), issues)
                try:
                    new_item = value_hook(item, value_type)
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    new_item = recover(exc, value_hook, item, value_type, path_element(key), issues)
                try:
                    entries[new_key] = new_item
                except TypeError as exc:
                    raise_if_from_signal(exc)
                    note(mismatch("a hashable key", key), path_element(key), issues)
            if not issues and len(entries) != len(value):
                raise FormatError.of("duplicate_key", "each key once", "two keys of the same value")
            if issues:
                raise FormatError(issues)
            return entries if build is dict else build(entries)

        return structure_mapping

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that writes the entries, in the map's order."""
        key_type, value_type = entry_types(tp)
        key_hook = unstructure_key_hook(key_type, converter)
        value_hook: UnstructureHook = converter.get_unstructure_hook(value_type)

        def unstructure_mapping(value: Any) -> dict[Any, Any]:
            if not isinstance(value, abc.Mapping):
                raise mismatch("a map", value)
            entries: dict[Any, Any] = {}
            issues: list[Issue] = []
            for key, item in value.items():
                try:
                    wire_key = key_hook(key)
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    note(exc, path_element(key), issues)
                    continue
                if wire_key in entries:
                    note(FormatError.of("duplicate_key", "each key once", repr(wire_key)), path_element(key), issues)
                try:
                    entries[wire_key] = value_hook(item)
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    note(exc, path_element(key), issues)
            if issues:
                raise FormatError(issues)
            return entries

        return unstructure_mapping
