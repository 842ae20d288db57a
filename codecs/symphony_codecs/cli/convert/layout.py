"""What the words on the command line, and the names of files, say about how records lie in them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ...codec import Codec
from ...records._layout import Layout, layout_of
from .._codecs import CodecFlags
from ..errors import UsageError
from .plan import Conversion


__all__ = ["PARQUET", "conversion_of", "framing_of"]

NATIVE: Final = "native"
PARQUET: Final = "parquet"

_LINES: Final = frozenset({".jsonl", ".ndjson"})
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
    if framing is None:
        if source_format == NATIVE:
            framing = NATIVE
        elif _extension(source) in _LINES:
            framing = "newline"
    if framing is not None and (framing == NATIVE) != (source_format == NATIVE):
        raise UsageError(
            f"expected native as both FROM and framing, since frames say their formats, got {source_format}, {framing}"
        )
    return framing


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
    reader, writer = codecs.codecs(source_format, target)
    read = _layout("" if source == "-" else source, reader, framing)
    written = _layout(out or "", writer, to_framing)
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


def _layout(path: str | Path, codec: Codec, framing: str | None) -> Layout:
    try:
        return layout_of(path, codec, framing, None)
    except (ValueError, LookupError, ImportError) as exc:
        raise UsageError(str(exc)) from exc


def _extension(path: str) -> str:
    name = Path(path.lower())
    return Path(name.stem).suffix if name.suffix in _COMPRESSED else name.suffix
