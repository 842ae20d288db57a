"""`UNSET`: the value of a field that is not there, where ``None`` is a value of its own."""

from __future__ import annotations

from typing import Final, Literal, final


__all__ = ["UNSET", "Unset"]


@final
class Unset:
    """
    The class of `UNSET`, which is its one instance and is falsy.

    It copies and unpickles to itself, so ``value is UNSET`` always works.
    """

    __slots__ = ()

    def __new__(cls) -> Unset:
        return UNSET

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final[Unset] = object.__new__(Unset)
