"""A real server of the Model Context Protocol, made with its reference SDK, with the framing ``newline``."""

from __future__ import annotations

import random
import sys

from pathlib import Path
from typing import Any

import pytest

from symphony_types import ErrorCode, JsonRpcRequest
from tests.peers.child import Child, pieces


pytestmark = pytest.mark.peers

SERVER = Path(__file__).with_name("mcp_server.py")
VERSION = "2025-06-18"


class Server(Child):
    """An MCP server that has been initialized; it may ask the client, and gets *name* as the answer."""

    def __init__(self, name: str = "") -> None:
        super().__init__(
            [sys.executable, str(SERVER)],
            "newline",
            answers={"elicitation/create": lambda params: {"action": "accept", "content": {"name": name}}},
        )

    def initialize(self) -> Any:
        result = self.call(
            "initialize",
            {
                "protocolVersion": VERSION,
                "capabilities": {"elicitation": {}},
                "clientInfo": {"name": "tests", "version": "0"},
            },
        )
        self.notify("notifications/initialized")
        return result

    def tool(self, tool: str, **arguments: Any) -> Any:
        """Call a tool, wait, and return its result."""
        result = self.call("tools/call", {"name": tool, "arguments": arguments})
        assert result["isError"] is False, result
        return result["structuredContent"]["result"]

    def ask(self, tool: str, **arguments: Any) -> Any:
        """Call a tool without waiting, and return the request's id."""
        return self.request("tools/call", {"name": tool, "arguments": arguments})


def test_a_conversation() -> None:
    """From initialize to the end of its input, an MCP server understands our messages, and we understand its."""
    with Server() as server:
        about = server.initialize()
        assert (about["protocolVersion"], about["serverInfo"]) == (VERSION, {"name": "peer", "version": "1.2.3"})

        tools = server.call("tools/list")["tools"]
        assert [tool["name"] for tool in tools] == ["add", "echo", "wait", "open", "count", "greet"]
        assert tools[0]["inputSchema"]["required"] == ["a", "b"]

        assert server.tool("add", a=2, b=2**40) == 2 + 2**40
        assert server.tool("echo", text="é\r\n\u2028😀\x00") == "é\r\n\u2028😀\x00"

        failed = server.call("tools/call", {"name": "add", "arguments": {"a": 2, "b": "x"}})
        assert failed["isError"] is True
        invalid = server.response(server.request("tools/call", {"name": 7}))
        assert invalid.error is not None
        assert invalid.error.code == ErrorCode.INVALID_PARAMS
        unknown = server.response(server.request("no/such/method"))
        assert unknown.error is not None
        assert unknown.error.code == ErrorCode.METHOD_NOT_FOUND

        assert server.call("ping") == {}
        assert server.end() == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_pipelined_requests_in_pieces(seed: int) -> None:
    """300 requests, written without waiting, cut anywhere and with either line end, get one answer each."""
    rng = random.Random(seed)
    with Server() as server:
        server.initialize()
        texts = ["".join(rng.choices('aé漢😀\n\r"\\', k=rng.randint(0, 500))) for _ in range(300)]
        requests: list[JsonRpcRequest] = []
        data = b""
        for text in texts:
            requests.append(server.make("tools/call", {"name": "echo", "arguments": {"text": text}}))
            data += server.wrap(requests[-1])
            if rng.random() < 0.2:
                data = data.removesuffix(b"\n") + b"\r\n"
        for piece in pieces(data, rng):
            server.write(piece)
        for text, request in zip(texts, requests, strict=True):
            assert server.response(request.id).result["structuredContent"] == {"result": text}
        assert sorted(server.answered()) == list(range(1, 302))  # initialize was the first request
        assert server.end() == 0


def test_large_documents() -> None:
    """A megabyte in many scripts comes back unchanged, on one line."""
    text = "".join(f"{number} é漢😀\n" for number in range(75_000))
    assert len(text.encode()) > 1024 * 1024
    with Server() as server:
        server.initialize()
        assert server.tool("echo", text=text) == text
        assert server.end() == 0


def test_answers_out_of_order() -> None:
    """Requests that wait for one another are answered in the order in which they finish, each with its own id."""
    with Server() as server:
        server.initialize()
        doors = [f"door {number}" for number in range(20)]
        waiting = {door: server.ask("wait", door=door) for door in doors}
        order = random.Random(3).sample(doors, len(doors))
        for door in order:
            assert server.tool("open", door=door) == f"opened {door}"
            assert server.response(waiting[door]).result["structuredContent"] == {"result": f"went through {door}"}
        answered = [request for request in server.answered() if request in waiting.values()]
        assert answered == [waiting[door] for door in order]
        assert answered != sorted(answered)
        assert server.end() == 0


def test_requests_of_the_server() -> None:
    """While it works on a request, the server asks the client, and uses the answer."""
    with Server(name="Zoë 😀") as server:
        server.initialize()
        for _ in range(10):
            assert server.tool("greet") == "hello Zoë 😀"
        assert [request.method for request in server.asked] == ["elicitation/create"] * 10
        assert len({request.id for request in server.asked}) == 10
        assert server.end() == 0


def test_notifications_of_the_server() -> None:
    """Progress arrives before the answer, each step once and in order."""
    with Server() as server:
        server.initialize()
        params = {"name": "count", "arguments": {"to": 50}, "_meta": {"progressToken": "t"}}
        request = server.request("tools/call", params)
        for number in range(1, 51):
            assert server.notification("notifications/progress") == {
                "progressToken": "t",
                "progress": number,
                "total": 50,
                "message": f"é{number}",
            }
        assert server.response(request).result["structuredContent"] == {"result": 50}
        assert server.end() == 0


def test_cancelling() -> None:
    """A cancelled request is not answered; other requests are."""
    with Server() as server:
        server.initialize()
        lost, kept = server.ask("wait", door="one"), server.ask("wait", door="two")
        server.notify("notifications/cancelled", {"requestId": lost, "reason": "changed my mind"})
        assert server.tool("open", door="one") == "opened one"
        assert server.tool("open", door="two") == "opened two"
        assert server.response(kept).result["structuredContent"] == {"result": "went through two"}
        assert server.end() == 0
        assert lost not in server.answered()


def test_lines_that_are_not_messages() -> None:
    """After empty lines and garbage from the client, the server answers later requests."""
    with Server() as server:
        server.initialize()
        server.write(b"\n\r\n{}\nnot json\r\n")
        assert server.call("ping") == {}
        assert server.end() == 0
