"""`answer_all`: a handler of channels that answers each message by one function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, TypeVar

from symphony_types.ids import ProcessId

from ...errors import DecodeError
from .._answering import error_answer
from ..errors import ChannelClosedError
from .channel import Channel


__all__ = ["Answer", "answer_all"]

M = TypeVar("M")

Answer: TypeAlias = Callable[[M], M | None]
"""Called with each message; its result is sent as the answer, unless it is ``None``."""


def answer_all(channel: Channel[M], answer: Answer[M], failed: Callable[[Exception], object]) -> None:
    """
    Answer the messages of *channel* until it ends.

    Args:
        channel: The channel.
        answer: Makes the answers.
        failed: Called with each error that *answer* raised, and with each
            `DecodeError`.

    Raises:
        ConnectionLostError, FrameError: The channel has ended with this.
    """
    me = ProcessId.new()
    while True:
        try:
            message = channel.receive()
        except DecodeError as error:
            failed(error)
            continue
        except ChannelClosedError:
            return
        try:
            made = answer(message)
            if made is not None:
                channel.send(made)
        except Exception as error:
            if not channel.is_open:
                raise
            failed(error)
            told: M | None = error_answer(message, error, me)
            if told is not None:
                try:
                    channel.send(told)
                except ValueError as again:  # the type of messages has no room for errors
                    failed(again)
