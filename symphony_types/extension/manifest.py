"""The manifest: what an extension says of itself, as in its ``Symphony.toml``."""

from __future__ import annotations

import itertools

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from symphony_types._json import JsonValue
from symphony_types.capability import Capability
from symphony_types.checks import (
    NON_EMPTY,
    CheckBase,
    Each,
    FieldError,
    FieldTypeError,
    InstanceOf,
    Text,
    as_optional_map,
    as_tuple,
    cut,
    optional,
)
from symphony_types.errors import ExtensionInvalidManifestError
from symphony_types.extension.author import Author
from symphony_types.extension.config_schema import ConfigSchema
from symphony_types.extension.declarations import CapabilityDeclaration, ExtensionDependency, ExtensionType
from symphony_types.extension.lifecycle_config import LifecycleConfig
from symphony_types.extension.requirements import ResourceRequirements
from symphony_types.ids import ExtensionId
from symphony_types.traits.validatable import MAX_ISSUES, Issue
from symphony_types.version import Version


__all__ = ["ExtensionManifest"]

_NAME: Final = Text(
    minimum=1, maximum=64, pattern=r"[a-z][a-z0-9]*+(?:-[a-z0-9]++)*+", name="a kebab-case name such as code-review"
)
_URL: Final = Text(pattern=r"https?://[^\s/]\S*", name="an http or https URL")
_LICENSE: Final = Text(pattern=r"[A-Za-z0-9.+:()-]++(?: [A-Za-z0-9.+:()-]++)*+", name="an SPDX license expression")
_LABELS: Final = Each(NON_EMPTY, unique=True)
_TAGS: Final = Each(NON_EMPTY, maximum=20, unique=True)
_VERSION: Final = InstanceOf((Version,), "a Version")
_ID_LENGTH: Final = 36
_ENTRY_POINT: Final = Text(
    minimum=1,
    # not absolute; then steps between slashes of any kind, none of which is ".."
    pattern=r"(?![/\\]|[A-Za-z]:[/\\])(?:(?!\.\.(?:[/\\]|\Z))[^/\\\0]*+[/\\]?)++",
    name="a module or a relative path without ..",
)


class _Settings(CheckBase):
    """An object, or ``None``."""

    __slots__ = ()

    def check(self, value: object, path: tuple[str | int, ...] = ()) -> None:
        if value is not None and not isinstance(value, Mapping):
            # Only the type is shown: the value may hold a secret.
            raise FieldTypeError("wrong_type", path, "an object", type(value).__name__)


def _show_settings(value: Mapping[str, Any] | None) -> str:
    return "None" if value is None else f"<{len(value)} settings>"


