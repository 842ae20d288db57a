"""The errors of a codec's functions: what an exception says, as `EncodeError` or `DecodeError`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .._issues import FormatError, issues_of
from .._nested import calling_itself
from ..errors import DecodeError, EncodeError, stack_error
from ..formats._depth import check_tree
from ..options import Limits


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["cause_of", "decode_error", "encode_error", "endless_hook", "where_deepest"]

E = TypeVar("E", DecodeError, EncodeError)


def encode_error(exc: Exception, converter: WireConverter, as_type: Any) -> EncodeError:
    """Return the error to raise where writing *as_type* raised *exc*."""
    if isinstance(exc, RecursionError):
        return _without_end(EncodeError, exc, converter, as_type)
    error = EncodeError(format=converter.format.name, as_type=as_type, issues=issues_of(exc))
    error.__cause__ = cause_of(exc)
    return error


def decode_error(exc: Exception, converter: WireConverter, as_type: Any) -> DecodeError:
    """Return the error to raise where reading *as_type* raised *exc*."""
    if isinstance(exc, RecursionError):
        return _without_end(DecodeError, exc, converter, as_type)
    error = DecodeError(format=converter.format.name, as_type=as_type, issues=issues_of(exc))
    error.__cause__ = cause_of(exc)
    return error


def _without_end(cls: type[E], exc: RecursionError, converter: WireConverter, as_type: Any) -> E:
    """Return the error to raise where the stack ran out: a hook's fault, or that of what is deep."""
    try:
        endless = endless_hook(exc)
        if endless is not None:
            return cls(format=converter.format.name, as_type=as_type, issues=endless.issues)
    except RecursionError:
        pass
    error = stack_error(cls, converter.format.name, as_type)
    error.__cause__ = exc
    return error


def where_deepest(exc: Exception, value: Any, limits: Limits) -> Exception:
    """Return the error that says where *value* is beyond the limits, as one that holds itself is, if that is *exc*."""
    if isinstance(exc, RecursionError) and calling_itself(exc) is None:
        try:
            check_tree(value, limits)
        except FormatError as fault:
            return fault
    return exc


def endless_hook(exc: RecursionError) -> FormatError | None:
    """Return the error of a hook of the user's that calls itself without end, if that is what *exc* says."""
    name = calling_itself(exc)
    if name is None:
        return None
    message = f"the hook {name} calls itself with what it was given, without end"
    return FormatError.of("invalid_value", "a valid value", f"a hook that calls itself: {name}", message=message)


def cause_of(exc: Exception) -> BaseException | None:
    """Return what to chain: the faults are in the issues, a user's exception is worth its traceback."""
    return exc.__cause__ if isinstance(exc, FormatError) else exc
