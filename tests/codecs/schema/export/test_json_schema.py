"""JSON Schemas: what is encoded is valid in both directions, and what is valid decodes."""

from __future__ import annotations

import json
import random

from collections.abc import Iterable
from typing import Any

import pytest

from hypothesis import given, settings
from jsonschema import Draft202012Validator

from symphony_codecs import Codec, DecodeError, get_codec
from symphony_codecs.schema.export import json_schema
from symphony_codecs.testing import domain_strategies
from tests.codecs.document_models import MODELS, Model
from tests.codecs.everything import KNOBS, Everything, everythings
from tests.codecs.schema.export.damage import damaged
from tests.codecs.schema.export.few import FEW


DOMAIN = domain_strategies()


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


class Checked:
    """A type whose documents are held to its schemas."""

    def __init__(self, tp: Any, codec: Codec) -> None:
        self.tp, self.codec = tp, codec
        self.schema = json_schema(tp, codec)
        self.read = _validator(self.schema)
        self.written = _validator(json_schema(tp, codec, direction="write"))
        self.has_checks = "$comment" in json.dumps(self.schema)

    def hold(self, values: Iterable[Any], *, damages: int = 4) -> int:
        """Hold documents of *values*, and those with something changed; return how many of these were valid."""
        rng, valid = random.Random(1), 0
        for value in values:
            data = self.codec.encode(value, self.tp)
            document = json.loads(data)
            self.written.validate(document)
            self.read.validate(document)
            valid += sum(self.decodes(damaged(document, rng)) for _ in range(damages))
        return valid

    def decodes(self, document: Any) -> bool:
        """Return whether *document* is valid; then it decodes, unless code of the class refuses it."""
        if not self.read.is_valid(document):
            return False
        data = json.dumps(document).encode()
        try:
            self.codec.decode(data, self.tp)
        except DecodeError as exc:
            refusal = str(exc)
        else:
            return True
        # JSON Schema cannot tell 1.0 from 1.
        assert self.has_checks or b".0" in data, f"{data!r} is valid, but {refusal}"
        return True


@pytest.mark.parametrize("tp", list(DOMAIN), ids=lambda tp: getattr(tp, "__name__", str(tp)))
def test_documents_of_the_domain_are_valid_and_valid_ones_decode(tp: Any) -> None:
    checked = Checked(tp, get_codec("json"))

    @FEW
    @given(DOMAIN[tp])
    def hold(value: Any) -> None:
        checked.hold([value])

    hold()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("options", [{}, {"omit_defaults": True, "unknown_fields": "forbid"}], ids=str)
def test_documents_of_public_formats_are_valid_and_valid_ones_decode(model: Model, options: Any) -> None:
    if "json" in model.refused:
        return
    value = model.adapt(get_codec("json")).decode(json.dumps(model.document).encode(), model.type)
    codec = model.adapt(get_codec("json").with_options(**options))
    assert Checked(model.type, codec).hold([value], damages=30) < 30


@given(everythings(KNOBS["json"]))
@settings(FEW, max_examples=5)
def test_a_class_with_everything(value: Everything) -> None:
    EVERYTHING.hold([value], damages=10)


EVERYTHING = Checked(Everything, get_codec("json"))
