"""Record batches: their types and names, what is refused and where, and the forms that other tools give columns."""

from __future__ import annotations

import datetime as dt
import enum
import gc
import math
import subprocess
import sys
import uuid
import weakref

from typing import Any, Literal

import attrs
import pyarrow as pa
import pytest

from symphony_codecs import DecodeError, EncodeError, FieldOptions, UnknownCodecError, get_codec
from symphony_codecs.arrow import BATCH_SIZE, arrow_schema, from_batches, to_batches
from symphony_types import U8, U64, U128, UNSET, Duration, Timestamp, Unset


class Color(enum.Enum):
    """Texts."""

    RED = "red"
    BLUE = "blue"


@attrs.frozen
class Circle:
    """A member of a union, told apart by its name."""

    radius: float


@attrs.frozen
class Dot:
    """One that holds nothing."""


@attrs.frozen
class Cat:
    """A member of a union, told apart by a literal."""

    lives: U8
    kind: Literal["cat"] = "cat"


@attrs.frozen
class Dog:
    """Another one."""

    name: str
    kind: Literal["dog"] = "dog"


@attrs.frozen
class Held:
    """A list of classes, and anything."""

    circles: list[Circle]
    item: Any


@attrs.define
class Tree:
    """A class that holds itself."""

    label: str
    below: list[Tree] = attrs.Factory(list)


@attrs.frozen
class Sample:
    """Fields that other tools give other forms to."""

    number: int
    text: str = "t"
    data: bytes = b""
    identity: uuid.UUID | None = None
    color: Color = Color.RED
    when: Timestamp | None = None
    took: Duration | None = None
    span: dt.timedelta | None = None
    day: dt.date | None = None
    items: list[int] = attrs.Factory(list)
    counts: dict[str, int] = attrs.Factory(dict)
    pair: tuple[int, str] | None = None


SAMPLES = [
    Sample(1),
    Sample(
        -5,
        "é",
        b"\xff",
        uuid.UUID(int=7),
        Color.BLUE,
        Timestamp.parse("2024-01-02T03:04:05.000007Z"),
        Duration(3, 4000),
        dt.timedelta(days=-1, microseconds=1),
        dt.date(1, 1, 1),
        [1, 2],
        {"a": 1, "b": 2},
        (1, "x"),
    ),
    Sample(3, items=[4], counts={"c": 3}),
]


@pytest.mark.parametrize(
    ("as_type", "expected"),
    [
        (bool, pa.bool_()),
        (int, pa.int64()),
        (U8, pa.uint8()),
        (U64, pa.uint64()),
        (U128, pa.string()),
        (float, pa.float64()),
        (str, pa.string()),
        (bytes, pa.binary()),
        (uuid.UUID, pa.uuid()),
        (Timestamp, pa.timestamp("ns", "UTC")),
        (Duration, pa.duration("ns")),
        (dt.timedelta, pa.duration("us")),
        (dt.date, pa.date32()),
        (dt.time, pa.string()),
        (dt.datetime, pa.struct({"local": pa.timestamp("us"), "utc": pa.timestamp("us", "UTC")})),
        (Color, pa.dictionary(pa.int32(), pa.string())),
        (Literal["a", "b"], pa.dictionary(pa.int32(), pa.string())),
        (Literal[1, 2], pa.int64()),
        (Literal["a", 1], pa.json_()),
        (list[int], pa.list_(pa.int64())),
        (set[str], pa.list_(pa.string())),
        (tuple[int, str], pa.struct({"0": pa.int64(), "1": pa.string()})),
        (tuple[()], pa.json_()),
        (dict[str, int], pa.map_(pa.string(), pa.int64())),
        (dict[int, str], pa.map_(pa.string(), pa.string())),
        (Any, pa.json_()),
        (int | str, pa.json_()),
        (int | None, pa.int64()),
        (None, pa.null()),
        (
            Circle | Dot,
            pa.struct({"type": pa.dictionary(pa.int32(), pa.string()), "Circle": pa.struct({"radius": pa.float64()})}),
        ),
        (
            Cat | Dog,
            pa.struct(
                {
                    name: pa.struct({field: held, "kind": pa.dictionary(pa.int32(), pa.string())})
                    for name, field, held in (("Cat", "lives", pa.uint8()), ("Dog", "name", pa.string()))
                }
            ),
        ),
    ],
    ids=str,
)
def test_each_type_has_its_column(as_type, expected):
    """What is no class is one column, of the type that the documentation says."""
    assert arrow_schema(as_type) == pa.schema({"value": expected})


