"""The schema of a type, with what a walk over it has to know: the types of its nodes, and where it ends."""

from __future__ import annotations

import math

from collections.abc import Callable
from typing import Any

from .._issues import FormatError
from .._making import making
from ..codec import Codec
from ..schema import nodes
from ..schema.build import Builder
from ..schema.kinds import kind_of
from ..schema.typed_dicts import typed_dict_node
from ..schema.walk import children
from .source import GenerationError, reason_of


__all__ = ["Traced", "fields_of"]


class _Tracer(Builder):
    """A builder that remembers the type of each node."""

    def __init__(self, codec: Codec) -> None:
        super().__init__(codec.converter, "structure", for_engine=False)
        self.takes_foreign = False
        self.types: dict[int, tuple[nodes.Node, Any]] = {}

    def _make(self, tp: Any) -> nodes.Node:
        is_typed_dict = kind_of(tp) == "typed_dict" and self.is_own(tp)
        node = typed_dict_node(tp, self) if is_typed_dict else super()._make(tp)
        # The node is kept, so that no other one gets its id.
        self.types.setdefault(id(node), (node, tp))
        return node


class Traced:
    """
    The schema for reading values of a type.

    Args:
        tp: The type.
        codec: The codec whose options and hooks count.

    Raises:
        GenerationError: The codec does not take the type.
    """

    def __init__(self, tp: Any, codec: Codec) -> None:
        builder = _Tracer(codec)
        try:
            with making():
                self.root = builder.node(tp)
            builder.faults.raise_if_any(tp)
        except FormatError as exc:
            raise GenerationError(reason_of(exc)) from exc
        self.table = builder.table
        self.is_own: Callable[[Any], bool] = builder.are_own
        self._types = builder.types
        self._recursive: dict[int, tuple[nodes.Node, bool]] = {}
        self._least: dict[nodes.Key, float] = dict.fromkeys(self.table, math.inf)
        while True:
            least = {key: self.depth(node) for key, node in self.table.items()}
            if least == self._least:
                break
            self._least = least

    def type_of(self, node: nodes.Node) -> Any:
        """Return the type that *node* reads; ``None`` where that is not known."""
        return self._types.get(id(node), (node, None))[1]

    def is_recursive(self, node: nodes.Node) -> bool:
        """Return whether *node* holds a type that holds itself."""
        known = self._recursive.get(id(node))
        if known is None:
            found = type(node) is nodes.Reference or any(map(self.is_recursive, children(node)))
            known = self._recursive[id(node)] = (node, found)
        return known[1]

    def depth(self, node: nodes.Node) -> float:
        """Return how many references there are, one inside of the other, in the least value; infinity: no end."""
        if isinstance(node, nodes.Reference):
            return 1 + self._least[node.key]
        if isinstance(node, (nodes.Struct, nodes.TypedDict)):
            return max((self.depth(field.node) for field in fields_of(node) if not field.optional), default=0)
        if isinstance(node, nodes.Validated):
            return self._depth_of_checked(node)
        if isinstance(node, nodes.Tuple):
            return max(map(self.depth, node.items), default=0)
        if isinstance(node, nodes.TaggedUnion):
            return min((0 if each.node is None else self.depth(each.node) for each in node.variants), default=0)
        if isinstance(node, nodes.TaggedValueNode):
            return min((0 if held is None else self.depth(held) for held in node.nodes.values()), default=0)
        if isinstance(node, (nodes.UnionByJsonType, nodes.UnionByLiteral, nodes.UntaggedUnion)):
            return min(map(self.depth, children(node)), default=0)
        if isinstance(node, nodes.Bare):
            return 0 if node.variant.node is None else self.depth(node.variant.node)
        return 0

    def _depth_of_checked(self, node: nodes.Validated) -> float:
        inner = node.inner
        if node.minimum and isinstance(inner, (nodes.Sequence, nodes.Set)):
            return self.depth(inner.item)
        if node.minimum and isinstance(inner, nodes.Dict):
            return self.depth(inner.value)
        return self.depth(inner)


def fields_of(node: nodes.Struct | nodes.TypedDict) -> tuple[nodes.Field, ...]:
    """Return the fields of a class that get values: those that its constructor takes, or that may be stored."""
    if isinstance(node, nodes.TypedDict):
        return node.fields
    return tuple(field for field in node.fields if field.is_passed or _is_free(node, field))


def _is_free(node: nodes.Struct, field: nodes.Field) -> bool:
    """Return whether a field that the constructor does not take may hold anything: no code computes it."""
    made = node.construction
    if made is None or field.store is None or made.before is not None or made.after is not None:
        return False
    default = next((each.default for each in made.attributes if each.name == field.name), nodes.ABSENT)
    return default is nodes.ABSENT or isinstance(default, nodes.Constant) or not default.takes_self
