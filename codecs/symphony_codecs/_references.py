"""How converters, and the functions of a codec, are pickled; `_pickling` has what that needs."""

from __future__ import annotations

import secrets

from collections.abc import Callable
from types import MethodType
from typing import TYPE_CHECKING, Any, Literal, TypeVar


if TYPE_CHECKING:
    from .converter import ConverterSnapshot, WireConverter


__all__ = ["FunctionReference", "Kind", "Token", "reduce_codec", "reduce_converter"]

R = TypeVar("R")

Kind = Literal["decoder", "encoder"]


class FunctionReference:
    """
    Where a function comes from: ``codec.decoder(T)`` or ``codec.encoder(T)``.

    `pickle` takes a bound method for ``getattr`` of what it is bound to, which
    costs calls nothing.  This is what functions in Python are bound to; the
    classes of the engine ask it when they are pickled.

    Args:
        snapshot: The codec's converter as it was when the function was made.
        as_type: The type.
        kind: The codec's method.
    """

    __slots__ = ("_as_type", "_kind", "_snapshot", "decode", "encode")

    def __init__(self, snapshot: ConverterSnapshot, as_type: Any, kind: Kind) -> None:
        self._snapshot = snapshot
        self._as_type = as_type
        self._kind = kind

    def bind(self, function: Callable[[Any, Any], R]) -> Callable[[Any], R]:
        """Return *function* as a method whose first argument is this."""
        name = function.__name__ = self._kind.removesuffix("r")
        bound = MethodType(function, self)
        setattr(self, name, bound)  # where `copy` looks, as pickle does
        return bound

    def __copy__(self) -> FunctionReference:
        return self

    def __deepcopy__(self, memo: object) -> FunctionReference:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        reduced: tuple[Any, ...] = _pickling().reduce_function(self._snapshot.converter, self._as_type, self._kind)
        return reduced


class Token:
    """What tells a converter from all others, until something is registered on it."""

    __slots__ = ("_value", "is_checked")

    def __init__(self, value: bytes | None = None) -> None:
        self._value = value
        self.is_checked = False

    @property
    def value(self) -> bytes:
        """The token: 16 random bytes, unlike those of any other process."""
        if self._value is None:
            self._value = secrets.token_bytes(16)
        return self._value


def _pickling() -> Any:
    # imported here because it needs codecs
    from . import _pickling

    return _pickling


def reduce_codec(converter: WireConverter) -> tuple[Any, ...]:
    """Return what a pickle holds of the codec that has *converter*; raises `pickle.PicklingError`."""
    reduced: tuple[Any, ...] = _pickling().reduce_codec(converter)
    return reduced


def reduce_converter(converter: WireConverter) -> tuple[Any, ...]:
    """Return what a pickle holds of *converter*; raises `pickle.PicklingError`."""
    reduced: tuple[Any, ...] = _pickling().reduce_converter(converter)
    return reduced
