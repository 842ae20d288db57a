"""The command line: its output, where the output goes, and the exit codes."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import uuid

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import codec_names, get_codec
from symphony_codecs.__main__ import main
from symphony_codecs.cli._indent import indented
from symphony_codecs.cli.errors import printable
from symphony_codecs.cli.typerefs import TypeReferenceError, parse_type
from symphony_codecs.executor import ENGINE
from symphony_types import I32, Err, MessageEnvelope, Ok, Version, Workflow


VERSION = b'{"major":1,"minor":2,"patch":3}'
VERSION_HEX = "83a56d616a6f7201a56d696e6f7202a5706174636803"
COMMANDS = (
    "demo",
    "formats",
    "encode",
    "decode",
    "convert",
    "explain",
    "recommend",
    "transports",
    "serve",
    "send",
    "inspect",
)
SYMPHONY = [sys.executable, "-m", "symphony_codecs"]

Run = Callable[..., tuple[int, bytes, str]]


@pytest.fixture(name="run")
def _run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command line in this process; it returns exit code, standard output and error."""
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object, stdin: bytes = b"") -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main([str(argument) for argument in arguments])
        out, err = capsysbinary.readouterr()
        return code, out, err.decode()

    return run


def process(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if k not in {"FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLUMNS"}}
    return subprocess.run(
        [*SYMPHONY, *arguments], input=stdin, env={**clean, **environment}, capture_output=True, timeout=60
    )


def terminal(arguments: Sequence[str], stdin: bytes = b"", **environment: str) -> tuple[int, str]:
    """Run the command line with standard output and error on a pseudo terminal."""
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    clean = {k: v for k, v in os.environ.items() if k not in {"FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"}}
    environment = {**clean, "TERM": "xterm-256color", "COLUMNS": "200", **environment}
    with subprocess.Popen(
        [*SYMPHONY, *arguments], stdin=subprocess.PIPE, stdout=slave, stderr=slave, env=environment
    ) as p:
        os.close(slave)
        assert p.stdin is not None
        p.stdin.write(stdin)
        p.stdin.close()
        shown = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:  # Linux reports the closed other end this way
                break
            if not piece:
                break
            shown += piece
        code = p.wait(60)
    os.close(master)
    return code, shown.decode(errors="replace")


# Help, version, usage


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_help_lists_all_commands(run: Run, arguments: tuple[str, ...]) -> None:
    """Help goes to standard output, names every command, and exits with 0."""
    code, out, err = run(*arguments)

    assert (code, err) == (0, "")
    for command in COMMANDS:
        assert re.search(rf"^\W*{command} +\w", out.decode(), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(run: Run, command: str) -> None:
    """The help of a command has its usage, and a text for every option."""
    code, out, err = run(command, "--help")

    assert (code, err) == (0, "")
    assert f"Usage: symphony {command}" in out.decode()
    for line in re.findall(r"^│ +(?:\* +)?(--\w.*?) *│$", out.decode(), re.MULTILINE):
        assert re.search(r" {2,}\w", line), line


def test_version_is_that_of_the_distribution(run: Run) -> None:
    """`--version` prints the version of the metadata."""
    from importlib import metadata

    assert run("--version") == (0, f"{metadata.version('symphony-types')}\n".encode(), "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["bogus"], "bogus"),
        (["encode"], "FORMAT"),
        (["convert", "json"], "TO"),
        (["encode", "cbor", "--bogus"], "--bogus"),
        (["encode", "cbor", "--strict", "-x"], "-x"),
        (["encode", "cbor", "--type"], "--type"),
        (["encode", "cbor", "one", "two"], "two"),
        (["encode", "nope"], "expected a codec of cbor, json"),
        (["convert", "json", "nope"], "'nope'"),
        (["encode", "cbor", "--type", "Versoin"], "did you mean Version?"),
        (["encode", "cbor", "--max-depth", "0"], "from 1 to 250"),
        (["encode", "cbor", "--max-depth", "deep"], "deep"),
        (["encode", "cbor", "no-such-file"], "cannot read no-such-file"),
        (["encode", "cbor", "."], "cannot read ."),
        (["encode", "cbor", "-o", "no-such-folder/x"], "cannot write"),
        (["encode", "cbor", "--type", "symphony_codecs:Codec"], "Codec"),
    ],
)
def test_bad_usage_is_exit_code_2(run: Run, arguments: list[str], says: str) -> None:
    """A command that cannot run prints the reason on standard error and nothing else, and exits with 2."""
    code, out, err = run(*arguments, stdin=VERSION)

    assert (code, out) == (2, b"")
    assert says in err
    assert all(line.startswith("symphony: ") for line in err.splitlines())


