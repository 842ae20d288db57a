"""asyncio channels over standard input and output: child processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest

from symphony_codecs.channels import ConnectionLostError, UnsupportedTransportError
from symphony_codecs.channels.asyncio import spawn
from symphony_codecs.errors import DecodeError
from symphony_types.errors import IpcConnectionFailedError, TimedOutError
from symphony_types.message.ipc import TransportType
from symphony_types.message.jsonrpc import JsonRpcRequest, JsonRpcResponse
from tests.codecs.channels.asyncio_ends import CHILD, NATIVE_STDIO, call, run, until


FRAMINGS = pytest.mark.parametrize(("framing", "profile"), [("newline", None), ("native", NATIVE_STDIO)])

# the package has a function with the name of the module
SPAWN = sys.modules["symphony_codecs.channels.asyncio.spawn"]

BARE = JsonRpcRequest | JsonRpcResponse


def script(text: str) -> list[str]:
    """Return the command of a process that runs *text* and does not use this library."""
    return [sys.executable, "-I", "-S", "-c", text]


# answers each line of JSON-RPC, the last first
ANSWERS = """
import json, sys
lines = [json.loads(sys.stdin.readline()) for _ in range(100)]
for line in reversed(lines):
    print(json.dumps({"jsonrpc": "2.0", "result": line["params"], "id": line["id"]}), flush=True)
for line in sys.stdin:
    print(line, end="", flush=True)
