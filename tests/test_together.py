"""
Types of different modules together, in every format: messages, errors and workflows on their way, and stable bytes.

``UPDATE_STABILITY=1 pytest tests/test_together.py`` writes `data/stability.json` anew, for a change of a format that is
meant.
"""

from __future__ import annotations

import copy
import itertools
import json
import os

from pathlib import Path
from typing import Any, Final

import attrs
import pytest

import symphony_types

from symphony_codecs import Codec, DecodeError, get_codec
from symphony_types import (
    Artifact,
    ArtifactHashMismatchError,
    ArtifactRelation,
    Capability,
    CapabilityId,
    CapabilityToken,
    Duration,
    Err,
    ExecutionState,
    ExtensionLifecycle,
    ExtensionManifest,
    ExtensionMetadata,
    FrameFlags,
    FrameHeader,
    FrameType,
    IoError,
    IpcConnectionFailedError,
    IpcDeserializationFailedError,
    IpcError,
    IpcFrame,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    MessagePriority,
    NodeState,
    Ok,
    OtherError,
    ProcessId,
    QualityVerdict,
    RelationType,
    ResourceHandle,
    ResourceId,
    ResourceType,
    SerializationFormat,
    SymphonyError,
    SymphonyResult,
    Timestamp,
    Ttl,
    TypedId,
    Version,
    VersionRequirement,
    Workflow,
    WorkflowCyclicDependencyError,
    WorkflowExecution,
    WorkflowId,
    returns_result,
)
from tests import samples
from tests.samples import SAMPLES, id_of


FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
STABILITY: Final = Path(__file__).parent / "data" / "stability.json"
ID_TYPES: Final = tuple(as_type for as_type, value in SAMPLES.values() if isinstance(value, TypedId))


@pytest.fixture(params=FORMATS, name="codec")
def _codec(request: pytest.FixtureRequest) -> Codec:
    """Return each shared codec."""
    return get_codec(request.param)


def _sample(cls: type[Any], number: int = 1) -> Any:
    return SAMPLES[f"{cls.__name__}-{number}"][1]


@attrs.frozen(kw_only=True)
class Bundle:
    """Something of every module, as a class of a user's."""

    artifact: Artifact
    error: SymphonyError
    execution: WorkflowExecution
    handle: ResourceHandle
    lifecycle: ExtensionLifecycle
    manifest: ExtensionManifest
    metadata: ExtensionMetadata
    request: JsonRpcRequest
    requirement: VersionRequirement
    results: tuple[SymphonyResult[WorkflowId], ...]
    token: CapabilityToken
    ttl: Ttl | None
    workflows: dict[WorkflowId, Workflow]


BUNDLE: Final = Bundle(
    artifact=samples.artifact(),
    error=IpcDeserializationFailedError(reason="cut off"),
    execution=samples.execution(),
    handle=ResourceHandle(id=id_of(ResourceId), resource_type=ResourceType.GPU),
    lifecycle=ExtensionLifecycle.DEACTIVATING,
    manifest=_sample(ExtensionManifest),
    metadata=_sample(ExtensionMetadata),
    request=JsonRpcRequest(method="run", params=[1], id=None),
    requirement=VersionRequirement.parse(">=1.2.3, <2.0.0"),
    results=(Ok(id_of(WorkflowId)), Err(WorkflowCyclicDependencyError())),
    token=_sample(CapabilityToken),
    ttl=_sample(Ttl),
    workflows={id_of(WorkflowId): samples.workflow()},
)
ENVELOPE: Final = MessageEnvelope(
    id=samples.uuid_of("bundle"), timestamp=samples.BEGIN, sender=id_of(ProcessId), payload=BUNDLE
)


def test_types_of_all_modules_in_one_envelope(codec: Codec) -> None:
    """What was put in an envelope comes out of it, whatever it is."""
    data = codec.encode(ENVELOPE, MessageEnvelope[Bundle])
    again = codec.decode(data, MessageEnvelope[Bundle])
    assert again == ENVELOPE
    assert type(again.payload.error) is IpcDeserializationFailedError
    assert codec.encode(again, MessageEnvelope[Bundle]) == data


