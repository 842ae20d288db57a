"""Classes: maps and arrays, what may be missing, names, defaults, unknown fields, all faults at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Generic, NamedTuple, Required, Self, TypedDict, TypeVar

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions, get_codec
from symphony_codecs.python import decoder as reference_decoder
from symphony_types import FieldError, Issue, JsonRpcRequest

from .executors import decoders


T = TypeVar("T")
K = TypeVar("K")


@attrs.define
class Inner:
    """Two fields, one with a default."""

    number: int
    text: str = "none"


@attrs.frozen(kw_only=True)
class Outer:
    """Nesting of all kinds."""

    inner: Inner
    many: tuple[Inner, ...] = ()
    named: Mapping[str, Inner] = attrs.field(factory=dict)
    maybe: Inner | None = None


@attrs.define
class Tree:
    """A class that contains itself."""

    value: int
    children: list[Tree] = attrs.field(factory=list)
    parent: Tree | None = None


@attrs.define
class Linked:
    """A class that contains itself by `Self`."""

    value: int
    next: Self | None = None


@attrs.define
class Box(Generic[T]):
    """A generic class."""

    held: T
    more: list[T] = attrs.field(factory=list)


@attrs.define
class Pair(Box[T], Generic[T, K]):
    """A generic subclass of a generic class."""

    key: K | None = None


@attrs.define
class IntBox(Box[int]):
    """A generic class, filled in by inheritance."""

    label: str = ""


@attrs.define
class Checked:
    """Validators, two of them on one instance."""

    low: int = attrs.field(validator=attrs.validators.ge(0))
    high: int = attrs.field(validator=attrs.validators.ge(0))
    name: str = attrs.field(default="x", validator=attrs.validators.min_len(1))

    def __attrs_post_init__(self) -> None:
        """Hold the rule across fields."""
        if self.low > self.high:
            raise FieldError("out_of_range", ("low",), f"at most {self.high}", str(self.low))


@attrs.define
class Private:
    """A private name, an alias, a field that the constructor does not take, a converter."""

    _hidden: int
    renamed: str = attrs.field(alias="class_")
    computed: int = attrs.field(init=False, default=7)
    tags: tuple[str, ...] = attrs.field(default=(), converter=tuple)


@dataclasses.dataclass
class Data:
    """A dataclass."""

    a: int
    b: list[int] = dataclasses.field(default_factory=list)
    c: Data | None = None


class Point(NamedTuple):
    """A named tuple."""

    x: int
    y: float = 0.5


class Options(TypedDict, total=False):
    """A typed dict."""

    name: Required[str]
    level: int


@attrs.define
class Graph:
    """A class with rules beyond its fields."""

    edges: list[int]

    def validate(self) -> None:
        """Raise for the first."""
        if self.validation_errors():
            raise ValueError("dangling edge")

    def validation_errors(self) -> tuple[Issue, ...]:
        """List edges that are negative."""
        return tuple(
            Issue(("edges", i), "dangling_edge", "a node", str(edge)) for i, edge in enumerate(self.edges) if edge < 0
        )


def _issues(codec: Codec, value: Any, as_type: Any) -> list[tuple[tuple[Any, ...], str]]:
    with pytest.raises(DecodeError) as caught:
        codec.decode(codec.encode(value), as_type)
    return [(issue.path, issue.code) for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("value", "as_type"),
    [
        (Inner(1, "a"), Inner),
        (
            Outer(inner=Inner(1), many=(Inner(2), Inner(3)), named={"k": Inner(4)}, maybe=Inner(5)),
            Outer,
        ),
        (Tree(1, [Tree(2), Tree(3, [Tree(4)])], Tree(5)), Tree),
        (Linked(1, Linked(2)), Linked),
        (Box(1, [2, 3]), Box[int]),
        (Box(Inner(1), [Inner(2)]), Box[Inner]),
        (Box(Box("a")), Box[Box[str]]),
        (Pair("a", ["b"], 3), Pair[str, int]),
        (IntBox(1, [2], "x"), IntBox),
        (Box(1, ["a"]), Box),
        (Checked(1, 2), Checked),
        (Private(1, "a", ("x",)), Private),
        (Data(1, [2], Data(3)), Data),
        (Point(1, 2.5), Point),
        ({"name": "a"}, Options),
        ({"name": "a", "level": 3}, Options),
        ([Graph([1, 2])], list[Graph]),
    ],
)
def test_round_trip(codec: Codec, value: Any, as_type: Any) -> None:
    """Every kind of class comes back equal, also under other options."""
    assert codec.decode(codec.encode(value, as_type), as_type) == value
    for other in (
        codec.with_options(rename="camelCase", omit_defaults=True),
        codec.with_options(positional=True, rename=str.upper),
        codec.with_options(positional=False, strict=True, unknown_fields="forbid"),
    ):
        assert other.decode(other.encode(value, as_type), as_type) == value


def test_shape_is_the_codecs(json: Codec) -> None:
    """One class, many shapes: map or array, names, defaults left out."""
    value = Private(1, "a", ("x",))

    assert json.encode(value) == b'{"hidden":1,"class_":"a","computed":7,"tags":["x"]}'
    assert json.with_options(positional=True).encode(value) == b'[1,"a",7,["x"]]'
    shouted = json.with_options(rename="SCREAMING-KEBAB-CASE").encode(value)
    assert shouted == b'{"HIDDEN":1,"CLASS-":"a","COMPUTED":7,"TAGS":["x"]}'
    assert json.with_options(omit_defaults=True).encode(Private(1, "a")) == b'{"hidden":1,"class_":"a"}'
    assert json.with_options(omit_defaults=True).encode(Box(1)) == b'{"held":1}'


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("lowercase", "first_name"),
        ("UPPERCASE", "FIRST_NAME"),
        ("PascalCase", "FirstName"),
        ("camelCase", "firstName"),
        ("snake_case", "first_name"),
        ("SCREAMING_SNAKE_CASE", "FIRST_NAME"),
        ("kebab-case", "first-name"),
        ("SCREAMING-KEBAB-CASE", "FIRST-NAME"),
        (lambda name: name[::-1], "eman_tsrif"),
    ],
)
def test_rename_rules_are_serdes(json: Codec, rule: Any, expected: str) -> None:
    """The rules of serde's rename_all, or a function of one's own."""

    @attrs.define
    class Named:
        first_name: int

    codec = json.with_options(rename=rule)

    assert codec.encode(Named(1)) == f'{{"{expected}":1}}'.encode()
    assert codec.decode(codec.encode(Named(1)), Named) == Named(1)


def test_unknown_rename_rule(json: Codec) -> None:
    """A rule that does not exist is refused when the codec is made."""
    with pytest.raises(ValueError, match="kebab-case"):
        json.with_options(rename="Kebab")  # type: ignore[arg-type]


def test_both_shapes_are_read_in_every_format(codec: Codec) -> None:
    """Maps in any order and arrays in the fields' order, whatever the codec writes."""
    assert codec.decode(codec.encode({"text": "a", "number": 1}), Inner) == Inner(1, "a")
    assert codec.decode(codec.encode([1, "a"]), Inner) == Inner(1, "a")
    assert codec.decode(codec.encode([1]), Inner) == Inner(1)


