"""What is recommended: the fastest way that readers understand, by a clock of its own."""

from __future__ import annotations

import attrs
import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from symphony_codecs import get_codec
from symphony_codecs.benchmark import Row
from symphony_codecs.recommend import candidates_of, recommend
from symphony_codecs.recommend.choice import MARGIN
from symphony_codecs.transports import FormatPolicy
from symphony_codecs.transports.names import TRANSPORTS
from tests.codecs.recommend.made import Clock, close, link, links, report, reports, row


def chosen(measured, where):
    (found,) = recommend(measured, [where])
    return found


def name_of(found):
    return None if found.choice is None else found.choice.name


@settings(max_examples=50)
@given(reports(noise=False), links())
def test_model_is_what_the_clock_says(measured, where):
    """The seconds of each option are those that a sender, a line and a reader take for it."""
    overlaps = where.goal == "throughput" and where.overlaps
    for option in chosen(measured, where).options:
        clock = Clock(option.candidate, where).per_message("throughput" if overlaps else "latency")
        assert close(option.seconds, clock)


@given(reports(), links())
def test_choice_is_the_fastest_that_fits_or_counts_as_such(measured, where):
    """Nothing that fits is faster by more than the margin or the noise, and fastest comes first."""
    found = chosen(measured, where)
    assert list(found.options) == sorted(found.options, key=lambda option: option.seconds)
    if found.choice is None:
        assert found.options == ()
        return
    fastest = found.options[0]
    noise = 2 * (fastest.candidate.error**2 + found.choice.candidate.error**2) ** 0.5
    assert found.choice.seconds <= fastest.seconds + max(MARGIN * fastest.seconds, noise) * (1 + 1e-9)
    assert found.choice.name in found.equal


@given(reports(), links())
def test_every_candidate_is_an_option_or_excluded(measured, where):
    """Nothing is left out without a reason."""
    found = chosen(measured, where)
    fit = {option.name for option in found.options}
    out = {one.name for one in found.excluded}
    for candidate in candidates_of(measured):
        assert candidate.name in fit or {candidate.name, candidate.format} & out
    assert not fit & out
    assert all(one.reason for one in found.excluded)


@given(reports(), links())
def test_readers_understand_what_is_chosen(measured, where):
    """Whatever the figures say, the choice and its fallbacks go over the transport, and its readers have them."""
    found = chosen(measured, where)
    profile = FormatPolicy.default().profile(where.transport)
    if found.choice is None:
        return
    changed = attrs.evolve(profile, formats=found.formats, compressions=found.compressions)
    for codec in changed.codecs():
        assert not codec.format.positional or where.readers == ("same-release",)
        assert not where.formats or codec.name in where.formats
        assert "people" not in where.readers or where.formats or not codec.is_binary
        assert "browser" not in where.readers or where.formats or codec.name == "json"
    if found.compressions:
        assert where.compress
        assert "people" not in where.readers
        assert "browser" not in where.readers or "zstd" not in found.compressions


@given(reports(), links())
def test_stretches_have_the_fastest_at_the_speed_of_the_line(measured, where):
    """The break-even speeds agree with the times."""
    found = chosen(measured, where)
    if found.options:
        (within,) = (one for one in found.stretches if one.slowest < where.bandwidth <= one.fastest)
        fastest = found.options[0].seconds
        assert within.line.at(where.bandwidth) == pytest.approx(fastest)


SMALL = row("msgpack", encode=10, decode=10, size=500)
QUICK = row("json", encode=5, decode=5, size=2000)


@pytest.mark.parametrize(
    ("measured", "where", "expected"),
    [
        # 10 us more work for 1500 bytes less: even at 1.2 Gbit/s.
        ([SMALL, QUICK], {"bandwidth": 1e9}, "msgpack"),
        ([SMALL, QUICK], {"bandwidth": 2e9}, "json"),
        # Within the margin the transport's default comes first.
        ([SMALL, QUICK], {"bandwidth": 1.19e9}, "msgpack"),
        ([row("msgpack", encode=10.4), row("cbor", encode=10)], {"bandwidth": 1e12}, "msgpack"),
        ([row("msgpack", encode=20.8), row("cbor", encode=10)], {"bandwidth": 1e12}, "cbor"),
        # Within the noise, too.
        ([row("msgpack", encode=12, spread=0.5), row("cbor", encode=10, spread=0.5)], {"bandwidth": 1e12}, "msgpack"),
        ([row("msgpack", encode=12), row("cbor", encode=10)], {"bandwidth": 1e12}, "cbor"),
        # Compression has to gain something, also against its own work.
        ([SMALL, row("msgpack", "zlib", encode=30, decode=15, size=200)], {"bandwidth": 50e6}, "msgpack+zlib"),
        ([SMALL, row("msgpack", "zlib", encode=30, decode=15, size=200)], {"bandwidth": 1e9}, "msgpack"),
        ([SMALL, row("msgpack", "zlib", encode=10, decode=10, size=499)], {"bandwidth": 1e6}, "msgpack"),
        ([SMALL, row("msgpack", "zlib", size=100)], {"bandwidth": 1e6, "compress": False}, "msgpack"),
        # Of compressions that are equal, the one that every Python has.
        ([row("msgpack", "zlib", size=102), row("msgpack", "zstd", size=100)], {"bandwidth": 1e6}, "msgpack+zlib"),
        # A stream goes as fast as the slowest of its stages.
        ([SMALL, QUICK], {"bandwidth": 1.5e9, "goal": "throughput"}, "msgpack"),
        ([SMALL, QUICK], {"bandwidth": 2e9, "goal": "throughput"}, "json"),
        ([SMALL, QUICK], {"bandwidth": 1.5e9, "goal": "throughput", "overlaps": False}, "json"),
        # The latency is the same for all, however long.
        ([SMALL, QUICK], {"bandwidth": 2e9, "latency": 1.0}, "json"),
    ],
)
def test_choices(measured, where, expected):
    """What comes out of figures that can be reckoned by hand."""
    assert name_of(chosen(report(*measured), link(**where))) == expected


