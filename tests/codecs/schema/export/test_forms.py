"""The forms of types: complete, and with the same definitions in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.schema.export import Document, document_of
from symphony_codecs.schema.export import forms as f
from symphony_codecs.testing import domain_strategies
from tests.codecs.document_models import MODELS


CODECS = ("json", "msgpack-compact")


def _typed() -> Iterator[tuple[Any, Codec]]:
    for name in CODECS:
        yield from ((tp, get_codec(name)) for tp in domain_strategies())
        yield from ((model.type, model.adapt(get_codec(name))) for model in MODELS if name not in model.refused)


def _forms(value: Any) -> Iterator[f.Form]:
    """Yield all forms in *value*."""
    if isinstance(value, (tuple, list)):
        for item in value:
            yield from _forms(item)
    elif isinstance(value, dict):
        yield from _forms(tuple(value.values()))
    elif isinstance(value, (f.Form, f.Field, f.Variant, Document)):
        if isinstance(value, f.Form):
            yield value
        for attribute in attrs.fields(type(value)):
            yield from _forms(getattr(value, attribute.name))


@pytest.mark.parametrize(("tp", "codec"), list(_typed()))
def test_references_name_definitions_which_are_the_same_in_both_directions(tp: Any, codec: Codec) -> None:
    written, read = (document_of(tp, codec, direction=direction) for direction in ("write", "read"))
    assert list(written.definitions) == list(read.definitions)
    for document in (written, read):
        named = {form.name for form in _forms(document) if isinstance(form, f.Reference)}
        assert named == set(document.definitions)
