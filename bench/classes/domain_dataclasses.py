"""
The envelope, the manifest and the workflow as dataclasses, for the libraries that know none of the domain's types.

Ids are UUIDs of no type, or texts where they are keys; moments are datetimes in microseconds; unions are told apart by
a field: what each of these libraries reads and writes by itself, without a hook.
"""

import dataclasses
import datetime as dt
import uuid

from typing import Any, Literal, TypeAlias


__all__ = ["About", "Edge", "Envelope", "Manifest", "Node", "Version", "Workflow"]


# The envelope.


@dataclasses.dataclass(kw_only=True, slots=True)
class Metadata:
    """What goes with a message; the work leaves it empty."""

    priority: str
    ttl: int | None = None
    reply_to: uuid.UUID | None = None
    correlation_id: uuid.UUID | None = None


@dataclasses.dataclass(kw_only=True, slots=True)
class Request:
    """A JSON-RPC request."""

    jsonrpc: str
    method: str
    params: Any
    id: int


@dataclasses.dataclass(kw_only=True, slots=True)
class Envelope:
    """The envelope around it."""

    id: uuid.UUID
    timestamp: dt.datetime
    sender: uuid.UUID
    receiver: uuid.UUID | None
    session_id: uuid.UUID | None
    payload: Request
    metadata: Metadata


# The manifest.


@dataclasses.dataclass(kw_only=True, slots=True)
class Version:
    """Three numbers."""

    major: int
    minor: int
    patch: int


@dataclasses.dataclass(kw_only=True, slots=True)
class Author:
    """Who wrote it."""

    name: str
    email: str | None = None
    url: str | None = None


@dataclasses.dataclass(kw_only=True, slots=True)
class Provided:
    """A capability."""

    name: str
    version: Version
    description: str | None = None


@dataclasses.dataclass(kw_only=True, slots=True)
class Dependency:
    """What it needs; the requirement is a version by the word for how it is meant."""

    name: str
    requirement: dict[str, Version]
    optional: bool
    features: list[str]


@dataclasses.dataclass(kw_only=True, slots=True)
class Memory:
    """In MB."""

    minimum_mb: int
    recommended_mb: int
    maximum_mb: int | None = None


@dataclasses.dataclass(kw_only=True, slots=True)
class Cpu:
    """In cores."""

    minimum_cores: float
    recommended_cores: float
    supports_multithreading: bool


@dataclasses.dataclass(kw_only=True, slots=True)
class Storage:
    """In MB."""

    minimum_mb: int
    recommended_mb: int
    requires_ssd: bool


@dataclasses.dataclass(kw_only=True, slots=True)
class Network:
    """Whom it talks to."""

    requires_internet: bool
    bandwidth_mbps: float | None
    allowed_hosts: list[str]


@dataclasses.dataclass(kw_only=True, slots=True)
class Resources:
    """All it takes; no work asks for a GPU."""

    memory: Memory
    cpu: Cpu
    gpu: None
    storage: Storage
    network: Network


@dataclasses.dataclass(kw_only=True, slots=True)
class Lifecycle:
    """When it runs."""

    on_load: str | None
    on_activate: str | None
    on_deactivate: str | None
    on_unload: str | None
    activation_events: list[str]
    lazy_loading: bool
    background_activation: bool
    restart_policy: str
    restart_delay_ms: int
    max_restarts: int
    startup_priority: str
    startup_budget_ms: int
    idle_timeout_ms: int
    cleanup_interval_ms: int
    memory_threshold: float


@dataclasses.dataclass(kw_only=True, slots=True)
class Manifest:
    """An extension; nothing configures it."""

    schema_version: Version
    id: uuid.UUID
    name: str
    display_name: str | None
    version: Version
    description: str
    extension_type: str
    categories: list[str]
    tags: list[str]
    authors: list[Author]
    publisher: str | None
    license: str
    homepage: str | None
    repository: str | None
    entry_point: str
    min_symphony_version: Version | None
    permissions: list[str]
    provides: list[Provided]
    dependencies: list[Dependency]
    resources: Resources
    config_schema: None
    default_config: Any
    lifecycle: Lifecycle


# The workflow.


@dataclasses.dataclass(kw_only=True, slots=True)
class Position:
    """Where a node is drawn."""

    x: float
    y: float


@dataclasses.dataclass(kw_only=True, slots=True)
class Port:
    """Where an edge ends."""

    name: str
    data_type: str
    required: bool
    default_value: Any


@dataclasses.dataclass(kw_only=True, slots=True)
class Duration:
    """As serde writes it."""

    secs: int
    nanos: int


@dataclasses.dataclass(kw_only=True, slots=True)
class Settings:
    """Of an instrument."""

    endpoint: str | None
    timeout: Duration
    max_retries: int
    rate_limit: int | None
    custom: dict[str, Any]


@dataclasses.dataclass(kw_only=True, slots=True)
class InputNode:
    """Where data comes in."""

    type: Literal["Input"]
    id: uuid.UUID
    name: str
    description: str | None
    position: Position
    enabled: bool
    metadata: dict[str, Any]
    extension_id: uuid.UUID | None
    output: Port


@dataclasses.dataclass(kw_only=True, slots=True)
class InstrumentNode:
    """Where it is worked on."""

    type: Literal["Instrument"]
    id: uuid.UUID
    name: str
    description: str | None
    position: Position
    enabled: bool
    metadata: dict[str, Any]
    extension_id: uuid.UUID | None
    model_id: str
    model_version: str | None
    config: Settings
    inputs: list[Port]
    outputs: list[Port]


@dataclasses.dataclass(kw_only=True, slots=True)
class OutputNode:
    """Where it goes."""

    type: Literal["Output"]
    id: uuid.UUID
    name: str
    description: str | None
    position: Position
    enabled: bool
    metadata: dict[str, Any]
    extension_id: uuid.UUID | None
    input: Port


Node: TypeAlias = InputNode | InstrumentNode | OutputNode


@dataclasses.dataclass(kw_only=True, slots=True)
class Edge:
    """From a port to a port; the work has no other edges."""

    type: Literal["Data"]
    id: uuid.UUID
    source_node: uuid.UUID
    source_port: str
    target_node: uuid.UUID
    target_port: str
    transform: str | None


@dataclasses.dataclass(kw_only=True, slots=True)
class About:
    """Of a workflow."""

    author: str | None
    tags: list[str]
    category: str | None
    icon: str | None
    color: str | None
    custom: dict[str, Any]
    is_public: bool
    created_by: uuid.UUID | None
    creation_source: str


@dataclasses.dataclass(kw_only=True, slots=True)
class Workflow:
    """All of it."""

    id: uuid.UUID
    name: str
    description: str | None
    version: Version
    nodes: dict[str, Node]
    edges: list[Edge]
    metadata: About
    created_at: dt.datetime
    updated_at: dt.datetime
