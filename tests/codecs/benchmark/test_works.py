"""The works and contenders of ``python -m bench``: seeded, distinct, and honest."""

from __future__ import annotations

import importlib.util
import itertools
import types

import orjson
import pytest

from bench import contenders, wire
from bench.classes import with_attrs, with_dataclasses
from bench.work import values_of
from bench.works import bad_field, envelope, manifest, tree, workflow
from symphony_codecs import get_codec
from symphony_codecs.benchmark import Contender, Settings, measure


QUICK = Settings(rounds=1, first_calls=1, batch_ns=1, memory=False)
WORKS = {work.NAME: work for work in wire.WORKS}
SMALL = {"tree": {"records": 40}, "bad field": {"records": 40}, "workflow": {"nodes": 5}}


def small(work):
    """Return the work with two values, small ones."""

    def make(classes, count, seed):
        return work.make(classes, count, seed, **SMALL.get(work.NAME, {}))

    return types.SimpleNamespace(**{**vars(work), "COUNT": 2, "make": make})


@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_works_are_seeded(work):
    """The same seed gives the same values, more values begin with the same, another seed gives others."""
    as_type, values = small(work).make(with_attrs, 2, 1)
    again = small(work).make(with_attrs, 3, 1)[1]
    other = small(work).make(with_attrs, 2, 2)[1]
    encode = get_codec("json").encoder(as_type)
    assert [encode(value) for value in values] == [encode(value) for value in again[:2]]
    assert len({encode(value) for value in (*again, *other)}) == 5


# The bad field's values are the tree's.
@pytest.mark.parametrize("work", [work for work in WORKS.values() if work is not bad_field], ids=lambda work: work.NAME)
def test_contenders_give_values_back(work):
    """Everybody who is installed does every work, down to the last value."""
    little = small(work)
    found = [
        entry
        for module in contenders.ALL
        if all(importlib.util.find_spec(name) for name in module.NEEDS)
        for entry in module.contenders(little)
    ]
    rows = measure(found, range(little.COUNT), QUICK)
    failed = {(row.contender, row.format) for row in rows if row.error is not None}
    # It takes no bytes for keys, and says so.
    assert failed <= {("floor: ormsgpack", "msgpack"), ("floor: ormsgpack", "msgpack-compact")}
    assert not failed or work is workflow
    assert {row.format for row in rows if row.role == "codec"} == {"json", "msgpack", "msgpack-compact", "cbor"}


def test_seats():
    """Who takes part is found again in its process, by its work, module, name and format."""
    found = wire.contenders_of(WORKS["ids"])
    together = [name for name, _ in itertools.groupby(entry.format for entry, _ in found)]
    assert len(together) == len(set(together))
    for entry, module in found:
        again, numbers = wire.seat("ids", module, entry.name, entry.format)
        assert (again.name, again.format, again.role, again.environ) == (
            entry.name,
            entry.format,
            entry.role,
            entry.environ,
        )
        assert len(numbers) == WORKS["ids"].COUNT
    with pytest.raises(KeyError):
        wire.seat("ids", "bench.contenders.cattrs", "pydantic", "json")


def test_classes_hold_the_same_data():
    """What is written of attrs classes and of dataclasses is the same document."""
    for work in (tree, WORKS["unions"], WORKS["enums"], WORKS["ids"], WORKS["datetimes"]):
        documents = []
        for classes in (with_attrs, with_dataclasses):
            as_type, values = small(work).make(classes, 1, 1)
            documents.append(get_codec("json").encode(values[0], as_type))
        assert documents[0] == documents[1]


def count(record):
    return 1 + sum(map(count, record.get("contents", ())))


@pytest.mark.parametrize("records", [1, 2, 13, 40, 1000])
def test_trees_have_as_many_records_as_asked_for(records):
    """A tree has the records that were asked for, whatever chance says."""
    as_type, (value,) = tree.make(with_attrs, 1, 3, records=records)
    assert count(orjson.loads(get_codec("json").encode(value, as_type))) == records


def test_sizes():
    """The streams are as long as they say, workflows as large, and messages recur as in a conversation."""
    _, messages = values_of(envelope)
    assert len(messages) == len({m.id for m in messages}) == 500
    assert len({m.sender for m in messages}) <= 8
    (flow,) = workflow.make(None, 1, 1, nodes=10)[1]
    assert len(flow.nodes) == 10
    flow.validate()
    assert len({m.name for m in manifest.make(None, 20, 1)[1]}) == 20


def test_bad_field_has_to_be_refused():
    """A reader that takes the damaged document has failed; what refuses it is measured, and only its reading."""
    as_type, values = small(bad_field).make(with_attrs, 1, 1)
    json = get_codec("json")

    def entry(name, decode):
        return Contender(
            name=name, format="json", encode=lambda: json.encoder(as_type), decode=decode, adapt=values.__getitem__
        )

    refusers = list(wire._refusing([entry("ours", lambda: json.decoder(as_type)), entry("lax", lambda: orjson.loads)]))
    ours, lax = map(wire._without_encoding, measure(refusers, range(1), QUICK))
    assert ours.error is None
    assert (ours.encode_stream, ours.encode_first) == (None, None)
    assert ours.decode_stream is not None
    assert lax.error == "ValueError: expected the document to be refused"


def test_damage():
    """The last file of the tree gets a text for its size; a tree without a file is no work."""
    document = {"contents": [{"size": 1}, {"contents": [{"size": 2}]}]}
    assert bad_field.damage(document) == {"contents": [{"size": 1}, {"contents": [{"size": "large"}]}]}
    with pytest.raises(ValueError, match="expected a tree with a file"):
        bad_field.damage({"contents": []})


def test_measure(monkeypatch):
    """A run is a report for each work, with who was skipped, and floors and pickle refuse nothing."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    told = []
    (report,) = wire.measure(QUICK, [WORKS["bad field"]], lambda *step: told.append(step))
    assert (report.what, report.values, report.source) == ("bad field", 1, "made with seed 1")
    assert {(row.contender, row.format, row.error) for row in report.rows} == {
        ("symphony", "json", None),
        ("symphony, pure", "json", None),
    }
    assert "msgspec: msgspec is not installed" in report.skipped
    assert told[-1][1] == told[-1][2]
    assert told[0][0] == "bad field: check symphony in json"
