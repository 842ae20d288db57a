"""The strategies of types."""

from __future__ import annotations

import enum
import importlib

from collections.abc import Callable
from typing import Any, Final, TypeVar, get_args, get_origin

from hypothesis import strategies as st
from typing_extensions import TypeForm

from symphony_types import (
    Artifact,
    ArtifactContent,
    ArtifactMetadata,
    ArtifactRelation,
    Author,
    Capability,
    CapabilityDeclaration,
    CapabilityToken,
    ConditionalEdge,
    ConfigOption,
    ConfigProperty,
    ConfigSchema,
    ConfigType,
    Constraint,
    ContentHash,
    ControlEdge,
    ControlNode,
    CpuRequirements,
    DataEdge,
    DataTransform,
    DataType,
    DimensionScore,
    DimensionWeight,
    Duration,
    Err,
    ExecutionFailure,
    ExecutionState,
    Expression,
    ExtensionDependency,
    ExtensionManifest,
    ExtensionMetadata,
    ExtensionSource,
    FrameFlags,
    FrameHeader,
    FrameRoute,
    FrameType,
    GpuRequirements,
    InputNode,
    InputPrompt,
    InstrumentConfig,
    InstrumentNode,
    IpcFrame,
    Issue,
    JsonRpcError,
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    LifecycleConfig,
    MemoryRequirements,
    MessageEnvelope,
    MessageMetadata,
    MotifNode,
    NetworkRequirements,
    NodeBase,
    NodeExecution,
    NodeFailure,
    NodeOutput,
    NodeSkip,
    NodeState,
    Ok,
    OperatorConfig,
    OperatorNode,
    OperatorType,
    OutputNode,
    PortDefinition,
    Position,
    Progress,
    QualityDimension,
    QualityScore,
    QualityThresholds,
    QualityWeights,
    ResourceHandle,
    ResourceMetadata,
    ResourceRequirements,
    ResourceType,
    StorageRequirements,
    SymphonyError,
    Timestamp,
    Ttl,
    TypedId,
    Version,
    VersionRange,
    VersionRequirement,
    Workflow,
    WorkflowExecution,
    WorkflowMetadata,
)

from .._generation import codecs_for
from ..codec import Codec
from . import artifacts, errors, executions, extensions, ids_and_time, messages, settings, workflows
from .from_schema import strategy_of_schema
from .scalars import json_values


__all__ = ["domain_strategies", "strategy_for"]

T = TypeVar("T")

Strategy = st.SearchStrategy[Any]

_CLASSES: Final[dict[Any, Callable[[], Strategy]]] = {
    Artifact: artifacts.artifacts,
    ArtifactContent: artifacts.artifact_contents,
    ArtifactMetadata: artifacts.artifact_metadata,
    ArtifactRelation: artifacts.artifact_relations,
    Author: extensions.authors,
    Capability: ids_and_time.capabilities,
    CapabilityDeclaration: extensions.capability_declarations,
    CapabilityToken: ids_and_time.capability_tokens,
    ConditionalEdge: workflows.conditional_edges,
    ConfigOption: settings.config_options,
    ConfigProperty: settings.config_properties,
    ConfigSchema: settings.config_schemas,
    ConfigType: settings.config_types,
    Constraint: settings.constraints,
    ContentHash: artifacts.content_hashes,
    ControlEdge: workflows.control_edges,
    ControlNode: workflows.control_nodes,
    CpuRequirements: extensions.cpu_requirements,
    DataEdge: workflows.data_edges,
    DataTransform: workflows.data_transforms,
    DataType: workflows.data_types,
    DimensionScore: artifacts.dimension_scores,
    DimensionWeight: artifacts.dimension_weights,
    Duration: ids_and_time.durations,
    Err: lambda: messages.errs(json_values()),
    ExecutionFailure: executions.execution_failures,
    ExecutionState: executions.execution_states,
    Expression: workflows.expressions,
    ExtensionDependency: extensions.extension_dependencies,
    ExtensionManifest: extensions.extension_manifests,
    ExtensionMetadata: extensions.extension_metadata,
    ExtensionSource: extensions.extension_sources,
    FrameFlags: messages.frame_flags,
    FrameHeader: messages.frame_headers,
    FrameRoute: messages.frame_routes,
    FrameType: messages.frame_types,
    GpuRequirements: extensions.gpu_requirements,
    InputNode: workflows.input_nodes,
    InputPrompt: executions.input_prompts,
    InstrumentConfig: workflows.instrument_configs,
    InstrumentNode: workflows.instrument_nodes,
    IpcFrame: messages.ipc_frames,
    Issue: errors.issues,
    JsonRpcError: messages.json_rpc_errors,
    JsonRpcNotification: messages.json_rpc_notifications,
    JsonRpcRequest: messages.json_rpc_requests,
    JsonRpcResponse: messages.json_rpc_responses,
    LifecycleConfig: extensions.lifecycle_configs,
    MemoryRequirements: extensions.memory_requirements,
    MessageEnvelope: lambda: messages.message_envelopes(json_values()),
    MessageMetadata: messages.message_metadata,
    MotifNode: workflows.motif_nodes,
    NetworkRequirements: extensions.network_requirements,
    NodeBase: workflows.node_bases,
    NodeExecution: executions.node_executions,
    NodeFailure: executions.node_failures,
    NodeOutput: executions.node_outputs,
    NodeSkip: executions.node_skips,
    NodeState: executions.node_states,
    Ok: lambda: messages.oks(json_values()),
    OperatorConfig: workflows.operator_configs,
    OperatorNode: workflows.operator_nodes,
    OperatorType: workflows.operator_types,
    OutputNode: workflows.output_nodes,
    PortDefinition: workflows.port_definitions,
    Position: workflows.positions,
    Progress: executions.progresses,
    QualityDimension: artifacts.quality_dimensions,
    QualityScore: artifacts.quality_scores,
    QualityThresholds: artifacts.quality_thresholds,
    QualityWeights: artifacts.quality_weights,
    ResourceHandle: ids_and_time.resource_handles,
    ResourceMetadata: ids_and_time.resource_metadata,
    ResourceRequirements: extensions.resource_requirements,
    ResourceType: ids_and_time.resource_types,
    StorageRequirements: extensions.storage_requirements,
    Timestamp: ids_and_time.timestamps,
    Ttl: ids_and_time.ttls,
    Version: ids_and_time.versions,
    VersionRange: ids_and_time.version_ranges,
    VersionRequirement: ids_and_time.version_requirements,
    Workflow: workflows.workflows,
    WorkflowExecution: executions.workflow_executions,
    WorkflowMetadata: workflows.workflow_metadata,
}

