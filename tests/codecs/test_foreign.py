"""The documents of peers other than Rust: they are read where their type is declared, and nowhere else."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import functools
import math
import pathlib
import tomllib
import uuid

from typing import Annotated, Any, Literal, NamedTuple

import attrs
import cbor2
import msgpack
import pytest

from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypedDict

from symphony_codecs import Codec, DecodeError, get_codec, python
from symphony_types import Duration, JsonValue, NodeId, Timestamp
from tests.codecs.rust_probes import DATA


class Rate(enum.Enum):
    """An enum of floats, one of them whole."""

    HALF = 0.5
    WHOLE = 1.0


TYPES: dict[str, Any] = {
    "Decimal": decimal.Decimal,
    "Duration": Duration,
    "Timestamp": Timestamp,
    "date": dt.date,
    "float enum": Rate,
    "datetime": dt.datetime,
    "timedelta": dt.timedelta,
}
_TABLE = tomllib.loads((DATA / "deviations.toml").read_text(encoding="utf-8"))["deviation"]
DOCUMENTS = [
    pytest.param(TYPES[name], form, document.encode() if form == "json" else bytes.fromhex(document), json, id=document)
    for entry in _TABLE
    for name, form, document, json in entry.get("foreign", ())
]


@attrs.frozen
class Other:
    """A class that is not a member of the unions here."""

    other: int


@attrs.define(slots=False)
class Base:
    """A base class."""

    first: int


@functools.cache
def codecs(form: str) -> tuple[Codec, ...]:
    """Return the codecs that read documents of a format, with strict ones."""
    plain = [get_codec(form), *([get_codec("msgpack-compact")] if form == "msgpack" else [])]
    return (*plain, *(codec.with_options(strict=True) for codec in plain))


def readings(codec: Codec, tp: Any) -> list[Any]:
    """Return the functions of both executors."""
    return [codec.decoder(tp), python.decoder(codec.converter, tp)]


def holders(tp: Any) -> list[tuple[Any, Any, Any]]:
    """Return types that contain *tp*, each with functions that wrap a document's value and unwrap *tp*'s value."""
    held = attrs.make_class("Held", {"held": attrs.field(type=tp)}, frozen=True)
    derived = attrs.make_class(
        "Derived", {"held": attrs.field(type=tp | None, default=None)}, bases=(Base,), slots=False
    )
    keys: Any = TypedDict("keys", {"held": tp})  # type: ignore[misc]
    row: Any = NamedTuple("row", [("held", tp), ("more", int)])  # type: ignore[misc]

    def alone(value: Any) -> Any:
        return value

    def listed(value: Any) -> Any:
        return [value]

    return [
        (tp, alone, alone),
        (tp | None, alone, alone),
        (Annotated[tp, "anything"], alone, alone),
        (tp | bool, alone, alone),
        (bool | tp | None, alone, alone),
        (list[tp], listed, lambda found: found[0]),
        (tuple[tp, ...] | None, listed, lambda found: found[0]),
        (dict[str, list[tp | None]], lambda value: {"key": [value]}, lambda found: found["key"][0]),
        (held, lambda value: {"held": value}, lambda found: found.held),
        (held | Other, lambda value: {"Held": {"held": value}}, lambda found: found.held),
        (derived, lambda value: {"first": 1, "held": value}, lambda found: found.held),
        (keys, lambda value: {"held": value}, lambda found: found["held"]),
        (row, lambda value: [value, 0], lambda found: found.held),
    ]


def around(form: str, document: bytes, make: Any) -> bytes:
    """Return the document of *make*'s result around *document*."""
    if form == "json":
        return get_codec("json").encode(make("MARK")).replace(b'"MARK"', document)
    head = b"\xa4MARK" if form == "msgpack" else b"\x64MARK"
    return get_codec(form).encode(make("MARK")).replace(head, document)


@pytest.mark.parametrize(("tp", "form", "document", "expected"), DOCUMENTS)
def test_documents_of_others(tp: Any, form: str, document: bytes, expected: str) -> None:
    """Both executors read each document with the value of the table, or refuse it, wherever the type occurs."""
    for codec in codecs(form):
        for holder, make, held in holders(tp):
            for read in readings(codec, holder):
                whole = around(form, document, make)
                if not expected:
                    with pytest.raises(DecodeError) as caught:
                        read(whole)
                    assert len(caught.value.issues) == 1
                    continue
                found = held(read(whole))
                assert type(found) is tp
                assert get_codec("json").encode(found, tp).decode() == expected
                # Values are written in Rust's form.
                assert codec.decode(codec.encode(found, tp), tp) == found


