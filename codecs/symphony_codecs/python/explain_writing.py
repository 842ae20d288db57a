"""How nodes are interpreted where they are written."""

from __future__ import annotations

from typing import Any

from symphony_types.traits.validatable import Issue

from .._issues import FormatError, mismatch, not_a
from ..schema import nodes
from ..schema.flatten import names_of
from .explain import AT_START, Convert, Explainer, Interpreter, Interpreters, Optional, Stop, Validated, is_final, note
from .explain_containers import Tuple, WriteDict, WriteSequence, set_writer
from .explain_scalars import WRITERS as SCALARS
from .explain_write_unions import WRITERS as UNIONS


__all__ = ["KeptFields", "is_conditional", "writers"]


def is_conditional(field: nodes.Field) -> bool:
    """Return whether *field* may be left out of a map."""
    return field.omit_none or field.is_default is not None or field.absent is not nodes.ABSENT


class KeptFields:
    """
    What puts the unknown fields that were kept for an instance behind its fields.

    Args:
        node: The class.
    """

    def __init__(self, node: nodes.Struct) -> None:
        self._cls = node.cls
        self._kept = node.kept
        self._names = names_of(node)
        self._kinds = (str, int) if any(type(field.key) is int for field in node.fields) else (str,)

    def __call__(self, entries: dict[Any, Any], instance: Any) -> dict[Any, Any]:
        """
        Return *entries* with them.

        Raises:
            FormatError: One has the name of a field: it would be read back as that, or passed over; or an
                int is its name, and no field's.
        """
        assert self._kept is not None, "the class keeps them"
        for key, item in self._kept(instance).items():
            if key in entries or key in self._names:
                name = self._cls.__name__
                message = f"this {name} has a field {key!r}, and an unknown one was kept (unknown_fields='keep')"
                raise FormatError.of("duplicate_key", "each key once", f"{key!r} twice", path=(key,), message=message)
            if type(key) not in self._kinds:
                raise mismatch("a field name", key)
            entries[key] = item
        return entries


class _Struct(Interpreter):
    """A class; the parts of its function are its fields."""

    def __init__(self, node: nodes.Struct, explainer: Explainer) -> None:
        super().__init__(node, explainer)
        self.with_kept = KeptFields(node)
        self.conditional = [is_conditional(field) for field in node.fields]

    def __call__(self, value: Any, stop: Stop = AT_START) -> Any:
        node = self.node
        if type(value) is not node.cls:
            raise not_exactly(node.cls, value)
        if node.unit is not nodes.ABSENT:
            return (self.with_kept({}, value) if node.kept is not None else None) or node.unit
        if node.as_map is not None and node.kept(value):
            if stop.exc is not None and is_final(stop.exc, node.as_map):
                raise stop.exc
            return self.explainer.run(node.as_map, value)
        done = stop.variables.get("result", {})
        result: dict[str, Any] = {}
        issues: list[Issue] = []
        for index, field in enumerate(node.fields):
            if index < stop.reached:
                if field.flattened is not None:
                    field.flattened.put(result, stop.variables[f"v{index}"])
                elif node.positional or not self.conditional[index]:
                    result[field.key] = stop.variables[f"v{index}"]
                elif field.key in done:
                    result[field.key] = done[field.key]
                continue
            try:
                item = getattr(value, field.name)
                if self._is_left_out(field, item, value):
                    continue
            except Exception as fault:  # noqa: BLE001 - a descriptor of the user's may raise anything
                note(fault, field.key, issues)
                continue
            if field.flattened is not None:
                self._flatten(field.node, field.flattened, item, result, issues, stop.at(index))
            elif item is field.absent:
                result[field.key] = None
            else:
                result[field.key] = self.explainer.tried(field.node, item, field.key, issues, stop.at(index))
        if issues:
            raise FormatError(issues)
        if node.positional:
            return list(result.values())
        return result if node.kept is None else self.with_kept(result, value)

    def _flatten(
        self,
        node: nodes.Node,
        flattened: nodes.Flattened,
        item: Any,
        result: dict[str, Any],
        issues: list[Issue],
        exc: Exception | None,
    ) -> None:
        """Put the entries of a flattened field among those of the class; their paths are those of the class's own."""
        before = len(issues)
        wire = self.explainer.tried(node, item, None, issues, exc)
        if len(issues) == before:
            try:
                flattened.put(result, wire)
            except FormatError as fault:
                note(fault, None, issues)

    def _is_left_out(self, field: nodes.Field, item: Any, instance: Any) -> bool:
        if self.node.positional:
            if item is field.absent and not self.node.nulls:
                raise _absent(self.node.cls, field)
            return False
        if item is field.absent or (item is None and field.omit_none):
            return True
        return field.is_default is not None and field.is_default(item, instance)


def _absent(cls: type, field: nodes.Field) -> FormatError:
    held = repr(field.absent)
    message = f"{cls.__name__}.{field.name} is {held}: an array has no place for an absent field"
    return FormatError.of("invalid_value", "a value", held, message=message)


def not_exactly(cls: type, value: object) -> FormatError:
    """Return the error for a value that is not exactly of *cls*."""
    if isinstance(value, cls):
        name = type(value).__name__
        message = f"expected exactly {cls.__name__}, got its subclass {name}, whose own fields would be lost"
        return FormatError.of("wrong_type", cls.__name__, name, message=message)
    return not_a(cls, value)


def writers(encoded: Convert) -> Interpreters:
    """Return the interpreters; *encoded* gives the bytes of builtins, to sort sets by."""
    return {
        **SCALARS,
        **UNIONS,
        nodes.Optional: Optional,
        nodes.Validated: Validated,
        nodes.Sequence: WriteSequence,
        nodes.Set: set_writer(encoded),
        nodes.Tuple: Tuple,
        nodes.Dict: WriteDict,
        nodes.Struct: _Struct,
    }
