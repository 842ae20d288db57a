"""From one format to another and back: what a router that speaks both does with messages."""

from __future__ import annotations

import itertools

from typing import Any

import pytest

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from symphony_codecs import EncodeError, get_codec
from symphony_codecs.testing import strategies, strategy_for
from symphony_types import (
    Artifact,
    ExtensionManifest,
    JsonRpcRequest,
    JsonRpcResponse,
    JsonValue,
    MessageEnvelope,
    SymphonyError,
    SymphonyResult,
    Workflow,
    WorkflowExecution,
)
from tests.codecs.conftest import NAMES
from tests.codecs.everything import identical


PAIRS = list(itertools.permutations(NAMES, 2))
TYPES: tuple[Any, ...] = (
    Artifact,
    ExtensionManifest,
    MessageEnvelope[JsonRpcRequest],
    MessageEnvelope[JsonRpcResponse],
    SymphonyResult[JsonValue],
    WorkflowExecution,
)
FEW = settings(
    max_examples=max(settings().max_examples // 5, 8),
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)


@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_there_and_back_is_the_identity(here, there):
    """A to B to A gives the bytes that A had, for any message."""
    near, far = get_codec(here), get_codec(there)

    @FEW
    @given(st.sampled_from(TYPES).flatmap(lambda tp: st.tuples(st.just(tp), strategy_for(tp))))
    def back(case):
        tp, value = case
        data = near.encode(value, tp)
        moved = far.encode(near.decode(data, tp), tp)
        assert near.encode(far.decode(moved, tp), tp) == data

    back()


@pytest.mark.parametrize(("here", "there"), PAIRS)
def test_untyped_values_move_too(here, there):
    """Any JSON value is the same in all formats, ints, floats and the order of maps included."""
    near, far = get_codec(here), get_codec(there)

    @given(strategies.json_values())
    def same(value):
        moved = far.encode(near.decode(near.encode(value, JsonValue), JsonValue), JsonValue)
        assert identical(far.decode(moved, JsonValue), value)

    same()


@pytest.mark.parametrize("name", ["msgpack", "msgpack-compact", "cbor"])
def test_binary_formats_keep_what_json_cannot_say(name):
    """NaN and the infinities survive in typed floats of binary formats; JSON writes null for them."""
    codec = get_codec(name)

    @given(st.lists(st.floats(), max_size=5))
    def keep(values):
        again = codec.decode(codec.encode(values, list[float]), list[float])
        assert identical(again, values)

    keep()
    assert get_codec("json").encode([float("nan"), float("inf")], list[float]) == b"[null,null]"


@FEW
@given(strategies.workflows())
def test_errors_of_a_group_lose_nothing_on_the_way(workflow):
    """A whole workflow crosses all four formats in a row."""
    value = workflow
    for name in NAMES:
        codec = get_codec(name)
        value = codec.decode(codec.encode(value, Workflow), Workflow)

    assert identical(value, workflow)


@given(strategies.symphony_errors())
def test_errors_cross_json_rpc_in_any_format(error):
    """An error that became a JSON-RPC error, crossed a wire and came back is the same."""
    for name in NAMES:
        codec = get_codec(name)
        response = JsonRpcResponse.failure(error.to_json_rpc(), 1)
        received = codec.decode(codec.encode(response), JsonRpcResponse)

        assert received.error is not None
        assert identical(SymphonyError.from_json_rpc(received.error), error)


@FEW
@given(strategies.extension_manifests())
def test_toml_keeps_what_it_has(manifest):
    """A manifest goes through TOML unchanged, or is refused for a null or a wide int; nothing in between."""
    codec = get_codec("toml")
    try:
        data = codec.encode(manifest)
    except EncodeError:
        return
    again = codec.decode(data, ExtensionManifest)

    assert codec.encode(again) == data
    if _holds_no_null(manifest.config_schema) and _holds_no_null(manifest.default_config):
        assert identical(again, manifest, ordered=False)


def _holds_no_null(value: Any) -> bool:
    """Whether no map inside has a null, which TOML leaves out."""
    return b"null" not in get_codec("json").encode(value) if value is not None else True
