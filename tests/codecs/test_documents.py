"""Documents as they are found: rare spellings, limits, strictness and malformed input, in every buffer."""

from __future__ import annotations

import enum

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

import attrs
import pytest

from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_codecs.python import decoder as reference_decoder
from symphony_types import JsonValue
from symphony_types.checks import Each


class Level(enum.IntEnum):
    """An enum whose members equal ints, as keys."""

    ONE = 1
    TWO = 2


@attrs.define
class Record:
    """Fields of several kinds."""

    a: int
    b: list[str] = attrs.field(factory=list)
    c: dict[str, int] | None = None


JSON: tuple[bytes, ...] = (
    *(
        b"",
        b" \n",
        b"[",
        b"{",
        b"[1,2",
        b"[1,2,]",
        b"[1 2]",
        b"[,]",
        b"{,}",
        b"[1}",
        b'{"a":1]',
        b"1 2",
        b"[1]x",
        b"nul",
    ),
    *(
        b'{"a" 1}',
        b'{"a":}',
        b'{"a":1,}',
        b'{"a":1 "b"}',
        b'{"a":1,2}',
        b"{1:2}",
        b"[01]",
        b"[1.]",
        b"[-]",
        b"[+1]",
        b"[1e]",
    ),
    *(
        b"[1e999]",
        b"[-1e999, 1]",
        b"[NaN]",
        b"[tru",
        b"[nul]",
        b'["abc',
        b'["\\x"]',
        b'["a\x01"]',
        b'["\\u12"]',
        b'"\\',
    ),
    *(b'["\\ud800"]', b'["\\ud800\\u0041"]', b'["\xff"]', b"[1,\xff]", b"\xef\xbb\xbf1", '[\n"é",\n x]'.encode()),
    *(b"[" * 2000, b"[" * 300, b"[" * 127 + b"]" * 127, b"[" * 128 + b"]" * 128, b"[[]," + b"[" * 200 + b"]" * 201),
    *(
        b"[12345678901234567890123]",
        b"[-0]",
        b'{"a":1,"a":2}',
        b'{"a":"x","a":2}',
        b'{"a":2,"a":"x"}',
        b'{"1":1,"1":2}',
    ),
    *(
        b'{"a":1,"\\u0061":2,"b":["\\u00e9"]}',
        b'{"a":1,"x":{"y":[1,2,{"z":"\\n"}]}}',
        b'{"a":1,"x":[1,}',
        b'{"a":1,"x":1,"x":2}',
    ),
    *(b'{"a":1,"b":["' + b"y" * 2000 + b'"]}', '{"a":1,"b":["ééé"]}'.encode(), b'{"a":1,"x":[' + b"9" * 700 + b"]}"),
    *(b'{"a":1,"x":[{"y":[}]}', b'{"a":1,"x":{]}'),
)
MSGPACK: tuple[bytes, ...] = tuple(
    map(
        bytes.fromhex,
        (
            *("82a16101a16202", "82a16101a162", "81a16191ff", "82010ac30b", "82c30b010a", "8301f601ca3f800000f601f7"),
            *("83010a010bc30c", "8101", "c1", "d40000", "81a161c1", "dcffff", "91c1", "81a1ff01", "81c4016101"),
            *(
                "82c4016101a16102",
                "82a16101a16102",
                "81a161cf8000000000000001",
                "93c0c2c3",
                "9190",
                "8190c0",
                "81cb3ff000000000000001",
            ),
            *("91cb7ff8000000000000", "81a161d90178", "81a161da000178", "9301020304", "81a161a3e280ac"),
        ),
    )
)
CBOR: tuple[bytes, ...] = tuple(
    map(
        bytes.fromhex,
        (
            *("bf616101ff", "9f0102ff", "a16161c101", "d9d9f7a1616101", "a161617f6161ff", "c249010000000000000000"),
            *(
                "a1c249010000000000000000f6",
                "a1c2410101",
                "a2010af50b",
                "a1616118",
                "f8ff",
                "9f01",
                "a16161d81c01",
                "c280",
            ),
            *(
                "a2616101616102",
                "a1c1616101",
                "a1616103616204",
                "1c",
                "ff",
                "9fff00",
                "a1ff",
                "5f4101ff",
                "a17f6161ff01",
            ),
            *(
                "a1416101",
                "fb7ff8000000000000",
                "a161613bffffffffffffffff",
                "a16178c180",
                "a36161016162806163f6",
                "c1c1c1f6",
            ),
            *(
                "81c101",
                "a16161d8ff01",
                "a161611801",
                "a178016101",
                "b90001616101",
                "9fc101ff",
                "bf6161c1ff",
                "7f61ffff",
            ),
            *("a1c102c103", "81c25f4101ff", "a1d8026101", "9f010203ff", "83010203", "81f97e00", "a2616101c1616102"),
        ),
    )
)
TYPES: tuple[Any, ...] = (
    *(
        Any,
        JsonValue,
        Record,
        list[Record],
        list[int],
        list[Any],
        list[JsonValue],
        dict[str, int],
        dict[int, int],
        dict[bool, int],
    ),
    *(
        dict[float, int],
        dict[Level, int],
        dict[Literal[1, 2], int],
        dict[int | bool, Any],
        Counter[int],
        set[int],
        int | None,
    ),
    *(str | list[int], bytes, float, Record | int),
)
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"strict": True},
    {"max_items": 1, "max_text": 3, "max_depth": 3},
    {"max_items": 2, "max_text": 1, "strict": True},
)
DOCUMENTS = {"json": JSON, "msgpack": MSGPACK, "msgpack-compact": MSGPACK, "cbor": CBOR}


