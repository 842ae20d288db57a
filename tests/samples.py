"""Fixed values of every type of `symphony_types` that goes on the wire: no clock, no chance."""

from __future__ import annotations

import enum
import uuid

from collections.abc import Iterator
from typing import Any, Final, TypeVar

import symphony_types as st

from symphony_types import SymphonyResult


__all__ = ["SAMPLES", "id_of", "uuid_of"]

_I = TypeVar("_I", bound=st.TypedId)

BEGIN: Final = st.Timestamp.parse("2024-02-29T23:59:59.123456789Z")
LATER: Final = st.Timestamp.parse("2024-03-01T00:00:00.500Z")
VERSION: Final = st.Version(1, 2, 3)
JSON: Final = {"text": "é\u2028\U0001f3bc", "numbers": [0, -1, 2**63, 1.5, 1e16], "nothing": None, "yes": True}


def uuid_of(label: str) -> uuid.UUID:
    """Return the UUID v5 of *label*."""
    return uuid.uuid5(uuid.NAMESPACE_OID, label)


def id_of(cls: type[_I], label: str = "") -> _I:
    """Return an id of type *cls*, always the same for the same *label*."""
    return cls(uuid_of(cls.__name__ + label))


def _small() -> Iterator[Any]:
    yield BEGIN
    yield st.Duration(2**64 - 1, 999_999_999)
    yield st.Ttl(created_at=BEGIN, duration=st.Duration(30, 0))
    yield st.Version(0, 2**32 - 1, 7)
    yield st.VersionRange(min=VERSION, max=st.Version(2, 0, 0))
    yield st.ResourceMetadata(allocated_at=BEGIN, size=2**64 - 1, owner="ada", tags=["a", "a"])
    yield st.ResourceHandle(id=id_of(st.ResourceId), resource_type=st.ResourceType.custom("tpu"))
    yield st.CapabilityToken(
        id=id_of(st.CapabilityId),
        capabilities=[st.Capability.custom("b"), st.Capability.custom("a"), *reversed(list(st.Capability.members()))],
        granted_at=BEGIN,
        expires_at=LATER,
    )
    yield st.Expression("$.x > 1")
    yield st.Position(-1.5, 1e16)
    yield st.DataTransform(transform_type=st.TransformType.REDUCE, config=JSON)
    yield st.Issue(("params", 2), "wrong_type", "an integer", "None")


def _held() -> Iterator[Any]:
    """Yield one value of each variant that holds something."""
    for requirement in ("=1.2.3", ">=1.2.3", "^1.2.3", ">=1.2.3, <2.0.0"):
        yield st.VersionRequirement.parse(requirement)
    yield st.Capability.custom("clipboard.read")
    yield st.ResourceType.custom("tpu")
    yield st.ExtensionSource.external("https://example.org")
    yield st.OperatorType.custom("sort")
    yield st.QualityDimension.custom("wit")
    yield st.DataType.list(st.DataType.map(st.DataType.custom("Image")))
    yield st.DataType.map(st.DataType.INTEGER)
    yield st.DataType.custom("Image")
    yield st.ExecutionState.failed("out of memory")
    yield st.ExecutionState.waiting_for_input("name?")
    yield st.NodeState.completed(JSON)
    yield st.NodeState.failed("exit 1")
    yield st.NodeState.skipped("disabled")
    yield st.ConfigType.enum([st.ConfigOption(value="a", label="A", description="first"), st.ConfigOption(value="b")])
    yield st.ConfigType.array(st.ConfigType.SECRET)
    yield st.ConfigType.object([st.ConfigProperty(name="port", property_type=st.ConfigType.INTEGER, default=1)])
    yield st.Constraint.min_length(1)
    yield st.Constraint.max_length(2**64 - 1)
    yield st.Constraint.min_value(-0.5)
    yield st.Constraint.max_value(10)
    yield st.Constraint.pattern("^a+$")


def _messages() -> Iterator[Any]:
    error = st.JsonRpcError(code=st.ErrorCode.INVALID_PARAMS, message="no", data=JSON)
    request = st.JsonRpcRequest(method="run", params={"n": [1]}, id="a")
    yield request
    yield st.JsonRpcRequest(method="run", id=-1)
    yield st.JsonRpcNotification(method="tick", params=[None])
    yield error
    yield st.JsonRpcResponse.success(None, 1)
    yield st.JsonRpcResponse.failure(error, None)
    yield st.MessageMetadata()
    metadata = st.MessageMetadata(
        priority=st.MessagePriority.CRITICAL,
        ttl=st.Duration(0, 5),
        reply_to=uuid_of("reply"),
        correlation_id=uuid_of("correlation"),
    )
    yield metadata
    yield st.MessageEnvelope(
        id=uuid_of("message"),
        timestamp=BEGIN,
        sender=id_of(st.ProcessId, "sender"),
        receiver=id_of(st.ProcessId, "receiver"),
        session_id=id_of(st.SessionId),
        payload=JSON,
        metadata=metadata,
    )


