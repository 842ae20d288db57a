"""What a format cannot say of a value whose type nobody gave."""

from __future__ import annotations

import math

from symphony_types.traits.validatable import Issue, PathElement

from ..formats.base import Format, path_element


__all__ = ["may_be_unsayable", "unsayable"]


def may_be_unsayable(source: Format, target: Format) -> bool:
    """Tell whether a document of *source* may hold what `unsayable` lists for *target*."""
    return (
        (target.text_keys and not source.text_keys)
        or (target.human_readable and not source.human_readable)  # byte strings
        or (target.name == "json" and source.name != "json")  # NaN and the infinities
        or (source.none and not target.none)
    )


def unsayable(value: object, target: Format) -> list[Issue]:
    """
    List what *target* would turn into something else, which only a type makes good again.

    Args:
        value: What an untyped document was read as.
        target: The format that it is to be written in.
    """
    issues: list[Issue] = []
    pending: list[tuple[object, tuple[PathElement, ...]]] = [(value, ())]
    while pending:
        item, path = pending.pop()
        expected, actual = f"a value that {target.name} has", ""
        if isinstance(item, dict):
            for key in item:
                if target.text_keys and not isinstance(key, str):
                    place = (*path, path_element(key))
                    issues.append(Issue(place, "wrong_type", f"a text as a key, as {target.name} has", repr(key)))
            pending += reversed([(child, (*path, path_element(key))) for key, child in item.items()])
        elif isinstance(item, list):
            pending += reversed([(child, (*path, index)) for index, child in enumerate(item)])
        elif isinstance(item, bytes) and target.human_readable:
            actual = f"a byte string of {len(item)} bytes"
        elif isinstance(item, float) and not math.isfinite(item) and target.name == "json":
            actual = str(item)
        elif item is None and not target.none:
            actual = "null"
        if actual:
            issues.append(Issue(path, "wrong_type", expected, actual))
    return issues
