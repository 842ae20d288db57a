"""Errors are short for documents of any length: a document with one long key must not fill a log."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import ipaddress
import itertools
import json
import pathlib
import uuid

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypedDict

import attrs
import cbor2
import msgpack
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_codecs.formats.base import path_element
from symphony_types import (
    Capability,
    Duration,
    Issue,
    JsonRpcRequest,
    MessageEnvelope,
    NodeId,
    SymphonyError,
    Timestamp,
    Version,
    VersionRequirement,
)


MOST = 1024
MOST_KEY = 200
LONG = "x" * 20_000
ESCAPED = '"\\\x00\u00e9' * 5_000
WRITE: dict[str, Callable[[Any], Any]] = {
    "json": lambda value: json.dumps(value).encode(),
    "msgpack": msgpack.packb,
    "msgpack-compact": msgpack.packb,
    "cbor": cbor2.dumps,
}


class Color(enum.Enum):
    RED = "red"


@attrs.frozen
class Point:
    x: int = 0
    y: Any = 0


@attrs.frozen
class Plane:
    z: int = 0


@attrs.frozen
class LeftOne:
    kind: Literal["left"]


@attrs.frozen
class RightOne:
    kind: Literal["right"]


class Keys(TypedDict):
    a: int


class Pair(NamedTuple):
    a: int
    b: int


TYPES: list[Any] = [
    *(bool, int, float, None, bytes, list[int], tuple[int, int], set[int], int | list[int], dict[str, int]),
    *(uuid.UUID, dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal),
    *(ipaddress.IPv4Address, ipaddress.IPv6Network, Color, Literal["a", "b"]),
    *(Point, Point | Plane, LeftOne | RightOne, Keys, Pair),
    *(NodeId, Timestamp, Duration, Version, VersionRequirement, Capability, SymphonyError),
    *(JsonRpcRequest, MessageEnvelope),
    *(dict[str, Point], dict[str, dict[str, int]], dict[int, int], dict[uuid.UUID, int], dict[Color, int]),
]
VALUES: list[Any] = [
    *(LONG, ESCAPED, "9" * 20_000, "1." * 10_000, [LONG], {LONG: LONG}, {"a": 1, LONG: 1}, {"a": 1, ESCAPED: 1}),
    *({"type": LONG}, {"kind": LONG}, {"type": "Point", "content": LONG}, {"type": "Point", LONG: 1}),
    *({"type": "Point", "content": {}, LONG: 1}, {"Point": {LONG: LONG}}, {LONG: {LONG: {LONG: [LONG]}}}),
    *({"secs": LONG, "nanos": 0, LONG: 1}, {"jsonrpc": LONG, "method": "m", "id": LONG, LONG: 1}),
]
BINARY: list[Any] = [{b"k" * 20_000: 1}, b"z" * 20_000, [{b"k" * 20_000: LONG}]]
CBOR: list[Any] = [10**5000, {10**500: 1}, {(LONG, LONG): 1}, cbor2.CBORTag(0, LONG), cbor2.CBORTag(4, [1, LONG])]


def codecs(name: str) -> list[Codec]:
    codec = get_codec(name).with_options(unknown_fields="forbid")
    tagged = [codec.with_union(Point | Plane, tagging=how) for how in ("internal", "adjacent", "untagged")]
    return [codec, codec.with_options(strict=True), *tagged]


def refused(function: Callable[..., Any], *arguments: Any) -> bool:
    """Return whether the call is refused, after checking that the issues are short."""
    try:
        function(*arguments)
    except (EncodeError, DecodeError) as error:
        issues, text = error.issues, str(error)
    else:
        return False
    for issue in issues:
        assert max(map(len, (issue.message, str(issue), issue.location, issue.expected, issue.actual))) <= MOST
        assert all(len(step) <= MOST_KEY for step in issue.path if isinstance(step, str))
    assert len(text) <= 10 * MOST + 100
    return True


@pytest.mark.parametrize("name", WRITE)
@pytest.mark.parametrize("as_type", TYPES, ids=str)
def test_long_parts_of_documents_are_cut(name: str, as_type: Any) -> None:
    """Every part that an error quotes is cut: keys, tags, values of enums, texts of other types."""
    several = codecs(name)
    values = VALUES + (BINARY if name != "json" else []) + (CBOR if name == "cbor" else [])
    counts = [
        refused(codec.decode, WRITE[name](value), as_type)
        for value in values
        for codec in (several if as_type == Point | Plane else several[:2])
    ]

    assert sum(counts) > len(counts) / 2


@pytest.mark.parametrize("as_type", [Any, list[str], Point, Keys, dict[str, Any], decimal.Decimal, float, int], ids=str)
@pytest.mark.parametrize("name", WRITE)
def test_malformed_documents_are_not_shown_whole(name: str, as_type: Any) -> None:
    """Neither the text before the fault nor that after it is shown in full."""
    codec = codecs(name)[1]
    good = WRITE[name]([LONG, {LONG: LONG}])
    documents = [good[:cut] for cut in (1, 10, len(good) // 2, len(good) - 1)] + [good + good]
    if name == "json":
        texts = [f'"{LONG}\\q"', f'"{LONG}\\ud800"', f"1e{'9' * 20_000}", f"{'9' * 20_000}.5e999", "-" + "0" * 20_000]
        texts += [f"tru{LONG}", f'{{"{LONG}":1,"{LONG}":2}}', f'{{"{LONG}" 1}}', f'{{"{LONG}":{{"{LONG}":tru}}}}']
        documents += [text.encode() for text in texts]
    else:
        head = b"\xa2" if name == "cbor" else b"\x82"
        keys = [WRITE[name](LONG), WRITE[name](LONG.encode()), WRITE[name](LONG)[:-1] + b"\xff"]
        documents += [head + key + b"\x01" + key + b"\x01" for key in keys]

    assert [refused(codec.decode, data, as_type) for data in documents].count(False) <= 3


WRITTEN: list[tuple[Any, Any]] = [
    (LONG + "\ud800", str),
    ({LONG + "\ud800": 1}, dict[str, int]),
    ({LONG: object()}, Any),
    ({LONG: {LONG: {LONG: object()}}}, Any),
    ({LONG: "a"}, dict[str, int]),
    ({(LONG, LONG): 1}, dict[str, int]),
    ({(LONG,) * 1000: 1}, Any),
    ({Point(1, LONG): object()}, Any),
    ({frozenset((LONG,)): 1}, Any),
    ({b"k" * 20_000: "a"}, dict[bytes, int]),
    ({10**5000: "a"}, dict[int, int]),
    (LONG, Color),
    (LONG, Literal["a"]),
    (LONG, int),
    ({"a": 1, LONG: object()}, Keys),
    ({LONG: 1}, Keys),
    (decimal.Decimal("1" * 20_000), int),
    ([10**5000, LONG], list[float]),
    (pathlib.PurePosixPath(LONG + "\ud800"), pathlib.PurePath),
]


@pytest.mark.parametrize("name", WRITE)
@pytest.mark.parametrize("number", range(len(WRITTEN)))
def test_long_parts_of_values_are_cut(name: str, number: int) -> None:
    """The same holds for values."""
    value, as_type = WRITTEN[number]

    assert all(refused(codec.encode, value, as_type) for codec in codecs(name)[:2])


@pytest.mark.parametrize(
    ("key", "step"),
    [
        ("a", "a"),
        (LONG, LONG),
        (-5, -5),
        (2**64 - 1, 2**64 - 1),
        (2**64, "18446744073709551616"),
        (10**5000, "an integer of 16610 bits"),
        (True, "True"),
        (None, "None"),
        (1.5, "1.5"),
        (b"\x01\xff", "h'01ff'"),
        (b"a" * 100, f"h'{'61' * 24}...'"),
        ((1, "a"), "(1, 'a')"),
        ((1,), "(1,)"),
        (((1, (2, (3, (4,)))),), "((1, (...)),)"),
        (tuple(range(20)), "(0, 1, 2, 3, 4, 5, 6, 7, ...)"),
        ((LONG,), f"('{'x' * 59}..."),
        (frozenset((1,)), "{1}"),
        (Pair(1, 2), "(1, 2)"),
        (Point(1, "a"), "Point(1, 'a')"),
        (Color.RED, "Color.RED"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (dt.date(2024, 1, 2), "2024-01-02"),
        (decimal.Decimal("1.10"), "1.10"),
        (object, "type"),
    ],
    ids=itertools.count(),
)
def test_a_key_is_shown_in_short(key: object, step: object) -> None:
    """Texts and integers are shown as they are, other keys in a form that people recognise."""
    assert path_element(key) == step


def test_paths_are_cut_in_texts() -> None:
    """A text cuts keys after 64 characters, and long paths; the path itself keeps 200 characters of a key."""
    issue = Issue((LONG, 1), "wrong_type", "a", "b").prefixed(LONG + "y")

    assert issue.path == (f"{LONG[:197]}...", f"{LONG[:197]}...", 1)
    assert str(issue) == f"expected a, got b at $.{'x' * 61}....{'x' * 61}...[1]".replace(
        f".{'x' * 61}...", f"['{'x' * 61}...']"
    )
    assert issue.location in str(issue)
    assert str(Issue((LONG,) * 100, "wrong_type")).endswith("... (100 steps)")
    assert Issue(("a" * 200,), "wrong_type").path == ("a" * 200,)
