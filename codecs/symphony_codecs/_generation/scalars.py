"""The recipes of scalars that are made of ints: dates, decimals, ids, addresses, paths."""

from __future__ import annotations

import datetime as dt
import decimal
import ipaddress
import uuid

from collections.abc import Callable
from pathlib import PurePath
from typing import Any, Final, TypeVar

from symphony_types._rfc3339 import MAX_NANOS, MIN_NANOS
from symphony_types.ids import TypedId
from symphony_types.time import Duration, Timestamp

from .source import Source


__all__ = ["Duration", "Timestamp", "dt", "scalar", "uuid_bytes"]

S = TypeVar("S")

_SECOND: Final = 1_000_000
_DAY: Final = 86_400 * _SECOND
_NANOS: Final = 10**9
_ZERO: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the time zone comes later
_MICRO: Final = dt.timedelta(microseconds=1)
_ALL: Final = (-_ZERO.toordinal() * _DAY + _DAY, (dt.date.max.toordinal() + 1 - _ZERO.toordinal()) * _DAY - 1)
# 2025, the year of realistic times, in microseconds since `_ZERO`.
_YEAR: Final = (9132 * _DAY, (9132 + 365) * _DAY - 1)
_EPOCH_NANOS: Final = 946_684_800 * _NANOS
_ZONES: Final = (dt.UTC, None, dt.timezone(dt.timedelta(hours=2)), dt.timezone(dt.timedelta(hours=-9, minutes=-30)))
_MAX_EXPONENT: Final = 30


