"""Hypothesis strategies for types, values of them, and attrs classes of every make."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import itertools
import uuid

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar

import attrs

from hypothesis import strategies as st

from symphony_codecs.testing import strategies as domain
from symphony_types import U8, Capability, Duration, JsonValue, ProcessId, SessionId, Timestamp
from symphony_types.checks import NON_EMPTY, InstanceOf, IntRange, OneOf, Text


T = TypeVar("T")


class Colour(enum.Enum):
    RED = "red"
    ALSO_RED = "red"  # noqa: PIE796 - an alias
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Bits(enum.Flag):
    A = 1
    B = 2


class Mixed(enum.Enum):
    ONE = 1
    TRUE = "true"
    NONE = None


class Name(str):
    __slots__ = ()


@attrs.frozen
class Pair(Generic[T]):
    left: T
    right: T


@attrs.define
class Tree:
    label: str
    children: list[Tree] = attrs.Factory(list)
    parent: Tree | None = None


@attrs.define
class Cat:
    kind: Literal["cat"]
    lives: int = 9


@attrs.define
class Dog:
    kind: Literal["dog"]
    tricks: tuple[str, ...] = ()


@attrs.frozen
class Unit:
    pass


@attrs.frozen
class Case:
    """A type, and values of it."""

    type: Any
    values: st.SearchStrategy[Any]


_TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(["", "\\", '"', "\n", "é", "\U0001f600"])
_INTS = st.integers(-(2**63), 2**64 - 1) | st.integers(-200, 300) | st.sampled_from([-1, 23, 24, 255, 256, 65536])
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | _FLOATS | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_ZONES = (
    st.none()
    | st.just(dt.UTC)
    | st.timedeltas(dt.timedelta(hours=-23), dt.timedelta(hours=23)).map(
        lambda d: dt.timezone(dt.timedelta(minutes=d // dt.timedelta(minutes=1)))
    )
)
_TREES = st.recursive(
    st.builds(Tree, _TEXTS),
    lambda inner: st.builds(Tree, _TEXTS, st.lists(inner, max_size=2), st.none() | inner),
    max_leaves=4,
)

LEAVES: Sequence[Case] = (
    Case(int, _INTS | st.integers(-(2**80), 2**80)),
    Case(U8, st.integers(0, 255)),
    Case(bool, st.booleans()),
    Case(str, _TEXTS),
    Case(float, _FLOATS | st.integers(-(2**53), 2**53)),
    Case(bytes, st.binary(max_size=8)),
    Case(None, st.none()),
    Case(uuid.UUID, st.uuids()),
    Case(ProcessId, st.uuids().map(ProcessId)),
    Case(SessionId, st.uuids().map(SessionId)),
    Case(Timestamp, domain.timestamps()),
    Case(Duration, domain.durations()),
    Case(dt.datetime, st.datetimes(timezones=_ZONES)),
    Case(dt.date, st.dates()),
    Case(dt.time, st.times()),
    Case(decimal.Decimal, st.decimals(allow_nan=False, places=3)),
    Case(Colour, st.sampled_from(Colour)),
    Case(Level, st.sampled_from(Level)),
    Case(Bits, st.sampled_from([Bits.A, Bits.B, Bits.A | Bits.B])),
    Case(Mixed, st.sampled_from(Mixed)),
    Case(Literal["a", 1, True], st.sampled_from(["a", 1, True])),
    Case(Name, _TEXTS.map(Name)),
    Case(Capability, st.sampled_from(list(Capability.members())) | _TEXTS.map(Capability.custom)),
    Case(Any, _JSON),
    Case(JsonValue, _JSON),
    Case(Tree, _TREES),
    Case(Unit, st.builds(Unit)),
    Case(Cat | Dog, st.builds(Cat, st.just("cat"), _INTS) | st.builds(Dog, st.just("dog"), st.tuples(_TEXTS))),
    Case(Unit | Tree, st.builds(Unit) | _TREES),
    Case(int | str, st.integers(-(2**63), 2**63) | _TEXTS),
)
_HASHABLE = tuple(
    case for case in LEAVES if case.type in (int, str, uuid.UUID, ProcessId, Colour, Capability, Timestamp)
)


def _optional(case: Case) -> Case:
    return Case(case.type | None if case.type is not None else None, st.none() | case.values)


def _containers(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    def few(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
        return st.lists(values, max_size=3)

    return st.one_of(
        inner.map(_optional_if_it_can),
        inner.map(lambda c: Case(list[c.type], few(c.values))),
        inner.map(lambda c: Case(Sequence[c.type], few(c.values))),
        inner.map(lambda c: Case(tuple[c.type, ...], few(c.values).map(tuple))),
        inner.map(lambda c: Case(dict[str, c.type], st.dictionaries(_TEXTS, c.values, max_size=3))),
        inner.map(lambda c: Case(Mapping[str, c.type], st.dictionaries(_TEXTS, c.values, max_size=3))),
        inner.map(lambda c: Case(Pair[c.type], st.builds(Pair, c.values, c.values))),
        st.tuples(inner, inner).map(
            lambda two: Case(tuple[two[0].type, two[1].type], st.tuples(two[0].values, two[1].values))
        ),
        st.sampled_from(_HASHABLE).map(lambda c: Case(frozenset[c.type], st.frozensets(c.values, max_size=3))),
        st.tuples(st.sampled_from([c for c in _HASHABLE if c.type is not Capability]), inner).map(
            lambda two: Case(dict[two[0].type, two[1].type], st.dictionaries(two[0].values, two[1].values, max_size=3))
        ),
        classes(inner),
        data_classes(inner),
    )


def _optional_if_it_can(case: Case) -> Case:
    try:
        return _optional(case)
    except TypeError:  # a literal or None takes no bar
        return case


_NUMBERS = itertools.count()


@attrs.define
class Counted:
    """A base with a field of its own."""

    base: int = 0


@attrs.frozen
class FrozenBase:
    base: str


def _kept(value: Any) -> Any:
    return value


def _judged(instance: Any, attribute: Any, value: Any) -> None:
    if value == "refused":
        raise ValueError("expected anything else")


@st.composite
def classes(draw: Callable[..., Any], inner: st.SearchStrategy[Case]) -> Case:
    """Draw an attrs class of any make, and values of it."""
    frozen = draw(st.booleans())
    kw_only = draw(st.booleans())
    base = draw(st.sampled_from([None, None, FrozenBase if frozen else Counted]))
    fields: dict[str, Any] = {}
    values: dict[str, st.SearchStrategy[Any]] = {}
    had_default = base is Counted
    for number in range(draw(st.integers(0, 4))):
        case = draw(inner)
        name = draw(st.sampled_from(["x", "_hidden", "name_of", "type", "from_"])) + str(number)
        options: dict[str, Any] = {"type": case.type}
        how = draw(st.sampled_from(_HOW))
        if how == "default" or (had_default and not kw_only):
            options["default"] = draw(case.values)
            had_default = True
            if type(options["default"]).__hash__ is None:  # a default that all instances would share
                value = options.pop("default")
                options["factory"] = lambda value=value: value
        elif how == "factory":
            value = draw(case.values)
            options["factory"] = lambda value=value: value
            had_default = True
        elif how == "factory with self":
            value = draw(case.values)
            options["default"] = attrs.Factory(lambda _, value=value: value, takes_self=True)
            had_default = True
        if how == "full converter":
            options["converter"] = attrs.Converter(lambda value, _: value, takes_self=True)
        elif how == "converter":
            options["converter"] = _kept
        elif how == "validator":
            options["validator"] = _judged
        elif how == "alias":
            options["alias"] = f"as_{number}"
        elif how == "checked":
            checks = _CHECKS.get(case.type, ())
            if checks and "default" not in options and "factory" not in options:
                options["validator"] = draw(st.sampled_from(checks))
        fields[name] = attrs.field(**options)
        values[options.get("alias", name.lstrip("_"))] = case.values
    members: dict[str, Any] = {}
    for method in ("__attrs_pre_init__", "__attrs_post_init__"):
        if draw(st.integers(0, 4)) == 0:
            members[method] = lambda self: None
    if had_default and draw(st.booleans()):
        fields["made"] = attrs.field(type=int, default=3, init=False, validator=draw(st.sampled_from([None, _judged])))
    made = attrs.make_class(
        f"C{next(_NUMBERS)}",
        fields,
        bases=(base,) if base else (object,),
        class_body=members,
        slots=draw(st.booleans()),
        frozen=frozen,
        kw_only=kw_only,
        weakref_slot=draw(st.booleans()),
    )
    if base is FrozenBase:
        values["base"] = _TEXTS
    elif base is Counted:
        values["base"] = _INTS
    return Case(
        made, st.fixed_dictionaries(values).map(lambda given: _built(made, given)).filter(lambda v: v is not None)
    )


def _built(cls: Any, given: Mapping[str, Any]) -> Any:
    try:
        return cls(**given)
    except ValueError:  # a check refuses it
        return None


_HOW = (
    *("required", "default", "factory", "factory with self", "converter", "full converter", "validator", "alias"),
    *("checked", "checked"),
)


@st.composite
def data_classes(draw: Callable[..., Any], inner: st.SearchStrategy[Case]) -> Case:
    """Draw a dataclass of any make, and values of it."""
    kw_only = draw(st.booleans())
    fields: list[Any] = []
    values: dict[str, st.SearchStrategy[Any]] = {}
    had_default = False
    for number in range(draw(st.integers(0, 4))):
        case = draw(inner)
        name = draw(st.sampled_from(["x", "_hidden", "type"])) + str(number)
        options: dict[str, Any] = {}
        if (had_default and not kw_only) or draw(st.booleans()):
            value = draw(case.values)
            options["default_factory"] = lambda value=value: value
            had_default = True
        fields.append((name, case.type, dataclasses.field(**options)))
        values[name] = case.values
    if draw(st.booleans()):
        fields.append(("made", int, dataclasses.field(default=3, init=False)))
    namespace = {"__post_init__": lambda self: None} if draw(st.integers(0, 3)) == 0 else {}
    made = dataclasses.make_dataclass(
        f"D{next(_NUMBERS)}",
        fields,
        namespace=namespace,
        frozen=draw(st.booleans()),
        slots=draw(st.booleans()),
        kw_only=kw_only,
    )
    return Case(made, st.fixed_dictionaries(values).map(lambda given: made(**given)))


_CHECKS: dict[Any, Sequence[Any]] = {
    int: (IntRange(0, 1000), [IntRange(-5, 5)], attrs.validators.ge(0), attrs.validators.in_(range(100))),
    str: (
        Text(),
        NON_EMPTY,
        Text(maximum=5),
        Text(pattern="[a-z]*"),
        OneOf(("a", "", "\n")),
        attrs.validators.max_len(5),
        [attrs.validators.min_len(1), attrs.validators.matches_re("[a-z]*")],
        attrs.validators.not_(attrs.validators.in_(("a", ""))),
    ),
    ProcessId: (InstanceOf((ProcessId,), "a ProcessId"),),
    float: (attrs.validators.instance_of((float, int)),),
}

cases: st.SearchStrategy[Case] = st.recursive(st.sampled_from(LEAVES), _containers, max_leaves=4)
