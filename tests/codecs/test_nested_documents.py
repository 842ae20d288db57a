"""A hook that reads or writes with its own codec runs a number of times that grows with the depth, and no faster."""

from __future__ import annotations

import contextlib
import dataclasses

from collections.abc import Callable
from typing import Any, Self, get_origin

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, executor, get_codec
from symphony_codecs._nested import FAILED_HOOKS, thread


MOST_RUNS_A_LEVEL = 6


@attrs.define
class Node:
    """A document inside a document; *number* is wrong at times."""

    number: int = 0
    inner: Any = None


class Text:
    """What stands inside: the text, or bytes, of another document."""


@dataclasses.dataclass
class Outer:
    number: int = 0
    inner: Text | None = None
    other: list[Text] = dataclasses.field(default_factory=list)


class Counter:
    def __init__(self, codec: Codec) -> None:
        self.codec = codec.copy()
        self.runs = 0


class OddError(ExceptionGroup[Exception]):
    """A group that is raised as a class, without arguments."""

    def __new__(cls) -> Self:
        return super().__new__(cls, "wrong", [ValueError("a"), KeyError("b")])


ERRORS: dict[str, type[Exception]] = {
    "value": ValueError,
    "type": TypeError,
    "key": KeyError,
    "recursion": RecursionError,
    "group": OddError,
}


@pytest.fixture(params=["engine", "python"], autouse=True)
def _executor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(executor, "_decode", None)
        monkeypatch.setattr(executor, "_encode", None)


def documents(codec: Codec, depth: int, innermost: Any, wrap: Callable[[Any], Any]) -> bytes:
    """Return *innermost* inside as many documents."""
    data = codec.encode(innermost)
    for _ in range(depth):
        data = codec.encode(wrap(data if codec.is_binary else data.decode()))
    return data


