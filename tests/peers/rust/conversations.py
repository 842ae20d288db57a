"""Requests and answers of a conversation, and a relay that damages the bytes between the two ends."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import struct
import subprocess
import threading

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from symphony_types import JsonRpcError, JsonRpcRequest, JsonRpcResponse, MessageEnvelope, ProcessId


__all__ = ["HERE", "answer", "calls", "damaging", "rust_call", "rust_server"]

HERE: Final = ProcessId.new()
_SECONDS: Final = 60
_UNKNOWN: Final = -32601


def answer(message: MessageEnvelope[Any]) -> MessageEnvelope[Any] | None:
    """Answer as the server in Rust does; return `None` for unknown requests."""
    asked = message.payload
    if not isinstance(asked, JsonRpcRequest):
        return None
    return message.reply(_answer(asked), sender=HERE)


def _answer(asked: JsonRpcRequest) -> JsonRpcResponse:
    if asked.method == "echo":
        return JsonRpcResponse(result=asked.params, id=asked.id)
    if asked.method == "repeat":
        return JsonRpcResponse(result=asked.params["text"] * asked.params["times"], id=asked.id)
    return JsonRpcResponse(error=JsonRpcError(code=_UNKNOWN, message=f"no method {asked.method}"), id=asked.id)


def calls(count: int) -> Iterator[tuple[MessageEnvelope[Any], JsonRpcResponse]]:
    """Yield requests with random values, and their answers; some are larger than a frame."""
    rng = random.Random(count)
    for number in range(count):
        match number % 10:
            case 3:
                ask = JsonRpcRequest(
                    method="repeat", params={"text": "é\U00010000x", "times": rng.randrange(9000)}, id=number
                )
            case 6:
                ask = JsonRpcRequest(method="unknown", id=number)
            case _:
                ask = JsonRpcRequest(method="echo", params=_value(rng, 4), id=number)
        yield MessageEnvelope(sender=HERE, payload=ask), _answer(ask)


def _value(rng: random.Random, depth: int) -> Any:
    match rng.randrange(9 if depth else 6):
        case 0:
            return rng.choice([None, True, False])
        case 1:
            return rng.choice([0, -1, 2**64 - 1, -(2**63), rng.randrange(-(2**40), 2**40)])
        case 2:
            return rng.choice([0.5, -1e300, 5e-324, rng.random(), rng.random() * 1e20])
        case 3 | 4 | 5:
            return "".join(rng.choices('aé\u20ac\U0001f600\n"\\ ', k=rng.randrange(40)))
        case 6:
            return [_value(rng, depth - 1) for _ in range(rng.randrange(6))]
        case _:
            return {f"key {place}": _value(rng, depth - 1) for place in range(rng.randrange(6))}


@contextlib.contextmanager
def rust_server(program: Path, path: Path, **task: Any) -> Iterator[Callable[[], dict[str, Any]]]:
    """Run the server in Rust; yield a function that waits for its report on the next connection that has ended."""
    text = json.dumps({"task": "serve", "path": str(path), **task})
    with subprocess.Popen([program, text], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines = process.stdout
        assert json.loads(lines.readline()) == "listening"
        try:
            yield lambda: json.loads(lines.readline())
        finally:
            process.stdin.close()
            process.wait(_SECONDS)


def rust_call(program: Path, path: Path, **task: Any) -> dict[str, Any]:
    """Run the client in Rust; return its report on the conversation."""
    text = json.dumps({"task": "call", "path": str(path), **task})
    done = subprocess.run([program, text], capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextlib.contextmanager
def damaging(path: Path, target: Path, direction: str, place: str) -> Iterator[None]:
    """
    Listen at *path*, and carry one connection to *target*.

    Args:
        path: Where to listen.
        target: Where to connect to.
        direction: ``"to server"`` or ``"to client"``: one bit of its first message is changed.
        place: ``"header"`` or ``"payload"``.
    """
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def carry() -> None:
            near, _ = listener.accept()
            with near, socket.socket(socket.AF_UNIX) as far:
                far.connect(str(target))
                threads = [
                    threading.Thread(target=_carry, args=(near, far, direction == "to server", place)),
                    threading.Thread(target=_carry, args=(far, near, direction == "to client", place)),
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(_SECONDS)

        thread = threading.Thread(target=carry)
        thread.start()
        yield
        thread.join(_SECONDS)
        assert not thread.is_alive()


def _carry(source: socket.socket, target: socket.socket, is_damaging: bool, place: str) -> None:
    with contextlib.suppress(OSError), source.makefile("rb") as stream:
        while header := stream.read(32):
            payload_size, flags = struct.unpack_from(">I", header, 24)[0], header[9]
            rest = bytearray(stream.read(payload_size + 4 * (flags & 1) + 32 * (flags >> 2 & 1)))
            changed = bytearray(header)
            if is_damaging and header[4] < 3:
                if place == "header":
                    changed[20] ^= 4
                else:
                    rest[payload_size - 1] ^= 4
            target.sendall(changed + rest)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