"""


@FRAMINGS
def test_a_child_that_serves(framing, profile, tmp_path, capfd):
    """The child handles parallel requests and large messages, prints to standard error, and exits with code 0."""

    async def main():
        async with spawn([*CHILD, framing, "noisy"], profile=profile, stderr=subprocess.DEVNULL) as channel:
            assert channel.transport is TransportType.STDIO
            assert channel.url == "stdio:"
            assert (channel.agreement is None) is (framing == "newline")
            large = "x" * 300_000
            answers = await asyncio.gather(*(channel.request(call(n, [n, large])) for n in range(5)))
            assert [a.payload.result[0] for a in answers] == list(range(5))
            process = channel.process
            assert process.returncode is None
            if framing == "native":
                # output printed after the end of the channel is ignored
                await channel.close()
        assert process.returncode == 0

    run(main())
    assert capfd.readouterr().out == ""


def test_a_hundred_requests_to_a_foreign_process():
    """It answers JSON-RPC lines in another order; the end of its input ends it."""

    async def main():
        async with spawn(script(ANSWERS), BARE) as channel:
            asking = (channel.request(JsonRpcRequest(method="m", params=[n], id=n)) for n in range(100))
            assert [a.result for a in await asyncio.gather(*asking)] == [[n] for n in range(100)]
            sent = [JsonRpcRequest(method="again", id=n) for n in range(3)]
            for request in sent:
                await channel.send(request)
            assert [await channel.receive() for _ in sent] == sent
        assert channel.process.returncode == 0

    run(main())


def test_a_child_that_exits_by_itself():
    """Exit code 0 closes the channel, after all its messages."""

    async def main():
        line = '{"jsonrpc": "2.0", "method": "m", "id": 1}'
        async with spawn(script(f"print({line!r})"), BARE) as channel:
            assert [m.id async for m in channel] == [1]
            with pytest.raises(Exception, match="ended"):
                await channel.send(JsonRpcRequest(method="m", id=1))

    run(main())


@pytest.mark.parametrize("how", ["killed", "crashed"])
def test_a_child_that_dies(how):
    """`receive` and requests under way raise `ConnectionLostError` with the exit code."""
    text = "import sys; sys.stdin.readline(); " + ("sys.exit(3)" if how == "crashed" else "sys.stdin.read()")

    async def main():
        async with spawn(script(text), BARE) as channel:
            asking = [asyncio.create_task(channel.request(JsonRpcRequest(method="m", id=n))) for n in range(3)]
            await asyncio.sleep(0)
            if how == "killed":
                channel.process.kill()
            for request in asking:
                with pytest.raises(ConnectionLostError):
                    await request
            with pytest.raises(ConnectionLostError) as caught:
                await channel.receive()
            code = -signal.SIGKILL if how == "killed" else 3
            assert f"the process exited with {code}" in caught.value.reason

    run(main())


def test_a_native_child_that_is_killed():
    """The channel is lost, as over a socket."""

    async def main():
        async with spawn([*CHILD, "native", "crash"], profile=NATIVE_STDIO) as channel:
            with pytest.raises(ConnectionLostError):
                await channel.request(call(1))

    run(main())


def test_a_child_that_prints_something_else():
    """A line that is not a message is one `DecodeError`; the lines around it are received."""
    text = """for n in (1, 0, 2): print('{"jsonrpc":"2.0","method":"m","id":%d}' % n if n else "hello")"""

    async def main():
        async with spawn(script(text), BARE) as channel:
            assert (await channel.receive()).id == 1
            with pytest.raises(DecodeError):
                await channel.receive()
            assert [m.id async for m in channel] == [2]

    run(main())


def test_a_child_that_does_not_exit_is_terminated_then_killed(monkeypatch):
    """A child that ignores the end of its input, and then SIGTERM, is killed."""
    monkeypatch.setattr(SPAWN, "KILL_AFTER", 0.05)
    stubborn = "import signal, sys; signal.signal(15, signal.SIG_IGN); print('{}', flush=True); signal.pause()"

    async def main():
        for text, code in ((stubborn, -signal.SIGKILL), (stubborn.replace("SIG_IGN", "SIG_DFL"), -signal.SIGTERM)):
            channel = await spawn(script(text), dict)
            assert await channel.receive() == {}
            before = time.monotonic()
            await channel.close(timeout=0.1)
            assert time.monotonic() - before < 20
            assert channel.process.returncode == code

    run(main())


def test_a_grandchild_does_not_hold_the_channel(monkeypatch):
    """A grandchild may keep the pipe open long after the child has exited."""
    monkeypatch.setattr(SPAWN, "GRACE", 0.05)
    text = (
        "import os, sys, time; pid = os.fork()\nif pid == 0: time.sleep(60)\nprint('{\"pid\": %d}' % pid, flush=True)"
    )

    async def main():
        async with spawn(script(text), dict) as channel:
            pid = (await channel.receive())["pid"]
            async with asyncio.timeout(20):
                assert [m async for m in channel] == []
            os.kill(pid, signal.SIGKILL)

    run(main())


def test_a_child_that_closes_its_input():
    """It may go on sending; sending to it raises an error."""
    text = (
        "import os, signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1]); os.close(0); "
        "print('{}', flush=True); signal.sigwait([signal.SIGUSR1]); print('{}', flush=True)"
    )

    async def main():
        async with spawn(script(text), dict) as channel:
            assert await channel.receive() == {}
            await until(lambda: channel._engine._refusal is not None)
            with pytest.raises(ConnectionLostError) as caught:
                await channel.send({"a": 1})
            assert "the peer accepts no more messages" in caught.value.reason
            channel.process.send_signal(signal.SIGUSR1)
            assert [m async for m in channel] == [{}]

    run(main())


def test_a_missing_program():
    """The error is `IpcConnectionFailedError`, and no pipe stays open."""

    async def main():
        with pytest.raises(IpcConnectionFailedError) as caught:
            await spawn(["/nowhere/nothing"])
        assert "No such file" in caught.value.reason

    run(main())


def test_a_receiver_that_stalls_stops_a_child():
    """The child's messages queue up at its end, not here."""
    text = 'for n in range(2000): print(\'{"n": %d, "x": "%s"}\' % (n, \'x\' * 1000))'

    async def main():
        async with spawn(script(text), dict, max_queue=4) as channel:
            await until(lambda: channel._engine._paused)
            await asyncio.sleep(0.05)
            assert channel.bytes_received < 1_000_000
            assert [m["n"] async for m in channel] == list(range(2000))

    run(main())


def test_the_folder_and_environment_of_a_child(tmp_path):
    """The child runs in the given folder, with the given environment."""
    text = "import json, os; print(json.dumps({'cwd': os.getcwd(), 'a': os.environ.get('A')}))"

    async def main():
        async with spawn(script(text), dict, cwd=tmp_path, env={"A": "b"}) as channel:
            assert await channel.receive() == {"cwd": str(tmp_path.resolve()), "a": "b"}

    run(main())


