"""
Checks as parts of nodes: what a node says itself need not be called.

The checks of `symphony_types` are data, so that is possible: a range joins
the bounds of an integer, and that an id is an id is clear from where it
comes.  What cannot be joined is called after the node.
"""

from __future__ import annotations

import sys

from typing import Any

import attrs

from symphony_types.checks import Each, Either, FloatRange, InstanceOf, IntRange, MapOf, OneOf
from symphony_types.checks import Optional as OptionalCheck
from symphony_types.checks import Text as TextCheck
from symphony_types.time import Duration, Timestamp

from . import nodes


__all__ = ["held_to", "joined", "with_check"]


def with_check(node: nodes.Node, check: Any) -> nodes.Node:
    """Return *node*, held to *check*, which has a method ``check`` that raises."""
    own = joined(node, check)
    if own is not None:
        return own
    if type(node) is nodes.Validated:
        return attrs.evolve(node, checks=(*node.checks, check.check))
    return nodes.Validated(node, (check.check,))


def held_to(node: nodes.Node, check: Any) -> nodes.Node:
    """Return *node*, held to *check* when it is read; unlike `with_check`, not when it is written."""
    return _told(node, check) or with_check(node, check)


def _told(node: nodes.Node, check: Any) -> nodes.Node | None:
    """Return a node that says what *check* does to what is read, or at least about the parts of it."""
    if isinstance(check, OptionalCheck) and isinstance(node, nodes.Optional):
        inner = _told(node.inner, check.inner)
        return None if inner is None else nodes.Optional(inner)
    if isinstance(check, FloatRange) and node == nodes.Float():
        return nodes.Float(max(check.minimum, -sys.float_info.max), min(check.maximum, sys.float_info.max))
    if isinstance(check, Each) and isinstance(node, nodes.Sequence) and (check.maximum is not None or check.unique):
        items = _each(node, Each(check.item))
        return None if items is None else nodes.Validated(items, (Each(None, check.maximum, check.unique).check,))
    return None


def joined(node: nodes.Node, check: Any) -> nodes.Node | None:
    """Return a node that does what *node* and *check* do, or ``None`` if there is none."""
    join = _JOINS.get(type(check))
    return None if join is None else join(node, check)


def _range(node: nodes.Node, check: IntRange) -> nodes.Node | None:
    if type(node) is not nodes.Integer:
        return None
    low = check.minimum if node.minimum is None else max(node.minimum, check.minimum)
    high = check.maximum if node.maximum is None else min(node.maximum, check.maximum)
    return attrs.evolve(node, minimum=low, maximum=high)


def _text(node: nodes.Node, check: TextCheck) -> nodes.Node | None:
    if type(node) is not nodes.Text:
        return None
    if node.options:
        options = frozenset(option for option in node.options if _passes(check, option))
        return nodes.Text(options=options) if options else None
    pattern: Any = check._compiled  # noqa: SLF001 - the check's own, compiled once
    if pattern is not None and node.fullmatch is not None:
        return None
    highs = [high for high in (node.maximum, check.maximum) if high is not None]
    return attrs.evolve(
        node,
        minimum=max(node.minimum, check.minimum),
        maximum=min(highs) if highs else None,
        fullmatch=node.fullmatch if pattern is None else pattern.fullmatch,
    )


def _one_of(node: nodes.Node, check: OneOf) -> nodes.Node | None:
    if type(node) is not nodes.Text or node.fullmatch is not None or not all(type(o) is str for o in check.options):
        return None
    known = [option for option in check.options if isinstance(option, str)]
    bounds = TextCheck(node.minimum, node.maximum)
    options = frozenset(o for o in known if _passes(bounds, o) and (not node.options or o in node.options))
    # Nothing left is no option either, which an empty set would not say.
    return nodes.Text(options=options) if options else None


def _passes(check: TextCheck, text: str) -> bool:
    try:
        check.check(text)
    except ValueError:
        return False
    return True


def _instance(node: nodes.Node, check: InstanceOf) -> nodes.Node | None:
    made = _classes(node)
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


_JOINS: Any = {
    IntRange: _range,
    TextCheck: _text,
    OneOf: _one_of,
    InstanceOf: _instance,
    OptionalCheck: _optional,
    Each: _each,
    MapOf: _map_of,
    Either: _either,
}


_ONE_CLASS: dict[type[nodes.Node], type] = {
    nodes.Boolean: bool,
    nodes.Integer: int,
    nodes.Float: float,
    nodes.Text: str,
    nodes.Binary: bytes,
    nodes.Timestamp: Timestamp,
    nodes.Duration: Duration,
}


def _classes(node: nodes.Node) -> tuple[type, ...]:
    """Return the classes of what reading *node* makes, nothing if that is not known."""
    known = _ONE_CLASS.get(type(node))
    if known is not None:
        return (known,)
    if isinstance(node, (nodes.Uuid, nodes.Struct, nodes.TaggedValueNode, nodes.DateTime)):
        return (node.cls,)
    if isinstance(node, nodes.Enum):
        return (node.cls,) if node.cls is not None else tuple({type(value) for _, value in node.pairs})
    if isinstance(node, (nodes.Sequence, nodes.Set, nodes.Dict, nodes.Tuple)):
        return (node.build,) if isinstance(node.build, type) else ()
    if isinstance(node, nodes.TaggedUnion):
        return tuple(variant.cls for variant in node.variants)
    if isinstance(node, nodes.Validated):
        return _classes(node.inner)
    if isinstance(node, (nodes.UnionByLiteral, nodes.UnionByJsonType)):
        inside = [_classes(each) for each in node.readers.values()]
        is_known = all(inside) and not (isinstance(node, nodes.UnionByJsonType) and node.other is not None)
        return tuple({cls for classes in inside for cls in classes}) if is_known else ()
    return ()
