"""
Versions and what is required of them.

A `Version` is three numbers, without pre-release or build parts; it is a
struct on the wire, not a text.  `VersionRequirement` has the four forms of
the Rust side, and reads the usual texts (``^1.2``, ``>=1.0.0, <2.0.0``).
"""

from __future__ import annotations

import re

from typing import Final

import attrs

from ._tagged import TaggedValue
from .checks import U32, FieldError, InstanceOf, describe


__all__ = ["Version", "VersionRange", "VersionRequirement"]

_MAX: Final = 2**32 - 1
_TEXT: Final = InstanceOf((str,), "a version as text")
_NUMBER: Final = re.compile(r"\+?0*([0-9]{1,10})", re.ASCII)


def _number(text: str, part: str, whole: str) -> int:
    """Read one part as Rust's ``u32::from_str`` does: a leading ``+`` and zeros are fine."""
    match = _NUMBER.fullmatch(text)
    if match is None or int(match[1]) > _MAX:
        raise FieldError("invalid_value", (), f"a {part} number from 0 to {_MAX}", f"{describe(text)} in {whole!r}")
    return int(match[1])


@attrs.frozen(order=True, repr=False, str=False)
class Version:
    """
    A semantic version of three numbers, ordered.

    Args:
        major: 0 to 2**32 - 1; a new one breaks compatibility.
        minor: 0 to 2**32 - 1; a new one adds to what is there.
        patch: 0 to 2**32 - 1; a new one repairs.

    Raises:
        FieldError: A part is out of range (a `ValueError`).
    """

    major: int = attrs.field(validator=U32)
    minor: int = attrs.field(validator=U32)
    patch: int = attrs.field(validator=U32)

    @classmethod
    def parse(cls, text: str) -> Version:
        """
        Return the version that *text* says, as Rust's ``FromStr`` reads it.

        Exactly three numbers with points between; ``+1`` and ``01`` are
        numbers there.

        Raises:
            FieldTypeError: *text* is not a `str`.
            FieldError: *text* is not such a text.
        """
        _TEXT.check(text)
        parts = text.split(".", 3)
        if len(parts) != 3:
            raise FieldError("invalid_value", (), "a version such as 1.2.3", describe(text))
        shown = text[:40]
        return cls(
            _number(parts[0], "major", shown), _number(parts[1], "minor", shown), _number(parts[2], "patch", shown)
        )

    def is_compatible_with(self, other: Version) -> bool:
        """
        Say whether this can stand in for *other*: the same major, and not older.

        Major 0 follows the same rule: 0.3.0 is compatible with 0.2.3.
        """
        return self.major == other.major and self >= other

    def bump_major(self) -> Version:
        """
        Return the next major version.

        Raises:
            FieldError: The number would leave its range.
        """
        return Version(self.major + 1, 0, 0)

    def bump_minor(self) -> Version:
        """
        Return the next minor version.

        Raises:
            FieldError: The number would leave its range.
        """
        return Version(self.major, self.minor + 1, 0)

    def bump_patch(self) -> Version:
        """
        Return the next patch version.

        Raises:
            FieldError: The number would leave its range.
        """
        return Version(self.major, self.minor, self.patch + 1)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def __repr__(self) -> str:
        return f"Version({self.major}, {self.minor}, {self.patch})"


_LOWEST: Final = Version(0, 0, 0)
_HIGHEST: Final = Version(_MAX, _MAX, _MAX)
_VERSION: Final = InstanceOf((Version,), "a Version")


def _next(version: Version) -> Version | None:
    """Return the version right after, since triples of u32 are discrete; ``None`` after the last."""
    for bump in (version.bump_patch, version.bump_minor, version.bump_major):
        try:
            return bump()
        except FieldError:
            continue
    return None


def _previous(version: Version) -> Version | None:
    """Return the version right before; ``None`` before the first."""
    if version.patch:
        return Version(version.major, version.minor, version.patch - 1)
    if version.minor:
        return Version(version.major, version.minor - 1, _MAX)
    if version.major:
        return Version(version.major - 1, _MAX, _MAX)
    return None


@attrs.frozen(kw_only=True, order=True)
class VersionRange:
    """
    All versions from one to another, both included.

    Args:
        min: The lowest.
        max: The highest; not below *min*.

    Raises:
        FieldError: *max* is below *min* (a `ValueError`).
    """

    min: Version = attrs.field(validator=_VERSION)
    max: Version = attrs.field(validator=_VERSION)

    def __attrs_post_init__(self) -> None:
        if self.max < self.min:
            raise FieldError("invalid_value", ("max",), f"a version of at least {self.min}", str(self.max))


