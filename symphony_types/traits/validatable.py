"""What a value says about its own rules: issues, one per broken rule."""

from __future__ import annotations

from typing import Final, Protocol, cast, runtime_checkable

import attrs

from symphony_types.checks import as_tuple


__all__ = ["Issue", "PathElement", "Validatable"]

PathElement = str | int


# A path may be as long as a document is deep; people want to see where it starts.
_MAX_STEPS: Final = 20


def _step(element: PathElement) -> str:
    if isinstance(element, int):
        return f"[{element}]"
    # whatever an exception of a user's has for a path, its text is to come out
    is_name = isinstance(cast("object", element), str) and element.isidentifier()
    return f".{element}" if is_name else f"[{element!r}]"


def _derive_message(issue: Issue) -> str:
    return f"expected {issue.expected}, got {issue.actual}"


@attrs.frozen
class Issue:
    """
    One thing that is wrong with a value or a document.

    Args:
        path: Where, from the root: field names and map keys as `str`,
            positions as `int`.
        code: Stable text for programs: ``missing_field unknown_field
            wrong_type out_of_range unknown_tag invalid_value wrong_arity
            trailing_bytes duplicate_key too_deep too_large syntax`` and, for
            graphs and contents, ``duplicate_id dangling_edge cycle self_loop
            port_mismatch missing_input orphan_node hash_mismatch``.
        expected: What belongs there, for people, without "expected".
        actual: What is there, for people, shortened.
        message: The whole sentence without the path: lower case, no period.
            Derived from the two before it when left empty.
    """

    path: tuple[PathElement, ...] = attrs.field(converter=as_tuple)
    code: str
    expected: str = ""
    actual: str = ""
    message: str = attrs.field(default=attrs.Factory(_derive_message, takes_self=True))

    @property
    def location(self) -> str:
        """The path as text: ``$.payload.params[2]``."""
        return "$" + "".join(map(_step, self.path))

    def prefixed(self, *path: PathElement) -> Issue:
        """Return the same issue, further from the root by *path*."""
        # Each container around a fault does this: `evolve` would take most of the time of a report.
        return type(self)((*path, *self.path), self.code, self.expected, self.actual, self.message)

    def __str__(self) -> str:
        if len(self.path) <= _MAX_STEPS:
            return f"{self.message} at {self.location}"
        return f"{self.message} at ${''.join(map(_step, self.path[:_MAX_STEPS]))}... ({len(self.path)} steps)"


@runtime_checkable
class Validatable(Protocol):
    """
    A value with rules that span more than one object, such as a graph.

    `validation_errors` lists all that is broken and never raises; `validate`
    raises the error of the domain for the first.  Decoders call the former.
    """

    def validate(self) -> None: ...

    def validation_errors(self) -> tuple[Issue, ...]: ...
