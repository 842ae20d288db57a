"""The keys of maps, of whatever type: what is written is read back as it was, or it is refused."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import itertools
import time
import uuid

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, NewType, TypedDict

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, executor, get_codec
from symphony_types import U8


@attrs.frozen
class Point:
    x: int
    y: str = ""


@dataclass(frozen=True)
class Where:
    row: int
    column: float | None = None


@attrs.frozen
class Other:
    z: bool


@attrs.define
class Unhashable:
    x: int


class Pair(NamedTuple):
    a: int
    b: str


class Word(enum.Enum):
    RED = "red"


class Whole(enum.IntEnum):
    ONE = 1
    TWO = 2


class Mixed(enum.Enum):
    ONE = 1
    NAME = "name"
    HALF = 0.5
    YES = True


class Bits(enum.IntFlag):
    A = 1
    B = 2


class Shape(TypedDict):
    a: int


Offset = NewType("Offset", int)

# By name: the type of keys, and keys of it that differ.
KEYS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "text": (str, ("", "a", "1", "true", "é\n", "x" * 40)),
    "integer": (int, (0, 1, -1, 2**63, -(2**63))),
    "bounded": (U8, (0, 255)),
    "named integer": (Offset, (0, -5)),
    "boolean": (bool, (True, False)),
    "float": (float, (0.0, 1.5, -2.0, 1e300, 1e-7)),
    "bytes": (bytes, (b"", b"a", b"\xff" * 300)),
    "id": (uuid.UUID, (uuid.UUID(int=1), uuid.UUID(int=2))),
    "datetime": (dt.datetime, (dt.datetime(2024, 2, 29, tzinfo=dt.UTC),)),
    "date": (dt.date, (dt.date(2024, 2, 29), dt.date(1, 1, 1))),
    "decimal": (decimal.Decimal, (decimal.Decimal("1.10"), decimal.Decimal(2))),
    "enum of text": (Word, (Word.RED,)),
    "enum of integers": (Whole, (Whole.ONE, Whole.TWO)),
    "enum of all kinds": (Mixed, (Mixed.NAME, Mixed.HALF)),
    "flag": (Bits, (Bits.A, Bits.A | Bits.B)),
    "literal": (Literal["a", 2], ("a", 2)),
    "optional text": (str | None, ("a", None)),
    "optional integer": (int | None, (1, None)),
    "integer or text": (int | str, (1, "a", "2")),
    "integer or float": (int | float, (1, 2.5)),
    "boolean or integer": (bool | int, (True, 7)),
    "pair": (tuple[int, int], ((1, 2), (2, 1))),
    "texts": (tuple[str, ...], ((), ("a",), ("a", "b"))),
    "nested pair": (tuple[tuple[int, str], bytes | None], (((1, "a"), None), ((1, "b"), b"x"))),
    "named tuple": (Pair, (Pair(1, "a"), Pair(2, "b"))),
    "class": (Point, (Point(1), Point(1, "b"))),
    "dataclass": (Where, (Where(1), Where(1, 2.5))),
    "classes": (Point | Other, (Point(1), Other(True))),
    "class or none": (Point | None, (Point(1), None)),
    "frozen set": (frozenset[int], (frozenset(), frozenset((1, 2)))),
    "pair or text": (tuple[int, int] | str, ((1, 2), "a")),
    "duration": (dt.timedelta, (dt.timedelta(seconds=1), dt.timedelta(days=-1))),
    "checked": (Annotated[int, attrs.validators.ge(0)], (1, 2)),
}
ARRAYS = frozenset(
    (
        "pair",
        "texts",
        "nested pair",
        "named tuple",
        "class",
        "dataclass",
        "frozen set",
        "duration",
        "classes",
        "class or none",
    )
)


@pytest.fixture(name="runs", params=["engine", "python"], autouse=True)
def _runs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(executor, "_decode", None)
        monkeypatch.setattr(executor, "_encode", None)


@pytest.mark.parametrize("case", KEYS)
@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
def test_a_map_comes_back_as_it_was_or_is_refused(name: str, case: str) -> None:
    """Each key alone and all together, inside other values, and where a codec is strict."""
    key_type, keys = KEYS[case]
    codec = get_codec(name).copy()
    strict = codec.with_options(strict=True)
    as_type: Any = dict[key_type, Point]
    holder: Any = attrs.make_class("Holder", {"held": attrs.field(type=as_type)})
    entries = dict.fromkeys(keys, Point(1, "a"))
    tries: list[tuple[Codec, Any, Any]] = [
        (codec, list[as_type], [entries, entries]),
        (codec, holder, holder(entries)),
        (codec, dict[key_type, Any], {key: {"a": [1, None]} for key in keys}),
        *((each, as_type, {key: Point(1, "a")}) for key in keys for each in (codec, strict)),
        *((each, as_type, entries) for each in (codec, strict)),
    ]
    written = 0
    for each, tp, held in tries:
        try:
            data = each.encode(held, tp)
        except EncodeError:
            continue
        written += 1
        back = each.decode(data, tp)
        assert back == held
        assert each.encode(back, tp) == data
    # Whatever serde writes is written.
    assert written == len(tries) or name == "json"


def test_both_executors_write_the_same(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes for the same keys, and the same refusal."""

    def outcome(as_type: Any, value: Any) -> Any:
        try:
            return codec.copy().encode(value, as_type)
        except EncodeError as error:
            return [(issue.path, issue.code, issue.message) for issue in error.issues]

    cases = [(dict[key_type, int], dict.fromkeys(keys, 1)) for key_type, keys in KEYS.values()]
    usual = [outcome(*case) for case in cases]
    monkeypatch.setattr(executor, "_encode", None)

    assert [outcome(*case) for case in cases] == usual


