"""Fields whose entries are written among those of their class: `FieldOptions(flatten=True)`, serde's `flatten`."""

from __future__ import annotations

import collections
import copy
import dataclasses
import datetime as dt
import json
import pickle
import types
import uuid

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Generic, Literal, NewType, TypeVar

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, get_codec
from symphony_codecs._extras import EXTRAS
from symphony_codecs.schema import schema_of
from symphony_codecs.schema.describe import describe, outline


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")
FLAT = FieldOptions(flatten=True)
T = TypeVar("T")
ID = uuid.UUID(int=7)


@attrs.frozen
class Page:
    limit: int
    offset: int = 0


@attrs.define
class Listing:
    users: list[str]
    page: Page
    extra: dict[str, Any] = attrs.field(factory=dict)
    last: bool = False


@dataclasses.dataclass
class Data:
    page: Page
    a: int = 1


@attrs.define(slots=False)
class Deep:
    listing: Listing
    id: uuid.UUID = ID


@attrs.define
class Maybe:
    page: Page | None = None
    a: int = 0


@attrs.define
class Counts:
    name: str
    counts: Mapping[str, int] = attrs.field(factory=dict)


@attrs.define
class Prices:
    prices: collections.OrderedDict[str, Decimal]
    day: dt.date = dt.date(2026, 1, 2)


@attrs.define
class Box(Generic[T]):
    item: T
    label: str = ""


@attrs.define
class Circle:
    radius: int


@attrs.define
class Square:
    side: int
    name: str = ""


@attrs.define
class Dot:
    pass


Shape = Circle | Square | Dot


@attrs.define
class Drawn:
    shape: Shape
    colour: str = "red"


@attrs.define
class MaybeDrawn:
    shape: Circle | Square | Dot | None = None
    colour: str = "red"


@attrs.define
class Cat:
    lives: int
    kind: Literal["cat"] = "cat"


@attrs.define
class Dog:
    name: str
    kind: Literal["dog"] = "dog"


@attrs.define
class Owner:
    pet: Cat | Dog
    owner: str = "o"


@attrs.define
class Branch:
    children: list[Node]


@attrs.define
class Leaf:
    text: str


@attrs.define
class Node:
    kind: Branch | Leaf
    id: int = 0


@attrs.define
class Other:
    other: int


FIELDS: dict[type, tuple[str, ...]] = {
    Listing: ("page", "extra"),
    Data: ("page",),
    Deep: ("listing",),
    Maybe: ("page",),
    Counts: ("counts",),
    Prices: ("prices",),
    Box: ("item",),
    Drawn: ("shape",),
    MaybeDrawn: ("shape",),
    Owner: ("pet",),
    Node: ("kind",),
}


def flat(codec: Codec, **options: Any) -> Codec:
    for cls, names in FIELDS.items():
        codec = codec.with_class(cls, fields=dict.fromkeys(names, FLAT), **options)
    return codec


