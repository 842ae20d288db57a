"""Hello: its bytes, its bounds, and that any other document is refused for what is wrong with it."""

from __future__ import annotations

import json

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.framing.errors import FrameError, RemoteFrameError
from symphony_codecs.framing.hello import FormatOffer, Hello, HelloLimits
from symphony_types import UNSET
from symphony_types.checks import FieldError
from symphony_types.message.ipc import FrameFlags, FrameHeader, FrameType, IpcFrame


TOKENS = st.text("!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz", min_size=1, max_size=64)
BUILT_IN = {"json": 1, "msgpack": 2, "cbor": 3, "msgpack-compact": 4}


SCHEMAS = st.just(UNSET) | st.binary(min_size=16, max_size=16)


@st.composite
def offers(draw):
    """Draw formats that may stand together: built-in ones and others, in any order."""
    built_in = draw(st.sets(st.sampled_from(sorted(BUILT_IN))))
    others = draw(st.dictionaries(TOKENS.filter(lambda name: name not in BUILT_IN), st.integers(16, 255), max_size=8))
    free = {number: name for name, number in others.items()}  # each id once
    numbers = [*((name, BUILT_IN[name]) for name in built_in), *((name, number) for number, name in free.items())]
    every = [FormatOffer(*each, draw(SCHEMAS), draw(st.sampled_from((UNSET, True, False)))) for each in numbers]
    return tuple(draw(st.permutations(every or [FormatOffer("json", 1)])))


def limits():
    return st.builds(
        lambda payload, more: HelloLimits(max_payload=payload, max_message=payload + more),
        st.integers(1024, 2**32 - 1),
        st.integers(0, 2**64 - 2**32),
    )


def hellos():
    """Draw any Hello."""
    return st.builds(
        Hello,
        versions=st.lists(st.integers(1, 255), min_size=1, max_size=16, unique=True).map(tuple),
        formats=offers(),
        compressions=st.lists(st.sampled_from(("zlib", "zstd")) | TOKENS, max_size=16, unique=True).map(tuple),
        limits=limits(),
        checksum=st.booleans(),
        authenticated=st.booleans(),
        heartbeat_ms=st.integers(0, 2**32 - 1),
        nonce=st.binary(min_size=32, max_size=32),
    )


JSON = b"""\
{"versions":[1],"formats":[{"name":"msgpack-compact","id":4},{"name":"x-ion","id":200}],\
"compressions":["zstd","zlib"],"limits":{"max_payload":65536,"max_message":1048576},\
"checksum":true,"authenticated":false,"heartbeat_ms":5000,\
"nonce":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}"""
HELLO = Hello(
    versions=(1,),
    formats=(FormatOffer("msgpack-compact", 4), FormatOffer("x-ion", 200)),
    compressions=("zstd", "zlib"),
    limits=HelloLimits(max_payload=65536, max_message=1048576),
    checksum=True,
    authenticated=False,
    heartbeat_ms=5000,
    nonce=bytes(range(32)),
)
NONCE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
LEAST = {
    "versions": [1],
    "formats": [{"name": "json", "id": 1}],
    "limits": {"max_payload": 1024, "max_message": 1024},
    "nonce": NONCE,
}


def payload_of(**changes):
    return json.dumps(LEAST | changes).encode()


def refusal(payload):
    """Return the text of the refusal, without the variant's prefix."""
    with pytest.raises(RemoteFrameError) as caught:
        Hello.from_payload(payload)
    assert caught.value.frame_code == "bad_hello"
    return caught.value.message


# Bytes


def test_a_hello_is_this_json():
    """Written and read: members in order, the nonce as base64, nothing between them."""
    assert HELLO.to_payload() == JSON
    assert Hello.from_payload(JSON) == HELLO
    assert Hello.from_payload(bytearray(JSON)) == HELLO
    assert Hello.from_payload(memoryview(JSON)) == HELLO


