"""The nodes of what holds nothing else: builtin scalars, ids, time, untyped values."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final, get_args

import attrs

from symphony_types.checks import I128, U128, IntRange
from symphony_types.ids import TypedId

from ..formats.base import Format
from . import nodes
from .addresses import ADDRESSES
from .fields import is_positional, wire_fields
from .foreign import foreign_forms, or_foreign
from .texts import TAGS, text_form, uuid_from_bytes
from .validators import with_check
from .wire_classes import DurationWire, TimedeltaWire


if TYPE_CHECKING:
    from .build import Builder
    from .kinds import Kind


__all__ = [
    "JSON_VALUE",
    "UNTYPED",
    "address",
    "annotated",
    "anything",
    "instant",
    "json_value",
    "null",
    "scalar",
    "scalar_node",
    "span",
    "standard",
    "time_delta",
    "typed_id",
]

_NOTHING: Final[frozenset[type]] = frozenset()
_JSON_SCALARS: Final[frozenset[type]] = frozenset({str, int, bool, float, type(None)})
_TEXT_KEYS: Final[frozenset[type]] = frozenset({str})
_ANY_KEYS: Final[frozenset[type]] = frozenset({str, int, bytes})
# What rmp-serde has as 16 bytes; of a plain `int` those that no other number of MessagePack can be.
_OCTETS: Final = {check: (check.minimum, check.maximum) for check in (U128, I128)}
_U128_ALONE: Final = (2**64, U128.maximum)
_CONTAINERS: Final = (dict, list, tuple)

UNTYPED: Final = nodes.Anything(_JSON_SCALARS | {bytes}, _ANY_KEYS)
"""What a binary format can say."""

JSON_VALUE: Final = nodes.Anything(_JSON_SCALARS, _TEXT_KEYS)
"""What JSON can say."""


def null(_tp: Any, _planner: Builder) -> nodes.Node:
    """Schema ``None``."""
    return nodes.Null()


def anything(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of an untyped value."""
    is_binary = builder.format.is_binary
    if builder.reads:
        return UNTYPED if is_binary else nodes.Anything(_NOTHING, _NOTHING)
    if not _are_plain(builder):
        return nodes.Hook(tp, builder.registry.untyped())
    keys = _TEXT_KEYS if builder.format.text_keys else _ANY_KEYS
    scalars = _JSON_SCALARS if builder.format.human_readable else _JSON_SCALARS | {bytes}
    return nodes.Anything(scalars, keys, builder.registry.untyped(), builder.registry.class_schemas())


