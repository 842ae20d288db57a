"""Python's regular expressions as ECMA 262 has them, and texts that stand for something."""

from __future__ import annotations

import datetime as dt
import decimal
import ipaddress
import re
import uuid

from typing import Any

import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_codecs import DecodeError, get_codec
from symphony_codecs.schema.export.patterns import BASE64, TEXTS, ecma_pattern, integer_pattern, whole
from symphony_codecs.testing import strategies as st_symphony
from symphony_types import Timestamp


PATTERNS = (
    "a", "", "a|b", "ab|cd", "(a|b)c", "[a-c]+", "[^a-c]", "a.c", "(?s)a.c", "a$", r"a\Z", r"\Aa", "^a", "(?m)^a$",
    "a{2}", "a{2,}", "a{,2}", "a{1,2}?", "a*?b", "a++b", "a*+", "(?:ab)*+c", "(?:a|ab)++c", "(?>a|ab)c", "(?>a+)b",
    r"\d+", r"\w\W\s\S", r"(?a)\d\w\s", r"[\d_]", r"[^\s]", r"[\]\-\\^]", r"\.\*\+\?\(\)\[\]\{\}\|\/", "a(?=b)",
    "a(?!b)", "(?<=a)b", "(?<!a)b", r"\bab\b", r"a\Bb", "(?P<name>a)b", "(?x) a  b # c", "\t\n", r"\x00", "é",
    "[😀-😂]", "😀+", "a-b",
)  # fmt: skip
NO_EQUAL = ("(?i)a", "(a)?(?(1)b|c)", r"(a)\1", "(?i:a)b", "(?-i:a)")
ANCHORS: dict[Any, Any] = {"full": re.fullmatch, "start": re.match, "search": re.search}
ALPHABET = "abcd \n\t_-]\\^.0٣é😀😁|/\0"


@pytest.mark.parametrize("anchors", list(ANCHORS))
@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_translation_finds_what_the_pattern_does(pattern: str, anchors: Any) -> None:
    translated = ecma_pattern(pattern, anchors)
    assert translated is not None
    found = re.compile(translated)

    @settings(max_examples=15, database=None, deadline=None)
    @given(st.text(ALPHABET, max_size=6) | st.from_regex(pattern))
    def check(text: str) -> None:
        # ASCII alone is said by the classes themselves there, but not by \D, \W and \S.
        assert (found.search(text) is None) == (ANCHORS[anchors](pattern, text) is None), (translated, text)

    check()


@pytest.mark.parametrize("pattern", NO_EQUAL)
def test_what_has_no_equal_is_left_out(pattern: str) -> None:
    assert ecma_pattern(pattern, "full") is None


ZONES = st.none() | st.sampled_from((dt.UTC, dt.timezone(-dt.timedelta(hours=5))))
RANGES = (
    (0, 255),
    (-128, 127),
    (0, 2**16 - 1),
    (1, 1),
    (0, 0),
    (-5, -2),
    (7, 123),
    (-12, 0),
    (99, 1001),
    (None, None),
    (0, None),
)


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_integers_between_bounds(low: int | None, high: int | None) -> None:
    pattern = integer_pattern(low, high)
    assert pattern is not None
    least, most = -(2**70) if low is None else low, 2**70 if high is None else high
    edges = {each + step for each in (low, high) if each is not None for step in (-1, 0, 1)}
    for number in edges | {least, most, *range(-1200, 1200)}:
        assert bool(re.fullmatch(pattern, str(number))) == (least <= number <= most), number
    for text in ("", "-0", "00", "+1", "01", "1.0", "x"):
        assert not re.fullmatch(pattern, text)


def test_long_ranges_are_left_to_words() -> None:
    assert integer_pattern(-(2**63), 2**64) is None
    assert integer_pattern(None, 5) is None


VALUES: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "uuid": (uuid.UUID, st.uuids()),
    "timestamp": (Timestamp, st_symphony.timestamps()),
    "datetime": (
        dt.datetime,
        st.datetimes(timezones=ZONES),
    ),
    "date": (dt.date, st.dates()),
    "time": (dt.time, st.times()),
    "decimal": (decimal.Decimal, st.decimals()),
    "IPv4Address": (ipaddress.IPv4Address, st.ip_addresses(v=4)),
    "IPv6Address": (ipaddress.IPv6Address, st.ip_addresses(v=6)),
    "IPv4Address | IPv6Address": (ipaddress.IPv4Address | ipaddress.IPv6Address, st.ip_addresses()),
    "IPv4Interface": (ipaddress.IPv4Interface, st.ip_addresses(v=4).map(ipaddress.IPv4Interface)),
    "IPv6Interface": (ipaddress.IPv6Interface, st.ip_addresses(v=6).map(ipaddress.IPv6Interface)),
    "bytes": (bytes, st.binary(max_size=12)),
}


@pytest.mark.parametrize("kind", list(VALUES))
def test_texts_that_stand_for_something(kind: str) -> None:
    """What is written has the pattern, and what has the pattern is read."""
    tp, values = VALUES[kind]
    codec = get_codec("json")
    pattern = BASE64 if kind == "bytes" else TEXTS[kind]
    found = re.compile(whole(pattern))

    @settings(max_examples=30, database=None, deadline=None)
    @given(values, st.from_regex(pattern, fullmatch=True), st.data())
    def check(value: Any, text: str, data: st.DataObject) -> None:
        written = codec.format.loads(codec.encode(value, tp), codec.options.limits, False)
        assert found.search(written)
        place = data.draw(st.integers(0, len(written)))
        changed = written[:place] + data.draw(st.sampled_from("0129-+:.TZeE/=A\n")) + written[place + 1 :]
        for each in (text, changed):
            if found.search(each):
                _read(codec, tp, each, kind)

    check()


def _read(codec: Any, tp: Any, text: str, kind: str) -> None:
    data = codec.format.dumps(text, codec.options.limits, False)
    try:
        codec.decode(data, tp)
    except DecodeError:
        # Years beyond those that Rust's chrono has, which the form says in words.
        assert kind == "timestamp", text
        assert int(re.split("(?<=[0-9])-", text)[0]) not in range(-262_143, 262_143), text
