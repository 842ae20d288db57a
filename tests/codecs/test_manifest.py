"""Manifests: read from the file that people write, written and read in every format."""

from __future__ import annotations

import pathlib

import pytest

from symphony_codecs import Codec, DecodeError, get_codec
from symphony_types import Capability, ExtensionManifest, Version, VersionRequirement


DOCUMENT = pathlib.Path(__file__).parent.parent.joinpath("data", "Symphony.toml").read_bytes()


@pytest.fixture(name="manifest")
def _manifest() -> ExtensionManifest:
    """Return the manifest of the file."""
    return get_codec("toml").decode(DOCUMENT, ExtensionManifest)


def test_reads_the_file(manifest: ExtensionManifest) -> None:
    """Versions, permissions, sizes and authors in the forms that people write."""
    assert manifest.version == Version(1, 2, 3)
    assert Capability.FILE_READ in manifest.permissions
    assert manifest.dependencies[0].requirement == VersionRequirement.parse("^1.0")
    assert manifest.resources.memory.recommended_mb == 1536
    assert manifest.authors[0].email == "ada@example.org"


def test_goes_through_every_format(manifest: ExtensionManifest, codec: Codec) -> None:
    """What was read from TOML is the same in each format, and in TOML again."""
    toml = get_codec("toml")

    assert codec.decode(codec.encode(manifest), ExtensionManifest) == manifest
    assert toml.decode(toml.encode(manifest), ExtensionManifest) == manifest
    assert toml.with_options(unknown_fields="forbid").decode(DOCUMENT, ExtensionManifest) == manifest


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        (b'name = "code-review"', b'name = "Code Review"', ("name",), "invalid_value"),
        (b'version = "1.2.3"', b'version = "1.2"', ("version",), "invalid_value"),
        (b'id = "67e5', b'id = "67', ("id",), "invalid_value"),
        (b'"symphony.core" = "^1.0"', b'"symphony.core" = "about 1"', None, "invalid_value"),
    ],
)
def test_faults_have_paths(old: bytes, new: bytes, path: tuple[str, ...] | None, code: str) -> None:
    """A fault in the file is an issue with the path of the field."""
    assert old in DOCUMENT

    with pytest.raises(DecodeError) as caught:
        get_codec("toml").decode(DOCUMENT.replace(old, new, 1), ExtensionManifest)

    assert caught.value.issues[0].code == code
    if path is not None:
        assert caught.value.issues[0].path == path
