"""Classes of every make: decoding gives the same instance as the constructor, by the same calls in the same order."""

from __future__ import annotations

import abc
import dataclasses

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, get_codec
from symphony_codecs.executor import ENGINE, fast_decoder
from symphony_codecs.python import decoder as generated_decoder
from symphony_codecs.schema import build_schema, nodes


T = TypeVar("T")
FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")
LOG: list[Any] = []


def _seen(what: str, result: Any, *about: Any) -> Any:
    LOG.append((what, *about))
    return result


def _double(value: Any) -> Any:
    return _seen("convert", value * 2, value)


def _with_self(value: Any, instance: Any) -> Any:
    return _seen("convert with self", value + 1, value, _set_so_far(instance))


def _with_field(value: Any, field: Any) -> Any:
    return _seen("convert with field", value + 1, value, field.name)


def _with_both(value: Any, instance: Any, field: Any) -> Any:
    return _seen("convert with both", value + 1, value, _set_so_far(instance), field.name)


def _judge(instance: Any, attribute: Any, value: Any) -> None:
    LOG.append(("validate", _set_so_far(instance), attribute.name, value))
    if value == -1:
        raise ValueError("expected any but -1")


def _set_so_far(instance: Any) -> list[str]:
    return [name for name in ("a", "b", "c", "d") if hasattr(instance, name)]


def _from_self(instance: Any) -> Any:
    return _seen("factory with self", getattr(instance, "a", 0) * 10, _set_so_far(instance))


def _factory() -> Any:
    return _seen("factory", [7])


class _Methods:
    """Methods that are mixed into attrs classes."""

    __slots__ = ()

    def __attrs_pre_init__(self) -> None:
        LOG.append(("before", _set_so_far(self)))

    def __attrs_post_init__(self) -> None:
        LOG.append(("after", _set_so_far(self)))


def _attrs_fields() -> dict[str, Any]:
    return {
        "a": attrs.field(type=int, converter=_double, validator=_judge),
        "b": attrs.field(type=int, default=attrs.Factory(_from_self, takes_self=True), validator=[_judge, _judge]),
        "c": attrs.field(type=list[int], factory=_factory),
        "d": attrs.field(type=int, default=5, converter=attrs.Converter(_with_both, takes_self=True, takes_field=True)),
    }


def _make_attrs(fields: Callable[[], dict[str, Any]] = _attrs_fields, bases: Any = (object,), **how: Any) -> Any:
    return attrs.make_class("Made", fields(), bases=bases, **how)


def _validated() -> dict[str, Any]:
    return {
        "a": attrs.field(type=int, validator=_judge),
        "b": attrs.field(type=int, default=3, validator=attrs.validators.ge(0)),
        "c": attrs.field(type=list[int], factory=list, validator=attrs.validators.max_len(2)),
        "d": attrs.field(type=int, default=-5, init=False),
    }


def _converted() -> dict[str, Any]:
    return {
        "a": attrs.field(type=int, converter=attrs.converters.pipe(_double, _double)),
        "b": attrs.field(type=int | None, default=None, converter=attrs.converters.default_if_none(4)),
        "c": attrs.field(type=list[int], default=(1, 2), converter=list),
        "d": attrs.field(type=int | None, default=None, converter=attrs.converters.optional(_double)),
    }


def _converters_of_each_kind() -> dict[str, Any]:
    return {
        "a": attrs.field(type=int, converter=attrs.Converter(_with_self, takes_self=True)),
        "b": attrs.field(type=int, default=1, converter=attrs.Converter(_with_field, takes_field=True)),
        "c": attrs.field(type=list[int], factory=_factory, converter=tuple),
        "d": attrs.field(type=int, default=2, converter=_double, validator=_judge),
    }


def _not_in_init() -> dict[str, Any]:
    return {
        "b": attrs.field(type=int, init=False, default=attrs.Factory(lambda: _seen("first", 1))),
        "a": attrs.field(type=int, default=attrs.Factory(lambda: _seen("second", 2))),
        "c": attrs.field(type=list[int], init=False, factory=_factory, validator=_judge),
        "d": attrs.field(type=int, init=False),
    }


