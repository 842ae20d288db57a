"""The page of a report: what it says, that names cannot break it, and where marks and labels lie."""

from __future__ import annotations

import html.parser
import itertools
import json
import math
import re
import sys

import attrs
import pytest

from hypothesis import example, given
from hypothesis import strategies as st

from symphony_codecs.benchmark import FieldSize, ReportError, Row
from symphony_codecs.benchmark.html import check_installed, plot, render_html
from symphony_codecs.benchmark.html.axes import Axis, size_text
from symphony_codecs.benchmark.html.fields import by_field
from symphony_codecs.benchmark.html.labels import LABEL_SIZE, Box, Mark, placed, spread, text_width
from symphony_codecs.benchmark.html.latency import latency
from symphony_codecs.benchmark.html.time_and_size import time_and_size
from tests.codecs.benchmark.reports import HOSTILE, REPORT, timing


pytest.importorskip("vl_convert", reason="the extra report has it")


class Elements(html.parser.HTMLParser):
    """Collects elements with their attributes, and all text outside scripts and styles."""

    VOID = frozenset(("meta", "link", "wbr", "br", "img"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in {"script", "style"}:
            self.texts.append(data)

    def count(self, name: str, **attributes: str) -> int:
        return sum(tag == name and attributes.items() <= found.items() for tag, found in self.found)


def row_of(name: str, microseconds: float, size: float, **more) -> Row:
    plain = {
        "contender": "symphony",
        "format": name,
        "role": "codec",
        "size": size,
        "encode_stream": timing(microseconds * 500),
        "decode_stream": timing(microseconds * 500),
    }
    return Row(**(plain | more))


def report_of(*rows: Row, **changes):
    return attrs.evolve(REPORT, rows=rows, **changes)


def test_the_page_says_everything_that_the_report_has(rendered):
    found = Elements(rendered)
    text = " ".join("".join(found.texts).split())
    for row in REPORT.rows:
        assert row.error is None or " ".join(row.error.split()) in text
    for part in (
        "1,000 values, from orders-of-november.jsonl",
        "2026-01-02 03:04 UTC",
        "lines[].article_number_of_the_manufacturer_or_importer",
        "a library with quite a long name for a library",
        "mashumaro: mashumaro is not installed",
        "medians of 15 batches",
        "CPython 3.14.0 (GCC 14.2.0)",
        "A processor, 2 in use",
        "0123456789012345678901234567890123456789-dirty",
    ):
        assert part in text
    assert REPORT.what in text
    assert found.count("tr") == 2 + len(REPORT.rows) + len({field.path for field in REPORT.fields})


def test_the_page_loads_nothing(rendered):
    found = Elements(rendered)
    assert {tag for tag, _ in found.found}.isdisjoint(("img", "iframe", "object", "embed", "base", "form", "image"))
    links = [value for _, attributes in found.found for name, value in attributes.items() if name in {"src", "href"}]
    assert links == ["data:,"]
    urls = set(re.findall(r"\w+://[^\s\"')]+", rendered))
    assert urls == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "@import" not in rendered
    assert "url(" not in rendered
    assert len(rendered) < 1_000_000


@pytest.fixture(name="rendered", scope="module")
def _rendered() -> str:
    return render_html(REPORT)


def test_names_are_escaped_wherever_they_stand(rendered):
    first, second, *others = REPORT.rows
    hostile = attrs.evolve(
        REPORT,
        what=HOSTILE,
        source=HOSTILE,
        skipped=(HOSTILE,),
        rows=(
            attrs.evolve(first, contender=HOSTILE),
            attrs.evolve(second, format=HOSTILE),
            *others,
            Row(contender=HOSTILE, format=HOSTILE, role="peer", error=HOSTILE),
        ),
        fields=(
            FieldSize(path=HOSTILE, codec="json", size=900.0),
            FieldSize(path="number", codec=HOSTILE, size=900.0),
            *REPORT.fields,
        ),
        environment=attrs.evolve(
            REPORT.environment, cpu=HOSTILE, commit=HOSTILE, python=HOSTILE, system=HOSTILE, versions={HOSTILE: HOSTILE}
        ),
    )
    text = render_html(hostile)
    found, expected = Elements(text), Elements(rendered)
    assert found.count("img") == 0
    assert found.count("script") == expected.count("script") == 1
    assert found.count("style") == expected.count("style") == 1
    assert not any(name.startswith("on") for _, attributes in found.found for name in attributes)
    shown = " ".join("".join(found.texts).split())
    # In headings, legends, tables, lists and plots.
    assert shown.count(" ".join(HOSTILE.split())) > 20
    assert "alert(" not in shown.replace(" ".join(HOSTILE.split()), "")


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_any_name_leaves_the_elements_of_the_tables_as_they_are(text):
    small = report_of(Row(contender=text, format=text, role="peer", error=text), what=text, skipped=(text,), fields=())
    found = Elements(render_html(small))
    plain = Elements(render_html(attrs.evolve(small, what="x")))
    assert [tag for tag, _ in found.found if tag != "wbr"] == [tag for tag, _ in plain.found if tag != "wbr"]


def test_names_of_files_that_are_no_text_can_be_shown():
    page_text = render_html(report_of(what="a\udcff", source="from b\udcff.json", fields=()))
    assert "from b?.json" in page_text
    page_text.encode()


def test_a_report_without_figures_still_makes_a_page():
    empty = report_of(Row(contender="symphony", format="json", role="codec", error="no"), fields=(), skipped=())
    found = Elements(render_html(empty))
    assert found.count("figure") == 0
    assert "no" in found.texts
    assert Elements(render_html(report_of(fields=()))).count("figure") == 0


def test_rows_of_codecs_with_names_of_their_own_and_of_hot_values_alone_are_shown():
    mine = row_of("json", 1, 10, contender="short", encode_stream=None, decode_stream=None)
    mine = attrs.evolve(mine, encode_hot=timing(1000.0), decode_hot=timing(2000.0))
    found = time_and_size(report_of(mine))
    assert found.heading.startswith("short (json) is the smallest")
    assert "short (json): 10 bytes, 3 µs" in found.wide


class Listing:
    """Takes the place of what draws: any figures must give numbers that JSON has."""

    @staticmethod
    def vegalite_to_svg(spec):
        return json.dumps(spec, allow_nan=False)


TIMINGS = st.none() | st.floats(0, 1e13).map(timing)
ROWS = st.builds(
    Row,
    contender=st.sampled_from(["symphony", "mine", "x" * 80]),
    format=st.sampled_from(["json", "cbor", "pickle"]),
    role=st.sampled_from(["codec", "peer", "floor"]),
    error=st.none() | st.just("no"),
    compression=st.sampled_from(["none", "zlib", "zstd"]),
    framed=st.booleans(),
    size=st.none() | st.floats(0, 1e12),
    encode_stream=TIMINGS,
    decode_stream=TIMINGS,
    encode_hot=TIMINGS,
    decode_hot=TIMINGS,
)
FIELDS = st.builds(
    FieldSize,
    path=st.sampled_from(["(structure)", "", *(f"field{number}" for number in range(12))]),
    codec=st.sampled_from(["json", "mine (cbor)"]),
    size=st.floats(0, 1e12),
)


@example(rows=[], fields=[FieldSize(path="(structure)", codec="json", size=5e-324)])
@given(rows=st.lists(ROWS, max_size=12), fields=st.lists(FIELDS, max_size=20))
def test_any_figures_can_be_drawn(rows, fields):
    report = report_of(*rows, fields=tuple(fields))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plot, "drawing", Listing)
        drawn = [make(report) for make in (time_and_size, latency, by_field)]
        page_text = render_html(report)
    assert all(one.heading and one.text for one in drawn)
    assert [bool(one.wide) for one in drawn] == [bool(one.narrow) for one in drawn]
    assert "nan" not in page_text


@pytest.mark.parametrize("module", ["vl_convert", "jinja2"])
def test_without_the_extra_one_line_says_how_to_install_it(module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    for call in (check_installed, lambda: render_html(REPORT)):
        with pytest.raises(ReportError, match=r"install symphony-types\[report\]$") as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "heading"),
    [
        (
            [row_of("a", 10, 100), row_of("b", 5, 200)],
            "a is the smallest, with 100 bytes; b is the fastest, with 5 µs to encode and decode",
        ),
        (
            [row_of("a", 10, 100), row_of("b", 5, 101)],
            "a is the smallest, with 100 bytes; b is the fastest, with 5 µs to encode and decode",
        ),
        (
            [row_of("a", 5, 9), row_of("a", 9, 5, compression="zstd")],
            "a is the smallest, with 9 bytes (a + zstd: 5 bytes), and the fastest, with 5 µs to encode and decode",
        ),
        (
            [row_of("a", 5, 9), row_of("b", 5.2, 10)],
            "a is the smallest, with 9 bytes, and the fastest, with 5 µs to encode and decode; b within 5 %",
        ),
        (
            [row_of("a", 10, 100), row_of("a", 1, 10, contender="peer", role="peer")],
            "a is the smallest, with 100 bytes, and the fastest, with 10 µs to encode and decode",
        ),
        (
            [row_of("pickle", 3, 1, contender="pickle", role="peer"), row_of("b", 1, 1, contender="f", role="floor")],
            "No codec can do these values",
        ),
    ],
    ids=["two winners", "nearly equal sizes", "compressed", "equal times", "peers do not win", "no codecs"],
)
def test_the_heading_of_time_and_size_names_the_best(rows, heading):
    assert time_and_size(report_of(*rows)).heading == heading


