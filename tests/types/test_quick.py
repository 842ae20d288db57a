"""Quick constructors do what those of attrs do: same values, same refusals."""

from __future__ import annotations

import enum
import inspect
import uuid

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from symphony_types import (
    UNSET,
    Duration,
    FieldError,
    JsonRpcError,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    MessageMetadata,
    MessagePriority,
    NodeId,
    ProcessId,
    SessionId,
    Timestamp,
)
from symphony_types._quick import quick, unchecked
from symphony_types.checks import TEXT, Each, Text
from symphony_types.message.ipc import FrameCompression, FrameFlags, FrameHeader, FrameRoute, FrameType


class _Text(str):
    __slots__ = ()


class _Number(int):
    pass


class _Uuid(uuid.UUID):
    __slots__ = ()


class _Process(ProcessId):
    __slots__ = ()


class _Code(enum.IntEnum):
    ONE = 1


@attrs.frozen(kw_only=True)
class _Metadata(MessageMetadata):
    more: int = 0


_FACTORY = type(attrs.fields(MessageEnvelope).id.default)
PROCESS = ProcessId.new()
GOOD: dict[Any, dict[str, Any]] = {
    MessageEnvelope: {"id": uuid.uuid4(), "timestamp": Timestamp.now(), "sender": PROCESS, "payload": 1},
    MessageMetadata: {},
    JsonRpcRequest: {"method": "m", "id": 1},
    JsonRpcNotification: {"method": "m"},
    JsonRpcResponse: {"result": None, "id": 1},
    FrameHeader: {"frame_type": FrameType.REQUEST, "stream_id": 1},
}
VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 255, 256, 1.0, "", "2.0", "1.0", "m", b"m", [], {}, ()),
    *(2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1),
    *(_Text("2.0"), _Text("m"), _Number(1), _Code.ONE, _Uuid(int=1), uuid.UUID(int=0)),
    *(_Process(uuid.UUID(int=1)), PROCESS, NodeId.new(), SessionId.new(), Timestamp.now(), Duration(1, 0)),
    *(MessageMetadata(), _Metadata(), MessagePriority.HIGH, UNSET, attrs.NOTHING, object),
    *(JsonRpcError(code=1, message="m"), *FrameType, FrameType(200), *FrameCompression, *map(FrameFlags, range(16))),
    *(FrameRoute(PROCESS), FrameRoute(PROCESS, PROCESS)),
]


def _changes(cls: Any) -> Iterator[dict[str, Any]]:
    yield GOOD[cls]
    for field in attrs.fields(cls):
        yield {name: value for name, value in GOOD[cls].items() if name != field.name}
        for value in VALUES:
            yield {**GOOD[cls], field.name: value}
            for other in ({"error": JsonRpcError(code=1, message="m")}, {"error": 5}):
                if cls is JsonRpcResponse:
                    yield {**GOOD[cls], **other, field.name: value}
            if cls is FrameHeader:
                yield {**GOOD[cls], "flags": FrameFlags.ROUTED, "route": FrameRoute(PROCESS), field.name: value}
                yield {"frame_type": FrameType.HELLO, "format": 1, field.name: value}


def _outcome(cls: Any, init: Any, arguments: dict[str, Any]) -> Any:
    made = object.__new__(cls)
    try:
        init(made, **arguments)
    except FieldError as error:
        return type(error), error.code, error.path, str(error)
    except (TypeError, AttributeError) as error:
        return type(error), str(error).replace("__attrs_init__", "__init__")
    values = {field.name: getattr(made, field.name) for field in attrs.fields(cls)}
    # Two envelopes differ in the id and the time that are made for each.
    made_for = {field.name for field in attrs.fields(cls) if type(field.default) is _FACTORY}
    is_made = {name for name in made_for if arguments.get(name, attrs.NOTHING) is attrs.NOTHING}
    return {name: type(value) if name in is_made else (type(value), value) for name, value in values.items()}


@pytest.mark.parametrize("is_disabled", [False, True])
@pytest.mark.parametrize("cls", GOOD)
def test_agrees_with_that_of_attrs(cls: Any, is_disabled: bool) -> None:
    """Over every field, with values of all kinds, with validators and without."""
    before = attrs.validators.get_disabled()
    attrs.validators.set_disabled(is_disabled)
    try:
        outcomes = [
            (each, *(_outcome(cls, f, each) for f in (cls.__init__, cls.__attrs_init__))) for each in _changes(cls)
        ]
    finally:
        attrs.validators.set_disabled(before)
    assert [each for each in outcomes if each[1] != each[2]] == []
    assert is_disabled or {type(each[1]) for each in outcomes} == {dict, tuple}


@pytest.mark.parametrize("cls", GOOD)
def test_looks_like_that_of_attrs(cls: Any) -> None:
    """Its arguments, annotations and names are the same."""
    init, slow = cls.__init__, cls.__attrs_init__
    assert init is not slow
    assert str(inspect.signature(init)) == str(inspect.signature(slow))
    for name in ("__annotations__", "__module__", "__qualname__"):
        assert getattr(init, name) == getattr(slow, name)
    assert attrs.evolve(cls(**GOOD[cls])) == cls(**GOOD[cls])


def test_a_subclass_goes_the_long_way() -> None:
    """It may set attributes in a way of its own."""

    def put(self: Any, value: Any) -> None:
        object.__setattr__(self, "log", value)

    loud: Any = type("Loud", (MessageMetadata,), {"__slots__": ("log",), "priority": property(lambda _: "mine", put)})
    with pytest.raises(FieldError, match="expected a MessagePriority, got str 'mine'"):
        loud()
    assert MessageMetadata().priority is MessagePriority.NORMAL


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (attrs.field(validator=Text(minimum=1)), "expected a check that an exact type can pass"),
        (attrs.field(validator=Each(TEXT)), "expected a check that an exact type can pass"),
        (attrs.field(validator=lambda *_: None), "expected a check that an exact type can pass"),
        (attrs.field(converter=str), "expected a plain keyword argument for Made.value"),
        (attrs.field(init=False, default=1), "expected a plain keyword argument for Made.value"),
        (attrs.field(alias="other"), "expected a plain keyword argument for Made.value"),
        (attrs.field(default=attrs.Factory(id, takes_self=True)), "does not depend on the instance"),
    ],
)
def test_what_it_is_not_for(field: Any, reason: str) -> None:
    """A class of another kind is refused when it is made."""
    with pytest.raises(TypeError, match=reason):
        quick(attrs.make_class("Made", {"value": field}, kw_only=True, frozen=True, slots=True))


@attrs.frozen
class Checked:
    """A class whose checks an unchecked instance does not run."""

    number: int = attrs.field(validator=attrs.validators.ge(1))
    text: str = attrs.field(default="a", converter=str.lower)


def test_unchecked_instances_are_as_any_other_but_for_the_checks():
    """No validator and no converter runs; class, fields, equality and being frozen are as always."""
    make = unchecked(Checked)
    made = make(1, "b")
    assert type(made) is Checked
    assert made == Checked(1, "b")
    assert hash(made) == hash(Checked(1, "b"))
    assert make(0, "B") == make(number=0, text="B")
    assert (make(0, "B").number, make(0, "B").text) == (0, "B")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.number = 2  # type: ignore[misc]
    with pytest.raises(TypeError):
        make(1)
