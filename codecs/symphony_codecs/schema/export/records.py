"""The forms of classes with fields, of typed dicts and of durations."""

from __future__ import annotations

import collections

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, Final, get_origin

import attrs

from typing_extensions import NoExtraItems

from ..._signals import raise_if_from_signal
from .. import nodes
from ..annotations import behind, hints_of
from ..defaults import settled_default
from ..fields import WireField, wire_fields
from ..typed_dicts import other_values, required_keys, rule_of_others
from ..validators import hold
from ..wire_classes import DurationWire, TimedeltaWire
from . import forms as f
from .docs import class_doc, field_docs, own_doc
from .words import words_of


if TYPE_CHECKING:
    from .maker import Hints, Maker


__all__ = ["Records"]

_LESS_THAN_SECOND: Final = 999_999_999
_TIMEDELTA_SECONDS: Final = (-86_399_999_913_600, 86_399_999_999_999)
_WHOLE_MICROS: Final = "nanoseconds of whole microseconds"
_SPAN: Final = "A span of time: whole seconds and nanoseconds."
_MISSING: Final = object()
# Factories beside those of `EMPTY` whose values are always the same.
_EMPTY: Final[tuple[Any, ...]] = (bytearray, collections.deque, collections.OrderedDict, collections.Counter)


class Records:
    """Makes records; *maker* makes the forms of their fields."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker

    # Classes

    def struct(self, node: nodes.Struct, hints: Hints) -> f.Form:
        """Return the form of an attrs class or a dataclass."""
        maker = self._maker
        types = maker.builder.types_of(node)
        tp: Any = types[0] if types else hints.get(node.cls, node.cls)
        return self._record(tp, node)

    def _record(self, tp: Any, node: nodes.Struct) -> f.Reference:
        layout: Any = "unit" if node.unit is not nodes.ABSENT else "array" if node.positional else "map"
        usual: Any = self._maker.builder.node(tp)
        is_usual = not isinstance(usual, nodes.Struct) or (usual.positional, usual.unit) == (node.positional, node.unit)
        key: Hashable = (tp, layout)
        return self._maker.defined(key, tp, lambda: self.body(tp, node), "" if is_usual else layout.capitalize())

    def body(self, tp: Any, node: nodes.Struct) -> f.Record:
        """Return the record of the class *tp*, itself and not a reference."""
        registry, maker = self._maker.registry, self._maker
        every = {field.name: field for field in wire_fields(tp, registry)}
        reader = self._reader(tp)
        docs = field_docs(node.cls)
        fields = tuple(self._field(each, every[each.name], node, reader, docs) for each in node.fields)
        unknown = reader.unknown if reader is not None else registry.options.unknown_fields
        layout: Any = "unit" if node.unit is not nodes.ABSENT else "array" if node.positional else "map"
        least = len(fields) if maker.direction == "write" or reader is None else reader.required
        return f.Record(
            name="",
            fields=fields,
            layout=layout,
            least=least if node.positional or maker.direction == "read" else 0,
            or_map=node.as_map is not None,
            only_maps=any(field.flattened for field in fields),
            unknown=unknown,
            unit=None if node.unit is nodes.ABSENT else node.unit,
            doc=class_doc(node.cls),
            checks=_class_checks(node.cls, reader),
        )

    def _reader(self, tp: Any) -> nodes.Struct | None:
        """Return the node that reads the class *tp*; ``None`` if it cannot be read."""
        reading = self._maker.reading
        node = reading.node(tp)
        if isinstance(node, nodes.Reference):
            node = reading.table.get(node.key, node)
        return node if isinstance(node, nodes.Struct) else None

    def _field(
        self,
        node: nodes.Field,
        field: WireField,
        struct: nodes.Struct,
        reader: nodes.Struct | None,
        docs: Mapping[str, str],
    ) -> f.Field:
        maker = self._maker
        hints = maker.hints_of(field.type, {})
        doc = own_doc(field.type, field.of) or docs.get(field.name, "")
        step = f".{field.name}"
        if node.flattened is not None:
            form = maker.at(step, node.flattened.node, hints)
            optional = node.flattened.is_optional
            return f.Field(name=field.name, key=field.name, form=form, required=not optional, flattened=True, doc=doc)
        held, words = _held(node.node, field, reader)
        form = self._with_hook(field, step) or maker.at(step, held, hints)
        form = attrs.evolve(form, checks=(*form.checks, *words)) if words else form
        if struct.positional and struct.nulls and node.absent is not nodes.ABSENT:
            form = f.Nullable(inner=form)
        may_lack = (not struct.positional or struct.as_map is not None) and self._may_lack(node, form)
        default = self._default(field) if field.optional else _MISSING
        return f.Field(
            name=field.name,
            key=node.key,
            form=form,
            aliases=field.aliases,
            required=not may_lack if maker.direction == "write" else not field.optional,
            has_default=default is not _MISSING,
            default=None if default is _MISSING else default,
            doc=doc,
        )

    def _may_lack(self, node: nodes.Field, form: f.Form) -> bool:
        """Return whether a map may be written without the field."""
        if node.omit_none or node.is_default is not None or node.absent is not nodes.ABSENT:
            return True
        # A format without null leaves it out.
        return not self._maker.registry.format.none and isinstance(form, (f.Nullable, f.Null, f.Untyped))

    def _with_hook(self, field: WireField, step: str) -> f.Form | None:
        """Return the form of a field that a hook of its own reads; nodes for writing do not know of it."""
        maker = self._maker
        is_given = maker.builder.is_given(field.type) or maker.builder.is_given(behind(field.type))
        if maker.direction == "write" or field.structure is None or is_given:
            return None
        maker.path.append(step)
        form = maker.opaque(field.type)
        maker.path.pop()
        return form

    def _default(self, field: WireField) -> Any:
        """Return the default of a field as it stands in a document; `_MISSING` if it is not always the same."""
        if field.absent is not nodes.ABSENT:
            return _MISSING
        if field.default is nodes.ABSENT:
            return None if field.fill is None else _MISSING
        found = settled_default(field.of, field.default)
        is_empty = isinstance(field.default, nodes.Factory) and any(field.default.call is each for each in _EMPTY)
        if found is nodes.ABSENT and is_empty and getattr(field.of, "converter", None) is None:
            found = field.default
        if found is nodes.ABSENT:
            return _MISSING
        try:
            value: Any = found.call() if isinstance(found, nodes.Factory) else found.value
            write = field.unstructure or self._maker.registry.get_unstructure_hook(field.type)
            return write(value)
        except Exception as exc:  # noqa: BLE001 - a factory or a hook of the user's may raise anything
            raise_if_from_signal(exc)
            return _MISSING

    # Typed dicts

    def typed_dict(self, tp: Any) -> f.Form:
        """Return the form of a typed dict."""
        return self._maker.defined(("typed dict", tp), tp, lambda: self._typed_dict(tp))

    def _typed_dict(self, tp: Any) -> f.Record:
        maker, cls = self._maker, get_origin(tp) or tp
        hints = hints_of(tp)
        required, is_silent = required_keys(tp, hints), other_values(tp) is NoExtraItems
        docs = field_docs(cls)
        others, unknown = rule_of_others(tp, maker.registry.options.unknown_fields)
        other = None if others is None or is_silent else maker.of_type(others, "{}")
        fields = tuple(
            f.Field(
                name=key,
                key=key,
                form=maker.of_type(hint, f".{key}"),
                required=key in required,
                doc=own_doc(hint) or docs.get(key, ""),
            )
            for key, hint in hints.items()
        )
        return f.Record(name="", fields=fields, only_maps=True, unknown=unknown, other=other, doc=class_doc(cls))

    # Durations

    def duration(self, _: nodes.Duration, __: Hints) -> f.Form:
        """Return the form of a `symphony_types.Duration`."""
        return self.parts("duration")

    def timedelta(self, _: nodes.TimeDelta, __: Hints) -> f.Form:
        """Return the form of a `datetime.timedelta`."""
        return self.parts("timedelta")

    def parts(self, kind: str) -> f.Form:
        """Return the form of a duration or a timedelta by the class that stands for it."""
        tp = DurationWire if kind == "duration" else TimedeltaWire

        def make() -> f.Form:
            node = self._maker.builder.node(tp)
            assert isinstance(node, nodes.Struct)
            record = self.body(tp, node)
            if tp is DurationWire:
                return attrs.evolve(record, doc=_SPAN)
            secs, nanos = record.fields
            low, high = _TIMEDELTA_SECONDS
            fields = (
                attrs.evolve(secs, form=f.Integer(minimum=low, maximum=high)),
                attrs.evolve(nanos, form=f.Integer(minimum=0, maximum=_LESS_THAN_SECOND, checks=(_WHOLE_MICROS,))),
            )
            return attrs.evolve(record, fields=fields, doc=_SPAN)

        return self._maker.defined(tp, tp, make)


def _held(node: nodes.Node, field: WireField, reader: nodes.Struct | None) -> tuple[nodes.Node, tuple[str, ...]]:
    """Return the node of a field with the checks of its validators that a node can make, and the others in words."""
    validator: Any = getattr(field.of, "validator", None)
    if validator is None:
        return node, ()
    if reader is None or reader.construction is None:
        return node, words_of((validator,))
    held = hold(node, validator)
    return held.node, words_of(held.left)


def _class_checks(cls: type, reader: nodes.Struct | None) -> tuple[str, ...]:
    """Return the checks that only the code of *cls* makes, in words."""
    if reader is None:
        return ()
    words = [f"{cls.__name__}.validation_errors() finds nothing"] if reader.validates else []
    construction = reader.construction
    if construction is None:
        return (*words, f"the constructor of {cls.__name__} takes it")
    converted = [each.name for each in construction.attributes if each.convert is not None]
    calls = [name for name in (construction.before, construction.after) if name is not None]
    return (
        *words,
        *(f"{cls.__name__}.{name} takes it" for name in calls),
        *(f"the converter of {name} takes it" for name in converted),
    )