@pytest.mark.parametrize(("here", "there"), list(itertools.permutations(FORMATS, 2)))
def test_envelopes_move_between_formats(here: str, there: str) -> None:
    """Through another format and back the bytes are the same."""
    near, far = get_codec(here), get_codec(there)
    data = near.encode(ENVELOPE, MessageEnvelope[Bundle])
    moved = far.encode(near.decode(data, MessageEnvelope[Bundle]), MessageEnvelope[Bundle])
    assert near.encode(far.decode(moved, MessageEnvelope[Bundle]), MessageEnvelope[Bundle]) == data


@pytest.mark.parametrize("as_type", ID_TYPES, ids=lambda cls: cls.__name__)
def test_ids_round_trip(codec: Codec, as_type: type[TypedId]) -> None:
    """An id is itself after text, bytes and every format, alone, as a key and in a list."""
    value = id_of(as_type)
    assert as_type.parse(str(value)) == as_type.from_bytes(value.to_bytes()) == as_type(value.as_uuid()) == value
    assert codec.decode(codec.encode(value), as_type) == value
    held = {value: [value]}
    kind = dict[as_type, list[as_type]]  # type: ignore[valid-type]
    assert codec.decode(codec.encode(held, kind), kind) == held


def test_envelope_integrity_in_a_frame(codec: Codec) -> None:
    """A framed envelope comes back whole; no changed bit and no missing byte goes unnoticed."""
    data = codec.encode(ENVELOPE.with_payload(samples.JSON), MessageEnvelope[Any])
    header = FrameHeader(
        frame_type=FrameType.EVENT,
        format=codec.format_id or 0,
        priority=MessagePriority.HIGH,
        flags=FrameFlags.CHECKSUM,
        stream_id=1,
    )
    frame = IpcFrame.from_bytes(IpcFrame(header=header, payload=data).to_bytes())
    assert SerializationFormat.from_format_id(frame.header.format).codec_name == codec.name
    assert codec.decode(frame.payload, MessageEnvelope[Any]) == ENVELOPE.with_payload(samples.JSON)
    whole = frame.to_bytes()
    for place in range(len(whole)):
        with pytest.raises(IpcError):
            IpcFrame.from_bytes(whole[:place])
        for bit in range(8):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            with pytest.raises(IpcError):
                IpcFrame.from_bytes(bytes(changed))


def test_replies_belong_to_their_request(codec: Codec) -> None:
    """Two processes that exchange an envelope agree on who answers what."""
    asked = MessageEnvelope(
        sender=id_of(ProcessId, "a"),
        receiver=id_of(ProcessId, "b"),
        payload=JsonRpcRequest(method="add", params=[1, 2], id="x"),
    )
    heard = codec.decode(codec.encode(asked, MessageEnvelope[JsonRpcRequest]), MessageEnvelope[JsonRpcRequest])
    answer = heard.reply(JsonRpcResponse.success(sum(heard.payload.params), heard.payload.id))
    told = codec.decode(codec.encode(answer, MessageEnvelope[JsonRpcResponse]), MessageEnvelope[JsonRpcResponse])
    assert (told.sender, told.receiver) == (asked.receiver, asked.sender)
    assert told.metadata.reply_to == told.metadata.correlation_id == asked.id
    assert told.id != asked.id
    assert (told.payload.id, told.payload.result) == ("x", 3)


def _failing_send() -> None:
    """Fail as a sender does: the system's error, then Symphony's that names it, with notes."""
    try:
        raise ConnectionResetError(104, "reset by peer")
    except OSError as system:
        cause = SymphonyError.from_exception(system)
        cause.add_note("while sending")
        error = IpcConnectionFailedError(reason=str(cause))
        error.add_note("first attempt")
        error.add_note("ünïcode\nand lines")
        raise error from cause


def test_errors_propagate_to_another_process(codec: Codec) -> None:
    """Exception, error, JSON-RPC error, bytes, and back: class, text of the cause and notes arrive."""
    with pytest.raises(IpcConnectionFailedError) as caught:
        _failing_send()
    error = caught.value
    assert isinstance(error.__cause__, IoError)
    assert isinstance(error.__cause__.__cause__, ConnectionResetError)

    response = JsonRpcResponse.failure(error.to_json_rpc(), 7)
    data = codec.encode(ENVELOPE.with_payload(response), MessageEnvelope[JsonRpcResponse])
    frame = IpcFrame(header=FrameHeader(frame_type=FrameType.ERROR, stream_id=1), payload=data).to_bytes()

    received = codec.decode(IpcFrame.from_bytes(frame).payload, MessageEnvelope[JsonRpcResponse]).payload
    assert received.error is not None
    assert received.error.code == error.json_rpc_code
    again = SymphonyError.from_json_rpc(received.error)
    assert type(again) is IpcConnectionFailedError
    assert again == error
    assert str(again) == "Connection failed: IO error: [Errno 104] reset by peer"
    assert again.__notes__ == ["first attempt", "ünïcode\nand lines"]
    # a third process gets the same from the second
    assert again.to_json_rpc() == error.to_json_rpc()


