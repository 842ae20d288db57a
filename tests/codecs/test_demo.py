"""`symphony demo`: it verifies what is right, and notices what is wrong."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from symphony_codecs import get_codec
from symphony_codecs.__main__ import main
from symphony_codecs.channels.blocking import Channel, pair
from symphony_codecs.cli.demo import files, run
from symphony_codecs.cli.demo.exchange import Row, differences, exchange
from symphony_codecs.cli.demo.files import find_project, take_files
from symphony_codecs.cli.demo.gather import Message, gather
from symphony_codecs.cli.demo.kinds import CHECKS, MESSAGE
from symphony_codecs.cli.demo.peer import answer, converse
from symphony_codecs.cli.demo.supervise import RouterError, RouterProcess
from symphony_codecs.cli.demo.wire import Forwarded, hop_profile
from symphony_codecs.cli.errors import FailedError
from symphony_types import (
    ArtifactHashMismatchError,
    CapabilityToken,
    Duration,
    ProcessId,
    SymphonyError,
    Timestamp,
)


PACKAGE_MANIFEST = "symphony_codecs/cli/demo/Symphony.toml"


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    """Return a small project: text, binary, and what has to be left out."""
    root = tmp_path / "project"
    for name, data in {
        "pyproject.toml": b"[project]\n",
        "main.py": b"print('hello')\n",
        "src/deep/er.md": "# Über\n".encode(),
        "src/image.bin": bytes(range(256)),
        ".git/HEAD": b"ref\n",
        ".hidden": b"x",
        "src/.cache/x": b"x",
        "src/__pycache__/main.pyc": b"x",
        "env/pyvenv.cfg": b"x",
        "env/lib.py": b"x",
        "src/empty": b"",
        "src/large": b"x" * (files.MAX_FILE_SIZE + 1),
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


@pytest.fixture(name="messages")
def _messages(project: Path) -> dict[str, Message]:
    """Return one message of each kind."""
    return {message.kind: message for message in gather(take_files(project))}


# The files


def test_only_sources_are_taken(project: Path) -> None:
    """Hidden files, caches, environments, empty and large files are left out."""
    taken = take_files(project)

    assert [file.path for file in taken.files] == ["main.py", "pyproject.toml", "src/image.bin", "src/deep/er.md"]
    assert taken.size == sum((project / file.path).stat().st_size for file in taken.files)
    assert taken.manifest.path == PACKAGE_MANIFEST


def test_links_are_not_followed(project: Path, tmp_path: Path) -> None:
    """What lies outside does not come in by a link."""
    (tmp_path / "secret").write_text("x")
    try:
        (project / "link").symlink_to(tmp_path / "secret")
        (project / "folder").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make links")

    assert not [file.path for file in take_files(project).files if "link" in file.path or "secret" in file.path]


def test_own_manifest_of_the_project_is_used(project: Path) -> None:
    """The `Symphony.toml` that lies highest counts."""
    (project / "src" / "Symphony.toml").write_text("deeper")
    (project / "a").mkdir()
    (project / "a" / "Symphony.toml").write_text("first")
    (project / "Symphony.toml").write_text("highest")

    assert take_files(project).manifest.data == b"highest"


def test_number_and_size_are_bounded(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However large a project is, so much is taken and no more."""
    for index in range(files.MAX_FILES + 5):
        (project / f"f{index:03}").write_bytes(b"12345")
    assert len(take_files(project).files) == files.MAX_FILES

    monkeypatch.setattr(files, "MAX_TOTAL_SIZE", 13)
    assert [file.path for file in take_files(project).files] == ["f000", "f001"]


