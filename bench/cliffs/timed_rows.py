"""Rows that compare times in one process."""

from __future__ import annotations

import statistics
import time

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import attrs
import orjson

from symphony_codecs import get_codec
from symphony_codecs.benchmark.timing import CLOCK, Task, run_batches

from ..classes import with_attrs, with_structs
from ..work import SEED
from ..works import bad_field, tree
from . import trees
from .rows import Ratio, RowRule


__all__ = ["TIMED"]

_FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
_MIB: Final = 2**20
_ENOUGH_NS: Final = 10**9
_MOST: Final = 2**32 - 1


def _timed(tasks: Mapping[str, Task], rounds: int) -> dict[str, float]:
    found = run_batches(tasks, rounds)
    for name, exc in found.errors.items():
        raise RuntimeError(f"{name} failed") from exc
    return {name: timing.median_ns for name, timing in found.timings.items()}


def _pair(work: str, ours: Task, theirs: Task, rounds: int) -> Ratio:
    times = _timed({"ours": ours, "theirs": theirs}, rounds)
    return Ratio(work, times["ours"] / times["theirs"], _detail(times["ours"], times["theirs"]))


def _detail(ours: float, theirs: float) -> str:
    return f"{ours / 1000:,.1f} us to {theirs / 1000:,.1f} us"


# Trees.


def _tree(rounds: int) -> Iterator[Ratio]:
    import msgspec

    as_type, values = tree.make(with_attrs, 3, SEED)
    their_type, their_values = tree.make(with_structs, 3, SEED)
    codec = get_codec("json")
    documents = [codec.encode(value, as_type) for value in values]
    decoder = msgspec.json.Decoder(their_type)
    if [codec.decode(data, as_type) for data in documents] != values or list(
        map(decoder.decode, documents)
    ) != their_values:
        raise RuntimeError("a decoded tree differs from the original")
    times = _timed(
        {
            "our encode": Task(codec.encoder(as_type), values),
            "our decode": Task(codec.decoder(as_type), documents),
            "encode": Task(msgspec.json.Encoder().encode, their_values),
            "decode": Task(decoder.decode, documents),
        },
        rounds,
    )
    ours, theirs = times["our encode"] + times["our decode"], times["encode"] + times["decode"]
    yield Ratio("encode plus decode", ours / theirs, _detail(ours, theirs))


def _other_tree(against: str) -> Callable[[int], Iterator[Ratio]]:
    def measure(rounds: int) -> Iterator[Ratio]:
        ours, theirs = trees.ours(), trees.OTHERS[against]()
        times = _timed(
            {
                "our encode": Task(ours.encode, ours.values),
                "our decode": Task(ours.decode, ours.documents),
                "encode": Task(theirs.encode, theirs.values),
                "decode": Task(theirs.decode, ours.documents),
            },
            rounds,
        )
        mine, other = times["our encode"] + times["our decode"], times["encode"] + times["decode"]
        yield Ratio("encode plus decode", mine / other, _detail(mine, other))

    return measure


# Envelopes and maps.


def _time_in_params(rounds: int) -> Iterator[Ratio]:
    from symphony_types import JsonRpcRequest, MessageEnvelope

    from ..works import envelope

    as_type, values = envelope.make(None, 200, SEED)
    decode = get_codec("json").decoder(as_type)

    def documents(extra: int) -> list[bytes]:
        encode = get_codec("json").encoder(MessageEnvelope[JsonRpcRequest])
        return [
            encode(
                attrs.evolve(
                    value, payload=attrs.evolve(value.payload, params={**value.payload.params, "at": at + extra})
                )
            )
            for at, value in enumerate(values)
        ]

    yield _pair("JSON decode", Task(decode, documents(time.time_ns())), Task(decode, documents(0)), rounds)


@attrs.frozen
class _Item:
    name: str
    size: int


def _int_keys(rounds: int) -> Iterator[Ratio]:
    codec = get_codec("json")
    for title, tp, value in (("int", int, lambda n: n), ("a class", _Item, lambda n: _Item(f"item {n}", n))):
        numbered: dict[int, Any] = {number * 37: value(number) for number in range(1000)}
        named = {str(key): item for key, item in numbered.items()}
        by_number, by_name = dict[int, tp], dict[str, tp]  # type: ignore[valid-type]
        ours = Task(codec.decoder(by_number), [codec.encode(numbered, by_number)])
        yield _pair(f"of {title}", ours, Task(codec.decoder(by_name), [codec.encode(named, by_name)]), rounds)


