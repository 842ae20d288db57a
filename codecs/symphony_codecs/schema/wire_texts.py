"""Texts of which a fingerprint is a digest: for values on the wire, and for fields that may be left out."""

from __future__ import annotations

import dataclasses

from collections.abc import Sequence
from typing import Any, NoReturn

import attrs

from .._signals import raise_if_from_signal
from ..formats.base import CborTag, bare_key
from . import nodes
from .defaults import EMPTY, default_of
from .registry import Registry


__all__ = ["UnknownFormError", "left_out", "unknown_form", "wire_text"]


class UnknownFormError(Exception):
    """A hook writes or reads a part, and nothing says which form that has."""


def wire_text(wire: Any) -> str:
    """Return a text that tells builtins apart, the same in each version of Python."""
    if isinstance(wire, CborTag):
        return f"tag {wire.tag} {wire_text(wire.value)}"
    wire = bare_key(wire)
    if isinstance(wire, dict):
        return f"{{{','.join(sorted(f'{wire_text(key)}:{wire_text(item)}' for key, item in wire.items()))}}}"
    if isinstance(wire, (list, tuple)):
        return f"[{','.join(map(wire_text, wire))}]"
    if type(wire) is int:
        return hex(wire)  # decimal text has a limit
    return ascii(wire) if wire is None or type(wire) in (bool, float, str, bytes) else unknown_form()


def unknown_form() -> NoReturn:
    """Raise `UnknownFormError`, inside an expression."""
    raise UnknownFormError


def left_out(cls: type, field: nodes.Field, registry: Registry) -> str:
    """
    Return a text for which values of a field are left out, empty if none are.

    Args:
        cls: The class that has the field.
        field: The field.
        registry: The converter of a codec, by which defaults are written.
    """
    words = [" if there"] if field.absent is not nodes.ABSENT else []
    if field.omit_none:
        words.append(" if not null")
    if field.is_default is not None:
        words.append(f" if not {_default(cls, field.name, registry)}")
    return "".join(words)


def _default(cls: type, name: str, registry: Registry) -> str:
    default = default_of(next(field for field in _fields_of(cls) if field.name == name))
    if isinstance(default, nodes.Factory):
        return f"{default.call.__name__}()" if default.call in EMPTY else "computed"
    return _value(getattr(default, "value", None), registry)


def _value(value: Any, registry: Registry) -> str:
    try:
        return wire_text(registry.untyped()(value))
    except Exception as exc:  # noqa: BLE001 - a member of a union, or a hook of the user's
        raise_if_from_signal(exc)
    held = (
        f"{wire_text(each.name)}:{_value(getattr(value, each.name, None), registry)}"
        for each in _fields_of(type(value))
    )
    return f"[{' '.join(held)}]"


def _fields_of(cls: Any) -> Sequence[Any]:
    if not attrs.has(cls):
        return dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else ()
    found: Sequence[Any] = attrs.fields(cls)
    return found