def test_a_frame_of_hello_is_these_bytes():
    """A header of 32 bytes, the length of the payload in it; type 7, format 1, stream 0; then the JSON."""
    frame = HELLO.to_frame()
    data = frame.to_bytes()
    #                                   SY  v  size type format  -- priority  flags reserved  stream
    assert data[:16] == bytes.fromhex("5359 01 04   07   01      00 01        0000  0000      00000000")
    assert data[16:24] == (1).to_bytes(8, "big")
    assert data[24:28] == len(JSON).to_bytes(4, "big")
    assert data[32:] == JSON
    assert Hello.from_frame(IpcFrame.from_bytes(data)) == HELLO


def test_the_least_hello_takes_the_rest_for_not_wanted():
    """Four members have to be there; without the others there is no compression, checksum, key or Heartbeat."""
    hello = Hello.from_payload(payload_of())
    assert hello == Hello(
        formats=(FormatOffer("json", 1),),
        limits=HelloLimits(max_payload=1024, max_message=1024),
        nonce=bytes(range(32)),
    )
    assert hello.compressions == ()
    assert not hello.checksum
    assert not hello.authenticated
    assert hello.heartbeat_ms == 0


def test_a_hello_of_ones_own_has_defaults_and_a_fresh_nonce():
    """Version 1, the package's limits, and 32 bytes that no two have in common."""
    one, other = (Hello(formats=[FormatOffer("cbor", 3)]) for _ in range(2))
    assert one.versions == (1,)
    assert one.limits == HelloLimits(max_payload=1024 * 1024, max_message=16 * 1024 * 1024)
    assert one.formats == (FormatOffer("cbor", 3),)
    assert len(one.nonce) == 32
    assert one.nonce != other.nonce


@given(hellos())
def test_any_hello_comes_back(hello):
    """By its payload and by its frame; its bytes are the same each time, and far from the limit of 64 KiB."""
    payload = hello.to_payload()
    assert Hello.from_payload(payload) == hello
    assert Hello.from_frame(IpcFrame.from_bytes(hello.to_frame().to_bytes())) == hello
    assert hello.to_payload() == payload
    assert attrs.evolve(hello).to_payload() == payload


def test_names_of_keys_stand_last_and_only_where_there_are_some():
    """So the bytes of Hellos without them are what they were."""
    payload = payload_of(authenticated=True, key_ids=["a" * 64, "b"])
    hello = Hello.from_payload(payload)
    assert hello.key_ids == ("a" * 64, "b")
    assert hello.to_payload().endswith(b'","key_ids":["' + b"a" * 64 + b'","b"]}')
    assert b"key_ids" not in attrs.evolve(hello, key_ids=()).to_payload()
    assert Hello.from_payload(payload_of(authenticated=True, key_ids=[])).key_ids == ()


def test_the_largest_hello_fits():
    """64 formats and 16 compressions with the longest names, and the largest numbers."""
    hello = Hello(
        versions=range(240, 256),
        formats=[FormatOffer(f"{number:~>64}", number) for number in range(16, 80)],
        compressions=[f"{number:~>64}" for number in range(16)],
        limits=HelloLimits(max_payload=2**32 - 1, max_message=2**64 - 1),
        heartbeat_ms=2**32 - 1,
    )
    payload = hello.to_payload()
    assert len(payload) < 10_000
    assert Hello.from_payload(payload) == hello


# Bounds


def test_unknown_members_are_ignored():
    """At any level, whatever they hold; a later version may have put them there."""
    assert Hello.from_payload(
        payload_of(
            formats=[{"name": "json", "id": 1, "level": [1, {"a": None}]}],
            limits={"max_payload": 1024, "max_message": 1024, "max_streams": 7},
            extensions={"nonce": 1, "versions": []},
        )
    ) == Hello.from_payload(payload_of())


def test_unknown_names_and_versions_are_no_fault():
    """A peer may have formats, compressions and versions of which this end has never heard."""
    hello = Hello.from_payload(
        payload_of(versions=[255, 1], formats=[{"name": "x-ion", "id": 255}], compressions=["br", "zstd-dict"])
    )
    assert hello.versions == (255, 1)
    assert hello.formats == (FormatOffer("x-ion", 255),)
    assert hello.compressions == ("br", "zstd-dict")