class Colour(enum.Enum):
    """An enum of numbers and text."""

    RED = 1
    BLUE = "blue"


class Level(enum.IntEnum):
    """An enum of ints."""

    LOW = 1


class Bits(enum.Flag):
    """A flag."""

    ONE = 1


OTHERS: list[Any] = [
    *(Any, object, JsonValue, None, bool, bytes, bytearray, list[int], set[int], tuple[int, int], dict[str, Any]),
    *(Other, Colour, Level, Bits, Literal["a", 1], uuid.UUID, NodeId, dt.time, Other | bool, list[Any]),
]


@pytest.mark.parametrize("tp", OTHERS, ids=str)
@pytest.mark.parametrize("stamp", [bytes.fromhex("d6ff00000001"), bytes.fromhex("c70cff" + "00" * 12)], ids=["4", "12"])
def test_no_timestamp_elsewhere(tp: Any, stamp: bytes) -> None:
    """All other types refuse MessagePack's timestamp, with its path."""
    for codec in codecs("msgpack"):
        for read in readings(codec, tp):
            with pytest.raises(DecodeError) as caught:
                read(stamp)
            assert {(issue.code, issue.path) for issue in caught.value.issues} == {("wrong_type", ())}
        for read in readings(codec, dict[str, tp]):
            with pytest.raises(DecodeError) as caught:
                read(b"\x81\xa1k" + stamp)
            assert {(issue.code, issue.path) for issue in caught.value.issues} == {("wrong_type", ("k",))}
        with pytest.raises(DecodeError, match=r"MessagePack|variant"):
            codec.decode(stamp, tp)


@pytest.mark.parametrize("tp", [*OTHERS, pathlib.PurePosixPath, str, int, float], ids=str)
def test_no_duration_elsewhere(tp: Any) -> None:
    """All other types read the text of a duration as text."""
    for name in ("json", "msgpack", "cbor"):
        codec = get_codec(name)
        for read in readings(codec, tp):
            try:
                found = read(codec.encode("PT1.5S"))
            except DecodeError:
                continue
            assert type(found) in {str, pathlib.PurePosixPath}
            assert str(found) == "PT1.5S"


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_timestamps_of_msgpack_for_python(moment: dt.datetime) -> None:
    """Every time that the library of MessagePack writes is read."""
    document: Any = msgpack.packb(moment, datetime=True)

    for codec in codecs("msgpack"):
        assert codec.decode(document, dt.datetime) == moment
        assert codec.decode(document, Timestamp) == Timestamp.from_datetime(moment)
        assert codec.decode(b"\x81" + document + b"\xc3", dict[dt.datetime, bool]) == {moment: True}


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 999_999_999))
def test_every_timestamp_of_messagepack(seconds: int, nanos: int) -> None:
    """The executors agree on all of them, and a `Timestamp` loses nothing."""
    document: Any = msgpack.packb(msgpack.Timestamp(seconds, nanos))
    codec = get_codec("msgpack")
    for tp in (Timestamp, dt.datetime):
        outcomes = []
        for read in readings(codec, tp):
            try:
                outcomes.append(read(document))
            except DecodeError as exc:
                outcomes.append(exc.issues)
        assert outcomes[0] == outcomes[1]
        if type(outcomes[0]) is Timestamp:
            assert outcomes[0].nanos == seconds * 10**9 + nanos


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_times_of_cbor2(moment: dt.datetime) -> None:
    """Every time that cbor2 writes is read, as text and as seconds."""
    codec = get_codec("cbor")

    assert codec.decode(cbor2.dumps(moment), dt.datetime) == moment
    assert codec.decode(cbor2.dumps(moment.date()), dt.date) == moment.date()
    seconds = cbor2.dumps(moment.replace(microsecond=0), datetime_as_timestamp=True)
    assert codec.decode(seconds, dt.datetime) == moment.replace(microsecond=0)
    assert codec.decode(seconds, Timestamp) == Timestamp.from_datetime(moment.replace(microsecond=0))


@given(st.timedeltas())
def test_durations_of_iso_8601(span: dt.timedelta) -> None:
    """A duration of days, hours, minutes and seconds equals the one of its seconds."""
    sign, size = ("-", -span) if span < dt.timedelta() else ("", span)
    minutes, seconds = divmod(size.seconds, 60)
    parts = f"P{size.days}DT{minutes // 60}H{minutes % 60}M{seconds}.{size.microseconds:06}S"
    whole = f"PT{size.days * 86_400 + size.seconds}.{size.microseconds:06}S"
    for name in ("json", "msgpack", "cbor"):
        codec = get_codec(name)
        for text in (sign + parts, sign + whole):
            assert codec.decode(codec.encode(text), dt.timedelta) == span
            if not sign:
                assert codec.decode(codec.encode(text), Duration) == Duration.from_timedelta(span)


