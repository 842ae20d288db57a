"""
Each rule of `docs/frame-format.md` against the code: a row for each sentence.

A row quotes the page, says what a peer does by it or against it, and what a
reader makes of that: the code of its refusal, or the events.  Rules that no
bytes show name the test that holds them.  A sentence with a demand or a code
that no row quotes fails `test_every_rule_of_the_page_has_a_row`.
"""

from __future__ import annotations

import base64
import re
import zlib

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from symphony_codecs.framing import (
    NEED_DATA,
    FormatOffer,
    FrameConnection,
    FrameDecoder,
    FrameEncoder,
    FrameError,
    FrameKey,
    Hello,
    HelloLimits,
    MessageAssembler,
    RemoteFrameError,
    SharedKey,
    SharedKeys,
    decode_message,
    encode_message,
    get_framing,
    negotiate,
)
from symphony_types import FieldError, JsonRpcNotification, MessageEnvelope, ProcessId
from symphony_types.message.ipc import IpcFrame
from tests.codecs.framing.by_hand import (
    AUTHENTICATED,
    CHECKSUM,
    ERROR,
    EVENT,
    HEARTBEAT,
    HELLO,
    MORE,
    REQUEST,
    ROUTED,
    SHUTDOWN,
    STREAM,
    wire,
)
from tests.codecs.framing.connection_pair import KEY, as_bytes, events, hello


pytestmark = pytest.mark.checkout

_ROOT: Final = Path(__file__).resolve().parent.parent
_PAGE: Final = (_ROOT / "docs" / "frame-format.md").read_text(encoding="utf-8")

SMALL = HelloLimits(max_payload=1024, max_message=2048)
OTHER = SharedKey(b"another key of thirty-two bytes!")


def told(end: FrameConnection, *pieces: bytes, blocks: bool = False, ended: bool = False) -> str:
    """Feed *pieces*, and return the names of the events, and then the code of the error."""
    names = []
    try:
        for piece in pieces:
            (end.receive_block if blocks else end.receive_data)(piece)
            while (found := end.next_event()) is not NEED_DATA:
                names.append(type(found).__name__)
        if ended:
            end.receive_eof()
            names += [f"{type(event).__name__}({event.clean})" for event in events(end)]
    except FrameError as error:
        names.append(error.frame_code)
    assert str(end.error).isprintable()
    return " ".join(names) or "nothing"


def new(role: Any = "server", *, ours: Hello | None = None, key: SharedKey | None = None) -> FrameConnection:
    """An end that has said Hello."""
    end = FrameConnection(role, ours or hello(authenticated=key is not None), key=key)
    end.start()
    return end


def opened(*pieces: bytes, role: Any = "server", peer: dict[str, Any] | None = None, **given: Any) -> str:
    """What an end with *given* says of *pieces*, the first of which has number 2, after the peer's Hello."""
    end = new(role, ours=hello(**given))
    assert told(end, wire(HELLO, hello(**(peer or {})).to_payload())) == "Opened"
    return told(end, *pieces)


def keyed(*frames: Callable[[FrameKey], bytes], role: Any = "server", key: SharedKey = KEY) -> str:
    """The same where both ends have a key: each frame is made with the peer's."""
    ours, peer = (hello(authenticated=True) for _ in range(2))
    end = new(role, ours=ours, key=KEY)
    hellos = (peer, ours) if role == "server" else (ours, peer)
    keys = key.frame_keys(*(said.to_payload() for said in hellos))
    theirs = keys[0] if role == "server" else keys[1]
    return told(end, wire(HELLO, peer.to_payload()), *(frame(theirs) for frame in frames))


def first(*pieces: bytes, role: Any = "server", **given: Any) -> str:
    """What an end says of bytes that come before any Hello."""
    return told(new(role, ours=hello(**given)), *pieces)


def raw(data: bytes) -> str:
    """What a router makes of a frame after the Hellos."""
    end = FrameConnection("server", hello(), raw=True)
    return told(end, wire(HELLO, hello().to_payload()), data).removeprefix("Opened ")


def decoded(data: bytes) -> str:
    """What a bare decoder makes of *data*: the payloads, or the code."""
    decoder = FrameDecoder()
    decoder.feed(data)
    try:
        return " ".join(frame.payload.decode() or "empty" for frame in decoder) or "nothing"
    except FrameError as error:
        return error.frame_code


NONCE: Final = base64.b64encode(bytes(range(32))).decode()
LEAST: Final = {
    "versions": "[1]",
    "formats": '[{"name":"json","id":1}]',
    "limits": '{"max_payload":1024,"max_message":1024}',
    "nonce": f'"{NONCE}"',
}


def said(text: bytes = b"%s", **members: str | None) -> str:
    """What a server says of a Hello whose *members* are these JSON texts, within *text*."""
    every = {name: value for name, value in {**LEAST, **members}.items() if value is not None}
    members_text = ",".join(f'"{name}":{value}' for name, value in every.items())
    payload = text % ("{" + members_text + "}").encode()
    return first(wire(HELLO, payload))


def agreed(client: dict[str, Any], server: dict[str, Any]) -> Any:
    """The agreement of two Hellos, or the code."""
    try:
        return negotiate(hello(**client), hello(**server))
    except FrameError as error:
        return error.frame_code


def met(client: SharedKey, server: SharedKey) -> str:
    """What a client hears of a server with that key."""
    ends = [
        new(role, ours=hello(authenticated=True, key_ids=key.ids), key=key)
        for role, key in (("client", client), ("server", server))
    ]
    (to_server,), (to_client,) = (end.data_to_send() for end in ends)
    assert told(ends[1], as_bytes([to_server])) in {"nothing", "unknown_key"}
    return told(ends[0], as_bytes([to_client]))


