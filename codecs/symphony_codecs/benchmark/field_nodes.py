"""The fields of a value, by the nodes that write it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from ..codec import Codec
from ..schema import build_schema, nodes
from ..schema.fields import is_struct


__all__ = ["EACH", "LEVELS", "Behind", "FieldNodes", "held", "joined", "name_of"]

LEVELS: Final = 2
"""The depth of nesting to which fields are listed on their own."""

EACH: Final = "[]"
"""The step of a path that names the items of a list."""


class Behind(NamedTuple):
    """
    The node and the value that decide the form of a document's part.

    Args:
        node: The node; ``None`` where it is not known, or there is nothing to write.
        value: The value that this node writes, inside the variant of a union.
        union: The tagged union around it.
        variant: Its variant.
    """

    node: nodes.Node | None
    value: Any
    union: nodes.TaggedUnion | None = None
    variant: nodes.Variant | None = None


class FieldNodes:
    """
    The nodes that write values of a type.

    Args:
        as_type: The type.
        codec: The codec that encodes them.

    Attributes:
        root: The outermost node.
    """

    def __init__(self, as_type: Any, codec: Codec) -> None:
        schema = build_schema(as_type, codec.converter, "unstructure")
        self.root = schema.root
        self._table = dict(schema.table)
        self._divisible: dict[int, bool] = {}

    def has_fields(self, node: nodes.Node) -> bool:
        """Return whether values of a node may have fields: those of a list are its items'."""
        known = self._divisible.get(id(node))
        if known is None:
            # One that holds itself has no fields by that alone.
            self._divisible[id(node)] = False
            known = self._divisible[id(node)] = any(map(self.has_fields, self._parts(node))) or _is_record(node)
        return known

    def _parts(self, node: nodes.Node) -> Iterable[nodes.Node]:
        if isinstance(node, nodes.Reference):
            return (self._table[node.key],)
        if isinstance(node, nodes.Validated | nodes.Optional):
            return (node.inner,)
        if isinstance(node, nodes.Sequence):
            return (node.item,)
        if isinstance(node, nodes.UnionByJsonType | nodes.UnionByLiteral | nodes.UntaggedUnion):
            return node.writers.values()
        return ()

    def behind(self, node: nodes.Node | None, value: Any) -> Behind:
        """Return the node that decides the form of *value*, behind references, checks, options and unions."""
        union: nodes.TaggedUnion | None = None
        variant: nodes.Variant | None = None
        while True:
            if isinstance(node, nodes.Reference):
                node = self._table[node.key]
            elif isinstance(node, nodes.Validated):
                node = node.inner
            elif isinstance(node, nodes.Optional):
                node = None if value is None else node.inner
            elif isinstance(node, nodes.UnionByJsonType | nodes.UnionByLiteral | nodes.UntaggedUnion):
                node = node.writers.get(type(value))
            elif isinstance(node, nodes.TaggedUnion) and union is None:
                union = node
                variant = next((one for one in node.variants if one.cls is type(value)), None)
                node, value = (None, None) if variant is None else _content(variant, value)
            elif isinstance(node, nodes.Bare):
                node, value = _content(node.variant, value)
            elif isinstance(node, nodes.Anything) and node.schema_of is not None and is_struct(type(value)):
                schema = node.schema_of(type(value))
                self._table.update(schema.table)
                node = schema.root
            else:
                return Behind(node, value, union, variant)


def _is_record(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Struct | nodes.TypedDict):
        return bool(node.fields)
    return isinstance(node, nodes.TaggedUnion)


def _content(variant: nodes.Variant, value: Any) -> tuple[nodes.Node | None, Any]:
    return variant.node, value if variant.field is None else getattr(value, variant.field)


def held(value: Any, field: nodes.Field) -> Any:
    """Return the content of a field of *value*; ``None`` if it has none."""
    if isinstance(value, Mapping):
        return value.get(field.key)
    return getattr(value, field.name, None)


def name_of(field: nodes.Field) -> str:
    """Return the field's name on the wire, or its attribute's where that is a number."""
    return field.key if isinstance(field.key, str) else field.name


def joined(path: str, name: str) -> str:
    """Return the path of what lies in the field *path*."""
    return f"{path}.{name}" if path and name and not name.startswith(EACH) else f"{path}{name}"
