"""
Sequences and sets: an array, each item by its own hook, all faults with their index.

Sets are written sorted by their encoded items, so that equal sets give equal
bytes; sets of a `symphony_types` enum in its declaration order.
"""

from __future__ import annotations

import collections

from collections import abc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast, get_args, get_origin

from symphony_types._tagged import TaggedValue
from symphony_types.traits.validatable import Issue

from .._issues import FormatError, mismatch
from .._signals import raise_if_from_signal
from ..schema.annotations import arguments_of, hints_of
from ._base import Shape, StructureHook, UnstructureHook, note, recover


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = [
    "SequenceShape",
    "SetShape",
    "TupleShape",
    "accepted_sequences",
    "item_type",
    "sequence_builder",
    "set_builder",
    "structure_items",
    "tuple_builder",
    "unstructure_items",
]

_SEQUENCES: Final[dict[Any, Callable[..., Any]]] = {
    list: list,
    abc.Sequence: list,
    abc.MutableSequence: list,
    abc.Collection: list,
    abc.Iterable: list,
    collections.deque: collections.deque,
}
_SETS: Final[dict[Any, Callable[..., Any]]] = {
    set: set,
    frozenset: frozenset,
    abc.Set: frozenset,
    abc.MutableSet: set,
}


def structure_items(value: Any, hook: StructureHook, tp: Any, expected: str = "an array") -> list[Any]:
    """Return the items of the array *value*, each through *hook*."""
    if type(value) is not list:
        raise mismatch(expected, value)
    items: list[Any] = []
    issues: list[Issue] = []
    append = items.append
    for index, item in enumerate(value):
        try:
            append(hook(item, tp))
        except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
            append(recover(exc, hook, item, tp, index, issues))
    if issues:
        raise FormatError(issues)
    return items


def unstructure_items(value: Any, hook: UnstructureHook) -> list[Any]:
    """Return what *hook* makes of each item of *value*."""
    items: list[Any] = []
    issues: list[Issue] = []
    append = items.append
    for index, item in enumerate(value):
        try:
            append(hook(item))
        except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
            note(exc, index, issues)
    if issues:
        raise FormatError(issues)
    return items


def item_type(tp: Any) -> Any:
    """Return the type of the items of the sequence or set *tp*."""
    origin = _origin(tp)
    # Of a class of one's own, such as `class Ids(list[int])`, what it says of its base.
    bases = (base for base in (list, collections.deque, set, frozenset) if issubclass(origin, base))
    args = arguments_of(tp, next(bases, origin))
    return args[0] if args else Any


def _origin(tp: Any) -> Any:
    return get_origin(tp) or tp


def sequence_builder(tp: Any) -> Callable[[list[Any]], Any]:
    """Return what makes the sequence *tp* of a list."""
    origin = _origin(tp)
    build: Any = tuple if origin is tuple else _SEQUENCES.get(origin, origin)
    return cast("Callable[[list[Any]], Any]", build)


def set_builder(tp: Any) -> Callable[[list[Any]], Any]:
    """Return what makes the set *tp* of a list."""
    origin = _origin(tp)
    build: Any = _SETS.get(origin, origin)
    return cast("Callable[[list[Any]], Any]", build)


def tuple_builder(tp: Any) -> Callable[[list[Any]], Any]:
    """Return what makes the tuple *tp*, which may be a named one, of a list."""
    origin = _origin(tp)
    build: Callable[[list[Any]], Any] = tuple if origin is tuple else origin._make
    return build


def accepted_sequences(tp: Any) -> tuple[type, ...]:
    """Return the classes whose instances are written as *tp*."""
    origin = _origin(tp)
    if origin in (list, tuple, collections.deque):
        return (list, tuple, collections.deque)
    return (abc.Collection,) if origin in (abc.Collection, abc.Iterable) else (abc.Sequence,)


def _is_namedtuple(tp: Any) -> bool:
    return isinstance(tp, type) and issubclass(tp, tuple) and hasattr(tp, "_fields")


