"""Hooks that hand on to ours: what `get_structure_hook` gives is run by the engine, with the hooks' own errors."""

from __future__ import annotations

import math

from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, get_codec
from symphony_codecs._issues import FormatError
from symphony_codecs._making import making
from symphony_codecs.formats.base import CborTag


@attrs.frozen
class Inner:
    x: int
    words: list[str] = attrs.field(factory=list)
    ratio: float = 0.5


@attrs.frozen
class Outer:
    inner: Inner
    many: dict[str, Inner]


@attrs.define
class Tree:
    name: str
    below: list[Tree] = attrs.field(factory=list)


FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor", "toml")
VALUE: Final = Outer(Inner(1, ["a", "é"]), {"k": Inner(-5, [], 2.25)})
TYPES: Final[tuple[tuple[Any, Any], ...]] = (
    (Inner, Inner(3)),
    (Outer, VALUE),
    (list[Outer], [VALUE, VALUE]),
    (dict[str, list[int]], {"a": [1, 2], "b": []}),
    (Inner | Outer, VALUE),
    (set[str], {"b", "a", "ab", '"', "é"}),
    (list[float], [math.nan, math.inf, -0.0, 1e300]),
    (list[int], [2**63, -(2**63), 2**70]),
    (tuple[int, ...], (1, 2)),
    (Tree, Tree("a", [Tree("b"), Tree("c", [Tree("d")])])),
)


def _hooks(codec: Codec, tp: Any) -> tuple[Callable[[Any, Any], Any], Callable[[Any], Any]]:
    """Return the hooks themselves."""
    with making():
        return codec.converter.get_structure_hook(tp), codec.converter.get_unstructure_hook(tp)


def _shown(tree: Any) -> str:
    """Return what tells builtins apart on the wire: tuples are arrays."""
    return repr(list(tree) if isinstance(tree, tuple) else tree)


@pytest.mark.parametrize(("tp", "value"), TYPES, ids=[str(number) for number in range(len(TYPES))])
@pytest.mark.parametrize("name", FORMATS)
def test_what_users_get_does_what_the_hooks_do(name, tp, value):
    """Values, builtins and issues, tags before values and what is none of the type."""
    codec = get_codec(name)
    read, write = _hooks(codec, tp)
    quick_read, quick_write = codec.converter.get_structure_hook(tp), codec.converter.get_unstructure_hook(tp)
    tree = write(value)
    tree = list(tree) if isinstance(tree, tuple) else tree
    assert _shown(quick_write(value)) == _shown(tree)
    assert repr(quick_read(tree, tp)) == repr(read(tree, tp))
    for bad in (None, 1, "x", [], {}, [1, None], {"x": "y", "k": {"x": None}}, CborTag(3, 4), object(), {"inner": {}}):
        outcomes = []
        for call in (read, quick_read):
            try:
                outcomes.append(repr(call(bad, tp)))
            except FormatError as exc:
                outcomes.append(exc.issues)
        assert outcomes[0] == outcomes[1]
    for other in (None, 1, "x", [None], {"a": object()}, {1: 2}, Inner("x"), object()):  # type: ignore[arg-type]
        outcomes = []
        for call in (write, quick_write):
            try:
                outcomes.append(_shown(call(other)))
            except Exception as exc:  # noqa: BLE001 - hooks may raise anything
                outcomes.append(type(exc).__name__ + str(exc))
        assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("name", FORMATS[:-1])
@pytest.mark.parametrize("tp", [Inner, Outer])
def test_hooks_that_hand_on(name, tp):
    """By closure, by the converter itself, or the very hook: each sees the hooks of when it was asked for."""
    plain = get_codec(name)
    data = plain.encode([VALUE], list[Outer])
    counts = {"read": 0, "write": 0}
    for way in ("closure", "factory", "itself"):
        codec = plain.copy()
        converter = codec.converter
        read, write = converter.get_structure_hook(tp), converter.get_unstructure_hook(tp)

        def hand_on(value: Any, _: Any, read: Any = read) -> Any:
            counts["read"] += 1
            return read(value, tp)

        def hand_back(value: Any, write: Any = write) -> Any:
            counts["write"] += 1
            return write(value)

        if way == "factory":
            converter.register_structure_hook_factory(lambda cls: cls is tp, lambda _, hand_on=hand_on: hand_on)
            converter.register_unstructure_hook_factory(lambda cls: cls is tp, lambda _, hand_back=hand_back: hand_back)
        else:
            converter.register_structure_hook(tp, read if way == "itself" else hand_on)
            converter.register_unstructure_hook(tp, write if way == "itself" else hand_back)
        before = dict(counts)
        assert codec.encode([VALUE], list[Outer]) == data
        assert codec.decode(data, list[Outer]) == [VALUE]
        calls = 0 if way == "itself" else 2 if tp is Inner else 1
        assert {key: counts[key] - before[key] for key in counts} == {"read": calls, "write": calls}
        bad = codec.format.dumps([{"inner": {"x": "no"}, "many": {"k": {}}}], codec.options.limits, False)
        with pytest.raises(DecodeError) as ours:
            codec.decode(bad, list[Outer])
        with pytest.raises(DecodeError) as theirs:
            plain.decode(bad, list[Outer])
        assert ours.value.issues == theirs.value.issues


def test_registered_later():
    """A hook keeps to what was registered when it was asked for, also if it is called only afterwards."""
    codec = get_codec("json").copy()
    read, write = codec.converter.get_structure_hook(Outer), codec.converter.get_unstructure_hook(Outer)
    codec.converter.register_structure_hook(Inner, lambda value, _: Inner(value))
    codec.converter.register_unstructure_hook(Inner, lambda value: value.x)
    tree = {"inner": {"x": 1}, "many": {}}
    assert read(tree, Outer) == Outer(Inner(1), {})
    assert write(Outer(Inner(1), {}))["inner"] == {"x": 1, "words": [], "ratio": 0.5}
    again = codec.converter.get_structure_hook(Outer)
    assert again({"inner": 1, "many": {}}, Outer) == Outer(Inner(1), {})


@pytest.mark.parametrize("wrong", [False, True])
def test_hooks_inside_each_other_are_called_in_proportion(wrong):
    """A class that holds itself, with a hook that hands on: no level runs those below it twice as often as the last."""
    codec = get_codec("json").copy()
    converter = codec.converter
    calls = 0
    inner = converter.get_structure_hook(Tree)

    def structure(value: Any, tp: Any) -> Any:
        nonlocal calls
        calls += 1
        if not value["below"]:
            return inner(value, tp)
        return Tree(value["name"], converter.structure(value["below"], list[Tree]))

    converter.register_structure_hook(Tree, structure)
    numbers = []
    for depth in (5, 30):
        tree: Any = {"name": 1 if wrong else "x", "below": []}
        for _ in range(depth):
            tree = {"name": "x", "below": [tree]}
        data = codec.format.dumps(tree, codec.options.limits, False)
        calls = 0
        if wrong:
            with pytest.raises(DecodeError):
                codec.decode(data, Tree)
        else:
            codec.decode(data, Tree)
        numbers.append(calls)
    assert numbers[1] <= 8 * numbers[0]
