"""The nodes of typed dicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Never, NoReturn, get_args, get_origin

import typing_extensions

from typing_extensions import NoExtraItems, is_typeddict

from ..options import UnknownFields
from . import nodes
from .annotations import bases_of, behind, hints_of, own_arguments, substitute
from .faults import field_step
from .hints import resolve


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["other_values", "required_keys", "rule_of_others", "typed_dict", "typed_dict_node"]


def typed_dict(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a typed dict; ``None`` for generated Python, which has a function for it."""
    return typed_dict_node(tp, builder) if builder.for_engine else None


def typed_dict_node(tp: Any, builder: Builder) -> nodes.TypedDict:
    """Build the node of a typed dict."""
    others, unknown = rule_of_others(tp, builder.registry.options.unknown_fields)
    hints = hints_of(tp)
    required = required_keys(tp, hints)
    return nodes.TypedDict(
        fields=tuple(
            nodes.Field(
                name=key, argument=key, key=key, node=builder.node(hint, field_step(key)), optional=key not in required
            )
            for key, hint in hints.items()
        ),
        unknown=unknown,
        other=None if others is None else builder.node(others, "{}"),
    )


def rule_of_others(tp: Any, unknown: UnknownFields) -> tuple[Any, UnknownFields]:
    """
    Return the type of the values under keys that the typed dict *tp* does not declare, and the rule for these keys.

    Args:
        tp: The typed dict.
        unknown: The codec's rule, which holds where *tp* has none.

    Returns:
        The type, ``None`` if such keys are not kept; and the rule.
    """
    others = other_values(tp)
    if others is NoExtraItems:
        return (Any if unknown == "keep" else None), unknown
    return (None, "forbid") if others is Never else (others, "keep")


def other_values(tp: Any) -> Any:
    """
    Return the type of the values under keys that the typed dict *tp* does not declare (PEP 728).

    Returns:
        ``Never`` where the class or a base is closed, ``NoExtraItems`` where
        neither the class nor a base has a rule.
    """
    cls = get_origin(tp) or tp
    extra = getattr(cls, "__extra_items__", NoExtraItems)
    if extra is not NoExtraItems:
        found = substitute(resolve(extra, cls.__module__, {}), own_arguments(tp))
        return Never if behind(found) in (Never, NoReturn) else found
    if getattr(cls, "__closed__", None):
        return Never
    bases = (base for base in bases_of(tp) if is_typeddict(get_origin(base) or base))
    return next((found for found in map(other_values, bases) if found is not NoExtraItems), NoExtraItems)


def required_keys(tp: Any, hints: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys that must be there; of annotations that are strings, the class itself knows only half."""

    def says(hint: Any) -> bool | None:
        while get_origin(hint) in (
            typing_extensions.Required,
            typing_extensions.NotRequired,
            typing_extensions.ReadOnly,
        ):
            if get_origin(hint) is not typing_extensions.ReadOnly:
                return get_origin(hint) is typing_extensions.Required
            (hint,) = get_args(hint)
        return None

    known = (get_origin(tp) or tp).__required_keys__
    return frozenset(key for key, hint in hints.items() if (key in known if says(hint) is None else says(hint)))
