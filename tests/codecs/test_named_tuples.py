"""Named tuples: an array of all items is written, and a shorter one is read where the last have defaults."""

from __future__ import annotations

import decimal

from collections import namedtuple
from typing import Any, Generic, NamedTuple, TypeVar

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, get_codec, python
from symphony_types import Version


T = TypeVar("T")


class Row(NamedTuple):
    """One required item, and two with defaults that are no builtins."""

    name: str
    version: Version = Version(1, 2, 3)
    price: decimal.Decimal | None = decimal.Decimal("1.50")


class Page(NamedTuple):
    """Rows inside each other, all of it with defaults."""

    rows: tuple[Row, ...] = ()
    first: Row = Row("first")


class Pair(NamedTuple, Generic[T]):
    """A generic one."""

    left: T
    right: int = 0


Plain = namedtuple("Plain", "x y", defaults=(7,))  # noqa: PYI024 - the untyped kind


@attrs.frozen
class Held:
    """A class that holds some."""

    row: Row
    pairs: dict[str, Pair[str]] = attrs.field(factory=dict)


def readings(codec: Codec, tp: Any) -> list[Any]:
    """Return the functions of both executors."""
    return [codec.decoder(tp), python.decoder(codec.converter, tp)]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("tp", "builtins", "expected"),
    [
        (Row, ["a"], Row("a")),
        (Row, ["a", [0, 0, 1]], Row("a", Version(0, 0, 1))),
        (Row, ["a", [0, 0, 1], None], Row("a", Version(0, 0, 1), None)),
        (Row | None, ["a"], Row("a")),
        (list[Row], [["a"], ["b", [0, 0, 1]]], [Row("a"), Row("b", Version(0, 0, 1))]),
        (Page, [], Page()),
        (Page, [[["a"]]], Page((Row("a"),))),
        (Page, [[["a"], ["b"]], ["c"]], Page((Row("a"), Row("b")), Row("c"))),
        (Pair[str], ["a"], Pair("a")),
        (Pair[str], ["a", 1], Pair("a", 1)),
        (Plain, [1], Plain(1)),
        (Plain, [1, 2], Plain(1, 2)),
        (Held, {"row": ["a"], "pairs": {"k": ["a"]}}, Held(Row("a"), {"k": Pair("a")})),
        (Row | str, ["a"], Row("a")),
    ],
)
def test_defaults_of_what_is_left_out(codec: Codec, tp: Any, builtins: Any, expected: Any, strict: bool) -> None:
    """The last items take their defaults; all are written."""
    codec = codec.with_options(strict=strict)
    for read in readings(codec, tp):
        found = read(codec.encode(builtins))
        assert found == expected
        assert type(found) is type(expected)
        assert read(codec.encode(found, tp)) == expected
    assert codec.decode(codec.encode(Row("a"), Row), list[Any])[0] == "a"
    assert len(codec.decode(codec.encode(Row("a"), Row), list[Any])) == 3


@pytest.mark.parametrize(
    ("tp", "builtins", "issues"),
    [
        (Row, [], [("wrong_arity", ())]),
        (Row, ["a", [1, 2, 3], None, 1], [("wrong_arity", ())]),
        (Row, [1], [("wrong_type", (0,))]),
        (Row, ["a", "x"], [("wrong_type", (1,))]),
        (Row, [1, "x"], [("wrong_type", (0,)), ("wrong_type", (1,))]),
        (Page, [[["a"], []]], [("wrong_arity", (0, 1))]),
        (Page, [[["a"], [1]], []], [("wrong_type", (0, 1, 0)), ("wrong_arity", (1,))]),
        (Pair[str], [], [("wrong_arity", ())]),
        (Plain, [], [("wrong_arity", ())]),
        (tuple[int, int], [1], [("wrong_arity", ())]),
        (Row, None, [("wrong_type", ())]),
        (Row, {"name": "a"}, [("wrong_type", ())]),
        (Held, {"row": []}, [("wrong_arity", ("row",))]),
    ],
)
def test_what_is_not_left_out(codec: Codec, tp: Any, builtins: Any, issues: Any) -> None:
    """What has no default is required, what is too much is refused, and faults are named where they are."""
    for read in readings(codec, tp):
        with pytest.raises(DecodeError) as caught:
            read(codec.encode(builtins))
        assert [(issue.code, issue.path) for issue in caught.value.issues] == issues


def test_untagged_unions_read_what_is_written() -> None:
    """Inside an untagged union a shorter array is no named tuple: another member may have written it."""
    members = Row | list[str]
    codec = get_codec("json").with_union(members, tagging="untagged")
    for read in readings(codec, members):
        for value in (["a"], Row("a"), ["a", "b", "c"]):
            found = read(codec.encode(value, members))
            assert found == value
            assert type(found) is type(value)
