"""Whether numbers of a document can become anything but what is refused."""

from __future__ import annotations

from typing import Any, Final

from ..plans.nodes import (
    Binary,
    Boolean,
    Cases,
    Checked,
    Choice,
    Fixed,
    Instant,
    Labelled,
    Mapped,
    Moment,
    Null,
    Optional,
    Plan,
    Record,
    Reference,
    Sequence,
    Set,
    Tagged,
    Text,
    Untagged,
    Uuid,
)


__all__ = ["reads_numbers"]

_NEVER: Final = (Text, Binary, Uuid, Instant, Moment, Null, Boolean)


def reads_numbers(plan: Plan) -> bool:
    """
    Return whether a value may depend on a number of the document.

    Where none does, it does not matter how exactly they are read; what the
    plan does not take is read again by the reference.
    """
    return _reads(plan.root) or any(map(_reads, plan.table.values()))


def _reads(node: Any) -> bool:
    if node is None or isinstance(node, (*_NEVER, Reference)):  # of the table, all is looked at
        return False
    if isinstance(node, Choice):
        return not all(type(wire) is str for wire, _ in node.pairs)
    if isinstance(node, (Checked, Optional)):
        return _reads(node.inner)
    if isinstance(node, (Sequence, Set)):
        return _reads(node.item)
    if isinstance(node, Mapped):
        return _reads(node.value)
    if isinstance(node, Record):
        # Unknown fields that are kept are values as well.
        is_known = node.unknown != "keep" and node.adapt is None
        return not is_known or any(_reads(field.node) for field in node.fields)
    if isinstance(node, Tagged):
        return any(_reads(variant.node) for variant in node.variants)
    if isinstance(node, Labelled):
        return not all(kind is str for kind, _ in node.readers) or any(map(_reads, node.readers.values()))
    if isinstance(node, Untagged):
        return any(map(_reads, node.members))
    if isinstance(node, Cases):
        return any(map(_reads, node.nodes.values()))
    return not isinstance(node, Fixed) or any(map(_reads, node.items))
