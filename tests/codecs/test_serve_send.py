"""``symphony serve`` and ``symphony send``: with each other, and with peers that are neither."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.__main__ import main
from symphony_codecs.channels.blocking import Channel, connect, serve
from symphony_codecs.cli._wire import as_line
from symphony_codecs.cli.send import _statistics
from symphony_codecs.framing import framing_names
from symphony_codecs.transports import FormatPolicy, TransportProfile
from symphony_types import (
    JsonRpcNotification,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    ProcessId,
    TransportType,
)
from tests.codecs.framing.formats import format_of


_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "
SYMPHONY = [sys.executable, "-m", "symphony_codecs"]
BARE = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse
NEWLINE = TransportProfile(framing="newline", formats=("json",))

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets")


class Send:
    """Runs ``symphony send`` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        code = main(["send", *map(str, arguments)])
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture(name="send")
def _send(capsys: pytest.CaptureFixture[str]) -> Send:
    return Send(capsys)


@attrs.define
class Served:
    """A ``symphony serve`` that runs: where, and what it said."""

    url: str
    process: subprocess.Popen[bytes]
    notes: Path

    def end(self, how: signal.Signals | None = signal.SIGTERM) -> tuple[int, list[Any], str]:
        """Return its exit code, the messages that it printed, and its notes without the times."""
        if how is not None:
            self.process.send_signal(how)
        out, _ = self.process.communicate(timeout=30)
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], self.said()

    def said(self) -> str:
        return re.sub(_TIME, "", self.notes.read_text(), flags=re.MULTILINE)


@contextlib.contextmanager
def served(folder: Path, *arguments: object) -> Iterator[Served]:
    """Run ``symphony serve`` as a process, from when it listens."""
    notes = folder / "notes"
    with (
        notes.open("wb") as stderr,
        subprocess.Popen(
            [*SYMPHONY, "serve", *map(str, arguments)], stdout=subprocess.PIPE, stderr=stderr, stdin=subprocess.DEVNULL
        ) as process,
    ):
        # Whoever waits for what it prints sees the end of it then.
        watch = threading.Timer(60, process.kill)
        watch.start()
        try:
            end = time.monotonic() + 30
            while (found := re.search(r"listening at (\S+), ", notes.read_text())) is None:
                assert process.poll() is None, notes.read_text()
                assert time.monotonic() < end
                time.sleep(0.01)
            yield Served(found[1], process, notes)
        finally:
            watch.cancel()
            process.kill()


class Once:
    """A ``symphony serve --once`` in a thread of this process; what it prints and what others do is in one place."""

    def __init__(self, capsys: pytest.CaptureFixture[str], url: str, arguments: tuple[object, ...]) -> None:
        self.code: int | None = None
        self.out = self.err = ""
        self.url = ""
        self._capsys = capsys
        command = ["serve", url, "--once", *map(str, arguments)]
        self._thread = threading.Thread(target=lambda: setattr(self, "code", main(command)), daemon=True)
        self._thread.start()
        end = time.monotonic() + 30
        while (found := re.search(r"listening at (\S+), ", self.err)) is None:
            assert time.monotonic() < end
            time.sleep(0.005)
            self._read()
        self.url = found[1]

    def _read(self) -> None:
        out, err = self._capsys.readouterr()
        self.out += out
        self.err += re.sub(_TIME, "", err, flags=re.MULTILINE)

    def end(self) -> list[Any]:
        """Wait for its end, and return what is on standard output."""
        self._thread.join(30)
        assert not self._thread.is_alive()
        self._read()
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(name="once")
def _once(capsys: pytest.CaptureFixture[str]) -> Callable[..., Once]:
    """Return what starts a server for one connection."""
    return lambda url, *arguments: Once(capsys, url, arguments)


# With each other


