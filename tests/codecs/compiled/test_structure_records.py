"""Reading classes as the reference does, from maps and arrays, in each spelling."""

from __future__ import annotations

import dataclasses

from typing import Any, Generic, TypeVar

import attrs
import pytest

from symphony_codecs import DecodeError
from symphony_codecs.executor import ENGINE
from symphony_codecs.formats.base import DEFAULT_LIMITS, CborTag
from symphony_codecs.registry import make_codec
from symphony_types import Duration
from symphony_types.checks import IntRange, Text
from tests.codecs.compiled.read_cases import NAMES, TREES, agree, codec_of, decoder


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

EACH = pytest.mark.parametrize("name", NAMES)
T = TypeVar("T")


@attrs.define
class Slots:
    a: int
    b: str = "b"


@attrs.define(slots=False)
class Open:
    a: int
    b: str = "b"


@attrs.frozen(kw_only=True)
class Keywords:
    a: int
    b: str = "b"


@attrs.define(weakref_slot=False)
class Bare:
    a: int
    b: list[int] = attrs.Factory(list)


@attrs.frozen(cache_hash=True)
class Hashed:
    a: int
    b: str = "b"


@attrs.define
class Private:
    _a: int
    b: str = attrs.field(default="b", alias="bee")


@attrs.define
class Checked:
    a: int = attrs.field(validator=IntRange(0, 9))
    b: str = attrs.field(default="b", validator=Text(maximum=3))


@attrs.define
class Strict:
    a: int
    b: str = attrs.field(default="b")

    @b.validator
    def _check(self, _attribute, value):
        if value == "a":
            raise ValueError("not that")


@attrs.define
class Converted:
    a: int = attrs.field(converter=lambda value: value + 1)
    b: str = attrs.field(default="b", converter=str.upper)


@attrs.define
class After:
    a: int
    b: str = "b"
    c: int = attrs.field(init=False, default=7)

    def __attrs_post_init__(self):
        if self.a == 2:
            raise RuntimeError("not two")


@attrs.define
class OfSelf:
    a: int
    b: Any = attrs.Factory(lambda self: self.a, takes_self=True)


@attrs.define
class Base:
    base: int = 0


@attrs.define
class Derived(Base):
    a: int = 1


@attrs.define
class Late(Slots):
    a: str = "redefined"


@attrs.define(eq=False)
class Generics(Generic[T]):
    a: T
    b: T | None = None

    def __eq__(self, other):
        return (self.a, self.b) == (other.a, other.b)

    __hash__ = None


@attrs.define
class Error(Exception):
    a: int
    b: str = "b"


@attrs.define
class Unit:
    pass


@attrs.define
class Tree:
    a: int = 0
    down: Tree | None = None
    more: list[Tree] = attrs.Factory(list)


@dataclasses.dataclass
class Data:
    a: int
    b: str = "b"


@dataclasses.dataclass(slots=True, frozen=True, kw_only=True)
class Frozen:
    a: int
    b: list[int] = dataclasses.field(default_factory=list)


class Meta(type):
    """A metaclass of no effect."""


@attrs.define
class OfMeta(metaclass=Meta):
    a: int
    b: str = "b"


