"""Finds what converts records, by what they become."""

from __future__ import annotations

import functools

from .plan import Conversion
from .recode import DocumentRecoder, Recoder


__all__ = ["recoder_of"]


@functools.lru_cache(maxsize=4)
def recoder_of(conversion: Conversion) -> Recoder:
    """
    Return what converts the records of parts; the same one for all parts.

    Raises:
        UsageError: As for `Recoder`; also if the extra for the format is not installed.
    """
    if conversion.to_framing:
        return DocumentRecoder(conversion)
    from .parquet import ParquetRecoder

    return ParquetRecoder(conversion)