SERDE: list[tuple[str, Any, Any, str]] = [
    ("json", dict[bool, int], {True: 1, False: 2}, b'{"true":1,"false":2}'.hex()),
    ("json", dict[float, int], {1.5: 1, 2.0: 2}, b'{"1.5":1,"2.0":2}'.hex()),
    ("json", dict[int | None, int], {1: 1}, b'{"1":1}'.hex()),
    ("json", dict[Mixed, int], {Mixed.ONE: 1, Mixed.NAME: 2}, b'{"1":1,"name":2}'.hex()),
    ("msgpack", dict[bool, int], {True: 1}, "81c301"),
    ("cbor", dict[bool, int], {True: 1}, "a1f501"),
    ("msgpack", dict[tuple[int, int], int], {(1, 2): 1}, "8192010201"),
    ("msgpack-compact", dict[Point, int], {Point(1, "a"): 1}, "819201a16101"),
    ("msgpack", dict[Point, int], {Point(1, "a"): 1}, "8182a17801a179a16101"),
    ("cbor", dict[Point, int], {Point(1, "a"): 1}, "a1a26178016179616101"),
    ("cbor", dict[tuple[int, int], int], {(1, 2): 1}, "a182010201"),
    ("cbor", dict[int | None, int], {None: 1}, "a1f601"),
    ("msgpack", dict[frozenset[int], int], {frozenset((2, 1)): 1}, "8192010201"),
]


@pytest.mark.parametrize(("name", "as_type", "value", "wire"), SERDE)
def test_keys_look_as_serde_writes_them(name: str, as_type: Any, value: Any, wire: str) -> None:
    """serde_json, rmp-serde and serde_cbor."""
    codec = get_codec(name).copy()

    assert codec.encode(value, as_type).hex() == wire
    assert codec.decode(bytes.fromhex(wire), as_type) == value


@pytest.mark.parametrize("case", sorted(ARRAYS))
def test_json_has_no_arrays_and_maps_as_keys(case: str) -> None:
    """It is said when the encoder or the decoder is made, with the type."""
    codec = get_codec("json").copy()
    as_type: Any = dict[KEYS[case][0], int]
    for make in (codec.encoder, codec.decoder):
        with pytest.raises((EncodeError, DecodeError), match="no key of a map in json"):
            make(as_type)


@pytest.mark.parametrize("tp", [Unhashable, list[int], dict[str, int], Shape, tuple[int, list[int]], str | set[int]])
def test_a_type_without_hashes_is_no_key(codec: Codec, tp: Any) -> None:
    """Whatever the format, when the encoder or the decoder is made; the class is named."""
    as_type: Any = dict[tp, int]
    for make in (codec.copy().encoder, codec.copy().decoder):
        with pytest.raises((EncodeError, DecodeError), match=r"(Unhashable|list|dict|Shape|set).* cannot be hashed"):
            make(as_type)


@pytest.mark.parametrize("text", ["", "01", "+1", "1.0.0", "tru", "True", "nan", "Infinity", "1e999", " 1", "1 ", "-"])
def test_json_texts_that_stand_for_no_scalar(text: str) -> None:
    """What is no number as JSON has it, and no boolean; the key is in the path."""
    codec = get_codec("json").copy()
    for tp in (bool, int, float, int | float):
        as_type: Any = dict[tp, int]
        with pytest.raises(DecodeError) as caught:
            codec.decode(get_codec("json").encode({text: 1}), as_type)

        assert [(issue.path, issue.code) for issue in caught.value.issues] == [((text,), "wrong_type")]