def _micros(source: Source[S], low: Any, high: Any, step: int = 1) -> S:
    """Return the recipe of microseconds since `_ZERO`, a multiple of *step*."""
    least, most = _YEAR if source.is_realistic else _ALL
    if low is not None:
        least = low
        most = max(most, low)
    if high is not None:
        most = high
        least = least if low is not None else min(least, high)
    return source.mapped(source.evenly(-(-least // step), most // step), lambda count: count * step)


def _datetimes(source: Source[S], low: Any, high: Any, _hint: str) -> S:
    bound = low if low is not None else high
    if bound is not None:  # which have to be compared with the bounds: all aware, or none
        zones: tuple[Any, ...] = (bound.tzinfo,)
        start = _ZERO.replace(tzinfo=bound.tzinfo)
        least, most = (None if each is None else (each - start) // _MICRO for each in (low, high))
        micros = _micros(source, least, most)
    else:
        zones = (dt.UTC,) if source.is_realistic else _ZONES
        micros = _micros(source, None, None, 1000 if source.is_realistic else 1)

    def make(held: Any) -> dt.datetime:
        count, zone = held
        local: dt.datetime = (_ZERO + count * _MICRO).replace(tzinfo=zone)
        return local

    return source.mapped(source.tuples([micros, source.among(zones)]), make)


def _dates(source: Source[S], low: Any, high: Any, _hint: str) -> S:
    start = _ZERO.date()
    least, most = (None if each is None else (each - start).days * _DAY for each in (low, high))
    days = _micros(source, least, most, _DAY)
    return source.mapped(days, lambda count: start + dt.timedelta(days=count // _DAY))


def _times(source: Source[S], low: Any, high: Any, _hint: str) -> S:
    unit = _SECOND if source.is_realistic else 1
    least = 0 if low is None else _of_day(low)
    most = _DAY - 1 if high is None else _of_day(high)

    def make(count: int) -> dt.time:
        return (_ZERO + min(max(count * unit, least), most) * _MICRO).time()

    return source.mapped(source.evenly(least // unit, most // unit), make)


def _of_day(time: dt.time) -> int:
    return ((time.hour * 60 + time.minute) * 60 + time.second) * _SECOND + time.microsecond


def _timedeltas(source: Source[S], low: Any, high: Any, _hint: str) -> S:
    widest = _DAY if source.is_realistic else 10_000_000 * _DAY
    least = (0 if source.is_realistic else -widest) if low is None else low // _MICRO
    most = max(widest, least) if high is None else high // _MICRO
    return source.mapped(source.integers(min(least, most), most), lambda count: count * _MICRO)


def _timestamps(source: Source[S], low: Any, high: Any, _hint: str) -> S:
    if source.is_realistic and low is None and high is None:
        return source.mapped(_micros(source, None, None, 1000), lambda count: Timestamp(count * 1000 + _EPOCH_NANOS))
    least = MIN_NANOS if low is None else low.nanos
    most = MAX_NANOS if high is None else high.nanos
    if not source.is_realistic:
        counts = source.evenly(least - _EPOCH_NANOS, most - _EPOCH_NANOS)
        return source.mapped(counts, lambda count: Timestamp(count + _EPOCH_NANOS))
    year = 366 * 86_400 * _NANOS
    near = (least, min(most, least + year)) if low is not None else (max(least, most - year), most)
    return source.mapped(source.evenly(*near), Timestamp)


def _durations(source: Source[S], low: Any, high: Any, _hint: str) -> S:
    least = 0 if low is None else low.total_nanos
    most = (2**64 * _NANOS - 1) if high is None else high.total_nanos
    if source.is_realistic:
        most = min(most, least + 86_400 * _NANOS)
    return source.mapped(source.integers(least, most), lambda count: Duration(*divmod(count, _NANOS)))


def _decimals(source: Source[S], low: Any, high: Any, _hint: str) -> S:
    if low is None and high is None:
        if source.is_realistic:
            return source.mapped(source.integers(0, 10**7), lambda cents: decimal.Decimal(cents).scaleb(-2))
        parts = source.tuples([source.integers(-(10**18), 10**18), source.evenly(-_MAX_EXPONENT, _MAX_EXPONENT)])
        return source.mapped(parts, lambda held: decimal.Decimal(held[0]).scaleb(held[1]))
    width = decimal.Decimal(10**6)
    start = high - width if low is None else low
    span = width if high is None or low is None else high - low
    # A part of the span, with two digits more than the bounds have.
    exponent = min(-2, *(int(each.as_tuple().exponent) for each in (start, span)))
    unit = decimal.Decimal(1).scaleb(exponent)
    return source.mapped(source.evenly(0, int(span / unit)), lambda count: start + count * unit)


def _paths(cls: type[PurePath]) -> Callable[..., Any]:
    def make(source: Source[S], _low: Any, _high: Any, _hint: str) -> S:
        parts = source.lists(source.texts(1, 12, "path part"), 1, 4)
        return source.mapped(parts, lambda held: cls("/".join(each.replace("\0", "") for each in held)))

    return make


def _addresses(cls: Any, bits: int, *, prefix: bool) -> Callable[..., Any]:
    def make(source: Source[S], _low: Any, _high: Any, _hint: str) -> S:
        number = source.evenly(0, 2**bits - 1)
        if not prefix:
            return source.mapped(number, cls)
        pair = source.tuples([number, source.evenly(0, bits)])
        is_network = issubclass(cls, ipaddress._BaseNetwork)  # noqa: SLF001 - which has the flag
        return source.mapped(pair, lambda held: cls(held, strict=False) if is_network else cls(held))

    return make


def uuid_bytes(source: Source[S]) -> S:
    """Return the recipe of the 16 bytes of an id: realistic ones are of version 4."""
    if not source.is_realistic:
        return source.binaries(16, 16)
    numbers = source.evenly(0, 2**128 - 1)
    return source.mapped(numbers, lambda number: uuid.UUID(int=number, version=4).bytes)


def _uuids(source: Source[S], _low: Any, _high: Any, _hint: str) -> S:
    return source.mapped(uuid_bytes(source), lambda data: uuid.UUID(bytes=data))


_MAKERS: Final[dict[type, Callable[..., Any]]] = {
    dt.date: _dates,
    dt.datetime: _datetimes,
    dt.time: _times,
    dt.timedelta: _timedeltas,
    decimal.Decimal: _decimals,
    uuid.UUID: _uuids,
    Timestamp: _timestamps,
    Duration: _durations,
    ipaddress.IPv4Address: _addresses(ipaddress.IPv4Address, 32, prefix=False),
    ipaddress.IPv6Address: _addresses(ipaddress.IPv6Address, 128, prefix=False),
    ipaddress.IPv4Interface: _addresses(ipaddress.IPv4Interface, 32, prefix=True),
    ipaddress.IPv6Interface: _addresses(ipaddress.IPv6Interface, 128, prefix=True),
    ipaddress.IPv4Network: _addresses(ipaddress.IPv4Network, 32, prefix=True),
    ipaddress.IPv6Network: _addresses(ipaddress.IPv6Network, 128, prefix=True),
}


def scalar(source: Source[S], tp: Any, low: Any = None, high: Any = None, *, hint: str = "") -> S | None:
    """
    Return the recipe of a scalar; ``None``: *tp* is another type.

    Args:
        source: The source of choices.
        tp: The class.
        low: The least value; ``None``: there is no bound. Realistic values keep to those bounds, too.
        high: The greatest.
        hint: The name of the field.
    """
    make: Callable[..., Any] | None = None
    if isinstance(tp, type):
        make = _MAKERS.get(tp)
        if make is None and issubclass(tp, PurePath):
            make = _paths(tp)
        elif make is None and issubclass(tp, TypedId):
            return source.mapped(uuid_bytes(source), tp.from_bytes)
    made: S | None = None if make is None else make(source, low, high, hint)
    return made