@pytest.mark.parametrize("mark", ["pyproject.toml", ".git"])
def test_projects_are_found_from_within(tmp_path: Path, mark: str) -> None:
    """The nearest folder above with a mark is the project."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / mark).mkdir()

    assert find_project(inner) == tmp_path / "a"


def test_without_a_project_the_package_shows_itself(tmp_path: Path) -> None:
    """Outside of projects, and in an empty one, there are files all the same."""
    for root in (None, tmp_path):
        taken = take_files(root)

        assert "registry.py" in [file.path for file in taken.files]
        assert taken.manifest.path.endswith("Symphony.toml")


# The messages


def test_messages_are_made_of_the_files(project: Path) -> None:
    """A node, an artifact and, for text, a request for each file; each says what the file says."""
    taken = take_files(project)
    messages = gather(taken)

    kinds = [message.kind for message in messages]
    assert {kind: kinds.count(kind) for kind in CHECKS} == {
        "Workflow": 1,
        "Artifact": 4,
        "ExtensionManifest": 1,
        "JsonRpcRequest": 3,
        "CapabilityToken": 1,
    }
    workflow = messages[0].envelope.payload
    workflow.validate()
    assert workflow.warnings() == ()
    assert {file.path for file in taken.files} < {node.name for node in workflow.nodes.values()}
    artifacts = [message.envelope.payload for message in messages if message.kind == "Artifact"]
    assert [artifact.content.data for artifact in artifacts] == [file.data for file in taken.files]


def test_facts_agree_with_the_checks(project: Path) -> None:
    """What is expected of the other process, found in the files, is what the checks find in the values."""
    for message in gather(take_files(project)):
        assert CHECKS[message.kind](message.envelope.payload) == message.facts


@pytest.mark.parametrize("count", [1, 2, 3])
def test_small_projects_make_valid_workflows(tmp_path: Path, count: int) -> None:
    """The levels of the graph are as foretold for any number of files."""
    for index in range(count):
        (tmp_path / f"f{index}").write_text("x")
    message = gather(take_files(tmp_path))[0]

    assert CHECKS["Workflow"](message.envelope.payload) == message.facts


# The process that answers, in this one


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
@pytest.mark.parametrize("kind", list(CHECKS))
def test_peer_answers(messages: dict[str, Message], kind: str, name: str) -> None:
    """Each kind is answered in each format, with the facts and with the bytes that were sent."""
    message = messages[kind]
    document = get_codec(name).encode(message.envelope, MESSAGE)

    with talk(name, converse) as channel:
        reply = channel.request(message.envelope, timeout=20)

    assert reply.payload.result == {
        "pid": os.getpid(),
        "facts": message.facts,
        "size": len(document),
        "sha256": hashlib.sha256(document).hexdigest(),
    }
    assert list(differences(message, document, reply, ())) == []
    # All is right but for the process.
    (found,) = differences(message, document, reply, (os.getpid(),))
    assert found == f"expected the answer of another process, got that of process {os.getpid()}"


@contextlib.contextmanager
def talk(name: str, handler: Callable[[Channel[Any]], object]) -> Iterator[Channel[Any]]:
    """Yield a channel in one format that *handler* has the other end of, in a thread."""
    ours, theirs = pair(MESSAGE, profile=hop_profile((name,)))

    def attend() -> None:
        with theirs:
            handler(theirs)

    thread = threading.Thread(target=attend)
    thread.start()
    try:
        with ours:
            yield ours
    finally:
        thread.join(20)
        assert not thread.is_alive()


def test_tags_tell_the_kinds(messages: dict[str, Message]) -> None:
    """One type for all messages: on the wire the payload is under the name of its class, but for JSON-RPC's own."""
    payloads = {
        kind: json.loads(get_codec("json").encode(message.envelope, MESSAGE))["payload"]
        for kind, message in messages.items()
    }

    assert {kind: list(payload) for kind, payload in payloads.items() if len(payload) == 1} == {
        kind: [kind] for kind in payloads
    }
    assert payloads["JsonRpcRequest"]["JsonRpcRequest"]["jsonrpc"] == "2.0"


def test_peer_refuses_changed_data(messages: dict[str, Message]) -> None:
    """Data that does not have its hash is refused by the check, with the error of its own."""
    message = messages["Artifact"]
    artifact = message.envelope.payload
    changed = bytes(reversed(artifact.content.data))
    envelope = message.envelope.with_payload(
        attrs.evolve(artifact, content=attrs.evolve(artifact.content, data=changed))
    )

    response = answer(envelope, get_codec("cbor")).payload

    assert response.error is not None
    assert isinstance(SymphonyError.from_json_rpc(response.error), ArtifactHashMismatchError)


