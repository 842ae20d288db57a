"""The codec of the documents that rows stand for: JSON, in which each field of a class is there, under its name."""

from __future__ import annotations

from typing import Any

import attrs

from ..codec import Codec
from ..converter import WireConverter
from ..options import ClassOptions, CodecOptions, FieldOptions
from ..registry import get_codec
from ..schema.wire_classes import DurationWire, TimedeltaWire


__all__ = ["columnar"]

# Whatever fields are called elsewhere, columns have these by their unit.
_AS_IT_IS = ClassOptions(rename="snake_case")


def columnar(codec: Codec) -> Codec:
    """
    Return the codec whose documents are the rows of a table.

    It has the options and hooks of another, but for those about which fields
    are there and where: a column is there for each row.

    Args:
        codec: The other, of any format.
    """
    form = codec.format if codec.format.layout == "json" else get_codec("json").format
    old = codec.converter
    shaped: dict[type, ClassOptions] = {cls: _of_class(each) for cls, each in old.classes.items()}
    shaped.update(dict.fromkeys((DurationWire, TimedeltaWire), _AS_IT_IS))
    new = WireConverter(form, _of_codec(old.options), classes=shaped, unions=old.unions, enums=old.enums)
    new.register_again(old.registrations)
    return Codec(form, new)


def _of_codec(options: CodecOptions) -> CodecOptions:
    return attrs.evolve(options, omit_defaults=False, positional=False, sort_keys=False)


def _of_class(options: ClassOptions) -> ClassOptions:
    fields = {name: _of_field(each) for name, each in options.fields.items()}
    return attrs.evolve(options, omit_defaults=False, positional=False, fields=fields)


def _of_field(options: FieldOptions) -> FieldOptions:
    name: Any = options.rename
    return attrs.evolve(
        options,
        rename=str(name) if type(name) is int else name,
        omit_none=False,
        omit_default=False,
        flatten=False,
    )
