"""Tests of `symphony_types.time` and the RFC 3339 texts under it."""

from __future__ import annotations

import contextlib
import copy
import json
import operator
import pickle

from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import _rfc3339 as rfc3339
from symphony_types.checks import FieldError, FieldTypeError
from symphony_types.time import Duration, Timestamp, Ttl


PROBES = (Path(__file__).parent.parent / "data" / "probes_timestamp.txt").read_text(encoding="utf-8").splitlines()
# RFC 3339 has lower case, and newer releases of chrono read it
LOWER_CASE = "2024-01-15t10:30:00z"
FOLDED = {
    "2024-01-15T10:30:60Z": "2024-01-15T10:31:00Z",
    "2024-01-15T10:30:60.500Z": "2024-01-15T10:31:00.500Z",
    "2016-12-31T23:59:60Z": "2017-01-01T00:00:00Z",
}
U64_MAX = 2**64 - 1
nanoseconds = st.integers(rfc3339.MIN_NANOS, rfc3339.MAX_NANOS)
durations = st.builds(Duration, st.integers(0, U64_MAX), st.integers(0, 999_999_999))
NOW = Timestamp.parse("2024-01-15T10:30:00.000000001Z")


@pytest.mark.parametrize("line", PROBES)
def test_parse_takes_what_chrono_takes(line: str) -> None:
    """Text that the Rust side reads or refuses is read or refused here."""
    _, _, _, rest = line.split(" | ", 3)
    shown, _, outcome = rest.rpartition(" -> ")
    text = json.loads(shown)
    if text == LOWER_CASE:
        assert str(Timestamp.parse(text)) == LOWER_CASE.upper()
    elif outcome.startswith("OK"):
        expected = json.loads(outcome[2:])
        assert str(Timestamp.parse(text)) == FOLDED.get(expected, expected)
    else:
        with pytest.raises(FieldError):
            Timestamp.parse(text)


@pytest.mark.parametrize(
    ("text", "nanos"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.000000001Z", 1_000_000_001),
        ("1969-12-31T00:00:00.005Z", -86_400_000_000_000 + 5_000_000),
        ("2024-01-15T10:30:00.123456Z", 1_705_314_600_123_456_000),
        ("2024-01-15T10:30:00.000001Z", 1_705_314_600_000_001_000),
        ("2024-01-15T10:30:00.999999999Z", 1_705_314_600_999_999_999),
        ("1600-02-29T12:00:00Z", -11_670_955_200_000_000_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000_000_000),
        ("9999-12-31T23:59:59.999999999Z", 253_402_300_799_999_999_999),
        ("+10000-01-01T00:00:00Z", 253_402_300_800_000_000_000),
        ("-0001-12-31T23:59:59.100Z", -62_167_219_200_900_000_000),
    ],
)
def test_wire_text(text: str, nanos: int) -> None:
    """The text that serde writes stands for these nanoseconds, both ways."""
    assert Timestamp.parse(text) == Timestamp(nanos)
    assert str(Timestamp(nanos)) == text


@given(nanoseconds)
def test_text_round_trip(nanos: int) -> None:
    """Every timestamp reads back from its text."""
    assert Timestamp.parse(str(Timestamp(nanos))).nanos == nanos


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 999))
def test_text_agrees_with_datetime(value: datetime, extra: int) -> None:
    """The date arithmetic is that of `datetime`, on the fast and on the lenient path."""
    stamp = Timestamp.from_datetime(value) + Duration(0, extra)
    assert stamp.as_datetime() == value
    assert str(stamp)[:19] == value.isoformat()[:19]
    assert Timestamp.parse(str(stamp)) == Timestamp.parse(" " + str(stamp)) == stamp


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-15T24:00:00Z",
        "2024-01-15T10:30:00.12a4Z",
        "2024-01-15T10:30:00.\u0661Z",
        "2024-01-15T10:30:00.+1Z",
        "2024-W03-1T10:30:00Z",
        "2024-01-15T10:30:00+05:30:00",
        "2024-01-15T10:30:00 05:30",
        "2024-01-15TT10:30:00Z",
        "2024-01-15T10:30:00U",
        "2024-01-15T-1:30:00Z",
        "--2024-01-15T10:30:00Z",
        "+99999999999999999999999-01-15T10:30:00Z",
        "-262144-12-31T23:59:59Z",
        "+262143-01-01T00:00:00Z",
        "+262142-12-31T23:59:60Z",
        "2024-04-31T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "\ud800" * 20,
        "\x00",
    ],
)
def test_parse_refuses(text: str) -> None:
    """What is no timestamp, does not exist or is out of range is refused."""
    with pytest.raises(FieldError):
        Timestamp.parse(text)


