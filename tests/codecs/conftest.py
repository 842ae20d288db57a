"""Fixtures for all codec tests: each built-in codec in turn."""

from __future__ import annotations

import pytest

from symphony_codecs import Codec, get_codec


NAMES = ("json", "msgpack", "msgpack-compact", "cbor")


@pytest.fixture(params=NAMES, name="codec")
def _codec(request: pytest.FixtureRequest) -> Codec:
    """Return each shared codec."""
    return get_codec(request.param)


@pytest.fixture(name="json")
def _json() -> Codec:
    """Return the shared JSON codec."""
    return get_codec("json")
