"""What a stream is made of: given, or told by the name of the file or by the first bytes."""

from __future__ import annotations

import itertools

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs

from ...codec import Codec
from ...framing.framings import framing_names
from ...records._layout import layout_of
from .._codecs import CodecFlags, find_codec, given_codecs
from ..errors import UsageError
from .guesses import guess_framing


__all__ = ["NATIVE", "Plan", "plan_of"]

NATIVE: Final = "native"

_EXTENSIONS: Final = {
    ".jsonl": "newline",
    ".ndjson": "newline",
    ".msgpack": "msgpack-sequence",
    ".cbor": "cbor-sequence",
    ".frames": NATIVE,
}
_FORMATS: Final = {"msgpack-sequence": "msgpack", "cbor-sequence": "cbor"}
# More blanks than this begin no stream of documents.
_LOOKED_AT: Final = 4096


@attrs.frozen
class Plan:
    """
    What a stream is made of.

    Args:
        framing: The name of its framing, or ``native``.
        codec: What its documents are in; ``None`` for frames, which say it themselves.
        blocks: All of its bytes.
    """

    framing: str
    codec: Codec | None
    blocks: Iterator[bytes]


def plan_of(blocks: Iterable[bytes], stem: str, framing: str | None, format_: str | None, codecs: CodecFlags) -> Plan:
    """
    Find out what a stream is made of.

    Args:
        blocks: Its bytes, of which no more are read than needed.
        stem: Its path, without the extension of a compression; empty if it has none.
        framing: Its framing, if that was given.
        format_: Its format, if that was given.
        codecs: Options.

    Raises:
        UsageError: There is no such framing or format, or they do not go together.
    """
    if framing is not None and framing not in {NATIVE, *framing_names()}:
        raise UsageError(f"expected a framing, {NATIVE}, {', '.join(framing_names())}, got {framing!r}")
    given = given_codecs(codecs.codec)
    wanted = None if format_ is None else find_codec(format_, given)
    if framing is None:
        framing = _EXTENSIONS.get(Path(stem).suffix.lower())
    rest = iter(blocks)
    if framing is None:
        framing, rest = _guess(rest, None if wanted is None else wanted.format.framing)
    if framing == NATIVE:
        if format_ is not None:
            raise UsageError("expected no --format for native frames, which say it themselves")
        return Plan(NATIVE, None, rest)
    name = format_ or _format_of(framing, given)
    (codec,) = codecs.codecs(name)
    try:
        layout_of(None, codec, framing, None)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc
    return Plan(framing, codec, rest)


def _format_of(framing: str, given: dict[str, Codec]) -> str:
    """Return the format of a framing's documents: that of the one codec given, or the usual one."""
    return next(iter(given)) if len(given) == 1 else _FORMATS.get(framing, "json")


def _guess(blocks: Iterator[bytes], usual: str | None) -> tuple[str, Iterator[bytes]]:
    start = b""
    for block in blocks:
        start += block
        found = guess_framing(start, usual)
        if found is not None or len(start) >= _LOOKED_AT:
            return found or usual or "newline", itertools.chain((start,), blocks)
    # All there is are blanks, or the first letters of a header.
    return usual or ("newline" if start.isspace() else NATIVE), iter((start,) if start else ())
