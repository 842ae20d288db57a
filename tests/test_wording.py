"""`.ci/wording`: each pattern finds its turn of phrase, and plain sentences pass."""

from __future__ import annotations

import importlib.machinery
import importlib.util

from pathlib import Path
from typing import Final

import pytest


pytestmark = pytest.mark.checkout

_SCRIPT: Final = Path(__file__).resolve().parent.parent / ".ci" / "wording"
_LOADER: Final = importlib.machinery.SourceFileLoader("wording", str(_SCRIPT))
_SPEC: Final = importlib.util.spec_from_loader("wording", _LOADER)
WORDING: Final = importlib.util.module_from_spec(_SPEC)
_LOADER.exec_module(WORDING)

BAD: Final = [
    '"""What a frame holds."""',
    "Bytes are read. Whoever closes it waits.",
    "    # Who asks twice gets nothing.",
    "- What is left out is skipped.",
    "The peer is told the reason.",
    "It uses the hook at hand.",
    "It keeps the hooks\n    # of now.",
    "It sends all that came.",
    "It drops what is left of them.",
    "A text that is none is refused.",
    "A text that is no number is refused.",
    "It counts anew.",
    "The key goes with the lock.",
    "It answers to who asked.",
    "All of them but for one.",
    "It reads what stands there.",
    "It checks what a hook makes of values.",
    "The size is said there.",
    "The field is to be read.",
    "A null is nothing here.",
    "It reports what became of them.",
    "The two are all the same.",
    "It stands in the place of a list.",
    "It has got a name.",
    "The port is to be had.",
    "It has nothing of the kind.",
]
GOOD: Final = [
    '"""Return the length of a frame."""',
    "## What it does not do",
    "What is wrong with it? The key is missing.",
    "There is no limit, and there is none for texts.",
    "The members are told apart by their tags.",
    "It is no longer than the key, and no more is read.",
    "Find the value that stands in front.",
]


@pytest.mark.parametrize("text", BAD)
def test_a_translated_turn_is_found(text):
    """The finding names the turn, with a better wording."""
    ((at, words, better), *_) = sorted(WORDING.findings(text))

    assert " ".join(text[at:].split()).startswith(words[:10])
    assert better


def test_every_pattern_has_an_example():
    """No pattern is left that finds none of the sentences above."""
    found = {better for text in BAD for _, _, better in WORDING.findings(text)}

    assert {better for _, better in WORDING._PATTERNS} == found


@pytest.mark.parametrize("text", GOOD)
def test_plain_sentences_pass(text):
    """Questions, headings and usual English are no findings."""
    assert list(WORDING.findings(text)) == []