@pytest.mark.parametrize(
    ("rows", "heading", "dots"),
    [
        # 100 bytes more are 800 bits, which take the 5 µs that are saved at 160 Mbit/s.
        ([row_of("a", 10, 100), row_of("b", 5, 200)], "Lowest latency: a up to 160 Mbit/s, b above that", 1),
        ([row_of("a", 10, 100), row_of("b", 11, 200)], "a has the lowest latency at any line speed", 0),
        ([row_of("a", 10, 100), row_of("b", 11, 99.9)], "a has the lowest latency at any line speed", 0),
        (
            [row_of("a", 100, 10), row_of("b", 50, 110), row_of("c", 1, 1000)],
            "Lowest latency: a up to 16 Mbit/s, b up to 145 Mbit/s, c above that",
            2,
        ),
        ([row_of("a", 10, 100), row_of("b", 1, 1, framed=True)], "a has the lowest latency at any line speed", 0),
    ],
    ids=["crossing", "dominated", "hardly smaller", "three", "frames are left out"],
)
def test_the_heading_of_latency_names_the_break_even_points(rows, heading, dots):
    found = latency(report_of(*rows))
    assert found.heading == heading
    for svg in (found.wide, found.narrow):
        assert svg.count('aria-label="The fastest changes at ') == dots
        assert svg.count('aria-label="Fastest: ') == dots + 1


