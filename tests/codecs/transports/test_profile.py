"""Profiles: accepted and refused values, with reasons, and the codecs they name."""

from __future__ import annotations

import pickle

from typing import Any

import attrs
import pytest

from symphony_codecs import UnknownCodecError, get_codec, register_codec
from symphony_codecs import registry as registry_module
from symphony_codecs.formats import msgpack
from symphony_codecs.transports.profile import ProfileChanges, TransportProfile
from symphony_types import FieldError


NATIVE: dict[str, Any] = {"framing": "native", "formats": ("msgpack", "json")}
LINES: dict[str, Any] = {"framing": "newline", "formats": ("json",)}
BODY: dict[str, Any] = {"framing": "none", "formats": ("json",)}


def test_defaults() -> None:
    """A profile uses the limits of framing, without checksum, compression and heartbeat."""
    profile = TransportProfile(framing="native", formats=("json",))

    assert (profile.max_payload, profile.max_message) == (1_048_576, 16_777_216)
    assert (profile.checksum, profile.compressions, profile.compress_over) == (False, (), 1024)
    assert (profile.heartbeat, profile.reason) == (0.0, "")


@pytest.mark.parametrize(
    "changes",
    [
        {"max_payload": 1024, "max_message": 1024},
        {"max_payload": 2**32 - 1, "max_message": 2**64 - 1},
        {"compressions": ("zstd", "zlib"), "compress_over": 0},
        {"checksum": True, "heartbeat": 0.001},
        {"heartbeat": 86_400},
        {"formats": tuple(f"f{n}" for n in range(64))},
        {"framing": "content-length"},
        {"framing": "length-prefixed"},
        {"framing": "none"},
        {"framing": "newline", "formats": ("json", "json5")},
        {"framing": "json-sequence", "formats": ("json",)},
        {"framing": "msgpack-sequence", "formats": ("msgpack", "msgpack-compact")},
        {"framing": "cbor-sequence", "formats": ("cbor",)},
    ],
)
def test_bounds_pass(changes: Any) -> None:
    """The least and the greatest values are accepted."""
    profile = TransportProfile(**{**NATIVE, **changes})

    for name, value in changes.items():
        assert getattr(profile, name) == value


@pytest.mark.parametrize(
    ("given", "path", "message"),
    [
        (
            NATIVE | {"framing": "netstring"},
            ("framing",),
            "expected 'native' or 'cbor-sequence' or 'content-len",
        ),
        (NATIVE | {"formats": ()}, ("formats",), "expected at least one format, got none"),
        (NATIVE | {"formats": "json"}, ("formats",), "expected a collection, got str 'json'"),
        (NATIVE | {"formats": ("json", "json")}, ("formats", 1), "expected unique items, got str 'json' again"),
        (NATIVE | {"formats": ("json", 2)}, ("formats", 1), "expected the name of a format, got 2"),
        (NATIVE | {"formats": ("",)}, ("formats", 0), "expected a non-empty string, got str ''"),
        (NATIVE | {"formats": [f"f{n}" for n in range(65)]}, ("formats",), "expected at most 64 items, got 65 items"),
        (NATIVE | {"max_payload": 1023}, ("max_payload",), "expected an integer from 1024 to 4294967295, got 1023"),
        (NATIVE | {"max_payload": True}, ("max_payload",), "expected an integer, got True"),
        (NATIVE | {"max_payload": 2**32}, ("max_payload",), "got 4294967296"),
        (
            NATIVE | {"max_payload": 4096, "max_message": 4095},
            ("max_message",),
            "expected at least the 4096 bytes of max_payload, got 4095",
        ),
        (NATIVE | {"max_message": 2**64}, ("max_message",), "got 18446744073709551616"),
        (NATIVE | {"checksum": 1}, ("checksum",), "expected a bool, got 1"),
        (NATIVE | {"compressions": ("gzip",)}, ("compressions", 0), "expected 'zlib' or 'zstd', got str 'gzip'"),
        (NATIVE | {"compressions": ("zlib", "zlib")}, ("compressions", 1), "expected unique items"),
        (NATIVE | {"compress_over": -1}, ("compress_over",), "got -1"),
        (NATIVE | {"heartbeat": -1.0}, ("heartbeat",), "expected a number from 0 to 86400, got -1.0"),
        (NATIVE | {"heartbeat": 0.0009}, ("heartbeat",), "expected 0 or at least 0.001 seconds, got 0.0009"),
        (NATIVE | {"heartbeat": 86_400.5}, ("heartbeat",), "got 86400.5"),
        (NATIVE | {"heartbeat": float("nan")}, ("heartbeat",), "got nan"),
        (NATIVE | {"reason": None}, ("reason",), "expected a string, got None"),
        (LINES | {"checksum": True}, ("checksum",), "expected False with newline framing, got True"),
        (LINES | {"routed": True}, ("routed",), "expected False with newline framing, got True"),
        (NATIVE | {"routed": 1}, ("routed",), "expected a bool, got 1"),
        (LINES | {"compressions": ["zlib"]}, ("compressions",), "expected none with newline framing, got zlib"),
        (LINES | {"heartbeat": 5}, ("heartbeat",), "expected 0 with newline framing, got 5.0"),
        (LINES | {"formats": ("json", "cbor")}, ("formats", 1), "expected a format of text with newline framing"),
        (LINES | {"formats": ("msgpack",)}, ("formats", 0), "got msgpack at formats[0]"),
        (LINES | {"formats": ("msgpack-compact",)}, ("formats", 0), "got msgpack-compact"),
        (BODY | {"checksum": True}, ("checksum",), "expected False without framing, got True"),
        (BODY | {"framing": "content-length", "heartbeat": 1.0}, ("heartbeat",), "expected 0 with content-length"),
        (LINES | {"framing": "json-sequence", "formats": ("cbor",)}, ("formats", 0), "documents of json with json-seq"),
        (
            LINES | {"framing": "cbor-sequence"},
            ("formats", 0),
            "documents of cbor with cbor-sequence framing, got",
        ),
        (LINES | {"framing": "msgpack-sequence"}, ("formats", 0), "documents of msgpack with msgpack-sequence framing"),
        (LINES | {"framing": "cbor-sequence", "formats": ("cbor", "msgpack")}, ("formats", 1), "got msgpack at"),
        (
            LINES | {"framing": "json-sequence", "routed": True},
            ("routed",),
            "expected False with json-sequence framing",
        ),
        (BODY | {"framing": "length-prefixed", "checksum": True}, ("checksum",), "expected False with length-prefixed"),
    ],
)
def test_refused_with_the_setting_and_the_reason(given: Any, path: tuple[Any, ...], message: str) -> None:
    """An invalid value is refused with the name of its setting, and the expected and actual value."""
    with pytest.raises(FieldError) as caught:
        TransportProfile(**given)

    assert caught.value.path == path
    assert message in str(caught.value)


