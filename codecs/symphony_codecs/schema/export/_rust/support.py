"""Rust code for forms that derives of serde lack: the module ``wire``, of which each file gets the parts it uses."""

from __future__ import annotations

import functools
import re

from collections.abc import Collection, Mapping
from importlib import resources
from typing import Final


__all__ = ["wire_module"]

_MARK: Final = re.compile(r"^// --- (\w+)\n", re.MULTILINE)
_PLACE: Final = "    // wide\n"
_NEEDS: Final = {
    "int": ("int_visitor", "write_int"),
    "int64": ("int_visitor", "write_int"),
    "any": ("write_int",),
    "equals": ("any", "write_int"),
    "name_of": ("any", "write_int"),
}


@functools.cache
def _parts() -> Mapping[str, str]:
    _, *found = _MARK.split(
        resources.files(__name__.rpartition(".")[0]).joinpath("wire.rs").read_text(encoding="utf-8")
    )
    return {name: text.rstrip("\n") for name, text in zip(found[::2], found[1::2], strict=True)}


def wire_module(used: Collection[str], *, is_wide: bool) -> str:
    """
    Return the module ``wire``; nothing where no part is used.

    Args:
        used: The names of the parts, as in ``wire.rs``.
        is_wide: Whether integers beyond 64 bits are text or bytes, as in MessagePack.
    """
    needed = {need for part in used for need in (part, *_NEEDS.get(part, ()))}
    if not needed:
        return ""
    parts = dict(_parts())
    wide, wide_writer = f"\n{parts.pop('wide')}\n", parts.pop("write_wide_int")
    parts["int_visitor"] = parts["int_visitor"].replace(_PLACE, wide if is_wide else "")
    if is_wide:
        parts["write_int"] = wide_writer
    text = "\n\n".join(part for name, part in parts.items() if name in needed)
    body = "\n".join(f"    {line}".rstrip() for line in text.splitlines())
    return f"/// What serde's derives do not have.\npub mod wire {{\n    #![allow(dead_code)]\n\n{body}\n}}\n"
