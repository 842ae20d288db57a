"""Runs the parts of a plan, joins them in order, and ends the job."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path

import attrs

from ..errors import FailedError
from .job import Job, bad_beside
from .part import Task
from .plan import ChangedError, Counts, Plan
from .pool import Pool
from .progress import Progress
from .recode import append_file
from .recoders import recoder_of


__all__ = ["run"]


def run(job: Job, plan: Plan, pool: Pool, progress: Progress) -> Counts:
    """
    Convert all parts that are not finished, and give the output its name.

    Args:
        job: Where the parts lie.
        plan: What is to be done.
        pool: What converts parts.
        progress: What shows how far it is.

    Raises:
        FailedError: The disk is full, the input changed, a worker died. Finished parts stay.
    """
    if plan.ended is None:
        try:
            counts = _convert(job, plan, pool, progress)
            plan.source.check()
            plan = job.end(plan, counts)
        except OSError as exc:
            raise FailedError([f"cannot write {exc.filename or job.out}: {exc.strerror or exc}", _stays(job)]) from exc
        except ChangedError as exc:
            raise FailedError([*exc.lines, "nothing is made of it: --force starts over"]) from exc
        except FailedError as exc:
            raise FailedError([*exc.lines, _stays(job)]) from exc
    assert plan.ended is not None
    job.publish(plan.ended)
    return plan.ended


def _stays(job: Job) -> str:
    return f"finished parts stay in {job.folder}: the same command goes on with them"


def _convert(job: Job, plan: Plan, pool: Pool, progress: Progress) -> Counts:
    total = Counts()

    def parts() -> Iterator[Path]:
        nonlocal total
        for index, counts in enumerate(_in_order(job, plan, pool, progress)):
            total += counts
            if counts.bad_size:
                append_file(job.part_bad(index), joined_bad)
            yield job.part(index)

    with job.joined.open("wb") as joined, job.joined_bad.open("wb") as joined_bad:
        recoder_of(plan.conversion).join(parts(), joined)
    return attrs.evolve(total, size=job.joined.stat().st_size)


def _in_order(job: Job, plan: Plan, pool: Pool, progress: Progress) -> Iterator[Counts]:
    """Yield the counts of each part as soon as it and all before it are finished."""
    finished: dict[int, Counts] = {}
    for index, part in enumerate(plan.parts):
        if (counts := job.counts(index)) is not None:
            finished[index] = counts
            progress.skip(part.end - part.start)
    waiting = iter([index for index in range(len(plan.parts)) if index not in finished])
    running: dict[Future[Counts], tuple[int, Path]] = {}
    for index in range(len(plan.parts)):
        while index not in finished:
            while len(running) < 2 * pool.width and (new := next(waiting, None)) is not None:
                unfinished = job.unfinished(new)
                task = Task(
                    conversion=plan.conversion,
                    source=plan.source,
                    part=plan.parts[new],
                    output=str(unfinished),
                    bad=str(bad_beside(unfinished)),
                )
                running[pool.submit(task)] = new, unfinished
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda future: running[future][0]):
                ended, unfinished = running.pop(future)
                counts = pool.result(future)
                job.finish_part(ended, unfinished, counts)
                finished[ended] = counts
                if not pool.advances:
                    progress.advance(plan.parts[ended].end - plan.parts[ended].start)
        yield finished.pop(index)