def test_a_profile_is_a_value() -> None:
    """Equality ignores the reason; profiles hash, pickle and do not keep the caller's lists."""
    formats = ["msgpack", "json"]
    profile = TransportProfile(framing="native", formats=formats, heartbeat=5, reason="so")  # type: ignore[arg-type]
    formats.append("cbor")

    assert profile == TransportProfile(**NATIVE, heartbeat=5.0, reason="or so")
    assert hash(profile) == hash(attrs.evolve(profile, reason=""))
    assert pickle.loads(pickle.dumps(profile)).reason == "so"
    assert profile != attrs.evolve(profile, checksum=True)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        profile.checksum = True  # type: ignore[misc]


def test_changes_have_every_setting() -> None:
    """The typed dictionary has the fields of the profile."""
    assert list(ProfileChanges.__annotations__) == [field.name for field in attrs.fields(TransportProfile)]


def test_codecs_are_the_shared_ones_in_order() -> None:
    """A profile's codecs are those of the registry, in order of preference."""
    assert TransportProfile(**NATIVE).codecs() == (get_codec("msgpack"), get_codec("json"))


def test_unknown_formats_are_refused_when_they_are_needed() -> None:
    """A format without a plug-in is an error that lists the known ones."""
    profile = TransportProfile(framing="native", formats=("avro", "json"))

    with pytest.raises(UnknownCodecError, match=r"expected a codec of cbor, json, .*, got 'avro'"):
        profile.codecs()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (NATIVE | {"formats": ("json", "toml")}, r"expected a format with an id for native frames, got toml .*\[1\]"),
        (NATIVE | {"formats": ("JSON",)}, r"expected the name json, got JSON at formats\[0\]"),
        (BODY | {"formats": ("application/cbor",)}, "expected the name cbor, got application/cbor"),
        (LINES | {"formats": ("packed",)}, r"expected a format of text with newline framing, got packed"),
        (LINES | {"formats": ("toml",)}, r"expected a format of text with newline framing, got toml"),
        (LINES | {"framing": "json-sequence", "formats": ("toml",)}, "documents of json with json-sequence framing"),
    ],
)
def test_formats_of_plug_ins_have_to_fit_the_framing(given: Any, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are checked once the codec is looked up."""
    monkeypatch.setattr(registry_module, "_registry", registry_module._Registry())
    register_codec(attrs.evolve(msgpack.FORMAT, name="packed", content_type="application/packed", format_id=130))

    with pytest.raises(FieldError, match=message):
        TransportProfile(**given).codecs()


def test_plug_ins_are_formats_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registered format needs only its name."""
    monkeypatch.setattr(registry_module, "_registry", registry_module._Registry())
    register_codec(attrs.evolve(msgpack.FORMAT, name="packed", content_type="application/packed", format_id=130))

    assert [codec.name for codec in TransportProfile(framing="native", formats=("packed",)).codecs()] == ["packed"]
