"""What two ends agree on: each computes the same, the server's preference counts, and a disagreement says why."""

from __future__ import annotations

import json

import attrs
import pytest

from hypothesis import assume, given
from hypothesis import strategies as st

from symphony_codecs.framing.errors import (
    FrameAuthenticationError,
    LocalFrameError,
    NegotiationError,
    RemoteFrameError,
)
from symphony_codecs.framing.hello import FormatOffer, Hello, HelloLimits
from symphony_codecs.framing.negotiation import Agreement, Difference, negotiate
from symphony_types import UNSET
from symphony_types.checks import FieldError
from tests.codecs.framing.test_hello import hellos


JSON = FormatOffer("json", 1)
MSGPACK = FormatOffer("msgpack", 2)
CBOR = FormatOffer("cbor", 3)
COMPACT = FormatOffer("msgpack-compact", 4)


def hello(*formats, **fields):
    return Hello(formats=formats or (JSON,), **fields)


def agreed(client, server):
    """Negotiate as each end does, each with what it has read of the other, and return what both computed."""
    at_client = negotiate(client, Hello.from_payload(server.to_payload()))
    at_server = negotiate(Hello.from_payload(client.to_payload()), server)
    assert at_client == at_server
    return at_client


def disagreement(client, server):
    """Return the text of what both ends raise."""
    texts = []
    for one, other in (
        (client, Hello.from_payload(server.to_payload())),
        (Hello.from_payload(client.to_payload()), server),
    ):
        with pytest.raises(NegotiationError) as caught:
            negotiate(one, other)
        assert caught.value.frame_code == "no_agreement"
        assert caught.value.fault == "both"
        texts.append(caught.value.message)
    assert texts[0] == texts[1]
    return texts[0]


# Agreements


def test_an_agreement_is_made_of_both_hellos():
    """Each field comes from the end or the ends that it is about."""
    client = hello(
        JSON,
        CBOR,
        COMPACT,
        compressions=("zlib", "zstd"),
        limits=HelloLimits(max_payload=2048, max_message=4096),
        heartbeat_ms=5000,
    )
    server = hello(
        COMPACT,
        MSGPACK,
        JSON,
        compressions=("zstd", "zlib"),
        limits=HelloLimits(max_payload=8192, max_message=8192),
        checksum=True,
    )
    assert agreed(client, server) == Agreement(
        version=1,
        formats=(COMPACT, JSON),
        compressions=("zstd", "zlib"),
        checksum=True,
        authenticated=False,
        client_limits=HelloLimits(max_payload=2048, max_message=4096),
        server_limits=HelloLimits(max_payload=8192, max_message=8192),
        client_heartbeat_ms=5000,
        server_heartbeat_ms=0,
    )


@pytest.mark.parametrize(
    ("client", "server", "formats"),
    [
        pytest.param((JSON,), (JSON,), (JSON,), id="one"),
        pytest.param((JSON, CBOR), (CBOR, JSON), (CBOR, JSON), id="server's order"),
        pytest.param((CBOR, MSGPACK, JSON), (JSON, COMPACT, CBOR), (JSON, CBOR), id="what both have"),
        pytest.param(
            (FormatOffer("x-ion", 20), JSON),
            (JSON, FormatOffer("x-ion", 90)),
            (JSON, FormatOffer("x-ion", 90)),
            id="server's ids",
        ),
        pytest.param(
            (FormatOffer("x-ion", 20), FormatOffer("x-bson", 21)),
            (FormatOffer("x-bson", 20), FormatOffer("x-ion", 21)),
            (FormatOffer("x-bson", 20), FormatOffer("x-ion", 21)),
            id="ids exchanged",
        ),
        pytest.param(
            (FormatOffer("x-ion", 20), JSON),
            (FormatOffer("x-bson", 20), JSON),
            (JSON,),
            id="one id for two formats",
        ),
        pytest.param((FormatOffer("JSON", 16), CBOR), (JSON, CBOR), (CBOR,), id="names are exact"),
    ],
)
def test_formats_are_the_servers_that_the_client_has(client, server, formats):
    """By name; order and ids are the server's, whatever the client calls them."""
    assert agreed(hello(*client), hello(*server)).formats == formats


# Fingerprints

ONE, OTHER = b"1" * 16, b"2" * 16


def offer(name, schema=UNSET, positional=UNSET):
    number = {"json": 1, "msgpack": 2, "cbor": 3, "msgpack-compact": 4}.get(name, 20)
    return FormatOffer(name, number, schema, positional)


