"""Native frames as rows: each with its fields, and with its message once that is whole."""

from __future__ import annotations

import functools
import itertools

from collections.abc import Iterable, Iterator
from typing import Any, Final

from symphony_types._quick import unchecked
from symphony_types.errors import SymphonyError
from symphony_types.message.ipc import FrameFlags, FrameType, trusted_frame

from ...codec import Codec
from ...errors import UnknownCodecError
from ...framing.assembly import MessageAssembler
from ...framing.errors import RemoteFrameError
from ...framing.hello import Hello
from ...framing.messages import IpcMessage
from ...records.capture import Damage, Frame, scan_frames
from ..errors import UsageError
from .payloads import PayloadReader
from .rows import Row
from .summary import Summary
from .walk import Formats, Walk


__all__ = ["FrameWalk", "Selection"]

_HELLO: Final = FrameType.HELLO
_MORE: Final = FrameFlags.MORE_FRAGMENTS.value
_message: Final = unchecked(IpcMessage)


class Selection:
    """
    Which frames are shown.

    Args:
        kinds: Names of frame types, or ``DAMAGE``; all if there are none.
        streams: Stream ids; all if there are none.

    Raises:
        UsageError: There is no such type or stream.
    """

    def __init__(self, kinds: tuple[str, ...], streams: tuple[int, ...]) -> None:
        known = sorted({*(kind.name for kind in FrameType if kind.is_known), "DAMAGE"})
        self._kinds = frozenset(kind.upper() for kind in kinds)
        for kind in sorted(self._kinds.difference(known)):
            if not (kind.startswith("UNKNOWN_") and kind[8:].isdecimal()):
                raise UsageError(f"expected a kind of {', '.join(known)} or UNKNOWN_99, got {kind!r}")
        for stream in streams:
            if not 0 <= stream < 2**32:
                raise UsageError(f"expected a stream from 0 to {2**32 - 1}, got {stream}")
        self._streams = frozenset(streams)

    def __bool__(self) -> bool:
        return bool(self._kinds or self._streams)

    def has(self, found: Frame | Damage) -> bool:
        """Tell whether *found* is shown."""
        if isinstance(found, Damage):
            return not self._streams and (not self._kinds or "DAMAGE" in self._kinds)
        header = found.header
        return (not self._kinds or header.frame_type._name_ in self._kinds) and (
            not self._streams or header.stream_id in self._streams
        )


