"""Reading arrays, sets, tuples and maps as the reference does."""

from __future__ import annotations

import collections
import enum
import gc
import uuid

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.executor import ENGINE
from symphony_codecs.formats.base import CborTag
from symphony_types import Capability, ProcessId, Timestamp
from tests.codecs.compiled.read_cases import NAMES, TREES, Refused, agree, agree_on_bytes, codec_of, decoder, reader


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

EACH = pytest.mark.parametrize("name", NAMES)


class Colour(enum.Enum):
    RED = "a"
    BLUE = "b"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Point(NamedTuple):
    x: int
    y: str = "y"


class Own(list[int]):
    pass


@attrs.frozen
class Key:
    a: int = 1


TYPES: tuple[Any, ...] = (
    *(
        list,
        tuple,
        dict,
        set,
        list[int],
        list[Any],
        Sequence[str],
        tuple[int, ...],
        tuple[()],
        tuple[int],
        tuple[int, str],
    ),
    *(tuple[int | None, str], set[int], frozenset[str], set[Colour], frozenset[Capability], set[tuple[int, ...]]),
    *(set[list[int]], collections.deque[int], collections.deque, Own, Point, list[list[int]], list[dict[str, int]]),
    *(
        dict[str, int],
        dict[str, Any],
        Mapping[str, str],
        dict[int, int],
        dict[bytes, int],
        dict[Colour, int],
        dict[Key, int],
    ),
    *(
        dict[Level, int],
        dict[ProcessId, int],
        dict[uuid.UUID, str],
        dict[Timestamp, int],
        dict[Any, Any],
        dict[float, int],
    ),
    *(dict[bool, int], dict[int | str, int], dict[str | None, int], dict[tuple[int, ...], int], dict[Capability, int]),
    *(
        collections.defaultdict[str, int],
        collections.OrderedDict[str, int],
        collections.Counter[str],
        dict[str, dict[str, int]],
    ),
)
_ID = "67e55044-10b1-426f-9247-bb680e5fe0c8"
CONTAINERS: tuple[Any, ...] = (
    *(
        [1, 1],
        [1, 2, 3],
        [1, "a"],
        ["a", "b", "a"],
        [[1], [2]],
        [[1], [1]],
        [[1], 2],
        [1, None],
        [None],
        [{}],
        [{"a": 1}],
    ),
    *(
        ["x", 1],
        [1, "x", 2],
        [[], []],
        [{"a": 1}, {"b": 2}],
        [CborTag(7, 1), CborTag(7, 1)],
        list(range(100)),
        ["a"] * 100,
    ),
    *(
        {"1": 1},
        {"1": 1, "01": 2},
        {"-1": 1},
        {"1.5": 2},
        {"true": 1},
        {"null": 1},
        {"": 1},
        {"a": 1, "b": "x"},
        {"é": 1},
    ),
    *({_ID: 1}, {_ID: 1, _ID.upper(): 2}, {_ID: "x"}, {uuid.UUID(_ID).bytes: 1}, {"2024-01-01T00:00:00Z": 5}, {"c": 1}),
    *(
        {1: 1, 2: 2},
        {1: 1, "a": 2},
        {b"a": 1, b"b": 2},
        {1: 1, "1": 1},
        {CborTag(7, "a"): 1, "a": 2},
        {CborTag(7, 1): 1, 1: 2},
    ),
    *(
        {"a": {"b": 1}},
        {"a": {"b": "x"}},
        {"a": {"b": CborTag(7, 1)}},
        {f"k{i}": i for i in range(100)},
        dict.fromkeys(range(9), 1),
    ),
)


# Keys that are arrays or maps on the wire.
NOT_IN_JSON = (dict[Key, int], dict[tuple[int, ...], int])


@pytest.mark.parametrize(
    ("name", "tp"), [(name, tp) for name in NAMES for tp in TYPES if name != "json" or tp not in NOT_IN_JSON], ids=str
)
def test_containers(name, tp):
    """Of items and keys of each kind, also where two become one."""
    agree(codec_of(name), tp, (*CONTAINERS, *TREES[::2]))


class Hooked:
    """A type whose hook does what a test wants."""


def hooked(name: str, does: Any) -> Codec:
    codec = get_codec(name).copy()
    codec.converter.register_structure_hook(Hooked, lambda value, _: does(value))
    codec.converter.register_unstructure_hook(Hooked, lambda value: value)
    return codec


@EACH
@pytest.mark.parametrize("what", ["clear", "pop", "add", "replace"])
@pytest.mark.parametrize(
    "tp", [list[Hooked], tuple[Hooked, ...], set[Hooked], tuple[Hooked, Hooked, Hooked, Hooked]], ids=str
)
def test_arrays_that_are_changed_while_they_are_read(name, what, tp):
    """By the hook of an item, which has got hold of the whole."""
    root: list[Any] = []

    def change(value):
        if value == 2:
            if what == "clear":
                root.clear()
            elif what == "pop":
                root.pop()
            elif what == "add":
                root.extend(["new"] * 1000)
            else:
                root[:] = [f"{'fresh' * 9}{i}" for i in range(len(root))]
            gc.collect()
        return str(value)

    read = reader(hooked(name, change), tp)
    for _ in range(3):
        root[:] = [1, 2, 3, 4]
        try:
            value = read(root)
        except Refused:
            assert what in ("clear", "pop")
            continue
        assert len(value) == 4
    assert read([1, 3, 4, 5]) in (["1", "3", "4", "5"], ("1", "3", "4", "5"), {"1", "3", "4", "5"})


