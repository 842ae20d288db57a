"""What the documentation shows is what was measured."""

from __future__ import annotations

import datetime as dt
import re

import attrs
import pytest

from bench.figures.codecs import CODECS, Figures
from bench.targets import Verdict
from symphony_codecs.benchmark import Report
from tests.codecs.benchmark.test_report import REPORT, timing


pages, plots, report = (
    pytest.importorskip(f"bench.{name}", reason="the extra bench has matplotlib")
    for name in ("pages", "plots", "report")
)

OURS, PEER, FAILED, _ = REPORT.rows
FLOOR = attrs.evolve(PEER, contender="floor: orjson", role="floor")
PURE = attrs.evolve(OURS, contender="symphony, pure")
MSGPACK = attrs.evolve(OURS, format="msgpack", encode_stream=timing(123_456.0))
VERDICT = Verdict(work="tree", format="json", what="decode", ours="symphony", against="cattrs", limit=0.9, ratio=0.5)


def figures(*verdicts):
    rows = (OURS, PURE, FLOOR, PEER, FAILED, MSGPACK)
    reports = tuple(
        Report(**{**attrs.asdict(REPORT, recurse=False), "what": name, "rows": rows}) for name in ("envelope", "tree")
    )
    imports = ({"what": "attrs", "median_ms": 12.34, "min_ms": 10.0, "rounds": 3},)
    return Figures(reports=reports, targets=verdicts or (VERDICT,), import_time=imports)


def part(name, found):
    return pages.filled(f"before\n<!-- figures: {name} -->\nold\n<!-- end of figures -->\nafter", found)


def test_figures_are_kept_as_they_are():
    """What is read is what was written, with three significant digits and whole bytes, a row in each line."""
    found = figures(VERDICT, attrs.evolve(VERDICT, ratio=None, error="cattrs: no"))
    text = found.to_json()
    again = Figures.from_json(text)
    assert again.to_json() == text
    assert (again.targets, again.import_time) == (found.targets, ({**found.import_time[0], "median_ms": 12.3},))
    first, size = again.work("tree").rows[0], OURS.size
    assert (first.size, first.role, first.encode_stream.noisy) == (round(size), OURS.role, OURS.encode_stream.noisy)
    assert again.work("tree").rows[-1].encode_stream.median_ns == 123_000
    assert text.count('\n["symphony","json",') == len(found.reports)
    assert found.of_commit("abc").work("envelope").environment.commit == "abc"
    assert found.at == dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


def test_parts_of_a_page():
    """What is between marks is made anew, and anew again is the same; the rest stays."""
    once = part("imports", figures())
    assert once.startswith("before\n<!-- figures: imports -->\n\n| import |")
    assert once.endswith("| attrs | 12.3 | 10 |\n\n<!-- end of figures -->\nafter")
    assert pages.filled(once, figures()) == once
    with pytest.raises(KeyError):
        part("nothing", figures())


def test_works():
    """A table for each work and format, with noisy cells marked, ratios to ours, and who failed and why."""
    text = part("works", figures())
    assert text.count("\n**json**\n") == 2
    assert "| symphony | 1,404 | 200 | ~2 µs | 3 µs | 1.00x | 999 ns | 1.23 µs | 2.5 ms | ~3 s | 1.5K |" in text
    assert "| liar | failed |" in text
    assert "- liar, json: value 1 of 2 does not come back the same" in text
    assert "### Envelope" in text
    assert "### Tree" in text


def test_targets():
    """What holds everywhere is shown by its worst, the rest row by row."""
    worse = attrs.evolve(VERDICT, work="ids", ratio=0.95)
    failed = attrs.evolve(VERDICT, work="enums", ratio=None, error="cattrs: no", excused=True)
    floor = attrs.evolve(VERDICT, against="floor: orjson", limit=1.9, ratio=1.234)
    text = part("targets", figures(VERDICT, worse, failed, floor))
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert lines == [
        "| tree | json | decode | symphony | floor: orjson | 1.23 | 1.90 | yes |",
        "| ids | json | decode | symphony | cattrs | 0.95 | 0.90 | no |",
    ]


def test_environment():
    """The date, the versions, the machine and who was not there are on the page."""
    text = part("environment", figures())
    assert "Measured on 2026-01-02" in text
    assert "engine of the codecs: compiled" in text
    assert "attrs 1" in text
    assert "abc-dirty" in text
    assert "Not installed, so not measured: msgspec is not installed" in text


