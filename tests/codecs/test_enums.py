"""Enums and flags of every make: a member comes back as itself, or it is refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import itertools
import uuid

from collections.abc import Callable, Iterator
from typing import Any, Literal

import attrs
import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_codecs.formats.base import CborTag
from symphony_codecs.python import decoder, encoder
from symphony_codecs.schema.comparison import comparable, count_parts


NAMES = ("json", "msgpack", "msgpack-compact", "cbor")


@attrs.frozen
class Mass:
    kg: float


@dataclasses.dataclass(frozen=True)
class Spec:
    legs: int
    name: str = "x"


class Creature(Spec, enum.Enum):  # pyright: ignore[reportIncompatibleVariableOverride]
    CAT = 4, "cat"
    ANT = 6, "ant"


class Planet(enum.Enum):
    EARTH = Mass(5.97e24)
    MARS = Mass(6.4e23)


Maps: Any = enum.Enum("Maps", {"ONE": {"x": 1}, "TWO": {"x": 1.5, "y": [1, (2, None)]}, "NONE": {}})  # type: ignore[misc]


Arrays: Any = enum.Enum("Arrays", {"ONE": [1], "PAIR": (1, 2), "NONE": [], "DEEP": ((1,), (1.5,))})  # type: ignore[misc]


class Mixed(enum.Enum):
    INTEGER = 1
    TEXT = "true"
    NONE = None
    ARRAY = (1,)
    SET = frozenset({1, 2})
    DATE = dt.date(2020, 1, 1)
    UUID = uuid.UUID(int=5)
    DECIMAL = decimal.Decimal("1.50")
    BYTES = b"ab"
    FLOAT = 2.5


class Times(enum.Enum):
    THEN = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    LONG = dt.timedelta(seconds=1)


class Ratio(float, enum.Enum):
    ONE = 1.0
    HALF = 0.5
    LARGE = 2.0**60
    ENDLESS = float("inf")


class Undefined(enum.Enum):
    NAN = float("nan")
    ONE = 1


class Wide(enum.IntEnum):
    LARGE = 2**64
    LOW = -(2**70)
    ONE = 1


class Raw(bytes, enum.Enum):
    ZERO = b"\x00"
    NONE = b""


class AnyCase(enum.StrEnum):
    LOW = "low"
    HIGH = enum.auto()

    @classmethod
    def _missing_(cls, value: object) -> AnyCase | None:
        return next((member for member in cls if isinstance(value, str) and value.lower() == member.value), None)


class Open(int, enum.Enum):
    """An enum that makes a member of any int, as generated clients of evolving services do."""

    ONE = 1

    @classmethod
    def _missing_(cls, value: object) -> Open:
        if type(value) is not int:
            raise TypeError(value)
        made = int.__new__(cls, value)
        made._name_, made._value_ = f"UNKNOWN_{value}", value
        return made


class Pairs(enum.Enum):
    PAIR = (1, 2)
    NONE = ()

    @classmethod
    def _missing_(cls, value: object) -> Pairs | None:
        return cls.NONE if type(value) is tuple else None


class OwnValue(enum.Enum):
    FIRST = 1
    SECOND = 2

    @property
    def value(self) -> str:
        return self.name.lower()


@enum.unique
class Ignoring(enum.Enum):
    _ignore_ = "number"
    A = enum.auto()
    B = "b"
    number = 5


ENUMS: tuple[Any, ...] = (
    *(Creature, Planet, Maps, Arrays, Mixed, Times, Ratio, Undefined, Wide, Raw, AnyCase, Open, Pairs),
    *(OwnValue, Ignoring),
)


class Access(enum.IntFlag):
    READ = 1
    WRITE = 2
    BOTH = 3


class Gaps(enum.Flag, boundary=enum.STRICT):
    NONE = 0
    LOW = 1
    HIGH = 12


class Conform(enum.IntFlag, boundary=enum.CONFORM):
    A = 1
    C = 4


class Eject(enum.IntFlag, boundary=enum.EJECT):
    A = 1
    B = 2


class Keep(enum.Flag, boundary=enum.KEEP):
    A = 1
    ALSO_A = 1
    TOP = 128


class OwnBits(enum.Flag):
    A = 1
    B = 2

    @property
    def value(self) -> int:
        return self._value_ << 1


class Forgiving(enum.IntFlag, boundary=enum.STRICT):
    A = 1
    B = 2

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return super()._missing_(value & 3 if isinstance(value, int) else value)


FLAGS: tuple[Any, ...] = (Access, Gaps, Conform, Eject, Keep, OwnBits, Forgiving)


def shapes(cls: Any) -> Iterator[tuple[Any, Callable[[Any], Any]]]:
    """Yield types that contain *cls*, each with a function that makes a value from a member."""
    yield cls, lambda member: member
    yield list[cls], lambda member: [member, member]
    yield cls | None, lambda member: member
    yield cls | int, lambda member: member
    yield cls | str, lambda member: member
    yield cls | bytes | None, lambda member: member
    yield cls | list[int] | None, lambda member: member
    yield dict[cls, int], lambda member: {member: 1}
    yield dict[str, cls], lambda member: {"key": member}
    yield tuple[cls, int], lambda member: (member, 1)
    yield frozenset[cls], lambda member: frozenset((member,))
    made = attrs.make_class("Held", {"field": attrs.field(type=cls)}, frozen=True)
    yield made, made


def members(cls: Any) -> tuple[Any, ...]:
    if issubclass(cls, enum.Flag):
        made = []
        for bits in (*range(16), 64, 2**40, 2**63):
            try:
                member = cls(bits)
            except ValueError:
                continue
            made += [member] if type(member) is cls else []
        return (*made, *(~member for member in made if type(~member) is cls))
    return (*cls, *map(Open, (5, -7, 2**40))) if cls is Open else tuple(cls)


def is_refused(codec: Codec, tp: Any) -> bool:
    """Return whether *tp* is refused in both directions when a codec makes functions for it."""
    failed = []
    for make in (codec.encoder, codec.decoder):
        try:
            make(tp)
        except (EncodeError, DecodeError):
            failed.append(make)
    assert len(failed) in (0, 2), failed
    return bool(failed)


def same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cls", [*ENUMS, *FLAGS])
def test_what_is_written_is_read_or_it_is_refused(cls: Any, name: str, strict: bool) -> None:
    codec = get_codec(name).with_options(strict=strict)
    written = 0
    for tp, make in itertools.islice(shapes(cls), 3 if strict else None):
        if is_refused(codec, tp):
            continue
        write, read = encoder(codec.converter, tp), decoder(codec.converter, tp)
        for member in members(cls):
            value = make(member)
            try:
                data = codec.encode(value, tp)
            except EncodeError:
                continue
            written += 1
            back = codec.decode(data, tp)
            assert same(back, value) or cls is Undefined, (tp, value, data, back)
            assert write(value) == data
            assert same(read(data), value) or cls is Undefined
    assert written


@pytest.mark.parametrize("name", NAMES)
def test_the_class_is_asked_for_values_that_it_does_not_know(name: str) -> None:
    codec = get_codec(name)

    def read(value: Any, tp: Any) -> Any:
        return codec.decode(codec.encode(value), tp)

    assert read("LOW", AnyCase) is AnyCase.LOW
    assert read(["High", "low"], list[AnyCase]) == [AnyCase.HIGH, AnyCase.LOW]
    assert read({"HIGH": "Low"}, dict[AnyCase, AnyCase]) == {AnyCase.HIGH: AnyCase.LOW}
    assert read([9], Pairs) is Pairs.NONE
    assert read(7, AnyCase | int) == 7
    made = read(7, Open)
    assert (made.value, made.name) == (7, "UNKNOWN_7")
    for value, tp, code in (
        ("none", AnyCase, "unknown_tag"),
        (5, AnyCase, "wrong_type"),
        (True, Open, "wrong_type"),
        ("1", Open, "wrong_type"),
    ):
        with pytest.raises(DecodeError) as caught:
            read([value], list[tp])
        assert [(issue.code, issue.path) for issue in caught.value.issues] == [(code, (0,))]


def test_members_that_cannot_be_read_again_are_refused() -> None:
    json = get_codec("json")
    forged = int.__new__(Open, 1)
    forged._name_, forged._value_ = "FORGED", 1
    with pytest.raises(EncodeError, match="that can be read again"):
        json.encode(forged, Open)
    with pytest.raises(EncodeError, match="that can be read again"):
        json.encode(Ratio.ENDLESS, Ratio)
    with pytest.raises(EncodeError):  # null means None in the union
        json.encode(Mixed.NONE, Mixed | None)


@pytest.mark.parametrize("name", NAMES)
def test_values_of_members_count_with_their_classes(name: str) -> None:
    near: Any = enum.Enum("Near", {"ONE": (1, "1"), "MAP": {"a": 1}})  # type: ignore[misc]
    codec = get_codec(name)
    assert codec.decode(codec.encode([1, "1"]), near) is near.ONE
    for other in ([1.0, "1"], [True, "1"], [1, 1], [1], [1, "1", None], {"a": True}, {"a": 1.0}, {"b": 1}, {}, []):
        with pytest.raises(DecodeError):
            codec.decode(codec.encode(other), near)


@pytest.mark.parametrize(
    "values", [{"A": (1,), "B": [1]}, {"A": "1.50", "B": decimal.Decimal("1.50")}, {"A": {"kg": 1.0}, "B": Mass(1.0)}]
)
def test_members_that_look_the_same_are_refused(values: dict[str, Any]) -> None:
    cls: Any = enum.Enum("Same", values)  # type: ignore[misc]
    for make in (get_codec("json").encoder, get_codec("json").decoder):
        with pytest.raises((EncodeError, DecodeError), match="look the same on the wire: A and B"):
            make(cls)


@pytest.mark.parametrize("name", NAMES)
def test_whole_numbers_for_members_that_are_floats(name: str) -> None:
    codec = get_codec(name)
    assert codec.decode(codec.encode(1), Ratio) is Ratio.ONE
    assert codec.decode(codec.encode(2**60), Ratio) is Ratio.LARGE
    assert codec.decode(codec.encode([1, 0.5]), list[Ratio]) == [Ratio.ONE, Ratio.HALF]
    assert codec.decode(codec.encode(1), Ratio | str) is codec.decode(codec.encode(1), Ratio | None) is Ratio.ONE
    for other in (0, 2**60 + 1, True, "1.0"):
        with pytest.raises(DecodeError):
            codec.decode(codec.encode(other), Ratio)


def test_texts_of_keys_that_only_the_class_knows() -> None:
    json = get_codec("json")
    for read in (json.decoder, lambda tp: decoder(json.converter, tp)):
        assert read(dict[Ratio, int])(b'{"1":1,"0.5":2}') == {Ratio.ONE: 1, Ratio.HALF: 2}
        assert read(dict[Open, int])(b'{"1":1,"-7":2}') == {Open.ONE: 1, Open(-7): 2}
        assert read(dict[AnyCase, int])(b'{"LOW":1}') == {AnyCase.LOW: 1}
        for document in (b'{"x":1}', b'{"1.5":1}', b'{"true":1}'):
            with pytest.raises(DecodeError):
                read(dict[Open, int])(document)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("cls", "bits"),
    [(Gaps, 2), (Gaps, 16), (Conform, 2), (Conform, 65), (Eject, 4), (Access, -1), (Gaps, -1), (OwnBits, 1)],
)
def test_bits_that_a_flag_would_lose_are_refused(cls: Any, bits: int, name: str) -> None:
    codec = get_codec(name)
    with pytest.raises(DecodeError) as caught:
        codec.decode(codec.encode([bits]), list[cls])  # pyright: ignore[reportInvalidTypeForm]
    assert [(issue.code, issue.path) for issue in caught.value.issues] == [("out_of_range", (0,))]


def test_bits_that_the_class_itself_makes_a_member_of() -> None:
    assert get_codec("json").decode(b"5", Forgiving) is Forgiving.A


def test_literals_of_members_are_what_the_members_are() -> None:
    json = get_codec("json")
    assert json.decode(b'{"kg":6.4e23}', Literal[Planet.MARS, "none"]) is Planet.MARS
    with pytest.raises(DecodeError):
        json.decode(b'{"kg":5.97e24}', Literal[Planet.MARS])
    with pytest.raises(DecodeError):
        json.decode(b"1", Literal[Ratio.ONE])  # only the enum itself accepts whole numbers


@pytest.mark.parametrize("name", NAMES)
def test_a_default_that_the_class_makes(name: str) -> None:
    """Equal members are different objects where the class makes them."""

    @attrs.frozen
    class Holder:
        level: Open = attrs.field(default=Open(7))

    codec = get_codec(name).with_options(omit_defaults=True)
    for value in (Holder(), Holder(Open(7)), Holder(Open(8)), Holder(Open.ONE)):
        data = codec.encode(value)
        assert data == encoder(codec.converter, Holder)(value)
        assert codec.decode(data, Holder) == value


def test_all_members_without_a_form_are_named() -> None:
    cls: Any = enum.Enum("Odd", {"A": object(), "B": 1, "C": 1j})  # type: ignore[misc]
    with pytest.raises(EncodeError) as caught:
        get_codec("json").encoder(list[cls])  # pyright: ignore[reportInvalidTypeForm]
    assert [issue.message.split(":")[0] for issue in caught.value.issues] == ["list[Odd][].A", "list[Odd][].C"]


_BUILTINS = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-1, 1) | st.sampled_from(["", "a", "1"]) | st.just(b"a"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", 1, b"a"]), inner, max_size=3)
    ),
    max_leaves=6,
)


_VALUES = _BUILTINS | st.sampled_from(
    (Mass(1.0), Mass(2.0), (1, 2), (1, (True,)), frozenset({1}), dt.date(2020, 1, 1), decimal.Decimal("1.5"), 2**70)
)


@settings(max_examples=40)
@given(st.lists(_VALUES, min_size=1, max_size=5), st.sampled_from(NAMES))
def test_enums_of_any_values(values: list[Any], name: str) -> None:
    cls: Any = enum.Enum("Any", [(f"M{place}", value) for place, value in enumerate(values)])  # type: ignore[misc]
    codec = get_codec(name)
    if is_refused(codec, cls):
        return
    write, read = encoder(codec.converter, cls), decoder(codec.converter, cls)
    for member in cls:
        try:
            data = codec.encode(member, cls)
        except EncodeError:
            with pytest.raises(EncodeError):
                write(member)
            continue
        assert write(member) == data
        assert codec.decode(data, cls) is read(data) is member
    for value in values:  # each value comes back unchanged
        try:
            data = codec.encode(value)
            found = codec.decode(data, cls)
        except (EncodeError, DecodeError):
            continue
        assert codec.encode(found, cls) == data or data == codec.encode(int(found.value))


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 40) | st.sampled_from([2**20, 2**63]), min_size=1, max_size=5),
    st.sampled_from([enum.Flag, enum.IntFlag]),
    st.sampled_from([enum.KEEP, enum.CONFORM, enum.EJECT, enum.STRICT]),
    st.sampled_from(NAMES),
)
def test_flags_of_any_bits(values: list[int], base: Any, boundary: Any, name: str) -> None:
    named = {f"M{place}": value for place, value in enumerate(values)}
    try:
        cls = base("Any", named, boundary=boundary)
    except TypeError:  # bits that no member has
        return
    codec = get_codec(name)
    write, read = encoder(codec.converter, cls), decoder(codec.converter, cls)
    for bits in (*range(48), *values, -1, -2, 2**40, 2**63 + 1):
        data = codec.encode(bits)
        try:
            member: Any = cls(bits)
        except ValueError:
            member = None
        if type(member) is cls and member.value == bits:
            assert codec.encode(member, cls) == write(member) == data
            assert codec.decode(data, cls) is read(data) is member
            continue
        if type(member) is cls:  # CONFORM has dropped some of them
            assert codec.decode(codec.encode(member, cls), cls) is member
        for decode in (codec.decoder(cls), read):
            with pytest.raises(DecodeError):
                decode(data)


def _shown(value: Any) -> Any:
    """Return *value* with the class of each part; maps in order."""
    if isinstance(value, dict):
        return "dict", sorted((repr(key), repr(_shown(item))) for key, item in value.items())
    return ("list", [_shown(item) for item in value]) if isinstance(value, list) else (type(value), value)


@given(_BUILTINS, _BUILTINS)
def test_builtins_are_compared_with_their_classes(one: Any, other: Any) -> None:
    most = max(count_parts(one), count_parts(other))
    assert (comparable(one, most) == comparable(other, most)) == (_shown(one) == _shown(other))
    assert comparable(CborTag(5, one), most) == comparable(one, most)
    assert comparable([one] * (most + 1), most) is None
