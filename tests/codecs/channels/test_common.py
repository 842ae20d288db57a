"""Properties of both flavours: imports, pairs, commands, and cleaning up after failed starts."""

from __future__ import annotations

import asyncio
import errno
import inspect
import os
import socket
import subprocess
import sys
import threading

import pytest

from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels import blocking
from symphony_codecs.channels._child import child_pipes
from symphony_codecs.channels._stdio import StandardStreams
from symphony_codecs.channels.unix import listen_unix
from symphony_types.checks import FieldError
from symphony_types.errors import IpcConnectionFailedError, IpcTransportError
from tests.codecs.channels.blocking_ends import (  # noqa: F401 - the fixture is requested by its name
    call,
    open_descriptors,
    tidy,
)


@pytest.fixture
def failing(monkeypatch):
    """Return a function that makes a function of a module fail from its nth call on."""

    def fail(owner, name, nth=1, error=None):
        real, calls = getattr(owner, name), []

        def call_or_fail(*args, **named):
            calls.append(name)
            if len(calls) >= nth:
                raise error or OSError(errno.EMFILE, os.strerror(errno.EMFILE))
            return real(*args, **named)

        monkeypatch.setattr(owner, name, call_or_fail)

    return fail


def test_the_imports_of_each_flavour():
    """Neither imports the other; WebSockets and child processes are imported only when they are used."""
    text = (
        "import sys, symphony_codecs.channels.blocking\n"
        "assert not {'asyncio', 'websockets', 'concurrent.futures'} & set(sys.modules)\n"
        "import symphony_codecs.channels.asyncio\n"
        "assert 'websockets' not in sys.modules\n"
        "for name in [n for n in sys.modules if n.startswith('symphony_codecs.channels')]: del sys.modules[name]\n"
        "import symphony_codecs.channels.asyncio\n"
        "assert 'symphony_codecs.channels.blocking' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", text], check=True)


def test_both_flavours_have_the_same_names():
    """Functions have the same parameters and defaults, and channels the same methods except `submit`."""

    def parameters(function):
        return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]

    def public(cls):
        return {name for name in dir(cls) if not name.startswith("_")}

    assert aio.__all__ == [name for name in blocking.__all__ if name != "PendingAnswer"]
    assert public(aio.Channel) == public(blocking.Channel) - {"submit"}
    # asyncio servers also have methods for their wires
    assert public(aio.Server) > {"close", "serve_forever", "url", "channels", "is_serving"} < public(blocking.Server)
    for name in ("connect", "pair", "reconnect", "serve", "spawn"):
        assert parameters(getattr(aio, name)) == parameters(getattr(blocking, name)), name
    for name in public(aio.Channel):
        one, other = getattr(aio.Channel, name), getattr(blocking.Channel, name)
        assert callable(one) == callable(other)
        assert not callable(one) or parameters(one) == parameters(other), name


@pytest.mark.usefixtures("tidy")
def test_a_pair_that_is_entered():
    """For each flavour, both ends are open in the body and closed after it."""
    with blocking.pair() as (one, other):
        one.send(call(1))
        assert other.receive(timeout=5).payload.id == 1
    assert not one.is_open
    assert not other.is_open

    async def main():
        async with aio.pair() as (one, other):
            await one.send(call(1))
            assert (await other.receive(timeout=5)).payload.id == 1
        assert not one.is_open
        assert not other.is_open
        one, other = await aio.pair()
        async with one, other:
            await other.send(call(2))
            assert (await one.receive(timeout=5)).payload.id == 2

    asyncio.run(main())


@pytest.mark.usefixtures("tidy")
def test_a_pair_that_is_cancelled_leaves_nothing():
    """Cancelling at any point leaves nothing behind."""

    async def make():
        return await aio.pair()

    async def main():
        for turns in range(12):
            making = asyncio.create_task(make())
            for _ in range(turns):
                await asyncio.sleep(0)
            making.cancel()
            (result,) = await asyncio.gather(making, return_exceptions=True)
            if not isinstance(result, asyncio.CancelledError):
                await result.close()

    asyncio.run(main())


@pytest.mark.usefixtures("tidy")
def test_serving_that_is_cancelled_leaves_nothing(tmp_path):
    """No socket and no file is left."""

    async def serve(url):
        return await aio.serve(url, print)

    async def main():
        for url in (f"unix://{tmp_path}/s", "tcp://127.0.0.1:0"):
            for turns in range(6):
                starting = asyncio.create_task(serve(url))
                for _ in range(turns):
                    await asyncio.sleep(0)
                starting.cancel()
                (result,) = await asyncio.gather(starting, return_exceptions=True)
                if not isinstance(result, asyncio.CancelledError):
                    await result.close()
                assert not (tmp_path / "s").exists()

    asyncio.run(main())


