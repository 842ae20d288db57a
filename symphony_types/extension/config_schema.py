"""The settings that an extension takes, and the check of settings against them."""

from __future__ import annotations

import itertools

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, cast

import attrs

from symphony_types._json import JsonValue
from symphony_types._tagged import TaggedValue
from symphony_types.checks import (
    FINITE,
    NON_EMPTY,
    TEXT,
    TEXT_MAP,
    Each,
    FieldError,
    FieldTypeError,
    InstanceOf,
    Text,
    as_map,
    as_tuple,
    describe,
    listed,
    optional,
)
from symphony_types.extension.constraint import Constraint
from symphony_types.traits.validatable import MAX_ISSUES, Issue, PathElement


__all__ = ["ConfigOption", "ConfigProperty", "ConfigSchema", "ConfigType"]

_URL: Final = Text(pattern=r"[A-Za-z][A-Za-z0-9+.-]*://\S+", name="a URL")
_PATH: Final = Text(pattern=r"[^\0]+", name="a path")


@attrs.frozen(kw_only=True)
class ConfigOption:
    """
    One choice of an ``Enum`` setting.

    Args:
        value: The setting's value.
        label: How people see it.
        description: More on it.
    """

    value: str = attrs.field(validator=TEXT)
    label: str = attrs.field(default=attrs.Factory(lambda self: self.value, takes_self=True), validator=TEXT)
    description: str | None = attrs.field(default=None, validator=optional(TEXT))


class ConfigType(
    TaggedValue,
    variants={
        "String": None,
        "Integer": None,
        "Float": None,
        "Boolean": None,
        "Enum": "tuple[ConfigOption, ...]",
        "Array": "ConfigType",
        "Object": "tuple[ConfigProperty, ...]",
        "Secret": None,
        "Path": None,
        "Url": None,
    },
):
    """
    The type of a setting.

    ``Enum`` holds the choices, ``Array`` the type of the items, ``Object`` the
    properties of the inner object.  A ``Secret`` is text that shows in no
    ``repr`` and no error.
    """

    __slots__ = ()

    STRING: ClassVar[ConfigType]
    INTEGER: ClassVar[ConfigType]
    FLOAT: ClassVar[ConfigType]
    BOOLEAN: ClassVar[ConfigType]
    SECRET: ClassVar[ConfigType]
    PATH: ClassVar[ConfigType]
    URL: ClassVar[ConfigType]

    @classmethod
    def enum(cls, options: Iterable[ConfigOption]) -> ConfigType:
        """Return the type whose values are those of *options*, at least one, no two alike."""
        return cls.from_variant("Enum", as_tuple(options))

    @classmethod
    def array(cls, item: ConfigType) -> ConfigType:
        """Return the type of lists of *item*."""
        return cls.from_variant("Array", item)

    @classmethod
    def object(cls, properties: Iterable[ConfigProperty]) -> ConfigType:
        """Return the type of objects with *properties*, whose names differ; all of them may be absent."""
        return cls.from_variant("Object", as_tuple(properties))

    @classmethod
    def _check_value(cls, variant: str, value: Any) -> None:
        path = (variant,)
        if variant == "Enum":
            Each(InstanceOf((ConfigOption,), "a ConfigOption")).check(value, path)
            if not value:
                raise FieldError("invalid_value", path, "at least one option", "none")
            _check_distinct((option.value for option in value), path)
        elif variant == "Array":
            InstanceOf((ConfigType,), "a ConfigType").check(value, path)
        else:
            Each(InstanceOf((ConfigProperty,), "a ConfigProperty")).check(value, path)
            _check_distinct((item.name for item in value), path)

    @property
    def holds_secret(self) -> bool:
        """Whether a value of this type is, or has inside, a secret."""
        if self.variant == "Array":
            return cast("ConfigType", self.value).holds_secret
        if self.variant == "Object":
            return any(item.property_type.holds_secret for item in self.value)
        return self is ConfigType.SECRET


