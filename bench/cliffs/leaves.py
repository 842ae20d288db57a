"""The leaves in three of a record's eight fields: every kind of scalar, in every form that other encoders write."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import ipaddress
import pathlib
import random
import uuid

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, NewType

import attrs


__all__ = ["LEAVES", "Leaf", "Money", "rewritten"]

_START: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_INDIA: Final = dt.timezone(dt.timedelta(hours=5, minutes=30))


@attrs.frozen(kw_only=True)
class Leaf:
    """
    A type and its values.

    Args:
        name: The name in tables.
        type: The type.
        value: Returns the value with a number.
        rewrite: Returns another encoder's form of a scalar of a document; ``None`` for our form.
        hashable: Whether the values are hashable.
    """

    name: str
    type: Any
    value: Callable[[int], Any]
    rewrite: Callable[[Any], Any] | None = None
    hashable: bool = True


def rewritten(document: Any, rewrite: Callable[[Any], Any]) -> Any:
    """Return builtins with *rewrite* applied to each scalar, including keys."""
    if isinstance(document, dict):
        return {rewrite(key): rewritten(value, rewrite) for key, value in document.items()}
    if isinstance(document, list):
        return [rewritten(value, rewrite) for value in document]
    return rewrite(document)


class Money:
    """A class of the user that needs hooks in every library; see `hooks`."""

    __slots__ = ("cents",)

    def __init__(self, cents: int) -> None:
        self.cents = cents

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and self.cents == other.cents

    def __hash__(self) -> int:
        return hash(self.cents)


class Colour(enum.Enum):
    """An enum of strings."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Level(enum.Enum):
    """An enum of integers."""

    LOW = 1
    HIGH = 20


class Mixed(enum.Enum):
    """An enum of strings and integers."""

    NAMED = "named"
    NUMBERED = 7


class Aliased(enum.Enum):
    """An enum with two names for one value."""

    ONE = "one"
    UNO = "one"  # noqa: PIE796 - the point
    TWO = "two"


class Word(enum.StrEnum):
    """An enum whose members are strings."""

    YES = "yes"
    NO = "no"


class Number(enum.IntEnum):
    """An enum whose members are integers."""

    ONE = 1
    TWO = 2


class Access(enum.Flag):
    """Flags."""

    READ = 1
    WRITE = 2
    RUN = 4


class IntAccess(enum.IntFlag):
    """Flags that are integers."""

    READ = 1
    WRITE = 2
    RUN = 4


Name = NewType("Name", str)


def _moment(number: int) -> dt.datetime:
    return _START + dt.timedelta(seconds=977 * number, microseconds=7919 * number % 999_983 + 1)


def _seconds(number: int) -> dt.datetime:
    return _START + dt.timedelta(seconds=977 * number)


def _millis(number: int) -> dt.datetime:
    return _seconds(number) + dt.timedelta(milliseconds=number * 7 % 999 + 1)


def _as_moment(change: Callable[[dt.datetime], str]) -> Callable[[Any], Any]:
    def rewrite(value: Any) -> Any:
        if isinstance(value, str) and len(value) >= 19 and value[10] == "T" and value[:2] == "20":
            return change(dt.datetime.fromisoformat(value))
        return value

    return rewrite


