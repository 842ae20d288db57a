"""JSON is read without a look at its numbers where none becomes a value; nothing else differs."""

from __future__ import annotations

import datetime as dt
import enum
import uuid

from collections.abc import Callable
from typing import Any, Literal

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.formats import _json_text
from symphony_codecs.python import decoder
from symphony_codecs.python.exact_numbers import reads_numbers
from symphony_codecs.schema import build_schema
from symphony_types import Capability, Duration, NodeId, Timestamp
from tests.codecs.python.interpreted import interpreted_decoder, outcome


class Word(enum.Enum):
    ONE = "one"


class Digit(enum.Enum):
    ONE = 1


@attrs.define
class Plain:
    id: uuid.UUID
    at: dt.datetime | None = None
    words: list[Word] = attrs.Factory(list)
    by_id: dict[NodeId, frozenset[str]] = attrs.Factory(dict)
    flag: bool = False
    pair: tuple[str, bytes] | None = None
    more: Plain | None = None


@attrs.define
class Counted:
    name: str
    count: int = 0


@attrs.define
class Measured:
    name: str
    size: float = 0.0


@attrs.define
class Left:
    kind: Literal["left"]


@attrs.define
class Right:
    kind: Literal["right"]
    inner: Plain | None = None


@attrs.define
class Numbered:
    kind: Literal[1]


NUMBERS = (
    "-0",
    "0",
    "-0.0",
    "1e400",
    "18446744073709551616",
    "-9223372036854775809",
    "1" * 300,
    "1" * 400,
    "1" * 4300,
    "1" * 4301,
    "-" + "1" * 5000,
    "0." + "1" * 5000,
    "1" * 9000,
    '"' + "1" * 9000 + '"',
)
ID = '"00000000-0000-0000-0000-000000000001"'


@pytest.fixture
def json() -> Codec:
    return get_codec("json")


def _documents(number: str) -> tuple[str, ...]:
    known = f'"id":{ID},"name":"x","kind":"left"'
    return (
        number,
        f"[{number}]",
        f" [ {number} , {number} ] ",
        f'{{{known},"unknown":{number}}}',
        f'{{{known},"unknown":[{{"x":{number}}}]}}',
        f'{{"count":{number},"size":{number},"at":{number},{known}}}',
        f'{{"a":{number}}}',
        f'{{"a":"b","c":{number}}}',
        f'{{{known},"text":"-0,","unknown":{number}}}',
    )


@pytest.mark.parametrize(
    "options", [{}, {"unknown_fields": "keep"}, {"unknown_fields": "forbid"}, {"strict": True}], ids=str
)
@pytest.mark.parametrize("tp", [Plain, Counted, Measured, Left | Right, dict[str, str], list[str], Any, int, float])
def test_numbers_in_every_place(json: Codec, tp: Any, options: dict[str, Any]) -> None:
    codec = json.with_options(**options)
    read, reference = decoder(codec.converter, tp), interpreted_decoder(codec, tp)
    for text in (text.encode() for number in NUMBERS for text in _documents(number)):
        assert repr(outcome(read, text)) == repr(outcome(reference, text)), text[:80]


@pytest.mark.parametrize(
    ("tp", "reads"),
    [
        (Plain, False),
        (list[Plain], False),
        (Left | Right, False),
        (Capability, False),
        (Word, False),
        (Literal["a", "b"], False),
        (Timestamp, False),
        (dict[str, uuid.UUID], False),
        (Counted, True),
        (Measured, True),
        (Left | Numbered, True),
        (Plain | Counted, True),
        (dict[str, Any], True),
        (Duration, True),
        (Digit, True),
        (Literal["a", 1], True),
        (str | int, True),
        (tuple[str, int], True),
    ],
    ids=str,
)
def test_whether_numbers_are_read(json: Codec, tp: Any, reads: bool) -> None:
    assert reads_numbers(build_schema(tp, json.converter, "structure")) is reads
    keeping = json.with_options(unknown_fields="keep")
    assert reads_numbers(build_schema(Plain, keeping.converter, "structure"))


@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent", "untagged"])
def test_whether_numbers_are_read_in_unions(json: Codec, tagging: Any) -> None:
    for tp, reads in ((Plain | Left, False), (Plain | Counted, True)):
        tagged = json.with_union(tp, tagging=tagging)
        assert reads_numbers(build_schema(tp, tagged.converter, "structure")) is reads


@pytest.mark.parametrize("before", [0, 1, 25, 49, 50, 51])
@pytest.mark.parametrize("make", [lambda digits: digits, lambda digits: f"[{digits},1]", lambda digits: f"1.{digits}"])
def test_an_int_without_end_is_never_overlooked(before: int, make: Callable[[str], str]) -> None:
    assert _json_text.may_have_endless_int((" " * before + make("7" * 4301)).encode())
    assert not _json_text.may_have_endless_int((" " * before + make("7" * 4200)).encode())
    assert not _json_text.may_have_endless_int(b'["2026-01-02T03:04:05.123456Z"]' * 500)