def test_without_the_extra_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without cyclopts or rich, one line names what to install, and the exit code is 2."""
    for missing in ("cyclopts", "rich.console"):
        with monkeypatch.context() as patch:
            for name in [name for name in sys.modules if name.startswith("symphony_codecs.cli")]:
                patch.delitem(sys.modules, name)
            patch.setitem(sys.modules, missing, None)
            code, out, err = run("formats")

        assert (code, out, len(err.splitlines())) == (2, b"", 1)
        assert "symphony-types[cli]" in err


def test_another_missing_module_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only missing modules of the extra are reported that way; a broken installation shows its traceback."""
    monkeypatch.setitem(sys.modules, "symphony_codecs.cli.app", None)

    with pytest.raises(ModuleNotFoundError, match=r"symphony_codecs\.cli\.app"):
        main(["formats"])


# formats


def test_formats_shows_all(run: Run) -> None:
    """Every registered format is a row with its content type, which a pipe shows in full."""
    code, out, err = run("formats")

    assert (code, err) == (0, "")
    rows = {line.split()[0]: line.split()[1:] for line in out.decode().splitlines() if "application/" in line}
    assert sorted(rows) == codec_names()
    assert rows["msgpack-compact"][:5] == ["application/vnd.symphony.msgpack-compact", "4", "yes", "no", "yes"]
    assert out.decode().splitlines()[-1].startswith(f"engine: {ENGINE}")


def test_formats_fits_a_narrow_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table fits into 80 columns; only content types are wrapped."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("formats")[1].decode().splitlines()

    assert max(map(len, lines)) <= 80
    assert any("msgpack-compact" in line and "positional" not in line for line in lines)
    assert "positional" in lines[1]


def test_formats_as_json(run: Run) -> None:
    """`--json` prints the same facts with types, and the versions of the libraries."""
    rows = {row["name"]: row for row in json.loads(run("formats", "--json")[1])}

    assert sorted(rows) == codec_names()
    for name, row in rows.items():
        codec = get_codec(name)
        assert (row["content_type"], row["format_id"], row["is_binary"], row["human_readable"], row["positional"]) == (
            codec.content_type,
            codec.format_id,
            codec.is_binary,
            codec.human_readable,
            codec.format.positional,
        )
        assert all(re.search(r" \d", library) for library in row["libraries"])


# encode, decode, convert


@pytest.mark.parametrize("name", codec_names())
def test_encode_and_decode_are_inverse(run: Run, name: str) -> None:
    """`encode` writes the codec's bytes, and `decode` gives the JSON back."""
    code, data, err = run("encode", name, "--type", "Version", stdin=VERSION)

    assert (code, err) == (0, "")
    expected = get_codec(name).encode(Version(1, 2, 3))
    assert data.rstrip(b"\n") == expected.rstrip(b"\n")
    assert data == expected or data.endswith(b"\n")
    assert run("decode", name, "-", "--type", "Version", stdin=data) == (0, VERSION + b"\n", "")


def test_hex_is_text_both_ways(run: Run) -> None:
    """`--hex` writes and reads hexadecimal digits, with any blanks between them."""
    assert run("encode", "msgpack", "-t", "Version", "--hex", stdin=VERSION) == (0, f"{VERSION_HEX}\n".encode(), "")
    spaced = f"{VERSION_HEX[:8]} {VERSION_HEX[8:20].upper()}\n{VERSION_HEX[20:]}\n".encode()
    assert run("decode", "msgpack", "-t", "Version", "--hex", stdin=spaced) == (0, VERSION + b"\n", "")


@pytest.mark.parametrize("digits", [b"8", b"xy", b"\xff\xff"])
def test_bad_hex_is_bad_data(run: Run, digits: bytes) -> None:
    """Other characters than digits are a fault of the data."""
    code, out, err = run("decode", "msgpack", "--hex", stdin=digits)

    assert (code, out) == (1, b"")
    assert "expected hex digits" in err