@pytest.mark.parametrize("cls", list(SymphonyError.variants().values()), ids=lambda cls: cls.__name__)
def test_every_error_propagates(cls: type[SymphonyError]) -> None:
    """All variants, with a note, are the same after a chain through every format."""
    error = copy.deepcopy(_sample(cls))
    error.add_note("n")
    again = error
    for name in FORMATS:
        codec = get_codec(name)
        kind = SymphonyResult[None]
        held = codec.decode(codec.encode(Err(again), kind), kind)
        assert held == Err(error)
        response = JsonRpcResponse.failure(again.to_json_rpc(), None)
        received = codec.decode(codec.encode(response), JsonRpcResponse).error
        assert received is not None
        again = SymphonyError.from_json_rpc(received)
        assert type(again) is cls
        assert (again, again.__notes__) == (error, ["n"])


@pytest.mark.parametrize(("document", "expected"), [('{"sender": "x"', "serialization"), ('"not a uuid"', "other")])
def test_errors_of_the_standard_library_convert_and_travel(codec: Codec, document: str, expected: str) -> None:
    """A JSON error and a UUID's become results that another process unwraps."""

    @returns_result(SymphonyError)
    def read() -> WorkflowId:
        try:
            return WorkflowId.parse(json.loads(document))
        except ValueError as error:
            raise SymphonyError.from_exception(error) from error

    kind = SymphonyResult[WorkflowId]
    again = codec.decode(codec.encode(read(), kind), kind)
    with pytest.raises(SymphonyError) as caught:
        again.unwrap()
    assert caught.value.code == expected
    assert isinstance(caught.value, OtherError) is str(caught.value).startswith("UUID error: ")


def test_decoded_times_and_versions_still_compute(codec: Codec) -> None:
    """Arithmetic, order and compatibility do not depend on where a value came from."""
    kind = tuple[Timestamp, Duration, Version, VersionRequirement]
    value = (samples.BEGIN, Duration(0, 1), Version(1, 9, 0), VersionRequirement.parse("^1.2"))
    begin, step, version, requirement = codec.decode(codec.encode(value, kind), kind)
    assert begin < begin + step
    assert (begin + step) - begin == step
    assert sorted([begin + step, samples.BEGIN]) == [begin, samples.BEGIN + step]
    assert requirement.is_satisfied_by(version)
    assert not requirement.is_satisfied_by(version.bump_major())
    assert version.is_compatible_with(Version(1, 2, 3))


def test_capabilities_expire_at_the_same_instant_everywhere(codec: Codec) -> None:
    """A token that a manifest's permissions were granted with is valid to the nanosecond after its way."""
    manifest: ExtensionManifest = _sample(ExtensionManifest)
    end = samples.LATER
    token = CapabilityToken(
        id=id_of(CapabilityId), capabilities=manifest.permissions, granted_at=samples.BEGIN, expires_at=end
    )
    again = codec.decode(codec.encode(token), CapabilityToken)
    assert all(again.has_capability(right) for right in manifest.permissions)
    assert not again.has_capability(Capability.SYSTEM_SHUTDOWN)
    assert again.is_valid(end)
    assert again.is_expired(Timestamp(end.nanos + 1))


def test_lifecycles_go_on_after_decoding(codec: Codec) -> None:
    """Each state of an extension may be left by the same steps here as there."""
    for state in ExtensionLifecycle:
        again = codec.decode(codec.encode(state), ExtensionLifecycle)
        assert again is state
        assert [step for step in ExtensionLifecycle if again.can_transition_to(step)] == list(state.successors)


