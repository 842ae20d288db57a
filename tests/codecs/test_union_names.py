"""Names of a union's classes, by one of serde's rules."""

from __future__ import annotations

import pytest

from symphony_codecs.options import variant_rule


RULES = (
    "lowercase",
    "UPPERCASE",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
)


# The table of serde_derive's own test (internals/case.rs, rename_variants).
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Outcome", ("outcome", "OUTCOME", "outcome", "outcome", "OUTCOME", "outcome", "OUTCOME")),
        ("VeryTasty", ("verytasty", "VERYTASTY", "veryTasty", "very_tasty", "VERY_TASTY", "very-tasty", "VERY-TASTY")),
        ("A", ("a", "A", "a", "a", "A", "a", "A")),
        ("Z42", ("z42", "Z42", "z42", "z42", "Z42", "z42", "Z42")),
        # ASCII alone changes its case, but any capital begins a word.
        ("GroßÉtat", ("großÉtat", "GROßÉTAT", "großÉtat", "groß_État", "GROß_ÉTAT", "groß-État", "GROß-ÉTAT")),
    ],
)
def test_variant_rules(name: str, expected: tuple[str, ...]) -> None:
    rules = [variant_rule(rule) for rule in RULES]  # type: ignore[arg-type]
    assert tuple(rule(name) for rule in rules if rule is not None) == expected
    same = variant_rule("PascalCase")
    assert same is not None
    assert same(name) == name


def test_other_rules() -> None:
    assert variant_rule(None) is None
    assert variant_rule(str.title) is str.title
    with pytest.raises(ValueError, match=r"expected one of lowercase, .* or a function, got 'title'"):
        variant_rule("title")  # type: ignore[arg-type]
