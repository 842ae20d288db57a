"""Tests of `symphony_types.ids` and the modules under it."""

from __future__ import annotations

import copy
import json
import pickle
import threading
import typing
import uuid

from pathlib import Path

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import ids
from symphony_types._uuid_new import V7Generator
from symphony_types._uuid_text import UuidError, format_uuid_bytes, parse_uuid_bytes
from symphony_types.checks import FieldError, FieldTypeError
from symphony_types.ids import ContentHash, ExtensionId, NodeId, TypedId, WorkflowId


TEXT = "67e55044-10b1-426f-9247-bb680e5fe0c8"
ALL = [getattr(ids, name) for name in ids.__all__ if name != "TypedId"]
PROBES = (Path(__file__).parent.parent / "data" / "probes_uuid.txt").read_text(encoding="utf-8").splitlines()
uuids = st.uuids()


def test_there_are_fifteen_ids() -> None:
    """The module has the fifteen id types and their base."""
    assert len(ALL) == 15
    assert ids.__all__ == sorted(ids.__all__)


@pytest.mark.parametrize("cls", ALL)
def test_forms(cls: type[TypedId]) -> None:
    """Each id goes between its UUID, its text and its bytes."""
    value = uuid.UUID(TEXT)
    made = cls(value)
    assert made == cls.from_uuid(value) == cls.parse(TEXT) == cls.from_bytes(value.bytes)
    assert made.as_uuid() == value
    assert made.to_bytes() == made.bytes == value.bytes
    assert str(made) == TEXT
    assert repr(made) == f"{cls.__name__}.parse('{TEXT}')"
    assert attrs.fields(cls)[0].name == "bytes"
    assert len(attrs.fields(cls)) == 1
    assert typing.get_type_hints(cls) == {"bytes": bytes}
    assert not hasattr(made, "__dict__")


@given(uuids)
def test_text_round_trip(value: uuid.UUID) -> None:
    """The text is that of `uuid` and reads back."""
    text = str(WorkflowId(value))
    assert text == str(value)
    assert WorkflowId.parse(text).as_uuid() == value
    assert format_uuid_bytes(parse_uuid_bytes(text.upper())) == text


@pytest.mark.parametrize("line", PROBES)
def test_parse_takes_what_rust_takes(line: str) -> None:
    """Text that the Rust side reads or refuses is read or refused here."""
    _, _, _, rest = line.split(" | ", 3)
    shown, _, outcome = rest.partition(" -> ")
    text = json.loads(shown)
    if outcome.startswith("OK"):
        assert str(ExtensionId.parse(text)) == json.loads(outcome[2:])
    else:
        with pytest.raises(FieldError):
            ExtensionId.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        TEXT + " ",
        "67e55044-10b1-426f-9247-bb680e5fe0 8",
        "67e5504410b1426f9247bb680e5fe0 8",
        "67e55044-10b1-426f-9247-bb680e5f-0c8",
        "-" * 36,
        "{" + TEXT,
        "[" + TEXT + "]",
        "urn:uuid:{" + TEXT + "}",
        "urn:uuid:" + TEXT + " ",
        "\u0660" * 32,
        "\ud800" * 32,
        "x" * 100_000,
    ],
)
def test_parse_refuses(text: str) -> None:
    """Nearly right texts are refused, with a short error."""
    with pytest.raises(UuidError) as caught:
        NodeId.parse(text)
    assert caught.value.code == "invalid_value"
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("value", "hint"), [(TEXT, "parse"), (b"x" * 16, "from_bytes"), (NodeId.new(), "another type"), (7, "uuid.UUID")]
)
def test_constructor_takes_uuids_only(value: object, hint: str) -> None:
    """Anything but a UUID is a type error that says what to do."""
    with pytest.raises(FieldTypeError, match=hint):
        WorkflowId(value)  # type: ignore[arg-type]


def test_constructor_takes_subclasses_of_uuid() -> None:
    """A UUID of a class of its own is a UUID, as database drivers have them."""

    class Own(uuid.UUID):
        pass

    assert WorkflowId(Own(TEXT)) == WorkflowId.parse(TEXT)


@pytest.mark.parametrize("value", [1, None, TEXT.encode(), uuid.UUID(TEXT)])
def test_parse_takes_text_only(value: object) -> None:
    """`parse` refuses what is not text."""
    with pytest.raises(FieldTypeError):
        WorkflowId.parse(value)  # type: ignore[arg-type]


