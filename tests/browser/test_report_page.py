"""The page of a report in headless Chromium: it loads nothing, shows every mark, sorts, fits and can be read."""

from __future__ import annotations

import re
import shutil

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from symphony_codecs.benchmark import Report
from symphony_codecs.benchmark.html import render_html
from tests.codecs.benchmark.reports import HOSTILE, REPORT
from tests.codecs.benchmark.test_html import row_of


sync_api = pytest.importorskip("playwright.sync_api", reason="the extra test-browser has it")
pytestmark = pytest.mark.browser

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
PHONE, DESK = 390, 1100
PLOTS: Final = ("time-and-size", "latency", "fields")
# Ratios of WCAG 2.2: for texts (1.4.3), and for what is no text (1.4.11).
TEXT, MARK = 4.5, 3.0

# A report whose codecs are nearly as good as each other, which is where marks and labels meet.
CLOSE: Final = attrs.evolve(
    REPORT,
    rows=tuple(
        attrs.evolve(row, size=row.size and 1000 + row.size / 100, contender=row.contender.replace("library", "lib"))
        for row in REPORT.rows
    ),
)
# Several codecs are the soonest one after the other, on a slow and narrow part of the plot.
CHANGING: Final = attrs.evolve(
    REPORT,
    rows=tuple(
        row_of(name, microseconds, size)
        for name, microseconds, size in (
            ("json", 100, 10),
            ("toml", 60, 60),
            ("msgpack-compact", 50, 110),
            ("a-codec-with-a-name", 1, 1000),
            ("a-quick-one", 0.2, 10000),
        )
    ),
)
REPORTS: Final = {"usual": REPORT, "close": CLOSE, "changing": CHANGING}


@pytest.fixture(name="browser", scope="module")
def _browser() -> Iterator[Any]:
    """Start Chromium, with a new profile."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("expected chromium on the path: make test-browser installs it on Debian")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        browser.close()


class Opened:
    """
    A page that is open.

    Attributes:
        page: Playwright's page.
        said: What it wrote to the console, and errors.
        asked: What it asked the network for.
    """

    def __init__(self, browser: Any, file: Path, width: int, scheme: str) -> None:
        self.context = browser.new_context(
            color_scheme=scheme, offline=True, viewport={"width": width, "height": 800}, device_scale_factor=1
        )
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        return self.page.evaluate(script, *arguments)


@pytest.fixture(name="open_report")
def _open_report(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Return a function that opens a report."""
    opened: list[Opened] = []

    def open_report(report: Report = REPORT, width: int = DESK, scheme: str = "light") -> Opened:
        file = tmp_path / f"{len(opened)}.html"
        file.write_text(render_html(report), encoding="utf-8")
        opened.append(Opened(browser, file, width, scheme))
        return opened[-1]

    yield open_report
    for one in opened:
        one.context.close()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_nothing_is_loaded_and_nothing_goes_wrong(open_report, width):
    hostile = attrs.evolve(REPORT, what=HOSTILE, source=HOSTILE, skipped=(HOSTILE,))
    for report in (REPORT, hostile):
        opened = open_report(report, width)
        for name in ("time-and-size", "latency", "fields"):
            marks = "[role=graphics-symbol][aria-label]:not([aria-roledescription=axis])"
            opened.page.locator(f"#{name} figure:visible {marks}").last.hover(force=True)
            assert opened.page.is_visible("#tip")
        assert opened.page.text_content("#tip")
        assert opened.said == []
        assert opened.asked == [opened.page.url]
        assert opened.page.url.startswith("file://")


def test_scripts_of_others_do_not_run(open_report):
    opened = open_report()
    opened.run("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\" onerror=\"document.title = 1\">')")
    opened.page.wait_for_timeout(100)
    assert opened.page.title() == f"Benchmark of {REPORT.what}"


@pytest.mark.parametrize(("width", "kind"), [(DESK, "wide"), (PHONE, "narrow")])
def test_plots_have_a_mark_for_each_figure(open_report, width, kind):
    opened = open_report(width=width)
    shown = opened.run("[...document.querySelectorAll('figure')].filter(f => f.offsetWidth).map(f => f.className)")
    assert shown == [kind] * len(PLOTS)
    labels = {
        name: opened.run(
            """name => [...document.querySelectorAll(`#${name} figure`)].filter(figure => figure.offsetWidth)
              .flatMap(figure => [...figure.querySelectorAll('[role=graphics-symbol][aria-label]')])
              .filter(mark => mark.getAttribute('aria-roledescription') !== 'axis')
              .filter(mark => mark.getBoundingClientRect().width > 0)
              .map(mark => mark.getAttribute('aria-label'))""",
            name,
        )
        for name in PLOTS
    }
    measured = [row for row in REPORT.rows if row.error is None]
    assert len(labels["time-and-size"]) == len(measured)
    codecs = [row for row in measured if row.role == "codec" and not row.framed]
    lines = [label for label in labels["latency"] if not label.startswith(("Fastest: ", "The fastest changes"))]
    assert len(lines) == len(codecs)
    fastest = [label for label in labels["latency"] if label.startswith("Fastest: ")]
    changes = [label for label in labels["latency"] if label.startswith("The fastest changes")]
    assert len(fastest) == len(changes) + 1 == 2
    # Eight fields have colours of their own; the others, and the structure, are one part each.
    assert len(labels["fields"]) == 10 * len({field.codec for field in REPORT.fields})


