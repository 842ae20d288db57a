"""Tags of CBOR that say how a value is to be read: both executors read them, wherever the type is a such one."""

from __future__ import annotations

import datetime as dt

from decimal import Decimal
from typing import Any

import attrs
import cbor2
import pytest

from symphony_codecs import DecodeError, get_codec
from symphony_codecs.python import decoder as reference_decoder
from tests.codecs.compiled.read_cases import agree_on_bytes


@attrs.frozen
class Record:
    at: dt.datetime
    price: Decimal | None = None
    prices: tuple[Decimal, ...] = ()
    by_time: dict[dt.datetime, int] = attrs.Factory(dict)


def _tagged(tag: int, content: Any) -> Any:
    return cbor2.CBORTag(tag, content)


NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
CONTENTS: tuple[Any, ...] = (
    *(
        0,
        -1,
        1767268800,
        1767268800.000001,
        -0.5,
        1e300,
        float("nan"),
        float("inf"),
        2**63,
        2**70,
        True,
        None,
        "x",
        b"x",
    ),
    *("2026-01-01T12:00:00Z", "1.5", [-2, 314], [0, 0], [2, -5], [2**70, 1], [10**18, 1], [-(10**18), 1], [1, 2**5000]),
    *([1, 10**600], [1], [1, 2, 3], [1.0, 2], ["1", 2], [True, 1], [10**9, 3]),
)


@pytest.mark.parametrize(
    "tp", [dt.datetime, dt.datetime | None, dt.date, Decimal, Decimal | None, list[Decimal], str, Any]
)
def test_executors_agree(tp: Any) -> None:
    codec = get_codec("cbor")
    values: list[Any] = []
    for content in CONTENTS:
        for tag in (0, 1, 4, 7):
            one = _tagged(tag, content)
            values += [
                one,
                _tagged(55799, one),
                _tagged(7, one),
                _tagged(1, one),
                {one: 1} if type(content) is int else one,
            ]
    documents = [cbor2.dumps(value) for value in values]
    documents += [b"\x81" + document for document in documents] if tp == list[Decimal] else []
    agree_on_bytes(codec, tp, documents, may_refuse=True)
    if tp is dt.datetime:
        agree_on_bytes(codec, dict[dt.datetime, int], documents, may_refuse=True)


def test_seconds_and_fractions_are_read() -> None:
    codec = get_codec("cbor")
    seconds = int(NOON.timestamp())
    document = {
        "at": _tagged(1, seconds + 0.25),
        "price": _tagged(4, [-2, 1250]),
        "prices": [_tagged(4, [3, -7]), "1.5"],
        "by_time": {_tagged(1, seconds): 5},
    }
    expected = Record(
        NOON.replace(microsecond=250_000), Decimal("12.50"), (Decimal("-7E+3"), Decimal("1.5")), {NOON: 5}
    )
    data = cbor2.dumps(document)
    for decode in (codec.decoder(Record), reference_decoder(codec.converter, Record)):
        found = decode(data)
        assert found == expected
        assert str(found.price) == "12.50"
        assert found.at.tzinfo is dt.UTC


def test_what_such_a_tag_may_not_hold_is_refused() -> None:
    codec = get_codec("cbor")
    for tp, tag, content in ((dt.datetime, 1, float("nan")), (dt.datetime, 1, 10**15), (Decimal, 4, [10**18, 1])):
        with pytest.raises(DecodeError):
            codec.decode(cbor2.dumps(_tagged(tag, content)), tp)
    assert codec.decode(cbor2.dumps(_tagged(1, "2026-01-01T12:00:00Z")), dt.datetime) == NOON  # as Rust ignores it
