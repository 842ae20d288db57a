"""
Fields whose entries stand among those of the class that holds them: serde's ``#[serde(flatten)]``.

Reading first moves what belongs to such a field into a map of its own, under
a key that no other field has; then the class is read as any other.  Writing
reverses that: what the field is written as is put among the class's entries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from .._issues import FormatError, mismatch
from .._text_keys import with_text_keys
from . import nodes
from .annotations import class_of
from .faults import REFUSED
from .fields import WireField
from .refusals import refuse


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["Nesting", "as_map", "flattened", "for_engine", "keys_of", "names_of"]

_ONLY_TEXT: Final = frozenset((str,))
_EXPECTED: Final = "expected a class, a union of classes or a map with keys of text"

Keys: TypeAlias = frozenset[nodes.FieldName] | None
"""The keys that a field takes; ``None``: all that no other field has."""


def as_map(node: nodes.Struct) -> nodes.Struct:
    """Return the node that writes a class as a map."""
    return attrs.evolve(node, positional=False, as_map=None)


class Nesting:
    """
    What moves the entries of flattened fields into maps of their own.

    Args:
        cls: The class.
        known: The keys of its other fields.
        parts: The flattened fields, by key.
        bytes_keys: Whether names may be byte strings.
    """

    def __init__(
        self,
        cls: type,
        known: frozenset[nodes.FieldName],
        parts: Mapping[nodes.FieldName, nodes.Flattened],
        *,
        bytes_keys: bool,
    ) -> None:
        self._cls = cls
        self._bytes_keys = bytes_keys
        self._rest = next((key for key, part in parts.items() if part.keys is None), None)
        self._places: dict[Any, Any] = dict.fromkeys(known)
        for key, part in parts.items():
            self._places.update(dict.fromkeys((key, *(part.keys or ())), key))
        self._optional = [key for key, part in parts.items() if part.is_optional]
        self._keys = list(parts)

    def __call__(self, value: Any) -> dict[Any, Any]:
        """Return the map with the maps inside."""
        if type(value) is not dict:
            raise mismatch(f"{self._cls.__name__} as a map", value)
        if self._bytes_keys and not _ONLY_TEXT.issuperset(map(type, value)):
            value = with_text_keys(value)
        result: dict[Any, Any] = {}
        nested: dict[Any, Any] = {key: {} for key in self._keys}
        places, rest = self._places, self._rest
        for key, item in value.items():
            place = places.get(key, rest)
            if place is None:
                result[key] = item
            else:
                nested[place][key] = item
        for key in self._optional:
            if not nested[key]:
                nested[key] = None
        result.update(nested)
        return result


@attrs.frozen
class _Putting:
    """
    What puts the entries of a flattened field among those of its class.

    Attributes:
        name: The field.
        others: The keys of the other fields.
        is_optional: Whether the field may be ``None``.
    """

    name: str
    others: frozenset[nodes.FieldName]
    is_optional: bool

    def __call__(self, entries: dict[str, Any], wire: Any) -> None:
        """Put what the field is written as, *wire*, among *entries*."""
        if wire is None and self.is_optional:
            return
        if type(wire) is str:  # a variant that holds nothing
            wire = {wire: None}
        if type(wire) is not dict:
            raise mismatch(f"what is a map on the wire in the flattened field {self.name!r}", wire)
        if not wire and self.is_optional:
            message = f"the flattened field {self.name!r} has nothing to write, and would be read back as None"
            raise FormatError.of("invalid_value", "at least one entry, or None", "none", message=message)
        for key in wire:
            if key in self.others or key in entries:
                message = f"the flattened field {self.name!r} has an entry {key!r}, which another field is called"
                raise FormatError.of("duplicate_key", "each key once", f"{key!r} twice", path=(key,), message=message)
        entries.update(wire)


def flattened(tp: Any, fields: Sequence[WireField], builder: Builder) -> dict[str, nodes.Flattened]:
    """
    Return what there is to know of the flattened fields of a class, by name.

    Args:
        tp: The class.
        fields: All its fields.
        builder: The builder.

    Raises:
        OptionError: A field cannot be flattened, or two fields have one key.
    """
    parts = [field for field in fields if field.is_flattened]
    if not parts:
        return {}
    cls, python = class_of(tp), builder.in_python()
    inner = {field.name: _inlined(field, cls, python) for field in parts}
    owners = {name: field.name for field in fields if not field.is_flattened for name in (field.key, *field.aliases)}
    catches = [name for name, (_, keys, _) in inner.items() if keys is None]
    if len(catches) > 1:
        refuse(cls, "flatten", f"field {catches[0]!r} takes all keys that no field has, too", catches[1])
    for name, (_, keys, _) in inner.items():
        for key in sorted(keys or (), key=repr):
            if key in owners:
                refuse(cls, "flatten", f"its key {key!r} is that of field {owners[key]!r}, too", name)
            owners[key] = name
    result: dict[str, nodes.Flattened] = {}
    for name, (node, keys, is_optional) in inner.items():
        others = frozenset(key for key, owner in owners.items() if owner != name)
        result[name] = nodes.Flattened(keys, is_optional, node, others, _Putting(name, others, is_optional))
    return result


def _inlined(field: WireField, cls: type, builder: Builder) -> tuple[nodes.Node, Keys, bool]:
    """Return the node that a flattened field is written by, its keys, and whether it may be ``None``."""
    if field.structure is not None or field.unstructure is not None:
        refuse(cls, "flatten", "it has a hook of its own", field.name)
    if field.absent is not nodes.ABSENT:
        refuse(cls, "flatten", "it may be absent, for which None is to be used", field.name)
    node = builder.field(field)
    is_optional = isinstance(node, nodes.Optional)
    target = node.inner if isinstance(node, nodes.Optional) else node
    if target is REFUSED:
        return node, frozenset(), False
    inlined = _inline(target, builder)
    if inlined is None or (is_optional and isinstance(inlined, nodes.Dict)):
        why = "it is flattened into itself" if isinstance(target, nodes.Reference) else _EXPECTED
        refuse(cls, "flatten", why if inlined is None else "a map that may be None looks like an empty one", field.name)
    keys = keys_of(inlined)
    if is_optional and not keys and keys is not None:
        refuse(cls, "flatten", "it has no entries, so that nothing says whether it is None", field.name)
    return nodes.Optional(inlined) if is_optional else inlined, keys, is_optional


def _inline(node: nodes.Node, builder: Builder) -> nodes.Node | None:
    """Return the node that writes what *node* does, as the entries of a map; ``None``: it does not write a map."""

    def all_of(members: Mapping[Any, nodes.Node]) -> dict[Any, nodes.Node] | None:
        found = {key: _inline(member, builder) for key, member in members.items()}
        return None if None in found.values() else found  # type: ignore[return-value]

    if isinstance(node, nodes.Reference):
        made = builder.again(node)
        return None if made is None else _inline(made, builder)
    if isinstance(node, nodes.Struct):
        return attrs.evolve(as_map(node), unit=nodes.ABSENT)
    if isinstance(node, nodes.Dict):
        return node if node.key is None else None
    if isinstance(node, nodes.TaggedValueNode):
        return node
    if isinstance(node, nodes.TaggedUnion):
        if node.other is not None:
            return None
        if node.tagging != "internal":
            return attrs.evolve(node, positional=False)
        held = all_of({variant.name: variant.node or node for variant in node.variants})
        if held is None:
            return None
        return attrs.evolve(node, variants=tuple(attrs.evolve(each, node=held[each.name]) for each in node.variants))
    if isinstance(node, nodes.UnionByLiteral):
        readers, writers = all_of(node.readers), all_of(node.writers)
        return None if readers is None or writers is None else attrs.evolve(node, readers=readers, writers=writers)
    if isinstance(node, nodes.UntaggedUnion):
        members, writers = all_of(dict(enumerate(node.members))), all_of(node.writers)
        if members is None or writers is None:
            return None
        return attrs.evolve(node, members=tuple(members.values()), writers=writers)
    return None


def for_engine(node: nodes.Node) -> nodes.Node | None:
    """Return the node whose entries the compiled engine puts among those of a class; ``None``: it cannot."""
    if isinstance(node, nodes.Dict):
        return node if node.key is None else None
    inner = node.inner if isinstance(node, nodes.Optional) else node
    if not isinstance(inner, nodes.Struct) or (inner.kept or inner.hook) is not None or keys_of(inner) is None:
        return None
    inner = attrs.evolve(as_map(inner), unit=nodes.ABSENT)
    return nodes.Optional(inner) if isinstance(node, nodes.Optional) else inner


def names_of(node: nodes.Struct) -> frozenset[nodes.FieldName]:
    """Return the keys that fields of a class have, those that are never on the wire among them."""
    flat = (field.flattened.keys or frozenset() for field in node.fields if field.flattened is not None)
    own = (name for field in node.fields if field.flattened is None for name in (field.key, *field.aliases))
    return frozenset(own).union(node.omitted, *flat)


def keys_of(node: nodes.Node) -> Keys:
    """
    Return the keys that the entries of a map may have.

    Args:
        node: The node of a class or of a union, or of a map.
    """
    if isinstance(node, nodes.Struct):
        return _together(
            names_of(node), *(field.flattened.keys for field in node.fields if field.flattened is not None)
        )
    if isinstance(node, nodes.TaggedValueNode):
        return frozenset(node.nodes)
    if isinstance(node, nodes.TaggedUnion):
        if node.tagging == "external":
            return frozenset(variant.name for variant in node.variants)
        if node.tagging == "adjacent":
            return frozenset((node.tag, node.content))
        held = (variant.node for variant in node.variants if variant.node is not None)
        return _together(frozenset((node.tag,)), *map(keys_of, held))
    if isinstance(node, nodes.UnionByLiteral):
        return _together(*map(keys_of, (*node.readers.values(), *node.writers.values())))
    if isinstance(node, nodes.UntaggedUnion):
        return _together(*map(keys_of, node.members))
    return None


def _together(*several: Keys) -> Keys:
    return None if None in several else frozenset().union(*filter(None, several))
