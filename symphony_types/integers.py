"""
Rust's integer types as annotations: ``MessageEnvelope[U64]``, ``list[I32]``.

`U128` and `I128` are 16 bytes in MessagePack, big-endian, whatever their
value, as rmp-serde has them; `I128` is two's complement.
"""

from __future__ import annotations

from typing import Annotated

from . import checks


__all__ = ["I8", "I16", "I32", "I64", "I128", "U8", "U16", "U32", "U64", "U128"]

U8 = Annotated[int, checks.U8]
U16 = Annotated[int, checks.U16]
U32 = Annotated[int, checks.U32]
U64 = Annotated[int, checks.U64]
U128 = Annotated[int, checks.U128]
I8 = Annotated[int, checks.IntRange(-(2**7), 2**7 - 1)]
I16 = Annotated[int, checks.IntRange(-(2**15), 2**15 - 1)]
I32 = Annotated[int, checks.I32]
I64 = Annotated[int, checks.I64]
I128 = Annotated[int, checks.I128]
