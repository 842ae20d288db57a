"""CBOR between builtins and bytes."""

from __future__ import annotations

import datetime as dt
import enum
import math
import struct
import uuid

from collections import OrderedDict, namedtuple
from decimal import Decimal
from typing import Any

import cbor2
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.formats import _cbor_scan, cbor
from symphony_codecs.formats.base import CborTag, FormatError, Limits, TypedKey
from tests.memory import takes_at_most


LIMITS = Limits()
Point = namedtuple("Point", "x y")  # noqa: PYI024 - the untyped kind is the harder case


class Colour(enum.IntEnum):
    """A subclass of int."""

    RED = 3


class Real(float):
    """A subclass of float."""

    __slots__ = ()


def dumps(value, *, strict=False, limits=LIMITS):
    return cbor.dumps(value, limits, strict)


def loads(data, *, strict=False, limits=LIMITS):
    return cbor.loads(data if not isinstance(data, str) else bytes.fromhex(data), limits, strict)


def outcome(data, **options):
    """Return the value or the one error."""
    try:
        return loads(data, **options)
    except FormatError as exc:
        return exc


def refusal(function, argument, **options):
    with pytest.raises(FormatError) as caught:
        function(argument, **options)
    issue = caught.value.issues[0]
    return issue.code, issue.path


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (256, "190100"),
        (65536, "1a00010000"),
        (2**64 - 1, "1bffffffffffffffff"),
        (2**64, "c249010000000000000000"),
        (-1, "20"),
        (-257, "390100"),
        (-(2**64), "3bffffffffffffffff"),
        (-(2**64) - 1, "c349010000000000000000"),
        (1.5, "f93e00"),
        (-0.0, "f98000"),
        (65504.0, "f97bff"),
        (65536.0, "fa47800000"),
        (5.960464477539063e-8, "f90001"),
        (3.4028234663852886e38, "fa7f7fffff"),
        (1.1, "fb3ff199999999999a"),
        (1e300, "fb7e37e43c8800759c"),
        (float("inf"), "f97c00"),
        (float("-inf"), "f9fc00"),
        (float("nan"), "f97e00"),
        (struct.unpack(">d", bytes.fromhex("fff8000000000001"))[0], "f97e00"),
        (None, "f6"),
        ([True, False], "82f5f4"),
        ("é" * 12, "7818" + "c3a9" * 12),
        (b"\x00\x01", "420001"),
        ({"bb": 1.5, "a": [], "c": (1,)}, "a3626262f93e00616180616381" + "01"),
        ({1: 2, b"k": {True: -1}}, "a20102416ba1f520"),
        (OrderedDict(a=Point(Colour.RED, Real(1.5))), "a16161" + "8203f93e00"),
        ({"k" * 300: 1}, "a179012c" + "6b" * 300 + "01"),
    ],
)
def test_bytes(value, data):
    """The bytes of a value are exactly these, the shortest ones, in the order of the map, and are read back."""
    assert dumps(value).hex() == data
    assert dumps(loads(data)).hex() == data


@given(st.floats())
def test_floats_are_the_shortest_exact_ones(value):
    """Each float has the bytes of cbor2's canonical form."""
    assert dumps(value) == cbor2.dumps(value, canonical=True)
    assert struct.pack(">d", loads(dumps(value))) == struct.pack(">d", value) or math.isnan(value)


CYCLE: list[object] = []
CYCLE.append(CYCLE)
DEEP: object = None
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ({"a": [1, {"b": {1}}]}, "wrong_type", ("a", 1, "b")),
        ([dt.datetime.now(dt.UTC)], "wrong_type", (0,)),
        ([Decimal(1)], "wrong_type", (0,)),
        ([uuid.UUID(int=1)], "wrong_type", (0,)),
        ([range(3)], "wrong_type", (0,)),
        ([cbor2.undefined], "wrong_type", (0,)),
        ([CborTag(1, 2)], "wrong_type", (0,)),
        ({"a": {None: 2}}, "wrong_type", ("a", "None")),
        ({"a": {(1,): 2}}, "wrong_type", ("a", "(1,)")),
        (["\ud800"], "invalid_value", (0,)),
        ({"\ud800": 1}, "invalid_value", ("\ud800",)),
        ([1 << 4096], "too_large", (0,)),
        (CYCLE, "too_deep", (0,) * 127),
        (DEEP, "too_deep", (0,) * 127),
    ],
)
def test_unsupported_values_are_refused_with_their_path(value, code, path):
    """A value without a form in CBOR is refused, with its code and path; cbor2 would write most of these."""
    assert refusal(dumps, value) == (code, path)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("1b0000000000000001", 1),
        ("780161", "a"),
        ("fa3fc00000", 1.5),
        ("9f01ff", [1]),
        ("bf616101ff", {"a": 1}),
        ("7f61616162ff", "ab"),
        ("5f41014102ff", b"\x01\x02"),
        ("7fff", ""),
        ("f7", None),
        ("8201f7", [1, None]),
        ("a161618250" + "f7e0" * 8 + "f7", {"a": [b"\xf7\xe0" * 8, None]}),
        ("a10102", {1: 2}),
        ("a1f601", {None: 1}),
        ("d9d9f7a1616101", {"a": 1}),
        ("c24101", 1),
        ("c34101", -2),
        ("c240", 0),
        ("c2590200" + "ff" * 512, (1 << 4096) - 1),
        ("d86401", CborTag(100, 1)),
        ("c0623031", CborTag(0, "01")),
        ("c48221196ab3", CborTag(4, [-2, 27315])),
        ("d82550" + "01" * 16, CborTag(37, b"\x01" * 16)),
        ("d9010281a0", CborTag(258, [{}])),
        ("81d823622829", [CborTag(35, "()")]),
        ("c181c1f7", CborTag(1, [CborTag(1, None)])),
        ("dbffffffffffffffff00", CborTag(2**64 - 1, 0)),
    ],
)
def test_reading(data, value):
    """A document has exactly this value; only the tags of bignums and tag 55799 have a meaning."""
    result = loads(data)
    assert (result, type(result)) == (value, type(value))
    assert _cbor_scan.scan(bytes.fromhex(data), LIMITS) == value


