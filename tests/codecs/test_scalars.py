"""Strictness: no value of one type is taken for another, in either direction."""

from __future__ import annotations

import enum
import math

from typing import Annotated, Any, Final, Literal, NewType

import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_types import I8, U8, U32, U64, JsonValue


class Color(enum.Enum):
    """An enum of texts."""

    RED = "red"
    BLUE = "blue"
    CRIMSON = "red"  # noqa: PIE796 - an alias, which a table by value must get over


class Level(enum.IntEnum):
    """An enum that is an int."""

    LOW = 1
    HIGH = 2


class Name(enum.StrEnum):
    """An enum that is a str."""

    A = "a"


class Bits(enum.Flag):
    """A flag."""

    X = 1
    Y = 4


class Mode(enum.Enum):
    """Members whose values are equal but for the type."""

    ON = True
    ONE = 1.0


class Meters(int):
    """A subclass of int."""


class Label(str):
    """A subclass of str, whose text is not what `str()` says."""

    __slots__ = ()

    def __str__(self) -> str:
        return "something else"


UserId = NewType("UserId", int)


@pytest.mark.parametrize(
    ("value", "as_type", "code"),
    [
        ("1", int, "wrong_type"),
        (1.0, int, "wrong_type"),
        (1.5, int, "wrong_type"),
        (True, int, "wrong_type"),
        (None, int, "wrong_type"),
        (1, bool, "wrong_type"),
        (0, bool, "wrong_type"),
        ("true", bool, "wrong_type"),
        ("1.5", float, "wrong_type"),
        (True, float, "wrong_type"),
        (None, str, "wrong_type"),
        (1, str, "wrong_type"),
        (0, None, "wrong_type"),
        (False, None, "wrong_type"),
        ([], dict[str, int], "wrong_type"),
        ({}, list[int], "wrong_type"),
        ("ab", list[str], "wrong_type"),
        ("green", Color, "unknown_tag"),
        (1, Color, "wrong_type"),
        (3, Level, "unknown_tag"),
        (True, Level, "wrong_type"),
        ("b", Name, "unknown_tag"),
        (2, Bits, "out_of_range"),
        (-1, Bits, "out_of_range"),
        ("X", Bits, "wrong_type"),
        (1, Mode, "wrong_type"),
        ("b", Literal["a", 1], "unknown_tag"),
        (True, Literal["a", 1], "wrong_type"),
        (256, U8, "out_of_range"),
        (-1, U8, "out_of_range"),
        (128, I8, "out_of_range"),
        (2**32, U32, "out_of_range"),
        (2**64 - 1, Annotated[U64, U8.__metadata__[0]], "out_of_range"),
        ("x", UserId, "wrong_type"),
        ("x", Meters, "wrong_type"),
        (1, Label, "wrong_type"),
        (1, Final[str], "wrong_type"),
    ],
)
def test_refuses_on_reading(codec: Codec, value: Any, as_type: Any, code: str) -> None:
    """A value of the wrong type or out of range is an issue with a code, not another value."""
    data = codec.encode(value)

    with pytest.raises(DecodeError) as caught:
        codec.decode(data, as_type)

    assert [(issue.code, issue.path) for issue in caught.value.issues] == [(code, ())]
    assert caught.value.format == codec.name


@pytest.mark.parametrize(
    ("value", "as_type"),
    [
        ("1", int),
        (1.0, int),
        (True, int),
        (1, bool),
        ("1.5", float),
        (True, float),
        (10**400, float),
        (None, str),
        (b"x", str),
        ("x", bytes),
        (0, type(None)),
        ([1], dict[str, int]),
        ({1: 2}, list[int]),
        ("ab", list[str]),
        ("red", Color),
        (1, Level),
        (Level.LOW, Color),
        (1, Bits),
        ("b", Literal["a"]),
        (1.0, Literal[1]),
        (256, U8),
        ("x", UserId),
        (object(), str),
        ([1], set[int]),
        ((1, 2, 3), tuple[int, int]),
        ([1, 2], tuple[int, int]),
    ],
)
def test_refuses_on_writing(codec: Codec, value: Any, as_type: Any) -> None:
    """What could not be read back is not written."""
    with pytest.raises(EncodeError) as caught:
        codec.encode(value, as_type)

    assert caught.value.issues


