"""Which values a node may write, by their classes."""

from __future__ import annotations

from collections import abc
from typing import Any, Final

from symphony_types.time import Duration, Timestamp

from . import nodes


__all__ = ["may_write"]

_CLASSES: Final[dict[type[nodes.Node], tuple[type, ...]]] = {
    nodes.Null: (type(None),),
    nodes.Boolean: (bool,),
    nodes.Integer: (int,),
    nodes.Float: (float, int),
    nodes.Text: (str,),
    nodes.Binary: (bytes, bytearray, memoryview),
    nodes.Timestamp: (Timestamp,),
    nodes.Duration: (Duration,),
    nodes.Set: (abc.Set,),
    nodes.Dict: (abc.Mapping,),
    nodes.Tuple: (tuple,),
    nodes.Sequence: (abc.Iterable,),
}


def may_write(node: nodes.Node, cls: Any) -> bool:
    """Return whether *node* may take an instance of *cls*; ``False`` is certain."""
    if isinstance(node, (nodes.Struct, nodes.TaggedValueNode)):
        return cls is node.cls
    if isinstance(node, (nodes.Uuid, nodes.DateTime)):
        return not isinstance(cls, type) or issubclass(cls, node.cls)
    if isinstance(node, nodes.Enum):
        return cls is node.cls or cls in {type(value) for _, value in node.pairs}
    if isinstance(node, nodes.Validated):
        return may_write(node.inner, cls)
    if isinstance(node, nodes.Optional):
        return cls is type(None) or may_write(node.inner, cls)
    known = _CLASSES.get(type(node))
    return known is None or not isinstance(cls, type) or issubclass(cls, known)
