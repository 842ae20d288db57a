"""The findings of a comparison of two forms; findings of parts become those of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import attrs


__all__ = ["FINE", "Finding", "Outcome", "any_of", "ignored", "misread", "refused", "sum_of"]

# More findings of one type are of no use to anybody, and types that share parts could have any number.
_MOST: Final = 200


@attrs.frozen(kw_only=True)
class Finding:
    """
    One way in which documents and their reader differ.

    Attributes:
        path: Where: names on the wire, ``[]`` for the items of an array, ``{}`` for the values of a map, ``(Name)``
            for a member of a union. ``$`` is the document.
        effect: ``refused``: the reader refuses the document; ``misread``: it reads another value than was written;
            ``ignored``: it loses a part of the value, as it was made to. The last breaks nothing.
        always: Whether it happens to every document, or only to some.
        why: The reason.
    """

    path: str
    effect: Literal["refused", "misread", "ignored"]
    always: bool
    why: str

    @property
    def breaks(self) -> bool:
        """Whether it is a break."""
        return self.effect != "ignored"


@attrs.frozen(kw_only=True)
class Outcome:
    """
    The result of a comparison of a written form with a read form.

    Attributes:
        findings: The differences; paths begin where the two forms stand.
        fails: Whether nothing that is written is read as what it is.
        refused: Whether the reader refuses every written document.
    """

    findings: tuple[Finding, ...] = ()
    fails: bool = False
    refused: bool = False

    @property
    def is_fine(self) -> bool:
        """Whether every written document is read as the same value."""
        return not any(finding.breaks for finding in self.findings)

    @property
    def refuses(self) -> bool:
        """Whether the reader refuses some of what is written."""
        return any(finding.effect == "refused" for finding in self.findings)

    @property
    def refusals(self) -> Outcome:
        """The same without what is misread or ignored."""
        findings = tuple(finding for finding in self.findings if finding.effect == "refused")
        return Outcome(findings=findings, fails=self.refused, refused=self.refused)

    def at(self, step: str) -> Outcome:
        """Return the same for what stands around it, in which *step* leads to it."""
        if not self.findings or not step:
            return self
        moved = (attrs.evolve(finding, path=step + finding.path) for finding in self.findings)
        return attrs.evolve(self, findings=tuple(moved))

    def perhaps(self) -> Outcome:
        """Return the same for what is not in every document."""
        if not self.findings:
            return self
        return Outcome(findings=tuple(attrs.evolve(finding, always=False) for finding in self.findings))


FINE: Final = Outcome()
"""Nothing differs."""


def refused(why: str, *, always: bool = False) -> Outcome:
    """Return that the reader refuses some of what is written, or all of it."""
    return Outcome(findings=(Finding(path="", effect="refused", always=always, why=why),), fails=always, refused=always)


def misread(why: str, *, always: bool = False) -> Outcome:
    """Return that some of what is written is read as something else, or all of it."""
    return Outcome(findings=(Finding(path="", effect="misread", always=always, why=why),), fails=always)


def ignored(why: str, *, always: bool = False) -> Outcome:
    """Return that a part of what is written is passed over."""
    return Outcome(findings=(Finding(path="", effect="ignored", always=always, why=why),))


def sum_of(parts: Iterable[Outcome]) -> Outcome:
    """Return the outcome of a whole with all of these *parts*."""
    found = [part for part in parts if part.findings]
    return Outcome(
        findings=tuple(dict.fromkeys(finding for part in found for finding in part.findings))[:_MOST],
        fails=any(part.fails for part in found),
        refused=any(part.refused for part in found),
    )


def any_of(choices: Iterable[Outcome]) -> Outcome:
    """Return the outcome of what is one of these *choices*: at least one of them is."""
    found = list(choices)
    if len(found) == 1:
        return found[0]
    return Outcome(
        findings=sum_of(choice.perhaps() for choice in found).findings,
        fails=all(choice.fails for choice in found),
        refused=all(choice.refused for choice in found),
    )
