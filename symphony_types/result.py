"""
Results as values: `Ok` and `Err`, as Rust's ``Result``.

Take them apart by pattern matching, which type checkers follow::

    match load(path):
        case Ok(workflow):
            run(workflow)
        case Err(error):
            report(error)

Both are true in a boolean context, like any object: ask `is_ok`.  On the wire
they are ``{"Ok": value}`` and ``{"Err": error}``, as serde writes them.
"""

from __future__ import annotations

import functools
import inspect

from collections.abc import Callable, Coroutine
from typing import Any, Generic, Literal, NoReturn, ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload

import attrs

from ._restorable import RestorableError
from .errors import ArtifactError, ExtensionError, IpcError, ResourceError, SymphonyError, WorkflowError


__all__ = [
    "ArtifactResult",
    "Err",
    "ExtensionResult",
    "IpcResult",
    "Ok",
    "ResourceResult",
    "Result",
    "SymphonyResult",
    "UnwrapError",
    "WorkflowResult",
    "returns_result",
]

T = TypeVar("T")
E = TypeVar("E")
U = TypeVar("U")
F = TypeVar("F")
T_co = TypeVar("T_co", covariant=True)
E_co = TypeVar("E_co", covariant=True)
P = ParamSpec("P")
X = TypeVar("X", bound=BaseException)
X_co = TypeVar("X_co", bound=BaseException, covariant=True)


class UnwrapError(RestorableError, ValueError):
    """
    A result was not of the requested kind, and holds no exception to raise.

    Args:
        message: The request.
        held: The value that the result holds instead.
    """

    def __init__(self, message: str, held: object) -> None:
        super().__init__(message)
        self.held = held

    def __str__(self) -> str:
        return f"{self.message}: {self.held!r}"


@attrs.frozen(order=True)
class Ok(Generic[T_co]):
    """
    A success.

    Args:
        value: The value of the success.
    """

    value: T_co

    def is_ok(self) -> Literal[True]:
        """Return ``True``."""
        return True

    def is_err(self) -> Literal[False]:
        """Return ``False``."""
        return False

    def ok(self) -> T_co:
        """Return the value (an `Err` returns ``None``)."""
        return self.value

    def err(self) -> None:
        """Return ``None`` (an `Err` returns its error)."""

    def unwrap(self) -> T_co:
        """Return the value."""
        return self.value

    def unwrap_err(self) -> NoReturn:
        """Raise `UnwrapError`, since there is no error."""
        raise UnwrapError("expected Err, got Ok", self.value)

    def expect(self, message: str) -> T_co:
        """Return the value; *message* is for an `Err`."""
        return self.value

    def unwrap_or(self, default: object) -> T_co:
        """Return the value; *default* is for an `Err`."""
        return self.value

    def map(self, function: Callable[[T_co], U]) -> Ok[U]:
        """Return `Ok` of the value that *function* returns for the value."""
        return Ok(function(self.value))

    def map_err(self, function: Callable[[Any], object]) -> Ok[T_co]:
        """Return itself; *function* is for an `Err`."""
        return self

    def and_then(self, function: Callable[[T_co], Result[U, F]]) -> Result[U, F]:
        """Return the result that *function* returns for the value."""
        return function(self.value)

    def or_else(self, function: Callable[[Any], object]) -> Ok[T_co]:
        """Return itself; *function* is for an `Err`."""
        return self


