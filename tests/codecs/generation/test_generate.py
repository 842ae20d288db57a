"""Values to measure with: realistic, distinct, the same for the same seed, without traces."""

from __future__ import annotations

import datetime as dt
import os
import statistics
import subprocess
import sys
import time

from pathlib import Path

import pytest

from hypothesis import strategies as st

from symphony_codecs import get_codec
from symphony_codecs.benchmark import SampleError, generate
from symphony_types import Artifact, JsonRpcRequest, MessageEnvelope
from tests.codecs.generation.classes import IMPOSSIBLE, TYPES, Booking, Order


@pytest.mark.parametrize("tp", TYPES, ids=str)
def test_any_type(tp):
    """Distinct values that come back equal."""
    codec = get_codec("json")
    values = generate(tp, 30, codec=codec)
    documents = {codec.encode(value, tp) for value in values}
    assert len(documents) == len(values)
    assert len(values) == 30 or len(values) in (1, 2)


def test_values_are_realistic():
    """Texts are words, times of one year, numbers usual ones; most lists are short and few long."""
    orders = generate(Order, 300)
    sizes = [len(order.lines) for order in orders]
    assert statistics.median(sizes) < statistics.mean(sizes) < 6 < max(sizes)
    assert {order.ordered_at.year for order in orders} == {2025}
    assert all(order.ordered_at.tzinfo is dt.UTC for order in orders)
    assert all("@" in order.customer_email for order in orders)
    assert all(" " in order.description and order.description.endswith(".") for order in orders)
    assert statistics.median(abs(order.total) for order in orders) < 1000
    lengths = [len(order.description) for order in orders]
    assert max(lengths) > 4 * statistics.median(lengths)


def test_values_are_fast():
    """A thousand envelopes take a fraction of a second."""
    before = time.process_time()
    assert len(generate(MessageEnvelope[JsonRpcRequest], 1000)) == 1000
    assert time.process_time() - before < 2
    assert len(generate(MessageEnvelope[Artifact], 20)) == 20


_PROGRAM = """
import hashlib
from hypothesis import strategies as st
from symphony_codecs import get_codec
from symphony_codecs.benchmark import generate
from tests.codecs.generation.classes import *
from tests.codecs.generation.classes import Checked, Containers, Opaque, Patterns
st.register_type_strategy(Booking, st.datetimes().map(lambda at: Booking(at, at)))
codec, found = get_codec("json"), hashlib.sha256()
for tp in (Bounds, Checked, Containers, Opaque, Patterns, Order, Booking):
    for value in generate(tp, 20, seed=7):
        found.update(codec.encode(value, tp))
print(found.hexdigest())
"""


def test_the_seed_decides(tmp_path):
    """In every process, whatever the hashes of texts are; and no file is left."""
    root = str(Path.cwd())
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": root}
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        found.add(done.stdout)
    assert len(found) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("tp", "message"), IMPOSSIBLE, ids=lambda value: str(value)[:20])
def test_types_without_values(tp, message):
    """One line that names the class, the field and the next step."""
    with pytest.raises(SampleError, match=f"cannot generate .*: .*{message}") as caught:
        generate(tp, 3)
    assert "\n" not in str(caught.value)


def test_registered_strategies(monkeypatch):
    """What a user has registered with Hypothesis helps here, too."""
    from hypothesis.strategies._internal import types

    monkeypatch.setattr(types, "_global_type_lookup", dict(types._global_type_lookup))
    at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    st.register_type_strategy(Booking, st.integers(1, 3).map(lambda days: Booking(at, at + dt.timedelta(days))))
    assert {value.end.day for value in generate(Booking, 10)} == {2, 3, 4}
