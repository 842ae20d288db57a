"""
The reading end, in a process of its own: ``python -m bench.recommend.reader TYPE PORT``.

It decodes each message, and then answers with one byte.
"""

from __future__ import annotations

import socket
import sys

from .contenders import contenders
from .line import NOTHING, read_message
from .messages import MAKERS


def _main() -> None:
    name, port = sys.argv[1:]
    decoders = [one.decode() for one in contenders(MAKERS[name][0])]
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (message := read_message(connection)) is not None:
            contender, payload = message
            if contender != NOTHING:
                decoders[contender](payload)
            connection.sendall(b"\0")


if __name__ == "__main__":
    _main()
