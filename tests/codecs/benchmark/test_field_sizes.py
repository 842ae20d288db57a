"""What fields take of documents: the parts add up, in every format, and each is as long as the field is on its own."""

from __future__ import annotations

import functools
import json
import math

from collections import Counter
from typing import Any

import attrs
import cbor2
import msgpack
import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_codecs import EncodeError, FieldOptions, get_codec
from symphony_codecs.benchmark.field_sizes import STRUCTURE, field_sizes
from symphony_types import JsonRpcRequest
from tests.codecs.conftest import NAMES
from tests.codecs.everything import KNOBS, Cat, Circle, Dog, Dot, Everything, Square, Tree, everythings
from tests.codecs.sweep import CLASSES, KINDS, OPTIONS, class_of, instance_of


@attrs.frozen
class Line:
    sku: str
    price: float


@attrs.frozen
class Order:
    number: int
    customer: Line
    lines: list[Line]
    shape: Circle | Square | Dot = attrs.Factory(Dot)
    free: dict[str, int] = attrs.Factory(dict)
    untyped: Any = None


ORDER = Order(
    7,
    Line("é", 1.5),
    [Line("a", 2.0), Line("bcd", 1e9)],
    Square(3, "x"),
    {"k": 1},
    JsonRpcRequest(method="m", id="1", params={"a": [1]}),
)


def sizes_of(as_type: Any, values: list[Any], codec: Any) -> dict[str, float]:
    return {field.path: field.size for field in field_sizes(as_type, values, codec)}


def mean_size(as_type: Any, values: list[Any], codec: Any) -> float:
    return sum(len(codec.encode(value, as_type)) for value in values) / len(values)


def assert_adds_up(as_type: Any, values: list[Any], codec: Any) -> dict[str, float]:
    found = sizes_of(as_type, values, codec)
    assert math.isclose(sum(found.values()), mean_size(as_type, values, codec), abs_tol=1e-9)
    assert all(size >= 0 for size in found.values())
    assert [*found][-1] == STRUCTURE
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_parts_add_up_for_each_kind_of_field_under_each_option(option, name):
    count = 0
    # Without an option each kind in each format; with one, each kind in one of the formats.
    chosen = range(len(KINDS)) if option.name == "none" else range(NAMES.index(name), len(KINDS), len(NAMES))
    for number in chosen:
        kind = KINDS[number]
        cls = class_of(kind, [*CLASSES][number % len(CLASSES)])
        try:
            codec = option.apply(get_codec(name), cls, kind)
        except (ValueError, TypeError):
            continue
        for value in kind.values[:2]:
            made = instance_of(kind, cls, value)
            try:
                codec.encode(made, cls)
            except (EncodeError, ValueError):
                continue
            found = assert_adds_up(cls, [made], codec)
            count += any("first" in path.lower() for path in found)
    assert (count > 0) == ((option.name, name) != ("rename to an integer", "json"))


@pytest.mark.parametrize("name", [*NAMES, "toml"])
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_parts_add_up_for_a_class_with_every_type(name, data):
    values = data.draw(st.lists(everythings(KNOBS[name]), min_size=1, max_size=2))
    found = assert_adds_up(Everything, values, get_codec(name))
    assert {"integer", "color", "tree.value"} <= found.keys()


DUMPS = {
    "json": (json.loads, lambda item: json.dumps(item, separators=(",", ":"), ensure_ascii=False).encode(), 1),
    "msgpack": (msgpack.unpackb, msgpack.packb, 0),
    "cbor": (cbor2.loads, functools.partial(cbor2.dumps, canonical=True), 0),
}


@pytest.mark.parametrize("name", DUMPS)
def test_each_part_is_as_long_as_its_name_and_its_value_alone(name):
    loads, dumps, colon = DUMPS[name]
    codec = get_codec(name)
    tree = loads(codec.encode(ORDER, Order))

    def alone(key: str, item: Any) -> int:
        return len(dumps(key)) + colon + len(dumps(item))

    expected: Counter[str] = Counter()
    for key in ("number", "free"):
        expected[key] = alone(key, tree[key])
    for key, item in tree["customer"].items():
        expected[f"customer.{key}"] = alone(key, item)
    for line in tree["lines"]:
        for key, item in line.items():
            expected[f"lines[].{key}"] += alone(key, item)
    for key, item in tree["shape"]["Square"].items():
        expected[f"shape.{key}"] = alone(key, item)
    for key, item in tree["untyped"].items():
        expected[f"untyped.{key}"] = alone(key, item)
    found = assert_adds_up(Order, [ORDER], codec)
    structure = found.pop(STRUCTURE)
    assert found == expected
    assert structure == len(codec.encode(ORDER, Order)) - expected.total()