@pytest.mark.parametrize(
    ("value", "as_type", "expected"),
    [
        ({}, Inner, [(("number",), "missing_field")]),
        ([], Inner, [((), "wrong_arity")]),
        ([1, "a", 2], Inner, [((), "wrong_arity")]),
        ("x", Inner, [((), "wrong_type")]),
        ({"number": "1", "text": 2}, Inner, [(("number",), "wrong_type"), (("text",), "wrong_type")]),
        (["1", 2], Inner, [(("number",), "wrong_type"), (("text",), "wrong_type")]),
        (
            {"inner": {}, "many": [{"number": 1}, {}, 3], "named": {"k": {"number": None}}, "maybe": 1},
            Outer,
            [
                (("inner", "number"), "missing_field"),
                (("many", 1, "number"), "missing_field"),
                (("many", 2), "wrong_type"),
                (("named", "k", "number"), "wrong_type"),
                (("maybe",), "wrong_type"),
            ],
        ),
        ({"value": 1, "children": [{"value": "x"}]}, Tree, [(("children", 0, "value"), "wrong_type")]),
        ({"held": "x"}, Box[int], [(("held",), "wrong_type")]),
        ({"held": 1, "more": ["x"]}, IntBox, [(("more", 0), "wrong_type")]),
        ({"low": -1, "high": -2, "name": ""}, Checked, [((n,), "invalid_value") for n in ("low", "high", "name")]),
        ({"low": -1, "high": "x"}, Checked, [(("low",), "invalid_value"), (("high",), "wrong_type")]),
        ({"low": 3, "high": 2}, Checked, [(("low",), "out_of_range")]),
        ([], Point, [((), "wrong_arity")]),
        ([1, "x"], Point, [((1,), "wrong_type")]),
        ({"level": "x"}, Options, [(("level",), "wrong_type"), (("name",), "missing_field")]),
        ({"edges": [0, -1, -2]}, Graph, [(("edges", 1), "dangling_edge"), (("edges", 2), "dangling_edge")]),
        ([{"edges": [-1]}], list[Graph], [((0, "edges", 0), "dangling_edge")]),
    ],
)
def test_all_faults_with_their_paths(codec: Codec, value: Any, as_type: Any, expected: Any) -> None:
    """Every fault of a document is reported, in order, with its path."""
    assert sorted(_issues(codec, value, as_type), key=repr) == sorted(expected, key=repr)


