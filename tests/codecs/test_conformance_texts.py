"""Texts for times and ids: the examples of RFC 3339 and RFC 9562, and the texts that they exclude."""

from __future__ import annotations

import datetime as dt
import uuid

from typing import Any, Final

import pytest

from symphony_codecs import Codec, DecodeError
from symphony_types import NodeId, Timestamp


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]


# RFC 3339, section 5.8, and the rules of sections 5.6 and 5.7: the text, the time, the text that is written.
MOMENTS: Final[list[tuple[str, dt.datetime, str]]] = [
    ("1985-04-12T23:20:50.52Z", utc(1985, 4, 12, 23, 20, 50, 520000), "1985-04-12T23:20:50.520Z"),
    ("1996-12-19T16:39:57-08:00", utc(1996, 12, 20, 0, 39, 57), "1996-12-20T00:39:57Z"),
    # a count of seconds has no place for leap seconds: each is the next second
    ("1990-12-31T23:59:60Z", utc(1991, 1, 1), "1991-01-01T00:00:00Z"),
    ("1990-12-31T15:59:60-08:00", utc(1991, 1, 1), "1991-01-01T00:00:00Z"),
    ("1937-01-01T12:00:27.87+00:20", utc(1937, 1, 1, 11, 40, 27, 870000), "1937-01-01T11:40:27.870Z"),
    ("2000-02-29T00:00:00Z", utc(2000, 2, 29), "2000-02-29T00:00:00Z"),
    ("2024-01-15t10:30:00z", utc(2024, 1, 15, 10, 30), "2024-01-15T10:30:00Z"),
    ("2024-01-15T10:30:00.000001Z", utc(2024, 1, 15, 10, 30, 0, 1), "2024-01-15T10:30:00.000001Z"),
    ("2024-01-15T10:30:00-00:00", utc(2024, 1, 15, 10, 30), "2024-01-15T10:30:00Z"),
    ("0001-01-01T00:00:00Z", utc(1, 1, 1), "0001-01-01T00:00:00Z"),
    ("9999-12-31T23:59:59.999999Z", utc(9999, 12, 31, 23, 59, 59, 999999), "9999-12-31T23:59:59.999999Z"),
]
NO_MOMENTS: Final = [
    *("", "2024-01-15", "10:30:00Z", "2024-01-15T10:30Z"),
    *(
        "2024-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
    ),
    *(
        "2024-01-00T00:00:00Z",
        "2024-04-31T00:00:00Z",
        "2024-01-15T24:00:00Z",
        "2024-01-15T10:60:00Z",
        "2024-01-15T10:30:61Z",
    ),
    *("2024-01-15T10:30:00", "2024-01-15T10:30:00.Z", "2024-01-15T10:30:00+24:00", "2024-01-15T10:30:00+01:60"),
    *("2024-01-15T10:30:00+1", "2024-01-15T10:30:00,5Z"),
    *(
        "2024-01-15T10:30:00ZZ",
        "20240115T103000Z",
        "2024-W03-1T10:30:00Z",
        "2024-015T10:30:00Z",
    ),
    *("\uff12024-01-15T10:30:00Z", "2024-01-15T10:30:0\u0660Z"),
]

# Not in RFC 3339, but chrono reads it: a `Timestamp` does so too, a `datetime` does not.
CHRONOS: Final[list[tuple[str, dt.datetime]]] = [
    ("2024-1-15T10:30:00Z", utc(2024, 1, 15, 10, 30)),
    ("24-01-15T10:30:00Z", utc(24, 1, 15, 10, 30)),
    ("2024-01-15T10:30:00 Z", utc(2024, 1, 15, 10, 30)),
    (" 2024-01-15T10:30:00Z", utc(2024, 1, 15, 10, 30)),
    ("2024-01-15T10:30:00Z ", utc(2024, 1, 15, 10, 30)),
    ("+2024-01-15T10:30:00Z", utc(2024, 1, 15, 10, 30)),
    ("2024-01-15T10:30:00UTC", utc(2024, 1, 15, 10, 30)),
]