def _outcome(decode: Callable[[Any], Any], data: Any) -> Any:
    try:
        value = decode(data)
    except DecodeError as error:
        return [(issue.path, issue.code, issue.message) for issue in error.issues]
    return type(value), repr(value)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_are_what_the_reference_says(name: str, options: dict[str, Any]) -> None:
    codec = get_codec(name).with_options(**options)
    for as_type in TYPES:
        decode, reference = codec.decoder(as_type), reference_decoder(codec.converter, as_type)
        for data in DOCUMENTS[name]:
            expected = _outcome(reference, data)
            for buffer in (data, bytearray(data), memoryview(b"x" + data)[1:]):
                assert _outcome(decode, buffer) == expected, (as_type, data)


@pytest.mark.parametrize("mark", ["é", "€", "𐀀"])
def test_faults_before_wide_characters_match_the_reference(mark: str) -> None:
    """A reader that looks at only a part of the document never cuts a character in two."""
    codec = get_codec("json")
    for pad in range(70):
        data = b'{"a":1,\x02b":"' + b"x" * pad + mark.encode() * 30 + b'"}'
        assert _outcome(codec.decoder(Record), data) == _outcome(reference_decoder(codec.converter, Record), data)


EQUAL = (
    (dict[int, int], "82010ac30b", [(("True",), "wrong_type")]),
    (dict[int, int], "82c30b010a", [(("True",), "wrong_type")]),
    (dict[int, int], "82010acb3ff00000000000000b", [(("1.0",), "wrong_type")]),
    (dict[bool, int], "82c30b010a", [((1,), "wrong_type")]),
    (dict[Level, int], "82010ac30b", [(("True",), "wrong_type")]),
    (dict[Literal[1], int], "82010ac30b", [(("True",), "wrong_type")]),
    (Counter[int], "82010ac30b", [(("True",), "wrong_type")]),
    (dict[float, int], "82010acb3ff00000000000000b", [((), "duplicate_key")]),
    (dict[int | bool, int], "82010ac30b", [((), "duplicate_key")]),
    (Any, "82010ac30b", [(("True",), "duplicate_key")]),
    (list[Any], "9182010ac30b", [((0, "True"), "duplicate_key")]),
)


@pytest.mark.parametrize("name", ["msgpack", "msgpack-compact"])
@pytest.mark.parametrize(("as_type", "data", "expected"), EQUAL, ids=str)
def test_no_key_counts_in_place_of_one_of_another_class(name: str, as_type: Any, data: str, expected: Any) -> None:
    with pytest.raises(DecodeError) as caught:
        get_codec(name).decode(bytes.fromhex(data), as_type)
    assert [(issue.path, issue.code) for issue in caught.value.issues] == expected


