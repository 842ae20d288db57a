"""
The file of a listening Unix socket.

Its permissions hold from the moment it exists.  A stale file of a killed
server is replaced; any other file is left alone.
"""

from __future__ import annotations

import os
import socket
import stat
import sys

from pathlib import Path
from typing import Final

import attrs

from symphony_types.checks import FieldError
from symphony_types.errors import IpcTransportError

from .errors import UnsupportedTransportError


__all__ = ["UnixSocketFile", "check_unix_path", "listen_unix"]

# sun_path of struct sockaddr_un, less the null byte at the end
_MAX_PATH: Final = 107 if sys.platform == "linux" else 103
_PROBE_SECONDS: Final = 1.0


@attrs.frozen
class UnixSocketFile:
    """
    The file that a listening socket made.

    Args:
        path: Its path.
        device: Its device; with *inode*, it tells whether *path* still leads
            to this file.
        inode: Its inode.
    """

    path: str
    device: int
    inode: int

    @classmethod
    def at(cls, path: str) -> UnixSocketFile | None:
        """
        Return the socket's file at *path*; ``None`` if there is no file.

        Raises:
            IpcTransportError: *path* is another kind of file, or cannot be
                examined.
        """
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise _cannot_listen(path, str(exc)) from exc
        if not stat.S_ISSOCK(found.st_mode):
            raise _cannot_listen(path, "a file that is not a socket")
        return cls(path, found.st_dev, found.st_ino)

    def remove(self) -> None:
        """Remove the file, if it is still the same one."""
        try:
            if self.at(self.path) == self:
                Path(self.path).unlink()
        except (OSError, IpcTransportError):
            # the file is gone, or another one has replaced it
            return


def check_unix_path(path: str) -> None:
    """
    Check that *path* fits into a socket's address.

    Raises:
        FieldError: It is too long.
        UnsupportedTransportError: The system has no Unix sockets.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise UnsupportedTransportError(reason="Unix sockets are not supported on this system: use tcp://host:port")
    size = len(os.fsencode(path))
    if size > _MAX_PATH:
        raise FieldError("too_large", ("path",), f"a path of at most {_MAX_PATH} bytes", f"{size} bytes")


def listen_unix(path: str, *, mode: int = 0o600, backlog: int = 128) -> tuple[socket.socket, UnixSocketFile]:
    """
    Return a non-blocking socket that listens at *path*, and its file, for removal when the socket is closed.

    A stale socket file is replaced.  If two processes do this at the same
    time, one may replace the other's file.

    Args:
        path: The path of the socket's file.
        mode: The permissions of the file, as for `os.chmod`; the umask does
            not reduce them.
        backlog: How many connections may wait to be accepted.

    Raises:
        FieldError: *path* is too long.
        IpcTransportError: Another server listens there, *path* is another
            kind of file, or the system refuses.
        UnsupportedTransportError: The system has no Unix sockets.
    """
    check_unix_path(path)
    stale = UnixSocketFile.at(path)
    if stale is not None:
        if _answers(path):
            raise _cannot_listen(path, "a server that listens there already")
        stale.remove()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _bind_private(listener, path, mode)
        return listener, _listen(listener, path, mode, backlog)
    except OSError as exc:
        listener.close()
        raise _cannot_listen(path, str(exc)) from exc
    except BaseException:
        listener.close()
        raise


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PROBE_SECONDS)
        try:
            probe.connect(path)
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            # a full backlog, or no permission to connect: a server is listening
            return True
        return True


def _bind_private(listener: socket.socket, path: str, mode: int) -> None:
    """Bind so that the file never has more permissions than *mode*, not even between two calls."""
    if sys.platform == "linux":
        # Linux gives the file the mode of the socket itself; a changed umask would affect the whole process.
        os.fchmod(listener.fileno(), mode)
        listener.bind(path)
    else:  # pragma: no cover - not Linux
        before = os.umask(0o777 & ~mode)
        try:
            listener.bind(path)
        finally:
            os.umask(before)


def _listen(listener: socket.socket, path: str, mode: int, backlog: int) -> UnixSocketFile:
    file = UnixSocketFile.at(path)
    if file is None:
        raise _cannot_listen(path, "a file that another process removed")
    try:
        _widen(path, mode)
        listener.listen(backlog)
        listener.setblocking(False)
    except BaseException:
        file.remove()
        raise
    return file


def _widen(path: str, mode: int) -> None:
    """Give the file those bits of *mode* that the process's umask has removed."""
    if stat.S_IMODE(os.lstat(path).st_mode) != mode:
        Path(path).chmod(mode)


def _cannot_listen(path: str, actual: str) -> IpcTransportError:
    return IpcTransportError(reason=f"expected to listen at {path}, got {actual}")
