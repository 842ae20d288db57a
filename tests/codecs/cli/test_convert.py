"""``symphony convert`` on streams of records: what is written, what is bad, what is refused, and what stays."""

from __future__ import annotations

import base64
import errno
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symphony_codecs import get_codec
from symphony_codecs.__main__ import main
from symphony_codecs.cli.convert import to_file
from symphony_codecs.cli.convert.job import Job
from symphony_codecs.framing import FrameEncoder, encode_message
from symphony_codecs.records import read_records, scan_records, write_records
from symphony_types import JsonValue, Timestamp, Version
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame
from tests.codecs.framing.connection_pair import hello


Run = Callable[..., tuple[int, str]]

RECORDS: list[Any] = [{"a": n, "b": ["x" * (n % 50), None, n / 3, True]} for n in range(60)]
VERSIONS = [Version(major=n, minor=2, patch=3) for n in range(30)]
# Formats, and the framings that carry them: their own first.
FRAMINGS = {
    "json": ("newline", "json-sequence", "length-prefixed", "content-length"),
    "msgpack": ("msgpack-sequence", "length-prefixed", "content-length"),
    "msgpack-compact": ("msgpack-sequence", "length-prefixed"),
    "cbor": ("cbor-sequence", "length-prefixed"),
}


@pytest.fixture(name="run")
def _run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs ``convert`` in this process: exit code, and standard error."""

    def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(["convert", *map(str, arguments)])
        return code, capsys.readouterr().err

    return run


def lines(values: list[Any]) -> bytes:
    return b"".join(get_codec("json").encode(value) + b"\n" for value in values)


def stream(values: list[Any], name: str, framing: str) -> bytes:
    file = io.BytesIO()
    write_records(file, values, codec=name, framing=framing)
    return file.getvalue()


def bad_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


# What is written


@pytest.mark.parametrize("part_size", [1, 700, 10**6])
@pytest.mark.parametrize(("source", "framing"), [(name, framing) for name in FRAMINGS for framing in FRAMINGS[name]])
@pytest.mark.parametrize("target", ["json", "cbor"])
def test_every_framing_gives_what_one_loop_writes(
    run: Run, tmp_path: Path, source: str, framing: str, target: str, part_size: int
) -> None:
    """Any format and framing, cut into parts of any size, is what `write_records` writes."""
    (tmp_path / "in").write_bytes(stream(VERSIONS, source, framing))
    typed = ("--type", "Version")
    code, err = run(
        source, target, tmp_path / "in", tmp_path / "out", "--framing", framing, *typed, "--part-size", part_size
    )

    assert (code, err.splitlines()[-1].split(",")[0]) == (0, "symphony: 30 records converted")
    assert (tmp_path / "out").read_bytes() == stream(VERSIONS, target, FRAMINGS[target][0])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


@pytest.mark.parametrize("target", FRAMINGS)
def test_output_has_the_framing_that_is_given(run: Run, tmp_path: Path, target: str) -> None:
    """`--to-framing` wraps what is written; without it, each format has its own framing."""
    (tmp_path / "in.jsonl").write_bytes(lines(RECORDS))
    for framing in FRAMINGS[target]:
        out = tmp_path / framing
        assert run("json", target, tmp_path / "in.jsonl", out, "--to-framing", framing, "--quiet") == (0, "")
        assert out.read_bytes() == stream(RECORDS, target, framing)


def check_that_cuts_change_nothing(
    data: bytes, formats: tuple[str, str], name: str, part_size: int, *options: str
) -> None:
    """Convert in one part and in several: output, bad records and exit code are the same."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / name).write_bytes(data)
        results = []
        for out, size in (("whole", 10**6), ("cut", part_size)):
            sizes = ("--part-size", str(size), "--quiet")
            code = main(["convert", *formats, str(folder / name), str(folder / out), *sizes, *options])
            bad = folder / f"{out}.bad"
            results.append((code, (folder / out).read_bytes(), bad.read_bytes() if bad.exists() else None))
        assert results[0] == results[1]
        assert results[0][0] == (results[0][2] is not None)


