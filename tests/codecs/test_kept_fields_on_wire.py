"""Unknown fields that are kept: where they are written, and what has no place for them."""

from __future__ import annotations

import copy
import dataclasses

from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin

import attrs
import pytest

from symphony_codecs import Codec, EncodeError, FieldOptions, get_codec
from symphony_codecs._extras import EXTRAS
from tests.codecs.test_kept_fields import FORMATS, keeping


T = TypeVar("T")


@attrs.define
class Point:
    x: int
    y: int = 0


@attrs.define
class Label:
    text: str


@attrs.define
class Nothing:
    pass


@dataclasses.dataclass
class Row:
    cells: list[int]
    point: Point | None = None


@attrs.define
class Box(Generic[T]):
    item: T


@attrs.define
class Cat:
    kind: Literal["cat"] = "cat"
    lives: int = 9


@attrs.define
class Dog:
    kind: Literal["dog"] = "dog"
    name: str = ""


@attrs.define
class Late:
    name: str = ""
    kind: Literal["late"] = "late"


Shape = Point | Label | Nothing

POINT: Any = {"x": 1, "y": 2, "z": [3]}
# A type, how its union is told apart, and what its maps look like; "z" is nobody's field.
DOCUMENTS: dict[str, tuple[Any, dict[str, Any], Any]] = {
    "class": (Point, {}, POINT),
    "optional": (Point | None, {}, POINT),
    "list": (list[Point], {}, [POINT, {"x": 1, "y": 0}, POINT]),
    "tuple": (tuple[Point, Row], {}, [POINT, {"cells": [], "point": POINT, "z": None}]),
    "map": (dict[str, Point], {}, {"a": POINT}),
    "field": (Row, {}, {"cells": [1], "point": POINT}),
    "field of one that has some": (Row, {}, {"cells": [1], "point": POINT, "z": 1}),
    "generic": (Box[Point], {}, {"item": POINT, "z": {}}),
    "without fields": (Nothing, {}, {"z": 1}),
    "optional without fields": (Nothing | None, {}, {"z": 1}),
    "literals": (list[Cat | Dog], {}, [{"kind": "dog", "name": "d", "z": 1}, {"kind": "cat", "lives": 9}]),
    "literals at two places": (Cat | Late, {}, {"name": "", "kind": "late", "z": 1}),
    "beside a text": (list[Point | str], {}, [POINT, "a"]),
    "external": (list[Shape], {"tagging": "external"}, [{"Point": POINT}, {"Label": {"text": "t", "z": 1}}]),
    "adjacent": (list[Shape], {"tagging": "adjacent"}, [{"type": "Label", "content": {"text": "t", "z": 1}}]),
    "internal": (list[Shape], {"tagging": "internal"}, [{"type": "Point", **POINT}, {"type": "Nothing", "z": 1}]),
    "untagged": (Row | Label, {"tagging": "untagged"}, {"text": "t", "z": 1}),
    "untagged beside a text": (list[Label | str], {"tagging": "untagged"}, [{"text": "t", "z": 1}]),
}
ARRAYS: dict[str, Callable[[], Codec]] = {
    "msgpack-compact": lambda: keeping("msgpack-compact"),
    "json": lambda: keeping("json", positional=True),
    "json, strict": lambda: keeping("json", positional=True, strict=True),
    "msgpack": lambda: keeping("msgpack", positional=True),
    "cbor": lambda: keeping("cbor", positional=True),
    "defaults left out": lambda: keeping("json", positional=True, omit_defaults=True),
    "classes": lambda: of_classes(get_codec("cbor"), unknown_fields="keep", positional=True),
}


def of_classes(codec: Codec, **options: Any) -> Codec:
    for cls in (Point, Label, Nothing, Row, Box, Cat, Dog, Late):
        codec = codec.with_class(cls, **options)
    return codec


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("name", ARRAYS)
def test_an_instance_with_kept_fields_is_a_map_among_arrays(name: str, document: str) -> None:
    """What an array has no place for is not lost: such an instance is a map, and is read as one."""
    tp, union, tree = DOCUMENTS[document]
    codec, maps = ARRAYS[name](), keeping("json")
    if union:
        members = tp if get_origin(tp) is not list else get_args(tp)[0]
        codec, maps = (each.with_union(members, **union) for each in (codec, maps))
    value: Any = maps.decode(maps.encode(tree), tp)

    again = codec.decode(codec.encode(value, tp), tp)

    assert again == value
    assert get_codec("json").decode(maps.encode(again, tp), Any) == tree


@pytest.mark.parametrize("name", ARRAYS)
def test_instances_without_kept_fields_are_arrays_as_ever(name: str) -> None:
    """What has nothing kept is written with the same bytes as without the option."""
    codec = ARRAYS[name]()
    plain = (
        of_classes(get_codec("cbor"), positional=True)
        if name == "classes"
        else codec.with_options(unknown_fields="ignore")
    )
    for value, tp in (
        (Point(1), Any),
        (Row([1], Point(1)), Row),
        ([Point(1), Label("t"), Nothing()], list[Shape]),
        ([Cat(), Dog()], list[Cat | Dog]),
    ):
        data = codec.encode(value, tp)
        assert data == plain.encode(value, tp)
        assert tp is Any or codec.decode(data, tp) == value
    point: Any = keeping("json").decode(b'{"x":1,"y":2,"z":3}', Point)
    tree = codec.decode(codec.encode([point, Point(3, 4)]), Any)
    assert tree == [{"x": 1, "y": 2, "z": 3}, [3, 4]] or name == "defaults left out"


