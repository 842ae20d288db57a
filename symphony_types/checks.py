"""
Field checks: the small known set of attrs validators that the types use.

Each check is a frozen attrs class, so that a codec or an engine can read what
it demands instead of calling it, and compares equal to its twin.  A check that
fails raises `FieldError` (a `ValueError`) or, for a value of the wrong type,
`FieldTypeError` (also a `TypeError`); both name the field and carry a code.

Every check accepts ``None`` only where it is wrapped in `optional`.
"""

from __future__ import annotations

import math
import re
import sys

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, Protocol, TypeGuard, cast

import attrs

from ._restorable import RestorableError, takes_notes


__all__ = [
    "BOOL",
    "FINITE",
    "I32",
    "I64",
    "I128",
    "MAX_TEXT",
    "NON_EMPTY",
    "TEXT",
    "TEXT_MAP",
    "U8",
    "U16",
    "U32",
    "U64",
    "U128",
    "Check",
    "CheckBase",
    "Each",
    "Either",
    "FieldError",
    "FieldTypeError",
    "FloatRange",
    "InstanceOf",
    "IntRange",
    "MapOf",
    "OneOf",
    "Optional",
    "Text",
    "as_float",
    "as_map",
    "as_optional_float",
    "as_optional_map",
    "as_tuple",
    "class_name",
    "cut",
    "describe",
    "is_check",
    "listed",
    "optional",
    "quoted",
]

_MAX_SHOWN: Final = 80
_MAX_FLOAT: Final = sys.float_info.max
_OWN: Final = __name__.partition(".")[0]
# Classes of other packages may have these names, too; those in lower case look like builtins anyway.
_KNOWN: Final = frozenset(("Decimal", "Duration", "Fraction", "Path", "PurePath", "Timestamp", "UUID"))

MAX_TEXT: Final = 1000
"""The most characters of what a fault says was expected, or was there instead."""


def cut(text: str, most: int = MAX_TEXT) -> str:
    """
    Return *text*, or its beginning and ``...`` if it has more than *most* characters.

    `FieldError` and `Issue` cut all their texts with it.  A rule that makes
    a text of a document's parts cuts the parts too, so that a thousand faults
    do not take a thousand times the document's size.
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def quoted(text: str) -> str:
    """Return the ``repr`` of *text*, a part of a document, cut after 80 characters."""
    return repr(cut(text, _MAX_SHOWN))


def listed(texts: Iterable[str], between: str = ", ") -> str:
    """Join *texts*, as many of them as a fault shows."""
    shown: list[str] = []
    left = MAX_TEXT
    for text in texts:
        shown.append(text[: left + 1])
        left -= len(shown[-1]) + len(between)
        if left < 0:
            break
    return between.join(shown)


class FieldError(RestorableError, ValueError):
    """
    A field holds a value that its class does not allow.

    Args:
        code: One of the codes of `symphony_types.Issue`, such as
            ``out_of_range``.
        path: Where in the object: the field's name, then keys and indexes.
        expected: The values that the field takes, lower case, such as ``an integer from
            0 to 4294967295``; cut after 1,000 characters.
        actual: The value that came; cut after 1,000 characters.
        notes: Notes to add (`add_note`).
    """

    @takes_notes
    def __init__(
        self, code: str, path: tuple[str | int, ...], expected: str, actual: str, notes: Iterable[str] = ()
    ) -> None:
        self.code = code
        self.path = tuple(path)
        self.expected = cut(expected)
        self.actual = cut(actual)
        if notes:
            self._add(notes)

    def __str__(self) -> str:
        where = "".join(f"[{p}]" if isinstance(p, int) else f".{cut(str(p), _MAX_SHOWN)}" for p in self.path)
        return f"expected {self.expected}, got {self.actual}" + (f" at {where.removeprefix('.')}" if where else "")


class FieldTypeError(FieldError, TypeError):
    """A field holds a value of a type that its class does not allow."""


def class_name(cls: type) -> str:
    """Return the name of *cls*, with its module where the name alone looks like that of another: ``numpy.bool``."""
    module: object = cls.__module__
    name = cls.__name__ if len(cls.__name__) <= _MAX_SHOWN else cut(cls.__name__, _MAX_SHOWN)
    if module == "builtins" or not isinstance(module, str) or module.partition(".")[0] in sys.stdlib_module_names:
        return name
    looks_known = name[:1].islower() or (name in _KNOWN and module.partition(".")[0] != _OWN)
    return f"{cut(module, _MAX_SHOWN)}.{name}" if looks_known else name


def describe(value: object) -> str:
    """Show *value* in an error: its class for containers, a cut ``repr`` for scalars, with a class of their own."""
    kind = type(value)
    if kind is list or kind is dict:
        return kind.__name__
    if value is None or isinstance(value, bool):
        return repr(value)
    # By the base's own methods: a subclass may show itself in any way, or raise.
    if isinstance(value, int):
        bits = int.bit_length(value)
        text = f"an integer of {bits} bits" if bits > 256 else int.__repr__(value)
        return text if kind is int else f"{class_name(kind)} {text}"
    if isinstance(value, float):
        text = float.__repr__(value)
        return text if kind is float else f"{class_name(kind)} {text}"
    if isinstance(value, str):
        text = str.__str__(value)
        return f"{class_name(kind)} {text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + '...'!r}"
    if isinstance(value, (bytes, bytearray)):
        return f"{class_name(kind)} of length {len(value)}"
    return class_name(kind)


class Check(Protocol):
    """The methods of every check of this module: the attrs validator's call, and `check` for a bare value."""

    def __call__(self, instance: object, attribute: attrs.Attribute[Any], value: Any) -> None: ...

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None: ...


