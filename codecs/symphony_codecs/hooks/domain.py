"""
The types of `symphony_types` that are not plain classes: ids, time, tagged values, errors.

Everything else of the domain is attrs classes, told apart from anybody's only
by the options in `symphony_codecs._domain`.
"""

from __future__ import annotations

import sys

from typing import TYPE_CHECKING, Any

import attrs

from symphony_types import integers
from symphony_types._checks import describe
from symphony_types._error_base import SymphonyError, wire_name
from symphony_types._tagged import TaggedValue
from symphony_types.ids import TypedId
from symphony_types.message.jsonrpc import JsonRpcResponse
from symphony_types.time import Duration, Timestamp

from .._issues import FormatError, issues_of, mismatch
from ._base import Shape, StructureHook, UnstructureHook, note, recover
from .stdlib import id_hooks
from .structs import StructShape


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["DurationShape", "ErrorShape", "IdShape", "JsonRpcResponseShape", "TaggedValueShape", "TimestampShape"]


class IdShape(Shape):
    """Typed ids: as a UUID."""

    @staticmethod
    def matches(tp: Any) -> bool:
        """Match the id classes."""
        return isinstance(tp, type) and issubclass(tp, TypedId)

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
    def matches(tp: Any) -> bool:
        """Match the class alone."""
        return tp is Timestamp

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


class DurationShape(Shape):
    """A `symphony_types.Duration`: ``{"secs": u64, "nanos": u32}``."""

    @staticmethod
    def matches(tp: Any) -> bool:
        """Match the class alone."""
        return tp is Duration

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
    def matches(tp: Any) -> bool:
        """Match subclasses of `TaggedValue`."""
        return isinstance(tp, type) and issubclass(tp, TaggedValue)

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type]:
        """Return text for unit variants, map for the others."""
        held = tp.__variants__.values()
        return frozenset(kind for kind, there in ((str, None in held), (dict, any(held))) if there)

    @staticmethod
    def _held(tp: Any) -> dict[str, Any]:
        """Return what each variant holds, names resolved where the class is."""
        namespace = {**vars(sys.modules[tp.__module__]), tp.__name__: tp}
        return {
            name: eval(held, namespace) if isinstance(held, str) else held  # noqa: S307 - our own annotation
            for name, held in tp.__variants__.items()
        }

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the look-up by variant."""
        held = TaggedValueShape._held(tp)
        hooks = {name: converter.get_structure_hook(kind) for name, kind in held.items() if kind is not None}
        bytes_keys = converter.format.bytes_keys
        expected = f"one of {', '.join(held)}"

        def unknown(name: Any) -> FormatError:
            actual = repr(name) if type(name) is str else describe(name)
            return FormatError.of(
                "unknown_tag", expected, actual, message=f"unknown variant {actual}, expected {expected}"
            )

        def load(name: str, body: Any) -> Any:
            hook = hooks.get(name)
            if hook is None:
                if body is not None:
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
                    raise unknown(value)
                if value in hooks:
                    raise mismatch(f"a map of one entry, {value!r}", value)
                return tp.from_variant(value)
            if type(value) is dict and len(value) == 1:
                ((name, body),) = value.items()
                if bytes_keys and type(name) is bytes:
                    name = name.decode(errors="replace")
                if type(name) is not str or name not in held:
                    raise unknown(name)
                return load(name, body)
            actual = f"a map of {len(value)} entries" if type(value) is dict else describe(value)
            raise FormatError.of("wrong_type", "a variant's name or a map of one entry", actual)

        return structure_tagged

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that writes the variant, and what it holds."""
        held = TaggedValueShape._held(tp)
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


