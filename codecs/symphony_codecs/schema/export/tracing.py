"""A builder that remembers which type each node is of, and which types the user has said the form of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .. import nodes
from ..annotations import behind
from ..build import Builder
from ..fields import WireField
from ..registry import Direction, Registry
from .forms import Fragment


__all__ = ["GivenNode", "TracingBuilder"]


@attrs.frozen(eq=False)
class GivenNode(nodes.Node):
    """
    The form that the user gives for a type.

    Attributes:
        type: The type.
        fragment: The user's fragment.
    """

    type: Any
    fragment: Fragment


class TracingBuilder(Builder):
    """
    A builder of nodes for generated Python.

    Args:
        registry: The registry whose hooks and options count.
        direction: The direction whose hooks count.
        given: By type: another type that looks the same, or a `Fragment`.
    """

    def __init__(self, registry: Registry, direction: Direction, given: Mapping[Any, Any]) -> None:
        super().__init__(registry, direction, for_engine=False)
        self._given = given
        self._types: dict[int, list[Any]] = {}
        self._kept: list[nodes.Node] = []  # so that no other node gets the id of one

    def types_of(self, node: nodes.Node) -> list[Any]:
        """Return the types that *node* was made for: the innermost first, then names of it."""
        return self._types.get(id(node), [])

    def is_given(self, tp: Any) -> bool:
        """Return whether the user has said what *tp* looks like."""
        try:
            return tp in self._given
        except TypeError:  # an annotation that cannot be hashed
            return False

    def _is_usual(self) -> bool:
        # Nodes with what the user says in them are for this builder alone.
        return not self._given and super()._is_usual()

    def _make(self, tp: Any) -> nodes.Node:
        if self.is_given(tp):
            said = self._given[tp]
            return GivenNode(tp, said) if isinstance(said, Fragment) else self.node(said)
        node = super()._make(tp)
        self._types.setdefault(id(node), []).append(tp)
        self._kept.append(node)
        return node

    def field(self, field: WireField) -> nodes.Node:
        """Return the node of a field, whose hooks of its own do not count where the user has said its type's form."""
        given = next((tp for tp in (field.type, behind(field.type)) if self.is_given(tp)), None)
        if given is not None:
            field = field._replace(type=given, structure=None, unstructure=None)
        return super().field(field)
