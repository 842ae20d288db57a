"""What classes and fields say of themselves, in forms."""

from __future__ import annotations

import dataclasses
import enum

from typing import Annotated, Any

import attrs
import pytest

from typing_extensions import Doc, TypedDict

from symphony_codecs.schema.export import document_of
from symphony_codecs.schema.export import forms as f


@attrs.define
class Base:
    """
    What others build on.

    Args:
        shared: Said here.
    """

    shared: int = 0


@attrs.define
class Documented(Base):
    """
    A class, with ``code``, whose description
    goes over two lines.

    - and
    - a list

    Attributes:
        plain: The first,
            over two lines.
        typed (int): With a type.

    Raises:
        ValueError: Never.
    """

    plain: int = 0
    typed: int = 0
    said: int = attrs.field(default=0, metadata={"doc": "In the metadata."})
    described: int = attrs.field(default=0, metadata={"description": "There, too."})
    annotated: Annotated[int, Doc("In the annotation.")] = 0
    silent: int = 0


@dataclasses.dataclass
class Undocumented:
    number: int
    text: str = dataclasses.field(default="", metadata={"doc": "A text."})


class Keyed(TypedDict):
    """
    A typed dict.

    Attributes:
        name: Its name.
    """

    name: str


class Level(enum.Enum):
    """How much."""

    LOW = 1


@pytest.mark.parametrize(
    ("tp", "doc", "fields"),
    [
        (
            Documented,
            "A class, with `code`, whose description goes over two lines.\n\n- and\n- a list",
            {
                "shared": "Said here.",
                "plain": "The first, over two lines.",
                "typed": "With a type.",
                "said": "In the metadata.",
                "described": "There, too.",
                "annotated": "In the annotation.",
                "silent": "",
            },
        ),
        (Undocumented, "", {"number": "", "text": "A text."}),
        (Keyed, "A typed dict.", {"name": "Its name."}),
    ],
)
def test_a_record_has_the_docs_of_its_class_and_its_fields(tp: Any, doc: str, fields: dict[str, str]) -> None:
    record = document_of(tp, "json").definitions[tp.__name__]
    assert isinstance(record, f.Record)
    assert record.doc == doc
    assert {field.name: field.doc for field in record.fields} == fields


def test_an_enum_has_its_doc() -> None:
    form = document_of(Level, "json").definitions["Level"]
    assert isinstance(form, f.Enumeration)
    assert form.doc == "How much."
