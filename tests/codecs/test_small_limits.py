"""Limits on texts that are shorter than what a document consists of: both executors refuse the same."""

from __future__ import annotations

import datetime as dt
import enum
import ipaddress
import uuid

from decimal import Decimal
from typing import Any, Final, Literal, TypedDict

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, Limits, get_codec
from symphony_types.time import Duration, Timestamp

from .executors import decoders, encoders


@attrs.frozen
class Named:
    a_long_name: int


@attrs.frozen
class Called:
    x: int


@attrs.frozen
class Spread:
    a: int
    rest: dict[str, int]


@attrs.frozen
class First:
    the_label: Literal["1st"]


@attrs.frozen
class Second:
    the_label: Literal["2nd"]


class Typed(TypedDict):
    a_long_name: int


class Level(enum.Enum):
    HIGH = "a text of twenty-six chars"


AN_ID: Final = uuid.UUID(int=5)
VALUES: Final[list[tuple[Any, Any]]] = [
    *((Named, Named(1)), (list[Named], [Named(1)]), (Called, Called(1)), (Typed, {"a_long_name": 1})),
    *((Spread, Spread(1, {"another_key": 2})), (Level, Level.HIGH), (dict[Level, int], {Level.HIGH: 1})),
    *((uuid.UUID, AN_ID), (dict[uuid.UUID, int], {AN_ID: 1}), (dict[int, int], {123456789: 1})),
    *((Timestamp, Timestamp(5)), (Duration, Duration(5, 6)), (dt.timedelta, dt.timedelta(1)), (dt.time, dt.time(1))),
    *((dt.datetime, dt.datetime(2020, 1, 1)), (Decimal, Decimal("1.2345678")), (bytes, bytes(20)), (int, 10**30)),
    (First | Second, Second("2nd")),
    (ipaddress.IPv4Address | ipaddress.IPv6Address, ipaddress.IPv4Address("10.10.10.10")),
]


def codecs(name: str) -> list[tuple[Codec, list[tuple[Any, Any]]]]:
    """Return codecs, and the values for each."""
    plain = get_codec(name)
    plain = plain.with_class(Called, fields={"x": FieldOptions(rename="a_b_c_d", aliases=("one_alias",))})
    plain = plain.with_class(Spread, fields={"rest": FieldOptions(flatten=True)})
    found: list[tuple[Codec, list[tuple[Any, Any]]]] = [(plain, VALUES)]
    union: Any = Named | Called
    for how in (
        {},
        {"tagging": "internal", "tag": "the_kind"},
        {"tagging": "adjacent", "tag": "t", "content": "content"},
    ):
        options: dict[str, Any] = how
        found.append((plain.with_union(union, **options), [(union, Named(3)), (union, Called(3))]))
    return found


def outcome(call: Any, argument: Any) -> Any:
    """Return what *call* gives, or its issues."""
    try:
        return call(argument)
    except (DecodeError, EncodeError) as error:
        return [(issue.path, issue.code) for issue in error.issues]


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
def test_both_executors_draw_the_line_at_the_same_length(name: str) -> None:
    """For names of fields, of variants and of tags, for keys and for values."""
    refused = 0
    for codec, values in codecs(name):
        for tp, value in values:
            if name == "msgpack-compact" and tp is Spread:
                continue
            data = codec.encode(value, tp)
            for most in (0, 3, 4, 6, 7, 8, 10, 11, 25, 26, 35, 36):
                limited = codec.with_options(limits=Limits(max_text=most))
                written = [outcome(encode, value) for encode in encoders(limited, tp)]
                assert written[0] == written[1]
                read = [outcome(decode, data) for decode in decoders(limited, tp)]
                assert read[0] == read[1]
                refused += type(read[0]) is list and type(read[0][0]) is tuple
                assert (written[0] == data) is (read[0] == value), (tp, most, written[0], read[0])
    assert refused > 50
