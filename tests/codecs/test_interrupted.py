"""An exception that breaks off a call, such as Ctrl-C in a hook, leaves no state behind."""

from __future__ import annotations

import sys

from typing import Any

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, get_codec


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")


class Leaf:
    """A class with hooks."""


LEAF = Leaf()


@attrs.define
class Row:
    """A class that contains it in several ways."""

    leaf: Leaf
    leaves: list[Leaf]
    by_name: dict[str, Leaf]
    either: int | Leaf
    pair: tuple[Leaf, int]
    untyped: Any = None


ROW = Row(LEAF, [LEAF, LEAF], {"a": LEAF}, LEAF, (LEAF, 1), [{"a": 1}])
LEAVES = 6


class Raising:
    """Hooks that raise at one of their calls."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.left = -1

    def turn(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise self.error

    def read(self, _: Any, __: Any) -> Leaf:
        self.turn()
        return LEAF

    def write(self, _: Any) -> str:
        self.turn()
        return "leaf"


def codec_with(hooks: Raising, name: str) -> Codec:
    codec = get_codec(name).copy()
    codec.converter.register_structure_hook(Leaf, hooks.read)
    codec.converter.register_unstructure_hook(Leaf, hooks.write)
    return codec


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit], ids=lambda error: error.__name__)
@pytest.mark.parametrize("name", FORMATS)
def test_calls_go_on_after_one_was_broken_off(name: str, error: type[BaseException]) -> None:
    hooks = Raising(error())
    codec = codec_with(hooks, name)
    encode, decode = codec.encoder(Row), codec.decoder(Row)
    data = encode(ROW)
    assert decode(data) == ROW
    before = sys.getrefcount(LEAF)
    for number in range(1, LEAVES + 1):
        for call, argument, wanted in ((encode, ROW, data), (decode, data, ROW)):
            hooks.left = number
            with pytest.raises(error):
                call(argument)  # type: ignore[operator]
            hooks.error.__traceback__ = hooks.error.__context__ = None
            hooks.left = -1
            assert call(argument) == wanted  # type: ignore[operator]
    assert sys.getrefcount(LEAF) == before
    with pytest.raises(DecodeError):
        decode(data[:-1])


@pytest.mark.parametrize("attribute", ["__new__", "__init__"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_changed_constructor_is_seen(name: str, attribute: str) -> None:
    @attrs.define
    class Point:
        x: int

    codec = get_codec(name)
    decode, data = codec.decoder(Point), codec.encode(Point(1), Point)
    assert decode(data) == codec.decode(data, Point) == Point(1)
    calls = []
    before = getattr(Point, attribute)

    def changed(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(attribute)
        return object.__new__(self) if attribute == "__new__" else before(self, *args, **kwargs)

    setattr(Point, attribute, changed)
    for each in (decode, codec.decoder(Point)):
        assert each(data).x == 1
    assert codec.decode(data, Point).x == codec.copy().decode(data, Point).x == 1
    assert calls == [attribute] * 4