LINES = (b'{"a":1}', b"[1,2,3]", b"", b"{", b"\xff", b'"' + b"x" * 90 + b'"', b"7", b"\r", b"GET / HTTP/1.1", b"\x1e")


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from(LINES), max_size=12),
    st.integers(1, 60),
    st.sampled_from([b"\n", b"", b"\r\n"]),
    st.sampled_from(["newline", "json-sequence"]),
)
def test_parts_change_nothing(documents: list[bytes], part_size: int, end: bytes, framing: str) -> None:
    """However a file of good and bad documents is cut, output and bad records are those of one part."""
    before = b"\x1e" if framing == "json-sequence" else b""
    data = b"\n".join(before + document for document in documents) + end
    options = ("--framing", framing, "--max-size", "80")
    check_that_cuts_change_nothing(data, ("json", "cbor"), "in", part_size, *options)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from([b"\x01", b"\x81\xa1a\x02", b"\xd9\x50" + b"x" * 80, b"\xc4\x01x", b"\xc1"]), max_size=12),
    st.integers(1, 60),
    st.integers(0, 4),
)
def test_parts_of_sequences_change_nothing(documents: list[bytes], part_size: int, missing: int) -> None:
    """Sequences too are cut between documents, up to what makes the rest unreadable."""
    data = b"".join(documents)
    options = ("--framing", "msgpack-sequence", "--max-size", "80")
    check_that_cuts_change_nothing(data[: len(data) - missing], ("msgpack", "json"), "in", part_size, *options)


@pytest.mark.parametrize("jobs", [2, 3])
def test_processes_write_what_one_does(run: Run, tmp_path: Path, jobs: int) -> None:
    """The number of processes changes nothing."""
    (tmp_path / "in.ndjson").write_bytes(lines(RECORDS).replace(b'{"a":7,', b"{a:7"))
    for out, options in (("one", ()), ("more", ("-j", jobs))):
        code, _ = run("json", "msgpack", tmp_path / "in.ndjson", tmp_path / out, "--part-size", 500, *options)
        assert code == 1

    assert (tmp_path / "one").read_bytes() == (tmp_path / "more").read_bytes()
    assert (tmp_path / "one.bad").read_bytes() == (tmp_path / "more.bad").read_bytes()


def _hello(*formats: str) -> IpcFrame:
    header = FrameHeader(frame_type=FrameType.HELLO, format=1)
    return IpcFrame(header=header, payload=hello(*formats).to_payload())


def _capture(actions: list[tuple[str, int]]) -> bytes:
    """Return frames of messages that are split and interleaved, with damage, gaps and a Hello now and then."""
    encoder = FrameEncoder()
    waiting: list[list[IpcFrame]] = []
    data = b""
    for stream_id, (kind, size) in enumerate(actions, 1):
        if kind == "hello":
            data += encoder.encode(_hello(*("json", "cbor") if size % 2 else ("cbor", "msgpack")))
        elif kind == "damage":
            data += b"SY\x01" + bytes(size % 40)
        elif kind == "gap":
            encoder.encode(IpcFrame(header=FrameHeader(frame_type=FrameType.HEARTBEAT, format=0), payload=b""))
        else:
            name = ("json", "cbor", "msgpack")[size % 3]
            message = {"n": size, "text": "x" * (size % 50)}
            waiting.append(encode_message(message, None, name, stream_id=stream_id, max_payload=20))
        if kind != "later":
            while waiting:
                for frames in waiting:
                    data += encoder.encode(frames.pop(0))
                waiting = [frames for frames in waiting if frames]
    return data


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(["message", "later", "hello", "damage", "gap"]), st.integers(0, 200)), max_size=12
    ),
    st.integers(1, 200),
    st.integers(0, 30),
)
def test_frames_of_a_message_stay_together(actions: list[tuple[str, int]], part_size: int, missing: int) -> None:
    """Captured frames are cut where no message is under way, and formats are those of the Hello before."""
    data = _capture(actions)
    check_that_cuts_change_nothing(data[: len(data) - missing], ("native", "json"), "in.frames", part_size)


