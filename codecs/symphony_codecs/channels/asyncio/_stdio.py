"""The standard input and output of this process as a wire."""

from __future__ import annotations

from typing import Any

from .._stdio import StandardStreams
from ._engine import Engine
from ._pipes import PipeWire


__all__ = ["StdioWire"]


class StdioWire(PipeWire):
    """Standard input and output, reserved for this wire while it is open; see `StandardStreams`."""

    @classmethod
    async def take(cls, engine: Engine[Any]) -> None:
        """
        Attach both to *engine*.

        Raises:
            UnsupportedTransportError: One of them is a file.
            OSError: One of them is closed.
        """
        streams = StandardStreams()
        wire = cls(engine, streams)
        try:
            await wire.open(streams.reader, streams.writer)
        except BaseException:
            streams.give_back()
            raise

    def __init__(self, engine: Engine[Any], streams: StandardStreams) -> None:
        super().__init__(engine)
        self._streams = streams

    def _settle(self) -> None:
        if self._is_over():
            self._streams.give_back()
        super()._settle()
