"""What holds for every framing of plain documents: cuts, limits, ends, faults, and finding one by name."""

from __future__ import annotations

import random

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import attrs
import pytest

from hypothesis import example, given
from hypothesis import strategies as st

from symphony_codecs import get_codec
from symphony_codecs.framing.content_length import ContentLengthDecoder, ContentLengthEncoder
from symphony_codecs.framing.errors import NEED_DATA, LocalFrameError, RemoteFrameError
from symphony_codecs.framing.framings import Framing, UnknownFramingError, framing_names, get_framing
from symphony_codecs.framing.json_sequence import JsonSequenceDecoder, JsonSequenceEncoder
from symphony_codecs.framing.length_prefixed import LengthPrefixedDecoder, LengthPrefixedEncoder
from symphony_codecs.framing.newline import NewlineDecoder, NewlineEncoder
from symphony_codecs.framing.sequences import (
    CborSequenceDecoder,
    CborSequenceEncoder,
    MessagePackSequenceDecoder,
    MessagePackSequenceEncoder,
)
from symphony_types.checks import FieldError


NAMES = ("cbor-sequence", "content-length", "json-sequence", "length-prefixed", "msgpack-sequence", "newline")

# Bytes written by hand, each piece with the document that it carries.
WIRE: dict[str, list[tuple[bytes, bytes]]] = {
    "cbor-sequence": [
        (b"\xa1aa\x83\x01\x02\x03",) * 2,
        (b"\x83\x01\x02\x03",) * 2,
        (b"\xbf\x61a\x7f\x61b\x40\xff\xff".replace(b"\x40", b"\x60"),) * 2,
        (b"\xc1\xfb\x00\x01\x02\x03\x04\x05\x06\x07",) * 2,
    ],
    "content-length": [
        (b'Content-Length: 7\r\n\r\n{"a":1}', b'{"a":1}'),
        (b"content-type: application/json\r\nCONTENT-LENGTH:1\r\n\r\n2", b"2"),
        (b"Content-Length: 4\r\n\r\n\r\n\r\n", b"\r\n\r\n"),
        (b'Content-Length: 4\r\n\r\n"\xc3\xa9"', b'"\xc3\xa9"'),
    ],
    "json-sequence": [
        (b'\x1e{"a":1}\n', b'{"a":1}'),
        (b"\x1e2 \n", b"2 "),
        (b"\x1e[1,\n2]\n", b"[1,\n2]"),
        (b'\x1e"\xc3\xa9]"\n', b'"\xc3\xa9]"'),
    ],
    "length-prefixed": [
        (b'\x00\x00\x00\x07{"a":1}', b'{"a":1}'),
        (b"\x00\x00\x00\x00", b""),
        (b"\x00\x00\x00\x04\x00\x00\x00\x04", b"\x00\x00\x00\x04"),
        (b'\x00\x00\x00\x04"\xc3\xa9"', b'"\xc3\xa9"'),
    ],
    "msgpack-sequence": [
        (b"\x81\xa1a\x93\x01\x02\x03",) * 2,
        (b"\x93\x01\x02\x03",) * 2,
        (b"\xc7\x03\x05abc",) * 2,
        (b"\xde\x00\x01\xd9\x01a\xcb\x00\x01\x02\x03\x04\x05\x06\x07",) * 2,
    ],
    "newline": [
        (b'{"a":1}\n', b'{"a":1}'),
        (b"2\r\n", b"2"),
        (b"[1,\r2]\n", b"[1,\r2]"),
        (b'"\xc3\xa9"\n', b'"\xc3\xa9"'),
    ],
}  # fmt: skip
STREAM = {name: b"".join(wire for wire, _ in pieces) for name, pieces in WIRE.items()}
DOCUMENTS = {name: [document for _, document in pieces] for name, pieces in WIRE.items()}

# What may begin a message, and what goes on with it for ever.
ENDLESS = {"cbor-sequence": (b"", b"\x81"), "json-sequence": (b"\x1e", b"x"), "msgpack-sequence": (b"", b"\x91")}
# Bytes that end a message, and that it need not have if the stream ends.
WANTED = {"json-sequence": 1}