def documents(framing: str, data: bytes, limit: int = 100, *, ended: bool = False) -> str:
    """The documents in a stream of another framing, and the code of what is wrong with it."""
    decoder = get_framing(framing).decoder(max_message=limit)
    decoder.feed(data)
    found = []
    try:
        found += [bytes(message).decode() for message in decoder]
        if ended:
            decoder.feed_eof()
            found += [bytes(message).decode() for message in decoder]
    except FrameError as error:
        found.append(error.frame_code)
    return " ".join(found) or "nothing"


def written(framing: str, document: bytes) -> Any:
    """The bytes that carry *document*, or the code."""
    try:
        return get_framing(framing).encoder().encode(document)
    except FrameError as error:
        return error.frame_code


def event(payload: bytes = b"{}", *, sequence: int = 2, **fields: Any) -> bytes:
    return wire(EVENT, payload, sequence=sequence, **fields)


def header(text: str, body: str = "{}") -> str:
    return documents("content-length", f"{text}\r\n\r\n{body}".encode())


def routed_otherwise() -> str:
    """What an endpoint says of an envelope whose frame has the route of another."""
    one, other = (ProcessId.from_bytes(bytes((*range(15), last))) for last in (1, 2))
    envelope = MessageEnvelope(sender=one, payload=JsonRpcNotification(method="m"))
    (frame,) = encode_message(envelope, None, "json", stream_id=1)
    decoder = FrameDecoder()
    decoder.feed(wire(EVENT, frame.payload, flags=ROUTED, route=other.to_bytes() + bytes(16)))
    (read,) = decoder
    message = MessageAssembler().add(read)
    assert message is not None
    with pytest.raises(RemoteFrameError) as caught:
        decode_message(message, MessageEnvelope[JsonRpcNotification])
    return caught.value.frame_code


def forms(client: dict[str, Any], server: dict[str, Any]) -> list[str]:
    """The formats of two ends that have JSON, and fields by place with these members of its object."""
    ends = [
        attrs.evolve(hello(), formats=(FormatOffer("msgpack-compact", 4, **members), FormatOffer("json", 1)))
        for members in (client, server)
    ]
    return [offer.name for offer in negotiate(*ends).formats]


def packed(payload: bytes) -> str:
    """What is said of a compressed message by an end that takes 2,048 bytes."""
    peer = {"compressions": ("zlib",)}
    return opened(event(payload, compression=1), peer=peer, compressions=("zlib",), limits=SMALL)


def held(payload: bytes, flags: int) -> str:
    """What is said of a fragment beside as much as an end with small limits has to hold, eight times the largest."""
    frames = [event(bytes(1024), sequence=2 + n, stream=1 + n, flags=MORE) for n in range(8)]
    return opened(*frames, event(payload, sequence=10, stream=1, flags=flags), limits=SMALL)


def reflected() -> str:
    """What an end says of its own Hello."""
    end = new()
    return told(end, as_bytes(end.data_to_send()))


def answer(data: bytes, *, end: FrameConnection | None = None) -> list[IpcFrame]:
    """What an end writes that has said Hello, or else *end*, once it has got *data*."""
    sequence = 1
    if end is None:
        end, sequence = new(), 2
        end.data_to_send()
    told(end, data)
    decoder = FrameDecoder(sequence=sequence, check_sequence=True)
    decoder.feed(as_bytes(end.data_to_send()))
    return list(decoder)


def long_answer() -> int:
    """The size of an Error to a peer that takes 1,024 bytes, for something that takes long to say."""
    end = new()
    told(end, wire(HELLO, hello(limits=SMALL).to_payload()))
    end.fail(RemoteFrameError("bad_route", "x" * 1900))
    decoder = FrameDecoder()
    decoder.feed(as_bytes(end.data_to_send()))
    return len(list(decoder)[-1].payload)


def unsure() -> list[object]:
    """What a server writes, after its Hello and Heartbeat, to a client that has shown no key."""
    end = new(key=KEY)
    assert told(end, wire(HELLO, hello(authenticated=True).to_payload())) == "nothing"
    assert len(end.data_to_send()) == 2
    end.send_shutdown()
    with pytest.raises(FrameError):
        end.send([])
    return list(end.data_to_send())


def resized(size: int, claimed: int) -> bytes:
    """A frame with a header of *size* bytes that claims to be of *claimed*."""
    data = bytearray(event(b"x" * 300, extension=bytes(size - 32)))
    data[3] = claimed // 8
    return bytes(data)


def ambiguous() -> bytes:
    """A frame with a header of 40 bytes whose CRC is also that of the first 32 of them, were that the size."""
    header = bytearray(event(extension=bytes(8))[:28])
    longer = zlib.crc32(header)
    header[3] = 4
    shorter = zlib.crc32(header)

    def crc(bits: int) -> int:
        return zlib.crc32(bits.to_bytes(8, "big"), longer)

    # A CRC is linear: find the bits of the extension whose changes add up to the one that is wanted.
    basis: dict[int, tuple[int, int]] = {}
    for bit in range(64):
        change, bits = crc(1 << bit) ^ crc(0), 1 << bit
        while change and change.bit_length() in basis:
            known, of = basis[change.bit_length()]
            change, bits = change ^ known, bits ^ of
        if change:
            basis[change.bit_length()] = change, bits
    wanted, found = shorter ^ crc(0), 0
    while wanted:
        known, of = basis[wanted.bit_length()]
        wanted, found = wanted ^ known, found ^ of
    data = event(extension=found.to_bytes(8, "big"))
    assert data[28:32] == shorter.to_bytes(4, "big")
    return data


