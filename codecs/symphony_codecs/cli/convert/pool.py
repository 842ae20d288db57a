"""What runs the workers of a conversion: a thread of this process, processes, or a Dask cluster."""

from __future__ import annotations

import importlib
import multiprocessing

from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Final, Self

from ..errors import FailedError, UsageError
from .part import Task, become_worker, convert_part
from .plan import Counts
from .processes import worker_context
from .progress import Progress


__all__ = ["ClusterPool", "Pool", "ProcessPool", "ThreadPool"]


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
        """Convert a part when its turn comes."""
        return self.executor.submit(convert_part, task)

    def stop(self) -> None:
        """End the workers, whatever they do."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self.stop()
        self.executor.shutdown(wait=True, cancel_futures=True)


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

    def stop(self) -> None:
        """End the part under way with its next block."""
        self._stopped = True


class ProcessPool(Pool):
    """
    So many processes of this machine.

    Args:
        width: How many.
    """

    def __init__(self, width: int) -> None:
        self._others = set(multiprocessing.active_children())
        super().__init__(ProcessPoolExecutor(width, mp_context=worker_context(), initializer=become_worker), width)

    def stop(self) -> None:
        """Kill the processes."""
        for process in set(multiprocessing.active_children()) - self._others:
            process.kill()


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
            self._client = distributed.Client(address, set_as_default=False)
        except (OSError, ValueError) as exc:
            raise UsageError(f"cannot connect to {address}: {exc}") from exc
        width = sum(self._client.nthreads().values())
        super().__init__(self._client.get_executor(pure=False), max(width, 1))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        self._client.close()
