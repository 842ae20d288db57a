"""The defaults of fields: as data, as values, and as what fields are left out for where it is always the same."""

from __future__ import annotations

import dataclasses

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import attrs

from symphony_types.checks import as_float, as_map, as_optional_float, as_optional_map, as_tuple

from . import nodes


__all__ = [
    "EMPTY",
    "AnyField",
    "constant_default",
    "converted",
    "default_for",
    "default_of",
    "settled_default",
    "storing",
]

AnyField: TypeAlias = "attrs.Attribute[Any] | dataclasses.Field[Any]"
"""What attrs and dataclasses know of a field."""

EMPTY: Final = (list, dict, set, frozenset, tuple)
"""Factories whose values are always the same."""

_FLOAT_INTS: Final = 2**53
_PURE: Final = (*(as_tuple, as_map, as_optional_map, as_float, as_optional_float), *(int, float, str, bool, *EMPTY))


def default_of(field: AnyField) -> nodes.Default:
    """Return the default of a field, before a converter sees it; ABSENT if it has none."""
    default: Any = field.default
    if default is attrs.NOTHING:
        return nodes.ABSENT
    if isinstance(field, dataclasses.Field):
        if field.default_factory is not dataclasses.MISSING:
            return nodes.Factory(field.default_factory)
        return nodes.ABSENT if default is dataclasses.MISSING else nodes.Constant(default)
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return nodes.Factory(default.factory, default.takes_self)
    return nodes.Constant(default)


def converted(field: AnyField, value: Any, instance: Any) -> Any:
    """Return what the field's converter, if it has one, makes of *value*."""
    converter: Any = getattr(field, "converter", None)
    if converter is None:
        return value
    if isinstance(converter, attrs.Converter):
        full: Any = converter
        return full(value, instance, field)
    return converter(value)


def storing(field: AnyField) -> Callable[[Any, Any], None]:
    """Return what stores a value as an assignment that attrs watches does: converted and validated, frozen or not."""
    name = field.name
    validator: Any = getattr(field, "validator", None)

    def store(instance: Any, value: Any) -> None:
        value = converted(field, value, instance)
        if validator is not None and not attrs.validators.get_disabled():
            validator(instance, field, value)
        object.__setattr__(instance, name, value)

    return store


def default_for(instance: Any, field: AnyField, default: nodes.Default) -> Any:
    """Return what the constructor sets without an argument; NOTHING if there is no default."""
    if isinstance(default, nodes.Constant):
        value = default.value
    elif isinstance(default, nodes.Factory):
        value = default.call(instance) if default.takes_self else default.call()
    else:
        return attrs.NOTHING
    return converted(field, value, instance)


def constant_default(field: AnyField, default: nodes.Default, node: nodes.Node) -> nodes.Default:
    """
    Return the default of a field as its converter leaves it: a constant, or a factory of what is empty.

    Args:
        field: The field.
        default: Its default.
        node: The node that writes it.

    Returns:
        ABSENT if the default is not always the same, or cannot be written.
    """
    default = settled_default(field, default)
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


def settled_default(field: AnyField, default: nodes.Default) -> nodes.Default:
    """Return the default of a field as its converter leaves it; ABSENT if it is not always the same."""
    converter: Any = getattr(field, "converter", None)
    if isinstance(default, nodes.Factory):
        is_known = not default.takes_self and any(default.call is empty for empty in EMPTY)
        value = default.call() if is_known else attrs.NOTHING
    else:
        value = getattr(default, "value", attrs.NOTHING)
    if value is attrs.NOTHING or not (converter is None or any(converter is pure for pure in _PURE)):
        return nodes.ABSENT
    if converter is not None:
        try:
            value = converter(value)
        except Exception:  # noqa: BLE001 - as the constructor will say
            return nodes.ABSENT
    if _is_empty(value):
        return nodes.Factory(type(value))
    return nodes.ABSENT if converter is not None and isinstance(value, (list, set, dict)) else nodes.Constant(value)
