"""The codec object: functions for hot loops, copies, options, hooks, errors."""

from __future__ import annotations

import copy
import datetime as dt
import enum
import pickle
import threading
import typing

from typing import Annotated, Any, Generic, Literal, TypeVar

import attrs
import cattrs
import pytest

from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.strategies import use_class_methods

from symphony_codecs import Codec, DecodeError, EncodeError, Issue, Limits, codec_names, get_codec
from symphony_types import JsonRpcRequest, MessageEnvelope, ProcessId, Version


T = TypeVar("T")


@attrs.define
class Money:
    """A class that users want as text."""

    cents: int


@attrs.define
class Purse(Generic[T]):
    """A class that holds it in every way."""

    one: Money
    many: list[Money]
    named: dict[str, Money]
    maybe: Money | None
    either: Money | int
    inside: T


def _read(value: Any, _: Any) -> Money:
    return Money(int(value.removesuffix("c")))


def _write(value: Money) -> str:
    return f"{value.cents}c"


PURSE = Purse(Money(1), [Money(2)], {"k": Money(3)}, Money(4), Money(5), (Money(6),))
PURSE_WIRE = {"one": "1c", "many": ["2c"], "named": {"k": "3c"}, "maybe": "4c", "either": "5c", "inside": ["6c"]}


def test_properties(codec: Codec) -> None:
    """A codec has a name, a format and options."""
    assert codec.name in codec_names()
    assert codec.is_binary == (codec.name != "json")
    assert codec.human_readable == (codec.name == "json")
    assert get_codec(codec.content_type) is codec
    assert codec.format_id is not None
    assert get_codec(codec.format_id) is codec
    assert codec.name in repr(codec)


def test_functions_for_hot_loops(codec: Codec) -> None:
    """`encoder` and `decoder` return functions that do the same as `encode` and `decode`."""
    dumps, loads = codec.encoder(Version), codec.decoder(Version)

    assert dumps(Version(1, 2, 3)) == codec.encode(Version(1, 2, 3))
    assert loads(dumps(Version(1, 2, 3))) == Version(1, 2, 3)
    assert codec.encoder()(Version(1, 2, 3)) == dumps(Version(1, 2, 3))


ANNOTATIONS: list[Any] = [
    *(Version, Any, None, int, list[Version], Version | None, typing.List[Version], Purse[Version]),  # noqa: UP006
    *(typing.Optional[Version], typing.Annotated[Version, "a note"], typing.Dict[str, list[Version]]),  # noqa: UP006, UP045
]


@pytest.mark.parametrize("as_type", ANNOTATIONS, ids=str)
def test_functions_are_kept(codec: Codec, as_type: Any) -> None:
    """A codec returns the same function until a hook is registered; another codec returns another."""
    own = codec.copy()
    for one in (codec, own):
        assert one.encoder(as_type) is one.encoder(as_type)
        assert one.decoder(as_type) is one.decoder(as_type)
    before = own.encoder(as_type), own.decoder(as_type)
    assert own.copy().encoder(as_type) is not before[0]
    assert own.with_options(strict=True).decoder(as_type) is not before[1]
    own.converter.register_unstructure_hook(Version, str)
    own.converter.register_structure_hook(Version, lambda text, _: Version.parse(text))
    after = own.encoder(as_type), own.decoder(as_type)
    assert after[0] is not before[0]
    assert after[1] is not before[1]
    assert (own.encoder(as_type), own.decoder(as_type)) == after


def test_cached_functions_follow_registrations(codec: Codec) -> None:
    """`encode` and `decode` use a hook as soon as it is registered, even for types that they have looked up before."""
    own, value = codec.copy(), [Version(1, 2, 3)]
    as_types: list[Any] = [typing.List[Version], list[Version], typing.Sequence[Version]]  # noqa: UP006
    before = [own.encode(value, each) for each in as_types for _ in range(3)]
    assert [list(own.decode(data, each)) for data, each in zip(before[::3], as_types, strict=True)] == [value] * 3
    own.converter.register_unstructure_hook(Version, lambda _: 7)
    own.converter.register_structure_hook(Version, lambda number, _: Version(number, 0, 0))
    for each in as_types:
        for _ in range(3):
            data = own.encode(value, each)
            assert data == own.encode([7])
            assert list(own.decode(data, each)) == [Version(7, 0, 0)]


def test_annotations_are_held_up_to_a_number(json: Codec) -> None:
    """The cache has a fixed size: every annotation gets its own function, and the oldest ones are dropped."""
    own = json.copy()
    for number in range(600):
        as_type = typing.Annotated[int, number]
        for _ in range(3):
            assert own.decode(own.encode(number, as_type), as_type) == number
    assert len(own._encoders.by_id) == len(own._decoders.by_id) == len(own._decoders._held) == 256


