"""Classes of one's own, as Rust's derives have them: bytes that serde wrote, in every format, both ways."""

from __future__ import annotations

import dataclasses
import enum
import json as stdlib_json
import uuid

from collections.abc import Callable
from typing import Any, Final, NamedTuple, NewType

import attrs
import pytest

from symphony_codecs import Codec, EncodeError, FieldOptions, get_codec
from symphony_types.integers import I64, U8, U64
from tests.codecs.rust_probes import DATA


Setup = Callable[[Codec], Codec]

_COLUMNS: Final = {"json": "json", "msgpack": "msgpack_named", "msgpack-compact": "msgpack_compact", "cbor": "cbor"}
_ROWS: Final[list[dict[str, Any]]] = [
    stdlib_json.loads(line) for line in (DATA / "shapes.jsonl").read_bytes().splitlines()
]

ID: Final = uuid.UUID("67e55044-10b1-426f-9247-bb680e5fe0c8")


class Color(enum.Enum):
    """``enum Color { Red, Green, DarkBlue }``."""

    RED = "Red"
    GREEN = "Green"
    DARK_BLUE = "DarkBlue"


Meters = NewType("Meters", float)


class Pair(NamedTuple):
    """``struct Pair(i64, String);``."""

    number: I64
    text: str


@attrs.frozen
class Unit:
    """``struct Unit;``."""


@attrs.frozen
class Plain:
    """Every field of another kind."""

    a: I64
    b: str | None
    c: list[I64]
    d: tuple[str, bool]


@attrs.frozen
class Tree:
    """Recursive."""

    value: I64
    children: list[Tree]


@attrs.frozen
class Big:
    """The widest integers."""

    u: U64
    i: I64


@attrs.frozen
class Blob:
    """``serde_bytes::ByteBuf``."""

    data: bytes
    maybe: bytes | None


@attrs.frozen
class Maps:
    """Keys that are no text."""

    m: dict[I64, str] | None
    u: dict[uuid.UUID, Color]
    s: frozenset[str]


@attrs.frozen
class Skips:
    """``rename``, ``skip_serializing_if``, ``skip``, ``default``."""

    a: I64
    b: I64 | None = None
    c: I64 = 0
    d: list[I64] = attrs.field(factory=list)


@attrs.frozen
class Rec:
    """What `Wrapped` holds."""

    side: float
    color: str


@attrs.frozen
class Nothing:
    """A unit variant."""


@attrs.frozen
class Text:
    """A newtype variant."""

    text: str


@attrs.frozen
class Maybe:
    """A newtype variant of an option."""

    value: I64 | None


@attrs.frozen
class Wrapped:
    """A newtype variant of a struct."""

    rec: Rec


@attrs.frozen
class Square:
    """A struct variant."""

    side: float
    color: str


@attrs.frozen
class One:
    """A struct variant of one field."""

    x: I64 | None


@attrs.frozen
class Move:
    """A tuple variant: a newtype whose field is a tuple."""

    to: tuple[I64, I64]


@attrs.frozen
class Items:
    """A newtype variant of a list, called ``List``."""

    items: list[I64]


@attrs.frozen
class Table:
    """A newtype variant of a map, called ``Map``."""

    entries: dict[str, I64]


Variant = Nothing | Text | Maybe | Wrapped | Square | One | Move | Items
CborTag = Nothing | Wrapped | Square | One
Free = Square | One
Bare = Text | Wrapped | Move
Mixed = I64 | str | list[I64] | Rec | None

_NEWTYPES: Final = {Text, Maybe, Wrapped, Move, Items}


def _plain(codec: Codec) -> Codec:
    return codec


def _skips(codec: Codec) -> Codec:
    fields = {
        "a": FieldOptions(rename="A-a"),
        "b": FieldOptions(omit_none=True),
        "c": FieldOptions(omit=True),
        "d": FieldOptions(omit_default=True),
    }
    return codec.with_class(Skips, fields=fields)


