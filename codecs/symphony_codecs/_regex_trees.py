"""Regular expressions as trees, made by the parser of `re`, which has no public name and no annotations."""

from __future__ import annotations

import importlib

from typing import Any, Final


__all__ = ["OPCODES", "parse"]

OPCODES: Final[Any] = importlib.import_module("re._constants")
"""The names of the nodes of a tree, and ``MAXREPEAT``, the count of a repetition without an upper bound."""

_PARSER: Final[Any] = importlib.import_module("re._parser")


def parse(pattern: str, flags: int = 0) -> Any:
    """
    Return the tree of a regular expression: pairs of an opcode and its argument; ``state.flags`` has all flags.

    Args:
        pattern: The expression.
        flags: Flags of `re`, beside those that the expression itself sets.

    Raises:
        re.error: It is no regular expression.
    """
    return _PARSER.parse(pattern, flags)
