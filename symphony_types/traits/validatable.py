"""A value's report on its own rules: issues, one per broken rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol, runtime_checkable

import attrs

from symphony_types.checks import MAX_TEXT, as_tuple, cut


__all__ = ["MAX_ISSUES", "Issue", "PathElement", "Validatable"]

PathElement = str | int

MAX_ISSUES: Final = 1000
"""The most issues that `Validatable.validation_errors` or one container of a document report."""

# A path may be as long as a document is deep; people want to see where it starts.
_MAX_STEPS: Final = 20
_MAX_STEP: Final = 64
_MAX_PLACE: Final = 400
_MAX_KEY: Final = 200
# Room for both parts of a sentence.
_MAX_MESSAGE: Final = 2 * MAX_TEXT + 100


def _step(element: object) -> str:
    """Return a step of a path as text; an exception of a user's may have anything in its path."""
    if isinstance(element, int):
        return f"[{element}]"
    if isinstance(element, str):
        if len(element) > _MAX_STEP:
            element = cut(str(element), _MAX_STEP)
        if element.isidentifier():
            return f".{element}"
    return f"[{element!r}]"


def _short_place(path: tuple[PathElement, ...]) -> str:
    """Return the beginning of *path* as text."""
    if len(path) <= _MAX_STEPS:
        where = "".join(map(_step, path))
        if len(where) <= _MAX_PLACE:
            return where
    where = ""
    for number, element in enumerate(path):
        if number == _MAX_STEPS or len(where) > _MAX_PLACE:
            return f"{where}... ({len(path)} steps)"
        where += _step(element)
    return where


def _cut_path(path: Iterable[PathElement]) -> tuple[PathElement, ...]:
    """Return *path* with its long keys cut: one may be as long as a document."""
    whole = path if type(path) is tuple else as_tuple(path)
    if not whole:
        return whole
    for element in whole:
        if type(element) is not int and isinstance(element, str) and len(element) > _MAX_KEY:
            return tuple([cut(each, _MAX_KEY) if isinstance(each, str) else each for each in whole])
    return whole


def _cut_text(text: str) -> str:
    return text if type(text) is str and len(text) <= MAX_TEXT else cut(str(text))


def _cut_message(text: str) -> str:
    return text if type(text) is str and len(text) <= _MAX_MESSAGE else cut(str(text), _MAX_MESSAGE)


def _derive_message(issue: Issue) -> str:
    return f"expected {issue.expected}, got {issue.actual}"


@attrs.frozen
class Issue:
    """
    One thing that is wrong with a value or a document.

    Args:
        path: Where, from the root: field names and map keys as `str`,
            positions as `int`; keys are cut after 200 characters.
        code: Stable text for programs: ``missing_field unknown_field
            wrong_type out_of_range unknown_tag invalid_value wrong_arity
            trailing_bytes duplicate_key too_deep too_large syntax`` and, for
            graphs and contents, ``duplicate_id dangling_edge cycle self_loop
            port_mismatch missing_input orphan_node hash_mismatch``.
        expected: The right values, for people, without "expected"; cut after
            1,000 characters.
        actual: The value that came, for people; cut after 1,000 characters.
        message: The whole sentence without the path: lower case, no period.
            Derived from the two before it when left empty; cut after 2,100
            characters.
    """

    path: tuple[PathElement, ...] = attrs.field(converter=_cut_path)
    code: str
    expected: str = attrs.field(default="", converter=_cut_text)
    actual: str = attrs.field(default="", converter=_cut_text)
    message: str = attrs.field(default=attrs.Factory(_derive_message, takes_self=True), converter=_cut_message)

    @property
    def location(self) -> str:
        """The path as text, keys cut after 64 characters: ``$.payload.params[2]``."""
        return "$" + "".join(map(_step, self.path))

    def prefixed(self, *path: PathElement) -> Issue:
        """Return the same issue, further from the root by *path*."""
        if type(self) is not Issue:
            return attrs.evolve(self, path=(*path, *self.path))
        # Each container around a fault does this: to cut the texts again would take most of the time of a report.
        issue = object.__new__(Issue)
        if len(path) != 1 or (type(path[0]) is not int and (type(path[0]) is not str or len(path[0]) > _MAX_KEY)):
            path = _cut_path(path)
        _set_path(issue, (*path, *self.path))
        _set_code(issue, self.code)
        _set_expected(issue, self.expected)
        _set_actual(issue, self.actual)
        _set_message(issue, self.message)
        return issue

    def __str__(self) -> str:
        """Return the message and the path, of which people see the first 20 steps and 64 characters of a key."""
        return f"{self.message} at ${_short_place(self.path)}"


_set_path, _set_code, _set_expected, _set_actual, _set_message = (
    vars(Issue)[attribute.name].__set__ for attribute in attrs.fields(Issue)
)


@runtime_checkable
class Validatable(Protocol):
    """
    A value with rules that span more than one object, such as a graph.

    `validation_errors` lists what is broken, the first thousand issues of it,
    and never raises; `validate` raises the error of the domain for the first.
    Decoders call the former.
    """

    def validate(self) -> None: ...

    def validation_errors(self) -> tuple[Issue, ...]: ...
