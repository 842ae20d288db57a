"""The sweep for cliffs: which points there are, who takes part in a cell, and what is found there."""

from __future__ import annotations

import io
import itertools
import json

import attrs
import pytest

from rich.console import Console

from bench.cliffs.cases import Case
from bench.cliffs.points import DIMENSIONS, FORMATS, Point, of_domain, one_at_a_time, one_format_each, possible, sizes
from bench.cliffs.rows import Ratio, RowRule, measure_row
from bench.cliffs.rules import CELL_RULES, findings
from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_codecs.benchmark.sameness import difference


measured = pytest.importorskip("bench.cliffs.measured", reason="the extra bench has what is compared with")
figures, page, run, shown, sweep = (
    pytest.importorskip(f"bench.cliffs.{name}") for name in ("figures", "page", "run", "shown", "sweep")
)
pytest.importorskip("msgspec")
contenders = pytest.importorskip("bench.cliffs.contenders")

BRIEF = measured.Settings(rounds=1, batch_ns=1, contenders=("symphony", "cattrs", "bare"))
RULES = {rule.name: rule for rule in CELL_RULES}
# No library of the standard's types is whole: these are reported, and not hidden.
UNSUPPORTED = {"IPv4Address", "IPv6Address", "IPv4Network", "IPv6Interface"}
ALONE = [(dimension, value) for dimension, values in DIMENSIONS.items() for value in values]


def cell(**changes):
    times = {"symphony": 100.0, "cattrs": 400.0, "msgspec": 80.0, "bare": 100.0}
    return measured.Cell(**{"point": Point(), "direction": "decode", "times": times, **changes})


# Points


def test_one_at_a_time():
    """Each value of each dimension is there, in each format that has it, and no point is there twice."""
    points = list(one_at_a_time())
    assert len(points) == len(set(points))
    found = {(name, value) for point in points for name, value in point.changes.items()}
    assert {(name, value) for name, values in DIMENSIONS.items() for value in list(values)[1:]} <= found
    assert {point.format for point in points if not point.changes} == set(FORMATS)
    assert all(map(possible, points))


def test_quick():
    """A quick sweep has each point in one format, and all formats among them."""
    points = one_format_each(one_at_a_time())
    assert {point.title for point in points} == {point.title for point in one_at_a_time()}
    assert len({point.title for point in points}) == len(points)
    assert {point.format for point in points} == set(FORMATS)


def test_pairs():
    """Each pair of values that is possible stands in a row, and nothing that is impossible."""
    pairs = pytest.importorskip("bench.cliffs.pairs")
    pytest.importorskip("allpairspy")
    dimensions = {"a": ["a1", "a2", "a3"], "b": ["b1", "b2"], "c": ["c1", "c2"]}

    def fits(row):
        return not (row.get("a") == "a1" and row.get("c") == "c2")

    rows = list(pairs.covering(dimensions, fits))
    found = {pair for row in rows for pair in itertools.combinations(row.items(), 2)}
    wanted = {
        ((one, left), (other, right))
        for one, other in itertools.combinations(dimensions, 2)
        for left in dimensions[one]
        for right in dimensions[other]
    }
    assert found == wanted - {(("a", "a1"), ("c", "c2"))}


def test_sizes_and_domain():
    """Documents go from 1 kB to 100 MB; a type of the domain has a point in each format."""
    records = sorted({point.records for point in sizes()})
    data = Case(Point(records=records[0])).good
    assert 0.5e3 < len(data) < 2e3
    assert 0.7e8 < len(data) / records[0] * records[-1] < 1.3e8
    assert [point.title for point in of_domain(["Version"])] == ["domain: Version"] * len(FORMATS)


@pytest.mark.parametrize(("dimension", "value"), ALONE)
def test_cases(dimension, value):
    """We read what a case says, or refuse it where it does not fit; another format for each."""
    points = [Point(format=name, records=4, **{dimension: value}) for name in FORMATS]
    points = [point for point in points if possible(point)]
    case = Case(points[list(DIMENSIONS[dimension]).index(value) % len(points)])
    own = case.side("own")
    try:
        data = case.data
    except EncodeError:
        assert value in UNSUPPORTED
        return
    decode = case.codec.decoder(own.root)
    if case.document.verdict == "valid":
        assert difference(decode(data), own.value) is None
    else:
        with pytest.raises(DecodeError):
            decode(data)


# Cells


