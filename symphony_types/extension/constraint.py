"""Limits on the value of a setting."""

from __future__ import annotations

import re

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self

from symphony_types._tagged import TaggedValue
from symphony_types.checks import FINITE, U64, FieldError, Text, as_float
from symphony_types.integers import U64 as U64Int


__all__ = ["Constraint"]

_PATTERN: Final = Text(maximum=1000)


class Constraint(
    TaggedValue,
    variants={
        "MinLength": U64Int,
        "MaxLength": U64Int,
        "MinValue": float,
        "MaxValue": float,
        "Pattern": str,
        "PathExists": None,
        "UrlReachable": None,
    },
):
    """
    A limit on a setting's value.

    Lengths count characters of text (Unicode code points) or items of an
    array.  ``Pattern`` is a regular expression that must be found somewhere in
    the text.  It comes from the extension, and Python's `re` takes long to
    compile it and exponential time to run a bad one: both are done where
    settings or a manifest are validated, never where a manifest is decoded.
    ``PathExists`` and ``UrlReachable`` take a disk and a network:
    they are for whoever applies the settings, and nothing here checks them.
    """

    __slots__ = ()

    PATH_EXISTS: ClassVar[Constraint]
    URL_REACHABLE: ClassVar[Constraint]

    @classmethod
    def min_length(cls, length: int) -> Constraint:
        """Demand at least *length* characters or items."""
        return cls.from_variant("MinLength", length)

    @classmethod
    def max_length(cls, length: int) -> Constraint:
        """Demand at most *length* characters or items."""
        return cls.from_variant("MaxLength", length)

    @classmethod
    def min_value(cls, value: float) -> Constraint:
        """Demand at least *value*."""
        return cls.from_variant("MinValue", value)

    @classmethod
    def max_value(cls, value: float) -> Constraint:
        """Demand at most *value*."""
        return cls.from_variant("MaxValue", value)

    @classmethod
    def pattern(cls, pattern: str) -> Constraint:
        """
        Demand that the regular expression *pattern*, of Python's `re` and at most 1000 characters, is found.

        Raises:
            FieldError: It is not a regular expression, or is too long.
        """
        constraint = cls.from_variant("Pattern", pattern)
        error = constraint.pattern_error()
        if error is not None:
            raise error
        return constraint

    @classmethod
    def from_variant(cls, variant: str, value: Any = None) -> Self:
        """Return the limit of *variant*, as for any tagged value; limits on numbers are floats."""
        return super().from_variant(variant, as_float(value) if variant in {"MinValue", "MaxValue"} else value)

    @classmethod
    def _check_value(cls, variant: str, value: Any) -> None:
        if variant in {"MinLength", "MaxLength"}:
            U64.check(value, (variant,))
        elif variant in {"MinValue", "MaxValue"}:
            FINITE.check(value, (variant,))
        else:
            _PATTERN.check(value, (variant,))

    def pattern_error(self) -> FieldError | None:
        """Return the error of a ``Pattern`` that is not a regular expression, else ``None``."""
        if self.variant == "Pattern":
            try:
                re.compile(self.value)
            except (re.error, OverflowError, RecursionError) as error:
                found = FieldError("invalid_value", (self.variant,), "a regular expression", str(error))
                found.__cause__ = error
                return found
        return None

    def is_stricter_than(self, other: Constraint) -> bool:
        """Whether this is the same kind of limit as *other*, and takes less."""
        if self.variant != other.variant or self.variant not in _ORDERED:
            return False
        return bool(self.value > other.value if self.variant.startswith("Min") else self.value < other.value)

    def applies_to(self, kind: str) -> bool:
        """Whether this limits values of the `ConfigType` variant *kind*."""
        return kind in _APPLIES_TO[self.variant]

    def find_violation(self, value: Any) -> str | None:
        """
        Return what is demanded if *value*, of a type that this applies to, breaks it.

        Raises:
            FieldError: This is a ``Pattern`` without a valid regular expression.
        """
        limit = self.value
        match self.variant:
            case "MinLength" if len(value) < limit:
                return f"a length of at least {limit}"
            case "MaxLength" if len(value) > limit:
                return f"a length of at most {limit}"
            case "MinValue" if value < limit:
                return f"a number of at least {limit}"
            case "MaxValue" if value > limit:
                return f"a number of at most {limit}"
            case "Pattern" if not self._is_found_in(value):
                return f"text that matches {limit!r}"
            case _:
                return None

    def _is_found_in(self, text: str) -> bool:
        error = self.pattern_error()
        if error is not None:
            raise error
        return re.search(self.value, text) is not None


_TEXTUAL: Final = frozenset({"String", "Secret", "Path", "Url"})
_ORDERED: Final = frozenset({"MinLength", "MaxLength", "MinValue", "MaxValue"})
_NUMERIC: Final = frozenset({"Integer", "Float"})
_APPLIES_TO: Final[Mapping[str, frozenset[str]]] = {
    "MinLength": _TEXTUAL | {"Array"},
    "MaxLength": _TEXTUAL | {"Array"},
    "MinValue": _NUMERIC,
    "MaxValue": _NUMERIC,
    "Pattern": _TEXTUAL,
    "PathExists": frozenset({"Path"}),
    "UrlReachable": frozenset({"Url"}),
}
