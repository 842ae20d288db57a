"""The format under test, with the values and documents that the checks share."""

from __future__ import annotations

from typing import Any, Final

import attrs

from ..codec import Codec
from ..formats.base import DEFAULT_LIMITS, Format, FormatError
from ..registry import make_codec


__all__ = ["Pair", "Probe", "Subject"]


@attrs.frozen
class Pair:
    """Two fields of one type."""

    first_one: int
    second_one: int = 0


@attrs.frozen
class Probe:
    """Fields that a fault can lie below."""

    name: str
    items: list[int] = attrs.Factory(list)
    pairs: dict[str, Pair] = attrs.Factory(dict)


_TREES: Final[tuple[Any, ...]] = (
    {},
    {"a": []},
    {"a": True, "b": False, "c": 1, "d": 0},
    {"a": 1.5, "b": -2.25, "c": 1e300},
    {"a": "", "b": 'quote " backslash \\ line\nreturn\r tab\t', "c": "é ü \x00 \U0001f600"},
    {"a": [1, [2, [3]], {"b": {"c": []}}]},
    {"key with spaces": 1, "": 2, "ü": 3, "line\nbreak": 4},
    {"a": 2**31, "b": -(2**31), "c": 2**53, "d": 2**63 - 1, "e": -(2**63)},
)


class Subject:
    """
    A format under test.

    Args:
        form: The format.
        types: The types of its author, values of which are made.
        examples: How many values of each.
    """

    def __init__(self, form: Format, types: tuple[Any, ...], examples: int) -> None:
        self.form = form
        self.types = types
        self.examples = examples
        self.codec: Codec = make_codec(form)
        self.is_table = form.top_level == "table"

    def trees(self) -> list[Any]:
        """Return trees of builtins that every format has to take, in the form of a whole document."""
        low, high = self.form.int_range or (-(2**63), 2**63 - 1)
        fits = [tree for tree in _TREES if all(type(v) is not int or low <= v <= high for v in tree.values())]
        return [*fits, *([] if self.is_table else [1, True, "text", 1.5, [1, "a"]])]

    def wrap(self, value: Any) -> Any:
        """Return a tree that holds *value* and may be a whole document."""
        return {"v": value}

    def dumps(self, value: Any, *, strict: bool = False, **limits: int) -> bytes:
        """Encode builtins."""
        return self.form.dumps(value, attrs.evolve(DEFAULT_LIMITS, **limits), strict)

    def loads(self, data: Any, *, strict: bool = False, **limits: int) -> Any:
        """Decode bytes."""
        return self.form.loads(data, attrs.evolve(DEFAULT_LIMITS, **limits), strict)

    def survives(self, value: Any) -> str | None:
        """Return what is wrong with the way of a value to bytes and back, or None."""
        tree = self.wrap(value)
        found = self.loads(self.dumps(tree))
        return None if same(found, tree) else f"{short(tree)} comes back as {short(found)}"

    def refuses(self, function: Any, *arguments: Any, **options: Any) -> str | None:
        """Return what a call does that must raise `FormatError` and does not, or None."""
        try:
            found = function(*arguments, **options)
        except FormatError as exc:
            return None if exc.issues and all(issue.code for issue in exc.issues) else "raises an error without a code"
        except Exception as exc:  # noqa: BLE001 - any other error is the finding
            return f"raises {type(exc).__name__}, not FormatError"
        return f"is accepted, as {short(found)}"


def same(one: Any, other: Any) -> bool:
    """Whether two trees are equal in types as well."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return len(one) == len(other) and all(
            any(same(key, k) and same(value, v) for k, v in other.items()) for key, value in one.items()
        )
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def short(value: object) -> str:
    """Return the beginning of a value's text."""
    try:
        text = repr(value)
    except ValueError:  # an int of more digits than sys.set_int_max_str_digits allows
        text = f"a {type(value).__name__} with an int of too many digits to show"
    return text if len(text) <= 80 else f"{text[:77]}..."


def nested(depth: int) -> Any:
    """Return a table around so many arrays, one inside the other."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return {"v": value}