def frames() -> Iterator[st.IpcFrame]:
    """Yield a plain frame, and one that is routed and has a checksum."""
    yield st.IpcFrame(header=st.FrameHeader(frame_type=st.FrameType.HEARTBEAT))
    yield st.IpcFrame(
        header=st.FrameHeader(
            frame_type=st.FrameType.STREAM,
            format=st.SerializationFormat.CBOR.format_id,
            compression=st.FrameCompression.ZLIB,
            priority=st.MessagePriority.HIGH,
            flags=st.FrameFlags.CHECKSUM | st.FrameFlags.ROUTED | st.FrameFlags.MORE_FRAGMENTS,
            stream_id=2**32 - 1,
            sequence=2**64 - 1,
            route=st.FrameRoute(id_of(st.ProcessId, "sender"), id_of(st.ProcessId, "receiver")),
        ),
        payload=bytes(range(256)),
    )


def _extensions() -> Iterator[Any]:
    schema = st.ConfigSchema(
        properties=[
            st.ConfigProperty(
                name="token",
                display_name="Token",
                description="secret",
                property_type=st.ConfigType.SECRET,
                constraints=[st.Constraint.min_length(8)],
                ui_hints={"width": 3},
            ),
            st.ConfigProperty(name="mode", property_type=st.ConfigType.STRING, default="fast"),
        ],
        required=["mode"],
    )
    requirements = st.ResourceRequirements(
        memory=st.MemoryRequirements(minimum_mb=64, recommended_mb=128, maximum_mb=2**64 - 1),
        cpu=st.CpuRequirements(minimum_cores=0.5, recommended_cores=2, supports_multithreading=True),
        gpu=st.GpuRequirements(required=True, minimum_vram_mb=1, cuda_version="12.4", supported_backends=["cuda"]),
        storage=st.StorageRequirements(minimum_mb=1, requires_ssd=True),
        network=st.NetworkRequirements(requires_internet=True, bandwidth_mbps=1.5, allowed_hosts=["example.org"]),
    )
    dependency = st.ExtensionDependency(
        name="symphony.core",
        requirement=st.VersionRequirement.parse("~1.2"),
        optional=True,
        features=["net"],
    )
    lifecycle = st.LifecycleConfig(on_load="load", activation_events=["onStartup"], memory_threshold=1)
    feature = st.CapabilityDeclaration(name="ai.inference", version=VERSION, description="guesses")
    author = st.Author(name="Ada", email="ada@example.org", url="https://example.org/ada")
    yield from (author, feature, dependency, lifecycle, requirements, schema, *schema.properties)
    yield from (requirements.memory, requirements.cpu, requirements.gpu, requirements.storage, requirements.network)
    yield st.ConfigOption(value="a", label="A", description="first")
    yield st.ExtensionManifest(
        id=id_of(st.ExtensionId),
        name="code-review",
        display_name="Code review",
        version=VERSION,
        description="reads code",
        extension_type=st.ExtensionType.INSTRUMENT,
        categories=["quality"],
        tags=["review"],
        authors=[author],
        publisher="ada",
        license="MIT OR Apache-2.0",
        homepage="https://example.org",
        repository="https://example.org/git",
        entry_point="code_review.main:Reviewer",
        min_symphony_version=st.Version(0, 1, 0),
        permissions=[st.Capability.FILE_READ, st.Capability.custom("ipc.send")],
        provides=[feature],
        dependencies=[dependency],
        resources=requirements,
        config_schema=schema,
        default_config={"mode": "slow"},
        lifecycle=lifecycle,
    )
    yield st.ExtensionMetadata(
        id=id_of(st.ExtensionId),
        name="code-review",
        version=VERSION,
        extension_type=st.ExtensionType.INSTRUMENT,
        state=st.ExtensionLifecycle.RUNNING,
        source=st.ExtensionSource.external("https://example.org"),
        install_path="/opt/symphony/code-review",
        enabled=False,
        config={"mode": "slow"},
        installed_at=BEGIN,
        updated_at=LATER,
        process_id=id_of(st.ProcessId),
        trust_level=st.TrustLevel.TRUSTED,
        stability=st.Stability.BETA,
        maintenance_status=st.MaintenanceStatus.DEPRECATED,
        custom=JSON,
    )