class FrameWalk(Walk[Frame | Damage]):
    """
    Frames of one direction of a connection, and damage between them.

    Args:
        blocks: The bytes.
        selection: Which of them are shown.
        reader: What makes JSON of payloads.
        formats: The codecs.
        limit: The longest payload and the longest message, in bytes.
        is_typed: Whether a summary reads payloads.
    """

    what = "frame"

    def __init__(
        self,
        blocks: Iterable[bytes],
        selection: Selection,
        reader: PayloadReader,
        formats: Formats,
        limit: int,
        *,
        is_typed: bool,
    ) -> None:
        super().__init__("native", reader)
        self._blocks = blocks
        self._selection = selection
        self._formats = formats
        self._limit = limit
        self._is_typed = is_typed
        self._errors = PayloadReader(formats.json(), SymphonyError)
        self._assembler = MessageAssembler(max_message=limit)
        self._names: dict[int, str] = {}
        self._codecs: dict[int, Codec] = {}
        self._next_sequence: int | None = None

    @property
    def selects(self) -> bool:
        """Whether some frames are not shown."""
        return bool(self._selection)

    def found(self, summary: Summary | None = None) -> Iterator[Frame | Damage]:
        """Yield frames and damage."""
        if summary is None or self._is_typed or self._selection:
            return scan_frames(self._blocks, max_payload=self._limit)
        limit, skim = self._limit, summary.skim
        return scan_frames(self._blocks, max_payload=limit, skim=lambda data, start: skim(data, start, limit))

    def end(self, item: Frame | Damage) -> int:
        """Return where a frame or damage ends."""
        return item.offset + item.size

    @property
    def unfinished(self) -> int:
        """How many messages of several frames are not whole."""
        return self._assembler.open_streams

    def show(self, item: Frame | Damage) -> Row | None:
        """Take the next frame or damage."""
        row: Row | None = None
        is_selected = self._selection.has(item)
        if isinstance(item, Damage):
            self.wrong += 1
            return Row.of_damage(item.offset, item.size, item.error, item.data) if is_selected else None
        self.count += 1
        if is_selected:
            row = self._row(item)
            problems = row.problems
        else:
            problems, message = self._take(item)
            if item.header.frame_type is _HELLO and message is not None:
                self._greet(message.payload, problems)
        self.wrong += bool(problems)
        return row

    def add(self, summary: Summary, item: Frame | Damage) -> bool:
        """Take the next frame or damage into a summary."""
        if isinstance(item, Damage):
            if not self._selection.has(item):
                return False
            summary.damage(item.offset, item.size, item.error)
            return True
        in_order = summary.follow(item)
        is_selected = not self._selection or self._selection.has(item)
        if self._is_typed:
            problems = self._row(item).problems
        elif in_order and item.checksum is None and item.header.frame_type < _HELLO:
            problems = []
        else:
            problems = [] if in_order else ["bad_sequence"]
            problems += self._look_at(item)
            if item.header.frame_type is _HELLO:
                self._greet(item.payload, problems)
        if is_selected:
            summary.frame(item)
            if problems:
                summary.problems(problems)
        return is_selected

    def format_name(self, format_id: int) -> str:
        """Return the name that a format's number stands for on this connection, or the number."""
        name = self._names.get(format_id)
        if name is None:
            try:
                name = "opaque" if format_id == 0 else self._formats.find(format_id).name
            except UnknownCodecError:
                name = str(format_id)
            self._names[format_id] = name
        return name

    def payloads(self, items: Iterable[Any]) -> Iterator[tuple[bytes, Codec]]:
        """Yield the payloads of frames that are whole messages in a format that is known."""
        for frame in itertools.chain.from_iterable(
            scan_frames([one]) if isinstance(one, bytes) else (one,) for one in items
        ):
            if not isinstance(frame, Frame):
                continue
            header = frame.header
            if header.flags._value_ & _MORE or not header.stream_id or not header.frame_type.is_known:
                continue
            try:
                message = MessageAssembler(max_message=self._limit).add(trusted_frame(header, frame.payload))
                codec = self._codec(header.format)
            except (RemoteFrameError, UnknownCodecError):
                continue
            if message is not None and codec is not None:
                yield message.payload, codec

    def _row(self, frame: Frame) -> Row:
        header = frame.header
        fields: dict[str, Any] = {"sequence": header.sequence}
        if header.stream_id:
            fields["stream"] = header.stream_id
        fields["format"] = self.format_name(header.format)
        fields["priority"] = header.priority._value_
        if header.compression:
            fields["compression"] = header.compression.name.lower()
        if header.flags._value_:
            fields["flags"] = _flag_names(header.flags._value_)
        if header.route is not None:
            receiver = header.route.receiver
            fields["from"] = str(header.route.sender)
            fields["to"] = "everyone" if receiver is None else str(receiver)
        if frame.extension:
            fields["extension"] = frame.extension
        fields["length"] = len(frame.payload)
        problems, message = self._take(frame)
        row = Row(frame.offset, frame.size, header.frame_type._name_, fields, None, problems)
        if message is not None and message.payload:
            self._show_message(row, message)
        return row

    def _take(self, frame: Frame) -> tuple[list[str], IpcMessage | None]:
        """Take the next frame; return what is wrong with it, and the message that is whole with it."""
        header = frame.header
        expected, self._next_sequence = self._next_sequence, header.sequence + 1
        problems: list[str] = []
        if expected is not None and expected != header.sequence:
            problems.append(f"bad_sequence: expected {expected}, got {header.sequence}")
        if frame.checksum is not None or header.frame_type > _HELLO:
            problems += self._look_at(frame)
            if header.frame_type > _HELLO:
                return problems, None
        try:
            return problems, self._join(frame)
        except RemoteFrameError as error:
            self._assembler = MessageAssembler(max_message=self._limit)
            problems.append(f"{error.frame_code}: {error.message}")
            return problems, None

    def _join(self, frame: Frame) -> IpcMessage | None:
        """Return the message that is whole with a frame; raises `RemoteFrameError`."""
        header = frame.header
        if header.flags._value_ & _MORE or header.compression or self._assembler.open_streams:
            return self._assembler.add(trusted_frame(header, frame.payload))
        # Nothing is under way, and this is all of its message; the scan has looked at its size.
        return _message(header, frame.payload)

    def _look_at(self, frame: Frame) -> list[str]:
        """Return what is wrong with a frame by itself."""
        problems: list[str] = []
        if frame.checksum is not None and not frame.checksum_holds:
            problems.append("payload_checksum: the payload is not what its checksum is of")
        kind = frame.header.frame_type
        if kind > _HELLO:
            problems.append(f"unknown_type: expected a frame type from 0 to 7, got {kind:d}")
        return problems

    def _show_message(self, row: Row, message: IpcMessage) -> None:
        kind = message.header.frame_type
        if kind is _HELLO:
            hello = self._greet(message.payload, row.problems)
            if hello is not None:
                row.payload = hello.to_payload().decode()
            return
        try:
            codec = self._codec(message.header.format)
        except UnknownCodecError:
            name = self.format_name(message.header.format)
            row.problems.append(f"bad_format: expected a format that is known here, got {name}")
            return
        if codec is not None:
            reader = self._errors if kind is FrameType.ERROR and not message.header.stream_id else self._reader
            row.take(reader.read(message.payload, codec), message.payload)

    def _greet(self, payload: bytes, problems: list[str]) -> Hello | None:
        """Read a Hello, whose names of formats hold from here on."""
        try:
            hello = Hello.from_payload(payload)
        except RemoteFrameError as error:
            problems.append(f"{error.frame_code}: {error.message}")
            return None
        self._names = {offer.id: offer.name for offer in hello.formats}
        self._codecs = {}
        return hello

    def _codec(self, format_id: int) -> Codec | None:
        """Return the codec of a format's number, ``None`` if it is opaque; raises `UnknownCodecError`."""
        if format_id == 0:
            return None
        codec = self._codecs.get(format_id)
        if codec is None:
            codec = self._codecs[format_id] = self._formats.find(self.format_name(format_id))
        return codec


@functools.lru_cache(maxsize=256)
def _flag_names(flags: int) -> list[str | None]:
    """Return the names of a header's flags; to go through the members of an enum for each frame takes long."""
    return [flag.name for flag in FrameFlags(flags)]
