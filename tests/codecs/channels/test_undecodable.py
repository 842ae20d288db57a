"""The request that an answer belongs to is found in most undecodable documents, in every framing, format and type."""

from __future__ import annotations

import json
import uuid

from typing import Annotated, Any

import cbor2
import msgpack
import pytest

from typing_extensions import TypeAliasType

from symphony_codecs import get_codec
from symphony_codecs.channels._links import Undecodable
from symphony_codecs.channels._make_link import make_link
from symphony_codecs.channels._undecodable import key_of
from symphony_codecs.formats._outline import outline_of
from symphony_codecs.framing import NEED_DATA, framing_names, get_framing
from symphony_codecs.transports import FormatPolicy, TransportProfile
from symphony_types import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse, MessageEnvelope, ProcessId
from symphony_types.checks import FieldError
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame, TransportType


ME = ProcessId.new()
ASKED = uuid.uuid4()
BARE: Any = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse
BOTH: Any = MessageEnvelope[BARE] | JsonRpcResponse
DUMPS = {"json": lambda value: json.dumps(value).encode(), "msgpack": msgpack.packb, "cbor": cbor2.dumps}
DUMPS["msgpack-compact"] = DUMPS["msgpack"]

# A response, or an undecodable variant of one; and the key of its request.
RESPONSES: dict[str, tuple[dict[str, Any], Any]] = {
    "code of more than 32 bits": ({"jsonrpc": "2.0", "id": 1, "error": {"code": -3270000000, "message": "no"}}, 1),
    "text as id": ({"jsonrpc": "2.0", "id": "a\u20ac", "error": {"code": -3270000000, "message": "no"}}, "a\u20ac"),
    "no version": ({"id": 1, "result": 1}, 1),
    "wrong version": ({"jsonrpc": "1.0", "id": 1, "result": 1}, 1),
    "both": ({"jsonrpc": "2.0", "id": 1, "result": 5, "error": {"code": 1, "message": "no"}}, 1),
    "null and an error": ({"jsonrpc": "2.0", "id": 1, "result": None, "error": {"code": 1, "message": "no"}}, 1),
    "neither": ({"jsonrpc": "2.0", "id": 1}, 1),
    "error without a message": ({"jsonrpc": "2.0", "error": {"code": 1}, "id": 1}, 1),
    "error of another type": ({"jsonrpc": "2.0", "error": "no", "id": -1}, -1),
    "id of a wrong type": ({"jsonrpc": "2.0", "result": 1, "id": True}, None),
    "id that is a fraction": ({"jsonrpc": "2.0", "result": 1, "id": 1.5}, None),
    "a request": ({"jsonrpc": "2.0", "method": 7, "id": 1}, None),
    "a request with a result": ({"method": "m", "id": 1, "result": 1, "error": 1}, None),
    "an id inside": ({"jsonrpc": "2.0", "result": {"id": 1}}, None),
}

FIELDS = ["id", "timestamp", "sender", "receiver", "session_id", "payload", "metadata"]
# Faults of an envelope that answers ASKED.
ENVELOPES: dict[str, dict[str, Any]] = {
    "payload": {"payload": "surprise"},
    "payload that answers another": {"payload": {"jsonrpc": "1.0", "id": 1, "result": 1}},
    "sender": {"sender": 7},
    "timestamp": {"timestamp": "yesterday"},
    "id": {"id": None},
}

