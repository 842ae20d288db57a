"""What forms say holds in every format: encoded documents fit in both directions, and what fits is decoded."""

from __future__ import annotations

import random

from collections.abc import Iterator
from typing import Any

import pytest

from jsonschema import Draft202012Validator

from symphony_codecs import Codec, DecodeError, EncodeError, FormatError, get_codec
from symphony_codecs.schema.export import document_of, json_schema_of
from tests.codecs.schema.export.damage import damaged
from tests.codecs.schema.export.fits import fits, has_checks
from tests.codecs.schema.export.shapes import SHAPES, Shape


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")


def hold(tp: Any, codec: Codec, values: Any, *, damages: int = 8) -> int:
    """Hold documents of *values*, and those with something changed; return how many values were encoded."""
    written, read = (document_of(tp, codec, direction=direction) for direction in ("write", "read"))
    assert list(written.definitions) == list(read.definitions)
    rng, form, limits = random.Random(2), codec.format, codec.options.limits
    encoded = 0
    for value in values:
        try:
            data = codec.encode(value, tp)
        except EncodeError:
            continue
        encoded += 1
        tree = form.loads(data, limits, False)
        assert fits(written, tree), f"{tree!r} does not fit what is written"
        assert fits(read, tree), f"{tree!r} does not fit what is read"
        for _ in range(damages):
            changed = damaged(tree, rng)
            try:
                again = form.dumps(changed, limits, False)
                changed = form.loads(again, limits, False)
            except (FormatError, TypeError):
                continue
            if fits(read, changed):
                _decode(codec, tp, again, changed, excused=has_checks(read))
    return encoded


def _decode(codec: Codec, tp: Any, data: bytes, tree: Any, *, excused: bool) -> None:
    try:
        codec.decode(data, tp)
    except DecodeError as exc:
        refusal = str(exc)
    else:
        return
    assert excused, f"{tree!r} fits, but {refusal}"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_shapes(shape: Shape, name: str) -> None:
    if shape.formats and name not in shape.formats:
        return
    assert hold(shape.type, shape.adapt(get_codec(name)), shape.values)


@pytest.mark.parametrize(
    "shape", [each for each in SHAPES if "json" in (each.formats or FORMATS)], ids=lambda s: s.name
)
def test_a_json_schema_says_what_forms_say(shape: Shape) -> None:
    """What is valid is what fits, but for integers as floats, which JSON Schema does not tell apart."""
    codec = shape.adapt(get_codec("json"))
    rng, both = random.Random(3), ("write", "read")
    documents = [document_of(shape.type, codec, direction=direction) for direction in both]
    schemas = [json_schema_of(document) for document in documents]
    for schema in schemas:
        Draft202012Validator.check_schema(schema)
    validators = [Draft202012Validator(each, format_checker=Draft202012Validator.FORMAT_CHECKER) for each in schemas]
    for value in shape.values:
        tree = codec.format.loads(codec.encode(value, shape.type), codec.options.limits, False)
        for changed in (tree, *(damaged(tree, rng) for _ in range(12))):
            if any(number.is_integer() for number in _floats(changed)):
                continue
            for document, validator in zip(documents, validators, strict=True):
                assert validator.is_valid(changed) == fits(document, changed), f"{document.direction}: {changed!r}"


def _floats(tree: Any) -> Iterator[float]:
    """Yield the floats in *tree*."""
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list):
        for item in tree:
            yield from _floats(item)
    elif isinstance(tree, float):
        yield tree
