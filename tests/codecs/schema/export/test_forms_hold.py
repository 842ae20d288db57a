"""What forms say holds in every format: encoded documents fit in both directions, and what fits is decoded."""

from __future__ import annotations

import itertools
import random

from collections.abc import Iterator
from typing import Any

import pytest

from jsonschema import Draft202012Validator

from symphony_codecs import Codec, DecodeError, EncodeError, FormatError, get_codec
from symphony_codecs.schema.export import document_of, json_schema_of
from tests.codecs.schema.export.damage import damaged
from tests.codecs.schema.export.fits import fits, has_checks
from tests.codecs.schema.export.shapes import SHAPES, Fields, Shape
from tests.codecs.sweep import CLASSES, KINDS, OPTIONS, Option, class_of, instance_of


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")
WITH_NONE = ("fields", "members", "flattened")
SWEPT = ("none", "positional", "aliases")


def hold(tp: Any, codec: Codec, values: Any, *, damages: int = 5) -> int:
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


def _pairs() -> list[Any]:
    """Return each type with the formats that have it: half of them, the other half for the next one."""
    every = itertools.product(enumerate(SHAPES), enumerate(FORMATS))
    return [
        pytest.param(shape, name, id=f"{shape.name}-{name}")
        for (index, shape), (place, name) in every
        if name in (shape.formats or FORMATS) and (shape.formats or (index + place) % 2 == 0)
    ]


@pytest.mark.parametrize(("shape", "name"), _pairs())
def test_shapes(shape: Shape, name: str) -> None:
    assert hold(shape.type, shape.adapt(get_codec(name)), shape.values)


def _swept(option: Option, name: str) -> Iterator[tuple[str, Any, Codec, list[Any]]]:
    """Yield a class with each kind of field, made in another way for each option and format, so that all meet."""
    first = OPTIONS.index(option) + FORMATS.index(name)
    for made, kind in zip(itertools.islice(itertools.cycle(CLASSES), first, None), KINDS, strict=False):
        cls = class_of(kind, made)
        try:
            codec = option.apply(get_codec(name), cls, kind)
            codec.encoder(cls), codec.decoder(cls)
        except (ValueError, TypeError, EncodeError, DecodeError):
            continue  # which the sweep looks at
        yield f"{kind.name}, {made}", cls, codec, [instance_of(kind, cls, value) for value in kind.values]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_each_option_on_each_kind_of_field(option: Option) -> None:
    """One format for each option, and another one for the next."""
    name = FORMATS[OPTIONS.index(option) % len(FORMATS)]
    wrong: list[str] = []
    held = 0
    for what, cls, codec, values in _swept(option, name):
        try:
            held += hold(cls, codec, values, damages=1)
        except Exception as exc:  # noqa: BLE001 - all that is wrong is listed
            wrong.append(f"{what}: {type(exc).__name__}: {exc}")
    assert not wrong, "\n".join(wrong)
    assert held or (option.name, name) == ("rename to an integer", "json")


def _hold_schemas(tp: Any, codec: Codec, values: Any, *, damages: int) -> None:
    """Hold JSON Schemas to forms: what is valid is what fits, but for integers as floats, which they cannot tell."""
    rng, both = random.Random(3), ("write", "read")
    documents = [document_of(tp, codec, direction=direction) for direction in both]
    schemas = [json_schema_of(document) for document in documents]
    Draft202012Validator.check_schema(schemas[1])
    validators = [Draft202012Validator(each, format_checker=Draft202012Validator.FORMAT_CHECKER) for each in schemas]
    for value in values:
        try:
            data = codec.encode(value, tp)
        except EncodeError:
            continue
        tree = codec.format.loads(data, codec.options.limits, False)
        for changed in (tree, *(damaged(tree, rng) for _ in range(damages))):
            if any(number.is_integer() for number in _floats(changed)):
                continue
            for document, validator in zip(documents, validators, strict=True):
                assert validator.is_valid(changed) == fits(document, changed), f"{document.direction}: {changed!r}"


@pytest.mark.parametrize("shape", [s for s in SHAPES if s.name.startswith(WITH_NONE)], ids=lambda s: s.name)
def test_shapes_in_a_format_without_null(shape: Shape) -> None:
    assert hold(shape.type, shape.adapt(get_codec("toml")), shape.values) or "positional" in shape.name  # has no place


def test_a_positional_class_is_a_map_where_unknown_fields_are_kept() -> None:
    codec = get_codec("json").with_options(unknown_fields="keep", positional=True, omit_defaults=True)
    texts = (b'{"first_name": "n", "more": [1]}', b'["n"]', b'{"first_name": "n", "point": {"x": 2, "z": 1}}')
    values = [codec.decode(text, Fields) for text in texts]
    assert hold(Fields, codec, values) == len(values)
    _hold_schemas(Fields, codec, values, damages=5)


@pytest.mark.parametrize("shape", [s for s in SHAPES if "json" in (s.formats or FORMATS)], ids=lambda s: s.name)
def test_a_json_schema_says_what_forms_say(shape: Shape) -> None:
    _hold_schemas(shape.type, shape.adapt(get_codec("json")), shape.values, damages=5)


@pytest.mark.parametrize("option", [o for o in OPTIONS if o.name in SWEPT], ids=lambda option: option.name)
def test_a_json_schema_of_each_kind_of_field_says_what_forms_say(option: Option) -> None:
    for _, cls, codec, values in _swept(option, "json"):
        _hold_schemas(cls, codec, values, damages=2)


def _floats(tree: Any) -> Iterator[float]:
    """Yield the floats in *tree*."""
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list):
        for item in tree:
            yield from _floats(item)
    elif isinstance(tree, float):
        yield tree
