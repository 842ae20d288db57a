"""The nodes of what holds nothing else: builtin scalars, ids, time, enums, untyped values."""

from __future__ import annotations

import datetime as dt
import uuid

from typing import TYPE_CHECKING, Any, Final, get_args

from symphony_types.ids import TypedId

from ..hooks._fields import wire_fields
from ..hooks.anything import untyped
from ..hooks.domain import DurationWire
from ..hooks.enums import literal_values
from ..hooks.stdlib import moment_functions, uuid_from_bytes
from ..hooks.structs import is_positional
from .checks import with_check
from .nodes import Anything, Binary, Boolean, Choice, Float, Instant, Integer, Moment, Node, Null, Span, Text, Uuid


if TYPE_CHECKING:
    from .planner import Planner


__all__ = [
    "annotated",
    "anything",
    "enumeration",
    "instant",
    "json_value",
    "literal",
    "null",
    "scalar",
    "span",
    "standard",
    "typed_id",
]

_NOTHING: Final[frozenset[type]] = frozenset()
_JSON_SCALARS: Final[frozenset[type]] = frozenset({str, int, bool, float, type(None)})
_TEXT_KEYS: Final[frozenset[type]] = frozenset({str})
_ANY_KEYS: Final[frozenset[type]] = frozenset({str, int, bytes})
_CONTAINERS: Final = (dict, list, tuple)


def null(_tp: Any, _planner: Planner) -> Node:
    """Plan ``None``."""
    return Null()


def anything(tp: Any, planner: Planner) -> Node | None:
    """Plan an untyped value."""
    is_binary = planner.format.is_binary
    if planner.reads:
        return Anything(_JSON_SCALARS | {bytes}, _ANY_KEYS) if is_binary else Anything(_NOTHING, _NOTHING)
    if tp is object or not _are_plain(planner):
        return None
    keys = _TEXT_KEYS if planner.format.text_keys else _ANY_KEYS
    scalars = _JSON_SCALARS if planner.format.human_readable else _JSON_SCALARS | {bytes}
    return Anything(scalars, keys, planner.converter.get_unstructure_hook(Any))


def json_value(tp: Any, planner: Planner) -> Node | None:
    """Plan what serde_json's ``Value`` can hold."""
    if planner.reads:
        is_binary = planner.format.is_binary
        return Anything(_JSON_SCALARS, _TEXT_KEYS) if is_binary else Anything(_NOTHING, _NOTHING)
    if not _are_plain(planner):
        return None
    return Anything(_JSON_SCALARS, _TEXT_KEYS, planner.converter.get_unstructure_hook(tp))


def _are_plain(planner: Planner) -> bool:
    """Return whether builtins are written as they are wherever no type is given."""
    return all(planner.is_own(kind) for kind in (*_JSON_SCALARS, *_CONTAINERS, bytes))


def scalar(tp: Any, planner: Planner) -> Node | None:
    """Plan a builtin scalar; what the user has derived from one is called by its hook."""
    if tp is str:
        return Text()
    if tp is int:
        return Integer(wide=planner.format.int_range)
    if tp is bool:
        return Boolean()
    if tp is float:
        return Float()
    return Binary(planner.format.human_readable) if tp is bytes else None


def typed_id(tp: Any, planner: Planner) -> Node | None:
    """Plan a typed id, if it is made as ours are."""
    made: Any = TypedId.from_bytes
    is_changed = tp.from_bytes.__func__ is not made.__func__ or tp.__new__ is not object.__new__
    if is_changed or tp.__dictoffset__:  # where anything may be put
        return None
    return Uuid(tp, planner.format.human_readable, tp.from_bytes)


def instant(_tp: Any, _planner: Planner) -> Node:
    """Plan a timestamp."""
    return Instant()


def span(_tp: Any, planner: Planner) -> Node | None:
    """Plan a duration, unless its parts go by other names."""
    keys = [field.key for field in wire_fields(DurationWire, planner.converter)]
    return Span(is_positional(DurationWire, planner.converter)) if keys == ["secs", "nanos"] else None


def standard(tp: Any, planner: Planner) -> Node | None:
    """Plan a UUID, or a time; the other types of the standard library are called by their hooks."""
    if tp is uuid.UUID:
        return Uuid(tp, planner.format.human_readable, uuid_from_bytes)
    if tp in (dt.datetime, dt.date, dt.time):
        return Moment(tp, *moment_functions(tp))
    return None


def enumeration(tp: Any, planner: Planner) -> Node | None:
    """Plan an enum."""
    # Reading takes aliases; `__members__` has them, iteration has not.
    members = tuple(tp.__members__.values()) if planner.reads else tuple(tp)
    return _choice(tp, [(member.value, member) for member in members], planner)


def literal(tp: Any, planner: Planner) -> Node | None:
    """Plan a literal, unless two of its values look the same: its hook says so."""
    values = literal_values(tp)
    node = _choice(None, [(value, value) for value in values], planner)
    if node is not None and len({(type(wire), wire) for wire, _ in node.pairs}) < len(values):
        return None
    return node


def _choice(cls: type | None, pairs: list[tuple[Any, Any]], planner: Planner) -> Choice | None:
    """Return the node, if all values are scalars on the wire."""
    if planner.converter.is_untouched and all(type(value) in (str, int, bool) for value, _ in pairs):
        return Choice(cls, tuple(pairs))
    write = untyped(planner.converter)
    wires = tuple((write(value), member) for value, member in pairs)
    if all(type(wire) in _JSON_SCALARS or type(wire) is bytes for wire, _ in wires):
        return Choice(cls, wires)
    return None


def annotated(tp: Any, planner: Planner) -> Node:
    """Plan what is annotated, and held to the checks among the annotations."""
    inner, *metadata = get_args(tp)
    node = planner.node(inner)
    for each in metadata:
        if callable(getattr(each, "check", None)):
            node = with_check(node, each)
    return node
