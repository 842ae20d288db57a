"""kombu's own producers and consumers over its in-memory transport, with our serializers."""

from __future__ import annotations

import subprocess
import sys

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from kombu import Connection, Consumer, Producer, Queue, serialization
from kombu import exceptions as kombu_errors

from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_codecs.brokers import (
    Catalogue,
    UnknownTypeError,
    headers_of,
    kombu_priority,
    publish_options,
    register_with_kombu,
)
from symphony_types import Duration, MessagePriority, Version
from tests.codecs.brokers.messages import CODECS, ENVELOPE, VALUES, catalogue


@pytest.fixture(autouse=True)
def _registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget after each test what it has registered."""
    for part in ("_encoders", "_decoders", "type_to_name", "name_to_type"):
        monkeypatch.setattr(serialization.registry, part, dict(getattr(serialization.registry, part)))


@pytest.fixture(name="connection")
def _connection() -> Iterator[Connection]:
    with Connection("memory://") as connection:
        yield connection


def _received(connection: Connection, queue: Queue, accept: list[str], **options: Any) -> list[tuple[Any, Any]]:
    """Return what stands in a queue: bodies and messages."""
    found: list[tuple[Any, Any]] = []

    def take(body: Any, message: Any) -> None:
        found.append((body, message))
        message.ack()

    with Consumer(connection, [queue], callbacks=[take], accept=accept, **options):
        while True:
            try:
                connection.drain_events(timeout=0.01)
            except TimeoutError:
                return found


@pytest.fixture(name="queue")
def _queue(connection: Connection, request: pytest.FixtureRequest) -> Queue:
    queue = Queue(request.node.name)(connection)
    queue.declare()
    queue.purge()
    return queue


@pytest.mark.parametrize("codec", CODECS)
def test_trees_arrive_typed(connection: Connection, queue: Queue, codec: str) -> None:
    """Whatever is in them."""
    register_with_kombu(catalogue())
    tree = [list(VALUES.values()), {"key": VALUES, "data": b"\xff"}, {"callbacks": None}]
    serializer = f"symphony-{codec}"

    Producer(connection).publish(tree, routing_key=queue.name, serializer=serializer)
    [(body, message)] = _received(connection, queue, [serializer])

    assert body == tree
    assert message.content_type == f"{get_codec(codec).content_type}; type=symphony"
    assert message.content_encoding == ("utf-8" if codec == "json" else "binary")


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("name", VALUES)
def test_documents_arrive_typed(connection: Connection, queue: Queue, name: str, codec: str) -> None:
    """With what an envelope says as properties of the message; they are written as without kombu."""
    types = catalogue()
    serializers = register_with_kombu(types)
    value = VALUES[name]

    Producer(connection).publish(value, routing_key=queue.name, **publish_options(value, types, codec))
    [(body, message)] = _received(connection, queue, list(serializers))

    assert body == value
    assert bytes(message.body) == types.encode(value, codec)
    said = headers_of(value, types, codec)
    assert message.content_type == said["content-type"]
    assert message.properties.get("message_id") == said.get("message-id")
    assert message.properties.get("correlation_id") == said.get("correlation-id")
    assert message.properties.get("expiration") == said.get("ttl")


def test_documents_of_others_arrive_typed(connection: Connection, queue: Queue) -> None:
    """Of a program that writes the bytes and the content type by itself."""
    types = catalogue()
    register_with_kombu(types)
    headers = headers_of(ENVELOPE, types, "cbor")

    Producer(connection).publish(
        types.encode(ENVELOPE, "cbor"), routing_key=queue.name, content_type=headers["content-type"]
    )

    assert [body for body, _ in _received(connection, queue, ["symphony-cbor:request"])] == [ENVELOPE]


def test_what_cannot_be_read_does_not_stop_a_consumer(connection: Connection, queue: Queue) -> None:
    """What is wrong with it reaches `on_decode_error`, and the messages after it their callbacks."""
    register_with_kombu(catalogue("json"))
    producer = Producer(connection)
    tree, request = "application/json; type=symphony", "application/json; type=request"
    bodies = [
        (b"[", tree),
        (b'[{"@type":"nope","@value":1}]', tree),
        (b'[{"@type":"request","@value":{"id":3}}]', tree),
        (b"\xff", tree),
        (b'{"id":3}', request),
        (b"[]", "application/json; type=nope"),
        (b"[]", "application/json;type=symphony"),
        (b"[]", "application/x-python-serialize"),
    ]
    for body, content_type in bodies:
        producer.publish(body, routing_key=queue.name, content_type=content_type, content_encoding="utf-8")
    producer.publish([ENVELOPE], routing_key=queue.name, serializer="symphony-json")
    refused: list[Exception] = []

    def refuse(message: Any, error: Exception) -> None:
        refused.append(error)
        message.reject()

    found = _received(connection, queue, ["symphony-json", "symphony-json:request"], on_decode_error=refuse)

    assert [body for body, _ in found] == [[ENVELOPE]]
    assert [type(error) for error in refused] == [kombu_errors.DecodeError] * 5 + [kombu_errors.ContentDisallowed] * 3
    assert all(type(error.args[0]) is DecodeError for error in refused[:5])


@pytest.mark.parametrize("codec", CODECS)
def test_what_has_no_type_is_not_published(connection: Connection, codec: str) -> None:
    """The error names the types that there are."""
    register_with_kombu(catalogue())

    with pytest.raises(kombu_errors.EncodeError, match="builtins or a value of request, response, ") as caught:
        Producer(connection).publish([Version(1, 2, 3)], serializer=f"symphony-{codec}")
    assert type(caught.value.args[0]) is EncodeError


@pytest.mark.parametrize(
    "body", [b"[1]", bytearray(b"[1]"), memoryview(b"[1]"), "[1]"], ids=lambda body: type(body).__name__
)
def test_bodies_of_all_kinds_are_read(body: Any) -> None:
    """Transports differ in what they hand over."""
    register_with_kombu(catalogue("json"))

    assert serialization.loads(body, "application/json; type=symphony", "utf-8") == [1]
    with pytest.raises(kombu_errors.DecodeError):
        serialization.loads("\ud800", "application/json; type=symphony", "utf-8")


def test_names_of_serializers() -> None:
    """One for trees and one for each type, in each codec."""
    types = Catalogue({"version": Version}, codecs=("json", "cbor"), name="acme")

    names = register_with_kombu(types)

    assert names == ("acme-json", "acme-json:version", "acme-cbor", "acme-cbor:version")
    assert {name: serialization.registry.name_to_type[name] for name in names} == {
        "acme-json": "application/json; type=acme",
        "acme-json:version": "application/json; type=version",
        "acme-cbor": "application/cbor; type=acme",
        "acme-cbor:version": "application/cbor; type=version",
    }


def test_catalogues_are_registered_beside_each_other() -> None:
    """An equal one again, another one under another name; one that is in the way of another is refused whole."""
    register_with_kombu(catalogue("json"))
    register_with_kombu(catalogue("json"))
    register_with_kombu(Catalogue({"version": Version}, name="acme"))
    before = dict(serialization.registry.name_to_type)

    for taken in (Catalogue({"version": Version}), Catalogue({"new": int, "request": Version}, name="third")):
        with pytest.raises(ValueError, match="expected names that no serializer of kombu has, got "):
            register_with_kombu(taken)
    assert serialization.registry.name_to_type == before
    register_with_kombu(Catalogue({"version": Version}), replace=True)
    wire = b'{"@type":"version","@value":{"major":1,"minor":2,"patch":3}}'
    assert serialization.loads(wire, "application/json; type=symphony", "utf-8") == Version(1, 2, 3)


def test_formats_that_hold_no_trees_are_refused() -> None:
    """A document of TOML is a table."""
    with pytest.raises(ValueError, match="expected formats that hold arrays and null, got toml"):
        register_with_kombu(Catalogue({"version": Version}, codecs="toml"))


def test_publish_options_of_an_envelope() -> None:
    """Nothing of it is rounded down."""
    options = publish_options(ENVELOPE, catalogue())

    assert int(options.pop("expiration") * 1000) == 1002
    assert options == {
        "serializer": "symphony-json:request",
        "message_id": str(ENVELOPE.id),
        "correlation_id": str(ENVELOPE.metadata.correlation_id),
        "priority": 6,
    }
    assert publish_options(VALUES["workflow"], catalogue(), "cbor") == {"serializer": "symphony-cbor:workflow"}
    assert publish_options(VALUES["workflow"], catalogue(), name="error") == {"serializer": "symphony-json:error"}
    with pytest.raises(UnknownTypeError):
        publish_options(1, catalogue())


@pytest.mark.parametrize(("millis", "there"), [(0, True), (2**32 - 1, True), (2**32, False)])
def test_expirations_are_those_that_brokers_take(millis: int, there: bool) -> None:
    """RabbitMQ closes the channel of a longer one."""
    metadata = attrs.evolve(ENVELOPE.metadata, ttl=Duration.from_millis(millis))

    options = publish_options(attrs.evolve(ENVELOPE, metadata=metadata), catalogue())

    assert ("expiration" in options) is there


@pytest.mark.parametrize("urgent", [False, True])
def test_priorities_are_the_steps_of_redis(urgent: bool) -> None:
    """AMQP serves the highest first, kombu's Redis transport the lowest."""
    ranks = [kombu_priority(each, zero_is_urgent=urgent) for each in MessagePriority]

    assert ranks == ([9, 6, 3, 0] if urgent else [0, 3, 6, 9])


def test_errors_are_loaded_when_serializers_are_registered() -> None:
    """Celery makes a class up for an error whose module the caller has not imported."""
    code = "import sys\nfrom symphony_codecs.brokers import *\nregister_with_kombu(Catalogue({'version': int}))\n"
    names = (
        "symphony_types.errors",
        *(f"symphony_codecs{name}.errors" for name in ("", ".channels", ".framing", ".records")),
    )
    code = f"{code}print([name for name in {names} if name not in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert result.stdout == "[]\n", result.stderr


def test_kombu_is_loaded_when_it_is_needed() -> None:
    """Headers and catalogues do without it, and whoever lacks it reads which extra has it."""
    code = (
        "import sys; sys.modules['kombu'] = None\n"
        "from symphony_codecs.brokers import *\n"
        "types = Catalogue({'version': int})\n"
        "headers_of(1, types)\n"
        "try: register_with_kombu(types)\n"
        "except ImportError as error: print(error)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert result.stdout == "register_with_kombu needs kombu: install symphony-types[brokers]\n", result.stderr
