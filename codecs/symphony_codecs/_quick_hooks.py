"""
Our hooks as users get them from a converter: run by the compiled engine where there is one.

A hook of the user's that only hands on to ``converter.get_structure_hook(T)``
then takes as long as the type does.  Whatever the engine refuses goes to the
hook itself, which says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from .schema import build_schema
from .schema.kinds import kind_of


if TYPE_CHECKING:
    from .converter import WireConverter
    from .schema.build import Direction


__all__ = ["is_quick", "quick"]

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
    from .engine import engine_hook  # which imports what imports the converter

    return engine_hook(direction, lambda: build_schema(tp, converter, direction), hook, converter.format.layout)


def is_quick(hook: Any) -> bool:
    """Return whether `quick` has made *hook*."""
    from .engine import ENGINE_HOOKS

    return isinstance(hook, ENGINE_HOOKS)
