"""What generated functions are held to: the same nodes, interpreted one by one, with nothing generated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from symphony_codecs import Codec, DecodeError, EncodeError
from symphony_codecs.python import decode_error, encode_error, recover
from symphony_codecs.python.explain import Explainer, Resume
from symphony_codecs.python.explain_reading import READERS
from symphony_codecs.python.explain_writing import writers
from symphony_codecs.schema import build_schema


__all__ = ["interpreted_decoder", "interpreted_encoder", "outcome", "refuse_to_resume"]


def interpreted_decoder(codec: Codec, tp: Any) -> Callable[[Any], Any]:
    """Return the function from documents to values that interprets the schema."""
    schema = build_schema(tp, codec.converter, "structure", for_engine=False)
    parts = Explainer(schema, READERS)
    loads, limits, strict = codec.format.loads, codec.options.limits, codec.options.strict

    def read(tree: Any, _: Any) -> Any:
        return parts.run(schema.root, tree)

    def decode(data: Any) -> Any:
        issues: list[Any] = []
        try:
            tree = loads(data, limits, strict)
        except Exception as exc:
            raise decode_error(exc, codec.converter, tp) from exc
        try:
            return read(tree, tp)
        except Exception as exc:
            try:
                value = recover(exc, read, tree, tp, None, issues)
            except RecursionError as deep:
                raise decode_error(deep, codec.converter, tp) from None
            if issues:
                raise DecodeError(format=codec.name, as_type=tp, issues=issues) from exc
            return value

    return decode


def interpreted_encoder(codec: Codec, tp: Any) -> Callable[[Any], bytes]:
    """Return the function from values to documents that interprets the schema."""
    schema = build_schema(tp, codec.converter, "unstructure", for_engine=False)
    parts = Explainer(schema, writers(codec.converter.encoded))

    def encode(value: Any) -> bytes:
        try:
            return codec.format.dumps(parts.run(schema.root, value), codec.options.limits, codec.options.strict)
        except Exception as exc:
            raise encode_error(exc, codec.converter, tp) from exc

    return encode


def outcome(call: Callable[[Any], Any], argument: Any) -> Any:
    """Return what *call* gives, or the issues of what it raises."""
    try:
        return call(argument)
    except (DecodeError, EncodeError) as exc:
        return exc.issues


def refuse_to_resume(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test where a generated function refuses something."""

    def fail(_: Resume, value: Any, exc: Exception) -> Any:
        pytest.fail(f"refused {value!r}: {exc!r}")

    monkeypatch.setattr(Resume, "__call__", fail)