def test_files_in_and_out(run: Run, tmp_path: Path) -> None:
    """A file is read, `--output` is written, and nothing is printed."""
    source, target = tmp_path / "version.json", tmp_path / "version.cbor"
    source.write_bytes(VERSION)

    assert run("convert", "json", "cbor", source, "-t", "Version", "-o", target) == (0, b"", "")
    assert target.read_bytes() == get_codec("cbor").encode(Version(1, 2, 3))
    assert run("decode", "cbor", target, "-t", "Version", "-o", source) == (0, b"", "")
    assert source.read_bytes() == VERSION + b"\n"


def test_content_types_name_formats(run: Run) -> None:
    """FORMAT may be a media type."""
    assert run("convert", "application/json", "application/cbor", stdin=b"[1]") == (0, b"\x81\x01", "")


def test_issues_are_listed_with_paths(run: Run, tmp_path: Path) -> None:
    """Every fault is a line with the file and the path; exit code 1, no output."""
    source = tmp_path / "versions.json"
    source.write_bytes(b'[{"major":-1,"minor":0,"patch":0},{"major":1,"minor":"2","patch":3},{}]')
    code, out, err = run("encode", "cbor", source, "--type", "list[Version]")

    assert (code, out) == (1, b"")
    lines = err.splitlines()
    assert all(line.startswith(f"symphony: {source}: ") for line in lines)
    assert [line.rpartition(" at ")[2] for line in lines] == [
        "$[0].major",
        "$[1].minor",
        "$[2].major",
        "$[2].minor",
        "$[2].patch",
    ]


def test_documents_cannot_steer_the_terminal(run: Run) -> None:
    """The report shows escape sequences in a document's keys as escapes."""
    key = json.dumps("\x1b[31mred\x9b")
    code, _, err = run("encode", "toml", stdin=f"{{{key}: [null]}}".encode())

    assert code == 1
    assert "red" in err
    assert err.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("source", "target", "document", "path"),
    [
        ("cbor", "json", "a1616141ff", "$.a"),
        ("cbor", "json", "81f97e00", "$[0]"),
        ("msgpack", "json", "91cb7ff0000000000000", "$[0]"),
        ("cbor", "json", "a10102", "$[1]"),
        ("cbor", "json", "a142616202", "$"),
        ("msgpack", "toml", "81a161c40100", "$.a"),
        ("json", "toml", b'{"a":{"b":null}}'.hex(), "$.a.b"),
        ("json", "msgpack", b'{"a":[36893488147419103232]}'.hex(), "$.a[0]"),
    ],
)
def test_convert_refuses_what_the_target_cannot_say(
    run: Run, source: str, target: str, document: str, path: str
) -> None:
    """Without `--type` no value is silently changed into another."""
    code, out, err = run("convert", source, target, stdin=bytes.fromhex(document))

    assert (code, out) == (1, b"")
    assert f" at {path}" in err


def test_convert_reports_every_place(run: Run) -> None:
    """All places are listed in the document's order, with a remedy."""
    code, _, err = run("convert", "cbor", "json", stdin=bytes.fromhex("a3 6161 f97e00 6162 8141ff 01 02"))

    assert code == 1
    paths = [line.rpartition(" at ")[2] for line in err.splitlines()[:-1]]
    assert sorted(paths) == ["$.a", "$.b[0]", "$[1]"]
    assert "--type" in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("source", "target", "document", "as_type", "expected"),
    [
        ("cbor", "json", "a1616141ff", "dict[str, bytes]", b'{"a":"/w=="}\n'),
        ("cbor", "json", "a10102", "dict[int, int]", b'{"1":2}\n'),
        ("cbor", "json", "f97e00", "float", b"null\n"),
        ("cbor", "msgpack", "a1616141ff", None, b"\x81\xa1a\xc4\x01\xff"),
        ("cbor", "msgpack", "f97e00", None, b"\xcb\x7f\xf8\0\0\0\0\0\0"),
        ("msgpack", "cbor", "8101c0", None, b"\xa1\x01\xf6"),
    ],
)
def test_convert_says_what_can_be_said(
    run: Run, source: str, target: str, document: str, as_type: str | None, expected: bytes
) -> None:
    """A type supplies what the target format lacks; binary formats need none."""
    typed = () if as_type is None else ("--type", as_type)

    assert run("convert", source, target, *typed, stdin=bytes.fromhex(document)) == (0, expected, "")