@pytest.mark.parametrize("tagging", ["external", "adjacent", "untagged"])
@pytest.mark.parametrize("name", FORMATS)
def test_names_and_newtypes_have_no_place_for_them(name: str, tagging: Any) -> None:
    """An instance that is written as a name or as its field alone is refused where something is kept for it."""
    codec = keeping(name).with_union(Point | Label | Nothing, tagging=tagging, newtype={Label})
    label: Any = keeping("json").decode(b'{"text":"t","z":1,"w":2}', Label)
    nothing: Any = keeping("json").decode(b'{"z":1}', Nothing)

    for value, named in ((label, "its field 'text'"), (nothing, "its name 'Nothing'")):
        with pytest.raises(EncodeError) as caught:
            codec.encode([value], list[Shape])
        start = f"{type(value).__name__} is written as {named} alone"
        (issue,) = (issue for issue in caught.value.issues if issue.message.startswith(start))
        assert issue.message.endswith("(unknown_fields='keep'): " + ("'z', 'w'" if value is label else "'z'"))
        assert issue.path[0] == 0
    assert codec.decode(codec.encode([Label("t")], list[Shape]), list[Shape]) == [Label("t")]


def test_faults_in_what_has_kept_fields_are_said_once() -> None:
    """The path of a fault is the same in arrays and maps, and nothing is looked at twice."""
    codec = keeping("msgpack-compact")
    row: Any = keeping("json").decode(b'{"cells":[1],"point":{"x":1,"z":1},"z":1}', Row)
    row.point.x = "no number"

    with pytest.raises(EncodeError) as caught:
        codec.encode([row])

    assert [issue.path for issue in caught.value.issues] == [(0, "point", "x")]
    row.point.x = 2**70
    EXTRAS.of(row)["z"] = object()
    with pytest.raises(EncodeError):
        codec.encode([row])


def test_what_another_format_cannot_say() -> None:
    """Fields kept from one format are written in another; what that cannot say is refused where it stands."""
    cbor, json = keeping("cbor"), keeping("json")
    value: Any = cbor.decode(cbor.encode({"x": 1, "y": 2, "z": [b"\0"], "w": 2**64}), Point)

    for name in ("msgpack", "msgpack-compact"):
        again = keeping(name)
        EXTRAS.of(value).pop("w", None)
        assert EXTRAS.of(again.decode(again.encode(value), Point)) == {"z": [b"\0"]}
    with pytest.raises(EncodeError) as caught:
        json.encode([value])
    assert [(issue.path, issue.code) for issue in caught.value.issues] == [((0, "z", 0), "wrong_type")]


@attrs.define
class Named:
    sensor_id: int
    secret: str = ""


@pytest.mark.parametrize("name", FORMATS)
def test_a_kept_field_that_is_called_as_a_field(name: str) -> None:
    """What one codec kept may be a field for another: it would be read back as that, and is refused."""
    camel = keeping("json", rename="camelCase").with_class(Named, fields={"secret": FieldOptions(rename="s")})
    value: Any = camel.decode(b'{"sensorId":1,"sensor_id":2}', Named)
    other: Any = camel.decode(b'{"sensorId":1,"secret":2}', Named)
    omitting = keeping(name).with_class(Named, fields={"secret": FieldOptions(omit=True)})

    assert camel.encode(value) == b'{"sensorId":1,"s":"","sensor_id":2}'
    for codec, instance, key in (
        (keeping(name), value, "sensor_id"),
        (keeping(name, omit_defaults=True), other, "secret"),
        (omitting, other, "secret"),
    ):
        with pytest.raises(EncodeError) as caught:
            codec.encode([instance])
        (issue,) = caught.value.issues
        assert (issue.path, issue.code) == ((0, key), "duplicate_key")
        assert issue.message == f"this Named has a field {key!r}, and an unknown one was kept (unknown_fields='keep')"
    everything = {field.name: FieldOptions(omit=True) for field in attrs.fields(WithDefault)}
    nothing: Any = keeping("json").with_class(WithDefault, fields={"a": FieldOptions(rename="b")})
    bare: Any = nothing.decode(b'{"a":1}', WithDefault)
    with pytest.raises(EncodeError, match="a field 'a'"):
        keeping(name).with_class(WithDefault, fields=everything).encode(bare)


@attrs.define
class WithDefault:
    a: int = 1


@pytest.mark.parametrize("name", ["msgpack", "msgpack-compact", "cbor"])
def test_unknown_integer_names(name: str) -> None:
    """Beside fields that are called integers, unknown ones may be as well; JSON has no such names."""
    codec = keeping(name).with_class(WithDefault, fields={"a": FieldOptions(rename=1)})

    value: Any = codec.decode(codec.encode({1: 5, 99: "x", "q": 2}), WithDefault)

    assert value == WithDefault(5)
    for again in (copy.deepcopy(value), codec.decode(codec.encode(value), WithDefault)):
        assert EXTRAS.of(again) == {99: "x", "q": 2}
    with pytest.raises(EncodeError, match="a field name"):
        keeping("json").encode(value)


def test_untagged_members_that_would_take_the_map() -> None:
    """An array among untagged members may become a map that one before it would take: that is refused."""
    value: Any = keeping("json").decode(b'{"x":1,"y":2,"z":3}', Point)

    unions: list[tuple[Any, bool]] = [(dict[str, int] | Point, False), (Point | dict[str, int], True)]
    for union, is_fine in unions:
        codec = keeping("msgpack-compact").with_union(union, tagging="untagged")
        if is_fine:
            again: Any = codec.decode(codec.encode(value, union), union)
            assert (again, EXTRAS.of(again)) == (Point(1, 2), {"z": 3})
        else:
            with pytest.raises(EncodeError, match="would come back as that"):
                codec.encode(value, union)
