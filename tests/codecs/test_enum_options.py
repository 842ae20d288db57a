"""`Codec.with_enum` and the option `enums`: members by name, as serde's unit variants; a member for unknown values."""

from __future__ import annotations

import copy
import enum
import pickle

from typing import Any, Literal

import attrs
import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_codecs._enum_options import pascal_case
from symphony_codecs.python import decoder, encoder
from symphony_codecs.schema import schema_of
from symphony_codecs.schema.describe import outline
from symphony_types import MessagePriority
from tests.codecs.test_enums import ENUMS, NAMES, Access, is_refused, members, shapes


class Priority(enum.Enum):
    HIGH = 1
    VERY_LOW = 2
    LOWEST = 2  # noqa: PIE796 - an alias


class Status(enum.StrEnum):
    ACTIVE = "active"
    UNKNOWN = "unknown"


class AnyCase(enum.StrEnum):
    A = "a"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> AnyCase | None:
        return cls.A if value == "A" else None


class Ratio(enum.Enum):
    ONE = 1.0
    HALF = 0.5


@attrs.frozen
class Task:
    priority: Priority
    status: Status = Status.ACTIVE
    access: Access = Access.READ


def shout(name: str) -> str:
    return f"{name}!"


RULES = {
    "lowercase": "verylow",
    "UPPERCASE": "VERYLOW",
    "PascalCase": "VeryLow",
    "camelCase": "veryLow",
    "snake_case": "very_low",
    "SCREAMING_SNAKE_CASE": "VERY_LOW",
    "kebab-case": "very-low",
    "SCREAMING-KEBAB-CASE": "VERY-LOW",
}


@pytest.mark.parametrize(("rule", "name"), RULES.items())
def test_serdes_rules(rule: Any, name: str) -> None:
    json = get_codec("json").with_enum(Priority, rename=rule)
    assert json.encode(Priority.VERY_LOW) == f'"{name}"'.encode()
    assert json.decode(f'"{name}"'.encode(), Priority) is Priority.VERY_LOW
    with pytest.raises(DecodeError):
        json.decode(b"2", Priority)


@pytest.mark.parametrize(
    ("name", "pascal"),
    [
        ("VERY_LOW", "VeryLow"),
        ("very_low", "VeryLow"),
        ("VeryLow", "VeryLow"),
        ("veryLow", "VeryLow"),
        ("HTTP", "Http"),
        ("SHA_256", "Sha256"),
        ("A1", "A1"),
        ("X", "X"),
        ("A__B_", "AB"),
    ],
)
def test_names_in_pascal_case(name: str, pascal: str) -> None:
    assert pascal_case(name) == pascal


@pytest.mark.parametrize("name", NAMES)
def test_by_name(name: str) -> None:
    plain = get_codec(name)
    codec = plain.with_options(enums="name")
    task = Task(Priority.VERY_LOW, Status.UNKNOWN)
    assert codec.encode(task) == plain.encode(
        ["VERY_LOW", "UNKNOWN", 1]
        if name == "msgpack-compact"
        else {"priority": "VERY_LOW", "status": "UNKNOWN", "access": 1}
    )
    assert codec.decode(codec.encode(task), Task) == task
    assert codec.decode(plain.encode("LOWEST"), Priority) is Priority.VERY_LOW
    assert codec.decode(plain.encode({"HIGH": "ACTIVE"}), dict[Priority, Status]) == {Priority.HIGH: Status.ACTIVE}
    assert codec.decode(plain.encode(["HIGH"]), list[Literal[Priority.HIGH]]) == [Priority.HIGH]
    assert codec.decode(plain.encode(5), Priority | int) == 5
    assert codec.encode(MessagePriority.HIGH) == plain.encode(MessagePriority.HIGH)
    own = codec.with_enum(Priority, by="value")
    assert own.encode([Priority.HIGH, Status.ACTIVE]) == plain.encode([1, "ACTIVE"])
    with pytest.raises(EncodeError):
        codec.encoder(Priority | str)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cls", ENUMS)
def test_every_enum_by_name(cls: Any, name: str) -> None:
    codec = get_codec(name).with_enum(cls, rename="PascalCase", other=next(iter(cls)))
    for tp, make in shapes(cls):
        if is_refused(codec, tp):
            continue
        write, read = encoder(codec.converter, tp), decoder(codec.converter, tp)
        for member in members(cls):
            value = make(member)
            if member._name_ not in cls.__members__:  # made by the class from an unknown value
                with pytest.raises(EncodeError):
                    codec.encode(value, tp)
                continue
            data = codec.encode(value, tp)
            assert write(value) == data
            assert codec.decode(data, tp) == read(data) == value


def test_names_of_single_members() -> None:
    json = get_codec("json").with_enum(Priority, rename="kebab-case", names={Priority.HIGH: "top"})
    assert json.encode([Priority.HIGH, Priority.VERY_LOW]) == b'["top","very-low"]'
    assert json.decode(b'["top","very-low","lowest"]', list[Priority])[2] is Priority.VERY_LOW
    assert (
        get_codec("json").with_enum(Priority, names={Priority.HIGH: "top"}).encode(Priority.VERY_LOW) == b'"VERY_LOW"'
    )
    assert get_codec("json").with_enum(Priority, rename=shout).encode(Priority.VERY_LOW) == b'"VERY_LOW!"'
    assert get_codec("json").with_enum(Priority, by="name").encode(Priority.VERY_LOW) == b'"VERY_LOW"'


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by", ["value", "name"])
def test_one_member_for_whatever_is_unknown(by: Any, name: str) -> None:
    codec = get_codec(name).with_enum(Status, by=by, other=Status.UNKNOWN)
    data = codec.encode(["new", "ACTIVE" if by == "name" else "active"])
    for decode in (codec.decoder(list[Status]), decoder(codec.converter, list[Status])):
        assert decode(data) == [Status.UNKNOWN, Status.ACTIVE]
    assert codec.decode(codec.encode({"new": 1}), dict[Status, int]) == {Status.UNKNOWN: 1}
    assert codec.decode(codec.encode(7), Status | int) == 7
    for other in (1, None, [], {}, True, 1.5):
        with pytest.raises(DecodeError):
            codec.decode(codec.encode(other), Status)
    with pytest.raises(DecodeError):  # two names of the same key
        codec.decode(codec.encode({"new": 1, "newer": 2}), dict[Status, int])


