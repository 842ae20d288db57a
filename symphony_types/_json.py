"""The type of values that JSON can say, as fields of other types use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, final


__all__ = ["JSON_VALUE", "JsonValue"]


@final
class JsonValueMarker:
    """
    Marks an untyped position that holds what serde_json's ``Value`` can hold.

    That is ``None``, `bool`, `int`, `float`, `str`, lists and maps with `str`
    keys, all the way down.  Codecs refuse anything else there, in every
    format; a bare ``Any`` also takes what a binary format can say beyond it.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "JSON_VALUE"

    def __reduce__(self) -> str:
        return "JSON_VALUE"


JSON_VALUE: Final = JsonValueMarker()

if TYPE_CHECKING:
    JsonValue = Any
else:
    JsonValue = Annotated[Any, JSON_VALUE]