Many: Any = attrs.make_class("Many", {f"f{i}": attrs.field(type=int, default=i) for i in range(40)}, slots=True)
CLASSES: tuple[Any, ...] = (
    *(Slots, Open, Keywords, Bare, Hashed, Private, Checked, Strict, Converted, After, OfSelf, Derived, Late),
    *(Generics[int], Generics[str], Error, Unit, Tree, Data, Frozen, OfMeta, Many),
)
OBJECTS: tuple[Any, ...] = (
    *({"a": 1}, {"a": 1, "b": "x"}, {"b": "x", "a": 2}, {"b": "x"}, {"a": 1, "b": "a"}, {"a": 1, "b": "long text"}),
    *(
        {"a": 1, "b": [1, 2]},
        {"a": 1, "b": ["x"]},
        {"a": "1"},
        {"a": None},
        {"a": 1, "x": 5},
        {"a": 1, "x": 5, "y": [6]},
    ),
    *({"a": 1, "bee": "x"}, {"_a": 1}, {"a": 1, "b": None}, {"base": 5, "a": 6}, {"a": 300}, {"a": -1}),
    *([], [1], [1, "x"], [1, "x", 3], ["x"], [1, [1, 2]], [5, 6], [None], [1, None], [[1]], ["x", "y"], [2], [1, "a"]),
    *({"down": {"a": 5}}, {"down": {"down": {}}}, {"down": [1, [2, None, [[3]]]]}, {"down": 5}, {"down": {"down": 5}}),
    *({"more": [{}, {"a": 1}, [2]]}, {"more": [{}, 5]}, {"down": None, "more": []}, [1, {"a": 2}, []], {"more": {}}),
    *({b"a": 1}, {b"a": 1, "b": "x"}, {"a": 1, b"b": "x"}, {b"a": 1, "a": 2}, {b"a": 1, b"x": 2}, {"a": 1, b"\xff": 2}),
    *({b"down": {b"a": 1}, "a": 2}, {"down": {"down": {b"a": "x"}}, b"a": 2}, {1: 2, "a": 1}, {None: 1, "a": 1}),
    *(
        {CborTag(7, "a"): 1},
        {CborTag(7, b"a"): 1},
        {CborTag(7, "a"): 1, "a": 1},
        {"a": CborTag(7, 1)},
        {CborTag(7, 1): 1, "a": 1},
    ),
    *(CborTag(7, {"a": CborTag(8, 1)}), CborTag(7, CborTag(8, [1])), {"down": CborTag(7, {"down": CborTag(7, None)})}),
    *(
        {f"f{i}": -i for i in range(40)},
        {f"f{i}": -i for i in range(39, 5, -1)},
        {f"f{i}": "x" * (i == 39) or i for i in range(40)},
    ),
    *(list(range(40)), list(range(41)), [*range(39), "x"]),
)


@EACH
@pytest.mark.parametrize("tp", CLASSES, ids=str)
def test_classes(name, tp):
    """From maps and arrays, whole and not, with what they know and do not know."""
    for options in ({}, {"unknown_fields": "forbid"}, {"rename": "SCREAMING_SNAKE_CASE"}, {"strict": True}):
        agree(codec_of(name, **options), tp, (*OBJECTS, *TREES) if not options else OBJECTS)


@EACH
@pytest.mark.parametrize("tp", [Slots, Open, Keywords, Tree], ids=str)
def test_unknown_fields_that_are_kept(name, tp):
    """They stand where the reference puts them, and those that cannot be kept are refused."""
    codec = codec_of(name, unknown_fields="keep", positional=False)
    agree(codec, tp, OBJECTS)
    read = decoder(codec, tp)(codec.encode({"a": 1, "x": [1, {"y": 2}]}))
    assert codec.format.loads(codec.encode(read, tp), codec.options.limits, False)["x"] == [1, {"y": 2}]


@EACH
def test_fields_beside_byte_strings_are_read_once(name):
    """Reading them again with the others would double the work at each level."""
    codec = codec_of(name)
    for leaf in ({"a": 1}, {"a": "x"}, 5):
        tree: Any = leaf
        for _ in range(100):
            tree = {"down": tree, b"a": 1, "unknown": {}}
        if codec.format.bytes_keys:
            agree(codec, Tree, [tree])


@EACH
def test_tags_at_each_level(name):
    """They are passed over once."""
    for leaf in ({"a": 1}, {"a": "x"}, 5):
        tree: Any = leaf
        for _ in range(100):
            tree = CborTag(7, {"down": CborTag(8, tree)})
        agree(codec_of(name), Tree, [tree])


@attrs.define
class Spelt:
    x: int


@pytest.mark.parametrize("tp", [Duration, Spelt], ids=["span", "record"])
def test_names_are_byte_strings_only_where_a_format_has_them(tp):
    """A plug-in's `loads` may give what it says that it does not."""
    form = codec_of("msgpack").format
    tree = {b"secs": 1, b"nanos": 2} if tp is Duration else {b"x": 1}
    data = form.dumps(tree, DEFAULT_LIMITS, False)
    for bytes_keys in (True, False):
        codec = make_codec(attrs.evolve(form, name="plug-in", format_id=None, layout=None, bytes_keys=bytes_keys))
        agree(codec, tp, [tree])
        decode = codec.decoder(tp)
        if bytes_keys:
            assert isinstance(decode(data), tp)
        else:
            with pytest.raises(DecodeError):
                decode(data)
