"""The readers that a change of a class breaks: saved schemas of two releases, compared in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from ..saved import CodecForms, Saved
from .compare import compare_documents
from .findings import Finding, Outcome


__all__ = ["CodecChanges", "Comparison", "Reading", "compare"]


@attrs.frozen(kw_only=True)
class Reading:
    """
    The result of one release reading the documents of another.

    Attributes:
        severity: ``none``: nothing breaks; ``some``: some documents break; ``always``: all of them.
        findings: The differences, and their reasons; breaks first.
    """

    severity: Literal["none", "some", "always"]
    findings: tuple[Finding, ...] = ()

    @property
    def breaks(self) -> tuple[Finding, ...]:
        """The findings that are breaks."""
        return tuple(finding for finding in self.findings if finding.breaks)

    @classmethod
    def of(cls, outcome: Outcome) -> Reading:
        """Make one of what a comparison found."""
        findings = tuple(
            attrs.evolve(finding, path=f"${finding.path}")
            for finding in sorted(outcome.findings, key=lambda finding: (not finding.breaks, not finding.always))
        )
        return cls(severity="always" if outcome.fails else "none" if outcome.is_fine else "some", findings=findings)


@attrs.frozen(kw_only=True)
class CodecChanges:
    """
    The effect of a change of a class on the documents of one codec.

    Attributes:
        new_readers: The new release reads what the old one has written.
        old_readers: The old release reads what the new one writes.
    """

    new_readers: Reading
    old_readers: Reading


@attrs.frozen(kw_only=True)
class Comparison:
    """
    The effect of a change of a class on its documents.

    Attributes:
        old: The type before, in words.
        new: The type afterwards.
        codecs: By the names of the codecs that both schemas have.
        missing: Names of codecs that one schema lacks; nothing is known of them.
    """

    old: str
    new: str
    codecs: Mapping[str, CodecChanges]
    missing: tuple[str, ...] = ()

    def breaks(self, *, new_readers: bool = True, old_readers: bool = True) -> bool:
        """
        Tell whether something breaks.

        Args:
            new_readers: Whether new readers of old data count.
            old_readers: Whether old readers of new data count.
        """
        return any(
            (new_readers and changes.new_readers.severity != "none")
            or (old_readers and changes.old_readers.severity != "none")
            for changes in self.codecs.values()
        )


def compare(old: Saved, new: Saved) -> Comparison:
    """
    Return the breaks where the documents of a type become those of another, by codec and direction.

    A document breaks where its reader refuses it, or reads another value than was written: values are the same if
    fields of one name hold the same; ids, dates and enum members are the same as their texts.  A field that a reader
    does not know breaks nothing unless it is forbidden.

    Args:
        old: The schema that was saved.
        new: The schema of the class as it is now.
    """
    both = [name for name in old.codecs if name in new.codecs]
    return Comparison(
        old=old.type,
        new=new.type,
        codecs={
            name: CodecChanges(
                new_readers=_compared(old.codecs[name], new.codecs[name]),
                old_readers=_compared(new.codecs[name], old.codecs[name]),
            )
            for name in both
        },
        missing=tuple(name for name in (*old.codecs, *new.codecs) if name not in both),
    )


def _compared(writer: CodecForms, reader: CodecForms) -> Reading:
    return Reading.of(compare_documents(writer.write, reader.read, writer.read))