def test_frames_say_their_formats(run: Run, tmp_path: Path) -> None:
    """FROM is native for captured frames; with another, messages of other formats are bad."""
    (tmp_path / "in.frames").write_bytes(_capture([("message", size) for size in range(9)]))

    assert run("native", "json", tmp_path / "in.frames", tmp_path / "all", "--part-size", 200, "--quiet") == (0, "")
    assert [json.loads(line)["n"] for line in (tmp_path / "all").read_bytes().splitlines()] == [*range(9)]
    assert run("cbor", "json", tmp_path / "in.frames", tmp_path / "cbor", "--quiet") == (1, "")
    assert [json.loads(line)["n"] for line in (tmp_path / "cbor").read_bytes().splitlines()] == [1, 4, 7]
    assert {line["issues"][0]["code"] for line in bad_lines(tmp_path / "cbor.bad")} == {"bad_format"}
    assert run("native", "json", tmp_path / "in.frames", tmp_path / "x", "--lines")[0] == 2


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_files_go_in_and_out(run: Run, tmp_path: Path, suffix: str) -> None:
    """What ends in .gz or .zst is compressed, whatever the parts."""
    if suffix == ".zst":
        pytest.importorskip("backports.zstd" if sys.version_info < (3, 14) else "compression.zstd")
    plain, packed, again = (tmp_path / name for name in ("in.jsonl", f"x.jsonl{suffix}", "out.jsonl"))
    plain.write_bytes(lines(RECORDS))

    assert run("json", "json", plain, packed, "--part-size", 400, "--quiet") == (0, "")
    assert [record.value for record in scan_records(packed, Any)] == RECORDS
    assert run("json", "json", packed, again, "--quiet") == (0, "")
    assert again.read_bytes() == plain.read_bytes()


def test_records_come_from_standard_input(run: Run, tmp_path: Path) -> None:
    """Records come from a pipe."""
    data = lines(RECORDS)
    (tmp_path / "in.jsonl").write_bytes(data)

    assert run("json", "msgpack", "-", tmp_path / "out", "--lines", "--quiet", stdin=data) == (0, "")
    assert (tmp_path / "out").read_bytes() == stream(RECORDS, "msgpack", "msgpack-sequence")


