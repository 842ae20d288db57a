"""Reports and links that are made rather than measured."""

from __future__ import annotations

import datetime as dt
import math

import attrs

from hypothesis import strategies as st

from symphony_codecs.benchmark import Environment, Report, Row, Timing
from symphony_codecs.benchmark.report import CompressedSize
from symphony_codecs.recommend import Link
from symphony_codecs.recommend.links import GOALS, READERS
from symphony_codecs.transports.names import TRANSPORTS
from symphony_types import TransportType


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")
COMPRESSIONS = ("none", "zlib", "zstd")
ENVIRONMENT = Environment(
    python="CPython 3.11", gil=True, system="Linux", cpu=None, cpus=2, engine="compiled", versions={}, commit=None
)


def timing(microseconds, spread=0.0):
    ns = microseconds * 1e3
    return Timing(median_ns=ns, min_ns=ns, spread=spread, rounds=9)


def row(name, compression="none", *, encode=1.0, decode=1.0, size=1000.0, spread=0.0, **more):
    """A codec's row, times in microseconds."""
    return Row(
        contender="symphony",
        format=name,
        role="codec",
        compression=compression,
        size=size,
        encode_stream=timing(encode, spread),
        decode_stream=timing(decode, spread),
        **more,
    )


def report(*rows, compressing=()):
    return Report(
        what="shop:Order",
        values=200,
        source="from orders.ndjson",
        rounds=9,
        at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
        environment=ENVIRONMENT,
        rows=tuple(rows),
        compressing=tuple(compressing),
    )


def link(transport="tcp", bandwidth=1e9, **more):
    settings = {"latency": 0.0, "readers": ("same-release",), **more}
    return Link(transport=TransportType[transport.upper()], bandwidth=bandwidth, **settings)


microseconds = st.floats(0.1, 10_000.0)
sizes = st.floats(1.0, 1e7)


@st.composite
def reports(draw, *, noise=True):
    """Any figures for some codecs, registered or not, with and without compression, and rows that do not count."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from((*FORMATS, "toml", "unheard-of")), st.sampled_from(COMPRESSIONS)),
            min_size=1,
            max_size=14,
            unique=True,
        )
    )
    spread = st.floats(0.0, 0.3) if noise else st.just(0.0)
    rows = [
        row(
            name,
            compression,
            encode=draw(microseconds),
            decode=draw(microseconds),
            size=draw(sizes),
            spread=draw(spread),
        )
        for name, compression in keys
    ]
    rows += [attrs.evolve(one, role="peer", contender="other") for one in draw(st.lists(st.sampled_from(rows)))]
    rows += [attrs.evolve(one, framed=True) for one in draw(st.lists(st.sampled_from(rows)))]
    for name, compression in draw(
        st.lists(st.tuples(st.sampled_from((*FORMATS, "toml")), st.sampled_from(COMPRESSIONS)))
    ):
        rows.append(Row(contender="mine", format=name, role="codec", compression=compression, error="it cannot"))
    compressing = [
        CompressedSize(
            codec=name,
            compression=compression,
            size=size,
            compressed=size * draw(st.floats(0.1, 1.1)),
            compress_ns=draw(st.floats(0, 1e6)),
            decompress_ns=draw(st.floats(0, 1e6)),
        )
        for name, compression in keys
        if compression != "none"
        for size in (64, 256, 1024, 4096)
    ]
    return report(*rows, compressing=compressing)


@st.composite
def links(draw):
    """Any link."""
    return Link(
        transport=draw(st.sampled_from(TRANSPORTS)),
        bandwidth=10 ** draw(st.floats(3, 12)),
        latency=draw(st.floats(0, 1)),
        readers=tuple(draw(st.lists(st.sampled_from(READERS), min_size=1, unique=True))),
        formats=tuple(draw(st.lists(st.sampled_from(FORMATS), unique=True, max_size=3))),
        compress=draw(st.booleans()),
        goal=draw(st.sampled_from(GOALS)),
        overlaps=draw(st.booleans()),
    )


class Clock:
    """
    Two processes and a line between them on a clock of their own: what sends, what carries and what reads.

    Each does one thing at a time, in the order of the messages; the line takes one message after the other.
    """

    def __init__(self, candidate, where):
        self._steps = (candidate.encode, candidate.size * 8 / where.bandwidth, candidate.decode)
        self._latency = where.latency

    def exchange(self, messages):
        """Return the seconds for messages of which each waits for the one before to be read."""
        now = 0.0
        for _ in range(messages):
            encode, send, decode = self._steps
            now += encode + send + self._latency + decode
        return now

    def stream(self, messages):
        """Return the seconds for messages that follow one another as fast as each of the three can."""
        encoded = sent = read = 0.0
        for _ in range(messages):
            encoded += self._steps[0]
            sent = max(sent, encoded) + self._steps[1]
            read = max(read, sent + self._latency) + self._steps[2]
        return read

    def per_message(self, goal):
        """Return the seconds for one message more, latency left out."""
        if goal == "throughput":
            return (self.stream(4000) - self.stream(2000)) / 2000
        return self.exchange(1) - self._latency


def close(one, other):
    return math.isclose(one, other, rel_tol=1e-6)
