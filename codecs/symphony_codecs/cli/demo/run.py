"""The command ``symphony demo``."""

from __future__ import annotations

import json
import time

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import attrs

from cyclopts import Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ...codec import Codec
from ...errors import EncodeError
from ...registry import codec_names, get_codec
from ..errors import FailedError, UsageError, printable
from ..streams import console, progress_console, write_bytes
from .exchange import Row, exchange
from .files import Input, find_project, take_files
from .gather import Message, gather
from .kinds import KINDS
from .process import COMMAND, Peer, PeerError
from .table import results_table


__all__ = ["demo", "frame_codecs", "run_demo"]

_MAX_PROBLEMS: Final = 20
_PROCESSES: Final = 2


def demo(
    *,
    root: Annotated[Path | None, Parameter(metavar="FOLDER")] = None,
    json_: Annotated[Path | None, Parameter(name="--json", metavar="FILE")] = None,
    timeout: Annotated[float, Parameter(metavar="SECONDS")] = 45.0,
) -> None:
    """
    Send this checkout's files through another process, in every format.

    Makes a workflow, artifacts, an extension manifest, JSON-RPC requests and a capability token out of them,
    encodes each, lets another process decode, check and answer, and compares what comes back.

    Args:
        root: Whose files to take; by default those of the project around the working directory.
        json_: Also write the figures to this file.
        timeout: When to give the other process up.
    """
    if root is not None and not root.is_dir():
        raise UsageError(f"expected a folder, got {root}")
    if not timeout > 0:
        raise UsageError(f"expected a time-out above 0, got {timeout:g}")
    given = take_files(find_project(Path.cwd()) if root is None else root.resolve())
    started = time.perf_counter()
    rows = run_demo(given, timeout=timeout)
    seconds = time.perf_counter() - started

    out = console()
    what = f"{len(given.files)} files of {given.root}, {given.size / 1024:,.0f} KiB; manifest {given.manifest.path}"
    out.print(printable(what), soft_wrap=True)
    out.print()
    out.print(results_table(rows, out))
    out.print()
    messages, verified = sum(row.messages for row in rows), sum(row.verified for row in rows)
    if json_ is not None:
        write_bytes(_report(given, rows, seconds), json_)
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


def run_demo(given: Input, *, timeout: float, command: Sequence[str] = COMMAND) -> list[Row]:
    """
    Make the messages, send them all, and return what was found.

    Args:
        given: What to make them of.
        timeout: When to give the other process up, in seconds.
        command: How to start it.

    Raises:
        FailedError: The manifest is wrong, or the other process fails.
    """
    try:
        messages = gather(given)
    except ValueError as exc:
        raise FailedError(f"{given.manifest.path}: {exc}") from exc
    plan = _plan(messages)
    rows: list[Row] = []
    with _progress() as progress:
        task = progress.add_task("messages", total=sum(len(group) for group, _ in plan))
        try:
            with Peer(timeout, command) as peer:
                for group, codec in plan:
                    progress.update(task, description=f"{group[0].kind} {codec.name}")
                    rows.append(exchange(group, codec, peer, lambda: progress.advance(task)))
        except PeerError as exc:
            raise FailedError(str(exc)) from exc
    return rows


def frame_codecs() -> list[Codec]:
    """Return the codecs that frames carry, JSON first."""
    codecs = [codec for codec in map(get_codec, codec_names()) if codec.format_id is not None]
    return sorted(codecs, key=lambda codec: codec.format_id or 0)


def _plan(messages: Sequence[Message]) -> list[tuple[list[Message], Codec]]:
    """Every kind in every format of frames, and the manifest in TOML, the format it comes from."""
    plan: list[tuple[list[Message], Codec]] = []
    for name in KINDS:
        group = [message for message in messages if message.kind == name]
        codecs = frame_codecs()
        if name == "ExtensionManifest" and (toml := _toml()) is not None:
            codecs.append(toml)
        plan += [(group, codec) for codec in codecs if group]
    return plan


def _toml() -> Codec | None:
    """Return the codec for TOML if the extra that writes it is installed."""
    if "toml" not in codec_names():
        return None
    codec = get_codec("toml")
    try:
        codec.encode({})
    except EncodeError:
        return None
    return codec


def _progress() -> Progress:
    out = progress_console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=out, transient=True, disable=not out.is_terminal)


def _report(given: Input, rows: Sequence[Row], seconds: float) -> bytes:
    report: dict[str, Any] = {
        "root": str(given.root),
        "files": len(given.files),
        "bytes": given.size,
        "manifest": given.manifest.path,
        "messages": sum(row.messages for row in rows),
        "verified": sum(row.verified for row in rows),
        "processes": _PROCESSES,
        "seconds": round(seconds, 3),
        "rows": [attrs.asdict(row) for row in rows],
    }
    return json.dumps(report, indent=2).encode() + b"\n"
