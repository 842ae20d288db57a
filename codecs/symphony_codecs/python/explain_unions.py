"""
How unions are interpreted where they are read: what tells the members apart, then the member.

See https://serde.rs/enum-representations.html for the forms.  In positional
form internal tagging puts the name before the fields, and adjacent tagging
makes a pair, as serde's own array form does; but for ``["Unit"]``, which serde
writes and cannot read: null stands there for no content, ``["Unit", null]``.
"""

from __future__ import annotations

import itertools
import threading

from typing import Any, Final

from symphony_types import UNSET
from symphony_types.checks import describe
from symphony_types.traits.validatable import Issue, PathElement

from .._issues import MAX_ISSUES, FormatError, issues_of, mismatch, missing_field, unknown_field, unknown_variant
from .._signals import raise_if_from_signal
from ..formats.base import CborTag, path_element
from ..schema import nodes
from ..schema.wire_kinds import NAMES
from ..unknown import UnknownVariant
from ._field_names import label_of
from .explain import AT_START, Explainer, Interpreter, Interpreters, Stop, TagRefusedError, is_final, untag


__all__ = ["CONTENT", "READERS", "expected_kinds"]

_ONLY_TEXT: Final = frozenset((str,))
_LABELS: Final = frozenset((str, int, bool, float, bytes, type(None)))

CONTENT: Final = 0
"""The part of a function of a union that reads or writes what a variant holds."""


def expected_kinds(kinds: Any) -> str:
    """Return what to call builtins of these classes, in a fixed order."""
    return " or ".join(NAMES[kind] for kind in NAMES if kind in kinds)


class _ByJsonType(Interpreter):
    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        node = self.node
        member = node.readers.get(type(value)) or node.foreign.get(type(value)) or node.other
        if type(value) is CborTag and member is None and value.tag in node.tags:
            try:
                return self.explainer.run(node.tags[value.tag], value)
            except Exception as exc:
                raise_if_from_signal(exc)
                # Without the tag it might be another member.
                raise TagRefusedError(issues_of(exc)) from exc
        if member is None:
            raise mismatch(expected_kinds(self.node.readers), value)
        if stop.exc is not None and is_final(stop.exc, member):
            raise stop.exc
        return self.explainer.run(member, value)


class _Variants(Interpreter):
    """The classes of a tagged union, by name; what one holds is the part `CONTENT` of the union's function."""

    def __init__(self, node: nodes.TaggedUnion, explainer: Explainer) -> None:
        super().__init__(node, explainer)
        self.by_name = {variant.name: variant for variant in node.variants}
        self.contents = {variant.name: _content_of(variant) for variant in node.variants}

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        stopped = stop.at(CONTENT)
        if self.node.tagging == "external":
            return self._external(value, stopped)
        if self.node.tagging == "internal":
            return self._internal(value, stopped)
        return self._adjacent(value, stopped)

    def _external(self, value: Any, exc: Exception | None) -> Any:
        if type(value) is dict and len(value) == 1:
            ((name, body),) = value.items()
            name = named(name, self.explainer)
            variant = self._variant(name)
            if variant is None:
                return self._other(name, body, name)
            return self.explainer.held(self.contents[variant.name], body, name, exc)
        if type(value) is str:
            variant = self._variant(value)
            if variant is None:
                return self._other(value, UNSET, None)
            if variant.node is None:
                return variant.cls()
            raise mismatch(f"a map of one entry, {variant.name!r}", value)
        raise no_variant(value)

    def _internal(self, value: Any, exc: Exception | None) -> Any:
        tag = self.node.tag
        body: Any
        if type(value) is dict:
            if tag not in value:
                raise FormatError([missing_field(tag)])
            name = untag(value[tag])
            body = {key: item for key, item in value.items() if key != tag}
        elif type(value) is list and value:
            name, body = untag(value[0]), value[1:]
        else:
            raise mismatch(f"a map with field {tag!r}", value)
        variant = self._variant(name, tag)
        if variant is None:
            return self._other(name, body, None)
        return self.explainer.held(self.contents[variant.name], body, None, exc)

    def _adjacent(self, value: Any, exc: Exception | None) -> Any:
        tag, content = self.node.tag, self.node.content
        if type(value) is dict:
            if tag not in value:
                raise FormatError([missing_field(tag)])
            if self.node.forbids and not value.keys() <= {tag, content}:
                known = f"one of {tag!r}, {content!r}"
                unknown = [key for key in value if key not in (tag, content)]
                raise FormatError(unknown_field(key, known, path_element(key)) for key in unknown[:MAX_ISSUES])
            name, body, there = untag(value[tag]), value.get(content), content in value
        elif type(value) is list:
            if not 1 <= len(value) <= 2:
                raise FormatError.of("wrong_arity", "an array of 1 to 2 items", f"{len(value)} items")
            name, body, there = untag(value[0]), value[1] if len(value) == 2 else None, len(value) == 2
        else:
            raise mismatch(f"a map with fields {tag!r} and {content!r}", value)
        variant = self._variant(name, tag)
        if variant is None:
            return self._other(name, body if there else UNSET, content)
        if not there and variant.node is not None and not variant.optional:
            raise FormatError([missing_field(content)])
        return self.explainer.held(self.contents[variant.name], body, content, exc)

    def _variant(self, name: Any, *path: str) -> nodes.Variant | None:
        """Return the variant of that name, ``None`` if that is for another one to read."""
        variant = self.by_name.get(name) if type(name) is str else None
        if variant is None and (self.node.other is None or type(name) is not str):
            raise unknown_variant(name, self.by_name, *path)
        return variant

    def _other(self, name: str, body: Any, where: PathElement | None) -> Any:
        """Return what is read under an unknown name, from *body*, or `UNSET` for none."""
        other: nodes.Variant = self.node.other
        if other.node is None:
            return other.cls()
        is_nothing = body is UNSET or (self.node.tagging == "internal" and body == {})
        if other.cls is UnknownVariant:
            return UnknownVariant(name, UNSET if is_nothing else self.explainer.held(other.node, body, where, None))
        if body is not UNSET:
            return self.explainer.held(_content_of(other), body, where, None)
        if where is not None and not other.optional:
            raise FormatError([missing_field(self.node.content)])
        if where is None:
            raise mismatch(f"a map of one entry, {name!r}", name)
        return self.explainer.held(_content_of(other), None, where, None)


