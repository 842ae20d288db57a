"""Writing values that work against it: nothing crashes, and what is not the reference's is refused."""

from __future__ import annotations

import datetime as dt
import decimal
import gc
import ipaddress
import threading
import uuid

from typing import Any, Literal

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_types import NodeId, Timestamp
from tests.codecs.compiled.emit_cases import NAMES, agree, codec_of, engine, outcome, reference


EACH = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(autouse=True)
def _small_heap():
    """Collections look at what a test makes, not at all that pytest holds."""
    gc.freeze()
    yield
    gc.unfreeze()


class Hooked:
    """A class whose hook does what a test wants."""

    def __init__(self, does=lambda: "x"):
        self.does = does


def hooked(name: str) -> Codec:
    codec = get_codec(name).copy()
    codec.converter.register_unstructure_hook(Hooked, lambda value: value.does())
    return codec


@attrs.define
class Holder:
    first: Any
    typed: Hooked
    items: list[Hooked]
    last: str


def written(codec, tp, value):
    """Write by the engine with the reference behind it."""
    return outcome(engine(codec, tp, reference(codec, tp)), value)


@EACH
@pytest.mark.parametrize("what", ["clear", "append", "pop", "replace"])
@pytest.mark.parametrize("tp", [list[Hooked], list[Any], Any], ids=str)
def test_lists_that_are_changed_while_they_are_written(name, what, tp):
    """By a hook of one of their items."""
    codec = hooked(name)

    def make():
        items: list[Any] = []

        def change():
            if what == "clear":
                items.clear()
            elif what == "append" and len(items) < 40:
                items.append(Hooked())
            elif what == "pop":
                items.pop()
            elif what == "replace":
                items[:] = [Hooked(object) for _ in items]
            gc.collect()
            return "changed"

        items += [Hooked(), Hooked(change), Hooked(), Hooked()]
        return items

    written(codec, tp, make())
    written(codec, Any if tp is Any else list[tp], [make(), make()])


@EACH
@pytest.mark.parametrize("what", ["clear", "add", "swap"])
@pytest.mark.parametrize("tp", [dict[str, Hooked], dict[str, Any], Any], ids=str)
def test_maps_that_are_changed_while_they_are_written(name, what, tp):
    """By a hook of one of their values."""
    codec = hooked(name)
    entries: dict[str, Any] = {}

    def change():
        if what == "clear":
            entries.clear()
        elif what == "add" and len(entries) < 40:
            entries[f"new{len(entries)}"] = Hooked()
        elif what == "swap":
            entries.pop("c", None)
            entries[f"new{len(entries)}" * 30] = Hooked()
        gc.collect()
        return "changed"

    entries.update(a=Hooked(), b=Hooked(change), c=Hooked(), d=Hooked())
    written(codec, tp, entries)


@EACH
def test_sets_that_are_changed_while_they_are_written(name):
    """By a hook of one of their items."""
    codec = hooked(name)
    items: set[Hooked] = set()

    def change():
        items.clear()
        gc.collect()
        return "changed"

    items |= {Hooked(), Hooked(change), Hooked(change), Hooked()}
    written(codec, set[Hooked], items)


@EACH
def test_instances_that_are_changed_while_they_are_written(name):
    """Fields may be replaced and deleted while one of them is written."""
    codec = hooked(name)
    holders: list[Holder] = []

    def change():
        holder = holders[0]
        holder.first = holder.typed = holder.last = None
        holder.items = None
        gc.collect()
        return "changed"

    def drop():
        del holders[0].last
        return "dropped"

    for does in (change, drop):
        for place in ("first", "typed", "items"):
            holder = Holder("text" * 9, Hooked(), [Hooked(), Hooked()], "last" * 9)
            setattr(holder, place, [Hooked(does), Hooked()] if place == "items" else Hooked(does))
            holders[:] = [holder]
            written(codec, Holder, holder)


@EACH
def test_classes_that_are_changed_while_they_are_written(name):
    """What a hook does to the class of the instance that is being written is no crash."""
    codec = hooked(name)

    @attrs.define
    class Changing:
        a: Any
        b: Any = "b" * 40
        c: Any = "c" * 40

    def change():
        for attribute in "bc":
            if attribute in vars(Changing):
                delattr(Changing, attribute)
        Changing.b = 5
        gc.collect()
        return "changed"

    value = Changing(Hooked(change))
    written(codec, Changing, value)
    written(codec, list[Changing], [value, value])


