"""Who is compared: whoever is installed, each on the type itself, and honestly."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest

from symphony_codecs import get_codec
from symphony_codecs.benchmark import Settings, generate, measure, peer_contenders
from symphony_types import Version
from tests.codecs.benchmark.types_here import Order, Point


QUICK = Settings(rounds=1, first_calls=1, batch_ns=1, memory=False)
LIBRARIES = {"adaptix": "adaptix", "mashumaro": "mashumaro", "msgspec": "msgspec", "serpyco-rs": "serpyco_rs"}


def installed(module):
    return importlib.util.find_spec(module) is not None


def test_peers_of_a_plain_class():
    """What is installed takes part with a flat dataclass in each format that it has, and gives it back."""
    peers = peer_contenders(Point)
    rows = measure(peers.contenders, generate(Point, 5), QUICK)
    assert [(row.contender, row.format, row.error) for row in rows if row.error] == []
    names = {(row.contender, row.format) for row in rows}
    assert {
        ("cattrs orjson", "json"),
        ("dataclasses orjson", "json"),
        ("cattrs msgpack", "msgpack"),
        ("cattrs cbor2", "cbor"),
        ("pickle", "pickle"),
        ("floor: orjson", "json"),
        ("floor: msgpack", "msgpack"),
        ("floor: msgpack", "msgpack-compact"),
        ("floor: cbor2", "cbor"),
    } <= names
    for name, module in LIBRARIES.items():
        assert ((name, "json") in names) is installed(module)
        assert (f"{name} is not installed: pip install {name}" in peers.skipped) is not installed(module)
    assert {row.role for row in rows if row.contender.startswith("floor")} == {"floor"}


def test_formats():
    """Only the formats that are asked for, in their order; a library without a type is not asked."""
    found = peer_contenders(Version, ["pickle", "cbor"]).contenders
    assert [(c.format, c.name) for c in found] == [
        ("pickle", "pickle"),
        ("cbor", "floor: cbor2"),
        ("cbor", "cattrs cbor2"),
    ]
    assert peer_contenders(Version, ["toml"]).contenders == ()
    assert "dataclasses orjson" not in {c.name for c in peer_contenders(Version, ["json"]).contenders}


def test_floors_work_on_what_the_codec_writes():
    """The floor of a format writes the same content as the codec, as builtins."""
    (floor,) = (c for c in peer_contenders(Version, ["json"]).contenders if c.role == "floor")
    tree = floor.adapt(Version(1, 2, 3))
    assert tree == {"major": 1, "minor": 2, "patch": 3}
    assert floor.encode()(tree) == get_codec("json").encode(Version(1, 2, 3))
    assert floor.decode()(b"[1]") == [1]


def test_first_calls_start_from_nothing():
    """Each making of functions makes new ones, with nothing from before but what the library itself keeps."""
    (cattrs,) = (c for c in peer_contenders(Point, ["cbor"]).contenders if c.name == "cattrs cbor2")
    assert cattrs.encode() is not cattrs.encode()
    assert cattrs.decode()(cattrs.encode()(Point(1, "a"))) == Point(1, "a")


def test_peers_that_cannot_do_the_type():
    """A library that cannot do a type is failed with what it says; the floor still stands."""
    rows = {
        row.contender: row for row in measure(peer_contenders(Order, ["cbor"]).contenders, generate(Order, 3), QUICK)
    }
    assert rows["floor: cbor2"].error is None
    assert rows["cattrs cbor2"].error is not None


def test_nothing_is_imported_early():
    """Peers are looked for without being imported."""
    absent = [module for module in (*LIBRARIES.values(), "pydantic") if module not in sys.modules]
    peer_contenders(Point)
    assert not [module for module in absent if module in sys.modules]


@pytest.mark.parametrize("module", ["pydantic", "msgspec"])
def test_peers_that_are_not_installed(monkeypatch, module):
    """A library that is not there is skipped with a line, once."""
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == module else real(name))
    peers = peer_contenders(Point)
    assert peers.skipped.count(f"{module} is not installed: pip install {module}") == 1
    assert module not in {c.name for c in peers.contenders}


def test_msgspec_and_pydantic_on_json():
    """What the peers write is JSON of the value."""
    for contender in peer_contenders(Point, ["json"]).contenders:
        if contender.role == "peer":
            assert json.loads(contender.encode()(Point(1, "a"))) == {"x": 1, "name": "a"}
