"""What `make fuzz` looks for holds of its seeds, of its corpus and of a few mutations of both."""

from __future__ import annotations

import pytest

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.seeds import corpus, seeds
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_the_invariant_holds(name):
    """Of each input as it stands."""
    inputs = [*seeds(name), *corpus(name)]
    assert inputs
    for data in inputs:
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_the_invariant_holds_of_mutations(name):
    """Of inputs with a few bytes changed."""
    bases = [*seeds(name), *corpus(name)]

    @settings(max_examples=40, database=None)
    @given(st.sampled_from(bases), st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 255)), max_size=3))
    def mutated(data, changes):
        changed = bytearray(data)
        for place, byte in changes:
            changed[place % len(data)] = byte
        TARGETS[name](bytes(changed))

    mutated()


def test_a_wrong_value_is_seen(monkeypatch):
    """A target fails where an invariant does not hold."""
    monkeypatch.setattr("tests.codecs.everything.identical", lambda *_: False)
    with pytest.raises(AssertionError):
        TARGETS["json"](seeds("json")[0])
