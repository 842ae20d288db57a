"""Where generated code takes a way of its own, it writes the reference's bytes and reads its values."""

from __future__ import annotations

import datetime as dt
import enum
import math
import uuid

from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.python import decoder, encoder
from symphony_types import UNSET, NodeId, Unset
from tests.codecs.python.interpreted import interpreted_decoder, interpreted_encoder, outcome, refuse_to_resume


UTC = dt.UTC
MOMENTS = (
    dt.datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC),
    dt.datetime(2026, 1, 2, 3, 4, 5, 123000, tzinfo=UTC),
    dt.datetime(2026, 1, 2, 3, 0, 0, 100000, tzinfo=UTC),
    dt.datetime(2026, 1, 2, 0, 0, 0, 0, tzinfo=UTC),
    dt.datetime(2026, 1, 2, 3, 4, 5, 1, tzinfo=UTC),
    dt.datetime(1, 1, 1, 0, 0, 0, 1000, tzinfo=UTC),
    dt.datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=dt.timezone(dt.timedelta(hours=-2, minutes=-30))),
    dt.datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=dt.timezone(dt.timedelta(0), "nil")),
    dt.datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=ZoneInfo("UTC")),
    dt.datetime(2026, 1, 2, 3, 4, 5, 120000),
)


@attrs.define
class Times:
    one: dt.datetime
    several: list[dt.datetime] = attrs.Factory(list)
    held: frozenset[dt.datetime] = frozenset()


@attrs.define
class Numbers:
    one: float
    other: float | None = None
    several: list[float] = attrs.Factory(list)


@attrs.define
class Held:
    value: Any


@attrs.define
class Ids:
    ids: list[uuid.UUID]


class Own:
    pass


@attrs.define
class MayBeAbsent:
    own: Own | Unset = UNSET


class Colour(enum.Enum):
    RED = "red"


def _agree(codec: Codec, value: Any, tp: Any = None) -> Any:
    tp = tp or type(value)
    written = outcome(codec.encoder(tp), value)
    assert written == outcome(encoder(codec.converter, tp), value) == outcome(interpreted_encoder(codec, tp), value)
    if isinstance(written, bytes):
        read = outcome(decoder(codec.converter, tp), written)
        assert repr(read) == repr(outcome(interpreted_decoder(codec, tp), written))
    return written


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_moments(codec: Codec, moment: dt.datetime) -> None:
    _agree(codec, Times(moment))
    _agree(codec, Times(moment, [moment]))
    _agree(codec, Times(moment, [moment, MOMENTS[0]], frozenset({moment, MOMENTS[1]})))


def test_a_text_that_looks_like_milliseconds_stays() -> None:
    codec = get_codec("json")
    assert _agree(codec, [MOMENTS[1], MOMENTS[0]], list[dt.datetime]) == (
        b'["2026-01-02T03:04:05.123Z","2026-01-02T03:04:05.123456Z"]'
    )
    assert _agree(codec, {"x000Z": [MOMENTS[1]]}, dict[str, list[dt.datetime]]) == (
        b'{"x000Z":["2026-01-02T03:04:05.123Z"]}'
    )


def test_offsets_with_seconds_are_refused(codec: Codec) -> None:
    odd = MOMENTS[0].replace(tzinfo=dt.timezone(dt.timedelta(hours=1, seconds=30)))
    assert not isinstance(_agree(codec, Times(odd)), bytes)
    assert not isinstance(_agree(codec, Times(MOMENTS[0], [odd])), bytes)


@pytest.mark.parametrize("odd", ["2026-01-02T03:04:05.12", 5, None, MOMENTS[0].date(), b"2026"])
def test_what_is_no_moment_is_refused_among_them(codec: Codec, odd: Any) -> None:
    assert not isinstance(_agree(codec, Times(MOMENTS[0], [MOMENTS[0], odd])), bytes)
    assert not isinstance(_agree(codec, Ids([uuid.UUID(int=1), odd])), bytes)


@pytest.mark.parametrize(
    "texts",
    [
        ["2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05.000001Z"],
        ["2026-01-02T03:04:05.123Z", "2026-01-02T03:04:05.001Z"],
        ["2026-01-02T24:00:00.000000Z", "2026-01-02T03:04:05.000001Z"],
        ["2026-01-02T03:04:60.000000Z", "2026-01-02T03:04:05.000001Z"],
        ["2026-01-02T03:04:05.+05:00Z", "2026-01-02T03:04:05.000001Z"],
        ["2026-01-02T03:04:05.123456Z", "2026-01-02 03:04:05.000001Z"],
        ["2026-01-02T03:04:05.123456Z2", "026-01-02T03:04:05.000001Z"],
        ["2026-01-02T03:04:05.12345٣Z"],
        ["2026-01-02T03:04:05,123456Z"],
        ["2026-W01-1T03:04:05.123456Z"],
        ["2026-02-30T03:04:05.123456Z"],
        ["2026-01-02T03:04:05.1234567"],
    ],
)
def test_texts_of_moments(codec: Codec, texts: list[str]) -> None:
    for document in (texts, texts[:1]):
        data = codec.encode(document)
        read, reference = decoder(codec.converter, list[dt.datetime]), interpreted_decoder(codec, list[dt.datetime])
        assert outcome(read, data) == outcome(reference, data)


