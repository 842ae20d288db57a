"""Classes, hooks and functions that tests send to other processes, which import this module without pytest."""

from __future__ import annotations

import enum

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, NewType, TypeVar

import attrs

from symphony_codecs import DecodeError, Issue, get_codec, register_codec
from symphony_codecs.formats import json
from symphony_codecs.framing.errors import NegotiationError
from symphony_types import errors


T = TypeVar("T")

UserId = NewType("UserId", int)


class Color(enum.Enum):
    """An enum."""

    DARK_RED = 1
    BLUE = 2


@attrs.frozen
class Circle:
    """A member of a union."""

    radius: float = 1.0


@attrs.frozen
class Square:
    """Another member of the union."""

    side_length: float
    name: str | None = None


@attrs.frozen
class Money:
    """A class that hooks write as text."""

    cents: int


@attrs.frozen
class Order:
    """A class with a field for each thing that options change."""

    order_id: int
    shape: Circle | Square
    color: Color = Color.BLUE
    price: Money = Money(5)
    notes: tuple[str, ...] = ()


@attrs.frozen
class Page(Generic[T]):
    """A generic class."""

    items: tuple[T, ...]


ORDER = Order(order_id=3, shape=Square(side_length=2.0, name="x"), color=Color.DARK_RED, notes=("b", "a"))

TYPES: list[tuple[Any, Any]] = [
    (int, 5),
    (Order, ORDER),
    (Page[Order], Page((ORDER,))),
    (Page[UserId], Page((UserId(1),))),
    (int | None, None),
    (Circle | Square, Circle(2.0)),
    (list[dict[str, Money]], [{"a": Money(1)}]),
    (Annotated[Order, "metadata"], ORDER),
    (UserId, UserId(7)),
    (Literal["a", 1], "a"),
    (Any, ["x"]),
]


def shout(name: str) -> str:
    """Return the name in capitals: a rule for renaming."""
    return name.upper()


def read_money(value: Any, _: Any) -> Money:
    """Structure money: a hook."""
    return Money(int(value.removesuffix("c")))


def write_money(value: Money) -> str:
    """Unstructure money: a hook."""
    return f"{value.cents}c"


def is_money(tp: Any) -> bool:
    """Return whether a hook is for *tp*."""
    return tp is Money


def make_reader(_: Any) -> Callable[[Any, Any], Money]:
    """Return a hook, as a factory."""
    return read_money


def make_writer(_: Any) -> Callable[[Money], str]:
    """Return a hook, as a factory."""
    return write_money


def same(value: T) -> T:
    """Return *value* unchanged, after its trip to this process."""
    return value


def call(function: Callable[..., Any], *args: Any) -> Any:
    """Call *function*, which another process sent."""
    return function(*args)


def fail(number: int) -> None:
    """Raise an error; *number* chooses which."""
    raise ERRORS[number]


def decode(codec: Any, data: bytes, as_type: Any) -> Any:
    """Decode *data*."""
    return codec.decode(data, as_type)


def named(name: str) -> Any:
    """Return a codec of the worker process."""
    return get_codec(name)


def register_fancy() -> None:
    """Register a format that no other process has."""
    register_codec(
        attrs.evolve(json.FORMAT, name="fancy", content_type="application/x-fancy", suffix=None, format_id=None)
    )


def noted(error: Any) -> Any:
    """Return *error* with a note."""
    error.add_note("a note")
    return error


ERRORS: tuple[Any, ...] = (
    noted(DecodeError(format="json", as_type=Order, issues=[Issue(("a", 0), "wrong_type", "a text", "5")] * 3)),
    errors.WorkflowExecutionFailedError(node_id="n", reason="r"),
    noted(errors.TimedOutError("late")),
    NegotiationError("no_format", "expected one", offset=5),
)
