"""Unknown fields that are kept: what carries them along."""

from __future__ import annotations

import concurrent.futures
import copy
import copyreg
import dataclasses
import gc
import multiprocessing.reduction
import pickle
import subprocess
import sys
import textwrap
import threading
import weakref

from collections.abc import Callable
from typing import Any, Self

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import Codec, get_codec
from symphony_codecs._extras import EXTRAS
from symphony_types import JsonRpcRequest


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")
UNKNOWN = {"x": [1, {"y": "z"}], "w": None}


def keeping(name: str, **options: Any) -> Codec:
    return get_codec(name).with_options(unknown_fields="keep", **options)


@attrs.define
class Slotted:
    a: int


@attrs.frozen
class Frozen:
    a: int


@attrs.define(slots=False)
class Plain:
    a: int


@attrs.frozen(slots=False)
class FrozenPlain:
    a: int


@attrs.frozen(cache_hash=True)
class Hashed:
    a: int


@attrs.define(eq=False)
class ByIdentity:
    a: int


@attrs.define(unsafe_hash=False, order=True)
class Unhashable:
    a: int


@attrs.define
class Base:
    a: int


@attrs.define
class Derived(Base):
    b: int = 2


@dataclasses.dataclass
class Data:
    a: int


@dataclasses.dataclass(frozen=True)
class FrozenData:
    a: int


@dataclasses.dataclass(slots=True, weakref_slot=True)
class SlottedData:
    a: int


@attrs.define
class Reducing:
    a: int

    def __reduce__(self) -> tuple[Any, ...]:
        return Reducing, (self.a,)


@attrs.define
class ReducingEx:
    a: int

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return Reducing, (self.a,), None


@attrs.define(getstate_setstate=False)
class Stateful:
    a: int

    def __getstate__(self) -> dict[str, int]:
        return {"was": self.a}

    def __setstate__(self, state: dict[str, int]) -> None:
        self.a = state["was"]


@attrs.define
class WithArguments:
    a: int

    def __getnewargs__(self) -> tuple[int]:
        return (self.a,)

    def __new__(cls, a: int) -> Self:
        return super().__new__(cls)


@attrs.define(slots=False, order=False)
class Listed(list):  # type: ignore[type-arg]
    a: int


CLASSES: list[Any] = [
    Slotted,
    Frozen,
    Plain,
    FrozenPlain,
    Hashed,
    ByIdentity,
    Unhashable,
    Derived,
    Data,
    FrozenData,
    Reducing,
    Stateful,
    WithArguments,
    Listed,
    SlottedData,
]


def pickled(protocol: int) -> Callable[[Any], Any]:
    return lambda value: pickle.loads(pickle.dumps(value, protocol))


def pickled_in_python(value: Any) -> Any:
    return pickle._loads(pickle._dumps(value))  # type: ignore[attr-defined]


def between_processes(value: Any) -> Any:
    return pickle.loads(multiprocessing.reduction.ForkingPickler.dumps(value))


WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {protocol}": pickled(protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)},
    "pickle in Python": pickled_in_python,
    "between processes": between_processes,
}


def read(codec: Codec, cls: type) -> Any:
    value: Any = codec.decode(codec.encode({"a": 1, **UNKNOWN}), cls)
    assert EXTRAS.of(value) == UNKNOWN
    return value


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("name", FORMATS)
def test_copies_have_the_kept_fields(name: str, cls: Any, way: str) -> None:
    """Each way of copying gives an instance of the same class that is written as the first is."""
    codec = keeping(name)
    value = read(codec, cls)

    again = WAYS[way](value)

    assert again is not value
    assert type(again) is cls
    assert EXTRAS.of(again) == UNKNOWN
    assert codec.encode(again) == codec.encode(value)


@pytest.mark.parametrize("way", WAYS)
def test_nested_instances_have_theirs(way: str) -> None:
    """Kept fields of the parts go along: all but a shallow copy make new parts, which have their own."""
    codec = keeping("json")
    text = b'{"left":{"a":1,"x":1},"more":[{"a":2,"y":2},{"a":3}],"z":3}'
    value: Any = codec.decode(text, Nested)

    again: Any = WAYS[way](value)

    assert codec.encode(again) == text
    assert (again.more is value.more) == (way == "copy")
    EXTRAS.of(again)["added"] = True
    assert codec.encode(value) == text
    del value
    gc.collect()
    assert codec.encode(again) == text[:-1] + b',"added":true}'