def test_records_go_to_standard_output(capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    """Without OUT records go to standard output, and what is bad to standard error."""
    (tmp_path / "in.jsonl").write_bytes(b'{"a":1}\n{"a":\n{"a":2}\n')
    code = main(["convert", "json", "cbor", str(tmp_path / "in.jsonl")])
    out, err = capsysbinary.readouterr()

    assert (code, out) == (1, b"\xa1aa\x01\xa1aa\x02")
    assert b"in.jsonl, byte 8: " in err
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_a_document_is_no_stream(run: Run, tmp_path: Path) -> None:
    """A .json file is one document, with and without OUT."""
    (tmp_path / "in.json").write_bytes(b"[1,\n2]\n")

    assert run("json", "cbor", tmp_path / "in.json", tmp_path / "out") == (0, "")
    assert (tmp_path / "out").read_bytes() == b"\x82\x01\x02"
    assert run("json", "cbor", tmp_path / "in.json", tmp_path / "out")[0] == 2
    assert run("json", "json", tmp_path / "in.json", tmp_path / "out", "--force") == (0, "")
    assert (tmp_path / "out").read_bytes() == b"[1,2]\n"


# Bad records


def test_bad_records_have_place_issues_and_bytes(run: Run, tmp_path: Path) -> None:
    """Each line of OUT.bad says where a record is, what is wrong with it, and what it is."""
    good = b'{"major":1,"minor":2,"patch":3}'
    records = (good, b'{"major":1,"minor":-2}', good, b"[" * 300, b"x" * 500, good, b'{"major":')
    data = b"\n".join(records)
    (tmp_path / "in.jsonl").write_bytes(data)
    code, err = run("json", "msgpack", tmp_path / "in.jsonl", tmp_path / "out", "-t", "Version", "--max-size", 400)

    assert code == 1
    assert "3 records converted" in err
    assert f"4 records bad, see {tmp_path / 'out.bad'}" in err
    found = bad_lines(tmp_path / "out.bad")
    places = [sum(len(record) + 1 for record in records[:index]) for index in (1, 3, 4, 6)]
    assert [(line["offset"], line["size"]) for line in found] == list(zip(places, (23, 301, 501, 9), strict=True))
    assert [{issue["code"] for issue in line["issues"]} for line in found] == [
        {"out_of_range", "missing_field"},
        {"too_deep"},
        {"too_large"},
        {"truncated"},
    ]
    assert {issue["path"] for issue in found[0]["issues"]} == {"$.minor", "$.patch"}
    shown = [records[1], records[3], records[4][:256], records[6]]
    assert [base64.b64decode(line["bytes"]) for line in found] == shown


def test_untyped_records_that_the_target_cannot_say_are_bad(run: Run, tmp_path: Path) -> None:
    """Without a type nothing is guessed: byte strings, NaN and other keys than texts are bad for JSON."""
    values = [{"a": 1}, {"a": b"x"}, [float("nan")], {1: 2}, {"b": None}]
    (tmp_path / "in").write_bytes(stream(values, "msgpack", "msgpack-sequence"))
    options = ("--framing", "msgpack-sequence", "--quiet")

    assert run("msgpack", "json", tmp_path / "in", tmp_path / "out.jsonl", *options) == (1, "")
    assert (tmp_path / "out.jsonl").read_bytes() == b'{"a":1}\n{"b":null}\n'
    assert [line["issues"][0]["path"] for line in bad_lines(tmp_path / "out.jsonl.bad")] == ["$.a", "$[0]", "$[1]"]
    assert run("msgpack", "cbor", tmp_path / "in", tmp_path / "out.cbor", *options) == (0, "")


TALL = """
import attrs, json
from symphony_codecs.formats.json import FORMAT

def dumps(value, limits, strict):
    return json.dumps(value, indent=1 if len(value) > 1 else None).encode()

TALL = attrs.evolve(FORMAT, name="tall", content_type="text/x-tall", format_id=None, layout=None, dumps=dumps)
"""


def test_documents_that_a_framing_cannot_carry_are_bad(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document of a format of one's own with a line's end in it is no line; those around it are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "tall_format", raising=False)
    (tmp_path / "tall_format.py").write_text(TALL)
    (tmp_path / "in.jsonl").write_bytes(b'{"a":1}\n{"a":1,"b":2}\n{"a":3}\n')
    options = ("--codec", "tall_format:TALL", "--to-framing", "newline", "--quiet")

    assert run("json", "tall", "in.jsonl", "out", *options) == (1, "")
    assert (tmp_path / "out").read_bytes() == b'{"a": 1}\n{"a": 3}\n'
    (line,) = bad_lines(tmp_path / "out.bad")
    assert (line["offset"], line["size"], line["issues"][0]["code"]) == (8, 14, "syntax")


# Parquet


PARQUET = pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="the extra test-peers has pyarrow")


def read_parquet(path: Path, as_type: Any) -> list[Any]:
    from symphony_codecs.arrow import read_parquet

    return list(read_parquet(path, as_type))


@PARQUET
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("target", ["parquet", "json", "cbor"])
def test_parquet_has_all_good_rows(run: Run, tmp_path: Path, target: str, jobs: int) -> None:
    """OUT.parquet, or TO parquet, is one Parquet file of all parts; what cannot be read is bad."""
    (tmp_path / "in.jsonl").write_bytes(lines(VERSIONS[:9]) + b'{"major":-1}\n' + lines(VERSIONS[9:]))
    out = tmp_path / ("out" if target == "parquet" else "out.parquet")
    options = ("--type", "Version", "--part-size", 300, "-j", jobs)
    code, err = run("json", target, tmp_path / "in.jsonl", out, *options)

    assert code == 1
    assert "30 records converted" in err
    assert read_parquet(out, Version) == VERSIONS
    assert [line["offset"] for line in bad_lines(Path(f"{out}.bad"))] == [len(lines(VERSIONS[:9]))]
    assert not Path(f"{out}.parts").exists()


