"""Sequences, sets, tuples, maps and the types of the standard library."""

from __future__ import annotations

import collections
import contextlib
import copy
import datetime as dt
import decimal
import pathlib
import uuid

from collections import OrderedDict, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, MutableSequence, MutableSet, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_codecs._making import making
from symphony_codecs.python import encoder
from symphony_types import Capability, Duration, NodeId, Timestamp


ONE = uuid.UUID("67e55044-10b1-426f-9247-bb680e5fe0c8")
IST = dt.timezone(dt.timedelta(hours=5, minutes=30))


class Stack(list[int]):
    """A subclass of list."""


class Table(dict[str, int]):
    """A subclass of dict."""


CASES: Final[list[tuple[Any, Any]]] = [
    ([], list[int]),
    ([1, 2], list[int]),
    ([1, "a"], list),
    ([1], Sequence[int]),
    ([1], MutableSequence[int]),
    ([1], Collection[int]),
    ([1], Iterable[int]),
    ((1, 2), tuple[int, ...]),
    ((1, "a"), tuple),
    ((), tuple[()]),
    ((1, "a", None), tuple[int, str, None]),
    (deque([1, 2]), deque[int]),
    (Stack([1]), Stack),
    ({1, 2}, set[int]),
    (frozenset({"a", "b"}), frozenset[str]),
    (frozenset({1}), AbstractSet[int]),
    ({1}, MutableSet[int]),
    (set(), set[int]),
    ({"a": 1}, dict[str, int]),
    ({"a": 1}, Mapping[str, int]),
    ({"a": 1, "b": [None]}, dict),
    (OrderedDict([("b", 1), ("a", 2)]), OrderedDict[str, int]),
    (collections.Counter("aab"), collections.Counter[str]),
    (Table(a=1), Table),
    ({1: "a", -2: "b"}, dict[int, str]),
    ({ONE: 1}, dict[uuid.UUID, int]),
    ({NodeId(ONE): 1}, dict[NodeId, int]),
    ({dt.date(2024, 1, 2): 1}, dict[dt.date, int]),
    ({decimal.Decimal("1.5"): 1}, dict[decimal.Decimal, int]),
    ({b"\x00": 1}, dict[bytes, int]),
    ({Capability.FILE_READ: 1}, dict[Capability, int]),
    (ONE, uuid.UUID),
    (NodeId(ONE), NodeId),
    (Timestamp.parse("2024-01-15T10:30:00.123456789Z"), Timestamp),
    (Duration(2**64 - 1, 999_999_999), Duration),
    (dt.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=IST), dt.datetime),
    (dt.datetime(1, 1, 1), dt.datetime),
    (dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC), dt.datetime),
    (dt.date(1, 1, 1), dt.date),
    (dt.time(23, 59, 59, 999000), dt.time),
    (dt.time(1, 2, 3, tzinfo=IST), dt.time),
    (dt.timedelta(0), dt.timedelta),
    (dt.timedelta(microseconds=-1), dt.timedelta),
    (dt.timedelta.max, dt.timedelta),
    (dt.timedelta.min, dt.timedelta),
    (decimal.Decimal("-0.00"), decimal.Decimal),
    (decimal.Decimal("1E+999999"), decimal.Decimal),
    (decimal.Decimal("Infinity"), decimal.Decimal),
    (pathlib.Path("/a/b c/\u00e9"), pathlib.Path),
    (pathlib.PurePosixPath("a/b"), pathlib.PurePosixPath),
]


@pytest.mark.parametrize(("value", "as_type"), CASES)
def test_round_trip(codec: Codec, value: Any, as_type: Any) -> None:
    """Every container and standard type comes back equal and of its type."""
    back = codec.decode(codec.encode(value, as_type), as_type)

    assert back == value
    assert type(back) is type(value)
    if isinstance(value, dt.datetime):
        assert back.utcoffset() == value.utcoffset()