@pytest.mark.parametrize("command", ["cat file", b"cat", [], ()])
@pytest.mark.parametrize("spawn", [aio.spawn, blocking.spawn])
def test_a_command_is_a_list(spawn, command):
    """A string would be treated as a list of letters, or need a shell."""
    with pytest.raises(FieldError, match="expected a program and its arguments as separate strings"):
        spawn(command)


@pytest.mark.usefixtures("tidy")
def test_a_command_that_cannot_be_started():
    """The error is that the connection failed."""
    with pytest.raises(IpcConnectionFailedError, match="null"):
        blocking.spawn(["cat", "\0"])

    async def main():
        with pytest.raises(IpcConnectionFailedError, match="null"):
            await aio.spawn(["cat", "\0"])

    asyncio.run(main())


@pytest.mark.usefixtures("tidy")
@pytest.mark.parametrize("nth", [1, 2])
def test_failing_pipes(failing, nth):
    """The pipes that were made are closed."""
    failing(os, "pipe", nth)
    with pytest.raises(OSError, match="Too many open files"), child_pipes():
        pytest.fail("there are not as many pipes")


@pytest.mark.usefixtures("tidy")
def test_a_child_without_a_wake_up_pipe(failing):
    """If the last pipe, after those to the child, fails, no process and no pipe is left."""
    made = []  # subprocess may make one of its own, to report errors
    with pytest.MonkeyPatch.context() as patch:
        pipe = os.pipe
        patch.setattr(os, "pipe", lambda: made.append(pipe()) or made[-1])
        blocking.spawn([sys.executable, "-S", "-c", "input()"]).close()
    failing(os, "pipe", len(made))
    with pytest.raises(IpcConnectionFailedError, match="Too many open files"):
        blocking.spawn([sys.executable, "-S", "-c", "input()"])


@pytest.mark.usefixtures("tidy")
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_standard_streams_that_cannot_be_taken(failing, nth):
    """They are unchanged, and nothing stays open; both flavours name what they expected."""
    before = os.fstat(0), os.fstat(1)
    failing(os, "dup", nth)
    with pytest.raises(OSError, match="Too many open files"):
        StandardStreams()
    assert (os.fstat(0), os.fstat(1)) == before

    async def main():
        with pytest.raises(IpcTransportError, match="expected standard input and output, got"):
            await aio.serve("stdio:", print)
        with pytest.raises(IpcConnectionFailedError, match="expected a connection to stdio:, got"):
            await aio.connect("stdio:")

    asyncio.run(main())


@pytest.mark.usefixtures("tidy")
def test_standard_input_that_cannot_be_replaced(failing, monkeypatch):
    """Standard output is restored."""
    before = os.fstat(1)
    real = os.dup2
    calls = []

    def dup2(source, target):
        calls.append(target)
        if target == 0:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return real(source, target)

    monkeypatch.setattr(os, "dup2", dup2)
    with pytest.raises(OSError, match="busy"):
        StandardStreams()
    assert calls == [1, 0, 1]
    assert os.fstat(1) == before


@pytest.mark.usefixtures("tidy")
def test_a_thread_that_cannot_be_started_leaves_no_listener(tmp_path, monkeypatch):
    """The socket's file is removed, too."""

    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    for url in (f"unix://{tmp_path}/s", "tcp://127.0.0.1:0"):
        with pytest.raises(IpcTransportError, match="can't start new thread"):
            blocking.serve(url, print)
    assert not (tmp_path / "s").exists()


def test_a_mode_that_cannot_be_set_leaves_no_file(tmp_path, monkeypatch):
    """No socket listens then."""
    path = tmp_path / "s"

    def chmod(self, mode):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(type(path), "chmod", chmod)
    umask, before = os.umask(0o077), open_descriptors()
    try:
        with pytest.raises(IpcTransportError, match="not permitted"):
            listen_unix(str(path), mode=0o666)
    finally:
        os.umask(umask)
    assert not path.exists()
    assert open_descriptors() == before


def test_a_socket_file_never_has_wider_permissions(tmp_path, monkeypatch):
    """That holds from the first moment; and clients can connect only once the mode is final."""
    seen = []

    class Watched(socket.socket):
        def bind(self, address):
            super().bind(address)
            seen.append((tmp_path / "s").stat().st_mode & 0o777)

        def listen(self, *args):
            seen.append((tmp_path / "s").stat().st_mode & 0o777)
            super().listen(*args)

    monkeypatch.setattr(socket, "socket", Watched)
    umask = os.umask(0o022)
    try:
        listener, file = listen_unix(str(tmp_path / "s"), mode=0o660)
    finally:
        os.umask(umask)
    listener.close()
    file.remove()
    assert seen == [0o640, 0o660]
