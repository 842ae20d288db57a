#!/usr/bin/env bash
# kombu takes a content type for a plain key: with a parameter or a capital letter JSON arrives as text, without an error.
#
# Version: kombu 5.7.0.
# Guess: `application/json; charset=utf-8` is JSON to a consumer, and so is `Application/JSON` (RFC 9110, section 8.3.1); or
# the consumer says that it does not know the type.
# Seen: a consumer with default settings gets the undecoded document as a `str`. Consumers with `accept=["json"]` refuse
# the same message as untrusted. An empty body arrives as `b""` in either, whatever its content type: no decoder is asked.
# Why it matters: programs that are not written with kombu label JSON with a charset, many by default. A callback that
# expects a dict fails far from the cause, or takes the text for data: `"id" in body` is true of the text as well.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check kombu==5.7.0
"$work/venv/bin/python" - <<'EOF'
import socket

from kombu import Connection, Consumer, Producer, Queue

DOCUMENT = b'{"id":1}'
sent = [
    ("application/json", DOCUMENT),
    ("application/json; charset=utf-8", DOCUMENT),
    ("Application/JSON", DOCUMENT),
    ("application/json", b""),
]


def received(connection, queue, **options):
    producer = Producer(connection)
    for content_type, body in sent:
        producer.publish(body, routing_key="work", content_type=content_type, content_encoding="utf-8")
    found = []

    def take(body, message):
        found.append(body)
        message.ack()

    def refuse(message, error):
        found.append(type(error).__name__)
        message.reject()

    with Consumer(connection, [queue], callbacks=[take], on_decode_error=refuse, **options):
        try:
            while True:
                connection.drain_events(timeout=0.1)
        except socket.timeout:
            return found


with Connection("memory://") as connection:
    queue = Queue("work")(connection)
    queue.declare()
    by_default, careful = received(connection, queue), received(connection, queue, accept=["json"])
for (content_type, body), one, other in zip(sent, by_default, careful):
    print(f"{content_type:33} {body!r:12} by default {one!r:12} accept=['json'] {other!r}")
assert by_default == [{"id": 1}, '{"id":1}', '{"id":1}', b""]
assert careful == [{"id": 1}, "ContentDisallowed", "ContentDisallowed", b""]
assert "id" in by_default[1]
EOF
