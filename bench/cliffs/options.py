"""Every option of a codec, and the equivalents of the other libraries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from symphony_codecs import Codec, FieldOptions


__all__ = ["OPTIONS", "Option"]


@attrs.frozen(kw_only=True)
class Option:
    """
    An option.

    Args:
        name: The name in tables.
        codec: Returns the codec with the option set, given the classes of records.
        struct: The equivalent arguments of msgspec's Structs; ``None`` if there are none.
        converter: The equivalent arguments of cattrs' converters.
        rename: Returns the name of a field for cattrs.
        positional: Whether records are arrays.
    """

    name: str
    codec: Callable[[Codec, Sequence[Any]], Codec]
    struct: Mapping[str, Any] | None = attrs.field(factory=dict)
    converter: Mapping[str, Any] = attrs.field(factory=dict)
    rename: Callable[[str], str] | None = None
    positional: bool = False


def _with(**changes: Any) -> Callable[[Codec, Sequence[Any]], Codec]:
    return lambda codec, _classes: codec.with_options(**changes)


def _each(**how: Any) -> Callable[[Codec, Sequence[Any]], Codec]:
    def change(codec: Codec, classes: Sequence[Any]) -> Codec:
        for cls in classes:
            codec = codec.with_class(cls, **how)
        return codec

    return change


def _prefixed(name: str) -> str:
    return f"x-{name}"


OPTIONS: Final = {
    option.name: option
    for option in (
        Option(name="none", codec=lambda codec, _classes: codec),
        Option(
            name="omit_defaults",
            codec=_with(omit_defaults=True),
            struct={"omit_defaults": True},
            converter={"omit_if_default": True},
        ),
        Option(
            name="omit_none",
            codec=_each(fields={"note": FieldOptions(omit_none=True)}),
            struct={"omit_defaults": True},
            converter={"omit_if_default": True},
        ),
        Option(
            name="rename, rule",
            codec=_with(rename="SCREAMING_SNAKE_CASE"),
            struct={"rename": str.upper},
            rename=str.upper,
        ),
        Option(
            name="rename, function",
            codec=_with(rename=_prefixed),
            struct={"rename": _prefixed},
            rename=_prefixed,
        ),
        Option(
            name="unknown_fields=forbid",
            codec=_with(unknown_fields="forbid"),
            struct={"forbid_unknown_fields": True},
            converter={"forbid_extra_keys": True},
        ),
        Option(name="unknown_fields=keep", codec=_with(unknown_fields="keep")),
        Option(
            name="positional",
            codec=_with(positional=True),
            struct={"array_like": True},
            positional=True,
        ),
        Option(name="positional=False", codec=_with(positional=False)),
        Option(name="strict", codec=_with(strict=True)),
        Option(name="small limits", codec=_with(max_depth=16, max_items=250, max_text=2500, max_size=2**23)),
        Option(name="required", codec=_each(fields={"note": FieldOptions(required=True)})),
        Option(
            name="one class renamed",
            codec=_each(rename="UPPERCASE"),
            struct={"rename": str.upper},
            rename=str.upper,
        ),
    )
}
