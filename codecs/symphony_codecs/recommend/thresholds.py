"""From which size on it pays to compress messages."""

from __future__ import annotations

from ..benchmark.report import Report
from .candidates import Candidate


__all__ = ["break_even_size"]


def break_even_size(report: Report, candidate: Candidate, bandwidth: float) -> int | None:
    """
    Return up to how many bytes messages are faster without the candidate's compression.

    Sizes were measured at a few lengths; between two of them what compressing saves is taken for a straight line.

    Args:
        report: Where `Report.compressing` was measured.
        candidate: A format with a compression.
        bandwidth: Of the line, in bits per second.

    Returns:
        The size in bytes; ``None`` if the report has no figures for it, or the longest messages do not gain.
    """
    points = sorted(
        (one.size, (one.size - one.compressed) * 8 / bandwidth - (one.compress_ns + one.decompress_ns) * 1e-9)
        for one in report.compressing
        if (one.codec, one.compression) == (candidate.format, candidate.compression)
    )
    if not points or points[-1][1] <= 0:
        return None
    above, gain = points[-1]
    for size, saved in reversed(points[:-1]):
        if saved <= 0:
            # Where the line between the two lengths meets zero.
            return int(size + (above - size) * -saved / (gain - saved))
        above, gain = size, saved
    return max(0, above - 1)