def _private() -> dict[str, Any]:
    return {
        "_a": attrs.field(type=int, validator=_judge),
        "b": attrs.field(type=int, alias="why", default=3),
        "_c": attrs.field(type=int, default=2),
    }


def _dataclass(make: Any = None, bases: Any = (), **how: Any) -> Any:
    fields = make or [
        ("a", int),
        ("b", int, dataclasses.field(default=3)),
        ("c", list[int], dataclasses.field(default_factory=_factory)),
        ("d", int, dataclasses.field(default=4, init=False)),
        ("e", list[int], dataclasses.field(default_factory=_factory, init=False)),
    ]
    return dataclasses.make_dataclass("Made", fields, bases=bases, **how)


class _PostInit:
    __slots__ = ()

    def __post_init__(self) -> None:
        LOG.append(("after", _set_so_far(self)))


class Meta(type):
    pass


class CallingMeta(type):
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return _seen("metaclass", super().__call__(*args, **kwargs))


@attrs.define
class Of(Generic[T]):
    a: int
    c: list[T] = attrs.field(factory=list, validator=attrs.validators.max_len(3))


class Undecorated(Of[int]):
    def __attrs_post_init__(self) -> None:
        LOG.append("never called")


@attrs.define
class Abstract(abc.ABC):
    a: int


@attrs.define
class OfAbstract(Abstract):
    b: int = attrs.field(default=1, validator=_judge)


@attrs.define
class WithMeta(metaclass=Meta):
    a: int


@attrs.define
class WithCallingMeta(metaclass=CallingMeta):
    a: int


@attrs.define
class SlotsBelowDict(_make_attrs(_validated, slots=False)):  # type: ignore[misc]
    e: int = attrs.field(default=9, validator=_judge)


@attrs.define(slots=False)
class DictBelowSlots(Of[int]):
    e: int = attrs.field(default=9, validator=_judge)


@attrs.define
class OwnInit:
    a: int

    def __init__(self, a: int) -> None:
        self.__attrs_init__(_seen("own", a + 1))


@attrs.define
class OwnNew:
    a: int

    def __new__(cls, *_: Any, **__: Any) -> Any:
        return _seen("own", object.__new__(cls))


@attrs.define
class OwnSetattr:
    a: int

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, _seen("set", value, name))


@attrs.define
class PreInitWithArguments:
    a: int
    b: int = attrs.field(default=3, kw_only=True)

    def __attrs_pre_init__(self, a: int, b: int) -> None:
        LOG.append((a, b))


@attrs.define
class Error(Exception):
    a: int


@dataclasses.dataclass
class OwnDataclassInit:
    a: int

    def __init__(self, a: int) -> None:
        self.a = _seen("own", a + 1)


@attrs.define(on_setattr=attrs.setters.validate)
class Watched:
    a: int = attrs.field(validator=_judge)
    b: int = attrs.field(default=2, on_setattr=attrs.setters.NO_OP)


