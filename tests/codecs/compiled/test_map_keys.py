"""Maps by every kind of key: both executors agree, and a bad entry costs itself and not its map."""

from __future__ import annotations

import collections
import datetime as dt
import enum
import ipaddress
import itertools
import pathlib
import uuid

from decimal import Decimal
from types import GenericAlias
from typing import Annotated, Any, Literal, NewType

import attrs
import cbor2
import msgpack
import orjson
import pytest

from symphony_codecs import get_codec
from symphony_codecs.executor import ENGINE, fast_decoder
from symphony_codecs.python import decoder as reference_decoder
from symphony_codecs.python import explainer
from symphony_types import U8, Duration, Timestamp
from tests.codecs.compiled.read_cases import agree_on_bytes, codec_of, issues


class Number(enum.IntEnum):
    ONE = 1
    MANY = 2**40


class Word(enum.StrEnum):
    A = "a"
    TEN = "10"


class Mixed(enum.Enum):
    TEXT = "a"
    NUMBER = 1
    DIGITS = "10"


class Bits(enum.Flag):
    LOW = 1
    HIGH = 4


@attrs.frozen
class Unit:
    pass


Name = NewType("Name", str)
Count = NewType("Count", int)

TYPES: tuple[Any, ...] = (
    *(int, U8, Count, float, bool, bytes, str, Name, Decimal, None, Any, int | None, int | str, dt.date | int),
    *(uuid.UUID, dt.date, dt.time, dt.datetime, dt.timedelta, Timestamp, Duration, pathlib.PurePosixPath),
    *(ipaddress.IPv4Address, ipaddress.IPv6Address, Number, Word, Mixed, Bits, Unit, tuple[int, int]),
    *(Literal["a", "10"], Literal[1, 2], Literal["a", 1], Annotated[str, "x"]),
)
# What keys are, as far as a format can say so.
KEYS: tuple[Any, ...] = (
    *("a", "10", "1", "-1", "-0", "01", "1.5", "", "-", "9" * 19, "-" + "9" * 19, "9" * 25, "9" * 5000, "é", "null"),
    *("00000000-0000-0000-0000-000000000001", "2024-02-29", "12:00:00", "2024-02-29T12:00:00Z", "/a/b", "::1"),
    *("127.0.0.1", "2024-02-30", "YQ==", "true", "1099511627776"),
    *(1, 2, 5, -1, 10, 256, 2**40, 2**63, 1.0, 1.5, True, False, None, b"a", b"\xff", b"\0" * 16),
)
WRITE: dict[str, Any] = {
    "json": lambda key: orjson.dumps(key if type(key) is str else None),
    "msgpack": msgpack.packb,
    "cbor": cbor2.dumps,
}
FORMATS = tuple(WRITE)


def _map_of(key: Any, item: Any) -> Any:
    return GenericAlias(dict, (key, item))


def _map(name: str, entries: list[tuple[bytes, bytes]]) -> bytes:
    if name == "json":
        return b"{" + b",".join(key + b":" + item for key, item in entries) + b"}"
    head = bytes([(0x80 if name == "msgpack" else 0xA0) + len(entries)])
    return head + b"".join(map(b"".join, entries))


def _keys(name: str) -> list[bytes]:
    write = WRITE[name]
    keys = [write(key) for key in KEYS if name != "json" or type(key) is str]
    if name == "json":
        return [*keys, rb'"\u0061"', rb'"1\u0030"', b'"\xff"', b"1", b"null", b"[]"]
    if name == "cbor":
        tagged = [cbor2.dumps(cbor2.CBORTag(7, key)) for key in ("a", 1, "10", b"a")]
        return [*keys, *tagged, cbor2.dumps(2**70), b"\x7f\x61a\xff", b"\x80", b"\xa0"]
    return [*keys, b"\x90", b"\x80", b"\xc1"]


def _documents(name: str) -> list[bytes]:
    good, bad = (WRITE[name](item) for item in ("x", "xyz"))
    if name == "json":
        good, bad = b"1", b'"y"'
    keys = _keys(name)
    singles = [[(key, item)] for key in keys for item in (good, bad)]
    pairs = [
        [(one, good), (other, bad), (third, good)]
        for one, other, third in zip(
            keys, itertools.cycle(keys[1:] + keys[:1]), itertools.cycle(keys[::-1]), strict=False
        )
    ]
    again = [
        [(key, item), (other, good), (key, good)] for key, other in itertools.pairwise(keys) for item in (good, bad)
    ]
    return [_map(name, entries) for entries in (*singles, *pairs[: len(keys)], *again)]


