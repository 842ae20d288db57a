"""How nodes are interpreted where they are read, classes among them."""

from __future__ import annotations

import itertools

from collections.abc import Iterable
from typing import Any, Final

import attrs

from symphony_types.traits.validatable import Issue, PathElement

from .._extras import EXTRAS
from .._issues import MAX_ISSUES, FormatError, issues_of, mismatch, missing_field, unknown_field
from .._nested import looking_for_faults, remember
from .._signals import raise_if_from_signal
from .._text_keys import with_text_keys
from ..formats.base import bare_key
from ..schema import nodes
from ._field_names import FieldNames
from ._source import Refused
from .constructors import has_checks, validator_issues
from .explain import (
    AT_START,
    MISSING,
    Explainer,
    Interpreter,
    Interpreters,
    Optional,
    Stop,
    Structured,
    Validated,
    note,
)
from .explain_containers import ReadDict, ReadItems, Tuple
from .explain_scalars import READERS as SCALARS
from .explain_unions import READERS as UNIONS


__all__ = ["READERS"]

_BOTH: Final = (dict, list)
_ONLY_TEXT: Final = frozenset((str,))


class _Struct(Interpreter):
    """
    A class; the parts of its function are its fields, then what comes after them.

    Those are, by number: what is unknown in the map, the constructor, what is
    stored after it, and the class's own ``validation_errors``.
    """

    def __init__(self, node: nodes.Struct, explainer: Explainer) -> None:
        super().__init__(node, explainer)
        self.keys = [field.key for field in node.fields]
        self.known: dict[PathElement, int] = {field.key: place for place, field in enumerate(node.fields)}
        # The checks of the constructor are explained where it is called.
        self.parts = [(field.key, field.unchecked or field.node) for field in node.fields]
        # The entries of a flattened field stand among those of the class.
        self.steps = [field.key if field.flattened is None else None for field in node.fields]
        self.by_key = {
            key: (inner, step, -1 if step is None else place)
            for place, ((key, inner), step) in enumerate(zip(self.parts, self.steps, strict=True))
        }
        self.names = [name for field in node.fields for name in _names_of(field)]
        self.has_checks = has_checks(node.cls)
        self.field_names: FieldNames | None = None
        if node.has_other_names:
            self.field_names = FieldNames(node, takes_bytes=explainer.schema.bytes_keys)

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        node, explainer = self.node, self.explainer
        after = len(node.fields)
        reached, variables = stop.reached, stop.variables
        if reached == after + 2:
            self._store(variables["self"], [variables[f"v{index}"] for index in range(after)])
            raise stop.exc or Refused()
        if reached > after + 2:
            raise self._broken(variables["broken"]) if variables.get("broken") else stop.exc or Refused()
        if node.adapt is not None:
            value = variables["adapted"] if "adapted" in variables else node.adapt(value)
        is_partial = explainer.is_partial
        is_sure = is_partial and not self.has_checks and self.field_names is None
        if is_sure and type(value) in _BOTH and len(value) == len(self.parts):
            self._raise_faults(value)
        issues: list[Issue] = []
        there = self._there(value, issues)
        values: list[Any] = [MISSING] * after
        left_out = 0
        for index, (key, inner) in enumerate(self.parts):
            item = there.get(key, MISSING)
            if is_partial and type(item) is Structured:
                values[index] = item.value
            elif item is not MISSING:
                # What is left out may be filled in before the function stops.
                was_there = reached >= index and (key in value if type(value) is dict else True)
                if was_there and reached > index:
                    values[index] = variables[f"v{index}"]
                else:
                    values[index] = explainer.tried(
                        inner, item, self.steps[index], issues, stop.exc if was_there else None
                    )
            else:
                left_out += 1
                if not node.fields[index].optional:
                    issues.append(missing_field(key))
                elif node.fields[index].fill is not nodes.ABSENT:
                    values[index] = node.fields[index].fill
        found = len(self.parts) - left_out
        extras: dict[Any, Any] = {}
        if found != len(there):
            self._unknown_keys(there, extras, issues)
        has_failed = reached == after + 1 and not isinstance(stop.exc, Refused)
        instance = self._build(values, issues, stop.exc if has_failed else None)
        if extras:
            EXTRAS.put(instance, extras)
        return instance

    def _raise_faults(self, value: Any) -> None:
        """Raise all that is wrong with a value that has all its parts, if those that have been read do not matter."""
        issues: list[Issue] = []
        last, is_ordered = -1, True
        for key, item in value.items() if type(value) is dict else zip(self.keys, value, strict=True):
            if type(item) is not Structured:
                part = self.by_key.get(key)
                if part is None:
                    return
                inner, step, place = part
                is_ordered = is_ordered and place > last
                last = place
                self.explainer.tried(inner, item, step, issues)
        if issues:
            raise FormatError(issues) if is_ordered else self._in_order(issues)

    def _in_order(self, issues: list[Issue]) -> FormatError:
        """Return the error for *issues*, those of one field after those of the field before it."""
        if len(issues) > 1:
            known = self.known
            issues.sort(key=lambda issue: known.get(issue.path[0], len(known)) if issue.path else -1)
        return FormatError(issues)

    def _there(self, value: Any, issues: list[Issue]) -> dict[Any, Any]:
        """Return the items that are there, by key."""
        node = self.node
        if type(value) is dict and self.field_names is not None:
            return self.field_names.resolve(value, issues)
        if type(value) is dict:
            is_odd = self.explainer.schema.bytes_keys and not _ONLY_TEXT.issuperset(map(type, value))
            return with_text_keys(value) if is_odd else value
        name = node.cls.__name__
        if type(value) is list:
            least, most = node.required, len(node.fields)
            if not least <= len(value) <= most:
                count = f"{most}" if least == most else f"{least} to {most}"
                raise FormatError.of("wrong_arity", f"{name} as an array of {count} items", f"{len(value)} items")
            return dict(zip(self.keys, value, strict=False))
        if value is None and not node.fields:
            return {}
        raise mismatch(f"{name} as a map or an array", value)

    def _unknown_keys(self, there: dict[Any, Any], extras: dict[Any, Any], issues: list[Issue]) -> None:
        """Deal with keys that are no field's."""
        known, node = self.known, self.node
        for key, item in there.items():
            if type(key) is not str and self.field_names is None:
                issues.extend(issues_of(mismatch("a field name", bare_key(key))))
            elif key in known or key in node.omitted:
                continue
            elif node.unknown == "forbid":
                expected = f"one of {', '.join(map(repr, self.names))}" if self.names else "no field"
                issues.append(unknown_field(key, expected, key))
            elif node.unknown == "keep":
                extras[key] = self._kept(key, item, issues)
            if len(issues) >= MAX_ISSUES:
                break

    def _kept(self, key: nodes.FieldName, item: Any, issues: list[Issue]) -> Any:
        # What could not be written back must not be kept.
        assert self.node.unknown_item is not None, "a class that keeps has a node for what it keeps"
        try:
            return self.explainer.own(self.node.unknown_item)(item)
        except FormatError as exc:
            issues.extend(issues_of(exc, key))
            return None

    def _build(self, values: list[Any], issues: list[Issue], failed: Exception | None) -> Any:
        node = self.node
        if not issues and failed is None:
            try:
                instance = node.cls(**self._arguments(values))
            except Exception as exc:  # noqa: BLE001 - a constructor of the user's may raise anything
                raise_if_from_signal(exc)
                failed = exc
            else:
                self._store(instance, values)
                if node.validates:
                    broken = list(itertools.islice(instance.validation_errors(), MAX_ISSUES))
                    if broken:
                        raise self._broken(broken)
                return instance
        if self.has_checks:
            bad = {issue.path[0] for issue in issues if issue.path}
            broken_fields = {field.name for field in node.fields if not bad.isdisjoint(_names_of(field))}
            with looking_for_faults():
                if failed is not None:
                    remember(failed)
                found = validator_issues(node.cls, self._arguments(values), broken_fields)
            faults = [self._on_wire(issue) for issue in found]
            issues.extend(fault for fault in faults if not fault.path or fault.path[0] not in bad)
        if not issues and failed is not None:
            issues = [self._on_wire(issue) for issue in issues_of(failed)]
        raise self._in_order(issues) from failed

    def _arguments(self, values: list[Any]) -> dict[str, Any]:
        """Return what the constructor takes."""
        return {
            field.argument: value
            for field, value in zip(self.node.fields, values, strict=True)
            if field.is_passed and value is not MISSING
        }

    def _store(self, instance: Any, values: list[Any]) -> None:
        issues: list[Issue] = []
        for field, value in zip(self.node.fields, values, strict=True):
            if field.store is not None and value is not MISSING:
                try:
                    field.store(instance, value)
                except Exception as exc:  # noqa: BLE001 - converters and validators are code of the user's
                    note(exc, field.key if field.flattened is None else None, issues)
        if issues:
            raise FormatError(issues)

    def _broken(self, faults: Iterable[object]) -> FormatError:
        return FormatError(map(self._on_wire, map(_as_issue, faults)))

    def _on_wire(self, issue: Issue) -> Issue:
        """A validator knows the attribute's name, the document the wire's."""
        for field in self.node.fields:
            if issue.path and issue.path[0] == field.name != field.key:
                step = (field.key,) if field.flattened is None else ()
                return attrs.evolve(issue, path=(*step, *issue.path[1:]))
        return issue


def _names_of(field: nodes.Field) -> Iterable[nodes.FieldName]:
    """Return the keys of a field."""
    return (field.key,) if field.flattened is None else sorted(field.flattened.keys or (), key=repr)


def _as_issue(fault: object) -> Issue:
    """Return an issue of a graph; classes not made for this may list texts or exceptions."""
    if isinstance(fault, Issue):
        return fault
    return Issue((), "invalid_value", "a valid value", str(fault), str(fault))


READERS: Final[Interpreters] = {
    **SCALARS,
    **UNIONS,
    nodes.Optional: Optional,
    nodes.Validated: Validated,
    nodes.Sequence: ReadItems,
    nodes.Set: ReadItems,
    nodes.Tuple: Tuple,
    nodes.Dict: ReadDict,
    nodes.Struct: _Struct,
}
