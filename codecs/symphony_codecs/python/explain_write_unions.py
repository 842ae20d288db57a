"""How unions are interpreted where they are written: by the class of the value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from symphony_types import UNSET
from symphony_types.checks import describe
from symphony_types.traits.validatable import Issue

from .._issues import FormatError, mismatch, not_a
from .._signals import raise_if_from_signal
from ..schema import nodes
from ..schema.wire_kinds import kinds_of
from ..unknown import UnknownVariant
from .explain import AT_START, Explainer, Interpreter, Interpreters, Stop, is_final, note
from .explain_reading import READERS
from .explain_unions import expected_kinds


__all__ = ["WRITERS"]


def _one_of(classes: Iterable[Any], value: Any) -> FormatError:
    return mismatch(f"one of {', '.join(cls.__name__ for cls in classes)}", value)


class _ByJsonType(Interpreter):
    """A union whose members look different; a value of none of the known classes is tried with each."""

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        known = self.node.writers.get(type(value))
        if known is not None:
            if stop.exc is not None and is_final(stop.exc, known):
                raise stop.exc
            return self._written(known, value)
        last: Exception | None = None
        for member in self.node.members:
            try:
                return self._written(member, value)
            except RecursionError:
                raise
            except Exception as fault:  # noqa: BLE001 - a hook of the user's may raise anything
                raise_if_from_signal(fault)
                last = fault
        raise FormatError.of("wrong_type", " or ".join(self.node.names), describe(value)) from last

    def _written(self, member: nodes.Node, value: Any) -> Any:
        """Refuse to write what would be read back as another member: a wide int as text, beside a `str`."""
        wire = self.explainer.run(member, value)
        kinds = kinds_of(member)
        if kinds is not None and type(wire) not in kinds and not (type(wire) is bool and int in kinds):
            raise mismatch(f"a value that is {expected_kinds(kinds)} on the wire", value, "out_of_range")
        return wire


class _Variants(Interpreter):
    """Classes under names."""

    def __init__(self, node: nodes.TaggedUnion, explainer: Explainer) -> None:
        super().__init__(node, explainer)
        self.by_class = {variant.cls: variant for variant in node.variants}
        self.bare = {variant.name: nodes.Bare(variant) for variant in node.variants}

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        variant = self.by_class.get(type(value))
        if variant is None and type(value) is UnknownVariant and self.node.other is not None:
            return self._unknown(value)
        if variant is None:
            raise _one_of(self.by_class, value)
        node, name = self.node, variant.name
        _refuse_kept(variant, value)
        if variant.node is None:
            if node.tagging == "external":
                return name
            return [name, None] if node.positional else {node.tag: name}
        where = {"external": name, "adjacent": node.content}.get(node.tagging)
        body = self.explainer.held(self.bare[name], value, where, stop.exc)
        if node.tagging == "external":
            return {name: body}
        if node.tagging == "adjacent":
            return [name, body] if node.positional else {node.tag: name, node.content: body}
        if type(body) is list:
            return [name, *body]
        if type(body) is dict and node.tag not in body:
            return {node.tag: name, **body}
        raise mismatch(f"a map without {node.tag!r} inside an internally tagged {name}", body, "invalid_value")

    def _unknown(self, value: UnknownVariant) -> Any:
        """Return what is written of a variant that was read under an unknown name."""
        node, name = self.node, value.tag
        if name in self.bare:
            raise mismatch("a tag of an UnknownVariant that no class of the union goes by", name, "invalid_value")
        where = {"external": name, "adjacent": node.content}.get(node.tagging)
        has_content = value.content is not UNSET
        body = self.explainer.held(node.other.node, value.content, where, None) if has_content else UNSET
        if node.tagging == "external":
            return {name: body} if has_content else name
        if node.tagging == "adjacent":
            if node.positional:
                return [name, body] if has_content else [name]
            return {node.tag: name, node.content: body} if has_content else {node.tag: name}
        if type(body) is list:
            return [name, *body]
        if not has_content:
            return {node.tag: name}
        if type(body) is dict and body and node.tag not in body:
            return {node.tag: name, **body}
        expected = f"UNSET, an array, or a map with entries but no {node.tag!r} as the content of an UnknownVariant"
        raise mismatch(expected, value.content, "invalid_value")


def _refuse_kept(variant: nodes.Variant, value: Any) -> None:
    """Refuse an instance with unknown fields, for which a newtype and a name alone have no place."""
    fields = variant.kept(value) if variant.kept is not None else None
    if fields:
        name = variant.cls.__name__
        form = f"its name {variant.name!r}" if variant.node is None else f"its field {variant.field!r}"
        names = ", ".join(map(repr, fields))
        message = f"{name} is written as {form} alone, so its unknown fields cannot be kept"
        message += f" (unknown_fields='keep'): {names}"
        raise FormatError.of("invalid_value", f"a {name} without unknown fields", names, message=message)


class _Bare(Interpreter):
    """What stands under a variant's name: the one field of a newtype, or the instance itself."""

    def __init__(self, node: nodes.Bare, explainer: Explainer) -> None:
        self.variant = node.variant
        self.explainer = explainer

    def __call__(self, value: Any, _stop: Stop = AT_START) -> Any:
        variant = self.variant
        if type(value) is not variant.cls:
            raise not_a(variant.cls, value)
        _refuse_kept(variant, value)
        if variant.node is None:
            return None
        return self.explainer.run(variant.node, value if variant.field is None else getattr(value, variant.field))


