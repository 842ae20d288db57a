"""Fixtures for all codec tests: each built-in codec in turn."""

from __future__ import annotations

import os

from collections.abc import Iterator
from typing import Any

import pytest

from symphony_codecs import Codec, executor, get_codec, registry


NAMES = ("json", "msgpack", "msgpack-compact", "cbor")


def pytest_runtest_setup() -> None:
    """
    Record for mutmut the functions that each test calls.

    Hooks are made once, for the first test that needs them. Without this, no
    other test would count as a test of the functions that make them.
    """
    if os.environ.get("MUTANT_UNDER_TEST") == "stats":
        for codec in registry._registry._codecs.values():
            codec.converter._hooks.clear()
            codec.converter._registered.clear()
            codec.converter.generation += 1


@pytest.fixture(autouse=True)
def _agreement() -> Iterator[None]:
    """Fail where the engine refuses what the reference accepts."""
    told: list[Any] = []

    def tell(*what: Any) -> None:
        told.append(what)

    for listeners in executor.mismatch_listeners():
        listeners.append(tell)
    yield
    for listeners in executor.mismatch_listeners():
        listeners.remove(tell)
    assert not told


@pytest.fixture(params=NAMES, name="codec")
def _codec(request: pytest.FixtureRequest) -> Codec:
    """Return each shared codec."""
    return get_codec(request.param)


@pytest.fixture(name="json")
def _json() -> Codec:
    """Return the shared JSON codec."""
    return get_codec("json")
