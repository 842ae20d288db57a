"""From files to messages: what the demo sends, and what has to come back."""

from __future__ import annotations

import hashlib
import mimetypes
import tomllib

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final

import attrs

from symphony_types.artifact.artifact import Artifact
from symphony_types.artifact.metadata import ArtifactType
from symphony_types.capability import CapabilityToken
from symphony_types.extension.document import manifest_from_toml_document
from symphony_types.extension.manifest import ExtensionManifest
from symphony_types.ids import ContentHash, ProcessId, SessionId
from symphony_types.message.envelope import MessageEnvelope, MessageMetadata, MessagePriority
from symphony_types.message.jsonrpc import JsonRpcRequest
from symphony_types.time import Duration
from symphony_types.workflow.config import OperatorType
from symphony_types.workflow.edge import ConditionalEdge, ControlEdge, DataEdge, WorkflowEdge
from symphony_types.workflow.expression import Expression
from symphony_types.workflow.graph import Workflow
from symphony_types.workflow.node import InputNode, OperatorNode, OutputNode, Position, WorkflowNode
from symphony_types.workflow.ports import DataType, PortDefinition

from ...registry import get_codec
from .files import Input, SourceFile
from .kinds import NEEDED, text_facts


__all__ = ["Message", "gather"]

# Of the files, these many go as artifacts and as requests; all are nodes of the workflow.
MAX_ARTIFACTS: Final = 40
MAX_REQUESTS: Final = 20

_METHOD: Final = "symphony/openTextDocument"
_LANGUAGES: Final = {".py": "python", ".rs": "rust", ".toml": "toml", ".md": "markdown", ".json": "json"}
_TYPES: Final = {
    ".md": ArtifactType.DOCUMENTATION,
    ".py": ArtifactType.CODE,
    ".rs": ArtifactType.CODE,
    ".toml": ArtifactType.CONFIG,
    ".json": ArtifactType.DATA,
}
_HOUR: Final = Duration(3600, 0)


@attrs.frozen(kw_only=True)
class Message:
    """
    What is sent.

    Args:
        kind: A key of `CHECKS`.
        envelope: The message.
        facts: What the other process has to find out about it, from the
            files themselves.
    """

    kind: str
    envelope: MessageEnvelope[Any]
    facts: dict[str, Any]


def gather(given: Input) -> list[Message]:
    """
    Make the messages: a workflow over all files, artifacts, a manifest, requests and a token.

    Raises:
        ValueError: The manifest is none: no TOML, or not what a manifest is.
    """
    wrap = _wrapper()
    manifest = _manifest(given.manifest)
    token = CapabilityToken.issue({*manifest.permissions, *NEEDED}, _HOUR)
    facts = {
        "name": manifest.qualified_name(),
        "version": str(manifest.version),
        "dependencies": [dependency.name for dependency in manifest.dependencies],
    }
    return [
        _workflow(given, wrap),
        *_artifacts(given, wrap),
        Message(kind="ExtensionManifest", envelope=wrap(manifest, MessagePriority.LOW), facts=facts),
        *_requests(given, wrap),
        Message(
            kind="CapabilityToken",
            envelope=wrap(token, MessagePriority.HIGH),
            facts={"id": str(token.id), "capabilities": len(token.capabilities)},
        ),
    ]


_Wrap = Callable[..., MessageEnvelope[Any]]


def _wrapper() -> _Wrap:
    sender, receiver, session = ProcessId.new(), ProcessId.new(), SessionId.new()

    def wrap(payload: Any, priority: MessagePriority = MessagePriority.NORMAL) -> MessageEnvelope[Any]:
        return MessageEnvelope(
            sender=sender,
            receiver=receiver,
            session_id=session,
            payload=payload,
            metadata=MessageMetadata(priority=priority, ttl=_HOUR),
        )

    return wrap


def _manifest(file: SourceFile) -> ExtensionManifest:
    wire = manifest_from_toml_document(tomllib.loads(file.data.decode()))
    json = get_codec("json")
    return json.decode(json.encode(wire), ExtensionManifest)


def _port(name: str, data_type: DataType) -> PortDefinition:
    return PortDefinition(name=name, data_type=data_type)


