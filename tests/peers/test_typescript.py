"""TypeScript types, compiled by tsc: encoded values have them, and damaged values do not."""

from __future__ import annotations

import json
import shutil
import subprocess

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hypothesis import HealthCheck, Phase, given, settings

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_codecs.schema.export import document_of, typescript
from symphony_codecs.schema.export import forms as f
from symphony_codecs.testing import domain_strategies
from tests.codecs.document_models import MODELS
from tests.codecs.everything import KNOBS, Everything, everythings
from tests.codecs.schema.export.shapes import SHAPES
from tests.peers.typescript.program import TSC


NONSENSE = [[[[True]]]]
"""A value that fits only a type for any value."""

pytestmark = [
    pytest.mark.peers,
    pytest.mark.checkout,
    pytest.mark.skipif(not (TSC.exists() and shutil.which("node")), reason="make test-peers installs node and tsc"),
]


def drawn(strategy: Any, count: int) -> list[Any]:
    values: list[Any] = []

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(strategy)
    def draw(value: Any) -> None:
        values.append(value)

    draw()
    return values


def _typed() -> Iterator[tuple[Any, Codec, list[Any]]]:
    """Yield types, each with a codec and values."""
    codec = get_codec("json")
    for tp, strategy in domain_strategies().items():
        yield tp, codec, drawn(strategy, 2)
    for model in MODELS:
        adapted = model.adapt(codec)
        yield model.type, adapted, [adapted.decode(json.dumps(model.document).encode(), model.type)]
    for shape in SHAPES:
        if not shape.formats or "json" in shape.formats:
            yield shape.type, shape.adapt(codec), list(shape.values)
    yield Everything, codec, drawn(everythings(KNOBS["json"]), 5)


def _damaged(document: f.Document, types: str, value: Any) -> Iterator[Any]:
    """Yield variants of *value*, an object of fixed fields, whose form the types must refuse."""
    root = document.definitions.get(document.root.name) if isinstance(document.root, f.Reference) else None
    if not isinstance(root, f.Record) or root.layout != "map" or any(each.flattened for each in root.fields):
        return
    for field in root.fields:
        others = {key: item for key, item in value.items() if key != field.key}
        if field.required and not field.aliases:
            yield others
        if "JsonValue" not in types:
            yield {**others, field.key: NONSENSE}
    if root.unknown != "keep":
        yield {**value, "no such field": 1}


def _module(tp: Any, codec: Codec, values: list[Any]) -> tuple[str, int]:
    """Return a module with the types of both directions, and valid and invalid values; and the number of these."""
    parts, count = [], 0
    for direction in ("write", "read"):
        types = typescript(tp, codec, direction=direction)
        document = document_of(tp, codec, direction=direction)
        lines = []
        for value in values:
            try:
                data = json.loads(codec.encode(value, tp))
            except EncodeError:
                continue
            lines.append(f"  take({json.dumps(data)});")
            for damaged in _damaged(document, types, data):
                lines += ["  // @ts-expect-error", f"  take({json.dumps(damaged)});"]
                count += 1
        body = "\n".join(lines)
        parts.append(f"namespace {direction} {{\n{types}\nfunction take(_: Document): void {{}}\n{body}\n}}\n")
    return "\n".join([*parts, "export {};\n"]), count


def test_encoded_documents_have_the_types_and_damaged_ones_do_not(tmp_path: Path) -> None:
    names: dict[str, str] = {}
    damages = 0
    for number, (tp, codec, values) in enumerate(_typed()):
        try:
            codec.encoder(tp), codec.decoder(tp)
        except (EncodeError, DecodeError):
            continue  # damage that arrays cannot show
        text, count = _module(tp, codec, values)
        damages += count
        names[f"t{number}.ts"] = str(tp)
        (tmp_path / f"t{number}.ts").write_text(text, encoding="utf-8")
    assert damages > 500

    options = ["--strict", "--noEmit", "--target", "es2022", "--module", "esnext", "--pretty", "false"]
    ran = subprocess.run([TSC, *options, *names], cwd=tmp_path, capture_output=True, text=True, timeout=110)
    wrong = [f"{names[line.split('(')[0]]}: {line}" for line in ran.stdout.splitlines() if line.startswith("t")]
    assert not wrong, "\n".join(wrong[:40])
    assert ran.returncode == 0, ran.stdout + ran.stderr
