"""Ints of more than 64 bits: numbers, bignums, 16 bytes or decimal text, and always read as they were written."""

from __future__ import annotations

import enum

from typing import Annotated, Any, Literal, NewType, Union

import attrs
import pytest

from hypothesis import example, given
from hypothesis import strategies as st

from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_codecs.python import decoder, encoder
from symphony_types import I128, U128, checks
from symphony_types.checks import IntRange


NAMES = ("json", "msgpack", "msgpack-compact", "cbor")
PACKED = ("msgpack", "msgpack-compact")
ONE_WIDE = bytes.fromhex("c41000000000000000010000000000000000")  # rmp_serde::to_vec(&(1u128 << 64))
EDGES = (
    *(0, 1, -1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, -(2**64)),
    *(2**127 - 1, 2**127, -(2**127), -(2**127) - 1, 2**128 - 1, 2**128, -(2**128), 2**200),
)


class Count(int):
    """An int of a class of its own."""

    __slots__ = ()


class Level(enum.IntEnum):
    LOW = 1
    WIDE = 2**70


Wei = NewType("Wei", U128)  # pyright: ignore[reportGeneralTypeIssues]


@attrs.frozen
class Account:
    balance: U128
    change: I128 | None = None
    id: int = 0


INTS: tuple[tuple[Any, Any], ...] = (
    (int, int),
    (U128, int),
    (I128, int),
    (Wei, int),
    (Count, Count),
    (Annotated[U128, IntRange(0, 10)], int),
    (Annotated[int, IntRange(-(2**70), 2**70)], int),
)


def types_of(tp: Any, value: int) -> tuple[tuple[Any, Any], ...]:
    return (
        (tp, value),
        (list[tp], [value, value]),
        (tp | None, value),
        (tp | str, value),
        (tp | bytes, value),
        (tp | str | bytes, value),
        (dict[tp, tp], {value: value}),
        (frozenset[tp], frozenset((value,))),
        (tuple[tp, str], (value, "")),
    )


def round_trip(name: str, tp: Any, value: Any) -> bool:
    """Return whether *value* is written; then it is read again, and both executors agree."""
    codec = get_codec(name)
    results: list[Any] = []
    for write in (codec.encoder(tp), encoder(codec.converter, tp)):
        try:
            results.append(write(value))
        except EncodeError as error:
            results.append(error.issues)
    data = results[0]
    assert results[1] == data
    if not isinstance(data, bytes):
        return False
    back = codec.decode(data, tp)
    assert back == value, (tp, value, data, back)
    assert type(back) is type(value), (tp, value, data, back)
    assert decoder(codec.converter, tp)(data) == value
    return True


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("tp", "make"), INTS)
def test_what_is_written_is_read_or_it_is_refused(tp: Any, make: Any, name: str) -> None:
    written = 0
    for number in EDGES:
        for each, value in types_of(tp, make(number)):
            try:
                get_codec(name).encoder(each)
            except EncodeError:
                with pytest.raises(DecodeError):
                    get_codec(name).decoder(each)
                continue
            written += round_trip(name, each, value)
    assert written


@given(st.integers(-(2**130), 2**130), st.sampled_from(NAMES))
@example(2**128, "msgpack")
def test_plain_ints_of_any_size(number: int, name: str) -> None:
    assert round_trip(name, int, number)
    assert round_trip(name, dict[str, int], {"n": number})
    for tp, bounds in ((U128, checks.U128), (I128, checks.I128)):
        if bounds.minimum <= number <= bounds.maximum:
            assert round_trip(name, tp, number)


@pytest.mark.parametrize("name", PACKED)
def test_the_bytes_are_those_of_rmp_serde(name: str) -> None:
    codec = get_codec(name)
    assert codec.encode(2**64, int) == codec.encode(2**64, U128) == ONE_WIDE
    assert codec.decode(ONE_WIDE, int) == codec.decode(ONE_WIDE, U128) == codec.decode(ONE_WIDE, I128) == 2**64
    assert codec.encode(5, U128) == b"\xc4\x10" + bytes(15) + b"\x05"
    assert codec.encode(-2, I128) == b"\xc4\x10" + b"\xff" * 15 + b"\xfe"
    assert codec.encode(5, int) == b"\x05"
    assert codec.encode(2**128, int) == codec.encode(str(2**128))
    assert codec.encode(-(2**63) - 1, int) == codec.encode(str(-(2**63) - 1))
    # Of another peer, or from before:
    assert codec.decode(b"\x05", U128) == codec.decode(b"\xc4\x10" + bytes(15) + b"\x05", int) == 5
    assert codec.decode(codec.encode(str(2**64)), U128) == codec.decode(codec.encode(str(2**64)), int) == 2**64
    assert codec.decode(b"\xc5\x00\x10" + bytes(16), I128) == 0  # a longer head