def test_a_hello_has_64_kib_at_most():
    """Exactly as many pass; one more is refused by its size alone."""
    payload = payload_of().ljust(65536)
    assert Hello.from_payload(payload) == Hello.from_payload(payload_of())
    assert refusal(payload + b" ") == "expected a document of at most 65536 bytes, got 65537 bytes at $"
    assert refusal(b"[" * 2**20) == "expected a document of at most 65536 bytes, got 1048576 bytes at $"


def named(count):
    return [{"name": f"f{number}", "id": 16 + number} for number in range(count)]


ACCEPTED = {
    "versions": [[1], [255], list(range(1, 17))],
    "formats": [
        *([{"name": name, "id": number}] for name, number in BUILT_IN.items()),
        *([{"name": "x", "id": number}] for number in (16, 127, 128, 255)),
        *([{"name": name, "id": 16}] for name in ("a" * 64, "!#$%&'*+-.^_`|~", "JSON", "0")),
        [{"name": "json", "id": 1, "schema": f"{'A' * 22}=="}],
        *([{"name": "json", "id": 1, "schema": f"{'w' * 22}==", "positional": yes}] for yes in (True, False)),
        named(64),
    ],
    "compressions": [[], ["zlib"], [f"c{number}" for number in range(16)], ["a" * 64]],
    "limits": [
        {"max_payload": 1024, "max_message": 2**64 - 1},
        {"max_payload": 2**32 - 1, "max_message": 2**32 - 1},
    ],
    "checksum": [True, False],
    "authenticated": [True, False],
    "heartbeat_ms": [0, 1, 2**32 - 1],
    "nonce": ["A" * 43 + "="],
}