# RFC 9562, sections 4, 5.9, 5.10, appendices A and B: one id of each version.
IDS: Final = [
    *(
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "c232ab00-9414-11ec-b3c8-9f6bdeced846",
        "000003e8-8bca-21ed-8000-325096b39f47",
    ),
    *(
        "5df41881-3aed-3515-88a7-2f4a814cf09e",
        "919108f7-52d1-4320-9bac-f847db4148a8",
        "2ed6657d-e927-568b-95e1-2665a8aea6a2",
    ),
    *(
        "1ec9414c-232a-6b00-b3c8-9f6bdeced846",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0",
    ),
    *(
        "5c146b14-3c52-8afd-938a-375d0df1fbf6",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ),
]
NO_IDS: Final = [
    *(
        "",
        "f81d4fae",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf66",
        "f81d4fae-7dec-11d0-a76500a0c91e6bf6",
    ),
    *(
        "g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "f81d4fae-7dec-11d0-a765_00a0c91e6bf6",
        " f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    ),
    *(
        "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "f81d4fae7dec11d0a76500a0c91e6bf",
        "urn:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    ),
    *(
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n",
        "f8-1d4fae7dec11d0a76500a0c91e6bf6",
        "\uff1081d4fae-7dec-11d0-a765-00a0c91e6bf6",
    ),
]


@pytest.mark.parametrize(("text", "moment", "written"), MOMENTS, ids=[text for text, _, _ in MOMENTS])
def test_moments_of_rfc_3339_are_read(codec: Codec, text: str, moment: dt.datetime, written: str) -> None:
    """They are read as a `Timestamp` and as a `datetime`, and written in UTC."""
    data = codec.encode(text)

    assert codec.decode(data, Timestamp).as_datetime() == moment
    assert codec.decode(codec.encode(codec.decode(data, Timestamp)), str) == written
    assert codec.decode(data, dt.datetime) == moment
    assert codec.decode(codec.encode(moment), str) == written


@pytest.mark.parametrize("text", NO_MOMENTS)
def test_other_texts_of_times_are_refused(codec: Codec, text: str) -> None:
    """These are other forms of ISO 8601, impossible days and times, blanks, and digits of other scripts."""
    for as_type in (Timestamp, dt.datetime):
        if as_type is dt.datetime and text == "2024-01-15T10:30:00":
            continue
        with pytest.raises(DecodeError) as caught:
            codec.decode(codec.encode(text), as_type)
        assert {issue.code for issue in caught.value.issues} <= {"invalid_value", "out_of_range"}


@pytest.mark.parametrize(("text", "moment"), CHRONOS)
def test_timestamps_read_the_forms_of_chrono(codec: Codec, text: str, moment: dt.datetime) -> None:
    """They are written in the form of RFC 3339, which a `datetime` requires when it is read, too."""
    data = codec.encode(text)

    assert codec.decode(data, Timestamp).as_datetime() == moment
    with pytest.raises(DecodeError):
        codec.decode(data, dt.datetime)


def test_a_moment_without_an_offset_is_a_naive_one(codec: Codec) -> None:
    """As chrono's `NaiveDateTime`, it is not a `Timestamp`."""
    assert codec.decode(codec.encode("2024-01-15T10:30:00"), dt.datetime) == dt.datetime(2024, 1, 15, 10, 30)


@pytest.mark.parametrize("text", IDS)
def test_ids_of_rfc_9562_are_read(codec: Codec, text: str) -> None:
    """Ids of every version, nil and max are read; JSON also has the other spellings of Rust's crate."""
    value = uuid.UUID(text)
    for as_type, wanted in ((uuid.UUID, value), (NodeId, NodeId(value))):
        data = codec.encode(wanted, as_type)
        assert codec.decode(data, as_type) == wanted
        assert codec.decode(data, Any) == (text if codec.human_readable else value.bytes)
        for spelling in (text.upper(), value.hex, f"{{{text}}}", f"urn:uuid:{text}"):
            if codec.human_readable:
                assert codec.decode(codec.encode(spelling), as_type) == wanted
            else:
                with pytest.raises(DecodeError):
                    codec.decode(codec.encode(spelling), as_type)


@pytest.mark.parametrize("text", NO_IDS)
@pytest.mark.parametrize("as_type", [uuid.UUID, NodeId])
def test_other_texts_of_ids_are_refused(codec: Codec, text: str, as_type: Any) -> None:
    """They are too short, too long, have other characters or one brace; binary formats refuse every text."""
    with pytest.raises(DecodeError):
        codec.decode(codec.encode(text), as_type)
