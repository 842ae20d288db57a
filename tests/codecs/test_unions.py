"""Unions: the four taggings of classes, literals, scalars told apart by what they are, and what is refused."""

from __future__ import annotations

import datetime as dt
import json as stdlib_json
import uuid

from typing import Annotated, Any, Generic, Literal, NewType, TypeVar

import attrs
import pytest

from typing_extensions import TypeAliasType

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_types import (
    ConfigType,
    Duration,
    Err,
    IpcTransportError,
    JsonRpcError,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    NodeId,
    Ok,
    RequestId,
    ResourceType,
    Result,
    SymphonyError,
    SymphonyResult,
    Version,
    WorkflowCyclicDependencyError,
    WorkflowResult,
)


@attrs.frozen
class Circle:
    """A class with a field."""

    radius: float


@attrs.frozen
class Square:
    """A class with two fields."""

    side: float
    color: str = "red"


@attrs.frozen
class Origin:
    """A class without fields."""


@attrs.frozen
class Label:
    """A class that is a newtype."""

    text: str


@attrs.frozen
class Note:
    """A newtype of an optional."""

    text: str | None


@attrs.frozen
class Wrapped:
    """A newtype around a class."""

    circle: Circle


@attrs.frozen
class Cat:
    """Told by its literal."""

    kind: Literal["cat", "lion"]
    lives: int = 9


@attrs.frozen
class Dog:
    """Told by its literal."""

    kind: Literal["dog"]
    name: str = ""


@attrs.frozen
class Left:
    """As `Right`: untagged, a document fits neither or both."""

    next: Left | Right | int


@attrs.frozen
class Right:
    """As `Left`."""

    next: Left | Right | int


Shape = Circle | Square | Origin
KEYS: dict[str, dict[str, str]] = {
    "external": {},
    "internal": {"tag": "t"},
    "adjacent": {"tag": "t", "content": "c"},
    "untagged": {},
}


def _both(codec: Codec, value: Any, as_type: Any) -> Any:
    """Return the builtins of *value* after checking that it comes back."""
    data = codec.encode(value, as_type)
    assert codec.decode(data, as_type) == value
    return codec.decode(data, Any)


@pytest.mark.parametrize(
    ("tagging", "maps", "arrays"),
    [
        (
            "external",
            [{"Circle": {"radius": 1.5}}, {"Square": {"side": 2.0, "color": "red"}}, "Origin", None],
            [{"Circle": [1.5]}, {"Square": [2.0, "red"]}, "Origin", None],
        ),
        (
            "internal",
            [{"t": "Circle", "radius": 1.5}, {"t": "Square", "side": 2.0, "color": "red"}, {"t": "Origin"}, None],
            [["Circle", 1.5], ["Square", 2.0, "red"], ["Origin"], None],
        ),
        (
            "adjacent",
            [
                {"t": "Circle", "c": {"radius": 1.5}},
                {"t": "Square", "c": {"side": 2.0, "color": "red"}},
                {"t": "Origin"},
                None,
            ],
            [["Circle", [1.5]], ["Square", [2.0, "red"]], ["Origin", None], None],
        ),
        (
            "untagged",
            [{"radius": 1.5}, {"side": 2.0, "color": "red"}, {}, None],
            [[1.5], [2.0, "red"], [], None],
        ),
    ],
)
def test_the_four_taggings(codec: Codec, tagging: Any, maps: Any, arrays: Any) -> None:
    """Each of serde's representations, in maps and arrays, with None beside the classes."""
    own = codec.with_union(Shape, tagging=tagging, **KEYS[tagging])
    values = [Circle(1.5), Square(2.0), Origin(), None]

    assert _both(own, values, list[Shape | None]) == (arrays if codec.format.positional else maps)


def test_names_and_newtypes(json: Codec) -> None:
    """Classes go by other names where they are given, newtypes bare."""
    codec = json.with_union(Circle | Label | Wrapped, names={Circle: "round"}, newtype={Label, Wrapped})

    assert _both(codec, [Circle(1.0), Label("a"), Wrapped(Circle(2.0))], list[Circle | Label | Wrapped]) == [
        {"round": {"radius": 1.0}},
        {"Label": "a"},
        {"Wrapped": {"radius": 2.0}},
    ]
    inside = json.with_union(Circle | Wrapped, tagging="internal", newtype={Wrapped})
    assert _both(inside, Wrapped(Circle(2.0)), Circle | Wrapped) == {"type": "Wrapped", "radius": 2.0}


