"""The content of artifacts, its address, and artifacts as a whole."""

from __future__ import annotations

import hashlib
import pickle
import typing

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import artifact
from symphony_types.artifact import (
    MAX_CONTENT_SIZE,
    Artifact,
    ArtifactContent,
    ArtifactMetadata,
    ArtifactType,
    Compression,
    QualityScore,
)
from symphony_types.checks import FieldError
from symphony_types.errors import ArtifactHashMismatchError
from symphony_types.ids import ArtifactId, ContentHash
from symphony_types.traits.validatable import Validatable


HELLO = ArtifactContent.of(b"hello", content_type="text/plain")


@given(st.binary(max_size=100))
def test_content_is_addressed_by_its_bytes(data):
    """Equal bytes have equal addresses, which are those of `ContentHash` and SHA-256."""
    content = ArtifactContent.of(data)
    assert content.hash == ContentHash.of(data)
    assert content.sha256 == hashlib.sha256(data).hexdigest()
    assert (content.size, content.data) == (len(data), data)
    assert ArtifactContent.of(bytearray(data)) == content == ArtifactContent.of(memoryview(data))
    content.verify()
    content.validate()
    assert content.validation_errors() == ()


@given(st.binary(min_size=1, max_size=50), st.data())
def test_changed_bytes_are_found(data, draws):
    """A flipped bit is seen by all that looks at the data, although the size is right."""
    index = draws.draw(st.integers(0, len(data) - 1))
    changed = bytearray(data)
    changed[index] ^= 1 << draws.draw(st.integers(0, 7))
    tampered = attrs.evolve(ArtifactContent.of(data), data=bytes(changed))
    for check in (tampered.verify, tampered.validate):
        with pytest.raises(ArtifactHashMismatchError) as caught:
            check()
        assert caught.value.expected == hashlib.sha256(data).hexdigest()
        assert caught.value.actual == hashlib.sha256(changed).hexdigest()
    (issue,) = tampered.validation_errors()
    assert (issue.path, issue.code) == (("data",), "hash_mismatch")


def test_references():
    """Content without data is taken on trust until the data comes."""
    reference = HELLO.without_data()
    assert reference.data is None
    reference.validate()
    assert reference.validation_errors() == ()
    reference.verify(b"hello")
    assert reference.with_data(bytearray(b"hello")) == HELLO
    with pytest.raises(ValueError, match="expected data to verify"):
        reference.verify()
    for check in (reference.verify, reference.with_data):
        with pytest.raises(ArtifactHashMismatchError):
            check(b"hellO")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"hash": ContentHash.of(b"other")}, ("hash",)),
        ({"hash": ArtifactId.new()}, ("hash",)),
        ({"sha256": hashlib.sha256(b"other").hexdigest()}, ("hash",)),
        ({"sha256": HELLO.sha256.upper()}, ("sha256",)),
        ({"sha256": "sha256:" + HELLO.sha256}, ("sha256",)),
        ({"sha256": HELLO.sha256[:-1]}, ("sha256",)),
        ({"sha256": HELLO.sha256 + "\n"}, ("sha256",)),
        ({"size": 4}, ("size",)),
        ({"size": -1, "data": None}, ("size",)),
        ({"size": MAX_CONTENT_SIZE + 1, "data": None}, ("size",)),
        ({"size": True, "data": None}, ("size",)),
        ({"data": "hello"}, ("data",)),
        ({"data": b"hell"}, ("size",)),
        ({"encoding": "Gzip"}, ("encoding",)),
        ({"content_type": "text"}, ("content_type",)),
        ({"content_type": "text/"}, ("content_type",)),
        ({"content_type": "text/plain; charset"}, ("content_type",)),
        ({"content_type": "text/plain "}, ("content_type",)),
    ],
)
def test_refused_content(changes, path):
    """What is cheap to compare is compared at once."""
    with pytest.raises(FieldError) as caught:
        attrs.evolve(HELLO, **changes)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "content_type",
    ["application/vnd.symphony.msgpack-compact", "text/plain; charset=utf-8", 'text/x;a="b; c";d=e', "image/svg+xml"],
)
def test_media_types(content_type):
    """Names of RFC 6838, with parameters."""
    assert ArtifactContent.of(b"", content_type=content_type).content_type == content_type


