"""The command ``symphony demo``."""

from __future__ import annotations

import json
import os
import time

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import attrs

from cyclopts import Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ..errors import FailedError, UsageError, printable
from ..streams import console, progress_console, write_bytes
from .exchange import Row, exchange
from .files import Input, find_project, take_files
from .gather import gather
from .kinds import CHECKS
from .supervise import RouterError, RouterProcess
from .table import results_table
from .wire import PEER, ROUTER, Forwarded, frame_codecs


__all__ = ["demo", "run_demo"]

_MAX_PROBLEMS: Final = 20
# This one, the router, and the one that answers: a new one for each format, one at a time.
_PROCESSES: Final = 3


def demo(
    *,
    root: Annotated[Path | None, Parameter(metavar="FOLDER")] = None,
    json_: Annotated[Path | None, Parameter(name="--json", metavar="FILE")] = None,
    timeout: Annotated[float, Parameter(metavar="SECONDS")] = 45.0,
) -> None:
    """
    Send this checkout's files through a router to another process, in every format.

    Makes a workflow, artifacts, an extension manifest, JSON-RPC requests and a capability token out of them, and
    sends each over a Unix socket to a router, which forwards the frames over pipes without a look into them.
    There another process decodes, checks and answers, and what comes back is compared.

    Args:
        root: Whose files to take; by default those of the project around the working directory.
        json_: Also write the figures to this file.
        timeout: When to give the other processes up.
    """
    if root is not None and not root.is_dir():
        raise UsageError(f"expected a folder, got {root}")
    if not timeout > 0:
        raise UsageError(f"expected a time-out above 0, got {timeout:g}")
    given = take_files(find_project(Path.cwd()) if root is None else root.resolve())
    started = time.perf_counter()
    rows, forwarded = run_demo(given, timeout=timeout)
    seconds = time.perf_counter() - started

    out = console()
    what = f"{len(given.files)} files of {given.root}, {given.size / 1024:,.0f} KiB; manifest {given.manifest.path}"
    out.print(printable(what), soft_wrap=True)
    out.print("driver --Unix socket--> router --stdio--> peer, a new one for each format", soft_wrap=True)
    out.print()
    out.print(results_table(rows, out))
    out.print()
    out.print(
        f"router: {forwarded.frames:,} frames forwarded, {forwarded.bytes:,} bytes of payload, none decoded",
        soft_wrap=True,
    )
    messages, verified = sum(row.messages for row in rows), sum(row.verified for row in rows)
    if json_ is not None:
        write_bytes(_report(given, rows, forwarded, seconds), json_)
    if verified < messages:
        problems = [problem for row in rows for problem in row.problems]
        if len(problems) > _MAX_PROBLEMS:
            problems = [*problems[:_MAX_PROBLEMS], f"and {len(problems) - _MAX_PROBLEMS} more"]
        raise FailedError([*problems, f"only {verified} of {messages} messages were verified"])
    formats = len({row.format for row in rows})
    out.print(
        f"verified: {verified} of {messages} messages, {formats} formats, {_PROCESSES} processes, {seconds:.1f} s",
        style="bold green",
    )


def run_demo(
    given: Input, *, timeout: float, router: Sequence[str] = ROUTER, peer: Sequence[str] = PEER
) -> tuple[list[Row], Forwarded]:
    """
    Make the messages, send them all, and return what was found, by kind, and what went through the router.

    Args:
        given: What to make them of.
        timeout: When to give the other processes up, in seconds.
        router: How to start the router.
        peer: How the router is to start the process that answers.

    Raises:
        FailedError: The manifest is wrong, or one of the processes fails.
    """
    try:
        messages = gather(given)
    except ValueError as exc:
        raise FailedError(f"{given.manifest.path}: {exc}") from exc
    groups = [[message for message in messages if message.kind == kind] for kind in CHECKS]
    codecs = frame_codecs()
    rows: list[Row] = []
    try:
        with RouterProcess(timeout, router=router, peer=peer) as process, _progress() as progress:
            known = (os.getpid(), process.pid)
            task = progress.add_task("messages", total=len(messages) * len(codecs))
            for codec in codecs:
                with process.talk(codec) as ask:
                    for group in filter(None, groups):
                        progress.update(task, description=f"{group[0].kind} {codec.name}")
                        rows.append(exchange(group, codec, ask, known, lambda: progress.advance(task)))
            forwarded = process.finish()
    except RouterError as exc:
        raise FailedError(str(exc)) from exc
    order = list(CHECKS)
    return sorted(rows, key=lambda row: order.index(row.kind)), forwarded


def _progress() -> Progress:
    out = progress_console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=out, transient=True, disable=not out.is_terminal)


def _report(given: Input, rows: Sequence[Row], forwarded: Forwarded, seconds: float) -> bytes:
    report: dict[str, Any] = {
        "root": str(given.root),
        "files": len(given.files),
        "bytes": given.size,
        "manifest": given.manifest.path,
        "messages": sum(row.messages for row in rows),
        "verified": sum(row.verified for row in rows),
        "processes": _PROCESSES,
        "seconds": round(seconds, 3),
        "forwarded": attrs.asdict(forwarded),
        "rows": [attrs.asdict(row) for row in rows],
    }
    return json.dumps(report, indent=2).encode() + b"\n"
