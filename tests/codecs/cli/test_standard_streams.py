"""Commands whose standard streams cannot be read or written: a message and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys

from pathlib import Path

import pytest

from symphony_codecs.__main__ import main


_FULL = Path("/dev/full")

_COMMANDS = (
    ("convert", "json", "json", "in.jsonl"),
    ("convert", "json", "json", "in.jsonl", "--to-framing", "json-sequence"),
    ("convert", "json", "json", "one.json", "--pretty"),
    ("inspect", "in.jsonl"),
    ("inspect", "in.jsonl", "--summary"),
    ("encode", "cbor", "one.json"),
    ("decode", "json", "one.json"),
    ("explain", "int"),
    ("formats",),
    ("--help",),
)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_bytes(b'{"a":1}\n' * 30_000)
    Path("one.json").write_bytes(b"1")


@pytest.mark.skipif(not _FULL.exists(), reason="only Linux has a file that is always full")
@pytest.mark.parametrize("command", _COMMANDS, ids=" ".join)
def test_a_full_disk_behind_standard_output(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever writes it, the command says so, and fails."""
    with _FULL.open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        code = main(command)

    assert (code, capsys.readouterr().err) == (
        1,
        "symphony: cannot write standard output: No space left on device\n",
    )


@pytest.mark.parametrize("command", _COMMANDS, ids=" ".join)
def test_closed_standard_output(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is no output, and what is written is not lost without a word."""
    monkeypatch.setattr(sys, "stdout", None)
    code = main(command)
    sys.stdout.close()

    assert (code, "symphony: cannot write standard output: " in capsys.readouterr().err) == (1, True)


@pytest.mark.parametrize("command", [*_COMMANDS, ("transports",)], ids=" ".join)
def test_a_pipe_that_nobody_reads(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever writes to it, the command ends without a word, as others do that a signal ends."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        code = main(command)

    assert (code, capsys.readouterr().err) == (141, "")


def test_nothing_is_written_to_a_closed_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversion to a file needs none."""
    monkeypatch.setattr(sys, "stdout", None)
    code = main(["convert", "json", "json", "in.jsonl", "out", "--quiet"])
    sys.stdout.close()

    assert (code, Path("out").read_bytes()) == (0, Path("in.jsonl").read_bytes())


@pytest.mark.parametrize(
    "command",
    [
        ("encode", "cbor"),
        ("decode", "cbor"),
        ("inspect", "-"),
        ("convert", "json", "cbor", "-"),
        ("convert", "json", "cbor", "-", "--lines"),
        ("convert", "json", "cbor", "-", "out", "--lines", "--quiet"),
    ],
    ids=" ".join,
)
def test_closed_standard_input(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is no empty input."""
    monkeypatch.setattr(sys, "stdin", None)
    code = main(command)
    sys.stdin.close()

    assert (code > 0, "symphony: cannot read standard input: " in capsys.readouterr().err) == (True, True)