def test_the_class_is_asked_before() -> None:
    json = get_codec("json")
    by_value = json.with_enum(AnyCase, other=AnyCase.OTHER)
    assert [by_value.decode(f'"{text}"'.encode(), AnyCase) for text in ("a", "A", "b")] == ["a", "a", "other"]
    by_name = json.with_enum(AnyCase, by="name", other=AnyCase.OTHER)
    assert [by_name.decode(f'"{text}"'.encode(), AnyCase) for text in ("a", "A", "b")] == ["other", "a", "other"]
    floats = json.with_enum(Ratio, other=Ratio.HALF)
    assert [floats.decode(text, Ratio) for text in (b"1", b"2", b"2.5")] == [Ratio.ONE, Ratio.HALF, Ratio.HALF]


@pytest.mark.parametrize(
    ("cls", "options", "error", "why"),
    [
        (Access, {"by": "name"}, ValueError, "expected an enum that is .*, got Access"),
        (Task, {"by": "name"}, ValueError, "expected an enum that is .*, got Task"),
        (list[Status], {}, ValueError, "expected an enum"),
        (Status, {"by": "index"}, ValueError, "expected one of value, name"),
        (Status, {"rename": "Title"}, ValueError, "expected one of lowercase"),
        (Status, {"by": "value", "rename": "lowercase"}, ValueError, "they have no effect"),
        (Status, {"by": "value", "names": {Status.ACTIVE: "on"}}, ValueError, "they have no effect"),
        (Status, {"names": {Priority.HIGH: "on"}}, ValueError, "expected members of Status, got <Priority.HIGH: 1>"),
        (Status, {"names": {Status.ACTIVE: 1}}, TypeError, "expected a str for a name, got 1"),
        (Status, {"rename": len}, TypeError, "expected a str for a name, got 6"),
        (Status, {"other": "unknown"}, ValueError, "expected members of Status"),
        (Status, {"names": {Status.ACTIVE: "UNKNOWN"}}, ValueError, "got 'UNKNOWN' for ACTIVE and UNKNOWN"),
        (Priority, {"rename": lambda _: "x"}, ValueError, "got 'x' for HIGH and VERY_LOW"),
    ],
)
def test_what_has_no_effect_is_refused(cls: Any, options: Any, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        get_codec("json").with_enum(cls, **options)


def test_hooks_come_first() -> None:
    codec = get_codec("json").copy()
    codec.converter.register_unstructure_hook(Status, lambda _: 1)
    codec.converter.register_structure_hook(Status, lambda _value, _type: Status.ACTIVE)
    with pytest.raises(ValueError, match="expected no hooks for Status"):
        codec.with_enum(Status, by="name")


def _is_by_name(codec: Codec) -> bool:
    return codec.encode([Priority.VERY_LOW, Status.ACTIVE]) == b'["very_low","active"]' and (
        codec.decode(b'"new"', Status) is Status.UNKNOWN
    )


def test_options_go_along() -> None:
    codec = get_codec("json").with_enum(Priority, rename="snake_case").with_enum(Status, other=Status.UNKNOWN)
    for each in (codec, codec.copy(), copy.deepcopy(codec), pickle.loads(pickle.dumps(codec))):
        assert _is_by_name(each)
        assert _is_by_name(each.with_options(strict=True))
    with pytest.raises(ValueError, match="for enums"):
        codec.with_options(enums="index")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_names_are_shown() -> None:
    codec = get_codec("json").with_enum(Status, rename="PascalCase", other=Status.UNKNOWN)
    line = outline(schema_of(Status, codec))
    assert line.detail == "Status, pairs Active Unknown, other Status.UNKNOWN"


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["", "_", "A", "b", "Cd", "E1", "É"]), min_size=1, max_size=6).map("".join))
def test_the_rules_of_any_name(name: str) -> None:
    cls: Any = enum.Enum("Any", {f"x{name}": 1, "OTHER": 2})  # type: ignore[misc]
    rules: tuple[Any, ...] = tuple(RULES)
    for rule in rules:
        codec = get_codec("json").with_enum(cls, rename=rule)
        for member in cls:
            assert codec.decode(codec.encode(member), cls) is member


class _Endless(enum.Enum):
    KNOWN = "known"
    OTHER = "other"

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return cls(value)


@pytest.mark.parametrize("is_open", [False, True])
def test_a_class_that_asks_itself_without_end(codec: Codec, is_open: bool) -> None:
    """The fault is the class's; its values are not read as the member for unknown values."""
    own = codec.with_enum(_Endless, other=_Endless.OTHER) if is_open else codec
    for decode in (
        lambda: own.decode(own.encode("new"), _Endless),
        lambda: own.decode(own.encode(["new"]), list[_Endless]),
    ):
        with pytest.raises(DecodeError) as caught:
            decode()
        assert [issue.code for issue in caught.value.issues] in (["invalid_value"], ["too_deep"])
