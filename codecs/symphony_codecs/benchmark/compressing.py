"""The effect of compression by the length of messages; the length at which it begins to pay depends on the line."""

from __future__ import annotations

import gc
import statistics

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from symphony_types.message.ipc import FrameCompression

from ..codec import Codec
from ..framing.compression import compress, decompress
from .contender import Compression
from .measure import Settings
from .report import CompressedSize
from .timing import Task, run_batches


__all__ = ["LENGTHS", "compressed_sizes"]

LENGTHS: Final = tuple(64 * 4**power for power in range(9))
"""Where compression is measured, in bytes: 64 to 4 MiB."""
# Enough to be of several kinds; each costs time.
_DOCUMENTS: Final = 20
_ROUNDS: Final = 3
_BATCH_NS: Final = 1_000_000

_Key: TypeAlias = tuple[str, Compression, int]


def compressed_sizes(
    as_type: Any,
    values: Sequence[Any],
    codecs: Iterable[Codec],
    compressions: Iterable[Compression],
    settings: Settings,
) -> tuple[CompressedSize, ...]:
    """
    Return the effect of compression on documents that are cut to a few lengths, up to that of the longest.

    Args:
        as_type: The type of the values.
        values: Distinct values.
        codecs: The codecs that encode them; those that cannot are left out.
        compressions: The compressions to measure; ``none`` is left out.
        settings: How to measure; at most three rounds of short batches, since only coarse figures are needed.
    """
    ways: list[Compression] = [compression for compression in compressions if compression != "none"]
    pieces: dict[_Key, list[bytes]] = {
        (codec.name, compression, length): cuts
        for codec in codecs
        for length, cuts in _cuts(codec, as_type, values)
        for compression in ways
    }
    packed = {key: [compress(piece, _how(key)) for piece in cuts] for key, cuts in pieces.items()}
    writing = {(key, True): Task(_compressing(key), cuts) for key, cuts in pieces.items()}
    reading = {(key, False): Task(_inflating(key), cuts) for key, cuts in packed.items()}
    # Each batch collects garbage, which is long if all of the program is looked through.
    gc.freeze()
    try:
        timings = run_batches(
            {**writing, **reading},
            min(settings.rounds, _ROUNDS),
            batch_ns=min(settings.batch_ns, _BATCH_NS),
            clock=settings.clock,
        ).timings
    finally:
        gc.unfreeze()
    return tuple(
        CompressedSize(
            codec=key[0],
            compression=key[1],
            size=key[2],
            compressed=statistics.fmean(map(len, packed[key])),
            compress_ns=timings[key, True].median_ns,
            decompress_ns=timings[key, False].median_ns,
        )
        for key in pieces
    )


def _cuts(codec: Codec, as_type: Any, values: Sequence[Any]) -> Iterator[tuple[int, list[bytes]]]:
    """Yield each length with the documents that are as long, cut to it."""
    try:
        documents = sorted(map(codec.encoder(as_type), values), key=len)
    except Exception:  # noqa: BLE001 - its row in the report says what it raises
        return
    for length in LENGTHS:
        enough = [document for document in documents if len(document) >= length]
        if enough:
            step = -(-len(enough) // _DOCUMENTS)
            yield length, [document[:length] for document in enough[::step]]


def _how(key: _Key) -> FrameCompression:
    return FrameCompression[key[1].upper()]


def _compressing(key: _Key) -> Any:
    how = _how(key)
    return lambda piece: compress(piece, how)


def _inflating(key: _Key) -> Any:
    how, size = _how(key), key[2]
    return lambda piece: decompress(piece, how, max_size=size)