@PARQUET
def test_rows_that_columns_cannot_hold_are_bad(run: Run, tmp_path: Path) -> None:
    """A value that the type takes and its column does not is bad, with its place; so it is in any part."""
    stamps = [Timestamp(n * 10**9) for n in range(2000)]
    far = Timestamp.parse("3000-01-01T00:00:00Z")
    stamps[5] = stamps[1500] = far
    (tmp_path / "in").write_bytes(stream(stamps, "cbor", "cbor-sequence"))
    for part_size in (10**6, 2000):
        out = tmp_path / f"{part_size}.parquet"
        options = ("--type", "Timestamp", "--framing", "cbor-sequence", "--part-size", part_size, "--quiet")
        assert run("cbor", "parquet", tmp_path / "in", out, *options) == (1, "")
        assert read_parquet(out, Timestamp) == [stamp for stamp in stamps if stamp is not far]
        documents = [base64.b64decode(line["bytes"]) for line in bad_lines(Path(f"{out}.bad"))]
        assert [get_codec("cbor").decode(document, Timestamp) for document in documents] == [far, far]


@PARQUET
def test_native_frames_to_parquet(run: Run, tmp_path: Path) -> None:
    """Captured frames become rows, and an input without rows is a file without rows."""
    (tmp_path / "in.frames").write_bytes(_capture([("message", size) for size in range(9)]))
    options = ("--type", "dict[str, JsonValue]", "--quiet")

    assert run("native", "parquet", tmp_path / "in.frames", tmp_path / "out", *options) == (0, "")
    assert [row["n"] for row in read_parquet(tmp_path / "out", dict[str, JsonValue])] == [*range(9)]
    (tmp_path / "none.jsonl").write_bytes(b"")
    assert run("json", "parquet", tmp_path / "none.jsonl", tmp_path / "none", *options) == (0, "")
    assert read_parquet(tmp_path / "none", dict[str, JsonValue]) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("in.jsonl out", "--type"),
        ("in.jsonl --type Version", "OUT"),
        ("in.jsonl out --type Version --to-framing newline", "expected no framing"),
    ],
)
def test_what_parquet_needs(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str, says: str
) -> None:
    """Parquet needs a file and a type."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_bytes(lines(VERSIONS))
    code, err = run("json", "parquet", *arguments.split())
    assert (code, says in err) == (2, True), err


# What is refused


def _existing(folder: Path) -> None:
    (folder / "out").write_bytes(b"old")


def _existing_bad(folder: Path) -> None:
    (folder / "out.bad").write_bytes(b"old")


def _folder(folder: Path) -> None:
    (folder / "out").mkdir()


def _foreign(folder: Path) -> None:
    (folder / "out.parts").mkdir()
    (folder / "out.parts" / "letter.txt").write_bytes(b"dear")


def _file_of_parts(folder: Path) -> None:
    (folder / "out.parts").write_bytes(b"")


def _nothing(folder: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("prepare", "arguments", "says"),
    [
        (_existing, "in.jsonl out", "out is there already"),
        (_existing_bad, "in.jsonl out", "out.bad is there already"),
        (_folder, "in.jsonl out", "out: it is no regular file"),
        (_folder, "in.jsonl out --force", "out: it is no regular file"),
        (_nothing, "in.jsonl /dev/null", "/dev/null: it is no regular file"),
        (_foreign, "in.jsonl out", "out.parts holds files of something else"),
        (_file_of_parts, "in.jsonl out", "out: File exists"),
        (_nothing, "in.jsonl no/such/out", "out: No such file or directory"),
        (_nothing, "in.jsonl in.jsonl --force", "expected another OUT than IN"),
        (_nothing, "in.jsonl ./in.jsonl --force", "expected another OUT than IN"),
        (_nothing, "none.jsonl out", "cannot read none.jsonl: No such file or directory"),
        (_nothing, ". out --lines", "cannot read .: it is no regular file"),
        (_nothing, "in.jsonl out -o other", "expected one output"),
        (_nothing, "in.jsonl out -j 0", "expected from 1 to"),
        (_nothing, "in.jsonl out -j 2 --dask tcp://x:1", "expected --jobs or --dask"),
        (_nothing, "in.jsonl out --part-size 0", "at least 1 byte"),
        (_nothing, "in.jsonl out --framing morse", "expected a framing"),
        (_nothing, "in.jsonl out --to-framing morse", "expected a framing"),
        (_nothing, "in.jsonl out --to-framing native", "expected a framing"),
        (_nothing, "in.jsonl out --lines --framing json-sequence", "got both"),
        (_nothing, "in.jsonl out --pretty", "--pretty is for one document"),
        (_nothing, "in.json out --jobs 2", "--jobs is for records"),
        (_nothing, "in.json out --to-framing newline", "--to-framing is for records"),
        (_nothing, "in.jsonl --jobs 2", "--jobs needs OUT"),
        (_nothing, "in.jsonl out --type Nothing", "unknown type"),
        (_nothing, "in.jsonl out --type symphony_codecs:Codec", "Codec"),
        (_nothing, "in.jsonl out --framing cbor-sequence", "cbor"),
        (_nothing, "in.jsonl out --max-depth 0", "from 1 to 250"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    prepare: Callable[[Path], None],
    arguments: str,
    says: str,
) -> None:
    """Each refusal says why, exits with 2, and leaves all files as they were."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_bytes(lines(RECORDS))
    prepare(tmp_path)
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))

    code, err = run("json", "cbor", *arguments.split())
    assert (code, says in err) == (2, True), err
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