@pytest.mark.parametrize("cancelled", [False, True])
def test_failed_or_cancelled_spawning_leaves_no_process(tmp_path, cancelled):
    """A native child that never sends a Hello is ended after the time-out or the cancellation."""
    mark = tmp_path / "pid"
    text = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    def started():
        return mark.exists() and mark.read_text()

    async def main():
        if cancelled:
            spawning = asyncio.ensure_future(spawn(script(text), profile=NATIVE_STDIO, timeout=None))
            await until(started)
            spawning.cancel()
            with pytest.raises(asyncio.CancelledError):
                await spawning
        seconds = 0.25
        while not started():
            # A busy machine may start it more slowly.
            seconds *= 2
            with pytest.raises(TimedOutError):
                await spawn(script(text), profile=NATIVE_STDIO, timeout=seconds)
        with pytest.raises(ProcessLookupError):
            os.kill(int(started()), 0)

    run(main())


def test_failing_pipes_leave_no_process(monkeypatch):
    """The process that was started is ended."""
    started = []

    async def fail(self, read_fd, write_fd):
        started.append(self.process)
        os.close(read_fd)
        os.close(write_fd)
        raise UnsupportedTransportError(reason="no pipes today")

    async def main():
        monkeypatch.setattr(SPAWN._ChildWire, "open", fail)
        with pytest.raises(UnsupportedTransportError):
            await spawn(script("import signal; signal.pause()"), dict)
        assert started[0].returncode == -signal.SIGKILL

    run(main())


def test_spawning_that_is_cancelled_early_leaves_no_pipe():
    """Cancelling at any point leaves no pipe."""

    async def main():
        async def start():
            return await spawn(script("import sys; sys.stdin.read()"), dict)

        for turns in (0, 1, 2, 3, 5, 8):
            starting = asyncio.create_task(start())
            for _ in range(turns):
                await asyncio.sleep(0)
            starting.cancel()
            (result,) = await asyncio.gather(starting, return_exceptions=True)
            if not isinstance(result, asyncio.CancelledError):
                await result.close()

    run(main())


REFUSED = """
import asyncio, sys
from symphony_codecs.channels import UnsupportedTransportError
from symphony_codecs.channels.asyncio import connect
async def main():
    try:
        await connect("stdio:")
    except UnsupportedTransportError as error:
        print(error.reason)
        print(sys.stdin.read())
asyncio.run(main())
"""


def test_files_are_refused(tmp_path):
    """A regular file cannot be polled; standard input and output are restored."""
    (tmp_path / "in").write_text("input")
    with (tmp_path / "in").open() as source, (tmp_path / "out").open("w") as sink:
        subprocess.run([sys.executable, "-c", REFUSED], stdin=source, stdout=sink, check=True, timeout=20)
    assert (tmp_path / "out").read_text() == "expected pipes, sockets or terminals, got a file\ninput\n"


def test_descriptors_that_cannot_be_polled_are_refused():
    """Otherwise nothing would ever arrive on the channel."""
    result = subprocess.run(
        [sys.executable, "-c", REFUSED], stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=20
    )
    assert (result.stdout, result.stderr) == (b"expected pipes, sockets or terminals, got a file\n\n", b"")


def test_an_event_loop_without_pipes(monkeypatch):
    """The error is as on Windows; the child is ended."""

    def add_reader(*_):
        raise NotImplementedError

    async def main():
        monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", add_reader)
        with pytest.raises(UnsupportedTransportError, match="expected an event loop that waits for pipes, got _Unix"):
            await spawn(script("input()"), dict)

    run(main())


def test_a_program_that_connects_to_its_own_standard_streams():
    """As a client over stdio, its output before and after the channel goes to standard output."""
    text = """
import asyncio
from symphony_codecs.channels.asyncio import connect
async def main():
    async with connect("stdio:", dict) as channel:
        print("meanwhile")
        async for message in channel:
            await channel.send(message)
asyncio.run(main())
print("after")
"""
    done = subprocess.run(
        [sys.executable, "-c", text], input='{"a":1}\n{"b":2}\n', capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout == '{"a":1}\n{"b":2}\nafter\n'
    assert done.stderr == "meanwhile\n"
