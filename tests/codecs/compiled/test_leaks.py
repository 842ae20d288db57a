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

from collections.abc import Callable, Iterator
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
_CALLS = 20
# Of so many calls; what leaks in each of them leaves more behind.
_NOISE = 10


def _quietly(call: Callable[[Any], Any], argument: Any) -> None:
    with contextlib.suppress(emit_cases.Refused, read_cases.Refused, KeyboardInterrupt):
        call(argument)


def _growth(call: Callable[[Any], Any], argument: Any) -> int:
    """Return how many blocks of memory many calls leave behind, at least: what else goes on adds to some rounds."""
    least = sys.maxsize
    for _ in range(6):
        before = sys.getallocatedblocks()
        for _ in itertools.repeat(None, _CALLS):
            _quietly(call, argument)
        if sys.getallocatedblocks() - before >= _NOISE:
            gc.collect()  # exceptions may be in cycles
        least = min(least, sys.getallocatedblocks() - before)
        if least <= 0:
            break
    return least


def _flat(calls: Iterator[tuple[Callable[[Any], Any], Any]]) -> None:
    gc.disable()
    gc.freeze()  # a collection looks at what these calls leave alone, not at all that earlier tests have made
    try:
        grown = [(_growth(call, argument), call, argument) for call, argument in calls]
    finally:
        gc.unfreeze()
        gc.enable()
    assert not [each for each in grown if each[0] >= _NOISE]


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
    for _ in range(6):
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

    def calls() -> Iterator[tuple[Callable[[Any], Any], Any]]:
        for tp, data in _samples(name):
            decode, read = read_cases.decoder(codec, tp), read_cases.reader(codec, tp)
            yield decode, data
            yield from ((decode, broken) for broken in _broken(data, rng))
            tree = codec.format.loads(data, codec.options.limits, False)
            yield read, tree
            yield read, CborTag(7, tree)
            for spoilt in ({"part": 5}, [tree], {"x": tree}, [None] * 30):
                yield read, spoilt

    _flat(calls())


@EACH
def test_values(name):
    """Of their type and not, and with attributes that are missing or of no use."""
    codec = get_codec(name)

    def calls() -> Iterator[tuple[Callable[[Any], Any], Any]]:
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

    _flat(calls())


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
@pytest.mark.parametrize(("tp", "tree"), _TREES)
def test_what_was_read_before_the_end(name, error, tp, tree):
    """Is let go when a hook raises, each object as often as it was taken."""
    canary = object()
    codec = hooked(name, canary, error)
    watched = (canary, tp, Held, Called, Wide, None, True, "stop", ())
    data = codec.encode(tree)
    _flat(iter([(read_cases.decoder(codec, tp), data), (read_cases.reader(codec, tp), tree)]))
    for call, argument in ((read_cases.decoder(codec, tp), data), (read_cases.reader(codec, tp), tree)):
        _quietly(call, argument)
        before = list(map(sys.getrefcount, watched))
        for _ in range(_CALLS):
            _quietly(call, argument)
        after = list(map(sys.getrefcount, watched))
        assert all(new - old < _NOISE for new, old in zip(after, before, strict=True)), (before, after)


@EACH
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize(
    "tp", [list[Hooked], dict[str, Hooked], set[Hooked], Held, list[Held], Any, tuple[Hooked, int]], ids=str
)
def test_what_was_written_before_the_end(name, error, tp):
    """Is as much referred to as it was."""
    codec = hooked(name, "x" * 50, error)
    go, stop, number = Hooked(), codec.stops, 2**70
    values = {
        list[Hooked]: [go, stop],
        dict[str, Hooked]: {"a": go, "b": stop},
        set[Hooked]: {go, stop},
        Held: Held(go, go, [go, stop]),
        list[Held]: [Held(go, stop)] * 2,
        Any: [{"a": go, "b": [number]}, (go, stop), "text" * 20],
        tuple[Hooked, int]: (stop, number),
    }
    value = values[tp]
    watched = (go, stop, number, tp, Held, value, None, True)
    encode = emit_cases.engine(codec, tp)
    _flat(iter([(encode, value)]))
    before = list(map(sys.getrefcount, watched))
    for _ in range(_CALLS):
        _quietly(encode, value)
    after = list(map(sys.getrefcount, watched))
    assert all(new - old < _NOISE for new, old in zip(after, before, strict=True)), (before, after)


@EACH
def test_functions_for_types(name):
    """Made and dropped, they and all that they hold are gone."""
    codec = get_codec(name)

    def make(_: Any) -> None:
        data = emit_cases.engine(codec, Whole)(whole)
        read_cases.decoder(codec, Whole)(data)

    whole = _whole()
    counts = []
    for _ in range(4):
        for _ in range(5):
            make(None)
        gc.collect()
        counts.append(sys.getallocatedblocks())
    assert counts[-1] - counts[-2] < 5 * _NOISE