def test_two_runs_at_once_are_refused(run: Run, tmp_path: Path) -> None:
    """While one process writes an output no other does."""
    (tmp_path / "in.jsonl").write_bytes(lines(RECORDS))
    with Job.lock(tmp_path / "out"):
        code, err = run("json", "cbor", tmp_path / "in.jsonl", tmp_path / "out")
    assert (code, "another process is writing" in err) == (2, True)
    assert run("json", "cbor", tmp_path / "in.jsonl", tmp_path / "out", "--quiet") == (0, "")


def test_force_writes_over_an_output_and_keeps_its_mode(run: Run, tmp_path: Path) -> None:
    """`--force` replaces the output and forgets the bad records of before."""
    (tmp_path / "in.jsonl").write_bytes(lines(RECORDS))
    _existing(tmp_path)
    _existing_bad(tmp_path)
    (tmp_path / "out").chmod(0o640)

    assert run("json", "cbor", tmp_path / "in.jsonl", tmp_path / "out", "--force", "--quiet") == (0, "")
    assert (tmp_path / "out").read_bytes() == stream(RECORDS, "cbor", "cbor-sequence")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o640
    assert not (tmp_path / "out.bad").exists()


# Work that is cut off


def _break_off(
    run: Run, monkeypatch: pytest.MonkeyPatch, folder: Path, exc: BaseException, *options: object
) -> tuple[int, str]:
    """Run a conversion whose fourth part fails."""
    whole = Job.finish_part

    def failing(job: Job, index: int, *rest: Any) -> None:
        if index == 3:
            raise exc
        whole(job, index, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(Job, "finish_part", failing)
        return run("json", "cbor", folder / "in.jsonl", folder / "out", "--part-size", 300, *options)


@pytest.mark.parametrize(
    ("exc", "code", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 1, "No space left on device"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_finished_parts_stay(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exc: BaseException, code: int, says: str
) -> None:
    """After a full disk, or Ctrl-C, the same command goes on where it was."""
    (tmp_path / "in.jsonl").write_bytes(lines(RECORDS))
    found, err = _break_off(run, monkeypatch, tmp_path, exc)

    assert (found, says in err) == (code, True)
    assert not says or "the same command goes on" in err
    parts = tmp_path / "out.parts"
    assert sorted(path.name for path in parts.glob("part-*") if "." not in path.name) == [
        "part-000000",
        "part-000001",
        "part-000002",
    ]
    assert not list(parts.glob("*.tmp"))
    written: list[str] = []
    whole = Job.finish_part
    monkeypatch.setattr(Job, "finish_part", lambda job, index, *rest: written.append(index) or whole(job, index, *rest))
    assert run("json", "cbor", tmp_path / "in.jsonl", tmp_path / "out", "--part-size", 300, "--quiet") == (0, "")
    assert min(written) == 3
    assert (tmp_path / "out").read_bytes() == stream(RECORDS, "cbor", "cbor-sequence")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--part-size", 300, "--type", "dict[str, JsonValue]"), "type was not given, is dict[str, JsonValue]"),
        (("--part-size", 300, "--strict"), "strict was False, is True"),
        (("--part-size", 300, "--max-size", 9999), "max_size was not given, is 9999"),
        (("--part-size", 300, "--to-framing", "length-prefixed"), "to_framing was cbor-sequence, is length-prefixed"),
        (("--part-size", 301), "part_size was 300, is 301"),
        ((), "part_size was 300"),
    ],
)
def test_parts_of_other_work_are_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[object, ...], says: str
) -> None:
    """Other options do not go on with what is there: what differs is said, and how to start over."""
    (tmp_path / "in.jsonl").write_bytes(lines(RECORDS))
    _break_off(run, monkeypatch, tmp_path, KeyboardInterrupt())
    command = ("json", "cbor", tmp_path / "in.jsonl", tmp_path / "out", *options)

    code, err = run(*command)
    assert (code, says in err, "--force" in err) == (2, True, True), err
    assert len(err.splitlines()) == 3
    assert run(*command, "--force", "--quiet") == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out"]