def test_any_buffer_is_read(codec: Codec) -> None:
    """Bytes, a bytearray, a view and a strided view are read."""
    data = codec.encode(Version(1, 2, 3))
    strided = memoryview(bytes(b for byte in data for b in (byte, 0)))[::2]

    for buffer in (data, bytearray(data), memoryview(data), strided):
        assert codec.decode(buffer, Version) == Version(1, 2, 3)
    with pytest.raises(DecodeError):
        codec.decode("text", Version)  # type: ignore[arg-type]


def test_shared_codecs_refuse_registration(codec: Codec) -> None:
    """A hook on a shared codec would change it for everybody: every way to register it is refused, with a remedy."""
    converter = codec.converter
    for register in (
        lambda: converter.register_structure_hook(Money, _read),
        lambda: converter.register_unstructure_hook(Money, _write),
        lambda: converter.register_structure_hook_func(lambda t: t is Money, _read),
        lambda: converter.register_unstructure_hook_func(lambda t: t is Money, _write),
        lambda: converter.register_structure_hook_factory(lambda t: t is Money, lambda _: _read),
        lambda: converter.register_unstructure_hook_factory(lambda t: t is Money, lambda _: _write),
        lambda: converter.register_structure_hook_factory(lambda t: t is Money)(lambda _: _read),
    ):
        with pytest.raises(TypeError, match=r"copy\(\)"):
            register()
    assert isinstance(converter, cattrs.Converter)


def _by_class(codec: Codec) -> None:
    codec.converter.register_structure_hook(Money, _read)
    codec.converter.register_unstructure_hook(Money, _write)


def _by_predicate(codec: Codec) -> None:
    codec.converter.register_structure_hook_func(lambda t: t is Money, _read)
    codec.converter.register_unstructure_hook_func(lambda t: t is Money, _write)


def _by_factory(codec: Codec) -> None:
    codec.converter.register_structure_hook_factory(lambda t: t is Money, lambda _: _read)
    codec.converter.register_unstructure_hook_factory(lambda t: t is Money, lambda _: _write)


def _by_extended_factory(codec: Codec) -> None:
    def make_read(tp: Any, converter: cattrs.Converter) -> Any:
        assert converter.get_structure_hook(int)("1" and 1, int) == 1
        return _read

    def make_write(tp: Any, converter: cattrs.Converter) -> Any:
        return _write

    codec.converter.register_structure_hook_factory(lambda t: t is Money, make_read)
    codec.converter.register_unstructure_hook_factory(lambda t: t is Money, make_write)


def _by_decorator(codec: Codec) -> None:
    @codec.converter.register_structure_hook
    def _(value: Any, _: Any) -> Money:
        return _read(value, Money)

    @codec.converter.register_unstructure_hook
    def _(value: Money) -> str:
        return _write(value)


def _by_factory_decorator(codec: Codec) -> None:
    @codec.converter.register_structure_hook_factory(lambda t: t is Money)
    def _(_: Any) -> Any:
        return _read

    @codec.converter.register_unstructure_hook_factory(lambda t: t is Money)
    def _(_: Any) -> Any:
        return _write


WAYS = [_by_class, _by_predicate, _by_factory, _by_extended_factory, _by_decorator, _by_factory_decorator]
PURSE_TYPE = Purse[tuple[Money, ...]]


@pytest.mark.parametrize("register", WAYS, ids=lambda way: way.__name__)
def test_hooks_are_honoured_everywhere(codec: Codec, register: Any) -> None:
    """A user's hook works inside generics, containers, optionals and unions, however it is registered."""
    own = codec.copy()
    if register is _by_decorator:  # cattrs takes the type from the annotations, which are text here
        own.converter.register_structure_hook(Money, _read)
        own.converter.register_unstructure_hook(Money, _write)
    else:
        register(own)

    data = own.encode(PURSE, PURSE_TYPE)

    wire = codec.decode(data, Any)
    assert wire == (list(PURSE_WIRE.values()) if codec.format.positional else PURSE_WIRE)
    assert own.decode(data, PURSE_TYPE) == PURSE


