"""The recipes of types of `symphony_types` whose fields follow from each other, which no draw would hit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import attrs

from symphony_types import Artifact, ArtifactContent, Compression, Progress

from ..schema.annotations import hints_of
from .source import Source


__all__ = ["domain_recipe"]

S = TypeVar("S")

_Recipe = Callable[[Any], S]
_MEDIA_TYPES: Final = ("application/json", "application/octet-stream", "image/png", "text/plain; charset=utf-8")


def _content(source: Source[S], _recipe: _Recipe[S]) -> S:
    parts = source.tuples([source.binaries(0, None), source.among(_MEDIA_TYPES), source.among(list(Compression))])
    return source.mapped(parts, lambda held: ArtifactContent.of(held[0], content_type=held[1], encoding=held[2]))


def _following(cls: Any, follow: Callable[[dict[str, Any]], None]) -> Callable[..., Any]:
    """Return what makes the recipe of a class: *follow* sets the fields that follow from others."""

    def make(source: Source[S], recipe: _Recipe[S]) -> S:
        fields = hints_of(cls)

        def build(held: tuple[Any, ...]) -> Any:
            given = dict(zip(fields, held, strict=True))
            follow(given)
            return cls(**given)

        return source.mapped(source.tuples(list(map(recipe, fields.values()))), build)

    return make


def _describe_content(given: dict[str, Any]) -> None:
    content = given["content"]
    given["metadata"] = attrs.evolve(given["metadata"], content_type=content.content_type, size=content.size)


def _add_up(given: dict[str, Any]) -> None:
    counts = {f"{state}_nodes": given[f"{state}_nodes"] // 4 for state in ("completed", "failed", "running", "pending")}
    given.update(counts, total_nodes=sum(counts.values()))
    del given["percentage"]  # which is computed


_RECIPES: Final[dict[Any, Callable[..., Any]]] = {
    Artifact: _following(Artifact, _describe_content),
    ArtifactContent: _content,
    Progress: _following(Progress, _add_up),
}


def domain_recipe(source: Source[S], tp: Any, recipe: _Recipe[S]) -> S | None:
    """Return the recipe of *tp*; ``None``: the walk knows better. *recipe* gives those of other types."""
    make = _RECIPES.get(tp)
    made: S | None = None if make is None else make(source, recipe)
    return made