@pytest.mark.parametrize(
    "number",
    [0.0, -0.0, 0.25, -4.0, 100.0, 100.25, 0.1, 65504.0, 2.0**-24, 1e300, math.inf, -math.inf, math.nan, 1, True],
)
def test_floats(codec: Codec, number: float) -> None:
    _agree(codec, Numbers(number))
    _agree(codec, Numbers(0.5, number))
    _agree(codec, Numbers(0.1, None, [number, 0.5]))


def _nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"x": value}
    return value


@pytest.mark.parametrize("depth", [15, 16, 17, 126, 127, 128, 300, 100_000])
def test_untyped_values_of_any_depth(codec: Codec, depth: int) -> None:
    _agree(codec, Held(_nested(depth)))


def test_an_untyped_value_that_holds_itself(codec: Codec) -> None:
    value: list[Any] = []
    value.append(value)
    assert not isinstance(_agree(codec, Held(value)), bytes)


@pytest.mark.parametrize(
    "value", [{1: 2}, {True: 1}, {None: 1}, (1, (2,)), {"a": Held(1)}, b"x", 2**70, "\ud800", object()]
)
def test_untyped_values(codec: Codec, value: Any) -> None:
    _agree(codec, Held(value))


def test_great_ints_of_cbor() -> None:
    codec = get_codec("cbor")
    for value in (2**64, -(2**64) - 1, 2**2040, 2**4095, 2**4096):
        _agree(codec, [value], list[int])


def test_what_only_looks_like_a_member_is_refused(codec: Codec) -> None:
    assert not isinstance(_agree(codec, [Colour.RED, "red"], list[Colour]), bytes)
    assert not isinstance(_agree(codec, {"a": 1}, dict[str, Colour]), bytes)


def test_a_constructor_that_was_replaced_is_called(codec: Codec) -> None:
    @attrs.define
    class Watched:
        x: int

    data = codec.encode(Watched(1))
    decode = decoder(codec.converter, Watched)
    assert decode(data) == Watched(1)
    made: list[int] = []
    original = Watched.__init__

    def replaced(self: Any, x: int) -> None:
        made.append(x)
        original(self, x)

    Watched.__init__ = replaced  # type: ignore[method-assign]
    assert decode(data) == Watched(1)
    assert made == [1, 1]


def test_small_limits(codec: Codec) -> None:
    moments = Times(MOMENTS[0], [MOMENTS[0]] * 8)
    for limits in ({"max_text": 20}, {"max_text": 30}, {"max_items": 7}, {"max_size": 50}, {"max_depth": 2}):
        limited = codec.with_options(**limits)
        _agree(limited, moments)
        _agree(limited, Ids([uuid.UUID(int=n) for n in range(8)]))


def test_sets_are_not_refused(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_to_resume(monkeypatch)
    value = Times(MOMENTS[0], [], frozenset(MOMENTS[:6]))
    data = encoder(codec.converter, Times)(value)
    assert decoder(codec.converter, Times)(data) == value


def test_a_hook_of_the_users_is_not_asked_about_what_is_absent(codec: Codec) -> None:
    own = codec.copy().with_options(positional=False)
    own.converter.register_unstructure_hook(Own, repr)
    own.converter.register_structure_hook(Own, lambda value, _: value)
    encode = encoder(own.converter, MayBeAbsent)
    assert encode(MayBeAbsent()) == interpreted_encoder(own, MayBeAbsent)(MayBeAbsent()) == own.encode({})
    assert own.decode(encode(MayBeAbsent()), MayBeAbsent) == MayBeAbsent()


def test_ids_as_keys_are_not_refused(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_to_resume(monkeypatch)
    for cls, key in ((uuid.UUID, uuid.UUID(int=1)), (NodeId, NodeId(uuid.UUID(int=2)))):
        tp: Any = dict[cls, int]  # type: ignore[valid-type]
        data = encoder(codec.converter, tp)({key: 1})
        assert data == interpreted_encoder(codec, tp)({key: 1})
        assert decoder(codec.converter, tp)(data) == {key: 1}