def _workflow(given: Input, wrap: _Wrap) -> Message:
    """An input feeds one reader per file, and all readers feed one collector, which feeds the output."""
    start = InputNode(name="root", output=_port("folder", DataType.STRING), position=Position(0.0, 0.0))
    readers = [_reader(index, file) for index, file in enumerate(given.files)]
    collector = OperatorNode(
        name="collect",
        operator_type=OperatorType.AGGREGATE,
        inputs=[_port(f"file_{index}", DataType.ARTIFACT) for index in range(len(readers))],
        outputs=[_port("artifacts", DataType.list(DataType.ARTIFACT))],
        position=Position(400.0, 0.0),
    )
    end = OutputNode(name="artifacts", input=_port("all", DataType.list(DataType.ARTIFACT)))
    nodes: list[WorkflowNode] = [start, *readers, collector, end]
    edges: list[WorkflowEdge] = []
    for index, reader in enumerate(readers):
        edges.append(_flow(start, "folder", reader, "folder"))
        edges.append(_flow(reader, "file", collector, f"file_{index}"))
    edges.append(_flow(collector, "artifacts", end, "all"))
    # The first reader goes before the last; the output waits for a condition.
    if len(readers) > 1:
        edges.append(ControlEdge(source_node=readers[0].id, target_node=readers[-1].id, priority=1))
    condition = Expression("$.artifacts.length > 0")
    edges.append(ConditionalEdge(source_node=collector.id, target_node=end.id, condition=condition, label="not empty"))

    # A folder's name need not be text that can be sent.
    folder = given.root.name.encode(errors="replace").decode()
    workflow = Workflow.of(f"Read {folder}"[:128], nodes, edges)
    facts = {
        "nodes": len(given.files) + 3,
        "edges": len(edges),
        "levels": 5 if len(readers) > 1 else 4,
        "names": sorted(["root", "collect", "artifacts", *(file.path for file in given.files)]),
    }
    return Message(kind="Workflow", envelope=wrap(workflow), facts=facts)


def _flow(source: WorkflowNode, source_port: str, target: WorkflowNode, target_port: str) -> DataEdge:
    return DataEdge(source_node=source.id, source_port=source_port, target_node=target.id, target_port=target_port)


def _reader(index: int, file: SourceFile) -> OperatorNode:
    return OperatorNode(
        name=file.path,
        operator_type=OperatorType.PARSE if _is_text(file) else OperatorType.custom("copy"),
        inputs=[_port("folder", DataType.STRING)],
        outputs=[_port("file", DataType.ARTIFACT)],
        metadata={"size": len(file.data), "sha256": hashlib.sha256(file.data).hexdigest()},
        position=Position(200.0, 50.0 * index),
    )


def _artifacts(given: Input, wrap: _Wrap) -> Iterator[Message]:
    for file in given.files[:MAX_ARTIFACTS]:
        suffix = PurePosixPath(file.path).suffix
        artifact = Artifact.of(
            file.data,
            content_type=mimetypes.guess_type(file.path)[0] or "application/octet-stream",
            name=file.path,
            artifact_type=_TYPES.get(suffix, ArtifactType.OTHER),
            tags=[suffix] if suffix else (),
            created_by="symphony demo",
        )
        facts = {
            "name": file.path,
            "size": len(file.data),
            "sha256": hashlib.sha256(file.data).hexdigest(),
            "hash": str(ContentHash.of(file.data)),
        }
        yield Message(kind="Artifact", envelope=wrap(artifact), facts=facts)


def _requests(given: Input, wrap: _Wrap) -> Iterator[Message]:
    texts = [file for file in given.files if _is_text(file)]
    for number, file in enumerate(texts[:MAX_REQUESTS], 1):
        text = file.data.decode()
        uri = (given.root / file.path).as_uri()
        language = _LANGUAGES.get(PurePosixPath(file.path).suffix, "plaintext")
        document = {"uri": uri, "languageId": language, "version": number, "text": text}
        request = JsonRpcRequest(method=_METHOD, params={"textDocument": document}, id=number)
        facts = {"method": _METHOD, "uri": uri, **text_facts(text)}
        yield Message(kind="JsonRpcRequest", envelope=wrap(request), facts=facts)


def _is_text(file: SourceFile) -> bool:
    try:
        file.data.decode()
    except UnicodeDecodeError:
        return False
    return True
