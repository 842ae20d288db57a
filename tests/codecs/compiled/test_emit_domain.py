"""The engine writes every type of the domain, and a class with a field of everything, as the reference does."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from hypothesis import HealthCheck, Phase, given, settings

from symphony_codecs import get_codec
from symphony_codecs.schema import nodes
from symphony_codecs.testing import domain_strategies, strategy_for
from symphony_types import (
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    Result,
    Version,
    WorkflowEdge,
)
from tests.codecs.compiled.emit_cases import NAMES, agree, codec_of, engine, outcome, reference
from tests.codecs.everything import KNOBS, Everything, everythings


FEW = settings(
    max_examples=max(settings().max_examples // 8, min(settings().max_examples, 8)),
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
TYPES: dict[Any, Any] = {
    **domain_strategies(),
    **{
        tp: strategy_for(tp)
        for tp in (
            MessageEnvelope[JsonRpcRequest],
            MessageEnvelope[JsonRpcRequest | JsonRpcResponse | JsonRpcNotification],
            Result[Version, str],
            WorkflowEdge,
        )
    },
}
SHAPES: dict[str, dict[str, Any]] = {
    "as it is": {},
    "arrays": {"positional": True},
    "camel case": {"rename": "camelCase", "positional": False},
    "without defaults": {"omit_defaults": True, "positional": False},
    "strict": {"strict": True},
}


@pytest.mark.parametrize("tp", TYPES, ids=lambda tp: getattr(tp, "__name__", str(tp))[:40])
def test_every_type_of_the_domain(tp):
    """The same bytes in every format, and nothing is refused."""
    pairs = [(engine(get_codec(name), tp), reference(get_codec(name), tp)) for name in NAMES]

    @FEW
    @given(TYPES[tp])
    def check(value):
        for ours, theirs in pairs:
            assert ours(value) == theirs(value)

    check()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_everything(name, shape):
    """All kinds of fields in one class, in every shape that options give it."""
    codec = codec_of(name, **SHAPES[shape])
    ours, theirs = engine(codec, Everything), reference(codec, Everything)
    knobs = attrs.evolve(KNOBS[name], infinities=KNOBS[name].infinities and shape != "strict")

    @FEW
    @given(everythings(knobs))
    def check(value):
        assert ours(value) == theirs(value)

    check()


@pytest.mark.parametrize("name", NAMES)
def test_fields_of_other_types(name):
    """Each field in turn holds what belongs in another: both refuse, or both write."""
    codec = get_codec(name)
    ours, theirs = engine(codec, Everything), reference(codec, Everything)
    fields = [field.name for field in attrs.fields(Everything)]

    @settings(FEW, max_examples=2)
    @given(everythings(KNOBS[name]))
    def check(value):
        items = [getattr(value, field) for field in fields]
        for shift in (1, 2, 3, 5, 8, 13, 21):
            for index, field in enumerate(fields):
                before = getattr(value, field)
                setattr(value, field, items[(index + shift) % len(fields)])
                assert outcome(ours, value) == outcome(theirs, value), field
                setattr(value, field, before)

    check()


def test_an_unknown_node_is_an_error():
    """A schema that this engine does not know is not written somehow."""
    emit = pytest.importorskip("symphony_codecs.compiled._encode")

    class New(nodes.Node):
        pass

    codec = get_codec("json")
    schema = nodes.Schema(direction="unstructure", type=int, root=nodes.Optional(New()), table={})
    with pytest.raises(TypeError, match="expected a node of a schema, got New"):
        emit.make_encoder(schema, "json", codec.options.limits, False, bytes)


def test_a_name_that_no_document_can_have():
    """The reference has all such values."""

    @attrs.define
    class Odd:
        a: int = 1

    for name in NAMES:
        codec = get_codec(name).with_options(rename=lambda _: "\ud800", positional=False)
        agree(codec, list[Odd], [], [Odd()])


def test_mismatches_reach_the_listeners():
    """Listeners are called where the reference writes what the engine has refused for certain."""
    emit = pytest.importorskip("symphony_codecs.compiled._encode")
    told: list[Any] = []
    encode = engine(get_codec("json"), int, lambda _: b"reference")
    others = emit.mismatch_listeners[:]  # which would fail this test
    emit.mismatch_listeners[:] = [told.append]
    try:
        assert encode(1) == b"1"
        assert encode("text") == b"reference"
    finally:
        emit.mismatch_listeners[:] = others
    assert told == ["text"]
