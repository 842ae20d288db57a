"""`Opening`: a channel or server to open, by ``await`` or by ``async with``."""

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
    A channel or server to open.

    ``await connect(...)`` opens and returns it; ``async with connect(...) as
    channel`` also closes it at the end.  Each use opens another one.

    Args:
        make: Opens it.
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

    If this fails, the connection is closed.

    Args:
        dial: Connects.
        url: The server's URL, for the error.
        within: How long connecting and opening may take, in seconds.
        spent: How much of that time has passed, in seconds.

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
            # an engine that has ended by itself may still send the peer an error
            if engine.conversation.end is None:
                engine.abort()
            await engine.closed()
        if isinstance(exc, TimeoutError) and not isinstance(exc, TimedOutError):
            raise TimedOutError(f"expected a connection to {url} within {within} s") from None
        raise
    return engine
