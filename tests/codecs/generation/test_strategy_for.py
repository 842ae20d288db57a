"""Strategies of any type: all values come back equal, filtering is no trouble, shrinking works, recursion ends."""

from __future__ import annotations

import itertools

from typing import Annotated, Any

import attrs
import pytest

from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from symphony_codecs import EncodeError, FieldOptions, UnknownVariant, get_codec
from symphony_codecs._generation import codecs_for
from symphony_codecs.testing import domain_strategies, strategy_for
from symphony_types import U8, Artifact, MessageEnvelope
from tests.codecs.document_models import MODELS
from tests.codecs.everything import Everything
from tests.codecs.generation.classes import IMPOSSIBLE, TYPES, Booking, Bounds, Expression, Order, Page
from tests.codecs.sweep import KINDS, OPTIONS, class_of


NAMES = ("json", "msgpack", "msgpack-compact", "cbor")
# All health checks hold.
FEW = settings(max_examples=12, database=None, deadline=None, derandomize=True)
FEWER = settings(FEW, max_examples=4)


def _name(tp: Any) -> str:
    return str(getattr(tp, "name", getattr(tp, "__name__", tp)))


def _drawn(tp: Any, codec: Any = None, how: settings = FEW, **options: Any) -> list[Any]:
    """Return values, all of which the codecs give back."""
    values: list[Any] = []
    codecs = codecs_for(tp, codec)

    @how
    @given(strategy_for(tp, codec=codec, **options))
    def collect(value: Any) -> None:
        values.append(value)

    collect()
    for value, codec_ in itertools.product(values, codecs):
        data = codec_.encode(value, tp)
        back = codec_.decode(data, tp)
        assert back == value or (type(value).__eq__ is object.__eq__ and codec_.encode(back, tp) == data)
    return values


@pytest.mark.parametrize("realistic", [False, True])
@pytest.mark.parametrize("tp", TYPES, ids=_name)
def test_values_of_any_class(tp, realistic):
    """Whatever refuses values, most draws give one, and they differ."""
    values = _drawn(tp, realistic=realistic)
    assert len({repr(value) for value in values}) >= min(2, len(values))


@pytest.mark.parametrize("kind", KINDS, ids=_name)
def test_kinds_of_fields(kind):
    """Every kind of field, in a class and alone."""
    if kind.name == "union of a class and a list":
        with pytest.raises(LookupError, match="two of its members are an array on the wire"):
            strategy_for(kind.type)
        return
    _drawn(class_of(kind, "define"), how=FEWER)
    if kind.name not in ("absent or null", "sentinel or null"):
        _drawn(kind.type, how=FEWER)


_FORMATS = (*NAMES, "toml")
_MIXED = [
    (option, KINDS[(7 * number + 3 * place) % len(KINDS)], name)
    for number, option in enumerate(OPTIONS)
    for place, name in enumerate(_FORMATS)
]


@pytest.mark.parametrize(("option", "kind", "name"), _MIXED, ids=_name)
def test_options(option, kind, name):
    """What an option changes is in the values; what it cannot do is refused, or has no values."""
    cls = class_of(kind, "without slots")
    try:
        codec = option.apply(get_codec(name), cls, kind)
        codec.encoder(cls), codec.decoder(cls)
    except (EncodeError, ValueError):
        return
    if name == "toml" and option.name.startswith("positional"):
        with pytest.raises(LookupError, match="expected a map, which a TOML document is"):
            strategy_for(cls, codec=codec)
        return
    _drawn(cls, codec, FEWER)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("model", MODELS, ids=_name)
def test_document_models(model, name):
    """Flattened fields, labels that nobody sets, names that Python has no room for."""
    if name not in model.refused:
        _drawn(model.type, model.adapt(get_codec(name)), FEWER)


def test_everything():
    """A field of every type."""
    _drawn(Everything, how=FEWER)


@attrs.frozen
class A:
    """A member of unions."""

    x: int


@attrs.frozen
class B:
    """Another, which may look like the first."""

    x: int
    y: str | None = None


@attrs.frozen
class C:
    """One without fields."""


@attrs.define
class Holder:
    """Holds them."""

    one: A | B | C
    many: list[A | B | C]


