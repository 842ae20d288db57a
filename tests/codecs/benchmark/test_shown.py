"""What people are shown of a report: tables that fit into 80 columns, sentences, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import itertools
import re

import attrs
import pytest

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from symphony_codecs.benchmark import Report, Row
from symphony_codecs.benchmark.answer import answer
from symphony_codecs.benchmark.compare import compare
from symphony_codecs.benchmark.compared import change_table, summary
from symphony_codecs.benchmark.shown import (
    duration_text,
    line_text,
    rate_text,
    size_text,
    speed_text,
    time_text,
)
from symphony_codecs.benchmark.table import drawn, render
from symphony_codecs.benchmark.tables import remarks, tables
from symphony_codecs.benchmark.written import to_csv, to_markdown
from tests.codecs.benchmark.test_report import FAILED, OURS, PEER, REPORT, timing


FORMATS = ("cbor", "json", "msgpack", "msgpack-compact", "pickle")
NS = st.floats(1, 1e13)
SIZES = st.integers(0, 2**40)


def shown(what, width=80):
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, markup=False).print(what)
    return out.getvalue()


def codec(format_, ns, size, compression="none", *, name="symphony", framed=False, role="codec", decode=None):
    return Row(
        contender=name,
        format=format_,
        role=role,
        compression=compression,
        framed=framed,
        size=float(size),
        size_p50=size,
        size_p99=2 * size,
        document_size=100.0,
        encode_stream=timing(float(ns)),
        decode_stream=timing(float(ns if decode is None else decode)),
    )


def report(*rows):
    return attrs.evolve(REPORT, rows=rows)


timings = st.builds(timing, NS, st.none() | st.floats(0, 1))
rows = st.builds(
    Row,
    contender=st.sampled_from(["symphony", "floor: ormsgpack", "dataclasses orjson", "positional_with_a_long_name"]),
    format=st.sampled_from(FORMATS),
    role=st.sampled_from(["codec", "peer", "floor"]),
    error=st.none() | st.just("ValueError: " + "no way " * 10),
    compression=st.sampled_from(["none", "zlib", "zstd"]),
    framed=st.booleans(),
    size=st.none() | st.floats(0, 2**40),
    size_p50=st.none() | SIZES,
    size_p99=st.none() | SIZES,
    document_size=st.none() | st.floats(0, 2**40),
    encode_hot=st.none() | timings,
    decode_hot=st.none() | timings,
    encode_stream=st.none() | timings,
    decode_stream=st.none() | timings,
    encode_first=st.none() | timings,
    decode_first=st.none() | timings,
    encode_peak=st.none() | SIZES,
    decode_peak=st.none() | SIZES,
    held=st.none() | st.floats(-1000, 2**40),
)
REPORTS = st.lists(rows, min_size=1, max_size=8).map(lambda found: report(*sorted(found, key=lambda row: row.format)))


@given(REPORTS)
@settings(max_examples=60, deadline=None)
def test_every_figure_is_readable_in_80_columns(found):
    """In 80 columns no line is longer, no text is cut, and every cell of every table is there in full."""
    text = shown(render(found, details=True))
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "…" not in text
    for table in tables(found, details=True):
        lines = [line.split() for line in shown(drawn(table)).splitlines()]
        figures = list(itertools.chain(*lines))
        for row in itertools.chain(*table.groups):
            for cell in row[table.words :]:
                assert all(part in figures for part in cell.split())


@given(REPORTS)
@settings(max_examples=40, deadline=None)
def test_every_report_can_be_written_and_read(found):
    """What is in a file is read again; CSV has a line for each row, Markdown a cell for each of a table."""
    assert Report.from_json(found.to_json()) == found
    lines = list(csv.DictReader(io.StringIO(to_csv(found).decode(), newline="")))
    assert [line["format"] for line in lines] == [row.format for row in found.rows]
    for line, row in zip(lines, found.rows, strict=True):
        assert None not in line.values()
        assert line["error"] == (row.error or "")
        assert line["framed"] == str(row.framed).lower()
        for name in ("encode_stream", "decode_first"):
            mine = getattr(row, name)
            assert line[f"{name}_median_ns"] == ("" if mine is None else str(mine.median_ns))
    text = to_markdown(found).decode()
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


def test_codecs_table():
    """A codec has a row for what its documents go through, with sizes, times, and rates of both together."""
    table, *_ = tables(
        report(
            codec("json", 500, 1000),
            codec("json", 2000, 400, "zlib"),
            codec("json", 700, 1032, framed=True),
            codec("json", 700, 432, "zstd", framed=True),
            codec("json", 250, 900, name="short"),
            FAILED,
        )
    )
    assert table.groups == (
        (
            ("json", "bare", "1,000", "1,000", "2,000", "500 ns", "500 ns", "1M", "100"),
            ("", "zlib", "400", "400", "800", "2 µs", "2 µs", "250K", "25"),
            ("", "frame", "1,032", "1,032", "2,064", "700 ns", "700 ns", "714K", "71.4"),
            ("", "zstd, frame", "432", "432", "864", "700 ns", "700 ns", "714K", "71.4"),
        ),
        (("short (json)", "bare", "900", "900", "1,800", "250 ns", "250 ns", "2M", "200"),),
    )


def test_libraries_table():
    """Others are beside the codec of their format, bare, and words say in which direction they differ."""
    _, table = tables(
        report(
            codec("json", 500, 10),
            codec("json", 500, 10, "zlib"),
            codec("json", 500, 10, framed=True),
            codec("json", 250, 9, name="mine"),
            codec("json", 900, 10, name="slow", role="peer"),
            codec("json", 240, 10, name="fast", role="peer"),
            codec("json", 510, 10, name="alike", role="floor"),
            codec("pickle", 10, 10, name="pickle", role="peer"),
            codec("toml", 10, 10),
        )
    )
    assert table.groups == (
        (
            ("json", "symphony", "10", "500 ns", "500 ns", ""),
            ("", "slow", "10", "900 ns", "900 ns", "1.8x slower"),
            ("", "fast", "10", "240 ns", "240 ns", "2.1x faster"),
            ("", "alike", "10", "510 ns", "510 ns", "as fast"),
        ),
        (("pickle", "pickle", "10", "10 ns", "10 ns", "-"),),
    )


def test_details():
    """Hot calls, first calls and memory are shown where they are asked for, noisy ones marked."""
    found = report(OURS, PEER)
    assert len(tables(found)) == 2
    *_, hot, memory = tables(found, details=True)
    assert hot.groups[0][0] == ("json", "symphony", "999 ns", "1.23 µs", "2.5 ms", "~3 s")
    assert memory.groups[0][0] == ("json", "symphony", "2.0K", "3.0M", "1.5K")
    text = shown(render(found, details=True))
    assert "other [red]" in text


def test_remarks():
    """Those without figures say why, once for all formats; those not installed say how to install them."""
    refused = attrs.evolve(FAILED, error="TypeError: no")
    found = remarks(
        report(
            OURS,
            refused,
            attrs.evolve(refused, format="msgpack"),
            FAILED,
            Row(contender="symphony", format="toml", role="codec", error="EncodeError: null"),
            Row(contender="symphony", format="toml", role="codec", error="EncodeError: null", compression="zlib"),
            Row(contender="mine", format="toml", role="codec", error="EncodeError: null"),
        )
    )
    assert found[:-1] == (
        "cannot do it: liar (json), liar (msgpack): TypeError: no",
        "cannot do it: liar (json): value 1 of 2 does not come back the same",
        "cannot do it: toml, mine (toml): EncodeError: null",
        "not measured: msgspec is not installed: pip install msgspec",
    )
    assert found[-1] == "CPython 3.11  no GIL  Linux  2 CPUs  compiled engine  attrs 1  commit abc-dirty"


def test_answer():
    """The end says which codec is the smallest, the fastest, the soonest over which line, and who is faster."""
    found = answer(
        report(
            codec("json", 500, 1000),
            codec("json", 50_000, 300, "zlib"),
            codec("json", 1, 1, framed=True),
            codec("cbor", 510, 800),
            codec("msgpack", 2000, 500),
            codec("json", 100, 1000, name="msgspec", role="peer"),
            codec("cbor", 5000, 800, name="slow", role="peer"),
            codec("json", 1, 1, name="floor: orjson", role="floor"),
            Row(contender="symphony", format="toml", role="codec", error="no"),
        )
    )
    stretches = "json + zlib up to 16.7 Mbit/s, msgpack from 16.7 Mbit/s to 805 Mbit/s, cbor above 805 Mbit/s"
    assert found == (
        "Smallest: msgpack, 500 bytes on average (cbor 800, json 1,000); compressed, json + zlib, 300.",
        "Fastest: json, 1 µs to encode and decode a message, 1M messages a second; cbor within 5 %.",
        f"Soonest at the other end, encoded, sent over a line and decoded: {stretches}.",
        "Faster in the same format: msgspec (json) 5.0x faster.",
    )


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ((FAILED,), ("No codec can do these values; the reasons are above.",)),
        (
            (codec("json", 500, 100),),
            (
                "Smallest: json, 100 bytes on average.",
                "Fastest: json, 1 µs to encode and decode a message, 1M messages a second.",
                "Soonest at the other end, encoded, sent over a line and decoded: json at any speed.",
            ),
        ),
        (
            (attrs.evolve(codec("json", 500, 100), encode_stream=None),),
            ("Smallest: json, 100 bytes on average.",),
        ),
        (
            (codec("json", 500, 100), codec("json", 600, 100, name="peer", role="peer")),
            (
                "Smallest: json, 100 bytes on average.",
                "Fastest: json, 1 µs to encode and decode a message, 1M messages a second.",
                "Soonest at the other end, encoded, sent over a line and decoded: json at any speed.",
                "No other library is faster in the same format.",
            ),
        ),
    ],
)
def test_short_answers(rows, sentences):
    """Nothing is said of what was not measured."""
    assert answer(report(*rows)) == sentences


@given(REPORTS)
@settings(max_examples=60, deadline=None)
def test_there_is_always_an_answer(found):
    """Whatever was measured, there are sentences, and they name no codec that has failed."""
    sentences = answer(found)
    assert sentences
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize(
    ("function", "value", "text"),
    [
        (speed_text, None, "-"),
        (speed_text, 0.0, "no time"),
        (speed_text, 1.0, "as fast"),
        (speed_text, 1.04, "as fast"),
        (speed_text, 0.96, "as fast"),
        (speed_text, 1.06, "1.1x slower"),
        (speed_text, 0.5, "2.0x faster"),
        (speed_text, 1234.0, "1,234x slower"),
        (speed_text, 1 / 20, "20x faster"),
        (rate_text, None, "-"),
        (rate_text, 0.0, "0"),
        (rate_text, 12.34, "12.3"),
        (rate_text, 999.4, "999"),
        (rate_text, 999.6, "1K"),
        (rate_text, 1_234_567.0, "1.23M"),
        (rate_text, 999_999_999.0, "1G"),
        (size_text, None, "-"),
        (size_text, 99_999.4, "99,999"),
        (size_text, 99_999.6, "100kB"),
        (size_text, 12_345_678.0, "12.3MB"),
        (line_text, 64_000.0, "64 kbit/s"),
        (line_text, 999.0, "999 bit/s"),
        (line_text, 1e10, "10 Gbit/s"),
        (duration_text, 0.0, "0"),
        (duration_text, 0.4, "0.4 ns"),
        (duration_text, 12.34, "12.3 ns"),
        (duration_text, 999.4, "999 ns"),
        (duration_text, 999.6, "1 µs"),
        (duration_text, 1500.0, "1.5 µs"),
        (duration_text, 123_400.0, "123 µs"),
        (duration_text, 250e6, "250 ms"),
        (duration_text, 2e12, "2000 s"),
        (time_text, timing(1500.0, None), "~1.5 µs"),
    ],
)
def test_texts(function, value, text):
    """Figures have three digits, and units; ratios say their direction."""
    assert function(value) == text


@given(st.floats(0, 1e12))
def test_figures_are_short(value):
    """No figure takes so much room that a table gets too wide."""
    assert len(size_text(value)) <= 7
    assert len(rate_text(value)) <= 5


def test_changes():
    """A comparison shows what has changed, in which direction, and the least that is to be known of the rest."""
    pytest.importorskip("scipy", reason="the extra report has scipy")
    before = report(
        codec("json", 500, 100), codec("json", 500, 100, "zlib"), codec("msgpack", 500, 50), codec("cbor", 5, 5)
    )
    after = attrs.evolve(
        before,
        rows=(
            slowed(before.rows[0], 1.5),
            attrs.evolve(before.rows[1], size=90.0, size_p50=110),
            slowed(before.rows[2], 0.5),
            Row(contender="symphony", format="cbor", role="codec", error="no"),
        ),
    )
    many = [attrs.evolve(one, rows=tuple(map(with_rounds, one.rows))) for one in (before, after)]
    found = compare(*many)
    table = change_table(found)
    assert [row for group in table.groups for row in group] == [
        ("cbor", "bare", "", "-", "-", "failed"),
        ("json", "bare", "encode stream", "500 ns", "750 ns", "50.0 % slower"),
        ("", "zlib", "bytes", "100", "90", "10.0 % smaller"),
        ("", "zlib", "bytes, p50", "100", "110", "10.0 % larger"),
        ("msgpack", "bare", "encode stream", "500 ns", "250 ns", "50.0 % faster"),
    ]
    assert summary(found) == (
        "Times are not corrected by the machine's speed: too few other libraries are in both reports.",
        "Times: 1 slower, 1 faster of 6 figures, by more than 5 % and beyond the noise.",
        "Sizes: 1 larger, 1 smaller of 9 figures.",
        "Codecs: 1 failed, 0 works again of 1 figure.",
        "Something got worse.",
        "Was the machine busy? Then measure both again, with --processes 3, or with a larger --threshold.",
    )
    assert all(len(line) <= 80 for line in shown(drawn(table)).splitlines())
    assert change_table(compare(many[0], many[0])).groups == ()


def slowed(row, times):
    return attrs.evolve(row, encode_stream=timing(row.encode_stream.median_ns * times))


def with_rounds(row, rounds=15):
    """Give a row rounds that differ by a little."""

    def spread(one):
        batches = tuple(one.median_ns * (1 + 0.001 * (number - rounds // 2)) for number in range(rounds))
        return attrs.evolve(one, rounds=rounds, batches=batches)

    if row.error is not None:
        return row
    return attrs.evolve(row, encode_stream=spread(row.encode_stream), decode_stream=spread(row.decode_stream))
