"""A class's own name in its annotations means the class: before a module binds it, and when it is defined again."""

from __future__ import annotations

import itertools
import sys
import textwrap
import types

from collections.abc import Iterator
from typing import Any

import pytest

from symphony_codecs import get_codec


HEAD = """
import dataclasses
from typing import *
from typing import Annotated, Generic
from typing_extensions import NamedTuple, NotRequired, TypedDict
import attrs
T = TypeVar("T")
@attrs.define
class Base:
    b: int = attrs.field(kw_only=True, default=3)
def noted(cls):
    CODEC.decoder(cls)
    CODEC.encoder(cls)
    return cls
def as_it_is(cls):
    return cls
"""
KINDS = {
    "attrs": "@attrs.define\nclass Own:\n    x: {}",
    "attrs, no slots": "@attrs.define(slots=False)\nclass Own:\n    x: {}",
    "dataclass": "@dataclasses.dataclass\nclass Own:\n    x: {}",
    "dataclass, slots": "@dataclasses.dataclass(slots=True)\nclass Own:\n    x: {}",
    "named tuple": "class Own(NamedTuple):\n    x: {}",
    "typed dict": "class Own(TypedDict):\n    x: {}",
    "typed dict, not required": "class Own(TypedDict):\n    x: NotRequired[{}]",
    "generic": "@attrs.define\nclass Own(Generic[T]):\n    x: {}\n    y: T | None = None",
    "derived": "@attrs.define\nclass Own(Base):\n    x: {}",
    "field list": "@attrs.define\nclass Own:\n    x: {}\n    list: int = 1",
    "class inside": "@attrs.define\nclass Own:\n    @attrs.define\n    class Part:\n        y: int\n    x: {}",
    "with super": "@attrs.define\nclass Own:\n    x: {}\n    def __str__(self):\n        return super().__str__()",
}
if sys.version_info >= (3, 12):
    KINDS["generic of 3.12"] = "@attrs.define\nclass Own[U]:\n    x: {}\n    y: U | None = None"
# Annotations; how a value holds another and where it is found again.
SHAPES = {
    "Own | None": ("{}", "{}"),
    "Optional[List[Own]]": ("[{}]", "{}[0]"),
    "Annotated[dict[str, tuple[Own | None, int]] | None, 'Own']": ("{{'a': ({}, 1)}}", "{}['a'][0]"),
}
STYLES = ["quoted", "future"] if sys.version_info < (3, 14) else ["quoted", "future", "bare"]
INSIDE = {"module": "{}", "function": "def make():\n{}\n    return Own\nOwn = make()"}


@pytest.fixture
def name() -> Iterator[str]:
    """A module's name, which goes when the test ends."""
    yield "module_of_own"
    del sys.modules["module_of_own"]


def run(source: str, name: str, codec: Any) -> dict[str, Any]:
    made = types.ModuleType(name)
    sys.modules[name] = made
    names = vars(made)
    names["CODEC"] = codec
    exec(compile(source, name, "exec", dont_inherit=True), names)
    return names


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", INSIDE)
@pytest.mark.parametrize("decorator", ["noted", "as_it_is"])
def test_is_the_class(kind: str, style: str, place: str, decorator: str, name: str) -> None:
    """Asked by a decorator, before the name is bound, or later; where a module runs for the first time, or again."""
    for annotation, former in itertools.product(SHAPES, ("", "class Own: pass\n", "again")):
        written = f'"""{annotation}"""' if style == "quoted" else annotation
        definition = f"@{decorator}\n{KINDS[kind].format(written)}"
        if place == "function":
            definition = textwrap.indent(definition, "    ")
        source = INSIDE[place].format(definition)
        source = source + "\n" + source if former == "again" else former + source
        source = ("from __future__ import annotations\n" if style == "future" else "") + HEAD + source
        codec = get_codec("json")
        own = run(source, name, codec)["Own"]
        holds, held = SHAPES[annotation]
        last = own(x=None)
        value = own(x=eval(holds.format("last"), {"last": last}))

        got = codec.decode(codec.encode(value, own), own)

        assert got == value
        inside = eval(held.format("x"), {"x": got["x"] if isinstance(got, dict) else got.x})
        assert type(inside) is type(last)


@pytest.mark.parametrize("style", ["future", *STYLES[2:]])
def test_a_class_of_the_same_name_is_another(style: str, name: str) -> None:
    """A function makes one for each type that it is given; what a former class is called by now is that class."""
    source = """
def make(inner):
    @attrs.define
    class Own:
        x: inner
    attrs.resolve_types(Own, globals(), locals())
    return Own
A = make(int)
B = make(A)
@attrs.define
class Own:
    old: int
Former = Own
@attrs.define
class Own:
    x: Former
"""
    names = run(
        ("from __future__ import annotations\n" if style == "future" else "") + HEAD + source, name, get_codec("json")
    )
    codec = get_codec("json")
    assert codec.decode(b'{"x":{"x":1}}', names["B"]) == names["B"](names["A"](1))
    assert codec.decode(b'{"x":{"old":1}}', names["Own"]) == names["Own"](names["Former"](1))