def slow(case):
    """Somebody who does all of it a hundred times."""
    usual = contenders.CONTENDERS["symphony"](case)

    def encode(value):
        for _ in range(99):
            usual.encode(value)
        return usual.encode(value)

    def decode(data):
        for _ in range(99):
            usual.decode(data)
        return usual.decode(data)

    return attrs.evolve(usual, encode=encode, decode=decode)


def test_a_slow_contender_is_a_cliff():
    """What is a hundred times slower than it is misses its rule in both directions."""
    point = Point(records=20)
    good = measured.measure(point, BRIEF)
    assert [one.direction for one in good] == ["encode", "decode"]
    assert all(set(one.times) == {"symphony", "cattrs", "bare"} for one in good)
    bad = measured.measure(point, BRIEF, {**contenders.CONTENDERS, "symphony": slow})
    missed = {(one.rule.name, one.cell.direction) for one in findings(bad) if one.missed}
    assert missed == {("cattrs", "encode"), ("cattrs", "decode")}
    assert shown.cliffs(findings(bad)) == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"decode": lambda _: []}, "does not give the same value at the root"),
        ({"decode": lambda _: 1 / 0}, "ZeroDivisionError"),
        ({"encode": lambda _: b"?"}, "unexpected character"),
    ],
)
def test_who_does_not_give_the_same_value_is_left_out(change, reason):
    """A contender that reads something else is not timed; the reason is kept."""

    def wrong(case):
        return attrs.evolve(contenders.CONTENDERS["cattrs"](case), **change)

    (encoding, decoding) = measured.measure(Point(records=3), BRIEF, {**contenders.CONTENDERS, "cattrs": wrong})
    assert "cattrs" not in encoding.times
    assert reason in encoding.left_out["cattrs"]
    assert ("cattrs" in decoding.times) == ("encode" in change)
    assert set(decoding.times) >= {"symphony", "bare"}


def test_what_we_cannot_do_is_no_cliff_and_is_said():
    """A cell that this project cannot do is listed, with the formats."""

    def unable(_):
        raise TypeError("no such type")

    cells = [
        one
        for format_ in ("json", "cbor")
        for one in measured.measure(
            Point(format=format_, leaf="date", records=2), BRIEF, {**contenders.CONTENDERS, "symphony": unable}
        )
    ]
    assert findings(cells) == []
    assert list(shown.unsupported(cells)) == ["leaf: date, 2 records (json, cbor): TypeError: no such type"]


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ("100 wrong types", {"symphony", measured.GOOD, measured.DETAILED}),
        ("cut at the end", {"symphony", measured.GOOD, "cattrs", "bare"}),
    ],
)
def test_refusals(document, names):
    """A document to be refused is timed for those who refuse it, beside a good one."""
    settings = attrs.evolve(BRIEF, contenders=("symphony", "cattrs", measured.DETAILED, "bare"))
    (found,) = measured.measure(Point(document=document, records=10), settings)
    assert set(found.times) == names


def test_processes(tmp_path):
    """Points are measured in another process; one that it dies of is said to be so, and the others go on."""
    points = [Point(records=2), Point(records=3)]
    cells = list(sweep.sweep(points, BRIEF))
    assert [(one.point.records, one.direction) for one in cells] == [
        (2, "encode"),
        (2, "decode"),
        (3, "encode"),
        (3, "decode"),
    ]
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o700)
    dying = sweep.Build(python=str(python))
    assert [one.left_out for one in sweep.sweep(points, BRIEF, dying)] == [{"symphony": "its process died"}] * 2
    with pytest.raises(sweep.SweepError, match="'int keys' died"):
        sweep.measured_rows("int keys", BRIEF, dying)


# Rules


