"""The messages of the demo: their types, and what the other process finds out about each."""

from __future__ import annotations

import hashlib

from collections.abc import Callable, Mapping
from typing import Any, Final

from symphony_types.artifact.artifact import Artifact
from symphony_types.capability import Capability, CapabilityToken
from symphony_types.errors import ConfigError, PermissionDeniedError
from symphony_types.extension.manifest import ExtensionManifest
from symphony_types.ids import ContentHash
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.jsonrpc import JsonRpcRequest, JsonRpcResponse
from symphony_types.workflow.graph import Workflow


__all__ = ["CHECKS", "MESSAGE", "NEEDED", "text_facts"]

NEEDED: Final = (Capability.FILE_READ, Capability.ARTIFACT_WRITE)
"""What the token has to grant."""

MESSAGE: Final[Any] = MessageEnvelope[
    Workflow | Artifact | ExtensionManifest | JsonRpcRequest | CapabilityToken | JsonRpcResponse
]
"""What goes over the wire: a tag tells which of them it is; the last one answers the others."""


def _check_workflow(workflow: Workflow) -> dict[str, Any]:
    workflow.validate()
    order = workflow.topological_order()
    return {
        "nodes": len(order),
        "edges": len(workflow.edges),
        "levels": len(workflow.parallel_levels()),
        "names": sorted(node.name for node in workflow.nodes.values()),
    }


def _check_artifact(artifact: Artifact) -> dict[str, Any]:
    artifact.validate()
    data = artifact.content.data
    if data is None:
        raise ConfigError("expected the artifact's data, got a reference")
    return {
        "name": artifact.metadata.name,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "hash": str(ContentHash.of(data)),
    }


def _check_manifest(manifest: ExtensionManifest) -> dict[str, Any]:
    manifest.validate()
    return {
        "name": manifest.qualified_name(),
        "version": str(manifest.version),
        "dependencies": [dependency.name for dependency in manifest.dependencies],
    }


def text_facts(text: str) -> dict[str, Any]:
    """Return what there is to know of a text."""
    return {"lines": len(text.splitlines()), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def _check_request(request: JsonRpcRequest) -> dict[str, Any]:
    params: Any = request.params
    document = params["textDocument"]
    return {"method": request.method, "uri": document["uri"], **text_facts(document["text"])}


def _check_token(token: CapabilityToken) -> dict[str, Any]:
    missing = [str(capability) for capability in NEEDED if not token.has_capability(capability)]
    if missing or not token.is_valid():
        raise PermissionDeniedError(f"the token has expired, or lacks {', '.join(missing)}")
    return {"id": str(token.id), "capabilities": len(token.capabilities)}


CHECKS: Final[Mapping[str, Callable[[Any], dict[str, Any]]]] = {
    "Workflow": _check_workflow,
    "Artifact": _check_artifact,
    "ExtensionManifest": _check_manifest,
    "JsonRpcRequest": _check_request,
    "CapabilityToken": _check_token,
}
"""
By the class of a payload, what takes it apart.

Each returns facts that only who has the true value can know, and raises if
something is wrong with it.
"""
