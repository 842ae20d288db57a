"""The crate's own tests: the vectors of frames, which another program in Rust has written."""

from __future__ import annotations

import pytest

from tests.peers.rust.crate import CRATE, cargo


pytestmark = pytest.mark.rust

AT_MOST = 500


@pytest.mark.usefixtures("peer")
def test_the_crate_passes_its_own_tests() -> None:
    """Its frames, messages, agreements and refusals match the vectors."""
    assert "4 passed" in cargo("test", "--test", "vectors")


def test_the_library_is_small() -> None:
    """The modules for frames have few lines of code, without comments and blank lines."""
    text = "".join((CRATE / "src" / f"{name}.rs").read_text(encoding="utf-8") for name in ("frame", "hello", "lib"))
    lines = [line.strip() for line in text.splitlines()]
    assert len([line for line in lines if line and not line.startswith("//")]) <= AT_MOST