def _external(codec: Codec) -> Codec:
    return codec.with_union(Variant, newtype=_NEWTYPES, names={Items: "List"})


def _adjacent(codec: Codec) -> Codec:
    return codec.with_union(Variant, tagging="adjacent", tag="t", content="c", newtype=_NEWTYPES, names={Items: "List"})


def _internal(codec: Codec) -> Codec:
    return codec.with_union(CborTag, tagging="internal", newtype={Wrapped})


def _internal_map(codec: Codec) -> Codec:
    return codec.with_union(Table | One, tagging="internal", newtype={Table}, names={Table: "Map"})


def _untagged(codec: Codec) -> Codec:
    codec = codec.with_union(Free, tagging="untagged")
    return codec.with_union(Bare, tagging="untagged", newtype={Text, Wrapped, Move})


def _untagged_unit(codec: Codec) -> Codec:
    return codec.with_union(Nothing | One, tagging="untagged")


def _mixed(codec: Codec) -> Codec:
    return codec.with_union(Mixed, tagging="untagged")


# What the rows of the data have as their values: how the codec is set up, the type, the value.
CASES: Final[dict[str, tuple[Setup, Any, Any]]] = {
    "u64_max": (_plain, Big, Big(2**64 - 1, -(2**63))),
    "small_ints": (_plain, Big, Big(127, -32)),
    "middle_ints": (_plain, Big, Big(65536, -129)),
    "char": (_plain, str, "\U0001f600"),
    "controls": (_plain, str, "\x00\x07\b\t\n\x0b\f\r\x1b\x1f\x7f"),
    "quotes": (_plain, str, '"\\/ é \u2028 \U0010ffff'),
    "unit_struct": (_plain, Unit, Unit()),
    "newtype_struct": (_plain, Meters, Meters(1.5)),
    "tuple_struct": (_plain, Pair, Pair(-1, "x")),
    "empty_tuple_type": (_plain, None, None),
    "unit_enum": (_plain, Color, Color.DARK_BLUE),
    "struct": (_plain, Plain, Plain(1, "b", [2, -3], ("d", True))),
    "struct_with_none": (_plain, Plain, Plain(-1, None, [], ("", False))),
    "tree": (_plain, Tree, Tree(1, [Tree(2, []), Tree(3, [Tree(4, [])])])),
    "bytes": (_plain, Blob, Blob(b"\x00\xff", None)),
    "optional_bytes": (_plain, Blob, Blob(b"", b"\x80")),
    "keys": (_plain, Maps, Maps({-1: "a", 2: "b"}, {ID: Color.RED}, frozenset({"s"}))),
    "no_map": (_plain, Maps, Maps(None, {}, frozenset())),
    "integer_keys": (_plain, dict[I64, str], {-(2**63): "", -1: "a", 0: "b", 2**63 - 1: "c"}),
    "uuid_keys": (_plain, dict[uuid.UUID, I64], {ID: 1}),
    "enum_keys": (_plain, dict[Color, I64], {Color.RED: 1, Color.DARK_BLUE: -1}),
    "nested_maps": (_plain, dict[str, dict[I64, list[str]]], {"": {}, "k": {7: ["x", ""]}}),
    "option_of_option": (_plain, list[I64 | None], [None, 1, None]),
    "tuple": (_plain, tuple[I64, str, bool], (1, "x", False)),
    "array_of_u8": (_plain, tuple[U8, U8, U8, U8], (0, 127, 128, 255)),
    "nested_tuples": (
        _plain,
        tuple[tuple[I64, float], list[tuple[str, I64 | None]]],
        ((1, 2.0), [("a", None), ("b", 3)]),
    ),
    "skipped_none": (_skips, Skips, Skips(1)),
    "nothing_skipped": (_skips, Skips, Skips(1, 2, 0, [3])),
    "external_unit": (_external, Variant, Nothing()),
    "external_newtype": (_external, Variant, Text("x")),
    "external_none": (_external, Variant, Maybe(None)),
    "external_some": (_external, Variant, Maybe(5)),
    "external_struct_in_newtype": (_external, Variant, Wrapped(Rec(1.5, "r"))),
    "external_struct": (_external, Variant, Square(2.0, "r")),
    "external_one_field": (_external, Variant, One(3)),
    "external_tuple": (_external, Variant, Move((1, -1))),
    "external_list": (_external, Variant, Items([1, 2])),
    "external_optional": (_external, Variant | None, None),
    "external_in_list": (_external, list[Variant], [Nothing(), Text(""), One(0)]),
    "internal_unit": (_internal, CborTag, Nothing()),
    "internal_struct_in_newtype": (_internal, CborTag, Wrapped(Rec(1.5, "r"))),
    "internal_struct": (_internal, CborTag, Square(2.0, "r")),
    "internal_one_field": (_internal, CborTag, One(3)),
    "internal_none": (_internal, CborTag, One(None)),
    "internal_map": (_internal_map, Table | One, Table({"a": 1, "b": -2})),
    "internal_in_list": (_internal, list[CborTag], [One(1), Nothing()]),
    "internal_optional": (_internal, CborTag | None, None),
    "adjacent_unit": (_adjacent, Variant, Nothing()),
    "adjacent_newtype": (_adjacent, Variant, Text("x")),
    "adjacent_none": (_adjacent, Variant, Maybe(None)),
    "adjacent_some": (_adjacent, Variant, Maybe(5)),
    "adjacent_struct_in_newtype": (_adjacent, Variant, Wrapped(Rec(1.5, "r"))),
    "adjacent_struct": (_adjacent, Variant, Square(2.0, "r")),
    "adjacent_one_field": (_adjacent, Variant, One(3)),
    "adjacent_tuple": (_adjacent, Variant, Move((1, -1))),
    "adjacent_list": (_adjacent, Variant, Items([1, 2])),
    "adjacent_in_list": (_adjacent, list[Variant], [Nothing(), Text(""), One(0)]),
    "untagged_struct": (_untagged, Free, Square(2.0, "r")),
    "untagged_one_field": (_untagged, Free, One(3)),
    "untagged_newtype": (_untagged, Bare, Text("x")),
    "untagged_struct_in_newtype": (_untagged, Bare, Wrapped(Rec(1.5, "r"))),
    "untagged_tuple": (_untagged, Bare, Move((1, -1))),
    "untagged_unit": (_untagged_unit, Nothing | One, Nothing()),
    "untagged_beside_unit": (_untagged_unit, Nothing | One, One(3)),
    "mixed_integer": (_mixed, Mixed, -7),
    "mixed_text": (_mixed, Mixed, "x"),
    "mixed_list": (_mixed, Mixed, [1, 300]),
    "mixed_struct": (_mixed, Mixed, Rec(1.0, "r")),
    "mixed_null": (_mixed, Mixed, None),
}


