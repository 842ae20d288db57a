"""The page on serde has a line for each attribute of its derives, and the options it names are there."""

from __future__ import annotations

import dataclasses
import inspect
import re

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import attrs
import cattrs
import pytest

import symphony_codecs
import symphony_types

from symphony_codecs import Codec, FieldOptions
from symphony_codecs.options import CodecChanges


PAGE: Final = Path(__file__).parents[1] / "docs" / "serde-differences.md"

# https://serde.rs/container-attrs.html, variant-attrs.html, field-attrs.html
ATTRIBUTES: Final = {
    "containers": (
        *("rename", "rename_all", "rename_all_fields", "deny_unknown_fields", "tag", "content", "untagged", "bound"),
        *("default", "remote", "transparent", "from", "try_from", "into", "crate", "expecting"),
        *("variant_identifier", "field_identifier"),
    ),
    "variants": (
        *("rename", "alias", "rename_all", "skip", "skip_serializing", "skip_deserializing", "serialize_with"),
        *("deserialize_with", "with", "bound", "borrow", "other", "untagged"),
    ),
    "fields": (
        *("rename", "alias", "default", "flatten", "skip", "skip_serializing", "skip_deserializing"),
        *("skip_serializing_if", "serialize_with", "deserialize_with", "with", "borrow", "bound", "getter"),
    ),
}
OWNERS: Final[dict[str, set[str]]] = {
    "with_options": set(CodecChanges.__annotations__),
    "with_class": set(inspect.signature(Codec.with_class).parameters),
    "with_union": set(inspect.signature(Codec.with_union).parameters),
    "with_enum": set(inspect.signature(Codec.with_enum).parameters),
    "FieldOptions": {field.name for field in attrs.fields(FieldOptions)},
    "cattrs.override": set(inspect.signature(cattrs.override).parameters),
    "attrs.field": set(inspect.signature(attrs.field).parameters),
    "dataclasses.field": set(inspect.signature(dataclasses.field).parameters),
}


def lines(level: str) -> list[tuple[str, str]]:
    """Return the table's lines: the attribute, and what is here."""
    (section,) = re.findall(
        rf"^## Attributes of {level}\n(.*?)(?=^##)", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", section, re.MULTILINE)
    return [(attribute, here) for attribute, here in rows if attribute != "Attribute"]


@pytest.mark.parametrize("level", ATTRIBUTES)
def test_every_attribute_has_a_line(level: str) -> None:
    """And no other has."""
    named = {name for attribute, _ in lines(level) for name in re.findall(r"`(\w+)", attribute)}

    assert named == set(ATTRIBUTES[level])


@pytest.mark.parametrize(("attribute", "here"), [line for level in ATTRIBUTES for line in lines(level)])
def test_what_a_line_names_is_there(attribute: str, here: str) -> None:
    """Each option is one of what it belongs to; where there is none, the line says why."""
    for owner, option in re.findall(r"`([\w.]+)\((\w+)=", here):
        assert option in OWNERS[owner], (attribute, owner)
    for name in re.findall(r"`([A-Z]\w+)`", here):
        assert name in {"Annotated", "UNSET"} or hasattr(symphony_codecs, name), (attribute, name)
    assert hasattr(symphony_types, "UNSET")
    for reason in re.findall(r"Not (?:here|needed)[^:]*(:?)", here):
        assert reason == ":", (attribute, here)


def test_options_that_serde_has_are_all_named() -> None:
    """An option that is serde's stands on the page under its name."""
    text = " ".join(here for level in ATTRIBUTES for _, here in lines(level))
    ours: dict[str, Callable[[str], bool]] = {
        "FieldOptions": lambda name: name != "required",
        "with_union": lambda name: name not in {"self", "union"},
        "with_enum": lambda name: name in {"rename", "names", "other"},
    }
    for owner, is_serdes in ours.items():
        for option in filter(is_serdes, OWNERS[owner]):
            assert f"{owner}({option}=" in text, (owner, option)


def test_hooks_of_fields_do_what_the_page_says() -> None:
    """`serialize_with` and `deserialize_with`, by cattrs' own way to say it."""
    hint: Any = Annotated[int, cattrs.override(unstruct_hook=str, struct_hook=lambda text, _: int(text))]
    cls = attrs.make_class("Held", {"count": attrs.field(type=hint)})
    codec = symphony_codecs.get_codec("json")

    assert codec.encode(cls(1)) == b'{"count":"1"}'
    assert codec.decode(b'{"count":"1"}', cls) == cls(1)
