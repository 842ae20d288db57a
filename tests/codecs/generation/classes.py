"""Classes of users whose values are not easy to draw: bounds, patterns, converters, code that refuses, recursion."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import ipaddress
import re
import uuid

from pathlib import Path, PurePosixPath
from typing import Annotated, Any, ClassVar, Final, Generic, Literal, NamedTuple, NotRequired, TypedDict, TypeVar

import attrs

from attrs import validators as v
from typing_extensions import TypeAliasType

from symphony_types import I8, I128, U8, U128, checks
from symphony_types._tagged import TaggedValue
from symphony_types.checks import Each, Either, FloatRange, IntRange, MapOf, OneOf, Text


__all__ = ["IMPOSSIBLE", "TYPES", "Booking", "Bounds", "Expression", "Never", "Order", "Page"]

T = TypeVar("T")


@attrs.define
class Bounds:
    """Validators of attrs that a schema knows, and combinations that it does not."""

    above: int = attrs.field(validator=v.gt(0))
    share: float = attrs.field(validator=[v.ge(0), v.lt(1)])
    few: int = attrs.field(validator=v.and_(v.ge(3), v.le(5)))
    code: str = attrs.field(validator=v.matches_re(r"[A-Z]{2}-\d{4,6}"))
    letter: str = attrs.field(validator=v.in_(["x", "y"]))
    several: list[int] = attrs.field(validator=v.min_len(4))
    long: str = attrs.field(validator=[v.min_len(20), v.max_len(30)])
    maybe: int | None = attrs.field(validator=v.optional(v.gt(10**9)))
    by_key: dict[str, int] = attrs.field(validator=v.deep_mapping(v.matches_re("k[a-z]+"), v.ge(0)))
    emails: list[str] = attrs.field(validator=v.deep_iterable(v.matches_re(r"\w+@\w+\.com"), v.instance_of(list)))
    far: int = attrs.field(validator=v.or_(v.lt(-(10**6)), v.gt(10**12)))
    other: int = attrs.field(validator=v.not_(v.in_([0, 1, 2])))
    one_class: int | str = attrs.field(validator=v.instance_of(int))
    lower: str = attrs.field(converter=str.lower, validator=v.matches_re(r"[a-z]+", 0, re.fullmatch))
    three: set[int] = attrs.field(validator=[v.min_len(3), v.max_len(4)])


@attrs.define
class Ordered:
    """Bounds of what has an order and is no number of a schema."""

    at: dt.datetime = attrs.field(validator=v.ge(dt.datetime(2020, 1, 1, tzinfo=dt.UTC)))
    naive: dt.datetime = attrs.field(validator=v.lt(dt.datetime(2020, 1, 1)))
    day: dt.date = attrs.field(validator=[v.ge(dt.date(2020, 1, 1)), v.lt(dt.date(2020, 1, 5))])
    price: decimal.Decimal = attrs.field(validator=[v.ge(0), v.le(1)])
    large: decimal.Decimal = attrs.field(validator=v.gt(decimal.Decimal("100.5")))
    span: dt.timedelta = attrs.field(validator=v.gt(dt.timedelta(0)))
    night: dt.time = attrs.field(validator=v.lt(dt.time(1)))


@attrs.define
class Checked:
    """The checks of `symphony_types`."""

    unique: list[int] = attrs.field(validator=Each(item=IntRange(0, 5), unique=True))
    by_key: dict[str, int] = attrs.field(validator=MapOf(Text(pattern="[a-f]{3}"), IntRange(1, 2)))
    either: int | str = attrs.field(validator=Either((IntRange(0, 3), Text(minimum=1)), "an id"))
    share: float = attrs.field(validator=FloatRange(0, 1))
    maybe: str | None = attrs.field(validator=checks.optional(OneOf(("a", "b"))))
    zip: Annotated[str, Text(pattern="[0-9]{5}")]
    short: list[Annotated[str, Text(minimum=3, maximum=5)]]


@attrs.define
class Converted:
    """Converters, a private name, fields that the constructor does not take, a factory."""

    number: int = attrs.field(converter=int, validator=[v.ge(0), v.le(10)])
    text: str = attrs.field(converter=str.strip, validator=v.min_len(5))
    items: tuple[int, ...] = attrs.field(converter=tuple, validator=v.deep_iterable(v.in_(range(5))))
    _private: int = attrs.field(validator=v.in_(range(10**9, 2 * 10**9)))
    twice: int = attrs.field(init=False)
    made: list[int] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.twice = self.number * 2


@attrs.define
class State:
    """A field that no constructor takes and no code computes."""

    count: int = attrs.field(init=False, default=3, validator=v.ge(3))
    tag: Literal["state"] = attrs.field(init=False, default="state")


@attrs.define
class Opaque:
    """What only code says: of single fields, and of two together."""

    percentage: int = attrs.field()
    address: str = attrs.field()
    low: int
    high: int

    @percentage.validator
    def _is_percentage(self, _attribute: Any, value: int) -> None:
        if not 0 <= value <= 100:
            raise ValueError("expected a percentage")

    @address.validator
    def _is_address(self, _attribute: Any, value: str) -> None:
        if "@" not in value:
            raise ValueError("expected an @")

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("expected low <= high")


@attrs.define
class Booking:
    """A validator that looks at another field."""

    start: dt.datetime
    end: dt.datetime = attrs.field()

    @end.validator
    def _is_later(self, _attribute: Any, value: dt.datetime) -> None:
        if (self.start.tzinfo is None) != (value.tzinfo is None) or value < self.start:
            raise ValueError("expected an end after the start")


@attrs.define
class Rare:
    """One of a hundred numbers."""

    number: int = attrs.field()

    @number.validator
    def _is_rare(self, _attribute: Any, value: int) -> None:
        if value % 97:
            raise ValueError("expected a multiple of 97")


@attrs.define
class Holder:
    """Some of those."""

    items: list[Opaque]
    by_name: dict[str, Rare]


@dataclasses.dataclass
class Plain:
    """A dataclass that refuses."""

    x: int
    y: float
    z: Annotated[int, IntRange(5, 9)]

    def __post_init__(self) -> None:
        if self.x < 0 or self.y > 1e3:
            raise ValueError("out of range")


@attrs.define
class OwnConstructor:
    """A constructor of its own."""

    x: int

    def __init__(self, x: int) -> None:
        if x < 5:
            raise ValueError("expected 5 or more")
        self.x = x


@attrs.define(eq=False)
class ByIdentity:
    """Equal to itself alone."""

    x: int
    below: list[ByIdentity] = attrs.field(factory=list)


@attrs.frozen
class Number:
    """A leaf."""

    value: int


@attrs.frozen
class Sum:
    """Two expressions."""

    left: Expression
    right: Expression


@attrs.frozen
class Product:
    """Two at least."""

    factors: list[Expression] = attrs.field(validator=v.min_len(2))


Expression = Number | Sum | Product
Json = TypeAliasType("Json", "dict[str, Json] | list[Json] | str | int | None")


@attrs.define
class Page(Generic[T]):
    """A generic class that holds itself."""

    item: T
    next: Page[T] | None = None


class Folder(TypedDict):
    """A typed dict that holds itself."""

    name: str
    below: NotRequired[list[Folder]]


class Link(NamedTuple):
    """A named tuple that holds itself."""

    number: int
    next: Link | None = None


class Access(enum.IntFlag):
    """Bits."""

    READ = 1
    WRITE = 2
    RUN = 4


@attrs.frozen
class Containers:
    """All sorts of them."""

    by_int: dict[int, str]
    by_byte: dict[U8, float]
    counter: collections.Counter[str]
    ordered: collections.OrderedDict[str, int]
    default: collections.defaultdict[str, list[int]]
    queue: collections.deque[int]
    pairs: frozenset[tuple[int, str]]
    by_address: dict[ipaddress.IPv4Address, ipaddress.IPv6Network]


@attrs.define
class Scalars:
    """All sorts of them."""

    access: Access
    literal: Literal[1, "a", True] | None
    uuid: uuid.UUID
    path: Path
    posix: PurePosixPath
    data: bytes
    buffer: bytearray
    interface: ipaddress.IPv4Interface
    wide: I128
    wider: U128
    small: I8
    final: Final[int] = 3  # type: ignore[misc] - attrs takes it as a field
    shared: ClassVar[int] = 4


@attrs.define
class Patterns:
    """All sorts of them."""

    flags: str = attrs.field(validator=v.matches_re(r"(?i)abc\b.*", 0, re.match))
    number: str = attrs.field(validator=v.matches_re(r"^\d+(\.\d+)?$", 0, re.search))
    letters: str = attrs.field(validator=v.matches_re(r"[^\W\d_]+"))
    length: str = attrs.field(validator=[v.matches_re(r"[a-z]+"), v.min_len(12), v.max_len(14)])
    groups: str = attrs.field(validator=v.matches_re(r"(?:foo|bar|baz){2,3}"))
    ahead: str = attrs.field(validator=v.matches_re(r"(?=.*\d)(?=.*[a-z]).{8,}"))
    again: str = attrs.field(validator=v.matches_re(r"(['\"]).*\1"))
    phone: str = attrs.field(validator=v.matches_re(r"\+?\d{1,3}[ -]?\(?\d{3}\)?[ -]?\d{3}[ -]?\d{4}"))
    not_x: str = attrs.field(validator=v.matches_re(r"(?!x)[a-z]{1,3}"))
    chinese: str = attrs.field(validator=v.matches_re(r"[\u4e00-\u9fff]+"))


@attrs.define
class Line:
    """Part of an order."""

    sku: str
    quantity: int
    price: decimal.Decimal


@attrs.define
class Order:
    """What people have."""

    id: uuid.UUID
    customer_email: str
    description: str
    ordered_at: dt.datetime
    lines: list[Line]
    tags: list[str]
    total: float


@attrs.define
class Never:
    """A validator that takes nothing."""

    good: int
    bad: int = attrs.field()

    @bad.validator
    def _takes_nothing(self, _attribute: Any, _value: int) -> None:
        raise ValueError("never\ngood")


@attrs.define
class NeverWhole:
    """A constructor that takes nothing."""

    x: int

    def __attrs_post_init__(self) -> None:
        raise ValueError("no way")


@attrs.define
class Endless:
    """Every value holds another one."""

    inner: Endless


@attrs.define
class Growing:
    """What is read back is another value."""

    x: int = attrs.field(converter=lambda x: x + 1)


@attrs.define
class Empty:
    """Bounds that leave nothing."""

    x: int = attrs.field(validator=[v.ge(5), v.le(3)])


@attrs.define
class Unsupported:
    """What no codec takes."""

    x: complex


TYPES: Final[tuple[Any, ...]] = (
    *(Bounds, Ordered, Checked, Converted, State, Opaque, Booking, Rare, Holder, Plain, OwnConstructor, ByIdentity),
    *(Number, Sum, Expression, Json, Page[int], Page[Page[str]], Folder, Link, Containers, Scalars, Patterns, Order),
    *(list[Opaque], Opaque | None, tuple[Opaque, Rare], list, dict, set, Literal["a", 1], int | float, Any),
)

IMPOSSIBLE: Final[tuple[tuple[Any, str], ...]] = (
    (Never, "the field 'bad' of Never .* never good.*: give a sample, or register a Hypothesis strategy"),
    (tuple[int, Never], "the field 'bad' of Never .* never good"),
    (NeverWhole, "a NeverWhole .* no way"),
    (Endless, "every value of Endless would have to hold another one without end"),
    (Growing, "a value of Growing .* reads back another value"),
    (Empty, r"the field 'x' of Empty has no values: no int is from 5 to 3: correct its validators, or give a sample"),
    (Unsupported, "Unsupported.x: unsupported type complex: register hooks"),
    (complex, "unsupported type complex"),
    (TaggedValue, "TaggedValue has no variants"),
)
"""Types without values, and what the error says."""