# Made of names, since the body of a class would mangle one of them.
FIELDS: Final = [
    "http_server2_id",
    "a",
    "x_y",
    "_private",
    "__dunder",
    "trailing_",
    "two__under",
    "x1_2",
    "camelAlready",
    "URL",
    "snake_Case",
    "x_größe",
    "stra_ße",
    "xy_été",
]
Names: Final[Any] = dataclasses.make_dataclass("Names", [(name, I64) for name in FIELDS], frozen=True)


def _value_of_length(kind: str, length: int) -> tuple[Any, Any]:
    """Return a value of *kind* and its type."""
    made: dict[str, tuple[Any, Any]] = {
        "text": ("a" * length, str),
        "bytes": (bytes(length), bytes),
        "array": ([True] * length, list[bool]),
        "map": ({f"{i:05}": 0 for i in range(length)}, dict[str, U8]),
    }
    return made[kind]


def _rows(kind: str) -> list[dict[str, Any]]:
    """Return the rows of the data of one *kind*."""
    return [row for row in _ROWS if row["kind"] == kind]


def test_every_case_has_its_row() -> None:
    """No row of the data goes untested."""
    assert [row["name"] for row in _rows("value")] == list(CASES)


@pytest.mark.parametrize(
    ("name", "format_name"),
    [(row["name"], name) for row in _rows("value") for name, column in _COLUMNS.items() if column in row],
)
def test_bytes_of_serde(name: str, format_name: str) -> None:
    """Encoding gives the bytes that serde wrote, and they are decoded to the value."""
    setup, as_type, value = CASES[name]
    (document,) = (row[_COLUMNS[format_name]] for row in _rows("value") if row["name"] == name)
    wire = document.encode() if format_name == "json" else bytes.fromhex(document)
    codec = setup(get_codec(format_name))

    assert codec.encode(value, as_type) == wire
    assert codec.decode(wire, as_type) == value


