"""The declarations of a manifest: the extension's kind, what it provides and what it depends on."""

from __future__ import annotations

from enum import Enum
from typing import Final

import attrs

from symphony_types.checks import (
    BOOL,
    NON_EMPTY,
    TEXT,
    Each,
    FieldError,
    InstanceOf,
    Text,
    as_tuple,
    describe,
    optional,
)
from symphony_types.version import Version, VersionRequirement


__all__ = ["CapabilityDeclaration", "ExtensionDependency", "ExtensionType"]

_FEATURE: Final = Text(
    pattern=r"[a-z][a-z0-9_]*+(?:\.[a-z][a-zA-Z0-9_]*+)++", name="a dotted name such as ai.inference"
)


class ExtensionType(Enum):
    """The kind of an extension: a model, a tool, or a part of the user interface."""

    INSTRUMENT = "Instrument"
    OPERATOR = "Operator"
    MOTIF = "Motif"

    @classmethod
    def parse(cls, text: str) -> ExtensionType:
        """
        Read a kind as manifests write it, in any case; ``addon`` is an older name of ``motif``.

        Raises:
            FieldError: *text* names no kind.
        """
        TEXT.check(text)
        name = text.lower()
        for member in cls:
            if name == member.value.lower():
                return member
        if name == "addon":
            return cls.MOTIF
        raise FieldError("invalid_value", (), "instrument, operator or motif", describe(text))


@attrs.frozen(kw_only=True)
class CapabilityDeclaration:
    """
    A feature that an extension provides to others; not a right (see `Capability`).

    Args:
        name: Dotted, such as ``ai.inference`` or ``storage.read``.
        version: Which version of the feature.
        description: More on it.
    """

    name: str = attrs.field(validator=_FEATURE)
    version: Version = attrs.field(validator=InstanceOf((Version,), "a Version"))
    description: str | None = attrs.field(default=None, validator=optional(TEXT))


@attrs.frozen(kw_only=True)
class ExtensionDependency:
    """
    Another extension that one builds on.

    Args:
        name: Its name, or ``publisher.name``.
        requirement: Which versions do; any by default.
        optional: Whether it may be missing.
        features: Which of its optional parts are used.
    """

    name: str = attrs.field(validator=NON_EMPTY)
    requirement: VersionRequirement = attrs.field(
        default=VersionRequirement.greater_or_equal(Version(0, 0, 0)),
        validator=InstanceOf((VersionRequirement,), "a VersionRequirement"),
    )
    optional: bool = attrs.field(default=False, validator=BOOL)
    features: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=Each(NON_EMPTY, unique=True))
