"""A comparison for people: who breaks, in which formats, where and why."""

from __future__ import annotations

import textwrap

from collections.abc import Iterator, Mapping
from typing import Final

from .changes import Comparison, Reading
from .findings import Finding


__all__ = ["as_text"]

_SEVERITIES: Final[Mapping[str, str]] = {
    "none": "nothing breaks",
    "some": "some documents break",
    "always": "every document breaks",
}
_STEP: Final = "  "


def as_text(comparison: Comparison, *, width: int = 80) -> str:
    """
    Return the breaks as text for people.

    Args:
        comparison: The result of `compare`.
        width: The greatest width of a line in columns, 40 or more; a path or a name that is longer is not broken.
    """
    lines = [*_direction("new readers of old data", comparison, "new_readers", width), ""]
    lines += _direction("old readers of new data", comparison, "old_readers", width)
    if comparison.missing:
        text = f"not compared, since one schema lacks them: {', '.join(comparison.missing)}"
        lines += ["", *textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)]
    return "\n".join(lines)


def _direction(title: str, comparison: Comparison, which: str, width: int) -> Iterator[str]:
    alike: dict[Reading, list[str]] = {}
    for name, changes in comparison.codecs.items():
        alike.setdefault(getattr(changes, which), []).append(name)
    yield title
    for reading, names in alike.items():
        yield from _wrapped(f"{', '.join(names)}: {_SEVERITIES[reading.severity]}", 1, width)
        for finding in reading.findings:
            yield from _wrapped(f"{finding.path}  {_effect(finding)}", 2, width)
            yield from _wrapped(finding.why, 3, width)


def _effect(finding: Finding) -> str:
    return finding.effect if not finding.breaks else f"{finding.effect}, {'always' if finding.always else 'sometimes'}"


def _wrapped(text: str, depth: int, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=_STEP * depth,
        subsequent_indent=_STEP * (depth + 1),
        break_long_words=False,
        break_on_hyphens=False,
    )