EQUAL: list[tuple[str, str, Any]] = [
    ("msgpack", "82 920102 01 920102 02", dict[tuple[int, int], int]),
    ("cbor", "a2 820102 01 820102 02", dict[tuple[int, int], int]),
    ("msgpack", "82 82a17801a179a161 01 82a179a161a17801 02", dict[Point, int]),
    ("cbor", "a2 a26178016179 6161 01 a2617961 61617801 02", dict[Point, int]),
    ("msgpack", "82 9101 01 91ca3f800000 02", dict[tuple[float], int]),
    ("msgpack", "82 920102 01 920201 02", dict[frozenset[int], int]),
]


@pytest.mark.parametrize(("name", "wire", "as_type"), EQUAL)
def test_keys_that_become_equal_lose_nothing(name: str, wire: str, as_type: Any) -> None:
    """Refused, unless the document has the very same key twice and the format lets the last one count."""
    codec = get_codec(name).copy()
    data = bytes.fromhex(wire)
    if wire == EQUAL[0][1]:
        assert codec.decode(data, as_type) == {(1, 2): 2}
        codec = codec.with_options(strict=True)
    with pytest.raises(DecodeError) as caught:
        codec.decode(data, as_type)

    assert {issue.code for issue in caught.value.issues} == {"duplicate_key"}


@pytest.mark.parametrize("name", ["msgpack", "cbor"])
@pytest.mark.parametrize("as_type", [Any, dict[Any, int], dict[str, Any], Point, list[Any]])
def test_where_no_type_says_so_arrays_are_no_keys(name: str, as_type: Any) -> None:
    """Untyped maps have text, integers and byte strings as keys; unknown fields may be anything."""
    codec = get_codec(name).copy()
    pair = codec.encode({(1, 2): 1}, dict[tuple[int, int], int])
    data = codec.encode({"x": 1, "unknown": None})[:-1] + pair if as_type is Point else pair
    if as_type is Point:
        assert codec.decode(data, Point) == Point(1)
        return
    data = (b"\x91" if name == "msgpack" else b"\x81") + pair if as_type == list[Any] else pair
    with pytest.raises(DecodeError) as caught:
        codec.decode(data, as_type)

    assert {issue.code for issue in caught.value.issues} == {"wrong_type"}


@pytest.mark.parametrize("name", ["msgpack", "cbor"])
def test_keys_count_for_the_depth(name: str) -> None:
    """An array in a key is as deep as one in a value."""
    tp: Any = int
    value: Any = 1
    for _ in range(6):
        tp, value = tuple[tp], (value,)
    as_type: Any = dict[tp, int]
    data = get_codec(name).encode({value: 1}, as_type)
    for depth, fits in ((7, False), (8, True)):
        codec = get_codec(name).with_options(max_depth=depth)
        if fits:
            assert codec.decode(data, as_type) == {value: 1}
            assert codec.encode({value: 1}, as_type) == data
            continue
        for call in (lambda: codec.decode(data, as_type), lambda: codec.encode({value: 1}, as_type)):  # noqa: B023
            with pytest.raises((DecodeError, EncodeError)) as caught:
                call()
            assert {issue.code for issue in caught.value.issues} == {"too_deep"}


@pytest.mark.parametrize("name", ["msgpack", "cbor"])
def test_every_fault_of_a_key_is_named(name: str) -> None:
    """Those of its parts, and of the values beside."""
    codec = get_codec(name).copy()
    data = codec.encode({("a", 2): "b", (1, 2): 3, (4, 5): "c"}, dict[tuple[str | int, int], Any])
    with pytest.raises(DecodeError) as caught:
        codec.decode(data, dict[tuple[int, int], int])

    assert sorted(issue.code for issue in caught.value.issues) == ["wrong_type"] * 3


@pytest.mark.parametrize("name", ["msgpack", "cbor"])
def test_hashes_of_pairs_that_collide(name: str) -> None:
    """Pairs whose hashes somebody chose are refused before they take long."""
    modulus = 2**61 - 1
    codec = get_codec(name).copy()
    ones = [number * modulus for number in range(-4, 9)]
    keys = [(a, b, c) for a in ones for b in ones for c in ones]
    as_type: Any = dict[tuple[int, ...], None]
    parts = [get_codec(name).encode(list(key)) + get_codec(name).encode(None) for key in keys]
    head = (b"\xde" if name == "msgpack" else b"\xb9") + len(keys).to_bytes(2)
    with pytest.raises(DecodeError) as caught:
        codec.decode(head + b"".join(parts), as_type)

    assert {issue.code for issue in caught.value.issues} == {"too_large"}


class Text(str):
    __slots__ = ()


class Colour(enum.StrEnum):
    RED = "red"


class Number(int):
    pass


@attrs.frozen
class Anything:
    held: Any


