"""
The types of `symphony_types` that are not plain classes: ids, time, tagged values.

Errors and JSON-RPC responses have modules of their own; everything else of the
domain is attrs classes, told apart from anybody's only by the options in
`symphony_codecs._domain`.
"""

from __future__ import annotations

import sys

from typing import TYPE_CHECKING, Any

import attrs

from symphony_types import integers
from symphony_types.checks import describe
from symphony_types.ids import TypedId
from symphony_types.time import Duration, Timestamp

from .._issues import FormatError, issues_of, mismatch, unknown_variant
from ._base import Shape, StructureHook, UnstructureHook, note, recover, untag
from .stdlib import id_hooks


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["DurationShape", "DurationWire", "IdShape", "TaggedValueShape", "TimestampShape"]


class IdShape(Shape):
    """Typed ids: as a UUID."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type]:
        """Return text or bytes."""
        return frozenset((str if converter.format.human_readable else bytes,))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook from text or bytes."""
        return id_hooks(converter.format, tp, tp.from_bytes, _bytes_of)[0]

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook to text or bytes."""
        return id_hooks(converter.format, tp, tp.from_bytes, _bytes_of)[1]


def _bytes_of(value: TypedId) -> bytes:
    return value.bytes


class TimestampShape(Shape):
    """A `symphony_types.Timestamp`: RFC 3339 text in every format, as chrono writes it."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type]:
        """Return text."""
        return frozenset((str,))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook from text."""

        def structure_timestamp(value: Any, _: Any) -> Timestamp:
            if type(value) is not str:
                raise mismatch("an RFC 3339 timestamp", value)
            return Timestamp.parse(value)

        return structure_timestamp

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook to text."""

        def unstructure_timestamp(value: Any) -> str:
            if type(value) is not Timestamp:
                raise mismatch("a Timestamp", value)
            return str(value)

        return unstructure_timestamp


@attrs.frozen
class DurationWire:
    """What a duration looks like: serde reads more nanoseconds than a second has, and carries."""

    secs: integers.U64
    nanos: integers.U32


DurationWire.__name__ = "Duration"  # which is what errors are about


class DurationShape(Shape):
    """A `symphony_types.Duration`: ``{"secs": u64, "nanos": u32}``."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type]:
        """Return map and array."""
        return frozenset((dict, list))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook that carries whole seconds out of ``nanos``, as serde does."""
        read: StructureHook = converter.get_structure_hook(DurationWire)

        def structure_duration(value: Any, _: Any) -> Duration:
            wire = read(value, DurationWire)
            return Duration.from_parts(wire.secs, wire.nanos)

        return structure_duration

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook to seconds and nanoseconds."""
        write: UnstructureHook = converter.get_unstructure_hook(DurationWire)

        def unstructure_duration(value: Any) -> Any:
            if type(value) is not Duration:
                raise mismatch("a Duration", value)
            return write(DurationWire(value.secs, value.nanos))

        return unstructure_duration


class TaggedValueShape(Shape):
    """Rust enums in one class: ``"Variant"`` or ``{"Variant": value}``."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type]:
        """Return text for unit variants, map for the others."""
        held = tp.__variants__.values()
        return frozenset(kind for kind, there in ((str, None in held), (dict, any(held))) if there)

    @staticmethod
    def held(tp: Any) -> dict[str, Any]:
        """Return what each variant holds, names resolved where the class is."""
        namespace = {**vars(sys.modules[tp.__module__]), tp.__name__: tp}
        return {
            name: eval(held, namespace) if isinstance(held, str) else held  # noqa: S307 - our own annotation
            for name, held in tp.__variants__.items()
        }

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the look-up by variant."""
        held = TaggedValueShape.held(tp)
        hooks = {name: converter.get_structure_hook(kind) for name, kind in held.items() if kind is not None}
        bytes_keys = converter.format.bytes_keys

        def load(name: str, body: Any) -> Any:
            hook = hooks.get(name)
            if hook is None:
                if untag(body) is not None:
                    raise FormatError(issues_of(mismatch(f"nothing in variant {name!r}", body), name))
                return tp.from_variant(name)
            issues: list[Any] = []
            try:
                inner = hook(body, held[name])
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                inner = recover(exc, hook, body, held[name], name, issues)
            if issues:
                raise FormatError(issues)
            return tp.from_variant(name, inner)

        def structure_tagged(value: Any, _: Any) -> Any:
            if type(value) is str:
                if value not in held:
                    raise unknown_variant(value, held)
                if value in hooks:
                    raise mismatch(f"a map of one entry, {value!r}", value)
                return tp.from_variant(value)
            if type(value) is dict and len(value) == 1:
                ((name, body),) = value.items()
                name = untag(name)
                if bytes_keys and type(name) is bytes:
                    name = name.decode(errors="replace")
                if type(name) is not str or name not in held:
                    raise unknown_variant(name, held)
                return load(name, body)
            actual = f"a map of {len(value)} entries" if type(value) is dict else describe(value)
            raise FormatError.of("wrong_type", "a variant's name or a map of one entry", actual)

        return structure_tagged

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that writes the variant, and what it holds."""
        held = TaggedValueShape.held(tp)
        hooks = {name: converter.get_unstructure_hook(kind) for name, kind in held.items() if kind is not None}

        def unstructure_tagged(value: Any) -> Any:
            if type(value) is not tp:
                raise mismatch(f"a {tp.__name__}", value)
            hook = hooks.get(value.variant)
            if hook is None:
                return value.variant
            issues: list[Any] = []
            try:
                return {value.variant: hook(value.value)}
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                note(exc, value.variant, issues)
            raise FormatError(issues)

        return unstructure_tagged
