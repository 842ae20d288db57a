"""Import time in fresh interpreters, compared with attrs alone, the minimum for a package of attrs classes."""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys

from collections.abc import Callable, Mapping
from typing import Any, Final


__all__ = ["STATEMENTS", "measure"]

STATEMENTS: Final[Mapping[str, str]] = {
    "attrs": "import attrs",
    "symphony_types": "import symphony_types",
    "symphony_types, all names": "import symphony_types as t; [getattr(t, name) for name in t.__all__]",
    "cattrs": "import cattrs",
    "symphony_codecs": "import symphony_codecs",
    "symphony_codecs, json ready": "import symphony_codecs; symphony_codecs.get_codec('json')",
    **{
        name: f"import {module}"
        for name, module in {
            "msgspec": "msgspec",
            "pydantic": "pydantic; pydantic.TypeAdapter",
            "mashumaro": "mashumaro.codecs.orjson",
            "adaptix": "adaptix",
            "serpyco-rs": "serpyco_rs",
            "protobuf": "google.protobuf.message_factory",
        }.items()
        if importlib.util.find_spec(module.partition(".")[0].partition(";")[0]) is not None
    },
}

_PROGRAM: Final = "import time; start = time.perf_counter()\n{}\nprint(time.perf_counter() - start)"


def measure(rounds: int, on_step: Callable[[], Any] = lambda: None) -> list[dict[str, Any]]:
    """
    Return the median and the minimum import time of each statement, in milliseconds.

    Each measurement starts a new interpreter, whose own start-up does not count; the statements take turns.

    Args:
        rounds: Measurements of each statement, after one that is discarded (it may write bytecode).
        on_step: Called after each interpreter has ended.
    """
    times: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for turn in range(rounds + 1):
        for name, statement in STATEMENTS.items():
            seconds = _import_once(statement)
            if turn:
                times[name].append(seconds * 1e3)
            on_step()
    return [
        {"what": name, "median_ms": statistics.median(taken), "min_ms": min(taken), "rounds": rounds}
        for name, taken in times.items()
    ]


def _import_once(statement: str) -> float:
    # -I keeps the user's environment from adding to the path or to start-up.
    result = subprocess.run(
        [sys.executable, "-I", "-c", _PROGRAM.format(statement)], check=True, capture_output=True, text=True
    )
    return float(result.stdout)
