"""How nodes are interpreted where they are written."""

from __future__ import annotations

from collections import abc
from typing import Any, Final

import attrs

from symphony_types._unset import UNSET
from symphony_types.traits.validatable import Issue

from .._issues import FormatError, mismatch
from ..formats.base import path_element
from ..schema import nodes
from . import strict
from .explain import BEFORE, Convert, Explainer, Interpreters, OptionalInterpreter, note
from .explain_reading import rest_of
from .explain_scalars import WRITERS as SCALARS
from .explain_write_unions import WRITERS as UNIONS


__all__ = ["NO_ARRAY", "is_conditional", "unset_by_default", "writers"]

NO_ARRAY: Final = (str, bytes, bytearray, memoryview)
"""Classes of sequences that are no array."""


class _Validated:
    def __init__(self, node: nodes.Validated, explainer: Explainer) -> None:
        self.node = node
        self.explainer = explainer

    def __call__(self, value: Any) -> Any:
        for check in self.node.checks:
            check(value)
        return self.explainer.run(self.node.inner, value)


class _Sequence:
    """An array; its function fills ``items``."""

    def __init__(self, node: nodes.Sequence, explainer: Explainer) -> None:
        self.node = node
        self.explainer = explainer

    def __call__(self, value: Any) -> Any:
        return self.resume(value, None, BEFORE, {})

    def resume(self, value: Any, exc: Exception | None, _reached: int, variables: dict[str, Any]) -> Any:
        if not isinstance(value, self.node.accepted) or isinstance(value, NO_ARRAY):
            raise mismatch("a sequence", value)
        issues: list[Issue] = []
        values: Any = value
        items = rest_of(self.explainer, exc, self.node.item, values, variables.get("items", ()), issues)
        if issues:
            raise FormatError(issues)
        return items


class _Set:
    """A set, written in a fixed order: that of its items' bytes, or their own."""

    def __init__(self, node: nodes.Set, explainer: Explainer, encoded: Convert) -> None:
        self.node = node
        self.explainer = explainer
        self.encoded = encoded

    def __call__(self, value: Any) -> Any:
        return self.resume(value, None, BEFORE, {})

    def resume(self, value: Any, exc: Exception | None, _reached: int, variables: dict[str, Any]) -> Any:
        if not isinstance(value, abc.Set):
            raise mismatch("a set", value)
        ordered = self.node.ordered
        is_ordered = ordered is not None and all(type(member) is ordered for member in value)
        issues: list[Issue] = []
        values: Any = sorted(value) if is_ordered else value
        items = rest_of(self.explainer, exc, self.node.item, values, variables.get("items", ()), issues)
        if issues:
            raise FormatError(issues)
        if not is_ordered and len(items) > 1:
            items.sort(key=self.encoded)
        return items


class _Tuple:
    """A tuple of fixed length; the parts of its function are its places."""

    def __init__(self, node: nodes.Tuple, explainer: Explainer) -> None:
        self.node = node
        self.explainer = explainer

    def __call__(self, value: Any) -> Any:
        return self.resume(value, None, BEFORE, {})

    def resume(self, value: Any, exc: Exception | None, reached: int, variables: dict[str, Any]) -> Any:
        node, explainer = self.node, self.explainer
        if not isinstance(value, tuple):
            raise mismatch("a tuple", value)
        if len(value) != len(node.items):
            raise FormatError.of("wrong_arity", f"a tuple of {len(node.items)} items", f"{len(value)} items")
        items: list[Any] = []
        issues: list[Issue] = []
        for index, (item, inner) in enumerate(zip(value, node.items, strict=True)):
            if index < reached:
                items.append(variables[f"v{index}"])
            elif index == reached and exc is not None:
                items.append(explainer.failed(exc, inner, item, index, issues))
            else:
                items.append(explainer.tried(inner, item, index, issues))
        if issues:
            raise FormatError(issues)
        return items


