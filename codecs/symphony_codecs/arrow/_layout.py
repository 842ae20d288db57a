"""
From a type to its column: one decision for each kind of node in the schema that a codec writes by.

What has no Arrow type of its own goes into a `Document`: untyped values,
unions that nothing in a document tells apart, types that hold themselves
(from the second level on), what a hook of the user's writes, enums of more
than texts or integers, classes without fields.
"""

from __future__ import annotations

import uuid

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import attrs
import pyarrow as pa

from typing_extensions import is_typeddict

from .._issues import FormatError
from ..codec import Codec
from ..options import UnknownFields
from ..schema import build_schema, nodes
from ..schema.annotations import class_of
from ..schema.build import Builder
from ..schema.typed_dicts import typed_dict
from ..schema.walk import walk
from ._classes import OTHERS, Struct
from ._column import Column
from ._leaves import Bytes, Text, Uuid
from ._nested import List, Map, Part, Tuple, absentable, nullable
from ._scalars import ANYTHING, SCALARS, Scalars
from ._times import Instant, Span
from ._unions import ByLabel, Tagged


__all__ = ["VALUE", "column_of"]

VALUE: Final = "value"
"""The name of the one column of a type that is no class."""


def column_of(as_type: Any, codec: Codec) -> Column:
    """
    Return the column of a type.

    Args:
        as_type: The type.
        codec: What writes and reads the documents that columns stand for: see `columnar`.

    Raises:
        FormatError: The type has no representation, or two columns would have one name.
    """
    schema = build_schema(as_type, codec.converter, "unstructure", for_engine=False)
    return _Layout(schema, codec).column(schema.root)


