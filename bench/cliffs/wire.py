"""The libraries of the formats alone: builtins to bytes and back."""

from __future__ import annotations

import functools
import json

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import cbor2
import msgpack
import orjson


__all__ = ["WIRE", "Functions", "pack", "read_builtins", "written_builtins"]

# Dumps and loads.
Functions: TypeAlias = tuple[Callable[[Any], Any], Callable[[Any], Any]]

pack: Final[Callable[[Any], Any]] = msgpack.packb
_unpack: Final = functools.partial(msgpack.unpackb, strict_map_key=False)
WIRE: Final[Mapping[str, Functions]] = {
    "json": (functools.partial(orjson.dumps, option=orjson.OPT_NON_STR_KEYS), orjson.loads),
    "msgpack": (pack, _unpack),
    "msgpack-compact": (pack, _unpack),
    "cbor": (cbor2.dumps, cbor2.loads),
}


def read_builtins(data: bytes, format_: str) -> Any:
    """Decode with the format's library; JSON integers may have any length."""
    return json.loads(data) if format_ == "json" else WIRE[format_][1](data)


def written_builtins(builtins: Any, format_: str) -> bytes:
    """Encode with the format's library; JSON integers may have any length."""
    dumps: Any = WIRE[format_][0]
    try:
        return bytes(dumps(builtins))
    except TypeError:
        if format_ != "json":
            raise
        return json.dumps(builtins, separators=(",", ":"), ensure_ascii=False).encode()