_GENERICS: Final[dict[Any, Callable[[Strategy], Strategy]]] = {
    Err: messages.errs,
    MessageEnvelope: messages.message_envelopes,
    Ok: messages.oks,
}


def domain_strategies() -> dict[type, Strategy]:
    """
    Return a strategy for every class of `symphony_types` that has values: ids, enums, errors, all.

    Generic classes hold `strategies.json_values`; groups of errors give any of
    their variants.
    """
    found: dict[type, Strategy] = {}
    every = importlib.import_module("symphony_types")
    for name in every.__all__:
        cls = getattr(every, name)
        if not isinstance(cls, type):
            continue
        if cls in _CLASSES:
            found[cls] = _CLASSES[cls]()
        elif issubclass(cls, enum.Enum):
            found[cls] = st.sampled_from(cls)
        elif issubclass(cls, TypedId):
            found[cls] = ids_and_time.ids(cls)
        elif issubclass(cls, SymphonyError):
            found[cls] = errors.symphony_errors(cls)
    return found


def strategy_for(
    as_type: TypeForm[T], *, codec: Codec | str | None = None, realistic: bool = False
) -> st.SearchStrategy[T]:
    """
    Return a strategy of values of any type that a codec takes.

    It honours everything that the type says: annotations, validators of attrs and of
    `symphony_types.checks`, options of the codec. Rules in code, such
    as a validator of your own or ``__attrs_post_init__``, filter. Every value
    comes back equal from the codecs. A strategy that you have registered for a
    class with `hypothesis.strategies.register_type_strategy` goes before.

    Args:
        as_type: A class, a generic one with its arguments, a union, or any
            other annotation.
        codec: A codec, or its name: the strategy honours its options, and
            values come back equal from it. By default those of JSON,
            MessagePack (maps and arrays) and CBOR that take the type.
        realistic: Whether texts are words, numbers usual ones and times of one
            year, as in real data, instead of those that break programs.

    Raises:
        GenerationError: A `LookupError`: no codec takes the type, or nothing
            says what its values are. Where no value passes, drawing raises it.
    """
    return strategy_of_schema(as_type, codecs_for(as_type, codec), _domain, realistic=realistic)


def _domain(tp: Any, strategy: Callable[[Any], Strategy]) -> Strategy | None:
    """Return the strategy of a class of `symphony_types` that is made by hand."""
    origin = get_origin(tp)
    if origin in _GENERICS:
        return _GENERICS[origin](strategy(*get_args(tp)))
    if isinstance(tp, type) and issubclass(tp, SymphonyError):
        return errors.symphony_errors(tp)
    make = _CLASSES.get(tp)
    return None if make is None else make()
