"""The choice for a transport: the fastest way that its readers understand, or a simpler one that is as fast."""

from __future__ import annotations

import math

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs

from symphony_types.checks import cut

from ..benchmark.break_even import Stretch, envelope
from ..benchmark.report import Report
from ..transports.policy import FormatPolicy
from ..transports.profile import CompressionName, TransportProfile
from .candidates import Candidate, candidate_name, candidates_of
from .links import Link
from .rules import why_not_compressed, why_not_format
from .thresholds import break_even_size


__all__ = ["MARGIN", "Excluded", "Option", "Recommendation", "recommend"]

MARGIN: Final = 0.05
"""By how much two times have to differ to count as different, as a part of the smaller one."""
# Standard errors; of two normally distributed figures that are equal, one pair in twenty differs by more.
_ERRORS: Final = 2.0
# The simplest first: every Python has zlib.
_COMPRESSIONS: Final = ("none", "zlib", "zstd")
# Characters.
_REASON: Final = 80


@attrs.frozen(kw_only=True)
class Option:
    """
    A candidate on a link.

    Args:
        candidate: The format with its compression.
        sending: Seconds that its bytes take on the line.
        seconds: The time for a message: encoding, sending and decoding together, or of a stream the slowest of them.
    """

    candidate: Candidate
    sending: float
    seconds: float

    @property
    def name(self) -> str:
        """The candidate's."""
        return self.candidate.name


@attrs.frozen
class Excluded:
    """
    A format or a compression that cannot be used over a transport.

    Args:
        name: The format's, or the candidate's where the format alone could be used.
        reason: Why.
    """

    name: str
    reason: str


@attrs.frozen(kw_only=True)
class Recommendation:
    """
    The choice for a transport.

    Args:
        link: The transport.
        choice: The recommended option; ``None`` if no measured option can be used.
        options: All candidates that can be used, the fastest first.
        equal: Names of the options that are as fast as the fastest, as far as the figures tell.
        excluded: All that cannot, and the reasons.
        stretches: The fastest option at each speed of the line.
        formats: The choice, then what else the transport has by default that its readers understand.
        compressions: The compressions of the choice, best first; empty: no compression.
        compress_over: Messages up to so many bytes are better sent plain; ``None``: nothing is compressed, or the
            report does not tell.
    """

    link: Link
    choice: Option | None
    options: tuple[Option, ...]
    equal: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    stretches: tuple[Stretch, ...]
    formats: tuple[str, ...]
    compressions: tuple[CompressionName, ...]
    compress_over: int | None

    @property
    def runner_up(self) -> Option | None:
        """The fastest of the other options."""
        return next((option for option in self.options if option is not self.choice), None)


def recommend(report: Report, links: Iterable[Link]) -> tuple[Recommendation, ...]:
    """
    Return the recommendation for each of *links*.

    The fastest option counts.  Of several whose times differ by less than `MARGIN`, or by less than the noise of the
    measurement, it is the one without compression, else with zlib, else with zstd; of such the one that
    `FormatPolicy.default` has first.

    Args:
        report: A report of `symphony_codecs.benchmark`, measured on typical values.
        links: The transports; their framing is that of the default policy.
    """
    candidates = candidates_of(report)
    policy = FormatPolicy.default()
    return tuple(_recommendation(report, candidates, link, policy.profile(link.transport)) for link in links)


def _recommendation(
    report: Report, candidates: Sequence[Candidate], link: Link, profile: TransportProfile
) -> Recommendation:
    excluded = [*_failed(report, candidates)]
    fit: list[Candidate] = []
    for candidate in candidates:
        # A reason against a format holds for its compressions too, and stands once.
        name, reason = candidate.format, why_not_format(candidate.format, link, profile)
        if reason is None:
            name, reason = candidate.name, why_not_compressed(candidate.compression, link, profile)
        if reason is None:
            fit.append(candidate)
        else:
            excluded.append(Excluded(name, reason))
    overlaps = link.goal == "throughput" and link.overlaps
    options = sorted((_option(candidate, link, overlaps=overlaps) for candidate in fit), key=lambda one: one.seconds)
    equal = [option for option in options if _as_fast(option, options[0])]
    choice = min(equal, key=lambda option: _simplicity(option.candidate, profile), default=None)
    compressions = () if choice is None else _compressions(choice, options)
    # Formats that were not measured, too.
    known = [name for name in profile.formats if why_not_format(name, link, profile) is None]
    over = None
    if choice is not None and choice.candidate.compression != "none":
        over = break_even_size(report, choice.candidate, link.bandwidth)
    return Recommendation(
        link=link,
        choice=choice,
        options=tuple(options),
        equal=tuple(option.name for option in equal),
        excluded=tuple(dict.fromkeys(excluded)),
        stretches=envelope([candidate.line(overlaps=overlaps) for candidate in fit]) if fit else (),
        formats=() if choice is None else tuple(dict.fromkeys((choice.candidate.format, *known))),
        compressions=compressions,
        compress_over=over,
    )


def _failed(report: Report, candidates: Sequence[Candidate]) -> Iterator[Excluded]:
    """Yield the options that failed; of a format that failed, only the format."""
    rows = [row for row in report.rows if row.role == "codec" and not row.framed and row.error is not None]
    known = {candidate.name for candidate in candidates}
    formats = {row.format for row in rows if row.compression == "none"} - known
    for row in rows:
        name = candidate_name(row.format, row.compression)
        if name not in known and (row.compression == "none" or row.format not in formats):
            yield Excluded(name, f"it failed: {cut(row.error or '', _REASON)}")


def _option(candidate: Candidate, link: Link, *, overlaps: bool) -> Option:
    return Option(
        candidate=candidate,
        sending=candidate.size * 8 / link.bandwidth,
        seconds=candidate.line(overlaps=overlaps).at(link.bandwidth),
    )


def _as_fast(option: Option, fastest: Option) -> bool:
    noise = _ERRORS * math.hypot(option.candidate.error, fastest.candidate.error)
    return option.seconds - fastest.seconds <= max(MARGIN * fastest.seconds, noise)


def _simplicity(candidate: Candidate, profile: TransportProfile) -> tuple[int, int]:
    """Return the key that sorts the simplest first."""
    names = profile.formats
    place = names.index(candidate.format) if candidate.format in names else len(names)
    return _COMPRESSIONS.index(candidate.compression), place


def _compressions(choice: Option, options: Sequence[Option]) -> tuple[CompressionName, ...]:
    """Return what the choice is compressed with, then what its format gains by if a peer has not got that."""
    if choice.candidate.compression == "none":
        return ()
    same = [option for option in options if option.candidate.format == choice.candidate.format]
    plain = next((one.seconds for one in same if one.candidate.compression == "none"), math.inf)
    names = [choice.candidate, *(one.candidate for one in same if one.seconds < plain)]
    return tuple(dict.fromkeys(one.compression for one in names if one.compression != "none"))
