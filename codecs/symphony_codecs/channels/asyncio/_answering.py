"""`answering`: a handler of channels that answers each message by one function."""

from __future__ import annotations

import asyncio

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeAlias, TypeVar, cast

from symphony_types.ids import ProcessId

from .._answering import error_answer
from .._conversation import Failure
from ._engine import Engine
from ._loops import FutureWaiter


__all__ = ["Answer", "Answering"]

M = TypeVar("M")

Answer: TypeAlias = Callable[[M], M | Awaitable[M | None] | None]
"""Called with each message; its result, awaited if it is awaitable, is sent as the answer, unless it is ``None``."""


class Answering(Generic[M]):
    """
    Answers one channel's messages in the callback that reads them, so that no task has to wake up for a message.

    Args:
        engine: The connection.
        answer: Makes the answers.
        failed: Called with each error that *answer* raised, and with each
            `DecodeError`.
        max_tasks: How many answers may be awaited at once; with as many, no
            more messages are taken.
    """

    def __init__(
        self, engine: Engine[M], answer: Answer[M], failed: Callable[[Exception], object], *, max_tasks: int
    ) -> None:
        self._engine = engine
        self._answer = answer
        self._failed = failed
        self._max_tasks = max_tasks
        self._tasks: set[asyncio.Task[None]] = set()
        self._me = ProcessId.new()

    def is_busy(self) -> bool:
        """Whether answers are awaited."""
        return bool(self._tasks)

    async def run(self) -> None:
        """Answer until the channel ends."""
        conversation = self._engine.conversation
        over = FutureWaiter()
        over.future = asyncio.get_running_loop().create_future()
        conversation.when_over(over)
        while conversation.inbox:
            self._take(conversation.take())
        conversation.sink = self._take
        try:
            self._engine.go_on()
            await over.future
        finally:
            conversation.sink = None
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)

    def _take(self, outcome: Any) -> None:
        if type(outcome) is Failure:
            self._failed(outcome.error)
            return
        try:
            answer = self._answer(outcome)
        except Exception as error:  # noqa: BLE001 - the channel survives any error of the function
            answer = self._error(outcome, error)
        if answer is None:
            return
        if hasattr(type(answer), "__await__"):
            task = asyncio.get_running_loop().create_task(self._await(outcome, cast("Awaitable[M | None]", answer)))
            self._tasks.add(task)
            task.add_done_callback(self._done)
            if len(self._tasks) >= self._max_tasks:
                self._engine.hold(on=True)
            return
        try:
            self._engine.write_behind(cast("M", answer))
        except Exception as error:  # noqa: BLE001 - it is not of the type, or larger than the peer accepts
            self._send_error(outcome, error)

    async def _await(self, message: M, awaitable: Awaitable[M | None]) -> None:
        try:
            answer = await awaitable
            if answer is not None:
                await self._engine.send(answer, None)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # the awaited operation was cancelled, not this task
            self._send_error(message, RuntimeError("the operation that the answer waits for was cancelled"))
            self._engine.flush()
        except Exception as error:  # noqa: BLE001 - the channel survives any error of the function
            self._send_error(message, error)
            self._engine.flush()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._engine.hold(on=False)

    def _error(self, message: M, error: Exception) -> M | None:
        self._failed(error)
        answer: M | None = error_answer(message, error, self._me)
        return answer

    def _send_error(self, message: M, error: Exception) -> None:
        if not self._engine.conversation.is_open:
            return
        answer = self._error(message, error)
        if answer is not None:
            try:
                self._engine.write_behind(answer)
            except Exception as again:  # noqa: BLE001 - the type of messages has no room for errors
                self._failed(again)
