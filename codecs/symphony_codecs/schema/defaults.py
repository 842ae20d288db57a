"""Defaults that fields are left out for, as data where they are always the same."""

from __future__ import annotations

import dataclasses

from typing import Any, Final

import attrs

from symphony_types.checks import as_float, as_map, as_optional_float, as_optional_map, as_tuple

from . import nodes


__all__ = ["EMPTY", "constant_default"]

EMPTY: Final = (list, dict, set, frozenset, tuple)
"""Factories whose values are always the same."""

_FLOAT_INTS: Final = 2**53
_PURE: Final = (*(as_tuple, as_map, as_optional_map, as_float, as_optional_float), *(int, float, str, bool, *EMPTY))


def constant_default(cls: type, name: str, node: nodes.Node) -> nodes.Default:
    """
    Return the default of an attribute: a constant, or a factory of what is empty.

    Args:
        cls: An attrs class or a dataclass.
        name: The attribute.
        node: The node that writes it.

    Returns:
        ABSENT if the default is not always the same, or cannot be written.
    """
    default = _converted(cls, name)
    value = default.call() if isinstance(default, nodes.Factory) else getattr(default, "value", None)
    # Where equal values are written alike, it matters that this one can be written.
    is_sure = _writes(node.inner if isinstance(node, nodes.Optional) else node, value)
    if _is_empty(value):
        return nodes.Factory(type(value)) if is_sure else nodes.ABSENT
    return default if is_sure or type(value) not in (str, int, float, bytes) else nodes.ABSENT


def _writes(node: nodes.Node, value: Any) -> bool:
    """Return whether *node* writes *value*, empty or a scalar, for sure."""
    if _is_empty(value):
        return type(node) in (nodes.Sequence, nodes.Set, nodes.Dict)
    if isinstance(node, nodes.Text) and type(value) is str:
        is_found = (not node.options or value in node.options) and (node.match is None or bool(node.match(value)))
        return is_found and node.minimum <= len(value) and (node.maximum is None or len(value) <= node.maximum)
    if isinstance(node, nodes.Integer) and type(value) is int:
        return (node.minimum is None or value >= node.minimum) and (node.maximum is None or value <= node.maximum)
    if isinstance(node, nodes.Float):
        return type(value) is float or (type(value) is int and abs(value) < _FLOAT_INTS)
    return isinstance(node, nodes.Binary) and type(value) is bytes


def _is_empty(value: Any) -> bool:
    return type(value) in EMPTY and not value


def _raw(cls: Any, name: str) -> tuple[Any, Any, Any]:
    """Return the default, its factory and the converter of an attribute; NOTHING and None for what it lacks."""
    if attrs.has(cls):
        attribute = attrs.fields_dict(cls)[name]
        default: Any = attribute.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            return attrs.NOTHING, None if default.takes_self else default.factory, attribute.converter
        return default, None, attribute.converter
    field = cls.__dataclass_fields__[name]
    has_default = field.default is not dataclasses.MISSING
    has_factory = field.default_factory is not dataclasses.MISSING
    return field.default if has_default else attrs.NOTHING, field.default_factory if has_factory else None, None


def _converted(cls: type, name: str) -> nodes.Default:
    default, factory, converter = _raw(cls, name)
    if factory is not None:
        if not any(factory is empty for empty in EMPTY):
            return nodes.ABSENT
        default = factory()
    if default is attrs.NOTHING or not (converter is None or any(converter is pure for pure in _PURE)):
        return nodes.ABSENT
    if converter is not None:
        try:
            default = converter(default)
        except Exception:  # noqa: BLE001 - as the constructor will say
            return nodes.ABSENT
    if _is_empty(default):
        return nodes.Factory(type(default))
    return nodes.ABSENT if converter is not None and isinstance(default, (list, set, dict)) else nodes.Constant(default)