@pytest.mark.parametrize("number", [2**63 - 1, 2**64 - 1, 2**64, -(2**63) - 1, 2**70])
def test_wide_integers_in_containers(codec: Codec, number: int) -> None:
    """Integers beyond the format's numbers are text or refused at any place, and generated Python writes the same."""
    for as_type, value in (
        (list[int], [number]),
        (list[int | None], [number, None]),
        (dict[str, int], {"key": number}),
        (dict[str, int | None], {"key": number, "none": None}),
        (tuple[int, int | None], (number, number)),
    ):
        data, python = codec.encode(value, as_type), encoder(codec.converter, as_type)(value)

        assert data == python
        assert codec.decode(data, as_type) == value


@pytest.mark.parametrize("micros", [0, 1, 1000, 9999, 10_000, 10_001, 100_000, 123_000, 999_999])
@pytest.mark.parametrize("zone", [None, dt.UTC, dt.timezone(dt.timedelta(0), "zero"), IST, -IST.utcoffset(None)])
def test_times_are_written_alike(codec: Codec, micros: int, zone: Any) -> None:
    """Generated Python has fast paths for common times: they write the same bytes, which can be read back."""
    zone = dt.timezone(zone) if isinstance(zone, dt.timedelta) else zone
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, micros, zone)
    for as_type, value in (
        (dt.datetime, moment),
        (list[dt.datetime], [moment, moment]),
        (dt.time, moment.timetz()),
        (list[dt.time], [moment.timetz()]),
        (dt.date, dt.date(26, 1, 2)),
    ):
        with making():
            read, write = codec.converter.get_structure_hook(as_type), codec.converter.get_unstructure_hook(as_type)
        data = codec.encode(value, as_type)

        assert encoder(codec.converter, as_type)(value) == data
        assert read(write(value), as_type) == codec.decode(data, as_type) == value


BUILTINS: Final = frozenset({dict, list, str, bytes, int, float, bool, type(None)})


def _are_builtins(tree: Any) -> bool:
    items = [*tree, *tree.values()] if type(tree) is dict else tree if type(tree) is list else []
    return type(tree) in BUILTINS and all(map(_are_builtins, items))


@pytest.mark.parametrize("is_own", [False, True], ids=["executor", "python"])
@pytest.mark.parametrize(("value", "as_type"), CASES)
def test_hooks_read_what_they_write(codec: Codec, value: Any, as_type: Any, *, is_own: bool) -> None:
    """
    A converter unstructures a value to new builtins, which it structures to an equal value.

    Hooks that generated Python runs do the same.
    """
    for kind, held in (
        (as_type, value),
        (list[as_type], [value]),
        (tuple[as_type, ...], (value, value)),
        (dict[str, as_type], {"key": value}),
        (as_type | None, value),
    ):
        with making() if is_own else contextlib.nullcontext():
            read, write = codec.converter.get_structure_hook(kind), codec.converter.get_unstructure_hook(kind)
        tree, before = write(held), copy.copy(held)

        assert _are_builtins(tree)
        assert read(tree, kind) == held
        if type(tree) in {list, dict}:
            tree.clear()
        assert held == before


def test_default_factory_of_defaultdict(codec: Codec) -> None:
    """A defaultdict gets the factory that its value type names."""
    back = codec.decode(codec.encode({"a": [1]}), defaultdict[str, list[int]])

    assert back == {"a": [1]}
    assert back["new"] == []