def test_only_bytes_are_content():
    """Text is encoded by its owner."""
    for make in (ArtifactContent.of, Artifact.of):
        with pytest.raises(FieldError):
            make("hello")
    with pytest.raises(FieldError):
        HELLO.with_data("hello")


def test_representation_does_not_spill_the_data():
    """Large data does not flood a log."""
    assert "<5 bytes>" in repr(HELLO)
    assert "b'hello'" not in repr(HELLO)
    assert "data=None" in repr(HELLO.without_data())
    assert str(HELLO) == f"text/plain, 5 bytes, sha256:{HELLO.sha256}"


def test_content_is_a_value():
    """It pickles, compares and hashes."""
    assert pickle.loads(pickle.dumps(HELLO)) == HELLO
    assert len({HELLO, attrs.evolve(HELLO), HELLO.without_data()}) == 2
    assert [field.name for field in attrs.fields(ArtifactContent)] == [
        "hash", "sha256", "size", "content_type", "encoding", "data",
    ]  # fmt: skip


def test_artifacts_from_data():
    """Metadata repeats what the content says."""
    score = QualityScore(overall=0.9)
    made = Artifact.of(
        b"x = 1",
        content_type="text/x-python",
        encoding=Compression.NONE,
        name="x.py",
        artifact_type=ArtifactType.CODE,
        tags=["a", "b"],
        created_by="tests",
        quality=score,
    )
    assert made.content == ArtifactContent.of(b"x = 1", content_type="text/x-python")
    assert (made.metadata.content_type, made.metadata.size) == ("text/x-python", 5)
    assert (made.metadata.name, made.metadata.artifact_type) == ("x.py", ArtifactType.CODE)
    assert (made.metadata.tags, made.metadata.created_by) == (("a", "b"), "tests")
    assert (made.version, made.quality, made.created_at) == (1, score, made.metadata.created_at)
    assert Artifact.of(b"").quality is None
    assert pickle.loads(pickle.dumps(made)) == made
    assert isinstance(made, Validatable)
    with pytest.raises(TypeError, match="unhashable"):
        hash(made)


def test_artifacts_verify_their_content():
    """The issue's path leads through the content."""
    made = Artifact.of(b"hello")
    made.validate()
    assert made.validation_errors() == ()
    tampered = attrs.evolve(made, content=attrs.evolve(made.content, data=b"hellO"))
    assert [(issue.path, issue.code) for issue in tampered.validation_errors()] == [
        (("content", "data"), "hash_mismatch")
    ]
    with pytest.raises(ArtifactHashMismatchError):
        tampered.validate()


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"id": HELLO.hash}, ("id",)),
        ({"content": b"hello"}, ("content",)),
        ({"metadata": {}}, ("metadata",)),
        ({"metadata": ArtifactMetadata(size=4, content_type="text/plain")}, ("metadata", "size")),
        ({"metadata": ArtifactMetadata(size=5)}, ("metadata", "content_type")),
        ({"version": 0}, ("version",)),
        ({"version": 2**32}, ("version",)),
        ({"quality": 0.5}, ("quality",)),
        ({"created_at": None}, ("created_at",)),
    ],
)
def test_refused_artifacts(changes, path):
    """Metadata and content agree, and each field is checked."""
    with pytest.raises(FieldError) as caught:
        attrs.evolve(Artifact.of(b"hello", content_type="text/plain"), **changes)
    assert caught.value.path == path


@pytest.mark.parametrize("cls", [getattr(artifact, name) for name in artifact.__all__], ids=artifact.__all__)
def test_annotations_resolve(cls):
    """All fields' types are there at run time."""
    if attrs.has(cls):
        hints = typing.get_type_hints(cls, include_extras=True)
        assert {field.name for field in attrs.fields(cls)} <= set(hints)


def test_all_is_sorted_and_lazy_names_agree():
    """The package exports what it says."""
    assert artifact.__all__ == sorted(artifact.__all__)
    assert set(artifact.__all__) <= set(dir(artifact))