# Member, what it holds, what is said of it.
TOKEN = "a name of token characters"
FREE_ID = "an integer from 16 to 255 for a format that is not built in"
REFUSED = [
    ("versions", [], "expected at least one item, got none at $.versions"),
    ("versions", [0], "expected an integer from 1 to 255, got 0 at $.versions[0]"),
    ("versions", [1, 256], "expected an integer from 1 to 255, got 256 at $.versions[1]"),
    ("versions", [1, 1], "expected unique items, got 1 again at $.versions[1]"),
    ("versions", [True], "expected an integer, got True at $.versions[0]"),
    ("versions", [1.0], "expected an integer, got 1.0 at $.versions[0]"),
    ("versions", ["1"], "expected an integer, got str '1' at $.versions[0]"),
    ("versions", list(range(1, 18)), "expected at most 16 items, got 17 items at $.versions"),
    ("versions", 1, "expected an array, got 1 at $.versions"),
    ("versions", None, "expected an array, got None at $.versions"),
    ("formats", [], "expected at least one item, got none at $.formats"),
    ("formats", named(65), "expected at most 64 items, got 65 items at $.formats"),
    ("formats", {}, "expected an array, got dict at $.formats"),
    ("formats", ["json"], "expected an object, got str 'json' at $.formats[0]"),
    ("formats", [["json", 1]], "expected an object, got list at $.formats[0]"),
    ("formats", [{"name": "json", "id": 1}, None], "expected an object, got None at $.formats[1]"),
    ("formats", [{"name": "json"}], "missing field 'id' at $.formats[0].id"),
    ("formats", [{"id": 1}], "missing field 'name' at $.formats[0].name"),
    ("formats", [{"name": "json", "id": 2}], "expected 1 for json, got 2 at $.formats[0].id"),
    ("formats", [{"name": "cbor", "id": 200}], "expected 3 for cbor, got 200 at $.formats[0].id"),
    ("formats", [{"name": "x", "id": 15}], f"expected {FREE_ID}, got 15 at $.formats[0].id"),
    ("formats", [{"name": "x", "id": 1}], f"expected {FREE_ID}, got 1 at $.formats[0].id"),
    ("formats", [{"name": "x", "id": 0}], "expected an integer from 1 to 255, got 0 at $.formats[0].id"),
    ("formats", [{"name": "x", "id": 256}], "expected an integer from 1 to 255, got 256 at $.formats[0].id"),
    ("formats", [{"name": "x", "id": True}], "expected an integer, got True at $.formats[0].id"),
    *(
        ("formats", [{"name": "json", "id": 1, "schema": given}], f"{message} at $.formats[0].schema")
        for given, message in (
            ("", "expected 16 bytes, got bytes of length 0"),
            ("A" * 20, "expected 16 bytes, got bytes of length 15"),
            (f"{'A' * 22}==AAAA", "expected base64 text, got str 'AAAAAAAAAAAAAAAAAAAAAA==AAAA'"),
            ("A" * 24, "expected 16 bytes, got bytes of length 18"),
            (f"{'A' * 21}B==", f"expected canonical base64 text, got str '{'A' * 21}B=='"),
            (None, "expected base64 text, got None"),
            ([0] * 16, "expected base64 text, got list"),
        )
    ),
    *(
        (
            "formats",
            [{"name": "json", "id": 1, "positional": given}],
            f"expected a boolean, got {shown} at $.formats[0].positional",
        )
        for given, shown in ((1, "1"), (None, "None"), ("true", "str 'true'"))
    ),
    ("formats", [{"name": "", "id": 16}], "expected a non-empty string, got str '' at $.formats[0].name"),
    ("formats", [{"name": "a" * 65, "id": 16}], "expected a string of at most 64 characters, got 65 characters"),
    ("formats", [{"name": "a b", "id": 16}], f"expected {TOKEN}, got str 'a b' at $.formats[0].name"),
    ("formats", [{"name": "a\n", "id": 16}], f"expected {TOKEN}, got str 'a\\n' at $.formats[0].name"),
    ("formats", [{"name": "\u00e9", "id": 16}], f"expected {TOKEN}, got str '\u00e9' at $.formats[0].name"),
    ("formats", [*named(1), {"name": "f0", "id": 17}], "expected unique names, got 'f0' again at $.formats[1].name"),
    ("formats", [*named(1), {"name": "x", "id": 16}], "expected unique ids, got 16 again at $.formats[1].id"),
    ("compressions", ["zlib", "zlib"], "expected unique items, got str 'zlib' again at $.compressions[1]"),
    ("compressions", ["z" * 65], "expected a string of at most 64 characters, got 65 characters at $.compressions[0]"),
    ("compressions", [""], "expected a non-empty string, got str '' at $.compressions[0]"),
    ("compressions", ["a,b"], f"expected {TOKEN}, got str 'a,b' at $.compressions[0]"),
    ("compressions", [f"c{n}" for n in range(17)], "expected at most 16 items, got 17 items at $.compressions"),
    ("compressions", "zlib", "expected an array, got str 'zlib' at $.compressions"),
    ("limits", [1024, 1024], "expected an object, got list at $.limits"),
    ("limits", {"max_payload": 1024}, "missing field 'max_message' at $.limits.max_message"),
    ("limits", {"max_message": 2**20}, "missing field 'max_payload' at $.limits.max_payload"),
    (
        "limits",
        {"max_payload": 1023, "max_message": 1024},
        "expected an integer from 1024 to 4294967295, got 1023 at $.limits.max_payload",
    ),
    (
        "limits",
        {"max_payload": 2**32, "max_message": 2**32},
        "expected an integer from 1024 to 4294967295, got 4294967296 at $.limits.max_payload",
    ),
    (
        "limits",
        {"max_payload": 2048, "max_message": 2047},
        "expected at least max_payload, 2048, got 2047 at $.limits.max_message",
    ),
    (
        "limits",
        {"max_payload": 2048, "max_message": 2**64},
        "expected an integer from 0 to 18446744073709551615, got 18446744073709551616 at $.limits.max_message",
    ),
    ("checksum", 1, "expected a boolean, got 1 at $.checksum"),
    ("checksum", None, "expected a boolean, got None at $.checksum"),
    ("authenticated", "true", "expected a boolean, got str 'true' at $.authenticated"),
    ("heartbeat_ms", -1, "expected an integer from 0 to 4294967295, got -1 at $.heartbeat_ms"),
    ("heartbeat_ms", 2**32, "expected an integer from 0 to 4294967295, got 4294967296 at $.heartbeat_ms"),
    ("heartbeat_ms", 5e3, "expected an integer, got 5000.0 at $.heartbeat_ms"),
    ("key_ids", ["a"], "expected none where there is no key, got 1 items at $.key_ids"),
    ("key_ids", ["a", "a"], "expected unique items, got str 'a' again at $.key_ids[1]"),
    ("key_ids", [f"k{n}" for n in range(17)], "expected at most 16 items, got 17 items at $.key_ids"),
    ("key_ids", ["a b"], f"expected {TOKEN}, got str 'a b' at $.key_ids[0]"),
    ("key_ids", None, "expected an array, got None at $.key_ids"),
    ("nonce", "", "expected 32 bytes, got bytes of length 0 at $.nonce"),
    ("nonce", "A" * 40 + "AA==", "expected 32 bytes, got bytes of length 31 at $.nonce"),
    ("nonce", "A" * 44, "expected 32 bytes, got bytes of length 33 at $.nonce"),
    ("nonce", "A" * 42 + "B=", f"expected canonical base64 text, got str '{'A' * 42}B=' at $.nonce"),
    ("nonce", "-" * 43 + "=", f"expected base64 text, got str '{'-' * 43}=' at $.nonce"),
    ("nonce", [0] * 32, "expected base64 text, got list at $.nonce"),
]


