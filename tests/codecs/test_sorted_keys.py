"""`sort_keys`: equal values have equal bytes, whatever order their maps are in."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
import pickle
import random

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import cbor2
import msgpack
import pytest

from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import TypedDict

from symphony_codecs import Codec, EncodeError, FieldOptions, get_codec, make_codec, python
from symphony_codecs.formats import toml
from symphony_types import MessageEnvelope, ProcessId, Version
from tests.codecs.everything import KNOBS, Everything, everythings, identical


NAMES = ("json", "msgpack", "msgpack-compact", "cbor")
CODECS = [get_codec(name).with_options(sort_keys=True) for name in NAMES]
ENVELOPE: Any = MessageEnvelope(sender=ProcessId.parse("123e4567-e89b-42d3-a456-426614174002"), payload=None)
every_codec = pytest.mark.parametrize("codec", CODECS, ids=NAMES)


@attrs.frozen
class Part:
    """A class whose fields are in no order."""

    zeta: int
    alpha: dict[str, Any] = attrs.field(factory=dict)
    mid: Any = None


@dataclasses.dataclass
class Other:
    """A dataclass of the same kind."""

    y: dict[str, dict[str, int]]
    x: list[Any] = dataclasses.field(default_factory=list)


class Keys(TypedDict, total=False):
    """A typed dict, which keeps the order of its values."""

    second: dict[str, int]
    first: int


def shuffled(value: Any, chance: random.Random) -> Any:
    """Return an equal value with all maps in another order."""
    if isinstance(value, dict):
        entries = [(key, shuffled(item, chance)) for key, item in value.items()]
        chance.shuffle(entries)
        return dict(entries)
    if isinstance(value, list):
        return [shuffled(item, chance) for item in value]
    if attrs.has(type(value)):
        changes = {field.name: shuffled(getattr(value, field.name), chance) for field in attrs.fields(type(value))}
        return attrs.evolve(value, **changes)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {field.name: shuffled(getattr(value, field.name), chance) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **changes)
    return value


def maps_in(data: bytes, name: str) -> Iterator[list[Any]]:
    """Yield the keys of every map in a document, in its order, as another library reads it."""
    if name == "json":
        tree = json.loads(data)
    else:
        tree = cbor2.loads(data) if name == "cbor" else msgpack.unpackb(data, strict_map_key=False)
    pending = [tree]
    while pending:
        item = pending.pop()
        if isinstance(item, Mapping):
            yield list(item)
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


def encoded(key: Any, name: str) -> Any:
    """Return what keys of a format are in the order of."""
    if name == "json":
        return [ord(char) for char in key]
    return cbor2.dumps(key) if name == "cbor" else msgpack.packb(key)


def assert_in_order(data: bytes, codec: Codec) -> None:
    """Look at every map of a document."""
    name = codec.name.partition("-")[0]
    for keys in maps_in(data, name):
        assert keys == sorted(keys, key=lambda key: encoded(key, name))


_KEYS = st.text(max_size=4) | st.sampled_from(["\uff5e", "\U0001f600", "", "\x00", "é", "e" * 23, "e" * 24])
_TREES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=20,
)
_MAPS = st.dictionaries(_KEYS, _TREES, max_size=6)
_PARTS = st.builds(Part, st.integers(0, 9), _MAPS, _TREES)
_VALUES: Any = st.one_of(
    *(st.tuples(st.just(tp), values) for tp, values in ((Any, _TREES), (None, _TREES), (Part, _PARTS))),
    st.tuples(st.just(list[Part]), st.lists(_PARTS, max_size=3)),
    st.tuples(st.just(dict[str, Part | None]), st.dictionaries(_KEYS, _PARTS | st.none(), max_size=4)),
    st.tuples(st.just(Part | Other), _PARTS | st.builds(Other, st.dictionaries(_KEYS, st.just({"b": 1, "a": 2})))),
    st.tuples(st.just(Keys), st.just({"second": {"b": 1, "a": 2}, "first": 1}) | st.just({"second": {}})),
)


@every_codec
@given(_VALUES, st.randoms(use_true_random=False))
def test_equal_values_have_equal_bytes(codec: Codec, typed: Any, chance: random.Random) -> None:
    """The bytes are the same in every order, all maps are in order, and the value is read again."""
    tp, value = typed
    data = codec.encode(value, tp)

    assert codec.encode(shuffled(value, chance), tp) == data
    assert codec.encode(codec.decode(data, Any if tp is None else tp), tp) == data
    plain, read_as = get_codec(codec.name), Any if tp is None else tp
    assert plain.decode(data, read_as) == plain.decode(plain.encode(value, tp), read_as)
    assert_in_order(data, codec)


@given(_TREES)
def test_json_as_the_standard_library_sorts(tree: Any) -> None:
    """The order is that of code points: that of UTF-16, which JCS has (RFC 8785), is another."""
    data = CODECS[0].encode(tree)

    assert json.loads(data) == json.loads(get_codec("json").encode(tree))
    assert json.dumps(json.loads(data)) == json.dumps(json.loads(data), sort_keys=True)


def test_code_points() -> None:
    """A character beyond 16 bits comes after all others."""
    assert CODECS[0].encode({"\U0001f600": 1, "\uff5e": 2, "b": 3, "B": 4, "\r": 5}) == (
        '{"\\r":5,"B":4,"b":3,"\uff5e":2,"\U0001f600":1}'.encode()
    )


def test_the_order_of_rfc_8949() -> None:
    """The example of section 4.2.1."""
    keys: list[Any] = [10, 100, -1, "z", "aa", (100,), (-1,), False]
    expected = "a80af61864f620f6617af6626161f6811864f68120f6f4f6"
    for _ in range(10):
        order = random.sample(keys, len(keys))
        assert CODECS[3].encode(dict.fromkeys(order), dict[int | str | bool | tuple[int], None]).hex() == expected
    codec = CODECS[3]
    tree = {"aa": 1, 100: 2, "z": 3, -1: 4, 10: 5}
    assert codec.encode(tree).hex() == "a50a051864022004617a0362616101"
    assert codec.encode(tree, dict[int | str, int]) == codec.encode(tree)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (255, "18ff"),
        (256, "190100"),
        (65536, "1a00010000"),
        (2**32, "1b0000000100000000"),
        (2**64 - 1, "1bffffffffffffffff"),
        (2**64, "c249010000000000000000"),
        (-(2**64), "3bffffffffffffffff"),
        (-(2**64) - 1, "c349010000000000000000"),
        (0.0, "f90000"),
        (-0.0, "f98000"),
        (1.5, "f93e00"),
        (5.960464477539063e-8, "f90001"),
        (65505.0, "fa477fe100"),
        (100000.0, "fa47c35000"),
        (1.1, "fb3ff199999999999a"),
        (math.inf, "f97c00"),
        (-math.inf, "f9fc00"),
        (math.nan, "f97e00"),
        (-math.nan, "f97e00"),
        ("a" * 24, "7818" + "61" * 24),
        ([], "80"),
        ({}, "a0"),
        ([[]] * 24, "9818" + "80" * 24),
    ],
)
def test_deterministic_cbor(value: Any, expected: str) -> None:
    """Heads and floats are the shortest there are, no length is left open, no small int is a bignum."""
    assert CODECS[3].encode(value).hex() == expected
    assert get_codec("cbor").encode(value).hex() == expected


@every_codec
@pytest.mark.parametrize(
    "options",
    [
        {"tagging": "external"},
        {"tagging": "internal", "tag": "tag"},
        {"tagging": "adjacent", "tag": "tag", "content": "content"},
        {"tagging": "untagged"},
    ],
    ids=lambda options: options["tagging"],
)
def test_tagged_unions(codec: Codec, options: Any) -> None:
    """A tag takes its place among the fields, and is read there."""
    codec = codec.with_union(Part | Other, **options)
    for value in (Part(1, {"b": 1, "a": [{"d": 1, "c": 2}]}), Other({"b": {}, "a": {"d": 1, "c": 2}})):
        data = codec.encode(value, Part | Other)
        assert codec.decode(data, Part | Other) == value
        for read in (codec.decoder(Part | Other), python.decoder(codec.converter, Part | Other)):
            assert read(data) == value
        assert_in_order(data, codec)


@every_codec
def test_fields_that_are_kept(codec: Codec) -> None:
    """Unknown fields are sorted in among the others."""
    codec = codec.with_options(unknown_fields="keep", positional=False)
    wire = {"zz": {"b": 1, "a": 2}, "zeta": 1, "alpha": {}, "b": 1, "mid": None}
    data = codec.encode(codec.decode(codec.encode(wire), Part), Part)

    assert_in_order(data, codec)
    assert data == codec.encode(wire)


@every_codec
def test_everything(codec: Codec) -> None:
    """A value of every type there is, is read again."""

    @settings(max_examples=15)
    @given(everythings(KNOBS[codec.name]))
    def survive(value: Any) -> None:
        data = codec.encode(value, Everything)
        again = codec.decode(data, Everything)
        assert identical(again, value, ordered=False)
        assert codec.encode(again, Everything) == data

    survive()


def test_names_on_the_wire() -> None:
    """Fields are sorted by what they are called on the wire."""
    renamed = CODECS[0].with_class(Part, rename=lambda name: name[::-1])

    assert renamed.encode(Part(1)) == b'{"ahpla":{},"atez":1,"dim":null}'


@every_codec
def test_sets_and_hooks(codec: Codec) -> None:
    """Maps that hooks return, and those inside of sets, are in order as well."""

    class Point:
        """An item with maps inside."""

        def __init__(self, tags: dict[str, int]) -> None:
            self.tags = tags

    codec = codec.copy()
    codec.converter.register_unstructure_hook(Point, lambda point: OrderedDict(point.tags))
    orders = ({"b": 1, "a": 2}, {"a": 2, "b": 1})
    first = {codec.encode({Point(tags), Point({"c": 0})}, set[Point]) for tags in orders}
    second = {codec.encode([Point(tags)], list[Point]) for tags in orders}
    third = {codec.encode(attrs.evolve(ENVELOPE, payload=tags)) for tags in orders}

    assert list(map(len, (first, second, third))) == [1, 1, 1]


@pytest.mark.parametrize("codec", CODECS[1:], ids=NAMES[1:])
def test_keys_that_are_classes(codec: Codec) -> None:
    """Classes are keys as well, and their own maps are in order."""

    @attrs.frozen
    class Key:
        zeta: int
        beta: int

    keys = [Key(zeta, beta) for zeta in range(3) for beta in range(3)]
    documents = {codec.encode(dict.fromkeys(random.sample(keys, 9), 1), dict[Key, int]) for _ in range(10)}

    assert len(documents) == 1
    assert codec.decode(documents.pop(), dict[Key, int]) == dict.fromkeys(keys, 1)
    if not codec.format.positional:
        assert b"zeta" in codec.encode({Key(1, 2): 3}, dict[Key, int]).partition(b"beta")[2]


@every_codec
def test_limits(codec: Codec) -> None:
    """What is too deep, holds itself or has keys that are none is refused as ever; shared parts are sorted once."""
    deep: Any = {"b": 1, "a": 2}
    for _ in range(125):
        deep = {"b": 1, "a": deep}
    assert codec.encode(deep) == codec.encode(shuffled(deep, random.Random(1)))
    too_deep, itself = {"a": {"a": deep}}, dict[str, Any]()
    itself["b"] = itself["a"] = itself
    for bad in (too_deep, itself, {"a": 1, (1, 2): 2}, {"a": 1, "\ud800": 2}, {"a": object()}):
        with pytest.raises(EncodeError):
            codec.encode(bad)
        with pytest.raises(EncodeError):
            codec.encode(bad, dict[str, Any])


def test_who_can() -> None:
    """A format that does not say how it sorts refuses the option; copies keep it."""
    with pytest.raises(ValueError, match="expected a format that sorts keys for sort_keys, got toml"):
        make_codec(toml.FORMAT).with_options(sort_keys=True)
    with pytest.raises(TypeError):
        get_codec("json").with_options(sort_keys=1)  # type: ignore[arg-type]
    assert not make_codec(toml.FORMAT).with_options(sort_keys=False).options.sort_keys
    for codec in (CODECS[0].copy(), copy.deepcopy(CODECS[0]), CODECS[0].with_options(strict=True)):
        assert codec.encode({"b": Version(1, 2, 3), "a": 1}) == b'{"a":1,"b":{"major":1,"minor":2,"patch":3}}'
        assert codec.with_options(sort_keys=False).encode({"b": 1, "a": 1}) == b'{"b":1,"a":1}'
    assert pickle.loads(pickle.dumps(CODECS[3])).encode({"b": 1, "a": 1}).hex() == "a2616101616201"


@pytest.mark.parametrize("codec", CODECS[1:], ids=NAMES[1:])
def test_names_that_are_integers(codec: Codec) -> None:
    """Integers are sorted among the names, and entries that are flattened among the fields."""
    codec = codec.with_options(positional=False).with_class(
        Part,
        fields={"zeta": FieldOptions(rename=-1), "mid": FieldOptions(rename=200), "alpha": FieldOptions(flatten=True)},
    )
    part = Part(1, {"zz": 1, "b": 2, "aaa": 3})
    data = codec.encode(part)

    assert_in_order(data, codec)
    assert codec.decode(data, Part) == part
    assert codec.encode(Part(1, {"b": 2, "aaa": 3, "zz": 1})) == data
