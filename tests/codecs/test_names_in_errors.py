"""Errors name classes so that people can tell them apart."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import pathlib
import uuid

from typing import Any

import attrs
import pytest

from symphony_codecs import EncodeError, get_codec
from symphony_types import Duration, Timestamp
from symphony_types.checks import class_name, describe


CODECS = ["json", "msgpack", "msgpack-compact", "cbor"]


def made(name: str, module: Any, *bases: type) -> Any:
    return type(name, bases, {"__module__": module})


@attrs.frozen
class Point:
    x: int = 0


class Shade(enum.IntEnum):
    DARK = 1


OTHER_POINT = attrs.frozen(made("Point", "shapes"))
SAME_POINT = attrs.frozen(made("Point", __name__))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "True"),
        (1, "1"),
        (1.5, "1.5"),
        ("a", "str 'a'"),
        (b"a", "bytes of length 1"),
        ([], "list"),
        (Point(), "Point"),
        (dt.date(2024, 1, 1), "date"),
        (decimal.Decimal(1), "Decimal"),
        (uuid.UUID(int=1), "UUID"),
        (Timestamp.now(), "Timestamp"),
        (made("bool", "numpy")(), "numpy.bool"),
        (made("int64", "numpy")(), "numpy.int64"),
        (made("ndarray", "numpy")(), "numpy.ndarray"),
        (made("float64", "numpy", float)(2.0), "numpy.float64 2.0"),
        (made("str_", "numpy", str)("a"), "numpy.str_ 'a'"),
        (made("bytes_", "numpy", bytes)(b"a"), "numpy.bytes_ of length 1"),
        (made("Timestamp", "pandas")(), "pandas.Timestamp"),
        (made("Decimal", "money.parts")(), "money.parts.Decimal"),
        (made("Point", "shapes")(), "Point"),
        (made("Text", "shapes", str)("a"), "Text 'a'"),
        (Shade.DARK, "Shade 1"),
        (made("int", "shapes", int)(2**300), "shapes.int an integer of 301 bits"),
        (made("odd", None)(), "odd"),
        (made("x" * 200, "y" * 200)(), f"{'y' * 77}....{'x' * 77}..."),
    ],
    ids=lambda value: str(type(value)),
)
def test_a_value_is_described(value: object, text: str) -> None:
    """A class that looks like one of the standard library is shown with its module."""
    assert describe(value) == text


@pytest.mark.parametrize("cls", [bool, int, dt.datetime, pathlib.Path, Duration, Point])
def test_usual_classes_go_by_their_name(cls: type) -> None:
    """No module is needed to know them."""
    assert class_name(cls) == cls.__name__


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize(
    ("value", "as_type", "message"),
    [
        (made("bool", "numpy")(), bool, "expected a boolean, got numpy.bool"),
        (made("int64", "numpy")(), int, "expected an integer, got numpy.int64"),
        (made("datetime", "arrow")(), dt.datetime, "expected a datetime.datetime, got arrow.datetime"),
        (made("UUID", "fast")(), uuid.UUID, "expected a uuid.UUID, got fast.UUID"),
        (made("Path", "upath")(), pathlib.Path, f"expected a {pathlib.Path.__module__}.Path, got upath.Path"),
        (made("Timestamp", "pandas")(), Timestamp, "expected a Timestamp, got pandas.Timestamp"),
        (OTHER_POINT(), Point, f"expected a {__name__}.Point, got shapes.Point"),
        (SAME_POINT(), Point, f"expected a {__name__}.Point, got another class {__name__}.Point"),
        (Point(), Duration, "expected a Duration, got Point"),
        (
            made("int64", "numpy")(),
            None,
            "unsupported type numpy.int64: register hooks for it on codec.copy().converter",
        ),
    ],
)
def test_a_value_of_a_class_of_that_name_is_told_apart(name: str, value: object, as_type: Any, message: str) -> None:
    """In all formats, also below a container."""
    for wrapped, tp in ((value, as_type), ([value], None if as_type is None else list[as_type])):
        with pytest.raises(EncodeError) as caught:
            get_codec(name).encode(wrapped, tp)
        assert [issue.message for issue in caught.value.issues] == [message]
