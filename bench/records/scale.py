"""
Measure sending records to other processes: one by one, as lists of values, and many as one ``bytes`` object.

``python -m bench records --scale`` runs it.  A task counts the envelopes that it receives and reads a field of each.
Encoding before and decoding after count where bytes are sent, pickling where values are sent.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import itertools
import os
import pickle
import statistics
import time

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from rich.table import Table

from symphony_codecs import get_codec
from symphony_codecs.records import read_records

from .classes import ENVELOPE
from .inputs import documents


__all__ = ["Sent", "measured", "scale_table", "ways"]

_CODEC: Final = "msgpack"
_PROCESSES: Final = 2
_SINGLE: Final = 20
"""With one task per record, which is slow, only one record in this many is sent."""
_ROOT: Final = os.fspath(Path(__file__).parents[2])

Mapper: TypeAlias = Callable[[Callable[[Any], int], Sequence[Any]], Sequence[int]]


@attrs.frozen(kw_only=True)
class Sent:
    """
    The cost of one way to send records.

    Args:
        by: The library that sends them.
        way: The content of a task.
        us: The time per record, in microseconds.
        size: The bytes per record in a pickle of the task.
    """

    by: str
    way: str
    us: float
    size: float


def count_values(values: Sequence[Any]) -> int:
    """Count values."""
    return sum(value.id is not None for value in values)


def count_one(value: Any) -> int:
    """Count one value."""
    return count_values((value,))


def count_documents(batch: Sequence[bytes]) -> int:
    """Count the documents of a list."""
    return count_values([*map(get_codec(_CODEC).decoder(ENVELOPE), batch)])


def count_bytes(data: bytes) -> int:
    """Count the documents in one ``bytes`` object."""
    return sum(value.id is not None for value in read_records(data, ENVELOPE, codec=_CODEC))


def ways(count: int, size: int) -> dict[str, tuple[Callable[[Any], int], int, Callable[[], list[Any]]]]:
    """
    Return the ways to send records by name: the function to run, the number of records, and a function for the tasks.

    Args:
        count: The number of records.
        size: The number of records in a batch.
    """
    decode = get_codec("json").decoder(ENVELOPE)
    values = [decode(data) for data in itertools.islice(documents("envelope"), count)]
    encode = get_codec(_CODEC).encoder(ENVELOPE)
    batches = [values[start : start + size] for start in range(0, count, size)]
    few = values[: max(1, count // _SINGLE)]
    return {
        "a task for each value": (count_one, len(few), lambda: few),
        f"lists of {size} values": (count_values, count, lambda: batches),
        f"lists of {size} documents": (count_documents, count, lambda: [[*map(encode, each)] for each in batches]),
        f"one bytes of {size} documents": (
            count_bytes,
            count,
            lambda: [b"".join(map(encode, each)) for each in batches],
        ),
    }


def measured(count: int, size: int, rounds: int, on_step: Callable[[str], Any] = lambda _: None) -> list[Sent]:
    """
    Measure all ways with every installed library.

    Args:
        count: The number of records.
        size: The number of records in a batch.
        rounds: The number of rounds; medians count.
        on_step: Called with the name of the next measurement.
    """
    found: list[Sent] = []
    for name, start in _STARTED.items():
        on_step(name)
        with start() as mapper:
            for way, (function, sent, make) in ways(count, size).items():
                times: list[float] = []
                for number in range(rounds + 1):
                    began = time.perf_counter()
                    if sum(mapper(function, make())) != sent:
                        raise RuntimeError(f"{name}: {way}: records got lost")
                    if number:  # the first round starts processes and imports
                        times.append(time.perf_counter() - began)
                pickled = sum(len(pickle.dumps(task)) for task in make())
                found.append(Sent(by=name, way=way, us=statistics.median(times) / sent * 1e6, size=pickled / sent))
    return found


@contextlib.contextmanager
def _pool() -> Iterator[Mapper]:
    with ProcessPoolExecutor(_PROCESSES) as pool:
        yield lambda function, tasks: [*pool.map(function, tasks)]


@contextlib.contextmanager
def _dask() -> Iterator[Mapper]:
    distributed: Any = importlib.import_module("distributed")
    with (
        distributed.LocalCluster(
            n_workers=_PROCESSES, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        # Dask does not repeat a task with the same batch unless it is marked as impure.
        yield lambda function, tasks: client.gather(client.map(function, tasks, pure=False))


@contextlib.contextmanager
def _ray() -> Iterator[Mapper]:
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    ray: Any = importlib.import_module("ray")
    environ = {"env_vars": {"PYTHONPATH": os.pathsep.join((_ROOT, os.path.join(_ROOT, "codecs")))}}  # noqa: PTH118
    ray.init(num_cpus=_PROCESSES, include_dashboard=False, log_to_driver=False, runtime_env=environ)
    try:
        remote: dict[Any, Any] = {}

        def mapper(function: Callable[[Any], int], tasks: Sequence[Any]) -> Sequence[int]:
            if function not in remote:
                remote[function] = ray.remote(function)
            found: list[int] = ray.get([remote[function].remote(task) for task in tasks])
            return found

        yield mapper
    finally:
        ray.shutdown()


_KNOWN: Final[Mapping[str, tuple[str, Callable[[], contextlib.AbstractContextManager[Mapper]]]]] = {
    "ProcessPoolExecutor": ("concurrent", _pool),
    "Dask": ("distributed", _dask),
    "Ray": ("ray", _ray),
}
_STARTED: Final = {name: start for name, (module, start) in _KNOWN.items() if importlib.util.find_spec(module)}


def scale_table(found: Sequence[Sent]) -> Table:
    """Return the table for the terminal."""
    result = Table("by", "what is sent", title=f"To {_PROCESSES} processes and back", title_justify="left")
    for heading in ("us per record", "bytes per record"):
        result.add_column(heading, justify="right")
    for one in found:
        result.add_row(one.by, one.way, f"{one.us:,.1f}", f"{one.size:,.0f}")
    return result