@EACH
@pytest.mark.parametrize("what", ["clear", "pop", "add", "swap", "again", "replace"])
@pytest.mark.parametrize("tp", [dict[str, Hooked], dict[Hooked, str], dict[Hooked, Hooked]], ids=str)
def test_maps_that_are_changed_while_they_are_read(name, what, tp):
    """By the hook of a key or a value, which has got hold of the whole."""
    root: dict[str, Any] = {}
    calls = 0

    def change(value):
        nonlocal calls
        calls += 1
        assert calls < 10_000
        if what == "clear":
            root.clear()
        elif what == "pop":
            root.pop("c", None)
        elif what == "add":
            root.update({f"new{len(root)}": "x"} if len(root) < 50 else {})
        elif what == "swap":
            root.pop("d", None)
            root["fresh" * 50] = "x"
        elif what == "again":  # the same number of entries, and yet no end
            for key in list(root)[:1]:
                root[key] = root.pop(key)
        else:
            for key in root:
                root[key] = f"{'fresh' * 9}{key}"
        gc.collect(0)
        return value

    read = reader(hooked(name, change), tp)
    for _ in range(3):
        root.clear()
        root.update(a="1", b="2", c="3", d="4")
        try:
            value = read(root)
        except Refused:
            continue
        assert len(value) <= 4


class Evil:
    """A key or an item that works against tables."""

    does: Any = None

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        if Evil.does == "hash":
            raise ValueError
        return 1

    def __eq__(self, other):
        if Evil.does == "eq":
            raise ValueError
        if Evil.does == "interrupt":
            raise KeyboardInterrupt
        gc.collect(0)
        return False


@EACH
def test_items_that_cannot_be_hashed_or_compared(name):
    """What they raise is a refusal, unless it is an interrupt."""
    codec = hooked(name, Evil)
    for tp, tree in (
        (set[Hooked], ["a", "b", "c"]),
        (frozenset[Hooked], ["a", "b"]),
        (dict[Hooked, int], {"a": 1, "b": 2}),
    ):
        data = codec.encode(tree)
        Evil.does = None
        assert len(decoder(codec, tp)(data)) == len(tree)
        for Evil.does in ("hash", "eq"):
            with pytest.raises(Refused):
                decoder(codec, tp)(data)
        Evil.does = "interrupt"
        with pytest.raises(KeyboardInterrupt):
            decoder(codec, tp)(data)
        Evil.does = None
        assert len(decoder(codec, tp)(data)) == len(tree)


@EACH
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_items_are_let_go_where_one_is_refused(name, error):
    """At each place; those that had been read before are gone, the next document is read."""
    alive: set[int] = set()

    @attrs.define(eq=False)
    class Alive:
        number: int

        def __attrs_post_init__(self):
            alive.add(self.number)

        def __del__(self):
            alive.discard(self.number)

    def make(value):
        if value == stop:
            raise error
        return Alive(value)

    codec = hooked(name, make)
    for tp in (
        list[Hooked],
        tuple[Hooked, ...],
        set[Hooked],
        tuple[Hooked, Hooked, Hooked],
        list[list[Hooked]],
        dict[int, Hooked],
    ):
        tree: Any = [1, 2, 3]
        if tp == list[list[Hooked]]:
            tree = [tree]
        elif tp == dict[int, Hooked]:
            tree = {str(i) if codec.format.text_keys else i: i for i in tree}
        for stop in (1, 2, 3, None):
            for call, argument in ((decoder(codec, tp), codec.encode(tree)), (reader(codec, tp), tree)):
                if stop is None:
                    value = call(argument)
                    assert alive == {1, 2, 3}
                    del value
                else:
                    with pytest.raises((Refused, KeyboardInterrupt)):
                        call(argument)
                assert not alive


@EACH
def test_documents_of_any_size(name):
    """Lists of any length, and many of them inside each other."""
    codec = codec_of(name)
    for count in (0, 1, 15, 16, 17, 255, 256, 65_535, 65_536):
        value = list(range(count))
        assert decoder(codec, list[int])(codec.encode(value)) == value
    wide = [[[i] * 3 for i in range(20)] for _ in range(200)]
    assert decoder(codec, list[list[tuple[int, ...]]])(codec.encode(wide)) == [[tuple(i) for i in row] for row in wide]


@attrs.define
class Few:
    a: int = 0
    b: int = 0
    c: int = 0


@attrs.define
class Others:
    d: int = 0


@pytest.mark.parametrize("tagging", ["internal", "external", "adjacent"])
@pytest.mark.parametrize("size", range(7))
@EACH
def test_entries_are_counted_to_the_last(name, size, tagging):
    """In JSON no head tells how many there are; a tag among the fields is one of them, and so are unknown fields."""
    codec = codec_of(name, max_items=4).with_union(Few | Others, tagging=tagging)
    names = [f"n{number}" for number in range(size)]
    fields = dict.fromkeys([*"abc", *names][:size], 1)
    numbers = [1] * size
    wide = codec_of(name)
    for tp, tree in [
        (list[int], numbers),
        (tuple[int, ...], numbers),
        (frozenset[int], list(range(size))),
        (dict[str, int], dict.fromkeys(names, 1)),
        (Any, [numbers, dict.fromkeys(names, numbers)]),
        (Few, fields),
        (Few, dict.fromkeys(names, 1)),
        (Few, numbers[:3]),
        (list[Few], [{**fields, "a": "x"}]),
        (Few | Others, {"type": "Few", **fields}),
        (Few | Others, ["Few", *numbers]),
        (Few | Others, {"Few": fields}),
        (Few | Others, {"type": "Few", "content": fields}),
    ]:
        agree_on_bytes(codec, tp, [wide.format.dumps(tree, wide.options.limits, False)])
