"""A server changes its key while clients with the old and with the new key connect."""

from __future__ import annotations

import asyncio

import pytest

from symphony_codecs.framing import FrameAuthenticationError, SharedKey, SharedKeys
from tests.codecs.channels import asyncio_ends, blocking_ends


OLD, NEW = (SharedKey(f"the {word} of 32 bytes or more...".encode()) for word in ("old", "new"))
# The server's keys, and which clients are accepted, step by step.
STEPS = [(OLD, {"old", "both"}), (SharedKeys([NEW, OLD]), {"old", "new", "both"}), (NEW, {"new", "both"})]
CLIENTS = {"old": OLD, "new": NEW, "both": SharedKeys([NEW, OLD])}
UNKNOWN = "unknown_key: expected a key that both ends have"

kinds = pytest.mark.parametrize("kind", ["unix", "tcp", "tls", "ws"])
steps = pytest.mark.parametrize(("key", "welcome"), STEPS, ids=["before", "meanwhile", "after"])


@kinds
@steps
def test_blocking(tmp_path, kind, key, welcome):
    """The flavour with threads."""
    with blocking_ends.serving(kind, tmp_path, blocking_ends.echo, key=key) as (_, dial):
        for name, own in CLIENTS.items():
            if name not in welcome:
                with pytest.raises(FrameAuthenticationError, match=UNKNOWN):
                    dial(key=own)
                continue
            with dial(key=own) as channel:
                assert channel.request(blocking_ends.call(1, name)).payload.result == name
                assert channel.agreement.key_id in own.ids
                assert channel.agreement.key_id in key.ids


@kinds
@steps
def test_asyncio(tmp_path, kind, key, welcome):
    """The flavour without threads."""

    async def main() -> None:
        async with asyncio_ends.serving(kind, tmp_path, asyncio_ends.echo, key=key) as (_, dial):
            for name, own in CLIENTS.items():
                if name not in welcome:
                    with pytest.raises(FrameAuthenticationError, match=UNKNOWN):
                        await dial(key=own)
                    continue
                async with dial(key=own) as channel:
                    assert (await channel.request(asyncio_ends.call(1, name))).payload.result == name

    asyncio.run(main())


def test_a_pair(tmp_path):
    """Both ends get the same keys."""
    with blocking_ends.ends("pair", tmp_path, key=CLIENTS["both"]) as (client, server):
        assert client.agreement.key_id == server.agreement.key_id == NEW.ids[0]