@attrs.frozen(order=True)
class Err(Generic[E_co]):
    """
    A failure.

    Args:
        error: Why; often an exception, which `unwrap` then raises.
    """

    error: E_co

    def is_ok(self) -> Literal[False]:
        """Return ``False``."""
        return False

    def is_err(self) -> Literal[True]:
        """Return ``True``."""
        return True

    def ok(self) -> None:
        """Return ``None`` (an `Ok` returns its value)."""

    def err(self) -> E_co:
        """Return the error (an `Ok` returns ``None``)."""
        return self.error

    def unwrap(self) -> NoReturn:
        """
        Raise the error if it is an exception.

        Raises:
            UnwrapError: The error is not an exception.
        """
        if isinstance(self.error, BaseException):
            raise self.error
        raise UnwrapError("expected Ok, got Err", self.error)

    def unwrap_err(self) -> E_co:
        """Return the error."""
        return self.error

    def expect(self, message: str) -> NoReturn:
        """
        Raise an error that says *message*.

        Raises:
            UnwrapError: Always; its cause is the error if that is an exception.
        """
        cause = self.error if isinstance(self.error, BaseException) else None
        raise UnwrapError(message, self.error) from cause

    def unwrap_or(self, default: U) -> U:
        """Return *default*, since there is no value."""
        return default

    def map(self, function: Callable[[Any], object]) -> Err[E_co]:
        """Return itself; *function* is for an `Ok`."""
        return self

    def map_err(self, function: Callable[[E_co], F]) -> Err[F]:
        """Return `Err` of the error that *function* returns for the error."""
        return Err(function(self.error))

    def and_then(self, function: Callable[[Any], object]) -> Err[E_co]:
        """Return itself; *function* is for an `Ok`."""
        return self

    def or_else(self, function: Callable[[E_co], Result[U, F]]) -> Result[U, F]:
        """Return the result that *function* returns for the error."""
        return function(self.error)


Result: TypeAlias = Ok[T] | Err[E]
"""`Ok` of the first or `Err` of the second: ``Result[int, str]``."""

SymphonyResult: TypeAlias = Ok[T] | Err[SymphonyError]
"""A result whose error is any of Symphony's."""

ExtensionResult: TypeAlias = Ok[T] | Err[ExtensionError]
"""A result whose error is about an extension."""

WorkflowResult: TypeAlias = Ok[T] | Err[WorkflowError]
"""A result whose error is about a workflow."""

IpcResult: TypeAlias = Ok[T] | Err[IpcError]
"""A result whose error is about the exchange of messages."""

ArtifactResult: TypeAlias = Ok[T] | Err[ArtifactError]
"""A result whose error is about an artifact."""

ResourceResult: TypeAlias = Ok[T] | Err[ResourceError]
"""A result whose error is about a resource."""


class _Wrap(Protocol[X_co]):
    """The decorator that `returns_result` makes."""

    @overload
    def __call__(  # type: ignore[overload-overlap]  # a coroutine is a value too, and the first match is meant
        self, function: Callable[P, Coroutine[Any, Any, T]], /
    ) -> Callable[P, Coroutine[Any, Any, Ok[T] | Err[X_co]]]: ...

    @overload
    def __call__(self, function: Callable[P, T], /) -> Callable[P, Ok[T] | Err[X_co]]: ...


def returns_result(*exceptions: type[X]) -> _Wrap[X]:
    """
    Make a raising function return a `Result` instead.

    ::

        @returns_result(OSError, ValueError)
        def read(path: str) -> int: ...

        read("n")      # Ok(5) or Err(FileNotFoundError(...))

    Works for ``async`` functions too; not for generators, which raise only
    while somebody iterates over them.

    Args:
        exceptions: The exceptions that become an `Err`; others are raised as before.

    Raises:
        TypeError: No exception type was given, or something else was; or the
            function is a generator.
    """
    given: tuple[object, ...] = exceptions
    for exception in given:
        if not (inspect.isclass(exception) and issubclass(exception, BaseException)):
            raise TypeError(f"expected exception types, as in @returns_result(ValueError), got {exception!r}")
    if not exceptions:
        raise TypeError("expected at least one exception type, as in @returns_result(ValueError)")

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"expected a function that returns its result, got generator {function.__qualname__}")
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def call_async(*args: Any, **kwargs: Any) -> Any:
                try:
                    return Ok(await function(*args, **kwargs))
                except exceptions as error:
                    return Err(error)

            return call_async

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return Ok(function(*args, **kwargs))
            except exceptions as error:
                return Err(error)

        return call

    return cast("_Wrap[X]", wrap)