@pytest.mark.parametrize("text", ["+02024-02-29T10:30:00 utc", "\t2024 -02- 29T10 :30: 00+00 : 00\n"])
def test_parse_is_as_lenient_as_chrono(text: str) -> None:
    """Odd forms that chrono reads are read."""
    assert str(Timestamp.parse(text)) == "2024-02-29T10:30:00Z"


@given(st.text(max_size=40))
def test_parse_raises_nothing_else(text: str) -> None:
    """No text makes it raise anything but a `FieldError`."""
    with contextlib.suppress(FieldError):
        Timestamp.parse(text)


@pytest.mark.parametrize("value", [1_705_314_600, None, 1.5, b"2024-01-15T10:30:00Z", True])
def test_types_are_strict(value: Any) -> None:
    """Text is text and nanoseconds are an `int`."""
    with pytest.raises(FieldTypeError):
        Timestamp.parse(value)
    if type(value) is not int:
        with pytest.raises(FieldTypeError):
            Timestamp(value)
        with pytest.raises(FieldTypeError):
            Duration(value, 0)


def test_timestamp_range() -> None:
    """The limits are those of chrono; nothing is beyond them."""
    assert str(Timestamp(rfc3339.MIN_NANOS)) == "-262143-01-01T00:00:00Z"
    assert str(Timestamp(rfc3339.MAX_NANOS)) == "+262142-12-31T23:59:59.999999999Z"
    for nanos in (rfc3339.MIN_NANOS - 1, rfc3339.MAX_NANOS + 1):
        with pytest.raises(FieldError):
            Timestamp(nanos)
    with pytest.raises(FieldError):
        _ = Timestamp(rfc3339.MAX_NANOS) + Duration(0, 1)


def test_timestamp_from_datetime() -> None:
    """Aware datetimes convert exactly, naive ones are refused."""
    zone = timezone(timedelta(hours=5, minutes=30))
    value = datetime(2024, 1, 15, 10, 30, 0, 123456, tzinfo=zone)
    assert str(Timestamp.from_datetime(value)) == "2024-01-15T05:00:00.123456Z"
    with pytest.raises(FieldError, match="naive"):
        Timestamp.from_datetime(value.replace(tzinfo=None))
    with pytest.raises(FieldTypeError):
        Timestamp.from_datetime(date(2024, 1, 15))  # type: ignore[arg-type]


@pytest.mark.parametrize(("nanos", "micros"), [(1_999, 1), (-1, -1), (-1000, -1), (-1001, -2)])
def test_timestamp_as_datetime_truncates(nanos: int, micros: int) -> None:
    """Nanoseconds are cut towards the past."""
    assert Timestamp(nanos).as_datetime() == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


@pytest.mark.parametrize("text", ["0000-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"])
def test_timestamp_as_datetime_out_of_range(text: str) -> None:
    """A year that datetime does not have is refused."""
    with pytest.raises(FieldError, match="1 to 9999"):
        Timestamp.parse(text).as_datetime()


@pytest.mark.parametrize(("nanos", "secs", "millis"), [(-1_000_000, -1, -1), (-1, -1, -1), (1_999_999_999, 1, 1999)])
def test_unix_timestamp_floors(nanos: int, secs: int, millis: int) -> None:
    """Whole units are rounded towards the past, as chrono does."""
    assert Timestamp(nanos).unix_timestamp() == secs
    assert Timestamp(nanos).unix_timestamp_millis() == millis