class _Layout(Scalars):
    """
    The making of the columns of one schema.

    Args:
        schema: For writing.
        codec: As for `column_of`.
    """

    def __init__(self, schema: nodes.Schema, codec: Codec) -> None:
        super().__init__(schema, codec)
        self._above: list[Any] = []
        self._optional: dict[tuple[type, str], bool] | None = None

    def column(self, node: nodes.Node) -> Column:
        """Return the column of a node."""
        if isinstance(node, nodes.Reference):
            if node.key in self._above:
                return self.document(node)
            self._above.append(node.key)
            try:
                return self.column(self._schema.table[node.key])
            finally:
                self._above.pop()
        keys = [key for key, known in self._schema.table.items() if known is node and key not in self._above]
        self._above.extend(keys)
        try:
            make = _MAKERS.get(type(node))
            return self.document(node) if make is None else make(node, self)
        finally:
            del self._above[len(self._above) - len(keys) :]

    def hook(self, node: nodes.Hook) -> Column:
        """The values that a hook writes: a hook of the user's may write any, one of ours says which."""
        kind = next(iter(node.kinds)) if node.kinds is not None and len(node.kinds) == 1 else None
        if kind in SCALARS:
            return attrs.evolve(self.column(SCALARS[kind]), convert=self.wire(node))
        if is_typeddict(class_of(node.type)) and self._converter.writes_own(node.type):
            found = typed_dict(node.type, Builder(self._converter, "unstructure", for_engine=True))
            if isinstance(found, nodes.TypedDict) and found.fields:
                return self._typed_dict(found, node)
        return self.document(node)

    # What holds others

    def optional(self, node: nodes.Optional) -> Column:
        """``None`` beside something else."""
        return nullable(self.column(node.inner))

    def sequence(self, node: nodes.Sequence) -> Column:
        """An array."""
        item = self.column(node.item)
        return List(pa.list_(item.type), item, True, convert=self.wire(node))

    def set(self, node: nodes.Set) -> Column:
        """A set: an array in the order that the codec writes."""
        item = self.column(node.item)
        return List(pa.list_(item.type), item, False, convert=self.wire(node))

    def tuple(self, node: nodes.Tuple) -> Column:
        """A tuple of fixed length."""
        if not node.items:
            return self.document(node)
        names = node.names or tuple(map(str, range(len(node.items))))
        parts = tuple(Part(name, self.column(item)) for name, item in zip(names, node.items, strict=True))
        return Tuple(_struct(parts), parts)

    def map(self, node: nodes.Dict) -> Column:
        """A map: all keys are text in JSON."""
        item, key = self.column(node.value), Text(pa.string())
        return Map(pa.map_(key.type, item.type), key, item, node.key is None, convert=self.wire(node))

    def struct(self, node: nodes.Struct) -> Column:
        """A class."""
        if not node.fields:
            return self.document(node)
        parts = [self._part(node, field) for field in node.fields]
        keeps = node.kept is not None
        return self._of_parts(node, parts, keeps=keeps, unknown=self._unknown(node.cls), name=node.cls.__name__)

    def _part(self, node: nodes.Struct, field: nodes.Field) -> Part:
        column = self.column(field.node)
        if field.absent is not nodes.ABSENT:
            column = absentable(column, field.absent)
        return Part(str(field.key), column, field.name, not self._may_miss(node.cls, field.name))

    def _typed_dict(self, found: nodes.TypedDict, node: nodes.Hook) -> Column:
        parts = []
        for field in found.fields:
            column = self.column(field.node)
            column = absentable(column, nodes.ABSENT) if field.optional else column
            parts.append(Part(str(field.key), column, is_required=not field.optional))
        keeps = found.unknown == "keep"
        return self._of_parts(node, parts, keeps=keeps, unknown=found.unknown, name=class_of(node.type).__name__)

    def _of_parts(
        self, node: nodes.Node, parts: Sequence[Part], *, keeps: bool, unknown: UnknownFields, name: str
    ) -> Column:
        keys = [part.key for part in parts] + [OTHERS] * keeps
        twice = next((key for place, key in enumerate(keys) if key in keys[:place]), None)
        if twice is not None:
            raise FormatError.of(
                "unsupported_type", message=f"unsupported type {name}: two columns are called {twice!r}"
            )
        others = self.document(ANYTHING) if keeps else None
        fields = [part.field for part in parts]
        if others is not None:
            fields.append(pa.field(OTHERS, others.type))
        return Struct(
            pa.struct(fields),
            tuple(parts),
            unknown,
            others,
            is_direct=isinstance(node, nodes.Struct) and not keeps and node.hook is None,
            convert=self.wire(node),
        )

    def _unknown(self, cls: type) -> UnknownFields:
        known = self._converter.classes.get(cls)
        return (known and known.unknown_fields) or self._converter.options.unknown_fields

    def _may_miss(self, cls: type, name: str) -> bool:
        """Return whether reading a class does without a field; that is for the user to say where a hook reads it."""
        if self._optional is None:
            schema = build_schema(self._schema.type, self._converter, "structure", for_engine=False)
            structs = (node for node in walk(schema) if isinstance(node, nodes.Struct))
            self._optional = {(node.cls, field.name): field.optional for node in structs for field in node.fields}
        return self._optional.get((cls, name), True)

    # Unions

    def tagged(self, node: nodes.TaggedUnion) -> Column:
        """A union of classes under names."""
        if node.other is not None:
            return self.document(node)
        held = {variant.name: variant.node for variant in node.variants}
        return self._under_names(held, node.tagging, node.tag, node.content, node)

    def tagged_value(self, node: nodes.TaggedValueNode) -> Column:
        """A `TaggedValue`."""
        return self._under_names(node.nodes, "external", "type", "content", node)

    def _under_names(
        self,
        held: Mapping[str, nodes.Node | None],
        tagging: Literal["external", "internal", "adjacent"],
        tag: str,
        content: str,
        node: nodes.Node,
    ) -> Column:
        columns = {name: nullable(self.column(each)) for name, each in held.items() if each is not None}
        label = tag
        while label in columns:
            label += "_"
        texts = list(held)
        names = self.choice(nodes.Enum(None, tuple((text, text) for text in texts)))
        fields = [pa.field(label, names.type), *(pa.field(name, each.type) for name, each in columns.items())]
        return Tagged(pa.struct(fields), tagging, tag, content, label, names, columns, convert=self.wire(node))

    def by_literal(self, node: nodes.UnionByLiteral) -> Column:
        """A union of classes that differ in one literal field; where it takes several, a document."""
        key = str(node.key)
        members: dict[str, nodes.Node] = {cls.__name__: each for cls, each in node.writers.items()}
        names: dict[tuple[type, Any], str] = {}
        for name, each in members.items():
            for wire in self._labels(each, node.key):
                names.setdefault((type(wire), wire), name)
        if len(members) < len(node.writers) or len(set(names.values())) < len(members) or self._are_shared(node):
            return self.document(node)
        columns = {name: nullable(self.column(each)) for name, each in members.items()}
        fields = [pa.field(name, each.type) for name, each in columns.items()]
        return ByLabel(
            pa.struct(fields), lambda wire: names[type(wire[key]), wire[key]], columns, convert=self.wire(node)
        )

    def _labels(self, node: nodes.Node, key: Any) -> list[Any]:
        """Return what a class has on the wire in the literal field *key*; nothing if that is not known."""
        node = self._schema.table[node.key] if isinstance(node, nodes.Reference) else node
        fields = node.fields if isinstance(node, nodes.Struct) else ()
        found = next((field.node for field in fields if field.key == key), None)
        return [wire for wire, _ in found.pairs] if isinstance(found, nodes.Enum) else []

    def _are_shared(self, node: nodes.UnionByLiteral) -> bool:
        labels = [{(type(wire), wire) for wire in self._labels(each, node.key)} for each in node.writers.values()]
        return sum(map(len, labels)) > len(frozenset().union(*labels))