class CheckBase:
    """The base of the checks: an attrs validator is the same check, under the field's name."""

    __slots__ = ()

    def __call__(self, instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        self.check(value, (attribute.name,))

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        raise TypeError(type(self).__name__)  # pragma: no cover - every subclass has its own


@attrs.frozen
class IntRange(CheckBase):
    """An `int` (not a `bool`) from *minimum* to *maximum*, both included."""

    minimum: int
    maximum: int

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if type(value) is not int:
            raise FieldTypeError("wrong_type", path, "an integer", describe(value))
        if not self.minimum <= value <= self.maximum:
            raise FieldError("out_of_range", path, f"an integer from {self.minimum} to {self.maximum}", describe(value))


@attrs.frozen
class FloatRange(CheckBase):
    """
    A finite number from *minimum* to *maximum*, both included.

    An `int` is taken as it is, unless it is beyond all floats; NaN and the
    infinities never are.
    """

    minimum: float = -math.inf
    maximum: float = math.inf

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if type(value) is not float and type(value) is not int:
            raise FieldTypeError("wrong_type", path, "a number", describe(value))
        # Python compares ints with floats exactly, where conversion could overflow; NaN compares false.
        if not max(self.minimum, -_MAX_FLOAT) <= value <= min(self.maximum, _MAX_FLOAT):
            raise FieldError("out_of_range", path, self._expected(), describe(value))

    def _expected(self) -> str:
        if math.isinf(self.minimum) and math.isinf(self.maximum):
            return "a finite number"
        if math.isinf(self.maximum):
            return f"a finite number of at least {self.minimum:g}"
        if math.isinf(self.minimum):
            return f"a finite number of at most {self.maximum:g}"
        return f"a number from {self.minimum:g} to {self.maximum:g}"


@attrs.frozen
class Text(CheckBase):
    """
    A `str` of *minimum* to *maximum* characters that *pattern* matches whole.

    Args:
        minimum: Least number of characters.
        maximum: Greatest number of characters; ``None`` for no limit.
        pattern: A regular expression that must match the whole text.
        name: The name of such a text in an error (``a kebab-case name``).
    """

    minimum: int = 0
    maximum: int | None = None
    pattern: str | None = None
    name: str = "a string"
    _compiled: re.Pattern[str] | None = attrs.field(
        init=False,
        repr=False,
        eq=False,
        default=attrs.Factory(lambda self: re.compile(self.pattern) if self.pattern else None, takes_self=True),
    )

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if not isinstance(value, str):
            raise FieldTypeError("wrong_type", path, self.name, describe(value))
        size = len(value)
        if size < self.minimum:
            least = "a non-empty string" if self.minimum == 1 else f"a string of at least {self.minimum} characters"
            raise FieldError("invalid_value", path, least, describe(value))
        if self.maximum is not None and size > self.maximum:
            expected = f"a string of at most {self.maximum} characters"
            raise FieldError("invalid_value", path, expected, f"{size} characters")
        if self._compiled is not None and self._compiled.fullmatch(value) is None:
            raise FieldError("invalid_value", path, self.name, describe(value))


@attrs.frozen
class OneOf(CheckBase):
    """One of *options*, compared by equality and type."""

    options: tuple[object, ...]

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if not any(type(value) is type(option) and value == option for option in self.options):
            expected = listed(map(repr, self.options), " or ")
            raise FieldError("invalid_value", path, expected, describe(value))


@attrs.frozen
class InstanceOf(CheckBase):
    """An instance of one of *types*; *name* says what in an error."""

    types: tuple[type, ...]
    name: str

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if not isinstance(value, self.types):
            raise FieldTypeError("wrong_type", path, self.name, describe(value))


@attrs.frozen
class Each(CheckBase):
    """A collection whose items all pass *item*, at most *maximum* of them, *unique* if asked."""

    item: Check | None = None
    maximum: int | None = None
    unique: bool = False

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if not isinstance(value, Collection) or isinstance(value, (str, bytes, Mapping)):
            raise FieldTypeError("wrong_type", path, "a collection", describe(value))
        if self.maximum is not None and len(value) > self.maximum:
            raise FieldError("invalid_value", path, f"at most {self.maximum} items", f"{len(value)} items")
        if self.item is not None:
            for index, item in enumerate(value):
                self.item.check(item, (*path, index))
        if self.unique:
            seen: set[object] = set()
            unhashable: list[object] = []
            for index, item in enumerate(value):
                try:
                    again = item in seen
                    seen.add(item)
                except TypeError:
                    again = item in unhashable
                    unhashable.append(item)
                if again:
                    raise FieldError("invalid_value", (*path, index), "unique items", f"{describe(item)} again")


@attrs.frozen
class MapOf(CheckBase):
    """A mapping whose keys all pass *key* and whose values all pass *value*."""

    key: Check | None = None
    value: Check | None = None

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if not isinstance(value, Mapping):
            raise FieldTypeError("wrong_type", path, "a mapping", describe(value))
        for key, item in cast("Mapping[object, object]", value).items():
            # the text of a huge int would be refused by Python itself
            where = (*path, describe(key) if isinstance(key, int) else str(key))
            if self.key is not None:
                self.key.check(key, where)
            if self.value is not None:
                self.value.check(item, where)


@attrs.frozen
class Optional(CheckBase):
    """``None``, or what *inner* takes."""

    inner: Check

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if value is not None:
            self.inner.check(value, path)


@attrs.frozen
class Either(CheckBase):
    """
    The check that one of *options* takes the value, or that it is ``None`` if *none*; errors of type name *name*.

    An option that takes the type but not the value reports the fault.
    """

    options: tuple[Check, ...]
    name: str
    none: bool = False

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if value is None and self.none:
            return
        for option in self.options:
            try:
                option.check(value, path)
            except FieldTypeError:
                continue
            return
        raise FieldTypeError("wrong_type", path, self.name, describe(value))


def is_check(validator: object) -> TypeGuard[Check]:
    """Say whether an attrs validator is one of this module's checks."""
    return isinstance(validator, CheckBase)


def optional(inner: Check) -> Optional:
    """Wrap *inner* so that ``None`` passes."""
    return Optional(inner)


def as_tuple(value: Iterable[Any]) -> tuple[Any, ...]:
    """
    Turn the items of *value* into a tuple; for ``attrs.field(converter=...)``.

    Text, bytes, mappings and what cannot be iterated come back as they are:
    `Each` then refuses them with the field's name, which a converter lacks.
    """
    given = cast("object", value)
    if type(given) is tuple:
        return given
    iterable = isinstance(given, Iterable) and not isinstance(given, (str, bytes, bytearray, Mapping))
    return tuple(value) if iterable else cast("tuple[Any, ...]", value)


def as_map(value: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Copy *value*; return anything but a mapping unchanged, for `MapOf` to refuse."""
    return dict(value) if isinstance(cast("object", value), Mapping) else value


def as_optional_map(value: Mapping[Any, Any] | None) -> Mapping[Any, Any] | None:
    """Do as `as_map` does; ``None`` stays."""
    return None if value is None else as_map(value)


def as_float(value: float) -> float:
    """
    Turn an `int` into the nearest `float`, which is what the wire carries; for ``attrs.field(converter=...)``.

    Anything but an `int`, and ints beyond all floats, come back unchanged,
    for `FloatRange` to judge.
    """
    if type(value) is not int:
        return value
    try:
        return float(value)
    except OverflowError:
        return value


def as_optional_float(value: float | None) -> float | None:
    """Do as `as_float` does; ``None`` stays."""
    return None if value is None else as_float(value)


U8: Final = IntRange(0, 2**8 - 1)
U16: Final = IntRange(0, 2**16 - 1)
U32: Final = IntRange(0, 2**32 - 1)
U64: Final = IntRange(0, 2**64 - 1)
U128: Final = IntRange(0, 2**128 - 1)
I32: Final = IntRange(-(2**31), 2**31 - 1)
I64: Final = IntRange(-(2**63), 2**63 - 1)
I128: Final = IntRange(-(2**127), 2**127 - 1)
TEXT: Final = Text()
NON_EMPTY: Final = Text(minimum=1)
FINITE: Final = FloatRange()
BOOL: Final = InstanceOf((bool,), "a boolean")
TEXT_MAP: Final = MapOf(key=TEXT)