@pytest.mark.parametrize("member", ACCEPTED)
def test_what_is_just_within_the_bounds_passes(member):
    """The least and the most of each member, and as it is written it is read."""
    for value in ACCEPTED[member]:
        hello = Hello.from_payload(payload_of(**{member: value}))
        assert json.loads(hello.to_payload())[member] == value


@pytest.mark.parametrize(("member", "value", "message"), REFUSED)
def test_what_is_beyond_the_bounds_is_refused(member, value, message):
    """With the codec's words for it, the path at the end."""
    assert refusal(payload_of(**{member: value})).startswith(message)


@pytest.mark.parametrize("member", LEAST)
def test_nothing_takes_the_place_of_a_missing_member(member):
    """An end's own defaults are not the peer's: of all a nonce made up here would be no nonce of theirs."""
    assert refusal(json.dumps({k: v for k, v in LEAST.items() if k != member}).encode()) == (
        f"missing field '{member}' at $.{member}"
    )


def test_a_member_that_is_there_twice_is_refused():
    """Two ends could believe different ones, and derive the same keys from the same bytes."""
    payload = payload_of(authenticated=True)[:-1] + b',"authenticated":false}'
    assert refusal(payload) == "expected keys that differ, got str 'authenticated' again at $.authenticated"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"1",
        b'"hello"',
        b"\xff",
        b"{",
        b"[]",
        b"{}",
        b"[" * 1000,
        JSON + b"{}",
        b"\0" + JSON,
        JSON + b"\0",
    ],
)
def test_what_is_no_hello_is_refused(payload):
    """No JSON, other JSON, and JSON with something behind it."""
    assert refusal(payload)


def test_an_array_of_the_members_is_no_hello():
    """Serde and the codecs take such for a class; a Hello is to grow, and its members go by their names."""
    members = [*json.loads(JSON).values()]
    assert refusal(json.dumps(members).encode()) == "expected an object, got list at $"


def test_all_that_is_wrong_is_said():
    """One refusal lists every member at fault."""
    payload = payload_of(versions=[0], checksum=1, nonce=None)
    assert refusal(payload) == (
        "3 issues: expected an integer from 1 to 255, got 0 at $.versions[0]; expected a boolean, got 1 at $.checksum; "
        "expected base64 text, got None at $.nonce"
    )


@pytest.mark.parametrize(
    "payload",
    [
        payload_of(formats=[{"name": "\u00e9" * 100, "id": "x" * 100}] * 80),
        b'{"' + b"k" * 30_000 + b'":1,"' + b"k" * 30_000 + b'":1}',
        payload_of(nonce="!" * 60_000),
    ],
    ids=["many faults", "long key", "long text"],
)
def test_a_refusal_is_short(payload):
    """However much is wrong with a document, the text that goes to logs and back to the peer is bounded."""
    assert len(payload) <= 65536
    assert len(refusal(payload)) <= 2003