# Documents that are invalid in their format, and the key that is found anyway.
BROKEN: list[tuple[str, bytes, Any]] = [
    ("json", b'{"jsonrpc":"2.0","id":1,"result":NaN}', 1),
    ("json", b'{"jsonrpc":"2.0","result":[NaN, {"id": 3}],"id":1}', 1),
    ("json", b'{"jsonrpc":"2.0","id":1,"result":[1,', 1),
    ("json", b'{"jsonrpc":"2.0","result":"\xff\xfe","id":1}', 1),
    ("json", b'{"jsonrpc":"2.0","result":"\t","id":1}', 1),
    ("json", b'{"jsonrpc":"2.0","result":"\\x","id":1}', 1),
    ("json", b'{"jsonrpc":"2.0","id":1,"result":1} and more', 1),
    ("json", b'{"jsonrpc":"2.0","id":1,"result":' + b"9" * 5000 + b"}", 1),
    ("json", b'{"jsonrpc":"2.0","result":' + b"[" * 5000 + b"]" * 5000 + b',"id":1}', 1),
    ("json", b'{"jsonrpc":"2.0","result":tru e oh,"id":1}', 1),
    ("json", b'["2.0", 1, NaN, 1]', 1),
    ("json", b'["2.0", "method", NaN, 1]', None),
    ("json", b'{"jsonrpc":"2.0","method":NaN,"id":1}', None),
    ("json", b"Listening on port 80", None),
    ("json", b"[INFO] started", None),
    ("json", b'"id', None),
    ("json", b"}", None),
    ("msgpack", b"\x83\xa7jsonrpc\xa32.0\xa6result\xc1\xa2id\x01", 1),
    ("msgpack", b"\x83\xa7jsonrpc\xa32.0\xa6result\xd6\x05\x00\x00\x00\x00\xa2id\x01", 1),
    ("msgpack", b"\x83\xa7jsonrpc\xa32.0\xa6result\xc7\x03\x05\xa2id\xa2id\x01", 1),
    ("msgpack", b"\x83\xa7jsonrpc\xa32.0\xa6result\xa2\xff\xfe\xa2id\x01", 1),
    ("msgpack", b"\x83\xa7jsonrpc\xa32.0\xa6result" + b"\x91" * 5000 + b"\xc0\xa2id\x01", 1),
    ("msgpack", b"\x83\xa7jsonrpc\xa32.0\xa2id\x01\xa6result\xdd\xff\xff\xff\xff", 1),
    ("msgpack", b"\x83\xa7jsonrpc\xa32.0\xa2id\x01\xa6result\xc0\xc0", 1),
    ("msgpack", b"Listening", None),
    ("cbor", b"\xa3gjsonrpcc2.0fresult\xf8\x40bid\x01", 1),
    ("cbor", b"\xa3gjsonrpcc2.0fresult\xe0bid\x01", 1),
    ("cbor", b"\xa3gjsonrpcc2.0fresult\xd8\x1c\x80bid\x01", 1),
    ("cbor", b"\xbfgjsonrpcc2.0fresultb\xff\xfebid\x01\xff", 1),
    ("cbor", b"\xa3gjsonrpcc2.0fresult" + b"\x9f" * 5000 + b"\xff" * 5000 + b"bid\x01", 1),
    ("cbor", b"\xa3gjsonrpcc2.0bid\x01fresult\x1c", 1),
    ("cbor", b"\xa3gjsonrpcc2.0fresult\x1cbid\x01", None),
]


def said(link: Any) -> bytes:
    """Return the bytes that an end has to send."""
    data = b"".join(bytes(buffer) for buffers in link.outbox for buffer in buffers)
    link.outbox.clear()
    return data


def links(framing: str, name: str, as_type: Any) -> tuple[Any, Any]:
    """Make the two ends of an open connection."""
    changes: dict[str, Any] = {"framing": framing, "formats": (name,), "checksum": False, "heartbeat": 0}
    policy = FormatPolicy.default().with_profile(TransportType.TCP, **changes)
    ends = [make_link(policy.profile(TransportType.TCP), as_type, role=role) for role in ("client", "server")]
    for one in ends:
        one.start()
    for one, other in (ends, ends[::-1]):
        one.receive_data(said(other))
        while one.next_event() is not NEED_DATA:
            pass
    return ends[0], ends[1]


