"""What is unsupported in a type is named with its place, all of it at once."""

from __future__ import annotations

import dataclasses

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, TypedDict, TypeVar, Union

import attrs
import cattrs
import pytest
import typing_extensions

from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn
from typing_extensions import TypeForm

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec


T = TypeVar("T")
CODECS = ["json", "msgpack", "msgpack-compact", "cbor"]
TYPES = "unsupported type {}: its values are types, not data; register hooks for it on codec.copy().converter"
WHY = "unsupported type complex: register hooks for it on codec.copy().converter"


class Keys(TypedDict):
    good: int
    bad: complex


Spaced = TypedDict("Spaced", {"a b": complex})


class Others(typing_extensions.TypedDict, extra_items=complex):
    good: complex


class Pair(NamedTuple):
    x: complex
    y: int


@dataclasses.dataclass
class Data:
    z: complex


@attrs.define
class Card:
    number: complex


@attrs.define
class Cash:
    amount: int
    tax: complex | None


@attrs.define
class Left:
    kind: Literal["left"]
    z: complex


@attrs.define
class Right:
    kind: Literal["right"]
    z: complex


@attrs.define
class Line(Generic[T]):
    tax: T
    below: list[Line[T]]


@attrs.define
class Node:
    next: Node | None
    more: dict[str, Node]
    bad: complex


@attrs.define
class Base:
    inherited: complex


@attrs.define
class Derived(Base):
    own: complex


@attrs.define
class Wrong:
    first: complex
    second: int


Named = NewType("Named", complex)
Alias = typing_extensions.TypeAliasType("Alias", list[complex])


MANY = int | list[complex] | set[complex]


def ambiguous(tp: Any) -> str:
    way_out = "use with_union(tagging='untagged') to tell them apart"
    return f"unsupported type {tp}: two of its members are an array on the wire: {way_out}"


# the type, and where it has what is not supported
PLACES: list[tuple[Any, list[str]]] = [
    (complex, [WHY]),
    (list[complex], [f"list[complex][]: {WHY}"]),
    (set[complex], [f"set[complex][]: {WHY}"]),
    (dict[str, complex], [f"dict[str, complex]{{}}: {WHY}"]),
    (dict[complex, int], [f"dict[complex, int]{{key}}: {WHY}"]),
    (dict[complex, complex], [f"dict[complex, complex]{{}}: {WHY}", f"dict[complex, complex]{{key}}: {WHY}"]),
    (tuple[int, complex], [f"tuple[int, complex][1]: {WHY}"]),
    (tuple[complex, ...], [f"tuple[complex, ...][]: {WHY}"]),
    (Keys, [f"Keys.bad: {WHY}"]),
    (Spaced, [f"Spaced['a b']: {WHY}"]),
    (Others, [f"Others.good: {WHY}", f"Others{{}}: {WHY}"]),
    (type[int], [TYPES.format("type[int]")]),
    (TypeForm[int | None], [TYPES.format(TypeForm[int | None])]),
    (list[type], [f"list[type][]: {TYPES.format('type')}"]),
    (Pair, [f"Pair.x: {WHY}"]),
    (Data, [f"Data.z: {WHY}"]),
    (Data | None, [f"Data.z: {WHY}"]),
    (Card | Cash, [f"Card.number: {WHY}", f"Cash.tax: {WHY}"]),
    (list[Card | Cash], [f"list[Card | Cash][](Card).number: {WHY}", f"list[Card | Cash][](Cash).tax: {WHY}"]),
    (Left | Right, [f"Left.z: {WHY}", f"Right.z: {WHY}"]),
    (int | complex, [WHY]),
    (list[int | complex], [f"list[int | complex][]: {WHY}"]),
    (Union[int, list[Card]], [f"list[Card][].number: {WHY}"]),  # noqa: UP007 - as people write it
    (Line[complex], [f"Line[complex].tax: {WHY}"]),
    (Line[Card], [f"Line[Card].tax.number: {WHY}"]),
    (Node, [f"Node.bad: {WHY}"]),
    (list[Node], [f"list[Node][].bad: {WHY}"]),
    (Derived, [f"Derived.inherited: {WHY}", f"Derived.own: {WHY}"]),
    (Named, [WHY]),
    (list[Named], [f"list[Named][]: {WHY}"]),
    (Alias, [f"Alias[]: {WHY}"]),
    (Annotated[list[complex], "note"], [f"list[complex][]: {WHY}"]),
    # a class at two places has its faults at both
    (tuple[Data, list[Data]], [f"tuple[Data, list[Data]][0].z: {WHY}", f"tuple[Data, list[Data]][1][].z: {WHY}"]),
    (
        tuple[list[int] | set[int], complex],
        [
            f"tuple[list[int] | set[int], complex][0]: {ambiguous(list[int] | set[int])}",
            f"tuple[list[int] | set[int], complex][1]: {WHY}",
        ],
    ),
    (
        list[MANY],
        [
            f"list[int | list[complex] | set[complex]][](list[complex])[]: {WHY}",
            f"list[int | list[complex] | set[complex]][](set[complex])[]: {WHY}",
            f"list[int | list[complex] | set[complex]][]: {ambiguous(MANY)}",
        ],
    ),
]