def test_a_conversation(tmp_path: Path, send: Send) -> None:
    """Requests are answered, messages printed as they came, comings and goings told; SIGTERM is an end in order."""
    with served(tmp_path, f"unix://{tmp_path}/s") as server:
        assert send(server.url, "echo", '{"a": [1, "\\u009b"]}') == (0, '{"a":[1,"\\u009b"]}\n', "")
        assert send(server.url, "ping") == (0, '"pong"\n', "")
        assert send(server.url, "boom", -1) == (
            1,
            "",
            "symphony: the peer answered with error -32601: expected echo or ping, got boom\n",
        )
        assert send(server.url, "tell", "[]", "--notify") == (0, "", "")
        code, messages, notes = server.end()

    assert code == 0
    assert [message["payload"] for message in messages] == [
        {"jsonrpc": "2.0", "method": "echo", "params": {"a": [1, "\x9b"]}, "id": 1},
        {"jsonrpc": "2.0", "method": "ping", "id": 1},
        {"jsonrpc": "2.0", "method": "boom", "params": -1, "id": 1},
        {"jsonrpc": "2.0", "method": "tell", "params": []},
    ]
    listening, *lines = notes.splitlines()
    assert listening == f"listening at {server.url}, native, msgpack-compact, msgpack, cbor, json"
    assert len(lines) == 8
    for number, (opened, closed) in enumerate(zip(lines[::2], lines[1::2], strict=True), 1):
        assert re.fullmatch(rf"#{number} opened: msgpack-compact, process \d+ of user \d+", opened)
        assert closed == f"#{number} closed: the peer has closed the channel"
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(("url", "format_"), [("tcp://127.0.0.1:0", "msgpack"), ("ws://127.0.0.1:0/ipc", "msgpack")])
def test_over_the_network(once: Callable[..., Once], url: str, format_: str) -> None:
    """Port 0 is one that is free, and is told; each transport has its format."""
    server = once(url)
    assert not server.url.endswith(":0")
    assert main(["send", server.url, "ping"]) == 0
    message, result = server.end()

    assert server.code == 0
    assert message["payload"] == {"jsonrpc": "2.0", "method": "ping", "id": 1}
    assert result == "pong"
    assert server.err.splitlines()[1:] == ["#1 opened: msgpack", "#1 closed: the peer has closed the channel"]


def test_an_interrupt_ends_it_in_order(tmp_path: Path) -> None:
    """SIGINT is exit code 130, and those who are connected are told."""
    with served(tmp_path, f"unix://{tmp_path}/s") as server, connect(server.url) as channel:
        channel.send(MessageEnvelope(sender=ProcessId.new(), payload=JsonRpcNotification(method="here")))
        assert server.process.stdout is not None
        assert b"here" in server.process.stdout.readline()
        server.process.send_signal(signal.SIGINT)
        assert list(channel) == []
        code, _, notes = server.end(None)

    assert code == 130
    assert notes.splitlines()[-1].startswith("#1 closed: ")
    assert "Traceback" not in notes


@pytest.mark.parametrize("framing", framing_names())
def test_other_framings_carry_bare_messages(tmp_path: Path, once: Callable[..., Once], framing: str) -> None:
    """No envelope: JSON-RPC as language servers and MCP speak it; of several results the last is printed."""
    server = once(f"unix://{tmp_path}/s", "--framing", framing)
    assert main(["send", server.url, "echo", "[1]", "--framing", framing, "--count", "3"]) == 0
    *messages, result = server.end()

    assert (server.code, result) == (0, [1])
    assert messages == [{"jsonrpc": "2.0", "method": "echo", "params": [1], "id": id} for id in (1, 2, 3)]
    assert f", {framing}, {format_of(framing)}\n" in server.err
    assert re.search(
        r"^symphony: 3 round trips: median [\d,]+ us, p99 [\d,]+ us, \d+\.\d{3} s$", server.err, re.MULTILINE
    )
    assert "#1 closed: the peer has ended the stream\n" in server.err


def test_a_child_process(capfd: pytest.CaptureFixture[str]) -> None:
    """Over the standard input and output of a child; its messages and notes are on its standard error."""
    code = main(["send", "stdio:", "echo", '"hi"', "--child", f"{sys.executable} -m symphony_codecs serve stdio:"])
    out, err = capfd.readouterr()

    assert (code, out) == (0, '"hi"\n')
    listening, opened, message, closed = err.splitlines()
    assert listening.endswith(" listening at stdio:, newline, json")
    assert opened.endswith(" #1 opened: json")
    assert message == '{"jsonrpc":"2.0","method":"echo","params":"hi","id":1}'
    assert closed.endswith(" #1 closed: the peer has ended the stream")