def test_ages_are_strict() -> None:
    """Exactly as old is not older; the future is no time ago."""
    then = NOW - Duration(5, 0)
    assert then.elapsed(now=NOW) == Duration(5, 0)
    assert not then.is_older_than(Duration(5, 0), now=NOW)
    assert then.is_older_than(Duration(4, 999_999_999), now=NOW)
    assert then.is_older_than(timedelta(seconds=4), now=NOW)
    assert NOW.elapsed(now=then) == Duration(0, 0)
    assert not NOW.is_older_than(Duration(0, 0), now=then)


def test_now() -> None:
    """The clock moves on and is the default present."""
    first = Timestamp.now()
    assert abs(first.as_datetime() - datetime.now(UTC)) < timedelta(minutes=1)
    assert first.elapsed() < Duration(60, 0)
    assert not first.is_older_than(timedelta(minutes=1))
    assert (first - Duration(3600, 0)).is_older_than(timedelta(minutes=1))


def test_timestamp_arithmetic() -> None:
    """Timestamps move by spans, and the difference of two is a span."""
    assert NOW + Duration(1, 5) - NOW == Duration(1, 5)
    assert Duration(1, 5) + NOW == NOW + Duration(1, 5)
    assert NOW + timedelta(days=-1, microseconds=3) == NOW - Duration(86_400, 0) + Duration(0, 3000)
    assert NOW - timedelta(seconds=1) == NOW - Duration(1, 0)
    assert timedelta(seconds=1) + NOW == NOW + Duration(1, 0)
    with pytest.raises(ValueError, match="timestamp up to"):
        _ = NOW - (NOW + Duration(0, 1))
    anything: Any = 5
    for left in (NOW, Duration(1, 0)):
        for operation in (operator.add, operator.sub):
            with pytest.raises(TypeError):
                operation(left, anything)


@given(nanoseconds, nanoseconds)
def test_timestamp_order(a: int, b: int) -> None:
    """Timestamps sort by time, and equal ones hash alike."""
    assert (Timestamp(a) < Timestamp(b)) == (a < b)
    assert hash(Timestamp(a)) == hash(Timestamp(a + 0))


def test_timestamp_shows_itself() -> None:
    """The repr makes the value again, which pickles, copies and is immutable."""
    assert eval(repr(NOW), {"Timestamp": Timestamp}) == NOW
    assert pickle.loads(pickle.dumps(NOW)) == copy.deepcopy(NOW) == NOW
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        NOW.nanos = 1  # type: ignore[misc]


@pytest.mark.parametrize("args", [(-1, 0), (U64_MAX + 1, 0), (0, -1), (0, 1_000_000_000)])
def test_duration_range(args: tuple[int, int]) -> None:
    """Seconds are a u64 and nanoseconds below a second."""
    with pytest.raises(FieldError):
        Duration(*args)


def test_duration_from_parts_carries() -> None:
    """Whole seconds of nanoseconds are carried, as serde does on reading."""
    assert Duration.from_parts(1, 1_000_000_000) == Duration(2, 0)
    assert Duration.from_parts(1, 4_294_967_295) == Duration(5, 294_967_295)
    assert Duration.from_parts(U64_MAX, 999_999_999) == Duration(U64_MAX, 999_999_999)
    for secs, nanos in ((U64_MAX, 1_000_000_000), (1, 2**32), (-1, 0), (1, -1)):
        with pytest.raises(FieldError):
            Duration.from_parts(secs, nanos)


def test_duration_units() -> None:
    """The units are what they say."""
    assert Duration.from_secs(90) == Duration(90, 0)
    assert Duration.from_millis(1500) == Duration(1, 500_000_000)
    assert Duration.from_micros(1_000_001) == Duration(1, 1000)
    assert Duration.from_nanos(1_000_000_001) == Duration(1, 1)
    assert Duration.from_nanos(2**64 * 10**9 - 1) == Duration(U64_MAX, 999_999_999)
    for bad in (-1, 2**64 * 10**9):
        with pytest.raises(FieldError):
            Duration.from_nanos(bad)
    with pytest.raises(FieldError):
        Duration.from_secs(2**64)
    with pytest.raises(FieldTypeError):
        Duration.from_millis(1.5)  # type: ignore[arg-type]


