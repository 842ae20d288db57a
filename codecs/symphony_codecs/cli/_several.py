"""Options that take several names with commas between them, as in ``--formats json,cbor``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import attrs
import cyclopts

from cyclopts import Parameter, Token


__all__ = ["COMMAS"]


def _convert(type_: Any, tokens: Sequence[Token]) -> Any:
    """Convert the words of an option, each of which may be several with commas between them."""
    parts = [attrs.evolve(token, value=part.strip()) for token in tokens for part in token.value.split(",")]
    if any(not part.value for part in parts):
        raise ValueError(f'expected names with commas between them, got "{",".join(token.value for token in tokens)}"')
    return cyclopts.convert(type_, parts)


COMMAS: Final = Parameter(converter=_convert)
"""
The annotation of a tuple of names or numbers, which an option takes with commas and by repeating it.

Not for paths, types and links, which may hold commas themselves: those options are repeated.
"""
