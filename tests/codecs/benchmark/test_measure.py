"""Who is measured, who has failed, and what the figures are of; nothing here waits for a real clock."""

from __future__ import annotations

import gc
import itertools
import json
import tracemalloc
import zlib

import attrs
import pytest

from symphony_codecs.benchmark import Contender, Row, Settings, codec_contenders, measure
from symphony_codecs.benchmark.measure import steps
from symphony_types import Version
from tests.codecs.benchmark.fakes import Clock, contender, dumps, taking


VALUES = [{"n": n, "text": "x" * n} for n in range(1, 6)]
# Batches of one pass.
QUICK = Settings(rounds=2, first_calls=1, batch_ns=1, memory=False)


class Keeper:
    """Reads by remembering what it wrote last."""

    def encode(self, value):
        self.last = value
        return dumps(value)

    def decode(self, _):
        return self.last


class Cache:
    """Reads the first time, and gives what it knows from then on."""

    def __init__(self):
        self.known = None

    def decode(self, data):
        if self.known is None:
            self.known = json.loads(data)
        return self.known


def boom(*_):
    raise RuntimeError("boom\x1b[31m\nand more")


KEEPER = Keeper()
BAD = {
    "other type": (contender(decode=lambda data: list(json.loads(data).items())), "value 5 of 5 does not come back"),
    "loses a field": (
        contender(encode=lambda value: dumps({**value, "text": ""})),
        "value 5 of 5 does not come back the same at ['text']",
    ),
    "true for one": (
        contender(decode=lambda data: {**json.loads(data), "n": json.loads(data)["n"] == 1 or json.loads(data)["n"]}),
        "value 1 of 5 does not come back the same at ['n']",
    ),
    "keeps the last": (contender(encode=KEEPER.encode, decode=KEEPER.decode), "value 4 of 5 does not come back"),
    "keeps the first": (contender(decode=Cache().decode), "value 4 of 5 does not come back"),
    "no bytes": (contender(encode=lambda _: None), "TypeError: "),
    "encode raises": (contender(encode=boom), "RuntimeError: boom?[31m and more"),
    "decode raises": (contender(decode=boom), "RuntimeError: boom?[31m and more"),
    "adapt raises": (contender(adapt=boom), "RuntimeError: boom?[31m and more"),
    "cannot be made": (Contender(name="x", format="json", encode=boom, decode=boom), "RuntimeError: "),
}


@pytest.mark.parametrize(("liar", "reason"), BAD.values(), ids=BAD)
def test_who_lies_has_failed(liar, reason):
    """A contender that does not give every value back has a reason and no figures, whatever it does."""
    honest, row = measure([contender(), liar], VALUES, QUICK)
    assert honest.error is None
    assert row.error is not None
    assert row.error.startswith(reason)
    assert row == Row(contender=row.contender, format="json", role="peer", error=row.error)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("word \n" * 1000, "ValueError: " + "word " * 27 + "word ..."),
        (
            "One thing is wrong here. " * 20,
            "ValueError: " + "One thing is wrong here. " * 5 + "...",
        ),
        ("x" * 1000, "ValueError: " + "x" * 144 + " ..."),
        ("short", "ValueError: short"),
        ("a" * 148, "ValueError: " + "a" * 148),
        ("a" * 149, "ValueError: " + "a" * 144 + " ..."),
        ("", "ValueError"),
    ],
)
def test_long_reasons_are_cut(text, shown):
    """What a library says is shown on one line, and not all of it: up to the end of a sentence, or of a word."""

    def fail(_):
        raise ValueError(text)

    (row,) = measure([contender(encode=fail)], VALUES, QUICK)
    assert row.error == shown
    assert len(row.error) <= 160


@pytest.mark.parametrize("after", [5, 7, 20])
def test_who_raises_later_has_failed(after):
    """Passing the check is not enough: who raises while it is timed has failed, too."""
    calls = itertools.count()

    def flaky(value):
        if next(calls) >= after:
            raise OSError("full")
        return dumps(value)

    rows = measure([contender(encode=flaky), contender("other")], VALUES, QUICK)
    assert rows[0] == Row(contender="honest", format="json", role="peer", error="OSError: full")
    assert rows[1].decode_stream.rounds == 2


def test_first_calls_and_memory_fail_too():
    """Who raises at a first call, or where memory is measured, has failed."""
    makes = itertools.count()

    def once():
        if next(makes):
            raise OSError("again")
        return dumps

    def in_the_dark(value):
        if tracemalloc.is_tracing():
            raise OSError("seen")
        return dumps(value)

    hidden = Contender(name="once", format="json", encode=once, decode=lambda: json.loads)
    assert measure([hidden], VALUES, QUICK)[0].error == "OSError: again"
    (row,) = measure([contender(encode=in_the_dark)], VALUES, attrs.evolve(QUICK, memory=True))
    assert row.error == "OSError: seen"


