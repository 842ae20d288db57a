"""Saved schemas: files that come back as what they were, the same each time, and errors of other files."""

from __future__ import annotations

import json

from typing import Any

import attrs
import pytest

from symphony_codecs.schema.export.changes import compare
from symphony_codecs.schema.export.saved import SavedSchemaError, describe, dump, load, save
from symphony_types import JsonRpcRequest, MessageEnvelope, Workflow
from tests.codecs.schema.export.changes_table import CHANGES


@pytest.mark.parametrize("tp", [MessageEnvelope[JsonRpcRequest], Workflow, int, list[bytes], dict[str, Any]], ids=str)
def test_schemas_survive_their_file(tp: Any) -> None:
    """What is loaded gives the same file, and no difference to the type."""
    data = save(tp)
    assert dump(load(data)) == data
    assert data.endswith(b"}\n")
    comparison = compare(load(data), describe(tp))
    assert not comparison.breaks()
    assert all(not each.new_readers.findings for each in comparison.codecs.values())


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_nothing_breaks_where_nothing_changed(change: Any) -> None:
    """A type compared with itself has no breaks in any codec, whatever it holds."""
    for tp, shape in ((change.old, change.shape_old), (change.new, change.shape_new)):
        if shape is change.shape_old and change.shape_old is change.shape_new:
            assert not compare(load(save(tp, ["msgpack-compact"])), describe(tp)).breaks()


def test_documentation_is_not_in_the_file() -> None:
    """What the wire does not show does not change the file."""
    assert b'"doc"' not in save(Workflow)


def test_what_json_cannot_say_survives() -> None:
    """Bytes, NaN and keys that are no text, as defaults of other formats."""

    @attrs.frozen
    class Odd:
        raw: bytes = b"\x00\xff"
        number: float = float("inf")
        table: dict[int, bytes] = attrs.field(factory=lambda: {1: b"a"})

    data = save(Odd, ["msgpack"])
    assert dump(load(data)) == data
    assert json.loads(data)["codecs"]["msgpack"]["read"]["definitions"]["Odd"]["fields"][0]["default"] == {
        "$bytes": "00ff"
    }


def _with_values(value: str) -> bytes:
    document = f"""{{"type": "x", "format": "json", "direction": "write", "root":
        {{"form": "Enumeration", "values": [{value}]}}}}"""
    return (
        f"""{{"version": 1, "type": "x", "codecs": {{"json": {{"write": {document}, "read": {document}}}}}}}""".encode()
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "expected a saved schema: [^M]"),
        (b"[]", "expected a saved schema: expected Saved"),
        (b'{"version": 2, "form": "of later"}', "version 2, which a later release saved"),
        (b'{"version": 1, "type": "x", "codecs": {"json": 5}}', "codecs"),
        (_with_values("{}"), "expected a saved schema"),
        (_with_values('{"$bytes": "0"}'), "expected a saved schema"),
        (_with_values('{"$float": []}'), "expected a saved schema"),
        (_with_values('{"$map": [1]}'), "expected a saved schema"),
    ],
)
def test_other_files_are_refused(data: bytes, words: str) -> None:
    """One error, which says what is wrong with the file."""
    with pytest.raises(SavedSchemaError, match=words):
        load(data)


def test_references_to_nothing_are_refused() -> None:
    """A file that was damaged by hand is an error when it is loaded, not when it is compared."""
    broken = json.loads(save(Workflow, ["json"]))
    del broken["codecs"]["json"]["read"]["definitions"]["Workflow"]
    with pytest.raises(SavedSchemaError, match="expected a definition of Workflow in json, read"):
        load(json.dumps(broken).encode())
