"""Converts records into a file: as a job, which a later run goes on with."""

from __future__ import annotations

import contextlib
import os
import sys
import time

from pathlib import Path

import attrs

from ..errors import UsageError
from .job import Job
from .plan import Conversion, Counts, Plan, Source
from .pool import ClusterPool, Pool, ProcessPool, ThreadPool
from .progress import Progress, progress_for, size_text
from .recoders import recoder_of
from .split import split
from .work import run


__all__ = ["Workers", "convert_file"]


@attrs.frozen(kw_only=True)
class Workers:
    """
    What converts parts.

    Args:
        jobs: How many processes.
        dask: The address of the scheduler of a Dask cluster to use instead.
    """

    jobs: int
    dask: str | None

    def cluster(self) -> Pool | None:
        """
        Connect to the cluster, if there is to be one.

        Raises:
            UsageError: It cannot be reached.
        """
        return None if self.dask is None else ClusterPool(self.dask)

    def pool(self, progress: Progress, parts: int) -> Pool:
        """Start processes, no more than there are parts, or the thread that does for one."""
        width = min(self.jobs, parts)
        return ProcessPool(width) if width > 1 else ThreadPool(progress)


def convert_file(
    conversion: Conversion, source: str, out: Path, workers: Workers, *, part_size: int, quiet: bool, force: bool
) -> int:
    """
    Convert all records, or those that an earlier run has not converted.

    Args:
        conversion: What becomes of each record.
        source: The input's path, or ``-``.
        out: The output's path.
        workers: What converts parts.
        part_size: How long parts are at least, in bytes.
        quiet: Show neither progress nor a summary.
        force: Write over an output and parts that are there.

    Returns:
        The exit code: 1 if there are bad records.

    Raises:
        UsageError: The output is there already, the parts are of other work, a file cannot be used.
        FailedError: The disk is full, the input changed, a worker died.
    """
    began = time.monotonic()
    recoder_of(conversion)  # which refuses what cannot be converted
    wanted = Plan(conversion=conversion, source=Source.of_argument(source), part_size=part_size, parts=())
    _check_regular(out)
    out = Path(os.path.realpath(out))
    _check_places(wanted.source, out)
    with contextlib.ExitStack() as stack:
        # First, since a cluster out of reach must leave no files.
        cluster = workers.cluster()
        if cluster is not None:
            stack.enter_context(cluster)
        job = stack.enter_context(Job.lock(out))
        plan = _plan(job, wanted, force=force)
        progress = stack.enter_context(progress_for(plan.source.size, quiet=quiet))
        pool = cluster or stack.enter_context(workers.pool(progress, len(plan.parts)))
        counts = run(job, plan, pool, progress)
    if not quiet:
        _sum_up(counts, job, time.monotonic() - began)
    return 1 if counts.bad else 0


def _check_regular(out: Path) -> None:
    # Before links are followed: that of a pipe leads nowhere.
    if out.exists() and not out.is_file():
        raise UsageError(f"cannot write {out}: it is no regular file; write to standard output instead")


def _check_places(source: Source, out: Path) -> None:
    if source.path and source.path in {str(out), f"{out}.bad"}:
        raise UsageError(f"expected another OUT than IN, got {out} as both")
    if source.path and out.exists() and out.samefile(source.path):
        raise UsageError(f"expected another OUT than IN, got {out}, the same file as {source.path}")


def _plan(job: Job, wanted: Plan, *, force: bool) -> Plan:
    """Return the plan to go on with, or make one."""
    found = job.plan(force=force)
    differences = [] if found is None else found.differences(wanted)
    if found is not None and not differences and found.ended is not None:
        return found
    if not force:
        for path in (job.out, job.bad):
            if path.exists():
                raise UsageError(f"{path} is there already: choose another OUT, or write over it with --force")
        if differences:
            raise UsageError(
                [
                    f"{job.folder} holds parts of other work:",
                    *differences,
                    f"the same command as before goes on with it; --force, or removing {job.folder}, starts over",
                ]
            )
    if found is not None and not differences and wanted.source.path:
        return found
    parts = split(wanted.source, recoder_of(wanted.conversion), wanted.part_size)
    plan = attrs.evolve(wanted, parts=parts)
    job.start(plan)
    return plan


def _sum_up(counts: Counts, job: Job, seconds: float) -> None:
    done = f"{_records(counts.records)} converted, {size_text(counts.size)} in {seconds:.1f} s"
    sys.stderr.write(f"symphony: {done}\n")
    if counts.bad:
        sys.stderr.write(f"symphony: {_records(counts.bad)} bad, see {job.bad}\n")


def _records(count: int) -> str:
    return f"{count} record{'s' * (count != 1)}"
