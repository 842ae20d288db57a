"""The codecs against 700 hand-made documents: they do what the Rust side does, or a table says why not."""

from __future__ import annotations

import functools
import json
import math
import re
import tomllib

from collections import Counter
from typing import Any

import pytest

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_types import JsonValue, MessageEnvelope, ProcessId, ResourceHandle, ResourceId, ResourceType, Version
from tests.codecs.rust_probes import DATA, Probe, cut, read_probes
from tests.codecs.rust_types import python_type


_SENDER = ProcessId.parse("123e4567-e89b-42d3-a456-426614174002")

_PROBES = read_probes()
_BY_KEY = {probe.key: probe for probe in _PROBES}
_DEVIATIONS = tomllib.loads((DATA / "deviations.toml").read_text(encoding="utf-8"))["deviation"]
_PAGE = DATA.parent.parent / "docs" / "serde-differences.md"

# Probe to the deviation that explains it, by what the deviation does there.
_REFUSED = {key: entry for entry in _DEVIATIONS for key in entry.get("refuses", ())}
_ACCEPTED = {key: entry for entry in _DEVIATIONS for key in entry.get("accepts", ())}
_OTHERWISE = {key: ours for entry in _DEVIATIONS for key, ours in entry.get("reads", ())}
_STRICT = [key for entry in _DEVIATIONS if entry.get("unless_strict") for key in entry["accepts"]]


def _some(condition: Any) -> pytest.MarkDecorator:
    chosen = [probe for probe in _PROBES if condition(probe)]
    return pytest.mark.parametrize("probe", chosen, ids=str)


@functools.cache
def _codecs(name: str) -> list[Codec]:
    """Return the codecs that read documents of the format: both of MessagePack read both shapes."""
    return [get_codec("msgpack"), get_codec("msgpack-compact")] if name == "msgpack" else [get_codec(name)]


def _normal(text: str) -> str:
    """Return JSON with keys in order and floats in Python's spelling; 1 and 1.0 stay apart."""
    return json.dumps(json.loads(text), sort_keys=True)


def _read(probe: Probe, codec: Codec) -> str:
    """Return what the codec reads, as JSON."""
    as_type = python_type(probe.rust)
    return get_codec("json").encode(codec.decode(probe.data, as_type), as_type).decode()


@_some(lambda probe: probe.result is None and probe.key not in _ACCEPTED)
def test_refuses_what_rust_refuses(probe: Probe) -> None:
    """A document that Rust refuses is refused, with one issue at least that says what was expected."""
    for codec in _codecs(probe.codec):
        with pytest.raises(DecodeError) as caught:
            codec.decode(probe.data, python_type(probe.rust))
        assert caught.value.issues
        assert all(issue.code and issue.message for issue in caught.value.issues)


@_some(lambda probe: probe.result is not None and probe.key not in _REFUSED and probe.key not in _OTHERWISE)
def test_reads_what_rust_reads(probe: Probe) -> None:
    """A document that Rust reads gives the same value."""
    assert probe.result is not None
    for codec in _codecs(probe.codec):
        ours = _read(probe, codec)
        shortened = cut(probe.result)
        if shortened:
            start, length = shortened
            assert ours.startswith(start)
            assert len(ours) == length
        else:
            assert _normal(ours) == _normal(probe.result)


@pytest.mark.parametrize("key", _REFUSED)
def test_is_stricter(key: str) -> None:
    """What the table says to be refused is read by Rust, and refused here."""
    probe = _BY_KEY[key]

    assert probe.result is not None
    for codec in _codecs(probe.codec):
        with pytest.raises(DecodeError):
            codec.decode(probe.data, python_type(probe.rust))


@pytest.mark.parametrize("key", _ACCEPTED)
def test_is_more_lenient(key: str) -> None:
    """What the table says to be accepted is refused by Rust, and read here."""
    probe = _BY_KEY[key]

    assert probe.result is None
    for codec in _codecs(probe.codec):
        codec.decode(probe.data, python_type(probe.rust))


