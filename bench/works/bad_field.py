"""A directory tree of 1,000 records, one with a string in place of a number: the time to refuse it."""

from __future__ import annotations

from typing import Any, Final

from . import tree


__all__ = ["COUNT", "DOMAIN", "NAME", "damage", "make"]

NAME: Final = "bad field"
COUNT: Final = 1
DOMAIN: Final = False
make = tree.make


def damage(document: Any) -> Any:
    """Replace the size of the last file of the tree, as builtins, with an invalid one."""
    found = None
    pending = [document]
    while pending:
        record = pending.pop(0)
        pending += record.get("contents", ())
        if "size" in record:
            found = record
    if found is None:
        raise ValueError("expected a tree with a file")
    found["size"] = "large"
    return document