@pytest.mark.parametrize("register", [w for w in WAYS if w is not _by_decorator], ids=lambda way: way.__name__)
def test_copies_carry_registrations_along(codec: Codec, register: Any) -> None:
    """A copy, and a codec with other options, has the hooks; hooks registered on the copy are the copy's alone."""
    own = codec.copy()
    register(own)
    copies = [own.copy(), own.with_options(strict=True), own.with_class(Version), copy.copy(own), copy.deepcopy(own)]
    copies.append(own.with_union(JsonRpcRequest | Version))

    for other in copies:
        assert codec.decode(other.encode(Money(5)), Any) == "5c"
        other.converter.register_unstructure_hook(Money, lambda _: "other")
        assert codec.decode(other.encode(Money(5)), Any) == "other"
    assert codec.decode(own.encode(Money(5)), Any) == "5c"
    assert own.converter.copy().unstructure(Money(5)) == "5c"
    assert copy.deepcopy(own.converter).unstructure(Money(5)) == "5c"
    with pytest.raises(TypeError, match="with_options"):
        own.converter.copy(dict_factory=dict)


def test_hooks_registered_later_are_seen(codec: Codec) -> None:
    """`encode` and `decode` use a new hook at once, also inside containers; functions made before keep their hooks."""
    own = codec.copy()
    dumps, loads = own.encoder(list[Money]), own.decoder(list[Money])
    plain = own.encode([Money(5)], list[Money])
    assert own.decode(plain, list[Money]) == [Money(5)]

    _by_class(own)

    assert codec.decode(own.encode([Money(5)], list[Money]), Any) == ["5c"]
    assert own.decode(codec.encode(["5c"]), list[Money]) == [Money(5)]
    assert dumps([Money(5)]) == plain
    assert loads(plain) == [Money(5)]


def test_hooks_that_cattrs_generates(codec: Codec) -> None:
    """Functions of `cattrs.gen` and strategies work, and their errors become issues with paths."""
    own = codec.copy()
    converter = own.converter
    converter.register_structure_hook(
        Money, make_dict_structure_fn(Money, converter, cents=override(rename="c"), _cattrs_forbid_extra_keys=True)
    )
    converter.register_unstructure_hook(Money, make_dict_unstructure_fn(Money, converter, cents=override(rename="c")))

    assert own.decode(own.encode([Money(1)], list[Money]), list[Money]) == [Money(1)]
    with pytest.raises(DecodeError) as caught:
        own.decode(codec.encode([{"c": "x"}, {}, {"c": 1, "d": 2}]), list[Money])
    assert [(issue.path, issue.code) for issue in caught.value.issues] == [
        ((0, "cents"), "wrong_type"),
        ((1, "cents"), "missing_field"),
        ((2, "d"), "unknown_field"),
    ]

    @attrs.define
    class Own:
        text: str

        @classmethod
        def read(cls, value: Any) -> Own:
            return cls(value)

    use_class_methods(converter, "read")
    assert own.decode(codec.encode(["x"]), list[Own]) == [Own("x")]


class _UnspeakableError(Exception):
    def __str__(self) -> str:
        return ""


@pytest.mark.parametrize(
    "raised",
    [
        ValueError("bad money"),
        KeyError("cents"),
        TypeError("no"),
        ZeroDivisionError(),
        _UnspeakableError(),
        StopIteration(),
        ExceptionGroup("several", [ValueError("a"), ValueError("b")]),
    ],
    ids=lambda e: type(e).__name__,
)
def test_hooks_may_raise_anything(codec: Codec, raised: Exception) -> None:
    """Any exception of a hook becomes an issue at its path, and remains the cause."""
    own = codec.copy()

    def fail(*_: Any) -> Any:
        raise raised

    own.converter.register_structure_hook(Money, fail)
    own.converter.register_unstructure_hook(Money, fail)

    with pytest.raises(DecodeError) as caught:
        own.decode(codec.encode({"a": [1]}), dict[str, list[Money]])
    assert {issue.path for issue in caught.value.issues} == {("a", 0)}
    assert all(issue.message for issue in caught.value.issues)
    with pytest.raises(EncodeError) as failed:
        own.encode({"a": [Money(1)]}, dict[str, list[Money]])
    assert {issue.path for issue in failed.value.issues} == {("a", 0)}
    with pytest.raises(DecodeError) as bare:
        own.decode(codec.encode(1), Money)
    assert bare.value.__cause__ is raised


def test_options_are_checked(json: Codec) -> None:
    """An option that does not exist or is out of range is refused when the codec is made."""
    with pytest.raises(TypeError):
        json.with_options(depth=3)  # type: ignore[call-arg]
    for bad in ({"max_depth": 0}, {"max_depth": 251}, {"max_size": 0}, {"unknown_fields": "drop"}):
        with pytest.raises(ValueError, match="expected"):
            json.with_options(**bad)
    codec = json.with_options(max_depth=10, strict=True).with_options(max_items=5)
    assert (codec.options.limits, codec.options.strict) == (Limits(max_depth=10, max_items=5), True)