@given(st.timedeltas(min_value=timedelta(0)))
def test_duration_timedelta_round_trip(delta: timedelta) -> None:
    """Every timedelta that is not negative is kept exactly."""
    assert Duration.from_timedelta(delta).as_timedelta() == delta


def test_duration_timedelta_limits() -> None:
    """Negative ones and those that timedelta cannot hold are refused, nanoseconds cut."""
    assert Duration(1, 1999).as_timedelta() == timedelta(seconds=1, microseconds=1)
    with pytest.raises(FieldError):
        Duration.from_timedelta(timedelta(microseconds=-1))
    with pytest.raises(FieldError):
        Duration(U64_MAX, 0).as_timedelta()
    with pytest.raises(FieldTypeError):
        Duration.from_timedelta(5)  # type: ignore[arg-type]


@given(durations, durations)
def test_duration_arithmetic(a: Duration, b: Duration) -> None:
    """Sums, differences and order are those of the nanoseconds, or refused."""
    assert (a < b) == (a.total_nanos < b.total_nanos)
    try:
        assert (a + b).total_nanos == a.total_nanos + b.total_nanos
    except FieldError:
        assert a.total_nanos + b.total_nanos >= 2**64 * 10**9
    if a < b:
        with pytest.raises(FieldError):
            _ = a - b
    else:
        assert a - b + b == a


def test_duration_multiplies() -> None:
    """A whole number of times, from either side."""
    assert Duration(1, 500_000_000) * 3 == 3 * Duration(1, 500_000_000) == Duration(4, 500_000_000)
    for bad in (1.5, True):
        with pytest.raises(TypeError):
            _ = Duration(1, 0) * bad  # type: ignore[operator]
    with pytest.raises(FieldError):
        _ = Duration(1, 0) * -1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Duration(0, 0), "0s"),
        (Duration(1, 500_000_000), "1.5s"),
        (Duration(0, 1), "0.000000001s"),
        (Duration(90, 0), "90s"),
    ],
)
def test_duration_text(value: Duration, text: str) -> None:
    """The text is in seconds, without needless digits."""
    assert str(value) == text


def test_ttl() -> None:
    """It expires strictly after its duration: at the very end nothing remains, and then there is no remainder."""
    ttl = Ttl(created_at=NOW, duration=Duration(5, 0))
    end = NOW + Duration(5, 0)
    assert ttl.remaining(now=NOW) == Duration(5, 0)
    assert ttl.remaining(now=NOW - Duration(9, 0)) == Duration(5, 0)
    assert not ttl.is_expired(now=end)
    assert not ttl.is_expired(now=end - Duration(0, 1))
    assert ttl.remaining(now=end - Duration(0, 1)) == Duration(0, 1)
    assert ttl.remaining(now=end) == Duration(0, 0)
    assert ttl.is_expired(now=end + Duration(0, 1))
    assert ttl.remaining(now=end + Duration(0, 1)) is None
    assert Ttl(created_at=NOW, duration=Duration(0, 0)).remaining(now=NOW) == Duration(0, 0)
    assert hash(ttl) == hash(copy.copy(ttl))


def test_ttl_new() -> None:
    """It begins now, and takes a timedelta too."""
    remaining = Ttl.new(timedelta(hours=1)).remaining()
    assert remaining is not None
    assert Duration(3500, 0) < remaining <= Duration(3600, 0)
    assert not Ttl.new(Duration(U64_MAX, 999_999_999)).is_expired()
    with pytest.raises(FieldTypeError):
        Ttl.new(5)  # type: ignore[arg-type]


NAIVE = datetime(2024, 1, 15, 10, 30)
DATETIMES = [
    (NAIVE, "2024-01-15T10:30:00"),
    (datetime(2024, 1, 15, 10, 30, tzinfo=UTC), "2024-01-15T10:30:00Z"),
    (NAIVE.replace(1, 1, 1, 0, 0, 0, 1000), "0001-01-01T00:00:00.001"),
    (datetime(2024, 1, 15, 10, 30, 0, 1, tzinfo=timezone(timedelta(hours=-8))), "2024-01-15T10:30:00.000001-08:00"),
    (datetime(2024, 1, 15, 10, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))), "2024-01-15T10:30:00+05:45"),
]