def test_another_input_is_refused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was written since is another input, as is another file."""
    source = tmp_path / "in.jsonl"
    source.write_bytes(lines(RECORDS))
    _break_off(run, monkeypatch, tmp_path, KeyboardInterrupt())
    other = tmp_path / "other.jsonl"
    other.write_bytes(lines(RECORDS))
    for path in (other, source):
        if path is source:
            source.write_bytes(lines(RECORDS[:-1]))
        code, err = run("json", "cbor", path, tmp_path / "out", "--part-size", 300)
        assert (code, "out.parts holds parts of other work" in err) == (2, True)
        assert ("input path was" if path is other else "input size was") in err


@pytest.mark.parametrize("change", ["grow", "shrink", "rewrite", "replace", "remove"])
def test_a_file_that_changes_meanwhile_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Whatever happens to the input while it is read, no output is made of it."""
    source = tmp_path / "in.jsonl"
    data = lines(RECORDS)
    source.write_bytes(data)
    whole = to_file.run

    def changing(*arguments: Any) -> Any:
        if change == "grow":
            source.write_bytes(data + b"{}\n")
        elif change == "shrink":
            source.write_bytes(data[:100])
        elif change == "rewrite":
            source.write_bytes(data[::-1])
            os.utime(source, ns=(1, 1))
        elif change == "replace":
            kept = source.stat().st_mtime_ns
            (tmp_path / "new").write_bytes(data)
            os.utime(tmp_path / "new", ns=(kept, kept))
            (tmp_path / "new").replace(source)
        else:
            source.unlink()
        return whole(*arguments)

    monkeypatch.setattr(to_file, "run", changing)
    code, err = run("json", "cbor", source, tmp_path / "out")
    assert (code, f"{source} changed while it was read" in err) == (1, True)
    assert not (tmp_path / "out").exists()


def test_standard_input_starts_over(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came from a pipe before is not taken for what comes now."""
    options = ("--lines", "--quiet")
    whole = Job.end
    monkeypatch.setattr(Job, "end", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert run("json", "cbor", "-", tmp_path / "out", *options, stdin=b"1\n2\n") == (130, "")
    monkeypatch.setattr(Job, "end", whole)
    assert run("json", "cbor", "-", tmp_path / "out", *options, stdin=b"3\n") == (0, "")
    assert (tmp_path / "out").read_bytes() == b"\x03"


# What is shown


def test_lines_show_the_progress_off_a_terminal(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Off a terminal there is a line now and then with size, rate and time left; nothing with --quiet."""
    from symphony_codecs.cli.convert import progress

    monkeypatch.setattr(progress, "_EVERY", 0.0)
    (tmp_path / "in.jsonl").write_bytes(lines(RECORDS))
    _, err = run("json", "cbor", tmp_path / "in.jsonl", tmp_path / "out", "--part-size", 300)

    first, *_, last = err.splitlines()
    assert first.startswith("symphony: 3")
    assert " left" in first
    assert last.startswith("symphony: 60 records converted, ")
    assert run("json", "cbor", tmp_path / "in.jsonl", tmp_path / "quiet", "--part-size", 300, "--quiet") == (0, "")


def test_a_bar_shows_the_progress_on_a_terminal(tmp_path: Path) -> None:
    """On a terminal there is a bar while it works, and a summary at the end; standard output stays empty."""
    pty = pytest.importorskip("pty")
    (tmp_path / "in.jsonl").write_bytes(lines(RECORDS))
    command = ["convert", "json", "cbor", "in.jsonl", "out", "--part-size", "300"]
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "symphony_codecs", *command],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=slave,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"},
    ) as process:
        os.close(slave)
        shown = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
            if not piece:
                break
            shown += piece
        assert process.stdout is not None
        assert (process.stdout.read(), process.wait(60)) == (b"", 0)
    os.close(master)
    assert b"%" in shown
    assert b"/s" in shown
    assert b"60 records converted" in shown