Outcome = tuple[list[bytes], tuple[str, str, int | None] | None]


@pytest.fixture(params=NAMES, name="framing")
def _framing(request: pytest.FixtureRequest) -> Framing:
    """Return each framing in turn."""
    return get_framing(request.param)


def document_of(name: str, size: int) -> bytes:
    """Return a document of *size* bytes that the framing carries."""
    if name == "json-sequence":
        return b'"' + b"x" * (size - 2) + b'"' if size > 1 else b"1"
    if name not in ENDLESS:
        return b"x" * size
    for head, width in ((0xA0, 0), (0xC4, 1), (0xC5, 2), (0xC6, 4)) if name == "msgpack-sequence" else CBOR_TEXTS:
        rest = size - 1 - width
        if width and rest < 256**width:
            return bytes([head]) + rest.to_bytes(width) + b"x" * rest
        if rest < 24 and not width:
            return bytes([head + rest]) + b"x" * rest
    raise AssertionError(size)


CBOR_TEXTS = ((0x60, 0), (0x78, 1), (0x79, 2), (0x7A, 4))


def outcome(framing: Framing, pieces: Iterable[bytes], **options: Any) -> Outcome:
    """Return the messages in *pieces*, and the error if there is one; nothing else may be raised."""
    decoder = framing.decoder(**options)
    messages = []
    try:
        for piece in pieces:
            decoder.feed(piece)
            for message in decoder:
                messages.append(bytes(message))  # noqa: PERF401 - those before an error count
        decoder.feed_eof()
        for message in decoder:
            messages.append(bytes(message))  # noqa: PERF401 - as above
    except RemoteFrameError as error:
        return messages, (error.frame_code, error.message, error.offset)
    return messages, None


def singly(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


def cut(data: bytes, rng: random.Random, longest: int) -> list[bytes]:
    pieces = []
    while data:
        size = rng.randint(0, longest)
        pieces.append(data[:size])
        data = data[size:]
    return pieces


# Reading


def test_reads_each_document(framing: Framing) -> None:
    """Each piece of the table is the document beside it, alone."""
    for wire, document in WIRE[framing.name]:
        assert outcome(framing, [wire]) == ([document], None)


def test_reads_documents_in_a_row(framing: Framing) -> None:
    """Documents follow one another with nothing between them, fed whole or byte by byte."""
    expected = (DOCUMENTS[framing.name], None)
    assert outcome(framing, [STREAM[framing.name]]) == expected
    assert outcome(framing, singly(STREAM[framing.name])) == expected


@given(data=st.data())
def test_cuts_do_not_matter(data: st.DataObject) -> None:
    """However the stream is cut, the documents are the same."""
    framing = get_framing(data.draw(st.sampled_from(NAMES)))
    stream = STREAM[framing.name] * 3
    pieces = cut(stream, random.Random(data.draw(st.integers(0, 2**32))), data.draw(st.integers(1, 40)))
    assert outcome(framing, pieces) == (DOCUMENTS[framing.name] * 3, None)


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview], ids=lambda wrap: wrap.__name__)
def test_any_bytes_are_fed(framing: Framing, wrap: Callable[[bytes], Any]) -> None:
    """What is fed is any bytes-like object."""
    assert outcome(framing, [wrap(STREAM[framing.name])]) == (DOCUMENTS[framing.name], None)


def test_messages_are_immutable_and_stay(framing: Framing) -> None:
    """A message is a read-only view of bytes; later input and changes of what was fed leave it alone."""
    source = bytearray(STREAM[framing.name])
    decoder = framing.decoder()
    decoder.feed(source)
    first = decoder.next_message()
    assert isinstance(first, memoryview)
    assert (first.readonly, type(first.obj), first.format) == (True, bytes, "B")
    source[:] = bytes(len(source))
    decoder.feed(STREAM[framing.name])
    rest = [bytes(message) for message in decoder]
    assert bytes(first) == DOCUMENTS[framing.name][0]
    assert rest == (DOCUMENTS[framing.name] * 2)[1:]