def test_classes_are_columns():
    """A field is a column; a class inside itself is a document."""
    assert arrow_schema(Tree) == pa.schema({"label": pa.string(), "below": pa.list_(pa.json_())})


def test_names_are_those_of_the_codec():
    """Rules and options of fields count, those that leave out or flatten fields do not: a column is always there."""

    @attrs.frozen
    class Outer:
        first_one: Circle
        second_one: int = 3

    codec = get_codec("msgpack").with_options(rename="camelCase", omit_defaults=True)
    codec = codec.with_class(Outer, fields={"first_one": FieldOptions(rename=5)})
    assert arrow_schema(Outer, codec).names == ["5", "secondOne"]
    flat = get_codec("json").with_class(Outer, fields={"first_one": FieldOptions(flatten=True)})
    assert arrow_schema(Outer, flat).names == ["first_one", "second_one"]
    for each in (codec, flat):
        assert list(from_batches(to_batches([Outer(Circle(1.0))], Outer, codec=each), Outer, codec=each)) == [
            Outer(Circle(1.0))
        ]


def test_codecs_go_by_what_finds_them():
    assert arrow_schema(U64, "cbor") == arrow_schema(U64, get_codec("cbor"))
    for key in ("msgpack", "application/json", 1):
        assert list(from_batches(to_batches([3], U64, codec=key), U64, codec=key)) == [3]
    with pytest.raises(UnknownCodecError, match="got 'parquet'"):
        arrow_schema(U64, "parquet")


def test_two_columns_of_one_name_are_refused():
    """A field called as the column of unknown fields, which are kept, is an error that names the class."""

    @attrs.define
    class Odd:
        star: int = 0

    codec = get_codec("json").with_options(unknown_fields="keep")
    codec = codec.with_class(Odd, fields={"star": FieldOptions(rename="*")})
    with pytest.raises(EncodeError, match=r"Odd: two columns are called '\*'"):
        arrow_schema(Odd, codec)


def test_batches_are_made_as_records_come():
    """No more records are taken than a batch has; an error of their source goes through."""
    taken = []

    def records():
        for number in range(5):
            taken.append(number)
            yield number
        raise KeyError("the source")

    batches = to_batches(records(), int, batch_size=2)
    assert next(batches).num_rows == 2
    assert len(taken) == 2
    assert next(batches).num_rows == 2
    with pytest.raises(KeyError, match="the source"):
        next(batches)
    for size in (0, 1.5, "2"):
        with pytest.raises(ValueError, match="expected a batch_size of 1 or more, got"):
            to_batches([], int, batch_size=size)


@pytest.mark.parametrize(
    ("as_type", "good", "bad", "path"),
    [
        (list[int], [1], [1, 2**70], (1,)),
        (dict[str, int], {"a": 1}, {"a": 1, "b": 2**63}, ("b",)),
        (list[int], [1], [1, "a"], (1,)),
        (Timestamp, Timestamp(0), Timestamp(2**63), ()),
        (Duration, Duration(1, 0), Duration(2**63, 0), ()),
        (dt.timedelta, dt.timedelta(1), dt.timedelta.max, ()),
        (Any, 1.5, {"a": [math.nan]}, ("a", 0)),
        (U8, 1, 256, ()),
        (Cat | Dog, Dog("d"), Circle(1.0), ()),
        (tuple[int, int], (1, 2), (1, 2**63), (1,)),
        (Held, Held([Circle(1.0)], 1), Held([Circle(1.0)], [2**64, {"a": math.inf}]), ("item", 1, "a")),
    ],
    ids=str,
)
def test_values_that_do_not_fit_are_refused(as_type, good, bad, path):
    """The error begins with the record's index, then says where in the record; a callback has the others written."""
    with pytest.raises(EncodeError) as caught:
        list(to_batches([good, bad], as_type))
    assert caught.value.issues[0].path == (1, *path)
    found = {}
    records = [good, bad, good, bad, bad, good]
    batches = to_batches(records, as_type, batch_size=4, on_error=found.__setitem__)
    assert list(from_batches(batches, as_type)) == [good] * 3
    assert list(found) == [1, 3, 4]
    assert {error.issues[0].path for error in found.values()} == {path}


def test_floats_keep_nan_and_the_sign_of_zero():
    """Columns of floats hold what JSON has no number for; a strict codec refuses it as ever."""
    values = [math.nan, math.inf, -0.0]
    found = list(from_batches(to_batches(values, float), float))
    assert math.isnan(found[0])
    assert (found[1], math.copysign(1, found[2])) == (math.inf, -1)
    with pytest.raises(EncodeError):
        list(to_batches(values, float, codec=get_codec("json").with_options(strict=True)))


