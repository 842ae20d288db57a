"""
Count instructions with callgrind, and compare with the committed figures: ``python -m bench.instructions``.

Counts do not depend on the load of the machine, so that small regressions show.  They hold for one processor
architecture, interpreter and set of libraries; with others nothing is compared.  Needs valgrind, its headers and a C
compiler.

Exit codes: 0 nothing is worse, or nothing could be counted (the output gives the reason); 1 something is worse; 2 the
committed figures are of another environment.  ``--update`` overwrites them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any, Final, TypeAlias

from rich.console import Console
from rich.table import Table

from .counted import LOOP
from .figures.files import FOLDER, read, write


__all__ = ["FIGURES", "CannotCountError", "committed", "compare", "counted_cases", "keep", "main", "per_call"]

# By contender, by case.
Counts: TypeAlias = Mapping[str, Mapping[str, float]]

FIGURES: Final = FOLDER / "instructions.json"
# Addresses of objects depend on everything that ran before, and so do collisions in hash tables.
TOLERANCE: Final = 0.02
_CONTENDERS: Final = {"symphony": "", "symphony, pure": "1"}
_SOURCE: Final = Path(__file__).with_name("requests.c")
_DISTRIBUTIONS: Final = ("attrs", "cattrs", "cbor2", "msgpack", "orjson")
_DUMP: Final = re.compile(r"^desc: Trigger: Client Request: ([^\n]+)$.*?^totals: (\d+)$", re.MULTILINE | re.DOTALL)


class CannotCountError(Exception):
    """Counting is not possible; the message names what is missing."""


def count() -> dict[str, Any]:
    """
    Return all counts and their environment.

    Raises:
        CannotCountError: Something is missing.
    """
    _check_tools()
    with tempfile.TemporaryDirectory(prefix="symphony-bench-") as name:
        folder = Path(name)
        library = _compiled(folder)
        with ThreadPoolExecutor(len(_CONTENDERS)) as pool:
            found = list(
                pool.map(lambda pure: _counted(folder / f"pure{pure}", library, pure=pure), _CONTENDERS.values())
            )
    return {
        "environment": _environment(),
        "engines": {contender: engine for contender, (engine, _) in zip(_CONTENDERS, found, strict=True)},
        "instructions": {contender: counts for contender, (_, counts) in zip(_CONTENDERS, found, strict=True)},
    }


def counted_cases(prefix: str, python: str, path: Sequence[str]) -> dict[str, float]:
    """
    Return the counts of some cases, measured with the engine.

    Args:
        prefix: Only cases whose names begin with it are counted.
        python: The interpreter.
        path: Its folders of modules, as ``PYTHONPATH``.

    Raises:
        CannotCountError: Something is missing.
    """
    _check_tools()
    with tempfile.TemporaryDirectory(prefix="symphony-bench-") as name:
        folder = Path(name)
        return _counted(folder / "counted", _compiled(folder), prefix=prefix, python=python, path=path)[1]


def _check_tools() -> None:
    for tool in ("valgrind", "cc"):
        if shutil.which(tool) is None:
            raise CannotCountError(f"{tool} is not installed")


def _compiled(folder: Path) -> Path:
    library = folder / "requests.so"
    done = subprocess.run(
        ["cc", "-O1", "-shared", "-fPIC", "-o", str(library), str(_SOURCE)],  # noqa: S607 - wherever cc is
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotCountError(f"valgrind's headers cannot be compiled against: {done.stderr.strip().splitlines()[0]}")
    return library


def _counted(
    out: Path,
    library: Path,
    *,
    prefix: str = "",
    pure: str = "",
    python: str = sys.executable,
    path: Sequence[str] = tuple(filter(None, sys.path)),
) -> tuple[str, dict[str, float]]:
    # Addresses are hashed, too; without address space randomisation they are the same in every run.
    fixed = ["setarch", "-R"] if shutil.which("setarch") else []
    command = [*fixed, "valgrind", "-q", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}"]
    done = subprocess.run(
        [*command, python, "-P", "-m", f"{__package__}.counted", str(library), prefix],
        env={
            "PATH": os.environ.get("PATH", ""),
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": os.pathsep.join(path),
            "SYMPHONY_PURE": pure,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotCountError(f"counting ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    told = json.loads(done.stdout)
    dumps = [path.read_text(encoding="utf-8", errors="replace") for path in out.parent.glob(f"{out.name}.*")]
    return told["engine"], per_call(dumps, told["calls"])


def per_call(dumps: Sequence[str], calls: Mapping[str, int]) -> dict[str, float]:
    """
    Return the instructions of one call of each case, without those of the loop.

    Args:
        dumps: The dumps that callgrind wrote, one for each case.
        calls: The number of calls of each case.
    """
    totals = {found[1]: int(found[2]) for text in dumps if (found := _DUMP.search(text)) is not None}
    loop = totals[LOOP] / calls[LOOP]
    return {name: round(totals[name] / number - loop, 1) for name, number in calls.items() if name != LOOP}


def _environment() -> dict[str, str]:
    valgrind = subprocess.run(
        ["valgrind", "--version"],  # noqa: S607 - wherever valgrind is
        capture_output=True,
        text=True,
        check=True,
    )
    return {
        "machine": platform.machine(),
        "python": f"{platform.python_implementation()} {platform.python_version()} ({platform.python_compiler()})",
        "valgrind": valgrind.stdout.strip(),
        **{name: metadata.version(name) for name in _DISTRIBUTIONS},
    }


def keep(found: Mapping[str, Any]) -> None:
    """Overwrite the committed counts, with one case per line."""
    counts: Counts = found["instructions"]
    cases = dict.fromkeys(case for of in counts.values() for case in of)
    of_case = {case: {contender: round(of[case]) for contender, of in counts.items() if case in of} for case in cases}
    write(FIGURES, {**found, "instructions": [{"case": case, "count": of} for case, of in of_case.items()]})


def committed() -> dict[str, Any]:
    """Return the counts that `keep` wrote."""
    found = read(FIGURES)
    counts: dict[str, dict[str, float]] = {}
    for row in found["instructions"]:
        for contender, count in row["count"].items():
            counts.setdefault(contender, {})[row["case"]] = count
    return {**found, "instructions": counts}


def differences(before: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each difference of environment that makes counts incomparable."""
    for part in ("environment", "engines"):
        for name in {**before[part], **found[part]}:
            then, now = (figures[part].get(name, "none") for figures in (before, found))
            if then != now:
                yield f"{name}: {then} then, {now} now"


