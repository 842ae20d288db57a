"""Where a document ends: both scanners, every cut, the vectors of the conformance tests, and other libraries."""

from __future__ import annotations

import importlib
import io
import json
import random

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import cbor2
import msgpack
import pytest

from hypothesis import example, given
from hypothesis import strategies as st

from symphony_codecs import DecodeError, get_codec
from symphony_codecs.executor import ENGINE, make_scanner
from symphony_codecs.formats import _extents
from symphony_codecs.formats._extents import BEYOND, LEVELS, MALFORMED, NEED, TOO_DEEP
from symphony_codecs.formats.base import DEFAULT_LIMITS

from . import test_conformance_cbor as conformance_cbor
from . import test_conformance_json as conformance_json
from . import test_conformance_msgpack as conformance_msgpack
from .test_conformance_vectors import json_cases, vectors


LAYOUTS: Final = ("json", "msgpack", "cbor")
FAR: Final = 2**62
MODULES: Final[list[Any]] = [_extents]
if ENGINE == "compiled":
    MODULES.append(importlib.import_module("symphony_codecs.compiled._extents"))

Found = tuple[list[int], int, int | None, bool]


def found_in(module: Any, layout: str, pieces: list[bytes], room: int = FAR) -> Found:
    """Return the ends of all documents, the last code, the position of a fault, and whether a scalar is open."""
    scanner, ends, offset = module.Scanner(layout), [], 0
    for piece in pieces:
        at = 0
        while (found := scanner.find(piece, at, len(piece), room)) >= 0:
            ends.append(offset + found)
            at = found
        if found != NEED:
            return ends, found, offset + scanner.at if found == MALFORMED else None, False
        offset += len(piece)
    return ends, NEED, None, scanner.is_scalar