UNTYPED: list[tuple[Any, Any]] = [
    ({Colour.RED: 1, "a": 2}, {"red": 1, "a": 2}),
    ({Text("x"): {Text("y"): Colour.RED}}, {"x": {"y": "red"}}),
    ({Word.RED: 1}, {"red": 1}),
    ([{Colour.RED: {"a": 1}}] * 2, [{"red": {"a": 1}}] * 2),
]
UNTYPED_NUMBERS: list[tuple[Any, Any]] = [
    ({Whole.ONE: 1, Number(7): 2, 3: 3}, {1: 1, 7: 2, 3: 3}),
    ({Bits.A: Whole.ONE}, {1: 1}),
]


@pytest.mark.parametrize("as_type", [None, Any, dict[Any, Any], dict[str, Any], "holder"])
def test_untyped_keys_go_on_the_wire_as_values_do(codec: Codec, as_type: Any) -> None:
    """Subclasses of text, of integers in binary formats, and enums of either."""
    codec = codec.copy()
    numbers = UNTYPED_NUMBERS if codec.format.is_binary and as_type in (None, Any) else []
    for value, wire in UNTYPED + numbers:
        if as_type == "holder":
            assert codec.encode(Anything(value)) == codec.encode(Anything(wire))
        elif isinstance(value, dict) and not (as_type == dict[str, Any] and Word.RED in value):
            assert codec.encode(value, as_type) == codec.encode(wire)


def test_untyped_keys_that_become_equal_are_refused(codec: Codec) -> None:
    """One entry would be lost."""
    codec = codec.copy()
    for value in ({Word.RED: 1, "red": 2}, [{"a": {"red": 2, Word.RED: 1}}]):
        with pytest.raises(EncodeError) as caught:
            codec.encode(value)

        assert {issue.code for issue in caught.value.issues} == {"duplicate_key"}


def test_untyped_keys_that_are_no_text(json: Codec) -> None:
    """JSON has no integers as keys where no type says how to read them."""
    for key in (1, Whole.ONE, 1.5, None, True, (1,), b"a", uuid.UUID(int=1)):
        with pytest.raises(EncodeError) as caught:
            json.copy().encode({"x": {key: 1}})

        assert [issue.code for issue in caught.value.issues] == ["wrong_type"]


NAMED = NewType("NAMED", int)


class Plain:
    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plain) and (type(self.value), self.value) == (type(other.value), other.value)

    def __hash__(self) -> int:
        return hash(self.value)


WRITTEN = (0, 7, -3, "7", "a", "true", "1.5", True, 1.5, b"x", b"7")


@pytest.mark.parametrize("registered", ["int", "NewType", "Annotated", "IntEnum", "class", "bool", "float"])
def test_a_hook_of_keys_gets_back_what_it_wrote(codec: Codec, registered: str) -> None:
    """In the same builtin class; what a text could not tell is refused."""
    tp: Any = {
        "int": int,
        "NewType": NAMED,
        "Annotated": Annotated[int, "seconds"],
        "IntEnum": Whole,
        "class": Plain,
        "bool": bool,
        "float": float,
    }[registered]
    read = 0
    for wire in WRITTEN:
        hooked = codec.copy()
        given: list[Any] = []
        hooked.converter.register_unstructure_hook(tp, lambda _, wire=wire: wire)
        hooked.converter.register_structure_hook(tp, lambda value, _, given=given: given.append(value) or "key")
        key = Plain(1) if registered == "class" else Whole.ONE if registered == "IntEnum" else 1
        try:
            data = hooked.encode({key: None}, dict[tp, None])
        except EncodeError:
            assert codec.format.text_keys
            continue
        read += 1
        as_type: Any = dict[tp, None]
        assert hooked.decode(data, as_type) == {"key": None}
        assert [(type(each), each) for each in given] == [(type(wire), wire)]
    assert read == len(WRITTEN) if not codec.format.text_keys else read >= 4


@pytest.mark.parametrize("name", ["msgpack", "cbor"])
def test_reading_pairs_whose_hashes_collide_takes_linear_time(name: str) -> None:
    """Also where nobody asks for a map: four times the keys take no more than about four times as long."""
    modulus = 2**61 - 1
    codec = get_codec(name).copy()
    one, four = ([number * modulus for number in numbers] for numbers in (range(-4, 4), range(-4, 9)))
    times = []
    for count, numbers in ((4000, one), (16000, four)):
        keys = itertools.islice(itertools.product(numbers, repeat=5), count)
        parts = [codec.encode(list(key)) + codec.encode(None) for key in keys]
        data = (b"\xde" if name == "msgpack" else b"\xb9") + count.to_bytes(2) + b"".join(parts)
        start = time.process_time()
        with pytest.raises(DecodeError):
            codec.decode(data, int)
        times.append(time.process_time() - start)

    assert times[1] < 10 * times[0] + 0.1