@pytest.mark.parametrize(
    ("token", "says"),
    [
        (CapabilityToken.issue([], Duration(60, 0)), "lacks"),
        (CapabilityToken.issue([], Duration(60, 0), now=Timestamp.parse("2020-01-01T00:00:00Z")), "expired"),
    ],
)
def test_peer_refuses_bad_tokens(messages: dict[str, Message], token: CapabilityToken, says: str) -> None:
    """A token has to be valid and to grant what is needed."""
    response = answer(messages["CapabilityToken"].envelope.with_payload(token), get_codec("json")).payload

    assert response.error is not None
    assert says in response.error.message


def test_peer_refuses_answers(messages: dict[str, Message]) -> None:
    """What is itself an answer is answered by an error, not with a crash."""
    reply = answer(messages["Workflow"].envelope, get_codec("json"))

    assert answer(reply, get_codec("json")).payload.error is not None


# What is compared


def _altered(envelope: Any, **response: Any) -> Any:
    return attrs.evolve(envelope, payload=attrs.evolve(envelope.payload, **response))


def _with(**result: Any) -> Callable[[Any], Any]:
    return lambda envelope: _altered(envelope, result={**envelope.payload.result, **result})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda e: e, None),
        (lambda e: attrs.evolve(e, sender=ProcessId.new()), "answers another message"),
        (
            lambda e: attrs.evolve(e, metadata=attrs.evolve(e.metadata, reply_to=uuid.uuid4())),
            "answers another message",
        ),
        (lambda e: _altered(e, id="other"), "has the id 'other'"),
        (_with(facts={}), "expected facts {'id':"),
        (_with(size=1), ", got 1"),
        (_with(sha256="0" * 64), f", got {'0' * 64}"),
        (_with(sha256=None), ", got None"),
        (_with(pid=1), "that of process 1"),
        (_with(pid="2"), "that of process 2"),
        (lambda e: e.with_payload(answer(e, get_codec("json")).payload), "refused: "),
        (lambda e: e.with_payload(Timestamp.now()), "expected a JsonRpcResponse, got a Timestamp"),
    ],
)
def test_differences(messages: dict[str, Message], change: Any, says: str | None) -> None:
    """Whatever is wrong with an answer is noticed, and said once."""
    message, codec = messages["CapabilityToken"], get_codec("msgpack")
    reply = _with(pid=2)(answer(message.envelope, codec))

    changed = change(reply)
    if changed.payload is not reply.payload and says == "refused: ":
        changed = _altered(changed, id=reply.payload.id)
    found = list(differences(message, codec.encode(message.envelope, MESSAGE), changed, (1,)))

    assert len(found) == (says is not None)
    assert says is None or says in found[0]


@pytest.mark.parametrize("result", [None, 7, [1], {}])
def test_answers_of_any_shape(messages: dict[str, Message], result: Any) -> None:
    """A result that is none of ours is wrong in everything, and breaks nothing."""
    message, codec = messages["Workflow"], get_codec("cbor")
    reply = _altered(answer(message.envelope, codec), result=result)

    found = list(differences(message, codec.encode(message.envelope, MESSAGE), reply, ()))

    assert [line.split()[1] for line in found] == ["facts", "size", "sha256", "the"]


def test_each_problem_is_told_once(messages: dict[str, Message]) -> None:
    """A message that comes back wrong in every round is one problem; the others count as verified."""
    codec = get_codec("json")
    wrong, right = messages["Artifact"], attrs.evolve(messages["Artifact"], envelope=messages["Artifact"].envelope)
    right = attrs.evolve(right, envelope=attrs.evolve(right.envelope, id=uuid.uuid4()))
    told: list[None] = []

    def ask(envelope: Any) -> Any:
        reply = _with(pid=0)(answer(envelope, codec))
        return _with(size=0)(reply) if envelope.id == wrong.envelope.id else reply

    row = exchange([wrong, right], codec, ask, (), lambda: told.append(None))

    assert (row.kind, row.format, row.messages, row.verified, len(told)) == ("Artifact", "json", 2, 1, 2)
    assert len(row.problems) == 1
    assert row.problems[0].startswith(f"Artifact {wrong.envelope.id} in json: expected size ")
    assert min(row.encode_us, row.decode_us, row.round_trip_us) > 0


# Three processes

