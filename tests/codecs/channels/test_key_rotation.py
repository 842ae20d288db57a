"""A server changes its key while clients with the old one and with the new one come and go."""

from __future__ import annotations

import asyncio

import pytest

from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels import blocking
from symphony_codecs.framing import FrameAuthenticationError, SharedKey, SharedKeys
from tests.codecs.channels.asyncio_ends import call as aio_call
from tests.codecs.channels.asyncio_ends import echo as aio_echo
from tests.codecs.channels.blocking_ends import call, echo


OLD, NEW = (SharedKey(f"the {word} of 32 bytes or more...".encode()) for word in ("old", "new"))
# What the server has, and which of its clients get in, one after the other.
STEPS = [(OLD, {"old", "both"}), (SharedKeys([NEW, OLD]), {"old", "new", "both"}), (NEW, {"new", "both"})]
CLIENTS = {"old": OLD, "new": NEW, "both": SharedKeys([NEW, OLD])}


@pytest.mark.parametrize(("key", "welcome"), STEPS, ids=["before", "meanwhile", "after"])
def test_blocking(tmp_path, key, welcome):
    """With threads."""
    with blocking.serve(f"unix://{tmp_path}/s", echo, key=key) as server:
        for name, own in CLIENTS.items():
            if name in welcome:
                with blocking.connect(server.url, key=own) as channel:
                    assert channel.request(call(1, name)).payload.result == name
                    assert channel.agreement.authenticated
            else:
                with pytest.raises(FrameAuthenticationError, match="unknown_key: expected a key that both ends have"):
                    blocking.connect(server.url, key=own)


@pytest.mark.parametrize(("key", "welcome"), STEPS, ids=["before", "meanwhile", "after"])
def test_asyncio(tmp_path, key, welcome):
    """Without."""

    async def main() -> None:
        async with aio.serve(f"unix://{tmp_path}/s", aio_echo, key=key) as server:
            for name, own in CLIENTS.items():
                if name in welcome:
                    async with aio.connect(server.url, key=own) as channel:
                        assert (await channel.request(aio_call(1, name))).payload.result == name
                else:
                    with pytest.raises(FrameAuthenticationError, match="unknown_key"):
                        await aio.connect(server.url, key=own)

    asyncio.run(main())
