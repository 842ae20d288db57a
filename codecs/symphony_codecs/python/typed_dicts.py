"""Typed dicts: a map of their keys, required and not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_origin

from symphony_types.checks import describe
from symphony_types.traits.validatable import Issue

from .._issues import MAX_ISSUES, FormatError, issues_of, mismatch, missing_field, unknown_field
from ..formats.base import bare_key, path_element
from ..schema.annotations import hints_of
from ..schema.faults import Faults, field_step
from ..schema.typed_dicts import required_keys, rule_of_others
from .explain import Special, note, recover


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["special"]


def special(tp: Any, converter: WireConverter, *, reads: bool) -> Special:
    """Return the function that reads or writes each key of the typed dict *tp* by its type."""
    return (_structure if reads else _unstructure)(tp, converter), frozenset((dict,))


def _structure(tp: Any, converter: WireConverter) -> Callable[[Any, Any], Any]:
    hints = hints_of(tp)
    plan: list[tuple[str, Any, Any]] = []
    faults = Faults()
    for key, hint in hints.items():
        with faults.at(field_step(key)):
            plan.append((key, converter.get_structure_hook(hint), hint))
    others, unknown = rule_of_others(tp, converter.options.unknown_fields)
    other: Any = None
    if others is not None:
        with faults.at("{}"):
            other = converter.get_structure_hook(others)
    faults.raise_if_any(tp)
    required = required_keys(tp, hints)

    def structure_typeddict(value: Any, _: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise mismatch("a map", value)
        result: dict[str, Any] = {}
        issues: list[Issue] = []
        for key, hook, hint in plan:
            if key in value:
                try:
                    result[key] = hook(value[key], hint)
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    result[key] = recover(exc, hook, value[key], hint, key, issues)
            elif key in required:
                issues.append(missing_field(key))
        for key, item in value.items() if unknown != "ignore" else ():
            if key in hints:
                continue
            if other is None:
                issues.append(unknown_field(key, "a known field", path_element(key)))
                if len(issues) >= MAX_ISSUES:
                    break
            elif type(key) is not str:
                issues.extend(issues_of(mismatch("a field name", bare_key(key))))
            else:
                try:
                    result[key] = other(item, others)
                except Exception as exc:  # noqa: BLE001 - as above
                    result[key] = recover(exc, other, item, others, key, issues)
        if issues:
            raise FormatError(issues)
        return result

    return structure_typeddict


def _unstructure(tp: Any, converter: WireConverter) -> Callable[[Any], Any]:
    hints = hints_of(tp)
    hooks: dict[str, Any] = {}
    faults = Faults()
    for key, hint in hints.items():
        with faults.at(field_step(key)):
            hooks[key] = converter.get_unstructure_hook(hint)
    others, _ = rule_of_others(tp, converter.options.unknown_fields)
    other: Any = None
    if others is not None:
        with faults.at("{}"):
            other = converter.get_unstructure_hook(others)
    faults.raise_if_any(tp)
    known = f"a key of {(get_origin(tp) or tp).__name__}"
    required = required_keys(tp, hints)

    def unstructure_typeddict(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise mismatch("a map", value)
        result: dict[str, Any] = {}
        issues: list[Issue] = []
        for key in sorted(required - value.keys()):
            issues.extend(issues_of(FormatError.of("missing_field", f"key {key!r}", "nothing"), key))
        for key, item in value.items():
            if key in result:
                note(FormatError.of("duplicate_key", "each key once", describe(key)), path_element(key), issues)
            hook = hooks.get(key)
            if hook is None:
                if other is None:  # which reading would refuse, or drop
                    issues.append(unknown_field(key, known, path_element(key)))
                    if len(issues) >= MAX_ISSUES:
                        break
                    continue
                if not isinstance(key, str):  # which reading refuses
                    note(mismatch("a field name", key), path_element(key), issues)
                    continue
                hook = other
            try:
                result[key] = hook(item)
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                note(exc, path_element(key), issues)
        if issues:
            raise FormatError(issues)
        return result

    return unstructure_typeddict
