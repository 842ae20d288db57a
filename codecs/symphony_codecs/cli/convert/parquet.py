"""Converts records to Parquet: each part to a stream of Arrow, and these to one file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ...codec import Codec
from ...errors import EncodeError
from ...records._decoding import Decoded
from ...records._spans import Placed
from ..errors import UsageError
from .layout import PARQUET, codecs_of, reader_of
from .plan import Conversion, Part
from .recode import BadSink, Recoder, bytes_of


try:
    from ...arrow import BATCH_SIZE, arrow_schema, join_parts, write_part
except ImportError as exc:
    raise UsageError(str(exc)) from exc


__all__ = ["ParquetRecoder"]


class ParquetRecoder(Recoder):
    """Writes rows; see `Recoder`."""

    def __init__(self, conversion: Conversion) -> None:
        self._codec: Codec | None = None  # of the columns' names
        if conversion.target == PARQUET:
            reader = reader_of(conversion.source_format, conversion.codecs)
            if conversion.codecs.codec:
                self._codec = reader
        else:
            reader, self._codec = codecs_of(conversion.source_format, conversion.target, conversion.codecs)
        super().__init__(conversion, reader, None)
        try:
            arrow_schema(self.as_type, self._codec)
        except EncodeError as exc:
            raise UsageError(issue.message for issue in exc.issues) from exc

    @property
    def is_binary(self) -> bool:
        """Whether the output is no text."""
        return True

    def convert(self, blocks: Iterable[bytes], part: Part, output: BinaryIO, bad: BadSink) -> int:
        """Write rows; see `Recoder.convert`."""
        runs: deque[tuple[int, Decoded | list[Placed[Any]]]] = deque()
        count = 0

        def values() -> Iterator[Any]:
            nonlocal count
            for found in self._split_decoded(blocks, part):
                while len(runs) > 1 and runs[1][0] < count - BATCH_SIZE:
                    runs.popleft()
                if isinstance(found, Decoded):
                    runs.append((count, found))
                    yield from found.values
                    count += found.values.count
                else:
                    kept, made = self._written(found, bad)
                    runs.append((count, kept))
                    yield from made
                    count += len(made)

        def refuse(index: int, error: EncodeError) -> None:
            # What is wrong with a value is known when its batch is written.
            first, found = next(run for run in reversed(runs) if run[0] <= index)
            offset, size, document = (found.spans() if isinstance(found, Decoded) else found)[index - first]
            bad.add(offset, size, error.issues, bytes_of(document))

        return write_part(output, values(), self.as_type, codec=self._codec, on_error=refuse, is_decoded=True)

    def join(self, parts: Iterable[Path], output: BinaryIO) -> None:
        """Write one file with the rows of all."""
        join_parts(output, parts, self.as_type, codec=self._codec)
