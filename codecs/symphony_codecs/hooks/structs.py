"""
attrs classes and dataclasses: a map of their fields, or an array in order.

Both forms are read, in every format, as serde does.  A class without fields is
Rust's ``struct Unit;``: null, in MessagePack an empty array; an empty map is
read, too, since it may be ``struct Unit {}``.  All faults of an
instance are reported: those of the fields' types, those of its validators,
each under the field's name, and, where the class has graph rules
(`symphony_types.Validatable`), all that are broken.
"""

from __future__ import annotations

import itertools
import math

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, get_origin

import attrs

from symphony_types._unset import UNSET
from symphony_types.traits.validatable import Issue, PathElement

from .._issues import MAX_ISSUES, FormatError, issues_of, mismatch, missing_field, unsupported
from .._signals import raise_if_from_signal
from ..formats.base import CborTag
from ..options import ClassOptions
from ..schema.fields import is_positional, wire_fields
from ._base import Shape, StructureHook, UnstructureHook, note, recover, untag
from ._extras import EXTRAS
from ._validators import validator_issues
from .anything import AnyShape


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["StructShape", "body_hook", "is_default", "is_weakly_referable"]

_MISSING: Final = object()
_ODD_KEYS: Final = frozenset({bytes, CborTag})


class _Structure:
    """The reading of one class."""

    def __init__(self, tp: Any, converter: WireConverter) -> None:
        self.cls: type = get_origin(tp) or tp
        options = converter.classes.get(self.cls) or ClassOptions()
        every = wire_fields(tp, converter)
        self.fields = [f for f in every if not f.omitted]
        self.plan = [
            (f.key, f.argument, converter.get_structure_hook(f.type), f.type, f.optional, f.fill_none)
            for f in self.fields
        ]
        self.required = max(
            (i + 1 for i, f in enumerate(self.fields) if not f.optional or options.serde_required), default=0
        )
        self.unknown = options.unknown_fields or converter.options.unknown_fields
        if self.unknown == "keep" and not is_weakly_referable(self.cls):
            raise unsupported(self.cls, "its unknown fields cannot be kept, since it takes no weak references")
        self.kept = AnyShape.structure(Any, converter)  # what could not be written back must not be kept
        self.bytes_keys = converter.format.bytes_keys
        self.validates = callable(getattr(self.cls, "validation_errors", None))
        self.name = self.cls.__name__
        self.known = {f.key: None for f in self.fields}  # in order, since an error lists them
        self.omitted = {f.key for f in every if f.omitted}

    def read(self, value: Any, _: Any) -> Any:
        # Maps are read right here: a call less at each level of a document.
        if type(value) is list:
            return self.from_array(value)
        if type(value) is not dict:
            return self.from_null(value)
        arguments: dict[str, Any] = {}
        issues: list[Issue] = []
        found = 0
        get = value.get
        for key, argument, hook, tp, optional, fill_none in self.plan:
            item = get(key, _MISSING)
            if item is not _MISSING:
                found += 1
                try:
                    arguments[argument] = hook(item, tp)
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    arguments[argument] = recover(exc, hook, item, tp, key, issues)
            elif not optional:
                issues.append(missing_field(key))
            elif fill_none:
                arguments[argument] = None
        extras: dict[str, Any] = {}
        if found != len(value):
            if self.bytes_keys and any(type(key) in _ODD_KEYS for key in value):
                return self._read_the_rest(value, arguments, issues)
            self._unknown_keys(value, extras, issues)
        instance = self.build(arguments, issues)
        if extras:
            EXTRAS.put(instance, extras)
        return instance

    def from_null(self, value: Any) -> Any:
        if value is None and not self.plan:
            return self.build({}, [])
        raise mismatch(f"{self.name} as a map or an array", value)

    def _unknown_keys(self, value: dict[Any, Any], extras: dict[str, Any], issues: list[Issue]) -> None:
        """Deal with keys that are no field's."""
        known = self.known
        for key, item in value.items():
            if type(key) is not str:
                issues.extend(issues_of(mismatch("a field name", key)))
            elif key in known or key in self.omitted:
                continue
            elif self.unknown == "forbid":
                expected = f"one of {', '.join(map(repr, known))}" if known else "no field"
                issues.append(Issue((key,), "unknown_field", expected, repr(key), f"unknown field {key!r}"))
            elif self.unknown == "keep":
                try:
                    extras[key] = self.kept(item, Any)
                except FormatError as exc:
                    issues.extend(issues_of(exc, key))
            if len(issues) >= MAX_ISSUES:
                break

    def _read_the_rest(self, value: dict[Any, Any], arguments: dict[str, Any], issues: list[Issue]) -> Any:
        """Read the fields whose names are byte strings; again what has been read would double at each level."""
        spelt = self._with_text_keys(value)
        issues = [issue for issue in issues if not issue.path or issue.path[0] in value]
        for key, argument, hook, tp, optional, fill_none in self.plan:
            if key in value:
                continue
            if key in spelt:
                try:
                    arguments[argument] = hook(spelt[key], tp)
                except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                    arguments[argument] = recover(exc, hook, spelt[key], tp, key, issues)
            elif not optional:
                issues.append(missing_field(key))
            elif fill_none:
                arguments[argument] = None
        extras: dict[str, Any] = {}
        self._unknown_keys(spelt, extras, issues)
        instance = self.build(arguments, issues)
        if extras:
            EXTRAS.put(instance, extras)
        return instance

    def _with_text_keys(self, value: dict[Any, Any]) -> dict[str, Any]:
        """MessagePack and CBOR may spell names as byte strings, CBOR with tags before; serde reads those, too."""
        result: dict[Any, Any] = {}
        for tagged, item in value.items():
            key = untag(tagged)
            try:
                name = key.decode() if type(key) is bytes else key
            except UnicodeDecodeError:
                raise FormatError.of("invalid_value", "a field name in UTF-8", repr(key)) from None
            if name in result:
                raise FormatError.of("duplicate_key", "each field once", f"{name!r} twice", path=(str(name),))
            result[name] = item
        return result

    def from_array(self, value: list[Any]) -> Any:
        if not self.required <= len(value) <= len(self.plan):
            least, most = self.required, len(self.plan)
            count = f"{most}" if least == most else f"{least} to {most}"
            raise FormatError.of("wrong_arity", f"{self.name} as an array of {count} items", f"{len(value)} items")
        arguments: dict[str, Any] = {}
        issues: list[Issue] = []
        for item, (key, argument, hook, tp, _, _) in zip(value, self.plan, strict=False):
            try:
                arguments[argument] = hook(item, tp)
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                arguments[argument] = recover(exc, hook, item, tp, key, issues)
        for _, argument, _, _, _, fill_none in self.plan[len(value) :]:
            if fill_none:
                arguments[argument] = None
        return self.build(arguments, issues)

    def build(self, arguments: dict[str, Any], issues: list[Issue]) -> Any:
        failed: Exception | None = None
        if not issues:
            try:
                instance = self.cls(**arguments)
            except Exception as exc:  # noqa: BLE001 - a constructor of the user's may raise anything
                raise_if_from_signal(exc)
                failed = exc
            else:
                if self.validates and (broken := _first(instance.validation_errors())):
                    raise FormatError(map(self._on_wire, broken))
                return instance
        bad = {issue.path[0] for issue in issues if issue.path}
        broken_fields = {f.name for f in self.fields if f.key in bad}
        faults = [self._on_wire(issue) for issue in validator_issues(self.cls, arguments, broken_fields)]
        issues.extend(fault for fault in faults if fault.path[0] not in bad)
        if not issues and failed is not None:
            issues = [self._on_wire(issue) for issue in issues_of(failed)]
        order: dict[PathElement, int] = {f.key: i for i, f in enumerate(self.fields)}
        issues.sort(key=lambda issue: order.get(issue.path[0], len(order)) if issue.path else -1)
        raise FormatError(issues) from failed

    def _on_wire(self, issue: Issue) -> Issue:
        """A validator knows the attribute's name, the document the wire's."""
        for field in self.fields:
            if issue.path and issue.path[0] == field.name != field.key:
                return attrs.evolve(issue, path=(field.key, *issue.path[1:]))
        return issue