def test_subsets_are_told_apart_the_same_way(json: Codec) -> None:
    """A union of some of the members keeps the tagging, and so does a member alone beside None."""
    codec = json.with_union(Circle | Square | Label, tagging="internal", names={Circle: "round"})

    assert _both(codec, Circle(1.0), Circle | Square) == {"type": "round", "radius": 1.0}
    assert _both(codec, [None, Square(1.0)], list[Square | Circle | None])[1]["type"] == "Square"


def test_literals_tell_classes_apart(codec: Codec) -> None:
    """A Literal field that all classes have is the tag, in maps and arrays."""
    values = [Cat("cat"), Dog("dog", "rex"), Cat("lion", 1)]
    wire = _both(codec, values, list[Cat | Dog])

    assert wire[1] == (["dog", "rex"] if codec.format.positional else {"kind": "dog", "name": "rex"})


@pytest.mark.parametrize(
    ("value", "as_type", "path", "code"),
    [
        ("Triangle", Shape, (), "unknown_tag"),
        ({"Triangle": 1}, Shape, (), "unknown_tag"),
        ({"circle": {"radius": 1.0}}, Shape, (), "unknown_tag"),
        ("Circle", Shape, (), "wrong_type"),
        ({"Circle": {}}, Shape, ("Circle", "radius"), "missing_field"),
        ({"Circle": {"radius": "x"}}, Shape, ("Circle", "radius"), "wrong_type"),
        ({"Origin": 1}, Shape, ("Origin",), "wrong_type"),
        ({}, Shape, (), "wrong_type"),
        ({"Circle": {}, "Square": {}}, Shape, (), "wrong_type"),
        (1, Shape, (), "wrong_type"),
        (None, Shape, (), "wrong_type"),
        ({"kind": "cow"}, Cat | Dog, ("kind",), "unknown_tag"),
        ({"lives": 1}, Cat | Dog, ("kind",), "missing_field"),
        ({"kind": ["cat"]}, Cat | Dog, ("kind",), "unknown_tag"),
        (3, Cat | Dog, (), "wrong_type"),
        (1.5, int | str | None, (), "wrong_type"),
        ([1], int | str, (), "wrong_type"),
        (2**63, RequestId, (), "out_of_range"),
        (1.5, RequestId, (), "wrong_type"),
        ({"Ok": "x"}, Result[int, str], ("Ok",), "wrong_type"),
        ({"Okay": 1}, Result[int, str], (), "unknown_tag"),
        ({"Ipc": {"Nothing": {}}}, SymphonyError, ("Ipc",), "unknown_tag"),
        ({"Ipc": {"Transport": {}}}, SymphonyError, ("Ipc", "Transport", "reason"), "missing_field"),
        ("Nothing", ResourceType, (), "unknown_tag"),
        ("Custom", ResourceType, (), "wrong_type"),
        ({"Custom": 1}, ResourceType, ("Custom",), "wrong_type"),
        ({"Memory": 1}, ResourceType, ("Memory",), "wrong_type"),
    ],
)
def test_faults(codec: Codec, value: Any, as_type: Any, path: Any, code: str) -> None:
    """What does not fit is an issue with its path; an unknown tag names the known ones."""
    with pytest.raises(DecodeError) as caught:
        codec.decode(codec.encode(value), as_type)

    assert [(issue.path, issue.code) for issue in caught.value.issues] == [(path, code)]
    if code == "unknown_tag":
        assert "one of " in caught.value.issues[0].expected