@pytest.mark.parametrize(
    ("value", "as_type", "expected"),
    [
        ([1, "a", 2, None], list[int], [((1,), "wrong_type"), ((3,), "wrong_type")]),
        ([1, "a"], set[int], [((1,), "wrong_type")]),
        ([[1]], set[list[int]], [((), "wrong_type")]),
        ([1, 2], tuple[int], [((), "wrong_arity")]),
        (["a", 2], tuple[int, str], [((0,), "wrong_type"), ((1,), "wrong_type")]),
        ({"a": "x", "b": 1, "c": None}, dict[str, int], [(("a",), "wrong_type"), (("c",), "wrong_type")]),
        ("x", dict[str, int], [((), "wrong_type")]),
        (1, tuple[int, int], [((), "wrong_type")]),
        ("not a uuid", NodeId, [((), "*")]),
        ("2024-13-01", dt.date, [((), "out_of_range")]),
        ("20240101", dt.date, [((), "invalid_value")]),
        ("2024-01-01T00:00:00.1234567Z", dt.datetime, [((), "invalid_value")]),
        ("2024-01-01", dt.datetime, [((), "invalid_value")]),
        ("12:00", dt.time, [((), "invalid_value")]),
        (0, dt.datetime, [((), "wrong_type")]),
        (0, Timestamp, [((), "wrong_type")]),
        ("yesterday", Timestamp, [((), "invalid_value")]),
        ("1,5", decimal.Decimal, [((), "invalid_value")]),
        ("1" * 5000, decimal.Decimal, [((), "invalid_value")]),
        ([1.5], decimal.Decimal, [((), "wrong_type")]),
        ("a\0b", pathlib.Path, [((), "invalid_value")]),
        (1, pathlib.Path, [((), "wrong_type")]),
        ({"secs": 1, "nanos": 1}, dt.timedelta, [(("nanos",), "out_of_range")]),
        ({"secs": 1, "nanos": 10**9}, dt.timedelta, [(("nanos",), "out_of_range")]),
        ({"secs": 10**18, "nanos": 0}, dt.timedelta, [(("secs",), "out_of_range")]),
        ({"secs": -1, "nanos": 0}, Duration, [(("secs",), "out_of_range")]),
        ({"secs": 1, "nanos": 0, "x": 1}, Duration, [(("x",), "unknown_field")]),
        ({"secs": 2**64 - 1, "nanos": 10**9}, Duration, "out_of_range"),
    ],
)
def test_faults(codec: Codec, value: Any, as_type: Any, expected: Any) -> None:
    """Each fault is an issue with its path."""
    with pytest.raises(DecodeError) as caught:
        codec.decode(codec.encode(value), as_type)

    issues = [(issue.path, issue.code) for issue in caught.value.issues]
    if isinstance(expected, str):
        assert issues[0][1] == expected
    else:
        assert [path for path, _ in issues] == [path for path, _ in expected]
        assert all(
            code in (wanted, "wrong_type" if wanted == "*" else wanted, "invalid_value" if wanted == "*" else wanted)
            for (_, code), (_, wanted) in zip(issues, expected, strict=True)
        )


def test_keys_in_json() -> None:
    """Where keys are text, integers have their canonical decimal text, and other types their text as values."""
    json = get_codec("json")

    assert json.encode({1: "a", -2: "b"}, dict[int, str]) == b'{"1":"a","-2":"b"}'
    assert json.encode({NodeId(ONE): 1}, dict[NodeId, int]) == f'{{"{ONE}":1}}'.encode()
    for bad in (b'{"01":"a"}', b'{"1.0":"a"}', b'{"+1":"a"}', b'{" 1":"a"}', b'{"-0":"a"}', b'{"x":"a"}'):
        with pytest.raises(DecodeError) as caught:
            json.decode(bad, dict[int, str])
        assert [issue.code for issue in caught.value.issues] == ["wrong_type"]


@pytest.mark.parametrize(
    ("value", "as_type"),
    [
        ({(1, 2): 1}, dict[tuple[int, int], int]),
        ({None: 1}, dict[None, int]),
        ({1: 1}, dict[str, int]),
        ({Capability.custom("x"): 1}, dict[Capability, int]),
        ({float("inf"): 1}, dict[float, int]),
    ],
)
def test_keys_that_cannot_be_text(json: Codec, value: Any, as_type: Any) -> None:
    """A key that is not text in JSON is refused."""
    with pytest.raises(EncodeError):
        json.encode(value, as_type)


