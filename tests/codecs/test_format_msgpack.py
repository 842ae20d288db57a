"""MessagePack between builtins and bytes."""

from __future__ import annotations

import enum

from collections import OrderedDict, namedtuple

import msgpack as library
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.formats import _msgpack_scan, msgpack
from symphony_codecs.formats.base import FormatError, Limits
from tests.memory import takes_at_most


LIMITS = Limits()
Point = namedtuple("Point", "x y")  # noqa: PYI024 - the untyped kind is the harder case


class Colour(enum.IntEnum):
    """A subclass of int."""

    RED = 3


def dumps(value, *, strict=False, limits=LIMITS):
    return msgpack.dumps(value, limits, strict)


def loads(data, *, strict=False, limits=LIMITS):
    return msgpack.loads(data if not isinstance(data, str) else bytes.fromhex(data), limits, strict)


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
        (127, "7f"),
        (128, "cc80"),
        (65536, "ce00010000"),
        (2**63 - 1, "cf7fffffffffffffff"),
        (2**64 - 1, "cfffffffffffffffff"),
        (-32, "e0"),
        (-33, "d0df"),
        (-(2**63), "d38000000000000000"),
        (1.5, "cb3ff8000000000000"),
        ("é", "a2c3a9"),
        ("x" * 32, "d920" + "78" * 32),
        (b"\x00", "c40100"),
        (bytearray(b"\x00"), "c40100"),
        (None, "c0"),
        (True, "c3"),
        ([1, (2,)], "92019102"),
        ({"b": 1, "a": 2}, "82a16201a16102"),
        ({1: 2, b"k": {True: 4}}, "820102c4016b81c304"),
        (OrderedDict(a=Point(Colour.RED, 1)), "81a161920301"),
    ],
)
def test_bytes(value, data):
    """The bytes of a value are exactly these, as rmp-serde writes them, and are read back."""
    assert dumps(value).hex() == data
    assert loads(data) == loads(dumps(loads(data)))


CYCLE: list[object] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ({"a": [1, {"b": {1}}]}, "wrong_type", ("a", 1, "b")),
        ([object()], "wrong_type", (0,)),
        ({"a": {frozenset(): 2}}, "wrong_type", ("a", "{}")),
        (["\ud800"], "invalid_value", (0,)),
        ({"n": 2**64}, "out_of_range", ("n",)),
        ({"n": -(2**63) - 1}, "out_of_range", ("n",)),
        (CYCLE, "too_deep", (0,) * 127),
    ],
)
def test_unsupported_values_are_refused_with_their_path(value, code, path):
    """A value without a form in MessagePack is refused, with its code and path."""
    assert refusal(dumps, value) == (code, path)


@pytest.mark.parametrize(
    ("data", "code", "path"),
    [
        ("", "syntax", ()),
        ("c1", "syntax", ()),
        ("81a16192c0", "syntax", ("a",)),
        ("ddffffffff", "syntax", ()),
        ("dfffffffff", "syntax", ()),
        ("dbffffffff", "syntax", ()),
        ("c6ffffffff", "syntax", ()),
        ("9301020304", "trailing_bytes", ()),
        ("c0c1", "trailing_bytes", ()),
        ("92c0a1ff", "invalid_value", (1,)),
        ("91d40101", "wrong_type", (0,)),
        ("81a174d60100000000", "wrong_type", ("t",)),
        ("c70c01" + "00" * 12, "wrong_type", ()),
        ("81a174d5ff0000", "wrong_type", ("t",)),
        ("c70cff3b9aca00" + "00" * 8, "out_of_range", ()),
        ("c70001", "wrong_type", ()),
        ("c700ff", "wrong_type", ()),
        ("81d40101c0", "wrong_type", ()),
        ("91" * 128 + "c0", "too_deep", (0,) * 127),
        ("81a161" * 128 + "c0", "too_deep", ("a",) * 127),
        ("91" * 127 + "90", "too_deep", (0,) * 127),
        ("91" * 100_000, "too_deep", (0,) * 127),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_invalid_documents_are_refused(data, code, path, strict):
    """An invalid document is refused, with the code of the reason and its path."""
    assert refusal(loads, data, strict=strict) == (code, path)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("cf0000000000000001", 1),
        ("d005", 5),
        ("db0000000161", "a"),
        ("ca3fc00000", 1.5),
        ("82a16101a16102", {"a": 2}),
        ("81c401ffc0", {b"\xff": None}),
        ("81c0c0", {None: None}),
        ("8101c0", {1: None}),
        ("91" * 127 + "c0", None),
    ],
)
def test_reading(data, value):
    """Long forms, equal keys and keys of any scalar are read."""
    result = loads(data)
    while isinstance(result, list):
        (result,) = result
    assert result == value


