"""Writing builtin scalars: the same bytes as the reference, at every border."""

from __future__ import annotations

import enum
import math
import random
import struct

from typing import Annotated, Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import I64, U8, U64
from symphony_types.checks import NON_EMPTY, IntRange, OneOf, Text
from tests.codecs.compiled.emit_cases import NAMES, agree, codec_of, engine, outcome, reference


EACH = pytest.mark.parametrize("name", NAMES)

BORDERS = [
    sign * 2**power + step
    for power in (*range(17), 31, 32, 53, 62, 63, 64, 65, 90, 128, 4095, 4096)
    for sign in (1, -1)
    for step in (-1, 0, 1)
]
DIGITS = [10**power - 1 for power in range(1, 25)] + [-(10**power) for power in range(25)]


@EACH
@pytest.mark.parametrize(
    "tp", [int, Any, U8, U64, I64, Annotated[int, IntRange(-5, 5)], Annotated[int, IntRange(-9, -2)]]
)
def test_integers(name, tp):
    """Ints of every length, within and beyond what the type and the format take."""
    agree(codec_of(name), tp, *BORDERS, *DIGITS)


@EACH
def test_integers_of_thousands_of_digits(name):
    """What Python would not read back is refused, and no time is spent on it."""
    for number in (10**4299, 10**4300 - 1, 10**4300, -(10**4300) + 1, 1 << 100_000):
        agree(codec_of(name), int, number)
        agree(codec_of(name), Any, number)


class Level(enum.IntEnum):
    ONE = 1


class Odd(int):
    def __int__(self):
        return 7


class Real(float):
    pass


class Raising(int):
    def __int__(self):
        raise ZeroDivisionError


@EACH
@pytest.mark.parametrize("tp", [int, float, bool, None, U8, int | None])
def test_what_is_almost_a_number(name, tp):
    """Subclasses are what they say they are; a bool is no int, and a text no number."""
    values = [Level.ONE, Odd(3), Raising(3), Real(1.5), True, False, None, "1", b"1", 1.0, 1, 2**1100, object(), [], 1j]
    agree(codec_of(name), tp, *values)


FLOATS = [
    *(0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1 / 3, 1e15, 1e16, 1e17, 123456789012345.6, 99999999999999.9, 1e22, 1e23, 2**53),
    *(1e-5, 1e-6, 9.9999e-6, 1.00001e-5, 0.00012, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e100),
    *(65504.0, 65505.0, 65520.0, 2.0**-14, 2.0**-24, 2.0**-25, 2.0**-15 * 1.5, 6.0e-8, 1.1, 3.4028234663852886e38),
    *(2.0**-149, 2.0**-150, 2.0**127, 2.0**128, 100000.5, 0.000001, 1234.5678, 12345.678901, 0.3 - 0.1, 999999.9999995),
    *(math.inf, -math.inf, math.nan, -math.nan, struct.unpack(">d", b"\x7f\xf8\x00\x00\x00\x00\x00\x01")[0]),
]


@EACH
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("tp", [float, Any])
def test_floats(name, strict, tp):
    """Floats of every kind; JSON's are the shortest text, CBOR's the shortest bits."""
    agree(codec_of(name, strict=strict), tp, *FLOATS, *(-number for number in FLOATS))


@EACH
def test_floats_of_any_bits(name):
    """Also the float of bits that nobody would think of, and decimals that people write."""
    rng = random.Random(1)
    codec = codec_of(name)
    bits = [struct.unpack("d", rng.randbytes(8))[0] for _ in range(3000)]
    singles = [struct.unpack("f", rng.randbytes(4))[0] for _ in range(1000)]
    halves = [struct.unpack("e", struct.pack("H", each))[0] for each in range(0, 65536, 7)]
    decimals = [round(rng.uniform(-(10.0**size), 10.0**size), places) for size in range(16) for places in range(9)] * 20

    agree(codec, float, *bits, *singles, *halves, *decimals)


@EACH
def test_text_of_every_character(name):
    """Each character alone, and at every place of a machine word, is written as the reference does."""
    codec = codec_of(name)
    characters = [chr(code) for code in range(0x110)] + [
        "\u2028",
        "\ud7ff",
        "\ue000",
        "\uffff",
        "\U0001f600",
        "\U0010ffff",
    ]
    texts = [
        text[:place] + char + text[place:] for char in characters for text in ("", "abcdefghijk") for place in range(12)
    ]
    texts += ["x" * size + end for size in range(70) for end in ("", '"', "é")]

    agree(codec, str, *texts)
    agree(codec, Any, *texts[::7])


@EACH
@pytest.mark.parametrize("size", [31, 32, 255, 256, 511, 512, 513, 1024, 65535, 65536, 70_000])
def test_text_of_every_length(name, size):
    """Heads of every length, and text that does not fit a buffer at once."""
    for text in ("x" * size, '"' * size, "é" * size, "\x00" * size, "ab\\" * size):
        agree(codec_of(name), str, text)


@EACH
def test_lone_surrogates_are_refused(name):
    """They have no bytes in UTF-8."""
    for value in ("\ud800", "ab\udfff", "\ud83d \ude00"):
        agree(codec_of(name), str, value)
        agree(codec_of(name), Any, {value: 1}, [value])
        assert outcome(engine(codec_of(name), str), value) is None


class Word(enum.StrEnum):
    YES = "yes"


class Loud(str):
    __slots__ = ()

    def __str__(self):
        return "LOUD"

    def __len__(self):
        return 99


@EACH
def test_subclasses_of_text_are_their_text(name):
    """Whatever they say about themselves."""
    agree(codec_of(name), str, Word.YES, Loud("quiet"), Loud("é\n"), 1, None, b"bytes")


@EACH
@pytest.mark.parametrize(
    "check", [NON_EMPTY, Text(maximum=3), Text(minimum=2, maximum=2, pattern="[a-é]*"), OneOf(("a", "ab", "é"))]
)
def test_text_that_is_held_to_something(name, check):
    """Checks of a type are made before it is written."""
    tp: Any = Annotated[str, check]
    agree(codec_of(name), tp, "", "a", "ab", "abc", "abcd", "é", "A", 1, None)


@EACH
def test_subclasses_of_checked_text_come_out_right(name):
    """They may count and compare in their own way, so the reference has to look at them."""
    codec = codec_of(name)
    tp: Any = Annotated[str, NON_EMPTY]
    theirs = reference(codec, tp)
    for value in (Word.YES, Loud(""), Loud("a")):
        assert outcome(engine(codec, tp, theirs), value) == outcome(theirs, value)


class Data(bytes):
    pass


class Made(bytes):
    def __bytes__(self):
        return b"made"


@EACH
@pytest.mark.parametrize("tp", [bytes, Any])
def test_bytes(name, tp):
    """As base64 or as they are, of every length."""
    rng = random.Random(2)
    data = [rng.randbytes(size) for size in (*range(20), 23, 24, 255, 256, 700, 65535, 65536)]
    agree(codec_of(name), tp, *data)


@EACH
def test_what_is_like_bytes(name):
    """Bytearrays, views and subclasses; a text is none."""
    view = memoryview(b"abcdef")
    agree(
        codec_of(name), bytes, bytearray(b"ab"), view, view[::2], view.cast("B", (2, 3)), Data(b"x"), Made(b"x"), "ab"
    )
    released = memoryview(bytearray(b"abc"))
    released.release()
    agree(codec_of(name), bytes, released)


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.binary())
def test_whatever_is_untyped(value):
    """Any scalar, in any format."""
    for name in NAMES:
        agree(codec_of(name), Any, value)
        agree(codec_of(name), Any, [value, {"": value}])
