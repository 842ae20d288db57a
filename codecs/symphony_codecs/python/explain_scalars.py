"""How nodes without parts are interpreted: the strict functions, and what they expect."""

from __future__ import annotations

import datetime as dt

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import attrs

from symphony_types._uuid_text import format_uuid_bytes, parse_uuid_bytes
from symphony_types.checks import U32, U64, IntRange, describe
from symphony_types.time import Duration, Timestamp
from symphony_types.traits.validatable import Issue

from .._issues import FormatError, mismatch, not_a
from .._nested import call_again
from .._signals import raise_if_from_signal
from ..formats.base import CborTag
from ..schema import nodes
from ..schema.enums import WireTable
from ..schema.foreign import or_foreign
from ..schema.nodes import HOOKS
from ..schema.texts import text_form
from ..schema.wire_classes import DurationWire
from . import strict
from .explain import Convert, Explainer, Interpreters, note, untag
from .untyped import structure_untyped


__all__ = ["READERS", "WRITERS"]


def _checking(convert: Convert, checks: tuple[Any, ...]) -> Convert:
    """Return *convert*, then the checks of its result."""
    if not checks:
        return convert

    def read(value: Any) -> Any:
        result = convert(value)
        for check in checks:
            check.check(result)
        return result

    return read


def _checked(convert: Convert, checks: tuple[Any, ...]) -> Convert:
    """Return the checks, then *convert*."""
    if not checks:
        return convert

    def write(value: Any) -> Any:
        for check in checks:
            check.check(value)
        return convert(value)

    return write


def _always(convert: Convert) -> Callable[[Any, Explainer], Convert]:
    return lambda _node, _explainer: convert


def _read_anything(node: nodes.Anything, _: Explainer) -> Convert:
    return structure_untyped(node) if node.scalars else lambda value: value


def _read_uuid(node: nodes.Uuid, _: Explainer) -> Convert:
    make = node.make

    def from_text(value: Any) -> Any:
        if type(value) is not str:
            raise mismatch("a UUID as text", value)
        return make(parse_uuid_bytes(value))

    def from_bytes(value: Any) -> Any:
        if type(value) is not bytes:
            raise mismatch("16 bytes", value)
        if len(value) != 16:
            raise mismatch("16 bytes", value, "invalid_value")
        return make(value)

    return from_text if node.text else from_bytes


def _write_uuid(node: nodes.Uuid, _: Explainer) -> Convert:
    cls, is_text = node.cls, node.text

    def write(value: Any) -> Any:
        if not isinstance(value, cls):
            raise not_a(cls, value)
        data: Any = value.bytes  # type: ignore[attr-defined]
        return format_uuid_bytes(data) if is_text else data

    return write


def _read_timestamp(node: nodes.Timestamp, _: Explainer) -> Convert:
    def read(value: Any, _: Any = None) -> Any:
        if type(value) is CborTag and value.tag in node.tags:
            return node.tags[value.tag](value.value)
        if type(value) is not str:
            raise mismatch("an RFC 3339 timestamp", value)
        return Timestamp.parse(value)

    return or_foreign(read, node.foreign)


def _write_timestamp(value: Any) -> str:
    if type(value) is not Timestamp:
        raise mismatch("a Timestamp", value)
    return str(value)


def _bounded(bounds: IntRange) -> nodes.Integer:
    return nodes.Integer(bounds.minimum, bounds.maximum, checks=(bounds,))


# serde reads more nanoseconds than a second has, and carries; alone among all structs, it refuses unknown fields.
_DURATION: Final = nodes.Struct(
    cls=DurationWire,
    fields=(
        nodes.Field(name="secs", argument="secs", key="secs", node=_bounded(U64)),
        nodes.Field(name="nanos", argument="nanos", key="nanos", node=_bounded(U32)),
    ),
    required=2,
    unknown="forbid",
)


def _read_duration(node: nodes.Duration, explainer: Explainer) -> Convert:
    def read(value: Any, _: Any = None) -> Duration:
        wire = explainer.own(_DURATION)(value)
        return Duration.from_parts(wire.secs, wire.nanos)

    return or_foreign(read, node.foreign)


def _write_duration(node: nodes.Duration, _: Explainer) -> Convert:
    def write(value: Any) -> Any:
        if type(value) is not Duration:
            raise mismatch("a Duration", value)
        issues: list[Issue] = []
        for name, bounds in (("secs", U64), ("nanos", U32)):
            try:
                bounds.check(getattr(value, name))
            except Exception as exc:  # noqa: BLE001 - somebody has changed it
                note(exc, name, issues)
        if issues:
            raise FormatError(issues)
        return [value.secs, value.nanos] if node.positional else {"secs": value.secs, "nanos": value.nanos}

    return write