def test_offset_and_trailing_data(framing: Framing) -> None:
    """What was taken and what is left make up what was fed, after each message."""
    stream = STREAM[framing.name]
    decoder = framing.decoder()
    decoder.feed(stream + WIRE[framing.name][0][0][:3])
    taken = 0
    for wire, document in WIRE[framing.name]:
        assert (decoder.offset, decoder.trailing_data) == (taken, (stream + WIRE[framing.name][0][0][:3])[taken:])
        assert decoder.next_message() == document
        taken += len(wire)
    assert decoder.next_message() is NEED_DATA
    assert (decoder.offset, decoder.trailing_data) == (taken, WIRE[framing.name][0][0][:3])


def test_iteration_goes_on_after_more_data(framing: Framing) -> None:
    """An iteration ends where data is needed, and the next one takes over."""
    (one, first), (two, second), *_ = WIRE[framing.name]
    decoder = framing.decoder()
    decoder.feed(one + two[:-1])
    assert [*decoder] == [first]
    assert [*decoder] == []
    decoder.feed(two[-1:])
    assert [*decoder] == [second]


# The end of the stream


def test_truncated_at_every_length(framing: Framing) -> None:
    """Cut off anywhere but between two messages, the whole ones come, then ``truncated`` with the place of the last."""
    stream, ends = STREAM[framing.name], [0]
    for wire, _ in WIRE[framing.name]:
        ends.append(ends[-1] + len(wire))
    for length in range(len(stream) + 1):
        whole = sum(end - WANTED.get(framing.name, 0) <= length for end in ends) - 1
        held = max(length - ends[whole], 0)
        messages, error = outcome(framing, [stream[:length]])
        assert messages == DOCUMENTS[framing.name][:whole]
        text = f"expected the rest of a message, got the end after {held} bytes of it"
        assert error == (("truncated", text, ends[whole]) if held else None)


def test_end_between_messages(framing: Framing) -> None:
    """An end between two messages is no error: there is never more, and the decoder says so once all is taken."""
    wire, document = WIRE[framing.name][0]
    decoder = framing.decoder()
    assert not decoder.at_eof
    decoder.feed(wire)
    decoder.feed_eof()
    assert not decoder.at_eof
    assert decoder.next_message() == document
    assert decoder.at_eof
    assert [decoder.next_message(), decoder.next_message()] == [NEED_DATA, NEED_DATA]
    assert decoder.error is None


def test_feeding_after_the_end(framing: Framing) -> None:
    """Feeding after the end is the caller's mistake, and changes nothing of what is there."""
    wire, document = WIRE[framing.name][0]
    decoder = framing.decoder()
    decoder.feed(wire)
    decoder.feed_eof()
    with pytest.raises(LocalFrameError) as caught:
        decoder.feed(b"more")
    assert (caught.value.frame_code, decoder.error) == ("closed", None)
    assert [*decoder] == [document]


# Faults


def test_an_error_stays(framing: Framing) -> None:
    """After an error each call raises the same object, and further input is dropped."""
    decoder = framing.decoder(max_message=1)
    decoder.feed(WIRE[framing.name][0][0])
    with pytest.raises(RemoteFrameError) as caught:
        decoder.next_message()
    assert decoder.error is caught.value
    held = decoder.trailing_data
    decoder.feed(WIRE[framing.name][1][0])
    decoder.feed_eof()
    for again in (decoder.next_message, lambda: [*decoder]):
        with pytest.raises(RemoteFrameError) as later:
            again()
        assert later.value is caught.value
    assert (decoder.trailing_data, decoder.at_eof) == (held, False)


def test_messages_before_a_fault_come(framing: Framing) -> None:
    """A fault has the place where its message begins, and does not take the messages before it away."""
    good, document = WIRE[framing.name][1]
    messages, error = outcome(framing, [good + WIRE[framing.name][0][0]], max_message=6)
    assert messages == [document]
    assert error == ("too_large", "expected a message of at most 6 bytes, got more", len(good))