def test_hooks_of_users() -> None:
    """A hook for a type gets the object that the library of MessagePack makes."""
    document: Any = msgpack.packb({"at": msgpack.Timestamp(1, 2)})

    @attrs.frozen
    class Held:
        at: dt.datetime

    codec = get_codec("msgpack").copy()
    seen: list[Any] = []
    codec.converter.register_structure_hook(dt.datetime, lambda value, _: seen.append(value) or value.to_datetime())
    for read in readings(codec, Held):
        assert read(document) == Held(dt.datetime(1970, 1, 1, 0, 0, 1, tzinfo=dt.UTC))
    assert seen == [msgpack.Timestamp(1, 2)] * 2
    by_time: Any = msgpack.packb({msgpack.Timestamp(1, 2): 1})
    for read in readings(codec, dict[dt.datetime, int]):
        assert read(by_time) == {dt.datetime(1970, 1, 1, 0, 0, 1, tzinfo=dt.UTC): 1}
    assert seen == [msgpack.Timestamp(1, 2)] * 4
    assert {type(value) for value in seen} == {msgpack.Timestamp}


def test_timestamps_in_unknown_fields() -> None:
    """A timestamp in a skipped field is ignored; a field that would be kept is refused."""
    document: Any = msgpack.packb(
        {"other": 1, "at": msgpack.Timestamp(1, 2), "more": [{"at": msgpack.Timestamp(1, 2)}]}
    )
    codec = get_codec("msgpack")

    for read in readings(codec, Other):
        assert read(document) == Other(1)
    for read in readings(codec.with_options(unknown_fields="keep"), Other):
        with pytest.raises(DecodeError) as caught:
            read(document)
        assert [issue.path for issue in caught.value.issues] == [("at",), ("more", 0, "at")]


def test_untagged_unions_read_what_is_written() -> None:
    """A member that could read another peer's form does not take a value from a later member."""

    @attrs.frozen
    class Span:
        value: dt.timedelta

    @attrs.frozen
    class Text:
        value: str

    for name in ("json", "msgpack", "cbor"):
        codec = get_codec(name).with_union(Span | Text, tagging="untagged")
        for read in readings(codec, Span | Text):
            assert read(codec.encode(Text("PT1S"), Span | Text)) == Text("PT1S")
            assert read(codec.encode(Span(dt.timedelta(1)), Span | Text)) == Span(dt.timedelta(1))


@pytest.mark.parametrize("count", [2, 3000])
def test_timestamps_as_keys(count: int) -> None:
    """Timestamps are keys, even in numbers at which chosen hashes would be refused; the last of equal keys counts."""
    document: Any = msgpack.packb({msgpack.Timestamp(seconds): seconds for seconds in range(count)})
    codec = get_codec("msgpack")

    for read in readings(codec, dict[Timestamp, int]):
        assert read(document) == {Timestamp(seconds * 10**9): seconds for seconds in range(count)}
    with pytest.raises(DecodeError):
        codec.decode(document, dict[str, int])
    pair = b"\x81\x92" + msgpack.packb(msgpack.Timestamp(1)) + b"\x05\x07"  # type: ignore[operator]
    for read in readings(codec, dict[tuple[dt.datetime, int], int]):
        assert read(pair) == {(dt.datetime(1970, 1, 1, 0, 0, 1, tzinfo=dt.UTC), 5): 7}
    twice = b"\x82" + 2 * (msgpack.packb(msgpack.Timestamp(1)) + b"\x05")  # type: ignore[operator]
    assert codec.decode(twice, dict[Timestamp, int]) == {Timestamp(10**9): 5}
    with pytest.raises(DecodeError) as caught:
        codec.with_options(strict=True).decode(twice, dict[Timestamp, int])
    assert [issue.code for issue in caught.value.issues] == ["duplicate_key"]


@pytest.mark.parametrize(
    "text", ["PT" + "9" * 10**6 + "S", "P" + "1D" * 10**5, "PT0." + "0" * 10**6 + "1S", "P" * 10**6]
)
def test_hostile_durations(text: str) -> None:
    """A text that is too long for a duration is refused before it is parsed."""
    for codec in (get_codec("json"), get_codec("cbor")):
        for tp in (Duration, dt.timedelta):
            with pytest.raises(DecodeError) as caught:
                codec.decode(codec.encode(text), tp)
            assert [issue.code for issue in caught.value.issues] == ["invalid_value"]