_HOW: dict[str, Any] = {
    "external": {"tagging": "external"},
    "internal": {"tagging": "internal"},
    "adjacent": {"tagging": "adjacent", "tag": "t", "content": "c"},
    "untagged": {"tagging": "untagged"},
    "newtype": {"tagging": "external", "newtype": [A]},
    "other": {"tagging": "internal", "other": C},
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", _HOW)
def test_unions(how, name):
    """Values that a codec would read as another member are left out."""
    if how == "untagged" and name == "msgpack-compact":
        return  # arrays of which the first member takes all
    values = _drawn(Holder, get_codec(name).with_union(A | B | C, **_HOW[how]))
    kinds = {type(each) for value in values for each in (value.one, *value.many)}
    assert len(kinds) == 3 or (how == "untagged" and kinds)


def test_unknown_variants():
    """Variants under names of newer peers are among the values."""
    values = _drawn(list[A | C | UnknownVariant])
    assert any(isinstance(each, UnknownVariant) for value in values for each in value)


@attrs.define
class Outer:
    """Entries of other classes among its own."""

    key: str
    inner: B
    rest: dict[str, int]


@pytest.mark.parametrize("name", ["json", "cbor"])
def test_flattened_fields(name):
    """No entry is called as another field."""
    fields = {"inner": FieldOptions(flatten=True), "rest": FieldOptions(flatten=True)}
    _drawn(Outer, get_codec(name).with_class(Outer, fields=fields))


class Money:
    """A class that only hooks know."""

    def __init__(self, amount: Annotated[int, "cents"]) -> None:
        self.amount = amount

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and other.amount == self.amount

    def __hash__(self) -> int:
        return hash(self.amount)

    def __repr__(self) -> str:
        return f"Money({self.amount})"


class Secret(Money):
    """One whose constructor says nothing."""

    def __init__(self, *amount) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*amount)


@attrs.define
class Wallet:
    """Holds them."""

    money: Money
    coins: list[Money]


def _with_hooks(name: str, cls: type) -> Any:
    codec = get_codec(name).copy()
    codec.converter.register_unstructure_hook(cls, lambda value: f"{value.amount} cents")
    codec.converter.register_structure_hook(cls, lambda wire, tp: tp(int(wire.removesuffix(" cents"))))
    return codec


@pytest.mark.parametrize("name", NAMES)
def test_hooks_of_users(name):
    """Hypothesis finds out what a constructor takes; the hooks give it back."""
    values = _drawn(Wallet, _with_hooks(name, Money))
    assert len({value.money for value in values}) > 3


def test_hooks_for_classes_that_codecs_know():
    """Values are those of the class; those that a hook loses are left out."""
    codec = get_codec("json").copy()
    codec.converter.register_unstructure_hook(A, lambda value: abs(value.x))
    codec.converter.register_structure_hook(A, lambda wire, _: A(wire))
    assert all(value.x >= 0 for value in _drawn(A, codec))


def test_registered_strategies(monkeypatch):
    """What a user has registered goes before; without it a class of which nothing is known is an error."""
    codec = _with_hooks("json", Secret)
    with pytest.raises(LookupError, match=r"nothing says what values of Secret are: register a Hypothesis strategy"):
        strategy_for(list[Secret], codec=codec)
    from hypothesis.strategies._internal import types

    monkeypatch.setattr(types, "_global_type_lookup", dict(types._global_type_lookup))
    st.register_type_strategy(Secret, st.integers(1, 9).map(Secret))
    assert {each.amount for value in _drawn(list[Secret], codec) for each in value} <= set(range(1, 10))
    st.register_type_strategy(Booking, st.nothing() | st.just(Booking(*[_at(2024)] * 2)))
    assert _drawn(Booking) == [Booking(*[_at(2024)] * 2)]


def _at(year: int) -> Any:
    import datetime as dt

    return dt.datetime(year, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(("tp", "message"), IMPOSSIBLE, ids=lambda value: _name(value)[:20])
def test_types_without_values(tp, message):
    """The error is one line, and names the class, the field and the next step."""
    with pytest.raises(LookupError, match=message) as caught:
        strategy_for(tp)
    assert "\n" not in str(caught.value)


def test_a_codec_that_does_not_take_the_type():
    """It is asked alone."""
    codec = get_codec("json").with_class(A, fields={"x": FieldOptions(rename="y")})
    assert _drawn(A, codec)
    with pytest.raises(LookupError, match="two of its fields are called"):
        strategy_for(Holder, codec=get_codec("json").with_options(rename=lambda _: "same"))


def test_shrinking():
    """The least value that something is wrong with is found."""
    how = settings(max_examples=500, database=None, derandomize=True)
    found: Any = find(strategy_for(Order), lambda order: len(order.lines) > 1, settings=how)
    assert [line.quantity for line in found.lines] == [0, 0]
    assert found.tags == []
    assert find(strategy_for(Bounds), lambda value: value.above > 10, settings=how).above == 11
    assert find(strategy_for(list[U8]), lambda value: sum(value) > 20, settings=how) == [21]


def test_recursion_ends_and_goes_deep():
    """Trees have more than one level, and are never too large."""

    def depth(value: Any) -> int:
        return 1 + max(
            map(
                depth,
                [
                    getattr(value, name)
                    for name in getattr(value, "__slots__", ())
                    if name in ("left", "right", "next") and getattr(value, name) is not None
                ],
            ),
            default=0,
        )

    assert 1 < max(map(depth, _drawn(Expression))) < 10
    assert 1 < max(map(depth, _drawn(Page[int]))) < 10


@pytest.mark.parametrize("tp", [*domain_strategies(), MessageEnvelope[Artifact]], ids=_name)
def test_realistic_values_of_the_domain(tp):
    """Those whose fields follow from each other, too."""
    how = settings(FEW, max_examples=2, suppress_health_check=[HealthCheck.too_slow])
    _drawn(tp, how=how, realistic=True)