@PARQUET
def test_parquet_is_the_same_however_it_was_made(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken off and gone on with, or in two processes: the bytes are those of one run."""
    (tmp_path / "in.jsonl").write_bytes(lines(VERSIONS))
    command = ("json", "parquet", tmp_path / "in.jsonl")
    options = ("--type", "Version", "--part-size", 200, "--quiet")
    whole = Job.finish_part

    def failing(job: Job, index: int, *rest: Any) -> None:
        if index == 2:
            raise KeyboardInterrupt
        whole(job, index, *rest)

    assert run(*command, tmp_path / "whole", *options) == (0, "")
    with monkeypatch.context() as patch:
        patch.setattr(Job, "finish_part", failing)
        assert run(*command, tmp_path / "again", *options)[0] == 130
    assert run(*command, tmp_path / "again", *options) == (0, "")
    assert run(*command, tmp_path / "two", *options, "-j", 2) == (0, "")
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "again").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("options", [(), ("-j", "1"), ("-j", "2"), ("--part-size", "20"), ("--to-framing", "newline")])
@pytest.mark.parametrize("source", ["msgpack", "msgpack-compact", "cbor"])
@pytest.mark.parametrize("count", [0, 1, 5])
def test_formats_with_nothing_between_documents_are_records_where_something_says_so(
    run: Run, tmp_path: Path, count: int, source: str, options: tuple[str, ...]
) -> None:
    """An output of lines, or an option for records, makes records of a sequence, of one document too."""
    records = RECORDS[:count]
    path = tmp_path / "in.bin"
    path.write_bytes(b"".join(get_codec(source).encode(record) for record in records))
    out = tmp_path / ("out" if options else "out.jsonl")

    assert run(source, "json", path, out, "--quiet", *options) == (0, "")
    assert out.read_bytes() == lines(records)


@pytest.mark.parametrize("out", ["out.jsonl", "out.NDJSON", "out.jsonl.gz"])
def test_an_output_of_lines_has_records(run: Run, tmp_path: Path, out: str) -> None:
    """JSON from a pipe is then one document a line."""
    code, err = run("json", "json", "-", tmp_path / out, "--quiet", stdin=lines(RECORDS))

    assert (code, err) == (0, "")
    assert [*read_records(tmp_path / out, Any)] == RECORDS


@pytest.mark.parametrize("source", ["json", "msgpack", "cbor"])
def test_several_documents_where_one_is_expected_name_the_framing(run: Run, tmp_path: Path, source: str) -> None:
    """Whoever has records and does not say so learns how."""
    path = tmp_path / "in.bin"
    codec = get_codec(source)
    path.write_bytes(codec.encode_lines(RECORDS) if source == "json" else codec.encode(1) * 2)

    code, err = run(source, "json", path)
    assert (code, f"--framing {codec.format.framing}" in err) == (1, True), err


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="descriptors have names on POSIX systems alone")
@pytest.mark.parametrize("out", ["to-file", None])
def test_a_pipe_by_name_is_refused(run: Run, tmp_path: Path, out: str | None) -> None:
    """``<(...)`` of a shell is no regular file, and the message says what to do."""
    reading, writing = os.pipe()
    try:
        code, err = run("json", "cbor", f"/dev/fd/{reading}", *([] if out is None else [tmp_path / out]), "--lines")
        assert (code, "give it as standard input" in err) == (2, True), err
        (tmp_path / "in.jsonl").write_bytes(b"1\n")
        code, err = run("json", "cbor", tmp_path / "in.jsonl", f"/dev/fd/{writing}")
        assert (code, "write to standard output instead" in err) == (2, True), err
    finally:
        os.close(reading)
        os.close(writing)
