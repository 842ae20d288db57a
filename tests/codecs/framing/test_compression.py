"""Compressed payloads: read from anyone's bytes, bounded whatever they claim."""

from __future__ import annotations

import gzip
import random
import sys
import zlib

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.framing.compression import available_compressions, compress, decompress
from symphony_codecs.framing.errors import LocalFrameError, RemoteFrameError
from symphony_types.message.ipc import FrameCompression
from tests.memory import takes_at_most


if sys.version_info >= (3, 14):
    from compression import zstd

    ZSTD_MODULE = "compression.zstd"
else:
    from backports import zstd

    ZSTD_MODULE = "backports.zstd"

NONE, ZLIB, ZSTD = FrameCompression.NONE, FrameCompression.ZLIB, FrameCompression.ZSTD
MIB = 1024 * 1024

# Put together by hand from RFC 1950 and RFC 1951.
STORED = bytes.fromhex("7801 01 0500 faff 68656c6c6f 062c0215")
# Put together by hand from RFC 8878: magic, frame header, blocks (3 bytes of size, type and whether it is the last).
RAW_BLOCK = bytes.fromhex("28b52ffd 2005 290000 68656c6c6f")
WITH_CHECKSUM = bytes.fromhex("28b52ffd 2405 290000 68656c6c6f a36d9f88")

HAND_MADE = [
    (ZLIB, STORED, b"hello"),
    (ZLIB, bytes.fromhex("789c 0300 00000001"), b""),
    (ZLIB, bytes.fromhex("7801 00 0200 fdff 6865 01 0300 fcff 6c6c6f 062c0215"), b"hello"),
    (ZSTD, RAW_BLOCK, b"hello"),
    (ZSTD, WITH_CHECKSUM, b"hello"),
    (ZSTD, bytes.fromhex("28b52ffd 2000 010000"), b""),
    (ZSTD, bytes.fromhex("28b52ffd 2005 2b0000 61"), b"aaaaa"),
    (ZSTD, bytes.fromhex("28b52ffd 0000 280000 68656c6c6f 010000"), b"hello"),
    (ZSTD, bytes.fromhex("28b52ffd 0000 100000 6865 190000 6c6c6f"), b"hello"),
]

REFUSED = {
    "zlib: nothing": (ZLIB, b""),
    "zlib: gzip": (ZLIB, gzip.compress(b"hello")),
    "zlib: raw deflate": (ZLIB, STORED[2:-4]),
    "zlib: a wrong checksum": (ZLIB, STORED[:-1] + b"\x16"),
    "zlib: a preset dictionary": (ZLIB, bytes.fromhex("78bb 062c0215 cb48cdc9c9070000")),
    "zlib: a byte behind": (ZLIB, STORED + b"\0"),
    "zlib: two streams": (ZLIB, STORED + STORED),
    "zlib: a zstd frame": (ZLIB, RAW_BLOCK),
    "zstd: nothing": (ZSTD, b""),
    "zstd: a zlib stream": (ZSTD, STORED),
    "zstd: a wrong checksum": (ZSTD, WITH_CHECKSUM[:-1] + b"\0"),
    "zstd: a reserved block type": (ZSTD, bytes.fromhex("28b52ffd 2005 2f0000 68656c6c6f")),
    "zstd: a size that the blocks have not": (ZSTD, bytes.fromhex("28b52ffd 2004 290000 68656c6c6f")),
    "zstd: a dictionary": (ZSTD, bytes.fromhex("28b52ffd 210705 290000 68656c6c6f")),
    "zstd: a byte behind": (ZSTD, RAW_BLOCK + b"\0"),
    "zstd: two frames": (ZSTD, RAW_BLOCK + RAW_BLOCK),
    "zstd: a skippable frame": (ZSTD, bytes.fromhex("502a4d18 02000000 6869")),
    "zstd: a skippable frame before": (ZSTD, bytes.fromhex("502a4d18 02000000 6869") + RAW_BLOCK),
    "zstd: a skippable frame behind": (ZSTD, RAW_BLOCK + bytes.fromhex("502a4d18 02000000 6869")),
    "zstd: version 0.7": (ZSTD, bytes.fromhex("27b52ffd 2005 290000 68656c6c6f")),
    "zstd: 9 MiB of window": (ZSTD, bytes.fromhex("28b52ffd 0069 290000 68656c6c6f")),
    "zstd: 1 GiB of window": (ZSTD, bytes.fromhex("28b52ffd 00a0 290000 68656c6c6f")),
    "zstd: 3.75 TiB of window": (ZSTD, bytes.fromhex("28b52ffd 00ff 290000 68656c6c6f")),
    "zstd: one segment of 4 GiB": (ZSTD, bytes.fromhex("28b52ffd e00000000001000000 290000 68656c6c6f")),
}


