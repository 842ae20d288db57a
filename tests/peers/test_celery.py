"""Celery over a real Redis server, with worker processes: tasks take and return typed values and errors."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_codecs.brokers import Catalogue, publish_options, register_with_kombu
from symphony_types import JsonRpcRequest, JsonRpcResponse, MessageEnvelope, MessagePriority, SymphonyError
from tests.codecs.brokers.messages import ENVELOPE, VALUES
from tests.samples import SAMPLES


celery, redis = (pytest.importorskip(name, reason="the extra test-peers has it") for name in ("celery", "redis"))

from celery import chain, chord, group  # noqa: E402 - may not be installed
from kombu import Connection, Consumer, Producer, Queue  # noqa: E402
from kombu import exceptions as kombu_errors  # noqa: E402

from tests.peers.celery_tasks import CODECS, ERRORS, make_app  # noqa: E402


# One process runs all of them, so that there is one server, and one worker for each codec.
pytestmark = [pytest.mark.peers, pytest.mark.checkout, pytest.mark.xdist_group("celery")]

SECONDS = 30
WORKFLOW = VALUES["workflow"]


@contextlib.contextmanager
def _running(command: list[Any], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program, and end it afterwards."""
    process = subprocess.Popen([str(part) for part in command], **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module", name="server")
def _server() -> Iterator[str]:
    """Yield the URL of a new Redis server on a Unix socket."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: Debian has it in the package of that name")
    with tempfile.TemporaryDirectory(prefix="redis") as folder:
        path = Path(folder) / "socket"
        options = ("--port", 0, "--unixsocket", path, "--dir", folder, "--save", "", "--appendonly", "no")
        with _running([program, *options], stdout=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + SECONDS
            while not path.exists():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.01)
            yield f"redis+socket://{path}"


@pytest.fixture(scope="module", params=CODECS, name="app")
def _app(server: str, request: pytest.FixtureRequest, checkout: Path) -> Iterator[Any]:
    """Yield an application whose worker is running."""
    codec = request.param
    env = {**os.environ, "SYMPHONY_TEST_REDIS": server, "SYMPHONY_TEST_CODEC": codec}
    command = [sys.executable, "-m", "celery", "-A", "tests.peers.celery_tasks", "worker", "--concurrency", 2]
    options = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "CRITICAL", "-Q", codec)
    app = make_app(server, codec)
    with _running([*command, *options], env=env, cwd=checkout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        yield app
        # Results that outlive the server, as in the traceback of a failed test, would try to reach it.
        app.backend.remove_pending_result = lambda _: None
        app.backend.result_consumer.stop()
        app.close()


def _value(result: Any) -> Any:
    return result.get(timeout=SECONDS)


def _error(result: Any) -> Exception:
    with pytest.raises(Exception) as caught:
        _value(result)
    return caught.value


def test_urgent_messages_come_first(server: str) -> None:
    """Kombu's Redis transport serves priority 0 first, and all priorities differ."""
    types = Catalogue({"urgent.request": MessageEnvelope[JsonRpcRequest]}, name="urgent")
    register_with_kombu(types)
    envelopes = [
        attrs.evolve(ENVELOPE, metadata=attrs.evolve(ENVELOPE.metadata, priority=priority))
        for priority in MessagePriority
    ]
    received: list[Any] = []

    def take(body: Any, message: Any) -> None:
        received.append(body)
        message.ack()

    with Connection(server) as connection:
        queue = Queue("urgent")(connection)
        queue.declare()
        for envelope in envelopes:
            options = publish_options(envelope, types, zero_is_urgent=True)
            Producer(connection).publish(envelope, routing_key="urgent", **options)
        with Consumer(connection, [queue], callbacks=[take], accept=["urgent-json:urgent.request"], prefetch_count=1):
            while len(received) < len(envelopes):
                connection.drain_events(timeout=SECONDS)

    assert received == envelopes[::-1]


def test_arguments_and_results_are_typed(app: Any) -> None:
    """Positional and keyword arguments have the types of the task's annotations."""
    answer = app.tasks["answer"].delay(ENVELOPE, result={"tools": ["search", 2**53]})

    assert _value(answer) == ENVELOPE.with_payload(JsonRpcResponse(result={"tools": ["search", 2**53]}, id=7))


def test_values_may_be_nested(app: Any) -> None:
    """They may be nested in builtins and in types of the standard library."""
    arguments = [WORKFLOW, [ENVELOPE, None], {"deep": {"er": ENVELOPE}}, {1: b"\xff"}]
    keywords = {"when": dt.datetime(2024, 2, 29, tzinfo=dt.UTC), "much": Decimal("1.10"), "id": uuid.UUID(int=1)}

    assert _value(app.tasks["echo"].delay(*arguments, **keywords)) == {"args": arguments, "kwargs": keywords}


def test_results_are_passed_on_typed(app: Any) -> None:
    """They pass from task to task of a chain, from a group to a chord's body, and from a group to the caller."""
    answer, echo, results = (app.tasks[name] for name in ("answer", "echo", "results"))
    headers = [answer.s(ENVELOPE, result=number) for number in range(3)]
    last = ENVELOPE.with_payload(JsonRpcResponse(result="x", id=7))

    chained = chain(answer.s(ENVELOPE, result="x"), echo.s(more=WORKFLOW), app=app)()
    assert _value(chained) == {"args": [last], "kwargs": {"more": WORKFLOW}}
    assert _value(chord(headers, results.s(), app=app)()) == [0, 1, 2]
    assert [each.payload.result for each in _value(group(headers, app=app)())] == [0, 1, 2]
    assert _value(chord(headers, results.s(), app=app).apply_async(countdown=0.01)) == [0, 1, 2]


def test_every_error_comes_back(app: Any) -> None:
    """Errors are equal, including their notes."""
    errors = [value for _, value in SAMPLES.values() if isinstance(value, SymphonyError)]
    running = [(error, app.tasks["fail"].delay(error.to_wire(), "seen by the worker")) for error in errors]

    assert len(errors) > 30
    for error, result in running:
        raised = _error(result)
        assert raised == error
        assert raised.__notes__ == ["seen by the worker"]


def test_errors_of_codecs_come_back_whole(app: Any) -> None:
    """They keep all their issues."""
    document = b'{"id": 3, "payload": {"method": 1}}'
    with pytest.raises(DecodeError) as read:
        get_codec("json").decode(document, MessageEnvelope[JsonRpcRequest])
    with pytest.raises(EncodeError) as written:
        get_codec("json").encode({"a": {1: object()}})

    for here, there in (
        (read.value, _error(app.tasks["misread"].delay(document))),
        (written.value, _error(app.tasks["miswrite"].delay())),
    ):
        assert type(there) is type(here)
        assert there == here
        assert (there.format, there.issues, str(there)) == (here.format, here.issues, str(here))


@pytest.mark.parametrize("name", ERRORS)
def test_other_errors_come_back_whole(app: Any, name: str) -> None:
    """They keep the arguments of their constructors, except types, which become strings."""
    here, there = ERRORS[name], _error(app.tasks["fail_otherwise"].delay(name))

    assert type(there) is type(here)
    assert str(there) == str(here)
    assert {**vars(there), "as_type": None} == {**vars(here), "as_type": None}


def test_errors_end_chains(app: Any) -> None:
    """The caller gets the error of the task that failed."""
    document = b'{"id": 3}'
    failing = chain(app.tasks["misread"].s(document), app.tasks["echo"].s(), app=app)()

    assert type(_error(failing)) is DecodeError


def test_values_of_unknown_types_are_refused(app: Any) -> None:
    """The error lists the known types, for an argument and for a result."""
    with pytest.raises(kombu_errors.EncodeError, match="a value of request, response, workflow, got object") as caught:
        app.tasks["echo"].delay([object()])
    assert type(caught.value.args[0]) is EncodeError
    error = _error(app.tasks["unknown"].delay())
    assert type(error) is kombu_errors.EncodeError
    assert "a value of request, response, workflow, got object" in str(error)


def test_an_unreadable_message_does_not_stop_a_worker(app: Any) -> None:
    """Celery drops it, and goes on with the next one."""
    codec = get_codec(app.conf.task_default_queue)
    unknown = codec.encode([[{"@type": "nope", "@value": 1}], {}, {}])
    unfit = codec.encode([[{"@type": "request", "@value": {"id": 3}}], {}, {}])
    own = f"{codec.content_type}; type=symphony"
    labels = (own, "application/json", "application/x-python-serialize", "text/plain; type=symphony")
    with app.producer_or_acquire() as producer:
        for body in (unknown, unfit, unknown[:-1], b"\xc1"):
            for label in labels:
                producer.publish(
                    body,
                    exchange="",
                    routing_key=app.conf.task_default_queue,
                    content_type=label,
                    content_encoding="utf-8",
                    headers={"task": "echo", "id": str(uuid.uuid4()), "lang": "py"},
                )

    assert _value(app.tasks["answer"].delay(ENVELOPE)).payload.result is None


def test_workers_answer_to_remote_control(app: Any) -> None:
    """Celery's own messages use the same format."""
    _value(app.tasks["echo"].delay())  # the worker has to be up when it is asked

    assert [list(reply.values()) for reply in app.control.ping(timeout=SECONDS, limit=1)] == [[{"ok": "pong"}]]