def _content_of(variant: nodes.Variant) -> nodes.Node:
    """Return the node of what a variant holds: its class's own where that will do, as it takes less of the stack."""
    return nodes.Bare(variant) if variant.node is None or variant.argument is not None else variant.node


def named(name: Any, explainer: Explainer) -> Any:
    """Return the name of a variant as text, where it is spelled as bytes, or stands under CBOR tags."""
    name = untag(name)
    is_bytes = explainer.schema.bytes_keys and type(name) is bytes
    return name.decode(errors="replace") if is_bytes else name


def no_variant(value: Any) -> FormatError:
    """Return the error for what is neither a variant's name nor a map of one entry."""
    actual = f"a map of {len(value)} entries" if type(value) is dict else describe(value)
    return FormatError.of("wrong_type", "a variant's name or a map of one entry", actual)


class _Bare(Interpreter):
    """What a variant holds, without its name."""

    def __init__(self, node: nodes.Bare, explainer: Explainer) -> None:
        self.variant = node.variant
        self.explainer = explainer

    def __call__(self, value: Any, _stop: Stop = AT_START) -> Any:
        variant = self.variant
        if variant.node is None:
            # Empty, it may be Rust's `Unit {}` or `Unit()`.
            if value is not None and not (type(value) in (dict, list) and not value):
                raise mismatch(f"nothing in variant {variant.name!r}", value)
            return variant.cls()
        read = self.explainer.run(variant.node, value)
        return read if variant.argument is None else variant.cls(**{variant.argument: read})


class _ByLiteral(Interpreter):
    """A union of classes that differ in a literal field; the part `CONTENT` is the class."""

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        node = self.node
        if type(value) is dict:
            try:
                tag = untag(label_of(node, value) if node.aliases or type(node.key) is int else value[node.key])
            except KeyError:
                raise FormatError([missing_field(node.key)]) from None
        elif type(value) is list and node.position is not None and len(value) > node.position:
            tag = untag(value[node.position])
        else:
            raise mismatch(f"a map with field {node.key!r}", value)
        found = node.readers.get((type(tag), tag)) if type(tag) in _LABELS else None
        if found is None:
            raise unknown_variant(tag, [str(wire) for _, wire in node.readers], node.key)
        exc = stop.at(CONTENT)
        if exc is not None:
            raise exc
        return self.explainer.run(found, value)


class _Tried(threading.local):
    """
    What became of the arrays and maps inside an untagged union, while its outermost one is being read.

    Each level tries each member on the same values: remembering saves an
    amount of work that doubles from level to level.
    """

    outcomes: dict[tuple[int, int], tuple[Any, Any, tuple[Issue, ...]]] | None = None


_TRIED: Final = _Tried()


