"""Classes made at run time are freed when the program drops them, although shared codecs have used them."""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import gc
import pickle
import re
import typing
import weakref

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, NewType, TypedDict

import attrs
import pytest

from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_codecs import codec as codec_module
from symphony_codecs._type_cache import _MOST, TypeCache, temporary


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")
COUNT = 30


def attrs_class() -> type:
    return attrs.make_class("Row", {"a": attrs.field(type=int)})


def other_class() -> type:
    return attrs.make_class("Other", {"b": attrs.field(type=str)})


def a_dataclass() -> type:
    return dataclasses.make_dataclass("Row", [("a", int)])


def an_enum() -> Any:
    return enum.Enum("Colour", {"RED": 1, "BLUE": "b"})


def literal_of(cls: Any) -> Any:
    return typing.Literal[cls.RED]


# Each takes a new class: the type, and a value of it.
KINDS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Any]]] = {
    "attrs": (attrs_class, lambda cls: cls, lambda cls: cls(1)),
    "dataclass": (a_dataclass, lambda cls: cls, lambda cls: cls(1)),
    "enum": (an_enum, lambda cls: cls, lambda cls: cls.RED),
    "typed dict": (lambda: TypedDict("Row", {"a": int}), lambda cls: cls, lambda _: {"a": 1}),  # type: ignore[operator]
    "named tuple": (lambda: NamedTuple("Row", [("a", int)]), lambda cls: cls, lambda cls: cls(1)),
    "union": (attrs_class, lambda cls: cls | other_class(), lambda cls: cls(1)),
    "optional": (attrs_class, lambda cls: cls | None, lambda cls: cls(1)),
    "none first": (attrs_class, lambda cls: None | cls, lambda cls: cls(1)),
    "typing's list": (attrs_class, lambda cls: typing.List[cls], lambda cls: [cls(1)]),  # noqa: UP006 - another class
    "list": (attrs_class, lambda cls: list[cls], lambda cls: [cls(1)]),
    "map": (attrs_class, lambda cls: dict[str, list[cls]], lambda cls: {"x": [cls(1)]}),
    "keys": (an_enum, lambda cls: dict[cls, int], lambda cls: {cls.BLUE: 1}),
    "annotated": (attrs_class, lambda cls: Annotated[cls, "a note"], lambda cls: cls(1)),
    "new type": (attrs_class, lambda cls: NewType("New", cls), lambda cls: cls(1)),
    "literal": (an_enum, literal_of, lambda cls: cls.RED),
    "untyped": (attrs_class, lambda _: Any, lambda cls: [cls(1), {"x": cls(2)}]),
}


def alive(references: list[weakref.ref[Any]]) -> int:
    for clear in typing._cleanups:  # type: ignore[attr-defined]  # typing remembers the last types that it made
        clear()
    gc.collect()
    return sum(reference() is not None for reference in references)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FORMATS)
def test_classes_go(name: str, kind: str) -> None:
    make, type_of, value_of = KINDS[kind]
    codec = get_codec(name)
    references = []
    for _ in range(COUNT):
        cls = make()
        tp, value = type_of(cls), value_of(cls)
        for _ in range(2):
            data = codec.encode(value, tp)
            assert codec.decode(data, tp) == value or tp is Any
        with contextlib.suppress(EncodeError):  # enums as keys need a type
            codec.encode(value)
        with pytest.raises(DecodeError):
            codec.decode(data[:-1], tp)
        references.append(weakref.ref(cls))
        del cls, tp, value
    assert alive(references) <= 2


@pytest.mark.parametrize("name", FORMATS)
def test_the_converters_hooks_go(name: str) -> None:
    converter = get_codec(name).converter
    references = []
    for _ in range(COUNT):
        cls = attrs_class()
        assert converter.structure(converter.unstructure([cls(1)]), list[cls]) == [cls(1)]  # type: ignore[valid-type]
        references.append(weakref.ref(cls))
        del cls
    assert alive(references) <= 2


def test_functions_and_codecs_of_ones_own_keep_their_classes() -> None:
    cls = attrs_class()
    reference = weakref.ref(cls)
    decode, codec = get_codec("json").decoder(cls), get_codec("json").copy()
    assert decode(b'{"a":1}') == codec.decode(b'{"a":1}', cls)
    del cls
    assert alive([reference]) == 1
    assert decode(b'{"a":1}').a == 1
    del decode, codec
    assert alive([reference]) == 0


def test_codecs_of_ones_own_go_before_the_classes() -> None:
    cls = attrs_class()
    references = []
    for _ in range(COUNT):
        codec = get_codec("json").with_options(strict=True)
        codec.decode(codec.encode(cls(1)), cls)
        references.append(weakref.ref(codec.converter))
        del codec
    assert alive(references) <= 1


def test_functions_are_made_once_for_each_class(monkeypatch: pytest.MonkeyPatch) -> None:
    codec, made = get_codec("json"), []
    make = codec_module.fast_decoder
    monkeypatch.setattr(codec_module, "fast_decoder", lambda *given: made.append(given) or make(*given))  # type: ignore[func-returns-value]
    classes = [attrs_class() for _ in range(3)]
    for _ in range(5):
        for cls in classes:
            codec.decode(b'{"a":1}', cls)
            codec.decode(b'[{"a":1}]', list[cls])  # type: ignore[valid-type]
            codec.decode(b'[{"a":1}]', typing.List[cls])  # type: ignore[valid-type]  # noqa: UP006 - another class
            assert codec.decoder(cls) is codec.decoder(cls)
    assert len(made) == 9


@attrs.define
class Lasting:
    """A class that contains another class."""

    @attrs.define
    class Inner:
        """The contained class."""

        a: int

    a: int


LASTING: list[Any] = [
    *(int, Lasting, Lasting.Inner, list[Lasting], Lasting | None, Any, None, type(None), int | None, "text", 5),
    Annotated[int, Lasting(1)],
]


@pytest.mark.parametrize("tp", LASTING)
def test_types_that_are_found_under_their_names_last(tp: Any) -> None:
    assert temporary(tp) is None


def test_a_cache_is_bounded() -> None:
    cache: TypeCache[int] = TypeCache()
    for number in range(_MOST + 100):
        assert cache.keep(number, number, is_shared=True) == number
    assert len(cache) == _MOST
    assert 0 not in cache
    assert cache[_MOST] == _MOST


def test_what_is_remembered_at_a_class_stays_out_of_copies_and_subclasses() -> None:
    cls = attrs_class()
    codec = get_codec("json")
    codec.decode(b'{"a":1}', cls)
    (memory,) = [value for name, value in vars(cls).items() if name == "__symphony_codecs__"]
    assert memory
    assert pickle.loads(pickle.dumps(memory)) == {}
    derived = attrs.make_class("Derived", {"b": attrs.field(type=int)}, bases=(cls,))
    assert codec.decode(b'{"a":1,"b":2}', derived) == derived(1, 2)
    assert codec.decode(b'{"a":1}', cls) == cls(1)


def test_a_class_that_takes_no_attributes_is_remembered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    cache: TypeCache[int] = TypeCache()
    immutable = type(re.compile(""))
    assert temporary(immutable) is None
    monkeypatch.setattr(re, immutable.__qualname__, None)
    assert temporary(immutable) is immutable
    assert cache.keep(immutable, 1, is_shared=True) == 1
    assert cache.get(immutable) == 1
