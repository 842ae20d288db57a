"""
Untyped positions: ``Any``, ``object``, and `symphony_types.JsonValue`.

Reading gives the builtins of the format as they are; what only a binary
format can say (byte strings, integer keys) stays in ``Any`` and is refused in
a `JsonValue`.  Writing goes by the run-time class of each value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, get_args, get_origin

from symphony_types._json import JSON_VALUE
from symphony_types.traits.validatable import Issue, PathElement

from .._issues import FormatError, issues_of, mismatch, unsupported
from ..formats.base import Tagged, path_element
from ._base import Shape, StructureHook, TagRefusedError, UnstructureHook, note


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["AnyShape", "JsonValueShape"]

_PLAIN: Final[frozenset[type]] = frozenset({str, int, bool, float, type(None)})
_KEYS: Final = frozenset({str, int, bytes})


def _identity(value: Any, _: Any) -> Any:
    return value


def _checked(value: Any, keys: frozenset[type], scalars: frozenset[type], where: str) -> Any:
    """Return *value* if it holds nothing but *scalars*, lists, and maps with *keys*; no recursion, all faults."""
    issues: list[Issue] = []
    refused = False
    stack: list[tuple[Any, tuple[PathElement, ...]]] = [(value, ())]
    while stack:
        item, path = stack.pop()
        kind = type(item)
        if kind is dict:
            for key, child in item.items():
                if type(key) not in keys:
                    expected = "a string key" if keys == {str} else "a string, integer or bytes key"
                    issues.extend(issues_of(mismatch(expected, key), *path))
                elif type(child) not in scalars:
                    stack.append((child, (*path, path_element(key))))
        elif kind is list:
            stack.extend((child, (*path, i)) for i, child in enumerate(item) if type(child) not in scalars)
        elif kind is Tagged:
            refused = True
            issues.append(Issue(path, "wrong_type", where, f"CBOR tag {item.tag}"))
        elif kind not in scalars:
            issues.extend(issues_of(mismatch(where, item), *path))
    if issues:
        raise (TagRefusedError if refused else FormatError)(reversed(issues))
    return value


_ANY_SCALARS: Final = _PLAIN | {bytes}


def _structure_any(value: Any, _: Any) -> Any:
    return value if type(value) in _ANY_SCALARS else _checked(value, _KEYS, _ANY_SCALARS, "an untyped value")


_JSON_KEYS: Final = frozenset({str})


def _structure_json(value: Any, _: Any) -> Any:
    return value if type(value) in _PLAIN else _checked(value, _JSON_KEYS, _PLAIN, "a JSON value")


def untyped(converter: WireConverter) -> UnstructureHook:
    """Return the hook that writes any value by its run-time class."""
    text_keys = converter.format.text_keys
    tagged = converter.unions.tagged

    def unstructure_map(value: dict[Any, Any]) -> dict[Any, Any]:
        issues: list[Issue] = []
        result = {}
        for key, item in value.items():
            if type(key) is not str and (text_keys or type(key) not in _KEYS):
                expected = "a string key" if text_keys else "a string, integer or bytes key"
                issues.extend(issues_of(mismatch(f"{expected} where the map's type is not given", key)))
                continue
            kind = type(item)
            if kind in _PLAIN:
                result[key] = item
            else:
                try:
                    result[key] = unstructure(item)
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    note(exc, path_element(key), issues)
        if issues:
            raise FormatError(issues)
        return result

    def unstructure_list(value: Any) -> list[Any]:
        issues: list[Issue] = []
        result = []
        for index, item in enumerate(value):
            if type(item) in _PLAIN:
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
        if kind in _PLAIN:
            return value
        if kind is dict:
            return unstructure_map(value)
        if kind is list or kind is tuple:
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
        return converter.get_unstructure_hook(kind)(value)

    return unstructure


class AnyShape(Shape):
    """``Any`` and ``object``."""

    @staticmethod
    def matches(tp: Any) -> bool:
        """Match ``Any`` and ``object``."""
        return tp is Any or tp is object

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook that takes what the format can say."""
        return _structure_any if converter.format.is_binary else _identity

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that goes by the run-time class."""
        return untyped(converter)


class JsonValueShape(Shape):
    """`symphony_types.JsonValue`: serde_json's ``Value``, in every format."""

    @staticmethod
    def matches(tp: Any) -> bool:
        """Match an ``Annotated`` type that carries the marker."""
        return get_origin(tp) is Annotated and JSON_VALUE in get_args(tp)[1:]

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook that takes what JSON can say, and nothing else."""
        return _structure_json if converter.format.is_binary else _identity

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that writes by run-time class, then insists on JSON's types."""
        write = untyped(converter)

        def unstructure_json(value: Any) -> Any:
            return _structure_json(write(value), None)

        return unstructure_json