# Decimals from numbers of JSON

_NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,5})?", fullmatch=True).filter(
    str.isascii
)


@attrs.frozen
class Price:
    """A class with a decimal beside other fields."""

    amount: decimal.Decimal
    factor: float = 0.0
    more: Any = None


@attrs.frozen
class Measure:
    """A class with a float instead of a decimal."""

    amount: float


@given(_NUMBERS, st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_of_json(text: str, factor: float) -> None:
    """A number of JSON becomes the decimal of its text; the fields beside it are read as usual."""
    number, codec = decimal.Decimal(text), get_codec("json")
    whole = f'{{"amount": {text}, "factor": {factor!r}, "more": [{{"amount": {factor!r}}}]}}'.encode()

    for read in readings(codec, Price):
        found = read(whole)
        assert found == Price(number, factor, [{"amount": factor}])
        assert found.amount.as_tuple() == number.as_tuple()
        assert type(found.factor) is type(found.more[0]["amount"]) is float
    for read in readings(codec, list[decimal.Decimal]):
        assert list(map(str, read(f"[{text},1,{text}]".encode()))) == [str(number), "1", str(number)]


@pytest.mark.parametrize(
    ("tp", "document", "expected"),
    [
        (decimal.Decimal | float, b"1.10", 1.1),
        (decimal.Decimal | float, b"1", 1.0),
        (decimal.Decimal | float, b'"1.10"', decimal.Decimal("1.10")),
        (decimal.Decimal | int, b"1", 1),
        (decimal.Decimal | int | None, b'"1"', decimal.Decimal(1)),
        (decimal.Decimal | bool | None, b"1.10", decimal.Decimal("1.10")),
        (decimal.Decimal | Price, b"1", decimal.Decimal(1)),
        (decimal.Decimal | list[float], b"1", decimal.Decimal(1)),
        (decimal.Decimal | list[float], b"[1]", [1.0]),
        (decimal.Decimal | Colour, b"1", None),
        (decimal.Decimal | int, b"1.10", None),
    ],
)
def test_decimals_in_unions(tp: Any, document: bytes, expected: Any) -> None:
    """A number is read as a decimal if no other member is a number; encoding and decoding it again gives the same."""
    codec = get_codec("json")
    if expected is None:
        with pytest.raises(DecodeError):
            codec.decode(document, tp)
        return
    for read in readings(codec, tp):
        found = read(document)
        assert found == expected
        assert type(found) is type(expected)
        again = read(codec.encode(found, tp))
        assert again == found
        assert type(again) is type(found)


@pytest.mark.parametrize("members", [Price | Measure, Measure | Price])
def test_decimals_in_untagged_unions(members: Any) -> None:
    """A number is read as the member that wrote it, in either order of the members."""
    codec = get_codec("json").with_union(members, tagging="untagged")
    for read in readings(codec, members):
        for value in (Measure(1.5), Price(decimal.Decimal("1.50"))):
            assert read(codec.encode(value, members)) == value


@attrs.frozen
class Free:
    why: str = ""


@attrs.frozen
class Span:
    lasts: dt.timedelta


@attrs.frozen
class Order:
    cost: Annotated[decimal.Decimal, "in euros"]
    span: Span
    costs: list[decimal.Decimal] = attrs.Factory(list)


@attrs.frozen
class Cost:
    cost: decimal.Decimal


@attrs.frozen
class Whole:
    cost: int


@attrs.frozen
class Said:
    lasts: str


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor"])
@pytest.mark.parametrize(
    ("union", "tree", "expected"),
    [
        (Span | Free, {"lasts": "PT1S"}, Span(dt.timedelta(seconds=1))),
        (Order | Free, {"cost": 3, "span": {"lasts": "PT1S"}, "costs": [1]}, (3, 1, 1)),
        (Free | Span, {"lasts": "PT1S"}, Free()),
        (Span | Said, {"lasts": "PT1S"}, Said("PT1S")),
        (Span | dict[str, str], {"lasts": "PT1S"}, {"lasts": "PT1S"}),
        (Cost | Whole, {"cost": 3}, Whole(3)),
    ],
    ids=str,
)
def test_foreign_forms_in_untagged_unions(name: str, union: Any, tree: Any, expected: Any) -> None:
    """They are read without loss, unless a later member is written in that form."""
    codec = get_codec(name).with_union(union, tagging="untagged")
    if type(expected) is tuple:
        cost, seconds, first = expected
        expected = Order(decimal.Decimal(cost), Span(dt.timedelta(seconds=seconds)), [decimal.Decimal(first)])
    for tp, value, wanted in ((union, tree, expected), (list[union], [tree], [expected])):
        for read in readings(codec, tp):
            assert read(codec.encode(value)) == wanted


@pytest.mark.parametrize("text", ["1.10", "3", "1e400", "0.10000000000000000001"])
def test_numbers_for_decimals_in_untagged_unions(text: str) -> None:
    """They are read by their text, and not as a later member without such a field."""
    codec = get_codec("json").with_union(Price | Free, tagging="untagged")
    document = f'[{{"why":"x"}},{{"amount":{text}}}]'.encode()
    for read in readings(codec, list[Price | Free]):
        _, price = read(document)
        assert str(price.amount) == str(decimal.Decimal(text))


def test_decimals_in_hooks() -> None:
    """A hook that structures parts of its builtins gets decimals with their text as well."""

    @attrs.frozen
    class Held:
        price: Price

    codec = get_codec("json").copy()
    structure = codec.converter.structure
    codec.converter.register_structure_hook(Held, lambda value, _: Held(structure(value["price"], Price)))
    document = b'{"price":{"amount":0.10000000000000000001,"factor":0.5}}'
    for read in readings(codec, list[Held]):
        assert read(b"[" + document + b"]") == [Held(Price(decimal.Decimal("0.10000000000000000001"), 0.5))]
    # A float without a document has no text.
    with pytest.raises(Exception, match=r"a decimal number as text, got 1\.5"):
        structure(1.5, decimal.Decimal)


@pytest.mark.parametrize(
    ("document", "path", "code"),
    [
        (b'{"amount":1.50,"factor":1e400}', (), "out_of_range"),
        (b'{"amount":1.50,"more":[1e400]}', (), "out_of_range"),
        (b'{"amount":1.50,"unknown":-1e400}', (), "out_of_range"),
        (b'{"amount":1e400,"factor":"x"}', ("factor",), "wrong_type"),
        (b'{"amount":1.50,"factor":"x"}', ("factor",), "wrong_type"),
        (b'{"amount":true,"factor":1.5}', ("amount",), "wrong_type"),
        (b'{"amount":[1.5]}', ("amount",), "wrong_type"),
        (b'{"amount":1.50', (), "syntax"),
        (b'{"amount":1e400', (), "syntax"),
        (b'{"amount":1.50}x', (), "trailing_bytes"),
        (b'{"amount":1.' + b"0" * 5000 + b"}", ("amount",), "invalid_value"),
        (b'{"amount":' + b"1" * 5000 + b"}", (), "too_large"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_faults_beside_decimals(document: bytes, path: Any, code: str) -> None:
    """Faults beside a decimal have their path; numbers beyond the range of floats are refused in other fields."""
    for codec in codecs("json"):
        for read in readings(codec, Price):
            with pytest.raises(DecodeError) as caught:
                read(document)
            assert [(issue.path, issue.code) for issue in caught.value.issues] == [(path, code)]


@pytest.mark.parametrize("tp", [*OTHERS, str, dt.datetime, Duration, Timestamp, dt.timedelta, pathlib.Path], ids=str)
def test_numbers_beyond_floats_elsewhere(tp: Any) -> None:
    """A number beyond the range of floats is refused by all types except the decimal, alone and beside one."""
    for read in (*readings(get_codec("json"), tp), *readings(get_codec("json"), tuple[decimal.Decimal, tp])):
        for document in (b"1e400", b"[1.5,-1e400]"):
            with pytest.raises(DecodeError) as caught:
                read(document)
            assert caught.value.issues[0].code == "out_of_range"


@pytest.mark.parametrize(
    ("tp", "tag", "value"),
    [
        (dt.datetime | int, 1, "2020-01-01T00:00:00Z"),
        (dt.datetime | int, 1, 2**70),
        (Timestamp | int, 1, math.nan),
        (Timestamp | float | None, 1, 2**70),
        (dt.date | int | None, 100, "2020-01-01"),
        (decimal.Decimal | list[int], 4, [1, 2, 3]),
        (decimal.Decimal | int, 4, 1),
    ],
)
def test_tags_in_unions_choose_the_member(tp: Any, tag: int, value: Any) -> None:
    """A value after a member's tag is that member or refused; it is never read as another member without the tag."""
    document = cbor2.dumps(cbor2.CBORTag(tag, value))
    for holder, whole, path in ((tp, document, ()), (list[tp], b"\x81" + document, (0,))):
        for read in readings(get_codec("cbor"), holder):
            with pytest.raises(DecodeError) as caught:
                read(whole)
            assert caught.value.issues[0].path == path