needs_unix = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets")

LIAR = """
from symphony_codecs.cli.demo import peer
honest = peer.answer
def lie(envelope, codec):
    reply = honest(envelope, codec)
    if type(envelope.payload).__name__ == "Artifact":
        reply.payload.result["sha256"] = "0" * 64
    return reply
peer.answer = lie
peer.main()
"""

# A router of which nobody need import anything: it says where it listens, or something else.
FALSE_ROUTER = """
import socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print('{{"listening":"unix://%s"}}' % sys.argv[1], flush=True)
connection, _ = listener.accept()
{}
"""


def _python(script: str) -> Sequence[str]:
    return (sys.executable, "-c", script)


def _lives(pid: int) -> bool:
    """Whether there is such a process that has not exited; one that nobody has waited for has."""
    status = Path(f"/proc/{pid}/stat")
    if status.parent.parent.joinpath("self").exists():
        try:
            return status.read_text().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_for(what: Callable[[], Any]) -> Any:
    """Return what *what* returns once it is true."""
    end = time.monotonic() + 20
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return found


@needs_unix
def test_rows_of_a_small_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every kind in each format is verified by another process, and all of it went through the router."""
    names = ["cbor", "msgpack-compact"]
    monkeypatch.setattr(run, "frame_codecs", lambda: [get_codec(name) for name in names])

    rows, forwarded = run.run_demo(take_files(project), timeout=60)

    assert [(row.kind, row.format) for row in rows] == [(kind, name) for kind in CHECKS for name in names]
    assert all(row.verified == row.messages and not row.problems for row in rows)
    assert all(min(row.bytes, row.encode_us, row.decode_us, row.round_trip_us) > 0 for row in rows)
    assert forwarded.connections == len(names)
    # At least twice each, and the answers.
    assert forwarded.frames >= 4 * sum(row.messages for row in rows)
    assert forwarded.bytes >= 2 * sum(row.bytes for row in rows)


@needs_unix
def test_changed_bytes_are_noticed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that encodes a message to something else is not believed."""
    monkeypatch.setattr(run, "frame_codecs", lambda: [get_codec("json")])

    rows, _ = run.run_demo(take_files(project), timeout=60, peer=_python(LIAR))

    assert {row.kind for row in rows if row.verified < row.messages} == {"Artifact"}
    assert all(len(row.problems) == row.messages for row in rows if row.kind == "Artifact")


@needs_unix
@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("import sys; sys.exit('no room')", r"exited with 1: no room$"),
        ("import sys; sys.stdin.buffer.read(9); raise RuntimeError('broken')", r"exited with 1: RuntimeError: broken$"),
    ],
)
def test_a_peer_that_dies_is_reported(project: Path, script: str, says: str) -> None:
    """The router passes on that it exited, with the last line that it said."""
    with pytest.raises(FailedError, match=says):
        run.run_demo(take_files(project), timeout=60, peer=_python(script))


@needs_unix
def test_a_peer_that_hangs_is_given_up_and_killed(project: Path, tmp_path: Path) -> None:
    """No answer in time ends the demo, and the process that the router started."""
    mark = tmp_path / "pid"
    script = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(300)"
    seconds = 1
    while not (mark.exists() and mark.read_text()):
        # A busy machine may take longer to start it.
        seconds *= 2
        with pytest.raises(FailedError, match=rf"within {seconds} s$") as caught:
            run.run_demo(take_files(project), timeout=seconds, peer=_python(script))

    assert str(caught.value) == f"no answer within {seconds} s"
    _wait_for(lambda: not _lives(int(mark.read_text())))


@needs_unix
def test_answers_that_cannot_be_read(project: Path) -> None:
    """A peer whose answers are no messages is told at once."""
    script = """
from typing import Any
from symphony_codecs.channels.blocking import serve
from symphony_codecs.cli.demo.wire import hop_profile
def babble(channel):
    for message in channel:
        channel.send({"x": 1})
with serve("stdio:", babble, Any, profile=hop_profile(["json"])) as server:
    server.serve_forever()
"""
    with pytest.raises(FailedError, match=r"expected an answer, got what cannot be read: .*missing field"):
        run.run_demo(take_files(project), timeout=60, peer=_python(script))


