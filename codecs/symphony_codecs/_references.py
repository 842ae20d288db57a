"""How converters, and the functions of a codec, are pickled; `_pickling` has what that needs."""

from __future__ import annotations

import os

from collections.abc import Callable
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Literal


if TYPE_CHECKING:
    from .converter import ConverterSnapshot, WireConverter


__all__ = ["FunctionReference", "Kind", "PythonFunction", "Token", "reduce_codec", "reduce_converter"]

Kind = Literal["decoder", "encoder"]


class FunctionReference:
    """
    Where a function comes from: ``codec.decoder(T)`` or ``codec.encoder(T)``.

    `pickle` takes a bound method for ``getattr`` of what it is bound to, which
    costs calls nothing.  The classes of the engine ask this when they are
    pickled; functions in Python are methods of a `PythonFunction`.

    Args:
        snapshot: The codec's converter as it was when the function was made.
        as_type: The type.
        kind: The codec's method.
    """

    __slots__ = ("_kind", "_snapshot", "as_type")

    def __init__(self, snapshot: ConverterSnapshot, as_type: Any, kind: Kind) -> None:
        self._snapshot = snapshot
        self.as_type = as_type
        self._kind = kind

    def __reduce__(self) -> tuple[Any, ...]:
        is_python = isinstance(self, PythonFunction)
        reduced: tuple[Any, ...] = _pickling().reduce_function(
            self._snapshot.converter, self.as_type, self._kind, is_python=is_python
        )
        return reduced

    def __copy__(self) -> FunctionReference:
        return self

    def __deepcopy__(self, memo: object) -> FunctionReference:
        return self


class PythonFunction(FunctionReference):
    """
    What a function in Python is a method of.

    It is a method of a class in a module, since cloudpickle writes functions
    of methods that it cannot find by value, with all that they refer to.
    """

    __slots__ = ("decode", "encode")

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.run.__name__ = cls.name  # as the pickle has it

    name: ClassVar[Literal["decode", "encode"]]

    if TYPE_CHECKING:

        def run(self, argument: Any, /) -> Any:
            """Return what the function returns."""

    def function(self) -> Callable[[Any], Any]:
        """Return the function, which is an attribute, too, as whoever reads a pickle expects."""
        function = MethodType(type(self).run, self)
        setattr(self, self.name, function)
        return function


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
            self._value = os.urandom(16)
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
