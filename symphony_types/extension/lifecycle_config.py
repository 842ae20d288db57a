"""How an extension wants to be started, kept and stopped."""

from __future__ import annotations

from enum import Enum
from typing import Final

import attrs

from symphony_types.checks import (
    BOOL,
    NON_EMPTY,
    U32,
    U64,
    Each,
    FloatRange,
    InstanceOf,
    Text,
    as_float,
    as_tuple,
    optional,
)
from symphony_types.integers import U32 as U32Int
from symphony_types.integers import U64 as U64Int


__all__ = ["LifecycleConfig", "RestartPolicy", "StartupPriority"]

_HANDLER: Final = optional(NON_EMPTY)
_EVENT: Final = Text(
    pattern=r"onStartup|on[A-Z][A-Za-z]*:.+", name="an activation event such as onStartup or onCommand:<id>"
)


class RestartPolicy(Enum):
    """When an extension that ended is started again."""

    ALWAYS = "Always"
    ON_FAILURE = "OnFailure"
    NEVER = "Never"


class StartupPriority(Enum):
    """In what order extensions start, the first one first."""

    CRITICAL = "Critical"
    HIGH = "High"
    NORMAL = "Normal"
    LOW = "Low"
    BACKGROUND = "Background"


@attrs.frozen(kw_only=True)
class LifecycleConfig:
    """
    How an extension wants to be started, kept and stopped.

    Args:
        on_load: Name of the function to call when it is loaded.
        on_activate: ... when it is activated.
        on_deactivate: ... when it is deactivated.
        on_unload: ... when it is unloaded.
        activation_events: The events that activate it: ``onStartup``,
            ``onCommand:<id>``, ``onFileSystem:<glob>``, ``onLanguage:<id>``,
            or another ``on<Name>:<argument>``.
        lazy_loading: Whether it is loaded only once it is needed.
        background_activation: Whether it may be activated unseen.
        restart_policy: Whether it is started again after it ended.
        restart_delay_ms: How long to wait before that, in ms.
        max_restarts: How often at most.
        startup_priority: When it starts among others.
        startup_budget_ms: How long its start may take, in ms.
        idle_timeout_ms: After how long without work it is stopped, in ms.
        cleanup_interval_ms: How often it may tidy up, in ms.
        memory_threshold: The share of its memory, 0 to 1, above which it
            should free some.
    """

    on_load: str | None = attrs.field(default=None, validator=_HANDLER)
    on_activate: str | None = attrs.field(default=None, validator=_HANDLER)
    on_deactivate: str | None = attrs.field(default=None, validator=_HANDLER)
    on_unload: str | None = attrs.field(default=None, validator=_HANDLER)
    activation_events: tuple[str, ...] = attrs.field(
        default=(), converter=as_tuple, validator=Each(_EVENT, unique=True)
    )
    lazy_loading: bool = attrs.field(default=True, validator=BOOL)
    background_activation: bool = attrs.field(default=False, validator=BOOL)
    restart_policy: RestartPolicy = attrs.field(
        default=RestartPolicy.ON_FAILURE, validator=InstanceOf((RestartPolicy,), "a RestartPolicy")
    )
    restart_delay_ms: U64Int = attrs.field(default=1000, validator=U64)
    max_restarts: U32Int = attrs.field(default=10, validator=U32)
    startup_priority: StartupPriority = attrs.field(
        default=StartupPriority.NORMAL, validator=InstanceOf((StartupPriority,), "a StartupPriority")
    )
    startup_budget_ms: U64Int = attrs.field(default=100, validator=U64)
    idle_timeout_ms: U64Int = attrs.field(default=600_000, validator=U64)
    cleanup_interval_ms: U64Int = attrs.field(default=300_000, validator=U64)
    memory_threshold: float = attrs.field(default=0.8, converter=as_float, validator=FloatRange(0, 1))
