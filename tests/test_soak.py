"""The short form of the soak in ``bench/soak.py``: two processes, many messages both ways, one process killed."""

from __future__ import annotations

import sys

import pytest

from bench.soak import soak


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
def test_nothing_is_lost_twice_or_out_of_order() -> None:
    """What was acknowledged was handled, nothing twice, in order on each connection, and memory is flat."""
    findings = soak(1200)

    assert findings.problems == ()
    assert findings.acknowledged + findings.lost == findings.messages == 1200
    assert findings.lost < 100
    assert findings.connections == 2
    assert findings.asked > 50
    # The largest messages, of 1.5 MB, are under way several at a time.
    assert findings.client_kib[1] < findings.client_kib[0] + 60_000
