"""Measure a type as ``symphony bench`` does: every codec, what its documents go through, and the peers."""

from __future__ import annotations

import datetime as dt
import hashlib

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

import attrs

from typing_extensions import TypeForm

from ..codec import Codec
from ..errors import EncodeError
from ..registry import codec_names, get_codec
from .compressing import compressed_sizes
from .contender import OURS, Compression, Contender, codec_contender
from .environment import Environment
from .field_sizes import field_sizes
from .measure import OnStep, Settings, measure
from .peers import PICKLE, peer_contenders
from .report import FieldSize, Report, Row
from .variants import compressed, compressions_here, framed


__all__ = ["measure_type"]

T = TypeVar("T")

_NO_ZSTD: Final = ("zstd is not installed: pip install 'symphony-types[zstd]'",)


def measure_type(
    as_type: TypeForm[T],
    values: Sequence[T],
    *,
    codecs: Iterable[tuple[str, Codec]] | None = None,
    peers: Iterable[str] | None = None,
    compressions: Iterable[Compression] | None = None,
    frames: bool = True,
    settings: Settings | None = None,
    what: str | None = None,
    source: str = "given",
    on_step: OnStep = lambda _what, _done, _total: None,
) -> Report:
    """
    Measure codecs on values of a type, next to the libraries that are installed.

    Args:
        as_type: The type of the values.
        values: Distinct values; one at least.
        codecs: The name that a codec's rows have, and the codec; each pair of a name and a format once.  By default
            every registered codec, as ``symphony``.
        peers: The formats whose peers take part: names of codecs, or ``pickle``.  By default those of *codecs*, and
            pickle.
        compressions: The compressions of codecs' documents; by default ``none``, ``zlib``, and ``zstd`` where it is
            installed.
        frames: Whether to measure documents of codecs in native frames, too.
        settings: How to measure.
        what: The type, for people; by default its name.
        source: Where the values come from, for people.
        on_step: Called at each step, for a progress bar.

    Raises:
        ValueError: There are no values, or one name and format twice.
    """
    pairs = [(OURS, get_codec(name)) for name in codec_names()] if codecs is None else list(codecs)
    _check_names(pairs)
    formats = dict.fromkeys(codec.name for _, codec in pairs)
    found = peer_contenders(as_type, [*formats, PICKLE] if peers is None else peers)
    through = compressions_here() if compressions is None else tuple(dict.fromkeys(compressions))
    contenders = [one for pair in pairs for one in _variants(*pair, as_type, through, frames)]
    how = settings or Settings()
    rows = measure(_by_format([*contenders, *found.contenders]), values, how, on_step)
    return Report(
        what=what or getattr(as_type, "__qualname__", None) or str(as_type),
        values=len(values),
        source=source,
        rounds=how.rounds,
        at=dt.datetime.now(dt.UTC),
        environment=Environment.here(),
        rows=_with_document_sizes(rows),
        skipped=(*found.skipped, *(_NO_ZSTD if compressions is None and "zstd" not in through else ())),
        fields=_fields(as_type, values, pairs, rows),
        compressing=compressed_sizes(as_type, values, _one_each(pairs), through, how),
        digest=_digest(as_type, values, [codec for _, codec in pairs]),
    )


def _check_names(pairs: Sequence[tuple[str, Codec]]) -> None:
    known = set()
    for name, codec in pairs:
        if (name, codec.name) in known:
            raise ValueError(f"expected one codec named {name} of {codec.name}, got another")
        known.add((name, codec.name))


def _one_each(pairs: Iterable[tuple[str, Codec]]) -> list[Codec]:
    """Return one codec of each format."""
    return [*{codec.name: codec for _, codec in reversed([*pairs])}.values()][::-1]


def _variants(
    name: str, codec: Codec, as_type: Any, compressions: Sequence[Compression], frames: bool
) -> Iterable[Contender]:
    # Bare documents always: the others are compared with them.
    plain = codec_contender(codec, as_type, name)
    yield plain
    yield from (compressed(plain, how) for how in compressions if how != "none")
    if frames:
        yield framed(plain, codec)


def _by_format(contenders: Sequence[Contender]) -> list[Contender]:
    """Return them format by format, the formats in the order in which they come first."""
    order = list(dict.fromkeys(contender.format for contender in contenders))
    return sorted(contenders, key=lambda contender: order.index(contender.format))


def _with_document_sizes(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Give rows of compressed and framed documents the size of the documents inside."""
    sizes = {(row.format, row.contender): row.document_size for row in rows if row.document_size is not None}
    return tuple(
        row if row.error is not None else attrs.evolve(row, document_size=sizes.get((row.format, row.contender)))
        for row in rows
    )


def _fields(
    as_type: Any, values: Sequence[Any], pairs: Sequence[tuple[str, Codec]], rows: Sequence[Row]
) -> tuple[FieldSize, ...]:
    """Return the sizes of fields in each codec that has not failed; one that has its own name goes by that, too."""
    failed = {(row.contender, row.format) for row in rows if row.error is not None and row.role == "codec"}
    return tuple(
        attrs.evolve(field, codec=codec.name if name == OURS else f"{name} ({codec.name})")
        for name, codec in pairs
        if (name, codec.name) not in failed
        for field in field_sizes(as_type, values, codec)
    )


def _digest(as_type: Any, values: Sequence[Any], codecs: Sequence[Codec]) -> str | None:
    """
    Return the SHA-256 of all documents, with their lengths before them, in the first codec that takes all values.

    Registered codecs come first, JSON before all, whichever are measured: so the same values have the same digest.
    """
    registered = [get_codec(name) for name in dict.fromkeys(["json", *codec_names()])]
    for codec in [*registered, *codecs]:
        found = hashlib.sha256(codec.name.encode())
        try:
            encode = codec.encoder(as_type)
            for value in values:
                document = encode(value)
                found.update(len(document).to_bytes(8, "big"))
                found.update(document)
        except EncodeError:
            continue
        return found.hexdigest()
    return None
