"""
The validators of `attrs.validators` as parts of nodes.

Each function takes a node and a validator, and returns the node that reads
exactly the values of the first that pass the second, or ``None`` where no node
can say that: then the validator is called.
"""

from __future__ import annotations

import abc
import inspect
import math
import types

from collections.abc import Callable
from typing import Any, Final, TypeAlias, get_args

import attrs

from attrs import validators as v

from . import nodes
from .result_classes import classes_of


__all__ = ["ATTRS", "JOINS"]

Join: TypeAlias = Callable[[nodes.Node, Any], nodes.Node | None]

ATTRS: Final[dict[str, Any]] = {
    "and_": type(v.and_()),
    "deep_iterable": type(v.deep_iterable(v.is_callable())),
    "deep_mapping": type(v.deep_mapping(v.is_callable())),
    "in_": type(v.in_(())),
    "instance_of": type(v.instance_of(int)),
    "is_callable": type(v.is_callable()),
    "matches_re": type(v.matches_re("")),
    "max_len": type(v.max_len(0)),
    "min_len": type(v.min_len(0)),
    "not_": type(v.not_(v.is_callable())),
    "number": type(v.ge(0)),
    "optional": type(v.optional(v.is_callable())),
    "or_": type(v.or_(v.ge(0), v.ge(0))),
}
"""The classes of what the functions of `attrs.validators` return; ``number`` is that of `ge`, `gt`, `le` and `lt`."""

# Nodes whose values have a length that `len` says.
_SIZED: Final = (nodes.Binary, nodes.Dict, nodes.Sequence, nodes.Set, nodes.Tuple)
_OPPOSITE: Final = {">=": "<", ">": "<=", "<=": ">", "<": ">="}


def _around(join: Join) -> Join:
    """Return *join*, also for the nodes inside of those that stand around others."""

    def around(node: nodes.Node, validator: Any) -> nodes.Node | None:
        if type(node) is nodes.Validated:
            inner = around(node.inner, validator)
            return None if inner is None else attrs.evolve(node, inner=inner)
        own = join(node, validator)
        if own is not None or type(node) is not nodes.UnionByJsonType or node.other is not None:
            return own
        readers: dict[type, nodes.Node] = {}
        for kind, member in node.readers.items():
            reader = around(member, validator)
            if reader is None:
                return None
            readers[kind] = reader
        return attrs.evolve(node, readers=readers)

    return around


def _join(node: nodes.Node, validator: Any) -> nodes.Node | None:
    join = JOINS.get(type(validator))
    return None if join is None else join(node, validator)


def _and(node: nodes.Node, validator: Any) -> nodes.Node | None:
    held: nodes.Node | None = node
    for part in validator._validators:  # noqa: SLF001 - attrs offers no other way to read them
        held = None if held is None else _join(held, part)
    return held


def _or(node: nodes.Node, validator: Any) -> nodes.Node | None:
    # Nothing to be done where one of them takes all values.
    return node if any(_join(node, part) is node for part in validator.validators) else None


def _not(node: nodes.Node, validator: Any) -> nodes.Node | None:
    inner: Any = validator.validator
    caught: tuple[type, ...] = validator.exc_types
    if _never_passes(node, inner) and any(issubclass(TypeError, kind) for kind in caught):
        return node
    # An int is either below or not, and comparing it raises nothing.
    if type(node) is nodes.Integer and type(inner) is ATTRS["number"] and ValueError in caught:
        return _bounded(node, _OPPOSITE[inner.compare_op], inner.bound)
    return None


def _never_passes(node: nodes.Node, validator: Any) -> bool:
    """Return whether *validator* raises a `TypeError` for all values of *node*."""
    classes = classes_of(node)
    if not classes:
        return False
    if type(validator) is not ATTRS["is_callable"]:
        return False
    return not any("__call__" in vars(base) for cls in classes for base in cls.__mro__)


def _optional(node: nodes.Node, validator: Any) -> nodes.Node | None:
    if type(node) is not nodes.Optional:
        return _join(node, validator.validator)
    inner = _join(node.inner, validator.validator)
    return None if inner is None else node if inner is node.inner else nodes.Optional(inner)


def _number(node: nodes.Node, validator: Any) -> nodes.Node | None:
    return _bounded(node, validator.compare_op, validator.bound)


def _bounded(node: nodes.Node, compare: str, bound: Any) -> nodes.Node | None:
    if type(bound) not in (int, float) or bound != bound:  # noqa: PLR0124 - NaN
        return None
    if type(node) is nodes.Integer and not math.isinf(bound):
        # Of a bound between two ints the nearer one that is taken.
        low = math.ceil(bound) if compare == ">=" else math.floor(bound) + 1 if compare == ">" else None
        high = math.floor(bound) if compare == "<=" else math.ceil(bound) - 1 if compare == "<" else None
        return attrs.evolve(node, minimum=_most(max, node.minimum, low), maximum=_most(min, node.maximum, high))
    if type(node) is nodes.Float:
        least = _nearest(bound, math.inf, strict=compare == ">") if compare[0] == ">" else -math.inf
        greatest = _nearest(bound, -math.inf, strict=compare == "<") if compare[0] == "<" else math.inf
        if least is None or greatest is None:
            return None
        return nodes.Float(_most(max, node.minimum, least), _most(min, node.maximum, greatest))
    return None


