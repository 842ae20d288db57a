"""Names of fields in the spellings that binary formats have for them."""

from __future__ import annotations

from typing import Any

from symphony_types.checks import quoted

from ._issues import FormatError
from ._keys import key_text
from .formats.base import CborTag


__all__ = ["untag", "with_text_keys"]


def untag(value: Any) -> Any:
    """Return *value* without the CBOR tags before it."""
    while type(value) is CborTag:
        value = value.value
    return value


def with_text_keys(value: dict[Any, Any]) -> dict[str, Any]:
    """
    Return a map whose names are texts.

    MessagePack and CBOR may spell names as byte strings, CBOR with tags before;
    serde reads those, too.

    Raises:
        FormatError: Two of the names are equal then, or one is no UTF-8.
    """
    result: dict[Any, Any] = {}
    for tagged, item in value.items():
        key = untag(tagged)
        try:
            name = key.decode() if type(key) is bytes else key
        except UnicodeDecodeError:
            raise FormatError.of("invalid_value", "a field name in UTF-8", key_text(key)) from None
        if name in result:
            raise FormatError.of("duplicate_key", "each field once", f"{quoted(name)} twice", path=(str(name),))
        result[name] = item
    return result
