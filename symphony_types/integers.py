"""Rust's integer types as annotations: ``MessageEnvelope[U64]``, ``list[I32]``."""

from __future__ import annotations

from typing import Annotated

from . import checks


__all__ = ["I8", "I16", "I32", "I64", "U8", "U16", "U32", "U64"]

U8 = Annotated[int, checks.U8]
U16 = Annotated[int, checks.U16]
U32 = Annotated[int, checks.U32]
U64 = Annotated[int, checks.U64]
I8 = Annotated[int, checks.IntRange(-(2**7), 2**7 - 1)]
I16 = Annotated[int, checks.IntRange(-(2**15), 2**15 - 1)]
I32 = Annotated[int, checks.I32]
I64 = Annotated[int, checks.I64]