def test_figures():
    """Hot is the first value, a stream the mean of all, the first call includes making the function."""
    clock = Clock()

    def make_encode():
        clock.now += 70_000
        return taking(clock, 10_000, dumps)

    def decode(data):
        value = json.loads(data)
        clock.now += value["n"] * 1_000
        return value

    entry = Contender(name="c", format="json", encode=make_encode, decode=lambda: decode, role="floor")
    (row,) = measure([entry], VALUES, Settings(rounds=3, first_calls=2, memory=False, clock=clock))
    documents = [json.dumps(value).encode() for value in VALUES]
    assert (row.contender, row.format, row.role, row.error) == ("c", "json", "floor", None)
    assert row.size == row.document_size == sum(map(len, documents)) / 5
    lengths = sorted(map(len, documents))
    assert (row.size_p50, row.size_p99) == (lengths[2], lengths[4])
    assert row.encode_hot.batches == (10_000,) * 3
    assert row.compressed_size == sum(len(zlib.compress(data, 6)) for data in documents) / 5
    found = {
        name: value.median_ns
        for name, value in attrs.asdict(row, recurse=False).items()
        if "_" in name and hasattr(value, "median_ns")
    }
    assert found == {
        "encode_hot": 10_000,
        "encode_stream": 10_000,
        "decode_hot": 1_000,
        "decode_stream": 3_000,
        "encode_first": 80_000,
        "decode_first": 1_000,
    }
    assert (row.encode_hot.rounds, row.encode_first.rounds, row.encode_peak) == (3, 2, None)
    assert not row.encode_hot.noisy


def test_noisy_cells_are_marked():
    """A contender whose calls take now this, now that, is noisy; one beside it is not."""
    clock = Clock()
    decode = taking(clock, 5_000_000, json.loads)
    costs = itertools.cycle([20_000_000, 5_000_000, 60_000_000, 8_000_000])
    unsteady = contender(encode=taking(clock, costs, dumps), decode=decode)
    steady = contender("steady", encode=taking(clock, 5_000_000, dumps), decode=decode)
    rows = measure([unsteady, steady], VALUES, Settings(rounds=7, first_calls=1, memory=False, clock=clock))
    assert rows[0].encode_hot.noisy
    assert not rows[1].encode_hot.noisy
    # One first call says nothing of noise.
    assert rows[1].encode_first.noisy


def test_adapted_values():
    """A contender works on its own form of the values, and is held to that."""
    (row,) = measure([contender(adapt=lambda value: list(value.values()))], VALUES, QUICK)
    assert row.error is None
    assert row.size < 20


def test_memory():
    """The peak is that of the largest document, and tracing is off afterwards, or as it was."""

    def encode(value):
        return bytes(value)

    def decode(data):
        kept = bytearray(100_000) if len(data) == 3000 else b""
        return len(data) if kept is not None else 0

    settings = attrs.evolve(QUICK, memory=True)
    (row,) = measure([contender(encode=encode, decode=decode)], [10, 3000, 20], settings)
    assert 3000 <= row.encode_peak < 4500
    assert 100_000 <= row.decode_peak < 102_000
    assert not tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        measure([contender()], VALUES, settings)
        assert tracemalloc.is_tracing()
    finally:
        tracemalloc.stop()


def test_steps():
    """Steps are told one by one, up to the number that was told at first, whoever fails."""
    told = []
    settings = attrs.evolve(QUICK, rounds=3, first_calls=2)
    measure([contender(), contender("bad", encode=boom)], VALUES, settings, lambda *step: told.append(step))
    assert [done for _, done, _ in told] == list(range(1, 9))
    assert {total for _, _, total in told} == {8} == {steps(2, settings)}
    assert list(dict.fromkeys(what for what, _, _ in told)) == [
        "check honest in json",
        "check bad in json",
        "measure",
        "first call",
        "memory",
    ]


def test_everybody_may_fail():
    """Where nobody is left, the steps still come to their end, and the rows say why."""
    told = []
    rows = measure([contender(encode=boom)], VALUES, QUICK, lambda *step: told.append(step))
    assert rows[0].error is not None
    assert told[-1][1] == told[-1][2]


def test_no_values():
    """Nothing to measure with is refused."""
    with pytest.raises(ValueError, match="expected one value at least, got none"):
        measure([contender()], [])


@pytest.mark.parametrize("wrong", [{"rounds": 0}, {"first_calls": -1}, {"batch_ns": 0}])
def test_settings(wrong):
    """There is one round at least."""
    with pytest.raises(ValueError, match=r">= [01]"):
        Settings(**wrong)


def test_collection_is_as_before():
    """Garbage collection is on while calls are timed and afterwards, and nothing stays frozen."""
    seen = set()

    def encode(value):
        seen.add(gc.isenabled())
        return dumps(value)

    measure([contender(encode=encode)], VALUES, QUICK)
    assert seen == {True}
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_codecs_are_contenders():
    """Registered codecs give the values back, with the bytes that they write; each first call is a new codec's."""
    contenders = codec_contenders(Version, ["json", "msgpack-compact"])
    assert [(c.name, c.format, c.role) for c in contenders] == [
        ("symphony", "json", "codec"),
        ("symphony", "msgpack-compact", "codec"),
    ]
    assert contenders[0].encode() is not contenders[0].encode()
    rows = measure(contenders, [Version(1, 2, 3), Version(4, 5, 6)], QUICK)
    assert [(row.error, row.size) for row in rows] == [(None, 31), (None, 4)]