def _node(cls: type[Any], label: str, **fields: Any) -> Any:
    return cls(id=id_of(st.NodeId, label), name=label, **fields)


def workflow() -> st.Workflow:
    """Return a valid workflow with nodes and edges of all kinds."""
    text = st.PortDefinition(name="text", data_type=st.DataType.STRING)
    score = st.PortDefinition(name="score", data_type=st.DataType.FLOAT, required=False, default_value=0.5)
    source = _node(st.InputNode, "source", description="from the caller", output=text)
    model = _node(
        st.InstrumentNode,
        "model",
        position=st.Position(1, -2.5),
        metadata=JSON,
        extension_id=id_of(st.ExtensionId),
        model_id="m",
        model_version="2",
        config=st.InstrumentConfig(endpoint="https://models.example/v1", rate_limit=None, custom={"t": 0.5}),
        inputs=[text],
        outputs=[score],
    )
    check = _node(
        st.OperatorNode,
        "check",
        enabled=False,
        operator_type=st.OperatorType.custom("threshold"),
        config=st.OperatorConfig(timeout=st.Duration(0, 1), max_input_size=2**64 - 1),
        inputs=[score],
        outputs=[score],
    )
    branch = _node(
        st.ControlNode, "branch", control_type=st.ControlType.BRANCH, condition=st.Expression("$.score > 0.5")
    )
    panel = _node(st.MotifNode, "panel", motif_id=id_of(st.MotifId), inputs=[score])
    sink = _node(st.OutputNode, "sink", input=score)
    edges = [
        st.DataEdge(
            id=id_of(st.EdgeId, "1"),
            source_node=source.id,
            source_port="text",
            target_node=model.id,
            target_port="text",
            transform=st.DataTransform(transform_type=st.TransformType.MAP, config={"strip": True}),
        ),
        st.DataEdge(
            id=id_of(st.EdgeId, "2"),
            source_node=model.id,
            source_port="score",
            target_node=check.id,
            target_port="score",
        ),
        st.ControlEdge(id=id_of(st.EdgeId, "3"), source_node=check.id, target_node=branch.id, priority=-(2**31)),
        st.ConditionalEdge(
            id=id_of(st.EdgeId, "4"),
            source_node=branch.id,
            target_node=panel.id,
            condition=st.Expression("true", language="cel"),
            label="yes",
        ),
        st.DataEdge(
            id=id_of(st.EdgeId, "5"),
            source_node=check.id,
            source_port="score",
            target_node=sink.id,
            target_port="score",
        ),
    ]
    return st.Workflow(
        id=id_of(st.WorkflowId),
        name="review",
        description="of code",
        version=VERSION,
        nodes={node.id: node for node in (source, model, check, branch, panel, sink)},
        edges=edges,
        metadata=st.WorkflowMetadata(
            author="ada",
            tags=["b", "a"],
            category="quality",
            icon="star",
            color="#fff",
            custom=JSON,
            is_public=True,
            created_by="ada",
            creation_source=st.CreationSource.CONDUCTOR_GENERATED,
        ),
        created_at=BEGIN,
        updated_at=LATER,
    )


def execution() -> st.WorkflowExecution:
    """Return an execution of `workflow` that ended, its nodes in states of all kinds."""
    states = (
        st.NodeState.completed(JSON),
        st.NodeState.failed("exit 1"),
        st.NodeState.skipped("disabled"),
        st.NodeState.RUNNING,
        st.NodeState.QUEUED,
        st.NodeState.PENDING,
    )
    nodes = [
        st.NodeExecution(
            node_id=node_id,
            state=state,
            started_at=BEGIN if state.variant in {"Completed", "Failed", "Running"} else None,
            completed_at=LATER if state.is_finished else None,
            progress_percentage=50 if state is st.NodeState.RUNNING else None,
            status_message="half" if state is st.NodeState.RUNNING else None,
        )
        for node_id, state in zip(workflow().nodes, states, strict=True)
    ]
    return st.WorkflowExecution(
        execution_id=id_of(st.ExecutionId),
        workflow_id=id_of(st.WorkflowId),
        state=st.ExecutionState.failed("exit 1"),
        node_executions={node.node_id: node for node in nodes},
        started_at=BEGIN,
        completed_at=LATER,
        retry_of=id_of(st.ExecutionId, "first"),
        metadata=JSON,
    )


