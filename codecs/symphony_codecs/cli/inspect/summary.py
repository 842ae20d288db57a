"""A stream summed up, in memory that does not grow with it."""

from __future__ import annotations

import collections
import itertools

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from zlib import crc32

import attrs

from symphony_types.message._frame_bytes import (
    AUTHENTICATED_FIELD,
    BASE_SIZE,
    CHECKSUM_FIELD,
    CRC_SIZE,
    FIXED_SIZE,
    LEAD,
    ROUTED_FIELD,
    ROUTED_SIZE,
    TAG_SIZE,
    unpack_crc,
    unpack_header,
)
from symphony_types.message._frame_header import trusted_header
from symphony_types.message.ipc import FrameType
from symphony_types.time import Timestamp

from ...framing.errors import RemoteFrameError
from ...records.capture import Frame


__all__ = ["Summary", "for_people"]

# Payloads up to this length are counted by their exact length, longer ones by their first so many bits.
_EXACT: Final = 4096
_BITS: Final = 12
_MOST_STREAMS: Final = 65536
_BUSIEST: Final = 5
_ENDS: Final = 8
_KEPT: Final = 65536
_MOST_KINDS: Final = 256
_RESERVED_FIELD: Final = 0xFFFF


@attrs.frozen(kw_only=True)
class _Usual:
    """A group of frames with equal headers: the start and the size of the header, and so on."""

    lead: int
    size: int
    trailer: int
    is_checked: bool
    pair: int


