"""
How the classes of `symphony_types` differ on the wire from anybody's attrs classes: what serde's derives say.

Nothing here is special to them: the same options, for classes of your own,
are `Codec.with_class` and `Codec.with_union`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from symphony_types.capability import CapabilityToken
from symphony_types.message.envelope import MessageEnvelope, MessageMetadata
from symphony_types.message.jsonrpc import JsonRpcError, JsonRpcNotification, JsonRpcRequest, JsonRpcResponse
from symphony_types.resource import ResourceHandle, ResourceMetadata
from symphony_types.result import Err, Ok
from symphony_types.workflow.config import InstrumentConfig
from symphony_types.workflow.edge import ConditionalEdge, ControlEdge, DataEdge
from symphony_types.workflow.node import ControlNode, InputNode, InstrumentNode, MotifNode, OperatorNode, OutputNode

from .options import ClassOptions, FieldOptions, UnionOptions, Unions
from .schema.wire_classes import DurationWire


__all__ = ["CLASSES", "UNIONS"]

_SKIP_NONE: Final = FieldOptions(omit_none=True)
_SKIP: Final = FieldOptions(omit=True)
_REQUIRED: Final = FieldOptions(required=True)
_SERDE_REQUIRED: Final = ClassOptions(serde_required=True)

CLASSES: Final[Mapping[type, ClassOptions]] = {
    CapabilityToken: _SERDE_REQUIRED,
    # Alone among all structs, serde's Duration refuses unknown fields.
    DurationWire: ClassOptions(serde_required=True, unknown_fields="forbid"),
    # A secret is not for the wire.
    InstrumentConfig: ClassOptions(fields={"api_key": _SKIP}),
    JsonRpcError: ClassOptions(serde_required=True, fields={"data": _SKIP_NONE}),
    JsonRpcNotification: ClassOptions(serde_required=True, fields={"params": _SKIP_NONE}),
    JsonRpcRequest: ClassOptions(serde_required=True, fields={"params": _SKIP_NONE, "id": _REQUIRED}),
    # `result` is left out where it is unset: null is a result.
    JsonRpcResponse: ClassOptions(fields={"jsonrpc": _REQUIRED, "error": _SKIP_NONE, "id": _REQUIRED}),
    MessageEnvelope: _SERDE_REQUIRED,
    MessageMetadata: _SERDE_REQUIRED,
    ResourceHandle: ClassOptions(fields={"metadata": _SKIP}),
    ResourceMetadata: _SERDE_REQUIRED,
}

_NODES: Final = (InstrumentNode, OperatorNode, MotifNode, ControlNode, InputNode, OutputNode)
_EDGES: Final = (DataEdge, ControlEdge, ConditionalEdge)
# A request has an id and a method, a response an id, a notification a method.  As arrays, a response whose result is
# text would be a request that calls it.  What has an id is no notification, though the id is not valid (JSON-RPC 2.0,
# section 4.1): the sender waits for an answer.
_JSON_RPC: Final = (JsonRpcRequest, JsonRpcResponse, JsonRpcNotification)

UNIONS: Final = Unions(
    options={
        frozenset(_NODES): UnionOptions(order=_NODES),
        frozenset(_EDGES): UnionOptions(order=_EDGES),
        frozenset((Ok, Err)): UnionOptions(order=(Ok, Err)),
        frozenset(_JSON_RPC): UnionOptions(tagging="untagged", order=_JSON_RPC, maps=True, decisive="id"),
    },
    names={
        **{cls: cls.__name__.removesuffix("Node") for cls in _NODES},
        **{cls: cls.__name__.removesuffix("Edge") for cls in _EDGES},
    },
    newtypes=frozenset((Ok, Err)),
)
