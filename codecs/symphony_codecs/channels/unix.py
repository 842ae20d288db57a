"""
The file of a Unix socket that listens.

It can be opened by those alone who may, from the first moment on; one that a
server left behind when it was killed is replaced; any other file is left alone.
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
        path: Where it is.
        device: The device and the inode: which file it is, should another
            have come to *path*.
        inode: See *device*.
    """

    path: str
    device: int
    inode: int

    @classmethod
    def at(cls, path: str) -> UnixSocketFile | None:
        """
        Return the socket's file at *path*, ``None`` if nothing is there.

        Raises:
            IpcTransportError: Something else is there, or it cannot be told.
        """
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise _cannot_listen(path, str(exc)) from exc
        if not stat.S_ISSOCK(found.st_mode):
            raise _cannot_listen(path, "a file that is no socket")
        return cls(path, found.st_dev, found.st_ino)

    def remove(self) -> None:
        """Remove the file, if it is still the same one."""
        try:
            if self.at(self.path) == self:
                Path(self.path).unlink()
        except (OSError, IpcTransportError):
            # what is gone, or has become another's, is not ours to remove
            return


def check_unix_path(path: str) -> None:
    """
    See whether *path* fits into a socket's address.

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
    Return a socket that listens at *path*, non-blocking, and its file, for removal when it is closed.

    A socket's file that nobody answers at is replaced.  Who does that at the
    same time in two processes may see one take the other's place.

    Args:
        path: Where.
        mode: Who may open the file, as by `os.chmod`, whatever the umask.
        backlog: How many connections may wait to be accepted.

    Raises:
        FieldError: *path* is too long.
        IpcTransportError: Another server listens there, something else is
            there, or the system refuses.
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
            # a full backlog, or one that we may not enter: somebody is there
            return True
        return True


def _bind_private(listener: socket.socket, path: str, mode: int) -> None:
    """Bind so that the file never lets in more than *mode* does, not even between two calls."""
    if sys.platform == "linux":
        # Linux gives the file the mode that the socket itself has; a umask would be the whole process's.
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
        raise _cannot_listen(path, "a file that somebody else removed")
    try:
        _widen(path, mode)
        listener.listen(backlog)
        listener.setblocking(False)
    except BaseException:
        file.remove()
        raise
    return file


def _widen(path: str, mode: int) -> None:
    """Give the file those bits of *mode* that the process's umask has taken."""
    if stat.S_IMODE(os.lstat(path).st_mode) != mode:
        Path(path).chmod(mode)


def _cannot_listen(path: str, actual: str) -> IpcTransportError:
    return IpcTransportError(reason=f"expected to listen at {path}, got {actual}")