@pytest.mark.parametrize(
    ("client", "server", "is_left_out"),
    [
        pytest.param(offer("msgpack-compact", ONE), offer("msgpack-compact", OTHER), True, id="they differ"),
        pytest.param(offer("msgpack-compact", ONE), offer("msgpack-compact", ONE), False, id="they are equal"),
        pytest.param(offer("msgpack-compact"), offer("msgpack-compact", OTHER), False, id="the client has none"),
        pytest.param(offer("msgpack-compact", ONE), offer("msgpack-compact"), False, id="the server has none"),
        pytest.param(offer("cbor", ONE), offer("cbor", OTHER), False, id="fields have names"),
        pytest.param(offer("cbor", ONE, True), offer("cbor", OTHER), True, id="not at the client"),
        pytest.param(offer("cbor", ONE, False), offer("cbor", OTHER, True), True, id="not at the server"),
        pytest.param(offer("x-ion", ONE, True), offer("x-ion", OTHER, True), True, id="a format of another package"),
        pytest.param(
            offer("msgpack-compact", ONE, False), offer("msgpack-compact", OTHER, False), False, id="names at both"
        ),
        pytest.param(
            offer("msgpack-compact", ONE, False), offer("msgpack-compact", OTHER), True, id="names at the client"
        ),
    ],
)
def test_fingerprints_that_differ_leave_out_fields_by_position(client, server, is_left_out):
    """Where both ends say one: the next format is taken, and without another there is no agreement."""
    found = agreed(hello(client, JSON), hello(server, JSON))
    assert [each.name for each in found.formats] == (["json"] if is_left_out else [server.name, "json"])
    if not is_left_out:
        assert found.differences == ()
        assert agreed(hello(client), hello(server)).formats == (server,)
        return
    assert found.differences == (Difference(server.name, ONE, OTHER),)
    assert disagreement(hello(client), hello(server)) == (
        "expected a format that both ends have, with classes of one form or fields by name, got "
        f"{server.name} with fingerprint {ONE.hex()} at the client and {OTHER.hex()} at the server"
    )


def test_a_hello_that_older_ends_read_says_a_fingerprint():
    """They ignore members that they do not know; nothing is written where there is nothing to say."""
    written = json.loads(hello(offer("cbor", ONE), offer("json"), offer("msgpack-compact", OTHER, False)).to_payload())
    assert written["formats"] == [
        {"name": "cbor", "id": 3, "schema": "MTExMTExMTExMTExMTExMQ=="},
        {"name": "json", "id": 1},
        {"name": "msgpack-compact", "id": 4, "schema": "MjIyMjIyMjIyMjIyMjIyMg==", "positional": False},
    ]


@pytest.mark.parametrize(
    ("client", "server", "compressions"),
    [
        ((), ("zlib",), ()),
        (("zlib",), (), ()),
        (("zlib",), ("zstd",), ()),
        (("zlib", "zstd"), ("zstd", "zlib"), ("zstd", "zlib")),
        (("zstd", "zlib"), ("zlib",), ("zlib",)),
        (("br", "zlib"), ("br", "zlib"), ("zlib",)),
        (("br", "none", "ZLIB"), ("br", "none", "ZLIB"), ()),
    ],
)
def test_compressions_are_the_servers_that_the_client_has(client, server, compressions):
    """Those that frames have no number for are left out, even if both ends name them; there may be none."""
    assert agreed(hello(compressions=client), hello(compressions=server)).compressions == compressions


@pytest.mark.parametrize(
    ("client", "server", "version"),
    [((1,), (1,), 1), ((1, 2), (1,), 1), ((1, 255), (9, 1), 1), ((2, 1), (1, 2), 2), ((3, 1, 2), (2, 4, 1), 2)],
)
def test_the_highest_version_that_both_name(client, server, version):
    """In whatever order they do; an end that names one can speak it."""
    assert agreed(hello(versions=client), hello(versions=server)).version == version


@pytest.mark.parametrize(
    ("client", "server", "key_id"),
    [
        ((), (), None),
        (("a",), (), None),
        ((), ("a", "b"), None),
        (("a",), ("a",), "a"),
        (("a",), ("b", "a"), "a"),
        (("a", "b"), ("b",), "b"),
        (("a", "b"), ("c", "b", "a"), "b"),
    ],
)
def test_the_key_is_the_servers_first_that_the_client_has(client, server, key_id):
    """Where one end names none, each takes its first."""
    ends = (hello(authenticated=True, key_ids=ids) for ids in (client, server))
    assert agreed(*ends).key_id == key_id


