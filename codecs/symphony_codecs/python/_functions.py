"""The functions of a codec: between values and documents, and what to do where they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import orjson

from .._signals import raise_if_from_signal
from ..formats import json
from ..options import Limits
from ..schema import build_schema
from ._depth import depth_of
from ._reading import reader
from ._writing import writer
from .exact_numbers import reads_numbers
from .faults import left_of


if TYPE_CHECKING:
    from ..converter import WireConverter
    from ..errors import DecodeError


__all__ = ["generated_decoder", "generated_encoder"]

# Of an id, in characters.
_LONGEST_LEAF: Final = 36


def generated_decoder(
    converter: WireConverter,
    as_type: Any,
    fallback: Callable[[Any], Any],
    explain: Callable[[Any], DecodeError | None] | None = None,
) -> Callable[[Any], Any]:
    """
    Return what reads documents as *as_type*.

    Args:
        converter: The hooks of now and the options.
        as_type: The type.
        fallback: The reference; asked whenever a document is refused.
        explain: The same for what is left of a document; see
            `symphony_codecs._explanation`.

    Raises:
        FormatError: The type has no representation.
    """
    loads: Any = converter.format.loads
    limits, strict = converter.options.limits, converter.options.strict
    schema = build_schema(as_type, converter, "structure")
    read = reader(schema)
    is_exact: Callable[[Any, Limits], bool] | None = None
    if loads is json.loads and not reads_numbers(schema):
        loads, is_exact = json.loads_without_numbers, json.is_exact

    def decode(data: Any) -> Any:
        error = None
        try:
            tree = loads(data, limits, strict)
        except Exception as exc:  # noqa: BLE001 - the reference says what it is
            raise_if_from_signal(exc)
            return fallback(data)
        try:
            return read(tree)
        except (RecursionError, MemoryError):
            pass
        except Exception as exc:  # noqa: BLE001 - as above
            raise_if_from_signal(exc)
            # What is wrong is shown, numbers too.
            if explain is not None and (is_exact is None or is_exact(data, limits)):
                error = explain(left_of(exc, tree))
        if error is None:
            return fallback(data)
        try:
            raise error
        finally:
            del error, tree  # which the error would hold, and itself, by this frame

    return decode


def generated_encoder(
    converter: WireConverter, as_type: Any, fallback: Callable[[Any], bytes]
) -> Callable[[Any], bytes]:
    """
    Return what writes values of *as_type*.

    Args:
        converter: The hooks of now and the options.
        as_type: The type.
        fallback: The reference; asked whenever a value is refused.

    Raises:
        FormatError: The type has no representation.
    """
    form, limits, strict = converter.format, converter.options.limits, converter.options.strict
    schema = build_schema(as_type, converter, "unstructure")
    # What a hook of the user's returns may be anything; and where orjson writes ids, nobody measures their texts.
    is_known = converter.is_untouched and not strict and limits.max_text >= _LONGEST_LEAF
    is_json = is_known and form.layout == "json"
    write = writer(schema, lambda wire: form.dumps(wire, limits, False), is_json=is_json, most=limits.max_items)
    if is_json:
        return _json_encoder(write, limits, fallback, is_shallow=depth_of(schema.root) < limits.max_depth)
    return _encoder(lambda value: form.dumps(write(value), limits, strict), fallback)


def _encoder(write: Callable[[Any], bytes], fallback: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    def encode(value: Any) -> bytes:
        try:
            return write(value)
        except Exception as exc:  # noqa: BLE001 - the reference says what it is
            raise_if_from_signal(exc)
        return fallback(value)

    return encode


def _json_encoder(
    write: Callable[[Any], Any], limits: Limits, fallback: Callable[[Any], bytes], *, is_shallow: bool
) -> Callable[[Any], bytes]:
    dumps, options = orjson.dumps, json.KNOWN
    # What is no longer than this is within all limits on lengths.
    least = min(limits.max_size, limits.max_items, limits.max_text) if is_shallow else -1

    def encode(value: Any) -> bytes:
        try:
            tree = write(value)
            data = dumps(tree, None, options)
            return data if len(data) <= least else json.guarded(data, tree, limits, False, is_shallow=is_shallow)
        except Exception as exc:  # noqa: BLE001 - the reference says what it is
            raise_if_from_signal(exc)
        return fallback(value)

    return encode
