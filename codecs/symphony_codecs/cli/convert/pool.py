"""Run the workers of a conversion: in a thread of this process, in processes, or on a Dask cluster."""

from __future__ import annotations

import importlib

from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Final, Self

from ..errors import CommandError, FailedError, UsageError
from .part import Task, become_worker, convert_part
from .plan import Counts
from .progress import Progress


__all__ = ["ClusterPool", "Pool", "ProcessPool", "ThreadPool"]

_DIED: Final = "a worker process died: something killed it, perhaps for want of memory"
_CONNECT: Final = 10  # seconds to wait for the scheduler of a cluster


class Pool:
    """
    Converts parts, so many at a time.

    Args:
        executor: What runs them.
        width: How many at a time.

    Attributes:
        advances: Whether parts show their progress themselves.
    """

    advances = False

    def __init__(self, executor: Executor, width: int) -> None:
        self.executor = executor
        self.width: Final = width

    def submit(self, task: Task) -> Future[Counts]:
        """
        Convert a part when its turn comes.

        Raises:
            FailedError: A worker has died.
        """
        try:
            return self.executor.submit(convert_part, task)
        except BrokenExecutor as exc:
            raise FailedError(_DIED) from exc

    def result(self, future: Future[Counts]) -> Counts:
        """
        Return what a part that has ended has counted.

        Raises:
            CommandError: As for `convert_part`; also if a worker has died.
            OSError: As for `convert_part`.
        """
        try:
            return future.result()
        except BrokenExecutor as exc:
            raise FailedError(_DIED) from exc

    def close(self, *, failed: bool) -> None:
        """End the workers; if something has *failed*, whatever they do."""
        self.executor.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close(failed=error is not None)


class ThreadPool(Pool):
    """One part at a time in this process, so that files are flushed and joined meanwhile."""

    advances = True

    def __init__(self, progress: Progress) -> None:
        super().__init__(ThreadPoolExecutor(1), 1)
        self._progress = progress
        self._stopped = False

    def submit(self, task: Task) -> Future[Counts]:
        """Convert a part when its turn comes."""
        return self.executor.submit(convert_part, task, self._advance)

    def _advance(self, size: int) -> None:
        if self._stopped:
            raise FailedError("stopped")
        self._progress.advance(size)

    def close(self, *, failed: bool) -> None:
        """End the thread; the part under way with its next block."""
        self._stopped = failed
        super().close(failed=failed)


class ProcessPool(Pool):
    """
    So many processes of this machine.

    Args:
        width: How many.
    """

    def __init__(self, width: int) -> None:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import active_children

        from .processes import interrupts_later, worker_context

        self._interrupts_later = interrupts_later
        self._children = active_children
        self._others = set(active_children())
        super().__init__(ProcessPoolExecutor(width, mp_context=worker_context(), initializer=become_worker), width)

    def submit(self, task: Task) -> Future[Counts]:
        """Convert a part when its turn comes; this starts a process, as long as there are not all."""
        with self._interrupts_later():
            return super().submit(task)

    def close(self, *, failed: bool) -> None:
        """End the processes."""
        if failed:
            for process in set(self._children()) - self._others:
                process.kill()
        super().close(failed=failed)


class ClusterPool(Pool):
    """
    The workers of a Dask cluster, which see the same files under the same paths.

    Args:
        address: Of the scheduler: ``tcp://host:8786``.

    Raises:
        UsageError: The extra ``dask`` is not installed, or nobody answers.
    """

    def __init__(self, address: str) -> None:
        try:
            distributed: Any = importlib.import_module("distributed")
        except ImportError as exc:
            raise UsageError("--dask needs the extra: install symphony-types[dask]") from exc
        try:
            self._client = distributed.Client(address, set_as_default=False, timeout=_CONNECT)
        except (OSError, ValueError) as exc:
            raise UsageError(f"cannot connect to {address}: {exc}") from exc
        width = sum(self._client.nthreads().values())
        super().__init__(self._client.get_executor(pure=False), max(width, 1))

    def result(self, future: Future[Counts]) -> Counts:
        """Return what a part has counted; `FailedError` for whatever the cluster raises."""
        try:
            return super().result(future)
        except (CommandError, OSError):
            raise
        except Exception as exc:
            raise FailedError(f"the cluster failed: {type(exc).__name__}: {exc}") from exc

    def close(self, *, failed: bool) -> None:
        """Leave the cluster, which forgets parts that nobody waits for."""
        self.executor.shutdown(wait=not failed)
        self._client.close()
