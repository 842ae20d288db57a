"""
A child process for the tests: it serves its standard input and output.

Arguments: ``newline`` or ``native`` framing, then a mode: ``echo``; ``noisy``
also prints; ``client`` connects rather than serves, and sends requests.
"""

from __future__ import annotations

import subprocess
import sys

from symphony_codecs.channels.blocking import connect, serve
from symphony_codecs.transports import FormatPolicy
from symphony_types.ids import ProcessId
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.ipc import TransportType
from symphony_types.message.jsonrpc import JsonRpcRequest, JsonRpcResponse


def main(framing: str, way: str) -> None:
    profile = FormatPolicy.default().profile(TransportType.UNIX_SOCKET) if framing == "native" else None
    if way == "client":
        asking = JsonRpcRequest(method="m", params=[2], id=1)
        request = MessageEnvelope(sender=ProcessId.new(), receiver=ProcessId.new(), payload=asking)
        with connect("stdio:", profile=profile) as channel:
            sys.stderr.write(f"result {channel.request(request).payload.result}\n")
        return

    def handler(channel) -> None:
        for message in channel:
            if way == "noisy":
                sys.stdout.write(f"printed {sys.stdin.read() == ''}\n")
                sys.stdout.flush()
                subprocess.run([sys.executable, "-S", "-c", "print('printed by a child')"], check=True)
            channel.send(message.reply(JsonRpcResponse.success(message.payload.params, 0), sender=message.sender))

    with serve("stdio:", handler, profile=profile) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