@pytest.fixture
def few(monkeypatch):
    """Draw but one plot."""
    monkeypatch.setattr(plots, "PLOTS", {"envelope-json": plots.PLOTS["envelope-json"]})


def test_plots(tmp_path, few):
    """A plot is drawn for light and dark pages; the same figures make the same file, and themes differ in colours."""
    plots.draw(figures(), tmp_path / "one")
    plots.draw(figures(), tmp_path / "two")
    names = {f"{name}-{theme}.svg" for name in plots.PLOTS for theme in plots.THEMES}
    assert {path.name for path in (tmp_path / "one").iterdir()} == names
    light, dark = ((tmp_path / "one" / f"envelope-json-{theme}.svg").read_text() for theme in ("light", "dark"))
    assert (tmp_path / "two" / "envelope-json-light.svg").read_text() == light
    assert re.sub("#[0-9a-f]{6}", "", light) == re.sub("#[0-9a-f]{6}", "", dark)
    assert ">symphony, pure<" in light
    assert "liar" not in light
    assert plots.THEMES["light"].ours in light
    assert plots.THEMES["dark"].ours in dark


def test_figures_in_plots_keep_their_digits():
    """Places are rounded, texts are not; what only people who edit SVG read is left out."""
    text = '<g>\n <!-- 0.353 -->\n <text x="1.2345" transform="rotate(-0 1.2345 2)">0.353</text> \n</g>\n'
    assert plots._short(text) == '<g>\n<text x="1.23">0.353</text>\n</g>\n'


@pytest.mark.parametrize("name", plots.PLOTS)
def test_a_phone_has_room_for_plots(name, tmp_path, monkeypatch):
    """Each has a title that says what is better, and fits into 390 pixels less margins with letters of 12 pixels."""
    shown = plots.PLOTS[name]
    monkeypatch.setattr(plots, "PLOTS", {name: shown})
    plots.draw(figures(), tmp_path)
    svg = (tmp_path / f"{name}-light.svg").read_text()
    width, box = re.search(r'<svg [^>]*width="([\d.]+)pt"[^>]* viewBox="0 0 ([\d.]+) ', svg).groups()
    assert width == box
    assert float(width) * 96 / 72 == plots.WIDTH <= 390 - 2 * 16
    sizes = {float(size) * 96 / 72 for size in re.findall(r"font(?:-size)?: (?:bold )?([\d.]+)px", svg)}
    assert min(sizes) >= 12
    assert re.search(r"shorter bars are (faster|smaller)$", shown.better)
    # Letters of the widest common font, bold in titles.
    for text, letter in ((shown.title, 13 * 0.7), (shown.better, 12 * 0.62)):
        assert f">{text}<" in svg
        assert len(text) * letter < plots.WIDTH
    assert "<!--" not in svg
    assert len(svg) < 25_000


def test_sizes():
    """Sizes are drawn for each format, plain and compressed."""
    axis = plots.PLOTS["sizes"].figure(figures(), plots.THEMES["dark"]).axes[0]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["json", "msgpack"]
    assert [bar.get_width() for bar in axis.patches] == [1404.4, 1404.4, 200.0, 200.0]


@pytest.mark.checkout
def test_the_page_shows_the_committed_figures():
    """Page and plots are those of the figures: nothing was changed by hand, and every plot that is shown is there."""
    docs = report._DOCS
    found = Figures.from_json(CODECS.read_text())
    page = (docs / "benchmarks.md").read_text()
    assert pages.filled(page, found) == page
    shown = set(re.findall(r"\(benchmarks/([^#)]+)", page))
    assert shown == {path.name for path in (docs / "benchmarks").iterdir()}
    assert {one.what for one in found.reports} >= {"envelope", "tree", "workflow", "bad field"}


def test_render(tmp_path, few):
    """Rendering writes the plots, and the parts of the page."""
    (tmp_path / "benchmarks.md").write_text("<!-- figures: imports -->\n<!-- end of figures -->\n")
    report.render(figures(), tmp_path)
    assert "| attrs | 12.3 |" in (tmp_path / "benchmarks.md").read_text()
    assert len(list((tmp_path / "benchmarks").iterdir())) == 2 * len(plots.PLOTS)
