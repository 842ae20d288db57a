"""Reading scalars and untyped values as the reference does."""

from __future__ import annotations

import sys
import threading

from typing import Annotated, Any

import pytest

from symphony_codecs.executor import ENGINE
from symphony_types import I8, I64, U8, U64, JsonValue
from symphony_types.checks import NON_EMPTY, IntRange, OneOf, Text
from tests.codecs.compiled.read_cases import NAMES, TREES, Refused, agree, codec_of, reader


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

EACH = pytest.mark.parametrize("name", NAMES)
TYPES = (
    *(None, bool, int, U8, I8, U64, I64, float, str, bytes, Any, object, JsonValue),
    *(Annotated[int, IntRange(-(2**64) + 1, 2**64 - 1)], Annotated[int, IntRange(-(2**64), 2**64)]),
    *(Annotated[int, IntRange(-(2**70), -5)], Annotated[int, IntRange(2**70, 5)], Annotated[int, IntRange(5, 3)]),
    *(Annotated[int, IntRange(2, 2**63)], Annotated[int, IntRange(-1, -1)]),
    *(Annotated[str, Text(pattern="[a-z]*")], Annotated[str, Text(2, 3)], Annotated[str, NON_EMPTY]),
    *(Annotated[str, OneOf(("a", ""))], Annotated[str, Text(maximum=0)]),
)


@EACH
@pytest.mark.parametrize("tp", TYPES, ids=str)
def test_scalars(name, tp):
    """All of a kind and of no other, at the borders of what there is."""
    agree(codec_of(name), tp, TREES)


@EACH
def test_checks_that_raise_anything(name):
    """What they refuse is refused, and interrupts are passed on."""

    class Check:
        def __init__(self, error):
            self.error = error

        def check(self, value, path=()):
            if value == 5:
                raise self.error

    for error in (ValueError, MemoryError, RecursionError, StopIteration):
        agree(codec_of(name), Annotated[int, Check(error)], (4, 5, "5"))
    read = reader(codec_of(name), list[Annotated[int, Check(KeyboardInterrupt)]])
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            read([1, 5, 2])
        assert read([1, 2]) == [1, 2]


def _nested(depth: int) -> Any:
    tree: Any = 1
    for at in range(depth):
        tree = [tree] if at % 2 else {"a": tree}
    return tree


def _take_apart(tree: Any) -> None:
    while isinstance(tree, (list, dict)):
        tree = tree.pop() if isinstance(tree, list) else tree.pop("a")


@EACH
@pytest.mark.parametrize("tp", [Any, JsonValue], ids=str)
def test_untyped_values_of_any_depth(name, tp):
    """Trees of a format's `loads` that has no limit are read or refused; the stack bears it, however long Python's."""
    read = reader(codec_of(name), tp)
    assert read(_nested(200)) == _nested(200)
    outcomes = []

    def deep():
        tree = _nested(100_000)
        try:
            outcomes.append(read(tree) is tree)
        except Refused:
            outcomes.append(False)
        _take_apart(tree)

    limit = sys.getrecursionlimit()
    deep()
    sys.setrecursionlimit(1_000_000)
    try:
        deep()
        thread = threading.Thread(target=deep)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
    assert len(outcomes) == 3


@EACH
def test_trees_that_hold_themselves(name):
    """They have no end."""
    loop: list[Any] = []
    loop.append(loop)
    ring: dict[str, Any] = {}
    ring["a"] = [ring]
    for tp in (JsonValue, Any) if codec_of(name).format.is_binary else ():
        for tree in (loop, ring):
            with pytest.raises(Refused):
                reader(codec_of(name), tp)(tree)
    loop.clear()
    ring.clear()