def received(framing: str, name: str, as_type: Any, document: bytes) -> Any:
    """Return the event of an end for a document, after checking that the link still works."""
    here, there = links(framing, name, as_type)
    if framing == "native":
        header = FrameHeader(frame_type=FrameType.RESPONSE, format=get_codec(name).format_id, stream_id=1)
        there._connection.send([IpcFrame(header=header, payload=document)])
        data = said(there)
    elif framing == "json-sequence":
        data = b"\x1e" + document + b"\n\x1e"
    else:
        data = get_framing(framing).encoder().encode(document)
    here.receive_data(data)
    event = here.next_event()
    # An invalid JSON document ends at the next one, with the byte that shows the fault.
    assert here.last_size - len(document) in ({0, 2} if framing == "json-sequence" else {0})
    assert here.next_event() is NEED_DATA
    return event


def fits(framing: str, name: str) -> bool:
    """Whether there are profiles with both."""
    try:
        TransportProfile(framing=framing, formats=(name,))  # type: ignore[arg-type]
    except FieldError:
        return False
    return True


FRAMINGS = ["native", *framing_names()]
FORMATS = ["json", "msgpack", "msgpack-compact", "cbor"]
EVERYWHERE = [(framing, name) for framing in FRAMINGS for name in FORMATS if fits(framing, name)]
everywhere = pytest.mark.parametrize(("framing", "name"), EVERYWHERE)


@everywhere
@pytest.mark.parametrize("as_type", [BARE, JsonRpcResponse, BOTH], ids=["union", "response", "with envelopes"])
def test_responses(framing, name, as_type):
    """The key is their id, unless they are requests."""
    for what, (value, key) in RESPONSES.items():
        event = received(framing, name, as_type, DUMPS[name](value))
        assert isinstance(event, Undecodable), what
        assert (event.answers, type(event.answers)) == (key, type(key)), what
        # documents that are not requests, and whose key cannot be read
        assert (event.text is not None) == (key is None and not {"jsonrpc", "method"} <= value.keys()), what


@everywhere
@pytest.mark.parametrize("as_type", [MessageEnvelope[BARE], BOTH], ids=["envelope", "union"])
def test_envelopes(framing, name, as_type):
    """The key is their ``reply_to``, whatever other faults they have; without it there is no key."""
    asked = MessageEnvelope(id=ASKED, sender=ME, payload=JsonRpcRequest(method="m", id=1))
    codec = get_codec(name)
    right = codec.encode(asked.reply(JsonRpcResponse.success(1, 1), sender=ME), as_type)
    loads = {"json": json.loads, "cbor": cbor2.loads}.get(name, msgpack.unpackb)
    for what, changes in ENVELOPES.items():
        value = loads(right)
        inner = value.get("MessageEnvelope", value) if isinstance(value, dict) else value
        for field, wrong in changes.items():
            inner[field if isinstance(inner, dict) else FIELDS.index(field)] = wrong
        event = received(framing, name, as_type, DUMPS[name](value))
        assert isinstance(event, Undecodable), what
        assert (event.answers, event.text) == (ASKED, None), what
    unasked = loads(codec.encode(asked))
    unasked["payload" if isinstance(unasked, dict) else FIELDS.index("payload")] = {"id": 1, "result": 1}
    assert received(framing, name, as_type, DUMPS[name](unasked)).answers is None


@pytest.mark.parametrize(("name", "document", "key"), BROKEN)
def test_invalid_documents(name, document, key):
    """The key is found where it can be read; a document without a key is shown."""
    for framing in FRAMINGS:
        # In sequences of binary formats, the start of the next document could not be found.
        if (framing, name) in EVERYWHERE and framing not in {"msgpack-sequence", "cbor-sequence"}:
            event = received(framing, name, JsonRpcResponse, document)
            assert isinstance(event, Undecodable)
            assert event.answers == key
            if key is None and document[:1] in b'LI}"':
                assert event.text.rstrip("\n\x1e") == document.decode()


