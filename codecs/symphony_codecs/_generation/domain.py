"""Types of `symphony_types` whose fields follow from each other, which no draw would hit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from symphony_types import Artifact, ArtifactContent, Progress


__all__ = ["FOLLOWING"]


def _content(given: dict[str, Any]) -> None:
    """Compute the hash and the size of the data."""
    made = ArtifactContent.of(given.get("data") or b"", content_type=given["content_type"])
    given.update(attrs.asdict(made, recurse=False))


def _artifact(given: dict[str, Any]) -> None:
    """Let the metadata say of the content what it is."""
    content = given["content"]
    given["metadata"] = attrs.evolve(given["metadata"], content_type=content.content_type, size=content.size)


def _progress(given: dict[str, Any]) -> None:
    """Add the counts up."""
    counts = {name: given.get(name, 0) // 4 for name in ("completed_nodes", "failed_nodes", "running_nodes")}
    given.update(counts, pending_nodes=0, total_nodes=sum(counts.values()))


FOLLOWING: Final[Mapping[type, Callable[[dict[str, Any]], None]]] = {
    Artifact: _artifact,
    ArtifactContent: _content,
    Progress: _progress,
}
"""By class: what sets the constructor's arguments that follow from others."""
