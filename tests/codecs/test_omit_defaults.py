"""Fields that are left out where they hold their default: the same in each format and executor."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math

from typing import Any

import attrs
import pytest

from symphony_codecs import EncodeError, get_codec
from symphony_codecs.executor import ENGINE, fast_encoder
from symphony_codecs.python import encoder as generated_encoder
from symphony_codecs.schema import build_schema, nodes
from symphony_types import U8
from symphony_types.checks import as_tuple
from tests.codecs.python.interpreted import interpreted_encoder


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Bits(enum.Flag):
    A = 1
    B = 2


class Text(str):
    __slots__ = ()


@attrs.define
class Point:
    x: int = 0


@attrs.define(eq=False)
class Identical:
    x: int = 0


_NOON = dt.datetime(2020, 1, 1, 12, tzinfo=dt.UTC)
_ORIGIN = Identical()

# A type, its default, values, and whether the default is data that the engine compares itself.
CASES: tuple[tuple[Any, Any, tuple[Any, ...], bool], ...] = (
    (int, 0, (0, 1, -1, False, 2**64 - 1), True),
    (int, 2**63, (2**63, 2**63 + 1, 5), True),
    (int | None, None, (None, 0, 5), True),
    (int | None, 3, (None, 3, 0), True),
    (bool, False, (False, True, 0), True),
    (str, None, (None, "a"), True),
    (str, 5, (5, "a"), False),
    (int, "x", ("x", 5), False),
    (float, 0, (0, 0.0, 1), True),
    (float, 10**400, (10**400, 1.5), False),
    (bytes, None, (None, b""), True),
    (str, attrs.Factory(lambda: "made"), ("made", "x"), False),
    (int, attrs.Factory(int), (0, 1), False),
    (float, 0.0, (0.0, -0.0, 0, 1.5, math.nan), True),
    (float, -0.0, (0.0, -0.0), True),
    (str, "", ("", "a", Text(""), "\ud800"), True),
    (str, "\ud800", ("\ud800", "a"), True),
    (bytes, b"", (b"", b"a", bytearray()), True),
    (U8, 300, (300, 5), False),
    (U8, 30, (30, 5, 300), True),
    (Colour, Colour.RED, tuple(Colour), True),
    (Level, Level.LOW, (*Level, 1), True),
    (Bits, Bits.A, (Bits.A, Bits.B, Bits.A | Bits.B), True),
    (list[int], attrs.Factory(list), ([], [0], (), ["x"]), True),
    (list[int], attrs.Factory(lambda: [1]), ([1], [True], [], [1.0]), False),
    (dict[str, int], attrs.Factory(dict), ({}, {"a": 1}), True),
    (set[int], attrs.Factory(set), (set(), {1}, frozenset()), True),
    (frozenset[int], frozenset(), (frozenset(), frozenset({1})), True),
    (tuple[int, ...], (), ((), (1,), []), True),
    (tuple[int, ...], (1,), ((1,), (True,), (1.0,)), True),
    (dt.datetime, _NOON, (_NOON, _NOON.astimezone(dt.timezone(dt.timedelta(hours=1))), _NOON + dt.timedelta(1)), True),
    (Point, attrs.Factory(Point), (Point(), Point(1), Point(True)), False),
    (Identical, _ORIGIN, (_ORIGIN, Identical()), True),
    (Any, None, (None, 1, [1]), True),
    (Any, 1, (1, True, 1.0), False),
    (list[list[int]], attrs.Factory(list), ([], [[]], [[1]]), True),
)


def _attrs_class(tp: Any, default: Any, **how: Any) -> Any:
    fields = {
        "a": attrs.field(type=int),
        "x": attrs.field(type=tp, default=default, **how),
        "z": attrs.field(default=1, type=int),
    }
    return attrs.make_class("Made", fields)


def _dataclass(tp: Any, default: Any) -> Any:
    given: Any = {"default": default}
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        given = {"default_factory": default.factory}
    elif type(default).__hash__ is None:
        given = {"default_factory": lambda: default}
    return dataclasses.make_dataclass("Made", [("a", int), ("x", tp, dataclasses.field(**given)), ("z", int, 1)])


def _refuse(_: Any) -> Any:
    raise LookupError


def _written(encode: Any, value: Any) -> Any:
    try:
        return encode(value)
    except EncodeError as exc:
        return exc.issues


@pytest.mark.parametrize("make", [_attrs_class, _dataclass])
@pytest.mark.parametrize(("tp", "default", "values", "is_data"), CASES)
def test_what_equals_the_default_is_left_out(make: Any, tp: Any, default: Any, values: Any, is_data: bool) -> None:
    cls = make(tp, default)
    for name in FORMATS:
        for options in ({"omit_defaults": True}, {"omit_defaults": True, "positional": False}, {"positional": False}):
            codec = get_codec(name).with_options(**options)
            reference = interpreted_encoder(codec, cls)
            encoders = [codec.encoder(cls), generated_encoder(codec.converter, cls)]
            strictly = fast_encoder(codec.converter, cls, _refuse)
            for item in values:
                value = cls(1, item)
                expected = _written(reference, value)
                for encode in encoders:
                    assert _written(encode, value) == expected, (name, item)
                if ENGINE != "python" and isinstance(expected, bytes):
                    assert strictly(value) == expected, (name, item)


@pytest.mark.parametrize(("tp", "default", "values", "is_data"), CASES)
def test_the_schema_has_the_default_where_it_is_always_the_same(
    tp: Any, default: Any, values: Any, is_data: bool
) -> None:
    codec = get_codec("json").with_options(omit_defaults=True)
    node = build_schema(_attrs_class(tp, default), codec.converter, "unstructure").root
    assert isinstance(node, nodes.Struct)
    assert (node.fields[1].default is not nodes.ABSENT) == is_data


def test_converted_defaults() -> None:
    """What the constructor stores is what is left out."""
    codec = get_codec("json").with_options(omit_defaults=True)
    tuples = _attrs_class(tuple[int, ...], [], converter=as_tuple)
    own = _attrs_class(int, 2, converter=lambda value: value * 2)
    lists = _attrs_class(list[int], (), converter=list)

    assert codec.encode(tuples(1), tuples) == b'{"a":1}'
    assert codec.encode(tuples(1, [2]), tuples) == b'{"a":1,"x":[2]}'
    assert codec.encode(own(1), own) == b'{"a":1}'
    assert codec.encode(own(1, 1), own) == b'{"a":1,"x":2}'
    assert codec.encode(lists(1), lists) == b'{"a":1}'


def test_classes_without_slots_are_read_wherever_they_keep_their_fields() -> None:
    """In the dict, behind a property that came later, in the class, or by `__getattr__`."""

    @dataclasses.dataclass
    class Made:
        a: int
        b: str = "b"
        c: int | None = None

    codec = get_codec("json")
    encode = codec.encoder(Made)
    value = Made(1)
    assert encode(value) == b'{"a":1,"b":"b","c":null}'
    del value.b
    assert encode(value) == b'{"a":1,"b":"b","c":null}'
    Made.c = property(lambda self: 5)  # type: ignore[assignment, method-assign]
    assert encode(value) == b'{"a":1,"b":"b","c":5}'
    del value.a
    with pytest.raises(EncodeError):
        encode(value)
    Made.__getattr__ = lambda self, name: 7  # type: ignore[attr-defined]
    assert encode(value) == b'{"a":7,"b":"b","c":5}'
    vars(value)["a"] = "x"
    with pytest.raises(EncodeError):
        encode(value)