@pytest.mark.parametrize(
    ("tagging", "value", "path", "code"),
    [
        ("internal", {}, ("type",), "missing_field"),
        ("internal", {"type": "X"}, ("type",), "unknown_tag"),
        ("internal", {"type": 1}, ("type",), "unknown_tag"),
        ("internal", {"type": "Circle"}, ("radius",), "missing_field"),
        ("internal", [], (), "wrong_type"),
        ("internal", 1, (), "wrong_type"),
        ("adjacent", {}, ("type",), "missing_field"),
        ("adjacent", {"type": "X"}, ("type",), "unknown_tag"),
        ("adjacent", {"type": "Circle"}, ("content",), "missing_field"),
        ("adjacent", {"type": "Circle", "content": {}}, ("content", "radius"), "missing_field"),
        ("adjacent", {"type": "Origin", "content": 1}, ("content",), "wrong_type"),
        ("adjacent", ["Circle", [1.0], 3], (), "wrong_arity"),
        ("adjacent", "Circle", (), "wrong_type"),
        ("untagged", {"side": "x"}, (), "wrong_type"),
        ("untagged", 1, (), "wrong_type"),
    ],
)
def test_faults_of_other_taggings(codec: Codec, tagging: Any, value: Any, path: Any, code: str) -> None:
    """The same for the other representations."""
    own = codec.with_union(Circle | Square | Origin, tagging=tagging)
    if tagging == "untagged":  # a class without fields takes any map: not among those that are tried
        own = codec.with_union(Circle | Square, tagging=tagging)

    with pytest.raises(DecodeError) as caught:
        own.decode(codec.encode(value), Circle | Square if tagging == "untagged" else Shape)

    assert [(issue.path, issue.code) for issue in caught.value.issues] == [(path, code)]


def test_scalars_are_told_apart_by_what_they_are(codec: Codec) -> None:
    """Scalars, containers, ids and one class, each by its kind on the wire."""
    union = bool | int | float | str | list[int] | None
    values = [True, 1, 1.5, "x", [1, 2], None]
    back = codec.decode(codec.encode(values, list[union]), list[union])

    assert back == values
    assert [type(v) for v in back] == [type(v) for v in values]
    mixed = NodeId | int | Duration | None
    node = NodeId.parse("67e55044-10b1-426f-9247-bb680e5fe0c8")
    assert codec.decode(codec.encode([node, 3, Duration(1, 2), None], list[mixed]), list[mixed]) == [
        node,
        3,
        Duration(1, 2),
        None,
    ]
    assert codec.decode(codec.encode([Circle(1.0), "x"], list[Circle | str]), list[Circle | str]) == [Circle(1.0), "x"]


def test_an_integer_is_a_float_where_there_is_no_other(codec: Codec) -> None:
    """As serde does, an integer is read as a float, unless an integer is among the members."""
    assert type(codec.decode(codec.encode(1), float | str)) is float
    assert type(codec.decode(codec.encode(1), float | int)) is int


@pytest.mark.parametrize(
    "union",
    [dt.datetime | str, list[int] | list[str], dict[str, int] | Circle, Circle | Origin | str, list[int] | Circle],
)
def test_ambiguous_unions_are_refused(json: Codec, union: Any) -> None:
    """Members that look alike on the wire are refused, with the way out."""
    with pytest.raises(DecodeError, match="with_union") as caught:
        json.decode(b"1", union)
    assert caught.value.issues[0].code == "unsupported_type"
    with pytest.raises(EncodeError, match="with_union"):
        json.encode("x", union)


def test_ambiguous_only_where_it_is() -> None:
    """A UUID and a str look alike in JSON alone: in a binary format one is bytes."""
    one = uuid.UUID(int=1)

    assert _both(get_codec("cbor"), [one, "x"], list[uuid.UUID | str]) == [one.bytes, "x"]
    with pytest.raises(EncodeError):
        get_codec("json").encode(one, uuid.UUID | str)


def test_untagged_takes_the_first_that_fits(json: Codec) -> None:
    """The configured order decides, whichever way round the union is spelled."""
    codec = json.with_union(dt.datetime | str, tagging="untagged")
    when = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)

    for union in (dt.datetime | str, str | dt.datetime):
        assert codec.decode(codec.encode([when, "x"], list[union]), list[union]) == [when, "x"]


