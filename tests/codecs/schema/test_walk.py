"""Schemas as others read them: made of a type and a codec, gone through node by node."""

from __future__ import annotations

from typing import Any

import pytest

from symphony_codecs import Codec, FormatError
from symphony_codecs.schema import children, nodes, schema_of, walk
from tests.codecs.everything import Everything


@pytest.mark.parametrize("direction", ["structure", "unstructure"])
def test_walk_yields_each_node_once(codec: Codec, direction: Any) -> None:
    """And all that any of them holds."""
    schema = schema_of(Everything, codec, direction=direction)
    found = list(walk(schema))
    known = set(map(id, found))
    assert len(known) == len(found)
    assert found[0] is schema.root
    assert {id(child) for node in found for child in children(node)} | {id(schema.root)} | set(
        map(id, schema.table.values())
    ) == known


def test_references_are_in_the_table(codec: Codec) -> None:
    schema = schema_of(Everything, codec)
    references = [node for node in walk(schema) if isinstance(node, nodes.Reference)]
    assert references
    assert all(node.key in schema.table for node in references)


def test_members_of_a_union_that_only_writing_tries(json: Codec) -> None:
    """Also those whose classes do not tell them apart."""
    schema = schema_of(list[int] | list[str] | str, json.with_union(list[int] | list[str] | str, tagging="untagged"))
    assert [type(node) for node in children(schema.root)] == [nodes.Sequence, nodes.Sequence, nodes.Text]


def test_what_has_no_form(json: Codec) -> None:
    with pytest.raises(FormatError, match="unsupported type complex"):
        schema_of(complex, json)
