"""Classes that change after their decoder was made, and while it reads: instances are what calling the class gives."""

from __future__ import annotations

import gc
import weakref

from typing import Any

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs.executor import ENGINE
from symphony_codecs.python import decoder as reference_decoder
from tests.codecs.compiled.read_cases import NAMES, decoder


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

EACH = pytest.mark.parametrize("name", NAMES)


def _fresh():
    @attrs.define
    class Fresh:
        a: int
        b: Any = "b"

    return Fresh


def _fresh_frozen():
    @attrs.frozen
    class Fresh:
        a: int
        b: Any = attrs.Factory(list)

    return Fresh


def _fresh_called():
    @attrs.define
    class Fresh:
        a: int
        b: Any = "b"

        def __attrs_post_init__(self):
            pass

    return Fresh


def _replace_init(cls):
    def init(self, a, b="other"):
        object.__setattr__(self, "a", -a)
        object.__setattr__(self, "b", b)

    cls.__init__ = init


def _turn_arguments_round(cls):
    def init(self, b="other", a=0):
        object.__setattr__(self, "a", a)
        object.__setattr__(self, "b", b)

    cls.__init__ = init


def _refuse_in_init(cls):
    def init(self, a, b=None):
        raise ValueError(a)

    cls.__init__ = init


def _make_a_property(cls):
    slot = cls.a
    cls.a = property(slot.__get__, lambda self, value: slot.__set__(self, value * 2))


def _take_a_slot_away(cls):
    del cls.b


def _swap_slots(cls):
    cls.a, cls.b = cls.b, cls.a


def _watch_assignments(cls):
    cls.__setattr__ = lambda self, name, value: object.__setattr__(self, name, [value])


def _make_abstract(cls):
    cls.__abstractmethods__ = frozenset({"a"})


def _make_new(cls):
    cls.__new__ = lambda cls, *_, **__: object.__new__(cls)


def _make_new_refuse(cls):
    def new(cls, *_, **__):
        raise TypeError

    cls.__new__ = new


@attrs.define
class Other:
    b: int = 0


def _steal_a_slot(cls):
    cls.b = Other.b


def _add_an_attribute(cls):
    cls.unrelated = 5


def _change_often(cls):
    for i in range(3000):
        cls.unrelated = i
        hash(cls.unrelated)


CHANGES = (
    *(_replace_init, _turn_arguments_round, _refuse_in_init, _make_a_property, _take_a_slot_away, _swap_slots),
    *(_watch_assignments, _make_abstract, _make_new, _make_new_refuse, _steal_a_slot, _add_an_attribute, _change_often),
)


def _fields_of(call, data):
    try:
        value = call(data)
    except Exception:  # noqa: BLE001 - whatever the class does
        return None
    return type(value), getattr(value, "a", None), getattr(value, "b", None)


@pytest.mark.parametrize("make", [_fresh, _fresh_frozen, _fresh_called])
@pytest.mark.parametrize("change", CHANGES)
def test_classes_that_are_changed(change, make):
    """After the decoder was made instances are what calling the class gives."""
    codec = get_codec("json")
    cls = make()
    theirs = reference_decoder(codec.converter, cls)
    ours = decoder(codec, cls, theirs)
    documents = (b'{"a":1}', b'{"a":1,"b":2}', b'{"b":"x","a":3}', b"[1,2]", b"[1]", b'{"a":"x"}')
    before = [_fields_of(ours, data) for data in documents]
    assert before == [_fields_of(theirs, data) for data in documents]
    change(cls)
    assert [_fields_of(ours, data) for data in documents] == [_fields_of(theirs, data) for data in documents]
    gc.collect()


def test_subclasses_of_slots_with_more():
    """A class below one that was changed is another class."""
    cls = _fresh()

    class Below(cls):
        __slots__ = ("more",)

    codec = get_codec("json")
    decode = decoder(codec, cls)
    assert type(decode(b'{"a":1}')) is cls
    assert Below(1).a == 1
    assert type(decode(b'{"a":1}')) is cls


@EACH
def test_collections_at_any_point(name):
    """Each allocation collects, and what it calls reads documents and changes the class."""
    cls = _fresh()
    codec = get_codec(name)
    data = codec.encode([{"a": 1, "b": {"x": [1]}}, {"a": 2}, [3, "z"], {"b": 4, "a": 4}] * 3)
    expected = reference_decoder(codec.converter, list[cls])(data)
    decode = decoder(codec, list[cls], reference_decoder(codec.converter, list[cls]))
    calls = 0
    is_inside = False

    def meanwhile(phase, _info):
        nonlocal calls, is_inside
        if is_inside or phase != "start":
            return
        is_inside = True
        calls += 1
        if calls % 3 == 0:
            cls.unrelated = calls
        if calls % 5 == 0:
            kept, cls.__init__ = cls.__init__, lambda *_, **__: None
            decode(data)
            cls.__init__ = kept
        decode(data)
        is_inside = False

    threshold = gc.get_threshold()
    gc.callbacks.append(meanwhile)
    gc.set_threshold(1)
    try:
        results = [decode(data) for _ in range(20)]
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(meanwhile)
    assert calls
    assert results == [expected] * 20


@EACH
def test_factories_that_change_the_class(name):
    """While fields of an instance are made: whatever comes of it, nothing is torn."""

    def spoil():
        Spoilt.b = property(lambda self: "spoilt")
        gc.collect()
        return ["made"]

    @attrs.define
    class Spoilt:
        a: int
        b: Any = attrs.Factory(spoil)
        c: Any = "c"

    codec = get_codec(name)
    theirs = reference_decoder(codec.converter, Spoilt)
    decode = decoder(codec, Spoilt, theirs)
    for _ in range(3):
        assert _fields_of(decode, codec.encode({"a": 1})) in (None, (Spoilt, 1, "spoilt"))


def test_decoders_of_classes_that_are_gone():
    """A class, its decoder and what they hold go together."""
    cls = _fresh()
    cls.decode = decoder(get_codec("json").copy(), list[cls])
    cls.held = cls.decode(b'[{"a":1}]')
    seen = weakref.ref(cls)
    del cls
    gc.unfreeze()
    gc.collect()
    assert seen() is None
