"""RFC 8949, appendix A: every example is read without a type and with one, or is refused for a reason."""

from __future__ import annotations

import datetime as dt
import math
import struct

from typing import Any, Final

import pytest

from symphony_codecs import DecodeError, get_codec


CBOR: Final = get_codec("cbor")
NUMBERS: Final = list(range(1, 26))
NUMBERS_HEX: Final = "0102030405060708090a0b0c0d0e0f101112131415161718181819"
LETTERS: Final = dict(zip("abcde", "ABCDE", strict=True))

# The values that Any gives, in the order of the RFC.
READ: Final[list[tuple[str, Any]]] = [
    *(("00", 0), ("01", 1), ("0a", 10), ("17", 23), ("1818", 24), ("1819", 25), ("1864", 100), ("1903e8", 1000)),
    *(("1a000f4240", 1000000), ("1b000000e8d4a51000", 1000000000000)),
    *(("1bffffffffffffffff", 18446744073709551615), ("c249010000000000000000", 18446744073709551616)),
    *(("3bffffffffffffffff", -18446744073709551616), ("c349010000000000000000", -18446744073709551617)),
    *(("20", -1), ("29", -10), ("3863", -100), ("3903e7", -1000)),
    *(("f90000", 0.0), ("f98000", -0.0), ("f93c00", 1.0), ("fb3ff199999999999a", 1.1), ("f93e00", 1.5)),
    *(("f97bff", 65504.0), ("fa47c35000", 100000.0), ("fa7f7fffff", 3.4028234663852886e38)),
    *(("fb7e37e43c8800759c", 1.0e300), ("f90001", 5.960464477539063e-8), ("f90400", 0.00006103515625)),
    *(("f9c400", -4.0), ("fbc010666666666666", -4.1)),
    *(("f97c00", math.inf), ("f97e00", math.nan), ("f9fc00", -math.inf)),
    *(("fa7f800000", math.inf), ("fa7fc00000", math.nan), ("faff800000", -math.inf)),
    *(("fb7ff0000000000000", math.inf), ("fb7ff8000000000000", math.nan), ("fbfff0000000000000", -math.inf)),
    *(("f4", False), ("f5", True), ("f6", None)),
    ("f7", None),  # undefined: as null, so that an optional field is None
    *(("40", b""), ("4401020304", b"\x01\x02\x03\x04")),
    *(
        ("60", ""),
        ("6161", "a"),
        ("6449455446", "IETF"),
        ("62225c", '"\\'),
        ("62c3bc", "\u00fc"),
        ("63e6b0b4", "\u6c34"),
    ),
    ("64f0908591", "\U00010151"),
    *(("80", []), ("83010203", [1, 2, 3]), ("8301820203820405", [1, [2, 3], [4, 5]])),
    ("9819" + NUMBERS_HEX, NUMBERS),
    *(("a0", {}), ("a201020304", {1: 2, 3: 4}), ("a26161016162820203", {"a": 1, "b": [2, 3]})),
    *(("826161a161626163", ["a", {"b": "c"}]), ("a56161614161626142616361436164614461656145", LETTERS)),
    *(("5f42010243030405ff", b"\x01\x02\x03\x04\x05"), ("7f657374726561646d696e67ff", "streaming")),
    *(("9fff", []), ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]), ("9f01820203820405ff", [1, [2, 3], [4, 5]])),
    *(("83018202039f0405ff", [1, [2, 3], [4, 5]]), ("83019f0203ff820405", [1, [2, 3], [4, 5]])),
    ("9f" + NUMBERS_HEX + "ff", NUMBERS),
    *(("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}), ("826161bf61626163ff", ["a", {"b": "c"}])),
    ("bf6346756ef563416d7421ff", {"Fun": True, "Amt": -2}),
]

# The documents that Any refuses: serde has no such values, and nothing could write them back.
REFUSED: Final[dict[str, str]] = {
    "f0": "simple(16) is not assigned",
    "f8ff": "simple(255) is not assigned",
    "c074323031332d30332d32315432303a30343a30305a": "a tag changes what a text means",
    "c11a514b67b0": "a tag changes what a number means",
    "c1fb41d452d9ec200000": "a tag changes what a number means",
    "d74401020304": "tag 23 is for other formats",
    "d818456449455446": "tag 24 is a document inside the document",
    "d82076687474703a2f2f7777772e6578616d706c652e636f6d": "tag 32 is a URI",
}

# With a type, the tag is ignored, or says how other peers write that type.
TYPED: Final[list[tuple[str, Any, Any]]] = [
    ("c074323031332d30332d32315432303a30343a30305a", dt.datetime, dt.datetime(2013, 3, 21, 20, 4, tzinfo=dt.UTC)),
    ("c074323031332d30332d32315432303a30343a30305a", str, "2013-03-21T20:04:00Z"),
    ("c11a514b67b0", dt.datetime, dt.datetime(2013, 3, 21, 20, 4, tzinfo=dt.UTC)),
    ("c11a514b67b0", int, 1363896240),
    ("c1fb41d452d9ec200000", dt.datetime, dt.datetime(2013, 3, 21, 20, 4, 0, 500000, tzinfo=dt.UTC)),
    ("c1fb41d452d9ec200000", float, 1363896240.5),
    ("d74401020304", bytes, b"\x01\x02\x03\x04"),
    ("d818456449455446", bytes, b"dIETF"),
    ("d82076687474703a2f2f7777772e6578616d706c652e636f6d", str, "http://www.example.com"),
]

TYPES: Final[dict[type, Any]] = {bytes: bytes, str: str, bool: bool, int: int, float: float, type(None): None}


def type_of(value: Any) -> Any:
    """Return a type for *value*."""
    if isinstance(value, list):
        return list[type_of(value[0])] if len(set(map(type, value))) == 1 else list[Any]
    if isinstance(value, dict):
        return dict[type_of(next(iter(value), "")), Any]
    return TYPES[type(value)]


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, of one class, and of one sign."""
    if isinstance(one, float) and isinstance(other, float):
        return struct.pack("d", one) == struct.pack("d", other)
    return type(one) is type(other) and bool(one == other)


@pytest.mark.parametrize(("wire", "value"), READ, ids=[wire[:24] for wire, _ in READ])
def test_examples_are_read(wire: str, value: Any) -> None:
    """Each has the value of the RFC, in any of its lengths; encoding and decoding it again gives the same."""
    data = bytes.fromhex(wire)

    assert same(CBOR.decode(data, Any), value)
    assert same(CBOR.decode(data, type_of(value)), value)
    assert same(CBOR.decode(CBOR.encode(value, type_of(value)), Any), value)
    assert same(CBOR.decode(b"\x82" + data * 2, list[Any])[1], value)


@pytest.mark.parametrize(
    "wire", [wire for wire, _ in READ if wire[:1] not in "57" and "9f" not in wire and "bf" not in wire]
)
def test_examples_in_their_shortest_form_are_written(wire: str) -> None:
    """These are integers, bignums, lengths and floats, with NaN and the infinities."""
    value = CBOR.decode(bytes.fromhex(wire), Any)
    is_longer = (isinstance(value, float) and wire[:2] != "f9" and not math.isfinite(value)) or wire == "f7"

    assert (CBOR.encode(value).hex() == wire) is not is_longer


@pytest.mark.parametrize("wire", REFUSED)
def test_documents_without_a_value_are_refused(wire: str) -> None:
    """Without a type they are refused; inside an array with their path."""
    data = bytes.fromhex(wire)

    for document, path in ((data, ()), (b"\x81" + data, (0,))):
        with pytest.raises(DecodeError) as caught:
            CBOR.decode(document, Any)
        assert [issue.path for issue in caught.value.issues] == [path]


@pytest.mark.parametrize(("wire", "as_type", "value"), TYPED)
def test_tagged_examples_are_read_by_their_type(wire: str, as_type: Any, value: Any) -> None:
    """A tag before a typed value is ignored, or says how the value is written."""
    assert same(CBOR.decode(bytes.fromhex(wire), as_type), value)


# RFC 8949, appendix F: documents that are not well-formed.
ILL_FORMED: Final = [
    *("18", "19", "1a", "1b", "1901", "1a0102", "1b01020304050607", "38", "58", "78", "98", "9a01ff00", "b8", "d8"),
    *("f8", "f900", "fa0000", "fb000000", "41", "61", "5affffffff00", "5bffffffffffffffff010203", "7affffffff00"),
    *("7b7fffffffffffffff010203", "81", "818181818181818181", "8200", "a1", "a20102", "a100", "a2000000", "c0"),
    *("5f4100", "7f6100", "9f", "9f0102", "bf", "bf01020102", "819f", "9f8000", "9f9f9f9f9fffffffff"),
    *("9f819f819f9fffffff", "fc", "fd", "fe", "5cffff", "1c", "1d", "1e", "3c", "3d", "3e", "5d", "7c", "9c", "bc"),
    *("dc", "fc00", "f800", "f801", "f818", "f81f", "5f00ff", "5f21ff", "5f6100ff", "5f80ff", "5fa0ff", "5fc000ff"),
    *("5fe0ff", "7f4100ff", "5f5f4100ffff", "7f7f6100ffff", "ff", "81ff", "8200ff", "a1ff", "a1ff00", "a100ff"),
    *("a20000ff", "9f81ff", "9f829f819f9fffffffff", "bf00ff", "bf000000ff", "1f", "3f", "df", ""),
]


@pytest.mark.parametrize("wire", ILL_FORMED)
def test_malformed_documents_are_refused(wire: str) -> None:
    """They are refused without a type and with any type."""
    for as_type in (Any, int, str, bytes, list[int], dict[str, int], float):
        with pytest.raises(DecodeError):
            CBOR.decode(bytes.fromhex(wire), as_type)