def compare(before: Counts, found: Counts) -> list[tuple[str, str, float | None, float | None]]:
    """Return contender, case, old count and new count for each case; ``None`` where a count is missing."""
    rows = []
    for contender in {**before, **found}:
        then, now = before.get(contender, {}), found.get(contender, {})
        rows += [(contender, case, then.get(case), now.get(case)) for case in {**then, **now}]
    return rows


def _table(rows: Sequence[tuple[str, str, float | None, float | None]]) -> Table:
    table = Table("by", "work", title="Instructions for one call", title_justify="left")
    for heading in ("then", "now", "ratio", ""):
        table.add_column(heading, justify="right")
    previous = None
    for contender, case, then, now in rows:
        if previous not in {None, contender}:
            table.add_section()
        previous = contender
        figures = ["-" if value is None else f"{value:,.0f}" for value in (then, now)]
        if then is None or now is None:
            table.add_row(contender, case, *figures, "-", "[yellow]new[/]" if then is None else "[red]gone[/]")
            continue
        word = "[red]worse[/]" if _worse(then, now) else "[green]better[/]" if _worse(now, then) else ""
        table.add_row(contender, case, *figures, f"{now / then:.3f}", word)
    return table


def _worse(then: float, now: float) -> bool:
    return now > then * (1 + TOLERANCE)


def _main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.instructions", description="Count instructions, and compare with the committed figures."
    )
    parser.add_argument("--update", action="store_true", help="overwrite the committed figures with the counts")
    arguments = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 132, highlight=False)
    try:
        with Console(stderr=True).status("counting instructions, about a minute"):
            found = count()
    except CannotCountError as exc:
        console.print(f"nothing was counted: {exc}", markup=False)
        return 0
    if arguments.update:
        keep(found)
        console.print(f"{sum(map(len, found['instructions'].values()))} counts are in {FIGURES.name}")
        return 0
    before = committed()
    if other := list(differences(before, found)):
        console.print("the committed figures hold for something else, and are not compared with:")
        console.print("\n".join(other), markup=False)
        return 2
    rows = compare(before["instructions"], found["instructions"])
    console.print(_table(rows))
    bad = sum(now is None or (then is not None and _worse(then, now)) for _, _, then, now in rows)
    console.print(f"{bad} of {len(rows)} worse by more than {TOLERANCE:.0%}, or gone")
    return int(bool(bad))


def main() -> None:
    """Count, and compare or write."""
    sys.exit(_main())


if __name__ == "__main__":
    main()