def test_arrays_have_the_paths_of_maps():
    assert sizes_of(Order, [ORDER], get_codec("msgpack-compact")).keys() == (
        sizes_of(Order, [ORDER], get_codec("json")).keys()
    )


Shape = Circle | Square | Dot
TAGGED = [
    ({"tagging": "external"}, {"side": 1, "label": 2, STRUCTURE: 9}, {"side": 6, "label": 8, STRUCTURE: 9}),
    (
        {"tagging": "internal", "tag": "t"},
        {"t": 7, "side": 1, "label": 2, STRUCTURE: 1},
        {"t": 9, "side": 6, "label": 8, STRUCTURE: 1},
    ),
    (
        {"tagging": "adjacent", "tag": "t", "content": "c"},
        {"t": 7, "side": 1, "label": 2, STRUCTURE: 2},
        {"t": 9, "side": 6, "label": 8, STRUCTURE: 4},
    ),
]


@pytest.mark.parametrize(("options", "compact", "named"), TAGGED, ids=lambda item: str(item.get("tagging", "")))
def test_fields_of_tagged_unions_stand_beside_their_tag(options, compact, named):
    for name, expected in (("msgpack-compact", compact), ("msgpack", named)):
        codec = get_codec(name).with_union(Shape, **options)
        assert sizes_of(Shape, [Square(1, "x")], codec) == expected


def test_a_unit_variant_is_one_part(codec):
    @attrs.frozen
    class Holder:
        shape: Shape

    found = assert_adds_up(Holder, [Holder(Dot()), Holder(Circle(1.0))], codec)
    assert found.keys() == {"shape", "shape.radius", STRUCTURE}


def test_a_newtype_is_taken_apart_as_what_it_holds(codec):
    @attrs.frozen
    class Wrapped:
        line: Line

    union = Wrapped | Dot
    found = assert_adds_up(union, [Wrapped(Line("a", 1.0))], codec.with_union(union, newtype=[Wrapped]))
    assert found.keys() == {"sku", "price", STRUCTURE}


def test_unions_by_literal_and_untagged_unions_are_taken_apart(codec):
    found = assert_adds_up(Cat | Dog, [Cat(9), Dog("rex")], codec)
    assert found.keys() == {"lives", "kind", "name", STRUCTURE}
    union = Line | Tree
    found = assert_adds_up(union, [Line("a", 1.0), Tree(1, [Tree(2)])], codec.with_union(union, tagging="untagged"))
    assert {"sku", "price", "value", "children[].value", "parent"} <= found.keys()


def test_items_of_lists_in_lists_are_added_up(codec):
    values = [[[Line("a", 1.0)], [Line("b", 2.0), Line("c", 3.0)]]]
    nested = assert_adds_up(list[list[Line]], values, codec)
    assert nested.keys() == {"[][].sku", "[][].price", STRUCTURE}
    one = sizes_of(Line, [Line("a", 1.0)], codec)
    assert nested["[][].sku"] == 3 * one["sku"]


@pytest.mark.parametrize(
    ("as_type", "value"), [(int, 5), (dict[str, Line], {"a": Line("a", 1.0)}), (list[int], []), (int | None, None)]
)
def test_what_has_no_fields_is_one_part(as_type, value, codec):
    found = assert_adds_up(as_type, [value], codec)
    assert found == {"": len(codec.encode(value, as_type)), STRUCTURE: 0}


def test_fields_have_their_names_on_the_wire(codec):
    renamed = codec.with_class(Line, fields={"sku": FieldOptions(rename="article")})
    assert sizes_of(Line, [Line("a", 1.0)], renamed).keys() == {"article", "price", STRUCTURE}


def test_fields_with_a_number_for_a_name_go_by_their_attribute():
    codec = get_codec("cbor").with_class(Line, fields={"sku": FieldOptions(rename=1)})
    assert sizes_of(Line, [Line("a", 1.0)], codec) == {"price": 9, "sku": 3, STRUCTURE: 1}


