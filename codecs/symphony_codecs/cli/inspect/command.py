"""The command: its options, and what becomes of what is found."""

from __future__ import annotations

import json

from typing import Annotated, Any, Final

import attrs

from cyclopts import Parameter

from ...errors import DecodeError
from ...framing._limits import DEFAULT_MAX_MESSAGE
from ...registry import get_codec
from .._codecs import CodecFlags, given_type
from .._several import COMMAS
from ..errors import UsageError
from .documents import DocumentWalk
from .native import FrameWalk, Selection
from .output import Capture, Output
from .payloads import PayloadReader
from .plan import Plan, plan_of
from .summary import Summary, for_people
from .walk import Formats, Walk


__all__ = ["inspect"]

_CODECS: Final = CodecFlags()


@Parameter(name="*")
@attrs.frozen(kw_only=True)
class Selecting:
    """
    The rows to show.

    Args:
        limit: Stop after so many rows.
        skip: Leave out so many rows first.
        kind: Show frames of these types only, such as REQUEST or DAMAGE, with commas between them.
        stream: Show frames of these streams only, with commas between them.
        full: Show payloads whole.
        json_: Write one JSON object for each row, for programs.
        summary: Count and measure, by type, format and stream, and show no rows. Payloads are read with --type only.
    """

    limit: Annotated[int | None, Parameter(metavar="N")] = None
    skip: Annotated[int, Parameter(metavar="N")] = 0
    kind: Annotated[tuple[str, ...], COMMAS, Parameter(metavar="KIND,...")] = ()
    stream: Annotated[tuple[int, ...], COMMAS, Parameter(metavar="ID,...")] = ()
    full: bool = False
    json_: Annotated[bool, Parameter(name="--json")] = False
    summary: bool = False


_SELECTING: Final = Selecting()


def inspect(
    source: Annotated[str, Parameter(name="FILE", allow_leading_hyphen=True)] = "-",
    /,
    *,
    framing: Annotated[str | None, Parameter(metavar="FRAMING")] = None,
    format_: Annotated[str | None, Parameter(name="--format", metavar="FORMAT")] = None,
    type_: Annotated[str | None, Parameter(name=["--type", "-t"], metavar="TYPE")] = None,
    selecting: Selecting = _SELECTING,
    codecs: CodecFlags = _CODECS,
) -> int:
    """
    Show a captured stream frame by frame, or document by document: offsets, fields, payload, and what is wrong where.

    Rows come as their bytes do, so that a stream that goes on can be watched. Frames that a filter leaves out are
    checked, apart from their payloads, and count in the last line and the exit code. Tags are shown and not checked,
    which takes the key of the connection.

    Args:
        source: The bytes of one direction of a connection, or a file of documents, also .gz or .zst; - is standard
            input.
        framing: native, content-length, newline, length-prefixed, msgpack-sequence, cbor-sequence or json-sequence; if
            not given, the file's name says it, or the first bytes let it be guessed.
        format_: The format of documents of other framings; frames name theirs.
        type_: The type of the messages; see symphony decode --help. One that does not fit is shown untyped, with the
            reasons. Without it: envelopes of JSON-RPC, JSON-RPC, or anything.
        selecting: The rows to show.
        codecs: Codecs and their options.
    """
    _check(selecting, type_, codecs)
    selection = Selection(selecting.kind, selecting.stream)
    as_type = () if type_ is None else (given_type(type_),)
    formats = Formats(codecs)
    output = Output(json=selecting.json_, full=selecting.full)
    capture = Capture(source, output.flush)
    try:
        plan = plan_of(capture, capture.stem, framing, format_, codecs)
        walk = _walk(plan, selection, as_type, formats, codecs.max_size or DEFAULT_MAX_MESSAGE)
        if selecting.summary:
            return _sum_up(walk, capture, selecting, output, PayloadReader(formats.json()))
        return _show(walk, capture, selecting, output)
    finally:
        output.flush()


def _check(selecting: Selecting, type_: str | None, codecs: CodecFlags) -> None:
    """Refuse options that have no effect, and numbers out of their range."""
    codecs.with_options(get_codec("json"))
    if selecting.limit is not None and selecting.limit < 1:
        raise UsageError(f"expected at least 1 for --limit, got {selecting.limit}")
    if selecting.skip < 0:
        raise UsageError(f"expected at least 0 for --skip, got {selecting.skip}")
    if selecting.full and (selecting.json_ or selecting.summary):
        raise UsageError("expected no --full with --json, which has whole payloads, or --summary, which has none")
    if selecting.summary and type_ is None:
        for name in ("strict", "forbid_unknown", "max_depth", "max_items", "max_text"):
            if getattr(codecs, name) not in {None, False}:
                option = f"--{name.replace('_', '-')}"
                raise UsageError(f"expected --type for {option} with --summary, which reads no payloads without it")


def _walk(plan: Plan, selection: Selection, as_type: tuple[Any, ...], formats: Formats, limit: int) -> Walk[Any]:
    reader = PayloadReader(formats.json(), *as_type)
    is_typed = bool(as_type)
    if plan.codec is None:
        return FrameWalk(plan.blocks, selection, reader, formats, limit, is_typed=is_typed)
    if selection:
        raise UsageError(f"expected native frames for --kind and --stream, got the framing {plan.framing}")
    try:
        for tp in as_type:
            plan.codec.decoder(tp)
    except DecodeError as exc:
        raise UsageError(issue.message for issue in exc.issues) from exc
    return DocumentWalk(plan.blocks, plan.framing, plan.codec, reader, limit, is_typed=is_typed)


def _show(walk: Walk[Any], capture: Capture, selecting: Selecting, output: Output) -> int:
    left_out = shown = 0
    end: int | None = None
    for item in walk.found():
        row = walk.show(item)
        if row is None:
            continue
        if left_out < selecting.skip:
            left_out += 1
            continue
        output.row(row)
        shown += 1
        if shown == selecting.limit:
            end = walk.end(item)
            break
    if not selecting.json_:
        output.line(walk.total(capture.size if end is None else end, shown, stopped=end is not None))
    return 1 if walk.wrong else 0


def _sum_up(walk: Walk[Any], capture: Capture, selecting: Selecting, output: Output, reader: PayloadReader) -> int:
    # What is left out is summed up as well, elsewhere.
    summary, left_out = Summary(walk.framing), Summary(walk.framing)
    skip, left, end = selecting.skip, selecting.limit, None
    for item in walk.found(None if skip or left else summary):
        if skip:
            skip -= walk.add(left_out, item)
        elif walk.add(summary, item) and left is not None:
            left -= 1
            if not left:
                end = walk.end(item)
                break
    size = capture.size if end is None else end
    row = summary.for_programs(size, walk.format_name, walk.times(summary.ends, reader))
    for line in (json.dumps(row),) if selecting.json_ else for_people(row):
        output.line(line)
    return 1 if summary.wrong else 0
