"""The file that recommendations become, and from which size on messages are compressed."""

from __future__ import annotations

import tempfile

from pathlib import Path

import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_codecs.benchmark.report import CompressedSize
from symphony_codecs.recommend import candidates_of, policy_toml, recommend
from symphony_codecs.recommend.thresholds import break_even_size
from symphony_codecs.transports import FormatPolicy
from symphony_codecs.transports.names import TRANSPORTS
from symphony_types import TransportType
from tests.codecs.recommend.made import link, links, report, reports, row


def loaded(found):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "policy.toml")
        path.write_bytes(policy_toml(found))
        return FormatPolicy.load(path, {})


@settings(max_examples=50)
@given(reports(), st.lists(links(), unique_by=lambda one: one.transport))
def test_policy_gives_the_choice(measured, described):
    """Whatever is recommended, the library reads it from the file; transports without a choice keep their default."""
    found = recommend(measured, described)
    policy = loaded(found)
    chosen = {one.link.transport: one for one in found if one.choice is not None}
    for transport in TRANSPORTS:
        profile = policy.profile(transport)
        default = FormatPolicy.default().profile(transport)
        if transport not in chosen:
            assert profile == default
            continue
        one = chosen[transport]
        assert profile.formats[0] == one.choice.candidate.format
        assert (profile.formats, profile.compressions) == (one.formats, one.compressions)
        assert (profile.compressions[:1] or ("none",))[0] == one.choice.candidate.compression
        over = default.compress_over if one.compress_over is None else one.compress_over
        assert profile.compress_over == over
        assert profile.codecs()


def test_policy_explains_itself():
    """The reason of each setting has the figures, what comes next, and where they come from."""
    rows = [row("msgpack", encode=2, decode=3, size=1500), row("cbor", encode=4, decode=5, size=1500)]
    found = recommend(report(*rows), [link("tcp", 1e9, readers=("other-releases",))])
    choices = {choice.setting: choice for choice in loaded(found).explain(TransportType.TCP)}
    assert choices["formats"].reason == (
        "msgpack takes 17 µs for a message of 1,500 bytes: encode 2 µs, line 12 µs, decode 3 µs. "
        "cbor takes 24 % longer. At 1 Gbit/s, read by other releases; symphony recommend."
    )


def points(*figures):
    return [
        CompressedSize(
            codec="json", compression="zlib", size=size, compressed=compressed, compress_ns=ns, decompress_ns=0.0
        )
        for size, compressed, ns in figures
    ]


@pytest.mark.parametrize(
    ("figures", "bandwidth", "expected"),
    [
        # At 8 Mbit/s a byte takes 1 us: at 100 bytes 10 us more, at 200 bytes 30 us less.
        ([(100, 90, 20_000), (200, 150, 20_000)], 8e6, 125),
        # A line so slow that all of them gain.
        ([(100, 90, 20_000), (200, 150, 20_000)], 8e5, 99),
        # One so fast that none does.
        ([(100, 90, 20_000), (200, 150, 20_000)], 8e9, None),
        # A gain that is lost again does not count.
        ([(100, 50, 10_000), (200, 200, 10_000), (400, 100, 10_000)], 8e6, 206),
        ([], 8e6, None),
    ],
)
def test_break_even_size(figures, bandwidth, expected):
    """Between two lengths, where what compression saves becomes more than it takes."""
    measured = report(row("json", "zlib"), compressing=points(*figures))
    (candidate,) = candidates_of(measured)
    assert break_even_size(measured, candidate, bandwidth) == expected


@given(reports(), st.floats(3, 12), st.floats(0.1, 100))
def test_faster_lines_compress_less(measured, exponent, factor):
    """The faster the line, the longer a message has to be."""
    for candidate in candidates_of(measured):
        slow = break_even_size(measured, candidate, 10**exponent)
        fast = break_even_size(measured, candidate, 10**exponent * max(factor, 1 / factor))
        if fast is not None:
            assert slow is not None
            assert slow <= fast