def _struct(parts: Sequence[Part]) -> Any:
    return pa.struct([part.field for part in parts])


_MAKERS: Final[Mapping[type[nodes.Node], Callable[[Any, _Layout], Column]]] = {
    nodes.Hook: lambda node, layout: layout.hook(node),
    nodes.Null: lambda node, layout: layout.nothing(node),
    nodes.Boolean: lambda node, layout: layout.boolean(node),
    nodes.Integer: lambda node, layout: layout.integer(node),
    nodes.Float: lambda node, layout: layout.float(node),
    nodes.Text: lambda node, layout: layout.text(node),
    nodes.FromText: lambda node, layout: layout.text(node),
    nodes.Binary: lambda *_: Bytes(pa.binary()),
    nodes.Buffer: lambda *_: Bytes(pa.binary()),
    # What the property of `uuid.UUID` calls, without the call of it.
    nodes.Uuid: lambda node, _: Uuid(pa.uuid(), ".int.to_bytes(16, 'big')" if node.cls is uuid.UUID else ".bytes"),
    nodes.Timestamp: lambda *_: Instant(pa.timestamp("ns", "UTC")),
    nodes.Duration: lambda node, layout: Span(pa.duration("ns"), 1, convert=layout.wire(node)),
    nodes.TimeDelta: lambda node, layout: Span(pa.duration("us"), 1000, convert=layout.wire(node)),
    nodes.DateTime: lambda node, layout: layout.moment(node),
    nodes.Enum: lambda node, layout: layout.choice(node),
    nodes.Flag: lambda node, layout: layout.flag(node),
    nodes.Validated: lambda node, layout: layout.column(node.inner),
    nodes.Optional: lambda node, layout: layout.optional(node),
    nodes.Sequence: lambda node, layout: layout.sequence(node),
    nodes.Set: lambda node, layout: layout.set(node),
    nodes.Tuple: lambda node, layout: layout.tuple(node),
    nodes.Dict: lambda node, layout: layout.map(node),
    nodes.Struct: lambda node, layout: layout.struct(node),
    nodes.TaggedUnion: lambda node, layout: layout.tagged(node),
    nodes.TaggedValueNode: lambda node, layout: layout.tagged_value(node),
    nodes.UnionByLiteral: lambda node, layout: layout.by_literal(node),
}