@pytest.mark.parametrize("name", NAMES)
def test_flipped_bits(name: str) -> None:
    """Any flipped bit gives messages or a RemoteFrameError, the same ones byte by byte."""
    stream, framing = STREAM[name], get_framing(name)
    for bit in range(len(stream) * 8):
        damaged = bytearray(stream)
        damaged[bit // 8] ^= 1 << bit % 8
        assert outcome(framing, [bytes(damaged)]) == outcome(framing, singly(bytes(damaged)))


_TOKENS = st.sampled_from([
    b"Content-Length", b": ", b":", b"7", b"0", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"Content-Type: text/plain",
    b"; charset=utf-8", b"\x00\x00\x00", b"\x03", b"\xff", b" ", b"\t", b"{}", b"\x1e", b'"', b"\\", b"[", b"\x82",
    b"\x9f", b"\xbf", b"\x7f", b"\xa1a", b"\xc1", b"\xc2", b"\xdc\x00\x02", b"\x99", b"\xf8", b"GET / HTTP/1.1\r\n",
])  # fmt: skip


@given(name=st.sampled_from(NAMES), parts=st.lists(_TOKENS | st.binary(max_size=6), max_size=20), seed=st.integers(0))
def test_garbage(name: str, parts: list[bytes], seed: int) -> None:
    """Garbage gives messages or a RemoteFrameError, the same ones however it is cut, and never more than was fed."""
    framing, data = get_framing(name), b"".join(parts)
    whole = outcome(framing, [data], max_message=8)
    assert outcome(framing, singly(data), max_message=8) == whole
    assert outcome(framing, cut(data, random.Random(seed), 5), max_message=8) == whole
    assert sum(map(len, whole[0])) <= len(data)


# Many at once


def blocks(framing: Framing, pieces: Iterable[bytes], **options: Any) -> tuple[Outcome, list[tuple[int, int]]]:
    """Return what `outcome` does, and the places of messages, by taking all that are there at once."""
    decoder = framing.decoder(**options)
    spans: list[tuple[int, int, bytes]] = []
    error = None
    try:
        for piece in pieces:
            decoder.feed(piece)
            spans += decoder.take_spans()
        decoder.feed_eof()
        spans += decoder.take_spans()
        assert decoder.take_spans() == []
    except RemoteFrameError as exc:
        error = exc
        for again in (decoder.take_spans, decoder.take_messages, decoder.next_message):
            with pytest.raises(RemoteFrameError) as caught:
                again()
            assert caught.value is error
    found = None if error is None else (error.frame_code, error.message, error.offset)
    return ([message for *_, message in spans], found), [(offset, size) for offset, size, _ in spans]


@example(name="newline", parts=[2, 1], seed=0)
@given(
    name=st.sampled_from(NAMES),
    parts=st.lists(st.integers(0, 3) | _TOKENS | st.sampled_from([b"\n", b"\r\n", b"1\n", b"1\r\n"]), max_size=20),
    seed=st.integers(0),
)
def test_blocks_are_as_one_by_one(name: str, parts: list[bytes | int], seed: int) -> None:
    """Many at once are the same messages and the same fault, and their places do not depend on the cuts."""
    framing = get_framing(name)
    data = b"".join(WIRE[name][part][0] if isinstance(part, int) else part for part in parts)
    pieces = cut(data, random.Random(seed), 30)
    expected = outcome(framing, [data], max_message=8)
    found, places = blocks(framing, [data], max_message=8)
    assert found == expected
    assert blocks(framing, pieces, max_message=8) == (expected, places)
    assert blocks(framing, singly(data), max_message=8) == (expected, places)
    for (offset, size), message in zip(places, expected[0], strict=True):
        assert message.strip(b"\r\n\x1e") in data[offset : offset + size]


def test_places_of_messages(framing: Framing) -> None:
    """The place of a message is that of all its bytes on the stream."""
    begin, places = 0, []
    for wire, _ in WIRE[framing.name]:
        places.append((begin, len(wire)))
        begin += len(wire)
    assert blocks(framing, [STREAM[framing.name]]) == ((DOCUMENTS[framing.name], None), places)
    decoder = framing.decoder()
    decoder.feed(STREAM[framing.name])
    assert decoder.take_messages() == DOCUMENTS[framing.name]
    assert (decoder.offset, decoder.trailing_data) == (begin, b"")


# Limits


def test_the_limit_itself_passes(framing: Framing) -> None:
    """A document of ``max_message`` bytes is written and read; one byte more is refused on both sides, however cut."""
    encoder = framing.encoder(max_message=10)
    ten, eleven = document_of(framing.name, 10), document_of(framing.name, 11)
    wire = encoder.encode(ten)
    assert outcome(framing, [wire * 3], max_message=10) == ([ten] * 3, None)
    assert outcome(framing, singly(wire), max_message=10) == ([ten], None)
    with pytest.raises(LocalFrameError) as caught:
        encoder.encode(eleven)
    assert caught.value.frame_code == "too_large"
    longer = framing.encoder().encode(eleven)
    expected: Outcome = ([], ("too_large", "expected a message of at most 10 bytes, got more", 0))
    assert outcome(framing, [longer], max_message=10) == expected
    assert outcome(framing, singly(longer), max_message=10) == expected
    one = document_of(framing.name, 1)
    assert encoder.encode(one) == framing.encoder().encode(one)


def test_default_limit(framing: Framing) -> None:
    """Where nothing is said, a message is of at most 16 MiB, both ways."""
    assert (framing.encoder().max_message, framing.decoder().max_message) == (16 * 1024 * 1024, 16 * 1024 * 1024)


@pytest.mark.parametrize("limit", [0, -1, 2**32, 1.5, True, "1"])
def test_bad_limit(framing: Framing, limit: Any) -> None:
    """A limit is an integer that 32 bits hold, and not 0."""
    for make in (framing.encoder, framing.decoder):
        with pytest.raises(FieldError, match="max_message"):
            make(max_message=limit)


def test_an_endless_message_is_not_held(framing: Framing) -> None:
    """A peer that never ends its message, header or line is refused after the limit and a header's worth of bytes."""
    decoder = framing.decoder(max_message=1000)
    begin, unit = ENDLESS.get(framing.name, (b"", b"x"))
    decoder.feed(begin)
    with suppress(RemoteFrameError):
        for _ in range(10_000):
            decoder.feed(unit * 7)
            decoder.next_message()
    assert decoder.error is not None
    assert decoder.error.frame_code == "too_large"
    assert len(decoder.trailing_data) <= 4096 + 7


class CountingBytes(bytearray):
    """Bytes that count how many of them searches look at."""

    looked_at = 0

    def find(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        found = super().find(sub, start, end)
        stop = len(self) if end is None else min(end, len(self))
        self.looked_at += (found + 1 if found >= 0 else max(stop, start)) - start
        return found


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("newline", b"x" * 5000 + b"\n"),
        ("content-length", b"X: " + b"x" * 3900 + b"\r\nContent-Length: 999\r\n\r\n" + b"\n" * 999),
    ],
)
def test_no_byte_is_searched_twice(name: str, wire: bytes) -> None:
    """Fed byte by byte, a line's end is looked for where the last search stopped."""
    decoder = get_framing(name).decoder()
    decoder._buffer.data = counting = CountingBytes(wire[:2])
    found = [*decoder]
    for byte in singly(wire[2:]):
        decoder.feed(byte)
        assert decoder._buffer.data is counting
        found += [*decoder]
    assert [len(message) for message in found] == [5000 if name == "newline" else 999]
    assert 0 < counting.looked_at <= len(wire)


