"""The transcripts in the documentation are what their commands print."""

from __future__ import annotations

import re

from pathlib import Path

import pytest

from tests.transcripts import LIVE, MARK, masked, replayed


_ROOT = Path(__file__).resolve().parent.parent

_TRANSCRIPTS = [
    path for path in sorted((_ROOT / "docs").glob("*.md")) if MARK in path.read_text(encoding="utf-8").splitlines()
]

_LIVE = [
    path for path in sorted((_ROOT / "docs").glob("*.md")) if LIVE in path.read_text(encoding="utf-8").splitlines()
]

pytestmark = pytest.mark.checkout


@pytest.mark.parametrize("page", _TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcripts_are_what_comes_out(page: Path) -> None:
    """The commands of a transcript print what the page has, but for figures and what depends on them."""
    text = page.read_text(encoding="utf-8")

    assert masked(replayed(text)) == masked(text)


@pytest.mark.parametrize("page", _LIVE, ids=lambda path: path.stem)
def test_commands_that_run_when_the_site_is_built(page: Path) -> None:
    """They exit as the page says, and the page has none of their output, which would be of another version."""
    text = page.read_text(encoding="utf-8")
    sessions = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert [line for each in sessions for line in each.splitlines() if not line.startswith(("$ ", "[exit code "))] == []

    shown = replayed(text)

    assert all(f"```console\n{each}```" not in shown for each in sessions)
    assert re.findall(r"^\[exit code \d+\]$", shown, re.MULTILINE) == re.findall(
        r"^\[exit code \d+\]$", text, re.MULTILINE
    )
