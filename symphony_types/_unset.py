"""`UNSET`: the value of a field that is not there, where ``None`` is a value of its own."""

from __future__ import annotations

from typing import Any, Final, Literal, Union, final


__all__ = ["UNSET", "Unset"]


@final
class Unset:
    """
    The class of `UNSET`, which is its one instance and is falsy.

    It copies and unpickles to itself, so ``value is UNSET`` always works.  As
    the type of a field beside others it says that the field may be absent:
    ``name: str | None | Unset = UNSET``.
    """

    __slots__ = ()

    def __new__(cls) -> Unset:
        return UNSET

    def __bool__(self) -> Literal[False]:
        return False

    # In annotations `UNSET` stands for its class.
    def __or__(self, other: Any) -> Any:
        return Union[Unset, other]  # noqa: UP007 - evaluated here, of whatever it is

    def __ror__(self, other: Any) -> Any:
        return Union[other, Unset]  # noqa: UP007 - as above

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final[Unset] = object.__new__(Unset)