@pytest.mark.parametrize("key", _STRICT)
def test_strict_sides_with_rust(key: str) -> None:
    """The option ``strict`` refuses what the parsers let through."""
    probe = _BY_KEY[key]

    for codec in _codecs(probe.codec):
        with pytest.raises(DecodeError) as caught:
            codec.with_options(strict=True).decode(probe.data, python_type(probe.rust))
        assert {issue.code for issue in caught.value.issues} == {"duplicate_key"}


@pytest.mark.parametrize("key", _OTHERWISE)
def test_reads_otherwise(key: str) -> None:
    """What the table says to be read as another value is read as that one."""
    probe = _BY_KEY[key]

    assert probe.result is not None
    for codec in _codecs(probe.codec):
        ours = _normal(_read(probe, codec))
        assert ours == _normal(_OTHERWISE[key])
        assert ours != _normal(probe.result)


def test_table_is_sound() -> None:
    """Each entry explains documents of the record, and none is explained twice."""
    named = [*_REFUSED, *_ACCEPTED, *_OTHERWISE]

    assert set(named) <= set(_BY_KEY)
    counted = sum(len(entry.get(kind, ())) for entry in _DEVIATIONS for kind in ("refuses", "accepts", "reads"))
    assert len(set(named)) == counted


@pytest.mark.checkout
def test_page_says_the_same() -> None:
    """The documentation explains every deviation, and no other."""
    text = _PAGE.read_text(encoding="utf-8")
    explained = re.findall(r"^### ([^\n]+)\n\n(?=[A-Z`])", text, re.MULTILINE)

    assert sorted(entry["title"] for entry in _DEVIATIONS) == sorted(explained)


def test_record_is_read_in_full() -> None:
    """Nothing of the record is lost: each line of a probe is one, shortened ones are complete again."""
    lines = (DATA / "probes.txt").read_text(encoding="utf-8").split("\n")
    marks = [line.split(" | ")[1] for line in lines if line.count(" | ") >= 3]

    assert Counter(probe.codec for probe in _PROBES) == Counter(mark for mark in marks if mark != "bincode1")
    assert len(_PROBES) > 640
    for probe in _PROBES:
        line = lines[probe.number - 1]
        shown = line.split(" | ", 3)[3].split(" -> ")[0]
        shortened = cut(shown)
        if shortened:
            start, length = shortened
            assert probe.shown.startswith(start)
            assert len(probe.shown) == length


# Which fault, and where.

_ISSUES = [
    pytest.param(key, code, tuple(path), id=f"{code}-{key}")
    for code, found in tomllib.loads((DATA / "issues.toml").read_text(encoding="utf-8")).items()
    for key, path in found
]


@pytest.mark.parametrize(("key", "code", "path"), _ISSUES)
def test_names_the_fault(key: str, code: str, path: tuple[str | int, ...]) -> None:
    """The first issue has the code and the path of the fault."""
    probe = _BY_KEY[key]

    for codec in _codecs(probe.codec):
        with pytest.raises(DecodeError) as caught:
            codec.decode(probe.data, python_type(probe.rust))
        assert (caught.value.issues[0].code, caught.value.issues[0].path) == (code, path)


# Depth: serde_json's limit, in every format.

_DEPTHS = [("json", b"[", b"]"), ("msgpack", b"\x91", b""), ("cbor", b"\x81", b"")]
_every_depth = pytest.mark.parametrize(("name", "opening", "closing"), _DEPTHS, ids=["json", "msgpack", "cbor"])


def _nested(levels: int, opening: bytes, closing: bytes) -> bytes:
    """Return empty arrays inside each other."""
    innermost = {b"[": b"[]", b"\x91": b"\x90", b"\x81": b"\x80"}[opening]
    return opening * (levels - 1) + innermost + closing * (levels - 1)


