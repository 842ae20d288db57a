"""A real language server, python-lsp-server, with the framing ``content-length``."""

from __future__ import annotations

import os
import random
import sys

from pathlib import Path
from typing import Any

import pytest

from symphony_types import ErrorCode, JsonRpcNotification, JsonRpcRequest
from tests.peers.child import Child, pieces


pytestmark = pytest.mark.peers

# The character before `shout` is 2 units of UTF-16, 4 bytes of UTF-8, and 1 character.
SOURCE = '''\
import textwrap


def shout(text: str) -> str:
    """Return the text in capitals: ß → SS, 😀."""
    return text.upper()


face = "😀"; shout(face)
shou
'''
IN_IMPORT = {"line": 0, "character": len("import textw")}
AFTER_FACE = {"line": 8, "character": len('face = "') + 2 + len('"; sh')}
END = {"line": 9, "character": 4}


class Server(Child):
    """A language server that knows its folder and this client's capabilities."""

    def __init__(self, folder: Path) -> None:
        self.uri = (folder / "näme.py").as_uri()
        self.document = {"uri": self.uri}
        super().__init__(
            [sys.executable, "-m", "pylsp"],
            "content-length",
            answers={"window/workDoneProgress/create": lambda params: None},
            env={"XDG_CACHE_HOME": str(folder / "cache"), "XDG_CONFIG_HOME": str(folder / "config")},
        )
        self.folder = folder

    def initialize(self, **capabilities: Any) -> Any:
        result = self.call(
            "initialize",
            {"processId": os.getpid(), "rootUri": self.folder.as_uri(), "capabilities": capabilities},
        )
        self.notify("initialized", {})
        return result

    def open(self, text: str) -> None:
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": self.uri, "languageId": "python", "version": 1, "text": text}},
        )

    def at(self, **position: Any) -> Any:
        return {"textDocument": self.document, **position}

    def diagnostics(self, version: int) -> list[str]:
        params = self.notification("textDocument/publishDiagnostics", lambda params: params.get("version") == version)
        assert params["uri"] == self.uri
        return [found["message"] for found in params["diagnostics"] if found["source"] == "pyflakes"]

    def finish(self) -> None:
        """Shut down as the protocol requires."""
        assert self.call("shutdown") is None
        late = self.response(self.request("textDocument/hover", self.at(position=END)))
        assert late.error is not None
        assert late.error.code == ErrorCode.INVALID_REQUEST
        self.notify("exit")
        assert self.end(hang_up=False) == 0


def test_a_conversation(tmp_path: Path) -> None:
    """From initialize to exit, a language server understands our messages, and we understand its."""
    with Server(tmp_path) as server:
        about = server.initialize()
        assert about["serverInfo"]["name"] == "pylsp"
        assert about["capabilities"]["hoverProvider"] is True

        server.open(SOURCE)
        completion = server.call("textDocument/completion", server.at(position=IN_IMPORT))
        assert [item["insertText"] for item in completion["items"]] == ["textwrap"]
        assert server.diagnostics(1) == ["'textwrap' imported but unused", "undefined name 'shou'"]

        hover = server.call("textDocument/hover", server.at(position=AFTER_FACE))
        assert "ß → SS, 😀." in str(hover["contents"])

        change = {"range": {"start": {"line": 9, "character": 0}, "end": END}, "text": "print(textwrap)"}
        document = {"uri": server.uri, "version": 2}
        server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        assert server.diagnostics(2) == []

        unknown = server.response(server.request("no/such/method", {"a": [1, None]}))
        assert unknown.error is not None
        assert unknown.error.code == ErrorCode.METHOD_NOT_FOUND
        server.finish()


