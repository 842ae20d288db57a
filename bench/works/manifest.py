"""An extension's manifest: many fields, most of them small classes and strings."""

from __future__ import annotations

import random
import uuid

from typing import Any, Final

from symphony_types import (
    Author,
    Capability,
    CapabilityDeclaration,
    ExtensionDependency,
    ExtensionId,
    ExtensionManifest,
    ExtensionType,
    Version,
    VersionRequirement,
)


__all__ = ["COUNT", "DOMAIN", "NAME", "PLAIN", "make", "plain"]

NAME: Final = "manifest"
COUNT: Final = 50
DOMAIN: Final = True
PLAIN: Final = "Manifest"


def make(_classes: Any, count: int, seed: int) -> tuple[Any, list[Any]]:
    """Return manifests of distinct extensions."""
    rng = random.Random(seed)  # noqa: S311 - data, not secrets
    return ExtensionManifest, [_manifest(rng, number) for number in range(count)]


def plain(document: Any) -> Any:
    """Return the document for `PLAIN`, which is the same."""
    return document


def _manifest(rng: random.Random, number: int) -> ExtensionManifest:
    return ExtensionManifest(
        id=ExtensionId(uuid.UUID(int=rng.getrandbits(128), version=4)),
        name=f"extension-{number}",
        display_name=f"Extension {number}",
        version=_version(rng),
        description="Reads what changes, and says what it thinks of it.",
        extension_type=rng.choice(list(ExtensionType)),
        categories=("review", "code"),
        tags=tuple(f"tag-{rng.randrange(50)}-{position}" for position in range(5)),
        authors=(Author(name="Ada", email="ada@example.org"), Author(name="Grace")),
        license="MIT",
        repository=f"https://example.org/extension-{number}",
        entry_point="extension.main:run",
        permissions=(Capability.FILE_READ,),
        provides=tuple(
            CapabilityDeclaration(name=f"review.part{position}", version=_version(rng)) for position in range(3)
        ),
        dependencies=tuple(
            ExtensionDependency(
                name=f"symphony.part{position}", requirement=VersionRequirement.compatible(_version(rng))
            )
            for position in range(5)
        ),
    )


def _version(rng: random.Random) -> Version:
    return Version(rng.randrange(10), rng.randrange(20), rng.randrange(100))