@pytest.mark.parametrize(("value", "text"), DATETIMES)
def test_datetime_text(value: datetime, text: str) -> None:
    """Datetimes keep their offset or their lack of one."""
    assert rfc3339.format_datetime(value) == text
    again = rfc3339.parse_datetime(text)
    assert again == value
    assert again.utcoffset() == value.utcoffset()


offsets = st.none() | st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=offsets))
def test_datetime_round_trip(value: datetime) -> None:
    """Every datetime with an offset of whole minutes reads back."""
    again = rfc3339.parse_datetime(rfc3339.format_datetime(value))
    assert again == value
    assert again.utcoffset() == value.utcoffset()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2024-01-15t10:30:00.1234567z", datetime(2024, 1, 15, 10, 30, 0, 123456, tzinfo=UTC)),
        ("2024-01-15 10:30:00-00:00", datetime(2024, 1, 15, 10, 30, tzinfo=UTC)),
    ],
)
def test_datetime_reads(text: str, value: datetime) -> None:
    """Forms that RFC 3339 allows and we do not write."""
    again = rfc3339.parse_datetime(text)
    assert again == value
    assert again.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-01-15",
        "2024-01-15T10:30Z",
        "2024-01-15T10:30:00+24:00",
        "2024-01-15T10:30:00+05:60",
        "2024-02-30T00:00:00",
        "0000-01-01T00:00:00",
        "9999-12-31T23:59:60",
        "2024-01-15T10:30:61Z",
        "2024-01-15T10:30:00Z\n",
        "٢٠٢٤-01-15T10:30:00Z",
        "2024-01-15T24:00:00",
    ],
)
def test_datetime_refuses(text: str) -> None:
    """What is not RFC 3339 or does not exist is refused."""
    with pytest.raises(FieldError):
        rfc3339.parse_datetime(text)


def test_offsets_of_seconds_are_refused() -> None:
    """RFC 3339 has no offset of seconds; nothing is rounded."""
    zone = timezone(timedelta(minutes=17, seconds=30))
    with pytest.raises(FieldError, match="whole minutes"):
        rfc3339.format_datetime(datetime(1900, 1, 1, tzinfo=zone))
    with pytest.raises(FieldError, match="whole minutes"):
        rfc3339.format_time(time(1, tzinfo=zone))


def test_date_text() -> None:
    """Dates are ``YYYY-MM-DD``; a datetime is no date."""
    assert rfc3339.format_date(date(9, 1, 2)) == "0009-01-02"
    assert rfc3339.parse_date("0009-01-02") == date(9, 1, 2)
    with pytest.raises(FieldTypeError):
        rfc3339.format_date(NAIVE)
    for bad in ("2024-02-30", "20240101", "2024-1-1", "2024-01-01T00:00:00Z", "0000-01-01"):
        with pytest.raises(FieldError):
            rfc3339.parse_date(bad)
    with pytest.raises(FieldTypeError):
        rfc3339.parse_date(5)  # type: ignore[arg-type]


@given(st.times(timezones=offsets))
def test_time_round_trip(value: time) -> None:
    """Every time of day with a fixed offset of whole minutes reads back."""
    again = rfc3339.parse_time(rfc3339.format_time(value))
    assert again == value
    assert again.utcoffset() == value.utcoffset()


def test_time_refuses() -> None:
    """A zone without a fixed offset would be lost; 23:59:60 has nowhere to go."""
    with pytest.raises(FieldError, match="depend on the date"):
        rfc3339.format_time(time(1, tzinfo=ZoneInfo("Europe/Paris")))
    for bad in ("23:59:60", "24:00:00", "10:30", "1:2:3", "10:30:00+25:00", ""):
        with pytest.raises(FieldError):
            rfc3339.parse_time(bad)
