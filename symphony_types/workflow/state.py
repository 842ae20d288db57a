"""States of executions and of their nodes, and the tables of what may follow what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, TypeVar

import attrs

from symphony_types._json import JsonValue
from symphony_types._tagged import TaggedValue
from symphony_types.checks import TEXT
from symphony_types.errors import WorkflowInvalidDefinitionError


__all__ = [
    "EXECUTION_TRANSITIONS",
    "NODE_TRANSITIONS",
    "ExecutionFailure",
    "ExecutionState",
    "InputPrompt",
    "NodeFailure",
    "NodeOutput",
    "NodeSkip",
    "NodeState",
]

EXECUTION_TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "Pending": frozenset({"Running", "Cancelled"}),
    "Running": frozenset({"Paused", "Completed", "Failed", "Cancelled", "WaitingForInput"}),
    "Paused": frozenset({"Running", "Cancelled"}),
    "Completed": frozenset(),
    "Failed": frozenset(),
    "Cancelled": frozenset(),
    "WaitingForInput": frozenset({"Running", "Cancelled"}),
}

NODE_TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "Pending": frozenset({"Queued", "Skipped"}),
    "Queued": frozenset({"Running", "Skipped"}),
    "Running": frozenset({"Completed", "Failed"}),
    "Completed": frozenset(),
    "Failed": frozenset({"Queued"}),
    "Skipped": frozenset(),
}

_S = TypeVar("_S", bound="_State")


@attrs.frozen(order=True)
class ExecutionFailure:
    """Why an execution failed: *error*, for people."""

    error: str = attrs.field(validator=TEXT)


@attrs.frozen(order=True)
class InputPrompt:
    """The input that an execution waits for: *prompt*, for people."""

    prompt: str = attrs.field(validator=TEXT)


@attrs.frozen(unsafe_hash=False)
class NodeOutput:
    """The result of a node: *output*."""

    output: JsonValue


@attrs.frozen(order=True)
class NodeFailure:
    """Why a node failed: *error*, for people."""

    error: str = attrs.field(validator=TEXT)


@attrs.frozen(order=True)
class NodeSkip:
    """Why a node did not run: *reason*, for people."""

    reason: str = attrs.field(validator=TEXT)


class _State(TaggedValue):
    __slots__ = ()

    _transitions: ClassVar[Mapping[str, frozenset[str]]] = {}

    def can_transition_to(self, state: TaggedValue) -> bool:
        """Whether *state* may follow this one."""
        return type(state) is type(self) and state.variant in self._transitions[self.variant]

    def transition_to(self: _S, state: _S) -> _S:
        """
        Return *state* if it may follow this one.

        Raises:
            WorkflowInvalidDefinitionError: It may not.
        """
        if not self.can_transition_to(state):
            allowed = " or ".join(name for name in self._transitions if name in self._transitions[self.variant])
            reason = f"expected {allowed or 'no state'} after {self.variant}, got {state.variant}"
            raise WorkflowInvalidDefinitionError(reason=reason)
        return state

    @property
    def is_terminal(self) -> bool:
        """Whether nothing may follow this state."""
        return not self._transitions[self.variant]


class ExecutionState(
    _State,
    variants={
        "Pending": None,
        "Running": None,
        "Paused": None,
        "Completed": None,
        "Failed": ExecutionFailure,
        "Cancelled": None,
        "WaitingForInput": InputPrompt,
    },
):
    """
    The state of an execution; `EXECUTION_TRANSITIONS` says what may follow.

    A failed execution stays failed: a retry is a new execution that names the
    old one.
    """

    __slots__ = ()

    PENDING: ClassVar[ExecutionState]
    RUNNING: ClassVar[ExecutionState]
    PAUSED: ClassVar[ExecutionState]
    COMPLETED: ClassVar[ExecutionState]
    CANCELLED: ClassVar[ExecutionState]

    _transitions = EXECUTION_TRANSITIONS

    @classmethod
    def failed(cls, error: str | ExecutionFailure) -> ExecutionState:
        """Return the state of an execution that failed with *error*."""
        return cls.from_variant("Failed", _held(ExecutionFailure, error))

    @classmethod
    def waiting_for_input(cls, prompt: str | InputPrompt) -> ExecutionState:
        """Return the state of an execution that asks for *prompt*."""
        return cls.from_variant("WaitingForInput", _held(InputPrompt, prompt))


class NodeState(
    _State,
    variants={
        "Pending": None,
        "Queued": None,
        "Running": None,
        "Completed": NodeOutput,
        "Failed": NodeFailure,
        "Skipped": NodeSkip,
    },
):
    """
    The state of a node in an execution; `NODE_TRANSITIONS` says what may follow.

    Unlike an execution, a failed node may be queued again.
    """

    __slots__ = ()

    PENDING: ClassVar[NodeState]
    QUEUED: ClassVar[NodeState]
    RUNNING: ClassVar[NodeState]

    _transitions = NODE_TRANSITIONS

    @classmethod
    def completed(cls, output: JsonValue = None) -> NodeState:
        """Return the state of a node that returned *output*."""
        return cls.from_variant("Completed", _held(NodeOutput, output))

    @classmethod
    def failed(cls, error: str | NodeFailure) -> NodeState:
        """Return the state of a node that failed with *error*."""
        return cls.from_variant("Failed", _held(NodeFailure, error))

    @classmethod
    def skipped(cls, reason: str | NodeSkip) -> NodeState:
        """Return the state of a node that did not run because of *reason*."""
        return cls.from_variant("Skipped", _held(NodeSkip, reason))

    @property
    def is_finished(self) -> bool:
        """Whether the node has run or will not: completed, failed or skipped."""
        return self.variant in {"Completed", "Failed", "Skipped"}


def _held(kind: type[Any], value: Any) -> Any:
    # The payload itself is taken too: the ``repr`` of a state is a call with it.
    return value if isinstance(value, kind) else kind(value)
