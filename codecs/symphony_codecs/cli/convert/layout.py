"""What the words on the command line, and the names of files, say about how records lie in them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ...codec import Codec
from ...framing.framings import framing_names
from ...records._layout import NATIVE, Layout, layout_of
from .._codecs import CodecFlags, find_codec, given_codecs
from ..errors import UsageError
from .plan import Conversion


__all__ = ["PARQUET", "codecs_of", "conversion_of", "framing_of"]

PARQUET: Final = "parquet"

_FRAMINGS: Final = {".jsonl": "newline", ".ndjson": "newline", ".frames": NATIVE}
_COMPRESSED: Final = frozenset({".gz", ".zst"})


def framing_of(source_format: str, source: str, *, lines: bool, framing: str | None) -> str | None:
    """
    Return how records follow one another in the input; ``None``: it is one document.

    Raises:
        UsageError: The words contradict each other, or there is no such framing.
    """
    if lines and framing not in {None, "newline"}:
        raise UsageError(f"expected --lines or --framing {framing}, got both")
    if lines:
        framing = "newline"
    if source_format == NATIVE and framing not in {None, NATIVE}:
        raise UsageError(f"expected another FROM for {framing}, got native, whose frames say their formats")
    return framing or (NATIVE if source_format == NATIVE else _FRAMINGS.get(_extension(source)))


def conversion_of(
    source_format: str,
    target: str,
    source: str,
    out: Path | None,
    *,
    framing: str,
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
        framing: What `framing_of` has returned.
        to_framing: What ``--to-framing`` says.
        type_: What ``--type`` says.
        codecs: Codecs of one's own, options and limits.

    Raises:
        UsageError: There is no such codec or framing, or they do not go together.
    """
    reader, writer = codecs_of(source_format, target, codecs)
    read = _layout("" if source == "-" else source, reader, framing)
    written = _layout(out or "", writer, to_framing)
    if written.framing == NATIVE:
        raise UsageError(f"expected a framing of {', '.join(framing_names())} for the output, got native")
    return Conversion(
        source_format=source_format,
        target=target,
        type_=type_,
        codecs=codecs,
        framing=read.framing,
        to_framing=written.framing,
        compression=read.compression,
        to_compression=written.compression,
    )


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
    except (ValueError, LookupError, ImportError) as exc:
        raise UsageError(str(exc)) from exc


def _extension(path: str) -> str:
    name = Path(path.lower())
    return Path(name.stem).suffix if name.suffix in _COMPRESSED else name.suffix