@pytest.mark.parametrize(
    ("transport", "more", "excluded", "reason"),
    [
        ("tcp", {"readers": ("other-releases",)}, "msgpack-compact", "fields go by position"),
        ("unix_socket", {"readers": ("same-release", "other-releases")}, "msgpack-compact", "fields go by position"),
        ("unix_socket", {"readers": ("people",)}, "cbor", "people read text"),
        ("websocket", {"readers": ("browser",)}, "msgpack", "a browser reads JSON without a library"),
        ("websocket", {"readers": ("browser",)}, "json+zstd", "a browser inflates zlib"),
        ("websocket", {"readers": ("browser",), "formats": ("msgpack",)}, "json", "the readers have msgpack"),
        ("stdio", {}, "cbor", "newline framing, which needs a format of text"),
        ("stdio", {}, "json+zlib", "only native frames are compressed"),
        ("http", {}, "json+zlib", "only native frames are compressed"),
        ("tcp", {}, "toml", "native framing, which needs a format with an id"),
        ("tcp", {}, "unheard-of", "no codec of that name"),
        ("tcp", {"compress": False}, "json+zlib", "compression was excluded"),
        ("unix_socket", {"readers": ("people",)}, "json+zlib", "people cannot read what is compressed"),
        ("tcp", {}, "yaml", "it failed: no sets in YAML"),
    ],
)
def test_exclusions(transport, more, excluded, reason):
    """What readers do not understand is left out, however fast, and said why."""
    names = ("json", "msgpack", "msgpack-compact", "cbor", "toml", "unheard-of")
    rows = [row(name, compression, encode=0.1) for name in names for compression in ("none", "zlib", "zstd")]
    failed = attrs.evolve(row("yaml"), error="no sets in YAML", size=None, encode_stream=None, decode_stream=None)
    found = chosen(report(*rows, failed), link(transport, **more))
    reasons = {one.name: one.reason for one in found.excluded}
    assert reason in reasons[excluded]
    assert name_of(found) not in {None, excluded}


def test_all_say_json_where_nothing_else_is_read():
    """A browser that names its formats gets what it has."""
    rows = [row("json", encode=50), row("msgpack", encode=1), row("cbor", encode=2)]
    browser = link("websocket", readers=("browser",))
    assert name_of(chosen(report(*rows), browser)) == "json"
    assert name_of(chosen(report(*rows), attrs.evolve(browser, formats=("json", "cbor")))) == "cbor"


def test_nothing_comes_into_question():
    """A report without a format that fits gives no choice."""
    found = chosen(report(row("cbor"), row("msgpack")), link("stdio"))
    assert (found.choice, found.options, found.formats, found.runner_up) == (None, (), (), None)
    assert len(found.excluded) == 2


@pytest.mark.parametrize(
    ("failed", "names"),
    [
        ([("toml", "none")], ["toml"]),
        # What fails has no compressions either.
        ([("toml", "none"), ("toml", "zlib")], ["toml"]),
        ([("json", "zlib")], ["json+zlib"]),
        # Another codec of the format has not failed.
        ([("json", "none"), ("json", "zstd")], ["json+zstd"]),
    ],
)
def test_failures(failed, names):
    """What failed is said once."""
    rows = [
        Row(contender="MINE", format=name, role="codec", compression=compression, error="no")
        for name, compression in failed
    ]
    found = chosen(report(row("json"), *rows), link("http"))
    assert [one.name for one in found.excluded if one.reason == "it failed: no"] == names


def test_fallbacks():
    """Behind the choice come the transport's other formats that the readers have; compressions likewise."""
    rows = [
        row("cbor", "zstd", encode=1, size=100),
        row("cbor", "zlib", encode=5, size=110),
        row("cbor", encode=1, size=1000),
        row("json", size=3000),
    ]
    found = chosen(report(*rows), link(bandwidth=1e6, readers=("other-releases",)))
    assert name_of(found) == "cbor+zstd"
    assert found.formats == ("cbor", "msgpack", "json")
    assert found.compressions == ("zstd", "zlib")
    assert found.runner_up is not None
    assert found.runner_up.name == "cbor+zlib"


def test_registered_codec_counts():
    """Of two codecs of one format the registered one counts, which a policy names; peers and frames do not."""
    rows = [
        attrs.evolve(row("json", encode=1), contender="MINE"),
        row("json", encode=2),
        attrs.evolve(row("json", encode=3), framed=True),
        attrs.evolve(row("msgpack"), role="peer"),
        attrs.evolve(row("cbor", encode=4), contender="MINE"),
    ]
    found = [(one.name, round(one.encode * 1e6)) for one in candidates_of(report(*rows))]
    assert found == [("json", 2), ("cbor", 4)]


@given(st.sampled_from(TRANSPORTS))
def test_default_is_kept_where_all_are_equal(transport):
    """If figures do not tell formats apart, the default's first stays."""
    names = ("json", "msgpack", "msgpack-compact", "cbor")
    measured = report(*(row(name, compression) for name in names for compression in ("none", "zlib")))
    found = chosen(measured, link(transport.name))
    assert found.choice.name == FormatPolicy.default().profile(transport).formats[0]
    assert get_codec(found.choice.name)
