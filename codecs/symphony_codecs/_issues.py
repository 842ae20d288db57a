"""
How a fault travels: from where it is found to the error that names its path.

Formats and hooks raise `FormatError`; containers catch what their children
raise, prefix the path and go on, so that all faults of a document are found
in one pass.  What anything else raises (a user's hook, a constructor, cattrs
itself) becomes issues in `issues_of`.
"""

from __future__ import annotations

import functools
import itertools
import re

from collections.abc import Iterable
from typing import Any, Final

import attrs
import cattrs
import msgpack

from cattrs.errors import (
    AttributeValidationNote,
    ForbiddenExtraKeysError,
    IterableValidationNote,
    StructureHandlerNotFoundError,
)

from symphony_types._restorable import RestorableError, takes_notes
from symphony_types.checks import FieldError, class_name, cut, describe, listed, quoted
from symphony_types.traits.validatable import MAX_ISSUES, Issue, PathElement

from ._signals import OwnError, raise_if_from_signal


__all__ = [
    "MAX_ISSUES",
    "FormatError",
    "as_issues",
    "brief",
    "describe_key",
    "issue_arguments",
    "issues_of",
    "mismatch",
    "missing_field",
    "not_a",
    "unknown_field",
    "unknown_variant",
    "unsupported",
]

# A group that holds itself, or an absurd number of faults, must not stall the report.
_MAX_DEPTH: Final = 300
_MAX_NAME: Final = 200
_ISSUE_FIELDS: Final = len(attrs.fields(Issue))
_WORD: Final = re.compile(r"\w+")


_ISSUES: Final = frozenset((Issue,))


def as_issues(issues: Iterable[Any]) -> tuple[Issue, ...]:
    """
    Return *issues*, some of which may be what `issue_arguments` returns, or JSON makes of that.

    Raises:
        TypeError: One is neither an `Issue` nor such a sequence.
    """
    given = tuple(issues)
    if _ISSUES.issuperset(map(type, given)):
        return given
    return tuple(each if isinstance(each, Issue) else _as_issue(each) for each in given)


def _as_issue(argument: Any) -> Issue:
    if isinstance(argument, (list, tuple)) and len(argument) == _ISSUE_FIELDS:
        return Issue(*argument)
    raise TypeError(f"expected an Issue, got {describe(argument)}")


def brief(*issues: Issue) -> str:
    """Return issues as text, with the paths of those only that do not stand for the whole document."""
    return "; ".join(str(issue) if issue.path else issue.message for issue in issues)


def issue_arguments(issues: Iterable[Issue]) -> tuple[tuple[Any, ...], ...]:
    """Return *issues* as an error has them in its ``args``, which JSON can say: the fields of each."""
    return tuple((each.path, each.code, each.expected, each.actual, each.message) for each in issues)


class FormatError(RestorableError, OwnError):
    """
    Data that cannot be encoded or decoded, and why.

    What a format's ``dumps`` and ``loads`` and any hook may raise; `Codec`
    turns it into an `EncodeError` or a `DecodeError`.

    Args:
        issues: What is wrong, paths relative to the value; at least
            one.
        notes: Notes to add (`add_note`).

    Raises:
        TypeError: There is no issue, or something else among them.
    """

    @takes_notes
    def __init__(self, issues: Iterable[Issue], notes: Iterable[str] = ()) -> None:
        self.issues: tuple[Issue, ...] = as_issues(issues)
        if notes:
            self._add(notes)
        if not self.issues:
            raise TypeError("expected at least one Issue, got none")

    def _argument(self, name: str) -> Any:
        return issue_arguments(self.issues) if name == "issues" else super()._argument(name)

    def __str__(self) -> str:
        return "; ".join(str(issue) for issue in self.issues)

    @classmethod
    def of(
        cls,
        code: str,
        expected: str = "",
        actual: str = "",
        *,
        path: tuple[PathElement, ...] = (),
        message: str | None = None,
    ) -> FormatError:
        """Make the error for a single issue; *message* is derived when left out."""
        if message is None:
            return cls((Issue(path, code, expected, actual),))
        return cls((Issue(path, code, expected, actual, message),))


@functools.lru_cache(256)  # a document often has one fault many times
def _issue(code: str, expected: str, actual: str) -> Issue:
    return Issue((), code, expected, actual)


def mismatch(expected: str, value: object, code: str = "wrong_type") -> FormatError:
    """Return the error for *value* where *expected* belongs."""
    actual, cls = describe(value), type(value)
    if cls is msgpack.Timestamp:
        actual = f"MessagePack's {value!r}"
    elif actual in expected and actual == cls.__name__ and actual in _WORD.findall(expected):
        actual = _full_name(cls)
    return FormatError((_issue(code, expected, actual),))


def not_a(cls: type, value: object, article: str = "a") -> FormatError:
    """Return the error for *value* where an instance of *cls* belongs; where both have one name, with their modules."""
    if type(value).__name__ != cls.__name__:
        return mismatch(f"{article} {cls.__name__}", value)
    expected, actual = _full_name(cls), _full_name(type(value))
    return FormatError(
        (_issue("wrong_type", f"a {expected}", f"another class {actual}" if actual == expected else actual),)
    )