def test_no_tag_is_interpreted():
    """Text with any tag stays text with that tag, whatever the tag means to cbor2."""
    for tag in (*range(300), *range(300, 2**16, 97), 1004, 43000, 55799, 2**16, 2**32):
        head = cbor2.dumps(cbor2.CBORTag(tag, None))[:-1]
        data = head + b"\x61x"
        if tag in {2, 3}:
            assert refusal(loads, data) == ("wrong_type", ())
        elif tag in {25, 28, 29, 256}:
            assert refusal(loads, data) == ("invalid_value", ())
        else:
            assert loads(data) == ("x" if tag == 55799 else CborTag(tag, "x"))


@pytest.mark.parametrize(
    ("data", "code", "path"),
    [
        ("", "syntax", ()),
        ("830102", "syntax", ()),
        ("9bffffffffffffffff", "syntax", ()),
        ("bbffffffffffffffff", "syntax", ()),
        ("7b8000000000000000", "syntax", ()),
        ("5b7fffffffffffffff", "syntax", ()),
        ("ff", "syntax", ()),
        ("81ff", "syntax", (0,)),
        ("bf6161ff", "syntax", ("a",)),
        ("c1ff", "syntax", ()),
        ("1c", "syntax", ()),
        ("1f", "syntax", ()),
        ("df00", "syntax", ()),
        ("fc", "syntax", ()),
        ("f814", "syntax", ()),
        ("f801", "syntax", ()),
        ("7f4161ff", "syntax", ()),
        ("5f5f4101ffff", "syntax", ()),
        ("0102", "trailing_bytes", ()),
        ("01ff", "trailing_bytes", ()),
        ("8261610a0a", "trailing_bytes", ()),
        ("820061ff", "invalid_value", (1,)),
        ("7f61c361a9ff", "invalid_value", ()),
        ("81e0", "wrong_type", (0,)),
        ("f820", "wrong_type", ()),
        ("f8ff", "wrong_type", ()),
        ("81c201", "wrong_type", (0,)),
        ("81c2590201" + "ff" * 513, "too_large", (0,)),
        ("81a2616101616102", "duplicate_key", (0, "a")),
        ("a20101f501", "duplicate_key", ("True",)),
        ("81d81c80", "invalid_value", (0,)),
        ("d81d00", "invalid_value", ()),
        ("d8198100", "invalid_value", ()),
        ("d9010080", "invalid_value", ()),
        ("81" * 128 + "f6", "too_deep", (0,) * 127),
        ("81" * 127 + "80", "too_deep", (0,) * 127),
        ("a16161" * 128 + "00", "too_deep", ("a",) * 127),
        ("c1" * 128 + "00", "too_deep", ()),
        ("9f" * 100_000, "too_deep", (0,) * 127),
    ],
)
def test_invalid_documents_are_refused(data, code, path):
    """An invalid document is refused, with the code of the reason and its path."""
    assert refusal(loads, data) == (code, path)


def test_strict():
    """With strict, NaN and the infinities are refused with their path, after tags too."""
    assert refusal(loads, "a16161f97e00", strict=True) == ("invalid_value", ("a",))
    assert refusal(loads, "81c181f97c00", strict=True) == ("invalid_value", (0, 0))
    assert refusal(dumps, {"a": Real("nan")}, strict=True) == ("invalid_value", ("a",))
    assert loads(dumps({"a": [1.5, {}]}, strict=True), strict=True) == {"a": [1.5, {}]}


