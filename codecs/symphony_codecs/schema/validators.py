"""
Checks as parts of nodes: what a node says itself need not be called.

The checks of `symphony_types` are data, so that is possible: a range joins
the bounds of an integer, and that an id is an id is clear from where it
comes.  What cannot be joined is called after the node.
"""

from __future__ import annotations

import sys

from collections.abc import Callable
from typing import Any, TypeAlias

import attrs

from symphony_types.checks import Each, Either, FloatRange, InstanceOf, IntRange, MapOf, OneOf, is_check
from symphony_types.checks import Optional as OptionalCheck
from symphony_types.checks import Text as TextCheck

from . import nodes
from .attrs_validators import ATTRS, JOINS
from .hashes import may_collide, refuse_collisions
from .result_classes import classes_of


__all__ = ["Held", "hold", "joined", "with_check"]

Validator: TypeAlias = Callable[[Any, Any, Any], Any]


def with_check(node: nodes.Node, check: Any) -> nodes.Node:
    """Return *node*, held to *check*, which has a method ``check`` that raises."""
    own = joined(node, check)
    if own is not None:
        return own
    if type(node) is nodes.Validated:
        return attrs.evolve(node, checks=(*node.checks, *_calls(node.inner, check)))
    return nodes.Validated(node, _calls(node, check))


def _calls(node: nodes.Node, check: Any) -> tuple[Callable[[Any], Any], ...]:
    """Return what to call for *check*, which takes time that is linear in its items whatever their hashes."""
    if isinstance(check, Each) and check.unique and isinstance(node, nodes.Sequence) and may_collide(node.item):
        return refuse_collisions, check.check
    return (check.check,)


@attrs.frozen
class Held:
    """
    A node with the checks of a validator.

    Attributes:
        node: The node.
        made: The parts of the validator that the node makes itself; they look
            at the value alone.
        left: The parts that have to be called.
    """

    node: nodes.Node
    made: tuple[Validator, ...] = ()
    left: tuple[Validator, ...] = ()


def hold(node: nodes.Node, validator: Any) -> Held:
    """Return *node*, which is read, with the checks of *validator*, of attrs or of `symphony_types.checks`."""
    if validator is None:
        return Held(node)
    if type(validator) is ATTRS["and_"]:
        held = Held(node)
        parts: tuple[Validator, ...] = validator._validators  # noqa: SLF001 - attrs offers no other way to read them
        for part in parts:
            inner = hold(held.node, part)
            held = Held(inner.node, held.made + inner.made, held.left + inner.left)
        return held
    own = _read(node, validator)
    if own is not None:
        return Held(own, made=(validator,))
    if is_check(validator):
        # Without the instance and the attribute, which it does not need.
        return Held(with_check(node, validator), made=(validator,))
    return Held(node, left=(validator,))


def _read(node: nodes.Node, check: Any) -> nodes.Node | None:
    """Return a node that makes *check* when it is read, at least a part of it; ``None``: there is no such node."""
    if isinstance(check, OptionalCheck) and isinstance(node, nodes.Optional):
        inner = _read(node.inner, check.inner)
        return None if inner is None else nodes.Optional(inner)
    if isinstance(check, FloatRange) and node == nodes.Float():
        return nodes.Float(max(check.minimum, -sys.float_info.max), min(check.maximum, sys.float_info.max))
    if isinstance(check, Each) and isinstance(node, nodes.Sequence) and (check.maximum is not None or check.unique):
        items = _each(node, Each(check.item))
        if items is None:
            return None
        checks = _calls(items, Each(None, None, unique=True)) if check.unique else ()
        return nodes.Validated(items, checks, maximum=check.maximum)
    return joined(node, check)


def joined(node: nodes.Node, check: Any) -> nodes.Node | None:
    """Return a node that does what *node* and *check* do, or ``None`` if there is no such node."""
    join = JOINS.get(type(check))
    return None if join is None else join(node, check)