def _full_name(cls: type) -> str:
    return cut(f"{cls.__module__}.{cls.__qualname__}", _MAX_NAME)


def describe_key(key: object) -> str:
    """Return the ``repr`` of a field's name, cut."""
    return quoted(key) if isinstance(key, str) else describe(key)


def missing_field(key: PathElement) -> Issue:
    """Return the issue of a map that has no *key*."""
    return Issue((key,), "missing_field", f"field {key!r}", "nothing", f"missing field {key!r}")


def unknown_field(key: object, expected: str, where: PathElement) -> Issue:
    """Return the issue of a map's *key* that no field has; *expected* says what was."""
    shown = describe_key(key)
    return Issue((where,), "unknown_field", expected, shown, f"unknown field {shown}")


def unknown_variant(value: object, known: Iterable[str], *path: PathElement) -> FormatError:
    """Return the error for *value*, which is not among *known*, the names of variants."""
    expected = f"one of {listed(known)}"
    actual = quoted(value) if type(value) is str else describe(value)
    message = f"unknown variant {actual}, expected {expected}"
    return FormatError.of("unknown_tag", expected, actual, path=path, message=message)


def unsupported(as_type: object, why: str) -> FormatError:
    """Return the error for a type that has no representation, with the reason."""
    name = cut(str(as_type))
    if isinstance(as_type, type):
        name = class_name(as_type)
        name = as_type.__qualname__ if name == as_type.__name__ else name
    return FormatError.of("unsupported_type", "a supported type", name, message=f"unsupported type {name}: {why}")


def issues_of(exc: BaseException, *prefix: PathElement) -> list[Issue]:
    """Return the issues that *exc* stands for, at least one and at most `MAX_ISSUES`, their paths under *prefix*."""
    if type(exc) is FormatError:
        issues = exc.issues[:MAX_ISSUES]
        return [issue.prefixed(*prefix) for issue in issues] if prefix else [*issues]
    raise_if_from_signal(exc)
    try:
        found = itertools.islice(_walk(exc, 0), MAX_ISSUES)
        return [issue.prefixed(*prefix) if prefix else issue for issue in found]
    except RecursionError:
        raise
    except Exception as other:  # noqa: BLE001 - an exception of the user's, with anything in it
        raise_if_from_signal(other)
        return [Issue(prefix, "invalid_value", "a valid value", type(exc).__name__)]


def _walk(exc: BaseException, depth: int) -> Iterable[Issue]:
    if isinstance(exc, FormatError):
        return exc.issues
    if isinstance(exc, FieldError):
        return (Issue(tuple(exc.path), exc.code, exc.expected, exc.actual),)
    if isinstance(exc, BaseExceptionGroup) and depth < _MAX_DEPTH:
        return _walk_group(exc, depth)
    if isinstance(exc, RecursionError):
        return (Issue((), "too_deep", "less nesting", "too much of it"),)
    if isinstance(exc, MemoryError):
        return (Issue((), "too_large", "a value that fits into memory", "a larger one"),)
    if isinstance(exc, ForbiddenExtraKeysError):
        extra: set[str] = exc.extra_fields
        shown = sorted(extra, key=str)[:MAX_ISSUES]
        return [Issue((str(key),), "unknown_field", "a known field", describe_key(key)) for key in shown]
    if isinstance(exc, StructureHandlerNotFoundError):
        wanted: Any = exc.type_
        return unsupported(wanted, "no hook is registered for it").issues
    text = _text_of(exc)
    return (Issue((), "invalid_value", "a valid value", text, text),)


def _text_of(exc: BaseException) -> str:
    try:
        if len(exc.args) > 1 and isinstance(exc.args[1], attrs.Attribute):
            return str(exc.args[0])  # what a validator of attrs says; the rest is for programs
        return str(exc) or type(exc).__name__
    except Exception as other:  # noqa: BLE001 - it is an exception of the user's, whose text is code of theirs
        raise_if_from_signal(other)
        return type(exc).__name__


def _walk_group(group: BaseExceptionGroup[Any], depth: int) -> list[Issue]:
    """Take cattrs' own groups apart: hooks made by `cattrs.gen` raise them."""
    issues: list[Issue] = []
    for exc in group.exceptions:
        prefix: tuple[PathElement, ...] = ()
        missing: str | None = None
        for note in getattr(exc, "__notes__", ()):
            if isinstance(note, AttributeValidationNote):
                prefix = (note.name,)
                if isinstance(exc, KeyError) and isinstance(group, cattrs.ClassValidationError):
                    missing = note.name
            elif isinstance(note, IterableValidationNote):
                index: Any = note.index
                prefix = (index if isinstance(index, (int, str)) else str(index),)
        if missing is not None:
            issues.append(Issue((missing,), "missing_field", f"field {missing!r}", "nothing"))
        else:
            issues.extend(issue.prefixed(*prefix) for issue in _walk(exc, depth + 1))
        if len(issues) >= MAX_ISSUES:
            break
    return issues
