"""``symphony convert``: a document, or a stream of records, from one format into another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from .._codecs import CodecFlags, Flags
from ..errors import UsageError


__all__ = ["convert"]

_MOST_JOBS: Final = 1024

_Framing = Annotated[str | None, Parameter(metavar="FRAMING")]
_DEFAULTS: Final = Flags()
_CODECS: Final = CodecFlags()


def convert(
    source_format: Annotated[str, Parameter(name="FROM")],
    target: Annotated[str, Parameter(name="TO")],
    source: Annotated[str, Parameter(name="IN", allow_leading_hyphen=True)] = "-",
    out: Annotated[Path | None, Parameter(name="OUT")] = None,
    /,
    *,
    lines: bool = False,
    framing: _Framing = None,
    to_framing: _Framing = None,
    jobs: Annotated[int | None, Parameter(name=["--jobs", "-j"], metavar="N")] = None,
    dask: Annotated[str | None, Parameter(metavar="ADDRESS")] = None,
    part_size: Annotated[int | None, Parameter(metavar="BYTES")] = None,
    quiet: bool = False,
    pretty: bool = False,
    force: bool = False,
    codecs: CodecFlags = _CODECS,
    flags: Flags = _DEFAULTS,
) -> int:
    """
    Turn a document, or each record of a stream of any size, into another format.

    IN is one document, unless --lines or --framing says how records follow one another in it, or OUT ends in .jsonl or
    .ndjson. Records that cannot be converted go to OUT.bad, one line of JSON each, and the exit code is 1. Finished
    parts stay in OUT.parts until all are done: after an interruption the same command goes on with them.

    Args:
        source_format: The format to read, see symphony formats; native for captured frames, which say their formats.
        target: The format to write, see symphony formats; parquet for a Parquet file.
        source: The file to read; - is standard input. Files of records that end in .gz or .zst are compressed.
        out: The file to write; without it standard output.
        lines: Each line is a record, as in files that end in .jsonl or .ndjson.
        framing: How records follow one another: newline (as --lines), msgpack-sequence, cbor-sequence and others.
        to_framing: How they follow one another in the output, where that is not as usual for TO.
        jobs: The number of processes; 1 by default.
        dask: Hand the parts to the Dask cluster of this scheduler, such as tcp://host:8786.
        part_size: The least size of a part, by default 16 MiB.
        quiet: Show neither progress nor a summary.
        pretty: One entry a line, where one document is written as JSON.
        force: Write binary to a terminal, or over an output and parts that are there.
        codecs: Codecs and their options.
        flags: The type of the document, or of each record.
    """
    if out is not None and flags.output is not None:
        raise UsageError(f"expected one output, got {out} and --output {flags.output}")
    if jobs is not None and not 1 <= jobs <= _MOST_JOBS:
        raise UsageError(f"expected from 1 to {_MOST_JOBS} processes, got {jobs}")
    if jobs is not None and jobs > 1:
        # Before anything that takes time to import.
        from .processes import prepare_workers

        prepare_workers()
    from .layout import conversion_of, framing_of, is_parquet
    from .split import DEFAULT_PART_SIZE
    from .to_file import Workers, convert_file
    from .to_stdout import convert_to_stdout

    output = out or flags.output
    for_records = {"--to-framing": to_framing, "--jobs": jobs, "--dask": dask, "--part-size": part_size}
    found = framing_of(
        source_format,
        source,
        output,
        lines=lines,
        framing=framing,
        wants_records=any(value is not None for value in for_records.values()),
        codecs=codecs,
    )
    workers = Workers(jobs=jobs or 1, dask=dask)
    if part_size is not None and part_size < 1:
        raise UsageError(f"expected parts of at least 1 byte, got {part_size}")
    if jobs is not None and dask is not None:
        raise UsageError("expected --jobs or --dask, got both: a cluster has its own number of workers")
    if found is None and not is_parquet(target, output):
        _refuse(for_records, "is for records: say with --lines or --framing how they follow one another")
        return _document(source_format, target, source, out, pretty=pretty, force=force, codecs=codecs, flags=flags)
    _refuse({"--pretty": pretty}, "is for one document, not for records")
    conversion = conversion_of(
        source_format, target, source, output, framing=found, to_framing=to_framing, type_=flags.type_, codecs=codecs
    )
    if output is None:
        _refuse({"--jobs": jobs, "--dask": dask, "--part-size": part_size}, "needs OUT")
        return convert_to_stdout(conversion, source, quiet=quiet, force=force)
    return convert_file(
        conversion, source, output, workers, part_size=part_size or DEFAULT_PART_SIZE, quiet=quiet, force=force
    )


def _refuse(options: dict[str, Any], why: str) -> None:
    for name, value in options.items():
        if value not in {None, False}:
            raise UsageError(f"{name} {why}")


def _document(
    source_format: str,
    target: str,
    source: str,
    out: Path | None,
    *,
    pretty: bool,
    force: bool,
    codecs: CodecFlags,
    flags: Flags,
) -> int:
    from ..transcode import check_pretty, put, transcode

    reader, writer = codecs.codecs(source_format, target)
    check_pretty(writer, pretty=pretty)
    if out is not None and out.exists() and not force:
        raise UsageError(f"{out} is there already: choose another OUT, or write over it with --force")
    data = transcode(reader, writer, source, flags)
    put(data, writer, out or flags.output, as_hex=False, pretty=pretty, force=force)
    return 0
