"""`Opening`: what may be awaited for a channel or a server, or entered for as long as it is open."""

from __future__ import annotations

import asyncio

from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

from symphony_types.errors import TimedOutError

from ._engine import Engine


__all__ = ["Opening", "open_engine"]


class _Closable(Protocol):
    async def close(self) -> None: ...


C = TypeVar("C", bound=_Closable)


class Opening(Generic[C]):
    """
    Something that is being opened.

    ``await connect(...)`` returns it open; ``async with connect(...) as
    channel`` also closes it in the end.  Each time it is opened anew.

    Args:
        make: What opens it.
    """

    def __init__(self, make: Callable[[], Coroutine[Any, Any, C]]) -> None:
        self._make = make
        self._open: C | None = None

    def __await__(self) -> Generator[Any, Any, C]:
        return self._make().__await__()

    async def __aenter__(self) -> C:
        self._open = await self._make()
        return self._open

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._open is not None
        await self._open.close()


async def open_engine(
    dial: Callable[[], Awaitable[Engine[Any]]], url: str, within: float | None, *, spent: float = 0.0
) -> Engine[Any]:
    """
    Return the engine that *dial* makes, once messages can be sent.

    Whatever goes wrong, nothing of the connection is left.

    Args:
        dial: What connects.
        url: Where to, for the error.
        within: How long all of it may take, in seconds.
        spent: How much of that has passed, in seconds.

    Raises:
        TimedOutError: It takes longer.
    """
    engine: Engine[Any] | None = None
    try:
        async with asyncio.timeout(None if within is None else within - spent):
            engine = await dial()
            await engine.open()
    except BaseException as exc:
        if engine is not None:
            # an engine that has come to an end by itself may have a last word for the peer
            if engine.conversation.end is None:
                engine.abort()
            await engine.closed()
        if isinstance(exc, TimeoutError) and not isinstance(exc, TimedOutError):
            raise TimedOutError(f"expected a connection to {url} within {within} s") from None
        raise
    return engine
