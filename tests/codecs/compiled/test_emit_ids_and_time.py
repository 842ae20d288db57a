"""Writing ids and time: digit by digit what the classes themselves say."""

from __future__ import annotations

import datetime as dt
import random
import uuid
import zoneinfo

from typing import Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.testing import strategies
from symphony_types import Duration, NodeId, Timestamp, WorkflowId
from symphony_types._rfc3339 import MAX_NANOS, MIN_NANOS
from tests.codecs.compiled.emit_cases import NAMES, agree, codec_of, engine, outcome, reference


EACH = pytest.mark.parametrize("name", NAMES)


class OwnUuid(uuid.UUID):
    pass


class OwnId(WorkflowId):
    __slots__ = ()


class Pretender:
    """Calls itself an instance of another class."""

    def __init__(self, cls, data):
        self.cls = cls
        self.bytes = data

    @property
    def __class__(self):
        return self.cls


@EACH
def test_uuids(name):
    """Of every bit pattern, of subclasses, too; an id of another type is none."""
    rng = random.Random(1)
    numbers = [0, 1, 2**64 - 1, 2**64, 2**127, 2**128 - 1, *(rng.getrandbits(128) for _ in range(200))]
    values = [uuid.UUID(int=number) for number in numbers]
    agree(codec_of(name), uuid.UUID, *values, OwnUuid(int=7), WorkflowId(values[0]), str(values[0]), b"x" * 16, None)
    agree(
        codec_of(name), WorkflowId, *map(WorkflowId, values), OwnId(values[9]), NodeId(values[9]), values[9], "", None
    )


@EACH
@pytest.mark.parametrize("number", [True, -1, 2**128, 1.5, None, "1"])
def test_uuids_that_were_tampered_with(name, number):
    """What the slot holds may be anything: the reference writes it, or says why not."""
    value = uuid.UUID(int=5)
    object.__setattr__(value, "int", number)
    codec = codec_of(name)
    theirs = reference(codec, uuid.UUID)
    assert outcome(engine(codec, uuid.UUID, theirs), value) == outcome(theirs, value)
    object.__delattr__(value, "int")
    agree(codec, uuid.UUID, value)


@EACH
@pytest.mark.parametrize("data", [b"short", b"", bytearray(16), "x" * 16, None])
def test_ids_that_were_tampered_with(name, data):
    """Neither is an id that holds something else a crash."""
    value = WorkflowId(uuid.UUID(int=5))
    object.__setattr__(value, "bytes", data)
    codec = codec_of(name)
    theirs = reference(codec, WorkflowId)
    assert outcome(engine(codec, WorkflowId, theirs), value) == outcome(theirs, value)
    object.__delattr__(value, "bytes")
    agree(codec, WorkflowId, value)


@EACH
def test_pretenders(name):
    """What calls itself an instance is asked for its bytes, as the reference asks it."""
    codec = codec_of(name)
    for cls in (uuid.UUID, WorkflowId):
        theirs = reference(codec, cls)
        for data in (b"x" * 16, b"x", None):
            value = Pretender(cls, data)
            assert outcome(engine(codec, cls, theirs), value) == outcome(theirs, value)


NANOS = [
    *(0, 1, -1, 999, 1000, 10**6, 10**9, 10**9 - 1, -(10**9), 2**63 - 1, 2**63, -(2**63), -(2**63) - 1),
    *(MIN_NANOS, MAX_NANOS, 951782400 * 10**9, 951868800 * 10**9 - 1, -62135596800 * 10**9, 253402300800 * 10**9),
]


@EACH
def test_timestamps(name):
    """From one end of their range to the other, with each number of digits."""
    rng = random.Random(2)
    nanos = NANOS + [
        rng.randrange(-(2**63), 2**63) // unit * unit for unit in (1, 10**3, 10**6, 10**9) for _ in range(200)
    ]
    agree(codec_of(name), Timestamp, *map(Timestamp, nanos), dt.datetime.now(), "2020-01-01T00:00:00Z", None)