@pytest.mark.parametrize("framing", [framing for framing in FRAMINGS if (framing, "json") in EVERYWHERE])
@pytest.mark.parametrize(
    ("document", "foreign"),
    [
        (b"123", True),
        (b"null", True),
        (b'"ready"', True),
        (b"[]", True),
        (b'["2.0", "method", 1, 2, 3]', False),
        (b"{}", True),
        (b'{"level":"info","msg":"listening"}', True),
        (b'{"level":"info","method":"GET"}', True),
        (b'{"jsonrpc":"2.0"}', True),
        (b'{"jsonrpc":"2.0","method":5}', False),
        (b'{"jsonrpc":"2.0","method":5,"id":1}', False),
        (b'{"jsonrpc":"1.0","result":5,"id":1}', False),
        (b'{"payload":5}', False),
    ],
)
def test_documents_that_are_not_messages(framing, document, foreign):
    """For the types JSON-RPC and envelope they are shown, so that they take no room from messages."""
    alias = TypeAliasType("alias", BARE)
    for as_type in (JsonRpcResponse, BARE, BOTH, MessageEnvelope[int], Annotated[BARE, "noted"], alias):
        event = received(framing, "json", as_type, document)
        assert isinstance(event, Undecodable)
        assert event.text == (document.decode() if foreign else None), as_type
    for as_type in (tuple[int, str, int], dict[str, bytes]):
        if isinstance(event := received(framing, "json", as_type, document), Undecodable):
            assert event.text is None


LONG = {
    "numbers": b"[" + b"1," * 300_000 + b"NaN]",
    "arrays": b"[" + b"[]," * 300_000 + b"NaN]",
    "objects": b"[" + b'{"id": 2},' * 100_000 + b"NaN]",
    "members": b"{" + b",".join(b'"%d":[NaN]' % number for number in range(100_000)) + b"}",
    "depth": b"[" * 300_000 + b"]" * 300_000,
}


@pytest.mark.parametrize("result", LONG.values(), ids=LONG)
def test_long_documents(result):
    """Only the beginning and the end are searched, which takes a bounded time."""
    for document, key in (
        (b'{"jsonrpc":"2.0","id":1,"result":%b}' % result, 1),
        (b'{"jsonrpc":"2.0","result":%b,"id":1 } ' % result, 1),
        (b'{"payload":%b,"metadata":{"reply_to":"%b"}}' % (result, str(ASKED).encode()), ASKED),
        (b'{"jsonrpc":"2.0","result":{"a":%b,"id":1}}' % result, None),
        (b'{"jsonrpc":"2.0","method":"m","params":%b,"id":1}' % result, None),
        (b'{"jsonrpc":"2.0","result":%b' % result, None),
    ):
        assert key_of(outline_of("json", document)) == key
    msgpack_result = b"\xdd\x00\x10\x00\x00" + bytes(2**20)
    assert key_of(outline_of("msgpack", b"\x82\xa2id\x01\xa6result" + msgpack_result)) == 1


@pytest.mark.parametrize(
    "wrapped",
    [
        {"JsonRpcResponse": {"id": 1, "result": 1}},
        {"type": "JsonRpcResponse", "content": {"id": 1, "result": 1}},
        {"type": "JsonRpcResponse", "id": 1, "result": 1},
        {"replies": {"metaData": {"reply-to": str(ASKED)}}},
        {"Metadata": {"ReplyTo": ASKED.bytes}},
    ],
)
def test_unions_and_renamed_fields(wrapped):
    """The key is found under a union's tag, and in other spellings of a field."""
    assert key_of(wrapped) in (1, ASKED)


@pytest.mark.parametrize("outline", [None, 1, "text", [], [1] * 7, {}, {"metadata": {"reply_to": "no"}}, {"id": None}])
def test_documents_without_a_key(outline):
    """There is no key, and no error."""
    assert key_of(outline) is None


def test_other_formats_have_no_outline():
    """Outlines are implemented for three layouts."""
    assert outline_of(None, b'{"id":1}') is None
