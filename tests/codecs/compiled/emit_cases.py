"""How tests hold writing by the engine to the reference: the same bytes, or both refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs._making import making
from symphony_codecs.schema import build_schema


__all__ = ["NAMES", "Refused", "agree", "codec_of", "engine", "outcome", "reference"]

NAMES = ("json", "msgpack", "msgpack-compact", "cbor")


class Refused(Exception):  # noqa: N818 - an outcome
    """Stands for the reference where the engine has none of its own."""


def _refuse(_: Any) -> bytes:
    raise Refused


def codec_of(name: str, **options: Any) -> Codec:
    """Return a codec; a shared one unless there are options."""
    return get_codec(name).with_options(**options) if options else get_codec(name)


def reference(codec: Codec, tp: Any) -> Callable[[Any], bytes]:
    """Return generated Python's hooks, then the format: what the engine has to do as well."""
    with making():  # or the hook would be the engine's
        hook = codec.converter.get_unstructure_hook(tp)
    dumps, limits, strict = codec.format.dumps, codec.options.limits, codec.options.strict
    return lambda value: dumps(hook(value), limits, strict)


def engine(codec: Codec, tp: Any, fallback: Callable[[Any], bytes] = _refuse) -> Callable[[Any], bytes]:
    """Return the engine's writer, by default without anything behind it."""
    emit = pytest.importorskip("symphony_codecs.compiled._encode")
    schema = build_schema(tp, codec.converter, "unstructure")
    layout = codec.format.layout
    assert layout is not None
    encode: Callable[[Any], bytes] = emit.make_encoder(
        schema, layout, codec.options.limits, codec.options.strict, fallback
    )
    return encode


def outcome(encode: Callable[[Any], bytes], value: Any) -> bytes | None:
    """Return the bytes, ``None`` if it is refused."""
    try:
        return encode(value)
    except Exception:  # noqa: BLE001 - the issues are the reference's in any case
        return None


def agree(codec: Codec, tp: Any, *values: Any) -> None:
    """Hold the engine to the reference; where that writes a value, the engine must not need it."""
    ours, theirs = engine(codec, tp), reference(codec, tp)
    for value in values:
        assert outcome(ours, value) == outcome(theirs, value)