@attrs.frozen(kw_only=True, unsafe_hash=False, repr=False)
class ConfigProperty:
    """
    One setting.

    Args:
        name: Its key, not empty.
        display_name: How people see it; ``None`` is as its name.
        description: Its effect.
        property_type: The type of its values.
        default: Its value where nothing is set; ``None`` for no default.
        constraints: Limits on its value, each of a kind that fits its type.
        ui_hints: Hints for an editor of settings; copied, read-only.

    Raises:
        FieldError: A constraint does not fit the type, or the default
            breaks the type or a constraint.
    """

    name: str = attrs.field(validator=NON_EMPTY)
    display_name: str | None = attrs.field(default=None, validator=optional(NON_EMPTY))
    description: str = attrs.field(default="", validator=TEXT)
    property_type: ConfigType = attrs.field(validator=InstanceOf((ConfigType,), "a ConfigType"))
    default: JsonValue = None
    constraints: tuple[Constraint, ...] = attrs.field(
        default=(), converter=as_tuple, validator=Each(InstanceOf((Constraint,), "a Constraint"))
    )
    ui_hints: Mapping[str, JsonValue] = attrs.field(factory=dict, converter=as_map, validator=TEXT_MAP)

    def __attrs_post_init__(self) -> None:
        for index, constraint in enumerate(self.constraints):
            if not constraint.applies_to(self.property_type.variant):
                expected = f"a constraint on {self.property_type.variant}"
                raise FieldError("invalid_value", ("constraints", index), expected, constraint.variant)
        if self.default is not None:
            # Decoding a manifest comes here, and its patterns come from the same document as the texts.
            for issue in _Settings(patterns=False).property_issues(self, self.default, ()):
                raise FieldError(issue.code, ("default", *issue.path), issue.expected, issue.actual)

    def validate_value(self, value: Any, *, patterns: bool = True) -> tuple[Issue, ...]:
        """
        Return what is wrong with *value* as this setting's, with paths from the value, 1,000 issues at the most.

        Args:
            value: The value.
            patterns: Whether to run regular expressions; see `Constraint`.

        Raises:
            FieldError: A pattern to run is not a regular expression.
        """
        return tuple(itertools.islice(_Settings(patterns=patterns).property_issues(self, value, ()), MAX_ISSUES))

    def __repr__(self) -> str:
        shown = "'***'" if self.property_type.holds_secret and self.default is not None else repr(self.default)
        return f"ConfigProperty(name={self.name!r}, property_type={self.property_type!r}, default={shown})"


@attrs.frozen(kw_only=True, unsafe_hash=False)
class ConfigSchema:
    """
    The settings that an extension takes.

    Args:
        properties: The settings; their names differ.
        required: Names of those that must be there, each one of *properties*.

    Raises:
        FieldError: Two settings share a name, or a required one is not there.
    """

    properties: tuple[ConfigProperty, ...] = attrs.field(
        default=(), converter=as_tuple, validator=Each(InstanceOf((ConfigProperty,), "a ConfigProperty"))
    )
    required: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=Each(TEXT, unique=True))

    def __attrs_post_init__(self) -> None:
        names = [item.name for item in self.properties]
        _check_distinct(names, ("properties",))
        known = set(names)
        for index, name in enumerate(self.required):
            if name not in known:
                raise FieldError("invalid_value", ("required", index), "the name of a property", describe(name))

    def validate_config(self, value: Any, *, patterns: bool = True) -> tuple[Issue, ...]:
        """
        Return what is wrong with the settings *value*, nothing if it is fine, 1,000 issues at the most.

        A required setting with a default may be absent, and no secret shows
        in an issue.  Of a property's constraints of one kind the strictest
        counts.  ``PathExists`` and ``UrlReachable`` are not checked.

        Args:
            value: The settings, a map by name.
            patterns: Whether to run regular expressions; see `Constraint`.

        Raises:
            FieldError: A pattern to run is not a regular expression.
        """
        without_default = {item.name for item in self.properties if item.default is None}
        required = [name for name in self.required if name in without_default]
        found = _Settings(patterns=patterns).object_issues(self.properties, required, value, ())
        return tuple(itertools.islice(found, MAX_ISSUES))

    def pattern_errors(self) -> tuple[Issue, ...]:
        """
        Return an issue for each ``Pattern`` that is not a regular expression, 1,000 issues at the most.

        Constructors and decoders do not look: a manifest's patterns take far
        longer to compile than to read.
        """
        return tuple(itertools.islice(_pattern_issues(self.properties, ("properties",)), MAX_ISSUES))


def _check_distinct(names: Iterable[str], path: tuple[PathElement, ...]) -> None:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            raise FieldError("duplicate_id", (*path, index), "a name of its own", f"{describe(name)} again")
        seen.add(name)


def _pattern_issues(properties: tuple[ConfigProperty, ...], path: tuple[PathElement, ...]) -> Iterator[Issue]:
    for index, item in enumerate(properties):
        for place, constraint in enumerate(item.constraints):
            error = constraint.pattern_error()
            if error is not None:
                where = (*path, index, "constraints", place, *error.path)
                yield Issue(where, error.code, error.expected, error.actual)
        kind, steps = item.property_type, ["property_type"]
        while kind.variant == "Array":
            kind = kind.value
            steps.append("Array")
        if kind.variant == "Object":
            yield from _pattern_issues(kind.value, (*path, index, *steps, "Object"))


