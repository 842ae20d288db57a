"""Wrong keywords of what opens channels, as pyright sees them; mypy has them in openers.py."""
# mypy: disable-error-code="call-arg, arg-type"
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from symphony_codecs.channels import asyncio, blocking


def misuse(url: str) -> None:
    """Wrong names and types are errors of pyright, which reports ignored errors that are none."""
    blocking.connect(url, mode=0)  # pyright: ignore[reportCallIssue]
    blocking.connect(url, max_queue="1")  # pyright: ignore[reportArgumentType]
    blocking.spawn(["cat"], tls=None)  # pyright: ignore[reportCallIssue]
    asyncio.serve(url, allowed_uids=1)  # pyright: ignore[reportArgumentType]
    asyncio.reconnect(url, max_idle=1)  # pyright: ignore[reportCallIssue]