class _ByLiteral(Interpreter):
    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        node = self.node
        found = node.writers.get(type(value))
        if found is None:
            raise _one_of(node.writers, value)
        if stop.exc is not None and is_final(stop.exc, found):
            raise stop.exc
        body = self.explainer.run(found, value)
        if type(body) is dict:
            # Left out, being the default.
            left_out = {key: label for key, label in node.labels[type(value)].items() if key not in body}
            return {**{key: label(value) for key, label in left_out.items()}, **body}
        if node.position is None and type(body) is list:
            message = f"field {node.key!r}, which tells the union's classes apart, stands at one place in all of them"
            classes = ", ".join(cls.__qualname__ for cls in node.writers)
            raise FormatError.of("unsupported_type", message, f"several places in the arrays of {classes}")
        return body


class _Untagged(Interpreter):
    """
    A union without tags: the first member that takes the value writes it, of exactly its class if there is one.

    What another member would read as another value is refused.
    """

    def __init__(self, node: nodes.UntaggedUnion, explainer: Explainer) -> None:
        super().__init__(node, explainer)
        self.readers: list[Callable[[Any], Any] | None] = [
            None if doubt is None else Explainer(doubt, READERS).own(doubt.root) for doubt in node.doubts
        ]

    def __call__(self, value: Any, _stop: Stop = AT_START) -> Any:
        issues: dict[int, list[Issue]] = {}
        of_class = type(value)
        exact = [place for place, cls in enumerate(self.node.classes) if cls is of_class]
        for place in (*exact, *(place for place in range(len(self.node.members)) if place not in exact)):
            try:
                wire = self.explainer.run(self.node.members[place], value)
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                note(exc, None, issues.setdefault(place, []))
            else:
                self._check(place, value, wire)
                return wire
        raise FormatError(issue for _, each in sorted(issues.items()) for issue in each)

    def _check(self, place: int, value: Any, wire: Any) -> None:
        """Raise if another member would read *wire*, which the one at *place* has written, and make another value."""
        node, read = self.node, self.readers[place]
        if wire is None and node.beside_none and not isinstance(node.members[place], nodes.Hook):
            raise _mistaken(node.names[place], "None", value)
        if read is None:
            return
        try:
            other = read(wire)
        except RecursionError:
            raise
        except Exception as exc:  # noqa: BLE001 - which is what is hoped for
            raise_if_from_signal(exc)
            return
        if not _is_equal(other, value):
            raise _mistaken(node.names[place], " or ".join(node.doubts[place].root.names), value)


def _is_equal(one: Any, other: Any) -> bool:
    try:
        return type(one) is type(other) and bool(one == other)
    except Exception as exc:  # noqa: BLE001 - an __eq__ of the user's
        raise_if_from_signal(exc)
        return False


def _mistaken(name: str, others: str, value: Any) -> FormatError:
    message = f"a {name} that reads as {others}, which is tried before it: without a tag it would come back as that"
    return FormatError.of("invalid_value", f"a value that reads as {name}", describe(value), message=message)


class _TaggedValue(Interpreter):
    """A Rust enum in one class."""

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        node = self.node
        if type(value) is not node.cls:
            raise not_a(node.cls, value)
        name, held = value.variant, node.nodes.get(value.variant)
        if held is None:
            return name
        return {name: self.explainer.held(held, value.value, name, stop.exc)}


WRITERS: Final[Interpreters] = {
    nodes.UnionByJsonType: _ByJsonType,
    nodes.TaggedUnion: _Variants,
    nodes.UnionByLiteral: _ByLiteral,
    nodes.UntaggedUnion: _Untagged,
    nodes.TaggedValueNode: _TaggedValue,
    nodes.Bare: _Bare,
}
