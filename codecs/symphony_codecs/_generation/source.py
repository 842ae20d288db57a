"""The interface between the walk over a schema and a source of choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from symphony_types._restorable import RestorableError
from symphony_types.checks import cut


__all__ = ["HELP", "GenerationError", "Maker", "NothingError", "RefusedError", "Source", "reason_of"]

S = TypeVar("S")

Maker: TypeAlias = Callable[[Random], Any]
"""A function that draws a value with a random generator."""

_MAX_REASON: Final = 200

HELP: Final = (
    "give a sample, or register a Hypothesis strategy for the class (hypothesis.strategies.register_type_strategy)"
)
"""The next step for a user whose type accepts no value."""


class GenerationError(RestorableError, LookupError):
    """No values of a type can be made; the message says of which class and field, why, and what helps."""


class NothingError(GenerationError):
    """A node's bounds exclude every value; the caller adds the field's name."""


class RefusedError(RestorableError):
    """A constructor, a validator or a codec refused a value that was drawn; the next one may pass."""


def reason_of(exc: BaseException) -> str:
    """Return the reason of *exc* on one line."""
    text = " ".join(str(getattr(exc, "reason", exc)).split())
    return cut(text, _MAX_REASON) or type(exc).__name__


class Source(Protocol[S]):
    """
    Draws values; ``S`` is a recipe of values, such as a strategy of Hypothesis.

    Attributes:
        is_realistic: Whether values look like those of real data, rather than
            like those that break programs.
    """

    is_realistic: bool

    def just(self, value: Any) -> S:
        """Return the recipe of this one value."""
        ...

    def among(self, values: Sequence[Any]) -> S:
        """Return the recipe of one of *values*, at least one; the first is the simplest."""
        ...

    def one_of(self, recipes: Sequence[S]) -> S:
        """Return the recipe of one of *recipes*, at least one."""
        ...

    def maybe(self, rare: S, usual: S) -> S:
        """Return the recipe of *usual*, now and then of *rare*, which is simpler."""
        ...

    def integers(self, low: int, high: int) -> S:
        """Return the recipe of ints from *low* to *high*; small ones are more likely."""
        ...

    def evenly(self, low: int, high: int) -> S:
        """Return the recipe of ints from *low* to *high*, all equally likely; 0 is the simplest."""
        ...

    def floats(self, low: float, high: float) -> S:
        """Return the recipe of finite floats from *low* to *high*."""
        ...

    def texts(self, low: int, high: int | None, hint: str) -> S:
        """Return the recipe of texts of *low* to *high* characters, for a field that is called *hint*."""
        ...

    def binaries(self, low: int, high: int | None) -> S:
        """Return the recipe of bytes of that length."""
        ...

    def lists(self, item: S, low: int, high: int | None, *, unique: bool = False) -> S:
        """Return the recipe of lists of *low* to *high* items; *unique*: that differ and have a hash."""
        ...

    def maps(self, key: S, value: S, low: int, high: int | None) -> S:
        """Return the recipe of dicts of *low* to *high* entries."""
        ...

    def tuples(self, items: Sequence[S]) -> S:
        """Return the recipe of tuples of these items."""
        ...

    def untyped(self) -> S:
        """Return the recipe of values that JSON can say."""
        ...

    def mapped(self, inner: S, function: Callable[[Any], Any]) -> S:
        """Return the recipe of what *function* makes of values; it takes all of them."""
        ...

    def tried(self, inner: S, function: Callable[[Any], Any], what: str, again: Callable[[], Maker]) -> S:
        """
        Return the recipe of what *function* makes of values.

        Args:
            inner: The recipe of what is passed to *function*.
            function: It raises `RefusedError` for a value that it does not take.
            what: The description of the values, for the error where no value is ever taken.
            again: Gives the recipe of the same for random generators.
        """
        ...

    def of_type(self, tp: Any, recipe: Callable[[Any], S]) -> S | None:
        """
        Return the recipe that is registered for a type.

        Args:
            tp: The type.
            recipe: Gives the recipe of any other type, such as an argument of a generic class.
        """
        ...

    def unknown(self, tp: Any) -> S | None:
        """Return a recipe of a type whose schema does not say how its values are made; ``None`` without one."""
        ...
