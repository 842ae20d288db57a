"""`symphony demo`: it verifies what is right, and notices what is wrong."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
import uuid

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import DecodeError, get_codec
from symphony_codecs.__main__ import main
from symphony_codecs.cli.demo import files, run
from symphony_codecs.cli.demo.blocks import Order, read_block, write_block
from symphony_codecs.cli.demo.exchange import Row, differences
from symphony_codecs.cli.demo.files import find_project, take_files
from symphony_codecs.cli.demo.gather import Message, gather
from symphony_codecs.cli.demo.kinds import ANSWER, KINDS
from symphony_codecs.cli.demo.peer import answer, serve
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
    assert {kind: kinds.count(kind) for kind in KINDS} == {
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
        assert KINDS[message.kind].check(message.envelope.payload) == message.facts


@pytest.mark.parametrize("count", [1, 2, 3])
def test_small_projects_make_valid_workflows(tmp_path: Path, count: int) -> None:
    """The levels of the graph are as foretold for any number of files."""
    for index in range(count):
        (tmp_path / f"f{index}").write_text("x")
    message = gather(take_files(tmp_path))[0]

    assert KINDS["Workflow"].check(message.envelope.payload) == message.facts


# The other process, in this one


def _blocks(stream: io.BytesIO) -> list[bytes]:
    return list(iter(lambda: read_block(stream), None))


def _serve(*requests: tuple[Order, bytes]) -> list[bytes]:
    stream, answers = io.BytesIO(), io.BytesIO()
    for order, data in requests:
        write_block(stream, get_codec("json").encode(order))
        write_block(stream, data)
    stream.seek(0)
    serve(stream, answers)
    answers.seek(0)
    return _blocks(answers)


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_peer_answers_and_echoes(messages: dict[str, Message], kind: str, name: str) -> None:
    """Each kind comes back in each format, byte for byte, with the facts."""
    codec, message = get_codec(name), messages[kind]
    data = codec.encode(message.envelope, KINDS[kind].as_type)

    reply, echo = _serve((Order(name, kind), data))

    assert echo == data
    result: Any = codec.decode(reply, ANSWER).payload.result
    assert result["facts"] == message.facts
    # All is right but for the process.
    assert list(differences(message, codec, data, reply, echo)) == ["the answer comes from this very process"]


def test_peer_refuses_changed_data(messages: dict[str, Message]) -> None:
    """Data that does not have its hash is refused when decoding, and by the check."""
    message = messages["Artifact"]
    artifact = message.envelope.payload
    changed = bytes(reversed(artifact.content.data))
    envelope = message.envelope.with_payload(
        attrs.evolve(artifact, content=attrs.evolve(artifact.content, data=changed))
    )

    response = answer(envelope, KINDS["Artifact"]).payload
    assert response.error is not None
    assert isinstance(SymphonyError.from_json_rpc(response.error), ArtifactHashMismatchError)
    codec = get_codec("cbor")
    data = codec.encode(envelope, KINDS["Artifact"].as_type)
    with pytest.raises(DecodeError, match="payload"):
        _serve((Order("cbor", "Artifact"), data))


@pytest.mark.parametrize(
    ("token", "says"),
    [
        (CapabilityToken.issue([], Duration(60, 0)), "lacks"),
        (CapabilityToken.issue([], Duration(60, 0), now=Timestamp.parse("2020-01-01T00:00:00Z")), "expired"),
    ],
)
def test_peer_refuses_bad_tokens(messages: dict[str, Message], token: CapabilityToken, says: str) -> None:
    """A token has to be valid and to grant what is needed."""
    response = answer(messages["CapabilityToken"].envelope.with_payload(token), KINDS["CapabilityToken"]).payload

    assert response.error is not None
    assert says in response.error.message


@given(st.lists(st.binary(max_size=50), max_size=4))
def test_blocks_round_trip(blocks: list[bytes]) -> None:
    """Blocks come out as they went in, then the end; a stream cut anywhere within one is an error."""
    stream = io.BytesIO()
    ends = {0}
    for block in blocks:
        write_block(stream, block)
        ends.add(stream.tell())
    whole = stream.getvalue()

    for size in range(len(whole) + 1):
        cut = io.BytesIO(whole[:size])
        if size in ends:
            assert _blocks(cut) == blocks[: sorted(ends).index(size)]
        else:
            with pytest.raises(EOFError):
                _blocks(cut)


def test_an_order_without_a_document_is_an_error() -> None:
    """A stream that ends between the two is cut."""
    stream = io.BytesIO()
    write_block(stream, get_codec("json").encode(Order("json", "Artifact")))
    stream.seek(0)

    with pytest.raises(EOFError, match="without a document"):
        serve(stream, io.BytesIO())


# What is compared


def _altered(envelope: Any, **response: Any) -> Any:
    return attrs.evolve(envelope, payload=attrs.evolve(envelope.payload, **response))


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
        (lambda e: _altered(e, result={**e.payload.result, "facts": {}}), "expected the facts"),
    ],
)
def test_differences_in_the_answer(messages: dict[str, Message], change: Any, says: str | None) -> None:
    """Whatever is wrong with an answer is noticed."""
    message, codec = messages["CapabilityToken"], get_codec("msgpack")
    data = codec.encode(message.envelope, KINDS[message.kind].as_type)
    reply = answer(message.envelope, KINDS[message.kind])
    reply = _altered(reply, result={**reply.payload.result, "pid": 0})

    found = list(differences(message, codec, data, codec.encode(change(reply), ANSWER), data))

    assert len(found) == (says is not None)
    assert says is None or says in found[0]


def test_differences_in_the_echo(messages: dict[str, Message]) -> None:
    """Other bytes are noticed, and so is another value."""
    message, codec = messages["CapabilityToken"], get_codec("json")
    as_type = KINDS[message.kind].as_type
    data = codec.encode(message.envelope, as_type)
    reply = answer(message.envelope, KINDS[message.kind])
    encoded = codec.encode(_altered(reply, result={**reply.payload.result, "pid": 0}), ANSWER)
    other = codec.encode(attrs.evolve(message.envelope, id=uuid.uuid4()), as_type)

    assert list(differences(message, codec, data, encoded, data + b" ")) == [
        "the other process encodes it to other bytes"
    ]
    assert list(differences(message, codec, data, encoded, other)) == [
        "the other process encodes it to other bytes",
        "what came back is another value",
    ]


# Two processes

LIAR = """
import sys
from symphony_codecs.cli.demo import peer
handle = peer._handle
def lie(codec, kind, data):
    answer, echo = handle(codec, kind, data)
    return answer, echo.replace(b"main.py", b"niam.py")
