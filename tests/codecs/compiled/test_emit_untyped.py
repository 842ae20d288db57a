"""Instances where no type is given: each class has its own writer, which writes what the hooks write."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import gc
import ipaddress
import pathlib
import uuid
import weakref

from typing import Any, NamedTuple

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs.executor import ENGINE
from symphony_types import Capability, Duration, JsonValue, ProcessId, Timestamp
from tests.codecs.compiled.emit_cases import NAMES, agree, codec_of


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

EACH = pytest.mark.parametrize("name", NAMES)


@attrs.frozen
class Point:
    x: int
    y: Any = None


@dataclasses.dataclass
class Record:
    items: list[int]
    names: dict[int, str]


@attrs.frozen
class Tree:
    kids: list[Tree]


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Access(enum.Flag):
    READ = 1


class Word(str):
    __slots__ = ()


class Words(list[str]):
    pass


class Pair(NamedTuple):
    left: int
    right: str


class Unknown:
    pass


VALUES: tuple[Any, ...] = (
    *(Point(1, Point(2, [Point(3)])), Record([1], {1: "x"}), Tree([Tree([])]), Colour.RED, Level.LOW, Access.READ),
    *(Word("q"), Words(["a"]), Pair(1, "a"), Unknown(), Unknown, object(), complex(1), range(3), {1, 2}, frozenset()),
    *(dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.date(2020, 1, 1), dt.time(1), dt.timedelta(1), uuid.UUID(int=5)),
    *(decimal.Decimal("1.5"), pathlib.Path("/x"), ipaddress.ip_address("::1"), b"x", bytearray(b"y"), 2**70, 1.5, None),
    *(Duration(1, 2), Timestamp(5), ProcessId(uuid.UUID(int=6)), Capability.custom("own")),
    *({"a": Point(1)}, [Point(1), Record([], {})], (1, Colour.RED), {Point(1): 2}, {1: Point(1)}, {Colour.RED: 1}),
)


@EACH
@pytest.mark.parametrize("tp", [Any, object, JsonValue, dict[str, Any]], ids=str)
@pytest.mark.parametrize("options", [{}, {"positional": True}, {"omit_defaults": True}, {"max_depth": 4}], ids=str)
def test_instances(name, tp, options):
    """Of every kind of class, in containers and in each other, twice."""
    values = [{"a": value} for value in VALUES] if tp == dict[str, Any] else list(VALUES)
    agree(codec_of(name, **options), tp, *values, *values)


@EACH
def test_a_member_of_a_union_needs_its_type(name):
    codec = get_codec(name).with_union(Point | Record)
    agree(codec, Any, Point(1), [Record([], {})], {"a": Tree([])})


@EACH
def test_hooks_of_the_user_count(name):
    """Those that were registered before the writer was made, and no others."""
    codec = get_codec(name).copy()
    codec.converter.register_unstructure_hook(Unknown, lambda _: {"own": 1})
    encode, before = codec.encoder(Any), codec.copy()
    codec.converter.register_unstructure_hook(Point, lambda _: "later")
    value = [Unknown(), Point(1), Tree([])]
    assert encode(value) == before.encode(value, Any) != codec.encode(value, Any)
    assert codec.encode(Point(1), Any) == codec.encode("later", Any)


def test_more_classes_than_are_remembered():
    """They are written all the same, and go when nobody has them."""
    codec = get_codec("json").copy()
    classes = [attrs.make_class(f"C{number}", {"x": attrs.field(type=int)}) for number in range(600)]
    encode = codec.encoder(Any)
    for cls in (*classes, *classes[:5]):
        assert encode([cls(1)]) == b'[{"x":1}]'
    alive = weakref.ref(classes[300])
    del classes, cls, codec, encode
    gc.collect()
    assert alive() is None