def test_our_own_standard_output(tmp_path: Path) -> None:
    """With stdio: the request goes out and the answer comes in there; the result goes to standard error."""
    answer = b'{"jsonrpc":"2.0","result":[7],"id":1}\n'
    result = subprocess.run(
        [*SYMPHONY, "send", "stdio:", "what"], input=answer, capture_output=True, timeout=30, cwd=tmp_path
    )

    assert (result.returncode, result.stderr) == (0, b"[7]\n")
    assert json.loads(result.stdout) == {"jsonrpc": "2.0", "method": "what", "id": 1}


def test_keys(tmp_path: Path, send: Send) -> None:
    """Without the key, or with another, the client is told and the server goes on; with it they talk."""
    ours, other = tmp_path / "key", tmp_path / "other"
    for path, digits in ((ours, "ab" * 31 + "00"), (other, "cd" * 31 + "00")):
        path.write_text(digits)
        path.chmod(0o600)

    with served(tmp_path, f"unix://{tmp_path}/s", "--key-file", ours) as server:
        without, with_other = send(server.url, "ping"), send(server.url, "ping", "--key-file", other)
        assert send(server.url, "ping", "--key-file", ours) == (0, '"pong"\n', "")
        code, messages, notes = server.end()

    assert (without[0], with_other[0]) == (1, 1)
    assert "no_agreement: expected both ends or neither to be authenticated" in without[2]
    assert "unknown_key" in with_other[2]
    assert "no_agreement" in notes
    assert "unknown_key" in notes
    assert (code, len(messages)) == (0, 1)
    assert "abab" not in notes + without[2] + with_other[2]


def test_several_keys(tmp_path: Path, send: Send) -> None:
    """A server that has the new key and the old one takes clients with either, and with both."""
    new, old = tmp_path / "new", tmp_path / "old"
    for path, digits in ((new, "ab" * 31 + "00"), (old, "cd" * 31 + "00")):
        path.write_text(digits)
        path.chmod(0o600)

    with served(tmp_path, f"unix://{tmp_path}/s", "--key-file", new, "--key-file", old) as server:
        for keys in ([old], [new], [old, new]):
            flags = [part for key in keys for part in ("--key-file", key)]
            assert send(server.url, "ping", *flags) == (0, '"pong"\n', "")


def test_a_policy_and_formats(tmp_path: Path, once: Callable[..., Once]) -> None:
    """A file says how to talk, and --format counts more; what both have is what is spoken."""
    policy = tmp_path / "policy.toml"
    policy.write_text('[unix_socket]\nformats = ["cbor", "json"]\nchecksum = true\n')

    server = once(f"unix://{tmp_path}/s", "--policy", policy)
    assert main(["send", server.url, "ping", "--format", "msgpack"]) == 1
    assert main(["send", server.url, "ping", "--format", "json", "--format", "msgpack"]) == 0
    server.end()

    assert f"listening at {server.url}, native, cbor, json\n" in server.err
    assert "no_agreement" in server.err
    assert "#1 opened: json, " in server.err


# The server, with peers that are none of ours


