"""
Run a command and print its cost as one line of JSON: ``python -I -S launch.py COMMAND ...``.

It is small and imports little: the system reports at least the memory of the parent process as the peak memory of a
child.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time


_PAGE = os.sysconf("SC_PAGE_SIZE")
_EVERY_S = 0.02


def _resident(pid: int) -> int:
    """Return the resident bytes of a process and its descendants; shared pages count for each process."""
    total = 0
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:  # noqa: PTH123 - nothing more is imported
            total = int(file.read().split()[1]) * _PAGE
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:  # noqa: PTH123
                total += sum(map(_resident, map(int, file.read().split())))
    except (OSError, IndexError):  # the process has ended, or the system has no such files
        pass
    return total


def _main() -> None:
    start = time.perf_counter()
    pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
    total = 0
    if hasattr(os, "pidfd_open"):
        ended = os.pidfd_open(pid)
        while not select.select([ended], [], [], _EVERY_S)[0]:
            total = max(total, _resident(pid))
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    unit = 1 if sys.platform == "darwin" else 1024
    print(
        json.dumps(
            {
                "wall": wall,
                "cpu": used.ru_utime + used.ru_stime,
                "peak": used.ru_maxrss * unit,
                "all": total,
                "status": os.waitstatus_to_exitcode(status),
            }
        ),
        file=sys.stderr,
    )


if __name__ == "__main__":
    _main()