class VersionRequirement(
    TaggedValue,
    variants={"Exact": Version, "GreaterOrEqual": Version, "Compatible": Version, "Range": VersionRange},
):
    """
    A requirement of a version, in one of four forms.

    ``Exact`` takes one version, ``GreaterOrEqual`` it and all later ones,
    ``Compatible`` those that `Version.is_compatible_with` it, ``Range`` all
    between two.  ``str`` gives a text that `parse` reads back to the same.
    """

    __slots__ = ()

    @classmethod
    def exact(cls, version: Version) -> VersionRequirement:
        """Require *version* and nothing else."""
        return cls.from_variant("Exact", version)

    @classmethod
    def greater_or_equal(cls, version: Version) -> VersionRequirement:
        """Require *version* or any after it."""
        return cls.from_variant("GreaterOrEqual", version)

    @classmethod
    def compatible(cls, version: Version) -> VersionRequirement:
        """Require *version* or a later one of the same major."""
        return cls.from_variant("Compatible", version)

    @classmethod
    def range(cls, min: Version, max: Version) -> VersionRequirement:  # noqa: A002 - the names of the wire
        """
        Require a version from *min* to *max*, both included.

        Raises:
            FieldError: *max* is below *min* (a `ValueError`).
        """
        return cls.from_variant("Range", VersionRange(min=min, max=max))

    @classmethod
    def parse(cls, text: str) -> VersionRequirement:
        """
        Return the requirement that *text* says.

        ========================  =============================================
        ``=1.2.3``                exactly this
        ``>=1.2.3``               this or later
        ``^1.2.3``, ``1.2.3``     compatible: this or later, below 2.0.0
        ``~1.2.3``                this or later, below 1.3.0
        ``>1.2.3``                later than this
        ``<1.5.0``, ``<=1.5.0``   from 0.0.0 below this, or up to this
        ``>=1.0.0, <2.0.0``       both; as many as need be
        ``*``                     any
        ========================  =============================================

        Parts that are missing at the end, or are ``*``, stand for any number
        there: ``~1`` and ``1.*`` are all of 1, ``=1.2`` all of 1.2, ``^1`` is
        ``^1.0.0``, ``>1.2`` is ``>=1.3.0``.  A bound that is not included
        becomes the version right before or after it, so ``<1.5.0`` is held
        as ``<=1.4.4294967295``.

        Raises:
            FieldTypeError: *text* is not a `str`.
            FieldError: *text* is not such a text, or no version fits it.
        """
        _TEXT.check(text)
        comparators = [_Comparator.parse(part, text) for part in text.split(",")]
        if len(comparators) == 1 and comparators[0].simple is not None:
            return cls.from_variant(comparators[0].simple, comparators[0].low)
        low = max(comparator.low for comparator in comparators)
        bounds = [comparator.high for comparator in comparators if comparator.high is not None]
        if not bounds:
            return cls.greater_or_equal(low)
        high = min(bounds)
        if high < low:
            raise FieldError("invalid_value", (), "a requirement that some version fits", describe(text))
        return cls.range(low, high)

    def is_satisfied_by(self, version: Version) -> bool:
        """Say whether *version* is what this asks for."""
        held = self.value
        if isinstance(held, VersionRange):
            return held.min <= version <= held.max
        assert isinstance(held, Version)
        if self.variant == "Exact":
            return version == held
        if self.variant == "Compatible":
            return version.is_compatible_with(held)
        return version >= held

    def __str__(self) -> str:
        held = self.value
        if isinstance(held, VersionRange):
            after = _next(held.max) if held.max.patch == _MAX else None
            upper = f"<={held.max}" if after is None else f"<{after}"
            return f">={held.min}, {upper}"
        if self.variant == "GreaterOrEqual" and held == _LOWEST:
            return "*"
        return {"Exact": "=", "GreaterOrEqual": ">=", "Compatible": "^"}[self.variant] + str(held)

    def __repr__(self) -> str:
        return f"VersionRequirement.parse({str(self)!r})"


_COMPARATOR: Final = re.compile(r"(=|>=|>|<=|<|\^|~|)\s*([^\s=<>^~]+)")


@attrs.frozen(kw_only=True)
class _Comparator:
    """
    One part of a requirement's text.

    Attributes:
        low: The lowest version that fits.
        high: The highest; ``None`` for no bound.
        simple: The variant that says this by itself, over *low*.
    """

    low: Version
    high: Version | None = None
    simple: str | None = None

    @classmethod
    def parse(cls, part: str, whole: str) -> _Comparator:
        match = _COMPARATOR.fullmatch(part.strip())
        if match is None:
            raise FieldError("invalid_value", (), "a requirement such as ^1.2.3 or >=1.0.0, <2.0.0", describe(whole))
        operator, version = match[1], match[2]
        numbers = cls._numbers(version, whole)
        if not numbers:
            if operator in {"", "=", ">=", "<=", "^", "~"}:
                return cls(low=_LOWEST, simple="GreaterOrEqual")
            raise cls._unsatisfiable(whole)
        # what is left out may be any number: from the lowest that fits to the highest
        missing = 3 - len(numbers)
        first = Version(*numbers, *([0] * missing))
        last = Version(*numbers, *([_MAX] * missing))
        match operator:
            case "=":
                return cls(low=first, high=last, simple=None if missing else "Exact")
            case ">=":
                return cls(low=first, simple="GreaterOrEqual")
            case ">":
                return cls(low=cls._exists(_next(last), whole), simple="GreaterOrEqual")
            case "<=":
                return cls(low=_LOWEST, high=last)
            case "<":
                return cls(low=_LOWEST, high=cls._exists(_previous(first), whole))
            case "~":
                minor = _MAX if len(numbers) == 1 else first.minor
                return cls(low=first, high=Version(first.major, minor, _MAX))
            case _:
                if not operator and version.endswith("*") and len(numbers) == 2:
                    return cls(low=first, high=last)
                return cls(low=first, high=Version(first.major, _MAX, _MAX), simple="Compatible")

    @staticmethod
    def _numbers(version: str, whole: str) -> list[int]:
        """Return the parts of *version* up to the first that may be anything."""
        parts = version.split(".", 3)
        if len(parts) > 3:
            raise FieldError("invalid_value", (), "a version of at most three parts", describe(whole))
        given = parts
        while given and given[-1] == "*":
            given = given[:-1]
        names = ("major", "minor", "patch")
        return [_number(text, name, whole[:40]) for text, name in zip(given, names, strict=False)]

    @staticmethod
    def _unsatisfiable(whole: str) -> FieldError:
        return FieldError("invalid_value", (), "a requirement that some version fits", describe(whole))

    @classmethod
    def _exists(cls, version: Version | None, whole: str) -> Version:
        if version is None:
            raise cls._unsatisfiable(whole)
        return version
