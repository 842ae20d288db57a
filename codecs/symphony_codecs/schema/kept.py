"""
What containers are beside their items: tuples where there has to be a hash, factories and greatest lengths.

A document holds the items alone.  The rest comes from the type and from the
default of the field; a value that has it otherwise is not written.
"""

from __future__ import annotations

import collections
import functools

from collections import abc
from collections.abc import Callable
from typing import Annotated, Any, Final, Union, get_args, get_origin

import attrs

from .._issues import FormatError
from . import nodes
from .annotations import arguments_of, behind, class_of, is_union


__all__ = ["ABSTRACT_SEQUENCES", "factory_of", "immutable", "is_hashed_by_value", "like_default", "refuse_maxlen"]

ABSTRACT_SEQUENCES: Final = (abc.Sequence, abc.Collection, abc.Iterable)
"""What is read as a list, but as a tuple where that has to be hashed."""

_INSTANCES: Final[dict[Any, Callable[..., Any]]] = {
    **dict.fromkeys((*ABSTRACT_SEQUENCES, abc.MutableSequence), list),
    **dict.fromkeys((abc.Mapping, abc.MutableMapping), dict),
    abc.Set: frozenset,
    abc.MutableSet: set,
}


def is_hashed_by_value(cls: Any) -> bool:
    """Return whether instances of *cls* have a hash that is not that of where they lie."""
    own: Any = cls.__hash__ if isinstance(cls, type) else None
    return own is not None and own is not object.__hash__


def immutable(tp: Any, is_own: Callable[[Any], bool]) -> Any:
    """
    Return *tp* with tuples in the place of abstract sequences: what a class that is hashed by its fields holds.

    Args:
        tp: The type of a field, of keys, or of the items of a set.
        is_own: Whether the user has registered no hook for a type.
    """
    if not is_own(tp):
        return tp
    origin, args = get_origin(tp), get_args(tp)
    if tp in ABSTRACT_SEQUENCES or origin in ABSTRACT_SEQUENCES:
        return tuple[immutable(args[0], is_own) if args else Any, ...]  # type: ignore[misc]
    if origin is Annotated:
        inner = immutable(args[0], is_own)
        return tp if inner is args[0] else Annotated[(inner, *tp.__metadata__)]
    # A map that has a hash, such as `frozendict`, has that of what it holds.
    is_map = isinstance(origin, type) and issubclass(origin, abc.Mapping) and is_hashed_by_value(origin)
    if is_map or is_union(tp) or origin is tuple:
        new = tuple(arg if arg is Ellipsis else immutable(arg, is_own) for arg in args)
        if all(one is other for one, other in zip(new, args, strict=True)):
            return tp
        if is_map:
            made: Any = origin
            return made[new]
        return tuple[new] if origin is tuple else Union[new]  # type: ignore[valid-type]  # noqa: UP007 - of a tuple
    inner = behind(tp)
    if inner is tp:
        return tp
    new_inner = immutable(inner, is_own)
    return tp if new_inner is inner else new_inner


def factory_of(tp: Any) -> Callable[[], Any] | None:
    """Return the factory of a `defaultdict` whose values are a *tp*; ``None`` if nothing says what it makes."""
    tp = behind(tp)
    cls = get_origin(tp) or tp
    if not isinstance(cls, type) or cls is Any or is_union(tp):
        return None
    if issubclass(cls, collections.defaultdict):
        args = arguments_of(tp, collections.defaultdict)
        return functools.partial(cls, factory_of(args[1]) if len(args) == 2 else None)
    return _INSTANCES.get(cls, cls)


def refuse_maxlen(value: Any) -> None:
    """Refuse a `collections.deque` whose greatest length would be lost."""
    _check_maxlen(value, None)


def _check_maxlen(value: Any, maxlen: int | None) -> None:
    if isinstance(value, collections.deque) and value.maxlen != maxlen:
        expected = "a deque without maxlen" if maxlen is None else f"a deque with maxlen={maxlen}, as the default has"
        raise FormatError.of("invalid_value", expected, f"maxlen={value.maxlen}")


def _deque_of(cls: Any, maxlen: int, items: list[Any]) -> Any:
    if len(items) > maxlen:
        raise FormatError.of("too_large", f"at most {maxlen} items", f"{len(items)} items")
    return cls(items, maxlen)


def like_default(node: nodes.Node, tp: Any, of: Any, default: nodes.Default, *, reads: bool) -> nodes.Node:
    """
    Return *node*, of a field, with the greatest length that the default has, if that is a deque.

    Args:
        node: The node of the field's type.
        tp: That type, without a hook of the user's.
        of: The attribute or dataclass field: with a converter that makes deques, nothing is lost.
        default: The default.
        reads: Whether the node reads.
    """
    cls = class_of(tp)
    inner = node.inner if type(node) is nodes.Validated else node
    if not (isinstance(cls, type) and issubclass(cls, collections.deque) and type(inner) is nodes.Sequence):
        return node
    if getattr(of, "converter", None) is not None:
        return inner
    made = _made(default)
    maxlen = made.maxlen if isinstance(made, collections.deque) else None
    if maxlen is None:
        return node
    if reads:
        build = functools.partial(_deque_of, cls, maxlen)
        held = attrs.evolve(inner, build=build)
        return attrs.evolve(node, inner=held) if type(node) is nodes.Validated else held
    check = functools.partial(_check_maxlen, maxlen=maxlen)
    others = node.checks if type(node) is nodes.Validated else ()
    return nodes.Validated(inner, (*(each for each in others if each is not refuse_maxlen), check))


def _made(default: nodes.Default) -> Any:
    if isinstance(default, nodes.Factory):
        try:
            return None if default.takes_self else default.call()
        except Exception:  # noqa: BLE001 - a factory of the user's; it says so where it is needed
            return None
    return getattr(default, "value", None)