class Doubled:
    """A descriptor that stores its values elsewhere."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return 6 if instance is None else instance.__dict__["kept"]

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__["kept"] = _seen("set", value * 2)


@dataclasses.dataclass
class WithDescriptor:
    a: int
    b: int = Doubled()  # type: ignore[assignment]


NATIVE: dict[str, Any] = {
    **{
        f"attrs, {title}{', frozen' if frozen else ''}{'' if slots else ', no slots'}": _make_attrs(
            fields, bases=bases, frozen=frozen, slots=slots
        )
        for title, fields, bases in (
            ("all at once", _attrs_fields, (_Methods,)),
            ("no methods", _attrs_fields, (object,)),
            ("validators", _validated, (object,)),
            ("converters", _converted, (object,)),
            ("converters of each kind", _converters_of_each_kind, (object,)),
            ("not in init", _not_in_init, (object,)),
            ("private", _private, (object,)),
        )
        for frozen in (False, True)
        for slots in (False, True)
    },
    "attrs, kw_only": _make_attrs(kw_only=True),
    "attrs, cached hash": _make_attrs(_validated, frozen=True, unsafe_hash=True, cache_hash=True),
    "attrs, cached hash, no slots": _make_attrs(
        _validated, frozen=True, unsafe_hash=True, cache_hash=True, slots=False
    ),
    **{
        f"dataclass, {frozen=}, {slots=}, {kw_only=}{name}": _dataclass(
            bases=bases, frozen=frozen, slots=slots, kw_only=kw_only
        )
        for frozen in (False, True)
        for slots in (False, True)
        for kw_only in (False, True)
        for name, bases in (("", ()), (", post_init", (_PostInit,)))
    },
    "generic": Of[int],
    "undecorated subclass": Undecorated,
    "subclass of abstract": OfAbstract,
    "with a metaclass": WithMeta,
    "slots below a dict": SlotsBelowDict,
    "a dict below slots": DictBelowSlots,
    "watched": Watched,
}
CALLED: dict[str, Any] = {
    "own __init__": OwnInit,
    "own __new__": OwnNew,
    "own __setattr__": OwnSetattr,
    "arguments before": PreInitWithArguments,
    "exception": Error,
    "calling metaclass": WithCallingMeta,
    "dataclass, own __init__": OwnDataclassInit,
    "dataclass, descriptor": WithDescriptor,
}
ALL = {**NATIVE, **CALLED}
DOCUMENTS: tuple[dict[str, Any], ...] = (
    *({}, {"a": 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1, "b": None}, {"a": 1, "c": [1]}, {"a": -1}),
    *({"a": 1, "b": 2, "c": [3], "d": 4}, {"a": 1, "b": -1}, {"a": 1, "c": [1, 2, 3, 4]}, {"a": 1, "why": 4}),
    *({"a": "x", "b": 2}, {"a": 1, "d": -1}, {"a": 1, "e": -1}, {"a": 1, "e": 3}),
)


def _class_of(tp: Any) -> Any:
    return getattr(tp, "__origin__", tp)


def _state(instance: Any) -> dict[str, Any]:
    """Return the attributes of an instance, in slots and in its dict."""
    held = dict(vars(instance)) if hasattr(instance, "__dict__") else {}
    for base in type(instance).__mro__:
        for name in getattr(base, "__slots__", ()):
            if name != "__weakref__" and hasattr(instance, name):
                held[name] = getattr(instance, name)
    return held


def _outcome(call: Callable[[], Any]) -> tuple[Any, list[Any]]:
    LOG.clear()
    try:
        value = call()
    except Exception as exc:  # noqa: BLE001 - of the class, or of the codec
        if isinstance(exc, DecodeError) and exc.issues[0].code in ("wrong_type", "missing_field", "unknown_field"):
            return None, []
        return "refused", []
    return (type(value), _state(value)), list(LOG)


def _constructed(tp: Any, document: dict[str, Any]) -> tuple[Any, list[Any]]:
    """Return the outcome of the class's constructor; fields that it does not take are set afterwards."""
    cls = _class_of(tp)
    apart = [field for field in (attrs.fields(cls) if attrs.has(cls) else dataclasses.fields(cls)) if not field.init]

    def construct() -> Any:
        names = {field.name for field in apart}
        instance = cls(**{name: value for name, value in document.items() if name not in names})
        for field in apart:
            if field.name in document:
                validator = getattr(field, "validator", None)
                if validator is not None and not attrs.validators.get_disabled():
                    validator(instance, field, document[field.name])
                object.__setattr__(instance, field.name, document[field.name])
        return instance

    return _outcome(construct)


def _codecs(tp: Any) -> Iterator[Codec]:
    for name in FORMATS:
        yield get_codec(name).with_options(unknown_fields="forbid", positional=False)


@pytest.fixture(params=["executor", "python"])
def decoder_of(request: pytest.FixtureRequest) -> Callable[[Codec, Any], Callable[[bytes], Any]]:
    if request.param == "python":
        return lambda codec, tp: generated_decoder(codec.converter, tp)
    return lambda codec, tp: codec.decoder(tp)


