"""Hashable maps that are only registered as `Mapping`: `frozendict` of Python 3.15, and similar classes."""

from __future__ import annotations

import builtins
import collections

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, FieldOptions
from tests.codecs.executors import decoders, encoders, round_trip
from tests.codecs.sweep import FrozenMap, Point


MAPS = [FrozenMap, *filter(None, [getattr(builtins, "frozendict", None)])]


@pytest.fixture(name="frozen", params=MAPS, ids=lambda cls: cls.__name__)
def _frozen(request: pytest.FixtureRequest) -> Any:
    return request.param


def _refused(functions: list[Callable[[Any], Any]], value: Any) -> list[list[tuple[str, Any]]]:
    """Return the issues of the engine and of generated Python, which are the same."""
    found = []
    for call in functions:
        with pytest.raises((EncodeError, DecodeError)) as caught:
            call(value)
        found.append([(issue.code, issue.path) for issue in caught.value.issues])
    return found


def test_they_come_back_as_what_they_were(codec: Codec, frozen: Any) -> None:
    values: list[tuple[Any, Any]] = [
        (frozen(), frozen[str, int]),
        (frozen({"a": 1, "b": 2}), frozen[str, int]),
        (frozen({"a": [1, None]}), frozen),
        (frozen({1: Point(1), -5: Point(2)}), frozen[int, Point]),
        (frozen({"a": frozen({"b": None})}), frozen[str, frozen[str, int | None]]),
        (frozenset((frozen({"a": 1}), frozen({"a": 2}))), frozenset[frozen[str, int]]),
        (None, frozen[str, int] | None),
        (frozen({"a": 1}), frozen[str, int] | list[int]),
        ([frozen({"a": 1}), 5], list[frozen[str, int] | int]),
    ]
    for value, tp in values:
        round_trip(codec, value, tp)
        for decode in decoders(codec, tp):
            assert type(decode(codec.encode(value, tp))) is type(value)


def test_they_are_written_as_other_maps_are(codec: Codec, frozen: Any) -> None:
    """They are encoded where the type is another map, and where there is no type."""
    data = codec.encode({"a": 1})
    for tp in (Any, object, dict[str, int], Mapping[str, int], collections.OrderedDict[str, int]):
        for encode in encoders(codec, tp):
            assert encode(frozen({"a": 1})) == data
    assert codec.encode([frozen({"a": frozen()})]) == codec.encode([{"a": {}}])
    for encode in encoders(codec, frozen[str, int]):
        assert encode({"a": 1}) == data


def test_they_are_keys_where_the_format_has_such(codec: Codec, frozen: Any) -> None:
    tp = dict[frozen[str, int], int]
    if codec.format.text_keys:
        with pytest.raises(EncodeError, match="no key of a map"):
            codec.encoder(tp)
        return
    round_trip(codec, {frozen({"a": 1}): 2, frozen(): 3}, tp)


def test_their_items_can_be_hashed_where_necessary(codec: Codec, frozen: Any) -> None:
    """Sequences inside are tuples, as elsewhere in hashed values; lists are refused."""
    holder = attrs.make_class("Holder", {"held": attrs.field(type=frozen[str, Sequence[int]])}, frozen=True)
    data = codec.encode([{"a": [1]}])
    for tp in (set[frozen[str, Sequence[int]]], set[frozen[str, Sequence[int] | None]]):
        for decode in decoders(codec, tp):
            assert decode(data) == {frozen({"a": (1,)})}
    for decode in decoders(codec, holder):
        held = decode(codec.encode({"held": {"a": [1]}}))
        assert hash(held) == hash(holder(frozen({"a": (1,)})))
    assert _refused(decoders(codec, set[frozen[str, list[int]]]), data) == 2 * [[("wrong_type", ())]]


def test_faults_stand_at_their_keys(codec: Codec, frozen: Any) -> None:
    tp = frozen[str, int]
    assert _refused(decoders(codec, tp), codec.encode({"a": 1, "b": "x"})) == 2 * [[("wrong_type", ("b",))]]
    assert _refused(encoders(codec, tp), frozen({"a": 1, "b": "x"})) == 2 * [[("wrong_type", ("b",))]]


def test_colliding_hashes_are_refused(codec: Codec, frozen: Any) -> None:
    """These are keys in such a map, and such maps in a set: each has the hash of 0."""
    if codec.format.name.startswith("msgpack"):
        return  # few of its integers have the same hash
    clash = [number * (2**61 - 1) for number in range(1100)]
    if codec.format.text_keys:  # JSON's keys may be integers of any length
        by_int = codec.encode(dict.fromkeys(clash, 1), dict[int, int])
        assert _refused(decoders(codec, frozen[int, int]), by_int) == 2 * [[("too_large", ())]]
    items = codec.encode([{"a": number} for number in clash])
    assert _refused(decoders(codec, set[frozen[str, int]]), items) == 2 * [[("too_large", ())]]


def test_options_of_fields_hold_for_them(codec: Codec, frozen: Any) -> None:
    rest = attrs.field(type=frozen[str, int], default=frozen())
    holder = attrs.make_class("Holder", {"number": attrs.field(type=int), "rest": rest})
    maps = codec.with_options(positional=False)
    omitting = maps.with_options(omit_defaults=True)
    assert omitting.encode(holder(1)) == maps.encode({"number": 1})
    round_trip(omitting, holder(1, frozen({"a": 1})), holder)
    flat = maps.with_class(holder, fields={"rest": FieldOptions(flatten=True)})
    assert flat.encode(holder(1, frozen({"a": 2}))) == maps.encode({"number": 1, "a": 2})
    round_trip(flat, holder(1, frozen({"a": 2})), holder)
