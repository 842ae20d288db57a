"""Conversions that end in other ways than by themselves: killed, interrupted, without a worker, with a full disk."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time

from pathlib import Path

import pytest


pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")

KILLING = Path(__file__).with_name("killing.py")
SYMPHONY = [sys.executable, "-m", "symphony_codecs"]
# Reading a record takes a while, so that there is time to end the work in the middle.
SLOW = """
import time
import attrs

def slowly(value):
    time.sleep(0.02)
    return value

@attrs.define
class Record:
    a: int = attrs.field(converter=slowly)
"""
COMMAND = ["convert", "json", "msgpack", "in.jsonl", "out", "--type", "slow:Record", "--part-size", "70"]
DATA = b"".join(b'{"a":%d}\n' % number for number in range(100, 160))


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "in.jsonl").write_bytes(DATA)
    (tmp_path / "slow.py").write_text(SLOW)
    return tmp_path


def started(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start a conversion, and return once its first part is finished."""
    process = subprocess.Popen(
        [*SYMPHONY, *COMMAND, *options], cwd=folder, stderr=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while not any(folder.glob("out.parts/part-*.json")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return process


def finished(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("out.parts/part-*.json"))


def check_going_on(folder: Path, *options: str) -> None:
    """Run the command again: finished parts are not written again, and the output is that of one run."""
    kept = {name: (folder / "out.parts" / name).stat().st_mtime_ns for name in finished(folder)}
    assert kept
    before = max(kept.values())
    done = subprocess.run([*SYMPHONY, *COMMAND, *options], cwd=folder, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"60 records converted" in done.stderr
    assert (folder / "out").stat().st_mtime_ns > before
    assert (folder / "out").read_bytes() == b"".join(
        b"\x81\xa1a" + (b"%c" % number if number < 128 else b"\xcc%c" % number) for number in range(100, 160)
    )
    assert not (folder / "out.parts").exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--part-size", "60"),
        ("--part-size", "1000", "--to-framing", "length-prefixed"),
    ],
)
def test_killed_at_any_step(tmp_path: Path, options: tuple[str, ...]) -> None:
    """However far it came, a second run leaves what a run does that nobody kills."""
    (tmp_path / "in.jsonl").write_bytes(DATA[:60] + b"{bad\n" + DATA[60:90])
    command = ["convert", "json", "msgpack", "in.jsonl", "out", *options]
    done = subprocess.run([sys.executable, KILLING, tmp_path, *command], cwd=tmp_path, capture_output=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) > 25


@pytest.mark.parametrize("options", [(), ("-j", "2")])
def test_killed_with_all_its_workers(folder: Path, options: tuple[str, ...]) -> None:
    """The workers of a process that is killed end too, and the next run goes on."""
    process = started(folder, *options)
    process.kill()
    process.communicate()  # which reads until the last worker has closed its standard error
    check_going_on(folder, *options)


@pytest.mark.parametrize("options", [(), ("-j", "2")])
def test_interrupted(folder: Path, options: tuple[str, ...]) -> None:
    """Ctrl-C, which the terminal sends to all processes, ends it without a trace of any of them."""
    process = started(folder, *options)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (130, b"")
    check_going_on(folder, *options)


def pids(option: str, pid: int) -> list[int]:
    """Return the processes that ``pgrep`` finds, such as the children (``-P``) or the group (``-g``) of one."""
    found = subprocess.run(["pgrep", option, str(pid)], capture_output=True, check=True).stdout
    return list(map(int, found.split()))


def test_a_worker_that_dies(folder: Path) -> None:
    """A worker that the system kills is an error that says what to do, and finished parts stay."""
    process = started(folder, "-j", "2")
    helpers = {process.pid, *pids("-P", process.pid)}  # among them what workers are forked from
    os.kill(next(pid for pid in pids("-g", process.pid) if pid not in helpers), signal.SIGKILL)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 1
    assert b"a worker process died" in err
    assert b"the same command goes on" in err
    check_going_on(folder)


@pytest.mark.parametrize("options", [(), ("-j", "2")])
def test_no_room_for_a_part(tmp_path: Path, options: tuple[str, ...]) -> None:
    """A worker that cannot write says so; once there is room the same command goes on."""
    (tmp_path / "in.jsonl").write_bytes(DATA[:200] + b'"' + b"x" * 5000 + b'"\n' + DATA[200:])
    command = [*SYMPHONY, "convert", "json", "msgpack", "in.jsonl", "out", "--part-size", "100", *options]

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, resource.RLIM_INFINITY))

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, preexec_fn=limit)
    assert done.returncode == 1
    assert b"File too large" in done.stderr
    assert b"Traceback" not in done.stderr
    assert finished(tmp_path)
    assert not list(tmp_path.glob("out.parts/*.tmp"))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 0
    assert len((tmp_path / "out").read_bytes()) > 5000


def test_interrupted_while_workers_are_prepared() -> None:
    """The process that workers are forked from says nothing of Ctrl-C, in the middle of its imports either."""
    code = (
        "import os, signal, time\n"
        "from symphony_codecs.cli.convert.processes import prepare_workers\n"
        "prepare_workers()\n"
        "time.sleep(0.15)\n"
        "try:\n"
        "    os.killpg(0, signal.SIGINT)\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt:\n"
        "    os._exit(130)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, start_new_session=True, timeout=60)

    assert (done.returncode, done.stderr) == (130, b"")
