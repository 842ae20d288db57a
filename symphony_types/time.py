"""
Points in time and spans of time, to the nanosecond.

`Timestamp` is Rust's ``chrono::DateTime<Utc>`` and RFC 3339 text on the wire;
`Duration` is ``std::time::Duration`` and a pair of seconds and nanoseconds.
"""

from __future__ import annotations

import time as _clock

from datetime import UTC, datetime, timedelta
from typing import Final, overload

import attrs

from ._iso8601 import parse_duration
from ._rfc3339 import MAX_NANOS, MIN_NANOS, format_timestamp, parse_timestamp
from .checks import U64, FieldError, InstanceOf, IntRange, describe


__all__ = ["Duration", "Timestamp", "Ttl"]

_NANOS: Final = 1_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_INT: Final = IntRange(0, 2**64 * _NANOS - 1)
_DATETIME: Final = InstanceOf((datetime,), "a datetime")
_TIMEDELTA: Final = InstanceOf((timedelta,), "a timedelta")
_DURATION_TEXT: Final = InstanceOf((str,), "an ISO 8601 duration")


@attrs.frozen(order=True, str=False)
class Duration:
    """
    A span of time, never negative, as Rust's ``std::time::Duration``.

    Args:
        secs: Whole seconds, 0 to 2**64 - 1.
        nanos: Nanoseconds beyond them, 0 to 999999999.

    Raises:
        FieldError: An argument is out of range (a `ValueError`); results of
            arithmetic are held to the same range.
    """

    secs: int = attrs.field(validator=U64)
    nanos: int = attrs.field(validator=IntRange(0, _NANOS - 1))

    @classmethod
    def from_parts(cls, secs: int, nanos: int) -> Duration:
        """
        Return the duration of *secs* and *nanos*, whose whole seconds are carried over.

        That is how serde reads one: nanoseconds up to 2**32 - 1.
        """
        U64.check(secs, ("secs",))
        IntRange(0, 2**32 - 1).check(nanos, ("nanos",))
        carry, rest = divmod(nanos, _NANOS)
        return cls(secs + carry, rest)

    @classmethod
    def parse(cls, text: str) -> Duration:
        """
        Return the duration that ISO 8601 text says: ``PT1.5S``, ``P1DT2H``, ``P2W``.

        The last number may have a fraction, after a point or a comma, of whole
        nanoseconds; a minus may stand before ``P`` or before each number.

        Raises:
            FieldTypeError: *text* is not a `str`.
            FieldError: *text* is not such a duration (or has more than 128
                characters), is negative or out of range, or has years or
                months, whose length depends on the calendar.
        """
        _DURATION_TEXT.check(text)
        return _duration(parse_duration(text))

    @classmethod
    def from_secs(cls, secs: int) -> Duration:
        """Return a duration of *secs* seconds."""
        return cls(secs, 0)

    @classmethod
    def from_millis(cls, millis: int) -> Duration:
        """Return a duration of *millis* milliseconds."""
        return cls._scaled(millis, 1_000_000)

    @classmethod
    def from_micros(cls, micros: int) -> Duration:
        """Return a duration of *micros* microseconds."""
        return cls._scaled(micros, 1000)

    @classmethod
    def from_nanos(cls, nanos: int) -> Duration:
        """Return a duration of *nanos* nanoseconds; any number of them that makes a duration."""
        return cls._scaled(nanos, 1)

    @classmethod
    def _scaled(cls, count: int, unit: int) -> Duration:
        # the check is on the argument's type; the range shows in seconds
        _INT.check(count)
        return cls(*divmod(count * unit, _NANOS))

    @classmethod
    def from_timedelta(cls, delta: timedelta) -> Duration:
        """
        Return the duration of *delta*, exactly.

        Raises:
            FieldTypeError: *delta* is not a `timedelta`.
            FieldError: *delta* is negative.
        """
        _TIMEDELTA.check(delta)
        return cls(delta.days * 86_400 + delta.seconds, delta.microseconds * 1000)

    def as_timedelta(self) -> timedelta:
        """
        Return the same span, truncated to microseconds.

        Raises:
            FieldError: It is longer than a `timedelta` can be (999999999 days).
        """
        try:
            return timedelta(seconds=self.secs, microseconds=self.nanos // 1000)
        except OverflowError:
            raise FieldError("out_of_range", (), f"at most {timedelta.max}", f"{self.secs} seconds") from None

    @property
    def total_nanos(self) -> int:
        """The whole span in nanoseconds."""
        return self.secs * _NANOS + self.nanos

    def __add__(self, other: Duration) -> Duration:
        if not isinstance(other, Duration):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        return _duration(self.total_nanos + other.total_nanos)

    def __sub__(self, other: Duration) -> Duration:
        if not isinstance(other, Duration):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        return _duration(self.total_nanos - other.total_nanos)

    def __mul__(self, factor: int) -> Duration:
        if type(factor) is not int:
            return NotImplemented
        return _duration(self.total_nanos * factor)

    __rmul__ = __mul__

    def __str__(self) -> str:
        if not self.nanos:
            return f"{self.secs}s"
        return f"{self.secs}." + f"{self.nanos:09}".rstrip("0") + "s"


def _duration(nanos: int) -> Duration:
    if not 0 <= nanos <= _INT.maximum:
        raise FieldError("out_of_range", (), "a duration from 0 to 2**64 seconds", f"{describe(nanos)} nanoseconds")
    return Duration(*divmod(nanos, _NANOS))


def _span_nanos(span: Duration | timedelta) -> int | None:
    """Return the length of *span* in nanoseconds, signed, or ``None`` for what is not a span."""
    if type(span) is Duration:
        return span.total_nanos
    if isinstance(span, timedelta):
        return (span // _MICROSECOND) * 1000
    return None


@attrs.frozen(order=True, str=False)
class Timestamp:
    """
    A point in time in UTC, to the nanosecond.

    Args:
        nanos: Nanoseconds since the Unix epoch, within the years -262143 to
            262142 (``chrono``'s range).  Leap seconds do not count.

    Raises:
        FieldError: *nanos* is out of range (a `ValueError`); results of
            arithmetic are held to the same range.
    """

    nanos: int = attrs.field(validator=IntRange(MIN_NANOS, MAX_NANOS))

    @classmethod
    def now(cls) -> Timestamp:
        """Return the time that the system's clock shows."""
        return _timestamp(_clock.time_ns())

    @classmethod
    def parse(cls, text: str) -> Timestamp:
        """
        Return the timestamp that *text* says: RFC 3339, as leniently as ``chrono``.

        ``T`` or a blank between date and time, ``Z``, ``UTC``, ``+hh:mm`` or
        ``+hhmm`` (required), blanks around the parts, parts of one digit,
        years with a sign.  The fraction is cut after nine digits; second 60
        is folded into the next second.

        Raises:
            FieldTypeError: *text* is not a `str`.
            FieldError: *text* is not such a text, or out of range.
        """
        return _timestamp(parse_timestamp(text))

    @classmethod
    def from_datetime(cls, value: datetime) -> Timestamp:
        """
        Return the timestamp of an aware *value*, exactly.

        Raises:
            FieldTypeError: *value* is not a `datetime`.
            FieldError: *value* is naive, so that its point in time is unknown.
        """
        _DATETIME.check(value)
        if value.utcoffset() is None:
            raise FieldError("invalid_value", (), "an aware datetime", "a naive one")
        return cls((value - _EPOCH) // _MICROSECOND * 1000)

    def as_datetime(self) -> datetime:
        """
        Return the `datetime` in UTC, truncated to microseconds (towards the past).

        Raises:
            FieldError: The year is not one of 1 to 9999, the range of `datetime`.
        """
        try:
            return _EPOCH + timedelta(microseconds=self.nanos // 1000)
        except OverflowError:
            raise FieldError("out_of_range", (), "a year from 1 to 9999", str(self)) from None

    def elapsed(self, *, now: Timestamp | None = None) -> Duration:
        """
        Return how long ago this was; zero if it is in the future.

        Args:
            now: The present; the system's clock by default.
        """
        present = _clock.time_ns() if now is None else now.nanos
        return _duration(max(0, present - self.nanos))

    def is_older_than(self, span: Duration | timedelta, *, now: Timestamp | None = None) -> bool:
        """
        Say whether this was longer ago than *span*; exactly as long ago is not.

        Args:
            span: The age to compare with.
            now: The present; the system's clock by default.
        """
        limit = span if isinstance(span, Duration) else Duration.from_timedelta(span)
        return self.elapsed(now=now) > limit

    def unix_timestamp(self) -> int:
        """Return the whole seconds since the Unix epoch, rounded towards the past."""
        return self.nanos // _NANOS

    def unix_timestamp_millis(self) -> int:
        """Return the whole milliseconds since the Unix epoch, rounded towards the past."""
        return self.nanos // 1_000_000

    def __add__(self, span: Duration | timedelta) -> Timestamp:
        nanos = _span_nanos(span)
        if nanos is None:
            return NotImplemented
        return Timestamp(self.nanos + nanos)

    __radd__ = __add__

    @overload
    def __sub__(self, other: Timestamp) -> Duration: ...

    @overload
    def __sub__(self, other: Duration | timedelta) -> Timestamp: ...

    def __sub__(self, other: Timestamp | Duration | timedelta) -> Duration | Timestamp:
        if isinstance(other, Timestamp):
            if other.nanos > self.nanos:
                raise FieldError("out_of_range", (), f"a timestamp up to {self}", str(other))
            return _duration(self.nanos - other.nanos)
        nanos = _span_nanos(other)
        if nanos is None:
            return NotImplemented
        return Timestamp(self.nanos - nanos)

    def __str__(self) -> str:
        return format_timestamp(self.nanos)

    def __repr__(self) -> str:
        return f"Timestamp.parse({format_timestamp(self.nanos)!r})"


_new_object = object.__new__
_set_nanos = Timestamp.__dict__["nanos"].__set__


def _timestamp(nanos: int) -> Timestamp:
    """Return the timestamp of *nanos* that are known to be in range."""
    self = _new_object(Timestamp)
    _set_nanos(self, nanos)
    return self


@attrs.frozen(kw_only=True)
class Ttl:
    """
    A time to live that counts from when it was given.

    Args:
        created_at: When it began.
        duration: How long it lasts.
    """

    created_at: Timestamp = attrs.field(validator=InstanceOf((Timestamp,), "a Timestamp"))
    duration: Duration = attrs.field(validator=InstanceOf((Duration,), "a Duration"))

    @classmethod
    def new(cls, duration: Duration | timedelta) -> Ttl:
        """Return one that begins now."""
        span = Duration.from_timedelta(duration) if isinstance(duration, timedelta) else duration
        return cls(created_at=Timestamp.now(), duration=span)

    def is_expired(self, *, now: Timestamp | None = None) -> bool:
        """
        Say whether more time than the duration has passed; exactly as much is still alive.

        Args:
            now: The present; the system's clock by default.
        """
        return self.created_at.is_older_than(self.duration, now=now)

    def remaining(self, *, now: Timestamp | None = None) -> Duration | None:
        """
        Return the time that is left; ``None`` once it has expired, so zero only at the very end.

        Args:
            now: The present; the system's clock by default.
        """
        left = self.duration.total_nanos - self.created_at.elapsed(now=now).total_nanos
        return _duration(left) if left >= 0 else None