# Documents that are refused.


def _refusing(decode: Callable[[Any], Any]) -> Callable[[Any], bool]:
    def refused(data: Any) -> bool:
        try:
            decode(data)
        except ValueError:
            return True
        raise RuntimeError("expected the document to be refused")

    return refused


def _malformed(rounds: int) -> Iterator[Ratio]:
    from symphony_types import JsonRpcRequest

    endings: dict[str, Callable[[bytes], bytes]] = {
        "cut": lambda data: data[:-1],
        "trailing byte": lambda data: data + b"\x01",
        "trailing comma": lambda data: data[:-1] + b"," + data[-1:],
    }
    numbers = [list(range(900, 1000))] * 100
    for mebibytes in (1, 16):
        for name in _FORMATS:
            codec = get_codec(name).with_options(max_size=_MOST)
            some = codec.encode(numbers, list[list[int]])
            many = numbers * (mebibytes * _MIB // len(some) + 1)
            request = JsonRpcRequest(method="m", params={"numbers": many}, id=1)
            for what, tp, value in (("list[list[int]]", list[list[int]], many), ("params", JsonRpcRequest, request)):
                good = codec.encode(value, tp)
                decode = codec.decoder(tp)
                bad = {
                    ending: bend(good) for ending, bend in endings.items() if "comma" not in ending or name == "json"
                }
                if name == "cbor" and what == "params":
                    # The last number gets a tag, which untyped fields refuse.
                    at = good.rindex(b"\x19\x03\xe7")
                    bad["a tag"] = good[:at] + b"\xd8\x63" + good[at:]
                usual = _once(decode, good, rounds)
                for ending, data in bad.items():
                    taken = _once(_refusing(decode), data, rounds)
                    yield Ratio(f"{name}, {mebibytes} MiB, {what}, {ending}", taken / usual, _detail(taken, usual))


def _once(call: Callable[[Any], Any], data: bytes, rounds: int) -> float:
    """Return the median of a few calls, stopping once they have taken a second."""
    times: list[int] = []
    while len(times) < rounds and sum(times) < _ENOUGH_NS:
        start = CLOCK()
        call(data)
        times.append(CLOCK() - start)
    return statistics.median(times)


def _one_bad_field(rounds: int) -> Iterator[Ratio]:
    as_type, values = bad_field.make(with_attrs, 1, SEED)
    for name in _FORMATS:
        codec = get_codec(name).with_options(positional=False)
        builtins = bad_field.damage(orjson.loads(get_codec("json").encode(values[0], as_type)))
        bad = codec.encode(builtins, Any)
        decode = codec.decoder(as_type)
        ours = Task(_refusing(decode), [bad])
        yield _pair(f"tree, {name}", ours, Task(decode, [codec.encode(values[0], as_type)]), rounds)


TIMED: Final = (
    RowRule(
        name="tree", work="directory tree, JSON, Z, tag first", against="msgspec Structs", at_most=1.0, measure=_tree
    ),
    RowRule(
        name="tree, others' form",
        work="directory tree, JSON, +00:00, tag last, omit_defaults",
        against="msgspec Structs",
        at_most=1.5,
        measure=_other_tree("msgspec"),
    ),
    RowRule(
        name="tree, others' form, cattrs",
        work="directory tree, JSON, +00:00, tag last, omit_defaults",
        against="cattrs",
        at_most=0.15,
        measure=_other_tree("cattrs"),
    ),
    RowRule(
        name="time_ns() in params",
        work="envelope with time_ns() in params, JSON decode",
        against="the same with a small number",
        at_most=1.1,
        measure=_time_in_params,
    ),
    RowRule(name="int keys", work="dict[int, T], JSON decode", against="dict[str, T]", at_most=1.3, measure=_int_keys),
    RowRule(
        name="malformed, large",
        work="a malformed document of 1 and 16 MiB",
        against="a good one of that size",
        at_most=5.0,
        measure=_malformed,
    ),
    RowRule(
        name="one bad field",
        work="one bad field among 1,000 records",
        against="the good document",
        at_most=2.0,
        measure=_one_bad_field,
    ),
)
