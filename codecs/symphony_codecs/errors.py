"""
The errors of codecs.

::

    SymphonyError
     +-- IpcError
          +-- IpcSerializationFailedError
          |    +-- EncodeError (also a ValueError)
          +-- IpcDeserializationFailedError
               +-- DecodeError (also a ValueError)
    LookupError
     +-- UnknownCodecError

`EncodeError` and `DecodeError` are the only errors that `Codec.encode` and `Codec.decode`
raise, whatever the input.  Their data is `issues`; the text is derived.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from symphony_types._restorable import RestorableError, takes_notes
from symphony_types.checks import cut
from symphony_types.errors import IpcDeserializationFailedError, IpcSerializationFailedError
from symphony_types.traits.validatable import Issue

from ._issues import FormatError, as_issues, issue_arguments
from .formats.base import stack_ends


__all__ = ["DecodeError", "EncodeError", "FormatError", "Issue", "UnknownCodecError"]

_MAX_SHOWN: Final = 10
# Dask sends another exception in the place of one whose text is longer than 10,000 characters.
_MAX_REASON: Final = 9_000
E = TypeVar("E", bound=BaseException)


def _reason(issues: Sequence[Issue]) -> str:
    shown = [str(issue) for issue in issues[:_MAX_SHOWN]]
    if len(issues) > _MAX_SHOWN:
        shown.append(f"and {len(issues) - _MAX_SHOWN} more")
    return cut(shown[0] if len(issues) == 1 else f"{len(issues)} issues: {'; '.join(shown)}", _MAX_REASON)


# Made beforehand: to make it takes more of the stack than there may be.
_STACK_ENDS: Final = stack_ends().issues
_STACK_ENDS_REASON: Final = _reason(_STACK_ENDS)


def stack_error(cls: type[E], format: str, as_type: Any) -> E:  # noqa: A002 - the field's name
    """Return the error of a call for which there is not enough of the stack left, using next to nothing of it."""
    error = cls.__new__(cls, _STACK_ENDS_REASON)
    error.__dict__.update(format=format, as_type=as_type, issues=_STACK_ENDS, reason=_STACK_ENDS_REASON)
    return error


class _IssuesError(RestorableError):
    """What both errors have in common; type checkers take their arguments by keyword only."""

    _types = ("as_type",)
    _local = ("_call",)
    format: str
    as_type: Any
    issues: tuple[Issue, ...]

    if not TYPE_CHECKING:

        @takes_notes
        def __init__(
            self,
            format: str,  # noqa: A002 - the field's name
            as_type: Any,
            issues: Iterable[Any],
            notes: Iterable[str] = (),
        ) -> None:
            self.format = format
            self.as_type = as_type
            self.issues = as_issues(issues)
            super().__init__(reason=_reason(self.issues))
            if notes:
                self._add(notes)

    def _argument(self, name: str) -> Any:
        return issue_arguments(self.issues) if name == "issues" else super()._argument(name)


class EncodeError(_IssuesError, IpcSerializationFailedError, ValueError):
    """
    A value that cannot be written.

    Args:
        format: The codec's name.
        as_type: What it was to be written as; ``None`` or ``Any`` if by its own class.
        issues: All that is wrong, at least one.

    Attributes:
        reason: The issues as text, path last.
    """

    if TYPE_CHECKING:

        def __init__(self, *, format: str, as_type: Any, issues: Iterable[Issue]) -> None: ...  # noqa: A002 - a field


class DecodeError(_IssuesError, IpcDeserializationFailedError, ValueError):
    """
    A document that cannot be read.

    Args:
        format: The codec's name.
        as_type: What it was to be read as.
        issues: All that is wrong, at least one, paths from the root.

    Attributes:
        reason: The issues as text, path last.
    """

    if TYPE_CHECKING:

        def __init__(self, *, format: str, as_type: Any, issues: Iterable[Issue]) -> None: ...  # noqa: A002 - a field


class UnknownCodecError(RestorableError, LookupError):
    """No codec has that name, content type or id; the text lists those there are."""