@pytest.mark.parametrize(
    ("options", "document", "code"),
    [
        ((), b'{"a":1,"a":2}', 0),
        (("--strict",), b'{"a":1,"a":2}', 1),
        ((), b"[[[[1]]]]", 0),
        (("--max-depth", "4"), b"[[[[1]]]]", 1),
        ((), b"[1,2,3,4]", 0),
        (("--max-size", "8"), b"[1,2,3,4]", 1),
        (("-t", "Version"), b'{"major":1,"minor":2,"patch":3,"x":4}', 0),
        (("-t", "Version", "--forbid-unknown"), b'{"major":1,"minor":2,"patch":3,"x":4}', 1),
    ],
)
def test_options_reach_the_codec(run: Run, options: tuple[str, ...], document: bytes, code: int) -> None:
    """Each option changes which documents are accepted."""
    assert run("convert", "json", "json", *options, stdin=document)[0] == code


def test_strict_refuses_nan_with_a_type(run: Run) -> None:
    """`--strict` refuses NaN, which JSON would write as null."""
    assert run("convert", "cbor", "json", "-t", "float", "--strict", stdin=bytes.fromhex("f97e00"))[0] == 1


def test_pretty_and_compact(run: Run) -> None:
    """Pipes get compact JSON by default; pretty output differs only in blanks."""
    document = b'{"a":[1.0,{}],"b":[],"c":"x\\": {"}'

    assert run("decode", "json", stdin=document)[1] == document + b"\n"
    assert run("decode", "json", "--compact", stdin=document)[1] == document + b"\n"
    pretty = run("decode", "json", "--pretty", stdin=document)[1]
    assert pretty == b'{\n  "a": [\n    1.0,\n    {}\n  ],\n  "b": [],\n  "c": "x\\": {"\n}\n'


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)


@given(_JSON)
def test_indenting_matches_the_standard_library(value: Any) -> None:
    """Line breaks are where `json.dumps` puts them, for any document."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    assert indented(text) == json.dumps(value, ensure_ascii=False, indent=2)


@given(st.text())
def test_printable_is_one_line_of_printable_text(text: str) -> None:
    """The output consists of printable characters only, and printable text stays as it is."""
    assert printable(text).isprintable()
    if text.isprintable():
        assert printable(text) == text


# Types by their names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Version", Version),
        ("symphony_types.Version", Version),
        (" int ", int),
        ("None", None),
        ("int | None", int | None),
        ("MessageEnvelope[Workflow]", MessageEnvelope[Workflow]),
        ("Result[int, str]", Ok[int] | Err[str]),
        ("list[I32]", list[I32]),
        ("dict[str, int] | None", dict[str, int] | None),
        ("Optional[Union[int, str]]", int | str | None),
        ("tuple[int, ...]", tuple[int, ...]),
        ("tuple[()]", tuple[()]),
        ("Literal['a:b', 1]", Literal["a:b", 1]),
        ("uuid:UUID", uuid.UUID),
        ("list[uuid:UUID | int]", list[uuid.UUID | int]),
        ("dict[str, collections.abc:Mapping]", dict[str, Mapping]),  # type: ignore[type-arg]
        ("symphony_types.version : Version", Version),
        ("Any", Any),
    ],
)
def test_type_names(text: str, expected: Any) -> None:
    """The text of an annotation gives that annotation."""
    assert parse_type(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected a type"),
        ("list[", "expected a type"),
        ("a" * 3000, "at most"),
        ("[" * 500, "expected a type"),
        ("Version()", "expected a type, got 'Version()'"),
        ("__import__('os').system", "unknown type"),
        ("lambda: 1", "expected a type"),
        ("1", "expected a type, got '1'"),
        ("list['int']", "expected a type"),
        ("int + str", "expected a type"),
        ("eval", "unknown type"),
        ("Versoin", "did you mean Version?"),
        ("uuid.UUID", "uuid:UUID"),
        ("int[str]", "int[str] is"),
        ("MAX_CONTENT_SIZE", "expected a type, got MAX_CONTENT_SIZE"),
        ("returns_result", "expected a type, got returns_result"),
        ("os:system", "expected a type, got os:system"),
        ("no_such_module:Name", "cannot import no_such_module"),
        ("uuid:Nope", "expected a type in uuid"),
        ("a\0b", "expected a type"),
    ],
)
def test_texts_that_name_no_type(text: str, says: str) -> None:
    """Nothing is evaluated, and the error gives the reason."""
    with pytest.raises(TypeReferenceError, match=re.escape(says)):
        parse_type(text)


@given(st.text(alphabet="aV[]|.:,'\"( )\\x", max_size=20))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Any text is a type or a `TypeReferenceError`."""
    with contextlib.suppress(TypeReferenceError):
        parse_type(text)


