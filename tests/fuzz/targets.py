"""
Functions that take any bytes, and what has to hold of each.

- ``json``, ``msgpack``, ``cbor``: the engine and generated Python decode the same value or refuse for the same reasons,
  with `DecodeError`.  A decoded value encodes, to the same bytes in both, and those decode to it.
  ``decode_prefix`` finds the same value.
- ``frames``: frames and errors are the same however the bytes are cut, and whether C or Python reads them.
- ``policy``: a TOML file is a policy or `ConfigError`; ``check`` finds errors where ``load`` raises, and nowhere else.
- ``typeref``: a text is a type or `TypeReferenceError`; a document decodes as the type or `DecodeError` says why not.
- ``schema``: a file is a saved schema or `SavedSchemaError`; a saved schema is written and read back, and documents of
  a schema do not break for itself.

Anything else that is raised, a crash, a hang and a report of a sanitizer are faults.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import re
import tempfile
import zlib

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from unittest import mock

import pytest

from symphony_codecs import Codec, DecodeError, get_codec
from symphony_codecs.cli import typerefs
from symphony_codecs.framing.decoder import FrameDecoder
from symphony_codecs.schema.export.changes import compare
from symphony_codecs.schema.export.saved import SavedSchemaError, dump, load
from symphony_codecs.transports import FormatPolicy
from symphony_codecs.transports.names import TRANSPORTS
from symphony_types import ExtensionManifest, JsonRpcRequest, JsonRpcResponse, SymphonyError
from symphony_types.errors import ConfigError
from tests.codecs import everything
from tests.codecs.channels import both_ways
from tests.codecs.executors import decoders, encoders
from tests.codecs.framing.frame_cases import outcome, summary


__all__ = ["READ_AS", "TARGETS"]

READ_AS: Final[tuple[Any, ...]] = (
    everything.Everything,
    Any,
    JsonRpcRequest | JsonRpcResponse,
    ExtensionManifest,
    SymphonyError,
    list[everything.Circle | everything.Square | everything.Dot],
    everything.Cat | everything.Dog,
    everything.Circle | str | None,
    int | str | bool | list[int] | None,
    everything.Tree,
    everything.Box[everything.Box[str]],
    dict[everything.Word, list[float]],
)
"""The first byte of a reader's input chooses one, and the options of the codec.  No default is random or a time."""


@functools.cache
def _codecs(name: str) -> tuple[Codec, ...]:
    codec = get_codec(name)
    kept = codec.with_options(unknown_fields="keep", max_depth=20, max_items=100)
    return (codec, kept, codec.with_options(unknown_fields="forbid", omit_defaults=True), get_codec("msgpack-compact"))


def _read(name: str, data: bytes) -> None:
    if not data:
        return
    chosen, document = data[0], data[1:]
    codec = _codecs(name)[chosen % (4 if name == "msgpack" else 3)]
    tp = READ_AS[chosen // 4 % len(READ_AS)]
    try:
        prefix, end = codec.decode_prefix(document, tp)
    except DecodeError:
        end = -1
    else:
        assert everything.identical(codec.decode(document[:end], tp), prefix)
    value, other = (_outcome(decode, document) for decode in decoders(codec, tp))
    if isinstance(value, DecodeError):
        assert isinstance(other, DecodeError)
        assert value.issues == other.issues
        assert end < len(document)
        return
    assert everything.identical(value, other)
    assert end >= 0
    assert everything.identical(value, prefix)
    written, again = (encode(value) for encode in encoders(codec, tp))
    assert written == again
    for decode in decoders(codec, tp):
        assert everything.identical(decode(written), value)


def _outcome(decode: Callable[[bytes], Any], document: bytes) -> Any:
    try:
        return decode(document)
    except DecodeError as error:
        return error


def _frames(data: bytes) -> None:
    if len(data) < 3:
        return
    settings, first, second, *_ = data
    stream = _sealed(data[3:]) if settings & 1 else data[3:]
    pieces = _cut(stream, first, second)
    plain = {"checksum": bool(settings & 2), "check_sequence": bool(settings & 4)}
    whole = outcome(FrameDecoder(**plain), [stream], ended=True)  # type: ignore[arg-type]
    assert summary(whole) == summary(outcome(FrameDecoder(**plain), pieces, ended=True))  # type: ignore[arg-type]
    options = {"checksum": bool(settings & 2), "compressions": ("zlib",) if settings & 8 else (), "max_payload": 1024}
    *_, usual, general = both_ways.opened(options, None)
    told: tuple[list[Any], list[Any]] = ([], [])
    for one, events in zip((usual, general), told, strict=True):
        for piece in pieces:
            both_ways.feed(one, piece)
            both_ways.drain(one, events)
        one.receive_eof()
        both_ways.drain(one, events)
        events.append(both_ways.said(one))
    assert told[0] == told[1]


def _cut(stream: bytes, *places: int) -> list[bytes]:
    bounds = (0, *sorted(place % (len(stream) + 1) for place in places), len(stream))
    return [stream[begin:end] for begin, end in itertools.pairwise(bounds)]


def _sealed(stream: bytes) -> bytes:
    """Let the CRC of each header hold: no mutation finds it."""
    sealed = bytearray(stream)
    start = 0
    while len(sealed) >= start + 32:
        end = start + max(sealed[start + 3] * 8, 32)
        crc = zlib.crc32(sealed[start + 32 : end], zlib.crc32(sealed[start : start + 28]))
        sealed[start + 28 : start + 32] = crc.to_bytes(4, "big")
        start = end + int.from_bytes(sealed[start + 24 : start + 28], "big")
    return bytes(sealed)


def _policy(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        path = Path(file.name)
        path.write_bytes(data)
        errors = FormatPolicy.check(path, {})
        if errors:
            with pytest.raises(ConfigError, match=re.escape(str(errors[0]))):
                FormatPolicy.load(path, {})
            return
        policy = FormatPolicy.load(path, {})
    for transport in TRANSPORTS:
        explained = {choice.setting for choice in policy.explain(transport)}
        assert explained
        assert policy.profile(transport).formats


def _typeref(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        with mock.patch.object(typerefs, "import_name", _import_name):
            found = typerefs.parse_type(text)
    except typerefs.TypeReferenceError:
        return
    with contextlib.suppress(DecodeError):
        get_codec("json").copy().decode(b"null", found)


def _import_name(module: str, name: str, _what: str) -> Any:
    """Import nothing: a mutation may name any module."""
    found = getattr(everything, name, None)
    if module != everything.__name__ or found is None:
        raise typerefs.ImportedNameError(f"expected a name of {everything.__name__}, got {module}:{name}")
    return found


def _schema(data: bytes) -> None:
    try:
        saved = load(data)
    except SavedSchemaError:
        return
    assert load(dump(saved)) == saved
    assert not compare(saved, saved).breaks()


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    **{name: functools.partial(_read, name) for name in ("json", "msgpack", "cbor")},
    "frames": _frames,
    "policy": _policy,
    "typeref": _typeref,
    "schema": _schema,
}
