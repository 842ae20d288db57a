"""Keys: derivation and tags by the RFCs' vectors, files of keys, and that a key shows nowhere."""

from __future__ import annotations

import base64
import copy
import dataclasses
import hashlib
import hmac
import inspect
import io
import json
import logging
import os
import pickle
import pprint
import traceback

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import EncodeError, get_codec
from symphony_codecs.framing import auth
from symphony_codecs.framing.auth import FrameKey, SharedKey, SharedKeys, hkdf_sha256
from symphony_types.checks import FieldError
from symphony_types.errors import ConfigError


SECRET = b"correct horse battery staple 32b"
HEX = SECRET.hex()
posix = pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")


def span(first, last):
    return bytes(range(first, last + 1))


# RFC 5869, appendix A.1 to A.3: key, salt, info, derived key.
RFC_5869 = {
    "A.1 basic": (
        bytes([0x0B]) * 22,
        span(0x00, 0x0C),
        span(0xF0, 0xF9),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    "A.2 longer": (
        span(0x00, 0x4F),
        span(0x60, 0xAF),
        span(0xB0, 0xFF),
        (
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
    ),
    "A.3 no salt, no info": (
        bytes([0x0B]) * 22,
        b"",
        b"",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
}

# RFC 4231, section 4: key, data, tag.  Case 2's key is of 4 bytes; HMAC fills a key up with zeros to its
# block of 64 bytes (RFC 2104, 2), so that this longer one is the same.
RFC_4231 = {
    "4.2": (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    "4.3": (
        b"Jefe" + bytes(60),
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    "4.4": (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    "4.5": (span(1, 25), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    "4.6, of which the RFC has 16 bytes": (
        b"\x0c" * 20,
        b"Test With Truncation",
        "a3b6167473100ee06e0c796c2955552b",
    ),
    "4.7": (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    "4.8": (
        b"\xaa" * 131,
        (
            b"This is a test using a larger than block-size key and a larger than block-size data. "
            b"The key needs to be hashed before being used by the HMAC algorithm."
        ),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
}


# Derivation


@pytest.mark.parametrize("case", RFC_5869)
def test_hkdf_is_the_rfc(case):
    """The vectors of RFC 5869 for SHA-256 come out, and so does every shorter key as their beginning."""
    key, salt, info, derived = RFC_5869[case]
    expected = bytes.fromhex(derived)
    assert hkdf_sha256(key, salt=salt, info=info, length=len(expected)) == expected
    for length in range(1, len(expected)):
        assert hkdf_sha256(key, salt=salt, info=info, length=length) == expected[:length]


def test_hkdf_takes_32_bytes_and_any_buffer():
    """Left out, the length is SHA-256's; arguments may be any bytes-like objects."""
    key, salt, info, derived = RFC_5869["A.1 basic"]
    assert hkdf_sha256(bytearray(key), salt=memoryview(salt), info=bytearray(info)) == bytes.fromhex(derived)[:32]


def test_hkdf_derives_up_to_255_blocks():
    """8160 bytes is the most, each block another; what the block counter could not count is refused."""
    most = hkdf_sha256(SECRET, salt=b"", info=b"", length=8160)
    assert len(most) == 8160
    assert len({most[at : at + 32] for at in range(0, 8160, 32)}) == 255
    for length in (8161, 0, -1):
        with pytest.raises(FieldError, match=f"^expected an integer from 1 to 8160, got {length} at length$"):
            hkdf_sha256(SECRET, salt=b"", info=b"", length=length)
    with pytest.raises(FieldError, match=r"^expected an integer, got 32\.0 at length$"):
        hkdf_sha256(SECRET, salt=b"", info=b"", length=32.0)


def test_frame_keys_are_what_openssl_derives():
    """
    Both keys are HKDF of the shared one, with the digest of both Hellos as salt.

    The keys are `openssl kdf -kdfopt digest:SHA256 ... HKDF`'s for the key 00 to 1f, the salt that
    `openssl dgst -sha256` gives for both payloads, and the two texts as info.
    """
    to_server, to_client = SharedKey(span(0, 31)).frame_keys(b'{"client":1}', b'{"server":2}')
    for key, derived in (
        (to_server, "958f9c3c0a5621b3dd8e47742e814efa8f3284dce5d3dec5710e2e2dfe3d52dc"),
        (to_client, "46c4f9b024056965931d097c69023b611c80de3b2847aff25b95559dd491e8ad"),
    ):
        assert key.tag(b"frame") == hmac.digest(bytes.fromhex(derived), b"frame", "sha256")


@pytest.mark.parametrize(
    ("secret", "hellos"),
    [
        pytest.param(SECRET, (b"c", b"S"), id="another server"),
        pytest.param(SECRET, (b"C", b"s"), id="another client"),
        pytest.param(SECRET, (b"s", b"c"), id="ends exchanged"),
        pytest.param(SECRET[:-1], (b"c", b"s"), id="another shared key"),
    ],
)
def test_frame_keys_are_of_one_connection_and_direction(secret, hellos):
    """Whatever differs, the key of either direction does; and those of both directions always do."""
    keys = [*SharedKey(SECRET).frame_keys(b"c", b"s"), *SharedKey(secret).frame_keys(*hellos)]
    assert len({key.tag(b"frame") for key in keys}) == 4
    again = SharedKey(SECRET).frame_keys(b"c", b"s")
    assert [key.tag(b"frame") for key in again] == [key.tag(b"frame") for key in keys[:2]]


# Tags


@pytest.mark.parametrize("case", RFC_4231)
def test_a_tag_is_hmac_sha_256(case):
    """The vectors of RFC 4231 come out."""
    key, data, tag = RFC_4231[case]
    expected = bytes.fromhex(tag)
    assert FrameKey(key).tag(data)[: len(expected)] == expected


@given(st.binary(min_size=16, max_size=200), st.lists(st.binary(max_size=100), max_size=6))
def test_a_tag_is_of_the_buffers_in_a_row(secret, buffers):
    """However the bytes are cut, the tag is that of the whole, by the standard library's one-shot function."""
    key = FrameKey(secret)
    expected = hmac.digest(secret, b"".join(buffers), "sha256")
    assert key.tag(*buffers) == expected
    assert key.tag(*map(memoryview, buffers)) == expected  # and the key is as it was
    assert key.verify(expected, *map(bytearray, buffers))


def test_verify_takes_the_tag_alone():
    """A tag with any bit flipped, cut, or with more behind it, is none; nor is one of other bytes."""
    key = FrameKey(SECRET)
    tag = key.tag(b"frame")
    assert key.verify(tag, b"frame")
    assert key.verify(memoryview(tag), b"fr", bytearray(b"ame"))
    for bit in range(256):
        flipped = bytearray(tag)
        flipped[bit // 8] ^= 1 << bit % 8
        assert not key.verify(flipped, b"frame")
    for size in range(32):
        assert not key.verify(tag[:size], b"frame")
    assert not key.verify(tag + b"\0", b"frame")
    assert not key.verify(tag, b"frames")
    assert not FrameKey(SECRET[::-1]).verify(tag, b"frame")


def test_tags_are_compared_in_constant_time(monkeypatch):
    """What `verify` answers is what `hmac.compare_digest` said of the two tags."""
    key = FrameKey(SECRET)
    answer = object()
    compared = []

    def compare(*tags):
        compared.append(tuple(map(bytes, tags)))
        return answer

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert key.verify(bytes(32), b"frame") is answer
    assert compared == [(key.tag(b"frame"), bytes(32))]


# Making keys


@pytest.mark.parametrize("make", [SharedKey, FrameKey])
def test_keys_have_16_bytes_at_least(make):
    """16 bytes pass, of either class; fewer do not, nor does what is no bytes, and errors quote nothing."""
    make(SECRET[:16])
    make(bytearray(SECRET))
    with pytest.raises(FieldError) as short:
        make(SECRET[:15])
    assert str(short.value) == "expected a key of at least 16 bytes, got 15 bytes"
    for wrong in (HEX, memoryview(SECRET), list(SECRET), 32, None):
        with pytest.raises(FieldError, match=f"^expected a key of bytes, got {type(wrong).__name__}$") as caught:
            make(wrong)
        assert isinstance(caught.value, TypeError)


def test_a_key_is_a_copy_of_what_it_was_made_of():
    """A bytearray that is wiped afterwards does not change the key."""
    mutable = bytearray(SECRET)
    shared, frame = SharedKey(mutable), FrameKey(mutable)
    mutable[:] = bytes(len(mutable))
    assert frame.tag() == FrameKey(SECRET).tag()
    assert same_key(shared, SharedKey(SECRET))


def same_key(one, other):
    return one.frame_keys(b"", b"")[0].tag() == other.frame_keys(b"", b"")[0].tag()


def test_from_hex_reads_digits_of_either_case():
    """Each two digits are a byte."""
    assert same_key(SharedKey.from_hex(HEX), SharedKey(SECRET))
    assert same_key(SharedKey.from_hex(HEX.upper()), SharedKey(SECRET))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", HEX + "\n", HEX + "\r\n", HEX + " ", " " + HEX, HEX[:-1], HEX + "g", "0x" + HEX),
        *(":".join(HEX), HEX + "\udc80", "\uff10" * 64, "\N{DEGREE SIGN}" * 64),
    ],
)
def test_from_hex_reads_nothing_else(text):
    """White space, separators, prefixes, an odd number of digits and digits of other scripts are refused unquoted."""
    with pytest.raises(FieldError) as caught:
        SharedKey.from_hex(text)
    assert str(caught.value) == f"expected two hex digits for each byte, got a string of length {len(text)}"


def test_from_hex_refuses_what_is_no_text_or_no_key():
    """Bytes are not decoded, and a key is as long as any other."""
    with pytest.raises(FieldError, match=r"^expected hex digits, got bytes$"):
        SharedKey.from_hex(HEX.encode())
    with pytest.raises(FieldError, match=r"^expected a key of at least 16 bytes, got 15 bytes$"):
        SharedKey.from_hex(HEX[:30])


# Files


@pytest.fixture(name="key_file")
def _key_file(tmp_path):
    """Return a function that writes a file, readable by its owner alone unless told."""

    def write(content, mode=0o600):
        path = tmp_path / "peer.key"
        path.write_bytes(content)
        path.chmod(mode)
        return path

    return write


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_from_file_reads_hex_digits_and_a_newline(key_file, end):
    """The key is the file's digits; a path may be text or a `Path`."""
    path = key_file((HEX + end).encode())
    assert same_key(SharedKey.from_file(path), SharedKey(SECRET))
    assert same_key(SharedKey.from_file(str(path)), SharedKey(SECRET))


@pytest.mark.parametrize(
    ("content", "actual"),
    [
        pytest.param(b"", "0 bytes that are not that", id="empty"),
        pytest.param(HEX[:30].encode(), "30 bytes that are not that", id="short"),
        pytest.param(b"00" * 32, "64 bytes that are not that", id="zeros"),
        pytest.param(HEX[:33].encode(), "33 bytes that are not that", id="odd"),
        pytest.param(SECRET, "32 bytes that are not that", id="raw"),
        pytest.param(HEX.encode() + b"\n\n", "66 bytes that are not that", id="two newlines"),
        pytest.param(HEX.encode() + b" \n", "66 bytes that are not that", id="space"),
        pytest.param(b"\xef\xbb\xbf" + HEX.encode(), "67 bytes that are not that", id="byte order mark"),
        pytest.param(HEX.encode("utf-16"), "130 bytes that are not that", id="UTF-16"),
        pytest.param(b"00" * 2048 + b"\n", "more than 4096 bytes", id="long"),
    ],
)
def test_from_file_refuses_other_contents(key_file, content, actual):
    """The error names the file and what belongs there, and says of the content its size alone."""
    path = key_file(content)
    with pytest.raises(ConfigError) as caught:
        SharedKey.from_file(path)
    expected = "expected at least 32 hex digits, two for each byte, which differ, and perhaps a newline"
    assert caught.value.message == f"key file {str(path)!r}: {expected}, got {actual}"


def test_from_file_reads_4096_bytes(key_file):
    """Exactly as many pass, a key of 2048 bytes."""
    secret = SECRET * 64
    assert same_key(SharedKey.from_file(key_file(secret.hex().encode())), SharedKey(secret))


@posix
@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_from_file_takes_its_owners_file(key_file, mode):
    """What the owner may do does not matter, as long as it can be read."""
    assert same_key(SharedKey.from_file(key_file(HEX.encode(), mode)), SharedKey(SECRET))


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o602, 0o610, 0o601, 0o666])
def test_from_file_refuses_a_file_that_is_open_to_others(key_file, mode):
    """Any permission of the group or of others is one too many, through a symbolic link as well."""
    path = key_file(HEX.encode(), mode)
    link = path.with_name("link")
    link.symlink_to(path)
    for name in (path, link):
        with pytest.raises(ConfigError) as caught:
            SharedKey.from_file(name)
        expected = "expected a file that its owner alone may use (mode 0600)"
        assert caught.value.message == f"key file {str(name)!r}: {expected}, got mode {mode:04o}"


def test_from_file_says_why_a_file_cannot_be_read(tmp_path):
    """The reason is the system's, and its error the cause."""
    for path in (tmp_path / "absent", tmp_path, str(tmp_path / "nul\0l")):
        with pytest.raises(ConfigError) as caught:
            SharedKey.from_file(path)
        assert caught.value.message.startswith(f"key file {str(path)!r} cannot be read: ")
        assert isinstance(caught.value.__cause__, (OSError, ValueError))


# Secrecy


def spellings(secret):
    """Return how *secret* might look in a text."""
    shown = repr(secret)
    numbers = ", ".join(map(str, secret))
    return shown[2:-1], secret.hex(), secret.hex().upper(), base64.b64encode(secret).decode()[:-4], numbers


def direction_key():
    """Return the bytes of the first key that `frame_keys` makes of `SECRET`, by another way."""
    extracted = hmac.digest(hashlib.sha256(b"").digest(), SECRET, "sha256")
    return hmac.digest(extracted, b"symphony-frame-1 c2s\x01", "sha256")


def hidden():
    """Return each kind of public object that holds a key, and what must not show of it."""
    return (
        pytest.param(SharedKey(SECRET), SECRET, id="SharedKey"),
        pytest.param(SharedKey.from_hex(HEX), SECRET, id="SharedKey.from_hex"),
        pytest.param(SharedKeys([SharedKey(SECRET)]), SECRET, id="SharedKeys"),
        pytest.param(FrameKey(SECRET), SECRET, id="FrameKey"),
        pytest.param(SharedKey(SECRET).frame_keys(b"", b"")[0], direction_key(), id="frame_keys"),
    )


@attrs.frozen
class Holder:
    """A class of the user's that has a key."""

    key: object


def texts_of(key):
    """Return all that printing, logging and looking into *key* gives."""
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    record = logging.LogRecord("test", logging.INFO, __file__, 1, "%s %r", (key, key), None)
    handler.emit(record)
    yield from (repr(key), str(key), ascii(key), f"{key}", f"{key!r}", format(key), pprint.pformat([key]))
    yield from (repr((key,)), repr({"key": key}), str(Holder(key)), repr(attrs.asdict(Holder(key))))
    yield from (logged.getvalue(), json.dumps({"key": key}, default=repr))
    with pytest.raises(RuntimeError) as caught:
        fail(key)
    yield "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())


def fail(key):
    raise RuntimeError(key)


@pytest.mark.parametrize(("key", "secret"), hidden())
def test_a_key_shows_in_no_text(key, secret):
    """Its text is its class's name, whoever makes it, tracebacks with local variables included."""
    assert repr(key) == str(key) == f"<{type(key).__name__}>"
    for text in texts_of(key):
        assert f"<{type(key).__name__}>" in text
        for spelling in spellings(secret):
            assert spelling not in text


@pytest.mark.parametrize(("key", "secret"), hidden())
def test_a_key_has_no_state_to_take(key, secret):
    """It has no ``__dict__``, no fields, no pickle; whoever asks gets an error that says nothing of it."""
    takers = [
        vars,
        attrs.asdict,
        attrs.astuple,
        dataclasses.asdict,
        json.dumps,
        bytes,
        lambda key: key.__getstate__(),
        *(lambda key, protocol=n: pickle.dumps(key, protocol) for n in range(pickle.HIGHEST_PROTOCOL + 1)),
        *(lambda key, protocol=n: key.__reduce_ex__(protocol) for n in range(pickle.HIGHEST_PROTOCOL + 1)),
    ]
    for take in takers:
        with pytest.raises((TypeError, attrs.exceptions.NotAnAttrsClassError)) as caught:
            take(key)
        for spelling in spellings(secret):
            assert spelling not in str(caught.value)


@pytest.mark.parametrize(("key", "secret"), hidden())
def test_no_codec_writes_a_key(codec, key, secret):
    """Neither a key nor an object with a key in it, by itself or as anything."""
    for value in (key, [key], {"key": key}, Holder(key)):
        with pytest.raises(EncodeError) as caught:
            codec.encode(value)
        for spelling in spellings(secret):
            assert spelling not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(("key", "_secret"), hidden())
def test_a_copy_of_a_key_is_the_key(key, _secret):
    """Settings that hold a key can be copied; the key is in memory once."""
    assert copy.copy(key) is key
    assert copy.deepcopy(key) is key
    assert copy.deepcopy(Holder([key])).key[0] is key
    assert attrs.evolve(Holder(key)).key is key


@pytest.mark.parametrize("make", [SharedKey, FrameKey])
def test_keys_of_the_same_bytes_differ(make):
    """Comparing keys tells nothing of what they hold, and neither does their hash."""
    one, other = make(SECRET), make(SECRET)
    assert one == one  # noqa: PLR0124 - that is the test
    assert one != other
    assert len({one, other}) == 2


def test_errors_of_a_file_keep_its_content_from_tracebacks(key_file):
    """Where the caller cannot know the content, no frame and no chained error of the traceback has it."""
    wrong = ["~" + HEX, HEX + "~\n", HEX[:-1], HEX + "\n\n", HEX[:30]]
    for number in range(len(wrong)):
        path = key_file(wrong[number].encode())
        with pytest.raises(ConfigError) as caught:
            SharedKey.from_file(path)
        frames = [frame for frame in frames_of(caught.value) if frame.f_code.co_filename == inspect.getfile(auth)]
        assert frames
        shown = repr([frame.f_locals for frame in frames])
        assert HEX[:30] not in shown
        assert SECRET[:15].decode() not in shown


def frames_of(error):
    """Return the frames that *error* and the errors behind it keep."""
    while error is not None:
        yield from (frame for frame, _ in traceback.walk_tb(error.__traceback__))
        error = error.__context__


# Several keys


@pytest.mark.parametrize("byte", [0, 0x41, 0xFF])
@pytest.mark.parametrize("size", [16, 32, 33])
def test_a_key_of_equal_bytes_is_none(byte, size):
    """It is a buffer that nobody filled, or a placeholder; one byte that differs is for its author to answer for."""
    secret = bytes([byte]) * size
    for make in (SharedKey, lambda secret: SharedKey.from_hex(secret.hex()), lambda s: SharedKey(bytearray(s))):
        with pytest.raises(FieldError) as caught:
            make(secret)
        assert str(caught.value) == "expected a key of random bytes, got one whose bytes are all equal"
    assert SharedKey(secret[:-1] + bytes([byte ^ 1])).ids


def test_ids_are_an_hmac_of_the_key():
    """The first 16 bytes of HMAC-SHA-256, in hex, as `hashlib` and RFC 2104 make it; the same in each process."""
    block, label = SECRET.ljust(64, b"\0"), b"symphony-key-id 1"
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + label).digest()
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).hexdigest()
    assert SharedKey(SECRET).ids == SharedKey.from_hex(HEX).ids == (outer[:32],)
    for spelling in spellings(SECRET):
        assert spelling not in outer


def test_several_keys_have_an_id_each():
    """In their order; each derives what it derives alone, and the first is meant where none is named."""
    one, other = SharedKey(SECRET), SharedKey(SECRET[::-1])
    keys = SharedKeys([one, other])
    assert keys.ids == one.ids + other.ids
    assert isinstance(keys, SharedKey)
    for key_id, key in ((None, one), (one.ids[0], one), (other.ids[0], other)):
        derived = keys.frame_keys(b"c", b"s", key_id=key_id)
        assert [k.tag(b"x") for k in derived] == [k.tag(b"x") for k in key.frame_keys(b"c", b"s")]
    for holder in (one, keys):
        with pytest.raises(FieldError, match="expected one of"):
            holder.frame_keys(b"c", b"s", key_id="nobody's")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (list, "expected 1 to 16 keys, got 0 keys at keys"),
        (lambda: [SharedKey(SECRET + bytes([n])) for n in range(17)], "expected 1 to 16 keys, got 17 keys at keys"),
        (lambda: [SharedKey(SECRET), SECRET], "expected a SharedKey, got bytes at keys[1]"),
        (lambda: [HEX], "expected a SharedKey, got str at keys[0]"),
        (lambda: HEX, "expected several keys, got str at keys"),
        (lambda: SECRET, "expected several keys, got bytes at keys"),
        (lambda: SharedKey(SECRET), "expected several keys, got SharedKey at keys"),
        (lambda: None, "expected several keys, got NoneType at keys"),
        (lambda: [SharedKeys([SharedKey(SECRET)])], "expected a SharedKey, got SharedKeys at keys[0]"),
        (lambda: [SharedKey(SECRET), SharedKey(SECRET)], "expected different keys, got {} again at keys[1]"),
    ],
)
def test_several_keys_are_few_and_differ(make, message):
    """Two of the same bytes are one, which was to be two."""
    with pytest.raises(FieldError) as caught:
        SharedKeys(make())
    assert str(caught.value) == message.format(*SharedKey(SECRET).ids)


def test_several_keys_of_files_and_texts(key_file):
    """One from each, read as one alone is, and refused as that."""
    keys = SharedKeys.from_hex(HEX, HEX[::-1])
    file = key_file(HEX.encode())
    assert keys.ids == (*SharedKey.from_hex(HEX).ids, *SharedKey.from_hex(HEX[::-1]).ids)
    assert SharedKeys.from_file(file).ids == keys.ids[:1]
    with pytest.raises(FieldError, match="expected different keys"):
        SharedKeys.from_file(file, str(file))
    with pytest.raises(ConfigError, match="cannot be read"):
        SharedKeys.from_file(file, file.with_name("none"))
    with pytest.raises(FieldError, match="two hex digits"):
        SharedKeys.from_hex(HEX, "x")


def test_keys_are_no_part_of_the_wire():
    """A message has no way to bring a key along: no codec reads one."""
    for cls in (SharedKey, FrameKey):
        with pytest.raises(ValueError, match="unsupported type"):
            get_codec("json").decode(b'{"secret":"' + HEX.encode() + b'"}', cls)