class SequenceShape(Shape):
    """``list[T]``, ``Sequence[T]``, ``deque[T]``, ``tuple[T, ...]``, bare ``tuple``."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return array."""
        return frozenset((list,))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook that builds the sequence of its items."""
        item = item_type(tp)
        hook: StructureHook = converter.get_structure_hook(item)
        build = sequence_builder(tp)
        if build is list:
            return lambda value, _: structure_items(value, hook, item)
        return lambda value, _: build(structure_items(value, hook, item))

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that writes the items."""
        hook: UnstructureHook = converter.get_unstructure_hook(item_type(tp))
        accepted = accepted_sequences(tp)

        def unstructure_sequence(value: Any) -> list[Any]:
            if not isinstance(value, accepted) or isinstance(value, (str, bytes, bytearray, memoryview)):
                raise mismatch("a sequence", value)
            return unstructure_items(value, hook)

        return unstructure_sequence


class SetShape(Shape):
    """``set[T]``, ``frozenset[T]``, ``AbstractSet[T]``."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return array."""
        return frozenset((list,))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook that builds the set; duplicates are dropped silently, as serde does."""
        item = item_type(tp)
        hook: StructureHook = converter.get_structure_hook(item)
        build = set_builder(tp)

        def structure_set(value: Any, _: Any) -> Any:
            items = structure_items(value, hook, item)
            try:
                return build(items)
            except TypeError as exc:
                raise_if_from_signal(exc)
                raise mismatch("hashable items", value) from None

        return structure_set

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that writes the items in a fixed order."""
        item = item_type(tp)
        hook: UnstructureHook = converter.get_unstructure_hook(item)
        by_declaration = isinstance(item, type) and issubclass(item, TaggedValue)
        dumps, limits = converter.format.dumps, converter.options.limits

        # In a format whose documents are tables, a table of the item is what can be compared.
        is_table = converter.format.top_level == "table"

        def encoded(wire: Any) -> bytes:
            return dumps({"": wire} if is_table else wire, limits, False)

        def unstructure_set(value: Any) -> list[Any]:
            if not isinstance(value, abc.Set):
                raise mismatch("a set", value)
            if by_declaration and all(type(member) is item for member in value):
                return unstructure_items(sorted(value), hook)
            items = unstructure_items(value, hook)
            if len(items) > 1:
                items.sort(key=encoded)
            return items

        return unstructure_set


class TupleShape(Shape):
    """``tuple[A, B]``, ``tuple[()]`` and named tuples: an array of exactly that many items."""

    @staticmethod
    def types(tp: Any) -> tuple[Any, ...]:
        """Return the type of each place."""
        if _is_namedtuple(_origin(tp)):
            hints = hints_of(tp)
            return tuple(hints.get(name, Any) for name in _origin(tp)._fields)
        return get_args(tp)

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return array."""
        return frozenset((list,))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook that takes the right number of items."""
        types = TupleShape.types(tp)
        hooks: list[StructureHook] = [converter.get_structure_hook(t) for t in types]
        build = tuple_builder(tp)

        def structure_tuple(value: Any, _: Any) -> Any:
            if type(value) is not list:
                raise mismatch(f"an array of {len(types)} items", value)
            if len(value) != len(types):
                raise FormatError.of("wrong_arity", f"an array of {len(types)} items", f"{len(value)} items")
            items: list[Any] = []
            issues: list[Issue] = []
            for index, (item, hook, item_type) in enumerate(zip(value, hooks, types, strict=True)):
                try:
                    items.append(hook(item, item_type))
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    items.append(recover(exc, hook, item, item_type, index, issues))
            if issues:
                raise FormatError(issues)
            return build(items)

        return structure_tuple

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that writes the items."""
        hooks: list[UnstructureHook] = [converter.get_unstructure_hook(t) for t in TupleShape.types(tp)]

        def unstructure_tuple(value: Any) -> list[Any]:
            if not isinstance(value, tuple):
                raise mismatch("a tuple", value)
            if len(value) != len(hooks):
                raise FormatError.of("wrong_arity", f"a tuple of {len(hooks)} items", f"{len(value)} items")
            items: list[Any] = []
            issues: list[Issue] = []
            for index, (item, hook) in enumerate(zip(value, hooks, strict=True)):
                try:
                    items.append(hook(item))
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    note(exc, index, issues)
            if issues:
                raise FormatError(issues)
            return items

        return unstructure_tuple