def test_from_bytes() -> None:
    """Any bytes-like object of 16 bytes makes an id that keeps its own copy."""
    raw = uuid.UUID(TEXT).bytes
    buffer = bytearray(raw)
    made = WorkflowId.from_bytes(memoryview(buffer))  # type: ignore[arg-type]
    buffer[0] ^= 0xFF
    assert made.bytes == raw
    assert type(made.bytes) is bytes
    for bad in (b"", raw[:15], raw + b"x"):
        with pytest.raises(FieldError, match="16 bytes"):
            WorkflowId.from_bytes(bad)
    for wrong in ("x" * 16, 16, list(raw)):
        with pytest.raises(FieldTypeError):
            WorkflowId.from_bytes(wrong)  # type: ignore[arg-type]


@given(uuids)
def test_types_are_apart(value: uuid.UUID) -> None:
    """Ids of different types are never equal and do not compare."""
    made = [cls(value) for cls in ALL]
    assert len(set(made)) == len(ALL)
    left: typing.Any = WorkflowId(value)
    for other in (NodeId(value), value, str(value)):
        assert left != other
        with pytest.raises(TypeError):
            _ = left < other


@given(uuids, uuids)
def test_order_is_that_of_uuids(a: uuid.UUID, b: uuid.UUID) -> None:
    """Ids of one type sort as their UUIDs do, and equal ones hash alike."""
    assert (WorkflowId(a) < WorkflowId(b)) == (a < b)
    assert (WorkflowId(a) == WorkflowId(b)) == (a == b)
    assert hash(WorkflowId(a)) == hash(WorkflowId(uuid.UUID(str(a))))


@pytest.mark.parametrize("cls", ALL)
def test_pickle_and_copy(cls: type[TypedId]) -> None:
    """Ids pickle in every protocol and copy to themselves."""
    made = cls(uuid.UUID(TEXT))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(made, protocol))
        assert again == made
        assert type(again) is cls
    assert copy.copy(made) is made
    assert copy.deepcopy([made])[0] is made


def test_ids_are_immutable() -> None:
    """No attribute can be set."""
    made = WorkflowId.new()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.bytes = b""  # type: ignore[misc]


@pytest.mark.parametrize("cls", [cls for cls in ALL if cls is not ContentHash])
def test_new(cls: typing.Any) -> None:
    """New ids have the version and variant of RFC 9562 and differ."""
    for version, make in ((4, cls.new), (7, cls.new_v7)):
        made = {make() for _ in range(50)}
        assert len(made) == 50
        for each in made:
            assert type(each) is cls
            assert each.as_uuid().version == version
            assert each.as_uuid().variant == uuid.RFC_4122


def test_new_v7_sorts_by_time() -> None:
    """Ids of version 7 grow strictly, over types and threads."""
    made: list[bytes] = []
    per_thread: list[list[bytes]] = []

    def work() -> None:
        mine = [WorkflowId.new_v7().bytes for _ in range(500)]
        per_thread.append(mine)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for mine in per_thread:
        assert mine == sorted(mine)
        made += mine
    assert len(set(made)) == 2000
    assert NodeId.new_v7().bytes > max(made)


def test_new_v7_holds_the_time() -> None:
    """The first 48 bits are the milliseconds, and a clock that steps back does not show."""
    generator = V7Generator()
    first = generator.next(1_700_000_000_000)
    assert int.from_bytes(first[:6], "big") == 1_700_000_000_000
    second = generator.next(1_600_000_000_000)
    assert second > first
    assert second[:6] == first[:6]
    assert generator.next(1_700_000_000_001)[:6] > first[:6]


def test_new_v7_carries_into_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A counter that runs over moves on to the next millisecond."""
    generator = V7Generator()
    first = generator.next(1000)
    monkeypatch.setattr(generator, "_counter", 2**74 - 1)
    second = generator.next(1000)
    assert second > first
    assert int.from_bytes(second[:6], "big") == 1001
    assert uuid.UUID(bytes=second).version == 7


def test_reset_starts_afresh() -> None:
    """After a reset, as in a forked child, the counter is a new random one."""
    generator = V7Generator()
    first = generator.next(1000)
    generator.reset()
    assert generator.next(1000)[6:] != first[6:]


def test_content_hash_is_not_random() -> None:
    """A content hash follows from the content and cannot be made up."""
    assert not hasattr(ContentHash, "new")
    assert not hasattr(ContentHash, "new_v7")
    assert ContentHash.of(b"a") == ContentHash.of(bytearray(b"a")) == ContentHash.of(memoryview(b"a"))
    assert ContentHash.of(b"a") != ContentHash.of(b"b")
    assert ContentHash.of(b"").as_uuid().version == 8
    with pytest.raises(FieldTypeError):
        ContentHash.of("text")  # type: ignore[arg-type]


def test_content_hash_matches_the_rfc() -> None:
    """RFC 9562, appendix B.2: SHA-256 over the DNS namespace and www.example.com."""
    made = ContentHash.of(uuid.NAMESPACE_DNS.bytes + b"www.example.com")
    assert str(made) == "5c146b14-3c52-8afd-938a-375d0df1fbf6"
