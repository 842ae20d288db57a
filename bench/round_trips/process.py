"""
One end of a contender, in a process of its own: ``python -m bench.round_trips.process``.

Its only argument is JSON: the role (``server``, ``router`` or ``client``), the contender, the work, the path, and the
processor to run on or null.  It prints ``ready`` when it is.  A client then reads numbers from its standard input, runs
as many messages, and prints the times and the processor time in nanoseconds.
"""

from __future__ import annotations

import json
import os
import sys
import time

from pathlib import Path
from typing import Any

from .contender import Contender, Ends, Work


__all__ = ["READY"]

READY = "ready"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _answer_turns(path: Path, ends: Ends, work: Work) -> None:
    with ends.client(path, work) as run:
        _say(READY)
        for line in sys.stdin:
            start = time.process_time_ns()
            times = run(int(line))
            _say(json.dumps({"times": times, "cpu": time.process_time_ns() - start}))


def _main() -> None:
    given: dict[str, Any] = json.loads(sys.argv[1])
    ends, work, path = Contender(**given["contender"]).ends(), Work(**given["work"]), Path(given["path"])
    if given["cpu"] is not None:  # imports, which take long, are done
        os.sched_setaffinity(0, {given["cpu"]})
    if given["role"] == "client":
        _answer_turns(path, ends, work)
    else:
        ends.serve(path, work, lambda: _say(READY))


if __name__ == "__main__":
    _main()
