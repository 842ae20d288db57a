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

import pickle

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from symphony_types.errors import IpcDeserializationFailedError, IpcSerializationFailedError
from symphony_types.traits.validatable import Issue

from ._issues import FormatError
from .formats.base import stack_ends


__all__ = ["DecodeError", "EncodeError", "FormatError", "Issue", "UnknownCodecError"]

_MAX_SHOWN: Final = 10
E = TypeVar("E", bound=BaseException)


def _reason(issues: Sequence[Issue]) -> str:
    shown = [str(issue) for issue in issues[:_MAX_SHOWN]]
    if len(issues) > _MAX_SHOWN:
        shown.append(f"and {len(issues) - _MAX_SHOWN} more")
    return shown[0] if len(issues) == 1 else f"{len(issues)} issues: {'; '.join(shown)}"


# Made beforehand: to make it takes more of the stack than there may be.
_STACK_ENDS: Final = stack_ends().issues
_STACK_ENDS_REASON: Final = _reason(_STACK_ENDS)


def stack_error(cls: type[E], format: str, as_type: Any) -> E:  # noqa: A002 - the field's name
    """Return the error of a call for which there is not enough of the stack left, using next to nothing of it."""
    error = cls.__new__(cls, _STACK_ENDS_REASON)
    error.__dict__.update(format=format, as_type=as_type, issues=_STACK_ENDS, reason=_STACK_ENDS_REASON)
    return error


def _picklable(as_type: Any) -> Any:
    """Return *as_type*, or its text where it is a class that cannot be found by name."""
    try:
        pickle.dumps(as_type)
    except Exception:  # noqa: BLE001 - pickling runs code of the type's
        return str(as_type)
    return as_type


class EncodeError(IpcSerializationFailedError, ValueError):
    """
    A value that cannot be written.

    Args:
        format: The codec's name.
        as_type: What it was to be written as; ``None`` or ``Any`` if by its own class.
        issues: All that is wrong, at least one.

    Attributes:
        reason: The issues as text, path last.
    """

    def __init__(self, *, format: str, as_type: Any, issues: Iterable[Issue]) -> None:  # noqa: A002 - the field's name
        self.format = format
        self.as_type = as_type
        self.issues = tuple(issues)
        super().__init__(reason=_reason(self.issues))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.format, _picklable(self.as_type), self.issues), _notes(self)


class DecodeError(IpcDeserializationFailedError, ValueError):
    """
    A document that cannot be read.

    Args:
        format: The codec's name.
        as_type: What it was to be read as.
        issues: All that is wrong, at least one, paths from the root.

    Attributes:
        reason: The issues as text, path last.
    """

    def __init__(self, *, format: str, as_type: Any, issues: Iterable[Issue]) -> None:  # noqa: A002 - the field's name
        self.format = format
        self.as_type = as_type
        self.issues = tuple(issues)
        super().__init__(reason=_reason(self.issues))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.format, _picklable(self.as_type), self.issues), _notes(self)


class UnknownCodecError(LookupError):
    """No codec has that name, content type or id; the text lists those there are."""


def _notes(error: BaseException) -> dict[str, Any]:
    notes = getattr(error, "__notes__", None)
    return {} if notes is None else {"__notes__": list(notes)}


def _restore(cls: Any, format: str, as_type: Any, issues: tuple[Issue, ...]) -> Any:  # noqa: A002 - the field's name
    return cls(format=format, as_type=as_type, issues=issues)
