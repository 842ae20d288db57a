"""What a fingerprint is made of: of each node of a schema for writing a text, and the nodes that it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from symphony_types._error_base import SymphonyError, wire_name

from .._making import making
from . import nodes
from .annotations import behind, hints_of
from .build import Builder
from .fields import WireField
from .kinds import kind_of
from .registry import Direction, Registry
from .scalars import scalar_node
from .typed_dicts import required_keys, rule_of_others
from .wire_classes import DurationWire, TimedeltaWire
from .wire_texts import UnknownFormError, left_out, unknown_form, wire_text


__all__ = ["Part", "PartsReader", "version_of"]

_SCALARS: Final = (bool, int, float, str, bytes, bytearray, memoryview)


class _Part(NamedTuple):
    """A `Part` that has the nodes themselves as children."""

    label: str
    children: tuple[nodes.Node, ...] = ()
    is_ordered: bool = True


class Part(NamedTuple):
    """
    What is digested of a node.

    Attributes:
        label: What it is, without what it holds.
        children: The places of what it holds, in the list of all parts.
        is_ordered: Whether their order counts.
    """

    label: str
    children: tuple[int, ...]
    is_ordered: bool


class _Builder(Builder):
    """A builder that takes notice of hooks of single fields, in either direction."""

    has_hook_of_field = False

    def field(self, field: WireField) -> nodes.Node:
        if field.structure is not None or field.unstructure is not None:
            self.has_hook_of_field = True
        return super().field(field)


class PartsReader:
    """
    The reading of a schema for writing.

    Attributes:
        registry: The converter of a codec.
        builder: What makes the nodes.
        is_positional: Whether a class among them is an array.
        apart: The types that stand in typed dicts, which have no nodes.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.builder = _Builder(registry, "unstructure", for_engine=False)
        self.is_positional = False
        self.apart: list[Any] = []

    def read(self, tp: Any) -> list[Part]:
        """
        Return the parts of *tp*, the outermost first.

        Raises:
            UnknownFormError: There is a hook of the user's among them, without a version.
            UnsupportedError: The type has no representation.
        """
        with making():
            root = self.builder.node(tp)
            self.builder.faults.raise_if_any(tp)
            parts = self._read(root)
            self.builder.faults.raise_if_any(tp)
        if self.builder.has_hook_of_field:  # which takes no version
            raise UnknownFormError
        return parts

    def _read(self, root: nodes.Node) -> list[Part]:
        nodes_of: list[nodes.Node] = []
        places: dict[int, int] = {}

        def place(node: nodes.Node) -> int:
            node = self._target(node)
            if id(node) not in places:
                places[id(node)] = len(nodes_of)
                nodes_of.append(node)
            return places[id(node)]

        place(root)
        parts: list[Part] = []
        for node in nodes_of:  # which grows meanwhile
            label, children, is_ordered = _PARTS[type(node)](node, self)
            parts.append(Part(label, tuple(map(place, children)), is_ordered))
        return parts

    def _target(self, node: nodes.Node) -> nodes.Node:
        """Return the node that decides the form, behind references and checks."""
        while True:
            if isinstance(node, nodes.Reference):
                node = self.builder.table[node.key]
            elif isinstance(node, nodes.Validated):
                node = node.inner
            elif isinstance(node, nodes.Bare):
                node = node.variant.node or _NULL
            else:
                return node


_NULL: Final = nodes.Null()
_TEXT: Final = nodes.Text()


def _integer(node: nodes.Integer, _: PartsReader) -> _Part:
    return _Part(f"integer of 16 bytes {node.octets}" if node.is_octets else "integer")


def _from_text(node: nodes.FromText, _: PartsReader) -> _Part:
    return _Part(f"text of {'a path' if issubclass(node.cls, PurePath) else node.cls.__name__}")