class Summary:
    """
    Counts what a stream has.

    Args:
        framing: The name of its framing.
    """

    def __init__(self, framing: str) -> None:
        self._framing = framing
        self._pairs: dict[int, int] = {}
        self._streams: dict[int, int] = {}
        self._other_streams = 0
        self._lengths: dict[int, int] = {}
        self._bytes = 0
        self._longest = 0
        self._first_sequence: int | None = None
        self._next_sequence: int | None = None
        self._gaps = 0
        self._edge_gaps: list[dict[str, int]] = []
        self._wrong = 0
        self._problems: collections.Counter[str] = collections.Counter()
        self._damage: collections.Counter[str] = collections.Counter()
        self._damaged = 0
        self._first_damage: int | None = None
        self._usual: dict[int, _Usual] = {}
        self._first: list[Any] = []
        self._last: collections.deque[Any] = collections.deque(maxlen=_ENDS)

    @property
    def count(self) -> int:
        """How many frames or documents there are."""
        return sum(self._lengths.values())

    @property
    def wrong(self) -> int:
        """How many of them have problems, and how often there is damage."""
        return self._wrong + self._damage.total()

    @property
    def ends(self) -> list[Any]:
        """
        Some of the first and of the last frames or documents, which may say when they were made.

        Frames that were skimmed are here as bytes.
        """
        return [*self._first, *self._last]

    def follow(self, frame: Frame) -> bool:
        """Take the number of the next frame, counted or not; return whether it is as expected."""
        number = frame.header.sequence
        expected, self._next_sequence = self._next_sequence, number + 1
        if number == expected:
            return True
        if expected is None:
            self._first_sequence = number
            return True
        self._gaps += 1
        self._edge_gaps = [*self._edge_gaps[:1], {"offset": frame.offset, "expected": expected, "got": number}]
        return False

    def frame(self, frame: Frame) -> None:
        """Count a frame."""
        header = frame.header
        pair = header.frame_type << 8 | header.format
        self._pairs[pair] = self._pairs.get(pair, 0) + 1
        stream = header.stream_id
        streams = self._streams
        if stream in streams:
            streams[stream] += 1
        elif stream:
            if len(streams) < _MOST_STREAMS:
                streams[stream] = 1
            else:
                self._other_streams += 1
        self.document(frame, len(frame.payload))

    def document(self, item: Any, length: int) -> None:
        """Count a document, or the payload of a frame, of *length* bytes."""
        self._bytes += length
        if length >= _EXACT:
            self._longest = max(self._longest, length)
            bits = length.bit_length() - _BITS
            rounded = length >> bits << bits
            self._lengths[rounded] = self._lengths.get(rounded, 0) + 1
        else:
            self._lengths[length] = self._lengths.get(length, 0) + 1
        if length <= _KEPT:
            if len(self._first) < _ENDS:
                self._first.append(item)
            else:
                self._last.append(item)

    def skim(self, data: bytes, start: int, longest: int) -> int:
        """
        Count frames in the way that is the fastest, as far as they are as most are and nothing is wrong with them.

        Args:
            data: Bytes of the stream.
            start: Where in them a frame may begin.
            longest: The longest payload that is allowed, in bytes.

        Returns:
            How many bytes the frames that were counted have; 0 if the first is another, or not all there.
        """
        if len(self._first) < _ENDS:
            return 0
        begin, stop, longest = start, len(data), min(longest, _EXACT - 1)
        expected, kinds_known, pairs, lengths, streams = (
            self._next_sequence,
            self._usual,
            self._pairs,
            self._lengths,
            self._streams,
        )
        starts: list[int] = []
        total = 0
        while stop - start >= BASE_SIZE:
            lead, kinds, stream, sequence, length, stored = unpack_header(data, start)
            usual = kinds_known.get(kinds) or self._learn(kinds)
            if usual is None or lead != usual.lead or sequence != expected or length > longest or not stream:
                break
            body = start + usual.size
            end = body + length
            after = end + usual.trailer
            if after > stop:
                break
            crc = crc32(data[start : start + FIXED_SIZE])
            if usual.size > BASE_SIZE:
                crc = crc32(data[start + BASE_SIZE : body], crc)
            if crc != stored or (usual.is_checked and crc32(data[body:end]) != unpack_crc(data, end)[0]):
                break
            pair = usual.pair
            pairs[pair] = pairs.get(pair, 0) + 1
            lengths[length] = lengths.get(length, 0) + 1
            if stream in streams:
                streams[stream] += 1
            elif len(streams) < _MOST_STREAMS:
                streams[stream] = 1
            else:
                self._other_streams += 1
            total += length
            starts.append(start)
            expected = sequence + 1
            start = after
        self._next_sequence = expected
        self._bytes += total
        ends = [*starts[-_ENDS:], start]
        self._last.extend(data[one:other] for one, other in itertools.pairwise(ends))
        return start - begin

    def _learn(self, kinds: int) -> _Usual | None:
        """Return what frames are like whose bytes from type to reserved are *kinds*; ``None``: not as most."""
        is_routed, is_checked = bool(kinds & ROUTED_FIELD), bool(kinds & CHECKSUM_FIELD)
        size = ROUTED_SIZE if is_routed else BASE_SIZE
        if len(self._usual) >= _MOST_KINDS or kinds & _RESERVED_FIELD or kinds >> 56 > FrameType.STREAM:
            return None
        try:
            header = trusted_header(kinds, 1, 1, bytes(size - BASE_SIZE))
        except ValueError:
            return None
        usual = self._usual[kinds] = _Usual(
            lead=LEAD + size // 8,
            size=size,
            trailer=CRC_SIZE * is_checked + TAG_SIZE * bool(kinds & AUTHENTICATED_FIELD),
            is_checked=is_checked,
            pair=header.frame_type << 8 | header.format,
        )
        return usual

    def problems(self, problems: Iterable[str]) -> None:
        """Count what is wrong with one frame or document."""
        codes = {problem.partition(":")[0] for problem in problems}
        if codes:
            self._wrong += 1
            self._problems.update(codes)

    def damage(self, offset: int, size: int | None, error: RemoteFrameError) -> None:
        """Count bytes that are none of the framing."""
        if self._first_damage is None:
            self._first_damage = offset
        self._damage[error.frame_code] += 1
        self._damaged += size or 0

    def for_programs(self, size: int, format_name: Callable[[int], str], times: list[Timestamp]) -> dict[str, Any]:
        """
        Return all figures as builtins for JSON.

        Args:
            size: How many bytes the stream has.
            format_name: Returns the name of a format by its number in frames.
            times: When some of the first and last messages were made.
        """
        native = self._framing == "native"
        row: dict[str, Any] = {"framing": self._framing, "bytes": size}
        row["frames" if native else "messages"] = self.count
        if native:
            kinds: collections.Counter[str] = collections.Counter()
            formats: collections.Counter[str] = collections.Counter()
            for pair, count in self._pairs.items():
                kinds[FrameType(pair >> 8).name] += count
                formats[format_name(pair & 0xFF)] += count
            row["kinds"], row["formats"] = dict(kinds.most_common()), dict(formats.most_common())
            busiest = sorted(self._streams.items(), key=lambda item: (-item[1], item[0]))[:_BUSIEST]
            row["streams"] = {
                "count": len(self._streams),
                "busiest": [{"stream": stream, "frames": count} for stream, count in busiest],
                "frames_of_others": self._other_streams,
            }
            last = None if self._next_sequence is None else self._next_sequence - 1
            gaps = {"gaps": self._gaps, "edges": self._edge_gaps}
            row["sequence"] = {"first": self._first_sequence, "last": last, **gaps}
        row["payload"] = {
            "bytes": self._bytes,
            "p50": self._at(50),
            "p99": self._at(99),
            "max": max((self._longest, *self._lengths)),
        }
        row["problems"] = {"count": self._wrong, "codes": dict(self._problems.most_common())}
        codes = dict(self._damage.most_common())
        first = self._first_damage
        row["damage"] = {"count": self._damage.total(), "bytes": self._damaged, "first": first, "codes": codes}
        row["time"] = {"first": str(min(times)), "last": str(max(times))} if times else None
        return row

    def _at(self, percent: int) -> int:
        """Return the length that so many of a hundred payloads have at most; longer ones than 4095 within 0.05 %."""
        wanted = self.count * percent / 100
        for length, reached in zip(
            ordered := sorted(self._lengths),
            itertools.accumulate(self._lengths[length] for length in ordered),
            strict=True,
        ):
            if reached >= wanted:
                return length
        return 0