def test_path_names_are_the_wires() -> None:
    """What a validator says of an attribute is reported under the name that the document has."""
    codec = get_codec("json").with_options(rename="UPPERCASE")

    assert _issues(codec, {"LOW": -1, "HIGH": 1}, Checked) == [(("LOW",), "invalid_value")]
    assert _issues(codec, {"EDGES": [-1]}, Graph) == [(("EDGES", 0), "dangling_edge")]


def test_missing_optional_is_none(codec: Codec) -> None:
    """A field that may be None may be missing, with a default or without, as serde's Option."""

    @attrs.define
    class Maybe:
        a: int | None
        b: int | None = 5

    assert codec.decode(codec.encode({}), Maybe) == Maybe(None, 5)
    assert codec.decode(codec.encode([]), Maybe) == Maybe(None, 5)
    assert codec.decode(codec.encode({"a": 1, "b": None}), Maybe) == Maybe(1, None)


def test_unknown_fields_are_ignored_forbidden_or_kept(json: Codec) -> None:
    """The three ways with keys that no field has; keys that are no text are refused always."""
    data = b'{"number":1,"x":[1,{"y":2}],"text":"a","z":null}'

    assert json.decode(data, Inner) == Inner(1, "a")
    with pytest.raises(DecodeError) as caught:
        json.with_options(unknown_fields="forbid").decode(data, Inner)
    assert [(i.path, i.code) for i in caught.value.issues] == [(("x",), "unknown_field"), (("z",), "unknown_field")]
    keeping = json.with_options(unknown_fields="keep")
    kept = keeping.decode(data, Inner)
    assert kept == Inner(1, "a")
    assert keeping.encode(kept) == b'{"number":1,"text":"a","x":[1,{"y":2}],"z":null}'
    assert json.encode(kept) == b'{"number":1,"text":"a"}'
    assert keeping.encode(Inner(1, "a")) == b'{"number":1,"text":"a"}'
    for name in ("msgpack", "cbor"):
        codec = get_codec(name)
        assert _issues(codec, {"number": 1, 0: 1}, Inner) == [((), "wrong_type")]


def test_kept_fields_go_with_their_instance(json: Codec) -> None:
    """What is kept is dropped when the instance is, and never turns up on another at the same place."""
    from symphony_codecs._extras import EXTRAS

    keeping = json.with_options(unknown_fields="keep")
    gc.collect()
    before = len(EXTRAS.held)
    kept = [keeping.decode(b'{"number":1,"x":%d}' % i, Inner) for i in range(100)]
    assert len(EXTRAS.held) == before + 100
    assert [keeping.encode(k)[-3:-1] for k in kept[:2]] == [b":0", b":1"]

    del kept
    gc.collect()

    assert len(EXTRAS.held) == before


def test_keeping_needs_weak_references(json: Codec) -> None:
    """A class without them cannot have its unknown fields kept, and says so, unless it has a field for them."""

    @attrs.define(weakref_slot=False)
    class Lean:
        a: int
        rest: dict[str, int] = attrs.Factory(dict)

    keeping = json.with_options(unknown_fields="keep")
    with pytest.raises(DecodeError, match=r"Lean: unknown_fields: 'keep' needs a class that takes weak references"):
        keeping.decode(b'{"a":1}', Lean)
    with_field = keeping.with_class(Lean, fields={"rest": FieldOptions(flatten=True)})
    for decode in decoders(with_field, Lean):
        assert decode(b'{"a":1,"b":2}') == Lean(1, {"b": 2})


def test_class_options(json: Codec) -> None:
    """Options of one class and of single fields override the codec's."""
    codec = json.with_class(
        Inner,
        rename="UPPERCASE",
        unknown_fields="forbid",
        fields={"number": FieldOptions(rename="no"), "text": FieldOptions(required=True)},
    )

    assert codec.encode(Outer(inner=Inner(1))) == (
        b'{"inner":{"no":1,"TEXT":"none"},"many":[],"named":{},"maybe":null}'
    )
    with pytest.raises(DecodeError) as caught:
        codec.decode(b'{"no":1,"x":1}', Inner)
    assert {(i.path, i.code) for i in caught.value.issues} == {(("x",), "unknown_field"), (("TEXT",), "missing_field")}
    positional = json.with_class(Inner, positional=True)
    assert positional.encode(Outer(inner=Inner(1))) == b'{"inner":[1,"none"],"many":[],"named":{},"maybe":null}'