BODY = b'{"jsonrpc":"2.0","method":"m"}'
ROUTE = {"flags": ROUTED}
ZIPPED = zlib.compress(b"{}")
BIG = hello(limits=SMALL).to_payload()
EIGHT = b"extended"
ONE, TWO = b"sixteen bytes or", b"other 16 bytes.."
BOTH = ["msgpack-compact", "json"]
OFFER = '[{"name":"json","id":1,"schema":"?"}]'
MANY = [event(b"", sequence=2 + n, stream=1 + n, flags=MORE) for n in range(1025)]
NEITHER = "content-length", "newline", "length-prefixed", "json-sequence", "msgpack-sequence", "cbor-sequence"
# Each framing's longest message is of 5 bytes; and a stream that ends within a message.
LONGER = b"Content-Length: 6\r\n", b"123456", b"\0\0\0\6", b"\x1e123456", b"\x96", b"\x86"
CUT_OFF = b"Content-Length: 6\r\n\r\n12345", b"1", b"\0\0\0\6", b"\x1e[", b"\x92\x01", b"\x9f\x01"

# What the page says; what has to come out; what a peer does.
RULES: list[tuple[str, Any, Callable[[], Any]]] = [
    # Frames
    ("a version-1 writer makes no other", 32, lambda: FrameEncoder().encode(hello().to_frame())[3] * 8),
    (
        "endpoints and routers MUST refuse one that is",
        "bad_header",
        lambda: opened(wire(HEARTBEAT, sequence=2, **ROUTE)),
    ),
    (
        "endpoints and routers MUST refuse one that is",
        "bad_header",
        lambda: raw(wire(SHUTDOWN, sequence=2, flags=MORE)),
    ),
    ("endpoints and routers MUST refuse one that is", "bad_header", lambda: first(wire(HELLO, BIG, **ROUTE))),
    ("endpoints and routers MUST refuse one that is", "bad_header", lambda: first(wire(ERROR, ZIPPED, compression=1))),
    ("A reader MUST NOT look into it", "nothing", lambda: opened(wire(HEARTBEAT, b"later", sequence=2, format_id=9))),
    ("A reader MUST NOT look into it", "PeerShutdown", lambda: opened(wire(SHUTDOWN, b"later", sequence=2))),
    ("An endpoint refuses a message whose format is 1 to 127", "bad_format", lambda: opened(event(format_id=3))),
    ("Its format and its compression must have been agreed on", "bad_format", lambda: opened(event(format_id=3))),
    ("An endpoint refuses a message whose format is 1 to 127", "bad_format", lambda: opened(event(format_id=127))),
    ("Formats 0 and 128 to 255 need no agreement", "MessageReceived", lambda: opened(event(format_id=0))),
    ("Formats 0 and 128 to 255 need no agreement", "MessageReceived", lambda: opened(event(format_id=128))),
    ("All other bits MUST be 0", "bad_header", lambda: opened(event(flags=0x10))),
    ("All other bits MUST be 0", "bad_header", lambda: opened(event(flags=0x8000))),
    ("The same holds for the reserved bytes", "bad_header", lambda: opened(event(reserved=1))),
    ("whose number is not the next (`bad_sequence`)", "bad_sequence", lambda: opened(event(sequence=3))),
    ("whose number is not the next (`bad_sequence`)", "bad_sequence", lambda: opened(event(sequence=1))),
    ("and 0 anywhere (`bad_header`)", "bad_header", lambda: decoded(event(sequence=0))),
    ("Nothing in a header but its first four bytes", "header_checksum", lambda: opened(event(crc=1, length=2**32 - 1))),
    ("the endpoint compares it", "payload_checksum", lambda: opened(event(flags=CHECKSUM, payload_crc=1))),
    ("the endpoint compares it", "FrameReceived", lambda: raw(event(flags=CHECKSUM, payload_crc=1))),
    ("the endpoint that decodes it compares them", "bad_route", routed_otherwise),
    ("where it is not, the route alone counts", "MessageReceived", lambda: opened(event(BODY, **ROUTE))),
    ("A reader MUST skip what it does not know", "MessageReceived", lambda: opened(event(extension=EIGHT))),
    ("A reader MUST skip what it does not know", "MessageReceived", lambda: opened(event(extension=EIGHT * 28))),
    # Messages
    (
        "a reader MAY refuse it; this implementation does",
        "bad_compression",
        lambda: opened(event(ZIPPED, compression=1)),
    ),
    ("nothing behind the end of the compressed data", "bad_compression", lambda: packed(ZIPPED + b"x")),
    ("the data MUST NOT end early", "bad_compression", lambda: packed(ZIPPED[:-1])),
    ("It refuses with `too_large` what goes on beyond", "too_large", lambda: packed(zlib.compress(bytes(2049)))),
    ("It refuses with `too_large` what goes on beyond", "MessageReceived", lambda: packed(zlib.compress(bytes(2048)))),
    (
        "whether they are routed counts too",
        "bad_fragment",
        lambda: opened(event(flags=MORE), event(sequence=3, **ROUTE)),
    ),
    (
        "MUST have the same type, format, compression",
        "bad_fragment",
        lambda: opened(event(flags=MORE), event(sequence=3, priority=2)),
    ),
    (
        "MUST have the same type, format, compression",
        "bad_fragment",
        lambda: opened(event(flags=MORE), wire(STREAM, sequence=3)),
    ),
    (
        "Flags *checksum* and *authenticated*, and extension bytes, may differ",
        "MessageReceived",
        lambda: opened(event(flags=MORE), event(sequence=3, flags=CHECKSUM, extension=EIGHT)),
    ),
    (
        "the Error begins a message of its own",
        "MessageReceived",
        lambda: opened(event(flags=MORE), wire(ERROR, stream=1, sequence=3)),
    ),
    ("A payload of exactly the limit passes", "MessageReceived", lambda: opened(event(bytes(1024)), limits=SMALL)),
    ("the other MUST keep to it", "too_large", lambda: opened(event(bytes(1025)), limits=SMALL)),
    (
        "A later Hello has at most 65,536 bytes, or `max_payload` if that is less",
        "too_large",
        lambda: opened(wire(HELLO, length=65_537, sequence=2), limits=HelloLimits(max_payload=2**20)),
    ),
    ("refuses more with `too_many_streams`", "too_many_streams", lambda: opened(*MANY)),
    ("refuses more with `too_many_streams`", "nothing", lambda: opened(*MANY[:1024])),
    ("refuses more with `too_many_streams` and `held_too_much`", "held_too_much", lambda: held(b"x", MORE)),
    ("it counts for `max_message` and for neither of these", "MessageReceived", lambda: held(bytes(1024), 0)),
    (
        "it counts for `max_message` and for neither",
        "too_large",
        lambda: opened(
            *(event(bytes(1024), sequence=n, flags=MORE) for n in (2, 3)), event(b"x", sequence=4), limits=SMALL
        ),
    ),
    (
        "a message in one frame does not count at all",
        "MessageReceived",
        lambda: opened(*MANY[:1024], event(sequence=1026, stream=2000)),
    ),
    # Opening
    ("A first frame that is neither a Hello nor an Error", "unexpected_frame", lambda: first(event(sequence=1))),
    ("A first frame that is neither a Hello nor an Error", "unexpected_frame", lambda: first(wire(HEARTBEAT))),
    ("A first frame that is neither a Hello nor an Error", "unexpected_frame", lambda: first(wire(ERROR, stream=1))),
    ("A first frame that is neither a Hello nor an Error", "PeerFailed", lambda: first(wire(ERROR, b"?"))),
    ("and so is a second Hello", "unexpected_frame", lambda: opened(wire(HELLO, BIG, sequence=2))),
    # Hello
    ("in one piece, on stream 0, and never authenticated", "bad_header", lambda: first(wire(HELLO, BIG, stream=1))),
    ("It may be flagged *checksum*", "Opened", lambda: first(wire(HELLO, BIG, flags=CHECKSUM))),
    *(("| refused |", "bad_hello", lambda name=name: said(**{name: None})) for name in LEAST),
    *(
        ("`null` included, are refused (`bad_hello`)", "bad_hello", lambda name=name: said(**{name: "null"}))
        for name in (*LEAST, "compressions", "checksum", "authenticated", "heartbeat_ms", "key_ids")
    ),
    ("Numbers beyond these bounds", "bad_hello", lambda: said(heartbeat_ms="4294967296")),
    ("Numbers beyond these bounds", "bad_hello", lambda: said(versions="[256]")),
    ("Numbers beyond these bounds", "bad_hello", lambda: said(limits='{"max_payload":1023,"max_message":1023}')),
    (
        "no name and no id appears twice",
        "bad_hello",
        lambda: said(formats='[{"name":"x","id":16},{"name":"x","id":17}]'),
    ),
    (
        "no name and no id appears twice",
        "bad_hello",
        lambda: said(formats='[{"name":"x","id":16},{"name":"y","id":16}]'),
    ),
    ("and no others; all other names have ids from 16", "bad_hello", lambda: said(formats='[{"name":"cbor","id":16}]')),
    ("and no others; all other names have ids from 16", "bad_hello", lambda: said(formats='[{"name":"x","id":5}]')),
    ("The order of members and white space", "Opened", lambda: said(b" \t\r\n%s \t\r\n")),
    ("A reader MUST be as strict as this", "bad_hello", lambda: said(b"\xef\xbb\xbf%s")),
    ("The payload is one JSON text and nothing else", "bad_hello", lambda: said(b"%s{}")),
    ("The payload is one JSON text and nothing else", "bad_hello", lambda: said(b"%s\0")),
    ("The payload is one JSON text and nothing else", "bad_hello", lambda: said(b"\x0c%s")),
    ("The payload is one JSON text and nothing else", "bad_hello", lambda: said(b"/**/%s")),
    ("That holds within unknown members, too", "bad_hello", lambda: said(x="NaN")),
    ("That holds within unknown members, too", "bad_hello", lambda: said(x="[1,]")),
    ("That holds within unknown members, too", "bad_hello", lambda: said(x="01")),
    ("That holds within unknown members, too", "bad_hello", lambda: said(x='{"a":1,"a":1}')),
    (
        "A string may have escapes, in names of members as well",
        "Opened",
        lambda: said(nonce=None, **{r"\u006eonce": LEAST["nonce"].replace("A", r"\u0041")}),
    ),
    ("Half of a surrogate pair", "bad_hello", lambda: said(x=r'"\ud800"')),
    ("Half of a surrogate pair", "bad_hello", lambda: said(x=r'"\udc00"')),
    ("Half of a surrogate pair", "bad_hello", lambda: said(**{r"\ud800": "1"})),
    ("Half of a surrogate pair", "Opened", lambda: said(x=r'"\ud83d\ude00"')),
    (
        "bytes that are not UTF-8 and control characters",
        "bad_hello",
        lambda: first(wire(HELLO, BIG.replace(b"{", b'{"\xff":1,', 1))),
    ),
    ("bytes that are not UTF-8 and control characters", "bad_hello", lambda: said(x='"\t"')),
    *(
        (
            "`1.0`, `1e0` and `-0` are refused where one belongs",
            "bad_hello",
            lambda number=number: said(heartbeat_ms=number),
        )
        for number in ("1.0", "1e0", "-0", "-0.0")
    ),
    ("`1.0`, `1e0` and `-0` are refused where one belongs", "bad_hello", lambda: said(versions="[1.0]")),
    ("`1.0`, `1e0` and `-0` are refused where one belongs", "Opened", lambda: said(x="[1.0,1e0,-0]")),
    ("once their escapes are read", "bad_hello", lambda: said(**{r"\u006eonce": LEAST["nonce"]})),
    ("once their escapes are read", "bad_hello", lambda: said(x="1", **{r"\u0078": "1"})),
    ("Arrays and objects are at most 127 inside each other", "Opened", lambda: said(x="[" * 126 + "]" * 126)),
    ("Arrays and objects are at most 127 inside each other", "bad_hello", lambda: said(x="[" * 127 + "]" * 127)),
    *(
        ("Base64 is canonical", "bad_hello", lambda text=text: said(nonce=f'"{text}"'))
        for text in (NONCE[:-1], NONCE[:-2] + "9=", NONCE + r"\n", "-" + NONCE[1:], NONCE[:-1] + "A", NONCE + "=")
    ),
    ("In unknown members a reader MAY refuse numbers", "bad_hello", lambda: said(x="1e999")),
    ("In unknown members a reader MAY refuse numbers", "bad_hello", lambda: said(x="9" * 4301)),
    (
        "A reader MUST ignore members that it does not know",
        "Opened",
        lambda: said(
            versions="[1,9]",
            compressions='["br"]',
            x='{"a":[1.5,null]}',
            formats='[{"name":"json","id":1,"later":7},{"name":"x","id":20}]',
        ),
    ),
    # Negotiation
    ("*Version*: the highest that both name", 2, lambda: agreed({"versions": (1, 2)}, {"versions": (3, 2, 1)}).version),
    (
        "An end MUST NOT name one that it cannot speak",
        "no_agreement",
        lambda: first(wire(HELLO, hello(versions=(1, 2)).to_payload()), versions=(2, 1)),
    ),
    (
        "An end MUST NOT name one that it cannot speak",
        "Opened",
        lambda: first(wire(HELLO, hello(versions=(1, 2)).to_payload())),
    ),
    (
        "in the server's order, with the server's ids",
        ["cbor", "json"],
        lambda: [offer.name for offer in negotiate(hello("json", "cbor"), hello("cbor", "msgpack", "json")).formats],
    ),
    (
        "except names that have no number",
        ("zlib",),
        lambda: agreed({"compressions": ("br", "zlib")}, {"compressions": ("br", "zlib")}).compressions,
    ),
    ("MUST be flagged *checksum* (`missing_checksum`)", "missing_checksum", lambda: opened(event(), checksum=True)),
    (
        "an empty payload's too",
        "missing_checksum",
        lambda: opened(wire(HEARTBEAT, sequence=2), peer={"checksum": True}),
    ),
    ("a frame may still have one", "MessageReceived", lambda: opened(event(flags=CHECKSUM))),
    ("The ends do not agree (`no_agreement`)", "no_agreement", lambda: agreed({"versions": (2,)}, {})),
    ("The ends do not agree (`no_agreement`)", "no_agreement", lambda: agreed({"authenticated": True}, {})),
    ("The ends do not agree (`no_agreement`)", "no_agreement", lambda: first(wire(HELLO, hello("cbor").to_payload()))),
    ("a Hello that has its own nonce (`bad_hello`)", "bad_hello", reflected),
    # Fingerprints
    *(
        (quote, names, lambda client=client, server=server: forms(client, server))
        for quote, client, server, names in (
            ("both say `schema` for it, and they are not equal", {"schema": ONE}, {"schema": TWO}, ["json"]),
            ("both say `schema` for it, and they are not equal", {"schema": ONE}, {"schema": ONE}, BOTH),
            ("so leaves out no format", {"schema": ONE}, {}, BOTH),
            ("it is positional at one end at least", {"schema": ONE, "positional": False}, {"schema": TWO}, ["json"]),
            ("it is positional at one end at least", *[{"schema": n, "positional": False} for n in (ONE, TWO)], BOTH),
        )
    ),
    *(
        ("16 bytes in base64, 24 characters", code, lambda text=text: said(formats=OFFER.replace("?", text)))
        for text, code in (
            ("AAAAAAAAAAAAAAAAAAAAAA==", "Opened"),
            ("AAAAAAAAAAAAAAAAAAAAAA", "bad_hello"),
            ("AAAAAAAAAAAAAAAAAAAAAB==", "bad_hello"),
            ("AAAAAAAAAAAAAAAAAAAA", "bad_hello"),
        )
    ),
    # Authentication
    ("its bytes MUST NOT all be equal", FieldError, lambda: SharedKey(bytes(32))),
    ("shared key of at least 16 bytes", FieldError, lambda: SharedKey(bytes(range(15)))),
    (
        "refuse a frame without the flag (`missing_authentication`)",
        "missing_authentication",
        lambda: keyed(lambda _: event()),
    ),
    (
        "MUST compare the tag in constant time (`bad_tag`)",
        "bad_tag",
        lambda: keyed(lambda key: event(key=key)[:-1] + b"?"),
    ),
    (
        "nor inflate or decode it, before the tag holds",
        "bad_tag",
        lambda: keyed(lambda key: event(b"?", key=key, compression=1, format_id=9)[:-32] + bytes(32)),
    ),
    (
        "A reader without a key refuses a flagged frame",
        "unexpected_authentication",
        lambda: opened(event(flags=AUTHENTICATED) + bytes(32)),
    ),
    ("has the server's Hello, and MUST NOT wait for the Heartbeat", "Opened", lambda: keyed(role="client")),
    ("One with a key is open once it has read one frame more", "nothing", keyed),
    *(
        (
            "of whatever type, whose tag holds",
            f"Opened {then}",
            lambda kind=kind: keyed(lambda key: wire(kind, sequence=2, key=key)),
        )
        for kind, then in ((REQUEST, "MessageReceived"), (SHUTDOWN, "PeerShutdown"), (ERROR, "PeerFailed"))
    ),
    ("of whatever type, whose tag holds", "Opened", lambda: keyed(lambda key: wire(HEARTBEAT, sequence=2, key=key))),
    ("SHOULD write neither a message nor a Shutdown", [], unsure),
    # Several keys
    ("MUST NOT name any while `authenticated` is false", "bad_hello", lambda: said(key_ids='["a"]')),
    ("A reader compares names as they are", "Opened", lambda: met(KEY, SharedKeys([OTHER, KEY]))),
    ("If there is none, the connection fails at both ends (`unknown_key`)", "unknown_key", lambda: met(KEY, OTHER)),
    (
        "the first of the server's that the client names",
        "b",
        lambda: (
            agreed(
                {"authenticated": True, "key_ids": ("a", "b")}, {"authenticated": True, "key_ids": ("b", "a")}
            ).key_id
        ),
    ),
    (
        "each end takes its first",
        None,
        lambda: agreed({"authenticated": True, "key_ids": ("a", "b")}, {"authenticated": True}).key_id,
    ),
    # The end
    (
        "Frames that come from it afterwards are refused",
        "PeerShutdown unexpected_frame",
        lambda: opened(wire(SHUTDOWN, sequence=2), event(sequence=3)),
    ),
    (
        "Frames that come from it afterwards are refused",
        "PeerShutdown unexpected_frame",
        lambda: opened(wire(SHUTDOWN, sequence=2), wire(SHUTDOWN, sequence=3)),
    ),
    (
        "except Heartbeats, which are ignored, and an Error",
        "PeerShutdown PeerFailed",
        lambda: opened(wire(SHUTDOWN, sequence=2), wire(HEARTBEAT, sequence=3), wire(ERROR, sequence=4)),
    ),
    ("A stream that ends between two frames without a Shutdown", "PeerEof(False)", lambda: told(new(), ended=True)),
    ("A stream that ends within a frame is `truncated`", "truncated", lambda: told(new(), b"SY", ended=True)),
    (
        "It SHOULD write an Error frame on stream 0",
        [(ERROR, 0)],
        lambda: [(frame.header.frame_type, frame.header.stream_id) for frame in answer(b"?")],
    ),
    (
        "If it has not said Hello yet, it does so first",
        2,
        lambda: len(answer(b"?", end=FrameConnection("server", hello()))),
    ),
    ("The Error SHOULD be flagged *checksum*", True, lambda: answer(b"?")[0].header.flags == CHECKSUM),
    ("MUST NOT be larger than the peer takes", True, lambda: 900 < long_answer() <= 1024),
    ("gets one without a tag refuses it", "missing_authentication", lambda: keyed(lambda _: wire(ERROR, sequence=2))),
    ("The reason SHOULD begin with the code below", True, lambda: b'"reason":"bad_magic: ' in answer(b"?")[0].payload),
    ("MUST NOT answer with another", [], lambda: answer(wire(ERROR, b"?"))),
    # Order
    ("Magic, version and header size, each byte as soon", "bad_magic", lambda: first(b"T")),
    ("Magic, version and header size, each byte as soon", "bad_magic", lambda: first(b"SX")),
    ("Magic, version and header size, each byte as soon", "bad_version", lambda: first(b"SY\2")),
    ("Magic, version and header size, each byte as soon", "bad_header", lambda: first(b"SY\1\3")),
    ("Magic, version and header size, each byte as soon", "bad_header", lambda: first(b"SY\1\x21")),
    ("even if all bytes of the given size are there", "header_checksum", lambda: opened(resized(32, 40))),
    ("it SHOULD test whether the CRC would hold", "header_checksum", lambda: opened(resized(32, 48)[:32])),
    ("it SHOULD test whether the CRC would hold", "header_checksum", lambda: opened(resized(40, 56)[:40])),
    ("even if all bytes of the given size are there", "header_checksum", lambda: opened(ambiguous())),
    ("a compression above 2, a priority above 3", "bad_header", lambda: opened(event(compression=3))),
    ("a compression above 2, a priority above 3", "bad_header", lambda: opened(event(priority=4))),
    ("a Hello of another format than 1", "bad_header", lambda: first(wire(HELLO, BIG, format_id=2))),
    ("a Hello of another format than 1", "bad_header", lambda: first(wire(HELLO, ZIPPED, compression=1))),
    (
        "a Hello with a tag, where the reader has no key yet",
        "unexpected_authentication",
        lambda: first(wire(HELLO, b"?", key=FrameKey(bytes(range(32))))),
    ),
    (
        "a Hello after the first, with a right tag",
        "Opened unexpected_frame",
        lambda: keyed(lambda key: wire(HELLO, b"?", sequence=2, key=key)),
    ),
    (
        "a Hello after the first, without a tag",
        "missing_authentication",
        lambda: keyed(lambda _: wire(HELLO, b"?", sequence=2)),
    ),
    (
        "a Hello after the first, of more than",
        "too_large",
        lambda: opened(wire(HELLO, bytes(1025), sequence=2), limits=SMALL),
    ),
    ("a first Hello of more than 65,536 bytes", "too_large", lambda: first(wire(HELLO, length=65_537))),
    (
        "another number than the next, whatever its tag",
        "bad_sequence",
        lambda: keyed(lambda key: event(sequence=3, key=key)),
    ),
    ("a compression that has a number and was not agreed on", "bad_compression", lambda: opened(event(compression=2))),
    ("a message that inflates to more than", "too_large", lambda: packed(zlib.compress(bytes(4000)) + b"x")),
    ("refuse what it does not take before it makes room", "too_large", lambda: opened(event(length=2**32 - 1))),
    # WebSocket
    (
        "a message with less or more than one frame is refused",
        "truncated",
        lambda: told(new(), wire(HELLO, BIG)[:-1], blocks=True),
    ),
    (
        "a message with less or more than one frame is refused",
        "unexpected_frame",
        lambda: told(new(), wire(HELLO, BIG) + b"S", blocks=True),
    ),
    # Other framings
    *(
        (
            "is refused as soon as that is known (`too_large`)",
            "too_large",
            lambda name=name, data=data: documents(name, data, 5),
        )
        for name, data in zip(NEITHER, LONGER, strict=True)
    ),
    *(
        (
            "a stream that ends within one is `truncated`",
            "truncated",
            lambda name=name, data=data: documents(name, data, ended=True),
        )
        for name, data in zip(NEITHER, CUT_OFF, strict=True)
    ),
    (
        "each line of the header ends with `\\r\\n`",
        "syntax",
        lambda: documents("content-length", b"Content-Length: 2\n"),
    ),
    ("the header has at most 4,096 bytes", "{}", lambda: header("X:" + "x" * (4096 - 24) + "\r\nContent-Length:2")),
    (
        "the header has at most 4,096 bytes",
        "too_large",
        lambda: header("X:" + "x" * (4096 - 23) + "\r\nContent-Length:2"),
    ),
    ("with no white space before it or the colon", "syntax", lambda: header("Content-Length : 2")),
    ("with no white space before it or the colon", "syntax", lambda: header(" Content-Length: 2")),
    ("so that no line is folded", "syntax", lambda: header("X: a\r\n b\r\nContent-Length: 2")),
    ("The name is a token, case-insensitive", "{}", lambda: header("CONTENT-length: 2")),
    ("a value of printable ASCII and tabs", "syntax", lambda: header("X: \u00e9\r\nContent-Length: 2")),
    ("spaces and tabs around the value are dropped", "{}", lambda: header("Content-Length:\t 2 \t")),
    ("one or more ASCII digits, without a sign", "syntax", lambda: header("Content-Length: +2")),
    ("one or more ASCII digits, without a sign", "syntax", lambda: header("Content-Length:")),
    ("one or more ASCII digits, without a sign", "syntax", lambda: header("Content-Length: 2, 2")),
    ("leading zeros do not count", "{}", lambda: header("Content-Length: " + "0" * 30 + "2")),
    ("The field MUST be there", "syntax", lambda: header("Content-Type: a/b")),
    ("It may be there again with the same number", "{}", lambda: header("Content-Length: 2\r\nContent-Length: 02")),
    ("and is refused with another one", "syntax", lambda: header("Content-Length: 2\r\nContent-Length: 3")),
    *(
        (
            "a `charset` in `Content-Type` MUST be `utf-8` or `utf8`",
            "{}",
            lambda value=value: header(f"Content-Type: {value}\r\nContent-Length: 2"),
        )
        for value in ("a/b; charset=utf-8", 'a/b;CharSet="UTF-8"', "a/b; x=y; charset=utf8", "charset", "")
    ),
    (
        "a `charset` in `Content-Type` MUST be `utf-8` or `utf8`",
        "syntax",
        lambda: header("Content-Type: a/b; charset=latin1\r\nContent-Length: 2"),
    ),
    (
        "a writer writes `Content-Length` alone",
        b"Content-Length: 2\r\n\r\n{}",
        lambda: written("content-length", b"{}"),
    ),
    ("one `\\r` before the `\\n` belongs to the line end", "1 2 3\r", lambda: documents("newline", b"1\n2\r\n3\r\r\n")),
    ("Empty lines are skipped, and so is `\\r` before", "1 2", lambda: documents("newline", b"\n\r\n1\n\r\r\r2\n")),
    ("Any other `\\r` stays in the document", "[1,\r2]", lambda: documents("newline", b"[1,\r2]\n")),
    *(
        (
            "a writer MUST NOT write `\\r` or `\\n` within a document",
            "syntax",
            lambda document=document: written("newline", document),
        )
        for document in (b"[1,\r2]", b"[1,\n2]", b"{}\r", b"")
    ),
    ("bytes after the last line end", "1 truncated", lambda: documents("newline", b"1\n12", ended=True)),
    (
        "a document ends at the first `\\n` behind it",
        "1 [2]\t  {\n}",
        lambda: documents("json-sequence", b"\x1e1\n\x1e[2]\t \n\x1e{\n}\n"),
    ),
    (
        "with white space before it or without",
        "[1] {} 2\t truncated",
        lambda: documents("json-sequence", b"\x1e[1]\x1e{}\x1e2\t\x1etrue", ended=True),
    ),
    ("at the end of the stream if it is an array", '"1"', lambda: documents("json-sequence", b'\x1e"1"', ended=True)),
    (
        "are given to the reader with the RS behind it",
        "[1\x1e [2] [3][4]\n\x1e [5] [6]\n\x1e 12\x1e [7]",
        lambda: documents("json-sequence", b"\x1e[1\x1e[2]\n\x1e[3][4]\n\x1e[5]\n[6]\n\x1e12\x1e[7]\n", ended=True),
    ),
    (
        "an empty document, and white space between",
        "1 2",
        lambda: documents("json-sequence", b" \x1e\x1e\x1e1\n\n\x1e \x1e2\n"),
    ),
    (
        "anything but white space before the first RS is `syntax`",
        "syntax",
        lambda: documents("json-sequence", b"\n[]\n"),
    ),
    *(
        (
            "a writer MUST NOT write RS within a document",
            "syntax",
            lambda document=document: written("json-sequence", document),
        )
        for document in (b"[1,\x1e2]", b"[1", b"1 2", b"", b" ", b"[]]")
    ),
    *(
        (
            "One that is not well-formed is `syntax`",
            "syntax",
            lambda name=name, data=data: documents(name, data),
        )
        for name, data in (("msgpack-sequence", b"\x01\xc1"), ("cbor-sequence", b"\x01\xff"))
    ),
    (
        "is `too_large` at once, and so is one with more",
        "too_large",
        lambda: documents("msgpack-sequence", b"\xdb\xff" * 3),
    ),
    (
        "is `too_large` at once, and so is one with more",
        "too_large",
        lambda: documents("cbor-sequence", b"\x82" * 1025, 5000),
    ),
    ("without those whose last entry the next is", "nothing", lambda: documents("cbor-sequence", b"\x81" * 1025, 5000)),
    *(
        (
            "a writer MUST NOT write what is not exactly one document",
            "syntax",
            lambda name=name, document=document: written(name, document),
        )
        for name in ("msgpack-sequence", "cbor-sequence")
        for document in (b"", b"\x01\x01", b"\x92\x01", b"\xc1")
    ),
    *(
        (
            "whose first line is that of an HTTP request",
            "syntax",
            lambda name=name: documents(name, b"POST / HTTP/1.1\r\n"),
        )
        for name in NEITHER
    ),
    # Security, versions
    (
        "An end that demands authentication refuses a Hello without it",
        "no_agreement",
        lambda: told(new(key=KEY), wire(HELLO, hello().to_payload())),
    ),
    ("refuses other versions in byte 2", "bad_version", lambda: opened(event(version=2))),
    ("as an endpoint, unknown frame types", "unknown_type", lambda: opened(wire(8, sequence=2, stream=1))),
    ("as an endpoint, unknown frame types", "FrameReceived", lambda: raw(wire(8, sequence=2, stream=1))),
]

