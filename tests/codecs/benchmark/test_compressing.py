"""What compression does to messages by their length."""

from __future__ import annotations

import zlib

import pytest

from symphony_codecs import get_codec
from symphony_codecs.benchmark import Report, Settings
from symphony_codecs.benchmark.compressing import LENGTHS, compressed_sizes
from symphony_codecs.benchmark.run import measure_type
from symphony_codecs.framing.compression import available_compressions


QUICK = Settings(rounds=1, batch_ns=1, first_calls=0, memory=False)
TEXTS = ["a" * 10, "b" * 100, "c" * 1000, "abc" * 500]


def found(*names, values=TEXTS, compressions=("none", "zlib")):
    return compressed_sizes(str, values, [get_codec(name) for name in names], compressions, QUICK)


def test_lengths():
    """Documents are cut to each length that some of them have, and compressed alone."""
    figures = {(one.codec, one.size): one for one in found("json", "msgpack")}
    assert list(figures) == [(name, size) for name in ("json", "msgpack") for size in (64, 256, 1024)]
    documents = [get_codec("json").encode(text, str) for text in TEXTS if len(text) > 256]
    sizes = [len(zlib.compress(document[:256])) for document in documents]
    assert figures["json", 256].compressed == pytest.approx(sum(sizes) / len(sizes))
    assert all(one.compress_ns > 0 and one.decompress_ns > 0 for one in figures.values())


def test_many_documents():
    """Of many documents a few of all lengths are taken, and no document is longer than the longest length."""
    assert max(one.size for one in found("json", values=["x" * size for size in range(500)])) == 256
    assert LENGTHS[-1] == 4 * 2**20


def test_what_cannot_be():
    """A codec that cannot write the values, and documents that are too short, have no figures; neither has ``none``."""
    assert found("toml") == ()
    assert found("json", values=["short"]) == ()
    assert found("json", compressions=("none",)) == ()


def test_report():
    """A report has the figures of all compressions that are there, and keeps them in its file."""
    report = measure_type(str, TEXTS, codecs=[("symphony", get_codec("json"))], peers=(), settings=QUICK)
    names = {how.name.lower() for how in available_compressions()}
    assert {one.compression for one in report.compressing} == names
    assert Report.from_json(report.to_json()) == report