def _messages(codec: Codec, tp: Any) -> list[list[str]]:
    """Return what each direction says, twice: a failed type must not look better the second time."""
    found: list[list[str]] = []
    ways: tuple[Callable[[Any], Any], ...] = (codec.decoder, codec.encoder)
    for make in (*ways, *ways):
        with pytest.raises((DecodeError, EncodeError)) as caught:
            make(tp)
        issues = caught.value.issues
        assert {issue.code for issue in issues} == {"unsupported_type"}
        assert {issue.path for issue in issues} == {()}
        found.append([issue.message for issue in issues])
    return found


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize(("tp", "messages"), PLACES, ids=lambda value: str(value)[:40])
def test_each_place_is_named(name: str, tp: Any, messages: list[str]) -> None:
    """In both directions, and again."""
    assert _messages(get_codec(name).copy(), tp) == [messages] * 4


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent", "untagged"])
@pytest.mark.parametrize("newtype", [(), (Card,)])
def test_members_of_tagged_unions_are_named(name: str, tagging: Any, newtype: tuple[type, ...]) -> None:
    """However they are told apart."""
    codec = get_codec(name).with_union(Card | Cash, tagging=tagging, newtype=newtype)

    for messages in _messages(codec, list[Card | Cash]):
        assert messages == [f"list[Card | Cash][](Card).number: {WHY}", f"list[Card | Cash][](Cash).tax: {WHY}"]


def test_what_is_wrong_with_a_class_stands_beside_what_is_wrong_elsewhere() -> None:
    """A member that cannot be tagged does not hide the others."""
    codec = get_codec("json").with_union(Card | Wrong, newtype=[Wrong])

    for messages in _messages(codec, dict[str, Card | Wrong]):
        assert messages == [
            f"dict[str, Card | Wrong]{{}}(Card).number: {WHY}",
            "dict[str, Card | Wrong]{}: unsupported type Wrong: a newtype has one field, it has 2",
        ]


@pytest.mark.parametrize("name", CODECS)
def test_a_class_of_a_value_is_named_where_the_value_is(name: str) -> None:
    """The path is that of the value, the message has that of the type."""
    with pytest.raises(EncodeError) as caught:
        get_codec(name).encode({"a": [1, Data(1j)]})

    (issue,) = caught.value.issues
    assert (issue.path, issue.code) == (("a", 1), "unsupported_type")
    assert issue.message == f"Data.z: {WHY}"


@pytest.mark.parametrize("name", CODECS)
def test_what_a_factory_raises_is_named_where_its_type_is(name: str) -> None:
    """Hooks made by cattrs ask the converter for those of their fields; a factory may raise anything."""

    def refuse(_: Any) -> Any:
        raise LookupError("no such table")

    def is_card(tp: Any) -> bool:
        return tp is Card

    def is_cash(tp: Any) -> bool:
        return tp is Cash

    codec = get_codec(name).copy()
    converter: cattrs.Converter = codec.converter
    converter.register_structure_hook_factory(is_card, lambda tp: make_dict_structure_fn(tp, converter))
    converter.register_unstructure_hook_factory(is_card, lambda tp: make_dict_unstructure_fn(tp, converter))
    converter.register_structure_hook_factory(is_cash, refuse)
    converter.register_unstructure_hook_factory(is_cash, refuse)

    for make in (codec.decoder, codec.encoder):
        with pytest.raises((DecodeError, EncodeError)) as caught:
            make(tuple[Card, Cash])
        assert [issue.message for issue in caught.value.issues] == [
            f"tuple[Card, Cash][0]: {WHY}",
            "tuple[Card, Cash][1]: no such table",
        ]
        assert isinstance(caught.value.__cause__, LookupError)


def test_nothing_of_what_failed_is_kept() -> None:
    """The same type is fine once there are hooks."""
    codec = get_codec("json").copy()
    _messages(codec, list[Node])
    codec.converter.register_structure_hook(complex, lambda value, _: complex(value))
    codec.converter.register_unstructure_hook(complex, str)

    data = codec.encode(Node(None, {}, 1j))

    assert codec.decode(data, Node) == Node(None, {}, 1j)


def test_many_places_are_cut() -> None:
    """A class of classes may have more places than anybody counts."""
    tp: Any = complex
    for level in range(40):
        tp = attrs.make_class(f"Level{level}", {"x": attrs.field(type=tp), "y": attrs.field(type=tp)})

    for messages in _messages(get_codec("json").copy(), tp):
        assert len(messages) == 1000
        assert messages[0].startswith("Level39.x.x.x")
        assert max(map(len, messages)) < 600