class _Settings:
    """
    One check of settings.

    The facts about a type are worked out once: a type may be as long as
    the document, and an array may hold as many values of it.
    """

    def __init__(self, *, patterns: bool) -> None:
        self._patterns = patterns
        # By the id of a type or property, which the schema keeps.
        self._known: dict[int, Any] = {}

    def _know(self, of: Any, work_out: Callable[[Any], Any]) -> Any:
        known = self._known.get(id(of))
        if known is None:
            known = self._known[id(of)] = work_out(of)
        return known

    def object_issues(
        self,
        properties: tuple[ConfigProperty, ...],
        required: Iterable[str],
        value: Any,
        path: tuple[PathElement, ...],
    ) -> Iterator[Issue]:
        if not isinstance(value, Mapping):
            # Only the type is shown: the value may be a secret in the wrong place.
            yield Issue(path, "wrong_type", "an object", type(value).__name__)
            return
        settings: Mapping[Any, Any] = value
        known = self._know(properties, _by_name)
        for name in required:
            if name not in settings:
                yield Issue((*path, name), "missing_field", "a value", "nothing")
        for key, item in settings.items():
            if key in known:
                yield from self.property_issues(known[key], item, (*path, key))
            else:
                # The value is not shown: it may be a secret.
                yield Issue((*path, str(key)), "unknown_field", "a known setting", describe(key))

    def property_issues(self, item: ConfigProperty, value: Any, path: tuple[PathElement, ...]) -> Iterator[Issue]:
        is_of_type = True
        for issue in self._type_issues(item.property_type, value, path):
            is_of_type = is_of_type and issue.path != path
            yield issue
        if not is_of_type:
            return
        for constraint in self._know(item, _strictest):
            if constraint.variant == "Pattern" and not self._patterns:
                continue
            expected = constraint.find_violation(value)
            if expected is not None:
                actual = "another" if item.property_type.holds_secret else describe(value)
                yield Issue(path, "invalid_value", expected, actual)

    def _type_issues(self, kind: ConfigType, value: Any, path: tuple[PathElement, ...]) -> Iterator[Issue]:
        match kind.variant:
            case "Array":
                if not isinstance(value, (list, tuple)):
                    yield Issue(path, "wrong_type", "an array", type(value).__name__)
                    return
                for index, item in enumerate(cast("list[Any]", value)):
                    yield from self._type_issues(kind.value, item, (*path, index))
            case "Object":
                yield from self.object_issues(kind.value, (), value, path)
            case "Secret":
                if not isinstance(value, str):
                    yield Issue(path, "wrong_type", "text", type(value).__name__)
            case "Enum":
                allowed, expected = self._know(kind, _choices)
                if not isinstance(value, str) or value not in allowed:
                    yield Issue(path, "invalid_value", expected, describe(value))
            case _:
                try:
                    _SCALARS[kind.variant].check(value)
                except FieldTypeError as error:
                    yield Issue(path, "wrong_type", error.expected, error.actual)
                except FieldError as error:
                    yield Issue(path, "invalid_value", error.expected, error.actual)


def _by_name(properties: tuple[ConfigProperty, ...]) -> dict[str, ConfigProperty]:
    return {item.name: item for item in properties}


def _choices(kind: ConfigType) -> tuple[frozenset[str], str]:
    options: tuple[ConfigOption, ...] = kind.value
    return frozenset(option.value for option in options), listed((repr(option.value) for option in options), " or ")


def _strictest(item: ConfigProperty) -> tuple[Constraint, ...]:
    """Return the constraints that none of the others makes needless."""
    found: dict[Any, Constraint] = {}
    for constraint in item.constraints:
        key = (constraint.variant, constraint.value if constraint.variant == "Pattern" else None)
        other = found.setdefault(key, constraint)
        if constraint.is_stricter_than(other):
            found[key] = constraint
    return tuple(found.values())


class _AnyInteger:
    def check(self, value: object) -> None:
        if type(value) is not int:
            raise FieldTypeError("wrong_type", (), "an integer", describe(value))


_SCALARS: Final[Mapping[str, Any]] = {
    "String": TEXT,
    "Integer": _AnyInteger(),
    "Float": FINITE,
    "Boolean": InstanceOf((bool,), "a boolean"),
    "Path": _PATH,
    "Url": _URL,
}