def test_omitted_fields(codec: Codec) -> None:
    """A field that is omitted is never written, and ignored when it comes; None and defaults can be left out."""
    own = codec.with_class(
        Outer,
        fields={
            "many": FieldOptions(omit=True),
            "maybe": FieldOptions(omit_none=True),
            "named": FieldOptions(omit_default=True),
        },
    )
    value = Outer(inner=Inner(1), many=(Inner(2),))
    data = own.encode(value)

    assert own.decode(data, Outer) == Outer(inner=Inner(1))
    if not codec.format.positional:
        assert codec.decode(data, Any) == {"inner": {"number": 1, "text": "none"}}
        assert own.decode(codec.encode({"inner": [1], "many": 99}), Outer) == Outer(inner=Inner(1))
        forbidding = own.with_options(unknown_fields="forbid")
        assert forbidding.decode(codec.encode({"inner": [1], "many": 99}), Outer) == Outer(inner=Inner(1))


def test_subclass_instances_are_refused(codec: Codec) -> None:
    """A subclass's own fields would be lost silently: it is refused, with the reason."""
    with pytest.raises(EncodeError, match="own fields would be lost"):
        codec.encode(Pair(1), Box[int])


def test_missing_attribute_is_an_issue(codec: Codec) -> None:
    """An instance whose slot is empty is an error with a path, not an AttributeError."""
    value = Inner(1)
    del value.number

    with pytest.raises(EncodeError) as caught:
        codec.encode(value)
    assert [issue.path for issue in caught.value.issues] == [("number",)]


def test_unresolvable_annotations(json: Codec) -> None:
    """An annotation that cannot be resolved is an error that names it."""

    @attrs.define
    class Lost:
        a: Nowhere  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(DecodeError, match="Nowhere"):
        json.decode(b"{}", Lost)
    with pytest.raises(EncodeError, match="Nowhere"):
        json.encode(Lost(1))


def test_dataclass_init_variables(json: Codec) -> None:
    """A constructor argument that is not kept cannot be written, so the class is refused."""

    @dataclasses.dataclass
    class Odd:
        a: int
        scale: dataclasses.InitVar[int]

    with pytest.raises(DecodeError, match="'scale'"):
        json.decode(b"{}", Odd)


def test_field_names_as_byte_strings() -> None:
    """MessagePack and CBOR may spell names as byte strings, as serde reads them."""
    codec = get_codec("msgpack")

    assert codec.decode(codec.encode({b"number": 1, "text": "a"}), Inner) == Inner(1, "a")
    assert _issues(codec, {b"number": 1, "number": 2}, Inner) == [(("number",), "duplicate_key")]
    assert _issues(codec, {b"\xff": 1, "number": 2}, Inner) == [((), "invalid_value")]


@pytest.mark.parametrize("leaf", [1, "refused"])
def test_fields_beside_byte_strings_are_read_once(leaf: Any) -> None:
    """Reading them again with the others would double the work at each level."""
    seen: list[Any] = []

    def read_int(value: Any, _: Any) -> int:
        seen.append(value)
        assert type(value) is int
        return value

    codec = get_codec("msgpack").copy()
    codec.converter.register_structure_hook(int, read_int)
    document: Any = {"value": leaf}
    for _ in range(10):
        document = {"parent": document, b"value": 1, b"unknown": 2}
    read = reference_decoder(codec.converter, Tree)
    data = codec.encode(document)

    if leaf == 1:
        assert read(data).parent.parent.value == 1
    else:
        with pytest.raises(DecodeError) as caught:
            read(data)
        assert [issue.path for issue in caught.value.issues] == [(*("parent",) * 10, "value")]
    assert sorted(seen, key=str) == [*[1] * 10, leaf]


@pytest.mark.parametrize("as_type", [complex, type, range, Exception, type(len)])
def test_unsupported_types_say_why(codec: Codec, as_type: Any) -> None:
    """A type without a representation is refused in both directions, with what to do about it."""
    with pytest.raises(DecodeError, match="register hooks") as caught:
        codec.decode(codec.encode(None), as_type)
    assert caught.value.issues[0].code == "unsupported_type"
    with pytest.raises(EncodeError, match="register hooks"):
        codec.encode(None, as_type)