class _Untagged(Interpreter):
    """A union of which the first member that fits is taken; each says why it does not."""

    def __init__(self, node: nodes.UntaggedUnion, explainer: Explainer) -> None:
        super().__init__(node, explainer)
        self.keys = [_keys_of(member, explainer) for member in node.members]

    def __call__(self, value: Any, _stop: Stop = AT_START) -> Any:
        outcomes = _TRIED.outcomes
        if outcomes is None:
            _TRIED.outcomes = {}
            try:
                return self(value)
            finally:
                _TRIED.outcomes = None
        # The value is kept, so that no other gets its id.  Only containers: equal scalars may be one object.
        key = (id(value), id(self.node)) if type(value) is dict or type(value) is list else None
        if key is not None and key in outcomes:
            _, result, issues = outcomes[key]
            if issues:
                raise FormatError(issues)
            return result
        names = value.keys() if type(value) is dict and _ONLY_TEXT.issuperset(map(type, value)) else None
        places = [
            place
            for place, (required, allowed) in enumerate(self.keys)
            if names is None or (required <= names and (allowed is None or names <= allowed))
        ]
        decisive = self.node.decisive
        reasons = {} if decisive is None else self._lacking(value)
        if reasons:
            places = [place for place in places if place not in reasons]
        at_decisive: list[list[Issue]] = []
        # Those that lack a key can only say why.  Each level of a document takes this function's place on the stack,
        # so that it calls the members itself.
        for place in itertools.chain(places, (place for place in range(len(self.keys)) if place not in reasons)):
            try:
                result = self.explainer.convert(self.node.members[place])(value)
            except RecursionError:
                raise
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                faults = issues_of(exc)
                reasons[place] = f"{self.node.names[place]}: {faults[0]}"
                if decisive is not None and place in places and any(each.path[:1] == (decisive,) for each in faults):
                    at_decisive.append(faults)
            else:
                if key is not None:
                    outcomes[key] = value, result, ()
                return result
        known = ", ".join(self.node.names)
        message = f"expected one of {known}, none fits ({'; '.join(text for _, text in sorted(reasons.items()))[:500]})"
        issue = Issue((), "wrong_type", f"one of {known}", describe(value), message)
        least: list[Issue] = min(at_decisive, key=len) if at_decisive else [issue]
        found = tuple(least)
        if key is not None:
            outcomes[key] = value, None, found
        raise FormatError(found)

    def _lacking(self, value: Any) -> dict[int, str]:
        """Return why members are not tried, by their places: a map has the key that tells them from others."""
        key = self.node.decisive
        if type(value) is not dict or all(named(each, self.explainer) != key for each in value):
            return {}
        return {place: f"{self.node.names[place]}: unknown field {key!r}" for place in self.node.lacking}


def _keys_of(member: Any, explainer: Explainer) -> tuple[frozenset[Any], frozenset[Any] | None]:
    """Return the keys that a map has to have for *member* to take it, and those that it may have; ``None``: any."""
    node: Any = explainer.schema.table[member.key] if isinstance(member, nodes.Reference) else member
    if not isinstance(node, nodes.Struct) or (node.adapt is not None and node.only_one is None) or node.has_other_names:
        return frozenset(), None
    known = frozenset((*(field.key for field in node.fields), *node.omitted))
    required = frozenset(field.key for field in node.fields if not field.optional)
    return required, known if node.unknown == "forbid" else None


class _TaggedValue(Interpreter):
    """A Rust enum in one class; the part `CONTENT` is what a variant holds."""

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        node = self.node
        if type(value) is str:
            if value not in node.nodes:
                raise unknown_variant(value, node.nodes)
            if value not in node.units:
                raise mismatch(f"a map of one entry, {value!r}", value)
            return node.units[value]
        if type(value) is not dict or len(value) != 1:
            raise no_variant(value)
        ((name, body),) = value.items()
        name = named(name, self.explainer)
        if type(name) is not str or name not in node.nodes:
            raise unknown_variant(name, node.nodes)
        held = node.nodes[name]
        if held is None:
            if untag(body) is not None:
                raise FormatError(issues_of(mismatch(f"nothing in variant {name!r}", body), name))
            return node.units[name]
        return node.make(name, self.explainer.held(held, body, name, stop.at(CONTENT)))


READERS: Final[Interpreters] = {
    nodes.UnionByJsonType: _ByJsonType,
    nodes.TaggedUnion: _Variants,
    nodes.UnionByLiteral: _ByLiteral,
    nodes.UntaggedUnion: _Untagged,
    nodes.TaggedValueNode: _TaggedValue,
    nodes.Bare: _Bare,
}