def test_types_of_the_working_directory(tmp_path: Path) -> None:
    """A module in the working directory is found, and hides no other module."""
    (tmp_path / "shapes.py").write_text("import attrs\n@attrs.frozen\nclass Point:\n    x: int\n    y: int\n")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')\n")
    script = tmp_path / "bin" / "symphony"
    script.parent.mkdir()
    script.write_text("import sys\nfrom symphony_codecs.__main__ import main\nsys.exit(main())\n")
    arguments = ["encode", "cbor", "--hex", "--type", "list[shapes:Point]"]

    def run(*options: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, *options, str(script), *arguments]
        return subprocess.run(command, input=b'[{"x":1,"y":2}]', cwd=tmp_path, capture_output=True, timeout=60)

    found, safe = run(), run("-P")

    assert (found.returncode, found.stdout, found.stderr) == (0, b"81a2617801617902\n", b"")
    # The safe path of the interpreter is respected.
    assert (safe.returncode, safe.stdout) == (2, b"")
    assert b"cannot import shapes" in safe.stderr


# As a process: pipes and terminals


def test_pipes_carry_bytes() -> None:
    """Binary documents pass through standard input and output unchanged."""
    encoded = process("encode", "msgpack", "--type", "Version", stdin=VERSION)
    decoded = process("decode", "msgpack", "--type", "Version", stdin=encoded.stdout)

    assert (encoded.returncode, encoded.stdout.hex(), encoded.stderr) == (0, VERSION_HEX, b"")
    assert (decoded.returncode, decoded.stdout, decoded.stderr) == (0, VERSION + b"\n", b"")


@pytest.mark.parametrize("arguments", [["--help"], ["encode", "nope"]])
def test_no_colours_on_pipes(arguments: list[str]) -> None:
    """Neither output nor errors have control sequences unless they go to a terminal."""
    result = process(*arguments, TERM="xterm-256color")

    assert result.stdout + result.stderr
    assert b"\x1b" not in result.stdout + result.stderr


def test_broken_pipe_is_silent() -> None:
    """A reader that closes early causes no traceback."""
    document = b'"' + b"x" * 4_000_000 + b'"'
    with subprocess.Popen(
        [*SYMPHONY, "convert", "json", "json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        child.stdin.write(document)
        child.stdin.close()
        complaints = child.stderr.read()
        code = child.wait(60)

    assert (code, complaints) == (141, b"")


def test_terminals_get_colours_unless_told_otherwise() -> None:
    """Terminals get colours and pretty JSON; NO_COLOR turns colours off."""
    arguments = ["decode", "json"]

    code, shown = terminal(arguments, b'{"a":[1]}')
    plain = terminal(arguments, b'{"a":[1]}', NO_COLOR="1")[1]

    assert code == 0
    assert "\x1b[" in shown
    assert not re.search("\x1b\\[[0-9;]*3[0-9]", plain)
    assert json.loads(re.sub("\x1b\\[[0-9;]*m", "", plain)) == {"a": [1]}
    assert "\n" in plain.strip()


def test_documents_cannot_steer_the_terminal_by_texts() -> None:
    """Control characters that JSON leaves alone are escaped on a terminal."""
    document = json.dumps(["\x9b31m", "\u202e"], ensure_ascii=False).encode()
    shown = terminal(["decode", "json"], document, NO_COLOR="1")[1]

    assert "\x9b" not in shown
    assert "\u202e" not in shown
    assert json.loads(re.sub("\x1b\\[[0-9;]*m", "", shown)) == ["\x9b31m", "\u202e"]


def test_binary_is_kept_from_terminals() -> None:
    """A terminal gets binary output only if it is forced."""
    code, shown = terminal(["encode", "msgpack"], b"[1]")
    assert code == 2
    assert "--force" in shown

    code, shown = terminal(["encode", "msgpack", "--force"], b'"abc"')
    assert code == 0
    assert "abc" in shown