@EACH
@pytest.mark.parametrize("error", [ValueError, RecursionError, MemoryError, TypeError, StopIteration])
def test_exceptions_of_hooks_are_the_references(name, error):
    """Whatever it is, the reference raises it again and says where it was."""
    codec = hooked(name)
    calls = []

    def fail():
        calls.append(1)
        raise error("of the hook")

    for tp, value in (
        (Holder, Holder(1, Hooked(fail), [], "")),
        (Holder, Holder(Hooked(fail), Hooked(), [], "")),
        (list[Hooked], [Hooked(), Hooked(fail)]),
        (dict[str, Hooked], {"a": Hooked(fail)}),
        (set[Hooked], {Hooked(fail), Hooked()}),
        (tuple[Hooked, int], (Hooked(fail), 1)),
        (Any, [{"a": (Hooked(fail),)}]),
    ):
        calls.clear()
        assert written(codec, tp, value) is None
        assert len(calls) == 2


@EACH
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_interrupts_are_passed_on(name, error):
    """They end the call, and the next one works."""
    codec = hooked(name)

    def stop():
        raise error

    for tp, value in (
        (Holder, Holder(1, Hooked(stop), [], "")),
        (Holder, Holder([{"a": Hooked(stop)}], Hooked(), [], "")),
        (list[Hooked], [Hooked(stop)]),
        (dict[str, Hooked], {"a": Hooked(stop)}),
        (set[Hooked], {Hooked(stop)}),
    ):
        encode = engine(codec, tp)
        with pytest.raises(error):
            encode(value)
    assert engine(codec, Any)([1]) == reference(codec, Any)([1])


@EACH
def test_hooks_that_encode(name):
    """A hook may use the same function, to any depth, and its bytes do not get into those of the value."""
    codec = hooked(name)
    encode = engine(codec, list[Hooked])

    def inner(depth):
        if depth:
            encode([Hooked(lambda: inner(depth - 1)), Hooked(lambda: "y" * 5000)])
        return "z" * depth

    value = [Hooked(lambda: inner(5)), Hooked(lambda: "end")]
    assert encode(value) == reference(codec, list[str])(["zzzzz", "end"])

    def endless():
        encode([Hooked(endless)])
        return "never"

    assert outcome(encode, [Hooked(endless)]) is None
    assert encode([Hooked()]) == reference(codec, list[str])(["x"])


@EACH
def test_hooks_that_collect_garbage(name):
    """At each place where they may."""
    codec = hooked(name)

    def collect():
        gc.collect()
        return ["fresh"] * 3

    value = Holder({"a": [Hooked(collect)]}, Hooked(collect), [Hooked(collect) for _ in range(3)], "x")
    agree(codec, Holder, value)


@EACH
def test_values_that_hold_themselves(name):
    """They have no end, so they are refused; also where no container is around them."""
    loop: list[Any] = []
    loop.append(loop)
    ring: dict[str, Any] = {}
    ring["a"] = (ring, [ring])

    @attrs.define
    class Link:
        next: Any = None
        typed: Link | None = None

    link = Link()
    link.typed = link
    wide: list[Any] = []
    wide += [wide] * 50
    agree(codec_of(name), Any, loop, ring, [ring], wide)
    agree(codec_of(name), Link, link)
    chain: Any = Link()
    for _ in range(3):
        chain = Link(chain)
    agree(codec_of(name), Link, chain)


@EACH
def test_depth(name):
    """As many containers inside each other as the limit allows, of each kind."""

    @attrs.define
    class Deep:
        down: Deep | None = None

    for limit in (1, 2, 3, 128, 250):
        codec = codec_of(name, max_depth=limit)
        for depth in {limit - 2, limit - 1, limit, limit + 1}:
            untyped: Any = 1
            record: Any = None
            for _ in range(max(depth, 0)):
                untyped = [untyped] if depth % 2 else {"a": untyped}
                record = Deep(record)
            agree(codec, Any, untyped)
            agree(codec, Deep | None, record)
            agree(codec, list[Any], [[]], [1], [])


@EACH
def test_thousands_of_levels(name):
    """The stack is not theirs."""
    untyped: Any = []
    for _ in range(100_000):
        untyped = [untyped]
    assert outcome(engine(codec_of(name), Any), untyped) is None
    while untyped:  # taken apart here, where nothing recurses
        untyped = untyped.pop()


@EACH
def test_newtypes_inside_each_other(name):
    """They have no container around them, and may have no end."""

    @attrs.define
    class Wrap:
        inner: Any

    @attrs.define
    class Other:
        value: int = 1

    Wrap.__annotations__["inner"] = Wrap | Other
    codec = get_codec(name).with_union(Wrap | Other, newtype=[Wrap])
    value = Wrap(Other())
    agree(codec, Wrap | Other, value)
    value.inner = value
    assert written(codec, Wrap | Other, value) is None