def test_nested_untagged_unions_end(json: Codec) -> None:
    """Untagged unions multiply by nesting: a document that would take forever is refused soon."""
    codec = json.with_union(Left | Right, tagging="untagged")
    data = b'{"next":' * 60 + b'"x"' + b"}" * 60

    with pytest.raises(DecodeError):
        codec.decode(data, Left | Right)
    deep = b'{"next":' * 10 + b"1" + b"}" * 10
    assert codec.encode(codec.decode(deep, Left | Right), Left | Right) == deep


def test_results(codec: Codec) -> None:
    """Results are serde's: Ok and Err bare, errors as enums of enums, groups without the outer tag."""
    assert _both(codec, Ok(1), Result[int, str]) == {"Ok": 1}
    assert _both(codec, Err("x"), Result[int, str]) == {"Err": "x"}
    assert _both(codec, Err(WorkflowCyclicDependencyError()), WorkflowResult[int]) == {"Err": "CyclicDependency"}
    assert _both(codec, Err(WorkflowCyclicDependencyError()), SymphonyResult[int]) == {
        "Err": {"Workflow": "CyclicDependency"}
    }
    body = ["closed"] if codec.format.positional else {"reason": "closed"}
    assert _both(codec, IpcTransportError("closed"), SymphonyError) == {"Ipc": {"Transport": body}}


def test_without_a_type_a_tag_would_be_lost(codec: Codec) -> None:
    """Members of a union that the codec was told of are not written by their class alone."""
    for value in (Ok(1), [Err("x")], {"k": Ok(None)}):
        with pytest.raises(EncodeError, match="pass as_type"):
            codec.encode(value)
    own = codec.with_union(Shape, tagging="internal")
    with pytest.raises(EncodeError, match="pass as_type"):
        own.encode(Circle(1.0))
    assert codec.encode(Circle(1.0)) == codec.encode(Circle(1.0), Circle)


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        (JsonRpcRequest(method="m", id=1), {"jsonrpc": "2.0", "method": "m", "id": 1}),
        (JsonRpcNotification(method="m"), {"jsonrpc": "2.0", "method": "m"}),
        (JsonRpcResponse.success(None, 1), {"jsonrpc": "2.0", "result": None, "id": 1}),
        (
            JsonRpcResponse.failure(JsonRpcError(code=1, message="m"), None),
            {"jsonrpc": "2.0", "error": {"code": 1, "message": "m"}, "id": None},
        ),
    ],
)
def test_json_rpc_messages_are_untagged(json: Codec, message: Any, wire: Any) -> None:
    """A request, a notification and a response are told apart by their fields, in any order of the union."""
    for union in (
        JsonRpcRequest | JsonRpcNotification | JsonRpcResponse,
        JsonRpcNotification | JsonRpcResponse | JsonRpcRequest,
    ):
        data = json.encode(message, union)
        assert stdlib_json.loads(data) == wire
        assert json.decode(data, union) == message
    assert json.encode(message) == data


@pytest.mark.parametrize("result", ["ping", None, [], {"method": "ping", "id": 1}])
@pytest.mark.parametrize("request_id", [1, None])
def test_a_response_is_never_taken_for_a_request(codec: Codec, result: Any, request_id: Any) -> None:
    """As an array, ``["2.0", "ping", null, 1]`` would be both: in their union the messages are maps."""
    union = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse
    for message in (
        JsonRpcResponse.success(result, request_id),
        JsonRpcRequest(method="ping", params=result, id=request_id),
        JsonRpcNotification(method="ping", params=result),
    ):
        assert codec.decode(codec.encode(message, union), union) == message
        if codec.format.positional:
            assert isinstance(codec.decode(codec.encode(message), Any), list)


@pytest.mark.parametrize(
    ("union", "options", "why"),
    [
        (int, {}, "expected a union"),
        (int | None, {}, "expected a union"),
        (Circle | Square, {"names": {Origin: "o"}}, "expected members"),
        (Circle | Square, {"newtype": {Origin}}, "expected members"),
        (Circle | Square, {"tagging": "none"}, "expected one of"),
    ],
)
def test_configuration_is_checked(json: Codec, union: Any, options: Any, why: str) -> None:
    """What makes no sense is refused when the codec is made."""
    with pytest.raises(ValueError, match=why):
        json.with_union(union, **options)