@attrs.frozen(kw_only=True, unsafe_hash=False)
class ExtensionManifest:
    """
    An extension's description of itself.

    Args:
        schema_version: Which version of this structure it follows.
        id: The extension's id, the same over all its versions.
        name: Kebab-case, 1 to 64 characters.
        display_name: How people see it, 1 to 128 characters; ``None`` is as
            its name.
        version: Which version of the extension.
        description: Its purpose, up to 500 characters.
        extension_type: Its kind.
        categories: Where it belongs in a catalogue, no repetitions.
        tags: Words to find it by, up to 20, no repetitions.
        authors: Its authors, at least one.
        publisher: Its publisher, kebab-case.
        license: An SPDX expression, or ``UNLICENSED``.
        homepage: An http or https URL.
        repository: An http or https URL.
        entry_point: Where it starts: ``package.module:Class``, or a path
            within the extension (never absolute, no ``..``).
        min_symphony_version: The oldest Symphony that it runs on.
        permissions: The rights that it asks for, no repetitions.
        provides: The features that it offers, one per name.
        dependencies: The extensions that it builds on, one per name, never
            itself.
        resources: Its needs of the machine.
        config_schema: The settings that it takes; ``None`` for no settings.
        default_config: Settings to begin with, an object that fits
            *config_schema*; copied, read-only, not shown in the ``repr``.
        lifecycle: How it wants to be started, kept and stopped.

    Raises:
        FieldError: A field by itself is wrong.  Rules over several fields are
            in `validate` and `validation_errors`.
    """

    schema_version: Version = attrs.field(default=Version(1, 0, 0), validator=_VERSION)
    id: ExtensionId = attrs.field(validator=InstanceOf((ExtensionId,), "an ExtensionId"))
    name: str = attrs.field(validator=_NAME)
    display_name: str | None = attrs.field(default=None, validator=optional(Text(minimum=1, maximum=128)))
    version: Version = attrs.field(validator=_VERSION)
    description: str = attrs.field(default="", validator=Text(maximum=500))
    extension_type: ExtensionType = attrs.field(validator=InstanceOf((ExtensionType,), "an ExtensionType"))
    categories: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=_LABELS)
    tags: tuple[str, ...] = attrs.field(default=(), converter=as_tuple, validator=_TAGS)
    authors: tuple[Author, ...] = attrs.field(
        converter=as_tuple, validator=Each(InstanceOf((Author,), "an Author"), unique=True)
    )
    publisher: str | None = attrs.field(default=None, validator=optional(_NAME))
    license: str = attrs.field(default="UNLICENSED", validator=_LICENSE)
    homepage: str | None = attrs.field(default=None, validator=optional(_URL))
    repository: str | None = attrs.field(default=None, validator=optional(_URL))
    entry_point: str = attrs.field(validator=_ENTRY_POINT)
    min_symphony_version: Version | None = attrs.field(default=None, validator=optional(_VERSION))
    permissions: tuple[Capability, ...] = attrs.field(
        default=(), converter=as_tuple, validator=Each(InstanceOf((Capability,), "a Capability"), unique=True)
    )
    provides: tuple[CapabilityDeclaration, ...] = attrs.field(
        default=(),
        converter=as_tuple,
        validator=Each(InstanceOf((CapabilityDeclaration,), "a CapabilityDeclaration")),
    )
    dependencies: tuple[ExtensionDependency, ...] = attrs.field(
        default=(), converter=as_tuple, validator=Each(InstanceOf((ExtensionDependency,), "an ExtensionDependency"))
    )
    resources: ResourceRequirements = attrs.field(
        factory=ResourceRequirements, validator=InstanceOf((ResourceRequirements,), "a ResourceRequirements")
    )
    config_schema: ConfigSchema | None = attrs.field(
        default=None, validator=optional(InstanceOf((ConfigSchema,), "a ConfigSchema"))
    )
    default_config: JsonValue = attrs.field(
        default=None,
        converter=as_optional_map,
        validator=_Settings(),
        repr=_show_settings,
    )
    lifecycle: LifecycleConfig = attrs.field(
        factory=LifecycleConfig, validator=InstanceOf((LifecycleConfig,), "a LifecycleConfig")
    )

    def __attrs_post_init__(self) -> None:
        if not self.authors:
            raise FieldError("invalid_value", ("authors",), "at least one author", "none")

    def qualified_name(self) -> str:
        """Return ``publisher.name``, or the name alone where there is no publisher."""
        return self.name if self.publisher is None else f"{self.publisher}.{self.name}"

    def validation_errors(self, *, patterns: bool = False) -> tuple[Issue, ...]:
        """
        Return the issues of the rules that span several fields, 1,000 issues at the most.

        No dependency and no provided feature is named twice, the extension
        does not depend on itself, and the default settings fit the schema;
        its patterns are not checked.

        Args:
            patterns: Whether to check, last, that the patterns of the schema
                are regular expressions.  Decoders do not: that takes far
                longer than reading them.
        """
        return tuple(itertools.islice(self._issues(patterns=patterns), MAX_ISSUES))

    def _issues(self, *, patterns: bool) -> Iterator[Issue]:
        yield from _repetitions("provides", [item.name for item in self.provides])
        yield from self._dependency_errors()
        if self.config_schema is not None and self.default_config is not None:
            # No patterns: they come from the same document, and a decoder must not stall on it.
            for issue in self.config_schema.validate_config(self.default_config, patterns=False):
                yield issue.prefixed("default_config")
        if patterns and self.config_schema is not None:
            for issue in self.config_schema.pattern_errors():
                yield issue.prefixed("config_schema")

    def _dependency_errors(self) -> Iterator[Issue]:
        names = [item.name for item in self.dependencies]
        yield from _repetitions("dependencies", names)
        own_names = {self.name, self.qualified_name()}
        if _ID_LENGTH in map(len, names):
            own_names.add(str(self.id))
        if own_names.isdisjoint(names):
            return
        for index, name in enumerate(names):
            if name in own_names:
                actual = f"{cut(name)!r} itself"
                yield Issue(("dependencies", index, "name"), "cycle", "another extension", actual)

    def validate(self) -> None:
        """
        Check what `validation_errors` lists, patterns included.

        Raises:
            ExtensionInvalidManifestError: Something is wrong; the reason is
                the first of the issues, and how many more there are.
        """
        first, *others = self.validation_errors(patterns=True) or (None,)
        if first is not None:
            more = f" (and {len(others)} more)" if others else ""
            raise ExtensionInvalidManifestError(reason=f"{first}{more}")


def _repetitions(field: str, names: Sequence[str]) -> Iterator[Issue]:
    if len(set(names)) == len(names):
        return
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Issue((field, index, "name"), "duplicate_id", "a name of its own", f"{cut(name)!r} again")
        seen.add(name)
