"""
TOML 1.0, for configuration: read by the standard library, written by ``tomli_w`` (extra ``toml``).

- The document is a table, so the whole value has to be a map with str keys.
- TOML has no null: None is left out of maps and refused elsewhere.
- Within a map, tables come after everything else, so that its order is lost.
- Ints lie between -9223372036854775808 and 9223372036854775807.
- NaN and the infinities are ``nan`` and ``inf``; `strict` refuses them.
- Dates and times are read as their RFC 3339 text and written as text; bytes
  have no form here (codecs write base64 text).
- Equal keys are refused.
- An `ExtensionManifest` is also read in the form that people write, as a
  ``Symphony.toml`` with a table ``[package]`` or ``[extension]``.
"""

from __future__ import annotations

import datetime as dt
import tomllib

from collections.abc import Callable
from typing import Any, Final, cast

from cattrs import Converter

from symphony_types.checks import describe
from symphony_types.extension.document import manifest_from_toml_document
from symphony_types.extension.manifest import ExtensionManifest

from ._depth import check_tree
from ._plain import Rules, bounded, rebuild
from .base import Format, FormatError, Limits, contiguous, too_deep, too_large


__all__ = ["FORMAT", "configure", "dumps", "loads"]

_INT_RANGE: Final = (-(2**63), 2**63 - 1)
# the tables that mark a document as one that people wrote
_TABLES: Final = frozenset(("package", "extension"))


def dumps(value: object, limits: Limits, strict: bool) -> bytes:
    """
    Write a dict as TOML.

    Args:
        value: A dict with str keys of bool, int, float, str, list, tuple and
            dict; None only as a value of a dict.
        limits: Depth, size and lengths.
        strict: Whether to refuse NaN and the infinities.

    Raises:
        FormatError: For anything else in the tree, beyond a limit, and
            ``unsupported_type`` without ``tomli_w``.
    """
    if not isinstance(value, dict):
        raise FormatError.of("wrong_type", "a map, which a TOML document is", describe(value))
    plain = cast("dict[str, object]", rebuild(value, _RULES, limits, finite=strict))
    write = _writer()
    try:
        data = write(plain).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        raise FormatError.of("invalid_value", "a value that TOML has", str(exc)) from None
    if len(data) > limits.max_size:
        raise too_large(len(data), limits)
    return data


def loads(data: bytes | bytearray | memoryview, limits: Limits, strict: bool) -> object:
    """
    Read TOML into a dict.

    Args:
        data: Any buffer.
        limits: Depth, size and lengths.
        strict: Whether to refuse NaN and the infinities.

    Raises:
        FormatError: For what is no TOML document, and beyond a limit.
    """
    data = contiguous(data, limits)
    try:
        value = tomllib.loads(data.decode())
    except UnicodeDecodeError as exc:
        raise FormatError.of("invalid_value", "UTF-8", f"byte 0x{data[exc.start]:02x} at offset {exc.start}") from None
    except RecursionError:
        raise too_deep(limits) from None
    except ValueError as exc:
        reason = str(exc)
        reason = reason[:1].lower() + reason[1:]
        raise FormatError.of("syntax", "valid TOML", reason, message=reason) from None
    check_tree(value, limits, finite=strict)
    return _without_dates(value)


def configure(converter: Converter) -> None:
    """Let *converter* read an `ExtensionManifest` from a ``Symphony.toml``, too."""
    read = converter.get_structure_hook(ExtensionManifest)

    def structure_manifest(value: Any, tp: Any) -> ExtensionManifest:
        if isinstance(value, dict) and not _TABLES.isdisjoint(value):
            value = manifest_from_toml_document(value)
        manifest: ExtensionManifest = read(value, tp)
        return manifest

    converter.register_structure_hook(ExtensionManifest, structure_manifest)


def _writer() -> Callable[[dict[str, object]], str]:
    try:
        import tomli_w
    except ImportError:
        message = "writing TOML needs tomli_w: install symphony-types[toml]"
        raise FormatError.of("unsupported_type", "tomli_w", "nothing", message=message) from None
    return tomli_w.dumps


def _without_dates(root: dict[str, object]) -> dict[str, object]:
    """Turn dates and times into text, in place."""
    todo: list[Any] = [root]
    while todo:
        container = todo.pop()
        entries = container.items() if isinstance(container, dict) else enumerate(container)
        for key, child in list(entries):
            if isinstance(child, (dict, list)):
                todo.append(child)
            elif isinstance(child, (dt.date, dt.time)):
                text = child.isoformat()
                container[key] = text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
    return root


_RULES: Final = Rules(integer=bounded(*_INT_RANGE), text_keys=True, binary=False, drop_none=True)

FORMAT: Final = Format(
    name="toml",
    content_type="application/toml",
    format_id=None,
    is_binary=False,
    human_readable=True,
    none=False,
    text_keys=True,
    int_range=_INT_RANGE,
    top_level="table",
    dumps=dumps,
    loads=loads,
    configure=configure,
)