def json_value(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of what serde_json's ``Value`` can hold."""
    if builder.reads:
        is_binary = builder.format.is_binary
        return JSON_VALUE if is_binary else nodes.Anything(_NOTHING, _NOTHING)
    write = builder.registry.untyped()
    check = builder.registry.json_values()

    def write_json(value: Any) -> Any:
        return check(write(value))

    if not _are_plain(builder):
        return nodes.Hook(tp, write_json)
    # In JSON nothing else can be said.
    schema_of = builder.registry.class_schemas() if builder.format.human_readable else None
    return nodes.Anything(_JSON_SCALARS, _TEXT_KEYS, write_json, schema_of)


def _are_plain(builder: Builder) -> bool:
    """Return whether builtins are written as they are wherever no type is given."""
    return all(builder.is_own(kind) for kind in (*_JSON_SCALARS, *_CONTAINERS, bytes))


def scalar(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a builtin scalar."""
    if tp in (bytearray, memoryview):
        return nodes.Buffer(*_special("scalar", tp, builder), cls=tp, base64=builder.format.human_readable)
    node = scalar_node(tp, builder.format)
    if builder.is_trying and isinstance(node, nodes.Integer):
        return attrs.evolve(node, octets=None)  # there bytes may be what another member holds
    return node


def _special(kind: Kind, tp: Any, builder: Builder) -> tuple[Any, ...]:
    """Return what a `nodes.Hook` for a special type is made of."""
    special = builder.registry.special(kind, tp, builder.direction)
    assert special is not None, kind
    return tp, *special


def scalar_node(tp: Any, form: Format) -> nodes.Node | None:
    """Return the node of a builtin scalar in a format; ``None`` for what is derived from one."""
    if tp is str:
        return nodes.Text()
    if tp is int:
        return nodes.Integer(wide=form.int_range, octets=_U128_ALONE if form.layout == "msgpack" else None)
    if tp is bool:
        return nodes.Boolean()
    if tp is float:
        return nodes.Float()
    return nodes.Binary(form.human_readable) if tp is bytes else None


def typed_id(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a typed id, if it is made as ours are."""
    made: Any = TypedId.from_bytes
    is_changed = tp.from_bytes.__func__ is not made.__func__ or tp.__new__ is not object.__new__
    if is_changed or tp.__dictoffset__:  # where anything may be put
        return None
    return nodes.Uuid(tp, builder.format.human_readable, tp.from_bytes)


def _foreign(tp: Any, builder: Builder) -> nodes.Foreign:
    """Return the forms of other peers, for reading."""
    if not builder.reads:
        return {}
    read = text_form(tp).read if tp is decimal.Decimal else None
    return foreign_forms(tp, read, is_json=builder.format.layout == "json", takes_all=builder.takes_foreign)


def _beside_foreign(kind: Kind, tp: Any, builder: Builder) -> tuple[Any, ...]:
    """Return what `_special` does, with a function that reads foreign forms, too."""
    of_type, call, kinds = _special(kind, tp, builder)
    return of_type, or_foreign(call, _foreign(tp, builder)), kinds


def instant(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a timestamp."""
    return nodes.Timestamp(TAGS[tp], _foreign(tp, builder))


def span(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a duration: a hook if its parts go by other names."""
    keys = [field.key for field in wire_fields(DurationWire, builder.registry)]
    if keys != ["secs", "nanos"]:
        return nodes.Hook(*_beside_foreign("duration", tp, builder))
    return nodes.Duration(is_positional(DurationWire, builder.registry), _foreign(tp, builder))


def time_delta(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a timedelta: a hook if its parts go by other names."""
    keys = [field.key for field in wire_fields(TimedeltaWire, builder.registry)]
    made = _beside_foreign("timedelta", tp, builder)
    if keys != ["secs", "nanos"]:
        return nodes.Hook(*made)
    _, own, _ = _special("timedelta", tp, builder)
    positional = is_positional(TimedeltaWire, builder.registry)
    return nodes.TimeDelta(*made, positional=positional, own=own, foreign=_foreign(tp, builder))


def standard(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a UUID, of a time, or of another class of the standard library that is text."""
    if tp is uuid.UUID:
        return nodes.Uuid(tp, builder.format.human_readable, uuid_from_bytes)
    form = text_form(tp)
    if tp in (dt.datetime, dt.date, dt.time):
        return nodes.DateTime(tp, form.read, form.write, form.tags, _foreign(tp, builder))
    foreign = _foreign(tp, builder)
    of_type, call, kinds = _special("standard", tp, builder)
    if foreign:
        call = attrs.evolve(form, foreign=foreign).structure
    # Which path a `Path` is depends on the system.
    cls = PurePath if tp is Path and not builder.reads else tp
    return nodes.FromText(
        *(of_type, call, kinds),
        cls=cls,
        read=form.read,
        write=form.write,
        tags=form.tags,
        foreign=foreign,
    )


def address(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of an internet address."""
    form, special = ADDRESSES[tp], _special("address", tp, builder)
    if builder.format.human_readable:
        return nodes.FromText(*special, cls=tp, read=form.read, write=form.write)
    return nodes.Octets(*special, cls=tp, size=form.size, read=form.read_octets, write=form.write_octets)


def annotated(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of what is annotated, and held to the checks among the annotations."""
    inner, *metadata = get_args(tp)
    node = builder.node(inner)
    for each in metadata:
        if callable(getattr(each, "check", None)):
            node = with_check(node, each)
            if isinstance(node, nodes.Integer) and type(each) is IntRange and builder.format.layout == "msgpack":
                node = attrs.evolve(node, octets=_OCTETS.get(each, node.octets))
    return node