def _workflows() -> Iterator[Any]:
    graph, run = workflow(), execution()
    yield graph
    yield graph.metadata
    yield from graph.nodes.values()
    yield from graph.edges
    for node in graph.nodes.values():
        if isinstance(node, st.InstrumentNode):
            yield from (node.config, *node.inputs, *node.outputs)
        elif isinstance(node, st.OperatorNode):
            yield node.config
    yield run
    yield from run.node_executions.values()
    yield st.Progress(
        total_nodes=10,
        completed_nodes=3,
        failed_nodes=1,
        running_nodes=2,
        pending_nodes=4,
        estimated_remaining=st.Duration(90, 0),
    )
    yield _node(st.NodeBase, "base")
    for state in (*_held(),):
        if isinstance(state, (st.ExecutionState, st.NodeState)):
            yield state.value


def artifact() -> st.Artifact:
    """Return an artifact that was judged."""
    content = st.ArtifactContent.of(b"fn main() {}", content_type="text/rust", encoding=st.Compression.NONE)
    return st.Artifact(
        id=id_of(st.ArtifactId),
        content=content,
        metadata=st.ArtifactMetadata(
            content_type="text/rust",
            size=content.size,
            created_at=BEGIN,
            created_by="ada",
            tags=["rust"],
            custom=JSON,
            name="main.rs",
            artifact_type=st.ArtifactType.CODE,
            category=st.ArtifactCategory.INTERMEDIATES,
            extension_id=id_of(st.ExtensionId),
            workflow_id=id_of(st.WorkflowId),
            execution_id=id_of(st.ExecutionId),
            updated_at=LATER,
        ),
        version=2,
        quality=st.QualityScore(
            overall=0.75,
            dimensions={st.QualityDimension.custom("wit"): 0.5, st.QualityDimension.CLARITY: 1},
            confidence=0.9,
            assessed_at=BEGIN,
            assessor="ada",
            notes="fine",
        ),
        created_at=BEGIN,
    )


def _artifacts() -> Iterator[Any]:
    whole = artifact()
    assert whole.quality is not None
    yield from (whole, whole.content, whole.content.without_data(), whole.metadata, whole.quality)
    yield from whole.quality.dimensions
    weights = st.QualityWeights(weights={st.QualityDimension.UTILITY: 2, st.QualityDimension.CLARITY: 0.5})
    yield from (weights, *weights.weights, st.QualityThresholds(fast_track=1))
    yield st.ArtifactRelation(
        relation_type=st.RelationType.DERIVATION,
        source=whole.id,
        target=id_of(st.ArtifactId, "target"),
        produced_by="ada",
    )


def _errors() -> Iterator[st.SymphonyError]:
    for cls in st.SymphonyError.variants().values():
        yield cls(**{name: f"the {name}" for name in cls.__fields__})


def _kinds() -> Iterator[Any]:
    """Yield every id, every member of every enum and every unit variant."""
    for name in st.__all__:
        cls = getattr(st, name)
        if not isinstance(cls, type):
            continue
        if issubclass(cls, st.TypedId):
            yield id_of(cls)
        elif issubclass(cls, enum.Enum):
            yield from cls
        elif issubclass(cls, st.TaggedValue):
            yield from cls.members()


def _all() -> Iterator[tuple[str, Any, Any]]:
    """Yield name, type and value of each sample; names count up where a type has several."""
    counts: dict[str, int] = {}
    groups = (_kinds, _held, _small, _messages, _extensions, _workflows, _artifacts)
    values = [(type(value), type(value), value) for group in groups for value in group()]
    values += [(type(error), st.SymphonyError, error) for error in _errors()]
    frame_parts = [part for frame in frames() for part in (frame, frame.header, frame.header.route) if part is not None]
    values += [(type(part), type(part), part) for part in frame_parts]
    result: Any = SymphonyResult[st.Version]  # type: ignore[misc]
    values += [(st.Ok, result, st.Ok(VERSION))]
    values += [(st.Err, result, st.Err(st.ConfigError("no such key")))]
    for cls, as_type, value in values:
        count = counts[cls.__name__] = counts.get(cls.__name__, 0) + 1
        yield f"{cls.__name__}-{count}", as_type, value


SAMPLES: Final[dict[str, tuple[Any, Any]]] = {name: (as_type, value) for name, as_type, value in _all()}
"""Name to type and value: ``Version-1``; all of a type in the order of declaration."""
