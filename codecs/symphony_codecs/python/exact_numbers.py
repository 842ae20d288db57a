"""Whether numbers of a document can become anything but what is refused."""

from __future__ import annotations

from typing import Any, Final

from ..schema import nodes


__all__ = ["reads_numbers"]

_NEVER: Final = (nodes.Text, nodes.Binary, nodes.Uuid, nodes.Timestamp, nodes.DateTime, nodes.Null, nodes.Boolean)


def reads_numbers(schema: nodes.Schema) -> bool:
    """
    Return whether a value may depend on a number of the document.

    Where none does, it does not matter how exactly they are read; what the
    schema does not take is read again by the reference.
    """
    return _reads(schema.root) or any(map(_reads, schema.table.values()))


def _reads(node: Any) -> bool:
    if node is None or isinstance(node, (*_NEVER, nodes.Reference)):  # of the table, all is looked at
        return False
    if isinstance(node, nodes.Enum):
        return not all(type(wire) is str for wire, _ in node.pairs)
    if isinstance(node, (nodes.Validated, nodes.Optional)):
        return _reads(node.inner)
    if isinstance(node, (nodes.Sequence, nodes.Set)):
        return _reads(node.item)
    if isinstance(node, nodes.Dict):
        return _reads(node.value)
    if isinstance(node, nodes.Struct):
        # Unknown fields that are kept are values as well.
        is_known = node.unknown != "keep" and node.adapt is None
        return not is_known or any(_reads(field.node) for field in node.fields)
    if isinstance(node, nodes.TaggedUnion):
        return any(_reads(variant.node) for variant in node.variants)
    if isinstance(node, nodes.UnionByLiteral):
        return not all(kind is str for kind, _ in node.readers) or any(map(_reads, node.readers.values()))
    if isinstance(node, nodes.UntaggedUnion):
        return any(map(_reads, node.members))
    if isinstance(node, nodes.TaggedValueNode):
        return any(map(_reads, node.nodes.values()))
    return not isinstance(node, nodes.Tuple) or any(map(_reads, node.items))
