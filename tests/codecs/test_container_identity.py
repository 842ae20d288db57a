"""Properties of containers other than their items are kept or refused: factories, maximum lengths, hashes."""

from __future__ import annotations

import collections
import dataclasses

from collections import abc, defaultdict, deque
from typing import Annotated, Any, NamedTuple

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, executor


@pytest.fixture(name="runs", params=["engine", "python"], autouse=True)
def _runs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(executor, "_decode", None)
        monkeypatch.setattr(executor, "_encode", None)


class Counts(defaultdict[str, int]):
    """A class of a user."""


FACTORIES: list[tuple[Any, Any, Any]] = [
    (defaultdict[str, int], ("a",), 0),
    (defaultdict[str, list[int]], ("a",), []),
    (defaultdict[str, defaultdict[str, list[int]]], ("a", "b"), []),
    (defaultdict[str, defaultdict[int, defaultdict[str, set[int]]]], ("a", 1, "c"), set()),
    (defaultdict[str, defaultdict[str, int] | None], (), None),
    (defaultdict[str, abc.Sequence[int]], ("a",), []),
    (defaultdict[str, abc.Mapping[str, int]], ("a",), {}),
    (defaultdict[str, Annotated[defaultdict[str, int], "said"]], ("a", "b"), 0),
    (defaultdict[str, Counts], ("a", "b"), 0),
    (defaultdict[str, collections.Counter[str]], ("a", "b"), 0),
]


@pytest.mark.parametrize(("tp", "way", "made"), FACTORIES)
def test_each_level_of_a_defaultdict_has_its_factory(codec: Codec, tp: Any, way: Any, made: Any) -> None:
    """The type names the factory of each level, even where the document is empty."""
    for as_type, data in ((tp, codec.encode({})), (list[tp], codec.encode([{}]))):
        value = codec.copy().decode(data, as_type)
        value = value[0] if isinstance(value, list) else value
        if not way:
            assert value.default_factory is None
            continue
        for key in way:
            value = value[key]

        assert value == made
        assert type(value) is type(made)


def _limited() -> deque[int]:
    return deque(maxlen=3)


@attrs.define
class Recent:
    free: deque[int] = attrs.field(factory=deque)
    last: deque[int] = attrs.field(factory=_limited)
    made: deque[int] = attrs.field(factory=deque, converter=lambda items: deque(items, maxlen=2))  # type: ignore[misc]


@dataclasses.dataclass
class RecentData:
    free: deque[int] = dataclasses.field(default_factory=deque)
    last: deque[int] = dataclasses.field(default_factory=_limited)


@pytest.mark.parametrize("cls", [Recent, RecentData])
def test_maxlen_of_a_deque_comes_from_the_default(codec: Codec, cls: Any) -> None:
    """A converter may set it too; any other value would be lost and is refused."""
    codec = codec.copy()
    value = cls(last=deque([1, 2], maxlen=3))
    back = codec.decode(codec.encode(value), cls)

    assert back == value
    assert (back.free.maxlen, back.last.maxlen) == (None, 3)
    if cls is Recent:
        assert codec.decode(codec.encode(Recent(made=deque([1, 2, 3]))), cls).made == deque([2, 3])
    for wrong in (cls(free=deque([1], maxlen=1)), cls(last=deque([1])), cls(last=deque([1], maxlen=2))):
        with pytest.raises(EncodeError, match="maxlen"):
            codec.encode(wrong)
    with pytest.raises(DecodeError) as caught:
        codec.decode(codec.encode({"last": [1, 2, 3, 4]}), cls)
    assert [(issue.path, issue.code) for issue in caught.value.issues] == [(("last",), "too_large")]


@pytest.mark.parametrize("tp", [deque, deque[int], deque[int] | None, list[deque[int]], dict[str, deque[int]]])
def test_a_maxlen_that_would_be_lost_is_refused(codec: Codec, tp: Any) -> None:
    """There is no default that has it."""
    codec = codec.copy()
    for maxlen in (None, 5):
        value: Any = deque([1, 2], maxlen)
        held: Any = [value] if tp == list[deque[int]] else {"a": value} if tp == dict[str, deque[int]] else value
        if maxlen is None:
            assert codec.decode(codec.encode(held, tp), tp) == held
            continue
        with pytest.raises(EncodeError, match="a deque without maxlen"):
            codec.encode(held, tp)


@attrs.frozen
class Frozen:
    items: abc.Sequence[int]
    parts: abc.Sequence[abc.Sequence[int]] | None = None
    pairs: tuple[abc.Iterable[str], ...] = ()
    said: Annotated[abc.Collection[int], "said"] = ()


@dataclasses.dataclass(frozen=True)
class FrozenData:
    items: abc.Sequence[int]


@attrs.define(unsafe_hash=True)
class Hashed:
    items: abc.Sequence[int]


class Pair(NamedTuple):
    items: abc.Sequence[int]


FROZEN: list[Any] = [
    Frozen((1, 2), ((1,), ()), (("a",), ()), (3,)),
    Frozen(()),
    FrozenData((1, 2)),
    Hashed((1, 2)),
    Pair((1, 2)),
]


@pytest.mark.parametrize("value", FROZEN, ids=lambda value: type(value).__name__)
def test_a_class_with_a_hash_has_tuples_for_sequences(codec: Codec, value: Any) -> None:
    """The instance comes back equal, and can be hashed."""
    codec, cls = codec.copy(), type(value)
    for as_type, held in ((cls, value), (set[cls], {value}), (dict[str, cls], {"a": value})):
        back = codec.decode(codec.encode(held, as_type), as_type)

        assert back == held
    assert hash(codec.decode(codec.encode(value, cls), cls)) == hash(value)
    if codec.format.is_binary:
        held_as: Any = dict[cls, int]
        assert codec.decode(codec.encode({value: 1}, held_as), held_as) == {value: 1}
        keys: Any = dict[abc.Sequence[int], int]
        assert codec.decode(codec.encode({(1, 2): 1}, keys), keys) == {(1, 2): 1}


@attrs.define
class Mutable:
    items: abc.Sequence[int]
    more: abc.MutableSequence[int]


def test_other_classes_have_lists(codec: Codec) -> None:
    """A class without a hash has lists, and so does the document itself."""
    value = Mutable([1], [2])

    assert codec.decode(codec.encode(value), Mutable) == value
    assert codec.decode(codec.encode([1]), abc.Sequence[int]) == [1]  # type: ignore[type-abstract]