def test_strict():
    """With strict, equal keys, NaN and the infinities are refused with their path."""
    assert refusal(loads, "9182a16101a16102", strict=True) == ("duplicate_key", (0, "a"))
    assert refusal(loads, "820101c301", strict=True) == ("duplicate_key", ("True",))
    assert refusal(loads, "81a161cb7ff8000000000000", strict=True) == ("invalid_value", ("a",))
    assert refusal(dumps, [1.0, float("-inf")], strict=True) == ("invalid_value", (1,))
    assert loads(dumps({"a": [1.5, {}]}, strict=True), strict=True) == {"a": [1.5, {}]}


def test_limits():
    """Each limit holds in both directions, and values exactly at the limit pass."""
    tight = Limits(max_size=15, max_items=2, max_text=3)
    value = ["abc", {"abc": b"abc"}]
    assert loads(dumps(value, limits=tight), limits=tight) == value
    for value in (["abcd"], [b"abcd"], {"abcd": 1}, [1, 2, 3], {1: 1, 2: 2, 3: 3}, ["abc", ["abc", "abc"], 0.5]):
        assert refusal(dumps, value, limits=tight)[0] == "too_large"
        for strict in (False, True):
            assert refusal(loads, dumps(value), limits=tight, strict=strict)[0] == "too_large"


def test_claims_cost_no_memory():
    """Nested arrays that all claim the rest of the document allocate next to nothing."""
    data = bytes.fromhex("dc4000") * 1000 + bytes(2**14)
    assert takes_at_most(lambda: refusal(loads, data)[0], peak=80 * len(data)) == "too_deep"


def test_honest_arrays_are_read_by_the_library(monkeypatch):
    """Documents with long arrays and binary data do not need the slow scan."""
    monkeypatch.setattr(_msgpack_scan, "scan", None)
    value = {"numbers": list(range(70_000)), "rows": [list(range(100))] * 50, "bin": bytes(range(256)) * 10}
    assert loads(dumps(value)) == value


scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary()
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
    """Any tree comes back unchanged, from the library and from the scan."""
    data = dumps(value)
    assert loads(data) == value
    assert _msgpack_scan.scan(data, LIMITS, unique=True) == value
    assert library.unpackb(data, strict_map_key=False) == value


@given(st.binary(max_size=30), st.booleans())
def test_any_bytes_are_a_value_or_a_format_error(data, strict):
    """No input raises any other error, and the scan agrees with the library."""
    result = outcome(data, strict=strict)
    if isinstance(result, FormatError):
        assert result.issues
    else:
        assert repr(_msgpack_scan.scan(data, LIMITS, unique=strict)) == repr(result)


@given(values, st.data())
def test_a_damaged_document_is_a_value_or_a_format_error(value, data):
    """A document that is cut, or has a changed byte, raises no other error."""
    document = bytearray(dumps([value]))
    document[data.draw(st.integers(0, len(document) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(document) - 1))
    for damaged in (bytes(document), bytes(document[:cut])):
        result = outcome(damaged)
        assert not isinstance(result, FormatError) or result.issues


def test_the_two_formats_differ_in_shape_alone():
    """The formats with maps and with arrays have their own names and frame ids, and the same functions."""
    assert (msgpack.FORMAT.format_id, msgpack.COMPACT.format_id) == (2, 4)
    assert (msgpack.FORMAT.positional, msgpack.COMPACT.positional) == (False, True)
    assert msgpack.FORMAT.dumps is msgpack.COMPACT.dumps
