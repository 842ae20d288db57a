"""Nodes of a workflow: what runs, and the ports through which data enters and leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from symphony_types._json import JsonValue
from symphony_types.checks import (
    BOOL,
    FINITE,
    NON_EMPTY,
    TEXT,
    TEXT_MAP,
    Each,
    FieldError,
    InstanceOf,
    as_float,
    as_map,
    as_tuple,
    describe,
    optional,
)
from symphony_types.ids import ExtensionId, MotifId, NodeId
from symphony_types.workflow.config import ControlType, InstrumentConfig, OperatorConfig, OperatorType
from symphony_types.workflow.expression import Expression
from symphony_types.workflow.ports import PortDefinition


__all__ = [
    "ControlNode",
    "InputNode",
    "InstrumentNode",
    "MotifNode",
    "NodeBase",
    "OperatorNode",
    "OutputNode",
    "Position",
    "WorkflowNode",
]

_PORT: Final = InstanceOf((PortDefinition,), "a PortDefinition")
_PORTS: Final = Each(_PORT)


@attrs.frozen
class Position:
    """Where an editor shows a node: finite, in its own units."""

    x: float = attrs.field(default=0.0, converter=as_float, validator=FINITE)
    y: float = attrs.field(default=0.0, converter=as_float, validator=FINITE)


def _check_port_names(field: str, ports: tuple[PortDefinition, ...]) -> None:
    if len(ports) < 2:
        return
    seen: set[str] = set()
    for index, port in enumerate(ports):
        if port.name in seen:
            raise FieldError("duplicate_id", (field, index, "name"), "a unique port name", describe(port.name))
        seen.add(port.name)


@attrs.frozen(kw_only=True, unsafe_hash=False)
class NodeBase:
    """
    The common part of all nodes.

    Args:
        id: A new one if not given.
        name: For people, not empty.
        description: For people.
        position: Where an editor shows it.
        enabled: A disabled node stays in the graph; an execution skips it.
        metadata: Data of tools; read-only.
        extension_id: The extension that runs it.

    Raises:
        FieldError: Two ports of one direction have the same name.
    """

    id: NodeId = attrs.field(factory=NodeId.new, validator=InstanceOf((NodeId,), "a NodeId"))
    name: str = attrs.field(validator=NON_EMPTY)
    description: str | None = attrs.field(default=None, validator=optional(TEXT))
    position: Position = attrs.field(factory=Position, validator=InstanceOf((Position,), "a Position"))
    enabled: bool = attrs.field(default=True, validator=BOOL)
    metadata: Mapping[str, JsonValue] = attrs.field(factory=dict, converter=as_map, validator=TEXT_MAP)
    extension_id: ExtensionId | None = attrs.field(
        default=None, validator=optional(InstanceOf((ExtensionId,), "an ExtensionId"))
    )

    def __attrs_post_init__(self) -> None:
        self._check_fields()

    def _check_fields(self) -> None:
        _check_port_names("inputs", self.input_ports)
        _check_port_names("outputs", self.output_ports)

    @property
    def input_ports(self) -> tuple[PortDefinition, ...]:
        """The ports through which data enters."""
        return ()

    @property
    def output_ports(self) -> tuple[PortDefinition, ...]:
        """The ports through which data leaves."""
        return ()


class _Ported:
    # The two fields stand last in each class, where a common base would put them before its own.
    __slots__ = ()

    inputs: tuple[PortDefinition, ...]
    outputs: tuple[PortDefinition, ...]

    @property
    def input_ports(self) -> tuple[PortDefinition, ...]:
        """The same as *inputs*."""
        return self.inputs

    @property
    def output_ports(self) -> tuple[PortDefinition, ...]:
        """The same as *outputs*."""
        return self.outputs


@attrs.frozen(kw_only=True, unsafe_hash=False)
class InstrumentNode(_Ported, NodeBase):
    """
    Calls a model.

    Args:
        model_id: The extension's name for the model, not empty.
        model_version: As the extension spells it; ``None`` is its choice.
        config: How to call it.
        inputs: Unique by name.
        outputs: Unique by name.
    """

    model_id: str = attrs.field(validator=NON_EMPTY)
    model_version: str | None = attrs.field(default=None, validator=optional(NON_EMPTY))
    config: InstrumentConfig = attrs.field(
        factory=InstrumentConfig, validator=InstanceOf((InstrumentConfig,), "an InstrumentConfig")
    )
    inputs: tuple[PortDefinition, ...] = attrs.field(default=(), converter=as_tuple, validator=_PORTS)
    outputs: tuple[PortDefinition, ...] = attrs.field(default=(), converter=as_tuple, validator=_PORTS)


@attrs.frozen(kw_only=True, unsafe_hash=False)
class OperatorNode(_Ported, NodeBase):
    """
    Works on data without a model.

    Args:
        operator_type: Its operation.
        config: The limits that it runs under.
        inputs: Unique by name.
        outputs: Unique by name.
    """

    operator_type: OperatorType = attrs.field(validator=InstanceOf((OperatorType,), "an OperatorType"))
    config: OperatorConfig = attrs.field(
        factory=OperatorConfig, validator=InstanceOf((OperatorConfig,), "an OperatorConfig")
    )
    inputs: tuple[PortDefinition, ...] = attrs.field(default=(), converter=as_tuple, validator=_PORTS)
    outputs: tuple[PortDefinition, ...] = attrs.field(default=(), converter=as_tuple, validator=_PORTS)


@attrs.frozen(kw_only=True, unsafe_hash=False)
class MotifNode(_Ported, NodeBase):
    """
    Runs a motif, a reusable part of workflows.

    Args:
        motif_id: Which one.
        inputs: Unique by name.
        outputs: Unique by name.
    """

    motif_id: MotifId = attrs.field(validator=InstanceOf((MotifId,), "a MotifId"))
    inputs: tuple[PortDefinition, ...] = attrs.field(default=(), converter=as_tuple, validator=_PORTS)
    outputs: tuple[PortDefinition, ...] = attrs.field(default=(), converter=as_tuple, validator=_PORTS)


@attrs.frozen(kw_only=True, unsafe_hash=False)
class ControlNode(_Ported, NodeBase):
    """
    Steers the flow.

    Args:
        control_type: How.
        condition: The condition by which a branch or loop decides; both need one.
        inputs: Unique by name; for data that passes through the node.
        outputs: Unique by name.

    Raises:
        FieldError: A branch or loop has no condition.
    """

    control_type: ControlType = attrs.field(validator=InstanceOf((ControlType,), "a ControlType"))
    condition: Expression | None = attrs.field(
        default=None, validator=optional(InstanceOf((Expression,), "an Expression"))
    )
    inputs: tuple[PortDefinition, ...] = attrs.field(default=(), converter=as_tuple, validator=_PORTS)
    outputs: tuple[PortDefinition, ...] = attrs.field(default=(), converter=as_tuple, validator=_PORTS)

    def _check_fields(self) -> None:
        super()._check_fields()
        if self.control_type.needs_condition and self.condition is None:
            kind = self.control_type.value.lower()
            raise FieldError("missing_field", ("condition",), f"a condition for a {kind} node", "None")


@attrs.frozen(kw_only=True, unsafe_hash=False)
class InputNode(NodeBase):
    """
    Where data enters the workflow; no edge leads to it.

    Args:
        output: The port that the caller's data leaves by; it is required of
            the caller unless the port has a default.
    """

    output: PortDefinition = attrs.field(validator=_PORT)

    @property
    def output_ports(self) -> tuple[PortDefinition, ...]:
        """Its one port."""
        return (self.output,)


@attrs.frozen(kw_only=True, unsafe_hash=False)
class OutputNode(NodeBase):
    """
    Where data leaves the workflow; no edge leads from it.

    Args:
        input: The port whose data is a result of the workflow.
    """

    input: PortDefinition = attrs.field(validator=_PORT)

    @property
    def input_ports(self) -> tuple[PortDefinition, ...]:
        """Its one port."""
        return (self.input,)


WorkflowNode = InstrumentNode | OperatorNode | MotifNode | ControlNode | InputNode | OutputNode
