"""Reading and writing leave nothing behind, whatever becomes of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import gc
import itertools
import json
import random
import sys
import uuid

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.executor import ENGINE
from symphony_codecs.formats.base import CborTag
from symphony_types import U8, Capability, Duration, ProcessId, Timestamp
from tests.codecs.compiled import emit_cases, read_cases
from tests.codecs.rust_probes import DATA
from tests.codecs.rust_types import python_type


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

EACH = pytest.mark.parametrize("name", emit_cases.NAMES)
Call = tuple[Callable[[Any], Any], Any]
_ROUNDS = 10
# After so many rounds; what one call of a round leaks leaves as many behind.
_NOISE = 10


def _round(calls: Sequence[Call]) -> None:
    for call, argument in calls:
        with contextlib.suppress(emit_cases.Refused, read_cases.Refused, ValueError, KeyError, KeyboardInterrupt):
            call(argument)


def _growth(calls: Sequence[Call], watched: Sequence[Any]) -> int:
    """Return how many blocks of memory, or references to one of *watched*, some rounds leave behind, at least."""
    _round(calls)
    least = sys.maxsize
    for _ in range(3):  # what else goes on adds to some measurements
        gc.collect()  # exceptions may be in cycles
        before = [*map(sys.getrefcount, watched), sys.getallocatedblocks()]
        for _ in itertools.repeat(None, _ROUNDS):
            _round(calls)
        gc.collect()
        after = [*map(sys.getrefcount, watched), sys.getallocatedblocks()]
        least = min(least, max(new - old for new, old in zip(after, before, strict=True)))
        if least < _NOISE:
            break
    return least


def _flat(calls: Sequence[Call], watched: Sequence[Any] = ()) -> None:
    """Hold all calls together to leaving nothing behind, and name those that do."""
    gc.disable()
    gc.freeze()  # a collection looks at what these calls leave alone, not at all that earlier tests have made
    try:
        if _growth(calls, watched) >= _NOISE:
            grown = [each for each in calls if _growth([each], watched) >= _NOISE]
            pytest.fail(f"left behind by {grown or 'all calls together'}")
    finally:
        gc.unfreeze()
        gc.enable()


@attrs.define
class Part:
    a: int = 0
    b: str = "b"


@attrs.define
class Cat:
    kind: Literal["cat"]
    lives: U8 = 9  # type: ignore[valid-type]  # a check


@attrs.define
class Dog:
    kind: Literal["dog"]
    friends: list[Cat | Dog] = attrs.Factory(list)


@attrs.define
class Spare:
    """Told from another by its name."""

    part: Part | None = None


@attrs.define(slots=False)
class Whole:
    part: Part
    id: ProcessId
    plain: uuid.UUID
    at: Timestamp
    day: dt.datetime
    span: Duration
    pet: Cat | Dog
    either: Part | Spare
    maybe: Part | None = None
    texts: tuple[str, ...] = ()
    table: dict[str, list[int]] = attrs.Factory(dict)
    ids: dict[ProcessId, Part] = attrs.Factory(dict)
    names: frozenset[str] = frozenset()
    pair: tuple[int, str] = (1, "x")
    anything: Any = None
    data: bytes = b""
    number: float = 1.5
    may: Capability = attrs.Factory(lambda: Capability.custom("c"))


def _whole() -> Whole:
    number = uuid.UUID(int=0x67E5504410B1426F9247BB680E5FE0C8)
    own = ProcessId.from_bytes(number.bytes)
    return Whole(
        part=Part(300, "é" * 30),
        id=own,
        plain=number,
        at=Timestamp.parse("2024-02-29T12:00:00.5Z"),
        day=dt.datetime(2024, 2, 29, 12, 0, 0, 5, tzinfo=dt.UTC),
        span=Duration(5, 6),
        pet=Dog("dog", [Cat("cat"), Dog("dog")]),
        either=Part(),
        maybe=Part(2**40, "\n"),
        texts=("a", "\U0001f600" * 9),
        table={"k": [1, 2**60], "\\": []},
        ids={own: Part()},
        names=frozenset({"b", "a", "c"}),
        anything={"x": [1, None, "y", {"z": 2.5}]},
        data=b"\x00" * 40,
    )


def _broken(data: bytes, rng: random.Random) -> Iterator[bytes]:
    for _ in range(4):
        at = rng.randrange(len(data))
        yield data[:at]
        yield data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
        yield data[:at] + data[at + 1 :]


def _samples(name: str) -> Iterator[tuple[Any, bytes]]:
    """Yield types and documents: a class of everything, and one of each type that real serde wrote."""
    codec = get_codec(name)
    yield Whole, codec.encode(_whole())
    yield list[Whole], codec.encode([_whole()] * 2)
    yield Any, codec.encode(codec.format.loads(codec.encode(_whole()), codec.options.limits, False))
    column = {"json": "json", "msgpack": "msgpack_named", "msgpack-compact": "msgpack_compact"}.get(name, "cbor")
    seen: set[str] = set()
    for line in (DATA / "golden.jsonl").read_bytes().split(b"\n"):
        row = json.loads(line) if line else {"type": "", "roundtrip": {}}
        if row["type"] not in seen and row["roundtrip"].get(column) == "ok":
            seen.add(row["type"])
            yield python_type(row["type"]), row[column].encode() if name == "json" else bytes.fromhex(row[column])


@EACH
def test_documents(name):
    """Whole and broken, from bytes and from builtins."""
    codec, rng = get_codec(name), random.Random(7)

    def calls() -> Iterator[Call]:
        for tp, data in _samples(name):
            decode, read = read_cases.decoder(codec, tp), read_cases.reader(codec, tp)
            yield decode, data
            yield from ((decode, broken) for broken in _broken(data, rng))
            tree = codec.format.loads(data, codec.options.limits, False)
            yield read, tree
            yield read, CborTag(7, tree)
            for spoilt in ({"part": 5}, [tree], {"x": tree}, [None] * 30):
                yield read, spoilt

    _flat(list(calls()))


@EACH
def test_values(name):
    """Of their type and not, and with attributes that are missing or of no use."""
    codec = get_codec(name)

    def calls() -> Iterator[Call]:
        for tp, data in _samples(name):
            encode = emit_cases.engine(codec, tp)
            value = read_cases.decoder(codec, tp)(data)
            yield encode, value
            for odd in (None, 5, "x", [value], {"a": value}, object(), "\ud800"):
                yield encode, odd
        encode = emit_cases.engine(codec, Whole)
        for field in attrs.fields(Whole):
            spoilt = _whole()
            delattr(spoilt, field.name)
            yield encode, spoilt
            for odd in (object(), "\ud800", [object()], {"a": object()}, {1: {2}}):
                spoilt = _whole()
                setattr(spoilt, field.name, odd)
                yield encode, spoilt

    _flat(list(calls()))


class Hooked:
    """A type whose hooks end what is being done, or give the same object each time."""


def hooked(name: str, canary: object, error: type[BaseException]) -> Codec:
    def does(value: Any, _: Any = None) -> Any:
        if value == "stop" or value is stops:
            raise error
        return canary

    stops = Hooked()
    codec = get_codec(name).copy()
    codec.converter.register_structure_hook(Hooked, does)
    codec.converter.register_unstructure_hook(Hooked, does)
    codec.stops = stops  # type: ignore[attr-defined]  # for the tests
    return codec


@attrs.define
class Held:
    one: Hooked
    two: Hooked
    rest: list[Hooked] = attrs.Factory(list)


@attrs.define
class Called:
    one: Hooked
    two: Hooked
    rest: Any = None

    def __attrs_post_init__(self):
        if self.rest == "stop":
            raise KeyboardInterrupt


Wide: Any = attrs.make_class("Wide", {f"f{i}": attrs.field(type=Hooked) for i in range(20)})
_LAST = {f"f{i}": "go" for i in range(19)} | {"f19": "stop"}
_TREES: tuple[tuple[Any, Any], ...] = (
    *((list[Hooked], ["go", "stop"]), (tuple[Hooked, ...], ["go", "stop"]), (tuple[Hooked, Hooked], ["go", "stop"])),
    *(
        (set[Hooked], ["go", "stop"]),
        (dict[str, Hooked], {"a": "go", "b": "stop"}),
        (dict[Hooked, int], {"go": 1, "stop": 2}),
    ),
    *(
        (Held, {"one": "go", "two": "stop"}),
        (Held, ["go", "stop"]),
        (Held, {"one": "go", "two": "go", "rest": ["go", "stop"]}),
    ),
    *((Called, {"one": "go", "two": "go", "rest": "stop"}), (Called, {"one": "go", "two": "stop"}), (Wide, _LAST)),
    *((Held, {"one": "go"}), (Held, {"two": "go"}), (Held, {"one": "go", "two": "go", "rest": 5})),
    *(
        (Held | None, {"one": "go", "two": "stop"}),
        (Held | str, {"one": "go", "two": "stop"}),
        (Wide, list(_LAST.values())),
    ),
    *((Held | Called, {"Held": {"one": "go", "two": "stop"}}), (list[list[Hooked]], [["go", "go"], ["go", "stop"]])),
    *((Held, {"one": "go", "x": 1, "two": "stop"}), (Held, {"one": "go", "two": "go", "one ": 1, "rest": ["stop"]})),
)


@EACH
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_was_read_before_the_end(name, error):
    """Is let go when a hook raises, each object as often as it was taken."""
    canary = object()
    codec = hooked(name, canary, error)
    calls: list[Call] = []
    for tp, tree in _TREES:
        calls += [(read_cases.decoder(codec, tp), codec.encode(tree)), (read_cases.reader(codec, tp), tree)]
    _flat(calls, (canary, Held, Called, Wide, None, True, "stop", (), *(tp for tp, _ in _TREES)))


@EACH
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_was_written_before_the_end(name, error):
    """Is as much referred to as it was."""
    codec = hooked(name, "x" * 50, error)
    go, stop, number = Hooked(), codec.stops, 2**70
    values: dict[Any, Any] = {
        list[Hooked]: [go, stop],
        dict[str, Hooked]: {"a": go, "b": stop},
        set[Hooked]: {go, stop},
        Held: Held(go, go, [go, stop]),
        list[Held]: [Held(go, stop)] * 2,
        Any: [{"a": go, "b": [number]}, (go, stop), "text" * 20],
        tuple[Hooked, int]: (stop, number),
    }
    calls = [(emit_cases.engine(codec, tp), value) for tp, value in values.items()]
    _flat(calls, (go, stop, number, None, True, *values, *values.values()))


@EACH
def test_functions_for_types(name):
    """Made and dropped, they and all that they hold are gone."""
    codec, whole = get_codec(name), _whole()

    def make(_: Any) -> None:
        read_cases.decoder(codec, Whole)(emit_cases.engine(codec, Whole)(whole))

    for _ in range(2):  # lists of free objects fill up
        make(None)
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(5):
        make(None)
    gc.collect()
    assert sys.getallocatedblocks() - before < 5 * _NOISE
