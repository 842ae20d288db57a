"""Where the stack ends: near Python's recursion limit, and in hooks that call themselves without end."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import sys
import threading
import uuid

from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_codecs.errors import FormatError

from .executors import decoders, encoders


CODECS = ["json", "msgpack", "msgpack-compact", "cbor"]
LIMIT = 400
# The call itself takes a frame, and so does to say that there is none left; the others are of this test.
LEAST = 6


class Color(enum.Enum):
    RED = "red"


@attrs.define
class Part:
    id: uuid.UUID
    at: dt.date
    price: decimal.Decimal
    color: Color
    numbers: frozenset[int]


@attrs.define
class Whole:
    a: int
    parts: list[Part]
    more: dict[str, Whole | None]
    any: Any
    either: int | str | list[int]


PART = Part(uuid.UUID(int=1), dt.date(2024, 1, 1), decimal.Decimal("1.5"), Color.RED, frozenset((1,)))
WHOLE = Whole(1, [PART], {"b": Whole(2, [], {}, None, "c"), "d": None}, {"e": [1, {"f": None}]}, [1])


@pytest.fixture
def small_limit() -> Iterator[None]:
    before = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(before)


def below(frames: int, function: Callable[[], Any]) -> Any:
    """Return what *function* returns, called under so many frames."""
    return below(frames - 1, function) if frames > 0 else function()


def in_thread(function: Callable[[], None]) -> None:
    """Run *function* where the stack is almost empty."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            function()
        except BaseException as exc:  # noqa: BLE001 - it is raised in the test's thread
            failed.append(exc)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def frames_here() -> int:
    frame, count = sys._getframe(), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1  # type: ignore[assignment]
    return count


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("is_first", [False, True], ids=["ready", "first"])
@pytest.mark.parametrize("name", CODECS)
def test_near_the_limit_a_call_succeeds_or_says_so(name: str, is_first: bool) -> None:
    """However few frames are left; also where the decoder has to be made, and where the document is wrong."""
    shared = get_codec(name)
    data, wrong = shared.encode(WHOLE, Whole), shared.encode({"a": "x"})
    tree = shared.decode(data, Any)
    seen: dict[str, set[Any]] = {}

    def attempt(what: str, codec: Codec, left: int) -> None:
        calls: dict[str, tuple[Callable[[], Any], Any]] = {
            "decode": (lambda: codec.decode(data, Whole), WHOLE),
            "untyped": (lambda: codec.decode(data, Any), tree),
            "encode": (lambda: codec.encode(WHOLE, Whole), data),
            "by class": (lambda: codec.encode(WHOLE), data),
            "wrong": (lambda: codec.decode(wrong, Whole), None),
        }
        function, wanted = calls[what]
        try:
            result = below(LIMIT - frames_here() - left - 1, function)
        except (DecodeError, EncodeError) as error:
            seen[what].update(issue.code for issue in error.issues)
        else:
            assert result == wanted
            seen[what].add("done")

    def work() -> None:
        sys.setrecursionlimit(LIMIT)
        for left in (*range(LEAST, 40, 2), *range(40, 300, 19)):
            for what in ("decode", "untyped", "encode", "by class", "wrong"):
                seen.setdefault(what, set())
                attempt(what, shared.copy() if is_first else shared, left)

    in_thread(work)

    assert seen.pop("wrong") <= {"wrong_type", "missing_field", "too_deep"}
    assert all(codes <= {"done", "too_deep"} and "done" in codes for codes in seen.values()), seen


@attrs.define
class Shape:
    name: str


@attrs.define
class Circle(Shape):
    radius: float


def hands_on(codec: Codec) -> None:
    """Register hooks of the base that hand on to the subclass, whose hooks they are, too."""
    codec.converter.register_structure_hook(Shape, lambda value, _: codec.converter.structure(value, Circle))
    codec.converter.register_unstructure_hook(Shape, lambda value: codec.converter.unstructure(value, Circle))


def copies(codec: Codec) -> None:
    """The same, each time with a copy."""
    codec.converter.register_structure_hook(
        Shape, lambda value, _: codec.converter.structure(type(value)(value), Circle)
    )
    codec.converter.register_unstructure_hook(Shape, lambda value: codec.converter.unstructure(value, Circle))


