"""The nodes of arrays, sets, tuples and maps."""

from __future__ import annotations

import collections
import functools

from collections import abc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from symphony_types._tagged import TaggedValue

from . import nodes
from .annotations import arguments_of, hints_of
from .faults import REFUSED, field_step
from .hashes import guarded, may_collide, refuse_collisions
from .kept import ABSTRACT_SEQUENCES, factory_of, immutable, refuse_maxlen
from .keys import key_kinds, key_reader, key_writer, refuse_unhashable
from .kinds import is_namedtuple


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["a_set", "fixed", "mapped", "sequence"]

_SEQUENCES: Final[dict[Any, Callable[..., Any]]] = dict.fromkeys((*ABSTRACT_SEQUENCES, abc.MutableSequence), list)
_SETS: Final[dict[Any, Callable[..., Any]]] = {abc.Set: frozenset, abc.MutableSet: set}


@functools.wraps(collections.Counter, assigned=(), updated=())
def _counter(entries: dict[Any, int]) -> collections.Counter[Any]:
    # Its constructor first finds out what it was given, which takes longer than all else.
    counter = collections.Counter.__new__(collections.Counter)
    dict.update(counter, entries)
    return counter


_MAPPINGS: Final[dict[Any, Callable[..., Any]]] = {
    abc.Mapping: dict,
    abc.MutableMapping: dict,
    collections.Counter: _counter,
}


def _item_type(tp: Any, cls: Any) -> Any:
    # Of a class of one's own, such as `class Ids(list[int])`, what it says of its base.
    bases = (base for base in (list, collections.deque, set, frozenset) if issubclass(cls, base))
    args = arguments_of(tp, next(bases, cls))
    return args[0] if args else Any


def sequence(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a sequence of any length."""
    cls = get_origin(tp) or tp
    accepted: tuple[type, ...] = (abc.Sequence,)
    if cls in (list, tuple, collections.deque):
        accepted = (list, tuple, collections.deque)
    elif cls in ABSTRACT_SEQUENCES[1:]:
        accepted = (abc.Collection,)
    build: Any = _SEQUENCES.get(cls, cls)
    node = nodes.Sequence(builder.node(_item_type(tp, cls), "[]"), build, accepted)
    loses = not builder.reads and issubclass(cls, collections.deque)
    return nodes.Validated(node, (refuse_maxlen,)) if loses else node


_MAKE: Final = collections.namedtuple("_Sample", "item")._make.__func__.__code__  # type: ignore[attr-defined]  # noqa: PYI024 - of its kind


def a_set(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a set; the compiled engine does not know how tables are compared."""
    cls = get_origin(tp) or tp
    item = _item_type(tp, cls)
    if builder.for_engine and builder.format.top_level != "any":
        return None
    by_declaration = isinstance(item, type) and issubclass(item, TaggedValue)
    build: Any = _SETS.get(cls, cls)
    node = builder.node(immutable(item, builder.is_own) if builder.reads else item, "[]")
    if builder.reads and may_collide(node):
        build = guarded(build)
    return nodes.Set(node, build, item if by_declaration else None)


def fixed(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a tuple of fixed length, or a named tuple."""
    cls = get_origin(tp) or tp
    if not is_namedtuple(cls):
        return nodes.Tuple(tuple(builder.node(arg, f"[{place}]") for place, arg in enumerate(get_args(tp))))
    hints = hints_of(tp)
    # What the usual `_make` does but for counting the items, which have been counted.
    is_usual = getattr(cls._make, "__func__", cls._make).__code__ is _MAKE
    build = functools.partial(tuple.__new__, cls) if is_usual else cls._make
    types = [hints.get(name, Any) for name in cls._fields]
    if builder.reads:
        types = [immutable(each, builder.is_own) for each in types]
    items = tuple(builder.node(each, field_step(name)) for each, name in zip(types, cls._fields, strict=True))
    # Inside an untagged union a shorter array may be another member.
    defaults = tuple(cls._field_defaults.values()) if builder.reads and not builder.is_trying else ()
    return nodes.Tuple(items, build, defaults, cls._fields)


def _entry_types(tp: Any, cls: Any) -> tuple[Any, Any]:
    if issubclass(cls, collections.Counter):
        args = arguments_of(tp, collections.Counter)
        return (args[0] if args else Any), int
    # Of a class of one's own, such as `class Ages(dict[str, int])`, what it says of its base.
    args = arguments_of(tp, next((base for base in (dict, abc.Mapping) if issubclass(cls, base)), cls))
    return args if len(args) == 2 else (Any, Any)


def mapped(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a map."""
    cls = get_origin(tp) or tp
    key_type, value_type = _entry_types(tp, cls)
    value = builder.node(value_type, "{}")
    build: Any = _MAPPINGS.get(cls, cls)
    if issubclass(cls, collections.defaultdict):
        build = functools.partial(cls, factory_of(value_type))
    if key_type is str and builder.is_own(str):
        return nodes.Dict(None, str, value, build)
    key_type = immutable(key_type, builder.is_own)
    with builder.faults.at("{key}"):
        node = builder.node(key_type)
        if not builder.refuses(key_type):
            return _with_keys(key_type, node, value, build, builder)
    return REFUSED


def _with_keys(
    key_type: Any, node: nodes.Node, value: nodes.Node, build: Callable[..., Any], builder: Builder
) -> nodes.Node:
    """Build the node of a map whose keys are more than text."""
    key_node = node if isinstance(node, nodes.Uuid) else None
    if builder.are_own(key_type):
        refuse_unhashable(key_type, node)
    known = builder.node_in_python(key_type, node)
    kinds = key_kinds(key_type, known, builder)
    if builder.reads:
        guard = refuse_collisions if may_collide(node) else None
        read_key = key_reader(key_type, known, builder, kinds)
        return nodes.Dict(read_key, key_type, value, build, key_node, node, guard, key_kinds=kinds)
    write_key = key_writer(key_type, known, builder, kinds)
    return nodes.Dict(write_key, key_type, value, build, key_node, node, key_kinds=kinds)