def _most(choose: Callable[..., Any], one: Any, other: Any) -> Any:
    return one if other is None else other if one is None else choose(one, other)


def _nearest(bound: float, toward: float, *, strict: bool) -> float | None:
    """Return the first float from *bound* on, without it if *strict*; ``None`` if there is no such float."""
    try:
        number = float(bound)
    except OverflowError:
        return None
    for _ in range(2):  # an int of more than 53 bits may have become one on the wrong side
        is_there = (
            (number > bound or (number == bound and not strict))
            if toward > 0
            else (number < bound or (number == bound and not strict))
        )
        if is_there:
            return number
        number = math.nextafter(number, toward)
    return None if number == bound else number


def _max_len(node: nodes.Node, validator: Any) -> nodes.Node | None:
    return _sized(node, 0, validator.max_length)


def _min_len(node: nodes.Node, validator: Any) -> nodes.Node | None:
    return _sized(node, validator.min_length, None)


def _sized(node: nodes.Node, minimum: Any, maximum: Any) -> nodes.Node | None:
    if type(minimum) is not int or (maximum is not None and (type(maximum) is not int or maximum < 0)):
        return None
    if type(node) is nodes.Text:
        if not node.options:
            return attrs.evolve(node, minimum=max(node.minimum, minimum), maximum=_most(min, node.maximum, maximum))
        return _among(node, lambda text: len(text) >= minimum and (maximum is None or len(text) <= maximum))
    if isinstance(node, _SIZED):
        return nodes.Validated(node, minimum=max(minimum, 0), maximum=maximum)
    return None


def _among(node: nodes.Text, passes: Callable[[str], bool]) -> nodes.Text | None:
    """Return the node of those of the options that pass; nothing left is what a set without any would not say."""
    options = frozenset(filter(passes, node.options))
    return attrs.evolve(node, options=options) if options else None


def _matches_re(node: nodes.Node, validator: Any) -> nodes.Node | None:
    if type(node) is not nodes.Text or not isinstance(validator.pattern.pattern, str) or node.match is not None:
        return None
    return attrs.evolve(node, match=validator.match_func)


def _in(node: nodes.Node, validator: Any) -> nodes.Node | None:
    options = validator.options
    if type(options) is tuple:
        kinds = set(map(type, options))
        if type(node) is nodes.Text and kinds == {str} and not node.options:
            return attrs.evolve(node, options=frozenset(options))
        if type(node) is nodes.Text and kinds == {str}:
            return _among(node, frozenset(options).__contains__)
        if kinds in ({str}, {int}) and set(classes_of(node)) == kinds:
            options = frozenset(options)  # of which finding one takes no time
    return nodes.Validated(node, options=options)


def _instance_of(node: nodes.Node, validator: Any) -> nodes.Node | None:
    kinds, classes = _flat(validator.type), classes_of(node)
    if not classes or not all(map(_is_plain, kinds)):
        return None
    return node if all(issubclass(cls, kinds) for cls in classes) else None


def _is_plain(kind: Any) -> bool:
    """Return whether the class *kind*, asked about an instance, asks whether its class is a subclass."""
    checks = {abc.ABCMeta.__instancecheck__, type.__instancecheck__}
    return isinstance(kind, type) and type(kind).__instancecheck__ in checks


def _flat(kind: Any) -> tuple[Any, ...]:
    """Return the classes of what `isinstance` takes."""
    if isinstance(kind, tuple):
        return tuple(each for inner in kind for each in _flat(inner))
    return get_args(kind) if isinstance(kind, types.UnionType) else (kind,)


def _deep_iterable(node: nodes.Node, validator: Any) -> nodes.Node | None:
    if type(node) is not nodes.Sequence and type(node) is not nodes.Set:
        return None
    if not isinstance(inspect.unwrap(node.build), type):
        return None  # which may make something else of the items
    item = _join(node.item, validator.member_validator)
    if item is None:
        return None
    held = node if item is node.item else attrs.evolve(node, item=item)
    return held if validator.iterable_validator is None else _join(held, validator.iterable_validator)


def _deep_mapping(node: nodes.Node, validator: Any) -> nodes.Node | None:
    if type(node) is not nodes.Dict or node.build is not dict:
        return None
    if validator.key_validator is not None:
        key = nodes.Text() if node.key is None else node.key_node
        if key is None or _join(key, validator.key_validator) is not key:
            return None
    value = node.value if validator.value_validator is None else _join(node.value, validator.value_validator)
    if value is None:
        return None
    held = node if value is node.value else attrs.evolve(node, value=value)
    return held if validator.mapping_validator is None else _join(held, validator.mapping_validator)


_OF_ATTRS: Final[dict[type, Join]] = {
    ATTRS["and_"]: _and,
    ATTRS["deep_iterable"]: _deep_iterable,
    ATTRS["deep_mapping"]: _deep_mapping,
    ATTRS["in_"]: _in,
    ATTRS["instance_of"]: _instance_of,
    ATTRS["matches_re"]: _matches_re,
    ATTRS["max_len"]: _max_len,
    ATTRS["min_len"]: _min_len,
    ATTRS["not_"]: _not,
    ATTRS["number"]: _number,
    ATTRS["optional"]: _optional,
    ATTRS["or_"]: _or,
}
JOINS: Final[dict[type, Join]] = {kind: _around(join) for kind, join in _OF_ATTRS.items()}
"""The functions by the class of the validator, to which `symphony_codecs.schema.validators` adds its own."""
