"""``symphony bench``: the codecs on your own type, next to the libraries that are installed."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ..benchmark.contender import Contender, codec_contenders
from ..benchmark.environment import Environment
from ..benchmark.generate import generate as generate_values
from ..benchmark.measure import Settings, measure
from ..benchmark.peers import PICKLE, peer_contenders
from ..benchmark.report import Report, Row
from ..benchmark.sample import SampleError, read_sample
from ..benchmark.table import render
from ..codec import Codec
from ..registry import codec_names
from ._codecs import CodecFlags, find_codec, given_codecs, given_type
from .errors import FailedError, UsageError
from .streams import console, progress_console, write_bytes


__all__ = ["bench"]

_GENERATED: Final = 100
_CODECS: Final = CodecFlags()


def bench(
    type_: Annotated[str, Parameter(name="TYPE")],
    /,
    *,
    sample: Annotated[Path | None, Parameter(metavar="FILE")] = None,
    generate: Annotated[int | None, Parameter(metavar="N")] = None,
    seed: int = 0,
    formats: Annotated[list[str] | None, Parameter(metavar="FORMAT", consume_multiple=True)] = None,
    rounds: Annotated[int, Parameter(metavar="N", show_default=True)] = 15,
    json_: Annotated[Path | None, Parameter(name="--json", metavar="FILE")] = None,
    codecs: CodecFlags = _CODECS,
) -> int:
    """
    Measure codecs on your own type, next to the libraries that are installed.

    Whoever does not give every value back is shown as failed, and why. Without a sample values are generated.

    Args:
        type_: What the values are; see symphony decode --help.
        sample: Your data: a document of the type or an array of such, in the format that the file's name ends in; or
            .jsonl, a document in each line.
        generate: How many distinct values to generate; 100 if not given.
        seed: For generated values; the same seed gives the same values.
        formats: Measure these only: names of codecs, pickle. By default all, or with --codec the formats of those.
        rounds: Batches of each measurement, whose median counts.
        json_: Write all figures to this file, too.
        codecs: Codecs and their options.
    """
    given = given_codecs(codecs.codec)
    _check(sample, generate, formats, rounds, given)
    formats = formats or [*given] or None
    as_type = given_type(type_)
    names = [name for name in formats or codec_names() if name != PICKLE]
    measured = codecs.codecs(*names)
    try:
        if sample is None:
            with _no_traces():
                values = generate_values(as_type, _GENERATED if generate is None else generate, seed=seed)
        else:
            values = read_sample(sample, as_type, lambda name: codecs.with_options(find_codec(name, given)))
    except SampleError as exc:
        raise FailedError(str(exc)) from exc

    peers = peer_contenders(as_type, formats)
    contenders = _ordered([*codec_contenders(as_type, measured), *peers.contenders])
    rows = _measured(contenders, values, Settings(rounds=rounds))
    report = Report(
        what=type_,
        values=len(values),
        source=f"generated with seed {seed}" if sample is None else f"from {sample.name}",
        rounds=rounds,
        at=dt.datetime.now(dt.UTC),
        environment=Environment.here(),
        rows=rows,
        skipped=peers.skipped,
    )
    # The figures first: a table that nobody reads to its end must not lose them.
    if json_ is not None:
        write_bytes(report.to_json(), json_)
    console().print(render(report))
    return int(any(row.error is not None and row.role == "codec" for row in rows))


def _check(
    sample: Path | None, generate: int | None, formats: list[str] | None, rounds: int, given: Mapping[str, Codec]
) -> None:
    if sample is not None and generate is not None:
        raise UsageError("expected --sample or --generate, got both")
    if generate is not None and generate < 1:
        raise UsageError(f"expected one value at least, got {generate}")
    if rounds < 1:
        raise UsageError(f"expected one round at least, got {rounds}")
    known = [*dict.fromkeys((*codec_names(), *given)), PICKLE]
    for name in formats or ():
        if name not in known:
            raise UsageError(f"expected a format of {', '.join(known)}, got {name!r}")


@contextlib.contextmanager
def _no_traces() -> Iterator[None]:
    """Keep Hypothesis from leaving its folder of caches in the working directory."""
    try:
        from hypothesis.configuration import set_hypothesis_home_dir
    except ImportError:
        # What is to be generated says so.
        yield
        return
    with tempfile.TemporaryDirectory(prefix="symphony-bench-") as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)


def _ordered(contenders: list[Contender]) -> list[Contender]:
    """Return them format by format, the formats in the order in which they come first."""
    order = list(dict.fromkeys(contender.format for contender in contenders))
    return sorted(contenders, key=lambda contender: order.index(contender.format))


def _measured(contenders: list[Contender], values: list[Any], settings: Settings) -> tuple[Row, ...]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    out = progress_console()
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
        task = progress.add_task("measure", total=None)

        def on_step(what: str, done: int, total: int) -> None:
            progress.update(task, description=what, completed=done, total=total)

        return measure(contenders, values, settings, on_step)
