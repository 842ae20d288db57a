"""A registry's record of an installed extension."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar

import attrs

from symphony_types._json import JsonValue
from symphony_types._tagged import TaggedValue
from symphony_types.checks import BOOL, NON_EMPTY, TEXT_MAP, FieldError, InstanceOf, as_map, optional
from symphony_types.extension.declarations import ExtensionType
from symphony_types.extension.lifecycle import ExtensionLifecycle
from symphony_types.ids import ExtensionId, ProcessId
from symphony_types.time import Timestamp
from symphony_types.version import Version


__all__ = ["ExtensionMetadata", "ExtensionSource", "MaintenanceStatus", "Stability", "TrustLevel"]


class ExtensionSource(TaggedValue, variants={"Builtin": None, "User": None, "Workspace": None, "External": str}):
    """Where an extension comes from; ``External`` holds the name of the place."""

    __slots__ = ()

    BUILTIN: ClassVar[ExtensionSource]
    USER: ClassVar[ExtensionSource]
    WORKSPACE: ClassVar[ExtensionSource]

    @classmethod
    def external(cls, place: str) -> ExtensionSource:
        """Return the source that is *place*, not empty."""
        return cls.from_variant("External", place)

    @classmethod
    def _check_value(cls, variant: str, value: object) -> None:
        NON_EMPTY.check(value, (variant,))


class TrustLevel(Enum):
    """How far an extension is trusted, from the most to the least."""

    INFRASTRUCTURE = "Infrastructure"
    TRUSTED = "Trusted"
    COMMUNITY = "Community"
    UNTRUSTED = "Untrusted"


class Stability(Enum):
    """How settled an extension is, from the least to the most."""

    EXPERIMENTAL = "Experimental"
    ALPHA = "Alpha"
    BETA = "Beta"
    STABLE = "Stable"
    MATURE = "Mature"


class MaintenanceStatus(Enum):
    """How much its authors still do for an extension."""

    ACTIVE = "Active"
    MAINTENANCE = "Maintenance"
    DEPRECATED = "Deprecated"


def _show_keys(value: Mapping[str, Any]) -> str:
    return f"<{len(value)} settings>"


@attrs.frozen(kw_only=True, unsafe_hash=False)
class ExtensionMetadata:
    """
    A registry's record of an installed extension.

    Args:
        id: The extension's id.
        name: Its name, as in its manifest.
        version: The version that is installed.
        extension_type: Its kind.
        state: Where in its lifecycle it is.
        source: Where it comes from.
        install_path: Where it is on disk; ``None`` if nowhere.
        enabled: Whether it may be loaded.
        config: Its settings; copied, read-only, not shown in the ``repr``,
            since they may hold secrets.
        installed_at: Since when it is installed; now by default.
        updated_at: When it last changed, not before *installed_at*, which is
            the default.
        process_id: The process that it runs in; ``None`` while it is only
            installed.
        trust_level: How far it is trusted.
        stability: How settled it is.
        maintenance_status: How much its authors still do for it.
        custom: Other data of a registry; copied, read-only.

    Raises:
        FieldError: A field is wrong, or two contradict each other.
    """

    id: ExtensionId = attrs.field(validator=InstanceOf((ExtensionId,), "an ExtensionId"))
    name: str = attrs.field(validator=NON_EMPTY)
    version: Version = attrs.field(validator=InstanceOf((Version,), "a Version"))
    extension_type: ExtensionType = attrs.field(validator=InstanceOf((ExtensionType,), "an ExtensionType"))
    state: ExtensionLifecycle = attrs.field(
        default=ExtensionLifecycle.INSTALLED, validator=InstanceOf((ExtensionLifecycle,), "an ExtensionLifecycle")
    )
    source: ExtensionSource = attrs.field(
        default=ExtensionSource.USER, validator=InstanceOf((ExtensionSource,), "an ExtensionSource")
    )
    install_path: str | None = attrs.field(default=None, validator=optional(NON_EMPTY))
    enabled: bool = attrs.field(default=True, validator=BOOL)
    config: Mapping[str, JsonValue] = attrs.field(factory=dict, converter=as_map, validator=TEXT_MAP, repr=_show_keys)
    installed_at: Timestamp = attrs.field(factory=Timestamp.now, validator=InstanceOf((Timestamp,), "a Timestamp"))
    updated_at: Timestamp = attrs.field(
        default=attrs.Factory(lambda self: self.installed_at, takes_self=True),
        validator=InstanceOf((Timestamp,), "a Timestamp"),
    )
    process_id: ProcessId | None = attrs.field(
        default=None, validator=optional(InstanceOf((ProcessId,), "a ProcessId"))
    )
    trust_level: TrustLevel = attrs.field(
        default=TrustLevel.COMMUNITY, validator=InstanceOf((TrustLevel,), "a TrustLevel")
    )
    stability: Stability = attrs.field(
        default=Stability.EXPERIMENTAL, validator=InstanceOf((Stability,), "a Stability")
    )
    maintenance_status: MaintenanceStatus = attrs.field(
        default=MaintenanceStatus.ACTIVE, validator=InstanceOf((MaintenanceStatus,), "a MaintenanceStatus")
    )
    custom: Mapping[str, JsonValue] = attrs.field(factory=dict, converter=as_map, validator=TEXT_MAP)

    def __attrs_post_init__(self) -> None:
        if self.updated_at < self.installed_at:
            expected = f"a time not before {self.installed_at}"
            raise FieldError("invalid_value", ("updated_at",), expected, str(self.updated_at))
        if self.process_id is not None and self.state is ExtensionLifecycle.INSTALLED:
            raise FieldError("invalid_value", ("process_id",), "no process while only installed", str(self.process_id))

    @property
    def created_at(self) -> Timestamp:
        """Since when it is installed, under the name that `Timestamped` has for it."""
        return self.installed_at