LISTING = Listing(["a"], Page(10, 5), {"k": [1, {"z": None}]})
# A type, the tagging of the union of shapes, a value, and its entries in order.
CASES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "class and map": (
        Listing,
        LISTING,
        {"users": ["a"], "limit": 10, "offset": 5, "k": [1, {"z": None}], "last": False},
    ),
    "empty map": (Listing, Listing([], Page(1)), {"users": [], "limit": 1, "offset": 0, "last": False}),
    "dataclass": (Data, Data(Page(1, 2)), {"limit": 1, "offset": 2, "a": 1}),
    "nested": (Maybe, Maybe(Page(1), 2), {"limit": 1, "offset": 0, "a": 2}),
    "nothing": (Maybe, Maybe(None, 2), {"a": 2}),
    "map of ints": (Counts, Counts("n", {"x": 1, "counts": 2}), {"name": "n", "x": 1, "counts": 2}),
    "generic": (Box[Page], Box(Page(1)), {"limit": 1, "offset": 0, "label": ""}),
    "generic map": (Box[dict[str, int]], Box({"a": 1}), {"a": 1, "label": ""}),
    "literals": (Owner, Owner(Dog("rex")), {"name": "rex", "kind": "dog", "owner": "o"}),
}
UNIONS: dict[str, tuple[dict[str, Any], list[tuple[Any, dict[str, Any]]]]] = {
    "external": (
        {"tagging": "external"},
        [
            (Drawn(Circle(1)), {"Circle": {"radius": 1}, "colour": "red"}),
            (Drawn(Dot()), {"Dot": None, "colour": "red"}),
            (MaybeDrawn(), {"colour": "red"}),
            (MaybeDrawn(Dot()), {"Dot": None, "colour": "red"}),
        ],
    ),
    "newtype": ({"newtype": {Circle}}, [(Drawn(Circle(1)), {"Circle": 1, "colour": "red"})]),
    "internal": (
        {"tagging": "internal"},
        [
            (Drawn(Square(2)), {"type": "Square", "side": 2, "name": "", "colour": "red"}),
            (Drawn(Dot()), {"type": "Dot", "colour": "red"}),
            (MaybeDrawn(Circle(2)), {"type": "Circle", "radius": 2, "colour": "red"}),
            (MaybeDrawn(), {"colour": "red"}),
        ],
    ),
    "adjacent": (
        {"tagging": "adjacent", "tag": "t", "content": "c"},
        [
            (Drawn(Circle(1)), {"t": "Circle", "c": {"radius": 1}, "colour": "red"}),
            (Drawn(Dot()), {"t": "Dot", "colour": "red"}),
            (MaybeDrawn(), {"colour": "red"}),
        ],
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FORMATS)
def test_entries_are_among_those_of_the_class(name: str, case: str) -> None:
    """They are at the position of the field, as serde writes them; compact formats write a map as well."""
    tp: Any
    tp, value, entries = CASES[case]
    codec = flat(get_codec(name))

    data = codec.encode(value, tp)

    assert data == get_codec(name).encode(entries)
    assert codec.decode(data, tp) == value
    assert codec.decode(get_codec(name).encode(dict(reversed(entries.items()))), tp) == value
    wrappers: list[tuple[Any, Any]] = [
        ([value], list[tp]),
        ({"a": value}, dict[str, tp]),
        (None, tp | None),
        (value, tp | None),
    ]
    for wrapped, wrapper in wrappers:
        assert codec.decode(codec.encode(wrapped, wrapper), wrapper) == wrapped
    if tp in FIELDS:
        assert codec.encode([value, None]) == codec.encode([value, None], list[tp | None])


@pytest.mark.parametrize("tagging", UNIONS)
@pytest.mark.parametrize("name", FORMATS)
def test_unions_of_classes(name: str, tagging: str) -> None:
    """The entries of a union are the tag and the fields, the tag and the content, or one entry under the name."""
    options, values = UNIONS[tagging]
    codec = flat(get_codec(name)).with_union(Shape, **options)
    for value, entries in values:
        data = codec.encode(value)

        again: Any = codec.decode(data, type(value))

        assert again == value
        tree = get_codec(name).decode(data, Any)
        shown = {
            key: [1] if item == {"radius": 1} and name == "msgpack-compact" else item for key, item in entries.items()
        }
        assert list(tree.items()) == list(shown.items())


@pytest.mark.parametrize("name", FORMATS)
def test_recursive_classes(name: str) -> None:
    """A flattened class may contain the outer class again."""
    codec = flat(get_codec(name)).with_union(Branch | Leaf, tagging="internal")
    node = Node(Branch([Node(Leaf("a"), 1), Node(Branch([]), 2)]), 3)

    values: list[tuple[Any, Any]] = [
        (node, Node),
        (node.kind, Branch),
        ([node], list[Node]),
        (node.kind, Branch | Leaf),
    ]
    for value, tp in values:
        assert codec.decode(codec.encode(value, tp), tp) == value
    tree: Any = {"type": "Branch", "children": [{"type": "Leaf", "text": "a", "id": 1}], "id": 3}
    read: Any = codec.decode(codec.encode(tree), Node)
    assert read == Node(Branch([Node(Leaf("a"), 1)]), 3)


@pytest.mark.parametrize("name", FORMATS)
def test_a_class_in_a_flattened_class(name: str) -> None:
    """Flattened fields of flattened classes are flattened, too; one map takes all other entries."""
    codec = flat(get_codec(name))
    value = Deep(LISTING)

    tree: Any = codec.decode(codec.encode(value), Any)

    assert list(tree) == ["users", "limit", "offset", "k", "last", "id"]
    assert codec.decode(codec.encode(value), Deep) == value
    with pytest.raises(EncodeError, match="an entry 'id', which another field is called"):
        codec.encode(Deep(attrs.evolve(LISTING, extra={"id": 1})))


@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent", "untagged"])
@pytest.mark.parametrize("name", FORMATS)
def test_members_of_unions(name: str, tagging: Any) -> None:
    """A class with flattened fields can be a member of a union."""
    codec = flat(get_codec(name)).with_union(Listing | Other | Maybe, tagging=tagging)
    values = [LISTING, Other(1)]

    assert codec.decode(codec.encode(values, list[Listing | Other]), list[Listing | Other]) == values
    if tagging == "internal":
        tree = codec.decode(codec.encode(LISTING, Listing | Other), Any)
        assert list(tree) == ["type", "users", "limit", "offset", "k", "last"]
        with pytest.raises(EncodeError, match="a map without 'type'"):
            codec.encode(attrs.evolve(LISTING, extra={"type": 1}), Listing | Other)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"unknown_fields": "forbid"},
        {"unknown_fields": "keep"},
        {"positional": True},
        {"strict": True},
        {"omit_defaults": True},
        {"rename": "camelCase"},
        {"positional": True, "unknown_fields": "keep", "omit_defaults": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", FORMATS)
def test_beside_other_options(name: str, options: dict[str, Any]) -> None:
    """Other options of the codec apply to the fields inside as they do to those of the class."""
    codec = flat(get_codec(name)).with_options(**options)
    values = [
        (LISTING, Listing),
        (Listing([], Page(1)), Listing),
        (Data(Page(1)), Data),
        (Maybe(), Maybe),
        (Maybe(Page(0, 0)), Maybe),
        (Deep(LISTING), Deep),
        (Counts("n", {"a_b": 1}), Counts),
        (Prices(collections.OrderedDict(a_b=Decimal("1.10"))), Prices),
        (Owner(Cat(9)), Owner),
        (Drawn(Square(1)), Drawn),
    ]
    for value, tp in values:
        data = codec.encode(value, tp)
        assert type(codec.decode(data, Any)) is dict
        assert codec.decode(data, tp) == value
    if options.get("unknown_fields") == "forbid":
        with pytest.raises(DecodeError) as caught:
            codec.decode(codec.encode({"limit": 1, "a": 1, "b": 2, "page": {}}), Data)
        assert [(issue.path, issue.code) for issue in caught.value.issues] == [
            (("b",), "unknown_field"),
            (("page",), "unknown_field"),
        ]
        assert caught.value.issues[0].expected == "one of 'limit', 'offset', 'a'"


@pytest.mark.parametrize("name", FORMATS)
def test_a_map_takes_unknown_fields_and_survives_evolve(name: str) -> None:
    """With a flattened map, unknown fields are in the map; nothing is kept beside the instance."""
    codec = flat(get_codec(name), unknown_fields="keep")
    value: Any = codec.decode(codec.encode({"users": [], "limit": 1, "x": 2, "extra": 3}), Listing)

    assert value.extra == {"x": 2, "extra": 3}
    assert EXTRAS.of(value) == EXTRAS.of(value.page) == {}
    for again in (attrs.evolve(value), copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert codec.encode(again) == codec.encode(value)
    data: Any = codec.decode(codec.encode({"limit": 1, "a": 1, "x": 2}), Data)
    assert EXTRAS.of(data) == {"x": 2}
    assert codec.decode(codec.encode(data), Any) == {"limit": 1, "offset": 0, "a": 1, "x": 2}


def test_kept_fields_of_the_part() -> None:
    """Kept fields of a flattened instance are written as entries, unless the outer class has fields of that name."""
    codec = flat(get_codec("json")).with_options(unknown_fields="keep")
    page: Any = codec.decode(b'{"limit":1,"x":2}', Page)

    assert codec.encode(Data(page)) == b'{"limit":1,"offset":0,"x":2,"a":1}'
    page = codec.decode(b'{"limit":1,"a":2}', Page)
    with pytest.raises(EncodeError, match="'page' has an entry 'a'"):
        codec.encode(Data(page))


FAULTS: list[tuple[type, Any, list[tuple[tuple[Any, ...], str]]]] = [
    (Listing, {}, [(("users",), "missing_field"), (("limit",), "missing_field")]),
    (
        Listing,
        {"users": [1], "limit": "x", "offset": None, "last": 1},
        [
            (("users", 0), "wrong_type"),
            (("last",), "wrong_type"),
            (("limit",), "wrong_type"),
            (("offset",), "wrong_type"),
        ],
    ),
    (Listing, [[], 1], [((), "wrong_type")]),
    (Listing, None, [((), "wrong_type")]),
    (Data, {"limit": "x", "a": 1}, [(("limit",), "wrong_type")]),
    (Deep, {"users": [], "limit": "x", "id": 1}, [(("id",), "wrong_type"), (("limit",), "wrong_type")]),
    (Maybe, {"offset": 1}, [(("limit",), "missing_field")]),
    (Counts, {"name": "n", "a": "x", "b": 1, "c": None}, [(("a",), "wrong_type"), (("c",), "wrong_type")]),
    (Drawn, {"colour": "red"}, [((), "wrong_type")]),
    (Drawn, {"Circle": {"radius": "x"}}, [(("Circle", "radius"), "wrong_type")]),
    (Drawn, {"Circle": {"radius": 1}, "Dot": None}, [((), "wrong_type")]),
    (Owner, {"kind": "dog", "name": 1}, [(("name",), "wrong_type")]),
    (Owner, {"kind": "cow", "name": 1}, [(("kind",), "unknown_tag")]),
]


@pytest.mark.parametrize("number", range(len(FAULTS)))
@pytest.mark.parametrize("name", FORMATS)
def test_paths_are_those_of_the_document(name: str, number: int) -> None:
    """The path of a fault is its place in the document, which does not have the name of the flattened field."""
    tp, tree, issues = FAULTS[number]
    codec = flat(get_codec(name))

    for wrapped, wrapper, before in ((tree, tp, ()), ([[tree]], list[list[tp]], (0, 0))):  # type: ignore[valid-type]
        with pytest.raises(DecodeError) as caught:
            codec.decode(codec.encode(wrapped), wrapper)
        assert [(issue.path, issue.code) for issue in caught.value.issues] == [
            ((*before, *path), code) for path, code in issues
        ]


BAD: list[tuple[Any, tuple[Any, ...], str]] = [
    (Listing([], Page(1), {"users": 1}), ("users",), "duplicate_key"),
    (Listing([], Page(1), {"offset": 1}), ("offset",), "duplicate_key"),
    (Listing([], Page("x")), ("limit",), "wrong_type"),  # type: ignore[arg-type]
    (Listing([1], Page(1)), ("users", 0), "wrong_type"),  # type: ignore[list-item]
    (Maybe(Circle(1)), (), "wrong_type"),  # type: ignore[arg-type]
    (Counts("n", {"a": "x"}), ("a",), "wrong_type"),  # type: ignore[dict-item]
    (Counts("n", {1: 1}), (1,), "wrong_type"),  # type: ignore[dict-item]
    (Deep(Listing([], Page(1), {"id": 1})), ("id",), "duplicate_key"),
]


@pytest.mark.parametrize("number", range(len(BAD)))
@pytest.mark.parametrize("name", FORMATS)
def test_values_that_could_not_be_read_back_are_refused(name: str, number: int) -> None:
    """These are entries with the name of another field, and values that any class refuses."""
    value, path, code = BAD[number]
    codec = flat(get_codec(name))

    for wrapped, before in ((value, ()), ({"a": [value]}, ("a", 0))):
        with pytest.raises(EncodeError) as caught:
            codec.encode(wrapped)
        assert [(issue.path, issue.code) for issue in caught.value.issues] == [((*before, *path), code)]


@attrs.define
class Inner:
    a: int = 1


@attrs.define
class MaybeInner:
    inner: Inner | None = None


def test_an_optional_part_without_entries() -> None:
    """Such a part would be read back as None, so it is refused."""
    codec = flat(get_codec("json")).with_options(omit_defaults=True)
    codec = codec.with_class(MaybeInner, fields={"inner": FLAT})

    assert codec.decode(codec.encode(MaybeInner(Inner(2))), MaybeInner) == MaybeInner(Inner(2))
    with pytest.raises(EncodeError, match="'inner' has nothing to write"):
        codec.encode(MaybeInner(Inner(1)))


@attrs.define
class Checked:
    a: int = attrs.field(validator=attrs.validators.ge(0))


def _check_inner(_: object, __: object, value: Checked) -> None:
    if value.a > 9:
        raise ValueError("too much")


@attrs.define
class Outer:
    inner: Checked = attrs.field(validator=_check_inner)
    b: int = attrs.field(default=0, validator=attrs.validators.ge(0))


def test_paths_of_validators_in_a_part() -> None:
    """A validator in the part reports its field's path, a validator of the flattened field the path of the class."""
    codec = get_codec("json").with_class(Outer, fields={"inner": FLAT})
    for text, paths in (
        (b'{"a":-1,"b":-1}', [("b",), ("a",)]),
        (b'{"a":10,"b":0}', [()]),
        (b'{"a":"x","b":-1}', [("b",), ("a",)]),
    ):
        with pytest.raises(DecodeError) as caught:
            codec.decode(text, Outer)
        assert sorted(issue.path for issue in caught.value.issues) == sorted(paths)


Name = NewType("Name", str)


@attrs.define
class Text:
    part: str


@attrs.define
class Numbered:
    part: dict[int, str]


@attrs.define
class MaybeMap:
    part: dict[str, int] | None = None


@attrs.define
class TwoMaps:
    one: dict[str, int]
    two: Listing


@attrs.define
class Clash:
    limit: int
    page: Page


@attrs.define
class Clashes:
    one: Page
    two: Page


@attrs.define
class Endless:
    more: Endless | None = None


@attrs.define
class MaybeDot:
    dot: Dot | None = None


@attrs.define
class Array:
    items: list[int]


@pytest.mark.parametrize(
    ("cls", "names", "reason"),
    [
        (Text, ("part",), "Text: field 'part': flatten: expected a class, a union of classes or a map"),
        (Array, ("items",), "Array: field 'items': flatten: expected a class"),
        (Numbered, ("part",), "Numbered: field 'part': flatten: expected a class"),
        (MaybeMap, ("part",), "MaybeMap: field 'part': flatten: a map that may be None looks like an empty one"),
        (TwoMaps, ("one", "two"), "TwoMaps: field 'two': flatten: field 'one' takes all keys that no field has, too"),
        (Clash, ("page",), "Clash: field 'page': flatten: its key 'limit' is that of field 'limit', too"),
        (Clashes, ("one", "two"), "Clashes: field 'two': flatten: its key 'limit' is that of field 'one', too"),
        (Endless, ("more",), "Endless: field 'more': flatten: it is flattened into itself"),
        (MaybeDot, ("dot",), "MaybeDot: field 'dot': flatten: it has no entries"),
    ],
)
@pytest.mark.parametrize("name", FORMATS)
def test_fields_that_cannot_be_flattened_are_refused(name: str, cls: type, names: tuple[str, ...], reason: str) -> None:
    """The error is raised when the codec makes a function for the class, and names class, field and option."""
    codec = flat(get_codec(name)).with_class(cls, fields=dict.fromkeys(names, FLAT))

    for tp in (cls, list[cls]):  # type: ignore[valid-type]
        with pytest.raises(EncodeError) as writing:
            codec.encoder(tp)
        with pytest.raises(DecodeError) as reading:
            codec.decoder(tp)
        for error in (writing.value, reading.value):
            (issue,) = error.issues
            assert reason in issue.message


@pytest.mark.parametrize(
    "options",
    [{"rename": "x"}, {"omit": True}, {"omit_none": True}, {"omit_default": True}, {"required": True}],
    ids=str,
)
def test_options_that_exclude_flatten(options: dict[str, Any]) -> None:
    """They are refused when they are given."""
    json = get_codec("json")

    with pytest.raises(ValueError, match=f"Maybe: field 'page': {next(iter(options))}: it is flattened"):
        json.with_class(Maybe, fields={"page": FieldOptions(flatten=True, **options)})
    with pytest.raises(ValueError, match="Maybe: field 'page': positional: it is flattened"):
        json.with_class(Maybe, positional=True, fields={"page": FLAT})


def test_tags_and_newtypes() -> None:
    """The tag must not have the name of an entry inside; a class whose only field is flattened is not a newtype."""
    codec = flat(get_codec("json"))

    with pytest.raises(EncodeError, match="a field 'limit', which the union's tag is called"):
        codec.with_union(Data | Other, tagging="internal", tag="limit").encoder(Data | Other)
    with pytest.raises(DecodeError, match="its field 'item' is flattened"):
        codec.with_class(Single, fields={"item": FLAT}).with_union(Single | Other, newtype={Single}).decoder(
            Single | Other
        )


@attrs.define
class Single:
    item: Page


@pytest.mark.parametrize("name", ["msgpack", "cbor"])
def test_names_as_byte_strings(name: str) -> None:
    """Names may be byte strings in binary formats, which serde reads, too."""
    codec = flat(get_codec(name))
    tree: Any = {b"users": [], b"limit": 1, b"k": 2}

    assert codec.decode(codec.encode(tree), Listing) == Listing([], Page(1), {"k": 2})


def test_the_schema_of_a_flattened_field() -> None:
    """A schema lists the keys that the field takes, and shows the field under its name."""
    codec = flat(get_codec("json"))

    fields = schema_of(Listing, codec).root.fields  # type: ignore[attr-defined]

    assert [each.flattened and each.flattened.keys for each in fields] == [
        None,
        frozenset(("limit", "offset")),
        None,
        None,
    ]
    for direction in ("structure", "unstructure"):
        shown = describe(schema_of(Listing, codec, direction=direction))
        assert shown["root"]["fields"][1]["flattened"] == {"keys": ["limit", "offset"], "is_optional": False}
        assert "\\u0000" not in json.dumps(shown)
    lines = outline(schema_of(Listing, codec)).below
    assert [line.label for line in lines] == ["users", "page", "extra", "last"]
    assert ["flattened" in line.detail for line in lines] == [False, True, True, False]


ENTRIES = st.dictionaries(
    st.text().filter(lambda key: key not in {"users", "limit", "offset", "last", "id"}),
    st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(), st.lists, max_leaves=5),
    max_size=4,
)


@given(ENTRIES, st.integers(), st.sampled_from(FORMATS), st.booleans())
def test_any_entries(entries: dict[str, Any], limit: int, name: str, forbids: bool) -> None:
    """decode(encode(x)) is x for any entries of the map, and the document has exactly these entries."""
    codec = flat(get_codec(name)).with_options(unknown_fields="forbid" if forbids else "ignore")
    limit %= 1000
    value = Deep(Listing([], Page(limit), entries))

    data = codec.encode(value)

    assert codec.decode(data, Deep) == value
    tree: Any = codec.decode(data, Any)
    assert {key: tree[key] for key in entries} == entries
    assert len(tree) == 5 + len(entries)


class Key(str):
    __slots__ = ()


@pytest.mark.parametrize("size", [0, 1, 10, 11, 12, 20, 21, 22, 250, 251, 252, 70_000])
@pytest.mark.parametrize("name", FORMATS)
def test_any_number_of_entries(name: str, size: int) -> None:
    """The head of the map counts all entries, at any length of the head; a limit on items applies to all of them."""
    codec = flat(get_codec(name))
    entries = {f"key {number}": number for number in range(size)}
    tree = {"users": [], "limit": 1, "offset": 0, **entries, "last": False}
    value = Listing([], Page(1), entries)

    data = codec.encode(value)

    assert data == get_codec(name).encode(tree)
    assert codec.decode(data, Listing) == value
    assert codec.with_options(max_items=len(tree)).encode(value) == data
    with pytest.raises(EncodeError) as caught:
        codec.with_options(max_items=len(tree) - 1).encode([value])
    assert caught.value.issues[0].code == "too_large"


@pytest.mark.parametrize("name", FORMATS)
def test_other_mappings(name: str) -> None:
    """Mappings other than dict, and keys of subclasses of str, are written like any map."""
    codec = flat(get_codec(name))
    expected = get_codec(name).encode({"name": "n", "a": 1, "b": 2})

    for entries in (
        types.MappingProxyType({"a": 1, "b": 2}),
        collections.ChainMap({"a": 1}, {"b": 2}),
        {Key("a"): 1, "b": 2},
    ):
        data = codec.encode(Counts("n", entries))
        assert codec.decode(data, Counts) == Counts("n", {"a": 1, "b": 2})
        assert len(data) == len(expected)
    with pytest.raises(EncodeError, match="an entry 'name'"):
        codec.encode(Counts("n", {Key("name"): 1}))
    with pytest.raises(EncodeError, match="an entry 'name'"):
        codec.encode(Counts("n", types.MappingProxyType({"name": 1})))


@pytest.mark.parametrize("unknown", ["ignore", "keep", "forbid"])
@pytest.mark.parametrize("name", FORMATS)
def test_aliases_and_integer_names(name: str, unknown: Any) -> None:
    """Aliases and integer names of the fields inside belong to these fields."""
    codec = flat(get_codec(name)).with_options(unknown_fields=unknown)
    older = codec.with_class(Page, fields={"limit": FieldOptions(aliases=("max", "size"))})

    read: Any = older.decode(older.encode({"users": [], "size": 1, "k": 2}), Listing)

    assert read == Listing([], Page(1), {"k": 2})
    assert older.decode(older.encode(read), Listing) == read
    with pytest.raises(EncodeError, match="an entry 'max', which another field is called"):
        older.encode(Listing([], Page(1), {"max": 1}))
    if name == "json":
        return
    numbered = codec.with_class(Page, fields={"limit": FieldOptions(rename=-1), "offset": FieldOptions(rename=2)})
    for value in (Listing([], Page(1, 2), {"k": 3}), Data(Page(1, 2)), Maybe(), Maybe(Page(3))):
        assert numbered.decode(numbered.encode(value), type(value)) == value
    assert numbered.decode(numbered.encode(Data(Page(1, 2))), Any) == {-1: 1, 2: 2, "a": 1}
    with pytest.raises(DecodeError) as caught:
        numbered.decode(numbered.encode({-1: "x", 2: 1}), Data)
    assert [issue.path for issue in caught.value.issues] == [(-1,)]


def test_numbers_keep_their_digits() -> None:
    """A Decimal in a flattened map keeps the digits of its text."""
    codec = flat(get_codec("json"))

    read: Any = codec.decode(b'{"a":1.10,"b":2.500,"day":"2026-01-02"}', Prices)

    assert [str(price) for price in read.prices.values()] == ["1.10", "2.500"]
