"""What reading a node gives, as far as the node alone says."""

from __future__ import annotations

import inspect

from symphony_types.time import Duration, Timestamp

from . import nodes


__all__ = ["classes_of"]

_ONE_CLASS: dict[type[nodes.Node], type] = {
    nodes.Null: type(None),
    nodes.Boolean: bool,
    nodes.Integer: int,
    nodes.Float: float,
    nodes.Text: str,
    nodes.Binary: bytes,
    nodes.Timestamp: Timestamp,
    nodes.Duration: Duration,
}


def classes_of(node: nodes.Node) -> tuple[type, ...]:
    """Return the classes of what reading *node* makes, nothing if that is not known."""
    known = _ONE_CLASS.get(type(node))
    if known is not None:
        return (known,)
    if isinstance(node, (nodes.Uuid, nodes.Struct, nodes.TaggedValueNode, nodes.DateTime)):
        return (node.cls,)
    if isinstance(node, nodes.Enum):
        return (node.cls,) if node.cls is not None else tuple({type(value) for _, value in node.pairs})
    if isinstance(node, (nodes.Sequence, nodes.Set, nodes.Dict, nodes.Tuple)):
        build = inspect.unwrap(node.build)
        return (build,) if isinstance(build, type) else ()
    if isinstance(node, nodes.TaggedUnion):
        return tuple(variant.cls for variant in node.variants)
    if isinstance(node, nodes.Optional):
        inside = classes_of(node.inner)
        return (*inside, type(None)) if inside else ()
    if isinstance(node, nodes.Validated):
        return classes_of(node.inner)
    if isinstance(node, (nodes.UnionByLiteral, nodes.UnionByJsonType)):
        each = [classes_of(member) for member in node.readers.values()]
        is_known = all(each) and not (isinstance(node, nodes.UnionByJsonType) and node.other is not None)
        return tuple({cls for classes in each for cls in classes}) if is_known else ()
    return ()