def test_json_and_cbor_have_numbers() -> None:
    assert get_codec("json").encode(Account(2**127, -5)) == b'{"balance":%d,"change":-5,"id":0}' % 2**127
    assert get_codec("cbor").encode(2**64, U128).hex() == "c249010000000000000000"
    assert get_codec("cbor").encode(5, U128) == b"\x05"


@pytest.mark.parametrize("name", NAMES)
def test_fields(name: str) -> None:
    for account in (Account(0), Account(2**128 - 1, -(2**127), 2**100), Account(5, 5, -(2**70))):
        assert round_trip(name, Account, account)
        assert round_trip(name, list[Account], [account])


@pytest.mark.parametrize("name", NAMES)
def test_beyond_the_range(name: str) -> None:
    codec = get_codec(name)
    for tp, number in ((U128, -1), (U128, 2**128), (I128, 2**127), (I128, -(2**127) - 1)):
        with pytest.raises(EncodeError) as refused:
            codec.encode([number], list[tp])
        assert [(issue.code, issue.path) for issue in refused.value.issues] == [("out_of_range", (0,))]
        if name in PACKED and (tp, number) == (I128, 2**127):
            continue  # 16 bytes do not say whether they have a sign: that is the type's
        with pytest.raises(DecodeError) as caught:
            codec.decode(codec.encode([number], list[int]), list[tp])  # pyright: ignore[reportInvalidTypeForm]
        assert [(issue.code, issue.path) for issue in caught.value.issues] == [("out_of_range", (0,))]


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("tp", [int, U128, I128])
def test_other_bytes_and_texts_are_no_int(tp: Any, name: str) -> None:
    codec = get_codec(name)
    for wire in (b"", bytes(15), bytes(17), "5", "", "1.0", "0" * 40, f" {2**64}", True, 1.0, None, [1]):
        with pytest.raises(DecodeError) as caught:
            codec.decode(codec.encode([wire]), list[tp])  # pyright: ignore[reportInvalidTypeForm]
        assert [(issue.code, issue.path) for issue in caught.value.issues] == [("wrong_type", (0,))]
    with pytest.raises(DecodeError):
        codec.decode(codec.encode(b"\xff" * 16), Annotated[int, IntRange(0, 2**64)])


@pytest.mark.parametrize("name", PACKED)
def test_no_type_no_wide_int(name: str) -> None:
    codec = get_codec(name)
    cases: tuple[tuple[Any, Any], ...] = ((Any, 2**64), (Any, [2**64]), (Level, Level.WIDE), (Literal[2**64], 2**64))
    for tp, value in cases:
        with pytest.raises(EncodeError):
            codec.encode(value, tp)  # pyright: ignore[reportArgumentType]
    assert codec.decode(ONE_WIDE, Any) == ONE_WIDE[2:]


@attrs.frozen
class Number:
    x: int


@attrs.frozen
class Raw:
    x: bytes


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize(
    ("tp", "values"),
    [
        (Number | Raw, (Number(2**64), Raw(bytes(16)), Raw(b"\x01" * 16), Number(5), Number(-(2**70)))),
        (int | bytes, (2**64, bytes(16), b"\x01" * 16, -(2**70))),
    ],
)
def test_bytes_stay_bytes_in_untagged_unions(tp: Any, values: tuple[Any, ...], name: str) -> None:
    codec = get_codec(name).with_union(tp, tagging="untagged")
    for value in values:
        for write, read in (
            (codec.encoder(tp), codec.decoder(tp)),
            (encoder(codec.converter, tp), decoder(codec.converter, tp)),
        ):
            back = read(write(value))
            assert (type(back), back) == (type(value), value)


def test_only_where_one_tells_bytes_from_ints() -> None:
    types: tuple[Any, ...] = (Union[U128, bytes], Union[I128, bytes, None])  # noqa: UP007
    for tp in types:
        for make in (get_codec("msgpack").encoder, get_codec("msgpack").decoder):
            with pytest.raises((EncodeError, DecodeError), match="two of its members are bytes on the wire"):
                make(tp)
        assert round_trip("json", tp, 5)