@EACH
@pytest.mark.parametrize("nanos", [True, None, 1.5, 2**200, "0"])
def test_timestamps_that_were_tampered_with(name, nanos):
    """They are written as they say themselves, if they can."""
    value = Timestamp(5)
    object.__setattr__(value, "nanos", nanos)
    agree(codec_of(name), Timestamp, value)
    object.__delattr__(value, "nanos")
    agree(codec_of(name), Timestamp, value)


@EACH
@pytest.mark.parametrize("positional", [None, False, True])
def test_durations(name, positional):
    """As a map or a pair, from nothing to the longest."""
    codec = codec_of(name, **({} if positional is None else {"positional": positional}))
    values = [Duration(secs, nanos) for secs in (0, 1, 23, 24, 2**32, 2**64 - 1) for nanos in (0, 1, 999_999_999)]
    agree(codec, Duration, *values, dt.timedelta(1), 5, None)
    broken = Duration(1, 2)
    for field, item in (("secs", 2**64), ("secs", -1), ("secs", True), ("nanos", 2**32), ("nanos", 2**32 - 1)):
        object.__setattr__(broken, field, item)
        agree(codec, Duration, broken)
        object.__setattr__(broken, field, 1)
    object.__delattr__(broken, "nanos")
    agree(codec, Duration, broken)


class OwnDatetime(dt.datetime):
    def utcoffset(self):
        return dt.timedelta(hours=9)


class OwnDate(dt.date):
    def isoformat(self):
        return "today"


class OwnTime(dt.time):
    pass


class Raising(dt.tzinfo):
    def utcoffset(self, _):
        raise ZeroDivisionError


class NoOffset(dt.tzinfo):
    def utcoffset(self, _):
        return None


ZONES = [
    *(None, dt.UTC, dt.timezone(dt.timedelta(0)), dt.timezone(dt.timedelta(0), "name")),
    *(dt.timezone(dt.timedelta(minutes=minutes)) for minutes in (1, -1, 330, -330, 1439, -1439)),
    *(dt.timezone(dt.timedelta(seconds=30)), dt.timezone(dt.timedelta(microseconds=-1))),
    *(zoneinfo.ZoneInfo("UTC"), Raising(), NoOffset()),
]


@EACH
def test_datetimes(name):
    """In every kind of zone, with every number of digits; a date is none."""
    moments = [
        dt.datetime(1, 1, 1),
        dt.datetime(9999, 12, 31, 23, 59, 59, 999_999),
        dt.datetime(2024, 2, 29, 1, 2, 3, 4000),
    ]
    values: list[Any] = [moment.replace(tzinfo=zone) for moment in moments for zone in ZONES]
    values += [
        OwnDatetime(2020, 1, 2, 3, 4, 5, 6, dt.UTC),
        dt.date(2020, 1, 1),
        dt.time(1),
        "2020-01-01T00:00:00Z",
        None,
    ]
    agree(codec_of(name), dt.datetime, *values)


@EACH
def test_dates_and_times(name):
    """A datetime is no date: its time would be lost."""
    dates = [
        dt.date.min,
        dt.date.max,
        OwnDate(2020, 1, 1),
        dt.datetime(2020, 1, 1),
        OwnDatetime(2020, 1, 1),
        "2020-01-01",
    ]
    agree(codec_of(name), dt.date, *dates, dt.time(1), None)
    times = [dt.time(tzinfo=zone) for zone in ZONES]
    times += [dt.time.max, dt.time(1, 2, 3, 4), dt.time(1, 2, 3, 4000, fold=1), OwnTime(4, 5)]
    agree(codec_of(name), dt.time, *times, dt.date.min, dt.datetime.min, None)


@given(st.datetimes(timezones=st.none() | st.sampled_from(ZONES[:11])), strategies.timestamps(), strategies.durations())
def test_time_of_any_kind(moment, timestamp, duration):
    """Whatever the moment."""
    for name in NAMES:
        agree(codec_of(name), dt.datetime, moment)
        agree(codec_of(name), dt.date, moment.date())
        agree(codec_of(name), dt.time, moment.time())
        agree(codec_of(name), Timestamp, timestamp)
        agree(codec_of(name), Duration, duration)
