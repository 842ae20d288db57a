"""Files of Unix sockets."""

from __future__ import annotations

import os
import socket
import stat

from pathlib import Path

import pytest

from symphony_codecs.channels import UnsupportedTransportError
from symphony_codecs.channels.unix import UnixSocketFile, check_unix_path, listen_unix
from symphony_types.checks import FieldError
from symphony_types.errors import IpcTransportError


def connect(path: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(path))
    return client


def test_the_file_is_its_owner_s_alone(tmp_path, monkeypatch):
    """Its mode is 0600 from the first moment, whatever the umask, which is not changed."""
    path = tmp_path / "s"
    modes = []

    class Watched(socket.socket):
        def bind(self, address):
            super().bind(address)
            modes.append(stat.S_IMODE(os.lstat(path).st_mode))

    monkeypatch.setattr(socket, "socket", Watched)
    before = os.umask(0)
    try:
        listener, file = listen_unix(str(path))
        assert os.umask(0) == 0
    finally:
        os.umask(before)
    with listener:
        assert modes == [0o600]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not listener.getblocking()
        connect(path).close()
    file.remove()
    assert not path.exists()


def test_a_stale_socket_is_replaced(tmp_path):
    """A socket that refuses connections was left behind."""
    path = tmp_path / "s"
    first, _ = listen_unix(str(path))
    first.close()
    assert path.exists()
    second, file = listen_unix(str(path))
    with second:
        connect(path).close()
    file.remove()


def test_a_socket_in_use_is_left_alone(tmp_path):
    """Its server goes on."""
    path = tmp_path / "s"
    first, file = listen_unix(str(path))
    with first:
        with pytest.raises(IpcTransportError) as caught:
            listen_unix(str(path))
        assert "a server that listens there already" in caught.value.reason
        connect(path).close()
    file.remove()


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_other_files_are_left_alone(tmp_path, kind):
    """A file that is not a socket is not removed."""
    path = tmp_path / "s"
    if kind == "file":
        path.write_text("dear")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(IpcTransportError) as caught:
        listen_unix(str(path))
    assert "a file that is not a socket" in caught.value.reason
    assert os.path.lexists(path)


def test_a_missing_folder(tmp_path):
    """The system's reason is in the text."""
    with pytest.raises(IpcTransportError) as caught:
        listen_unix(str(tmp_path / "no" / "s"))
    assert "No such file or directory" in caught.value.reason
    (tmp_path / "plain").touch()
    with pytest.raises(IpcTransportError) as caught:
        listen_unix(str(tmp_path / "plain" / "s"))
    assert "Not a directory" in caught.value.reason


def test_only_the_own_file_is_removed(tmp_path):
    """A file that has replaced it belongs to another server."""
    path = tmp_path / "s"
    first, file = listen_unix(str(path))
    first.close()
    second, other = listen_unix(str(path))
    with second:
        # the file system may reuse the inode, so the test makes one up
        UnixSocketFile(file.path, file.device, other.inode + 1).remove()
        assert path.exists()
    other.remove()
    other.remove()
    assert not path.exists()
    path.write_text("dear")
    other.remove()
    assert path.read_text() == "dear"


@pytest.mark.parametrize(("size", "fits"), [(107, True), (108, False)])
def test_paths_that_do_not_fit_into_an_address(size, fits):
    """The limit counts bytes, not characters."""
    for path in ("/" + "a" * (size - 1), "/" + "ä" * ((size - 1) // 2) + "a" * ((size - 1) % 2)):
        assert len(os.fsencode(path)) == size
        if fits:
            check_unix_path(path)
        else:
            with pytest.raises(FieldError) as caught:
                listen_unix(path)
            assert str(caught.value) == "expected a path of at most 107 bytes, got 108 bytes at path"


def test_a_failure_leaves_no_socket_open(tmp_path, monkeypatch):
    """The name may be taken in between, or the file may vanish."""
    path = tmp_path / "s"
    real = UnixSocketFile.at
    monkeypatch.setattr(UnixSocketFile, "at", classmethod(lambda cls, p: None))
    with pytest.raises(IpcTransportError) as caught:
        listen_unix(str(path))
    assert "another process removed" in caught.value.reason
    with pytest.raises(IpcTransportError) as caught:
        listen_unix(str(path))
    assert "Address already in use" in caught.value.reason
    monkeypatch.setattr(UnixSocketFile, "at", real)


def test_a_file_that_replaced_the_socket_is_not_removed(tmp_path, monkeypatch):
    """The path has to be a socket after binding."""
    path = tmp_path / "s"
    looks = iter([lambda: None, lambda: _refuse(path)])
    monkeypatch.setattr(UnixSocketFile, "at", classmethod(lambda cls, p: next(looks)()))
    with pytest.raises(IpcTransportError):
        listen_unix(str(path))


def _refuse(path):
    raise IpcTransportError(reason=f"a file at {path}")


def test_a_server_that_cannot_be_asked_counts_as_one(tmp_path, monkeypatch):
    """Only a refused connection shows that no server listens."""
    path = tmp_path / "s"
    first, file = listen_unix(str(path))
    first.close()

    def full(self, address):
        raise BlockingIOError(11, "try again")

    monkeypatch.setattr(socket.socket, "connect", full, raising=False)
    with pytest.raises(IpcTransportError) as caught:
        listen_unix(str(path))
    assert "a server that listens there already" in caught.value.reason
    file.remove()


def test_a_system_without_unix_sockets(monkeypatch):
    """The error names an alternative."""
    monkeypatch.delattr(socket, "AF_UNIX")
    with pytest.raises(UnsupportedTransportError) as caught:
        check_unix_path("/s")
    assert "use tcp://host:port" in caught.value.reason