peer._handle = lie
peer.serve(sys.stdin.buffer, sys.stdout.buffer)
"""


def _python(script: str) -> Sequence[str]:
    return (sys.executable, "-c", script)


def test_rows_of_a_small_project(project: Path) -> None:
    """Every kind in every format is verified by another process; the manifest in TOML too."""
    rows = run.run_demo(take_files(project), timeout=60)

    names = [codec.name for codec in run.frame_codecs()]
    assert names == ["json", "msgpack", "cbor", "msgpack-compact"]
    expected = [(kind, name) for kind in KINDS for name in [*names, *(["toml"] if kind == "ExtensionManifest" else [])]]
    assert [(row.kind, row.format) for row in rows] == expected
    assert all(row.verified == row.messages and not row.problems for row in rows)
    assert all(row.bytes > 0 and row.encode_us > 0 and row.decode_us > 0 for row in rows)


def test_changed_bytes_are_noticed(project: Path) -> None:
    """A process that gives back something else is not believed."""
    rows = run.run_demo(take_files(project), timeout=60, command=_python(LIAR))

    wrong = {row.kind for row in rows if row.verified < row.messages}
    assert {"Workflow", "Artifact"} <= wrong
    assert all(row.problems for row in rows if row.kind in {"Workflow", "Artifact"})
    assert all(row.verified == row.messages for row in rows if row.kind in {"CapabilityToken", "ExtensionManifest"})


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("raise SystemExit(3)", "exit code 3"),
        ("import sys; sys.exit('no room')", "exit code 1: no room"),
        ("import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\x09half')", "exit code 0"),
        ("import sys; sys.stdin.buffer.read(10); raise RuntimeError('broken')", "RuntimeError: broken"),
    ],
)
def test_a_process_that_dies_is_reported(project: Path, script: str, says: str) -> None:
    """The exit code is said, with the last line that the process said."""
    with pytest.raises(FailedError, match=says):
        run.run_demo(take_files(project), timeout=60, command=_python(script))


def test_a_process_that_hangs_is_given_up(project: Path) -> None:
    """No answer in time ends the demo and the process."""
    started = time.monotonic()

    with pytest.raises(FailedError, match=r"did not answer within 0\.5 s"):
        run.run_demo(take_files(project), timeout=0.5, command=_python("import time; time.sleep(60)"))

    assert time.monotonic() - started < 20


def test_a_process_that_does_not_start_is_reported(project: Path) -> None:
    """A command that is not there is said so."""
    with pytest.raises(FailedError, match="does not start"):
        run.run_demo(take_files(project), timeout=5, command=("/no/such/program",))


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
            bytes=99_999,
            encode_us=9999.9,
            decode_us=99_999.9,
            verified=200,
        )
        for name in ("json", "msgpack-compact")
    ]
    monkeypatch.setattr(run, "run_demo", lambda *_, **__: rows)

    code, out, _ = _main(capsys, "--root", project)

    assert code == 0
    assert re.search(r"^ExtensionManifest json +200 +99,999 +100% +9,999\.9 +99,999\.9 +\S+ *$", out, re.MULTILINE)
    assert re.search(r"^ +msgpack-compact +200 +99,999 +100%", out, re.MULTILINE)


@pytest.mark.checkout
def test_demo_of_this_checkout(checkout: Path, tmp_path: Path) -> None:
    """From a folder within, as a process, in good time: a table, a last line, figures, exit code 0."""
    figures = tmp_path / "figures.json"
    started = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-m", "symphony_codecs", "demo", "--json", figures],
        cwd=checkout / "tests",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )

    assert (result.returncode, result.stderr) == (0, b"")
    assert time.monotonic() - started < 50
    lines = result.stdout.decode().splitlines()
    assert str(checkout) in lines[0]
    report = json.loads(figures.read_text())
    assert lines[-1].startswith(
        f"verified: {report['messages']} of {report['messages']} messages, 5 formats, 2 processes"
    )
    assert report["verified"] == report["messages"] == sum(row["messages"] for row in report["rows"]) > 100
    assert b"\x1b" not in result.stdout


def _main(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["demo", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def test_what_is_not_verified_fails(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not all verified: the table says which, standard error why, exit code 1, and no line of success."""
    row = Row(kind="Artifact", format="json", messages=30, bytes=9, encode_us=1, decode_us=1, verified=5)
    row = attrs.evolve(row, problems=tuple(f"problem {index}" for index in range(25)))
    monkeypatch.setattr(run, "run_demo", lambda *_, **__: [row])

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
