"""From nodes to forms: what stands for itself, containers, and where definitions come from."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, get_origin

import attrs

from .. import nodes
from ..annotations import behind, class_of, is_union, members_of, unwrap
from ..kinds import kind_of
from ..registry import Registry
from ..scalars import scalar_node
from ..walk import children
from ..wire_kinds import NAMES
from . import forms as f
from .docs import class_doc
from .keys import key_form
from .names import Names, name_of
from .records import Records
from .scalars import OF_NODE, address_form, uuid_form
from .tracing import GivenNode, TracingBuilder
from .unions import Unions
from .words import bounded


__all__ = ["Maker"]

Hints = Mapping[Any, Any]
_UNIONS: Final = (nodes.UnionByJsonType, nodes.TaggedUnion, nodes.UnionByLiteral, nodes.UntaggedUnion)
_DEFINED: Final = (nodes.Struct, nodes.TaggedValueNode)
_BASES: Final = (bool, int, float, str, bytes, bytearray, memoryview)


class Maker:
    """
    The making of the forms of one document description.

    Args:
        registry: The converter of a codec.
        direction: Of the description.
        given: The forms that the user gives for types.

    Attributes:
        registry: See above.
        direction: See above.
        builder: The builder of nodes.
        reading: The builder of nodes for reading.
        definitions: The forms by name.
        names: Their names.
        path: Where the form in the making stands.
        records: The maker of records.
    """

    def __init__(self, registry: Registry, direction: f.Direction, given: Mapping[Any, Any]) -> None:
        self.registry = registry
        self.direction = direction
        self.builder = TracingBuilder(registry, "unstructure", given)
        self.reading = TracingBuilder(registry, "structure", given)
        self.definitions: dict[str, f.Form] = {}
        self.names = Names()
        self.path: list[str] = []
        self._cyclic: dict[int, bool] = {}
        self._beside_none: dict[int, Any] = {}
        self._unions = Unions(self)
        self.records = Records(self)
        self._makers: Mapping[type, Callable[[Any, Hints], f.Form]] = {
            nodes.Hook: self._hook,
            nodes.Enum: self._enum,
            nodes.Validated: self._validated,
            nodes.Optional: self._optional,
            nodes.Sequence: lambda node, _: f.Array(item=self.at("[]", node.item)),
            nodes.Set: lambda node, _: f.Array(item=self.at("[]", node.item), unique=True),
            nodes.Tuple: self._tuple,
            nodes.Dict: self._dict,
            nodes.Struct: self.records.struct,
            nodes.Duration: self.records.duration,
            nodes.TimeDelta: self.records.timedelta,
            nodes.UnionByJsonType: self._unions.by_kind,
            nodes.TaggedUnion: self._unions.tagged,
            nodes.UnionByLiteral: self._unions.by_literal,
            nodes.UntaggedUnion: self._unions.untagged,
            nodes.Bare: lambda node, hints: self.form(node.variant.node or nodes.Null(), hints),
            nodes.TaggedValueNode: self._unions.tagged_value,
            nodes.Reference: lambda node, hints: self.form(self.builder.table[node.key], hints),
            GivenNode: lambda node, _: f.Opaque(
                type=name_of(node.type), path="".join(self.path), fragments=node.fragment.by_target
            ),
        }

    def make(self, tp: Any) -> f.Form:
        """
        Return the form of a document of *tp*.

        Raises:
            FormatError: The type has no representation.
        """
        root = self.builder.node(tp)
        self.builder.faults.raise_if_any(tp)
        if self.direction == "read":
            self.reading.node(tp)
            self.reading.faults.raise_if_any(tp)
        self.path.append(name_of(tp))
        return self.form(root, self.hints_of(tp, {}))

    def of_type(self, tp: Any, step: str = "") -> f.Form:
        """Return the form of *tp*, which stands inside a type that has no nodes."""
        node = self.builder.node(tp)
        self.builder.faults.raise_if_any(tp)
        return self.at(step, node, self.hints_of(tp, {}))

    def at(self, step: str, node: nodes.Node, hints: Hints | None = None) -> f.Form:
        """Return the form of *node*, which stands one step further in."""
        self.path.append(step)
        try:
            return self.form(node, hints or {})
        finally:
            self.path.pop()

    def hints_of(self, tp: Any, hints: Hints) -> Hints:
        """Return the members of the union that *tp* is, by class, or *hints* for another type."""
        inner = behind(tp)
        return {class_of(member): member for member in members_of(inner)} if is_union(inner) else hints

    def form(self, node: nodes.Node, hints: Hints) -> f.Form:
        """
        Return the form of *node*.

        Args:
            node: The node, for writing.
            hints: The members of the union that it stands in, by class.
        """
        types = self.builder.types_of(node)
        if types:
            hints = self.hints_of(types[0], hints)
        if self.direction == "read" and not all(map(self.registry.reads_own, types)):
            return self.opaque(types[0])
        make = OF_NODE.get(type(node))
        if make is not None:
            return make(node, self.registry.format)
        alias = next((tp for tp in types if _is_alias(tp)), None)
        if (alias is not None and isinstance(node, _UNIONS)) or self._holds_itself(node):
            named = types[0] if alias is None else alias
            return self.defined(id(node), named, lambda: self._makers[type(node)](node, hints))
        return self._makers[type(node)](node, hints)

    def _holds_itself(self, node: nodes.Node) -> bool:
        """Return whether *node* is found in itself without going through what has a definition of its own."""
        known = self._cyclic.get(id(node))
        if known is None:
            known = self._cyclic[id(node)] = self._is_cyclic(node)
        return known

    def _is_cyclic(self, node: nodes.Node) -> bool:
        table = self.builder.table
        if all(node is not each for each in table.values()):
            return False
        seen: set[int] = set()
        pending = [node]
        while pending:
            inner = pending.pop()
            if isinstance(inner, nodes.Reference):
                inner = table[inner.key]
                if inner is node:
                    return not isinstance(node, _DEFINED)
            if id(inner) not in seen and not isinstance(inner, _DEFINED):
                seen.add(id(inner))
                pending.extend(children(inner))
        return False

    def defined(self, key: Hashable, tp: Any, make: Callable[[], f.Form], suffix: str = "") -> f.Reference:
        """Return a reference to the definition of *key*, which *make* makes the first time."""
        name = self.names.known(key)
        if name is None:
            name = self.names.give(key, tp, suffix)
            self.definitions[name] = f.Untyped()  # keeps the place: definitions stand in the order of their names
            made = make()
            has_name = any(attribute.name == "name" for attribute in attrs.fields(type(made)))
            self.definitions[name] = attrs.evolve(made, name=name) if has_name else made  # type: ignore[call-arg]
        return f.Reference(name=name)

    def opaque(self, tp: Any, kinds: frozenset[type] | None = None) -> f.Opaque:
        """Return the form of a type that only a hook knows."""
        words = tuple(sorted(NAMES[kind] for kind in kinds or () if kind in NAMES))
        return f.Opaque(type=name_of(tp), path="".join(self.path), kinds=words)

    def _hook(self, node: nodes.Hook, hints: Hints) -> f.Form:
        tp = behind(node.type)
        if not self.registry.writes_own(node.type):
            return self.opaque(node.type)
        if node.kinds is None:
            return f.Untyped() if node.call is self.registry.untyped() else self.opaque(node.type)
        kind = kind_of(tp)
        if kind == "scalar":
            base: Any = next(base for base in _BASES if issubclass(tp, base))
            made = scalar_node(bytes if base in (bytearray, memoryview) else base, self.registry.format)
            assert made is not None
            return self.form(made, hints)
        if kind == "id":
            return uuid_form(is_text=self.registry.format.human_readable)
        if kind == "typed_dict":
            return self.records.typed_dict(tp)
        if kind == "error":
            return self._unions.error(tp)
        if kind in {"duration", "timedelta"}:
            return self.records.parts(kind)
        if kind == "union":  # of addresses
            return address_form(" | ".join(sorted(cls.__name__ for cls in members_of(tp))))
        return self.opaque(tp, node.kinds)

    def _enum(self, node: nodes.Enum, _: Hints) -> f.Form:
        values = tuple(wire for wire, _ in node.pairs)
        if node.cls is None:
            return f.Enumeration(values=values)
        cls: Any = node.cls
        names = tuple(str(member._name_) for _, member in node.pairs)
        reader = self.reading.node(cls)
        has_other = isinstance(reader, nodes.Enum) and reader.other is not nodes.ABSENT
        makes_members = node.missing is not None  # which only the class's own code knows
        form = f.Enumeration(
            values=values,
            names=names,
            name=cls.__name__,
            open=makes_members or has_other,
            doc=class_doc(cls),
            checks=(f"{cls.__name__}._missing_ knows the value",) if makes_members and not has_other else (),
        )
        return self.defined((cls, names), cls, lambda: form, "" if len(names) == len(list(cls)) else "Value")

    def _optional(self, node: nodes.Optional, hints: Hints) -> f.Form:
        types = self.builder.types_of(node)
        if types:
            self._beside_none[id(node.inner)] = types[0]
        return f.Nullable(inner=self.form(node.inner, hints))

    def reader_of(self, node: nodes.Node) -> nodes.Node | None:
        """Return the node that reads what *node* writes, also beside None; ``None`` where its type is not known."""
        types = self.builder.types_of(node)
        tp = types[0] if types else self._beside_none.get(id(node))
        reader = None if tp is None else self.reading.node(tp)
        return reader.inner if isinstance(reader, nodes.Optional) and not isinstance(node, nodes.Optional) else reader

    def _validated(self, node: nodes.Validated, hints: Hints) -> f.Form:
        return bounded(self.form(node.inner, hints), node)

    def _tuple(self, node: nodes.Tuple, _: Hints) -> f.Form:
        items = tuple(self.at(f"[{place}]", item) for place, item in enumerate(node.items))
        types = self.builder.types_of(node)
        least: int | None = None
        reader = self.reader_of(node) if self.direction == "read" else None
        if isinstance(reader, nodes.Tuple) and reader.defaults:
            least = len(items) - len(reader.defaults)
        name = name_of(types[0]) if types and node.names else None
        return f.TupleOf(items=items, least=least, names=node.names, name=name)

    def _dict(self, node: nodes.Dict, _: Hints) -> f.Form:
        key = f.Text() if node.wire_key is None else self.at("{key}", node.wire_key)
        if self.registry.format.text_keys and node.wire_key is not None:
            key = key_form(key, self.definitions)
        return f.MapOf(key=key, value=self.at("{}", node.value))


def _is_alias(tp: Any) -> bool:
    """Return whether *tp* is a name that the user has given to another type."""
    return unwrap(tp) is not tp and isinstance(getattr(get_origin(tp) or tp, "__name__", None), str)
