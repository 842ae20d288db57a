"""
Measure many connections: ``python -m bench connections [--count N] [--check] [--today] [--pure]``.

Memory is resident memory as the kernel reports it, with all connections less that of the idle process before.
Heartbeats are on, as by default.  With ``--check`` the exit code is 1 if a limit is exceeded.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from rich.console import Console
from rich.table import Table

from ..cliffs.builds import BuildError, build_named
from ..cliffs.sweep import Build
from ..round_trips.checks import PURE, TODAY, builds_for


__all__ = ["Cost", "main", "measured", "misses"]

_FLAVOURS: Final = ("blocking", "asyncio")
_OPEN_LIMIT: Final = 0.6
_KIB_LIMIT: Final = {"asyncio": 20.0, "blocking": 40.0}
_IDLE_SECONDS: Final = 5.0


@attrs.frozen(kw_only=True)
class Cost:
    """
    The cost of connections.

    Args:
        flavour: ``blocking`` or ``asyncio``.
        build: The label of a build of this project; empty for this one.
        count: The number of connections.
        open_ns: The median time to open one.
        client_kib: Memory per connection at the client, in KiB.
        server_kib: Memory per connection at the server, in KiB.
        client_threads: Threads that the connections added at the client.
        server_threads: Threads that the connections added at the server.
        client_idle: Processor time of the client while idle, as a fraction of wall time.
        server_idle: Processor time of the server while idle, as a fraction of wall time.
    """

    flavour: str
    build: str
    count: int
    open_ns: float
    client_kib: float
    server_kib: float
    client_threads: int
    server_threads: int
    client_idle: float
    server_idle: float


def _status(process: subprocess.Popen[str], name: str) -> int:
    """Return a number of ``/proc/PID/status``."""
    for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return int(value.split()[0])
    raise KeyError(name)


def _cpu_ns(process: subprocess.Popen[str]) -> int:
    return time.clock_gettime_ns(~process.pid << 3 | 2)


def _started(build: Build, role: str, flavour: str, path: Path, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [build.python, "-P", "-m", "bench.connections.end", role, flavour, str(path), str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if role == "server" else None,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(build.path), **build.environ},
    )


def measured(flavour: str, count: int, build: Build, label: str = "", *, idle_s: float) -> Cost:
    """
    Measure *count* connections.

    Args:
        flavour: ``blocking`` or ``asyncio``.
        count: The number of connections.
        build: The build of this project.
        label: The label of the build.
        idle_s: How long the connections stay idle, in seconds.

    Raises:
        RuntimeError: The connections could not be opened.
    """
    with tempfile.TemporaryDirectory(prefix="connections-") as folder:
        path = Path(folder, "server")
        ends: list[subprocess.Popen[str]] = []
        try:
            ends.append(_started(build, "server", flavour, path, count))
            _said(ends[0])
            # Modules loaded for the first connection do not count.
            _first(build, flavour, path)
            before = _status(ends[0], "VmRSS"), _status(ends[0], "Threads")
            ends.append(_started(build, "client", flavour, path, 1))
            _said(ends[1])
            alone = _status(ends[1], "VmRSS"), _status(ends[1], "Threads")
            ends[1].communicate()
            ends[1] = _started(build, "client", flavour, path, count)
            times = json.loads(_said(ends[1]))
            after = [(_status(end, "VmRSS"), _status(end, "Threads")) for end in ends]
            spent = [_cpu_ns(end) for end in ends]
            time.sleep(idle_s)
            idle = [(_cpu_ns(end) - was) / idle_s / 1e9 for end, was in zip(ends, spent, strict=True)]
        finally:
            for end in reversed(ends):
                end.kill()
                end.communicate()
    return Cost(
        flavour=flavour,
        build=label,
        count=count,
        open_ns=statistics.median(times),
        server_kib=(after[0][0] - before[0]) / count,
        client_kib=(after[1][0] - alone[0]) / count,
        server_threads=after[0][1] - before[1],
        client_threads=after[1][1] - alone[1],
        server_idle=idle[0],
        client_idle=idle[1],
    )


def _first(build: Build, flavour: str, path: Path) -> None:
    client = _started(build, "client", flavour, path, 1)
    try:
        _said(client)
    finally:
        client.communicate()


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("a process ended before it was ready")
    return line


def misses(found: Sequence[Cost]) -> Iterator[str]:
    """Yield a line for each limit that is exceeded."""
    by = {(cost.flavour, cost.build): cost for cost in found}
    for flavour in _FLAVOURS:
        ours, today = by[flavour, ""], by[flavour, TODAY]
        if ours.open_ns > _OPEN_LIMIT * today.open_ns:
            ratio = ours.open_ns / today.open_ns
            yield f"{flavour}: opening takes {ratio:.2f} of the baseline's time, limit {_OPEN_LIMIT:.2f}"
        if ours.server_kib > _KIB_LIMIT[flavour]:
            yield f"{flavour}: {ours.server_kib:.1f} KiB per connection at the server, limit {_KIB_LIMIT[flavour]:.0f}"
        served = ours.count if flavour == "blocking" else 0
        # One more thread per process sends the heartbeats of all connections.
        if ours.server_threads > served + 1 or ours.client_threads > 1:
            yield f"{flavour}: {ours.server_threads} threads at the server, {ours.client_threads} at the client"


def _table(found: Sequence[Cost]) -> Table:
    result = Table("by", title=f"{found[0].count} connections over a Unix socket", title_justify="left")
    for heading in ("open us", "KiB client", "server", "threads client", "server", "idle CPU client", "server"):
        result.add_column(heading, justify="right")
    for cost in found:
        result.add_row(
            ", ".join(filter(None, (cost.flavour, cost.build))),
            f"{cost.open_ns / 1e3:.0f}",
            f"{cost.client_kib:.1f}",
            f"{cost.server_kib:.1f}",
            str(cost.client_threads),
            str(cost.server_threads),
            f"{cost.client_idle:.1%}",
            f"{cost.server_idle:.1%}",
        )
    return result


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench connections", description="Measure many connections.")
    parser.add_argument("--count", type=int, default=1000, metavar="N", help="number of connections (default: 1000)")
    parser.add_argument(
        "--check", action="store_true", help="print the limits that are exceeded; exit code 1 if there are any"
    )
    parser.add_argument("--pure", action="store_true", help="also measure without the compiled engine")
    parser.add_argument("--today", action="store_true", help="also measure the baseline build")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    arguments = parser.parse_args(argv)
    if arguments.count < 1:
        parser.error(f"expected at least one connection, got {arguments.count}")
    with_today = arguments.check or arguments.today
    try:
        builds: dict[str, Any] = builds_for(build_named("today") if with_today else Build())
    except BuildError as error:
        parser.error(str(error))
    found = [
        measured(flavour, arguments.count, build, label, idle_s=_IDLE_SECONDS)
        for label, build in builds.items()
        if (with_today or TODAY not in label) and (arguments.pure or PURE not in label)
        for flavour in _FLAVOURS
    ]
    if arguments.json is not None:
        document = {"connections": [attrs.asdict(cost) for cost in found]}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(_table(found))
    missed = list(misses(found)) if arguments.check else []
    for line in missed:
        console.print(line, markup=False, highlight=False)
    if arguments.check:
        console.print("all hold" if not missed else f"{len(missed)} do not hold", highlight=False)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
