"""Media types besides the codecs' own: suffixes (RFC 6839, RFC 8949), and the aliases of MessagePack."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from symphony_codecs import UnknownCodecError, get_codec, make_codec
from symphony_codecs import registry as registry_module
from symphony_codecs.formats import json as json_format
from symphony_codecs.formats import msgpack as msgpack_format
from symphony_codecs.transports.http import (
    NotAcceptableError,
    UnsupportedMediaTypeError,
    codec_for_content_type,
    negotiate_content_type,
)


NAMES = ("msgpack-compact", "cbor", "msgpack", "json")

KNOWN = [
    ("application/json", "json"),
    ("application/problem+json", "json"),
    ("application/geo+json", "json"),
    ("application/vnd.api+json", "json"),
    ("model/gltf+json", "json"),
    ("application/vnd.a+b+json", "json"),
    ("application/cwt+cbor", "cbor"),
    ("application/senml+cbor", "cbor"),
    ("application/vnd.msgpack", "msgpack"),
    ("application/x-msgpack", "msgpack"),
    ("application/vnd.symphony.msgpack-compact", "msgpack-compact"),
]
UNKNOWN = [
    "application/senml+xml",
    "application/geo+msgpack",
    "application/vnd.msgpack+zip",
    "application/vndmsgpack",
    "application/+json",
    "application/+cbor",
    "+json",
    "geo+json",
    "application/jsonx",
    "application/json+",
    "application/cose-key-set",
]


@pytest.mark.parametrize(
    "written", [str, str.upper, str.title, lambda name: f"{name}; charset=utf-8", "{}; v=1".format]
)
@pytest.mark.parametrize(("media_type", "name"), KNOWN)
def test_other_media_types(media_type: str, name: str, written: Any) -> None:
    """A body's type, an alias of it, or its suffix selects the codec, in any case of letters."""
    header = written(media_type)

    assert codec_for_content_type(header, NAMES).name == name
    assert codec_for_content_type(header).name == name
    assert get_codec(header).name == name


@pytest.mark.parametrize("media_type", UNKNOWN)
def test_unknown_media_types(media_type: str) -> None:
    """Other types are refused."""
    with pytest.raises(UnsupportedMediaTypeError):
        codec_for_content_type(media_type, NAMES)
    with pytest.raises(UnknownCodecError):
        get_codec(media_type)


def test_charset_of_a_suffix() -> None:
    """Charsets other than UTF-8 are refused with suffixes, too."""
    with pytest.raises(UnsupportedMediaTypeError):
        codec_for_content_type("application/geo+json; charset=latin1", NAMES)


def test_only_offered_codecs_are_selected() -> None:
    """A suffix does not select a codec that is not offered."""
    with pytest.raises(UnsupportedMediaTypeError):
        codec_for_content_type("application/geo+json", ["cbor"])
    with pytest.raises(UnsupportedMediaTypeError):
        codec_for_content_type("application/vnd.msgpack", ["msgpack-compact"])


@pytest.mark.parametrize("taken", ["application/geo+json", "application/vnd.msgpack"])
def test_own_media_types_win(taken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in with such a media type of its own gets its documents, registered before or after."""
    form = attrs.evolve(json_format.FORMAT, name="own", content_type=taken, format_id=None)
    monkeypatch.setattr(registry_module, "_registry", registry_module._Registry())
    registry_module.register_codec(form)

    assert get_codec(taken).name == "own"
    assert codec_for_content_type(taken, [*NAMES, "own"]).name == "own"
    # A format derived from a built-in one does not get that one's other documents.
    assert get_codec("application/problem+json").name == "json"
    assert get_codec("application/x-msgpack").name == "msgpack"


def test_first_of_equals() -> None:
    """If two codecs match a type equally well, the first offered one wins."""
    other = make_codec(attrs.evolve(msgpack_format.FORMAT, name="other", content_type="application/other"))

    assert codec_for_content_type("application/x-msgpack", [other, "msgpack"]) is other
    assert codec_for_content_type("application/x-msgpack", ["msgpack", other]).name == "msgpack"


def test_responses_keep_the_codecs_own_type() -> None:
    """The header ``Accept`` has to name a codec's own type."""
    assert get_codec("application/problem+json").content_type == "application/json"
    with pytest.raises(NotAcceptableError):
        negotiate_content_type("application/vnd.msgpack", NAMES)
