"""What the converters and validators of an attrs class say, each alone: its constructor stops at the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

import attrs

from symphony_types.traits.validatable import Issue

from .._issues import issues_of
from ..schema.defaults import converted, default_for, default_of


__all__ = ["has_checks", "validator_issues"]

# Factories that always succeed.
_SAFE: Final = (list, dict, set, frozenset, tuple)


def has_checks(cls: type) -> bool:
    """Return whether the constructor of *cls*, of attrs, runs code of a field's that may refuse something."""
    return attrs.has(cls) and any(map(_may_refuse, attrs.fields(cls)))


def _may_refuse(field: attrs.Attribute[Any]) -> bool:
    default: Any = field.default
    is_made = isinstance(default, attrs.Factory) and default.factory not in _SAFE  # type: ignore[arg-type]
    return is_made or field.validator is not None or field.converter is not None


def validator_issues(cls: type, arguments: Mapping[str, Any], broken: Collection[str]) -> list[Issue]:
    """
    Return the faults that the constructor of *cls* would find, all of them.

    Args:
        cls: The class; one that attrs did not make has no faults.
        arguments: Those of the constructor.
        broken: Attributes whose argument is no good, so that nothing is to be
            said of it.
    """
    if not attrs.has(cls) or attrs.validators.get_disabled():
        return []
    try:
        partial = object.__new__(cls)
    except TypeError:  # an exception class, say
        return []
    issues: list[Issue] = []
    fields = [field for field in attrs.fields(cls) if field.name not in broken]
    values: dict[str, Any] = {}
    for field in fields:
        try:
            if field.init and field.alias in arguments:
                value = converted(field, arguments[field.alias], partial)
            else:
                value = default_for(partial, field, default_of(field))
        except Exception as exc:  # noqa: BLE001 - converters and factories are code of the user's
            issues.extend(_under(field.name, exc, is_complete=len(values) == len(fields)))
            continue
        if value is not attrs.NOTHING:
            values[field.name] = value
            object.__setattr__(partial, field.name, value)
    is_complete = len(values) == len(attrs.fields(cls))
    for field in fields:
        if field.validator is not None and field.name in values:
            try:
                field.validator(partial, field, values[field.name])
            except Exception as exc:  # noqa: BLE001 - a validator of the user's may raise anything
                issues.extend(_under(field.name, exc, is_complete=is_complete))
    return issues


def _under(name: str, exc: Exception, *, is_complete: bool) -> list[Issue]:
    if isinstance(exc, AttributeError) and not is_complete:
        return []  # it looked at a missing field, which is a fault of its own
    return [issue if issue.path[:1] == (name,) else issue.prefixed(name) for issue in issues_of(exc)]
