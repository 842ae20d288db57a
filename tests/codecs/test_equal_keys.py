"""A mapping that yields a key twice is not written, just as no document with equal keys is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, TypedDict

import attrs
import pytest

from symphony_codecs import EncodeError, codec_names, executor, get_codec
from symphony_types import U8


class Multi(Mapping[Any, Any]):
    """A mapping like MultiDict of several libraries: `items` yields keys twice."""

    def __init__(self, *pairs: tuple[Any, Any]) -> None:
        self.pairs = pairs

    def __getitem__(self, key: Any) -> Any:
        return dict(self.pairs)[key]

    def __iter__(self) -> Iterator[Any]:
        return (key for key, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)


class Unique(Multi):
    """A multi-map whose length is that of its keys."""

    def __len__(self) -> int:
        return len(dict(self.pairs))


class MultiDict(dict[Any, Any]):
    """A dict that keeps several values of a key."""

    def __init__(self, *pairs: tuple[Any, Any]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def items(self) -> Any:
        return list(self.pairs)


class Typed(TypedDict):
    a: int
    b: NotRequired[int]


@attrs.define
class Holder:
    held: Mapping[str, Any]


TEXTS = (("b", 1), ("a", 2), ("b", 3))
WHOLES = ((2, 1), (1, 2), (2, 3))
CASES: dict[str, tuple[Any, tuple[tuple[Any, Any], ...]]] = {
    "texts": (Mapping[str, int], TEXTS),
    "dict": (dict[str, int], TEXTS),
    "bounded": (dict[str, U8], TEXTS),
    "untyped values": (dict[str, Any], TEXTS),
    "lists": (dict[str, list[int]], (("b", []), ("b", []))),
    "integers": (Mapping[int, int], WHOLES),
    "typed dict": (Typed, (("a", 1), ("a", 2))),
    "optional": (dict[str, int] | None, TEXTS),
    "untyped": (Any, TEXTS),
    "by its own class": (None, TEXTS),
}


@pytest.mark.parametrize("runs", ["engine", "python"])
@pytest.mark.parametrize(
    ("case", "kind"),
    # A typed dict is a dict.
    [
        (case, kind)
        for case in CASES
        for kind in (Multi, Unique, MultiDict)
        if case != "typed dict" or kind is MultiDict
    ],
)
@pytest.mark.parametrize("name", codec_names())
def test_a_key_that_comes_twice_is_refused(
    name: str, case: str, kind: Any, runs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused for every type, format, class of map and executor, alone and in a class."""
    as_type, pairs = CASES[case]
    value = kind(*pairs)
    if runs == "python":
        monkeypatch.setattr(executor, "_encode", None)
    codec = get_codec(name).copy()
    with pytest.raises(EncodeError) as caught:
        codec.encode(value, as_type)
    with pytest.raises(EncodeError) as held:
        codec.encode({"x": value}, dict[str, as_type or Any])  # type: ignore[misc]

    assert {issue.code for issue in caught.value.issues} == {"duplicate_key"}
    assert {issue.path for issue in caught.value.issues} == {(pairs[0][0],)}
    assert [issue.path for issue in held.value.issues] == [("x", *issue.path) for issue in caught.value.issues]


def test_mappings_that_yield_each_key_once_are_written() -> None:
    """The class of a mapping is no reason to refuse it."""
    for kind in (Multi, Unique, MultiDict):
        assert get_codec("json").encode(Holder(kind(("a", 1), ("b", None)))) == b'{"held":{"a":1,"b":null}}'