@attrs.define
class Nested:
    left: Slotted
    more: list[Frozen]


def test_a_deep_copy_has_its_own_values() -> None:
    """What is kept is copied as attributes are: shared by a shallow copy, copied by a deep one."""
    value = read(keeping("json"), Slotted)

    assert EXTRAS.of(copy.copy(value))["x"] is EXTRAS.of(value)["x"]
    assert EXTRAS.of(copy.deepcopy(value))["x"] is not EXTRAS.of(value)["x"]


@given(
    st.dictionaries(st.text(), st.recursive(st.none() | st.integers(-9, 9) | st.text(), st.lists)),
    st.sampled_from(CLASSES),
    st.lists(st.sampled_from([*WAYS.values()]), max_size=3),
    st.sampled_from(FORMATS),
)
def test_any_copies_of_copies(fields: dict[str, Any], cls: Any, ways: list[Callable[[Any], Any]], name: str) -> None:
    """decode(encode(x)) is x with what is kept, after whatever copies."""
    codec = keeping(name)
    fields.pop("a", None)
    fields.pop("b", None)
    value = codec.decode(codec.encode({"a": 1, **fields}), cls)
    for way in ways:
        value = way(value)

    again = codec.decode(codec.encode(value), cls)

    assert again.a == 1
    assert EXTRAS.of(again) == EXTRAS.of(value) == fields


@attrs.define
class Node:
    name: str
    other: Node | None = None


@pytest.mark.parametrize("way", [way for way in WAYS if way != "copy"])
def test_instances_that_hold_each_other(way: str) -> None:
    """A cycle of instances with kept fields is one in the copy."""
    codec = keeping("json")
    one, two = (codec.decode(b'{"name":"n","x":%d}' % number, Node) for number in (1, 2))
    one.other, two.other = two, one

    again = WAYS[way](one)

    assert again.other.other is again
    assert [EXTRAS.of(again), EXTRAS.of(again.other)] == [{"x": 1}, {"x": 2}]


@attrs.define
class OwnCopy:
    a: int

    def __copy__(self) -> OwnCopy:
        return OwnCopy(self.a + 1)

    def __deepcopy__(self, memo: Any) -> OwnCopy:
        return OwnCopy(self.a + 2)


def test_the_own_way_of_a_class_comes_first() -> None:
    """A class's `__copy__` and `__deepcopy__` say what a copy is, as `attrs.evolve` does; it has nothing kept."""
    value = read(keeping("json"), OwnCopy)

    for again, a in ((copy.copy(value), 2), (copy.deepcopy(value), 3), (attrs.evolve(value), 1)):
        assert (again, EXTRAS.of(again)) == (OwnCopy(a), {})
    assert EXTRAS.of(pickle.loads(pickle.dumps(value))) == UNKNOWN


def test_a_class_that_becomes_another() -> None:
    """What `__reduce_ex__` makes of an instance has its fields, where that can be."""
    value = read(keeping("json"), ReducingEx)

    again = pickle.loads(pickle.dumps(value))

    assert (type(again), EXTRAS.of(again)) == (Reducing, UNKNOWN)


@attrs.define
class Singleton:
    a: int

    def __reduce__(self) -> str:
        return "SINGLETON"


SINGLETON = Singleton(1)


@attrs.define
class Text:
    a: int

    def __reduce__(self) -> tuple[Any, ...]:
        return str, ("text",)


def test_what_cannot_hold_fields_is_copied_as_ever() -> None:
    """What a class has only once stays that; what takes no weak references comes without the fields."""
    codec = keeping("json")

    EXTRAS.put(SINGLETON, UNKNOWN)
    assert pickle.loads(pickle.dumps(SINGLETON)) is copy.copy(SINGLETON) is SINGLETON
    value = read(codec, Text)
    assert pickle.loads(pickle.dumps(value)) == copy.copy(value) == "text"


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_instances_without_kept_fields_are_pickled_as_ever(cls: Any) -> None:
    """Neither the class nor the pickles of its other instances change; what was registered is there again."""
    protocols = range(2, pickle.HIGHEST_PROTOCOL + 1)
    before = [pickle.dumps(make(cls), protocol) for protocol in protocols], dict(vars(cls))
    kept = read(keeping("json"), cls)

    assert ([pickle.dumps(make(cls), protocol) for protocol in protocols], dict(vars(cls))) == before

    assert cls in copyreg.dispatch_table
    del kept
    gc.collect()
    assert cls not in copyreg.dispatch_table


