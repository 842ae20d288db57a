"""Sockets and pipes of this machine, measured."""

from __future__ import annotations

import attrs
import pytest

from symphony_codecs.recommend import default_links, loopback, measured_links
from symphony_types import TransportType


LOCAL = {TransportType.UNIX_SOCKET, TransportType.STDIO}


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """As little as can be measured."""
    monkeypatch.setattr(loopback, "_CHUNKS", 4)
    monkeypatch.setattr(loopback, "_TRIPS", 3)
    monkeypatch.setattr(loopback, "_ROUNDS", 1)


def test_local_links():
    """Speed and latency of local transports are measured, and say so; everything else stays."""
    for before, after in zip(default_links(), measured_links(default_links()), strict=True):
        if before.transport in LOCAL:
            assert after.bandwidth > 1e6
            assert 0 < after.latency < 10
            assert after.source.startswith("measured: ")
        else:
            assert after.bandwidth == before.bandwidth
        assert attrs.evolve(after, bandwidth=before.bandwidth, latency=before.latency) == before


def test_others_alone(monkeypatch):
    """Nothing is measured where no link is local."""
    monkeypatch.setattr(loopback, "_run", lambda **_: pytest.fail("nothing to measure"))
    others = tuple(link for link in default_links() if link.transport not in LOCAL)
    assert measured_links(others) == others


@pytest.mark.parametrize("program", ["", "import os; os.write(1, b'!')", "import os; os.write(1, b'!'); os.read(0, 9)"])
def test_process_that_ends(program, monkeypatch):
    """A process that does not answer is an error, not a hang."""
    monkeypatch.setattr(loopback, "_READER", program)
    with pytest.raises(OSError, match=r"expected the other process to answer|Broken pipe|Connection reset"):
        measured_links(default_links())


def test_no_unix_sockets(monkeypatch):
    """A system without them says so."""
    monkeypatch.delattr(loopback.socket, "AF_UNIX")
    with pytest.raises(OSError, match="expected a system with Unix sockets"):
        measured_links(default_links())
