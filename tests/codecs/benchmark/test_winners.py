"""Terminal, Markdown and page name the same winners."""

from __future__ import annotations

import itertools
import re

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.benchmark import FieldSize, Row
from symphony_codecs.benchmark.answer import answer
from symphony_codecs.benchmark.html import plot
from symphony_codecs.benchmark.html.fields import by_field
from symphony_codecs.benchmark.html.latency import latency
from symphony_codecs.benchmark.html.time_and_size import time_and_size
from symphony_codecs.benchmark.shown import codec_text, row_text
from symphony_codecs.benchmark.winners import winners
from symphony_codecs.benchmark.written import to_markdown
from tests.codecs.benchmark.reports import REPORT, timing
from tests.codecs.benchmark.test_html import Listing


# Close to each other, so that rules for what counts as equal matter.
TIMINGS = st.none() | st.one_of(st.floats(900, 1100), st.floats(1, 1e7)).map(timing)
ROWS = st.builds(
    Row,
    contender=st.sampled_from(["symphony", "symphony", "mine"]),
    format=st.sampled_from(["json", "cbor", "toml", "msgpack"]),
    role=st.sampled_from(["codec", "codec", "codec", "peer", "floor"]),
    error=st.sampled_from([None, None, None, "no"]),
    compression=st.sampled_from(["none", "none", "zlib"]),
    framed=st.sampled_from([False, False, True]),
    size=st.none() | st.one_of(st.floats(900, 1100), st.floats(0, 1e6)),
    encode_stream=TIMINGS,
    decode_stream=TIMINGS,
    encode_hot=TIMINGS,
    decode_hot=TIMINGS,
)
KEYS = lambda row: (row.contender, row.format, row.role, row.compression, row.framed)  # noqa: E731


def named(pattern: str, text: str) -> list[str]:
    """Return the names in a text, each once, in order."""
    return list(dict.fromkeys(re.findall(pattern, text)))


@given(rows=st.lists(ROWS, max_size=10, unique_by=KEYS))
def test_terminal_and_page_name_the_same_winners(rows):
    fields = [
        FieldSize(path="text", codec=name, size=10.0)
        for name in {codec_text(row): None for row in rows if row.role == "codec" and row.error is None}
    ]
    report = attrs.evolve(REPORT, rows=tuple(rows), fields=tuple(fields))
    lines = answer(report)
    said = {line.partition(": ")[0]: line.partition(": ")[2] for line in lines}
    assert all(f"\n- {line}" in to_markdown(report).decode() for line in lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plot, "drawing", Listing)
        sizes, times, shares = time_and_size(report), latency(report), by_field(report)
    if not sizes.wide:
        assert "Fastest" not in said
        return
    if "Smallest" not in said:
        assert said == {"No codec can do these values; the reasons are above.": ""}
        assert sizes.heading == "No codec can do these values"
        assert not times.wide
        return
    first, _, rest = sizes.heading.partition(" is the smallest, with ")
    assert said["Smallest"].startswith(f"{first}, ")
    assert named(r"compressed, (.+?), ", said["Smallest"]) == named(r"\((.+?): ", rest)
    if "Fastest" not in said:
        assert "the fastest" not in sizes.heading
        assert not times.wide
        return
    fastest = said["Fastest"].partition(", ")[0]
    assert f"; {fastest} is the fastest, with " in rest or (", and the fastest, with " in rest and first == fastest)
    assert named(r"; ([^;]+) within 5 %", said["Fastest"]) == named(r"; ([^;]+) within 5 %", rest)
    assert shares.heading.endswith(f" in {fastest.partition(' + ')[0]}")
    soonest = next(text for start, text in said.items() if start.startswith("Soonest"))
    over = named(
        r"(?:^|, )(.+?) (?:up to|from|above|at any)",
        soonest,
    )
    assert over == named(r"(?:^|, )(.+?) (?:up to|above|has)", times.heading.removeprefix("Lowest latency: "))
    speeds = named(r"[\d.]+ \w*bit/s", soonest)
    assert speeds == named(r"[\d.]+ \w*bit/s", times.heading)
    for svg in (times.wide, times.narrow):
        assert named(r'"Fastest: (.+?): ', svg) == over


@given(rows=st.lists(ROWS, min_size=1, max_size=10, unique_by=KEYS))
def test_winners_are_the_least_of_those_that_take_part(rows):
    found = winners(attrs.evolve(REPORT, rows=tuple(rows)))
    part = [row for row in rows if row.role == "codec" and row.error is None and not row.framed and row.size]
    for one, other in itertools.pairwise(found.sized):
        assert one.size <= other.size
    assert bool(found.sized) == any(row.size > 1e-6 for row in part)
    assert {stretch.line.name for stretch in found.stretches} <= {*map(row_text, part)}
