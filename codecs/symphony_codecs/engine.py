"""
Which of the two ways a codec goes: the compiled engine, or the same schema as generated Python.

The hooks are the reference: they run wherever either refuses a value or a
document, so that values and errors are the same.  Hooks of the user's may run
more than once for that reason.  Nothing else in the package knows which one runs.

The environment variable ``SYMPHONY_PURE`` set to anything but the empty
string turns the engine off, when this is imported.
"""

from __future__ import annotations

import os
import sysconfig

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from .schema import build_schema


if TYPE_CHECKING:
    from .converter import WireConverter
    from .errors import DecodeError


__all__ = ["ENGINE", "WHY_NOT", "disagreements", "quick_decoder", "quick_encoder"]

# Names of fields and variants are texts of a document, too; below this the compiled engine does not look after the
# limits on texts and entries.
_LEAST_TEXT: Final = 1024
_LEAST_ITEMS: Final = 256


def _load() -> tuple[ModuleType | None, ModuleType | None, str]:
    if os.environ.get("SYMPHONY_PURE"):
        return None, None, "SYMPHONY_PURE is set"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        # Reading slots directly would race, and importing it would turn the lock on again.
        return None, None, "this Python is free-threaded"
    try:
        from .compiled import _decode, _encode  # type: ignore[attr-defined]  # compiled, where it is
    except ImportError:
        return None, None, "it was not compiled when the package was installed"
    return _decode, _encode, ""


_decode, _encode, WHY_NOT = _load()
"""Why there is no engine; empty if there is."""

ENGINE: Final = "compiled" if _decode is not None else "python"
"""Which engine runs: ``compiled`` or ``python``."""


def disagreements() -> tuple[list[Callable[..., Any]], ...]:
    """
    Return the lists of what is told when the reference takes what the engine has refused.

    That costs time and nothing else; the tests of this package take it for a
    fault.
    """
    return tuple(module.disagreements for module in (_decode, _encode) if module is not None)


def quick_decoder(
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
        fallback: The reference; asked whenever the engine refuses.
        explain: The same for what is left when the engine has read all but
            what it refuses; see `symphony_codecs._explanation`.

    Raises:
        FormatError: The type has no representation.
    """
    if _decode is None:
        from .python import generated_decoder

        return generated_decoder(converter, as_type, fallback, explain)
    form, options = converter.format, converter.options
    schema = build_schema(as_type, converter, "structure")
    decoder: Callable[[Any], Any] = _decode.make_decoder(
        schema, form.loads, form.layout, options.limits, options.strict, fallback, explain
    )
    return decoder


def quick_encoder(converter: WireConverter, as_type: Any, fallback: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """
    Return what writes values of *as_type*.

    Args:
        converter: The hooks of now and the options.
        as_type: The type.
        fallback: The reference; asked whenever the engine refuses.

    Raises:
        FormatError: The type has no representation.
    """
    form, options = converter.format, converter.options
    limits = options.limits
    if _encode is None or form.layout is None or limits.max_text < _LEAST_TEXT or limits.max_items < _LEAST_ITEMS:
        from .python import generated_encoder

        return generated_encoder(converter, as_type, fallback)
    schema = build_schema(as_type, converter, "unstructure")
    encoder: Callable[[Any], bytes] = _encode.make_encoder(schema, form.layout, limits, options.strict, fallback)
    return encoder