def for_people(row: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that say what `Summary.for_programs` has returned."""
    native = "frames" in row
    count, what = (row["frames"], "frame") if native else (row["messages"], "message")
    wrong = row["problems"]["count"] + row["damage"]["count"]
    rest = f", {wrong} with problems" if wrong else ", all right" if row["bytes"] else ""
    yield f"{row['bytes']} bytes, {row['framing']}, {count} {what}{'s' * (count != 1)}{rest}"
    if native:
        for key in ("kinds", "formats"):
            yield _line(key, ", ".join(f"{name} {count}" for name, count in row[key].items()) or "none")
        streams = row["streams"]
        others = f", {streams['frames_of_others']} frames of others" if streams["frames_of_others"] else ""
        busiest = ", ".join(f"{each['stream']} with {each['frames']}" for each in streams["busiest"])
        yield _line("streams", f"{streams['count']}{others}" + (f", the busiest {busiest} frames" if busiest else ""))
    payload = row["payload"]
    lengths = ", ".join(f"{name} {payload[name]}" for name in ("p50", "p99", "max"))
    yield _line("payloads", f"{payload['bytes']} bytes, {lengths}")
    if native:
        sequence = row["sequence"]
        count, edges = sequence["gaps"], sequence["edges"]
        gaps = ", then ".join(f"expected {gap['expected']}, got {gap['got']} at byte {gap['offset']}" for gap in edges)
        which = "" if count < 2 else ", the first and the last"
        said = f"{count} gap{'s' * (count != 1)}{which}: {gaps}" if count else "no gaps"
        first = sequence["first"]
        yield _line("sequence", "none" if first is None else f"{first} to {sequence['last']}, {said}")
    if row["time"] is not None:
        first, last = (Timestamp.parse(row["time"][key]) for key in ("first", "last"))
        yield _line("time", f"{first} to {last}, {last - first}")
    for key, where in (
        ("problems", ""),
        ("damage", f", {row['damage']['bytes']} bytes, first at byte {row['damage']['first']}"),
    ):
        codes = ", ".join(f"{code} {count}" for code, count in row[key]["codes"].items())
        if codes:
            yield _line(key, f"{codes}{where}")


def _line(name: str, said: str) -> str:
    return f"{name:<10}{said}"