def _nine_digits(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


def _whole_as_int(value: Any) -> Any:
    return int(value) if type(value) is float and value.is_integer() else value


def _wide(number: int) -> int:
    return 2**80 + number * 2**64 + 12345


def _float17(number: int) -> float:
    return random.Random(number).uniform(0.1, 1.0)  # noqa: S311 - data, not secrets


def _of(members: Any) -> Callable[[int], Any]:
    listed = list(members)
    return lambda number: listed[number % len(listed)]


def _bits(cls: Any) -> Callable[[int], Any]:
    return lambda number: cls(number % 8)


def _escapes(number: int) -> str:
    return f'line {number}\n"quoted"\t\\path\\{number}\r\x01\x1f"'


def _leaf(name: str, tp: Any, value: Callable[[int], Any], **more: Any) -> Leaf:
    return Leaf(name=name, type=tp, value=value, **more)


def _naive(number: int) -> dt.datetime:
    return _moment(number).replace(tzinfo=None)


def _duration(number: int) -> dt.timedelta:
    return dt.timedelta(days=number % 5, seconds=number * 31, microseconds=number * 997 % 10**6)


LEAVES: Final = {
    leaf.name: leaf
    for leaf in (
        _leaf("text", str, lambda n: f"value {n}"),
        _leaf("bool", bool, lambda n: n % 2 == 0),
        _leaf("int", int, lambda n: n * 7),
        _leaf("int, negative", int, lambda n: -n * 7919 - 1),
        _leaf("int, 19 digits", int, lambda n: 10**18 + n * 999_983),
        _leaf("int, above i64", int, lambda n: 2**63 + n),
        _leaf("int, wide", int, _wide),
        _leaf("float", float, lambda n: n * 0.5 + 0.25),
        _leaf("float, 17 digits", float, _float17),
        _leaf("float, exponent", float, lambda n: (n + 1) * 1.5e200),
        _leaf("float, whole", float, float),
        _leaf("float, ints on the wire", float, float, rewrite=_whole_as_int),
        _leaf("text, 2 kB", str, lambda n: f"{n} ".ljust(2000, "x")),
        _leaf("text, escapes", str, _escapes),
        _leaf("text, non-ASCII", str, lambda n: f"Zoë {n} 漢字 naïve"),
        _leaf("text, astral", str, lambda n: f"smile 😀 {n} 𝄞"),
        _leaf("text, empty", str, lambda _: ""),
        _leaf("bytes", bytes, lambda n: n.to_bytes(4, "big") * 4),
        _leaf("bytes, 2 kB", bytes, lambda n: n.to_bytes(4, "big") * 500),
        _leaf("bytearray", bytearray, lambda n: bytearray(n.to_bytes(4, "big") * 4), hashable=False),
        _leaf("datetime, Z", dt.datetime, _moment),
        _leaf("datetime, +00:00", dt.datetime, _moment, rewrite=_as_moment(dt.datetime.isoformat)),
        _leaf("datetime, +05:30", dt.datetime, lambda n: _moment(n).astimezone(_INDIA)),
        _leaf("datetime, 0 digits", dt.datetime, _seconds),
        _leaf("datetime, 0 digits, +00:00", dt.datetime, _seconds, rewrite=_as_moment(dt.datetime.isoformat)),
        _leaf(
            "datetime, 3 digits",
            dt.datetime,
            _millis,
            rewrite=_as_moment(lambda at: at.isoformat(timespec="milliseconds").replace("+00:00", "Z")),
        ),
        _leaf("datetime, 9 digits", dt.datetime, _moment, rewrite=_as_moment(_nine_digits)),
        _leaf(
            "datetime, small t and z",
            dt.datetime,
            _moment,
            rewrite=_as_moment(lambda at: at.isoformat().replace("T", "t").replace("+00:00", "z")),
        ),
        _leaf("datetime, naive", dt.datetime, _naive),
        _leaf("date", dt.date, lambda n: dt.date(2026, 1, 1) + dt.timedelta(days=n)),
        _leaf("time", dt.time, lambda n: dt.time(n % 24, n % 60, 7, n * 7919 % 10**6)),
        _leaf("timedelta", dt.timedelta, _duration),
        _leaf("Decimal", decimal.Decimal, lambda n: decimal.Decimal(n * 7 + 1) / 100),
        _leaf("UUID", uuid.UUID, lambda n: uuid.UUID(int=random.Random(n).getrandbits(128), version=4)),  # noqa: S311
        _leaf("Path", pathlib.Path, lambda n: pathlib.Path(f"/srv/data/{n}.txt")),
        _leaf("PurePosixPath", pathlib.PurePosixPath, lambda n: pathlib.PurePosixPath(f"/srv/data/{n}.txt")),
        _leaf("IPv4Address", ipaddress.IPv4Address, lambda n: ipaddress.IPv4Address(0x0A000000 + n)),
        _leaf("IPv6Address", ipaddress.IPv6Address, lambda n: ipaddress.IPv6Address((0xFD << 120) + n)),
        _leaf("IPv4Network", ipaddress.IPv4Network, lambda n: ipaddress.IPv4Network((0x0A000000 + (n << 8), 24))),
        _leaf("IPv6Interface", ipaddress.IPv6Interface, lambda n: ipaddress.IPv6Interface(((0xFD << 120) + n, 64))),
        _leaf("Enum, str", Colour, _of(Colour)),
        _leaf("Enum, int", Level, _of(Level)),
        _leaf("Enum, mixed", Mixed, _of(Mixed)),
        _leaf("Enum, aliases", Aliased, _of(Aliased)),
        _leaf("StrEnum", Word, _of(Word)),
        _leaf("IntEnum", Number, _of(Number)),
        _leaf("Flag", Access, _bits(Access)),
        _leaf("IntFlag", IntAccess, _bits(IntAccess)),
        _leaf("Literal, str", Literal["open", "closed", "lost"], _of(("open", "closed", "lost"))),
        _leaf("Literal, int", Literal[1, 2, 30], _of((1, 2, 30))),
        _leaf("Literal, mixed", Literal["auto", 1, True], _of(("auto", 1, True))),
        _leaf("Literal, enum", Literal[Colour.RED, Colour.BLUE], _of((Colour.RED, Colour.BLUE))),
        _leaf("NewType", Name, lambda n: f"name {n}"),
        _leaf("Annotated", Annotated[str, "a remark"], lambda n: f"remark {n}"),
        _leaf("None", type(None), lambda _: None),
        _leaf("Any, scalars", Any, _of((1, "two", None, 3.5, True))),
        _leaf("Any, nested", Any, lambda n: {"a": [n, "x", {"b": None}], "c": n * 0.5}, hashable=False),
        _leaf("object, nested", dict[str, Any], lambda n: {"a": [n, "x", {"b": None}], "c": n * 0.5}, hashable=False),
        _leaf("int | str", int | str, _of((1, "two", 3, "four"))),
        _leaf("int | float", int | float, _of((1, 2.5, 3))),
        _leaf("int | str | bool | None", int | str | bool | None, _of((1, "two", None, True))),
        _leaf("str | list[str]", str | list[str], lambda n: "x" if n % 2 else ["y", "z"], hashable=False),
        _leaf("int | dict[str, int]", int | dict[str, int], lambda n: n if n % 2 else {"y": n}, hashable=False),
        _leaf("user's class", Money, Money),
    )
}
