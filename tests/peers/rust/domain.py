"""Random documents of every type of `symphony_types` in every format, and the routes for their types in Rust."""

from __future__ import annotations

import re

from collections.abc import Iterator
from typing import Any, Final

import attrs

from symphony_codecs import get_codec
from symphony_codecs.benchmark.generate import generate
from symphony_codecs.schema.export import rust
from symphony_codecs.testing import domain_strategies
from tests.codecs.conftest import NAMES
from tests.peers.rust.crate import Route


__all__ = ["documents", "routes"]

_FIELD: Final = re.compile(r"^    pub field_\d+: (.+),$", re.MULTILINE)
# A type whose values take as long to make as those of all others.
_FEWER: Final = {"ConfigProperty", "ConfigSchema", "ExtensionManifest"}


def routes() -> list[Route]:
    """Return a route for each type and format."""
    types = list(domain_strategies())
    fields = {f"field_{place}": attrs.field(type=tp) for place, tp in enumerate(types)}
    together = attrs.make_class("Domain", fields)
    # The types for JSON also serve the other formats with maps.
    texts = {name: rust(together, name) for name in ("json", "msgpack-compact")}
    found = []
    for name in NAMES:
        text = texts.get(name, texts["json"])
        roots = _FIELD.findall(text)
        assert len(roots) == len(types)
        found += [Route(_name(tp, name), name, text, root) for tp, root in zip(types, roots, strict=True)]
    return found


def documents(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Make up to *count* distinct values of each type; for each format yield the name of the route and the document."""
    for tp in domain_strategies():
        values: list[Any] = generate(tp, count // 4 if tp.__name__ in _FEWER else count, seed=seed)
        for name in NAMES:
            encode = get_codec(name).encoder(tp)
            for value in values:
                yield _name(tp, name), encode(value)


def _name(tp: Any, codec: str) -> str:
    return f"{tp.__name__}, {codec}"