@pytest.mark.parametrize(
    ("rule", "changes", "ratio", "limit"),
    [
        ("cattrs", {}, 0.25, 0.5),
        ("cattrs", {"times": {"symphony": 90.0, "cattrs": 100.0, "bare": 80.0}}, 0.9, 0.96),
        ("cattrs", {"calls": True}, 0.25, 1.0),
        ("cattrs", {"times": {"symphony": 90.0, "cattrs": 100.0}}, 0.9, 0.5),
        ("msgspec", {}, 1.25, 2.0),
        ("msgspec, nine of ten", {}, 1.25, 1.5),
        ("invalid", {"verdict": "invalid", "times": {"symphony": 3.0, measured.DETAILED: 2.0}}, 1.5, 1.0),
        ("malformed", {"verdict": "malformed", "times": {"symphony": 6.0, measured.GOOD: 1.0}}, 6.0, 5.0),
        ("cattrs, without the engine", {"pure": True}, 0.25, 1.2),
    ],
)
def test_rules(rule, changes, ratio, limit):
    """Each rule compares what it says, and with the limit of the cell."""
    (found,) = findings([cell(**changes)], [RULES[rule]])
    assert (found.ratio, found.limit) == (pytest.approx(ratio), pytest.approx(limit))
    assert found.missed == (ratio > limit)


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "invalid"},
        {"pure": True},
        {"times": {"cattrs": 1.0, "msgspec": 1.0}},
        {"times": {"symphony": 1.0}},
    ],
)
def test_rules_say_nothing_of_other_cells(changes):
    """A rule holds for its cells alone, and for those in which both have taken part."""
    assert findings([cell(**changes)], [RULES["cattrs"], RULES["msgspec"], RULES["malformed"]]) == []


def test_worst_first():
    """What misses its limit by most comes first; a cell that misses two rules is one cliff."""
    bad = cell(times={"symphony": 1000.0, "cattrs": 100.0, "msgspec": 10.0}, direction="encode")
    found = findings([cell(), bad, cell(times={"symphony": 300.0, "cattrs": 400.0}, point=Point(format="cbor"))])
    assert [one.rule.name for one in shown.worst(found)] == ["msgspec", "cattrs", "cattrs"]
    assert shown.cliffs(found) == 2


def test_rows():
    """Rows of no cell come the worst first, and count as cliffs where they are missed."""

    def ratios(rounds):
        yield Ratio("small", 0.5, f"{rounds} rounds")
        yield Ratio("large", 3.0, "")

    rule = RowRule(name="a row", work="work", against="others", at_most=2.0, measure=ratios)
    rows = measure_row(rule, 7)
    assert [(row.work, row.missed) for row in rows] == [("large", True), ("small", False)]
    assert rows[1].detail == "7 rounds"
    assert shown.cliffs([], rows) == 1


# Figures


def found_figures():
    rows = measure_row(
        RowRule(
            name="a row", work="w", against="o", at_most=2.0, measure=lambda _: iter([Ratio("large", 3.0, "1 to 3")])
        ),
        1,
    )
    bad = cell(times={"symphony": 1234567.0, "cattrs": 2.0}, point=Point(leaf="date", format="cbor"))
    out = cell(times={}, left_out={"symphony": "TypeError: no"}, point=Point(style="TypedDict"))
    return figures.Figures(settings=BRIEF, cells=[cell(pure=True), bad, out], rows=rows)


def test_figures_are_kept():
    """A cell is a line, with three significant digits; what is read is what was written."""
    text = found_figures().to_json()
    assert json.loads(text)["environment"]["engine"] in {"compiled", "python"}
    assert '\n["cbor","leaf: date",1230,0.002]' in text
    again = figures.Figures.from_json(text)
    assert again.to_json() == text
    assert again.cells[1].point == Point(leaf="date", format="cbor")
    assert again.cells[2].left_out == {"symphony": "TypeError: no"}


def test_what_is_shown():
    """The output has the worst cells, the limits, unsupported points and the number of cliffs, in this order."""
    console = Console(width=150, record=True, file=io.StringIO())
    shown.show(found_figures(), console, 10)
    text = console.export_text()
    assert text.index("leaf: date") < text.index("Limits of cells") < text.index("a row")
    assert "not supported: style: TypedDict (json): TypeError: no" in text
    assert text.rstrip().endswith("2 cliffs in 4 cells and rows")


def test_page():
    """The page has the number of cliffs of both figures in the cells of both, that of all cells, and the worst."""
    latest = found_figures()
    text = page.table(latest, latest)
    assert "| in the 3 cells of both | 1 | 1 |" in text
    assert "| in all cells and rows |  | 2 |" in text
    assert "| leaf: date | cbor | decode | cattrs |" in text
    before = attrs.evolve(latest, cells=latest.cells[:1])
    assert "| in the 1 cells of both | 0 | 0 |" in page.table(before, latest)


def test_codecs_are_of_the_point():
    """Options, unions and hooks are those of the codec; the shared one stays as it is."""
    case = Case(Point(option="strict", hook="leaf, str"))
    assert case.codec.options.strict
    assert not get_codec("json").options.strict
