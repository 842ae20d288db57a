"""The nodes of typed dicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args, get_origin

import typing_extensions

from . import nodes
from .annotations import hints_of
from .faults import field_step


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["required_keys", "typed_dict"]


def typed_dict(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a typed dict; ``None`` for generated Python, which has a function for it."""
    if not builder.for_engine:
        return None
    hints = hints_of(tp)
    required = required_keys(tp, hints)
    return nodes.TypedDict(
        fields=tuple(
            nodes.Field(
                name=key, argument=key, key=key, node=builder.node(hint, field_step(key)), optional=key not in required
            )
            for key, hint in hints.items()
        ),
        unknown=builder.registry.options.unknown_fields,
        other=None if builder.reads else builder.node(Any),
    )


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
