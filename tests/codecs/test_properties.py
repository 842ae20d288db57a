"""Properties of every domain type in every format, over the strategies that are shipped."""

from __future__ import annotations

import enum
import math
import subprocess
import sys

from typing import Any, get_args

import attrs
import pytest

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import symphony_types

from symphony_codecs import Codec, get_codec
from symphony_codecs.testing import domain_strategies, strategies, strategy_for
from symphony_types import (
    U8,
    ArtifactContent,
    Err,
    FrameType,
    InstrumentConfig,
    IpcError,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    JsonValue,
    MessageEnvelope,
    Ok,
    RequestId,
    ResourceHandle,
    Result,
    SymphonyError,
    SymphonyResult,
    TaggedValue,
    Timestamp,
    Validatable,
    Version,
    WorkflowEdge,
    WorkflowNode,
)
from tests.codecs.conftest import NAMES
from tests.codecs.everything import identical


# What every type gets in every format; the shared profile says how much that is.
FEW = settings(
    max_examples=max(settings().max_examples // 4, 10),
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],  # it takes minutes for the large ones
)
CODECS = {name: get_codec(name) for name in NAMES}
STRATEGIES = domain_strategies()
COMPOSED: dict[Any, st.SearchStrategy[Any]] = {
    tp: strategy_for(tp)
    for tp in (
        JsonValue,
        MessageEnvelope[JsonRpcRequest],
        MessageEnvelope[JsonRpcRequest | JsonRpcResponse | JsonRpcNotification],
        MessageEnvelope[WorkflowEdge],
        MessageEnvelope[U8],
        RequestId,
        Result[Version, IpcError],
        SymphonyResult[str],
        WorkflowEdge,
        WorkflowNode,
    )
}
ALL = {**STRATEGIES, **COMPOSED}


def _name(tp: Any) -> str:
    return tp.__name__ if isinstance(tp, type) and not getattr(tp, "__args__", ()) else str(tp)[:60]


@pytest.mark.parametrize("tp", ALL, ids=_name)
def test_every_type_survives_every_format(tp):
    """What is written is read back the same, type by type; written again, it is the same bytes."""

    @FEW
    @given(ALL[tp])
    def survive(value):
        for name, codec in CODECS.items():
            data = codec.encode(value, tp)
            again = codec.decode(data, tp)
            assert identical(again, value), name
            assert codec.encode(again, tp) == data, name

    survive()


def test_every_public_type_has_a_strategy():
    """A type that is added to the package is missed here until it has a strategy."""
    missing = set()
    for name in symphony_types.__all__:
        cls = getattr(symphony_types, name)
        if not isinstance(cls, type) or cls is TaggedValue:  # which has no variants, so no values
            continue
        if attrs.has(cls) or issubclass(cls, (enum.Enum, SymphonyError)):
            missing.add(cls)

    assert missing == set(STRATEGIES)


@pytest.mark.parametrize("tp", STRATEGIES, ids=_name)
def test_strategies_give_valid_values(tp):
    """They are of the type that was asked for, and break none of its rules, of its graph included."""

    @settings(FEW, max_examples=10)
    @given(STRATEGIES[tp])
    def check(value):
        assert isinstance(value, tp)
        assert not isinstance(value, Validatable) or value.validation_errors() == ()

    check()


# Coverage of a strategy: the same examples in each run, so that what is found today is found tomorrow.
SAME = settings(FEW, derandomize=True, database=None, phases=[Phase.generate])


@pytest.mark.parametrize("tp", [cls for cls in STRATEGIES if issubclass(cls, TaggedValue)], ids=_name)
def test_strategies_give_every_variant(tp):
    """No variant of a tagged value is left out."""
    seen: set[str] = set()

    @settings(SAME, max_examples=500)
    @given(STRATEGIES[tp])
    def collect(value):
        seen.add(value.variant)

    collect()

    assert seen == set(tp.__variants__)


def test_strategies_are_called_after_their_types():
    """All of `strategies` is exported, sorted, and documented."""
    assert strategies.__all__ == sorted(strategies.__all__)
    for name in strategies.__all__:
        assert getattr(strategies, name).__doc__


@FEW
@given(st.data())
def test_limits_of_strategies_hold(data):
    """The arguments of strategies narrow what they give."""
    border = data.draw(strategies.timestamps())
    assert data.draw(strategies.timestamps(min_value=border)) >= border
    assert 2000 <= data.draw(strategies.timestamps(usual=True)).as_datetime().year <= 2099
    assert data.draw(strategies.durations(positive=True)).total_nanos > 0
    assert data.draw(strategies.durations(max_secs=7)).secs <= 7
    assert 2 <= len(data.draw(strategies.texts(min_size=2, max_size=3))) <= 3
    assert len(data.draw(strategies.capability_tokens(max_size=1)).capabilities) <= 1
    assert len(data.draw(strategies.workflows(max_nodes=1)).nodes) <= 1
    assert isinstance(data.draw(strategies.symphony_errors(IpcError)), IpcError)


