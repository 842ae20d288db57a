"""MessagePack's specification: every form of every kind of value, read without a type and with one."""

from __future__ import annotations

import math
import struct

from typing import Any, Final

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, get_codec


# https://github.com/msgpack/msgpack/blob/master/spec.md: the bytes, the value, and whether it is written in that form.
FORMS: Final[list[tuple[str, Any, bool]]] = [
    *(("c0", None, True), ("c2", False, True), ("c3", True, True)),
    # each int in every form that fits; the shortest is written
    *(("00", 0, True), ("7f", 127, True), ("cc00", 0, False), ("cc7f", 127, False), ("cc80", 128, True)),
    *(("ccff", 255, True), ("cd00ff", 255, False), ("cd0100", 256, True), ("cdffff", 65535, True)),
    *(("ce0000ffff", 65535, False), ("ce00010000", 65536, True), ("ceffffffff", 4294967295, True)),
    *(("cf00000000ffffffff", 4294967295, False), ("cf0000000100000000", 4294967296, True)),
    *(("cfffffffffffffffff", 18446744073709551615, True), ("ff", -1, True), ("e0", -32, True), ("d0e0", -32, False)),
    *(("d0df", -33, True), ("d080", -128, True), ("d1ff80", -128, False), ("d1ff7f", -129, True)),
    *(("d18000", -32768, True), ("d2ffff8000", -32768, False), ("d2ffff7fff", -32769, True)),
    *(("d280000000", -2147483648, True), ("d3ffffffff80000000", -2147483648, False)),
    *(("d3ffffffff7fffffff", -2147483649, True), ("d38000000000000000", -9223372036854775808, True)),
    *(
        ("d07f", 127, False),
        ("d17fff", 32767, False),
        ("d27fffffff", 2147483647, False),
        ("d3000000007fffffff", 2**31 - 1, False),
    ),
    *(("ca00000000", 0.0, False), ("cb0000000000000000", 0.0, True), ("cb8000000000000000", -0.0, True)),
    *(("ca3fc00000", 1.5, False), ("cb3ff199999999999a", 1.1, True), ("cb7ff0000000000000", math.inf, True)),
    *(("cbfff0000000000000", -math.inf, True), ("ca7f800000", math.inf, False), ("cb7ff8000000000000", math.nan, True)),
    *(("a0", "", True), ("a161", "a", True), ("bf" + "61" * 31, "a" * 31, True), ("d900", "", False)),
    *(("d9" + "20" + "61" * 32, "a" * 32, True), ("da0000", "", False), ("da0100" + "61" * 256, "a" * 256, True)),
    *(("db00000000", "", False), ("db00010000" + "61" * 65536, "a" * 65536, True), ("a3e29c93", "\u2713", True)),
    *(("c400", b"", True), ("c403010203", b"\x01\x02\x03", True), ("c50000", b"", False)),
    *(
        ("c50100" + "00" * 256, bytes(256), True),
        ("c600000000", b"", False),
        ("c600010000" + "00" * 65536, bytes(65536), True),
    ),
    *(("90", [], True), ("93010203", [1, 2, 3], True), ("9f" + "00" * 15, [0] * 15, True), ("dc0000", [], False)),
    *(
        ("dc0010" + "00" * 16, [0] * 16, True),
        ("dd00000000", [], False),
        ("dd00010000" + "00" * 65536, [0] * 65536, True),
    ),
    *(
        ("80", {}, True),
        ("82a16101a162c0", {"a": 1, "b": None}, True),
        ("8101a161", {1: "a"}, True),
        ("de0000", {}, False),
    ),
    *(
        ("df00000000", {}, False),
        ("de0001a16101", {"a": 1}, False),
        ("82c40161010202", {b"a": 1, 2: 2}, True),
    ),
    ("de0010" + "".join(f"{key:02x}c0" for key in range(16)), dict.fromkeys(range(16)), True),
]
# Extension types have no value in serde; only the timestamp's is read, where a time is declared.
EXTENSIONS: Final = ["d40101", "d5010102", "d60101020304", "d7010102030405060708", "d801" + "00" * 16]
EXTENSIONS_BY_LENGTH: Final = [
    "c70001",
    "c70301010203",
    "c8000001",
    "c90000000001",
    "d6ff00000000",
    "c70cff" + "00" * 12,
]
MALFORMED: Final = [
    *("", "c1", "cc", "cd00", "ce000000", "cf00000000000000", "d0", "d100", "d2000000", "d300000000000000", "ca000000"),
    *(
        "cb00000000000000",
        "a1",
        "d9",
        "d901",
        "da00",
        "da0001",
        "db000000",
        "db00000001",
        "c4",
        "c401",
        "c500",
        "c50001",
    ),
    *("c6000000", "c600000001", "91", "dc00", "dc0001", "dd000000", "dd00000001", "ddffffffff", "81", "8100", "de00"),
    *("de0001", "df00000001", "dfffffffff", "0000", "c0c0", "a1ff", "a2c328", "a3eda080", "d4", "c7", "c8000101"),
]