def _first(faults: Iterable[object]) -> list[Issue]:
    return [_as_issue(fault) for fault in itertools.islice(faults, MAX_ISSUES)]


def _as_issue(fault: object) -> Issue:
    """Return an issue of a graph; classes not made for this may list texts or exceptions."""
    if isinstance(fault, Issue):
        return fault
    return Issue((), "invalid_value", "a valid value", str(fault), str(fault))


def _looks_same(wire: Any, other: Any) -> bool:
    """Return whether two values are written alike: 1, 1.0 and True are equal, and so are 0.0 and -0.0."""
    if type(wire) is not type(other) or wire != other:
        return False
    if type(wire) is list:
        return all(map(_looks_same, wire, other))
    if type(wire) is dict:
        return all(_looks_same(item, other[key]) for key, item in wire.items())
    return type(wire) is not float or math.copysign(1.0, wire) == math.copysign(1.0, other)


def is_default(item: Any, default: Any, hook: UnstructureHook) -> bool:
    """Return whether *default*, read back, is *item*: what is equal may yet look different, as times in two zones."""
    if item is default:
        return True
    return type(item) is type(default) and bool(item == default) and _looks_same(hook(item), hook(default))


def is_weakly_referable(cls: type) -> bool:
    """Return whether instances of *cls* take weak references."""
    return getattr(cls, "__weakrefoffset__", 0) != 0