def _tree(levels: int) -> list[Any]:
    tree: list[Any] = []
    for _ in range(levels - 1):
        tree = [tree]
    return tree


@_every_depth
def test_depth_of_a_document(name: str, opening: bytes, closing: bytes) -> None:
    """127 arrays inside each other are read and written, 128 are too deep, in every format alike."""
    codec = get_codec(name)

    value = codec.decode(_nested(127, opening, closing), JsonValue)

    assert codec.encode(value, JsonValue) == _nested(127, opening, closing)
    with pytest.raises(DecodeError) as caught:
        codec.decode(_nested(128, opening, closing), JsonValue)
    assert [issue.code for issue in caught.value.issues] == ["too_deep"]


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
def test_depth_of_what_is_written(name: str) -> None:
    """What could not be read again is not written."""
    codec = get_codec(name)

    codec.encode(_tree(127), JsonValue)

    with pytest.raises(EncodeError) as caught:
        codec.encode(_tree(128), JsonValue)
    assert [issue.code for issue in caught.value.issues] == ["too_deep"]


@_every_depth
def test_depth_of_a_payload(name: str, opening: bytes, closing: bytes) -> None:
    """The envelope is one level, so 126 are left for its payload."""
    codec = get_codec(name)
    whole = codec.encode(MessageEnvelope(sender=_SENDER, payload=_tree(126)), MessageEnvelope[JsonValue])

    assert codec.decode(whole, MessageEnvelope[JsonValue]).payload == _tree(126)

    deeper = whole.replace(_nested(126, opening, closing), _nested(127, opening, closing))
    assert deeper != whole
    with pytest.raises(DecodeError) as caught:
        codec.decode(deeper, MessageEnvelope[JsonValue])
    assert [issue.code for issue in caught.value.issues] == ["too_deep"]


@_every_depth
def test_depth_of_what_is_ignored(name: str, opening: bytes, closing: bytes) -> None:
    """A field that nobody knows counts as well: serde_json alone lets that nest without end."""
    codec = get_codec(name)
    whole = codec.encode({"major": 1, "minor": 2, "patch": 3, "other": _tree(126)}, Any)

    assert codec.decode(whole, Version) == Version(1, 2, 3)
    with pytest.raises(DecodeError) as caught:
        codec.decode(whole.replace(_nested(126, opening, closing), _nested(127, opening, closing)), Version)
    assert [issue.code for issue in caught.value.issues] == ["too_deep"]


# What the record cannot say, since it shows values as JSON.

_NAN = [("msgpack", "cb7ff8000000000000"), ("cbor", "f97e00"), ("cbor", "fb7ff8000000000000")]


@pytest.mark.parametrize(("name", "document"), _NAN)
def test_nan_stays_a_number(name: str, document: str) -> None:
    """Untyped NaN is kept where a `serde_json::Value` makes it null; strict refuses it."""
    codec = get_codec(name)
    data = bytes.fromhex(document)

    assert math.isnan(codec.decode(data, JsonValue))
    assert get_codec("json").encode(codec.decode(data, JsonValue), JsonValue) == b"null"
    with pytest.raises(DecodeError):
        codec.with_options(strict=True).decode(data, JsonValue)


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor"])
@pytest.mark.parametrize("metadata", [None, 1, "x", [], {"size": -1}, [{"allocated_at": "never"}]])
def test_metadata_of_a_handle_is_ignored(metadata: Any, name: str) -> None:
    """Whatever stands where the field would be, the handle has none: serde skips the field."""
    codec = get_codec(name)
    handle = ResourceHandle(id=ResourceId.new(), resource_type=ResourceType.CPU)
    tree = {**codec.decode(codec.encode(handle), dict[str, Any]), "metadata": metadata}

    assert codec.decode(codec.encode(tree, Any), ResourceHandle) == handle
    assert "metadata" not in codec.decode(codec.encode(handle), dict[str, Any])