def code_of(payload: bytes, how: FrameCompression, max_size: int = 1000) -> str | None:
    """Return what reading *payload* fails with."""
    try:
        decompress(payload, how, max_size=max_size)
    except RemoteFrameError as error:
        return error.frame_code
    return None


@pytest.mark.parametrize(("how", "payload", "expected"), HAND_MADE)
def test_reads_bytes_made_by_hand(how: FrameCompression, payload: bytes, expected: bytes) -> None:
    """What the RFCs describe inflates, from any buffer."""
    for buffer in (payload, bytearray(payload), memoryview(payload)):
        assert decompress(buffer, how, max_size=len(expected)) == expected


@pytest.mark.parametrize("level", range(-1, 10))
@pytest.mark.parametrize("window", [9, 12, 15])
@pytest.mark.parametrize("data", [b"", b"hello", b"ab" * 5000, random.Random(1).randbytes(5000)], ids=len)
def test_reads_zlib_of_any_level_and_window(data: bytes, window: int, level: int) -> None:
    """Each level and window of the standard library's compressor inflates."""
    compressor = zlib.compressobj(level, wbits=window)
    assert decompress(compressor.compress(data) + compressor.flush(), ZLIB, max_size=len(data)) == data


@pytest.mark.parametrize("level", [-7, 1, 3, 12])
@pytest.mark.parametrize("checksum", [False, True])
@pytest.mark.parametrize("sized", [False, True])
@pytest.mark.parametrize("data", [b"", b"hello", b"ab" * 5000, random.Random(1).randbytes(300_000)], ids=len)
def test_reads_zstd_of_any_level(data: bytes, sized: bool, checksum: bool, level: int) -> None:
    """A frame inflates with and without its size and checksum, whatever the level."""
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: level,
        zstd.CompressionParameter.checksum_flag: checksum,
    }
    compressor = zstd.ZstdCompressor(options=options)
    if sized:
        frame = compressor.compress(data, mode=zstd.ZstdCompressor.FLUSH_FRAME)
    else:
        frame = compressor.compress(data) + compressor.flush()
    assert decompress(frame, ZSTD, max_size=len(data)) == data


def test_reads_the_widest_window_that_decoders_have_to_support() -> None:
    """8 MiB of window pass (RFC 8878, section 3.1.1.1.2); one step more is among what is refused."""
    frame = bytes.fromhex("28b52ffd 0068 290000 68656c6c6f")
    assert decompress(frame, ZSTD, max_size=5) == b"hello"


@given(st.binary(max_size=300), st.integers(0, 40), st.sampled_from(FrameCompression))
def test_others_read_what_is_written(data: bytes, times: int, how: FrameCompression) -> None:
    """What is compressed is read by the libraries themselves, and here."""
    data *= times
    packed = compress(data, how)
    others = {NONE: bytes, ZLIB: zlib.decompress, ZSTD: zstd.decompress}
    assert others[how](packed) == data
    assert decompress(packed, how, max_size=len(data)) == data