@needs_unix
@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("raise SystemExit(3)", r"^the router ended with exit code 3$"),
        ("import sys; sys.exit('no room')", r"^the router ended with exit code 1: no room$"),
        ("print('hello')", "says something else than it should: "),
        ("print('{}', flush=True); input()", r"expected a URL of unix:///path"),
        (FALSE_ROUTER.format("raise SystemExit('broken')"), r"^the router ended with exit code 1: broken$"),
        (FALSE_ROUTER.format("connection.sendall(b'HTTP/1.1 400'); input()"), "bad_magic"),
    ],
)
def test_a_router_that_fails_is_reported(project: Path, script: str, says: str) -> None:
    """Whatever a router does instead of routing is said, with its exit code and its last line."""
    with pytest.raises(FailedError, match=says):
        run.run_demo(take_files(project), timeout=60, router=_python(script))


@needs_unix
@pytest.mark.parametrize("script", ["import time; time.sleep(300)", FALSE_ROUTER.format("time.sleep(300)")])
def test_a_router_that_hangs_is_given_up(project: Path, script: str) -> None:
    """Neither before it listens nor after that is it waited for longer than was said."""
    started = time.monotonic()

    with pytest.raises(FailedError, match=r"within 0\.5 s$"):
        run.run_demo(take_files(project), timeout=0.5, router=_python(script))

    assert time.monotonic() - started < 20


@needs_unix
@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("import sys; sys.exit(len(sys.stdin.read()) + 5)", r"^the router ended with exit code 5$"),
        ("import sys; sys.stdin.read(); print('3')", "says something else than it should: "),
        ("import time; time.sleep(300)", r"^the router did not end within 0\.5 s$"),
    ],
)
def test_a_router_that_does_not_end_well(script: str, says: str) -> None:
    """The end counts, too: that it comes, the exit code, the totals."""
    limit = 0.5 if "sleep" in script else 60
    with RouterProcess(limit, router=_python(script)) as router, pytest.raises(RouterError, match=says):
        router.finish()


@needs_unix
def test_a_process_that_does_not_start_is_reported(project: Path) -> None:
    """A command that is not there is said so, the router's and the peer's."""
    with pytest.raises(FailedError, match=r"the router does not start: .*no/such/program"):
        run.run_demo(take_files(project), timeout=5, router=("/no/such/program",))
    with pytest.raises(FailedError, match=r"expected a process, got .*no/such/program"):
        run.run_demo(take_files(project), timeout=60, peer=("/no/such/program",))


def test_without_unix_sockets_it_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are none, that is what is said."""
    monkeypatch.delattr(socket, "AF_UNIX", raising=False)

    with pytest.raises(FailedError, match="needs Unix sockets, which this system does not have"):
        run.run_demo(take_files(project), timeout=5)


@needs_unix
@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_nobody_is_left_when_it_is_stopped(tmp_path: Path, how: signal.Signals, code: int) -> None:
    """Interrupted or killed, the demo leaves no process behind; interrupted, no file either."""
    script = """