def test_two_keys_of_one_value() -> None:
    """Two texts of the same key are refused: one entry would be lost."""
    json = get_codec("json")
    upper = str(ONE).upper()

    with pytest.raises(DecodeError) as caught:
        json.decode(f'{{"{ONE}":1,"{upper}":2}}'.encode(), dict[uuid.UUID, int])
    assert caught.value.issues[0].code == "duplicate_key"


def test_sets_are_in_a_fixed_order(codec: Codec) -> None:
    """Equal sets give equal bytes: items are sorted by their bytes, capabilities in the order of declaration."""
    assert codec.encode(set("zyxwa"), set[str]) == codec.encode(list("awxyz"))
    capabilities = {Capability.custom("b"), Capability.SYSTEM_SHUTDOWN, Capability.custom("a"), Capability.FILE_READ}
    assert codec.decode(codec.encode(capabilities, set[Capability]), Any) == [
        "FileRead",
        "SystemShutdown",
        {"Custom": "a"},
        {"Custom": "b"},
    ]
    assert codec.decode(codec.encode([1, 1, 2]), set[int]) == {1, 2}


@pytest.mark.parametrize(
    ("value", "as_type"),
    [
        ({1}, list[int]),
        ([1], set[int]),
        ("ab", Sequence[str]),
        (b"ab", Sequence[int]),
        ({"a": 1}, list[str]),
        ([1], tuple[int]),
        ((1,), tuple[int, int]),
        ([("a", 1)], dict[str, int]),
        (dt.datetime(2024, 1, 1), dt.date),
        (dt.date(2024, 1, 1), dt.datetime),
        (dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(seconds=1))), dt.datetime),
        ("2024-01-01", dt.date),
        (1, dt.timedelta),
        (1.5, decimal.Decimal),
        ("/a", pathlib.Path),
        (str(ONE), uuid.UUID),
        (ONE, NodeId),
        (NodeId(ONE), uuid.UUID),
        (1, Timestamp),
        (dt.timedelta(1), Duration),
    ],
)
def test_refuses_on_writing(codec: Codec, value: Any, as_type: Any) -> None:
    """A value of another type is refused, even if it looks alike on the wire."""
    with pytest.raises(EncodeError):
        codec.encode(value, as_type)


def test_faults_on_writing_have_paths(codec: Codec) -> None:
    """All faults of a value are reported, with their paths."""
    with pytest.raises(EncodeError) as caught:
        codec.encode({"a": [1, "x", 2], "b": [None]}, dict[str, list[int]])

    assert [issue.path for issue in caught.value.issues] == [("a", 1), ("b", 0)]


def test_ids_by_format() -> None:
    """An id is text in JSON and 16 bytes in CBOR, and each format refuses the other form."""
    json, cbor = get_codec("json"), get_codec("cbor")

    assert json.encode(NodeId(ONE)) == f'"{ONE}"'.encode()
    assert cbor.encode(NodeId(ONE)) == b"\x50" + ONE.bytes
    with pytest.raises(DecodeError):
        cbor.decode(cbor.encode(str(ONE)), NodeId)
    with pytest.raises(DecodeError) as caught:
        cbor.decode(cbor.encode(b"short"), NodeId)
    assert caught.value.issues[0].code == "invalid_value"


def test_keys_that_would_come_back_as_others_are_refused(json: Codec, codec: Codec) -> None:
    """Where keys are text, 1 and "1" are the same key: only the string is written."""
    assert json.encode({"1": 0}, dict[int | str, int]) == b'{"1":0}'
    with pytest.raises(EncodeError) as caught:
        json.encode({1: 0}, dict[int | str, int])
    assert [issue.path for issue in caught.value.issues] == [(1,)]
    if codec.is_binary:
        both = {1: 0, "1": 2}
        assert codec.decode(codec.encode(both, dict[int | str, int]), dict[int | str, int]) == both
