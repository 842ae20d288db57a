"""Numbers of every size and spelling, read by the engine alone, to the last bit."""

from __future__ import annotations

import struct

from fractions import Fraction
from typing import Annotated, Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import JsonValue
from symphony_types.checks import IntRange
from tests.codecs.compiled.read_cases import NAMES, codec_of, decoder


EACH = pytest.mark.parametrize("name", NAMES)


def _decimal(value: Fraction) -> str:
    digits = max(value.denominator.bit_length() - 1, 1)
    text = str(value.numerator * 10**digits // value.denominator).rjust(digits + 1, "0")
    return f"{text[:-digits]}.{text[-digits:]}"


# What a float is between two of, and nothing is nearer to.
_HALVES = st.builds(
    lambda digits, power: (2 * digits + 1) * Fraction(2) ** power, st.integers(2**52, 2**53 - 1), st.integers(-45, 40)
)
_SPELLINGS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.builds(lambda digits, power: f"{digits}e{power}", st.integers(0, 10**22), st.integers(-345, 280)),
    st.builds(
        lambda whole, rest: f"{whole}.{rest}", st.integers(0, 10**20), st.from_regex("[0-9]{1,25}", fullmatch=True)
    ),
    _HALVES.map(_decimal),
)
_EDGES = (
    *("5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623157e308", "1e-400", "0e9999999"),
    *("2.2250738585072011e-308", "2.2250738585072014e-308", "9007199254740993", "9007199254740993.0", "-0", "-0.0"),
    *(
        f"0.{'0' * 100_010}1e100011",
        f"1{'0' * 200}.5e-200",
        f"0.{'0' * 30}12345678901234567",
        "1e22",
        "1e23",
        "8.5e-27",
    ),
)


def _bits(numbers: list[float]) -> list[bytes]:
    return [struct.pack(">d", number) for number in numbers]


@pytest.fixture(scope="module", name="read_floats")
def _read_floats() -> Any:
    read = decoder(codec_of("json"), list[float])
    read(b"[1.2345678901234567]")  # the table of powers is made after the first that needs it
    return read


@given(st.lists(_SPELLINGS, max_size=8))
def test_floats_of_json(read_floats, texts):
    assert _bits(read_floats(f"[{','.join(texts)}]".encode())) == _bits(list(map(float, texts)))


def test_floats_at_the_edges(read_floats):
    texts = [sign + text for text in _EDGES for sign in ("", "-") if not text.startswith("-") or not sign]
    assert _bits(read_floats(f"[{','.join(texts)}]".encode())) == _bits(list(map(float, texts)))


_WIDE = st.one_of(
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.integers(0, 10**300),
    *(st.integers(edge - 2, edge + 2) for edge in (2**63, 2**64, -(2**63), -(2**64), 10**18, 10**19, 10**20)),
)


@EACH
@pytest.mark.parametrize("tp", [int, Any, JsonValue, int | str, Annotated[int, IntRange(-(10**400), 10**400)]], ids=str)
@given(st.lists(_WIDE, max_size=5))
def test_ints_of_any_size(name, tp, numbers):
    codec = codec_of(name)
    in_range = [number for number in numbers if name != "msgpack" or tp is int or -(2**63) <= number < 2**64]
    assert decoder(codec, list[tp])(codec.encode(in_range, list[tp])) == in_range


@EACH
@given(st.lists(st.integers(-(10**300), 10**300), max_size=5))
def test_ints_as_floats(name, numbers):
    codec = codec_of(name)
    in_range = [number for number in numbers if name != "msgpack" or -(2**63) <= number < 2**64]
    assert decoder(codec, list[float])(codec.encode(in_range, list[int])) == list(map(float, in_range))


def test_a_negative_zero_is_a_float():
    read = decoder(codec_of("json"), dict[str, Any])
    assert _bits(list(read(b'{"a":-0,"b":-0.0}').values())) == _bits([-0.0, -0.0])


@pytest.mark.parametrize("digits", [19, 20, 21, 38, 4300])
def test_digits(digits):
    read = decoder(codec_of("json"), list[int])
    for text in ("9" * digits, "1" + "0" * (digits - 1), f"-{'8' * digits}"):
        assert read(f"[{text}]".encode()) == [int(text)]