# Rules that no bytes of a peer show, and the tests that hold them.
ELSEWHERE: list[tuple[str, str]] = [
    ("SHOULD say so with an Error frame on the request", "test_refusals.py::test_the_client_gets_the_reason"),
    ("are used as in RFC 2119", "test_frame_rules.py::test_every_rule_of_the_page_has_a_row"),
    ("A writer MUST NOT begin a message under the id", "test_connection.py::test_stream_ids_wrap_to_one"),
    ("a reader MUST NOT depend on it", "test_assembly.py::test_fragments_repeat_what_the_first_says"),
    ("MUST keep frame type, compression", "test_frame_format.py::test_a_router_hands_on_the_bytes_of_the_page"),
    ("MUST give the stream an id", "test_raw.py::test_ids_of_streams_under_way_are_unique"),
    ("MUST write the sequence number, header CRC", "test_connection.py::test_router_takes_part_in_the_hop"),
    ("MUST replace the number of a format", "test_raw.py::test_formats_go_by_their_names"),
    ("MUST NOT forward a frame with a compression", "test_connection.py::test_what_the_peer_would_refuse_is_not_sent"),
    ("MUST NOT forward a frame that is larger", "test_connection.py::test_only_what_the_peer_takes_is_sent"),
    ("a router SHOULD announce as its own limit", "test_connection.py::test_only_what_the_peer_takes_is_sent"),
    ("a router MUST copy it", "test_frame_format.py::test_a_router_hands_on_the_bytes_of_the_page"),
    ("A reader MUST bound what it inflates while it does", "test_compression.py::test_bombs_are_not_inflated"),
    ("A zstd frame's window also takes memory", "test_compression.py::test_writes_what_small_decoders_read"),
    ("a writer MUST NOT have more than 1,024 messages", "test_assembly.py::test_half_open_streams"),
    (
        "An end SHOULD give up a peer whose Hello does not come",
        "test_blocking_endings.py::test_a_server_that_never_says_hello",
    ),
    ("A writer MUST NOT write them", "test_hello.py::test_any_hello_comes_back"),
    (
        "The nonce MUST come from a cryptographic",
        "test_hello.py::test_a_hello_of_ones_own_has_defaults_and_a_fresh_nonce",
    ),
    ("MUST be flagged *authenticated* and end with a tag", "test_frame_format.py::test_connections_speak_as_the_page"),
    ("Each end SHOULD send a Heartbeat at once", "test_frame_format.py::test_connections_speak_as_the_page"),
    ("An end that has keys SHOULD name them", "test_key_rotation.py::test_blocking"),
    ("An end that gets a Shutdown SHOULD write", "test_connection.py::test_nothing_after_shutdown"),
    ("MUST NOT read on", "test_connection.py::test_a_failed_connection_holds_nothing"),
    (
        "refuses the handshake with 400 if there is none",
        "test_asyncio_websocket.py::test_another_client_without_a_common_format",
    ),
    (
        "for `bad_tag`, `missing_authentication`, `unexpected_auth",
        "test_connection.py::test_errors_are_variants_that_travel",
    ),
    ("for `no_agreement`; and `{", "test_connection.py::test_errors_are_variants_that_travel"),
    ("SHOULD log both fingerprints", "test_differing_classes.py::test_fields_that_swapped_places_go_by_name"),
    ("Besides the bytes on this page", "test_frame_format.py::test_frames_of_rust"),
]