def map_hook(tp: Any, converter: WireConverter) -> UnstructureHook:
    """Return the hook that writes the class *tp* as a map, whatever the codec prefers."""
    cls = get_origin(tp) or tp
    options = converter.classes.get(cls) or ClassOptions()
    keeps = (options.unknown_fields or converter.options.unknown_fields) == "keep"
    plan = [
        (f.key, f.name, converter.get_unstructure_hook(f.type), f.omit_none, f.default)
        for f in wire_fields(tp, converter)
        if not f.omitted
    ]

    def unstructure_map(value: Any) -> dict[str, Any]:
        if type(value) is not cls:
            raise _not_exactly(cls, value)
        result: dict[str, Any] = {}
        issues: list[Issue] = []
        for key, name, hook, omit_none, default in plan:
            try:
                item = getattr(value, name)
                if item is UNSET or (item is None and omit_none):
                    continue
                if default is not None and is_default(item, default(value), hook):
                    continue
                result[key] = hook(item)
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                note(exc, key, issues)
        if issues:
            raise FormatError(issues)
        if keeps:
            for key, item in EXTRAS.of(value).items():
                result.setdefault(key, item)
        return result

    return unstructure_map


def _arrays(tp: Any, converter: WireConverter) -> UnstructureHook:
    cls = get_origin(tp) or tp
    plan = [
        (f.key, f.name, converter.get_unstructure_hook(f.type)) for f in wire_fields(tp, converter) if not f.omitted
    ]

    def unstructure_array(value: Any) -> list[Any]:
        if type(value) is not cls:
            raise _not_exactly(cls, value)
        result: list[Any] = []
        issues: list[Issue] = []
        for key, name, hook in plan:
            try:
                item = getattr(value, name)
                result.append(None if item is UNSET else hook(item))
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                note(exc, key, issues)
        if issues:
            raise FormatError(issues)
        return result

    return unstructure_array


def _not_exactly(cls: type, value: object) -> FormatError:
    if isinstance(value, cls):
        name = type(value).__name__
        message = f"expected exactly {cls.__name__}, got its subclass {name}, whose own fields would be lost"
        return FormatError.of("wrong_type", cls.__name__, name, message=message)
    return mismatch(f"a {cls.__name__}", value)


def _unit(cls: type, nothing: Any) -> UnstructureHook:
    def unstructure_unit(value: Any) -> Any:
        if type(value) is not cls:
            raise _not_exactly(cls, value)
        return dict(EXTRAS.of(value)) or nothing

    return unstructure_unit


def is_unit(tp: Any, converter: WireConverter) -> bool:
    """Return whether the class *tp* has no fields on the wire."""
    return all(field.omitted for field in wire_fields(tp, converter))


def body_hook(tp: Any, converter: WireConverter) -> UnstructureHook:
    """Return the hook that writes *tp* as a map or an array, also where it is empty: null may be taken in a union."""
    return (_arrays if is_positional(get_origin(tp) or tp, converter) else map_hook)(tp, converter)


class StructShape(Shape):
    """attrs classes and dataclasses."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return map and array: both are read."""
        return frozenset((dict, list))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the reader of the class."""
        return _Structure(tp, converter).read

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the writer of the class, as a map or an array."""
        if is_unit(tp, converter):
            nothing: Any = [] if converter.format.unit_array else None if converter.format.none else {}
            return _unit(get_origin(tp) or tp, nothing)
        return body_hook(tp, converter)