@pytest.mark.parametrize(
    ("value", "as_type"),
    [
        (None, None),
        (True, bool),
        (0, int),
        (-(2**63), int),
        (2**64 - 1, int),
        (2**64, int),
        (-(2**63) - 1, int),
        (10**600, int),
        (0.1, float),
        (-0.0, float),
        (1e300, float),
        (5e-324, float),
        ("", str),
        ("é\U0001f3bc\u2028", str),
        (b"", bytes),
        (bytes(range(256)), bytes),
        (Color.BLUE, Color),
        (Color.CRIMSON, Color),
        (Level.HIGH, Level),
        (Name.A, Name),
        (Bits.X | Bits.Y, Bits),
        (Bits(0), Bits),
        (Mode.ON, Mode),
        (Mode.ONE, Mode),
        ("a", Literal["a", 1]),
        (1, Literal["a", 1]),
        (Color.RED, Literal[Color.RED, 3]),
        (UserId(3), UserId),
        (255, U8),
        ({"a": [1, None, {"b": 1.5}]}, JsonValue),
        ({"a": [1, None, {"b": 1.5}]}, Any),
        ("x", Final[str]),
    ],
)
def test_round_trip(codec: Codec, value: Any, as_type: Any) -> None:
    """What goes in comes out, of the same type."""
    back = codec.decode(codec.encode(value, as_type), as_type)

    assert back == value
    assert type(back) is type(value)
    assert math.copysign(1, back) == math.copysign(1, value) if isinstance(value, float) else True


def test_integers_are_read_as_floats(codec: Codec) -> None:
    """A float field takes an integer, as serde does, and becomes a float."""
    back = codec.decode(codec.encode(3), float)

    assert back == 3.0
    assert type(back) is float


def test_integer_too_large_for_a_float(codec: Codec) -> None:
    """An integer beyond all floats is out of range, not infinity."""
    if codec.format.int_range is None:
        with pytest.raises(DecodeError) as caught:
            codec.decode(codec.encode(10**400), float)

        assert caught.value.issues[0].code == "out_of_range"


def test_subclasses_are_written_as_their_base(codec: Codec) -> None:
    """A subclass of a scalar is its base on the wire, and comes back as itself where the type says so."""
    assert codec.encode(Meters(3)) == codec.encode(3)
    assert codec.encode(Label("x"), str) == codec.encode("x")
    assert codec.encode(Level.LOW, int) == codec.encode(1)
    assert type(codec.decode(codec.encode(3), Meters)) is Meters
    assert type(codec.decode(codec.encode("x"), Label)) is Label


def test_wide_integers_as_text_only_where_needed() -> None:
    """MessagePack has 64 bits, or 16 bytes: a wider int is decimal text, a narrower one as text is refused."""
    codec = get_codec("msgpack")

    assert codec.encode(2**128, int) == codec.encode(str(2**128))
    for text in ("1", "18446744073709551615", "+99999999999999999999", "099999999999999999999", "9" * 4301):
        with pytest.raises(DecodeError):
            codec.decode(codec.encode(text), int)
    with pytest.raises(EncodeError) as caught:
        codec.encode(10**5000, int)
    assert caught.value.issues[0].code == "out_of_range"
    with pytest.raises(EncodeError):
        codec.encode(2**64)  # untyped, nobody would know to read the text as an int


@pytest.mark.parametrize("text", ['"YQ="', '"Y Q=="', '"YR=="', '"Y-=="', "[97]", '"é"', "1"])
def test_base64_is_canonical(text: str) -> None:
    """Bytes in JSON are base64, one text for one value."""
    json = get_codec("json")

    assert json.decode(b'"YQ=="', bytes) == b"a"
    with pytest.raises(DecodeError):
        json.decode(text.encode(), bytes)


def test_any_takes_what_the_format_can_say() -> None:
    """Byte strings and integer keys stay in Any; a JsonValue refuses them, with the path."""
    value = {"k": [b"\x00", {1: 2, b"b": None}]}
    for name in ("msgpack", "cbor"):
        codec = get_codec(name)
        data = codec.encode(value)

        assert codec.decode(data, Any) == value
        with pytest.raises(DecodeError) as caught:
            codec.decode(data, JsonValue)
        assert {issue.path for issue in caught.value.issues} == {("k", 0), ("k", 1)}
    with pytest.raises(EncodeError) as refused:
        get_codec("json").encode(value)
    assert {issue.path for issue in refused.value.issues} == {("k", 1)}


def test_json_value_is_checked_on_writing(codec: Codec) -> None:
    """A JsonValue holds nothing that JSON cannot say, in a binary format neither."""
    for bad in ({1: 2}, [object()], {"a": {2, 1j}}):
        with pytest.raises(EncodeError):
            codec.encode(bad, JsonValue)