@contextlib.contextmanager
def peer_of(folder: Path) -> Iterator[socket.socket]:
    """Yield a bare socket that is connected to the server of *folder*."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(30)
        peer.connect(str(folder / "s"))
        yield peer


def said_until_the_end(peer: socket.socket) -> bytes:
    peer.shutdown(socket.SHUT_WR)
    with peer.makefile("rb") as stream:
        return stream.read()


def test_given_types(tmp_path: Path, once: Callable[..., Once]) -> None:
    """With --type messages are that; what is none is told, and what cannot be answered, too."""
    server = once(f"unix://{tmp_path}/s", "--framing", "newline", "--type", "JsonRpcRequest")
    with peer_of(tmp_path) as peer:
        peer.sendall(b'{"jsonrpc":"2.0","method":"ping","id":1}\n{"x":1}\n')
        assert said_until_the_end(peer) == b""

    assert server.end() == [{"jsonrpc": "2.0", "method": "ping", "id": 1}]
    assert server.code == 0
    assert "#1 is not answered: expected a JsonRpcRequest, got JsonRpcResponse" in server.err
    assert "#1 sent what cannot be read: " in server.err


def test_what_cannot_be_read_is_answered_without_an_id(tmp_path: Path, once: Callable[..., Once]) -> None:
    """As JSON-RPC has it: a parse error, an invalid request, and the conversation goes on."""
    server = once(f"unix://{tmp_path}/s", "--framing", "newline")
    with peer_of(tmp_path) as peer:
        peer.sendall(b'{"jsonrpc": "2.0", "method"\n{"foo": "boo"}\n{"jsonrpc":"2.0","method":"ping","id":"z"}\n')
        parse, invalid, pong = map(json.loads, said_until_the_end(peer).splitlines())

    assert (parse["error"]["code"], parse["id"]) == (-32700, None)
    assert (invalid["error"]["code"], invalid["id"]) == (-32600, None)
    assert pong == {"jsonrpc": "2.0", "result": "pong", "id": "z"}
    assert len(server.end()) == 1
    assert server.code == 0
    assert server.err.count("#1 sent what cannot be read: ") == 2


def test_once_is_once(tmp_path: Path, once: Callable[..., Once]) -> None:
    """Who comes while the one connection is there is sent away; nothing of it is printed."""
    server = once(f"unix://{tmp_path}/s")
    call = MessageEnvelope(sender=ProcessId.new(), payload=JsonRpcRequest(method="ping", id=1))
    with connect(server.url) as first:
        assert first.request(call, timeout=20).payload.result == "pong"
        with connect(server.url) as second:
            assert list(second) == []

    assert len(server.end()) == 1
    assert server.code == 0
    assert server.err.count(" opened: ") == 1


def test_a_connection_that_breaks(tmp_path: Path, once: Callable[..., Once]) -> None:
    """The end in the middle of a message is told, and with --once it is exit code 1."""
    server = once(f"unix://{tmp_path}/s", "--framing", "newline")
    with peer_of(tmp_path) as peer:
        peer.sendall(b'{"jsonrpc"')

    assert server.end() == []
    assert server.code == 1
    assert "#1 closed: Connection failed: the peer hung up in the middle of a message" in server.err


def test_a_peer_that_speaks_otherwise(tmp_path: Path, once: Callable[..., Once]) -> None:
    """Who says something else than Hello is told off, the notes have it on one line, and others are still served."""
    server = once(f"unix://{tmp_path}/s")
    with peer_of(tmp_path) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert b"bad_magic" in said_until_the_end(peer)
    assert main(["send", server.url, "ping"]) == 0

    assert server.end()[-1] == "pong"
    assert re.search(r"^unix://\S+: no connection with the peer .*bad_magic", server.err, re.MULTILINE)


def test_a_conversation_that_never_comes_about() -> None:
    """Over standard input and output there is only one: if it does not begin, that is exit code 1."""
    result = subprocess.run(
        [*SYMPHONY, "serve", "stdio:", "--framing", "native"], input=b"hello\n", capture_output=True, timeout=30
    )

    assert result.returncode == 1
    assert b"no connection with the peer: " in result.stderr
    assert b"Traceback" not in result.stderr


def test_nobody_reads_what_it_prints(tmp_path: Path, send: Send) -> None:
    """A closed standard output ends it in silence, with exit code 141."""
    with served(tmp_path, f"unix://{tmp_path}/s") as server:
        assert server.process.stdout is not None
        server.process.stdout.close()
        send(server.url, "tell", "--notify")
        code = server.process.wait(30)

    assert code == 141
    assert "Traceback" not in server.said()


# The client, with peers that are none of ours


@contextlib.contextmanager
def answering(folder: Path, handler: Callable[[Channel[Any], Any], object], as_type: Any = BARE) -> Iterator[str]:
    """Serve bare messages in this process; *handler* gets each."""

    def attend(channel: Channel[Any]) -> None:
        for message in channel:
            handler(channel, message)

    with serve(f"unix://{folder}/s", attend, as_type, profile=NEWLINE) as server:
        yield server.url


def test_what_else_a_peer_says(tmp_path: Path, send: Send) -> None:
    """Notifications, and answers to others, are shown on standard error, and do not hold up the answer."""

    def chat(channel: Channel[Any], message: JsonRpcRequest) -> None:
        for number in range(100):
            channel.send(JsonRpcNotification(method="log", params=[number]))
        channel.send(JsonRpcResponse.success("stale", 77))
        channel.send(JsonRpcResponse.success("fresh", message.id))

    with answering(tmp_path, chat) as url:
        code, out, err = send(url, "go", "--framing", "newline")

    assert (code, out) == (0, '"fresh"\n')
    assert len(err.splitlines()) == 101
    assert err.splitlines()[-1] == 'symphony: the peer also said {"jsonrpc":"2.0","result":"stale","id":77}'


@pytest.mark.parametrize(
    ("handler", "says"),
    [
        (lambda _c, _m: None, "symphony: expected an answer within 0.3 s, got none"),
        (lambda channel, _: channel.close(timeout=0), "the peer has ended the stream"),
        (lambda channel, _: channel.send({"x": 1}), "missing field"),
        (
            lambda channel, message: channel.send({"jsonrpc": "2.0", "id": message["id"], "error": {"code": 5}}),
            "message",
        ),
        (
            lambda channel, message: channel.send(
                {"jsonrpc": "2.0", "id": message["id"], "error": {"code": 5, "message": "no", "data": ["\x9b"]}}
            ),
            'symphony: the peer answered with error 5: no\nsymphony: its data: ["\\u009b"]\n',
        ),
        (
            lambda channel, _: channel.send({"jsonrpc": "2.0", "id": None, "error": {"code": -32700, "message": "?"}}),
            "symphony: the peer answered with error -32700: ?\n",
        ),
    ],
)
def test_no_result(tmp_path: Path, send: Send, handler: Any, says: str) -> None:
    """Without a result there is nothing on standard output, the reason on standard error, and exit code 1."""
    with answering(tmp_path, handler, Any) as url:
        code, out, err = send(url, "go", "--framing", "newline", "--timeout", "0.3" if "0.3" in says else "20")

    assert (code, out) == (1, "")
    assert says in err
    assert all(line.startswith("symphony: ") for line in err.splitlines())


def test_the_envelope_names_its_answer(tmp_path: Path, send: Send) -> None:
    """In envelopes it is the reply that counts: a response with the right id that answers another is none."""

    def attend(channel: Channel[Any]) -> None:
        for message in channel:
            right = message.reply(JsonRpcResponse.success("right", message.payload.id), sender=ProcessId.new())
            channel.send(attrs.evolve(right, metadata=attrs.evolve(right.metadata, reply_to=None)))
            channel.send(right)

    profile = FormatPolicy.default().profile(TransportType.UNIX_SOCKET)
    with serve(f"unix://{tmp_path}/s", attend, profile=profile) as server:
        code, out, err = send(server.url, "go")

    assert (code, out) == (0, '"right"\n')
    assert "the peer also said " in err


def test_notifications_are_counted(tmp_path: Path, send: Send) -> None:
    """--notify sends so many, in order, waits for no answer, and all of them arrive."""
    came: list[Any] = []
    with answering(tmp_path, lambda _, message: came.append(message)) as url:
        code, out, err = send(url, "tell", "null", "--notify", "--count", 50, "--framing", "newline")
        assert (code, out) == (0, "")
        assert re.fullmatch(r"symphony: 50 notifications in \d+\.\d{3} s\n", err)
    assert came == [JsonRpcNotification(method="tell")] * 50


def test_statistics_are_measured_values() -> None:
    """The 99th percentile by nearest rank: of a hundred the 99th, of few the last."""
    assert _statistics([n / 1000 for n in range(100, 0, -1)]) == (
        "100 round trips: median 50,500 us, p99 99,000 us, 5.050 s"
    )
    assert _statistics([0.002, 0.001]) == "2 round trips: median 1,500 us, p99 2,000 us, 0.003 s"


@given(st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_lines_cannot_steer_a_terminal(value: Any) -> None:
    """Whatever is in texts, the line is printable, and the same JSON."""
    line = as_line(value)

    assert line.isprintable()
    assert json.loads(line) == value


# Usage


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["serve", "nope"], "expected a URL of unix:///path"),
        (["serve", "http://x"], "HTTP has no channels"),
        (["serve", "npipe:x"], "named pipes are not supported"),
        (["serve", "wss://127.0.0.1:0/"], "there is no option for a certificate"),
        (["serve", "unix:///s", "--framing", "morse"], "got str 'morse' at framing"),
        (["serve", "ws://127.0.0.1:0/", "--framing", "newline"], "over WebSocket"),
        (["serve", "ws://127.0.0.1:0/", "--framing", "none"], "a channel needs a framing"),
        (["serve", "unix:///s", "--format", "nope"], "expected a codec of cbor, "),
        (["serve", "unix:///s", "--format", "toml"], "expected a format with an id"),
        (["serve", "unix:///s", "--framing", "newline", "--format", "cbor"], "expected a format of text"),
        (["serve", "unix:///s", "--key-file", "/no/key"], "'/no/key' cannot be read"),
        (["serve", "unix:///s", "--key-file", "KEY", "--framing", "newline"], "native frames for authentication"),
        (["serve", "unix:///s", "--policy", "/no/policy"], "file /no/policy: "),
        (["serve", "unix:///s", "--type", "Versoin"], "did you mean Version?"),
        (["serve", f"unix:///{'x' * 200}"], "expected a path of at most"),
        (["send", f"unix:///{'x' * 200}", "m"], "expected a path of at most"),
        (["send", "unix:///s"], "METHOD"),
        (["send", "unix:///s", "m", "{"], "expected PARAMS as JSON, got '{'"),
        (["send", "unix:///s", "m", "--bogus"], "--bogus"),
        (["send", "unix:///s", "m", "--count", "0"], "expected a count of at least 1, got 0"),
        (["send", "unix:///s", "m", "--timeout", "0"], "expected a time-out above 0, got 0"),
        (["send", "unix:///s", "m", "--timeout", "inf"], "expected a time-out above 0, got inf"),
        (["send", "unix:///s", "m", "--child", "ls"], "expected stdio: for a child process, got unix:///s"),
        (["send", "stdio:", "m", "--child", ""], "expected a command, got an empty one"),
        (["send", "stdio:", "m", "--child", "'"], "expected a command, got"),
    ],
)
def test_bad_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], says: str) -> None:
    """What cannot be asked for is exit code 2, and a line that says why."""
    key = tmp_path / "key"
    key.write_text("ab12" * 16)
    key.chmod(0o600)
    code = main([str(key) if argument == "KEY" else argument for argument in arguments])
    out, err = capsys.readouterr()

    assert (code, out) == (2, "")
    assert says in err
    assert all(line.startswith("symphony: ") for line in err.splitlines())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["serve", "unix:///no/such/folder/s"], "expected to listen at /no/such/folder/s, got "),
        (["send", "unix:///no/such/folder/s", "m"], "expected a connection to unix:///no/such/folder/s, got "),
        (["send", "stdio:", "m", "--child", "/no/such/program"], "expected a process, got "),
        (["send", "stdio:", "m", "--child", f"{sys.executable} -c 'raise SystemExit(3)'"], "the process exited with 3"),
    ],
)
def test_what_does_not_come_about(capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    """Nobody there, or nowhere to listen: exit code 1, and one line."""
    code = main(arguments)
    out, err = capsys.readouterr()

    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert says in err


def test_two_at_one_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second server says that there is one, and leaves the first alone."""
    with answering(tmp_path, lambda _c, _m: None) as url:
        assert main(["serve", url]) == 1
        assert "got a server that listens there already" in capsys.readouterr().err
        with connect(url, BARE, profile=NEWLINE) as channel:
            assert channel.is_open
