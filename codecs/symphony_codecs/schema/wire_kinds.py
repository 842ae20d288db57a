"""The builtin classes that values are on the wire: what a union can tell its members apart by."""

from __future__ import annotations

from typing import Any, Final

from . import nodes


__all__ = ["NAMES", "kinds_of"]

NAMES: Final[dict[type, str]] = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a string",
    bytes: "bytes",
    list: "an array",
    dict: "a map",
}

_INTEGER: Final[frozenset[type]] = frozenset((int,))
_TEXT: Final = frozenset((str,))
_ARRAY: Final = frozenset((list,))
_MAP: Final = frozenset((dict,))
_BOTH: Final = frozenset((dict, list))
_BY_NODE: Final[dict[type[nodes.Node], frozenset[type]]] = {
    nodes.Null: frozenset((type(None),)),
    nodes.Boolean: frozenset((bool,)),
    nodes.Float: frozenset((float,)),
    nodes.Text: _TEXT,
    nodes.Timestamp: _TEXT,
    nodes.DateTime: _TEXT,
    nodes.Duration: _BOTH,
    nodes.Sequence: _ARRAY,
    nodes.Set: _ARRAY,
    nodes.Tuple: _ARRAY,
    nodes.Dict: _MAP,
    nodes.Struct: _BOTH,
    nodes.TypedDict: _MAP,
    nodes.UnionByLiteral: _BOTH,
}


def kinds_of(node: nodes.Node) -> frozenset[type] | None:
    """Return the builtin classes that values of *node* may be on the wire; ``None`` if that is not known."""
    found = _BY_NODE.get(type(node))
    if found is not None:
        return found
    if isinstance(node, nodes.Integer):
        return _INTEGER | {bytes} if node.is_octets else _INTEGER
    if isinstance(node, nodes.Binary):
        return frozenset((str if node.base64 else bytes,))
    if isinstance(node, nodes.Uuid):
        return frozenset((str if node.text else bytes,))
    if isinstance(node, nodes.Enum):
        return frozenset(type(wire) for wire, _ in node.pairs)
    if isinstance(node, nodes.Hook):
        return node.kinds
    if isinstance(node, nodes.Validated):
        return kinds_of(node.inner)
    if isinstance(node, nodes.TaggedValueNode):
        held = node.nodes.values()
        return frozenset(kind for kind, there in ((str, None in held), (dict, any(held))) if there)
    if isinstance(node, nodes.TaggedUnion):
        if node.tagging != "external":
            return _BOTH
        has_units = node.other is not None or any(variant.node is None for variant in node.variants)
        return _MAP | _TEXT if has_units else _MAP
    several: list[Any] = []
    if isinstance(node, nodes.Optional):
        several = [nodes.Null(), node.inner]
    elif isinstance(node, (nodes.UntaggedUnion, nodes.UnionByJsonType)):
        several = list(node.members)
    kinds = [kinds_of(each) for each in several]
    return None if None in kinds or not kinds else frozenset().union(*filter(None, kinds))
