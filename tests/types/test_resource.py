"""Resource handles, their kinds and what is known of them."""

from __future__ import annotations

import copy
import pickle

import pytest

from symphony_types import (
    FieldError,
    FieldTypeError,
    ResourceHandle,
    ResourceId,
    ResourceMetadata,
    ResourceType,
    Timestamp,
)


ID = ResourceId.parse("123e4567-e89b-42d3-a456-426614174009")
WHEN = Timestamp.parse("2024-01-15T10:30:00Z")
METADATA = ResourceMetadata(allocated_at=WHEN, size=4096, owner="conductor", tags=["hot"])


def test_kinds_in_declaration_order_with_custom_last():
    """Kinds sort as declared, custom ones after them and by code point."""
    kinds = [ResourceType.custom("b"), ResourceType.custom("a"), *reversed(list(ResourceType.members()))]

    assert [kind.variant for kind in sorted(kinds)] == [
        "Memory",
        "Cpu",
        "Gpu",
        "Disk",
        "Network",
        "FileHandle",
        "Custom",
        "Custom",
    ]
    assert ResourceType.custom("a") < ResourceType.custom("b")
    assert ResourceType.FILE_HANDLE.variant == "FileHandle"


@pytest.mark.parametrize("value", [None, 1, b"x"])
def test_a_custom_kind_is_text(value):
    """A custom kind holds text, any text, and nothing else."""
    assert ResourceType.custom("").value == ""
    with pytest.raises(FieldTypeError):
        ResourceType.custom(value)


def test_handle_defaults_and_identity():
    """A handle needs no metadata, compares with it, hashes, copies and pickles."""
    bare = ResourceHandle(id=ID, resource_type=ResourceType.GPU)
    full = ResourceHandle(id=ID, resource_type=ResourceType.GPU, metadata=METADATA)

    assert bare.metadata is None
    assert bare != full
    assert len({bare, full, copy.deepcopy(full), pickle.loads(pickle.dumps(full))}) == 2


def test_tags_become_a_tuple_and_keep_repetitions():
    """Tags are copied; order and repetitions stay."""
    tags = ["a", "a"]
    metadata = ResourceMetadata(allocated_at=WHEN, size=0, owner="", tags=tags)
    tags.append("b")

    assert metadata.tags == ("a", "a")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("size", -1, "out_of_range"),
        ("size", 2**64, "out_of_range"),
        ("size", True, "wrong_type"),
        ("size", 1.0, "wrong_type"),
        ("owner", None, "wrong_type"),
        ("tags", "hot", "wrong_type"),
        ("tags", [1], "wrong_type"),
        ("allocated_at", "2024-01-15T10:30:00Z", "wrong_type"),
    ],
)
def test_bad_metadata_is_refused_by_field(field, value, code):
    """Each field says what is wrong with it."""
    good = {"allocated_at": WHEN, "size": 2**64 - 1, "owner": "x", "tags": ()}
    ResourceMetadata(**good)

    with pytest.raises(FieldError) as caught:
        ResourceMetadata(**{**good, field: value})
    assert (caught.value.code, caught.value.path[0]) == (code, field)


@pytest.mark.parametrize(("field", "value"), [("id", str(ID)), ("resource_type", "Gpu"), ("metadata", {})])
def test_bad_handle_is_refused_by_field(field, value):
    """Nothing is converted on the quiet."""
    good = {"id": ID, "resource_type": ResourceType.GPU, "metadata": METADATA}

    with pytest.raises(FieldTypeError) as caught:
        ResourceHandle(**{**good, field: value})
    assert caught.value.path == (field,)
