"""The contenders of the sweep, each encoding and decoding its own classes."""

from __future__ import annotations

import functools
import importlib

from collections.abc import Callable
from typing import Any, Final

import attrs
import orjson

from .cases import Case
from .converters import converter_for
from .wire import WIRE, read_builtins, written_builtins


__all__ = ["CONTENDERS", "Functions"]


@attrs.frozen
class Functions:
    """
    The functions of one library for a case.

    Args:
        value: The value of the document, in the library's classes.
        encode: Encodes the value.
        decode: Decodes a document.
    """

    value: Any
    encode: Callable[[Any], bytes]
    decode: Callable[[Any], Any]


def _symphony(case: Case) -> Functions:
    own = case.side("own")
    return Functions(own.value, case.codec.encoder(own.root), case.codec.decoder(own.root))


def _cattrs(case: Case, *, detailed: bool = False) -> Functions:
    own = case.side("own")
    converter = converter_for(case, detailed=detailed)
    dumps, loads = WIRE[case.point.format]
    read, write = converter.get_structure_hook(own.root), converter.get_unstructure_hook(own.root)
    root = own.root
    # Like the converter's own dumps and loads, without looking up the hook each time.
    return Functions(own.value, lambda value: dumps(write(value)), lambda data: read(loads(data), root))


def _msgspec(case: Case) -> Functions:
    struct = case.side("struct")
    name = case.point.format.partition("-")[0]
    if name == "cbor":
        raise LookupError("no CBOR")
    module: Any = importlib.import_module(f"msgspec.{name}")
    how = {} if name == "json" else {"uuid_format": "bytes"}
    return Functions(struct.value, module.Encoder(**how).encode, module.Decoder(struct.root).decode)


def _bare(case: Case) -> Functions:
    format_ = case.point.format
    value = read_builtins(case.good, format_)
    dumps, loads = WIRE[format_]
    if format_ == "json" and written_builtins(value, format_) != orjson.dumps(value):
        raise LookupError("orjson has no such integers")
    return Functions(value, dumps, loads)


CONTENDERS: Final[dict[str, Callable[[Case], Functions]]] = {
    "symphony": _symphony,
    "cattrs": _cattrs,
    "cattrs, detailed": functools.partial(_cattrs, detailed=True),
    "msgspec": _msgspec,
    "bare": _bare,
}
