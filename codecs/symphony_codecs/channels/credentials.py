"""
`PeerCredentials`: the process at the other end of a Unix socket, as the kernel reports it.

Linux reports it by ``SO_PEERCRED`` (unix(7)), macOS and FreeBSD by
``LOCAL_PEERCRED`` (unix(4)); on other systems it is not known.
"""

from __future__ import annotations

import os
import socket
import struct
import sys

from collections.abc import Collection
from typing import Final

import attrs

from symphony_types.checks import Each, IntRange
from symphony_types.errors import IpcAuthenticationFailedError


__all__ = ["PeerCredentials", "check_uids", "check_user", "own_uids", "peer_credentials"]

# uid_t; its greatest value is -1, which is not a user
_UIDS: Final = Each(IntRange(0, 2**32 - 2))
# struct ucred of Linux: pid_t, uid_t, gid_t
_UCRED: Final = struct.Struct("=iII")
# struct xucred of the BSDs: version, uid, number of groups, padding, the groups; the first is the effective one
_XUCRED: Final = struct.Struct("=IIh2x16I")
_XUCRED_VERSION: Final = 0
_SOL_LOCAL: Final = 0
_LOCAL_PEERCRED: Final = 1


@attrs.frozen
class PeerCredentials:
    """
    The process that connected, as it was at that moment.

    Args:
        pid: The process; ``None`` where the system does not report it.
        uid: Its effective user.
        gid: Its effective group.
    """

    pid: int | None
    uid: int
    gid: int


def peer_credentials(sock: socket.socket) -> PeerCredentials | None:
    """Return the process at the other end of *sock*; ``None`` if it is not a Unix socket, or is not reported."""
    if sys.platform == "win32" or sock.family != socket.AF_UNIX:
        return None
    try:
        if sys.platform == "linux":
            return _from_ucred(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
        else:  # noqa: RET505 - mypy takes what follows for unreachable otherwise  # pragma: no cover - not Linux
            return _from_xucred(sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size))
    except OSError:
        return None


def _from_ucred(data: bytes) -> PeerCredentials | None:
    pid, uid, gid = _UCRED.unpack(data)
    # the kernel reports 0 where there is no peer
    return None if pid == 0 else PeerCredentials(pid, uid, gid)


def _from_xucred(data: bytes) -> PeerCredentials | None:
    if len(data) != _XUCRED.size:
        return None
    version, uid, groups, gid, *_ = _XUCRED.unpack(data)
    return None if version != _XUCRED_VERSION or groups < 1 else PeerCredentials(None, uid, gid)


def own_uids() -> frozenset[int] | None:
    """Return the users trusted by default: this process's effective user and root; ``None`` is everyone (Windows)."""
    return None if sys.platform == "win32" else frozenset({0, os.geteuid()})


def check_uids(allowed_uids: Collection[int] | None) -> frozenset[int] | None:
    """
    Return *allowed_uids* as a set.

    Raises:
        FieldError: It is not a collection of user ids.
    """
    if allowed_uids is None:
        return None
    _UIDS.check(allowed_uids, ("allowed_uids",))
    return frozenset(allowed_uids)


def check_user(credentials: PeerCredentials | None, allowed_uids: Collection[int] | None, *, what: str) -> None:
    """
    Check that the process at the other end of a Unix socket belongs to a trusted user.

    Args:
        credentials: Its credentials; ``None``, where the system does not
            report them, passes: the mode of the socket's file still protects.
        allowed_uids: The trusted users; ``None`` is `own_uids`.
        what: The other end's role, for the error: ``peer``, ``server``.

    Raises:
        IpcAuthenticationFailedError: Its user is not one of them.
    """
    allowed = own_uids() if allowed_uids is None else allowed_uids
    if credentials is None or allowed is None or credentials.uid in allowed:
        return
    expected = " or ".join(str(uid) for uid in sorted(allowed)) or "nobody"
    raise IpcAuthenticationFailedError(reason=f"expected a {what} of user {expected}, got {credentials.uid}")