def as_data(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


Hook = Callable[[Counter, Any], Any]
READ: dict[str, tuple[Any, Callable[[Any], Any], Any]] = {
    # The type, what is around a document of it, and what the innermost is.
    "leaf": (Text, lambda inner: inner, "end"),
    "member": (Outer, lambda inner: {"number": 1, "inner": inner}, {"number": 1}),
    "item": (Outer, lambda inner: {"number": 1, "other": [inner]}, {"number": 1}),
    "faulty around": (Outer, lambda inner: {"number": "x", "inner": inner}, {"number": 1}),
    "faulty inside": (Outer, lambda inner: {"number": 1, "inner": inner}, {"number": "x"}),
    "faulty anywhere": (Outer, lambda inner: {"number": "x", "inner": inner}, {"number": "x"}),
}


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor"])
@pytest.mark.parametrize("place", READ)
@pytest.mark.parametrize("error", [None, *ERRORS])
def test_reading_hooks_run_in_proportion_to_the_depth(name: str, place: str, error: str | None) -> None:
    """Whatever is raised in the innermost document, or is wrong with it or those around it."""
    as_type, wrap, innermost = READ[place]
    # The backslashes of JSON inside JSON double at each level.
    for depth in (0, 1, 2, 5, 8) if name == "json" else (1, 5, 10, 20):
        counter = Counter(get_codec(name))

        last = get_codec(name).encode(innermost)

        def read(value: Any, _: Any, counter: Counter = counter, last: bytes = last) -> Any:
            counter.runs += 1
            if value == "end" or as_data(value) == last:
                if error is not None:
                    raise ERRORS[error]
                if value == "end":
                    return Text()
            return counter.codec.decode(as_data(value), as_type)

        counter.codec.converter.register_structure_hook(Text, read)
        counter.codec.converter.register_unstructure_hook(Text, str)
        data = documents(get_codec(name), depth, innermost, wrap)
        with contextlib.suppress(DecodeError):
            counter.codec.decode(data, as_type)
        assert counter.runs <= MOST_RUNS_A_LEVEL * (depth + 1), depth


CONVERTERS: list[Callable[[Any], Any]] = []


def convert_by_the_last(value: Any) -> Any:
    return CONVERTERS[-1](value)


@attrs.define
class Converting:
    """Its field's converter reads the document inside."""

    inner: Any = attrs.field(default=None, converter=convert_by_the_last)


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor"])
def test_converters_run_in_proportion_to_the_depth(name: str) -> None:
    """A converter is called again to say what the other fields have, and so not by the levels below."""
    codec = get_codec(name)
    for depth in (1, 5, 10):
        runs = 0

        def convert(value: Any) -> Any:
            nonlocal runs
            runs += 1
            if value is None:
                raise ValueError("end")
            return codec.decode(as_data(value), Converting)

        CONVERTERS.append(convert)
        data = documents(codec, depth, {"inner": None}, lambda inner: {"inner": inner})
        with pytest.raises(DecodeError):
            codec.decode(data, Converting)
        assert runs <= MOST_RUNS_A_LEVEL * (depth + 1), depth


def test_tags_do_not_double_the_runs() -> None:
    """A document behind CBOR tags that is refused is tried without them, which its hook notices."""
    for depth in (1, 5, 10, 20):
        counter = Counter(get_codec("cbor"))

        def read(value: Any, _: Any, counter: Counter = counter) -> Any:
            counter.runs += 1
            if value == 1:
                raise ValueError("end")
            return counter.codec.decode(as_data(value), Text)

        counter.codec.converter.register_structure_hook(Text, read)
        counter.codec.converter.register_unstructure_hook(Text, str)
        data = b"\xd8\x20\x01"
        for _ in range(depth):
            data = b"\xd8\x20" + counter.codec.encode(data)
        with pytest.raises(DecodeError):
            counter.codec.decode(data, Text)
        assert counter.runs <= MOST_RUNS_A_LEVEL * (depth + 1), depth


@attrs.define
class Chain:
    inner: Any = None
    number: int = 1


def chain(depth: int, innermost: Any) -> Any:
    value = innermost
    for _ in range(depth):
        value = Chain(value)
    return value


class End:
    """What only its hook writes."""


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
@pytest.mark.parametrize("error", [None, *ERRORS])
def test_writing_hooks_run_in_proportion_to_the_depth(name: str, error: str | None) -> None:
    """As in reading."""
    for depth in (0, 1, 2, 5, 10, 16):
        counter = Counter(get_codec(name))

        def write(value: Chain, counter: Counter = counter) -> Any:
            counter.runs += 1
            data = counter.codec.encode(value.inner)
            return data.hex()

        def end(_: End) -> Any:
            if error is not None:
                raise ERRORS[error]
            return "end"

        counter.codec.converter.register_unstructure_hook(Chain, write)
        counter.codec.converter.register_unstructure_hook(End, end)
        value = chain(min(depth, 8) if error is None else depth, End())
        try:
            counter.codec.encode(value)
        except EncodeError:
            assert error is not None
        assert counter.runs <= MOST_RUNS_A_LEVEL * (depth + 1), depth


@attrs.define
class Link:
    inner: Link | None = None
    end: Any = None


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
@pytest.mark.parametrize("as_type", [Link, None, list[Link], dict[str, Link], Link | None])
def test_objects_of_each_call_do_not_multiply_the_runs(name: str, as_type: Any) -> None:
    """A hook that writes another object each time it is called runs in proportion to the depth, too."""
    for depth in (0, 1, 2, 5, 10, 16):
        counter = Counter(get_codec(name))

        def write(value: Link, counter: Counter = counter) -> Any:
            counter.runs += 1
            if value.inner is None:
                return value.end
            again = Link(value.inner.inner, value.inner.end)
            origin = get_origin(as_type)
            whole = [again] if origin is list else {"a": again} if origin is dict else again
            return counter.codec.encode(whole, as_type).hex()

        counter.codec.converter.register_unstructure_hook(Link, write)
        value = Link(end=object())
        for _ in range(depth):
            value = Link(value)
        with pytest.raises(EncodeError):
            counter.codec.encode(value, Link)
        assert counter.runs <= MOST_RUNS_A_LEVEL * (depth + 1), depth


@attrs.define
class Holder:
    link: Link


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
def test_converters_forget_what_failed_inside(name: str) -> None:
    """Once the outermost call of a converter has ended, the errors inside it are neither kept nor raised again."""
    codec = get_codec(name).copy()
    converter = codec.converter
    converter.register_unstructure_hook(Link, lambda link: codec.encode(link.end).hex())
    converter.register_structure_hook(Link, lambda value, _: Link(end=codec.decode(bytes.fromhex(value), int)))
    text = codec.encode("no integer").hex()

    for _ in range(2):
        with pytest.raises(Exception, match="unsupported type object"):
            converter.unstructure(Holder(Link(end=object())))
        assert not FAILED_HOOKS
        assert not thread.errors
        with pytest.raises(Exception, match="expected an integer"):
            converter.structure({"link": text} if name != "msgpack-compact" else [text], Holder)
        assert not thread.errors


def test_errors_are_as_they_are_without_nesting(json: Codec) -> None:
    """What the hook raises is an issue at its place, which has the text of the innermost."""
    codec = json.copy()
    codec.converter.register_structure_hook(Text, lambda value, _: codec.decode(as_data(value), Outer))
    codec.converter.register_unstructure_hook(Text, str)
    data = documents(json, 3, {"number": "x"}, lambda inner: {"inner": inner})
    with pytest.raises(DecodeError) as caught:
        codec.decode(data, Outer)

    assert [(issue.path, issue.code) for issue in caught.value.issues] == [(("inner",), "invalid_value")]
    assert "at $.number" in caught.value.issues[0].message


def test_a_hook_that_calls_itself_for_ever_is_not_a_deep_document(codec: Codec) -> None:
    """It has gone nowhere each time; neither by the converter nor by the codec does it take long."""
    mine = codec.copy()
    mine.converter.register_structure_hook(Outer, lambda value, _: mine.converter.structure(value, Outer))
    data = codec.encode({"number": 1})
    with pytest.raises(DecodeError) as caught:
        mine.decode(data, Outer)
    assert [issue.code for issue in caught.value.issues] == ["invalid_value"]
    assert "calls itself" in caught.value.issues[0].message

    runs = 0

    def again(_: Any, __: Any) -> Any:
        nonlocal runs
        runs += 1
        return mine.decode(data, Outer)

    mine.converter.register_structure_hook(Outer, again)
    with pytest.raises(DecodeError):
        mine.decode(data, Outer)
    assert runs <= 3000
