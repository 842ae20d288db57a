"""
The builder: from a type, the options of a codec and the hooks registered on its converter to a schema.

Every kind of type has a `Shape` that makes its hooks, and here a function
that makes its node; they say the same.  A type that a node cannot be made
for becomes a `Hook`, whose making also raises whatever is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal

from ..formats.base import Format
from . import containers, nodes, scalars, structs, unions
from .annotations import unwrap
from .kinds import Kind, kind_of


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["Builder", "build_schema"]

Direction = Literal["structure", "unstructure"]

# A function that returns None says that the type has something which no node can say.
_MAKERS: Final[dict[Kind, Callable[[Any, Builder], nodes.Node | None]]] = {}


class Builder:
    """
    The making of one schema.

    Args:
        converter: Whose hooks and options count.
        direction: Which of the hooks.

    Attributes:
        format: The converter's format.
        reads: Whether the schema is for reading.
        table: The nodes of types that hold themselves.
        is_trying: Whether what is being planned stands inside an untagged
            union: another one in there would try each value many times.
    """

    def __init__(self, converter: WireConverter, direction: Direction) -> None:
        self.converter = converter
        self.direction = direction
        self.format: Format = converter.format
        self.reads = direction == "structure"
        self.table: dict[nodes.Key, nodes.Node] = {}
        self.is_trying = False
        self._made: dict[nodes.Key, nodes.Node] = {}
        self._being_made: set[nodes.Key] = set()
        self._referred_to: set[nodes.Key] = set()

    def node(self, tp: Any) -> nodes.Node:
        """Return the node of *tp*."""
        key = tp, self.is_trying
        try:
            known = self._made.get(key)
        except TypeError:  # an annotation that cannot be hashed
            return self.hook(tp)
        if known is not None:
            return known
        if key in self._being_made:
            self._referred_to.add(key)
            return nodes.Reference(key)
        self._being_made.add(key)
        try:
            node = self._make(tp)
        finally:
            self._being_made.discard(key)
        self._made[key] = node
        if key in self._referred_to:
            self.table[key] = node
        return node

    def _make(self, tp: Any) -> nodes.Node:
        if not self.is_own(tp):
            return self.hook(tp)
        kind = kind_of(tp)
        make = None if kind is None else _MAKERS.get(kind)
        return (None if make is None else make(tp, self)) or self.hook(tp)

    def hook(self, tp: Any) -> nodes.Hook:
        """Return the node that calls the hook of *tp*; raises if there is none."""
        get = self.converter.get_structure_hook if self.reads else self.converter.get_unstructure_hook
        return nodes.Hook(tp, get(tp))

    def is_own(self, tp: Any) -> bool:
        """Return whether the hook of *tp* is ours, not registered by the user."""
        if self.converter.is_untouched:
            return True
        return self.converter.reads_own(tp) if self.reads else self.converter.writes_own(tp)

    def are_own(self, tp: Any) -> bool:
        """Return whether the hooks of *tp* in both directions are ours; unions ask that of their members."""
        return self.converter.is_untouched or self.converter.is_own(tp)

    def kinds(self, tp: Any) -> frozenset[type] | None:
        """Return the builtin types that *tp* may be on the wire, ``None`` if that is not known."""
        if self.converter.is_untouched:
            return self.converter.shape_of(tp).kinds(tp, self.converter)
        return self.converter.kinds(tp)

    def trying(self, tp: Any) -> nodes.Node:
        """Return the node of *tp* as a member of an untagged union."""
        before, self.is_trying = self.is_trying, True
        try:
            return self.node(tp)
        finally:
            self.is_trying = before


def _inner(tp: Any, builder: Builder) -> nodes.Node:
    return builder.node(unwrap(tp))


_MAKERS.update(
    {
        "null": scalars.null,
        "any": scalars.anything,
        "json_value": scalars.json_value,
        "scalar": scalars.scalar,
        "id": scalars.typed_id,
        "timestamp": scalars.instant,
        "duration": scalars.span,
        "standard": scalars.standard,
        "enum": scalars.enumeration,
        "literal": scalars.literal,
        "annotated": scalars.annotated,
        "wrapper": _inner,
        "sequence": containers.sequence,
        "set": containers.a_set,
        "tuple": containers.fixed,
        "mapping": containers.mapped,
        "struct": structs.record,
        "response": structs.response,
        "tagged_value": unions.cases,
        "union": unions.union,
    }
)


def build_schema(tp: Any, converter: WireConverter, direction: Direction) -> nodes.Schema:
    """
    Return the schema for values of *tp*.

    Args:
        tp: The type.
        converter: The converter of a codec: its options, its hooks of now.
        direction: ``structure`` to read, ``unstructure`` to write.

    Raises:
        FormatError: The type has no representation.
    """
    builder = Builder(converter, direction)
    root = builder.node(tp)
    return nodes.Schema(
        direction=direction, type=tp, root=root, table=builder.table, bytes_keys=converter.format.bytes_keys
    )
