"""
Nodes whose values are likely to pass a validator, where no node can read exactly those that pass.

The validator itself checks the proposals.
"""

from __future__ import annotations

import datetime as dt
import decimal

from collections.abc import Callable
from typing import Any, Final

import attrs

from symphony_types.checks import Each, Either, MapOf
from symphony_types.checks import Optional as OptionalCheck
from symphony_types.time import Duration, Timestamp

from ..schema import nodes
from ..schema.attrs_validators import ATTRS
from ..schema.validators import hold, joined


__all__ = ["Bounded", "proposed"]

_MOST: Final = 16
_ORDERED: Final = (dt.date, dt.time, dt.timedelta, decimal.Decimal, Timestamp, Duration)


@attrs.frozen
class Bounded(nodes.Node):
    """
    A node of what has an order, such as dates, between two values.

    Attributes:
        inner: The node.
        low: The least value; ``None``: there is no bound.
        high: The greatest.
    """

    inner: nodes.Node
    low: Any = attrs.field(default=None, eq=False)
    high: Any = attrs.field(default=None, eq=False)


def proposed(node: nodes.Node, validator: Any) -> list[nodes.Node]:
    """Return nodes, at least one, of which each gives values that may well pass *validator*."""
    propose = _PROPOSALS.get(type(validator))
    own = joined(node, validator)
    if own is not None and propose is not _or:
        return [own]
    if isinstance(node, nodes.Optional) and propose not in (_and, _or, _optional):
        return [nodes.Optional(inner) for inner in proposed(node.inner, validator)]
    if isinstance(node, nodes.Validated) and propose not in (_and, _or):
        return [attrs.evolve(node, inner=inner) for inner in proposed(node.inner, validator)]
    if isinstance(node, nodes.UnionByJsonType) and propose not in (None, _and, _or):
        members = {id(member): member for member in node.readers.values()}
        return [inner for member in members.values() for inner in proposed(member, validator)][:_MOST]
    return [hold(node, validator).node] if propose is None else propose(node, validator)[:_MOST]


def _and(node: nodes.Node, validator: Any) -> list[nodes.Node]:
    found = [node]
    for part in validator._validators:  # noqa: SLF001 - attrs offers no other way to read them
        found = [each for inner in found for each in proposed(inner, part)][:_MOST]
    return found


def _or(node: nodes.Node, validator: Any) -> list[nodes.Node]:
    parts = validator.options if isinstance(validator, Either) else validator.validators
    return [each for part in parts for each in proposed(node, part)]


def _optional(node: nodes.Node, validator: Any) -> list[nodes.Node]:
    inner = validator.inner if isinstance(validator, OptionalCheck) else validator.validator
    if not isinstance(node, nodes.Optional):
        return proposed(node, inner)
    return [nodes.Optional(each) for each in proposed(node.inner, inner)]


def _number(node: nodes.Node, validator: Any) -> list[nodes.Node]:
    bound = validator.bound
    low, high = (node.low, node.high) if isinstance(node, Bounded) else (None, None)
    inner = node.inner if isinstance(node, Bounded) else node
    if not isinstance(inner, (nodes.DateTime, nodes.FromText, nodes.TimeDelta, nodes.Timestamp, nodes.Duration)):
        return [node]
    if isinstance(bound, (int, float)) and isinstance(inner, nodes.FromText):
        bound = decimal.Decimal(bound)
    if not isinstance(bound, _ORDERED):
        return [node]
    if validator.compare_op[0] == ">":
        return [Bounded(inner, bound if low is None else max(low, bound), high)]
    return [Bounded(inner, low, bound if high is None else min(high, bound))]


def _deep_iterable(node: nodes.Node, validator: Any) -> list[nodes.Node]:
    held: list[nodes.Node] = [node]
    if isinstance(node, (nodes.Sequence, nodes.Set)):
        held = [attrs.evolve(node, item=item) for item in proposed(node.item, validator.member_validator)]
    elif isinstance(node, nodes.Tuple):
        items = tuple(proposed(item, validator.member_validator)[0] for item in node.items)
        held = [attrs.evolve(node, items=items)]
    if validator.iterable_validator is None:
        return held
    return [each for inner in held for each in proposed(inner, validator.iterable_validator)]


def _deep_mapping(node: nodes.Node, validator: Any) -> list[nodes.Node]:
    if not isinstance(node, nodes.Dict):
        return [node]
    held = _entries(node, validator.key_validator, validator.value_validator)
    return [held] if validator.mapping_validator is None else proposed(held, validator.mapping_validator)


def _each(node: nodes.Node, check: Each) -> list[nodes.Node]:
    if isinstance(node, (nodes.Sequence, nodes.Set)) and check.item is not None:
        node = attrs.evolve(node, item=proposed(node.item, check.item)[0])
    return [nodes.Validated(node, (check.check,), maximum=check.maximum)]


def _map_of(node: nodes.Node, check: MapOf) -> list[nodes.Node]:
    return [_entries(node, check.key, check.value)] if isinstance(node, nodes.Dict) else [node]


def _entries(node: nodes.Dict, key_validator: Any, value_validator: Any) -> nodes.Dict:
    if key_validator is not None:
        key = proposed(node.key_node or node.wire_key or nodes.Text(), key_validator)[0]
        node = attrs.evolve(node, key_node=key)
    return node if value_validator is None else attrs.evolve(node, value=proposed(node.value, value_validator)[0])


_PROPOSALS: Final[dict[type, Callable[[Any, Any], list[nodes.Node]]]] = {
    ATTRS["and_"]: _and,
    ATTRS["deep_iterable"]: _deep_iterable,
    ATTRS["deep_mapping"]: _deep_mapping,
    ATTRS["number"]: _number,
    ATTRS["optional"]: _optional,
    ATTRS["or_"]: _or,
    Each: _each,
    Either: _or,
    MapOf: _map_of,
    OptionalCheck: _optional,
}
