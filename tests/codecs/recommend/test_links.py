"""Links as options and files say them."""

from __future__ import annotations

import math

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.benchmark.shown import duration_text, line_text
from symphony_codecs.recommend import Link, default_links, parse_link, read_links
from symphony_codecs.recommend.links import READERS
from symphony_codecs.recommend.units import parse_speed, parse_time
from symphony_codecs.transports.names import TRANSPORTS
from symphony_types import ConfigError, FieldError, TransportType


DEFAULTS = {link.transport: link for link in default_links()}


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("1Gbit", 1e9),
        ("1 Gbit/s", 1e9),
        ("2.5 Gb", 2.5e9),
        ("100Mbps", 1e8),
        ("125MB/s", 1e9),
        ("9600 bit/s", 9600.0),
        ("64kbit/s", 64e3),
        ("1TB/s", 8e12),
    ],
)
def test_speeds(text, bits):
    """Bits and bytes, in powers of 1000."""
    assert parse_speed(text) == pytest.approx(bits)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0.0), ("0.2ms", 2e-4), ("20 us", 2e-5), ("20µs", 2e-5), ("5ns", 5e-9), ("1s", 1.0)]
)
def test_times(text, seconds):
    """Nanoseconds to seconds."""
    assert parse_time(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "1", "fast", "-1Gbit", "1 Gbit/h", "1e9bit", "1Gbit 1Gbit", "١Gbit", "1_0Mbit"])
def test_what_is_no_speed(text):
    """Anything else is refused."""
    with pytest.raises(ValueError, match="expected a speed such as 1Gbit/s or 125MB/s, got str"):
        parse_speed(text)


@pytest.mark.parametrize("text", ["", "1", "00", "-1ms", "1 min", "nan"])
def test_what_is_no_time(text):
    """Anything else is refused."""
    with pytest.raises(ValueError, match=r"expected a time such as 0\.2ms, got str"):
        parse_time(text)


@given(st.floats(1.0, 1e15), st.floats(1e-9, 1e4))
def test_shown_as_read(bits, seconds):
    """What is shown can be given, within three digits."""
    assert math.isclose(parse_speed(line_text(bits)), bits, rel_tol=6e-3)
    assert math.isclose(parse_time(duration_text(seconds, "s")), seconds, rel_tol=6e-3)
    assert max(len(line_text(min(bits, 9e14))), len(duration_text(min(seconds, 900), "s"))) <= len("1.11 Gbit/s")


def test_every_transport_has_a_link():
    """With its assumptions."""
    assert list(DEFAULTS) == list(TRANSPORTS)
    assert all("assumed: " in link.source for link in default_links())


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("tcp=10Mbit", {"bandwidth": 10e6}),
        (
            "tcp=1Gbit,0.2ms,other-releases",
            {"bandwidth": 1e9, "latency": 2e-4, "readers": ("other-releases",)},
        ),
        ("tcp= 0 , people , browser", {"latency": 0.0, "readers": ("people", "browser")}),
        ("TCP=throughput,no-compression", {"goal": "throughput", "compress": False}),
        ("tcp=formats=json+msgpack", {"formats": ("json", "msgpack")}),
    ],
)
def test_options(text, changes):
    """An option says some of what a transport is like; the rest stays."""
    assert parse_link(text) == attrs.evolve(DEFAULTS[TransportType.TCP], **changes)
    assert parse_link(text).source == f"given as {text}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tcp", "expected a link such as tcp=1Gbit,0.2ms,other-releases, got str 'tcp'"),
        ("tcp=", "expected a link such as"),
        ("tpc=1Gbit", "expected a transport of unix_socket, "),
        ("tcp=1Gbit,fast", "expected a speed such as 1Gbit, .* people, latency, .*, got str 'fast'"),
        ("tcp=1Gbit,2Gbit", "expected one bandwidth, got another: str '2Gbit'"),
        ("tcp=people,people", "expected unique items, .* of tcp"),
        ("tcp=0bit", r"expected a finite number of at least 1, got 0\.0 at bandwidth of tcp"),
        ("tcp=formats=", "expected the name of a format|expected .* at formats"),
    ],
)
def test_wrong_options(text, message):
    """One line says what was expected."""
    with pytest.raises(ValueError, match=message) as caught:
        parse_link(text)
    assert "\n" not in str(caught.value)


def test_file(tmp_path):
    """A file says the same by names."""
    path = tmp_path / "links.toml"
    path.write_text(
        '[tcp]\nbandwidth = "34 Mbit/s"\nlatency = "30 ms"\nreaders = ["people"]\nformats = ["json"]\n'
        'compress = false\ngoal = "throughput"\nsource = "the line to the lab"\n[stdio]\nlatency = "0"\n'
    )
    found = {link.transport: link for link in read_links(path)}
    assert found[TransportType.TCP] == Link(
        transport=TransportType.TCP,
        bandwidth=34e6,
        latency=0.03,
        readers=("people",),
        formats=("json",),
        compress=False,
        goal="throughput",
    )
    assert found[TransportType.TCP].source == "the line to the lab"
    assert found[TransportType.STDIO].source == f"file {path}"
    changed = {TransportType.TCP, TransportType.STDIO}
    assert all(found[name] == DEFAULTS[name] for name in TRANSPORTS if name not in changed)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tpc]\n", "unknown field 'tpc'"),
        ("[tcp]\nspeed = 1\n", "unknown field 'speed' at $.tcp"),
        ("[tcp]\nbandwidth = 1000\n", "expected a string, got 1000 at $.tcp.bandwidth"),
        ("[tcp]\nbandwidth = 'fast'\n", "expected a speed such as 1Gbit/s or 125MB/s, got str 'fast' at tcp.bandwidth"),
        ("[tcp]\nlatency = 'none'\n", "expected a time such as 0.2ms, got str 'none' at tcp.latency"),
        ("[tcp]\nreaders = ['nobody']\n", "at $.tcp.readers[0]"),
        ("[tcp]\nreaders = []\n", "expected at least one reader, got none at tcp.readers"),
        ("[tcp\n", "expected ']'"),
    ],
)
def test_wrong_files(text, message, tmp_path):
    """The error has the file, the table, the key, what was expected and what came."""
    path = tmp_path / "links.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_links(path)
    assert f"file {path}: " in str(caught.value)
    assert message in str(caught.value).lower() or message in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [{"bandwidth": 0.0}, {"bandwidth": math.inf}, {"latency": -1.0}, {"readers": ()}, {"readers": ("nobody",)}],
)
def test_wrong_links(changes):
    """What cannot be is refused."""
    with pytest.raises(FieldError):
        attrs.evolve(DEFAULTS[TransportType.TCP], **changes)
    assert all(reader in READERS for link in default_links() for reader in link.readers)