def test_the_heading_of_fields_names_the_largest_part():
    assert by_field(REPORT).heading == "lines[].description takes the most: 29 % of the 767 bytes in msgpack-compact"
    structure = (FieldSize(path="(structure)", codec="json", size=3), FieldSize(path="a", codec="json", size=1))
    assert by_field(attrs.evolve(REPORT, fields=structure)).heading == (
        "Structure, such as brackets and names, takes the most: 75 % of the 4 bytes in json"
    )
    whole = (FieldSize(path="", codec="json", size=8), FieldSize(path="(structure)", codec="json", size=0))
    assert by_field(attrs.evolve(REPORT, fields=whole)).heading.startswith("the whole value takes the most: 100 %")


AXES = st.builds(
    lambda start, ratio, pixels, is_up: Axis(start=start, stop=start * ratio, pixels=pixels, is_up=is_up),
    st.floats(1e-3, 1e6),
    st.floats(1.5, 1e9),
    st.floats(200, 900),
    st.booleans(),
)


@given(axis=AXES, part=st.floats(0, 1))
def test_axes_find_the_pixel_of_a_figure_and_the_figure_of_a_pixel(axis, part):
    assert math.isclose(axis.at(axis.figure(part * axis.pixels)), part * axis.pixels, abs_tol=1e-6)
    linear = attrs.evolve(axis, is_log=False)
    assert math.isclose(linear.at(linear.figure(part * axis.pixels)), part * axis.pixels, abs_tol=1e-6)


@given(axis=AXES, gap=st.floats(20, 80), is_log=st.booleans())
def test_ticks_lie_on_the_axis_and_apart(axis, gap, is_log):
    axis = attrs.evolve(axis, is_log=is_log)
    ticks = axis.ticks(gap)
    assert len(ticks) >= 2
    assert all(axis.start <= tick <= axis.stop for tick in ticks)
    assert all(float(f"{tick:.3g}") == tick for tick in ticks)
    apart = min(abs(axis.at(one) - axis.at(other)) for one, other in itertools.pairwise(ticks))
    assert apart >= min(gap, axis.pixels / 8)


POINTS = st.lists(
    st.builds(Mark, st.floats(0, 700), st.floats(0, 300), st.text("abc-+ ", max_size=24), st.booleans()), max_size=30
)


@given(points=POINTS)
def test_labels_cover_neither_marks_nor_each_other(points):
    inside = Box(0, 0, 700, 300)
    boxes = []
    for label in placed(points, inside):
        width = text_width(label.point.text)
        left = label.x - {"left": 0, "right": width, "center": width / 2}[label.align]
        box = Box(left, label.y - LABEL_SIZE / 2, left + width, label.y + LABEL_SIZE / 2)
        assert inside.holds(box)
        assert not any(box.meets(other) for other in boxes)
        assert not any(box.left < p.x < box.right and box.top < p.y < box.bottom for p in points)
        boxes.append(box)


def test_a_lone_mark_has_its_label_beside_it():
    [label] = placed([Mark(10, 10, "text")], Box(0, 0, 100, 100))
    assert (label.align, label.y, label.is_far) == ("left", 10, False)
    assert placed([Mark(10, 10, "a text that is far too long for it")], Box(0, 0, 100, 100)) == ()


@given(wanted=st.lists(st.floats(-50, 400), max_size=20).map(sorted), gap=st.floats(1, 30))
def test_places_are_apart_and_inside(wanted, gap):
    places = spread(wanted, gap, 0, 300)
    assert len(places) == len(wanted)
    least = min(gap, 300 / max(len(wanted) - 1, 1))
    assert all(after - before >= least - 1e-6 for before, after in itertools.pairwise(places))
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in places)


@pytest.mark.parametrize(
    ("wanted", "places"), [([], []), ([5], [5]), ([5, 40], [5, 40]), ([20, 20, 60], [15, 25, 60]), ([-9, 2], [0, 10])]
)
def test_places_move_no_more_than_they_have_to(wanted, places):
    assert spread(wanted, 10, 0, 100) == pytest.approx(places)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (size_text(1), "1 byte"),
        (size_text(1234.4), "1,234 bytes"),
    ],
)
def test_figures_have_units_and_few_digits(text, expected):
    assert text == expected
