"""A Celery application whose tasks take and return typed values; the tests and their workers both make it."""

from __future__ import annotations

import os

from typing import Any, Final

from celery import Celery

from symphony_codecs import get_codec
from symphony_codecs.brokers import Catalogue, UnknownTypeError, register_with_kombu
from symphony_codecs.channels import ChannelClosedError, ConnectionLostError
from symphony_codecs.framing import RemoteFrameError
from symphony_codecs.records import RecordError
from symphony_types import Issue, JsonRpcRequest, JsonRpcResponse, MessageEnvelope, SymphonyError, Workflow


CODECS: Final = ("json", "msgpack")
CATALOGUE: Final = Catalogue(
    {"request": MessageEnvelope[JsonRpcRequest], "response": MessageEnvelope[JsonRpcResponse], "workflow": Workflow},
    codecs=CODECS,
)

ISSUES: Final = (Issue(("a", 0), "wrong_type", "an integer", "str 'x'"), Issue((), "syntax", "a value", "nothing"))
# Errors of the packages besides variants: they are restored whatever arguments their constructors take.
ERRORS: Final[dict[str, Exception]] = {
    "channel": ChannelClosedError("the peer has left"),
    "connection": ConnectionLostError(reason="the peer gave up"),
    "frame": RemoteFrameError("header_checksum", "expected 1, got 2", offset=2**40),
    "record": RecordError(format="json", as_type=int, issues=ISSUES, offset=7, size=9, index=1),
    "type": UnknownTypeError("expected a type of a, b, got str 'c'"),
}


def make_app(url: str, codec: str) -> Celery:
    """Return the application whose messages are in the format of *codec*, over the Redis server at *url*."""
    register_with_kombu(CATALOGUE)
    serializer = f"symphony-{codec}"
    app = Celery("symphony", broker=url, backend=url, set_as_current=False)
    app.conf.update(
        task_serializer=serializer,
        result_serializer=serializer,
        accept_content=[serializer],
        task_default_queue=codec,
        worker_hijack_root_logger=False,
    )

    @app.task(shared=False, name="answer")
    def answer(envelope: MessageEnvelope[JsonRpcRequest], *, result: Any = None) -> MessageEnvelope[JsonRpcResponse]:
        assert type(envelope) is MessageEnvelope
        assert type(envelope.payload) is JsonRpcRequest
        return envelope.with_payload(JsonRpcResponse(result=result, id=envelope.payload.id))

    @app.task(shared=False, name="results")
    def results(envelopes: list[MessageEnvelope[JsonRpcResponse]]) -> list[Any]:
        return [envelope.payload.result for envelope in envelopes]

    @app.task(shared=False, name="echo")
    def echo(*args: Any, **kwargs: Any) -> Any:
        return {"args": args, "kwargs": kwargs}

    @app.task(shared=False, name="unknown")
    def unknown() -> object:
        return object()

    @app.task(shared=False, name="fail")
    def fail(wire: Any, note: str) -> None:
        error = SymphonyError.from_wire(wire)
        error.add_note(note)
        raise error

    @app.task(shared=False, name="fail_otherwise")
    def fail_otherwise(name: str) -> None:
        raise ERRORS[name]

    @app.task(shared=False, name="misread")
    def misread(document: bytes) -> MessageEnvelope[JsonRpcRequest]:
        return get_codec("json").decode(document, MessageEnvelope[JsonRpcRequest])

    @app.task(shared=False, name="miswrite")
    def miswrite() -> bytes:
        return get_codec("json").encode({"a": {1: object()}})

    return app


if "SYMPHONY_TEST_REDIS" in os.environ:  # in a worker process
    app = make_app(os.environ["SYMPHONY_TEST_REDIS"], os.environ["SYMPHONY_TEST_CODEC"])