def _read_moment(node: nodes.DateTime, _: Explainer) -> Convert:
    return attrs.evolve(text_form(node.cls), foreign=node.foreign).structure


def _write_moment(node: nodes.DateTime, _: Explainer) -> Convert:
    cls, write = node.cls, node.write

    def as_text(value: Any) -> str:
        if not isinstance(value, cls) or (cls is dt.date and isinstance(value, dt.datetime)):
            raise not_a(cls, value)
        return write(value)

    return as_text


def _unknown(value: Any, known: Any) -> FormatError:
    shown = ", ".join(str(v) if isinstance(v, str) else repr(v) for v in known)
    return FormatError.of("unknown_tag", f"one of {shown}", describe(value))


def _read_enum(node: nodes.Enum, _: Explainer) -> Convert:
    table, known = WireTable(node.pairs), [wire for wire, _ in node.pairs]
    kinds = frozenset(map(type, known))
    missing = node.missing

    def read(value: Any) -> Any:
        if type(value) is CborTag:
            value = untag(value)
        found = table.find(value)
        if found is not nodes.ABSENT:
            return found
        if missing is not None:
            try:
                return missing(value)
            except LookupError:
                pass
        if type(value) not in kinds:
            raise mismatch(f"one of {', '.join(map(str, known))}", value)
        raise _unknown(value, known)

    return read


def _write_enum(node: nodes.Enum, _: Explainer) -> Convert:
    cls = node.cls
    if cls is None:
        wires = {(type(value), value): wire for wire, value in node.pairs}

        def write_literal(value: Any) -> Any:
            try:
                return wires[type(value), value]
            except (KeyError, TypeError) as exc:
                raise_if_from_signal(exc)
                raise _unknown(value, [key[1] for key in wires]) from None

        return write_literal
    # By identity: hashing a member runs Python code.
    by_id = {id(member): wire for wire, member in node.pairs}

    missing = node.missing

    def write_enum(value: Any) -> Any:
        if type(value) is cls and id(value) in by_id:
            return by_id[id(value)]
        if missing is not None:
            return missing(value)
        if type(value) is cls:
            raise mismatch(f"a {cls.__name__} that can be read again", value, "invalid_value")
        raise not_a(cls, value)

    return write_enum


def _read_integer(node: nodes.Integer, _: Explainer) -> Convert:
    read = strict.structure_int if node.wide is None else strict.structure_wide_int(node.wide, node.octets)
    return _checking(read, node.checks)


def _write_integer(node: nodes.Integer, _: Explainer) -> Convert:
    write: Convert = (
        strict.unstructure_int if node.wide is None else strict.unstructure_wide_int(node.wide, node.octets)
    )
    return _checked(write, node.checks)


def _read_hook(node: nodes.Hook, _: Explainer) -> Convert:
    call, tp = node.call, node.type
    return lambda value: call(value, tp)


READERS: Final[Interpreters] = {
    nodes.Anything: _read_anything,
    nodes.Null: _always(strict.structure_none),
    nodes.Boolean: _always(strict.structure_bool),
    nodes.Integer: _read_integer,
    nodes.Float: lambda node, _: _checking(strict.structure_float, node.checks),
    nodes.Text: lambda node, _: _checking(strict.structure_str, node.checks),
    nodes.Binary: lambda node, _: strict.structure_base64 if node.base64 else strict.structure_bytes,
    nodes.Uuid: _read_uuid,
    nodes.Timestamp: _read_timestamp,
    nodes.Duration: _read_duration,
    nodes.DateTime: _read_moment,
    nodes.Enum: _read_enum,
    **dict.fromkeys(HOOKS, _read_hook),
}
WRITERS: Final[Interpreters] = {
    nodes.Anything: lambda node, _: node.call,
    nodes.Null: _always(strict.unstructure_none),
    nodes.Boolean: _always(strict.unstructure_bool),
    nodes.Integer: _write_integer,
    nodes.Float: lambda node, _: _checked(strict.unstructure_float, node.checks),
    nodes.Text: lambda node, _: _checked(strict.unstructure_str, node.checks),
    nodes.Binary: lambda node, _: strict.unstructure_base64 if node.base64 else strict.unstructure_bytes,
    nodes.Uuid: _write_uuid,
    nodes.Timestamp: _always(_write_timestamp),
    nodes.Duration: _write_duration,
    nodes.DateTime: _write_moment,
    nodes.Enum: _write_enum,
    **dict.fromkeys(HOOKS, lambda node, _: partial(call_again, node.call)),
}
