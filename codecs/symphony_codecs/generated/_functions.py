"""The functions of a codec: between values and documents, and what to do where they refuse."""

from __future__ import annotations

import functools
import importlib

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..plans import plan_for
from ._depth import depth_of
from ._leaving import left_of
from ._reading import reader
from ._writing import writer


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
    read = reader(plan_for(as_type, converter, "structure"))

    def decode(data: Any) -> Any:
        error = None
        try:
            tree = loads(data, limits, strict)
        except Exception:  # noqa: BLE001 - the reference says what it is
            return fallback(data)
        try:
            return read(tree)
        except (RecursionError, MemoryError):
            pass
        except Exception as exc:  # noqa: BLE001 - as above
            if explain is not None:
                error = explain(left_of(exc, tree))
        if error is None:
            return fallback(data)
        try:
            raise error
        finally:
            del error  # which would hold itself, by this frame

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
    plan = plan_for(as_type, converter, "unstructure")
    # What a hook of the user's returns may be anything; and where orjson writes ids, nobody measures their texts.
    is_known = converter.is_untouched and not strict and limits.max_text >= _LONGEST_LEAF
    layout = form.layout if is_known else None
    depth = depth_of(plan.root)
    is_shallow = depth is not None and depth < limits.max_depth
    write = writer(
        plan,
        lambda wire: form.dumps(wire, limits, False),
        most=limits.max_items,
        layout=layout,
    )
    dumps: Callable[..., bytes] = form.dumps
    if layout is not None:
        # Without the checks that what a plan writes does not need.  The module is there, being the format's.
        module: Any = importlib.import_module(f"..formats.{layout}", __package__)
        dumps = functools.partial(module.dumps_known, is_shallow=is_shallow)

    def encode(value: Any) -> bytes:
        try:
            return dumps(write(value), limits, strict)
        except Exception:  # noqa: BLE001, S110 - the reference says what it is
            pass
        return fallback(value)

    return encode