@pytest.mark.parametrize("strict", [False, True], ids=["", "strict"])
@pytest.mark.parametrize("name", FORMATS)
def test_executors_agree(name: Any, strict: Any) -> None:
    codec = codec_of(name, strict=strict)
    documents = _documents(name)[:: 7 if strict else 2]
    item = int if name == "json" else Literal["x"]
    for key in TYPES:
        try:
            codec.decoder(_map_of(key, item))
        except Exception:  # noqa: BLE001 - no key of the format
            continue
        agree_on_bytes(codec, _map_of(key, item), documents, may_refuse=True)
        for tp in (GenericAlias(collections.OrderedDict, (key, item)), _map_of(key, item) | None):
            agree_on_bytes(codec, tp, documents[::17], may_refuse=True)


def test_untagged_unions_agree() -> None:
    """A member that does not fit leaves nothing, also where its entry comes again and counts."""
    for name in FORMATS:
        tp = dict[int, int] | dict[int, str]
        codec = get_codec(name).with_union(tp, tagging="untagged")
        one, two, x, y = (b'"1"', b'"2"', b'"x"', b"5") if name == "json" else map(WRITE[name], (1, 2, "x", 5))
        texts = [[(one, x), (two, x)], [(one, x), (one, y)], [(one, y), (one, x)], [(one, y), (two, x)]]
        agree_on_bytes(codec, tp, [_map(name, entries) for entries in texts], may_refuse=True)


class _NotExplainedError(Exception):
    pass


def _never(_: Any) -> Any:
    raise _NotExplainedError


GOOD_AND_BAD: tuple[tuple[Any, Any, Any], ...] = (
    (int, 10**18, "x"),
    (int, 5, "1.5"),
    (Number, 2**40, 7),
    (Decimal, "1.5", "x"),
    (dt.date, "2024-02-29", "2024-02-30"),
    (dt.time, "12:00:00", "x"),
    (uuid.UUID, "00000000-0000-0000-0000-000000000001", "x"),
    (ipaddress.IPv4Address, "127.0.0.1", "x"),
    (pathlib.PurePosixPath, "/a", "\0"),
    (Word, "a", "b"),
    (Literal["a", "b"], "a", "c"),
    (Name, "a", None),
)


@pytest.mark.skipif(ENGINE == "python", reason="generated Python goes on itself")
@pytest.mark.parametrize(("key", "good", "bad"), GOOD_AND_BAD)
@pytest.mark.parametrize("name", FORMATS)
def test_a_bad_entry_is_found_without_reading_again(name: Any, key: Any, good: Any, bad: Any) -> None:
    codec = get_codec(name)
    if key is uuid.UUID and name != "json":
        good = uuid.UUID(good).bytes
    if name == "json":
        good, bad = (value if value is None or type(value) is str else str(value) for value in (good, bad))
    one, two = (b"1", b'"y"') if name == "json" else map(WRITE[name], (1, "y"))
    write = WRITE[name]
    decode = fast_decoder(
        codec.converter,
        GenericAlias(list, (_map_of(key, int),)),
        _never,
        explainer(codec.converter, GenericAlias(list, (_map_of(key, int),))),
    )
    reference = reference_decoder(codec.converter, GenericAlias(list, (_map_of(key, int),)))
    head = b"[" if name == "json" else bytes([0x91 if name == "msgpack" else 0x81])
    tail = b"]" if name == "json" else b""
    bad_item = head + _map(name, [(write(good), two)]) + tail
    assert issues(decode, bad_item) == issues(reference, bad_item)
    if bad is not None:
        bad_key = head + _map(name, [(write(good), one), (write(bad), one), (write(bad), two)][:2]) + tail
        assert issues(decode, bad_key) == issues(reference, bad_key)
        both = head + _map(name, [(write(good), one), (write(bad), two)]) + tail
        assert issues(decode, both) == issues(reference, both)


@pytest.mark.skipif(ENGINE == "python", reason="there is no fallback")
@pytest.mark.parametrize("name", FORMATS)
def test_good_keys_need_no_fallback(name: Any) -> None:
    codec = get_codec(name)
    for key, good, _ in GOOD_AND_BAD:
        if name != "json" and key in (uuid.UUID, ipaddress.IPv4Address):
            continue  # no text there
        entry = WRITE[name](good if name != "json" or type(good) is str else str(good))
        document = _map(name, [(entry, b"\x01" if name != "json" else b"1")])
        found = fast_decoder(codec.converter, _map_of(key, int), _never, _never)(document)
        assert found == reference_decoder(codec.converter, _map_of(key, int))(document)