# Writing


def test_writes_what_is_read(framing: Framing) -> None:
    """What the encoder writes the decoder reads, messages of all sizes in a row."""
    rng, sizes = random.Random(1), (1, 2, 9, 10, 99, 100, 255, 256, 65536, 70001)
    if framing.name in ENDLESS:
        documents = [document_of(framing.name, size) for size in sizes]
    else:
        documents = [bytes(rng.choices(b'{}[]":,0 x', k=size)) for size in sizes]
    encoder = framing.encoder()
    wire = b"".join(encoder.encode(document) for document in documents)
    assert outcome(framing, [wire]) == (documents, None)
    assert outcome(framing, cut(wire, rng, 3000)) == (documents, None)


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview], ids=lambda wrap: wrap.__name__)
def test_buffers_hold_the_payload_itself(framing: Framing, wrap: Callable[[bytes], Any]) -> None:
    """The list of buffers has the very payload in it, no empty part, and joins to what ``encode`` returns."""
    document = DOCUMENTS[framing.name][0]
    payload = wrap(document)
    buffers = framing.encoder().encode_buffers(payload)
    assert any(buffer is payload for buffer in buffers)
    assert all(len(memoryview(buffer)) for buffer in buffers)
    assert b"".join(buffers) == framing.encoder().encode(payload) == framing.encoder().encode(document)


