"""Values of every kind come back from Arrow and from Parquet, or are refused, whatever the options are."""

from __future__ import annotations

import collections
import io
import json

from typing import Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_codecs.arrow import arrow_schema, from_batches, read_parquet, to_batches, write_parquet
from tests.codecs.conftest import NAMES
from tests.codecs.document_models import MODELS
from tests.codecs.everything import Everything, Knobs, everythings, identical
from tests.codecs.sweep import KINDS, OPTIONS, class_of, instance_of, same
from tests.codecs.test_everything import FEW, SHAPES
from tests.samples import SAMPLES


# By the number in `Kind.values`: what no column holds, and JSON has no form for; ALL: the type.
ALL = -1
REFUSED = {
    "int": {2, 3, 4, 5},
    "map by pair": {ALL},
    "map by class": {ALL},
    "deque": {1},
    "union of a class and a list": {ALL},
    "closed typed dict": {2},
    "typed dict with others": {2},
}
WIDE = {("out_of_range", name) for name in ("tree", "when", "span")}
FEW_OPTIONS = [option for option in OPTIONS if option.name in ("none", "rename to an integer")]
CHANGED = {("anything", 2)}  # a tuple where nothing says so is a list


def _through(values: list[Any], as_type: Any, codec: Any) -> list[Any]:
    batches = list(to_batches(values, as_type, codec=codec))
    for batch in batches:
        batch.validate(full=True)
        assert batch.schema.equals(arrow_schema(as_type, codec))
    return list(from_batches(batches, as_type, codec=codec))


def _through_parquet(values: list[Any], as_type: Any, codec: Any) -> list[Any]:
    file = io.BytesIO()
    assert write_parquet(file, values, as_type, codec=codec, is_decoded=True) == len(values)
    return list(read_parquet(io.BytesIO(file.getvalue()), as_type, codec=codec))


def _check(option: Any, name: str, kind: Any, through: Any = _through) -> None:
    cls = class_of(kind, "define")
    try:
        codec = option.apply(get_codec(name), cls, kind)
        codec.encoder(cls), codec.decoder(cls)
    except (ValueError, TypeError, EncodeError, DecodeError):
        return  # `test_sweep` says which, and why
    refused = REFUSED.get(kind.name, set())
    values = [instance_of(kind, cls, value) for value in kind.values]
    if ALL in refused:
        with pytest.raises(EncodeError, match=cls.__name__):
            arrow_schema(cls, codec)
        return
    if kind.name == "typed dict" and option.name != "unknown_fields keep":
        refused = {1}  # a key that the class does not declare
    for place in refused:
        with pytest.raises(EncodeError) as caught:
            list(to_batches([values[0], values[place]], cls, codec=codec))
        assert caught.value.issues[0].path[0] == 1
    kept = [(place, value) for place, value in enumerate(values) if place not in refused]
    found = through([value for _, value in kept], cls, codec)
    for (place, value), again in zip(kept, found, strict=True):
        if option.name != "omit" and (kind.name, place) not in CHANGED:
            assert [*again.held_value] == [*value.held_value] if kind.is_abstract else same(again, value)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_kind_comes_back_with_every_option(option):
    """A field of each kind is the same after Arrow; a refusal names the class, or record and field."""
    for kind in KINDS:
        _check(option, "json", kind)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "json"])
@pytest.mark.parametrize(
    "option",
    [each for each in OPTIONS if each.name in ("none", "rename to an integer")],
    ids=lambda option: option.name,
)
def test_options_of_other_formats_count(name, option):
    """A codec of another format lends its options."""
    for kind in KINDS:
        _check(option, name, kind)


def test_every_kind_comes_back_from_parquet():
    """Parquet has a form for each column."""
    for kind in KINDS:
        _check(OPTIONS[0], "json", kind, _through_parquet)


@pytest.mark.parametrize("shape", ["as it is", "no unknown fields"])
@given(data=st.data())
@FEW
def test_everything_comes_back(shape, data):
    """Records with a field of every type, several in a batch."""
    codec = get_codec("json").with_options(**SHAPES[shape])
    knobs = Knobs(infinities=False, binary=False, ints=(-(2**63), 2**63 - 1), big=2**63 - 1)
    values = data.draw(st.lists(everythings(knobs), max_size=3))
    errors: dict[int, EncodeError] = {}
    batches = to_batches(values, Everything, codec=codec, on_error=errors.__setitem__)
    found = list(from_batches(batches, Everything, codec=codec))
    # integers, timestamps and timedeltas of more than 64 bits
    issues = [issue for error in errors.values() for issue in error.issues]
    assert {(issue.code, str(issue.path[0]).lower()) for issue in issues} <= WIDE
    values = [value for index, value in enumerate(values) if index not in errors]
    assert len(found) == len(values)
    assert all(map(identical, found, values))


def test_every_domain_type_comes_back():
    """All values of each type of `symphony_types`, in one table for each type."""
    tables = collections.defaultdict(list)
    for as_type, value in SAMPLES.values():
        tables[as_type].append(value)
    for as_type, values in tables.items():
        errors = []
        batches = list(to_batches(values, as_type, on_error=lambda _, error: errors.append(error)))  # noqa: B023
        found = list(from_batches(batches, as_type))
        assert len(found) + len(errors) == len(values)
        # durations of 584 billion years
        assert {issue.path[-1:] for error in errors for issue in error.issues} <= {(), ("duration",)}
        if not errors:
            assert found == values


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("name", NAMES)
def test_documents_of_public_models_come_back(model, name):
    """What models of public formats hold comes back, also what no field is for."""
    as_json = model.adapt(get_codec("json").with_options(unknown_fields="keep"))
    value = as_json.decode(json.dumps(model.document).encode(), model.type)
    codec = model.adapt(get_codec(name).with_options(unknown_fields="keep"))
    (again,) = _through_parquet([value], model.type, codec)
    assert again == value
    assert json.loads(as_json.encode(again, model.type)) == model.document