@pytest.mark.parametrize("title", ALL)
def test_decoding_matches_calling_the_class(title: str, decoder_of: Any) -> None:
    """The value and the order of calls are the same, and decoding fails wherever the constructor does."""
    tp = ALL[title]
    for codec in _codecs(tp):
        decode = decoder_of(codec, tp)
        for document in DOCUMENTS:
            data = codec.encode(document)
            found, calls = _outcome(lambda: decode(data))  # noqa: B023 - called at once
            expected, expected_calls = _constructed(tp, document)
            if found is None:  # wrong types, which the constructor does not check
                continue
            assert found == expected, (title, document)
            assert calls == expected_calls, (title, document)


@pytest.mark.parametrize("title", ALL)
def test_validators_that_are_disabled_do_not_run(title: str, decoder_of: Any) -> None:
    tp = ALL[title]
    codec = get_codec("json").with_options(unknown_fields="forbid")
    decode = decoder_of(codec, tp)
    for document in DOCUMENTS:
        data = codec.encode(document)
        with attrs.validators.disabled():
            found, calls = _outcome(lambda: decode(data))  # noqa: B023 - called at once
            expected, expected_calls = _constructed(tp, document)
        if found is not None:
            assert (found, calls) == (expected, expected_calls), (title, document)


@pytest.mark.parametrize("title", ALL)
def test_only_classes_with_a_constructor_of_their_own_are_called(title: str) -> None:
    node = build_schema(ALL[title], get_codec("json").converter, "structure").root
    assert isinstance(node, nodes.Struct)
    assert (node.construction is not None) == (title in NATIVE)


def _refuse(_: Any) -> Any:
    raise LookupError


@pytest.mark.skipif(ENGINE == "python", reason="there is no engine")
@pytest.mark.parametrize("title", ALL)
def test_the_engine_accepts_valid_documents(title: str) -> None:
    """A valid document needs no fallback, so that no code of the user runs twice."""
    tp = ALL[title]
    for codec in _codecs(tp):
        decode = fast_decoder(codec.converter, tp, _refuse)
        for document in DOCUMENTS:
            data = codec.encode(document)
            try:
                expected = codec.decode(data, tp)
            except DecodeError:
                with pytest.raises(LookupError):
                    decode(data)
            else:
                assert _state(decode(data)) == _state(expected)


def _patch_init(cls: Any) -> None:
    cls.__init__ = lambda self, **given: [object.__setattr__(self, *each) for each in given.items()] and None


def _patch_new(cls: Any) -> None:
    cls.__new__ = lambda cls, *_, **__: _seen("new", object.__new__(cls))


def _patch_setattr(cls: Any) -> None:
    cls.__setattr__ = lambda self, name, value: object.__setattr__(self, name, _seen("set", [value]))


def _patch_methods(cls: Any) -> None:
    for name in ("__attrs_pre_init__", "__attrs_post_init__", "__post_init__"):
        setattr(cls, name, lambda self, name=name: LOG.append((name, _set_so_far(self))))


def _patch_property(cls: Any) -> None:
    cls.b = property(lambda self: 8, lambda self, value: LOG.append(("set", value)))


@pytest.mark.parametrize("patch", [_patch_init, _patch_new, _patch_setattr, _patch_methods, _patch_property])
@pytest.mark.parametrize(
    "make",
    [
        *(lambda how=how: _make_attrs(**how) for how in ({}, {"slots": False}, {"frozen": True})),
        *(lambda how=how: _make_attrs(bases=(_Methods,), **how) for how in ({}, {"slots": False, "frozen": True})),
        *(lambda how=how: _dataclass(**how) for how in ({}, {"slots": True}, {"frozen": True})),
        lambda: _dataclass(bases=(_PostInit,)),
    ],
)
def test_classes_that_are_changed_after_their_decoder_was_made(make: Any, patch: Any, decoder_of: Any) -> None:
    """Decoding uses the changed class, as calling it does."""
    cls = make()
    codec = get_codec("json")
    decode = decoder_of(codec, cls)
    documents = ({"a": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 2, "c": [1]})
    for change in (lambda _: None, patch):
        change(cls)
        for document in documents:
            data = codec.encode(document)
            found, calls = _outcome(lambda: decode(data))  # noqa: B023 - called at once
            expected, expected_calls = _constructed(cls, document)
            assert found == expected, document
            # Generated Python makes all values before it stores them; only the new property shows the difference.
            assert sorted(map(repr, calls)) == sorted(map(repr, expected_calls)), document
