"""Inputs to begin with, and the corpus: what mutations found to reach more code, in a file for each target."""

from __future__ import annotations

import base64

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from symphony_codecs import get_codec
from symphony_codecs.benchmark.generate import generate
from symphony_codecs.schema.export.saved import save
from symphony_types import JsonRpcRequest, MessageEnvelope, ProcessId
from tests.codecs import everything
from tests.codecs.channels import both_ways
from tests.codecs.framing.frame_cases import CASES
from tests.fuzz.targets import READ_AS


__all__ = ["corpus", "corpus_file", "seeds"]

_ME: Final = ProcessId.parse("123e4567-e89b-42d3-a456-426614174002")


def corpus_file(name: str) -> Path:
    """Return the file of a target: one input a line, in base64."""
    return Path(__file__).with_name("corpus") / f"{name}.txt"


def corpus(name: str) -> list[bytes]:
    """Return what mutations found for a target."""
    return [base64.b64decode(line) for line in corpus_file(name).read_text("ascii").splitlines()]


def seeds(name: str) -> list[bytes]:
    """Return inputs for a target that are mostly valid."""
    make = _OTHERS.get(name)
    return list(make() if make is not None else _documents(name))


def _documents(name: str) -> Iterator[bytes]:
    for number, tp in enumerate(READ_AS):
        for value in generate(tp, 3):
            yield bytes([number * 4]) + get_codec(name).encode(value, tp)
            if name == "msgpack":
                yield bytes([number * 4 + 3]) + get_codec("msgpack-compact").encode(value, tp)


def _frames() -> Iterator[bytes]:
    yield from (bytes(3) + case.data for case in CASES)
    client, *_ = both_ways.opened({"max_payload": 1024}, None)
    for size in (5, 500, 3000):
        client.send(MessageEnvelope(sender=_ME, payload="x" * size))
        client.send_heartbeat()
        client.send(JsonRpcRequest(method="m", id=size))
        yield b"\x01\x05\x40" + both_ways.said(client)


def _policies() -> Iterator[bytes]:
    yield b'[unix_socket]\nformats = ["json", "cbor"]\nheartbeat = 2.5\nchecksum = true\n'
    yield b'[tcp]\nmax_message = 100000\nmax_payload = 1000\ncompressions = ["zlib"]\ncompress_over = 10\n'


def _types() -> Iterator[bytes]:
    for text in ("Version", "MessageEnvelope[Workflow]", "dict[str, int] | None", "Literal['a', 1]", "tuple[int, ...]"):
        yield text.encode()
    yield f"list[{everything.__name__}:Tree | {everything.__name__}:Dot]".encode()


def _schemas() -> Iterator[bytes]:
    for tp in (everything.Tree, everything.Box[everything.Circle | everything.Dot], everything.Cat, everything.Pair):
        yield save(tp, ["json"])


_OTHERS: Final[Mapping[str, Callable[[], Iterator[bytes]]]] = {
    "frames": _frames,
    "policy": _policies,
    "typeref": _types,
    "schema": _schemas,
}