def test_a_decoded_workflow_runs(codec: Codec) -> None:
    """Its order is the sender's; its execution, sent after each step, ends with an artifact that is verified."""
    sent = samples.workflow()
    workflow = codec.decode(codec.encode(sent), Workflow)
    workflow.validate()
    assert workflow.topological_order() == sent.topological_order()
    assert workflow.parallel_levels() == sent.parallel_levels()

    execution = WorkflowExecution.of(workflow).transition_to(ExecutionState.RUNNING)
    for level in workflow.parallel_levels():
        ready = [node_id for node_id in level if workflow.nodes[node_id].enabled]
        for state in (NodeState.QUEUED, NodeState.RUNNING, NodeState.completed({"score": 0.9})):
            execution = execution.with_node_states(dict.fromkeys(ready, state))
            execution = codec.decode(codec.encode(execution), WorkflowExecution)
    assert execution.transition_to(ExecutionState.COMPLETED).progress.percentage == 100.0

    source = samples.artifact()
    made = codec.decode(codec.encode(Artifact.of(b"{}", quality=source.quality)), Artifact)
    made.validate()
    assert made.quality is not None
    assert made.quality.verdict() is QualityVerdict.ENHANCE
    relation = ArtifactRelation(
        relation_type=RelationType.DERIVATION,
        source=source.id,
        target=made.id,
        produced_by=str(execution.execution_id),
    )
    assert codec.decode(codec.encode(relation), ArtifactRelation) == relation


def test_changed_artifacts_are_refused_by_decoders_and_by_hand(codec: Codec) -> None:
    """Content that is not what its hash says does not get in, and `validate` names both digests."""
    good = samples.artifact()
    bad = attrs.evolve(good, content=attrs.evolve(good.content, data=b"fn main() {]"))
    with pytest.raises(ArtifactHashMismatchError) as caught:
        bad.validate()
    assert caught.value.expected == good.content.sha256
    with pytest.raises(DecodeError) as refused:
        codec.decode(codec.encode(bad), Artifact)
    assert [issue.code for issue in refused.value.issues] == ["hash_mismatch"]


def _written(name: str) -> dict[str, str]:
    """Return the sample *name* in each format, binary ones in hex, and its own bytes where it has them."""
    as_type, value = SAMPLES[name]
    written = {"json": get_codec("json").encode(value, as_type).decode()}
    written |= {binary: get_codec(binary).encode(value, as_type).hex() for binary in FORMATS[1:]}
    if isinstance(value, (TypedId, FrameHeader, IpcFrame)):
        written["bytes"] = value.to_bytes().hex()
    return written


@pytest.fixture(scope="module", name="stored")
def _stored() -> dict[str, dict[str, str]]:
    """Return what was committed, written anew first if the environment asks for it."""
    if os.environ.get("UPDATE_STABILITY") == "1":
        text = json.dumps({name: _written(name) for name in SAMPLES}, indent=1, ensure_ascii=True)
        STABILITY.write_text(f"{text}\n", encoding="utf-8")
    found: dict[str, dict[str, str]] = json.loads(STABILITY.read_text(encoding="utf-8"))
    return found


def test_stability_covers_every_type(stored: dict[str, dict[str, str]]) -> None:
    """Each type with values of its own has a sample, and each sample its bytes."""
    bare = {"FieldError", "FieldTypeError", "TaggedValue", "Unset", "UnwrapError"}
    protocols = {"ByteSerializable", "Identifiable", "Timestamped", "Validatable", "Versioned"}
    groups = {"ArtifactError", "ExtensionError", "IpcError", "ResourceError", "SymphonyError", "WorkflowError"}
    classes = {name for name in symphony_types.__all__ if isinstance(getattr(symphony_types, name), type)}
    assert {type(value).__name__ for _, value in SAMPLES.values()} == classes - bare - protocols - groups
    assert stored.keys() == SAMPLES.keys()


@pytest.mark.parametrize("name", list(SAMPLES))
def test_stability_of_the_formats(stored: dict[str, dict[str, str]], name: str) -> None:
    """Every type writes the bytes that it always wrote, and reads them."""
    expected = stored[name]
    assert _written(name) == expected
    as_type, value = SAMPLES[name]
    for written in FORMATS:
        data = expected[written].encode() if written == "json" else bytes.fromhex(expected[written])
        again = get_codec(written).decode(data, as_type)
        assert (type(again), again) == (type(value), value)
    if "bytes" in expected:
        assert type(value).from_bytes(bytes.fromhex(expected["bytes"])) == value