@attrs.frozen
class Known:
    x: int


@pytest.fixture(params=["msgpack", "msgpack-compact"], name="codec")
def _codec(request: pytest.FixtureRequest) -> Codec:
    return get_codec(request.param)


def type_of(value: Any) -> Any:
    """Return a type for *value*."""
    if isinstance(value, list):
        return list[int]
    if isinstance(value, dict):
        return dict[str, int | None] if set(map(type, value)) == {str} else dict[Any, Any]
    return type(value)


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, of one class, and of one sign."""
    if isinstance(one, float) and isinstance(other, float):
        return struct.pack("d", one) == struct.pack("d", other)
    return type(one) is type(other) and bool(one == other)


@pytest.mark.parametrize("number", range(len(FORMS)))
def test_every_form_is_read(codec: Codec, number: int) -> None:
    """Of several forms, the shortest is written."""
    wire, value, is_written = FORMS[number]
    data = bytes.fromhex(wire)

    for as_type in (Any, type_of(value)):
        assert same(codec.decode(data, as_type), value)
        assert (codec.encode(value, as_type) == data) is is_written
    assert same(codec.decode(b"\x92" + data * 2, list[Any])[1], value)


@pytest.mark.parametrize("wire", EXTENSIONS + EXTENSIONS_BY_LENGTH)
def test_extensions_are_refused_without_a_type_for_them(codec: Codec, wire: str) -> None:
    """They are refused with any other type, alone and in an array."""
    data = bytes.fromhex(wire)

    several: tuple[tuple[Any, Any], ...] = ((Any, list[Any]), (int, list[int]), (str, list[str]), (bytes, list[bytes]))
    for as_type, items in several:
        with pytest.raises(DecodeError):
            codec.decode(data, as_type)
        with pytest.raises(DecodeError):
            codec.decode(b"\x91" + data, items)


@pytest.mark.parametrize("wire", ["d6ff00000000", "d7ff" + "00" * 8, "c70cff" + "00" * 12])
def test_timestamps_in_unknown_fields_are_skipped(wire: str) -> None:
    """No other extension is read anywhere."""
    data = b"\x82\xa1z" + bytes.fromhex(wire) + b"\xa1x\x01"

    assert get_codec("msgpack").decode(data, Known) == Known(1)
    with pytest.raises(DecodeError):
        get_codec("msgpack").decode(data.replace(b"\xff", b"\x05", 1), Known)


def test_timestamps_as_keys_are_shown_in_paths(codec: Codec) -> None:
    """A key that no type can have is refused at its path."""
    data = bytes.fromhex("81d6ff0000000501")

    for as_type in (dict[Any, Any], dict[str, int]):
        with pytest.raises(DecodeError) as caught:
            codec.decode(data, as_type)
        assert [issue.path for issue in caught.value.issues] == [("Timestamp(seconds=5, nanoseconds=0)",)]


@pytest.mark.parametrize("wire", MALFORMED)
def test_invalid_documents_are_refused(codec: Codec, wire: str) -> None:
    """They are cut short, too long, use the reserved byte, or have text that is not UTF-8."""
    for as_type in (Any, int, str, bytes, list[int], dict[str, int], float):
        with pytest.raises(DecodeError):
            codec.decode(bytes.fromhex(wire), as_type)