@pytest.mark.parametrize("row", _rows("head"), ids=lambda row: f"{row['of']}-{row['length']}")
def test_heads_of_lengths(row: dict[str, Any]) -> None:
    """Lengths take the shortest head, on both sides of each boundary."""
    value, as_type = _value_of_length(row["of"], row["length"])

    for name in ("msgpack", "msgpack-compact", "cbor"):
        codec = get_codec(name)
        data = codec.encode(value, as_type)
        assert data.startswith(bytes.fromhex(row[name.removesuffix("-compact")]))
        assert codec.decode(data, as_type) == value


@pytest.mark.parametrize("row", _rows("rename"), ids=lambda row: row["rule"])
def test_rename_all(row: dict[str, Any]) -> None:
    """Field names go by serde's rules, letters beyond ASCII unchanged."""
    codec = get_codec("json").with_options(rename=row["rule"])
    value = Names(*range(len(FIELDS)))
    data = codec.encode(value)

    assert list(codec.decode(data, dict[str, int])) == row["keys"]
    assert codec.decode(data, Names) == value


@pytest.mark.parametrize("row", _rows("float"), ids=lambda row: row["json"])
def test_floats(row: dict[str, Any]) -> None:
    """JSON has the shortest text in serde_json's spelling, CBOR the narrowest float that is exact."""
    value = get_codec("msgpack").decode(bytes.fromhex(row["msgpack"]), float)

    # serde_json writes the plus sign of an exponent from version 1.0.147 on
    assert get_codec("json").encode(value).decode().replace("e+", "e") == row["json"]
    assert get_codec("cbor").encode(value).hex() == row["cbor"]
    assert repr(get_codec("json").decode(row["json"].encode(), float)) == repr(value)
    assert repr(get_codec("cbor").decode(bytes.fromhex(row["cbor"]), float)) == repr(value)


def test_compact_forms_that_serde_reads() -> None:
    """What serde cannot read of its own arrays it reads as a map or with a null: so does this."""
    codec = get_codec("msgpack-compact")
    adjacent, untagged = _adjacent(codec), _untagged(codec)

    assert adjacent.decode(codec.encode(["Square", {"side": 2.0, "color": "r"}]), Variant) == Square(2.0, "r")
    assert adjacent.encode(Nothing(), Variant) == codec.encode(["Nothing", None])
    assert adjacent.decode(codec.encode(["Nothing", None]), Variant) == Nothing()
    assert adjacent.decode(codec.encode(["Nothing"]), Variant) == Nothing()
    assert untagged.decode(codec.encode({"x": 3}), Free) == One(3)


def test_untagged_is_as_strict_as_serde(codec: Codec) -> None:
    """A class without fields is null alone where nothing tags it, and no class is written as another's newtype."""
    unit = _untagged_unit(codec)

    assert unit.decode(codec.encode({"x": 3}), Nothing | One) == One(3)
    with pytest.raises(EncodeError):
        _untagged(codec).encode(Items([1]), Bare)