def test_limits():
    """Each limit holds in both directions, and values exactly at the limit pass."""
    tight = Limits(max_size=14, max_items=2, max_text=3)
    value = ["abc", {"abc": b"abc"}]
    assert loads(dumps(value, limits=tight), limits=tight) == value
    for value in (["abcd"], [b"abcd"], {"abcd": 1}, [1, 2, 3], {1: 1, 2: 2, 3: 3}, ["abc", ["abc", "abc"], 1.1]):
        assert refusal(dumps, value, limits=tight)[0] == "too_large"
        assert refusal(loads, dumps(value), limits=tight)[0] == "too_large"
    assert refusal(loads, "9f010203ff", limits=tight)[0] == "too_large"
    assert refusal(loads, "7f626161626262ff", limits=tight)[0] == "too_large"


def test_claims_cost_no_memory():
    """Nested arrays that all claim the rest of the document allocate next to nothing."""
    data = bytes.fromhex("9a00004000") * 120 + bytes(2**14)
    assert takes_at_most(lambda: refusal(loads, data)[0], peak=80 * len(data)) == "syntax"


def test_ordinary_documents_are_read_by_the_library(monkeypatch):
    """Documents with ids, non-ASCII text, tags and int keys do not need the slow scan."""
    monkeypatch.setattr(_cbor_scan, "scan", None)
    value = {"id": bytes(range(0xE0, 0xF0)), "é": ["à"], "n": {1: 2**70, 2: [1.5, None, True]}}
    assert loads(dumps(value)) == value
    assert loads("d82550" + "01" * 16) == CborTag(37, b"\x01" * 16)


@pytest.mark.parametrize("max_depth", [1, 2, 3, 250])
def test_depth_limit(max_depth):
    """One container less than the limit passes in both directions, even if the innermost is not empty."""
    limits = Limits(max_depth=max_depth)
    for value in (1, []):
        depth = 0 if value == 1 else 1
        for _ in range(max_depth - 1 - depth):
            value = [value]  # noqa: PLW2901 - one level more
        if depth < max_depth:
            assert loads(dumps(value, limits=limits), limits=limits) == value
        assert refusal(dumps, [value], limits=limits)[0] == "too_deep"
        innermost = b"\x80" if depth else b"\x01"
        assert refusal(loads, b"\x81" * (max_depth - depth) + innermost, limits=limits)[0] == "too_deep"


def test_large_documents_are_checked_in_little_memory():
    """Documents of more than a mebibyte are checked as well: undefined is null, an array as a key a `TypedKey`."""
    many = "9a00030000" + "a1616100" * 0x30000
    assert len(loads(many)) == 0x30000
    undefined = loads("82" + many + "f7")
    assert isinstance(undefined, list)
    assert undefined[1] is None
    typed: Any = loads("82" + many + "a18001")
    assert typed[1] == {TypedKey([]): 1}


@pytest.mark.parametrize(
    ("document", "value"),
    [
        ("a18001", {TypedKey([]): 1}),
        ("81a1a001", [{TypedKey({}): 1}]),
        ("a1c18001", {TypedKey(CborTag(1, [])): 1}),
        ("a1818182010203", {TypedKey([[[1, 2]]]): 3}),
        ("a1a18101f602", {TypedKey({TypedKey([1]): None}): 2}),
    ],
)
def test_arrays_and_maps_are_keys_for_types(document, value):
    """They keep their place and their type: 1 and true are different keys."""
    assert loads(document) == value
    if "c1" not in document:
        assert cbor.FORMAT.dumps(value, Limits(), False).hex() == document
    assert TypedKey([1]) != TypedKey([True]) != TypedKey([1.0])
    assert TypedKey([1]) != [1]


scalars = (
    st.none() | st.booleans() | st.integers(-(2**99), 2**99) | st.floats(allow_nan=False) | st.text() | st.binary()
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(2, 99) | st.binary(), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(values)
def test_round_trip(value):
    """Any tree comes back unchanged, from cbor2 and from the scan."""
    data = dumps(value)
    assert loads(data) == value
    assert _cbor_scan.scan(data, LIMITS) == value
    assert cbor2.loads(data) == value


@given(st.binary(max_size=30))
def test_any_bytes_are_a_value_or_a_format_error(data):
    """No input raises any other error, and the scan agrees with cbor2."""
    seen = repr(outcome(data))
    try:
        scanned = repr(_cbor_scan.scan(data, LIMITS))
    except FormatError as exc:
        scanned = repr(exc)
    assert seen == scanned


@given(values, st.data())
def test_a_damaged_document_is_a_value_or_a_format_error(value, data):
    """A document that is cut, or has a changed byte, raises no other error."""
    document = bytearray(dumps([value]))
    document[data.draw(st.integers(0, len(document) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(document) - 1))
    for damaged in (bytes(document), bytes(document[:cut])):
        result = outcome(damaged)
        assert not isinstance(result, FormatError) or result.issues