import functools, os, pathlib, sys
from symphony_codecs.cli.demo import run
wait = '''
import os, pathlib, sys
pathlib.Path(sys.argv[1]).write_text(f"{os.getppid()} {os.getpid()}")
sys.stdin.read()
'''
run.run_demo = functools.partial(run.run_demo, peer=(sys.executable, "-c", wait, sys.argv.pop()))
from symphony_codecs.__main__ import main
sys.exit(main())
"""
    (tmp_path / "tmp").mkdir()
    mark = tmp_path / "pids"
    command = [sys.executable, "-c", script, "demo", "--root", str(tmp_path), str(mark)]
    with subprocess.Popen(command, env={**os.environ, "TMPDIR": str(tmp_path / "tmp")}) as demo:
        pids = [int(pid) for pid in _wait_for(lambda: mark.exists() and mark.read_text()).split()]
        assert all(_lives(pid) for pid in pids)
        for _ in range(4):
            demo.send_signal(how)
            # An interrupt that comes while a weak reference is removed is swallowed by the interpreter: people press
            # the keys again.
            with contextlib.suppress(subprocess.TimeoutExpired):
                demo.wait(6)
                break
        assert demo.poll() == code

    assert len(pids) == 2
    _wait_for(lambda: not any(_lives(pid) for pid in pids))
    assert how == signal.SIGKILL or not list((tmp_path / "tmp").iterdir())


# The command


def test_table_fits_80_columns(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is cut off or folded on a common terminal."""
    monkeypatch.setenv("COLUMNS", "80")
    rows = [
        Row(
            kind="ExtensionManifest",
            format=name,
            messages=200,
            bytes=9_999_999,
            encode_us=9999.9,
            decode_us=99_999.0,
            round_trip_us=999_999.0,
            verified=200,
        )
        for name in ("json", "msgpack-compact")
    ]
    monkeypatch.setattr(
        run, "run_demo", lambda *_, **__: (rows, Forwarded(connections=4, frames=99_999, bytes=99_999_999))
    )

    code, out, _ = _main(capsys, "--root", project)

    assert code == 0
    assert re.search(
        r"^ExtensionManifest json +200 +9,999,999 +100% +10,000 +99,999 +999,999 +\S+ *$", out, re.MULTILINE
    )
    assert re.search(r"^ +msgpack-compact +200 +9,999,999 +100%", out, re.MULTILINE)
    assert max(map(len, out.splitlines()[1:])) <= 80


@pytest.mark.checkout
def test_demo_of_this_checkout(checkout: Path, tmp_path: Path) -> None:
    """From a folder within, as a process, in good time: a table, a last line, figures, exit code 0."""
    figures = tmp_path / "figures.json"
    result = subprocess.run(
        [sys.executable, "-m", "symphony_codecs", "demo", "--json", figures],
        cwd=checkout / "tests",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=100,
    )

    assert (result.returncode, result.stderr) == (0, b"")
    lines = result.stdout.decode().splitlines()
    assert str(checkout) in lines[0]
    report = json.loads(figures.read_text())
    assert lines[-1].startswith(
        f"verified: {report['messages']} of {report['messages']} messages, 4 formats, 3 processes"
    )
    assert report["verified"] == report["messages"] == sum(row["messages"] for row in report["rows"]) > 100
    through = report["forwarded"]
    assert lines[-2] == (
        f"router: {through['frames']:,} frames forwarded, {through['bytes']:,} bytes of payload, none decoded"
    )
    # Large messages go in fragments.
    assert through["frames"] > 4 * report["messages"]
    assert b"\x1b" not in result.stdout


def _main(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["demo", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def test_what_is_not_verified_fails(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not all verified: the table says which, standard error why, exit code 1, and no line of success."""
    row = Row(
        kind="Artifact", format="json", messages=30, bytes=9, encode_us=1, decode_us=1, round_trip_us=1, verified=5
    )
    row = attrs.evolve(row, problems=tuple(f"problem {index}" for index in range(25)))
    monkeypatch.setattr(run, "run_demo", lambda *_, **__: ([row], Forwarded(connections=4, frames=1, bytes=1)))

    code, out, err = _main(capsys, "--root", project)

    assert code == 1
    assert "5 of 30" in out
    assert "verified: " not in out
    assert "problem 19" in err
    assert "and 5 more" in err
    assert err.splitlines()[-1] == "symphony: only 5 of 30 messages were verified"


@pytest.mark.parametrize(
    ("text", "says"),
    [("=", "Symphony.toml: "), ("[package]\nname = 3", "missing field"), ("version = 1", "version")],
)
def test_bad_manifests_fail(project: Path, capsys: pytest.CaptureFixture[str], text: str, says: str) -> None:
    """A manifest that is none is said so, with its file."""
    (project / "Symphony.toml").write_text(text)

    code, out, err = _main(capsys, "--root", project)

    assert (code, out) == (1, "")
    assert err.startswith("symphony: Symphony.toml: ")
    assert says in err


@pytest.mark.parametrize(
    "arguments", [("--root", "no-such-folder"), ("--timeout", "0"), ("--timeout", "nan"), ("--timeout", "soon"), ("x",)]
)
def test_bad_usage(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    """What cannot be run is exit code 2."""
    code, out, err = _main(capsys, *arguments)

    assert (code, out) == (2, "")
    assert err.startswith("symphony: ")
