"""Protocols that values of different modules share."""

from __future__ import annotations

import attrs

import symphony_types as st

from tests.samples import SAMPLES


ID = st.ExtensionId.parse("67e55044-10b1-426f-9247-bb680e5fe0c8")
NODES = {"ControlNode", "InputNode", "InstrumentNode", "MotifNode", "NodeBase", "OperatorNode", "OutputNode"}
EDGES = {"ConditionalEdge", "ControlEdge", "DataEdge"}
EXPECTED = {
    st.Identifiable: {
        *NODES,
        *EDGES,
        "Artifact",
        "CapabilityToken",
        "ExtensionManifest",
        "ExtensionMetadata",
        "JsonRpcRequest",
        "JsonRpcResponse",
        "MessageEnvelope",
        "ResourceHandle",
        "Workflow",
    },
    # a content's version counts, the others are a `Version`; at run time a protocol knows names only
    st.Versioned: {"Artifact", "CapabilityDeclaration", "ExtensionManifest", "ExtensionMetadata", "Workflow"},
    st.Timestamped: {"ArtifactMetadata", "ExtensionMetadata", "Workflow"},
    st.Validatable: {"Artifact", "ArtifactContent", "ExtensionManifest", "Workflow"},
    st.ByteSerializable: {"FrameHeader", "IpcFrame"},
}
METADATA = st.ExtensionMetadata(id=ID, name="x", version=st.Version(1, 0, 0), extension_type=st.ExtensionType.OPERATOR)


def test_identifiable_by_the_id_property():
    """What has an id is identifiable, what has none is not."""
    assert isinstance(METADATA, st.Identifiable)
    assert not isinstance(st.Version(1, 0, 0), st.Identifiable)


def test_versioned_and_timestamped():
    """A registry's entry is both; a version itself is neither."""
    assert isinstance(METADATA, st.Versioned)
    assert isinstance(METADATA, st.Timestamped)
    assert METADATA.created_at == METADATA.updated_at
    assert not isinstance(st.Version(1, 0, 0), st.Versioned)
    assert not isinstance(st.Version(1, 0, 0), st.Timestamped)


def test_byte_serializable_are_ids_headers_and_frames():
    """Ids, frame headers and frames go to bytes and back; envelopes need a codec."""
    header = st.FrameHeader(frame_type=st.FrameType.HEARTBEAT)
    values = (ID, header, st.IpcFrame(header=header))

    for value in values:
        assert isinstance(value, st.ByteSerializable)
        assert type(value).from_bytes(value.to_bytes()) == value
    assert not isinstance(st.MessageEnvelope(sender=st.ProcessId.new(), payload=1), st.ByteSerializable)


def test_who_satisfies_what():
    """Of the classes with values, exactly these have an id, a version, a history, rules or bytes of their own."""
    found = {protocol: set() for protocol in EXPECTED}
    for _, value in SAMPLES.values():
        for protocol, names in found.items():
            if isinstance(value, protocol) and attrs.has(type(value)) and not isinstance(value, st.TypedId):
                names.add(type(value).__name__)
    assert found == EXPECTED
