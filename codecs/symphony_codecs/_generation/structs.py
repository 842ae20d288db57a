"""The recipes of attrs classes and dataclasses: their fields, each held to its own validators, then the constructor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from symphony_types._restorable import RestorableError

from ..schema import nodes
from .domain import FOLLOWING
from .proposals import proposed
from .source import HELP, GenerationError, NothingError, RefusedError
from .traced import fields_of


if TYPE_CHECKING:
    from .walk import Part

__all__ = ["struct", "variant"]

S = TypeVar("S")

_LEFT_OUT: Final = nodes.ABSENT


def struct(part: Part[S], node: nodes.Struct, depth: int, _hint: str) -> S:
    """Return the recipe of instances of a class."""
    return _instances(part, node, depth, lambda twin: struct(twin, node, depth, ""))


def variant(part: Part[S], found: nodes.Variant, depth: int, hint: str) -> S:
    """Return the recipe of a variant of a union: a class, the one field of a newtype, or a class without fields."""
    node = found.node
    if node is not None and found.field is None:
        return part.of(node, depth, hint)
    fields: tuple[nodes.Field, ...] = ()
    if node is not None and found.field is not None:
        fields = (nodes.Field(found.field, found.argument or found.field, found.field, node),)
    whole = nodes.Struct(cls=found.cls, fields=fields)
    return _instances(part, whole, depth, lambda twin: variant(twin, found, depth, hint))


def _instances(part: Part[S], node: nodes.Struct, depth: int, again: Callable[[Part[Any]], Any]) -> S:
    source, cls = part.source, node.cls
    known = {each.name: each for each in attrs.fields(cls)} if attrs.has(cls) else {}
    fields = fields_of(node)
    held: list[S] = []
    for field in fields:
        left_out = source.just(_LEFT_OUT)
        if field.optional and not part.fits(field.node, depth):
            held.append(left_out)
            continue
        try:
            made = _field(part, cls, field, known.get(field.name), depth)
        except NothingError as exc:
            where = f"the field {field.name!r} of {cls.__qualname__}"
            raise GenerationError(f"{where} has no values: {exc}: correct its validators, or {HELP}") from exc
        held.append(source.maybe(left_out, made) if field.optional else made)

    follow = FOLLOWING.get(cls)

    def construct(values: Sequence[Any]) -> Any:
        arguments: dict[str, Any] = {}
        stored: list[tuple[Callable[[Any, Any], None], Any]] = []
        for field, value in zip(fields, values, strict=True):
            if value is _LEFT_OUT:
                if field.is_passed and field.fill is not nodes.ABSENT:
                    arguments[field.argument] = field.fill
            elif field.is_passed:
                arguments[field.argument] = value
            elif field.store is not None:
                stored.append((field.store, value))
        if follow is not None:
            follow(arguments)
        made: Any = cls(**arguments)
        for store, value in stored:
            store(made, value)
        if node.validates:
            errors = made.validation_errors()
            if errors:
                raise RefusedError(str(errors[0]))
        return made

    return part.tried(source.tuples(held), construct, f"a {cls.__qualname__}", again)


def _field(part: Part[S], cls: type, field: nodes.Field, attribute: attrs.Attribute[Any] | None, depth: int) -> S:
    """Return the recipe of what the constructor takes for a field, as far as its validators look at that alone."""
    validator: Any = None if attribute is None else attribute.validator
    if attribute is None or validator is None:
        return part.of(field.node, depth, field.name)
    options = [option for option in proposed(field.node, validator) if part.fits(option, depth)] or [field.node]
    made = part.source.one_of([part.of(option, depth, field.name) for option in options])
    convert: Any = attribute.converter

    def check(value: Any) -> Any:
        alone: Any = _Alone()
        try:
            held = value
            if isinstance(convert, attrs.Converter):
                full: Any = convert
                held = full(value, alone, attribute)
            elif convert is not None:
                held = convert(value)
            validator(alone, attribute, held)
        except _NotAloneError:
            pass  # the constructor will say
        return value

    what = f"a value of the field {field.name!r} of {cls.__qualname__}"
    return part.tried(made, check, what, lambda twin: _field(twin, cls, field, attribute, depth))


class _NotAloneError(RestorableError):
    """A validator looks at other fields."""


class _Alone:
    """Stands for an instance of which there is one field alone."""

    def __getattr__(self, name: str) -> Any:
        raise _NotAloneError("a check of several fields")