def singly(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


def cut(data: bytes, seed: int) -> list[bytes]:
    rng = random.Random(seed)
    places = sorted(rng.choices(range(len(data) + 1), k=rng.randint(0, 6)))
    return [data[begin:end] for begin, end in pairwise([0, *places, len(data)])]


def ends_of(layout: str, data: bytes, seed: int = 0) -> Found:
    """Return the result of both scanners, for any cuts of the bytes."""
    found = found_in(_extents, layout, [data])
    for module in MODULES:
        for pieces in ([data], cut(data, seed), singly(data) if len(data) < 3000 else []):
            if pieces or not data:
                assert found_in(module, layout, pieces) == found
    return found


def end_in(layout: str, data: bytes) -> int | None:
    """Return where the first document ends, the same from the format's function and all modules."""
    find = get_codec(layout).format.document_end
    assert find is not None
    end = find(memoryview(data), DEFAULT_LIMITS)
    for module in MODULES:
        assert module.end_of(layout, memoryview(data)) == end
        for limit in (0, len(data) // 2, len(data)):
            document, size = module.first_of(layout, data, limit)
            assert (bytes(document), size) == (data[:size], min(limit, len(data)) if end is None else end)
    return end


# --- The documents of the conformance tests


def valid_documents() -> Iterator[tuple[str, bytes]]:
    """Yield every complete document of the conformance tests, whether its content is read or refused."""
    msgpack_forms = [wire for wire, *_ in conformance_msgpack.FORMS]
    for wire in (*msgpack_forms, *conformance_msgpack.EXTENSIONS, *conformance_msgpack.EXTENSIONS_BY_LENGTH):
        yield "msgpack", bytes.fromhex(wire)
    for case in vectors("msgpack-test-suite.jsonl"):
        yield from (("msgpack", bytes.fromhex(form.replace("-", ""))) for form in case["msgpack"])
    cbor_forms = [wire for wire, *_ in (*conformance_cbor.READ, *conformance_cbor.TYPED)]
    of_cbor2 = [case["hex"] for case in vectors("cbor2.jsonl") if case["kind"] != "refused"]
    for wire in (*cbor_forms, *conformance_cbor.REFUSED, *of_cbor2):
        yield "cbor", bytes.fromhex(wire)
    yield from (("json", data.rstrip(b" \t\r\n")) for _, data in json_cases("y"))
    yield from (("json", text.encode().rstrip(b" \t\r\n")) for text, _ in conformance_json.TAKEN)


def test_every_document_of_the_vectors_ends_at_its_last_byte() -> None:
    """The same holds with another document after it; every proper beginning of it needs more bytes."""
    for number, (layout, data) in enumerate(valid_documents()):
        is_scalar = layout == "json" and data.lstrip()[:1] not in (b"[", b"{", b'"')
        between = b" " if is_scalar else b""
        alone: Found = ([], NEED, None, True) if is_scalar else ([len(data)], NEED, None, False)
        assert ends_of(layout, data, number) == alone
        second = len(data) + len(between + data)
        assert ends_of(layout, (data + between) * 2, number)[0] == [len(data), second]
        assert all(ends_of(layout, data[:size], size)[:2] == ([], NEED) for size in range(min(len(data), 300)))
        assert end_in(layout, data + between + data) == len(data)


def test_all_vectors_in_a_row() -> None:
    """They are split where one document ends and the next begins."""
    for layout in LAYOUTS:
        documents = [data for of, data in valid_documents() if of == layout]
        between = b"\n" if layout == "json" else b""
        ends, at = [], 0
        for data in documents:
            at += len(data)
            ends.append(at)
            at += len(between)
        data = between.join(documents) + between
        for module in MODULES:
            for seed in range(5):
                assert found_in(module, layout, cut(data, seed))[:2] == (ends, NEED)
            if not between:
                assert module.Scanner(layout).split(data, 0, 0, len(data)) == (documents, NEED)


@pytest.mark.parametrize("wire", conformance_cbor.ILL_FORMED)
def test_malformed_documents_have_no_end(wire: str) -> None:
    """Some end before the last byte."""
    data = bytes.fromhex(wire)
    assert len(data) not in ends_of("cbor", data)[0][:1]


# --- Random documents

TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=20,
)
WRITERS: Final[dict[str, Any]] = {
    "json": lambda tree: json.dumps(tree, ensure_ascii=False, indent=len(str(tree)) % 3 or None).encode(),
    "msgpack": msgpack.packb,
    "cbor": cbor2.dumps,
}


@given(layout=st.sampled_from(LAYOUTS), trees=st.lists(TREES, max_size=6), seed=st.integers(0))
def test_documents_in_a_row_are_split(layout: str, trees: list[Any], seed: int) -> None:
    """Both scanners split them, wherever the bytes are cut."""
    documents = [WRITERS[layout](tree) for tree in trees]
    between = b" " if layout == "json" else b""
    data = b"".join(document + between for document in documents)
    ends, at = [], 0
    for document in documents:
        ends.append(at + len(document))
        at = ends[-1] + len(between)
    assert ends_of(layout, data, seed)[:2] == (ends, NEED)


JSON_PIECES: Final = [*'[]{},:"\\ \n', "1", "-2.5e3", "true", "\u00e9", '"a"', '\\"', "[[", "}}"]
MSGPACK_PIECES: Final = ["81", "a1", "92", "c1", "c701", "dc00", "d902", "df0000"]
CBOR_PIECES: Final = ["9f", "bf", "7f", "5f", "ff", "a1", "82", "c1", "d8", "f8", "41", "61"]
PIECES: Final = {
    "json": st.sampled_from(JSON_PIECES).map(str.encode),
    "msgpack": st.sampled_from(MSGPACK_PIECES).map(bytes.fromhex),
    "cbor": st.sampled_from(CBOR_PIECES).map(bytes.fromhex),
}
GARBAGE = st.sampled_from(LAYOUTS).flatmap(
    lambda layout: st.tuples(
        st.just(layout), st.lists(PIECES[layout] | st.binary(max_size=3), max_size=20).map(b"".join)
    )
)


@given(case=GARBAGE, seed=st.integers(0), room=st.integers(0, 20))
def test_both_scanners_find_the_same_in_garbage(case: tuple[str, bytes], seed: int, room: int) -> None:
    """Ends, faults and their positions are the same, wherever the bytes are cut and however little room there is."""
    layout, data = case
    ends_of(layout, data, seed)
    found = found_in(_extents, layout, [data], room)
    split = _extents.Scanner(layout).split(data, 0, 0, room)
    for module in MODULES:
        assert found_in(module, layout, [data], room) == found
        assert module.Scanner(layout).split(data, 0, 0, room) == split
        assert module.Scanner("json").split_texts(data, 0, room) == _extents.Scanner("json").split_texts(data, 0, room)
    end_in(layout, data)


@given(case=GARBAGE)
@example(("json", b" 1"))
@example(("cbor", b"\xd8\x18\x41\x00"))
def test_documents_that_a_codec_reads_have_an_end(case: tuple[str, bytes]) -> None:
    """No document that can be decoded is cut short or refused."""
    layout, data = case
    try:
        get_codec(layout).decode(data, Any)
    except DecodeError:
        return
    end = end_in(layout, data)
    assert end == len(data.rstrip(b" \t\r\n") if layout == "json" else data)


# --- Other libraries


@given(data=st.lists(PIECES["msgpack"] | st.binary(max_size=3), max_size=12).map(b"".join))
def test_as_msgpack_skips(data: bytes) -> None:
    """`msgpack.Unpacker.skip` ends at the same byte, needs more bytes, or refuses the reserved byte."""
    unpacker, ends, code = msgpack.Unpacker(), [], NEED
    unpacker.feed(data)
    try:
        while True:
            unpacker.skip()
            ends.append(unpacker.tell())
    except msgpack.OutOfData:
        pass
    except msgpack.FormatError:
        code = MALFORMED
    assert ends_of("msgpack", data)[:2] == (ends, code)


class _IllFormedError(Exception):
    pass


class _NotAllError(Exception):
    pass


def _well_formed(data: bytes, at: int, *, breakable: bool = False) -> tuple[int, int]:
    """
    Return where the item at *at* ends, and its major type: RFC 8949, appendix C, in Python.

    -1 stands for a break, 99 for an item of indefinite length.
    """

    def take(count: int) -> bytes:
        nonlocal at
        if at + count > len(data):
            raise _NotAllError
        at += count
        return data[at - count : at]

    (head,) = take(1)
    major, info = head >> 5, head & 0x1F
    value = int.from_bytes(take(1 << (info - 24))) if info in {24, 25, 26, 27} else info
    if info in {28, 29, 30}:
        raise _IllFormedError
    if info == 31:
        if major == 7 and breakable:
            return at, -1
        if major not in {2, 3, 4, 5}:
            raise _IllFormedError
        while True:
            at, inner = _well_formed(data, at, breakable=True)
            if inner == -1:
                return at, 99
            if major in {2, 3} and inner != major:
                raise _IllFormedError
            if major == 5:
                at, _ = _well_formed(data, at)
    if major in {2, 3}:
        take(value)
    elif major in {4, 5}:
        for _ in range(value * (major - 3)):
            at, _ = _well_formed(data, at)
    elif major == 6:
        at, _ = _well_formed(data, at)
    elif major == 7 and info == 24 and value < 32:
        raise _IllFormedError
    return at, major


@given(data=st.lists(PIECES["cbor"] | st.binary(max_size=3), max_size=12).map(b"".join))
@example(b"\x5f\x5f\x41\x00\xff\xff")
@example(b"\xf8\x1f")
def test_well_formed_as_in_the_rfc(data: bytes) -> None:
    """The RFC's pseudo-code finds some faults later: it reads items inside chunks, where none are allowed."""
    ends, code = [0], NEED
    try:
        while ends[-1] < len(data):
            ends.append(_well_formed(data, ends[-1])[0])
    except _NotAllError:
        pass
    except _IllFormedError:
        code = MALFORMED
    found = ends_of("cbor", data)
    assert found[0] == ends[1:]
    assert found[1] == code or (code == NEED and found[1] in {MALFORMED, BEYOND})


@given(trees=st.lists(TREES, min_size=1, max_size=4))
def test_as_cbor2_reads_from_a_stream(trees: list[Any]) -> None:
    """After decoding one item, the stream is at its end."""
    data = b"".join(map(cbor2.dumps, trees))
    stream = io.BytesIO(data)
    cbor2.load(stream)
    assert ends_of("cbor", data)[0][0] == stream.tell()


@given(tree=TREES, behind=st.sampled_from(["", " ", ",", "]", "}", ":", "\n1", '"x"', "[", "{"]))
def test_as_the_standard_library_reads_json(tree: Any, behind: str) -> None:
    """`JSONDecoder.raw_decode` ends at the same character, with anything after the value."""
    text = json.dumps(tree)
    _, end = json.JSONDecoder().raw_decode(text + behind)
    assert end_in("json", (text + behind).encode()) == end


# --- Hostile documents


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_depth_is_bounded(module: Any) -> None:
    """The last entry of a container needs no level of its own; documents with more than `LEVELS` levels are refused."""
    deep = 100_000
    assert module.Scanner("msgpack").find(b"\x91" * deep + b"\x01", 0, deep + 1, FAR) == deep + 1
    assert module.Scanner("cbor").find(b"\xc1\x81" * deep + b"\x01", 0, 2 * deep + 1, FAR) == 2 * deep + 1
    assert module.Scanner("json").find(b"[" * deep + b"]" * deep, 0, 2 * deep, FAR) == 2 * deep
    for layout, head, entry in (("msgpack", b"\x92", b"\x01"), ("cbor", b"\x9f", b"\xff"), ("cbor", b"\x82", b"\x01")):
        for count, code in ((LEVELS - 1, None), (LEVELS, None), (LEVELS + 1, TOO_DEEP), (deep, TOO_DEEP)):
            # Each array has a second entry after the inner array.
            data = head * count + entry * (count + (head != b"\x9f"))
            for pieces in ([data], [head] * count + [data[count:]]):
                ends, found, *_ = found_in(module, layout, pieces)
                assert (ends, found) == (([len(data)], NEED) if code is None else ([], code))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
@pytest.mark.parametrize(
    ("layout", "claim"),
    [
        *(("msgpack", bytes([head]) + b"\xff" * 4) for head in (0xC6, 0xC9, 0xDB, 0xDD, 0xDF)),
        *(("cbor", bytes([head]) + b"\xff" * 8) for head in (0x5B, 0x7B, 0x9B, 0xBB)),
        *(("cbor", bytes([head]) + b"\x80" + bytes(7)) for head in (0x5B, 0xBB)),
    ],
)
def test_claims_are_refused_at_once(module: Any, layout: str, claim: bytes) -> None:
    """A head that claims more bytes than the limit is refused; without a limit the scanner waits for more."""
    assert found_in(module, layout, [claim], 2**32 - 1)[:2] == ([], BEYOND)
    assert found_in(module, layout, singly(claim), 2**32 - 1)[:2] == ([], BEYOND)
    assert module.end_of(layout, memoryview(claim + bytes(100))) is None
    if len(claim) == 5:
        assert found_in(module, layout, [claim], FAR)[:2] == ([], NEED)


def test_scanner_stays_inside_the_bytes() -> None:
    """Positions outside the data raise an `IndexError` instead of reading other memory."""
    scanner = make_scanner("msgpack")
    for start, stop in ((0, 2), (-1, 1), (1, 0)):
        if ENGINE == "compiled":
            with pytest.raises(IndexError):
                scanner.find(b"\x91", start, stop, FAR)
    assert scanner.find(b"\x91\x01", 0, 2, FAR) == 2
