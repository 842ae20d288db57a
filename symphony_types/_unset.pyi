# `UNSET` as type checkers see it: the one member of an enum, so that `value is UNSET` narrows a union.

import enum

from typing import Any, Final, Literal

__all__ = ["UNSET", "Unset"]

class Unset(enum.Enum):
    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]: ...
    def __or__(self, other: Any) -> Any: ...
    def __ror__(self, other: Any) -> Any: ...

UNSET: Final = Unset.UNSET
