"""Read formats and framings from the command line and from the names of files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from symphony_types.checks import FieldError

from ...codec import Codec
from ...framing.framings import framing_names
from ...records._inflate import COMPRESSED
from ...records._layout import NATIVE, Layout, layout_of
from .._codecs import CodecFlags, find_codec, given_codecs
from ..errors import UsageError
from .plan import Conversion


__all__ = ["PARQUET", "codecs_of", "conversion_of", "framing_of", "is_parquet", "reader_of"]

PARQUET: Final = "parquet"

_FRAMINGS: Final = {".jsonl": "newline", ".ndjson": "newline", ".frames": NATIVE}


def framing_of(
    source_format: str,
    source: str,
    out: Path | None,
    *,
    lines: bool,
    framing: str | None,
    wants_records: bool,
    codecs: CodecFlags,
) -> str | None:
    """
    Return how records follow one another in the input; ``None``: it is one document.

    Lines are made of records. So is what options for records are given for, if its format needs nothing between two
    documents: one document is then a sequence of one.

    Args:
        source_format: ``FROM``.
        source: The input's path, or ``-``.
        out: The output's path; ``None``: standard output.
        lines: Whether ``--lines`` is given.
        framing: What ``--framing`` says.
        wants_records: Whether an option is given that is for records.
        codecs: Codecs of one's own.

    Raises:
        UsageError: The words contradict each other, or there is no such framing.
    """
    if lines and framing not in {None, "newline"}:
        raise UsageError(f"expected --lines or --framing {framing}, got both")
    if lines:
        framing = "newline"
    if source_format == NATIVE and framing not in {None, NATIVE}:
        raise UsageError(f"expected another FROM for {framing}, got native, whose frames say their formats")
    framing = framing or (NATIVE if source_format == NATIVE else _FRAMINGS.get(_extension(source)))
    if framing is not None:
        return framing
    form = find_codec(source_format, given_codecs(codecs.codec)).format
    to_lines = out is not None and _FRAMINGS.get(_extension(str(out))) == "newline"
    return form.framing if to_lines or (wants_records and form.is_binary) else None


def conversion_of(
    source_format: str,
    target: str,
    source: str,
    out: Path | None,
    *,
    framing: str | None,
    to_framing: str | None,
    type_: str | None,
    codecs: CodecFlags,
) -> Conversion:
    """
    Return what becomes of each record.

    Args:
        source_format: ``FROM``.
        target: ``TO``.
        source: The input's path, or ``-``.
        out: The output's path; ``None``: standard output.
        framing: What `framing_of` has returned; ``None``: as is usual for the format.
        to_framing: What ``--to-framing`` says.
        type_: What ``--type`` says.
        codecs: Codecs of one's own, options and limits.

    Raises:
        UsageError: There is no such codec or framing, or they do not go together.
    """
    as_parquet = is_parquet(target, out)
    if as_parquet:
        if out is None or type_ is None:
            raise UsageError("Parquet needs OUT and --type, which says what its columns are")
        if to_framing is not None:
            raise UsageError(f"expected no framing for Parquet, got {to_framing}")
    reader = reader_of(source_format, codecs) if target == PARQUET else codecs_of(source_format, target, codecs)[0]
    read = _layout("" if source == "-" else source, reader, framing)
    if as_parquet:
        to_framing, to_compression = "", "none"
    else:
        written = _layout(out or "", codecs_of(source_format, target, codecs)[1], to_framing)
        to_framing, to_compression = written.framing, written.compression
    if to_framing == NATIVE:
        raise UsageError(f"expected a framing of {', '.join(framing_names())} for the output, got native")
    return Conversion(
        source_format=source_format,
        target=target,
        type_=type_,
        codecs=codecs,
        framing=read.framing,
        to_framing=to_framing,
        compression=read.compression,
        to_compression=to_compression,
    )


def is_parquet(target: str, out: Path | None) -> bool:
    """Tell whether a Parquet file is to be written."""
    return target == PARQUET or (out is not None and out.suffix.lower() == ".parquet")


def reader_of(source_format: str, codecs: CodecFlags) -> Codec | None:
    """
    Return the codec to read with; ``None``: frames say it.

    Raises:
        UsageError: There is none of that name.
    """
    return None if source_format == NATIVE else codecs.codecs(source_format)[0]


def codecs_of(source_format: str, target: str, codecs: CodecFlags) -> tuple[Codec | None, Codec]:
    """
    Return the codecs to read and write with; ``None``: frames say what to read them with.

    Raises:
        UsageError: There is none of that name.
    """
    if source_format == NATIVE:
        return None, codecs.with_options(find_codec(target, given_codecs(codecs.codec)))
    reader, writer = codecs.codecs(source_format, target)
    return reader, writer


def _layout(path: str | Path, codec: Codec | None, framing: str | None) -> Layout:
    try:
        return layout_of(path, codec, framing, None)
    except FieldError as exc:  # whose path is that of an argument of the library
        raise UsageError(f"expected {exc.expected}, got {exc.actual}") from exc
    except (ValueError, LookupError, ImportError) as exc:
        raise UsageError(str(exc)) from exc


def _extension(path: str) -> str:
    name = Path(path.lower())
    return Path(name.stem).suffix if name.suffix in COMPRESSED else name.suffix