def test_fields_of_toml_have_the_bytes_that_go_with_them():
    value = Order(7, Line("a", 1.5), [Line("bc", 2.0), Line("d", 3.0)])
    found = assert_adds_up(Order, [value], get_codec("toml"))
    assert found["number"] == len("number = 7\n")
    assert found["customer.sku"] == len('sku = "a"\n')
    assert found["lines[].price"] == len(", price = 2.0") * 2


@attrs.frozen
class Everyday:
    name: str
    best: Line
    words: list[str]
    lines: list[Line | None]
    free: dict[str, int]
    shape: Circle | Square | Dot
    shapes: list[Circle | Square]
    animal: Cat | Dog
    deep: list[list[Order]]


EVERYDAY = Everyday(
    name="n",
    best=Line("a", 1.0),
    words=["a", "b"],
    lines=[Line("c", 2.0)],
    free={f"key {number}": number for number in range(50)},
    shape=Square(1, "x"),
    shapes=[Circle(1.0), Square(2)],
    animal=Dog("rex"),
    deep=[[Order(1, Line("d", 1.0), [Line("e", 1.0)], Circle(2.0), {}, "text")]],
)
PATHS = {
    "name",
    "best.sku",
    "best.price",
    "words",
    "lines[].sku",
    "lines[].price",
    "free",
    "shape.side",
    "shape.label",
    "shapes[].radius",
    "shapes[].side",
    "shapes[].label",
    "animal.name",
    "animal.kind",
    "deep[][].number",
    "deep[][].customer",
    "deep[][].lines",
    "deep[][].shape",
    "deep[][].free",
    "deep[][].untyped",
    STRUCTURE,
}


@pytest.mark.parametrize("name", [*NAMES, "toml"])
def test_all_formats_have_the_same_parts(name):
    assert assert_adds_up(Everyday, [EVERYDAY], get_codec(name)).keys() == PATHS
    bare = attrs.evolve(EVERYDAY, lines=[], shape=Dot(), words=[], free={})
    fewer = {path for path in PATHS if not path.startswith(("lines", "shape."))}
    assert assert_adds_up(Everyday, [bare], get_codec(name)).keys() == fewer | {"lines", "shape"}


@pytest.mark.parametrize("name", [*NAMES, "toml"])
@pytest.mark.parametrize(
    "options",
    [
        {"tagging": "internal", "tag": "t"},
        {"tagging": "adjacent", "tag": "t", "content": "c"},
        {"tagging": "external", "newtype": [Circle]},
    ],
    ids=lambda options: options["tagging"],
)
def test_all_formats_have_the_same_parts_of_unions(name, options):
    @attrs.frozen
    class Holder:
        first: Shape
        second: Shape

    codec = get_codec(name).with_union(Shape, **options)
    found = assert_adds_up(Holder, [Holder(Circle(1.0), Square(2, "x"))], codec)
    external = options["tagging"] == "external"
    tags = set() if external else {"first.t", "second.t"}
    first = "first" if external else "first.radius"
    assert found.keys() == {first, "second.side", "second.label", STRUCTURE} | tags


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor"])
def test_keys_that_no_field_has_are_one_part(name):
    @attrs.define(slots=False)
    class Open:
        number: int
        rest: dict[str, int] = attrs.Factory(dict)

    codec = get_codec(name)
    flat = codec.with_class(Open, fields={"rest": FieldOptions(flatten=True)})
    found = assert_adds_up(Open, [Open(1, {f"k{number}": number for number in range(30)})], flat)
    assert found.keys() == {"number", "*", STRUCTURE}
    keeping = codec.with_options(unknown_fields="keep")
    value = keeping.decode(codec.encode({"number": 1, "rest": {}, "new": 2, "newer": 3}), Open)
    assert assert_adds_up(Open, [value], keeping).keys() == {"number", "rest", "*", STRUCTURE}


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor", "toml"])
def test_fields_of_a_flattened_class_stand_beside_the_others(name):
    @attrs.frozen
    class Outer:
        number: int
        line: Line

    codec = get_codec(name).with_class(Outer, fields={"line": FieldOptions(flatten=True)})
    assert assert_adds_up(Outer, [Outer(1, Line("a", 1.0))], codec).keys() == {"number", "sku", "price", STRUCTURE}


def test_the_mean_is_over_all_documents(json):
    assert sizes_of(Line, [Line("", 1.0), Line("abcd", 1.0)], json) == {"sku": 10, "price": 11, STRUCTURE: 3}


def test_no_values_have_no_sizes(codec):
    assert field_sizes(Line, [], codec) == ()
