"""What is recommended is what channels speak once the file is in force."""

from __future__ import annotations

import pytest

from symphony_codecs.channels.blocking import connect, serve
from symphony_codecs.recommend import policy_toml, recommend
from symphony_types import MessageEnvelope, ProcessId
from tests.codecs.recommend.made import COMPRESSIONS, link, report, row


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
def test_channel_speaks_the_choice(name, tmp_path, monkeypatch):
    """A server and a client that read the file of the environment agree on the format, and messages arrive."""
    rows = [
        row(other, compression, encode=1 if other == name else 9, size=100 if compression == "zlib" else 1000)
        for other in ("json", "msgpack", "msgpack-compact", "cbor")
        for compression in COMPRESSIONS
    ]
    path = tmp_path / "transports.toml"
    (found,) = recommend(report(*rows), [link("unix_socket", 1e9)])
    path.write_bytes(policy_toml([found]))
    monkeypatch.setenv("SYMPHONY_TRANSPORTS_FILE", str(path))
    envelope = MessageEnvelope(sender=ProcessId.new(), payload="a" * 5000)

    def handle(channel):
        for message in channel:
            channel.send(message)

    url = f"unix://{tmp_path}/socket"
    with serve(url, handle, MessageEnvelope[str]), connect(url, MessageEnvelope[str]) as channel:
        channel.send(envelope)
        assert channel.receive(timeout=10) == envelope
        assert channel.codec.name == name

    assert found.choice.name == f"{name}+zlib"
