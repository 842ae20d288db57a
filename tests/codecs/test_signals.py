"""What a signal handler raises leaves the codecs as it is, wherever the signal comes; a time-out is no bad document."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
import signal
import threading

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypedDict

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, executor


class TimeUpError(Exception):
    """As those of Celery and RQ."""


class Bell:
    """
    What code of the user's calls: it rings at one of its calls, and refuses at all before.

    Attributes:
        rings_at: The number of that call; 0 is none.
    """

    def __init__(self) -> None:
        self.rings_at = 0
        self.calls = 0

    def ring(self) -> None:
        self.calls += 1
        if self.calls == self.rings_at:
            signal.raise_signal(signal.SIGUSR1)
        if self.rings_at:
            raise ValueError("refused")


BELL = Bell()


def on_signal(_number: int, _frame: object) -> None:
    raise TimeUpError


class Worker:
    def on_signal(self, _number: int, _frame: object) -> None:
        self.stop()

    def stop(self) -> None:
        raise TimeUpError


HANDLERS: dict[str, Callable[..., None]] = {
    "function": on_signal,
    "method": Worker().on_signal,
    "partial": functools.partial(on_signal),
    "lambda": lambda number, frame: Worker().on_signal(number, frame),
}


@contextlib.contextmanager
def handled(handler: Callable[..., None] = on_signal) -> Iterator[None]:
    before = signal.signal(signal.SIGUSR1, handler)
    BELL.calls = BELL.rings_at = 0
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)
        BELL.rings_at = 0


@pytest.fixture
def _handler() -> Iterator[None]:
    with handled():
        yield


@pytest.fixture(params=["engine", "python"])
def _executor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(executor, "_decode", None)
        monkeypatch.setattr(executor, "_encode", None)


class Leaf:
    """A class that only a hook knows."""

    def __hash__(self) -> int:
        BELL.ring()
        return 1

    def __eq__(self, other: object) -> bool:
        BELL.ring()
        return True


class LoudError(Exception):
    def __str__(self) -> str:
        BELL.ring()
        return "loud"


def rung(value: Any, *_: object) -> Any:
    BELL.ring()
    return value


def loud(*_: object) -> Any:
    raise LoudError


def grouped(value: Any, *_: object) -> Any:
    try:
        BELL.ring()
    except Exception as exc:  # noqa: BLE001 - as hooks that cattrs generates do
        raise ExceptionGroup("group", [ValueError("other"), exc]) from None
    return value


@attrs.define
class Held:
    leaf: Leaf
    number: int = 0


@attrs.define
class Other:
    text: str


@attrs.define
class Converted:
    number: int = attrs.field(converter=rung)


@attrs.define
class Validated:
    number: int = attrs.field(validator=lambda _instance, _attribute, value: rung(value))


@attrs.define
class Made:
    number: int = attrs.field(factory=lambda: rung(1))
    other: int = attrs.field(default=attrs.Factory(lambda self: rung(self.number), takes_self=True))


@attrs.define
class PostInit:
    number: int

    def __attrs_post_init__(self) -> None:
        BELL.ring()


@attrs.define(init=False)
class OwnInit:
    number: int

    def __init__(self, number: int) -> None:
        BELL.ring()
        self.number = number


@dataclasses.dataclass
class Data:
    number: int

    def __post_init__(self) -> None:
        BELL.ring()


@attrs.define
class Ruled:
    number: int

    def validation_errors(self) -> tuple[str, ...]:
        BELL.ring()
        return ()


class Numbers(Sequence[int]):
    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: Any) -> Any:
        BELL.ring()
        return [1][index]


class Table(Mapping[str, int]):
    def __len__(self) -> int:
        return 1

    def __getitem__(self, key: str) -> int:
        BELL.ring()
        return 1

    def __iter__(self) -> Iterator[str]:
        return iter("a")


class Whole(int):
    def __int__(self) -> int:
        BELL.ring()
        return 1


class Real(float):
    def __float__(self) -> float:
        BELL.ring()
        return 1.0


@attrs.define
class Asked:
    """An attribute that is asked for."""

    number: int = 1

    def __getattribute__(self, name: str) -> Any:
        if name == "number":
            BELL.ring()
        return object.__getattribute__(self, name)


class Pair(NamedTuple):
    leaf: Leaf


class Typed(TypedDict):
    leaf: Leaf


@attrs.define
class Defaults:
    number: int = attrs.field(default=attrs.Factory(lambda self: rung(1), takes_self=True))


@attrs.define
class Whatever:
    anything: Any = None


Setup = Callable[[Codec], Codec]


def hooks(read: Any = rung, write: Any = rung) -> Setup:
    """Return what registers hooks for `Leaf`, which is a text on the wire."""

    def setup(codec: Codec) -> Codec:
        codec.converter.register_structure_hook(Leaf, lambda value, _: read(value) and Leaf())
        codec.converter.register_unstructure_hook(Leaf, lambda value: write("leaf"))
        return codec

    return setup


def plain(codec: Codec) -> Codec:
    return codec


def union(tagging: Any) -> Setup:
    return lambda codec: hooks()(codec.with_union(Held | Other, tagging=tagging))


# Type, the value, what the codec has beside; the document is what a codec without a bell writes.
READS: dict[str, tuple[Any, Any, Setup]] = {
    "root": (Leaf, "leaf", hooks()),
    "list": (list[Leaf], ["leaf", "leaf"], hooks()),
    "tuple": (tuple[int, Leaf], [1, "leaf"], hooks()),
    "dict": (dict[str, Leaf], {"a": "leaf"}, hooks()),
    "key": (dict[Leaf, int], {"leaf": 1}, hooks()),
    "hash of a key": (dict[Leaf, int], {"leaf": 1}, hooks(read=bool)),
    "hash of an item": (set[Leaf], ["leaf", "x"], hooks(read=bool)),
    "optional": (Leaf | None, "leaf", hooks()),
    "deque": (collections.deque[Leaf], ["leaf"], hooks()),
    "named tuple": (Pair, ["leaf"], hooks()),
    "typed dict": (Typed, {"leaf": "leaf"}, hooks()),
    "member": (Held, {"leaf": "leaf"}, hooks()),
    "member in an array": (list[Held], [["leaf", 1]], hooks()),
    "external union": (Held | Other, {"Held": {"leaf": "leaf"}}, hooks()),
    "internal union": (Held | Other, {"type": "Held", "leaf": "leaf"}, union("internal")),
    "adjacent union": (Held | Other, {"type": "Held", "content": {"leaf": "leaf"}}, union("adjacent")),
    "untagged union": (Held | Other, {"leaf": "leaf"}, union("untagged")),
    "text of an error": (list[Held], [{"leaf": "leaf"}], hooks(read=loud)),
    "group": (Held, {"leaf": "leaf"}, hooks(read=grouped)),
    "converter": (Converted, {"number": 1}, plain),
    "validator": (list[Validated], [{"number": 1}], plain),
    "factory": (Made, {}, plain),
    "factory of one": (Made, {"number": 1}, plain),
    "post-init": (PostInit, {"number": 1}, plain),
    "init": (OwnInit, {"number": 1}, plain),
    "dataclass": (Data, {"number": 1}, plain),
    "rules": (Ruled, {"number": 1}, plain),
}
WRITES: dict[str, tuple[Any, Callable[[], Any], Setup]] = {
    "root": (Leaf, Leaf, hooks()),
    "list": (list[Leaf], lambda: [Leaf()], hooks()),
    "tuple": (tuple[int, Leaf], lambda: (1, Leaf()), hooks()),
    "dict": (dict[str, Leaf], lambda: {"a": Leaf()}, hooks()),
    "optional": (Leaf | None, Leaf, hooks()),
    "named tuple": (Pair, lambda: Pair(Leaf()), hooks()),
    "typed dict": (Typed, lambda: {"leaf": Leaf()}, hooks()),
    "member": (Held, lambda: Held(Leaf()), hooks()),
    "untyped": (None, lambda: Whatever([Leaf()]), hooks()),
    "untyped map": (Any, lambda: {"a": {"b": Leaf()}}, hooks()),
    "external union": (Held | Other, lambda: Held(Leaf()), hooks()),
    "internal union": (Held | Other, lambda: Held(Leaf()), union("internal")),
    "adjacent union": (Held | Other, lambda: Held(Leaf()), union("adjacent")),
    "untagged union": (Held | Other, lambda: Held(Leaf()), union("untagged")),
    "text of an error": (Held, lambda: Held(Leaf()), hooks(write=loud)),
    "group": (Held, lambda: Held(Leaf()), hooks(write=grouped)),
    "sequence": (Sequence[int], Numbers, plain),
    "mapping": (Mapping[str, int], Table, plain),
    "attribute": (Asked, Asked, plain),
    "default": (Defaults, lambda: Defaults(1), lambda codec: codec.with_options(omit_defaults=True, positional=False)),
    "integer": (int, lambda: Whole(1), plain),
    "float": (float, lambda: Real(1.0), plain),
}


def rings(run: Callable[[], Any], code: type[Exception]) -> int:
    """Ring at each call in turn; return at how many of them the time-out left *run*."""
    left = 0
    for number in range(1, 12):
        BELL.calls, BELL.rings_at = 0, number
        try:
            run()
        except TimeUpError:
            left += 1
            assert BELL.calls >= number
        except code:
            # All calls have refused: it was not rung.
            assert BELL.calls < number
            return left
        finally:
            BELL.rings_at = 0
    return left


@pytest.mark.usefixtures("_handler", "_executor")
@pytest.mark.parametrize("name", READS)
def test_a_time_out_leaves_decode(name: str, codec: Codec) -> None:
    """Wherever in reading it comes, and whether at first or when looking for what is wrong."""
    as_type, tree, setup = READS[name]
    data = codec.encode(tree)
    mine = setup(codec.copy())

    assert rings(lambda: mine.decode(data, as_type), DecodeError) >= 1


@pytest.mark.usefixtures("_handler", "_executor")
@pytest.mark.parametrize("name", WRITES)
def test_a_time_out_leaves_encode(name: str, codec: Codec) -> None:
    """Wherever in writing it comes, and whether at first or when looking for what is wrong."""
    as_type, make, setup = WRITES[name]
    value = make()
    mine = setup(codec.copy())

    assert rings(lambda: mine.encode(value, as_type), EncodeError) >= 1


@pytest.mark.usefixtures("_handler")
@pytest.mark.parametrize("name", READS)
def test_a_time_out_leaves_the_converter(name: str, json: Codec) -> None:
    """So it does where the converter is called by itself."""
    as_type, tree, setup = READS[name]
    mine = setup(json.copy())

    assert rings(lambda: mine.converter.structure(tree, as_type), Exception) >= 1


@pytest.mark.usefixtures("_executor")
@pytest.mark.parametrize("handler", HANDLERS.values(), ids=HANDLERS)
def test_handlers_are_functions_and_methods(handler: Callable[..., None], json: Codec) -> None:
    """All that is written in Python counts, whatever calls it."""
    mine = hooks()(json.copy())

    with handled(handler):
        assert rings(lambda: mine.decode(b'{"leaf":"leaf"}', Held), DecodeError) >= 1
        assert rings(lambda: mine.encode(Held(Leaf())), EncodeError) >= 1


def test_a_hook_may_raise_what_a_handler_raises(json: Codec) -> None:
    """Where no handler ran, an exception of that class is a refusal like any other."""
    mine = json.copy()
    mine.converter.register_structure_hook(Leaf, lambda _, __: on_signal(0, None))
    with pytest.raises(DecodeError) as caught:
        mine.decode(b'"leaf"', Leaf)

    assert [issue.code for issue in caught.value.issues] == ["invalid_value"]


def test_other_threads_have_no_handlers(json: Codec) -> None:
    """Handlers run in the main thread alone, so that no other has to look."""
    mine = json.copy()
    mine.converter.register_structure_hook(Leaf, lambda _, __: on_signal(0, None))
    errors: list[DecodeError] = []

    def run() -> None:
        with pytest.raises(DecodeError) as caught:
            mine.decode(b'"leaf"', Leaf)
        errors.append(caught.value)

    with handled():
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert len(errors) == 1