COLUMN = (
    """(place) => [...document.querySelectorAll('#table-of-rows tbody tr')].map(row => row.cells[place].dataset.key)"""
)

STATES = "[...document.querySelectorAll('#table-of-rows thead th')].map(heading => heading.getAttribute('aria-sort'))"


def test_the_table_sorts_by_every_column_in_both_directions(open_report):
    opened = open_report()
    headings = opened.page.locator("#table-of-rows thead th")
    count = headings.count()
    assert count > 15
    before = opened.run("document.querySelectorAll('#table-of-rows tbody tr').length")
    for place in range(count):
        is_number = headings.nth(place).get_attribute("data-kind") == "number"
        for direction in ("ascending", "descending"):
            headings.nth(place).locator("button").click()
            keys = opened.run(COLUMN, place)
            filled = [key for key in keys if key]
            assert len(keys) == before
            assert keys[: len(filled)] == filled, "what has no figure comes last"
            if is_number:
                assert len(set(filled)) > 1
                assert [*map(float, filled)] == sorted(map(float, filled), reverse=direction == "descending")
            else:
                turned = filled if direction == "ascending" else filled[::-1]
                assert [key.lower()[:3] for key in turned] == sorted(key.lower()[:3] for key in turned)
            states = opened.run(
                "[...document.querySelectorAll('#table-of-rows th')].map(h => h.getAttribute('aria-sort'))"
            )
            assert [state for state in states if state] == [direction]
            assert states[place] == direction


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_table_sorts_by_keys(open_report, key):
    opened = open_report()
    button = opened.page.locator("#table-of-fields thead button").nth(1)
    button.focus()
    opened.page.keyboard.press(key)
    opened.page.keyboard.press(key)
    assert (
        opened.run("document.querySelector('#table-of-fields [aria-sort]').getAttribute('aria-sort')") == "descending"
    )
    first = opened.run("document.querySelector('#table-of-fields tbody tr').cells[0].textContent.trim()")
    assert first == "lines[].description"


@pytest.mark.parametrize("width", [320, PHONE, 719, 721, DESK])
@pytest.mark.parametrize("name", REPORTS)
def test_nothing_scrolls_the_page_sideways(open_report, width, name):
    opened = open_report(REPORTS[name], width)
    assert opened.run("document.scrollingElement.scrollWidth") <= width
    outside = """width => [...document.querySelectorAll('body *')].filter(e => !e.closest('.box') && e.id !== 'tip')
        .filter(e => e.getBoundingClientRect().right > width + 0.5).map(e => e.outerHTML.slice(0, 200))"""
    assert opened.run(outside, width) == []


TEXTS = """name => [...document.querySelectorAll(`#${name} figure`)].filter(figure => figure.offsetWidth)
  .flatMap(figure => [...figure.querySelectorAll('text')].filter(text => text.textContent.trim()).map(text => {
    const box = text.getBoundingClientRect(), around = figure.getBoundingClientRect();
    return {text: text.textContent, left: box.left - around.left, right: box.right - around.left,
      top: box.top - around.top, bottom: box.bottom - around.top, width: around.width, height: around.height,
      size: parseFloat(getComputedStyle(text).fontSize) * text.getCTM().a,
    };
  }))"""


@pytest.mark.parametrize("width", [PHONE, 721, DESK])
@pytest.mark.parametrize("name", REPORTS)
def test_labels_are_large_enough_not_cut_and_do_not_cover_each_other(open_report, width, name):
    opened = open_report(REPORTS[name], width)
    for plot in PLOTS:
        texts = opened.run(TEXTS, plot)
        assert len(texts) > 8
        for number, one in enumerate(texts):
            assert one["size"] >= 9.5, one
            assert one["left"] >= -1, one
            assert one["right"] <= one["width"] + 1, one
            assert one["top"] >= -1, one
            assert one["bottom"] <= one["height"] + 1, one
            for other in texts[number + 1 :]:
                across = min(one["right"], other["right"]) - max(one["left"], other["left"])
                down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
                assert across <= 1 or down <= one["size"] * 0.45, (one, other)