def test_of_equal_keys_of_one_class_the_last_counts() -> None:
    assert get_codec("msgpack").decode(bytes.fromhex("83010a020b010c"), dict[int, int]) == {1: 12, 2: 11}
    assert get_codec("msgpack").decode(bytes.fromhex("83010a020b010c"), Any) == {1: 12, 2: 11}
    assert get_codec("json").decode(b'{"1":10,"2":11,"1":12}', dict[int, int]) == {1: 12, 2: 11}
    assert get_codec("json").decode(b'{"a":"x","b":["y"],"a":3}', Record) == Record(3, ["y"])


MODULUS = 2**61 - 1


def _collisions(name: str, count: int) -> list[tuple[Any, bytes]]:
    """Return types, with documents in which all keys or items have the same hash."""
    codec = get_codec(name)
    ints = [n * MODULUS for n in range(1, count + 1)]
    documents: list[tuple[Any, bytes]] = [
        (set[Decimal], codec.format.dumps([str(n) for n in ints], codec.options.limits, False)),
        (frozenset[Decimal], codec.format.dumps([str(n) for n in ints], codec.options.limits, False)),
        (dict[Decimal, int], codec.format.dumps({str(n): 1 for n in ints}, codec.options.limits, False)),
        (set[tuple[Decimal, int]], codec.format.dumps([[str(n), 1] for n in ints], codec.options.limits, False)),
    ]
    if name == "json":
        documents.append((dict[int, int], codec.format.dumps({str(n): 1 for n in ints}, codec.options.limits, False)))
    if name != "msgpack":
        documents.append((set[int], codec.format.dumps(ints, codec.options.limits, False)))
    return documents


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor"])
def test_hashes_that_collide_on_purpose_are_refused(name: str) -> None:
    codec = get_codec(name)
    for as_type, data in _collisions(name, 1024):
        for decode in (codec.decoder(as_type), reference_decoder(codec.converter, as_type)):
            with pytest.raises(DecodeError) as caught:
                decode(data)
            assert [(issue.path, issue.code) for issue in caught.value.issues] == [((), "too_large")], as_type
    for as_type, data in _collisions(name, 1023):
        assert len(codec.decode(data, as_type)) == 1023


@pytest.mark.parametrize(
    "tp", [Annotated[list[int], Each(unique=True)], Annotated[tuple[Decimal, ...], Each(unique=True)]]
)
def test_items_that_have_to_differ_may_not_collide(tp: Any) -> None:
    codec = get_codec("json")
    for count, taken in ((1023, True), (1024, False)):
        data = codec.encode([str(n * MODULUS) if "Decimal" in str(tp) else n * MODULUS for n in range(1, count + 1)])
        for decode in (codec.decoder(tp), reference_decoder(codec.converter, tp)):
            if taken:
                assert len(decode(data)) == count
                continue
            with pytest.raises(DecodeError) as caught:
                decode(data)
            assert [(issue.path, issue.code) for issue in caught.value.issues] == [((), "too_large")]


def test_items_that_are_equal_do_not_collide() -> None:
    codec = get_codec("json")
    assert codec.decode(codec.encode([5] * 3000), set[int]) == {5}
    assert codec.decode(codec.encode(list(range(3000)) * 2), set[int]) == set(range(3000))


@pytest.mark.parametrize("key", [-(2**64) - 1, -(2**64), -(2**63), 2**63, 2**64 - 1, 2**64, 2**200])
@pytest.mark.parametrize("tp", [dict[int, int], Any])
def test_a_key_that_cannot_be_read_back_is_not_written(key: int, tp: Any) -> None:
    """CBOR accepts ints of 64 bits and a sign as keys, when it reads and when it writes."""
    codec = get_codec("cbor")
    document = b"\xa1" + codec.encode(key) + b"\x01"
    if -(2**64) <= key < 2**64:
        assert codec.encode({key: 1}, tp) == document
        assert codec.decode(document, tp) == {key: 1}
        return
    with pytest.raises(EncodeError) as written:
        codec.encode({key: 1}, tp)
    with pytest.raises(DecodeError) as read:
        codec.decode(document, tp)
    assert [issue.code for issue in written.value.issues] == ["out_of_range"]
    assert [issue.code for issue in read.value.issues] == ["out_of_range"]
