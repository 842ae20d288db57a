"""What is told by a path's extension, what has to be given, and what is refused when the function is called."""

from __future__ import annotations

import io

from pathlib import Path
from typing import Any

import pytest

from symphony_codecs import DecodeError, EncodeError, UnknownCodecError, get_codec
from symphony_codecs.framing.framings import UnknownFramingError
from symphony_codecs.records import read_records, scan_records, write_records
from symphony_codecs.records._layout import layout_of
from symphony_types import FieldError
from tests.codecs.records.stream_cases import Point


JSON_OF_ONES_OWN = get_codec("json").with_options(strict=True)


@pytest.mark.parametrize(
    ("place", "given", "expected"),
    [
        ("x.jsonl", {}, ("json", "newline", "none")),
        ("x.ndjson", {}, ("json", "newline", "none")),
        ("a.b/x.v1.JSON", {}, ("json", "newline", "none")),
        (Path("x.msgpack.gz"), {}, ("msgpack", "msgpack-sequence", "gzip")),
        ("x.cbor.zst", {}, ("cbor", "cbor-sequence", "zstd")),
        ("x.frames", {}, (None, "native", "none")),
        ("x.frames.gz", {"codec": "json"}, ("json", "native", "gzip")),
        ("x.gz", {"codec": "json"}, ("json", "newline", "gzip")),
        ("x", {"codec": "msgpack-compact"}, ("msgpack-compact", "msgpack-sequence", "none")),
        ("x.jsonl", {"codec": "msgpack"}, ("msgpack", "msgpack-sequence", "none")),
        ("x.jsonl", {"framing": "json-sequence"}, ("json", "json-sequence", "none")),
        ("x.jsonl", {"framing": "native"}, ("json", "native", "none")),
        ("x.jsonl.gz", {"compression": "none"}, ("json", "newline", "none")),
        (io.BytesIO(), {"codec": "application/cbor"}, ("cbor", "cbor-sequence", "none")),
        (io.BytesIO(), {"framing": "native"}, (None, "native", "none")),
        (io.BytesIO(), {"codec": 1, "framing": "length-prefixed"}, ("json", "length-prefixed", "none")),
        (io.BytesIO(), {"codec": "toml", "framing": "content-length"}, ("toml", "content-length", "none")),
    ],
)
def test_layouts(place: Any, given: dict[str, Any], expected: tuple[str | None, str, str]) -> None:
    layout = layout_of(place, given.get("codec"), given.get("framing"), given.get("compression"))
    assert (layout.codec and layout.codec.name, layout.framing, layout.compression) == expected


def test_a_codec_of_ones_own() -> None:
    assert layout_of("x.jsonl", JSON_OF_ONES_OWN, None, None).codec is JSON_OF_ONES_OWN


@pytest.mark.parametrize(
    ("place", "given", "error", "text"),
    [
        ("x", {}, ValueError, "expected a codec, or a path that ends in one of .jsonl, .ndjson, .json, .msgpack"),
        (b"x", {}, ValueError, "got no path"),
        ("x.txt.gz", {}, ValueError, "got 'x.txt.gz'"),
        (io.BytesIO(), {"framing": "newline"}, ValueError, "expected a codec"),
        ("x.jsonl", {"framing": "cbor-sequence"}, FieldError, "json at codec"),
        ("x", {"codec": "msgpack", "framing": "newline"}, FieldError, "msgpack at codec"),
        ("x", {"codec": "toml", "framing": "newline"}, FieldError, "toml at codec"),
        ("x", {"codec": "toml"}, ValueError, "expected a framing for records of toml, one of cbor-sequence"),
        ("x", {"codec": "yaml"}, UnknownCodecError, "got 'yaml'"),
        ("x.jsonl", {"framing": "lines"}, UnknownFramingError, "got 'lines'"),
        ("x.jsonl", {"compression": "zip"}, ValueError, "expected a compression of gzip, none, zstd, got 'zip'"),
        ("x.jsonl", {"framing": ["newline"]}, UnknownFramingError, "got ['newline']"),
        ("x.jsonl", {"max_record": 0}, FieldError, "an integer from 1 to 4294967295, got 0 at max_record"),
        ("x.jsonl", {"max_record": "9"}, FieldError, "an integer, got str '9' at max_record"),
        ("x.frames", {"max_record": 2**32}, FieldError, "got 4294967296 at max_record"),
    ],
)
def test_refused_at_once(tmp_path: Path, place: Any, given: dict[str, Any], error: type[Exception], text: str) -> None:
    """Before a file is looked for, and before a record is asked for."""
    if isinstance(place, str):
        place = tmp_path / place
    for call in (read_records, scan_records):
        with pytest.raises(error) as caught:
            call(place, Point, **given)
        assert text in str(caught.value)
    if "max_record" not in given:
        with pytest.raises(error):
            write_records(place, [], Point, **given)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("framing", ["newline", "native"])
def test_types_that_cannot_be(framing: str) -> None:
    """A type that there is no way to read or write is refused before the first record."""
    for codec in ("json", None) if framing == "native" else ("json",):
        with pytest.raises(DecodeError):
            read_records(b"", type, codec=codec, framing=framing)
    with pytest.raises(EncodeError):
        write_records(io.BytesIO(), [], type, codec="json", framing=framing)
    assert list(read_records(b"", dict[tuple[int, int], int], framing="native")) == []


def test_frames_are_written_by_a_codec_that_has_a_number() -> None:
    with pytest.raises(ValueError, match="expected a codec for frames"):
        write_records("x.frames", [], Point)
    with pytest.raises(ValueError, match="number in frames, got toml"):
        write_records("x.frames", [], Point, codec="toml")
