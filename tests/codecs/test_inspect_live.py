"""``symphony inspect`` as a process: continuing streams, readers that leave early, and interruptions."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading

from collections.abc import Iterator
from pathlib import Path

import pytest

from symphony_codecs.framing import FrameEncoder
from symphony_codecs.framing.framings import get_framing
from symphony_types.message.ipc import FrameHeader, FrameType, IpcFrame


COMMAND = [sys.executable, "-m", "symphony_codecs", "inspect"]
HEADER = FrameHeader(frame_type=FrameType.EVENT, format=1, stream_id=1)
ENCODER = FrameEncoder()
FRAMES = [ENCODER.encode(IpcFrame(header=HEADER, payload=b'{"number":%d}' % number)) for number in range(3)]
TEXTS = [b'{"number":0}', b'{"number":1}', b'{"number":2}']
DOCUMENTS = {
    "newline": TEXTS,
    "content-length": TEXTS,
    "length-prefixed": TEXTS,
    "json-sequence": TEXTS,
    "msgpack-sequence": [b"\x81\xa6number\x00", b"\x81\xa6number\x01", b"\x81\xa6number\x02"],
    "cbor-sequence": [b"\xa1\x66number\x00", b"\xa1\x66number\x01", b"\xa1\x66number\x02"],
}
STREAMS = {
    "native": FRAMES,
    **{name: [get_framing(name).encoder().encode(one) for one in documents] for name, documents in DOCUMENTS.items()},
}


@contextlib.contextmanager
def started(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command with pipes; a process that waits for more than a minute is killed."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        with process:
            yield process
    finally:
        watchdog.cancel()


@pytest.mark.parametrize("framing", sorted(STREAMS))
@pytest.mark.parametrize("json_", [True, False])
def test_rows_come_while_the_stream_goes_on(framing: str, json_: bool) -> None:
    """Each row can be read before the next bytes arrive, whether the framing is given or guessed."""
    arguments = ("--json",) if json_ else ("--framing", framing)
    with started(*arguments, SYMPHONY_PURE="1" if json_ else "") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number, data in enumerate(STREAMS[framing]):
            process.stdin.write(data)
            process.stdin.flush()
            shown = process.stdout.readline()
            if not json_:
                shown = process.stdout.readline()
            assert b'"number":%d' % number in shown
        process.stdin.close()
        rest = process.stdout.read()
        assert process.wait() == 0
    assert (b"all right" in rest) is not json_


def test_damage_comes_once_it_ends() -> None:
    """Damage is shown with the frame that ends it, while the stream continues."""
    with started() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(FRAMES[0] + b"junk" + FRAMES[1])
        process.stdin.flush()
        lines = [process.stdout.readline() for _ in range(7)]
        assert b"DAMAGE" in lines[2]
        assert b"bad_magic" in lines[3]
        assert b"6a 75 6e 6b" in lines[4]
        assert b"EVENT" in lines[5]
        process.stdin.close()
        assert process.wait() == 1


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("summary", [True, False])
def test_interrupted(summary: bool) -> None:
    """Ctrl-C ends the command with its usual code and without a traceback; earlier rows are in the output."""
    with started(*(("--summary",) if summary else ())) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        # A summary has no rows that would show progress, but a pipe takes at most 64 KiB.
        process.stdin.write(FRAMES[0] * (10_000 if summary else 1))
        process.stdin.flush()
        if not summary:
            assert b"EVENT" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        code = process.wait()
        assert process.stderr.read() == b""
        assert code in {130, -signal.SIGINT}


@pytest.mark.parametrize("json_", [True, False])
def test_reader_that_leaves(tmp_path: Path, json_: bool) -> None:
    """A reader of the output may leave early: no traceback, and the usual exit code."""
    path = tmp_path / "many.frames"
    encoder = FrameEncoder()
    path.write_bytes(b"".join(encoder.encode(IpcFrame(header=HEADER, payload=b"[%d]" % n)) for n in range(20_000)))
    with started(str(path), *(("--json",) if json_ else ())) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_a_limit_ends_a_stream_that_goes_on() -> None:
    """With --limit the command ends although the stream continues."""
    with started("--limit", "2") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(FRAMES[0] + FRAMES[1])
        process.stdin.flush()
        assert process.stdout.read().endswith(b"2 frames, all right, stopped by --limit\n")
        assert process.wait() == 0


def test_a_file_that_shrinks_is_an_error(tmp_path: Path) -> None:
    """A file that is cut while it is being read is reported, with exit code 1."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"[1]\n" * 400_000)
    with started(str(path)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        # Nobody reads the output: the pipe is full, and most of the file is still unread.
        os.truncate(path, 8)
        while process.stdout.read(2**16):
            pass
        assert b"expected a file of at least 1600000 bytes, got 8" in process.stderr.read()
        assert process.wait() == 1
