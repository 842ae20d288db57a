"""UUIDs between text and their 16 bytes, as serde reads and writes them."""

from __future__ import annotations

from typing import Final

from .checks import FieldError, InstanceOf, describe


__all__ = ["UuidError", "format_uuid_bytes", "parse_uuid_bytes"]

_URN: Final = "urn:uuid:"
_TEXT: Final = InstanceOf((str,), "a UUID as text")
_EXPECTED: Final = "a UUID, hyphenated, as 32 hex digits, in braces or after urn:uuid:"


class UuidError(FieldError):
    """A text is none of the forms of a UUID that serde reads, or bytes are not 16."""


def _hyphenated(text: str) -> str | None:
    """Return the digits of a hyphenated UUID, unchecked, or ``None`` for another shape."""
    if len(text) == 36 and text[8:24:5] == "----":
        return text.replace("-", "")
    return None


def parse_uuid_bytes(text: str) -> bytes:
    """
    Return the 16 bytes of the UUID that *text* spells.

    Takes what Rust's ``uuid`` crate takes: ``hyphenated``, 32 hex digits,
    ``{hyphenated}`` and ``urn:uuid:`` (lower case) before a hyphenated one,
    with hex digits of either case.  Blanks are refused.

    Args:
        text: The text to read.

    Raises:
        FieldTypeError: *text* is not a `str`.
        UuidError: *text* is none of those forms (a `ValueError`).
    """
    if type(text) is not str:
        _TEXT.check(text)
    size = len(text)
    digits: str | None = None
    if size == 36:
        if text[8:24:5] == "----":
            digits = text.replace("-", "")
    elif size == 32:
        digits = text
    elif size == 38 and text[0] == "{" and text[-1] == "}":
        digits = _hyphenated(text[1:-1])
    elif size == 45 and text.startswith(_URN):
        digits = _hyphenated(text[9:])
    if digits is not None and len(digits) == 32:
        try:
            data = bytes.fromhex(digits)
        except ValueError:
            pass
        else:
            # fromhex skips blanks, so 32 characters make 16 bytes only if all are digits
            if len(data) == 16:
                return data
    raise UuidError("invalid_value", (), _EXPECTED, describe(text))


def format_uuid_bytes(data: bytes) -> str:
    """Return the hyphenated lower-case text of a UUID's 16 bytes, unchecked."""
    digits = data.hex("-", 2)  # a hyphen after every fourth digit, of which four stay
    return digits[:4] + digits[5:29] + digits[30:34] + digits[35:]