@pytest.mark.parametrize(
    ("options", "value", "code"),
    [
        ({"max_depth": 3}, [[[1]]], "too_deep"),
        ({"max_size": 10}, "x" * 20, "too_large"),
        ({"max_items": 3}, [1, 2, 3, 4], "too_large"),
        ({"max_text": 3}, "abcd", "too_large"),
    ],
)
def test_limits_hold_in_both_directions(codec: Codec, options: Any, value: Any, code: str) -> None:
    """Values and documents beyond a limit are refused."""
    own = codec.with_options(**options)

    with pytest.raises(DecodeError) as caught:
        own.decode(codec.encode(value), Any)
    assert caught.value.issues[0].code == code
    with pytest.raises(EncodeError) as refused:
        own.encode(value)
    assert refused.value.issues[0].code == code


def test_codecs_pickle(codec: Codec) -> None:
    """A codec pickles with its options and hooks, if these do; a shared codec stays closed for registration."""
    own = codec.with_options(rename="camelCase").with_union(Money | Version, tagging="internal")
    own.converter.register_structure_hook(Money, _read)
    own.converter.register_unstructure_hook(Money, _write)
    back = pickle.loads(pickle.dumps(own))

    assert back.options == own.options
    assert back.encode([Money(1)], list[Money]) == own.encode([Money(1)], list[Money])
    with pytest.raises(TypeError, match="shared"):
        pickle.loads(pickle.dumps(codec)).converter.register_structure_hook(Money, _read)


def test_errors_pickle_and_carry_all(codec: Codec) -> None:
    """Format, type and issues survive a pickle; a type that cannot be pickled becomes its text."""

    @attrs.define
    class Local:
        x: int

    for as_type, expected in ((Version, Version), (list[Version], list[Version]), (Local, str(Local))):
        with pytest.raises(DecodeError) as caught:
            codec.decode(codec.encode("x"), as_type)
        caught.value.add_note("a note")
        back = pickle.loads(pickle.dumps(caught.value))
        assert (back.format, back.as_type, back.issues, back.reason) == (
            codec.name,
            expected,
            caught.value.issues,
            caught.value.reason,
        )
        assert back.__notes__ == ["a note"]
        assert str(back) == str(caught.value)
        assert isinstance(back, ValueError)


def test_annotations_that_cannot_be_hashed(codec: Codec) -> None:
    """A type that cannot be a key of a cache is refused with the reason, without a TypeError."""
    from typing import Annotated

    weird = Annotated[int, []]

    with pytest.raises(EncodeError, match="hashed"):
        codec.encode(3, weird)
    with pytest.raises(DecodeError, match="hashed"):
        codec.decode(codec.encode(3), weird)


def test_recursion_in_values(codec: Codec) -> None:
    """A value that contains itself is too deep, with and without a type, and is refused without exponential work."""

    @attrs.define
    class Node:
        children: list[Node]

    node = Node([])
    node.children.extend([node, node])
    loop: list[Any] = []
    loop.extend([loop, {"k": loop}])

    for value, as_type in ((node, Node), (node, None), (loop, None), (loop, list[Any])):
        with pytest.raises(EncodeError) as caught:
            codec.encode(value, as_type)
        assert caught.value.issues[0].code == "too_deep"


def test_first_use_by_many_threads(codec: Codec) -> None:
    """Eight threads that use a new codec for the first time at the same moment all get the right result."""
    as_type = MessageEnvelope[JsonRpcRequest]
    value = MessageEnvelope(sender=ProcessId.new(), payload=JsonRpcRequest(method="m", params={"a": [1]}, id=1))
    expected = codec.encode(value, as_type)
    for _ in range(10):
        own = codec.copy()
        start = threading.Barrier(8)
        results: list[Any] = []

        def work(own: Codec = own, start: threading.Barrier = start, results: list[Any] = results) -> None:
            start.wait()
            try:
                results.append(own.decode(own.encode(value, as_type), as_type))
            except BaseException as exc:  # noqa: BLE001 - it is the result
                results.append(exc)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == [value] * 8
        assert own.encode(value, as_type) == expected


@attrs.define
class Chain:
    """A class that refers to itself and to a class that cannot be encoded."""

    links: list[Chain]
    maybe: Chain | None = None
    broken: list[Broken] = attrs.Factory(list)


