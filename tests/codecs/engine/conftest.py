"""What the tests of the engine share."""

from __future__ import annotations

import gc

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _small_heap() -> Iterator[None]:
    """Collections look at what a test makes, not at all that pytest holds."""
    gc.freeze()
    yield
    gc.unfreeze()
