"""The forms of types: complete, and with the same definitions in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.schema.export import Document, document_of
from symphony_codecs.schema.export import forms as f
from symphony_codecs.testing import domain_strategies
from symphony_types import checks as c
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


_CHECKS = [
    (float, c.FloatRange(0.0, 1.0)),
    (float, c.FloatRange(minimum=0.5)),
    (float, c.FINITE),
    (int, c.IntRange(0, 5)),
    (int, c.U8),
    (str, c.Text(1, 5)),
    (str, c.OneOf(("b", "a"))),
    (float | None, c.Optional(c.FloatRange(0.0, 1.0))),
    (list[int], c.Each(c.IntRange(0, 3), 4)),
    (list[int], c.Each(None, 4, unique=True)),
    (list[float], c.Each(c.FloatRange(0.0, 1.0), unique=True)),
    (tuple[str, ...], c.Each(c.Text(1, 3))),
    (dict[str, int], c.MapOf(c.Text(1, 3), c.IntRange(0, 3))),
    (dict[str, float], c.MapOf(None, c.FloatRange(0.0, 1.0))),
    (list[list[float]], c.Each(c.Each(c.FloatRange(0.0, 1.0), 2), 3)),
    (dict[str, list[int]], c.MapOf(c.Text(1), c.Each(c.IntRange(1, 2)))),
]


@pytest.mark.parametrize("direction", ["read", "write"])
@pytest.mark.parametrize("codec", ["json", "msgpack", "msgpack-compact", "cbor"])
@pytest.mark.parametrize(("tp", "check"), _CHECKS, ids=str)
def test_checks_are_bounds_wherever_they_stand(tp: Any, check: c.CheckBase, codec: str, direction: f.Direction) -> None:
    """A check of an annotation gives the form that the same check as a validator of a field gives, without words."""
    held: Any = Annotated[tp, check]
    annotated = attrs.make_class("Held", {"value": attrs.field(type=held)})
    validated = attrs.make_class("Held", {"value": attrs.field(type=tp, validator=check)})
    (one,), (other,) = (
        [form for form in _forms(document_of(cls, codec, direction=direction)) if isinstance(form, f.Record)]
        for cls in (annotated, validated)
    )
    assert one.fields[0].form == other.fields[0].form
    assert [form.checks for form in _forms(one) if form.checks] == []
    assert one.fields[0].form != document_of(tp, codec, direction=direction).root


def test_checks_that_forms_cannot_hold_stay_words() -> None:
    """What can be held is, and the rest is said."""
    each = c.Each(c.Text(1, 3, "[a-z]+"), 2)
    (form,) = (form for form in _forms(document_of(Annotated[list[str], each], "json")) if isinstance(form, f.Array))
    assert (form.maximum, form.item) == (2, f.Text(minimum=1, maximum=3))
    assert len(form.checks) == 1
