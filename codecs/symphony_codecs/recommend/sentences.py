"""The text of a recommendation, in plain sentences."""

from __future__ import annotations

import itertools
import math

from collections.abc import Iterator, Mapping
from typing import Final

from ..benchmark.break_even import Stretch
from ..benchmark.shown import duration_text, line_text, listed
from .choice import MARGIN, Option, Recommendation
from .links import Link, Reader


__all__ = ["by_text", "policy_reason", "sentences"]


_READERS: Final[Mapping[Reader, str]] = {
    "same-release": "the same release",
    "other-releases": "other releases",
    "browser": "a browser",
    "people": "people",
}
# From here on "3 times as long" is easier to read than "200 % longer".
_MANY: Final = 10


def sentences(found: Recommendation) -> Iterator[str]:
    """Yield the reasons of a choice, from what decides it to what was left out."""
    link = found.link
    readers = _readers(link)
    goal = "the time for one message" if link.goal == "latency" else "the time between two messages of a stream"
    source = f" ({link.source})" if link.source else ""
    yield f"{line_text(link.bandwidth)}, read by {readers}{source}. Goal: {goal}."
    if found.choice is None:
        yield "No format that was measured can be used here; measure others."
    else:
        yield _sum(found, found.choice)
        yield from _rivals(found, found.choice)
        if found.compress_over is not None:
            yield f"Messages up to {found.compress_over:,} bytes are faster without compression."
        if len(found.stretches) > 1:
            yield f"The fastest by speed of the line: {', '.join(map(_stretch, found.stretches))}."
        if link.latency:
            yield f"Each message is {duration_text(link.latency, 's')} longer on its way, whatever the format."
    for reason, group in itertools.groupby(sorted(found.excluded, key=lambda one: one.reason), lambda one: one.reason):
        yield f"Not {listed([one.name for one in group], 'or')}: {reason}."


def policy_reason(found: Recommendation, source: str) -> str:
    """
    Return why, for the policy's file; `FormatPolicy.explain` shows it.

    Args:
        found: A recommendation with a choice.
        source: Where the figures come from.
    """
    assert found.choice is not None
    rivals = " ".join(_rivals(found, found.choice))
    speed = line_text(found.link.bandwidth)
    readers = _readers(found.link)
    return f"{_sum(found, found.choice)} {rivals} At {speed}, read by {readers}; {source}.".replace("  ", " ")


def by_text(found: Recommendation, other: Option) -> str:
    """Return by how much longer a message takes with *other* than with the choice."""
    assert found.choice is not None
    ratio = _ratio(other, found.choice)
    return f"{ratio:.0f}x" if ratio >= _MANY else f"{(ratio - 1) * 100:+.0f}%"


def _ratio(other: Option, choice: Option) -> float:
    return other.seconds / choice.seconds if choice.seconds else math.inf


def _readers(link: Link) -> str:
    return " and ".join(_READERS[reader] for reader in link.readers)


def _sum(found: Recommendation, choice: Option) -> str:
    one = choice.candidate
    steps = {"encode": one.encode, "line": choice.sending, "decode": one.decode}
    parts = ", ".join(f"{step} {duration_text(seconds, 's')}" for step, seconds in steps.items())
    how = " at the same time" if found.link.goal == "throughput" and found.link.overlaps else ""
    size = f"{one.size:,.0f} bytes"
    return f"{choice.name} takes {duration_text(choice.seconds, 's')} for a message of {size}: {parts}{how}."


def _rivals(found: Recommendation, choice: Option) -> Iterator[str]:
    """Yield the options that are as fast, and the next one."""
    others = [name for name in found.equal if name != choice.name]
    if others:
        yield (
            f"{listed(others)} {'is' if len(others) == 1 else 'are'} as fast, within 5 % or the noise: "
            "the simplest is taken, and then the transport's default."
        )
    # Options a little slower than the choice, and not as fast as the fastest, are not mentioned.
    slower = next(
        (one for one in found.options if _ratio(one, choice) > 1 + MARGIN and one.name not in found.equal), None
    )
    if slower is not None:
        yield f"{slower.name} takes {_longer(_ratio(slower, choice))}."
    elif len(found.options) == 1:
        yield "Nothing else can be used here."


def _longer(ratio: float) -> str:
    return f"{ratio:.0f} times as long" if ratio >= _MANY else f"{(ratio - 1) * 100:.0f} % longer"


def _stretch(stretch: Stretch) -> str:
    name = stretch.line.name
    if stretch.fastest == math.inf:
        return f"{name} above"
    return f"{name} up to {line_text(stretch.fastest)}"