def test_keys_that_differ():
    """No tag is needed to see it, and both ends say so in the same words."""
    client, server = hello(authenticated=True, key_ids=("a", "b")), hello(authenticated=True, key_ids=("c",))
    with pytest.raises(FrameAuthenticationError) as caught:
        negotiate(client, server)
    assert (caught.value.frame_code, caught.value.fault) == ("unknown_key", "peer")
    assert caught.value.message == "expected a key that both ends have, got a, b at the client and c at the server"


@pytest.mark.parametrize("client", [False, True])
@pytest.mark.parametrize("server", [False, True])
def test_a_checksum_is_for_both_if_one_wants_it(client, server):
    """Neither end can be made to go without."""
    assert agreed(hello(checksum=client), hello(checksum=server)).checksum is (client or server)


def test_authentication_is_agreed_on_if_both_have_a_key():
    """And not, if neither has."""
    assert agreed(hello(authenticated=True), hello(authenticated=True)).authenticated
    assert not agreed(hello(), hello()).authenticated


@st.composite
def meetings(draw):
    """Draw the Hellos of two ends, most of which can agree; formats of both may have other ids at each."""
    client, server = draw(hellos()), draw(hellos())
    assume(client.nonce != server.nonce)
    if draw(st.integers(0, 3)):
        client = attrs.evolve(client, versions={1, *client.versions[1:]})
        server = attrs.evolve(server, versions={1, *server.versions[1:]}, authenticated=client.authenticated)
    names = {offer.name for offer in server.formats}
    ids = iter(sorted({*range(16, 256)} - {offer.id for offer in server.formats}))
    known = draw(st.sets(st.sampled_from(client.formats)))
    more = [
        offer if offer.id < 16 else FormatOffer(offer.name, next(ids)) for offer in known if offer.name not in names
    ]
    return client, attrs.evolve(server, formats=draw(st.permutations([*server.formats, *more])))


def readable(client, server):
    """Return the names of the formats that both have, and in which neither takes a field for another."""
    pairs = [(one, other) for one in client.formats for other in server.formats if one.name == other.name]
    return {
        one.name
        for one, other in pairs
        if UNSET in (one.schema, other.schema)
        or one.schema == other.schema
        or not any(
            each.name == "msgpack-compact" if each.positional is UNSET else each.positional for each in (one, other)
        )
    }


@given(meetings())
def test_both_ends_compute_the_same(ends):
    """For any two ends: the same agreement, made of nothing that one of them lacks, or the same error."""
    client, server = ends
    try:
        agreement = negotiate(client, server)
    except NegotiationError:
        assert disagreement(client, server)
        shared = readable(client, server)
        versions = set(client.versions) & set(server.versions)
        assert not shared or not versions or client.authenticated != server.authenticated
        return
    assert agreed(client, server) == agreement
    assert agreement.version in client.versions
    assert agreement.version in server.versions
    assert client.authenticated == server.authenticated == agreement.authenticated
    assert [offer for offer in server.formats if offer in agreement.formats] == list(agreement.formats)
    names = readable(client, server)
    assert {offer.name for offer in agreement.formats} == names
    assert {each.name for each in agreement.differences}.isdisjoint(names)
    assert [name for name in server.compressions if name in agreement.compressions] == list(agreement.compressions)
    assert set(agreement.compressions) <= set(client.compressions)
    assert (agreement.client_limits, agreement.server_limits) == (client.limits, server.limits)
    assert (agreement.client_heartbeat_ms, agreement.server_heartbeat_ms) == (client.heartbeat_ms, server.heartbeat_ms)


@given(hellos(), st.binary(min_size=32, max_size=32))
def test_two_ends_that_are_alike_agree_on_all_they_know(one, nonce):
    """With version 1 among them, each with a nonce of its own; who is the server does not matter then."""
    assume(one.nonce != nonce)
    one = attrs.evolve(one, versions={1, *one.versions[:15]})
    other = attrs.evolve(one, nonce=nonce)
    agreement = agreed(one, other)
    assert agreement == agreed(other, one)
    assert agreement.formats == one.formats
    assert agreement.compressions == tuple(name for name in one.compressions if name in {"zlib", "zstd"})
    assert agreement.checksum == one.checksum


# Disagreements


