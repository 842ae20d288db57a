"""
`fingerprint`: 16 bytes that tell whether two programs write values of a type in the same form.

They are a digest of the format's name and of what decides how values are
written:

- of each value its kind: text, integer, array of what, and so on;
- of a class the names of its fields on the wire.  Where it is an array their
  order counts, and the names do though the bytes lack them: two fields of one
  type that swapped places look alike.  Where it is a map their order does not
  count.  Which fields may be left out counts, and the default that stands for
  a field that is left out, unless code computes it;
- of a named tuple the names of its items, in order;
- of a union its form, its tags and its names; of an enum or a ``Literal`` its
  values on the wire, numbers of an enum in the order of their declaration.

What only decides which documents reading refuses does not count: bounds,
patterns, validators, aliases, which fields may be missing, unknown fields,
limits.  Neither does the order of a map's entries (``sort_keys``), nor a name
that is not on the wire: of a class, a module, an attribute.

Recursive types are graphs, in which the same type may occur as one node or as
several.  The digest is of the graph's classes of equal nodes, found by
partition refinement (Hopcroft), so it does not depend on that.
"""

from __future__ import annotations

import hashlib

from collections import abc
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple, Protocol, get_args, get_origin

from typing_extensions import TypeForm

from . import nodes
from .annotations import behind
from .build import build_schema
from .registry import Registry
from .walk import walk
from .wire_parts import Part, PartsReader, version_of
from .wire_texts import UnknownFormError


__all__ = ["WireForm", "fingerprint", "wire_form"]

_SIZE: Final = 16
# Of any items, where they stand alone.
_BARE: Final = (list, dict, tuple, set, frozenset, abc.Sequence, abc.Mapping)
# Of the description that is digested: another number makes all fingerprints new.
_EDITION: Final = b"symphony fingerprint 1"


class WireForm(NamedTuple):
    """
    What there is to know of how values of a type are written.

    Attributes:
        fingerprint: 16 bytes; ``None``: a hook without a version writes or reads a part.
        is_positional: Whether fields of some class are told apart by their places in an array.
        is_open: Whether the type leaves a part open, as ``Any`` and ``Envelope[Any]`` do; a class with a field of
            that type does not.
    """

    fingerprint: bytes | None
    is_positional: bool
    is_open: bool


def _digest(*parts: bytes) -> bytes:
    found = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.digest()


def _digest_graph(name: str, parts: Sequence[Part]) -> bytes:
    """Return the digest of a graph whose first node is the root, whichever of its equal nodes are one."""
    labels = [label.encode() for label, _, _ in parts]

    def refined(colours: list[bytes]) -> list[bytes]:
        below = ([colours[child] for child in children] for _, children, _ in parts)
        return [
            _digest(label, *(held if part[2] else sorted(held)))
            for label, part, held in zip(labels, parts, below, strict=True)
        ]

    colours, finer = labels, refined(labels)
    while len(set(finer)) > len(set(colours)):
        colours, finer = finer, refined(finer)
    # Equal colours mean equal nodes now: what follows from each colour is all that there is to say.
    return _digest(_EDITION, name.encode(), colours[0], *sorted({*map(_digest, colours, finer)}))


def wire_form(tp: Any, registry: Registry) -> WireForm:
    """
    Return what there is to know of how values of *tp* are written.

    Args:
        tp: The type.
        registry: The converter of a codec: its options and hooks.

    Raises:
        UnsupportedError: The type has no representation.
    """
    reader = PartsReader(registry)
    found: bytes | None = None
    try:
        parts = reader.read(tp)
        versions = _versions_of_readers((tp, *reader.apart), registry)
        found = _digest_graph(" ".join((registry.format.name, *versions)), parts)
    except UnknownFormError:
        pass
    return WireForm(found, reader.is_positional, _is_open(tp))


def _is_open(tp: Any) -> bool:
    seen: list[Any] = []  # a type that an alias names may hold itself
    pending = [tp]
    while pending:
        part = behind(pending.pop())
        args = get_args(part)
        if part is Any or part is object or bool(getattr(part, "__parameters__", ())) or (not args and part in _BARE):
            return True
        if get_origin(part) is not Literal and part not in seen:
            seen.append(part)
            pending.extend(args)
    return False


def _versions_of_readers(types: Iterable[Any], registry: Registry) -> list[str]:
    """Return the versions of the hooks of the user's that read a part of *types*."""
    if registry.is_untouched:
        return []
    schemas = (build_schema(tp, registry, "structure", for_engine=False) for tp in types)
    nodes_of = (node for schema in schemas for node in walk(schema))
    hooked = {node.type for node in nodes_of if type(node) is nodes.Hook and node.kinds is None}
    return sorted(version_of(registry, tp, "structure") for tp in hooked)


class _Converter(Protocol):
    def wire_form(self, tp: Any) -> WireForm:
        """Return what `wire_form` does, which is remembered."""
        ...


class _Codec(Protocol):
    @property
    def converter(self) -> _Converter:
        """The converter that knows the hooks and the options."""
        ...


def fingerprint(as_type: TypeForm[Any], codec: _Codec) -> bytes | None:
    """
    Return 16 bytes that are the same in two programs if these write values of a type in the same form.

    They are the same in each process, in each version of Python, and with the
    compiled engine and without.

    Args:
        as_type: A class, a generic one with its arguments, a union, or any
            other annotation.
        codec: The codec: its format, its options, and the hooks that are
            registered now.

    Returns:
        The fingerprint; ``None`` if a hook of yours writes or reads a part of
        the type, unless all such hooks were registered with a version.

    Raises:
        FormatError: The type has no representation.
    """
    return codec.converter.wire_form(as_type).fingerprint
