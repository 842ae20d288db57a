"""The layout of a stream: given, or found by the name of the file or by the first bytes."""

from __future__ import annotations

import itertools

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs

from ...codec import Codec
from ...framing.framings import framing_names
from ...records._layout import NATIVE, Layout, layout_of
from .._codecs import CodecFlags, find_codec, given_codecs
from ..errors import UsageError
from .guesses import guess_framing


__all__ = ["Plan", "plan_of"]

# Framings that only one layout has, and the format that has it for its own; all others carry JSON mostly.
_FORMATS: Final = {"msgpack-sequence": "msgpack", "cbor-sequence": "cbor", "json-sequence": "json", "newline": "json"}
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
    named = _by_name(stem)
    if framing is None and named is not None:
        framing = named.framing
    rest = iter(blocks)
    if framing is None:
        framing, rest = _guess(rest, None if wanted is None else wanted.format.framing)
    if framing == NATIVE:
        if format_ is not None:
            raise UsageError("expected no --format for native frames, which say it themselves")
        return Plan(NATIVE, None, rest)
    if format_ is None:
        usual = named.codec.name if named is not None and named.codec is not None else "json"
        # One of JSON, beside another, is for what is shown.
        format_ = next((name for name in given if name != "json" or len(given) == 1), _FORMATS.get(framing, usual))
    codec, _ = codecs.codecs(format_, "json")
    if given and codec.name not in given:
        raise UsageError(f"expected a codec of {codec.name}, got {codecs.codec[0]}, which is of {next(iter(given))}")
    try:
        layout_of(None, codec, framing, None)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc
    return Plan(framing, codec, rest)


def _by_name(stem: str) -> Layout | None:
    """Return what the name of a file says of it."""
    try:
        return layout_of(Path(stem), None, None, "none")
    except ValueError:
        return None


def _guess(blocks: Iterator[bytes], usual: str | None) -> tuple[str, Iterator[bytes]]:
    start = b""
    for block in blocks:
        start += block
        found = guess_framing(start, usual)
        if found is not None or len(start) >= _LOOKED_AT:
            return found or usual or "newline", itertools.chain((start,), blocks)
    # All there is are blanks, or the first letters of a header.
    return usual or ("newline" if start.isspace() else NATIVE), iter((start,) if start else ())
