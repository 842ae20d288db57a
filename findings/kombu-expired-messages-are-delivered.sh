#!/usr/bin/env bash
# kombu's `publish(expiration=...)` does nothing on most transports: messages that have expired are delivered.
#
# Version: kombu 5.7.0.
# Guess: "expiration (float): A TTL in seconds can be specified per message" holds for all transports, or one that cannot
# do it says so.
# Seen: of the virtual transports only MongoDB's reads the property. Those for Redis, SQS, memory and others carry it along
# and nobody looks at it, neither the broker nor the consumer. Where it counts, on AMQP, seconds are cut to whole
# milliseconds by way of a float: 1.001 s becomes 1000 ms, and 0.9 ms becomes 0, which is "expire at once".
# Why it matters: a program that is moved from RabbitMQ to Redis, or tested with `memory://`, acts on orders and offers that
# ran out while the queue was long, and nothing in its configuration has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check kombu==5.7.0
"$work/venv/bin/python" - <<'EOF'
import socket
import time

from pathlib import Path

import kombu.transport

from kombu import Connection, Consumer, Producer, Queue

found = []


def take(body, message):
    found.append((body, message.properties["expiration"]))
    message.ack()


with Connection("memory://") as connection:
    queue = Queue("work")(connection)
    queue.declare()
    producer = Producer(connection)
    for seconds in (0.05, 1.001, 0.0009):
        producer.publish({"seconds": seconds}, routing_key="work", expiration=seconds)
    time.sleep(1.2)
    with Consumer(connection, [queue], callbacks=[take]):
        try:
            while True:
                connection.drain_events(timeout=0.1)
        except socket.timeout:
            pass
for body, millis in found:
    print(f"published for {body['seconds']} s, which is {millis} ms on the wire: delivered after 1.2 s")
assert found == [({"seconds": 0.05}, "50"), ({"seconds": 1.001}, "1000"), ({"seconds": 0.0009}, "0")]

folder = Path(kombu.transport.__file__).parent
naming = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py") if "'expiration'" in path.read_text())
print("transports that name the property:", *naming)
assert naming == ["mongodb.py"]
EOF