def _enum(node: nodes.Enum, _: PartsReader) -> _Part:
    texts = [wire_text(wire) for wire, _ in node.pairs]
    # Two literals of the same values are one type, whatever their order.
    if node.cls is None or all(type(wire) is str for wire, _ in node.pairs):
        texts.sort()
    return _Part(f"one of {' '.join(texts)}")


def _flag(node: nodes.Flag, _: PartsReader) -> _Part:
    members: Mapping[str, Any] = node.cls.__members__  # type: ignore[attr-defined]
    return _Part(f"bits {' '.join(wire_text(member.value) for member in members.values())}")


def _set(node: nodes.Set, _: PartsReader) -> _Part:
    order = " ".join(map(wire_text, node.ordered.__variants__)) if node.ordered is not None else ""  # type: ignore[attr-defined]
    return _Part(f"set {order}", (node.item,))


def _struct(node: nodes.Struct, reader: PartsReader) -> _Part:
    unit = "" if node.unit is nodes.ABSENT else wire_text(node.unit)
    if node.positional:
        reader.is_positional = True
        return _array(node.fields, unit)
    entries: list[tuple[str, nodes.Node]] = []
    for field in node.fields:
        if field.flattened is not None:
            keys = field.flattened.keys
            entries.append((f"among them {'' if keys is None else ' '.join(sorted(map(wire_text, keys)))}", field.node))
        else:
            entries.append((f"{wire_text(field.key)}{left_out(node.cls, field, reader.registry)}", field.node))
    return _map(entries, unit)


def _array(fields: Iterable[nodes.Field], unit: str) -> _Part:
    fields = tuple(fields)
    return _Part(
        f"array {unit} {' '.join(wire_text(each.key) for each in fields)}", tuple(each.node for each in fields)
    )


def _map(entries: Iterable[tuple[str, nodes.Node]], unit: str = "") -> _Part:
    entries = sorted(entries, key=lambda entry: entry[0])
    return _Part(f"map {unit} {','.join(name for name, _ in entries)}", tuple(node for _, node in entries))


def _tagged(node: nodes.TaggedUnion, reader: PartsReader) -> _Part:
    keys = {"external": (), "internal": (node.tag,), "adjacent": (node.tag, node.content)}[node.tagging]
    is_pair = node.positional and node.tagging == "adjacent"
    reader.is_positional = reader.is_positional or is_pair
    variants = {variant.name: variant.node for variant in node.variants}
    return _named(f"{node.tagging}{' pair' if is_pair else ''} {' '.join(map(wire_text, keys))}", variants)


def _named(label: str, variants: Mapping[str, nodes.Node | None]) -> _Part:
    """Describe variants by their names; one that holds nothing has no child."""
    every = sorted((wire_text(name) + ("" if node else " alone"), node or _NULL) for name, node in variants.items())
    return _Part(f"{label}: {' '.join(name for name, _ in every)}", tuple(node for _, node in every))


def _typed_dict(tp: Any, reader: PartsReader) -> _Part:
    hints = hints_of(tp)
    required = required_keys(tp, hints)
    others, _ = rule_of_others(tp, "ignore")
    is_typed = others is not None and kind_of(behind(others)) != "any"
    reader.apart.extend((*hints.values(), *((others,) if is_typed else ())))
    node = reader.builder.node
    entries = [(wire_text(key) + ("" if key in required else " if there"), node(hint)) for key, hint in hints.items()]
    return _map([*entries, ("others", node(others))] if is_typed else entries)


def _error(tp: type[SymphonyError], reader: PartsReader) -> _Part:
    """Describe the variants, but not those that packages beside this and the class's own have added."""
    settings = reader.registry
    positional = settings.format.positional if settings.options.positional is None else settings.options.positional
    reader.is_positional = reader.is_positional or positional
    packages = {each.__module__.partition(".")[0] for each in (tp, SymphonyError)}
    texts = [
        f"{wire_text(path)} {cls.newtype} {wire_text(tuple(map(wire_name, cls.__fields__)))}"
        for path, cls in tp.variants().items()
        if cls.__module__.partition(".")[0] in packages
    ]
    return _Part(f"error {positional} {' '.join(sorted(texts))}")


