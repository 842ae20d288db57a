"""Whether numbers of a document can become anything but what is refused."""

from __future__ import annotations

import decimal

from typing import Any, Final

from ..schema import nodes
from ..schema.walk import walk


__all__ = ["may_want_texts", "reads_numbers"]

# What takes numbers, or may: of all others it is enough to look at what they hold.
_NUMBERS: Final = (nodes.Integer, nodes.Float, nodes.Anything, nodes.Hook, nodes.Duration)


def reads_numbers(schema: nodes.Schema) -> bool:
    """
    Return whether a value may depend on a number of the document.

    Where none does, it does not matter how exactly they are read.
    """
    return any(map(_reads, walk(schema)))


def may_want_texts(schema: nodes.Schema) -> bool:
    """Return whether a value may depend on the text of a number: that of a Decimal, also inside what a hook reads."""
    return any(map(_may_want_text, walk(schema)))


def _may_want_text(node: Any) -> bool:
    if type(node) is nodes.Hook:  # what it is, or holds, is not known
        return node.kinds is None or not node.kinds.isdisjoint((dict, list))
    return getattr(node, "cls", None) is decimal.Decimal


def _reads(node: Any) -> bool:
    if isinstance(node, nodes.Enum):
        return node.missing is not None or not all(type(wire) is str for wire, _ in node.pairs)
    if isinstance(node, nodes.Struct):
        # Unknown fields that are kept are values as well.
        return node.unknown == "keep" or node.adapt is not None
    if isinstance(node, nodes.UnionByLiteral):
        return not all(kind is str for kind, _ in node.readers)
    if isinstance(node, nodes.Dict):
        return node.key is not None and node.key_node is None
    return isinstance(node, _NUMBERS)