def make(cls: Any) -> Any:
    return cls(a=1)


def test_reducers_of_others() -> None:
    """A reducer that was registered before, or comes after, is called, and stays."""
    calls: list[Any] = []

    @attrs.define
    class Local:
        a: int

    def theirs(value: Local) -> tuple[Any, ...]:
        calls.append(value.a)
        return Local, (value.a,)

    codec = keeping("json")
    copyreg.pickle(Local, theirs)
    value = read(codec, Local)
    assert EXTRAS.of(copy.copy(value)) == UNKNOWN
    ours = copyreg.dispatch_table[Local]

    def around(value: Local) -> Any:
        calls.append("around")
        return ours(value)

    copyreg.dispatch_table[Local] = around
    assert EXTRAS.of(copy.copy(value)) == UNKNOWN
    second = read(codec, Local)
    assert EXTRAS.of(copy.copy(second)) == UNKNOWN
    assert calls == [1, "around", 1, "around", 1]

    del value, second
    gc.collect()
    assert copyreg.dispatch_table.pop(Local) is around

    copyreg.dispatch_table[Local] = theirs
    value = read(codec, Local)
    del value
    gc.collect()
    assert copyreg.dispatch_table.pop(Local) is theirs

    value = read(codec, Local)
    del copyreg.dispatch_table[Local]
    del value
    gc.collect()
    assert Local not in copyreg.dispatch_table


def test_classes_go() -> None:
    """A class that was made at run time goes with the last of its instances."""
    references = []
    for way in WAYS.values():
        cls = attrs.make_class("ShortLived", {"a": attrs.field(type=int)})
        read(keeping("json"), cls)
        value = read(get_codec("json").with_class(cls, unknown_fields="keep"), cls)
        if way in (copy.copy, copy.deepcopy):
            assert EXTRAS.of(way(value)) == UNKNOWN
        references.append(weakref.ref(cls))
        del cls, value
    gc.collect()

    assert not any(reference() for reference in references)
    assert not [cls for cls in copyreg.dispatch_table if cls.__name__ == "ShortLived"]


def test_in_many_threads() -> None:
    """Instances of one class come and go in many threads, and each copy has its fields."""
    codec = keeping("json")
    failed = []

    def work(number: int) -> None:
        for turn in range(100):
            value = codec.decode(b'{"a":1,"x":%d}' % (number * 1000 + turn), Slotted)
            if EXTRAS.of(copy.copy(value)) != {"x": number * 1000 + turn}:
                failed.append((number, turn))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    gc.collect()

    assert not failed
    assert Slotted not in copyreg.dispatch_table
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert all(EXTRAS.of(each) == UNKNOWN for each in pool.map(copy.deepcopy, [read(codec, Slotted)] * 9))


def test_the_collector_may_come_at_any_time() -> None:
    """An instance in a cycle goes when memory is collected, though fields are just being kept for another."""

    @attrs.define
    class Node:
        name: str
        other: Any = None

    codec = keeping("json")
    one: Any = None
    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for turn in range(200):
            one = codec.decode(b'{"name":"n","x":%d}' % turn, Node)
            one.other = one
            assert EXTRAS.of(copy.copy(one)) == {"x": turn}
    finally:
        gc.set_threshold(*threshold)
    one = None
    gc.collect()
    assert Node not in copyreg.dispatch_table


def test_another_process_reads_the_pickle() -> None:
    """What was kept is there where `symphony_codecs` can be imported, in both directions."""
    code = """
        import pickle, sys
        from symphony_codecs import get_codec
        codec = get_codec("json").with_options(unknown_fields="keep")
        value = pickle.load(sys.stdin.buffer)
        assert codec.encode(value) == codec.encode(codec.decode(codec.encode(value), type(value)))
        sys.stdout.buffer.write(pickle.dumps(value))
    """
    codec = keeping("json")
    text = b'{"jsonrpc":"2.0","method":"m","id":1,"x":[4]}'
    value = codec.decode(text, JsonRpcRequest)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], input=pickle.dumps(value), stdout=subprocess.PIPE, check=True
    )
    assert EXTRAS.of(value) == EXTRAS.of(pickle.loads(done.stdout)) == {"x": [4]}
