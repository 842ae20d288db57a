"""CBOR tags: ignored wherever a type is given, refused where none is."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid

from typing import Any, Literal, NamedTuple, TypedDict

import attrs
import cbor2
import pytest

from symphony_codecs import Codec, DecodeError, get_codec
from symphony_types import (
    Capability,
    Duration,
    IpcDeserializationFailedError,
    JsonRpcResponse,
    JsonValue,
    Ok,
    Result,
    SymphonyError,
    Timestamp,
    WorkflowCyclicDependencyError,
    WorkflowId,
)


ONE = uuid.UUID("67e55044-10b1-426f-9247-bb680e5fe0c8")


def tag(value: Any, number: int = 9) -> cbor2.CBORTag:
    """Put a tag before *value* that means nothing here."""
    return cbor2.CBORTag(number, value)


class Hue(enum.Enum):
    """A unit variant."""

    RED = "red"


@attrs.frozen
class Circle:
    """A class of a union."""

    r: float


@attrs.frozen
class Square:
    """Another, all of whose fields are optional."""

    a: int | None = None


@attrs.frozen
class Nothing:
    """A class without fields."""


@attrs.frozen
class Left:
    """A class told apart by a literal."""

    kind: Literal["left"]


@attrs.frozen
class Right:
    """The other one."""

    kind: Literal["right"]


class Pair(NamedTuple):
    """A named tuple."""

    a: int
    b: str


class Entry(TypedDict):
    """A typed dict."""

    a: int


@pytest.fixture(name="cbor")
def _cbor() -> Codec:
    return get_codec("cbor")


@pytest.mark.parametrize(
    ("document", "as_type", "value"),
    [
        (tag(ONE.bytes, 37), WorkflowId, WorkflowId(ONE)),
        (tag(ONE.bytes, 37), uuid.UUID, ONE),
        (tag("2020-01-01T00:00:00Z", 0), Timestamp, Timestamp.parse("2020-01-01T00:00:00Z")),
        (tag("2020-01-01", 1004), dt.date, dt.date(2020, 1, 1)),
        (tag("1.5"), decimal.Decimal, decimal.Decimal("1.5")),
        (tag(tag(True)), bool, True),
        (tag(b"ab"), bytes, b"ab"),
        (tag(None), type(None), None),
        (tag(None), int | None, None),
        (tag(5), int | None, 5),
        (tag(1), int | str, 1),
        (tag("red"), Hue, Hue.RED),
        (tag("a"), Literal["a"], "a"),
        (tag({"r": tag(1.5)}), Circle, Circle(1.5)),
        (tag([tag(1.5)]), Circle, Circle(1.5)),
        ({tag("r"): 1.5}, Circle, Circle(1.5)),
        ({tag(b"r"): 1.5}, Circle, Circle(1.5)),
        ({"a": tag(None)}, Square, Square()),
        ({"r": 1.0, "unknown": tag(1)}, Circle, Circle(1.0)),
        (tag({"Circle": tag({"r": 1.0})}), Circle | Square, Circle(1.0)),
        ({tag("Circle"): {"r": 1.0}}, Circle | Square, Circle(1.0)),
        (tag("Nothing"), Circle | Nothing, Nothing()),
        ({"Nothing": tag(None)}, Circle | Nothing, Nothing()),
        (tag({"kind": tag("right")}), Left | Right, Right("right")),
        ([tag("right")], Left | Right, Right("right")),
        ([tag(1), tag("x")], tuple[int, str], (1, "x")),
        (tag([tag(1), "x"]), Pair, Pair(1, "x")),
        ({"a": tag(1)}, Entry, {"a": 1}),
        (tag([1, 2], 258), set[int], {1, 2}),
        ({tag("a"): tag(1)}, dict[str, int], {"a": 1}),
        ({tag(1): 1}, dict[int, int], {1: 1}),
        ([tag(5)], list[int], [5]),
        (tag([5]), list[Any], [5]),
        (tag("FileRead"), Capability, Capability.FILE_READ),
        ({"FileRead": tag(None)}, Capability, Capability.FILE_READ),
        ({tag("Custom"): tag("x")}, Capability, Capability.custom("x")),
        (tag({"secs": 1, "nanos": tag(0)}), Duration, Duration(1, 0)),
        (tag({"secs": 1, "nanos": tag(0)}), dt.timedelta, dt.timedelta(seconds=1)),
        (tag({"Ok": tag(5)}), Result[int, str], Ok(5)),
        (tag({"Workflow": tag("CyclicDependency")}), SymphonyError, WorkflowCyclicDependencyError()),
        (
            {tag("Ipc"): tag({"DeserializationFailed": tag({"reason": tag("x")})})},
            SymphonyError,
            IpcDeserializationFailedError(reason="x"),
        ),
        (
            {"jsonrpc": "2.0", "result": 1, "error": tag(None), "id": tag(1)},
            JsonRpcResponse,
            JsonRpcResponse.success(1, 1),
        ),
    ],
)
def test_ignored_where_a_type_is_given(cbor: Codec, document: Any, as_type: Any, value: Any) -> None:
    """Before any typed value, map keys and names of variants included."""
    assert cbor.decode(cbor2.dumps(document), as_type) == value


@pytest.mark.parametrize(
    ("tagging", "document"),
    [
        ("internal", {"type": tag("Circle"), "r": 1.0}),
        ("internal", tag([tag("Circle"), 1.0])),
        ("adjacent", {"type": tag("Circle"), "content": tag({"r": 1.0})}),
        ("adjacent", [tag("Circle"), tag([1.0])]),
        ("untagged", tag({"r": tag(1.0)})),
    ],
)
def test_ignored_by_all_ways_to_tell_classes_apart(cbor: Codec, tagging: Any, document: Any) -> None:
    """The name of a class is typed, too."""
    codec = cbor.with_union(Circle | Square, tagging=tagging)
    assert codec.decode(cbor2.dumps(document), Circle | Square) == Circle(1.0)


@pytest.mark.parametrize(
    ("document", "as_type", "path"),
    [
        (tag(5), Any, ()),
        (tag(5), object, ()),
        (tag(5), JsonValue, ()),
        ([tag(5)], list[Any], (0,)),
        ({"a": [1, tag(5)]}, dict[str, Any], ("a", 1)),
        ({"jsonrpc": "2.0", "result": tag(1), "id": 1}, JsonRpcResponse, ("result",)),
    ],
)
def test_refused_where_no_type_is_given(cbor: Codec, document: Any, as_type: Any, path: Any) -> None:
    """There it might mean something."""
    with pytest.raises(DecodeError) as caught:
        cbor.decode(cbor2.dumps(document), as_type)
    assert [(issue.path, issue.code) for issue in caught.value.issues] == [(path, "wrong_type")]


def test_refused_in_fields_that_are_kept(cbor: Codec) -> None:
    """What could not be written back is not kept."""
    codec = cbor.with_options(unknown_fields="keep")
    with pytest.raises(DecodeError) as caught:
        codec.decode(cbor2.dumps({"r": 1.0, "more": [tag(1)]}), Circle)
    assert [issue.path for issue in caught.value.issues] == [("more", 0)]


def test_hooks_of_the_users_see_none(cbor: Codec) -> None:
    """Neither at the top nor where a hook goes on by itself."""
    codec = cbor.copy()
    codec.converter.register_structure_hook(str, lambda value, _: str(value))
    codec.converter.register_structure_hook(Circle, lambda value, _: Circle(codec.converter.structure(value, float)))
    assert codec.decode(cbor2.dumps(tag("x")), str) == "x"
    assert codec.decode(cbor2.dumps([tag(tag(1.5))]), list[Circle]) == [Circle(1.5)]