def test_unions_that_cannot_be(json: Codec) -> None:
    """A newtype of two fields, a tag that is a field: errors of the type, with the reason."""
    cases = [
        (json.with_union(Circle | Square, newtype={Square}), Circle | Square, "one field"),
        (json.with_union(Circle | Square, tagging="internal", tag="side"), Circle | Square, "'side'"),
    ]
    for codec, union, why in cases:
        with pytest.raises(EncodeError, match=why):
            codec.encode(Circle(1.0), union)


def test_what_a_variant_without_content_may_look_like(codec: Codec) -> None:
    """A unit variant may hold null or what is empty; a newtype of an optional may have no content at all."""
    for body in (None, {}, []):
        assert codec.decode(codec.encode({"Origin": body}), Shape) == Origin()
    adjacent = codec.with_union(Note | Origin, tagging="adjacent", newtype={Note})
    assert adjacent.decode(codec.encode({"type": "Note"}), Note | Origin) == Note(None)
    assert adjacent.decode(codec.encode({"type": "Origin", "content": {}}), Note | Origin) == Origin()


def test_wrong_class_on_writing(codec: Codec) -> None:
    """A value that is none of the members is refused, whatever the tagging."""
    for tagging in ("external", "internal", "adjacent", "untagged"):
        own = codec.with_union(Circle | Square, tagging=tagging)
        with pytest.raises(EncodeError):
            own.encode(Origin(), Circle | Square)
    with pytest.raises(EncodeError):
        codec.encode(Dog, Cat | Dog)
    with pytest.raises(EncodeError):
        codec.encode(1.5, int | str)
    with pytest.raises(EncodeError):
        codec.encode(Version(1, 2, 3), Result[int, str])


def test_a_wide_integer_is_not_taken_for_text() -> None:
    """Where an int would be text on the wire and a str is a member, too, it is refused."""
    codec = get_codec("msgpack")

    assert codec.decode(codec.encode(2**64, int | None), int | None) == 2**64
    with pytest.raises(EncodeError) as caught:
        codec.encode(2**64, int | str)
    assert caught.value.issues[0].code in ("out_of_range", "wrong_type")


T = TypeVar("T")


@attrs.frozen
class Held(Generic[T]):
    """A generic class."""

    value: T


NewCircle = NewType("NewCircle", Circle)
Figure = TypeAliasType("Figure", Circle | Square)


def test_names_and_newtypes_are_each_unions_own(json: Codec) -> None:
    """Telling of one union changes no other, and telling again starts afresh."""
    codec = json.with_union(Circle | Square, names={Circle: "round"}, newtype={Circle})
    codec = codec.with_union(Circle | Label, names={Circle: "disc"})
    assert codec.encode(Circle(1.0), Circle | Square) == b'{"round":1.0}'
    assert codec.encode(Circle(1.0), Circle | Label) == b'{"disc":{"radius":1.0}}'
    assert codec.with_union(Circle | Square).encode(Circle(1.0), Circle | Square) == b'{"Circle":{"radius":1.0}}'


@pytest.mark.parametrize("union", [Annotated[Circle | Square, "metadata"], Figure, NewType("Either", Figure)])
def test_unions_are_told_of_under_any_name(codec: Codec, union: Any) -> None:
    """An alias, a new type, and an annotated union are the union."""
    codec = codec.with_union(union, tagging="internal")
    for as_type in (union, Circle | Square, union | None):
        assert codec.encode(Circle(1.0), as_type) == codec.encode(Circle(1.0), Circle | Square)
        assert codec.decode(codec.encode(Circle(1.0), as_type), as_type) == Circle(1.0)


@pytest.mark.parametrize(
    ("value", "as_type"),
    [
        (Circle(1.0), Annotated[Circle, "metadata"] | Square),
        (Circle(1.0), NewCircle | Square),
        (Circle(1.0), Annotated[Circle | Square, "metadata"] | Label),
        (Label("x"), Annotated[Circle | Square, "metadata"] | Label),
        ("b", Literal["a", "b"] | int),
        (Held(1), Held[int] | Circle),
    ],
)
def test_members_under_other_names(codec: Codec, value: Any, as_type: Any) -> None:
    """What stands behind them counts."""
    assert codec.decode(codec.encode(value, as_type), as_type) == value