@pytest.mark.parametrize(
    ("client", "server", "message"),
    [
        pytest.param(
            hello(versions=(2, 3)),
            hello(versions=(1,)),
            "expected a frame version that both ends have, got 2, 3 at the client and 1 at the server",
            id="versions",
        ),
        pytest.param(
            hello(JSON, CBOR),
            hello(COMPACT, FormatOffer("x-ion", 20)),
            "expected a format that both ends have, "
            "got json, cbor at the client and msgpack-compact, x-ion at the server",
            id="formats",
        ),
        pytest.param(
            hello(authenticated=True),
            hello(),
            "expected both ends or neither to be authenticated, got a client that has a key and a server that has none",
            id="the client alone has a key",
        ),
        pytest.param(
            hello(),
            hello(authenticated=True),
            "expected both ends or neither to be authenticated, got a server that has a key and a client that has none",
            id="the server alone has a key",
        ),
    ],
)
def test_a_disagreement_says_what_each_end_has(client, server, message):
    """In the same words at both ends."""
    assert disagreement(client, server) == message


def test_a_disagreement_is_short():
    """64 formats with the longest names at each end, and 16 versions, are not all named."""

    def long(letter, **fields):
        return hello(*(FormatOffer(f"{number:{letter}>64}", number) for number in range(16, 80)), **fields)

    text = disagreement(long("a"), long("b"))
    assert len(text) < 1200
    assert text.count("a" * 62) == text.count("b" * 62) == 8
    assert text.count(" and 56 more at the ") == 2
    many = disagreement(hello(versions=range(2, 10)), hello(versions=range(20, 36)))
    assert many == (
        "expected a frame version that both ends have, got 2, 3, 4, 5, 6, 7, 8, 9 at the client "
        "and 20, 21, 22, 23, 24, 25, 26, 27 and 8 more at the server"
    )


@pytest.mark.parametrize("fields", [{}, {"authenticated": True}, {"checksum": True}])
def test_a_reflected_hello_is_refused(fields):
    """Whoever sends a Hello back has none of its own, and would have its frames tagged with the same keys."""
    client = hello(**fields)
    mirrored = Hello.from_frame(client.to_frame())
    disguised = attrs.evolve(mirrored, formats=(CBOR, JSON), checksum=True)
    for ends in ((client, mirrored), (mirrored, client), (client, disguised)):
        with pytest.raises(FrameAuthenticationError) as caught:
            negotiate(*ends)
        assert caught.value.frame_code == "bad_hello"
        assert caught.value.message == "expected a nonce of the peer's own, got the same at both ends"


# Looking formats up


def test_formats_are_found_by_name_and_by_id():
    """And the first of them is what messages are written in."""
    agreement = agreed(hello(FormatOffer("x-ion", 20), CBOR), hello(CBOR, FormatOffer("x-ion", 90)))
    assert agreement.format == CBOR
    assert (agreement.format_id("cbor"), agreement.format_id("x-ion")) == (3, 90)
    assert (agreement.format_name(3), agreement.format_name(90)) == ("cbor", "x-ion")


def test_formats_that_were_not_agreed_on_are_not_found():
    """A name is this end's mistake, an id in a frame the peer's; both are told what there is."""
    agreement = agreed(hello(JSON, CBOR), hello(CBOR, JSON, MSGPACK))
    expected = "expected a format that was agreed on, cbor (3), json (1), got"
    with pytest.raises(LocalFrameError) as ours:
        agreement.format_id("msgpack")
    assert (ours.value.frame_code, ours.value.message) == ("bad_format", f"{expected} 'msgpack'")
    with pytest.raises(RemoteFrameError) as theirs:
        agreement.format_name(2)
    assert (theirs.value.frame_code, theirs.value.message) == ("bad_format", f"{expected} 2")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"formats": ()}, "expected at least one item, got none at formats"),
        ({"formats": ("json",)}, "expected a FormatOffer, got str 'json' at formats[0]"),
        ({"version": 0}, "expected an integer from 1 to 255, got 0 at version"),
        ({"compressions": ("br",)}, "expected 'zlib' or 'zstd', got str 'br' at compressions[0]"),
        ({"client_limits": None}, "expected limits of a Hello, got None at client_limits"),
        ({"server_heartbeat_ms": -1}, "expected an integer from 0 to 4294967295, got -1 at server_heartbeat_ms"),
    ],
)
def test_an_agreement_holds_what_can_be_agreed_on(fields, message):
    """One that was made by hand is checked as well."""
    with pytest.raises(FieldError) as caught:
        Agreement(**{"version": 1, "formats": (JSON,), **fields})
    assert str(caught.value) == message
