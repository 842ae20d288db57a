"""Values of a strategy outside of tests: drawn once, the same ones for the same seed."""

from __future__ import annotations

import contextlib
import tempfile

from collections.abc import Iterator
from typing import Any, Final

import hypothesis

from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.strategies import SearchStrategy


__all__ = ["drawn"]

_DRAWN: Final = 200
# The first values of each run are the simplest ones, again and again.
_RUNS: Final = 4


def drawn(strategy: SearchStrategy[Any], seed: int) -> list[Any]:
    """
    Return some hundred values of *strategy*, which Hypothesis draws without leaving files in the working directory.

    Args:
        strategy: The strategy.
        seed: The same one gives the same values, with the same version of Hypothesis.
    """
    found: list[Any] = []

    def collect(value: Any) -> None:
        found.append(value)

    settings = hypothesis.settings(
        max_examples=_DRAWN // _RUNS,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=[check for check in hypothesis.HealthCheck if isinstance(check, hypothesis.HealthCheck)],
    )
    with _no_traces():
        for run in range(_RUNS):
            hypothesis.seed(seed * _RUNS + run)(settings(hypothesis.given(strategy)(collect)))()
    return found


@contextlib.contextmanager
def _no_traces() -> Iterator[None]:
    """Keep Hypothesis from leaving its folder of caches in the working directory."""
    with tempfile.TemporaryDirectory(prefix="symphony-values-") as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)