class _Dict:
    """A map, in its own order; its function fills ``items``, then ``keys`` where they are not text."""

    def __init__(self, node: nodes.Dict, explainer: Explainer) -> None:
        self.node = node
        self.explainer = explainer

    def __call__(self, value: Any) -> Any:
        return self.resume(value, None, BEFORE, {})

    def resume(self, value: Any, exc: Exception | None, _reached: int, variables: dict[str, Any]) -> Any:
        if not isinstance(value, abc.Mapping):
            raise mismatch("a map", value)
        node, explainer = self.node, self.explainer
        items = variables.get("items", ())
        write_key = strict.unstructure_str if node.key is None else node.key
        entries: dict[Any, Any] = {}
        issues: list[Issue] = []
        for index, (key, item) in enumerate(value.items()):
            where = path_element(key)
            stopped = exc if index == len(items) and "items" in variables else None
            try:
                wire_key = write_key(key)
            except Exception as fault:  # noqa: BLE001 - a hook of the user's may raise anything
                note(fault, where, issues)
                continue
            if wire_key in entries:
                note(FormatError.of("duplicate_key", "each key once", repr(wire_key)), where, issues)
            if index < len(items):
                entries[wire_key] = items[index]
            elif stopped is not None:
                entries[wire_key] = explainer.failed(stopped, node.value, item, where, issues)
            else:
                entries[wire_key] = explainer.tried(node.value, item, where, issues)
        if issues:
            raise FormatError(issues)
        return entries


def is_conditional(field: nodes.Field, cls: type) -> bool:
    """Return whether *field* may be left out of the map that an instance of *cls* is written as."""
    return field.omit_none or field.is_default is not None or field.name in unset_by_default(cls)


def unset_by_default(cls: type) -> frozenset[str]:
    """Return the fields whose default is `UNSET`, which may be left out."""
    if not attrs.has(cls):
        return frozenset()
    return frozenset(attribute.name for attribute in attrs.fields(cls) if attribute.default is UNSET)


class _Struct:
    """A class; the parts of its function are its fields."""

    def __init__(self, node: nodes.Struct, explainer: Explainer) -> None:
        self.node = node
        self.explainer = explainer
        self.conditional = [is_conditional(field, node.cls) for field in node.fields]

    def __call__(self, value: Any) -> Any:
        return self.resume(value, None, BEFORE, {})

    def resume(self, value: Any, exc: Exception | None, reached: int, variables: dict[str, Any]) -> Any:
        node = self.node
        if type(value) is not node.cls:
            raise not_exactly(node.cls, value)
        if node.unit is not nodes.ABSENT:
            return (dict(node.kept(value)) if node.kept is not None else None) or node.unit
        done = variables.get("result", {})
        result: dict[str, Any] = {}
        issues: list[Issue] = []
        for index, field in enumerate(node.fields):
            if index < reached:
                if node.positional or not self.conditional[index]:
                    result[field.key] = variables[f"v{index}"]
                elif field.key in done:
                    result[field.key] = done[field.key]
                continue
            try:
                item = getattr(value, field.name)
                if self._is_left_out(field, item, value):
                    continue
            except Exception as fault:  # noqa: BLE001 - a descriptor of the user's may raise anything
                note(fault, field.key, issues)
                continue
            if item is UNSET:
                result[field.key] = None
            elif index == reached and exc is not None:
                result[field.key] = self.explainer.failed(exc, field.node, item, field.key, issues)
            else:
                result[field.key] = self.explainer.tried(field.node, item, field.key, issues)
        if issues:
            raise FormatError(issues)
        if node.positional:
            return list(result.values())
        for key, item in () if node.kept is None else node.kept(value).items():
            result.setdefault(key, item)
        return result

    def _is_left_out(self, field: nodes.Field, item: Any, instance: Any) -> bool:
        if self.node.positional:
            return False
        if item is UNSET or (item is None and field.omit_none):
            return True
        return field.is_default is not None and field.is_default(item, instance)


def not_exactly(cls: type, value: object) -> FormatError:
    """Return the error for a value that is not exactly of *cls*."""
    if isinstance(value, cls):
        name = type(value).__name__
        message = f"expected exactly {cls.__name__}, got its subclass {name}, whose own fields would be lost"
        return FormatError.of("wrong_type", cls.__name__, name, message=message)
    return mismatch(f"a {cls.__name__}", value)


def writers(encoded: Convert) -> Interpreters:
    """Return the interpreters; *encoded* gives the bytes of builtins, to sort sets by."""
    return {
        **SCALARS,
        **UNIONS,
        nodes.Optional: OptionalInterpreter,
        nodes.Validated: _Validated,
        nodes.Sequence: _Sequence,
        nodes.Set: lambda node, explainer: _Set(node, explainer, encoded),
        nodes.Tuple: _Tuple,
        nodes.Dict: _Dict,
        nodes.Struct: _Struct,
    }