def test_absent_is_not_null():
    """Where a field may be absent and None, the column says which."""

    @attrs.frozen
    class Patch:
        both: int | Unset | None = UNSET
        one: int | Unset = UNSET

    values = [Patch(), Patch(None), Patch(1, 2)]
    assert list(from_batches(to_batches(values, Patch), Patch)) == values


def test_hooks_write_documents():
    """What a hook of the user's writes is JSON; one that reads alone changes no column."""

    @attrs.frozen
    class Held:
        dot: Dot
        circle: Circle

    codec = get_codec("json").copy()
    codec.converter.register_unstructure_hook(Dot, lambda _: ["dot"])
    codec.converter.register_structure_hook(Dot, lambda wire, _: Dot() if wire == ["dot"] else None)
    assert arrow_schema(Held, codec).types == [pa.json_(), pa.struct({"radius": pa.float64()})]
    before = list(to_batches([Held(Dot(), Circle(1.0))], Held, codec=codec))
    assert before[0].column("dot").to_pylist() == [["dot"]] or before[0].column("dot").storage.to_pylist() == [
        '["dot"]'
    ]
    assert list(from_batches(before, Held, codec=codec)) == [Held(Dot(), Circle(1.0))]
    codec.converter.register_structure_hook(Circle, lambda _wire, _: Circle(9.0))
    assert list(from_batches(before, Held, codec=codec)) == [Held(Dot(), Circle(9.0))]


def _table() -> pa.Table:
    return pa.Table.from_batches(list(to_batches(SAMPLES, Sample)))


def _recast(name: str, arrow_type: pa.DataType) -> pa.Table:
    table = _table()
    column = table.column(name)
    stored = pa.chunked_array([getattr(chunk, "storage", chunk) for chunk in column.chunks])
    return table.set_column(table.schema.get_field_index(name), name, stored.cast(arrow_type))


@pytest.mark.parametrize(
    ("name", "arrow_type"),
    [
        ("number", pa.int32()),
        ("number", pa.int8()),
        ("text", pa.large_string()),
        ("text", pa.string_view()),
        ("text", pa.dictionary(pa.int32(), pa.string())),
        ("data", pa.large_binary()),
        ("data", pa.binary_view()),
        ("identity", pa.binary(16)),
        ("identity", pa.binary()),
        ("color", pa.string()),
        ("color", pa.dictionary(pa.uint32(), pa.string())),
        ("when", pa.timestamp("us", "UTC")),
        ("when", pa.timestamp("ns", "Europe/Berlin")),
        ("took", pa.int64()),
        ("took", pa.duration("us")),
        ("span", pa.int64()),
        ("day", pa.date64()),
        ("items", pa.large_list(pa.int16())),
        ("counts", pa.map_(pa.large_string(), pa.int8())),
    ],
    ids=str,
)
def test_other_types_that_say_the_same_are_read(name, arrow_type):
    """What other tools make of a column is read as the column itself."""
    assert list(from_batches(_recast(name, arrow_type), Sample)) == SAMPLES


def test_other_forms_are_read():
    """UUIDs as text, maps as lists of pairs, lists of one length, columns in another order, slices."""
    table = _table()
    rows = [
        {
            "number": 1,
            "identity": str(uuid.UUID(int=1)),
            "counts": [{"key": "a", "value": 1}],
            "pair": {"1": "x", "0": 2},
        },
        {"number": 2, "identity": None, "counts": [], "pair": None},
    ]
    expected = [Sample(1, identity=uuid.UUID(int=1), counts={"a": 1}, pair=(2, "x")), Sample(2)]
    assert list(from_batches(pa.Table.from_pylist(rows), Sample)) == expected
    assert list(from_batches(table.select(table.schema.names[::-1]), Sample)) == SAMPLES
    assert list(from_batches(table.slice(1), Sample)) == SAMPLES[1:]
    assert list(from_batches(table.to_reader(max_chunksize=1), Sample)) == SAMPLES
    assert list(from_batches([table.slice(2), *table.slice(0, 2).to_batches()], Sample)) == [SAMPLES[2], *SAMPLES[:2]]
    fixed = pa.table({"value": pa.array([[1, 2], [3, 4]], pa.list_(pa.int64(), 2))})
    assert list(from_batches(fixed, list[int])) == [[1, 2], [3, 4]]
    many = list(range(BATCH_SIZE * 2 + 3))
    assert list(from_batches(pa.table({"value": many}), int)) == many


