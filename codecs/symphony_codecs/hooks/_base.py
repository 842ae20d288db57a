"""What the hook modules share: the resolving of child hooks, and the catching of their faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from symphony_types.traits.validatable import Issue, PathElement

from .._issues import MAX_ISSUES, FormatError, issues_of
from .._signals import raise_if_from_signal
from ..formats.base import CborTag


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = [
    "ForwardReference",
    "Hooks",
    "Shape",
    "StructureHook",
    "TagRefusedError",
    "UnstructureHook",
    "note",
    "recover",
    "untag",
]

StructureHook: TypeAlias = Callable[[Any, Any], Any]
UnstructureHook: TypeAlias = Callable[[Any], Any]
Hooks: TypeAlias = tuple[StructureHook, UnstructureHook]


class Shape:
    """
    The hooks for one kind of type.  A subclass is a namespace.
    """

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return the builtin types that *tp* may be on the wire, ``None`` if that is not known: unions need it."""
        return None

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the function from builtins to a value of *tp*."""
        raise TypeError(tp)  # pragma: no cover

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the function from a value of *tp* to builtins."""
        raise TypeError(tp)  # pragma: no cover


class ForwardReference:
    """The hook of a type whose hook is still being made: recursive types refer to it, by one of its methods."""

    __slots__ = ("hook",)

    def __init__(self) -> None:
        self.hook: Callable[..., Any] | None = None

    def structure(self, value: Any, tp: Any) -> Any:
        """Structure *value*."""
        assert self.hook is not None, "called while it is being made"
        return self.hook(value, tp)

    def unstructure(self, value: Any) -> Any:
        """Unstructure *value*."""
        assert self.hook is not None, "called while it is being made"
        return self.hook(value)


class TagRefusedError(FormatError):
    """A CBOR tag stands where an untyped value belongs: not to be tried again without it."""


def passing(hook: StructureHook, tp: Any, converter: WireConverter) -> StructureHook:
    """Return *hook*, which is to be called with *tp*; ours do not look at it, and a call less is less deep."""
    return hook if converter.is_own(tp) else lambda value, _: hook(value, tp)


def untag(value: Any) -> Any:
    """Return *value* without the CBOR tags before it."""
    while type(value) is CborTag:
        value = value.value
    return value


def note(exc: Exception, where: PathElement | None, issues: list[Issue]) -> None:
    """
    Note the issues of *exc*, which a hook raised for a child at *where*.

    Raises:
        RecursionError: *exc* is one.  Going on with the siblings would double
            the work at each of a thousand levels.
        FormatError: Enough has been noted: the siblings need not be looked at.
    """
    if isinstance(exc, RecursionError):
        raise exc
    if where is None:
        issues.extend(issues_of(exc))
        return
    issues.extend(issues_of(exc, where))
    if len(issues) >= MAX_ISSUES:
        raise FormatError(issues[:MAX_ISSUES])


def recover(
    exc: Exception, hook: StructureHook, value: Any, tp: Any, where: PathElement | None, issues: list[Issue]
) -> Any:
    """
    Deal with *exc*, which *hook* raised for *value*, a child at *where*.

    Rust ignores CBOR tags before typed values: a tagged value is tried again
    without its tags, here, so that no hook has to know of tags.  If that does
    not help, the issues are noted and ``None`` is returned.
    """
    if type(value) is CborTag and not isinstance(exc, TagRefusedError):
        raise_if_from_signal(exc)
        value = untag(value)
        try:
            return hook(value, tp)
        except Exception as again:  # noqa: BLE001 - a hook of the user's may raise anything
            exc = again
    note(exc, where, issues)
    return None
