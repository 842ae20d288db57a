"""The functions of types that no node is for: they stand as `Hook` in a schema, beside the user's hooks."""

from __future__ import annotations

import datetime as dt
import types

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final

from symphony_types import U8
from symphony_types.time import Duration

from .._issues import FormatError, mismatch, not_a
from ..schema import nodes, texts
from ..schema.addresses import ADDRESSES
from ..schema.enums import flag_functions
from ..schema.kinds import Kind
from ..schema.scalars import scalar_node
from ..schema.wire_classes import DurationWire, TimedeltaWire
from . import symphony_errors, typed_dicts
from .explain import Special
from .explain_scalars import READERS, WRITERS


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["special"]

_TEXT: Final = frozenset((str,))
_INTEGER: Final = frozenset((int,))
_ARRAY: Final = frozenset((list,))
_BOTH: Final = frozenset((dict, list))
_BYTES: Final = (bytes, bytearray, memoryview)


def _flag(tp: Any, _: WireConverter, *, reads: bool) -> Special:
    """An `enum.Flag`: the integer."""
    read, write = flag_functions(tp)
    return (lambda value, _: read(value)) if reads else write, _INTEGER


def _text(tp: Any, _: WireConverter, *, reads: bool) -> Special:
    """Decimals and paths: as text."""
    form = texts.text_form(tp)
    accepted = PurePath if tp is Path else tp

    def unstructure_text(value: Any) -> str:
        if not isinstance(value, accepted):
            raise not_a(tp, value)
        return form.write(value)

    return form.structure if reads else unstructure_text, _TEXT


def _address(tp: Any, converter: WireConverter, *, reads: bool) -> Special:
    """An internet address: text, or an array of octets; an interface is no address, since its prefix would be lost."""
    form, is_text = ADDRESSES[tp], converter.format.human_readable
    octets: Any = types.GenericAlias(tuple, (U8,) * form.size)
    read_array: Any = None if is_text or not reads else converter.get_structure_hook(octets)

    def structure_address(value: Any, _: Any) -> Any:
        if not is_text:
            return form.read_octets(bytes(read_array(value, octets)))
        if type(value) is not str:
            raise mismatch(form.expected, value)
        return form.read(value)

    def unstructure_address(value: Any) -> Any:
        if type(value) is not tp:
            raise not_a(tp, value, "an")
        return form.write(value) if is_text else list(form.write_octets(value))

    return structure_address if reads else unstructure_address, _TEXT if is_text else _ARRAY


def _scalar(tp: Any, converter: WireConverter, *, reads: bool) -> Special:
    """A subclass of a builtin scalar: made of what its base is, and written as that."""
    base = next(kind for kind in (bool, int, float, str, *_BYTES) if issubclass(tp, kind))
    node: Any = scalar_node(bytes if base in _BYTES else base, converter.format)
    read: Any = READERS[type(node)](node, None)  # type: ignore[arg-type]
    write: Any = WRITERS[type(node)](node, None)  # type: ignore[arg-type]
    kinds = frozenset((str,)) if node == nodes.Binary(True) else frozenset((bytes if base in _BYTES else base,))
    return (lambda value, _: tp(read(value))) if reads else write, kinds


def _id(tp: Any, converter: WireConverter, *, reads: bool) -> Special:
    """A typed id with a constructor of its own."""
    node = nodes.Uuid(tp, converter.format.human_readable, tp.from_bytes)
    read: Any = READERS[nodes.Uuid](node, None)  # type: ignore[arg-type]
    write: Any = WRITERS[nodes.Uuid](node, None)  # type: ignore[arg-type]
    return (lambda value, _: read(value)) if reads else write, frozenset((str if node.text else bytes,))


def _duration(_: Any, converter: WireConverter, *, reads: bool) -> Special:
    """A duration whose parts go by names of the codec's."""
    hook: Any = (converter.get_structure_hook if reads else converter.get_unstructure_hook)(DurationWire)

    def structure_duration(value: Any, _: Any) -> Duration:
        wire = hook(value, DurationWire)
        return Duration.from_parts(wire.secs, wire.nanos)

    def unstructure_duration(value: Any) -> Any:
        if type(value) is not Duration:
            raise mismatch("a Duration", value)
        return hook(DurationWire(value.secs, value.nanos))

    return structure_duration if reads else unstructure_duration, _BOTH


def _timedelta(_: Any, converter: WireConverter, *, reads: bool) -> Special:
    """A `datetime.timedelta`: as a `symphony_types.Duration` with signed seconds."""
    hook: Any = (converter.get_structure_hook if reads else converter.get_unstructure_hook)(TimedeltaWire)

    def structure_timedelta(value: Any, _: Any) -> dt.timedelta:
        wire = hook(value, TimedeltaWire)
        if not 0 <= wire.nanos <= 999_999_999:
            raise _out_of_range("nanos", "0 to 999999999", wire.nanos)
        if wire.nanos % 1000:
            raise _out_of_range("nanos", "whole microseconds", wire.nanos)
        try:
            return dt.timedelta(seconds=wire.secs, microseconds=wire.nanos // 1000)
        except OverflowError:
            raise _out_of_range("secs", "seconds that a timedelta holds", wire.secs) from None

    def unstructure_timedelta(value: Any) -> Any:
        if not isinstance(value, dt.timedelta):
            raise mismatch("a timedelta", value)
        return hook(TimedeltaWire(value.days * 86_400 + value.seconds, value.microseconds * 1000))

    return structure_timedelta if reads else unstructure_timedelta, _BOTH


def _out_of_range(key: str, expected: str, value: int) -> FormatError:
    return FormatError(issue.prefixed(key) for issue in mismatch(expected, value, "out_of_range").issues)


_MAKERS: Final[dict[Kind, Callable[..., Special]]] = {
    "address": _address,
    "duration": _duration,
    "error": symphony_errors.special,
    "flag": _flag,
    "id": _id,
    "scalar": _scalar,
    "standard": _text,
    "timedelta": _timedelta,
    "typed_dict": typed_dicts.special,
}


def special(kind: Kind | None, tp: Any, converter: WireConverter, *, reads: bool) -> Special | None:
    """Return the function of *tp*, a type of *kind*, in one direction; ``None`` if there is no such function."""
    make = None if kind is None else _MAKERS.get(kind)
    return None if make is None else make(tp, converter, reads=reads)
