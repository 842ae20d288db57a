"""Derives and classes side by side, as the page about Rust shows them: the same bytes in every format."""

from __future__ import annotations

import json
import subprocess

from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from symphony_codecs.channels import blocking
from symphony_types import JsonRpcResponse, MessageEnvelope
from tests.codecs.conftest import NAMES
from tests.peers.rust.conversations import HERE
from tests.peers.rust.crate import FORMATS, cargo, program
from tests.peers.rust.pairs import PAIRS, codec_of


pytestmark = pytest.mark.rust


# serde writes arrays without the omitted fields, which it cannot read; and arrays of the same length look alike.
WITHOUT: Final = {("LeftOut", "msgpack-compact"), ("Untagged", "msgpack-compact")}


@pytest.fixture(scope="session", name="programs")
def _programs(peer: Path) -> Path:
    cargo("build", "--bin", "pairs", "--bin", "ask")
    return peer.parent


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize(("name", "format_name"), [pair for pair in product(PAIRS, NAMES) if pair not in WITHOUT])
def test_rust_encodes_the_same_bytes(name: str, format_name: str) -> None:
    """The derive decodes the documents of the class, and encodes the same bytes."""
    codec, (tp, _, values) = codec_of(name, format_name), PAIRS[name]
    for value in values:
        data = codec.encode(value, tp)
        command = [str(program("pairs")), name, str(FORMATS[format_name])]
        done = subprocess.run(command, input=data, capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stdout) == (0, data), done.stderr.decode()


@pytest.mark.usefixtures("programs")
def test_ten_lines_ask_a_server(tmp_path: Path) -> None:
    """The shortest client of the page gets its answer."""

    def answer(message: MessageEnvelope[Any]) -> MessageEnvelope[Any]:
        return message.reply(JsonRpcResponse(result=["search"], id=message.payload.id), sender=HERE)

    path = tmp_path / "socket"
    with blocking.serve(f"unix://{path}", answer=answer):
        done = subprocess.run([program("ask"), path], capture_output=True, timeout=60, check=True)
    assert json.loads(done.stdout) == {"jsonrpc": "2.0", "result": ["search"], "id": 1}