@EACH
def test_limits(name):
    """Of the whole, of a text, of a container."""
    text = "é" * 1000
    for limits in (
        {"max_size": 900},
        {"max_size": 2100},
        {"max_text": 999},
        {"max_text": 1000},
        {"max_items": 9},
        {"max_items": 10},
    ):
        codec = codec_of(name, **limits)
        agree(codec, str, text, "x" * 1000)
        agree(codec, bytes, bytes(700), bytes(750), bytes(800), bytes(999), bytes(1001))
        agree(
            codec,
            dict[str, Any],
            {text: 1},
            {"a": text},
            dict.fromkeys(map(str, range(9))),
            dict.fromkeys(map(str, range(11))),
        )
        agree(codec, list[int], [1] * 9, [1] * 10, [1] * 11, [1] * 2000)
        agree(codec, Any, [1] * 10, [1] * 11, [text], [list(range(500))])
        agree(codec, set[int], set(range(11)), set(range(9)))


NODE = NodeId(uuid.UUID(int=3))


@attrs.define
class Named:
    id: NodeId = NODE
    kind: Literal["short", "a rather long one"] = "short"
    long_name_of_a_field: int | None = None


@attrs.define
class Unit:
    pass


LIMITED: list[tuple[Any, list[Any]]] = [
    (Named, [Named(), Named(kind="a rather long one"), Named(long_name_of_a_field=1)]),
    (Named | Unit, [Named(), Unit()]),
    (dict[Any, Any], [{"a" * size: size} for size in (1, 4, 5, 36)]),
    (dict[int, int], [{10**size: 1} for size in (1, 3, 4, 15, 16)]),
    (dict[Literal["x", "longer"], int], [{"x": 1}, {"longer": 1}]),
    (dt.timedelta, [dt.timedelta(1)]),
    (dt.date, [dt.date(2024, 2, 29)]),
    (dt.datetime, [dt.datetime(2024, 2, 29), dt.datetime(2024, 2, 29, tzinfo=dt.UTC)]),
    (Timestamp, [Timestamp(0)]),
    (uuid.UUID, [uuid.UUID(int=5)]),
    (bytes, [bytes(3), bytes(4), bytes(16)]),
    (decimal.Decimal, [decimal.Decimal(1), decimal.Decimal("0.12345678901")]),
    (ipaddress.IPv4Address, [ipaddress.IPv4Address("10.0.0.1")]),
    (Any, [Named(), Unit(), {"a": [1, 2, 3, 4]}, "x" * 16]),
    (tuple[int, str], [(1, "four")]),
]


@EACH
@pytest.mark.parametrize("tagging", ["external", "internal", "adjacent"])
@pytest.mark.parametrize(
    "limits", [{"max_text": size} for size in (1, 4, 5, 10, 16, 20, 36)] + [{"max_items": size} for size in range(1, 5)]
)
def test_small_limits(name, tagging, limits):
    """Names of fields and variants are texts, too, where they are written; the engine itself keeps to all limits."""
    codec = codec_of(name, **limits, omit_defaults=True).with_union(Named | Unit, tagging=tagging)
    for tp, values in LIMITED:
        agree(codec, tp, *values)


@EACH
def test_documents_of_any_size(name):
    """The buffer grows with them, up to the limit and not far beyond."""
    for count in (1, 40, 300, 5000, 200_000):
        agree(codec_of(name), list[str], ["0123456789"] * count)
    assert outcome(engine(codec_of(name, max_size=10_000), list[str]), ["0123456789"] * 200_000) is None


@EACH
def test_hooks_that_return_odd_things(name):
    """What is no plain builtin is left to the library of the format."""
    codec = hooked(name)

    class Text(str):
        __slots__ = ()

    for made in (
        Text("x"),
        {Text("a"): 1},
        [Text("a")],
        {1: 2},
        {1.5: 1},
        {None: 1},
        {True: 1},
        (1, 2),
        {1, 2},
        object(),
        b"x",
        bytearray(b"x"),
    ):
        value = Hooked(lambda made=made: made)
        expected = outcome(reference(codec, Hooked), value)
        assert written(codec, Hooked, value) == expected
        assert written(codec, Any, [value]) == outcome(reference(codec, Any), [value])


def test_threads_do_not_meet():
    """While a hook of one waits, others encode."""
    codec = hooked("json")
    encode = engine(codec, list[Hooked])
    results: list[Any] = []
    barrier = threading.Barrier(3)

    def wait():
        barrier.wait(10)
        return threading.current_thread().name

    def work():
        results.append((threading.current_thread().name, [encode([Hooked(wait), Hooked(wait)]) for _ in range(20)]))

    threads = [threading.Thread(target=work, name=f"thread-{i}" * 500) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(results) == 3
    for own_name, documents in results:
        assert set(documents) == {f'["{own_name}","{own_name}"]'.encode()}
