"""Typed models of public document formats: a value read in one format survives every other format, or is refused."""

from __future__ import annotations

import json
import re

from typing import Any

import cbor2
import pytest

from symphony_codecs import EncodeError, get_codec
from tests.codecs.conftest import NAMES
from tests.codecs.document_models import MODELS, CoseKey, Header, Model, Sign1, cose


def _read(model: Model, **options):
    codec = model.adapt(get_codec("json").with_options(**options))
    return codec, codec.decode(json.dumps(model.document).encode(), model.type)


def _is_refused(codec, value, model: Model) -> None:
    with pytest.raises(EncodeError, match="stands at one place in all of them"):
        codec.encode(value, model.type)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [{}, {"strict": True}, {"omit_defaults": True}], ids=str)
def test_documents_survive_every_format(model, name, options):
    """Every format keeps the whole document, with unknown fields."""
    as_json, value = _read(model, unknown_fields="keep")
    assert json.loads(as_json.encode(value, model.type)) == model.document
    codec = model.adapt(get_codec(name).with_options(unknown_fields="keep", **options))
    if name in model.refused:
        _is_refused(codec, value, model)
        return
    again = codec.decode(codec.encode(value, model.type), model.type)
    assert again == value
    assert json.loads(as_json.encode(again, model.type)) == model.document


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("name", NAMES)
def test_values_survive_without_unknown_fields(model, name):
    """Where unknown fields are ignored, all others survive."""
    _, value = _read(model)
    codec = model.adapt(get_codec(name))
    if name in model.refused:
        _is_refused(codec, value, model)
        return
    assert codec.decode(codec.encode(value, model.type), model.type) == value


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_damaged_part_is_named(model):
    """A part that does not fit the model is refused with its path."""
    codec = model.adapt(get_codec("json"))
    key = next(key for key, part in model.document.items() if isinstance(part, (list, dict)) and key != "metadata")
    damaged = json.dumps({**model.document, key: 5}).encode()
    with pytest.raises(Exception, match=re.escape(f"$.{key}")):
        codec.decode(damaged, model.type)


_KEY = {1: 2, 2: b"kid", 3: -7, -1: 1, -2: b"\x01" * 32, -3: b"\x02" * 32}


def test_a_cose_key_has_the_bytes_of_cbor2():
    """Labels are integers in both directions."""
    codec = cose(get_codec("cbor"))
    value = CoseKey(kty=2, kid=b"kid", alg=-7, crv=1, x=b"\x01" * 32, y=b"\x02" * 32)
    assert codec.decode(cbor2.dumps(_KEY), CoseKey) == value
    assert codec.encode(value) == cbor2.dumps(_KEY)


@pytest.mark.parametrize("name", ["cbor", "msgpack"])
def test_unknown_labels_survive(name):
    """A private label is kept as an integer, beside fields that are left out."""
    codec = cose(get_codec(name).with_options(unknown_fields="keep"))
    plain = get_codec(name)
    data = plain.encode({1: 2, -70001: "own", "text": 5}, dict[int | str, Any])
    assert codec.encode(codec.decode(data, CoseKey)) == data


def test_a_signed_message_is_an_array_behind_its_tag():
    """Tag 18 precedes an array whose second item is a map with integer keys."""
    codec = cose(get_codec("cbor"))
    data = cbor2.dumps(cbor2.CBORTag(18, [b"\xa1\x01\x26", {4: b"11"}, b"payload", b"s" * 64]))
    value = Sign1(b"\xa1\x01\x26", Header(kid=b"11"), b"payload", b"s" * 64)
    assert codec.decode(data, Sign1) == value
    assert codec.encode(value) == data[1:]


def test_json_has_no_integer_labels():
    """A codec of JSON refuses integer names when they are given."""
    with pytest.raises(ValueError, match=r"CoseKey.*kty"):
        cose(get_codec("json"))
