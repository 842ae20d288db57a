"""Blocking channels over standard input and output: of child processes, and of this process."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from symphony_codecs.channels._options import DEFAULT_MESSAGE, Settings
from symphony_codecs.channels.blocking import connect, serve, spawn
from symphony_codecs.channels.blocking._deadline import Deadline
from symphony_codecs.channels.blocking._engine import Engine
from symphony_codecs.channels.blocking._streams import PipeStream
from symphony_codecs.channels.blocking._wire import Wire
from symphony_codecs.channels.errors import ChannelClosedError, ConnectionLostError
from symphony_types.errors import IpcConnectionFailedError, IpcTransportError, TimedOutError
from tests.codecs.channels.blocking_ends import (  # noqa: F401 - the fixture is requested by its name
    PATIENCE,
    answer,
    call,
    profile_of,
    threads,
    tidy,
    until,
)


pytestmark = pytest.mark.usefixtures("tidy")

CHILD = [sys.executable, "-m", "tests.codecs.channels.blocking_child"]

# A minimal server: it answers each line with the same line.
CAT = [sys.executable, "-S", "-u", "-c", "import sys\nfor line in sys.stdin: sys.stdout.write(line)"]


@pytest.mark.parametrize("framing", ["newline", "native"])
def test_a_child_answers(framing):
    """It answers over JSON lines and over native frames, and exits when its input ends."""
    profile = profile_of("unix") if framing == "native" else None
    with threads() as pool, spawn([*CHILD, framing, "echo"], profile=profile) as channel:
        asking = [pool.start(channel.request, call(n, ["ä" * n]), timeout=PATIENCE) for n in range(20)]
        assert [a.result(PATIENCE).payload.result for a in asking] == [["ä" * n] for n in range(20)]
        large = "x" * 1_000_000
        assert channel.request(call(21, large), timeout=PATIENCE).payload.result == large
        assert channel.process.poll() is None
        assert (channel.url, channel.profile.framing) == ("stdio:", framing)
    assert channel.process.returncode == 0
    with pytest.raises(ChannelClosedError):
        channel.receive()


def test_printed_text_does_not_get_between_the_messages(tmp_path):
    """It goes to standard error, and later to standard output again; standard input is empty meanwhile."""
    errors = tmp_path / "errors"
    with errors.open("wb") as stderr, spawn([*CHILD, "newline", "noisy"], stderr=stderr) as channel:
        assert channel.request(call(1, 5), timeout=PATIENCE).payload.result == 5
    assert errors.read_text().splitlines() == ["printed True", "printed by a child"]
    assert channel.process.returncode == 0


def test_this_process_serves_itself(tmp_path):
    """Descriptors 0 and 1 are restored once the conversation has ended."""
    ours, theirs = os.pipe(), os.pipe()
    kept = os.dup(0), os.dup(1)
    try:
        os.dup2(ours[0], 0)
        os.dup2(theirs[1], 1)
        before = os.fstat(0), os.fstat(1)
        with serve("stdio:", lambda channel: [channel.send(m) for m in channel], as_type=int) as server:
            assert server.url == "stdio:"
            for line in (b"1\n", b"23\n"):
                os.write(ours[1], line)
                # One write, though the line and its end are two buffers.
                assert os.read(theirs[0], 100) == line
            assert (os.fstat(0), os.fstat(1)) != before
            os.close(ours[1])
            server.serve_forever()
        assert (os.fstat(0), os.fstat(1)) == before
        assert os.get_blocking(1)
    finally:
        for saved, standard in zip(kept, (0, 1), strict=True):
            os.dup2(saved, standard)
            os.close(saved)
        for descriptor in (ours[0], *theirs):
            os.close(descriptor)


def test_standard_streams_that_are_closed(monkeypatch):
    """Both `serve` and `connect` raise an error that says so."""

    def dup(descriptor):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    monkeypatch.setattr(os, "dup", dup)
    with pytest.raises(IpcTransportError, match="Bad file descriptor"):
        serve("stdio:", list)
    with pytest.raises(IpcConnectionFailedError, match="Bad file descriptor"):
        connect("stdio:")


def test_a_channel_over_ones_own_standard_streams():
    """Reversed roles: the child sends requests, and this end answers, like a host of plug-ins."""
    child = subprocess.Popen(
        [*CHILD, "native", "client"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with child:
        stream = PipeStream(os.dup(child.stdout.fileno()), os.dup(child.stdin.fileno()))
        child.stdin.close()
        options = Settings(as_type=DEFAULT_MESSAGE, max_queue=4)
        engine = Engine(Wire(stream), options.conversation(profile_of("unix"), "server"))
        engine.start(Deadline(PATIENCE))
        engine.open(Deadline(PATIENCE))
        asked = engine.receive(PATIENCE)
        engine.send(answer(asked, asked.payload.params), PATIENCE)
        with pytest.raises(ChannelClosedError):
            engine.receive(PATIENCE)
        engine.close(PATIENCE)
        assert child.stderr.read() == b"result [2]\n"
        assert child.wait(PATIENCE) == 0


def test_a_child_that_is_killed():
    """`receive` and every request raise that the connection is lost, with the signal."""
    with threads() as pool, spawn(CAT) as channel:
        # The child echoes requests, so it sends no answers.
        waiting = [pool.start(channel.request, call(n), timeout=None) for n in range(3)]
        assert {channel.receive(timeout=PATIENCE).payload.id for _ in range(3)} == {0, 1, 2}
        waiting.append(pool.start(channel.receive))
        until(lambda: channel._engine._leader and len(channel._engine._followers) == 3)
        channel.process.send_signal(signal.SIGKILL)
        for one in waiting:
            with pytest.raises(ConnectionLostError, match="the process exited with -9"):
                one.result(PATIENCE)


def test_a_child_that_fails():
    """Its exit code is in the errors, also in those of senders."""
    with (
        spawn([sys.executable, "-S", "-c", "input(); raise SystemExit(3)"]) as channel,
        pytest.raises(ConnectionLostError, match="the process exited with 3"),
    ):
        channel.request(call(1), timeout=PATIENCE)
    with spawn([sys.executable, "-S", "-c", "raise SystemExit(4)"]) as channel:
        channel.process.wait()
        with pytest.raises(ConnectionLostError, match="the process exited with 4"):
            channel.send(call(1), timeout=PATIENCE)


def test_a_child_that_exits_by_itself():
    """Exit code 0 closes the channel in good order."""
    with spawn([sys.executable, "-S", "-c", "print(5)"], int) as channel:
        assert list(channel) == [5]
        assert isinstance(channel.ending, ChannelClosedError)


def test_a_child_that_does_not_exit(monkeypatch):
    """It is terminated, and killed if it ignores that."""
    monkeypatch.setattr("symphony_codecs.channels.blocking._child.KILL_AFTER", 0.1)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    channel = spawn([sys.executable, "-S", "-c", deaf], int)
    assert channel.receive(timeout=PATIENCE) == 1
    channel.close(timeout=0.01)
    assert channel.process.returncode == -signal.SIGKILL
    channel = spawn([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    channel.close(timeout=0.01)
    assert channel.process.returncode == -signal.SIGTERM


def test_a_grandchild_does_not_hold_the_channel():
    """`close` does not wait for a grandchild that keeps the pipe open."""
    script = "import subprocess, sys; subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(10)'])"
    channel = spawn([sys.executable, "-S", "-c", script])
    channel.process.wait(PATIENCE)
    before = time.monotonic()
    channel.close(timeout=0.1)
    assert time.monotonic() - before < 8


def test_a_child_that_never_says_hello():
    """The call times out, and no process is left."""
    with pytest.raises(TimedOutError):
        spawn([sys.executable, "-S", "-c", "import time; time.sleep(60)"], profile=profile_of("unix"), timeout=0.1)


def test_a_child_that_does_not_read():
    """The sender times out; a half-written message ends the channel."""
    with spawn([sys.executable, "-S", "-c", "import time; time.sleep(60)"]) as channel:
        with pytest.raises(TimedOutError):
            channel.send(call(1, "x" * 1_000_000), timeout=0.05)
        with pytest.raises(ConnectionLostError, match="only a part"):
            channel.send(call(2))
        channel.process.kill()


def test_a_missing_program(tmp_path):
    """It cannot be started."""
    with pytest.raises(IpcConnectionFailedError, match="expected a process"):
        spawn([str(tmp_path / "none")])


def test_the_folder_and_environment_of_a_child(tmp_path):
    """The child runs in the given folder, with the given environment."""
    script = "import os; print(int(os.getcwd() == os.environ['PLACE']))"
    environment = {"PLACE": str(tmp_path)}
    with spawn([sys.executable, "-S", "-c", script], int, cwd=tmp_path, env=environment) as channel:
        assert channel.receive(timeout=PATIENCE) == 1


def test_a_child_that_prints_something_else(caplog):
    """It is logged once, is quoted by the time-out of an answer, and takes no room from messages."""
    text = "for n in range(200): print(f'Listening on port {n}')\nimport sys; sys.stdin.read()"
    with spawn([sys.executable, "-S", "-u", "-c", text], max_queue=2) as channel:
        with pytest.raises(TimedOutError, match="something other than a message: Listening on port 0"):
            channel.request(call(1), timeout=0.3)
        asked = channel.submit(call(2), timeout=0.05)
        with pytest.raises(TimedOutError, match="Listening on port 0"):
            asked.result()
    assert caplog.text.count("Listening on port") == 1