def in_turns(codec: Codec) -> None:
    """Register two hooks that call each other."""

    def read(value: Any, _: Any) -> Any:
        return codec.converter.structure(value, Circle)

    def read_circle(value: Any, _: Any) -> Any:
        return codec.converter.structure(value, Shape)

    def write(value: Any) -> Any:
        return codec.converter.unstructure(value, Circle)

    def write_circle(value: Any) -> Any:
        return codec.converter.unstructure(value, Shape)

    codec.converter.register_structure_hook(Shape, read)
    codec.converter.register_structure_hook(Circle, read_circle)
    codec.converter.register_unstructure_hook(Shape, write)
    codec.converter.register_unstructure_hook(Circle, write_circle)


@pytest.mark.parametrize("register", [hands_on, copies, in_turns])
@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("as_type", [Shape, list[Shape], dict[str, Shape]])
def test_a_hook_without_end_is_named(name: str, register: Callable[[Codec], None], as_type: Any) -> None:
    """In both directions, by the codec and by its converter: the document is not to blame."""
    codec = get_codec(name).copy()
    register(codec)
    shape, wire = Shape("a"), ["a", 1.0] if name == "msgpack-compact" else {"name": "a", "radius": 1.0}
    kind = getattr(as_type, "__origin__", None)
    value, tree = {None: (shape, wire), list: ([shape], [wire]), dict: ({"k": shape}, {"k": wire})}[kind]
    data = get_codec(name).encode(tree)
    calls: list[Callable[[], Any]] = [
        lambda: codec.decode(data, as_type),
        lambda: codec.encode(value, as_type),
        lambda: codec.converter.structure(tree, as_type),
        lambda: codec.converter.unstructure(value, as_type),
    ]

    for call in calls:
        with pytest.raises((DecodeError, EncodeError, FormatError)) as caught:
            call()
        (issue,) = caught.value.issues  # type: ignore[union-attr]
        assert issue.code == "invalid_value"
        assert f"the hook {__name__}.{register.__name__}.<locals>." in issue.message
        assert "calls itself with what it was given, without end" in issue.message


class Asking(enum.Enum):
    """Asks itself for what it does not know."""

    ONE = "one"

    @classmethod
    def _missing_(cls, value: object) -> Asking:
        return cls(value)


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("as_type", [Asking, list[Asking], dict[Asking, int]])
def test_an_enum_that_asks_itself_without_end_is_named(name: str, as_type: Any) -> None:
    """And not a function of Python's own."""
    codec = get_codec(name)
    tree: Any = {Asking: "two", list[Asking]: ["two"], dict[Asking, int]: {"two": 1}}[as_type]

    for decode in decoders(codec, as_type):
        with pytest.raises(DecodeError, match=rf"the hook {__name__}\.Asking\._missing_ .*without end"):
            decode(codec.encode(tree))


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("depth", [130, 900, 50_000, None])
def test_what_lies_too_deep_to_be_written_is_said_with_its_place(name: str, depth: int | None) -> None:
    """However deep it is, and where it holds itself (``None``)."""
    inner: dict[str, Any] = {}
    value: Any = {"a": [0, inner]}
    if depth is None:
        inner["a"] = [0, value]
    for _ in range(depth or 0):
        value = {"a": [0, value]}

    for as_type in (Any, None, list[Any], dict[str, Any]):
        for encode in encoders(get_codec(name), as_type):
            is_list = as_type == list[Any]
            with pytest.raises(EncodeError) as caught:
                encode([value] if is_list else value)
            (issue,) = caught.value.issues
            assert issue.code == "too_deep"
            assert issue.path[is_list : 4 + is_list] == ("a", 1, "a", 1)
            assert len(issue.path) == 127


@pytest.mark.usefixtures("small_limit")
@pytest.mark.parametrize("name", CODECS)
def test_a_deep_document_is_not_taken_for_a_hook_without_end(name: str) -> None:
    """A hook that is called at each level is given something else each time."""
    codec = get_codec(name).copy().with_options(max_depth=250)

    def read(value: Any, _: Any) -> Any:
        return [codec.converter.structure(item, Shape) for item in value]

    codec.converter.register_structure_hook(Shape, read)
    tree: Any = []
    for _ in range(240):
        tree = [tree]
    data = get_codec(name).with_options(max_depth=250).encode(tree)

    def work() -> None:
        sys.setrecursionlimit(LIMIT)
        with pytest.raises(DecodeError) as caught:
            codec.decode(data, Shape)
        assert {issue.code for issue in caught.value.issues} == {"too_deep"}

    in_thread(work)