def test_one_class_twice_is_told_apart_by_no_tag(codec: Codec) -> None:
    """With other type arguments it has the same name; the first that fits will do."""
    union = Held[int] | Held[str]
    with pytest.raises(EncodeError, match="one class is several of its members"):
        codec.encode(Held(1), union)
    untagged = codec.with_union(union, tagging="untagged")
    for value in (Held(1), Held("x")):
        assert untagged.decode(untagged.encode(value, union), union) == value


def test_unknown_fields_beside_tags(json: Codec) -> None:
    """They are forbidden or kept there, too, in a class without fields as well."""
    forbidding = json.with_options(unknown_fields="forbid")
    for tagging, document in (
        ("internal", b'{"type":"Origin","more":1}'),
        ("adjacent", b'{"type":"Circle","content":{"radius":1.0},"more":1}'),
    ):
        with pytest.raises(DecodeError) as caught:
            forbidding.with_union(Circle | Origin, tagging=tagging).decode(document, Circle | Origin)  # type: ignore[arg-type]
        assert [(issue.path, issue.code) for issue in caught.value.issues] == [(("more",), "unknown_field")]
    keeping = json.with_options(unknown_fields="keep").with_union(Circle | Origin, tagging="internal")
    document = b'{"type":"Origin","more":1}'
    assert keeping.encode(keeping.decode(document, Circle | Origin), Circle | Origin) == document


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"tagging": "adjacent", "tag": "x", "content": "x"}, ValueError),
        ({"tag": 5}, TypeError),
        ({"names": {Circle: 5}}, TypeError),
        ({"names": {"Circle": "C"}}, ValueError),
    ],
)
def test_options_that_make_no_sense(json: Codec, options: Any, error: type[Exception]) -> None:
    """They are refused at once."""
    with pytest.raises(error, match="expected"):
        json.with_union(Circle | Square, **options)


def test_hooks_of_the_users_win(json: Codec) -> None:
    """A class with hooks holds in a union what they make of it, and a union under a name may have its own."""
    codec = json.with_union(Circle | Square, newtype={Circle})
    codec.converter.register_structure_hook(Circle, lambda value, _: Circle(float(value[1:])))
    codec.converter.register_unstructure_hook(Circle, lambda value: f"r{value.radius}")
    codec.converter.register_structure_hook(Figure, lambda value, _: ("mine", value))
    assert codec.encode(Circle(1.5), Circle | Square) == b'{"Circle":"r1.5"}'
    assert codec.decode(b'{"Circle":"r1.5"}', Circle | Square) == Circle(1.5)
    assert codec.decode(b"[1]", Figure | None) == ("mine", [1])


def test_faults_of_hooks_have_their_path(json: Codec) -> None:
    """Whatever a hook raises, the name of the variant is on the way to it."""
    codec = json.copy()

    def fail(_: Circle) -> Any:
        raise ValueError("no")

    codec.converter.register_unstructure_hook(Circle, fail)
    with pytest.raises(EncodeError) as caught:
        codec.encode([Circle(1.0)], list[Circle | Square])
    assert [issue.path for issue in caught.value.issues] == [(0, "Circle")]


def test_only_classes_need_their_tag(json: Codec) -> None:
    """Other members of a union that the codec was told of are themselves without a type."""
    codec = json.with_union(dt.date | uuid.UUID | Circle | Square)
    assert codec.encode(dt.date(2020, 1, 1)) == b'"2020-01-01"'
    with pytest.raises(EncodeError, match="pass as_type"):
        codec.encode(Circle(1.0))


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
@pytest.mark.parametrize(("tp", "path"), [(ConfigType, ()), (list[ConfigType], (0,)), (ConfigType | None, ())], ids=str)
def test_what_a_tagged_value_refuses_itself_has_its_path_once(name: str, tp: Any, path: tuple[Any, ...]):
    codec = get_codec(name)
    wrong: Any = {"Enum": []}
    data = codec.encode([wrong] if path else wrong)
    with pytest.raises(DecodeError) as caught:
        codec.decode(data, tp)
    assert [(issue.path, issue.code) for issue in caught.value.issues] == [((*path, "Enum"), "invalid_value")]