def test_writes_what_small_decoders_read() -> None:
    """A large payload takes no more window than all decoders have, and becomes smaller."""
    data = b"0123456789abcdef" * (MIB // 2)
    for how in (ZLIB, ZSTD):
        packed = compress(data, how)
        assert len(packed) < len(data) // 100
        assert decompress(packed, how, max_size=len(data)) == data


@pytest.mark.parametrize(("how", "payload"), REFUSED.values(), ids=list(REFUSED))
def test_refuses_what_is_not_one_whole_stream(how: FrameCompression, payload: bytes) -> None:
    """What is damaged, foreign, more than one or wants too much memory is refused, with a code and a reason."""
    with pytest.raises(RemoteFrameError, match=r"expected .*, got ") as caught:
        decompress(payload, how, max_size=1000)
    assert caught.value.frame_code == "bad_compression"


@pytest.mark.parametrize(("how", "payload", "expected"), HAND_MADE)
def test_refuses_what_is_cut_off(how: FrameCompression, payload: bytes, expected: bytes) -> None:
    """No part of a stream is taken for the whole."""
    for end in range(len(payload)):
        assert code_of(payload[:end], how) == "bad_compression"


@pytest.mark.parametrize(("how", "payload"), [(ZLIB, STORED), (ZSTD, WITH_CHECKSUM)])
def test_flipped_bits_never_change_the_data(how: FrameCompression, payload: bytes) -> None:
    """With a checksum in it, a damaged stream is refused unless the bit means nothing."""
    harmless = 0
    for bit in range(len(payload) * 8):
        flipped = bytearray(payload)
        flipped[bit // 8] ^= 1 << bit % 8
        if code_of(bytes(flipped), how) is None:
            assert decompress(flipped, how, max_size=1000) == b"hello"
            harmless += 1
    assert harmless <= 5, "the bits that pad a stored block, and the one of a frame header that means nothing"


@given(st.binary(max_size=100), st.sampled_from([ZLIB, ZSTD]), st.booleans())
def test_random_bytes_are_refused_or_bounded(data: bytes, how: FrameCompression, start: bool) -> None:
    """Whatever comes is either refused or within the limit; nothing else is raised."""
    heads = {ZLIB: b"\x78\x9c", ZSTD: bytes.fromhex("28b52ffd")}
    payload = heads[how] + data if start else data
    code = code_of(payload, how, 50)
    assert code in {None, "bad_compression", "too_large"}
    assert code is not None or len(decompress(payload, how, max_size=50)) <= 50


@pytest.mark.parametrize("how", FrameCompression)
@pytest.mark.parametrize("size", [0, 1, 5, 70_000])
def test_the_limit_itself_passes(how: FrameCompression, size: int) -> None:
    """Exactly so many bytes pass, one more is too large."""
    packed = compress(bytes(size), how)
    assert decompress(packed, how, max_size=size) == bytes(size)
    assert code_of(compress(bytes(size + 1), how), how, size) == "too_large"


@pytest.mark.parametrize("how", FrameCompression)
def test_a_limit_may_be_beyond_all_memory(how: FrameCompression) -> None:
    """The greatest limit that a Hello can carry works like any other."""
    assert decompress(compress(b"hello", how), how, max_size=2**64 - 1) == b"hello"


BOMBS = {
    "zlib": (ZLIB, lambda: zlib.compress(bytes(16 * MIB), 9)),
    "zstd": (ZSTD, lambda: zstd.compress(bytes(16 * MIB))),
    "zstd without its size": (ZSTD, lambda: _unsized(bytes(16 * MIB))),
    "zlib, cut off": (ZLIB, lambda: zlib.compress(bytes(16 * MIB), 9)[:-5]),
    "zlib, again and again": (ZLIB, lambda: zlib.compress(bytes(16 * MIB), 9) * 3),
    "zstd, again and again": (ZSTD, lambda: zstd.compress(bytes(MIB)) * 16),
    # 128 KiB, the most a block may have, of one byte: four bytes each
    "zstd, by hand": (ZSTD, lambda: bytes.fromhex("28b52ffd 0068") + bytes.fromhex("020010 00") * 128),
}


def _unsized(data: bytes) -> bytes:
    compressor = zstd.ZstdCompressor()
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_not_inflated(name: str) -> None:
    """A few bytes that inflate to 16 MiB make no more than the limit, and the copy that joins its pieces."""
    how, make = BOMBS[name]
    bomb, limit = make(), 512 * 1024
    most = 2 * limit + 2 * len(bomb) + 64 * 1024
    assert takes_at_most(lambda: code_of(bomb, how, limit), peak=most) == "too_large"


def test_uncompressed_payloads_are_not_copied() -> None:
    """Bytes that need no compression come back as the very object."""
    data = bytes(1000)
    assert compress(data, NONE) is data
    assert decompress(data, NONE, max_size=1000) is data
    assert decompress(memoryview(data), NONE, max_size=1000) == data


@pytest.mark.parametrize("how", [3, None, "zlib", b"\1"])
def test_refuses_what_is_no_compression(how: object) -> None:
    """Only members of FrameCompression name a compression."""
    with pytest.raises(LocalFrameError, match="expected a FrameCompression, got") as caught:
        compress(b"", how)  # type: ignore[arg-type]
    assert caught.value.frame_code == "bad_compression"
    with pytest.raises(LocalFrameError, match="expected a FrameCompression, got") as caught:
        decompress(b"", how, max_size=1)  # type: ignore[arg-type]
    assert caught.value.frame_code == "bad_compression"


def test_refuses_a_negative_limit() -> None:
    """A limit below zero, which zlib takes for none at all, is the caller's mistake."""
    for how in FrameCompression:
        with pytest.raises(LocalFrameError, match="expected a limit of at least 0 bytes, got -1"):
            decompress(compress(b"hello", how), how, max_size=-1)


def test_what_is_available() -> None:
    """Both compressions work where the extra is installed."""
    assert available_compressions() == (ZSTD, ZLIB)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without zstd's library zlib remains, and an error says what to install."""
    package, _, name = ZSTD_MODULE.partition(".")
    monkeypatch.setitem(sys.modules, ZSTD_MODULE, None)
    monkeypatch.delattr(sys.modules[package], name)

    assert available_compressions() == (ZLIB,)
    assert decompress(compress(b"hello", ZLIB), ZLIB, max_size=5) == b"hello"
    with pytest.raises(LocalFrameError, match=r"install symphony-types\[zstd\]") as local:
        compress(b"", ZSTD)
    with pytest.raises(RemoteFrameError, match=r"install symphony-types\[zstd\]") as remote:
        decompress(RAW_BLOCK, ZSTD, max_size=5)
    assert local.value.frame_code == remote.value.frame_code == "bad_compression"
