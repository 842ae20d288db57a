"""Reading UUIDs, typed ids, points in time and spans of time as the reference does."""

from __future__ import annotations

import datetime as dt
import gc
import uuid
import weakref

import attrs
import pytest

from symphony_codecs.executor import ENGINE
from symphony_codecs.formats.base import CborTag
from symphony_types import Duration, ProcessId, SessionId, Timestamp
from symphony_types.ids import TypedId
from tests.codecs.compiled.read_cases import NAMES, TREES, agree, codec_of, decoder, reader, shown


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

EACH = pytest.mark.parametrize("name", NAMES)
ONE = uuid.UUID("67e55044-10b1-426f-9247-bb680e5fe0c8")
_TEXT = str(ONE)
UUIDS = (
    *(_TEXT, _TEXT.upper(), ONE.hex, f"{{{_TEXT}}}", f"urn:uuid:{_TEXT}", f"URN:UUID:{_TEXT}", f"{{{ONE.hex}}}"),
    *(_TEXT[:-1], f"{_TEXT}0", _TEXT.replace("-", "_"), f" {_TEXT}", f"{_TEXT} ", f"{{{_TEXT}", f"{_TEXT[:-1]}g"),
    *(_TEXT.replace("-", "", 1), f"{ONE.hex[:-1]}-", f"{_TEXT[:-1]}é", f"{_TEXT[:-1]}\0", "0" * 36, "-" * 36, "0" * 32),
    *(ONE.bytes, ONE.bytes[:-1], ONE.bytes + b"\0", bytes(16), b"\xff" * 16, _TEXT.encode(), bytearray(ONE.bytes)),
    *(str(uuid.UUID(int=0)), str(uuid.UUID(int=2**128 - 1)), CborTag(37, ONE.bytes), CborTag(37, CborTag(1, _TEXT))),
)
_DAYS = ("2024-02-29", "2023-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "1969-12-31", "2024-00-10", "2024-1-10")
_CLOCKS = (
    *("00:00:00", "23:59:59.999999999", "12:00:00.1", "12:00:00.1234567", "12:00:00.123456000", "12:00:00.0000000001"),
    *("24:00:00", "23:60:00", "23:59:60", "23:59:60.5", "23:59:61", "12:00", "12:00:00.", "12:00:00,5", "1:00:00"),
    *("12:00:00.123456789123", "120000"),
)
_ZONES = ("Z", "z", "", "+00:00", "-00:00", "+05:30", "-23:59", "+24:00", "+0530", "+05", "é", "\0", " Z", "+05:60")
_INSTANTS = (
    *(
        f"{day}{between}{clock}{zone}"
        for day in _DAYS
        for clock in _CLOCKS[:4]
        for between in "T "
        for zone in _ZONES[:6]
    ),
    *(f"2024-02-29T{clock}{zone}" for clock in _CLOCKS for zone in _ZONES),
    *("1677-09-21T00:12:43.145224193Z", "1677-09-21T00:12:43.145224192Z", "1677-09-21T00:12:43.1Z"),
    *("2262-04-11T23:47:16.854775807Z", "2262-04-11T23:47:16.854775808Z", "0001-01-01T00:00:00+23:59"),
    *("9999-12-31T23:59:59-23:59", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-02-29t00:00:00Z"),
)
TIMES = (*_DAYS, *_CLOCKS, *(f"12:00:00{zone}" for zone in _ZONES), *_INSTANTS)
SPANS = (
    *({"secs": secs, "nanos": 5} for secs in (0, 2**64 - 1, 2**64, -1, 1.0, "1", True, None, CborTag(1, 5))),
    *({"secs": 5, "nanos": nanos} for nanos in (10**9 - 1, 10**9, 2**32 - 1, 2**32, -1, 0.0, False, [], CborTag(1, 5))),
    *([2**64 - 1, 10**9], [2**64 - 1, 10**9 - 1], [2**64 - 2, 10**9], [0, 0], [0], [], [1, 2, 3], [1, None], [-0, 0]),
    *({"nanos": 1, "secs": 2}, {"secs": 1}, {"nanos": 1}, {"secs": 1, "nanos": 2, "x": 3}, {"Secs": 1, "nanos": 1}),
    *(
        {b"secs": 1, b"nanos": 2},
        {b"secs": 1, "nanos": 2},
        {b"secs": 1, "secs": 1},
        {CborTag(1, "secs"): 1, "nanos": 2},
    ),
    *(
        {1: 1, "nanos": 2},
        {b"secs": 1, b"\xff": 2},
        CborTag(1, [1, 2]),
        CborTag(1, CborTag(2, {"secs": 1, "nanos": 2})),
    ),
)


@EACH
@pytest.mark.parametrize("tp", [uuid.UUID, ProcessId, SessionId, ProcessId | None])
def test_uuids_and_ids(name, tp):
    """In each form of text, and as bytes."""
    agree(codec_of(name), tp, (*UUIDS, *UUIDS, *TREES))


@EACH
@pytest.mark.parametrize("tp", [Timestamp, dt.datetime, dt.date, dt.time])
def test_points_in_time(name, tp):
    """In the usual form and in all others."""
    agree(codec_of(name), tp, (*TIMES, *TREES))


@EACH
def test_spans_of_time(name):
    """As a map and as an array, up to the border of what there is."""
    agree(codec_of(name), Duration, (*SPANS, *TREES))
    agree(codec_of(name), dt.timedelta, (*SPANS, *TREES))


@EACH
def test_many_ids_and_again(name):
    """More than are remembered, each three times."""
    codec = codec_of(name)
    ids = [ProcessId.from_bytes(n.to_bytes(8, "big") * 2) for n in range(600)]
    data = codec.encode(ids * 3, list[ProcessId])
    decode = decoder(codec, list[ProcessId])
    assert decode(data) == ids * 3
    assert decode(data) == ids * 3


@EACH
def test_ids_that_were_tampered_with(name):
    """What somebody has done to an id that was read before is not seen in the next one."""
    codec = codec_of(name)
    one = ProcessId.from_bytes(ONE.bytes)
    data = codec.encode([one] * 2, list[ProcessId])
    decode = decoder(codec, list[ProcessId])
    for held in (b"short", "text", 5, bytes(15), ONE.bytes + b"\0", None):
        for read in decode(data):
            object.__setattr__(read, "bytes", held)
        assert decode(data) == [one] * 2
    for read in decode(data)[:1]:
        object.__delattr__(read, "bytes")
    assert decode(data) == [one] * 2
    for read in decode(data)[:1]:
        object.__setattr__(read, "__class__", SessionId)
    assert shown(decode(data)) == shown([one] * 2)


@EACH
def test_id_classes_that_are_changed(name):
    """After the decoder was made: the class is called, as the reference does."""

    @attrs.frozen(repr=False)
    class OwnId(TypedId):
        pass

    codec = codec_of(name)
    data = codec.encode([OwnId.from_bytes(ONE.bytes)], list[OwnId])
    decode = decoder(codec, list[OwnId])
    before = decode(data)
    assert [type(read) for read in before] == [OwnId]
    calls = []
    made = OwnId.__init__

    def init(self, *args, **kwargs):
        calls.append(args)
        made(self, *args, **kwargs)

    OwnId.__init__ = init
    expected = codec.converter.structure(codec.format.loads(data, codec.options.limits, False), list[OwnId])
    calls_of_the_reference, calls[:] = list(calls), ()
    assert decode(data) == expected
    assert calls == calls_of_the_reference
    OwnId.bytes = property(lambda self: b"other")
    wire = ONE.bytes if codec.format.is_binary else _TEXT
    assert [read.bytes for read in reader(codec, list[OwnId])([wire])] == [b"other"]
    gc.collect()


def test_ids_that_are_remembered_are_known_to_the_collector():
    """A class that holds the decoder that holds an id of it goes when nobody else holds it."""

    @attrs.frozen(repr=False, slots=True)
    class OwnId(TypedId):
        pass

    @attrs.frozen
    class Witness:
        pass

    witness = Witness()
    codec = codec_of("json").copy()
    OwnId.decoder = decoder(codec, OwnId)
    OwnId.witness = weakref.ref(witness)
    OwnId.held = witness
    OwnId.decoder(f'"{_TEXT}"'.encode())
    seen = weakref.ref(witness)
    del OwnId, witness, codec
    gc.collect()
    assert seen() is None