@pytest.mark.parametrize("seed", [1, 2])
def test_pipelined_requests_in_pieces(tmp_path: Path, seed: int) -> None:
    """300 requests and as many notifications, written without waiting and cut anywhere, get one answer each."""
    rng = random.Random(seed)
    with Server(tmp_path) as server:
        server.initialize()
        server.open(SOURCE)
        requests: list[JsonRpcRequest] = []
        data = b""
        for number in range(300):
            method, params = rng.choice(
                [
                    ("textDocument/documentSymbol", server.at()),
                    ("textDocument/foldingRange", server.at()),
                    ("textDocument/formatting", server.at(options={"tabSize": 4})),
                    ("no/such/method", {"filler": "é" * rng.randint(0, 3000)}),
                ]
            )
            requests.append(server.make(method, params))
            data += server.wrap(requests[-1])
            data += server.wrap(JsonRpcNotification(method="$/nothing", params={"number": number}))
        for piece in pieces(data, rng):
            server.write(piece)
        answers = [server.response(request.id) for request in requests]
        assert sorted(server.answered()) == list(range(1, 302))  # initialize was the first request
        for request, answer in zip(requests, answers, strict=True):
            if request.method.startswith("no/"):
                assert answer.error is not None
                assert answer.error.code == ErrorCode.METHOD_NOT_FOUND
                assert answer.error.message.endswith(request.method)
            elif request.method.endswith("Symbol"):
                assert [symbol["name"] for symbol in answer.result] == ["textwrap", "shout", "face"]
            elif request.method.endswith("Range"):
                assert answer.result == [{"startLine": 3, "endLine": 5}]
            else:
                assert answer.result is None  # there is no formatter
        server.finish()


def test_a_large_document(tmp_path: Path) -> None:
    """A document of a megabyte in many scripts arrives whole, as the answers show."""
    filler = "".join(f"# {number} é漢😀\n" for number in range(60_000))
    source = f"{filler}name = '漢😀'; other = name\nundefined\n"
    assert len(source.encode()) > 1024 * 1024
    with Server(tmp_path) as server:
        server.initialize()
        server.open(source)
        assert server.diagnostics(1) == ["undefined name 'undefined'"]
        start = {"line": 60_000, "character": len("name = '漢") + 2 + len("'; other = n")}
        assert server.call("textDocument/definition", server.at(position=start)) == [
            {
                "uri": server.uri,
                "range": {"start": {"line": 60_000, "character": 0}, "end": {"line": 60_000, "character": 4}},
            }
        ]
        server.finish()


def test_a_large_answer(tmp_path: Path) -> None:
    """An answer of several times a pipe's buffer arrives whole."""
    names = [f"naïve_{number}" for number in range(2000)]
    with Server(tmp_path) as server:
        server.initialize()
        server.open("".join(f"{name} = {number}\n" for number, name in enumerate(names)))
        symbols = server.call("textDocument/documentSymbol", server.at())
        assert [symbol["name"] for symbol in symbols] == names
        server.finish()


def test_many_changes(tmp_path: Path) -> None:
    """After a hundred edits in a row, the diagnostics of the last version fit the document."""
    with Server(tmp_path) as server:
        server.initialize()
        server.open("")
        for version in range(2, 102):
            here = {"line": version - 2, "character": 0}
            change = {"range": {"start": here, "end": here}, "text": f"x = '😀'; y{version}\n"}
            document = {"uri": server.uri, "version": version}
            server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        assert server.diagnostics(101) == [f"undefined name 'y{version}'" for version in range(2, 102)]
        server.finish()


def test_requests_of_the_server(tmp_path: Path) -> None:
    """The server's own requests, which have strings as ids, are decoded and answered, and it uses the answers."""
    with Server(tmp_path) as server:
        server.initialize(window={"workDoneProgress": True})
        server.open("import os\n")
        assert server.diagnostics(1) == ["'os' imported but unused"]
        tokens = [request.params["token"] for request in server.asked]
        assert tokens
        assert all(isinstance(request.id, str) for request in server.asked)
        kinds = [
            (message.params["token"], message.params["value"]["kind"])
            for message in server.said
            if isinstance(message, JsonRpcNotification) and message.method == "$/progress"
        ]
        assert (tokens[0], "begin") in kinds
        server.finish()


def test_cancelling(tmp_path: Path) -> None:
    """Cancelling an answered or unknown request does not affect later messages."""
    with Server(tmp_path) as server:
        server.initialize()
        server.open(SOURCE)
        for number in range(20):
            request = server.request("textDocument/foldingRange", server.at())
            assert server.response(request).result == [{"startLine": 3, "endLine": 5}]
            server.notify("$/cancelRequest", {"id": request})
            server.notify("$/cancelRequest", {"id": f"never-{number}"})
        server.finish()