@pytest.mark.parametrize("width", [PHONE, DESK, 1280, 1920])
@pytest.mark.parametrize("name", REPORTS)
def test_a_table_with_more_columns_than_fit_says_so_and_scrolls(open_report, width, name):
    opened = open_report(REPORTS[name], width)
    for table in ("table-of-rows", "table-of-fields"):
        box, hint = opened.page.locator(f".box:has(#{table})"), opened.page.locator(f"p:has(#{table}-caption) .more")
        most = box.evaluate("box => box.scrollWidth - box.clientWidth")
        assert hint.is_visible() == (most > 0)
        box.evaluate("box => { box.scrollLeft = 1e6 }")
        last = box.locator("thead th").last.evaluate("cell => cell.getBoundingClientRect().right")
        assert last <= box.evaluate("box => box.getBoundingClientRect().right") + 0.5
        assert box.evaluate("box => box.scrollLeft") == pytest.approx(most, abs=1)
    # A wide window has room for all columns.
    most = opened.run(
        "Math.max(...[...document.querySelectorAll('.box')].map(box => box.scrollWidth - box.clientWidth))"
    )
    assert most == 0 or width < 1900


# What is drawn in which colour on which: texts of the page, texts of plots, marks of plots and legends.
COLOURS = """() => {
  const page = getComputedStyle(document.body).backgroundColor;
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== 'rgba(0, 0, 0, 0)') return colour;
    }
    return page;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && !element.closest('svg, script, #tip')) {
      found.push(['text', element.tagName, getComputedStyle(element).color, behind(element)]);
    }
  }
  for (const figure of document.querySelectorAll('figure')) {
    if (!figure.offsetWidth) continue;
    const bars = [...figure.querySelectorAll('[aria-roledescription="rect mark"]')];
    for (const text of figure.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const bar = bars.find(bar => {
        const around = bar.getBoundingClientRect();
        return around.left <= x && x <= around.right && around.top <= y && y <= around.bottom;
      });
      found.push(['text', text.textContent, getComputedStyle(text).fill, bar ? getComputedStyle(bar).fill : page]);
    }
    for (const mark of figure.querySelectorAll('[role=graphics-symbol]')) {
      const style = getComputedStyle(mark), kind = mark.getAttribute('aria-roledescription');
      if (kind === 'axis') continue;
      const isFilled = kind === 'rect mark' || style.stroke === 'none' || style.stroke === page;
      const colour = isFilled ? style.fill : style.stroke;
      const isStructure = mark.getAttribute('fill') === 'var(--structure)';
      found.push([isStructure ? 'structure' : 'mark', mark.getAttribute('aria-label'), colour, page]);
    }
  }
  return found;
}"""


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_and_marks_stand_out(open_report, scheme, width):
    opened = open_report(width=width, scheme=scheme)
    background = luminance(opened.run("getComputedStyle(document.body).backgroundColor"))
    assert (background > 0.5) == (scheme == "light")
    found = opened.run(COLOURS)
    # The structure is what is left of a bar, and has a label or a key of its own.
    least = {"text": TEXT, "mark": MARK, "structure": 1.3}
    assert {kind for kind, *_ in found} == least.keys()
    faint = [one for one in found if contrast(one[2], one[3]) < least[one[0]]]
    assert faint == []


def test_the_page_prints_in_light_colours_with_plots_and_tables_that_fit(open_report):
    opened = open_report(scheme="dark")
    data = opened.page.pdf(prefer_css_page_size=True)
    assert data.startswith(b"%PDF-")
    # A4 has 210 mm less two margins of 14 mm, at 96 dots per inch.
    width = int((210 - 2 * 14) / 25.4 * 96)
    opened.page.emulate_media(media="print", color_scheme="dark")
    opened.page.set_viewport_size({"width": width, "height": 900})
    assert luminance(opened.run("getComputedStyle(document.body).backgroundColor")) == 1
    rights = opened.run(
        "[...document.querySelectorAll('figure, #table-of-fields')].map(e => e.getBoundingClientRect().right)"
    )
    assert max(rights) <= width + 1
    assert opened.run("[...document.querySelectorAll('figure.wide')].every(figure => figure.offsetWidth > 0)")
    # All figures are on sheets that lie: 297 mm less two margins of 10 mm.
    lying = int((297 - 2 * 10) / 25.4 * 96)
    opened.page.set_viewport_size({"width": lying, "height": 700})
    assert opened.run("document.getElementById('table-of-rows').getBoundingClientRect().right") <= lying + 1
    assert opened.run("getComputedStyle(document.querySelector('.box')).overflowX") == "visible"


def test_those_who_do_not_see_the_page_are_told_everything(open_report):
    opened = open_report()
    names = opened.run("[...document.querySelectorAll('figure')].map(figure => figure.getAttribute('aria-label'))")
    assert len(names) == 2 * len(PLOTS)
    assert all(names)
    unnamed = "[...document.querySelectorAll('section, [role=region]')].filter(e => !e.getAttribute('aria-labelledby'))"
    assert opened.run(f"{unnamed}.length") == 0
    missing = """[...document.querySelectorAll('[aria-labelledby]')]
        .filter(e => !document.getElementById(e.getAttribute('aria-labelledby')))"""
    assert opened.run(f"{missing}.length") == 0
    ids = opened.run("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
