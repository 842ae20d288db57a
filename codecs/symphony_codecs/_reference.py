"""The reference path of a codec: a format's functions and a converter's hooks, and all issues where they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._issues import FormatError, issues_of
from .errors import DecodeError, EncodeError
from .hooks._base import recover


if TYPE_CHECKING:
    from .converter import ConverterSnapshot, WireConverter


__all__ = ["LazyFunction", "decode_error", "encode_error", "reference_decoder", "reference_encoder", "structured"]


def encode_error(exc: Exception, converter: WireConverter, as_type: Any) -> EncodeError:
    """Return the error to raise where writing *as_type* raised *exc*."""
    error = EncodeError(format=converter.format.name, as_type=as_type, issues=issues_of(exc))
    error.__cause__ = _cause(exc)
    return error


def decode_error(exc: Exception, converter: WireConverter, as_type: Any) -> DecodeError:
    """Return the error to raise where reading *as_type* raised *exc*."""
    error = DecodeError(format=converter.format.name, as_type=as_type, issues=issues_of(exc))
    error.__cause__ = _cause(exc)
    return error


def _cause(exc: Exception) -> BaseException | None:
    """Return what to chain: the faults are in the issues, a user's exception is worth its traceback."""
    return exc.__cause__ if isinstance(exc, FormatError) else exc


def reference_encoder(converter: WireConverter, as_type: Any) -> Callable[[Any], bytes]:
    """
    Return the function from values of *as_type* to bytes.

    Raises:
        FormatError: There is no way to write the type.
    """
    dumps, limits, strict = converter.format.dumps, converter.options.limits, converter.options.strict
    hook: Callable[[Any], Any] = converter.get_unstructure_hook(Any if as_type is None else as_type)

    def encode(value: Any) -> bytes:
        try:
            return dumps(hook(value), limits, strict)
        except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
            raise encode_error(exc, converter, as_type)  # noqa: B904 - which knows the cause

    return encode


def reference_decoder(converter: WireConverter, as_type: Any) -> Callable[[Any], Any]:
    """
    Return the function from bytes to values of *as_type*.

    Raises:
        FormatError: There is no way to read the type.
    """
    loads: Any = converter.format.loads
    limits, strict = converter.options.limits, converter.options.strict
    hook: Callable[[Any, Any], Any] = converter.get_structure_hook(as_type)

    def decode(data: Any) -> Any:
        try:
            tree = loads(data, limits, strict)
        except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
            raise decode_error(exc, converter, as_type)  # noqa: B904 - which knows the cause
        result, error = structured(tree, hook, converter, as_type)
        if error is None:
            return result
        try:
            raise error
        finally:
            del error  # which would hold itself, by this frame

    return decode


def structured(
    tree: Any, hook: Callable[[Any, Any], Any], converter: WireConverter, as_type: Any
) -> tuple[Any, DecodeError | None]:
    """Return what *hook* makes of *tree*, builtins of a whole document, and the error if it makes nothing of it."""
    # The error is not raised here: what has led to it, with all that was read so far, would go along.
    try:
        return hook(tree, as_type), None
    except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
        issues: list[Any] = []
        try:
            result = recover(exc, hook, tree, as_type, None, issues)
        except RecursionError as deep:
            return None, decode_error(deep, converter, as_type)
        if not issues:
            return result, None
        error = DecodeError(format=converter.format.name, as_type=as_type, issues=issues)
        error.__cause__ = _cause(exc)
        return None, error


class LazyFunction:
    """
    A reference function that is made when it is first called, with the hooks of when this was made.

    Args:
        make: `reference_encoder`, `reference_decoder` or `explainer`.
        snapshot: The converter of then.
        as_type: The type.
    """

    __slots__ = ("_as_it_was", "_as_type", "_call", "_make")

    def __init__(self, make: Callable[..., Callable[[Any], Any]], snapshot: ConverterSnapshot, as_type: Any) -> None:
        self._make = make
        self._as_it_was = snapshot
        self._as_type = as_type
        self._call: Callable[[Any], Any] | None = None

    def __call__(self, argument: Any) -> Any:
        """Return what the reference makes of *argument*."""
        if self._call is None:
            self._call = self._make(self._as_it_was.converter, self._as_type)
        return self._call(argument)