@attrs.define
class Broken:
    """A class that refers to itself and has no hooks."""

    again: list[Broken]
    why: complex = 1j


def test_recursive_types_by_many_threads(codec: Codec) -> None:
    """A recursive type's hook is never visible half-made, and a type without one fails the same way each time."""
    for _ in range(20):
        own = codec.copy()
        start = threading.Barrier(8)
        results: list[Any] = []

        def work(own: Codec = own, start: threading.Barrier = start, results: list[Any] = results) -> None:
            start.wait()
            for as_type in (list[Broken], Broken, dict[str, Chain]):
                try:
                    own.decode(own.encode([]), as_type)
                except DecodeError as error:
                    results.append(error.issues[0].code)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == ["unsupported_type"] * 24


def test_issue_is_the_types() -> None:
    """Values and documents have the same class of issues."""
    from symphony_types import Issue as TypesIssue

    assert Issue is TypesIssue


class Hue(enum.IntEnum):
    """An enum that is an int."""

    RED = 1


class Name(str):
    """A subclass of str."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "as_type"),
    [
        ("x", Annotated[str, "metadata"]),
        ("x", Literal["x"]),
        ([1], list[int]),
        (Money(1), Money | Version),
        (Purse(Money(1), [], {}, None, 1, 2), Purse[int]),
    ],
)
def test_hooks_for_annotations_that_are_not_classes(codec: Codec, value: Any, as_type: Any) -> None:
    """Any annotation can have its own hooks, at any place."""
    mine = codec.copy()
    mine.converter.register_structure_hook(as_type, lambda wire, _: value if wire == "hook" else None)
    mine.converter.register_unstructure_hook(as_type, lambda _: "hook")
    for other in (mine, mine.copy(), mine.with_options(strict=True)):
        assert other.decode(other.encode(value, as_type), str) == "hook"
        assert other.decode(other.encode([value], list[as_type]), list[as_type]) == [value]


@pytest.mark.parametrize(
    ("predicate", "value", "as_type"),
    [
        (lambda tp: isinstance(tp, type) and issubclass(tp, enum.Enum), Hue.RED, Hue),
        (lambda tp: tp is Name, Name("x"), Name),
        (lambda tp: tp is int, 1, int),
    ],
)
def test_predicates_reach_subclasses_of_builtins(codec: Codec, predicate: Any, value: Any, as_type: Any) -> None:
    """The codec's own hooks for builtins do not come before them."""
    mine = codec.copy()
    mine.converter.register_structure_hook_func(predicate, lambda wire, _: value if wire == "hook" else None)
    mine.converter.register_unstructure_hook_func(predicate, lambda _: "hook")
    assert mine.decode(mine.encode(value, as_type), as_type) == value
    assert mine.decode(mine.encode(value), str) == "hook"


def test_hooks_of_builtins_in_untyped_places(json: Codec) -> None:
    """A value without a type is encoded by the hook of its class."""
    mine = json.copy()
    mine.converter.register_unstructure_hook(int, lambda value: f"i{value}")
    mine.converter.register_unstructure_hook(str, lambda value: f"s{value}")
    assert mine.encode(1) == b'"i1"'
    assert mine.encode({"a": [1, ("b", 2.5)]}) == b'{"sa":["i1",["sb",2.5]]}'
    assert mine.encode({"a": 1}, dict[str, Any]) == b'{"sa":"i1"}'


def test_untyped_functions_keep_their_hooks(json: Codec) -> None:
    """A function made before a registration does not use it, even for classes that it sees later."""
    mine = json.copy()
    encode = mine.encoder()
    mine.converter.register_unstructure_hook(dt.date, lambda _: "hook")
    assert encode(dt.date(2020, 1, 1)) == b'"2020-01-01"'
    assert mine.encode(dt.date(2020, 1, 1)) == b'"hook"'


@pytest.mark.parametrize("rename", ["kebab-case", "SCREAMING-KEBAB-CASE", "camelCase"])
def test_renaming_codecs_pickle(json: Codec, rename: Any) -> None:
    """Codecs with any rename rule can be pickled."""
    codec = pickle.loads(pickle.dumps(json.with_options(rename=rename)))
    assert codec.encode(Money(1), Money) == json.with_options(rename=rename).encode(Money(1), Money)


def test_copies_of_a_converter_are_open(json: Codec) -> None:
    """Its copies accept registrations, as those of `Codec.copy` do."""
    for converter in (copy.copy(json.converter), copy.deepcopy(json.converter)):
        converter.register_unstructure_hook(Money, _write)
        assert converter.unstructure(Money(1)) == "1c"
