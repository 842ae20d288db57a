"""
Our hooks as users get them from a converter: run by the compiled engine where there is one.

A hook of the user's that only hands on to ``converter.get_structure_hook(T)``
then takes as long as the type does.  Whatever the engine refuses goes to the
hook itself, which says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import attrs

from .python import unstructure_hook
from .schema import build_schema
from .schema.kinds import kind_of
from .schema.nodes import ABSENT, Schema, Struct


if TYPE_CHECKING:
    from .converter import WireConverter
    from .schema.registry import Direction


__all__ = ["is_quick", "quick", "quick_map"]

# Of others a call of the engine takes as long as the hook.
_KINDS: Final = frozenset(("mapping", "response", "sequence", "set", "struct", "tuple", "typed_dict", "union"))


def quick(converter: WireConverter, direction: Direction, tp: Any, hook: Callable[..., Any]) -> Any:
    """
    Return *hook*, ours for *tp*, run by the engine; *hook* itself where that gains nothing.

    What is returned keeps to the hooks that are registered when it is first
    called, or, before, when its method ``prepare`` is called.  Its attribute
    ``hook`` is *hook*.
    """
    if kind_of(tp) not in _KINDS:
        return hook
    from .executor import engine_hook  # which imports what imports the converter

    return engine_hook(direction, lambda: build_schema(tp, converter, direction), hook, _layout(converter))


def quick_map(converter: WireConverter, tp: Any) -> Any:
    """Return what `quick` does for writing the class *tp*, but always as a map."""
    hook = unstructure_hook(_as_map(build_schema(tp, converter, "unstructure", for_engine=False)), converter.encoded)
    from .executor import engine_hook

    def make_schema() -> Schema:
        return _as_map(build_schema(tp, converter, "unstructure"))

    return engine_hook("unstructure", make_schema, hook, _layout(converter))


def _layout(converter: WireConverter) -> str | None:
    """Return the layout that the engine writes sets by; ``None`` where it does not write."""
    return None if converter.options.sort_keys else converter.format.layout


def _as_map(schema: Schema) -> Schema:
    if not isinstance(schema.root, Struct):
        return schema
    return attrs.evolve(schema, root=attrs.evolve(schema.root, positional=False, unit=ABSENT))


def is_quick(hook: Any) -> bool:
    """Return whether `quick` has made *hook*."""
    from .executor import ENGINE_HOOKS

    return isinstance(hook, ENGINE_HOOKS)