def test_text_is_no_payload(framing: Framing) -> None:
    """Text is refused before anything is written: only its author knows the encoding."""
    with pytest.raises(TypeError):
        framing.encoder().encode("{}")  # type: ignore[arg-type]


# By name


CLASSES: dict[str, tuple[Any, Any]] = {
    "cbor-sequence": (CborSequenceEncoder, CborSequenceDecoder),
    "content-length": (ContentLengthEncoder, ContentLengthDecoder),
    "json-sequence": (JsonSequenceEncoder, JsonSequenceDecoder),
    "length-prefixed": (LengthPrefixedEncoder, LengthPrefixedDecoder),
    "msgpack-sequence": (MessagePackSequenceEncoder, MessagePackSequenceDecoder),
    "newline": (NewlineEncoder, NewlineDecoder),
}


def test_names() -> None:
    """The framings are found by the names that settings use, with their classes."""
    assert framing_names() == [*NAMES]
    for name, classes in CLASSES.items():
        framing = get_framing(name)
        assert (framing.name, framing.encoder, framing.decoder) == (name, *classes)
        assert [each.name for each in classes] == [name, name]


FITTING: dict[str, set[str]] = {
    "cbor-sequence": {"cbor"},
    "json-sequence": {"json"},
    "msgpack-sequence": {"msgpack", "msgpack-compact"},
    "newline": {"json", "json5"},
    "content-length": {"json", "json5", "msgpack", "msgpack-compact", "cbor", "toml", "packed"},
    "length-prefixed": {"json", "json5", "msgpack", "msgpack-compact", "cbor", "toml", "packed"},
}


def test_formats_that_go_with_it(framing: Framing) -> None:
    """All others are refused by the setting that names them; a plug-in may say that its documents fit."""
    toml = get_codec("toml").format
    json5 = attrs.evolve(get_codec("json").format, name="json5", layout=None, framing=None)
    packed = attrs.evolve(get_codec("msgpack").format, name="packed", layout=None, framing=None)
    known = [get_codec(name).format for name in ("json", "msgpack", "msgpack-compact", "cbor")]
    for form in (*known, toml, json5, packed):
        framing.check_format(attrs.evolve(form, framing=framing.name), "codec")
        if form.name in FITTING[framing.name]:
            framing.check_format(form, "codec")
            continue
        with pytest.raises(FieldError) as caught:
            framing.check_format(form, "formats", 3)
        assert (caught.value.code, caught.value.path) == ("invalid_value", ("formats", 3))
        assert caught.value.actual == form.name
        assert f" with {framing.name} framing" in caught.value.expected


def test_formats_name_a_framing_that_carries_them() -> None:
    """So that no records of theirs need one."""
    for name in ("json", "msgpack", "msgpack-compact", "cbor"):
        form = get_codec(name).format
        assert form.framing is not None
        assert get_framing(form.framing).documents in {"text", form.layout}


@pytest.mark.parametrize("name", ["native", "", "Newline", "ndjson"])
def test_unknown_name(name: str) -> None:
    """A name that there is not is a LookupError that lists those there are."""
    with pytest.raises(UnknownFramingError) as caught:
        get_framing(name)
    assert isinstance(caught.value, LookupError)
    assert str(caught.value) == f"expected a framing of {', '.join(NAMES)}, got {name!r}"