def test_what_never_travels_comes_when_asked_for():
    """Secrets and local metadata are drawn on demand, and are gone after a round trip; unknown frames are drawn."""
    secret = find(strategies.instrument_configs(secrets=True), lambda config: config.api_key is not None, settings=SAME)
    held = find(
        strategies.resource_handles(with_metadata=True), lambda handle: handle.metadata is not None, settings=SAME
    )
    find(strategies.frame_types(unknown=True), lambda kind: not kind.is_known, settings=SAME)

    for codec in CODECS.values():
        assert codec.decode(codec.encode(secret), InstrumentConfig) == attrs.evolve(secret, api_key=None)
        assert codec.decode(codec.encode(held), ResourceHandle) == attrs.evolve(held, metadata=None)


def test_json_values_beyond_the_default_come_when_asked_for():
    """Wide ints, NaN and the infinities are off, and can be had; null can be left out."""
    wide = strategies.json_values(min_int=2**64, max_int=2**70, allow_none=False)
    odd = strategies.json_values(max_leaves=1, allow_nan=True, allow_infinity=True)

    @settings(SAME)
    @given(wide, strategies.json_values())
    def check(value, usual):
        assert value is not None
        assert type(value) is not int or value >= 2**64
        assert type(usual) is not int or -(2**63) <= usual < 2**64
        assert type(usual) is not float or math.isfinite(usual)

    check()
    for is_odd in (math.isnan, math.isinf):
        find(
            odd,
            lambda value, odd=is_odd: type(value) is float and odd(value),
            settings=settings(SAME, max_examples=5000),
        )


def test_strategy_for_refuses_what_it_does_not_know():
    """A type that no codec takes is an error that names it."""
    with pytest.raises(LookupError, match=r"unsupported type complex: register hooks for it"):
        strategy_for(complex)


@pytest.mark.parametrize(
    ("tp", "kind"),
    [(Ok[Version], Ok), (Err[U8], Err), (MessageEnvelope[Timestamp], MessageEnvelope), (FrameType, FrameType)],
    ids=_name,
)
def test_strategy_for_fills_generics(tp, kind):
    """A generic class holds what its argument says."""

    @settings(max_examples=5)
    @given(strategy_for(tp))
    def check(value):
        assert isinstance(value, kind)

    check()


def test_graphs_are_interesting():
    """Workflows have edges of all kinds, and an order; settings have nested types."""
    kinds: set[type] = set()

    def complete(workflow):
        assert set(workflow.topological_order()) == set(workflow.nodes)
        kinds.update(map(type, workflow.edges))
        return kinds == set(get_args(WorkflowEdge))

    # What is drawn depends on the constants in all modules that happen to be loaded: few examples may be too few.
    look = settings(SAME, max_examples=1000, phases=[Phase.generate])
    assert find(strategies.workflows(), complete, settings=look)
    assert find(
        strategies.config_types(),
        lambda kind: kind.variant == "Array" and kind.value.variant in {"Array", "Object"},
        settings=look,
    )


@pytest.mark.parametrize("name", NAMES)
def test_untyped_encoding_is_the_same_as_typed(name):
    """A value whose class needs no tag is written the same without its type."""
    codec: Codec = CODECS[name]

    @FEW
    @given(st.one_of(strategies.versions(), strategies.ttls(), strategies.json_rpc_requests(), strategies.artifacts()))
    def same(value):
        assert codec.encode(value) == codec.encode(value, type(value))

    same()


@given(strategies.artifact_contents())
def test_a_changed_content_is_refused(content):
    """Whatever byte of an artifact's data is changed, decoders notice."""
    codec = CODECS["msgpack"]
    tree = codec.decode(codec.encode(content), dict[str, Any])
    if not tree["data"]:
        return
    tree["data"] = bytes([tree["data"][0] ^ 1]) + tree["data"][1:]

    with pytest.raises(ValueError, match="SHA-256"):
        codec.decode(codec.encode(tree), ArtifactContent)


def test_without_hypothesis_the_error_says_what_to_install():
    """The strategies are an extra; who imports them without it is told so."""
    code = "import sys; sys.modules['hypothesis'] = None; import symphony_codecs.testing"

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert "symphony_codecs.testing needs hypothesis: install symphony-types[testing]" in result.stderr
