"""Strategies for the settings of extensions: their types, constraints, defaults and schemas."""

from __future__ import annotations

import math

from typing import Any, Final

from hypothesis import strategies as st

from symphony_types.extension.config_schema import ConfigOption, ConfigProperty, ConfigSchema, ConfigType
from symphony_types.extension.constraint import Constraint

from .scalars import I64_MIN, U64_MAX, json_objects, matching, numbers, texts, u64s


__all__ = [
    "config_options",
    "config_properties",
    "config_schemas",
    "config_types",
    "constraints",
]

_LABELS = texts(min_size=1, max_size=12)
_NOTE = st.none() | texts()
_URLS: Final = ("https://example.org", "http://example.org/a?b=c#d", "git+ssh://host:22/x")
# Each is found in any text, so that defaults need not be made to fit.
_PATTERNS: Final = ("", "^", "x*", "(?s).*", "[a-z]?$|")


def config_options() -> st.SearchStrategy[ConfigOption]:
    """Choices of a setting."""
    return st.builds(ConfigOption, value=texts(), label=texts(), description=_NOTE)


def config_types(*, max_leaves: int = 3) -> st.SearchStrategy[ConfigType]:
    """
    Types of settings, nested ones included.

    Args:
        max_leaves: How much nests, about.
    """
    options = st.lists(config_options(), min_size=1, max_size=3, unique_by=lambda option: option.value)
    return st.recursive(
        st.sampled_from(list(ConfigType.members())) | options.map(ConfigType.enum),
        lambda inner: inner.map(ConfigType.array) | _properties(inner).map(ConfigType.object),
        max_leaves=max_leaves,
    )


def _properties(kinds: st.SearchStrategy[ConfigType]) -> st.SearchStrategy[list[ConfigProperty]]:
    items = kinds.flatmap(lambda kind: config_properties(kind=kind))
    return st.lists(items, max_size=2, unique_by=lambda item: item.name)


def _values_of(kind: ConfigType) -> st.SearchStrategy[Any]:
    """Return settings of *kind*."""
    match kind.variant:
        case "Enum":
            return st.sampled_from([option.value for option in kind.value])
        case "Array":
            return st.lists(_values_of(kind.value), max_size=2)
        case "Object":
            # A field with a default may be set to it, whatever its constraints.
            defaults = {item.name: st.just(item.default) for item in kind.value if item.default is not None}
            return st.fixed_dictionaries({}, optional=defaults)
        case _:
            return _SCALARS[kind.variant]


_SCALARS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "String": texts(),
    "Integer": st.integers(I64_MIN, U64_MAX),
    "Float": numbers(),
    "Boolean": st.booleans(),
    "Secret": texts(),
    "Path": matching(r"[^\0]{1,12}"),
    "Url": st.sampled_from(_URLS),
}


def constraints() -> st.SearchStrategy[Constraint]:
    """Limits of all kinds, on no setting in particular."""
    return st.one_of(
        u64s().map(Constraint.min_length),
        u64s().map(Constraint.max_length),
        numbers().map(Constraint.min_value),
        numbers().map(Constraint.max_value),
        st.sampled_from(_PATTERNS).map(Constraint.pattern),
        st.sampled_from(list(Constraint.members())),
    )


@st.composite
def _constraints_on(draw: st.DrawFn, kind: ConfigType, value: Any) -> list[Constraint]:
    """Return limits that apply to *kind* and that *value* keeps."""
    chosen: list[Constraint] = []
    textual = kind.variant in {"String", "Secret", "Path", "Url"}
    if (textual or kind.variant == "Array") and draw(st.booleans()):
        size = 0 if value is None else len(value)
        chosen.append(Constraint.min_length(draw(st.integers(0, size))))
        chosen.append(Constraint.max_length(draw(st.integers(size, U64_MAX))))
    if textual and draw(st.booleans()):
        chosen.append(Constraint.pattern(draw(st.sampled_from(_PATTERNS))))
    if kind.variant in {"Integer", "Float"} and draw(st.booleans()):
        middle = 0.0 if value is None else float(value)
        # An integer need not be a float exactly: one float further down it is above.
        below = math.nextafter(middle, -math.inf)
        chosen.append(Constraint.min_value(draw(numbers(maximum=below)) if math.isfinite(below) else middle))
    if kind is ConfigType.PATH and draw(st.booleans()):
        chosen.append(Constraint.PATH_EXISTS)
    if kind is ConfigType.URL and draw(st.booleans()):
        chosen.append(Constraint.URL_REACHABLE)
    return chosen


@st.composite
def config_properties(draw: st.DrawFn, *, kind: ConfigType | None = None) -> ConfigProperty:
    """
    Settings, with defaults that keep their constraints.

    Args:
        draw: Given by Hypothesis.
        kind: Their type; any by default.
    """
    kind = draw(config_types()) if kind is None else kind
    default = draw(_values_of(kind)) if draw(st.booleans()) else None
    return ConfigProperty(
        name=draw(_LABELS),
        display_name=draw(st.none() | _LABELS),
        description=draw(texts()),
        property_type=kind,
        default=default,
        constraints=tuple(draw(_constraints_on(kind, default))),
        ui_hints=draw(json_objects(max_size=1)),
    )


@st.composite
def config_schemas(draw: st.DrawFn, *, max_size: int = 3) -> ConfigSchema:
    """
    Schemas of settings.

    Args:
        draw: Given by Hypothesis.
        max_size: Most settings.
    """
    properties = draw(st.lists(config_properties(), max_size=max_size, unique_by=lambda item: item.name))
    names = [item.name for item in properties]
    required = [name for name in names if draw(st.booleans())]
    return ConfigSchema(properties=tuple(properties), required=tuple(draw(st.permutations(required))))


def settings_for(schema: ConfigSchema) -> st.SearchStrategy[dict[str, Any] | None]:
    """Return settings that fit *schema*, ``None`` where it asks for one that only its author could make up."""
    defaults = {item.name: st.just(item.default) for item in schema.properties if item.default is not None}
    if any(name not in defaults for name in schema.required):
        return st.none()
    return st.none() | st.fixed_dictionaries({}, optional=defaults)
