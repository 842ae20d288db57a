"""
What is wrong with a document of which most has been read.

The hooks say what is wrong, but are slow where most is right.  So the engine
reads all that it can, also behind a fault, and hands over builtins in which
that stands as `Structured`: on the ways to the faults the hooks of a converter
that knows of these run as ever, and everywhere else they find that there is
nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._reference import structured
from .converter import WireConverter
from .errors import DecodeError


__all__ = ["Structured", "explainer"]


class Structured:
    """
    What the engine has read already, where a hook expects builtins.

    Args:
        value: The value, of the type that is to be read there.
    """

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class _Explaining(WireConverter):
    """A converter whose hooks have nothing to do where something has been read already."""

    def get_structure_hook(self, type: Any, cache_result: bool = True) -> Any:  # noqa: A002 - cattrs' signature
        """Return the hook that structures *type*, unless that has been done."""
        hook = super().get_structure_hook(type, cache_result)

        def structure(value: Any, tp: Any) -> Any:
            return value.value if value.__class__ is Structured else hook(value, tp)

        return structure


def _explaining(converter: WireConverter) -> WireConverter:
    """Return the copy of *converter* that knows of `Structured`; kept until something is registered."""
    found = converter.explaining
    if found is None:
        found = converter.explaining = _Explaining.from_state(converter.format, converter.state())
    return found


def explainer(converter: WireConverter, as_type: Any) -> Callable[[Any], DecodeError | None]:
    """
    Return the function from builtins, some of them `Structured`, to the error of reading them as *as_type*.

    It returns ``None`` if it finds nothing wrong, or cannot tell: then all of
    the document has to be looked at.

    Raises:
        FormatError: There is no way to read the type.
    """
    copy = _explaining(converter)
    hook: Callable[[Any, Any], Any] = copy.get_structure_hook(as_type)

    def explain(tree: Any) -> DecodeError | None:
        _, error = structured(tree, hook, copy, as_type)
        # These hooks need more of the stack than those of the reference.
        if error is None or any(issue.code == "too_deep" for issue in error.issues):
            return None
        return error

    return explain
