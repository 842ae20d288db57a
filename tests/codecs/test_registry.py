"""Finding codecs, and adding to them."""

from __future__ import annotations

import importlib.metadata

from typing import Any

import attrs
import pytest

from symphony_codecs import (
    Codec,
    DecodeError,
    EncodeError,
    Format,
    UnknownCodecError,
    codec_names,
    decode,
    encode,
    get_codec,
    make_codec,
    register_codec,
)
from symphony_codecs import registry as registry_module
from symphony_codecs.formats import json as json_format
from symphony_codecs.formats.base import TypedKey
from symphony_types import SerializationFormat, Version


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("json", "json"),
        ("JSON", "json"),
        ("application/json", "json"),
        ("application/json; charset=utf-8", "json"),
        (1, "json"),
        (2, "msgpack"),
        ("application/msgpack", "msgpack"),
        (3, "cbor"),
        ("application/cbor", "cbor"),
        (4, "msgpack-compact"),
        ("application/vnd.symphony.msgpack-compact", "msgpack-compact"),
        (SerializationFormat.JSON, "json"),
        (SerializationFormat.CBOR, "cbor"),
    ],
)
def test_found_by_every_key(key: Any, name: str) -> None:
    """A name, a content type, a format id and the enum all find the one shared codec."""
    assert get_codec(key).name == name
    assert get_codec(key) is get_codec(name)


@pytest.mark.parametrize("key", ["bson", "", 99, True, None, 1.0, b"json"])
def test_unknown_is_an_error_that_lists_the_known(key: Any) -> None:
    """Asking for what is not there names what is."""
    with pytest.raises(UnknownCodecError, match="cbor, json, msgpack, msgpack-compact"):
        get_codec(key)


def test_names_are_sorted_and_built_in_are_there() -> None:
    """All names, plug-ins included."""
    names = codec_names()

    assert names == sorted(names)
    assert {"json", "msgpack", "msgpack-compact", "cbor", "toml"} <= set(names)


def test_functions_take_a_codec_or_a_key(json: Codec) -> None:
    """The two functions are the methods of the codec named."""
    data = encode(Version(1, 2, 3), None, "json")

    assert data == encode(Version(1, 2, 3), Version, json) == json.encode(Version(1, 2, 3))
    assert decode(data, Version, "json") == decode(data, Version, json) == Version(1, 2, 3)


@pytest.fixture(name="registry")
def _registry(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a registry of its own behind the module's functions."""
    fresh = registry_module._Registry()
    monkeypatch.setattr(registry_module, "_registry", fresh)
    return fresh


def _format(**changes: Any) -> Any:
    free = {"name": "json5", "content_type": "application/json5", "format_id": 130}
    return attrs.evolve(json_format.FORMAT, **{**free, **changes})


@pytest.mark.parametrize("tp", [tuple[int, int], frozenset[int], None, float, int | None])
@pytest.mark.parametrize("named", ["literal", "typed"])
def test_keys_that_a_format_does_not_have(registry: Any, tp: Any, named: str) -> None:
    """A format whose functions do not know of `TypedKey` gets none: what would be one is refused."""
    written: list[Any] = []

    def dumps(value: Any, _limits: Any, _strict: bool) -> bytes:
        written.append(value)
        return b"written"

    register_codec(
        Format(
            name=named,
            content_type=f"text/x-{named}",
            format_id=None,
            is_binary=True,
            human_readable=False,
            typed_keys=named == "typed",
            dumps=dumps,
            loads=lambda *_: {},
        )
    )
    codec = get_codec(named)
    assert codec.encode({1: 2, "a": 3, b"b": 4}) == b"written"
    key: Any = {tuple[int, int]: (1, 2), frozenset[int]: frozenset({1}), float: 1.5}.get(tp)
    if named == "typed":
        codec.encode({key: 1}, dict[tp, int])
        assert [type(each) for each in written[-1]] == [TypedKey]
        return
    with pytest.raises(EncodeError, match=r"no key of a map in literal|a key that the format has"):
        codec.encode({key: 1}, dict[tp, int])
    if tp == int | None:
        assert codec.encode({1: 1}, dict[tp, int]) == b"written"
    else:
        with pytest.raises(DecodeError, match="no key of a map in literal"):
            codec.decoder(dict[tp, int])


def test_a_third_party_format_gets_everything(registry: Any) -> None:
    """A registered format is found by all its keys and writes the domain's types."""
    register_codec(_format())

    for key in ("json5", "application/json5", 130):
        assert get_codec(key).encode(Version(1, 2, 3)) == b'{"major":1,"minor":2,"patch":3}'
    assert "json5" in codec_names()
    with pytest.raises(TypeError, match="shared"):
        get_codec("json5").converter.register_unstructure_hook(Version, str)


def test_a_registered_codec_brings_its_hooks(registry: Any) -> None:
    """A codec can be registered instead of a format; later changes to it are not seen."""
    mine = make_codec(_format())
    mine.converter.register_unstructure_hook(Version, str)
    register_codec(mine)
    mine.converter.register_unstructure_hook(Version, lambda _: "changed")

    assert get_codec("json5").encode(Version(1, 2, 3)) == b'"1.2.3"'


@pytest.mark.parametrize("clash", [{"name": "json"}, {"content_type": "application/cbor"}, {"format_id": 1}])
def test_a_clash_is_refused_and_changes_nothing(registry: Any, clash: Any) -> None:
    """A name, content type or id that is taken cannot be taken again."""
    with pytest.raises(ValueError, match="free"):
        register_codec(_format(**clash))

    assert "json5" not in codec_names()
    assert get_codec(1).name == "json"


def test_a_broken_plug_in_is_a_warning(registry: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry point that cannot be loaded does not take the others with it."""
    broken = importlib.metadata.EntryPoint("broken", "symphony_codecs.nowhere:FORMAT", registry_module.ENTRY_POINTS)
    good = importlib.metadata.EntryPoint("toml", "symphony_codecs.formats.toml:FORMAT", registry_module.ENTRY_POINTS)
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [broken, good])

    with pytest.warns(UserWarning, match="'broken'"):
        assert "toml" in codec_names()
    assert get_codec("toml").name == "toml"


def test_names_in_capitals_are_found(registry: Any) -> None:
    """Keys are compared in lower case: those of a plug-in, too."""
    register_codec(_format(name="Json5", content_type="Application/Json5"))

    assert get_codec("json5") is get_codec("JSON5") is get_codec("application/json5")
    with pytest.raises(ValueError, match="free"):
        register_codec(_format(name="JSON5", content_type="application/other", format_id=77))