def _sentences() -> list[str]:
    """Return the page's sentences and items, without code, tables and headings."""
    text = re.sub(r"^```.*?^```$", "", _PAGE, flags=re.MULTILINE | re.DOTALL)
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip() and block.strip()[0] not in "#|"]
    items = [" ".join(item.split()) for block in blocks for item in re.split(r"\n(?=- |\d+\. )", block)]
    return [sentence for item in items for sentence in re.split(r"(?<=[.:;])\s+(?=[A-Z`(])", item)]


_CODES: Final = re.findall(
    r"^\| `([a-z_]+)` \| .* \| (?:header|frame|message|connection|this|other).* \|$", _PAGE, re.MULTILINE
)
_TEXT: Final = " ".join(_PAGE.split())


@pytest.mark.parametrize(
    ("quote", "expected", "check"), RULES, ids=[f"{n} {row[0][:40]}" for n, row in enumerate(RULES)]
)
def test_rules_of_the_page(quote: str, expected: Any, check: Callable[[], Any]) -> None:
    """What the page says is what comes out."""
    assert quote in _TEXT
    if isinstance(expected, type):
        with pytest.raises(expected):
            check()
    else:
        assert check() == expected


@pytest.mark.parametrize(("quote", "test"), ELSEWHERE, ids=[quote[:40] for quote, _ in ELSEWHERE])
def test_rules_that_other_tests_hold(quote: str, test: str) -> None:
    """The page says so, and the test is there."""
    name, _, function = test.partition("::")
    assert quote in _TEXT
    assert any(f"def {function}(" in path.read_text("utf-8") for path in (_ROOT / "tests").rglob(name))


def test_every_rule_of_the_page_has_a_row() -> None:
    """Whatever is demanded, refused or has a code is quoted above, so that a new rule needs a row."""
    rules = [
        sentence
        for sentence in _sentences()
        if re.search(r"MUST|SHOULD|refuse", sentence) or any(f"`{code}`" in sentence for code in _CODES)
    ]
    quotes = [row[0] for row in (*RULES, *ELSEWHERE)]
    assert len(rules) > 60
    assert [rule for rule in rules if not any(quote in rule for quote in quotes)] == []