@pytest.mark.parametrize(
    ("table", "as_type", "code", "path"),
    [
        (pa.table({"text": ["a"]}), Sample, "missing_field", ("number",)),
        (pa.table({"number": pa.array([], pa.string())}), Sample, "wrong_type", ("number",)),
        (pa.table({"number": [1.5]}), Sample, "wrong_type", ("number",)),
        (pa.table({"number": [1], "when": [dt.datetime(2024, 1, 1)]}), Sample, "wrong_type", ("when",)),
        (pa.table({"number": [1], "items": [["a"]]}), Sample, "wrong_type", ("items",)),
        (pa.table({"number": [1, None]}), Sample, "wrong_type", (1, "number")),
        (pa.table({"number": [1, 2], "color": ["red", "green"]}), Sample, "unknown_tag", (1, "color")),
        (pa.table({"number": [1, 2], "identity": [None, b"short"]}), Sample, "invalid_value", (1, "identity")),
        (pa.table({"value": ["1", "{"]}), Any, "syntax", (1,)),
        (pa.table({"other": [1]}), int, "missing_field", ()),
        (pa.table({"value": [256]}), U8, "out_of_range", (0,)),
        (pa.table({"lives": [300], "kind": ["cat"]}), Cat, "out_of_range", (0, "lives")),
        (pa.table([pa.array([1]), pa.array([2])], names=["number", "number"]), Sample, "duplicate_key", ("number",)),
        (
            pa.table({"value": [{"Cat": {"lives": 1, "kind": "cat"}, "Dog": {"name": "d", "kind": "dog"}}]}),
            Cat | Dog,
            "invalid_value",
            (0,),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_tables_of_something_else_are_refused(table, as_type, code, path):
    """Of a whole column the path is its name, before any row is read; of a row it begins with the row's index."""
    with pytest.raises(DecodeError) as caught:
        list(from_batches(table, as_type))
    assert (caught.value.issues[0].code, caught.value.issues[0].path) == (code, path)


def test_other_columns_go_as_unknown_fields_do():
    """They are ignored, refused, or kept."""

    @attrs.define
    class Few:
        number: int

    table = pa.table({"number": [1, 2], "more": ["a", None]})
    assert list(from_batches(table, Few)) == [Few(1), Few(2)]
    with pytest.raises(DecodeError, match="unknown field 'more'"):
        list(from_batches(table, Few, codec=get_codec("json").with_options(unknown_fields="forbid")))
    keeping = get_codec("json").with_options(unknown_fields="keep")
    kept = list(from_batches(table, Few, codec=keeping))
    assert [keeping.encode(each) for each in kept] == [b'{"number":1,"more":"a"}', b'{"number":2}']
    again = list(from_batches(to_batches(kept, Few, codec=keeping), Few, codec=keeping))
    assert [keeping.encode(each) for each in again] == [b'{"number":1,"more":"a"}', b'{"number":2}']


@pytest.mark.parametrize(
    "source", [5, "text", b"bytes", [5], [[pa.table({"value": [1]})]], [pa.array([1])], pa.chunked_array([[1]])]
)
def test_what_is_no_table_is_a_type_error(source):
    """The error says what was given."""
    with pytest.raises(TypeError, match="expected record batches"):
        list(from_batches(source, int))


def test_hooks_registered_later_count():
    """Tables are made anew after a registration."""
    codec = get_codec("json").copy()
    assert arrow_schema(Circle, codec).names == ["radius"]
    codec.converter.register_unstructure_hook(Circle, lambda value: value.radius)
    assert arrow_schema(Circle, codec) == pa.schema({"value": pa.json_()})


def test_codecs_go_with_their_tables():
    """A codec of one's own is freed, also where a hook holds it."""
    codec = get_codec("json").copy()
    codec.converter.register_unstructure_hook(Circle, lambda value, codec=codec: codec.name + str(value.radius))
    list(to_batches([Circle(1.0)], Circle, codec=codec))
    gone = weakref.ref(codec)
    del codec
    gc.collect()
    assert gone() is None


def test_without_pyarrow_the_error_names_the_extra():
    """The package itself needs none of it."""
    code = """if True:
        import sys
        import symphony_codecs
        symphony_codecs.get_codec("json").encode(1)
        assert "pyarrow" not in sys.modules
        sys.modules["pyarrow"] = None
        try:
            import symphony_codecs.arrow
        except ImportError as exc:
            assert "symphony-types[arrow]" in str(exc), exc
        else:
            raise AssertionError
    """
    subprocess.run([sys.executable, "-c", code], check=True)