@attrs.frozen
class Nothing:
    """A class without fields."""


def test_a_class_without_fields_is_a_unit_struct(codec: Codec) -> None:
    """Null, in MessagePack an empty array; read from an empty map, too; beside None told from it."""
    nothing = b"\x90" if codec.name.startswith("msgpack") else codec.encode(None)

    assert codec.encode(Nothing()) == nothing
    for value in (None, [], {}, {"unknown": 1}):
        assert codec.decode(codec.encode(value), Nothing) == Nothing()
    for as_type in (list[Nothing | None], list[Nothing | int | None]):
        assert codec.decode(codec.encode([Nothing(), None], as_type), as_type) == [Nothing(), None]
    with pytest.raises(DecodeError):
        codec.decode(codec.encode([1]), Nothing)
    with pytest.raises(EncodeError):
        codec.encode(None, Nothing)


@attrs.define
class Related:
    """Validators that look at other fields, and at what converters made."""

    first: int
    tags: tuple[str, ...] = attrs.field(converter=tuple, validator=attrs.validators.instance_of(tuple))
    doubled: int = attrs.field(default=1, converter=lambda value: value * 2, validator=attrs.validators.lt(5))
    limit: int = 5
    below: int = attrs.field(default=0)

    @below.validator
    def _check_below(self, _: Any, value: int) -> None:
        if not self.first <= value <= self.limit:
            raise ValueError("out of order")


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        (b'{"first":"x","tags":["a"],"below":1}', [("first",)]),
        (b'{"tags":["a"],"below":1}', [("first",)]),
        (b'{"first":1,"tags":["a"],"below":9}', [("below",)]),
        (b'{"first":1,"tags":["a"],"doubled":3,"below":9}', [("doubled",), ("below",)]),
        (b'{"first":1,"tags":[1],"doubled":3,"below":2}', [("tags", 0), ("doubled",)]),
    ],
)
def test_validators_see_what_the_constructor_would_show_them(json: Codec, document: bytes, paths: Any) -> None:
    """Converted values and defaults; a fault of one field is not told of another."""
    with pytest.raises(DecodeError) as caught:
        json.decode(document, Related)
    assert [issue.path for issue in caught.value.issues] == paths
    assert "Attribute(" not in str(caught.value)


@attrs.define
class Picky:
    """Defaults that something else is equal to."""

    amount: Decimal = Decimal("1.0")
    when: dt.datetime = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    many: list[Any] = attrs.field(factory=lambda: [1])
    number: int = attrs.field(default="5", converter=int)
    none: int = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("value", "document"),
    [
        (Picky(), b"{}"),
        (Picky(amount=Decimal("1.00")), b'{"amount":"1.00"}'),
        (
            Picky(when=dt.datetime(2020, 1, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2)))),
            b'{"when":"2020-01-01T02:00:00+02:00"}',
        ),
        (Picky(many=[True]), b'{"many":[true]}'),
        (Picky(many=[1.0]), b'{"many":[1.0]}'),
        (Picky(number=6), b'{"number":6}'),
    ],
)
def test_only_what_reads_back_the_same_is_omitted(json: Codec, value: Picky, document: bytes) -> None:
    """Equal is not enough where the two look different."""
    codec = json.with_options(omit_defaults=True)
    assert codec.encode(value, Picky) == document
    assert repr(codec.decode(document, Picky)) == repr(value)


def test_defaults_are_written_where_reading_needs_them(codec: Codec) -> None:
    """Omitting leaves what serde's derive asks for."""
    omitting = codec.with_options(omit_defaults=True)
    request = JsonRpcRequest(method="m", id=1)
    assert omitting.decode(omitting.encode(request, JsonRpcRequest), JsonRpcRequest) == request


def test_unknown_fields_of_a_class_without_fields_are_kept(json: Codec) -> None:
    """A later version may have some."""
    keeping = json.with_options(unknown_fields="keep")
    for document in (b'{"later":1}', b"null"):
        assert keeping.encode(keeping.decode(document, Nothing), Nothing) == document


@pytest.mark.parametrize("cls", [int, "Inner", list[int], Pair[int, str]])
def test_class_options_are_for_classes(json: Codec, cls: Any) -> None:
    """What would have no effect is an error."""
    with pytest.raises(ValueError, match="expected an attrs class or a dataclass"):
        json.with_class(cls)


def test_class_options_are_checked(json: Codec) -> None:
    """As those of a codec are."""
    with pytest.raises(ValueError, match="expected one of ignore, forbid, keep"):
        json.with_class(Inner, unknown_fields="drop")  # type: ignore[arg-type]