class ErrorShape(Shape):
    """
    `SymphonyError` and its groups: externally tagged, as an enum of enums.

    For a group (`WorkflowError`) that is the group's own enum, without the
    outer tag, as ``Result<T, WorkflowError>`` has it; a single variant is
    written with its full path.
    """

    @staticmethod
    def matches(tp: Any) -> bool:
        """Match the error classes."""
        return isinstance(tp, type) and issubclass(tp, SymphonyError)

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type]:
        """Return text and map."""
        return frozenset((str, dict))

    @staticmethod
    def _prefix(tp: type[SymphonyError]) -> tuple[str, ...]:
        """Return the tags that a value of type *tp* goes without."""
        paths = list(tp.variants())
        if tp is SymphonyError or len(paths) == 1:
            return ()
        return paths[0][:1]

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook from the tagged form."""
        prefix = ErrorShape._prefix(tp)
        bytes_keys = converter.format.bytes_keys

        def structure_error(value: Any, _: Any) -> Any:
            form = _with_names(value, bytes_keys=bytes_keys)
            for name in reversed(prefix):
                form = {name: form}
            try:
                return tp.from_wire(_with_fields(form))
            except Exception as exc:
                issues = issues_of(exc)
                cut = len(prefix)
                raise FormatError(
                    attrs.evolve(i, path=i.path[cut:]) if i.path[:cut] == prefix else i for i in issues
                ) from exc

        return structure_error

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook to the tagged form, struct variants as arrays where the codec is positional."""
        skip = len(ErrorShape._prefix(tp))
        options = converter.options.positional
        positional = converter.format.positional if options is None else options

        def unstructure_error(value: Any) -> Any:
            if not isinstance(value, tp):
                raise mismatch(f"a {tp.__name__}", value)
            form: Any = value.to_wire()
            if positional and value.__fields__ and not value.newtype:
                form = list(value.fields().values())
                for name in reversed(value.wire_path):
                    form = {name: form}
            for _ in range(skip):
                (form,) = form.values()
            return form

        return unstructure_error


def _with_names(form: Any, *, bytes_keys: bool) -> Any:
    """Return *form* with names as text where MessagePack or CBOR spelled them as byte strings."""
    if type(form) is dict and bytes_keys:
        return {
            key.decode(errors="replace") if type(key) is bytes else key: _with_names(item, bytes_keys=True)
            for key, item in form.items()
        }
    return form


def _with_fields(form: Any, path: tuple[str, ...] = ()) -> Any:
    """Return *form* with the array of a struct variant's fields as a map."""
    variants = SymphonyError.variants()
    if path in variants:
        fields = variants[path].__fields__
        if type(form) is list and fields and not variants[path].newtype:
            if len(form) != len(fields):
                expected = f"an array of {len(fields)} items"
                raise FormatError.of("wrong_arity", expected, f"{len(form)} items", path=path)
            return dict(zip(map(wire_name, fields), form, strict=True))
        return form
    if type(form) is dict and len(form) == 1 and len(path) < 2:
        ((name, body),) = form.items()
        if type(name) is str:
            return {name: _with_fields(body, (*path, name))}
    return form


class JsonRpcResponseShape(Shape):
    """
    A `JsonRpcResponse`: the one of ``result`` and ``error`` that it has.

    In an array both have a place; null in that of the error means success.
    """

    @staticmethod
    def matches(tp: Any) -> bool:
        """Match the class alone."""
        return tp is JsonRpcResponse

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type]:
        """Return map and array."""
        return frozenset((dict, list))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the struct's hook behind one that leaves out what null stands for."""
        read = StructShape.structure(tp, converter)

        def structure_response(value: Any, _: Any) -> Any:
            if type(value) is list and len(value) == 4:
                version, result, error, request = value
                held = {"result": result} if error is None else {"error": error}
                if error is not None and result is not None:
                    held["result"] = result  # both: the class refuses it
                value = {"jsonrpc": version, **held, "id": request}
            elif type(value) is dict and value.get("error", value) is None:
                value = {key: item for key, item in value.items() if key != "error"}
            return read(value, tp)

        return structure_response

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the struct's hook."""
        return StructShape.unstructure(tp, converter)