def _scalar(tp: Any, reader: PartsReader) -> _Part:
    base: Any = next(kind for kind in _SCALARS if issubclass(tp, kind))
    node: Any = scalar_node(bytes if base in (bytearray, memoryview) else base, reader.registry.format)
    return _PARTS[type(node)](node, reader)


# Hooks of ours that no node is for.
_OF_KIND: Final[Mapping[Any, Callable[[Any, PartsReader], _Part]]] = {
    "duration": lambda _, reader: _Part("duration", (reader.builder.node(DurationWire),)),
    "timedelta": lambda _, reader: _Part("timedelta", (reader.builder.node(TimedeltaWire),)),
    "id": lambda _, reader: _Part(f"uuid {reader.registry.format.human_readable}"),
    "scalar": _scalar,
    "error": _error,
    "typed_dict": _typed_dict,
    "union": lambda *_: _Part("text of an address"),
}


def version_of(registry: Registry, tp: Any, direction: Direction) -> str:
    """Return the version of the hook of *tp* as a text that is digested; raise `UnknownFormError` without one."""
    version = registry.hook_version(tp, direction)
    return unknown_form() if version is None else wire_text(version)


def _hook(node: nodes.Hook, reader: PartsReader) -> _Part:
    registry, tp = reader.registry, node.type
    if not registry.writes_own(tp):
        return _Part(f"hook {version_of(registry, tp, 'unstructure')}")
    if node.kinds is None:  # of untyped values beside hooks for builtins, or of a single field
        return _Part("any") if node.call is registry.untyped() else unknown_form()
    tp = behind(tp)
    describe = _OF_KIND.get(kind_of(tp))
    return unknown_form() if describe is None else describe(tp, reader)


def _fixed(label: str) -> Callable[[Any, PartsReader], _Part]:
    return lambda *_: _Part(label)


_PARTS: Final[Mapping[type, Callable[[Any, PartsReader], _Part]]] = {
    nodes.Hook: _hook,
    nodes.FromText: _from_text,
    nodes.Octets: lambda node, _: _Part(f"octets {node.size}"),
    nodes.Buffer: lambda node, _: _Part(f"bytes {node.base64}"),
    nodes.Flag: _flag,
    nodes.TimeDelta: lambda node, _: _Part(f"timedelta {node.positional}"),
    nodes.Anything: _fixed("any"),
    nodes.Null: _fixed("null"),
    nodes.Boolean: _fixed("boolean"),
    nodes.Integer: _integer,
    nodes.Float: _fixed("float"),
    nodes.Text: _fixed("text"),
    nodes.Binary: lambda node, _: _Part(f"bytes {node.base64}"),
    nodes.Uuid: lambda node, _: _Part(f"uuid {node.text}"),
    nodes.Timestamp: _fixed("timestamp"),
    nodes.Duration: lambda node, _: _Part(f"duration {node.positional}"),
    nodes.DateTime: lambda node, _: _Part(f"text of {node.cls.__name__}"),
    nodes.Enum: _enum,
    nodes.Optional: lambda node, _: _Part("optional", (node.inner,)),
    nodes.Sequence: lambda node, _: _Part("list", (node.item,)),
    nodes.Set: _set,
    nodes.Tuple: lambda node, _: _Part(f"tuple {wire_text(node.names)}", node.items),
    nodes.Dict: lambda node, _: _Part("entries", (node.wire_key or _TEXT, node.value)),
    nodes.Struct: _struct,
    nodes.UnionByJsonType: lambda node, _: _Part("either", node.members, is_ordered=False),
    nodes.TaggedUnion: _tagged,
    nodes.UnionByLiteral: lambda node, _: _Part("by literal", tuple(node.writers.values()), is_ordered=False),
    nodes.UntaggedUnion: lambda node, _: _Part("first of", node.members),
    nodes.TaggedValueNode: lambda node, _: _named("external ", node.nodes),
}