def _range(node: nodes.Node, check: IntRange) -> nodes.Node | None:
    if type(node) is not nodes.Integer:
        return None
    low = check.minimum if node.minimum is None else max(node.minimum, check.minimum)
    high = check.maximum if node.maximum is None else min(node.maximum, check.maximum)
    return attrs.evolve(node, minimum=low, maximum=high, checks=(*node.checks, check))


def _text(node: nodes.Node, check: TextCheck) -> nodes.Node | None:
    if type(node) is not nodes.Text:
        return None
    if node.options:
        options = frozenset(option for option in node.options if _passes(check, option))
        return nodes.Text(options=options, checks=(*node.checks, check)) if options else None
    pattern: Any = check._compiled  # noqa: SLF001 - the check's own, compiled once
    if pattern is not None and node.match is not None:
        return None
    highs = [high for high in (node.maximum, check.maximum) if high is not None]
    return attrs.evolve(
        node,
        minimum=max(node.minimum, check.minimum),
        maximum=min(highs) if highs else None,
        match=node.match if pattern is None else pattern.fullmatch,
        checks=(*node.checks, check),
    )


def _one_of(node: nodes.Node, check: OneOf) -> nodes.Node | None:
    if type(node) is not nodes.Text or node.match is not None or not all(type(o) is str for o in check.options):
        return None
    known = [option for option in check.options if isinstance(option, str)]
    bounds = TextCheck(node.minimum, node.maximum)
    options = frozenset(o for o in known if _passes(bounds, o) and (not node.options or o in node.options))
    # Nothing left is no option either, which an empty set would not say.
    return nodes.Text(options=options, checks=(*node.checks, check)) if options else None


def _passes(check: TextCheck, text: str) -> bool:
    try:
        check.check(text)
    except ValueError:
        return False
    return True


def _instance(node: nodes.Node, check: InstanceOf) -> nodes.Node | None:
    made = classes_of(node)
    return node if made and all(issubclass(cls, check.types) for cls in made) else None


def _optional(node: nodes.Node, check: OptionalCheck) -> nodes.Node | None:
    if type(node) is not nodes.Optional:
        return joined(node, check.inner)
    inner = joined(node.inner, check.inner)
    return None if inner is None else nodes.Optional(inner)


def _each(node: nodes.Node, check: Each) -> nodes.Node | None:
    if type(node) is not nodes.Sequence and type(node) is not nodes.Set:
        return None
    if check.maximum is not None or (check.unique and type(node) is not nodes.Set):
        return None
    item = node.item if check.item is None else joined(node.item, check.item)
    return None if item is None else attrs.evolve(node, item=item)


def _map_of(node: nodes.Node, check: MapOf) -> nodes.Node | None:
    if type(node) is not nodes.Dict or not _has_keys(node, check.key):
        return None
    value = node.value if check.value is None else joined(node.value, check.value)
    return None if value is None else attrs.evolve(node, value=value)


def _has_keys(node: nodes.Dict, check: Any) -> bool:
    """Return whether what reads the keys gives no others than *check* takes."""
    if node.key is None:
        return check is None or check == TextCheck()
    return check is None or (node.key_node is not None and joined(node.key_node, check) is node.key_node)


def _either(node: nodes.Node, check: Either) -> nodes.Node | None:
    if type(node) is nodes.Optional:
        # what takes None beside the others: they alone are asked of what is inside
        inner = joined(node.inner, check)
        return None if inner is None or not check.none else nodes.Optional(inner)
    if type(node) is not nodes.UnionByJsonType or node.other is not None:
        return None
    readers: dict[type, nodes.Node] = {}
    for kind, member in node.readers.items():
        found = next((own for option in check.options if (own := joined(member, option)) is not None), None)
        if found is None:
            return None
        readers[kind] = found
    return attrs.evolve(node, readers=readers)


JOINS.update(
    {
        IntRange: _range,
        TextCheck: _text,
        OneOf: _one_of,
        InstanceOf: _instance,
        OptionalCheck: _optional,
        Each: _each,
        MapOf: _map_of,
        Either: _either,
    }
)
