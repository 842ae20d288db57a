"""Capabilities, the rights that an extension may hold, and the tokens that grant them."""

from __future__ import annotations

import re

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final, cast

import attrs

from symphony_types._tagged import TaggedValue
from symphony_types.checks import NON_EMPTY, Each, InstanceOf, as_tuple, optional
from symphony_types.ids import CapabilityId
from symphony_types.time import Duration, Timestamp


__all__ = ["Capability", "CapabilityToken"]


class Capability(
    TaggedValue,
    variants={
        "FileRead": None,
        "FileWrite": None,
        "FileExecute": None,
        "NetworkAccess": None,
        "NetworkBind": None,
        "ProcessSpawn": None,
        "ProcessKill": None,
        "ExtensionLoad": None,
        "ExtensionUnload": None,
        "WorkflowExecute": None,
        "WorkflowModify": None,
        "ArtifactRead": None,
        "ArtifactWrite": None,
        "SystemConfig": None,
        "SystemShutdown": None,
        "Custom": str,
    },
):
    """
    One right; ordered by declaration, custom ones last and by code point.

    On the wire ``"FileRead"`` or ``{"Custom": "clipboard.read"}``, as serde
    writes them.  A custom right that is named as a built-in one is another
    right: ``Capability.custom("FileRead") != Capability.FILE_READ``.
    """

    __slots__ = ()

    FILE_READ: ClassVar[Capability]
    FILE_WRITE: ClassVar[Capability]
    FILE_EXECUTE: ClassVar[Capability]
    NETWORK_ACCESS: ClassVar[Capability]
    NETWORK_BIND: ClassVar[Capability]
    PROCESS_SPAWN: ClassVar[Capability]
    PROCESS_KILL: ClassVar[Capability]
    EXTENSION_LOAD: ClassVar[Capability]
    EXTENSION_UNLOAD: ClassVar[Capability]
    WORKFLOW_EXECUTE: ClassVar[Capability]
    WORKFLOW_MODIFY: ClassVar[Capability]
    ARTIFACT_READ: ClassVar[Capability]
    ARTIFACT_WRITE: ClassVar[Capability]
    SYSTEM_CONFIG: ClassVar[Capability]
    SYSTEM_SHUTDOWN: ClassVar[Capability]

    @classmethod
    def custom(cls, name: str) -> Capability:
        """Return the right called *name*, which is any text and kept as it is."""
        return cls.from_variant("Custom", name)

    @classmethod
    def parse(cls, text: str) -> Capability:
        """
        Read the name of a permission, as manifests write it.

        Taken are a variant's name (``FileRead``), its dotted form
        (``file.read``, also ``fs.read``), either with ``:`` for ``.``, and
        ``SystemExec``, an older name of ``ProcessSpawn``.  Any other text is a
        custom right, with dots for colons: ``ui:panels`` is ``ui.panels``.

        Raises:
            FieldError: *text* is empty, or no text.
        """
        NON_EMPTY.check(text)
        dotted = text.replace(":", ".")
        name = _VARIANT_BY_PERMISSION.get(dotted)
        return cls.custom(dotted) if name is None else cls.from_variant(name)


def _permission_names() -> dict[str, str]:
    names = {"SystemExec": "ProcessSpawn"}
    for variant, held in Capability.__variants__.items():
        if held is None:
            dotted = re.sub(r"(?<=[a-z])(?=[A-Z])", ".", variant).lower()
            names[variant] = names[dotted] = variant
            if dotted.startswith("file."):
                names["fs" + dotted.removeprefix("file")] = variant
    return names


_VARIANT_BY_PERMISSION: Final[Mapping[str, str]] = _permission_names()


def _as_frozenset(value: Iterable[Capability]) -> frozenset[Capability]:
    """Do as `as_tuple` does; return anything but a collection unchanged, for `Each` to refuse."""
    items = as_tuple(value)
    if not isinstance(cast("object", items), tuple):
        return cast("frozenset[Capability]", items)
    try:
        return frozenset(items)
    except TypeError:
        # unhashable items are refused by `Each`, which says where they are
        return cast("frozenset[Capability]", items)


def _show_set(value: frozenset[Capability]) -> str:
    """Show a set in order, so that equal tokens look equal in every process."""
    return "{" + ", ".join(map(repr, sorted(value))) + "}" if value else "frozenset()"


@attrs.frozen(kw_only=True)
class CapabilityToken:
    """
    A set of capabilities, granted until some instant.

    A token carries neither holder nor signature: whoever has it, has its
    rights.  Send it over authenticated connections only.

    Args:
        id: Which token.
        capabilities: The granted capabilities; copied, any iterable, repetitions fall
            together.
        granted_at: Since when.
        expires_at: The last instant at which it is valid; ``None`` is forever.
    """

    id: CapabilityId = attrs.field(validator=InstanceOf((CapabilityId,), "a CapabilityId"))
    capabilities: frozenset[Capability] = attrs.field(
        converter=_as_frozenset, validator=Each(InstanceOf((Capability,), "a Capability")), repr=_show_set
    )
    granted_at: Timestamp = attrs.field(validator=InstanceOf((Timestamp,), "a Timestamp"))
    expires_at: Timestamp | None = attrs.field(
        default=None, validator=optional(InstanceOf((Timestamp,), "a Timestamp"))
    )

    @classmethod
    def issue(
        cls, capabilities: Iterable[Capability], lifetime: Duration | None = None, *, now: Timestamp | None = None
    ) -> CapabilityToken:
        """
        Make a new token with a random id, granted now.

        Args:
            capabilities: The capabilities to grant.
            lifetime: How long it is valid; ``None`` is forever.
            now: The instant to count from; the clock's by default.

        Raises:
            FieldError: The end of *lifetime* is past the last `Timestamp`.
        """
        granted_at = Timestamp.now() if now is None else now
        expires_at = None if lifetime is None else granted_at + lifetime
        return cls(
            id=CapabilityId.new(),
            capabilities=frozenset(capabilities),
            granted_at=granted_at,
            expires_at=expires_at,
        )

    def has_capability(self, capability: Capability) -> bool:
        """
        Whether *capability* is in the token, expired or not.

        The question of time is `is_valid`; ask both before acting on a token.
        """
        return capability in self.capabilities

    def is_expired(self, now: Timestamp | None = None) -> bool:
        """Whether *now* (by default the clock) is past ``expires_at``; at that very instant it is not."""
        if self.expires_at is None:
            return False
        return self.expires_at < (Timestamp.now() if now is None else now)

    def is_valid(self, now: Timestamp | None = None) -> bool:
        """Whether the token has not expired at *now*, by default the clock."""
        return not self.is_expired(now)