def test_a_frame_of_another_type_is_no_hello():
    """Only the type tells; what the payload looks like does not matter."""
    header = FrameHeader(frame_type=FrameType.REQUEST, format=1, stream_id=1)
    with pytest.raises(RemoteFrameError) as caught:
        Hello.from_frame(IpcFrame(header=header, payload=JSON))
    assert caught.value.frame_code == "bad_hello"
    assert caught.value.message == "expected HELLO, got REQUEST"


def test_a_frame_may_have_a_checksum():
    """The frame's flags are not the Hello's business."""
    header = FrameHeader(frame_type=FrameType.HELLO, format=1, flags=FrameFlags.CHECKSUM)
    assert Hello.from_frame(IpcFrame(header=header, payload=JSON)) == HELLO


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FormatOffer("json", 16), "expected 1 for json, got 16 at id"),
        (lambda: FormatOffer("a/b", 16), f"expected {TOKEN}, got str 'a/b' at name"),
        (lambda: FormatOffer("x", 4), f"expected {FREE_ID}, got 4 at id"),
        (lambda: FormatOffer("json", 1, bytes(15)), "expected 16 bytes, got bytes of length 15 at schema"),
        (lambda: FormatOffer("json", 1, "A" * 16), "expected bytes, got str 'AAAAAAAAAAAAAAAA' at schema"),
        (lambda: FormatOffer("json", 1, None), "expected bytes, got None at schema"),
        (lambda: FormatOffer("json", 1, positional=1), "expected a boolean, got 1 at positional"),
        (lambda: HelloLimits(max_payload=1000), "expected an integer from 1024 to 4294967295, got 1000 at max_payload"),
        (lambda: HelloLimits(max_message=4096), "expected at least max_payload, 1048576, got 4096 at max_message"),
        (lambda: Hello(formats=()), "expected at least one item, got none at formats"),
        (lambda: Hello(formats=("json",)), "expected a FormatOffer, got str 'json' at formats[0]"),
        (lambda: attrs.evolve(HELLO, formats=HELLO.formats * 2), "expected unique names, got 'msgpack-compact' again"),
        (lambda: attrs.evolve(HELLO, nonce=bytes(31)), "expected 32 bytes, got bytes of length 31 at nonce"),
        (lambda: attrs.evolve(HELLO, nonce="0" * 32), "expected bytes, got str"),
        (lambda: attrs.evolve(HELLO, limits={}), "expected limits of a Hello, got dict at limits"),
    ],
)
def test_a_caller_is_held_to_the_same(make, message):
    """What no peer may send, no end can make; the error is that of any wrong field."""
    with pytest.raises(FieldError) as caught:
        make()
    assert str(caught.value).startswith(message)


# Damage


def outcome(payload):
    """Return the Hello or the one error there may be."""
    try:
        return Hello.from_payload(payload)
    except RemoteFrameError as error:
        return error


def test_a_cut_hello_is_refused():
    """At whatever byte it ends."""
    for size in range(len(JSON)):
        assert refusal(JSON[:size])


def test_a_flipped_bit_never_escapes():
    """Each bit in turn: a right Hello that says something else, or `RemoteFrameError`."""
    kinds = set()
    for bit in range(8 * len(JSON)):
        flipped = bytearray(JSON)
        flipped[bit // 8] ^= 1 << bit % 8
        kinds.add(type(outcome(flipped)))
    assert kinds == {Hello, RemoteFrameError}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=9), inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_any_json_is_a_hello_or_refused(value):
    """By itself and in the place of each member."""
    assert isinstance(outcome(json.dumps(value).encode()), (Hello, RemoteFrameError))
    for member in json.loads(JSON):
        assert isinstance(outcome(payload_of(**{member: value})), (Hello, RemoteFrameError))


@given(hellos(), st.data())
def test_a_hello_with_one_value_exchanged_is_a_hello_or_refused(hello, data):
    """Somewhere in a right document, at any depth."""
    document = json.loads(hello.to_payload())
    place = document
    while True:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], (dict, list)) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(VALUES)
    assert isinstance(outcome(json.dumps(document).encode()), (Hello, RemoteFrameError))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_hello_or_refused(payload):
    """Bytes at random; and no refusal is of another class."""
    result = outcome(payload)
    assert isinstance(result, FrameError)
    assert result.fault == "peer"
