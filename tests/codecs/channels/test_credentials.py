"""`PeerCredentials`: the process at the other end of a Unix socket."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from symphony_codecs.channels import PeerCredentials
from symphony_codecs.channels.credentials import _from_ucred, _from_xucred, check_user, own_uids, peer_credentials
from symphony_types.errors import IpcAuthenticationFailedError


@pytest.mark.skipif(sys.platform != "linux", reason="SO_PEERCRED is Linux's")
def test_a_peer_of_this_process_is_this_process():
    """The kernel reports process, user and group."""
    one, two = socket.socketpair()
    with one, two:
        assert peer_credentials(one) == PeerCredentials(os.getpid(), os.geteuid(), os.getegid())


def test_other_sockets_have_no_credentials():
    """Neither TCP sockets nor Unix sockets without a peer have any."""
    with socket.socket(socket.AF_INET) as tcp, socket.socket(socket.AF_UNIX) as alone:
        assert peer_credentials(tcp) is None
        assert peer_credentials(alone) is None


def test_a_closed_socket_has_no_credentials():
    """An error of the kernel means unknown credentials."""
    closed = socket.socket(socket.AF_UNIX)
    closed.close()
    assert peer_credentials(closed) is None


def test_the_structures_of_the_kernels():
    """They have the layout of Linux's unix(7) and FreeBSD's unix(4), in native byte order."""
    little = sys.byteorder == "little"
    ucred = bytes.fromhex("39300000e803000064000000") if little else bytes.fromhex("00003039000003e800000064")
    assert _from_ucred(ucred) == PeerCredentials(12345, 1000, 100)
    assert _from_ucred(bytes(4) + b"\xff" * 8) is None
    order = sys.byteorder
    xucred = b"".join(
        [
            (0).to_bytes(4, order),
            (501).to_bytes(4, order),
            (2).to_bytes(2, order),
            bytes(2),
            (20).to_bytes(4, order),
            (12).to_bytes(4, order),
            bytes(14 * 4),
        ]
    )
    assert _from_xucred(xucred) == PeerCredentials(None, 501, 20)
    assert _from_xucred(b"\1" * 4 + xucred[4:]) is None
    assert _from_xucred(xucred[:8] + bytes(68)) is None
    assert _from_xucred(xucred[:-1]) is None


def test_this_user_and_root_may_connect_by_default():
    """Other users have to be allowed."""
    mine = os.geteuid()
    other = mine + 1 if mine else 12345
    assert own_uids() == {0, mine}
    check_user(PeerCredentials(1, mine, 0), None, what="peer")
    check_user(PeerCredentials(1, 0, 0), None, what="peer")
    check_user(PeerCredentials(1, other, 0), {other}, what="peer")
    check_user(None, {other}, what="peer")
    with pytest.raises(IpcAuthenticationFailedError) as caught:
        check_user(PeerCredentials(1, other, 0), None, what="peer")
    assert f"got {other}" in caught.value.reason
    with pytest.raises(IpcAuthenticationFailedError) as caught:
        check_user(PeerCredentials(1, mine, 0), (), what="peer")
    assert caught.value.reason == f"expected a peer of user nobody, got {mine}"
    with pytest.raises(IpcAuthenticationFailedError) as caught:
        check_user(PeerCredentials(1, 5, 0), (7, 3), what="peer")
    assert caught.value.reason == "expected a peer of user 3 or 7, got 5"
