"""Whether one regular expression takes all that another takes, against what `re` says of many texts."""

from __future__ import annotations

import itertools
import re

import pytest

from symphony_codecs.schema.export.changes.patterns import is_disjoint, is_subset


_LETTERS = (
    "a",
    "ab",
    "a|b",
    "[ab]",
    "[ab]+",
    "a*",
    "(ab)*",
    "(?:a|b)*b",
    "a{2,3}",
    "a?b?",
    "a+?",
    "b|",
    "(a|ab)(b|)",
    "",
)
_OTHERS = (r"^a$", r"\Ab\Z", r"\s*a", "[^a]", ".", r"\d", r"\w+", r"\W", "[a-z]+", "[a-z0-9]{1,2}")
_MATCH = {"full": re.fullmatch, "start": re.match, "search": re.search}
_WAYS = list(itertools.product(_MATCH, repeat=2))


def _taken(pattern: str, anchors: str, letters: str, length: int) -> set[str]:
    texts = ("".join(each) for size in range(length + 1) for each in itertools.product(letters, repeat=size))
    return {text for text in texts if _MATCH[anchors](pattern, text)}


def test_patterns_of_two_letters_are_compared_exactly() -> None:
    """Texts of up to five letters tell any two of these apart, and the automata say the same."""
    taken = {pattern: _taken(pattern, "full", "ab", 5) for pattern in _LETTERS}
    for left, right in itertools.product(_LETTERS, repeat=2):
        pair = ((left, "full"), (right, "full"))
        assert is_subset(*pair) is (taken[left] <= taken[right]), pair
        assert is_disjoint(*pair) is not bool(taken[left] & taken[right]), pair


@pytest.mark.parametrize("ways", _WAYS, ids="-".join)
def test_what_is_decided_is_what_re_takes(ways: tuple[str, str]) -> None:
    """For all pairs and ways to match: no text that `re` takes or refuses says otherwise."""
    one, other = ways
    taken = {
        (pattern, anchors): _taken(pattern, anchors, "ab1 \n", 3)
        for pattern in (*_LETTERS, *_OTHERS)
        for anchors in dict.fromkeys(ways)
    }
    for left, right in itertools.product((*_LETTERS, *_OTHERS), repeat=2):
        ours, theirs = taken[left, one], taken[right, other]
        assert ours <= theirs or not is_subset((left, one), (right, other)), (left, right)
        assert not ours & theirs or not is_disjoint((left, one), (right, other)), (left, right)


@pytest.mark.parametrize(
    ("left", "right", "is_within"),
    [
        ("[a-z]+", "[a-z0-9]+", True),
        ("[a-z0-9]+", "[a-z]+", False),
        (r"[A-Z]{2}\d{4}", r"[A-Z]{2}\d{4,6}", True),
        ("[0-9]+", r"\d+", True),
        (r"\d+", "[0-9]+", False),
        ("[а-я]+", r"\w+", True),
        ("a{3,5}", "a{4}", False),
        (r"(a)\1", "aa", False),  # no automaton has it: undecided
        ("(?i)a", "[aA]", False),
        ("a(?=b)b", "ab", False),
        ("(", "a", False),
        ("(a{1000}){1000}", "a*", False),
    ],
)
def test_known_pairs(left: str, right: str, is_within: bool) -> None:
    """What people write, and what counts as no because it is not decided."""
    assert is_subset((left, "full"), (right, "full")) is is_within
