"""How arrays and maps are interpreted, in both directions."""

from __future__ import annotations

import itertools

from collections import abc
from collections.abc import Callable, Iterable
from typing import Any, Final

from symphony_types.traits.validatable import Issue

from .._issues import FormatError, describe_key, mismatch
from .._signals import raise_if_from_signal
from ..formats.base import CborTag, bare_key, path_element
from ..schema import nodes
from . import strict
from .explain import AT_START, Convert, Interpreter, Stop, Structured, TagRefusedError, note, untag


__all__ = ["NO_ARRAY", "ReadDict", "ReadItems", "Tuple", "WriteDict", "WriteSequence", "set_writer"]

NO_ARRAY: Final = (str, bytes, bytearray, memoryview)
"""Classes of sequences that are no array."""


class _Items(Interpreter):
    """A sequence or a set; its function fills ``items``."""

    def rest(self, values: Iterable[Any], stop: Stop) -> list[Any]:
        """Return what becomes of *values*; the function stopped at the first that is not among ``items``."""
        item_node, explainer = self.node.item, self.explainer
        is_partial = explainer.is_partial
        issues: list[Issue] = []
        items = list(stop.variables.get("items", ()))
        stopped = stop.exc if "items" in stop.variables else None
        for index, item in enumerate(itertools.islice(values, len(items), None), len(items)):
            if is_partial and type(item) is Structured:
                items.append(item.value)
            else:
                items.append(explainer.tried(item_node, item, index, issues, stopped))
            stopped = None
        if issues:
            raise FormatError(issues)
        return items


class ReadItems(_Items):
    """An array where it is read."""

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        """Return the sequence or set."""
        if type(value) is not list:
            raise mismatch("an array", value)
        node, items = self.node, self.rest(value, stop)
        if type(node) is nodes.Sequence:
            return items if node.build is list else node.build(items)
        try:
            return node.build(items)
        except TypeError as fault:
            raise_if_from_signal(fault)
            raise mismatch("hashable items", value) from None


class WriteSequence(_Items):
    """A sequence where it is written."""

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        """Return the array."""
        if not isinstance(value, self.node.accepted) or isinstance(value, NO_ARRAY):
            raise mismatch("a sequence", value)
        return self.rest(value, stop)


def set_writer(encoded: Convert) -> Callable[..., Any]:
    """Return what writes sets in a fixed order: that of their items' bytes, as *encoded* gives them, or their own."""

    class WriteSet(_Items):
        def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
            if not isinstance(value, abc.Set):
                raise mismatch("a set", value)
            ordered = self.node.ordered
            is_ordered = ordered is not None and all(type(member) is ordered for member in value)
            values: Any = sorted(value) if is_ordered else value
            items = self.rest(values, stop)
            if not is_ordered and len(items) > 1:
                items.sort(key=encoded)
            return items

    return WriteSet


class Tuple(Interpreter):
    """A tuple of fixed length; the parts of its function are its places."""

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        """Return the tuple, or the array that it is written as."""
        node, count = self.node, len(self.node.items)
        expected = f"{count - len(node.defaults)} to {count} items" if node.defaults else f"{count} items"
        if self.reads and type(value) is not list:
            raise mismatch(f"an array of {expected}", value)
        if not self.reads and not isinstance(value, tuple):
            raise mismatch("a tuple", value)
        missing = count - len(value)
        if not 0 <= missing <= len(node.defaults):
            kind = "an array" if self.reads else "a tuple"
            raise FormatError.of("wrong_arity", f"{kind} of {expected}", f"{len(value)} items")
        items: list[Any] = []
        issues: list[Issue] = []
        for index, (item, inner) in enumerate(zip(value, node.items, strict=False)):
            if index < stop.reached:
                items.append(stop.variables[f"v{index}"])
            else:
                items.append(self.explainer.tried(inner, item, index, issues, stop.at(index)))
        if issues:
            raise FormatError(issues)
        items.extend(node.defaults[len(node.defaults) - missing :])
        return node.build(items) if self.reads else items


class ReadDict(Interpreter):
    """A map where it is read; its function fills ``items``, then ``keys`` where they are not text."""

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        """Return the map."""
        if type(value) is not dict:
            raise mismatch("a map", value)
        node, explainer = self.node, self.explainer
        items, keys = stop.variables.get("items", ()), stop.variables.get("keys", ())
        place = len(items) if "items" in stop.variables else None
        new_keys: list[Any] = []
        new_items: list[Any] = []
        issues: list[Issue] = []
        for index, (each, item) in enumerate(value.items()):
            key = bare_key(each)
            if type(each) is Structured:
                key = new_key = each.value
                new_item = item.value
            else:
                new_key = keys[index] if index < len(keys) else self._key(key, issues)
                if index < len(items):
                    new_item = items[index]
                else:
                    stopped = stop.exc if index == place else None
                    new_item = explainer.tried(node.value, item, path_element(key), issues, stopped)
            try:
                hash(new_key)
            except TypeError as fault:
                raise_if_from_signal(fault)
                note(mismatch("a hashable key", key), path_element(key), issues)
            new_keys.append(new_key)
            new_items.append(new_item)
        if issues:
            raise FormatError(issues)
        if node.guard is not None:
            node.guard(new_keys)
        entries = dict(zip(new_keys, new_items, strict=True))
        if len(entries) != len(value):
            raise FormatError.of("duplicate_key", "each key once", "two keys of the same value")
        return entries if node.build is dict else node.build(entries)

    def _key(self, key: Any, issues: list[Issue]) -> Any:
        node = self.node
        if node.key is None:
            if type(key) is str:
                return key
            exc: Exception = mismatch("a string", key)
        else:
            try:
                return node.key(key, node.key_type)
            except Exception as fault:  # noqa: BLE001 - a hook of the user's may raise anything
                exc = fault
        if type(key) is CborTag and not isinstance(exc, TagRefusedError):
            return self._key(untag(key), issues)
        note(exc, path_element(key), issues)
        return None


class WriteDict(Interpreter):
    """A map where it is written, in its own order; its function fills ``items``."""

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        """Return the map."""
        if not isinstance(value, abc.Mapping):
            raise mismatch("a map", value)
        node, items = self.node, stop.variables.get("items", ())
        place = len(items) if "items" in stop.variables else None
        write_key = strict.unstructure_str if node.key is None else node.key
        entries: dict[Any, Any] = {}
        issues: list[Issue] = []
        for index, (key, item) in enumerate(value.items()):
            where = path_element(key)
            try:
                wire_key = write_key(key)
            except Exception as fault:  # noqa: BLE001 - a hook of the user's may raise anything
                note(fault, where, issues)
                continue
            if wire_key in entries:
                note(FormatError.of("duplicate_key", "each key once", describe_key(wire_key)), where, issues)
            if index < len(items):
                entries[wire_key] = items[index]
            else:
                stopped = stop.exc if index == place else None
                entries[wire_key] = self.explainer.tried(node.value, item, where, issues, stopped)
        if issues:
            raise FormatError(issues)
        return entries
