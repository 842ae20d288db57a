"""
The envelope, the manifest and the workflow as dataclasses, for libraries that do not support the domain's types.

Ids are plain UUIDs, or strings where they are keys; timestamps are datetimes with microseconds; a field tells union
members apart.  Each of these libraries reads and writes these types without a hook.
"""

import dataclasses
import datetime as dt
import uuid

from typing import Any, Literal, TypeAlias


__all__ = ["About", "Edge", "Envelope", "Manifest", "Node", "Version", "Workflow"]


@dataclasses.dataclass(kw_only=True, slots=True)
class Metadata:
    """The metadata of a message; the work leaves it empty."""

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


@dataclasses.dataclass(kw_only=True, slots=True)
class Version:
    """Three numbers."""

    major: int
    minor: int
    patch: int


@dataclasses.dataclass(kw_only=True, slots=True)
class Author:
    """An author of the extension."""

    name: str
    email: str | None = None
    url: str | None = None


@dataclasses.dataclass(kw_only=True, slots=True)
class Provided:
    """A capability that the extension provides."""

    name: str
    version: Version
    description: str | None = None


@dataclasses.dataclass(kw_only=True, slots=True)
class Dependency:
    """A dependency; the requirement maps the name of a comparison to a version."""

    name: str
    requirement: dict[str, Version]
    optional: bool
    features: list[str]


@dataclasses.dataclass(kw_only=True, slots=True)
class Memory:
    """Memory, in MB."""

    minimum_mb: int
    recommended_mb: int
    maximum_mb: int | None = None


@dataclasses.dataclass(kw_only=True, slots=True)
class Cpu:
    """Processor cores."""

    minimum_cores: float
    recommended_cores: float
    supports_multithreading: bool


@dataclasses.dataclass(kw_only=True, slots=True)
class Storage:
    """Disk space, in MB."""

    minimum_mb: int
    recommended_mb: int
    requires_ssd: bool


@dataclasses.dataclass(kw_only=True, slots=True)
class Network:
    """Permitted network access."""

    requires_internet: bool
    bandwidth_mbps: float | None
    allowed_hosts: list[str]


@dataclasses.dataclass(kw_only=True, slots=True)
class Resources:
    """The resources that the extension needs; the work asks for no GPU."""

    memory: Memory
    cpu: Cpu
    gpu: None
    storage: Storage
    network: Network


@dataclasses.dataclass(kw_only=True, slots=True)
class Lifecycle:
    """Functions to call over the extension's life, and events that activate it."""

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
    """The manifest of an extension without configuration."""

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


@dataclasses.dataclass(kw_only=True, slots=True)
class Position:
    """The position of a node on the canvas."""

    x: float
    y: float


@dataclasses.dataclass(kw_only=True, slots=True)
class Port:
    """A port, which edges connect."""

    name: str
    data_type: str
    required: bool
    default_value: Any


@dataclasses.dataclass(kw_only=True, slots=True)
class Duration:
    """A duration as serde writes it: seconds and nanoseconds."""

    secs: int
    nanos: int


@dataclasses.dataclass(kw_only=True, slots=True)
class Settings:
    """The settings of an instrument."""

    endpoint: str | None
    timeout: Duration
    max_retries: int
    rate_limit: int | None
    custom: dict[str, Any]


@dataclasses.dataclass(kw_only=True, slots=True)
class InputNode:
    """A node that reads data into the workflow."""

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
    """A node that processes data."""

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
    """A node that writes data out of the workflow."""

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
    """An edge from a port to a port, the only kind of edge in the work."""

    type: Literal["Data"]
    id: uuid.UUID
    source_node: uuid.UUID
    source_port: str
    target_node: uuid.UUID
    target_port: str
    transform: str | None


@dataclasses.dataclass(kw_only=True, slots=True)
class About:
    """The metadata of a workflow."""

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
    """A workflow: nodes and edges."""

    id: uuid.UUID
    name: str
    description: str | None
    version: Version
    nodes: dict[str, Node]
    edges: list[Edge]
    metadata: About
    created_at: dt.datetime
    updated_at: dt.datetime
