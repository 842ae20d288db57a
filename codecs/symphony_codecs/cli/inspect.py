"""``symphony inspect``: a captured stream, frame by frame."""

from __future__ import annotations

import json

from collections.abc import Iterator
from typing import Annotated, Any, Final

import attrs

from cyclopts import Parameter
from rich.text import Text

from symphony_types.message.ipc import FrameType, IpcFrame

from ..codec import Codec
from ..errors import DecodeError, EncodeError, UnknownCodecError
from ..framing.assembly import MessageAssembler
from ..framing.errors import RemoteFrameError
from ..framing.framings import framing_names, get_framing
from ..framing.hello import Hello
from ..framing.messages import IpcMessage
from ..records.capture import Damage, Frame, scan_frames
from ..registry import get_codec
from ._capture import Document, guess_framing, walk_documents
from .errors import UsageError, printable
from .streams import console, read_bytes
from .typerefs import TypeReferenceError, parse_type


__all__ = ["inspect"]

_ANY_SIZE: Final = 2**32 - 1
_SHOWN: Final = 600
# What an envelope holds where nobody says so: read as the first of these that fits.
_DEFAULT_TYPES: Final = (
    "MessageEnvelope[JsonRpcRequest | JsonRpcNotification | JsonRpcResponse]",
    "JsonRpcRequest | JsonRpcNotification | JsonRpcResponse",
    "Any",
)


def inspect(
    source: Annotated[str, Parameter(name="FILE", allow_leading_hyphen=True)] = "-",
    /,
    *,
    framing: Annotated[str | None, Parameter(metavar="FRAMING")] = None,
    type_: Annotated[str | None, Parameter(name=["--type", "-t"], metavar="TYPE")] = None,
    format_: Annotated[str, Parameter(name="--format", metavar="FORMAT")] = "json",
    full: bool = False,
    json_: Annotated[bool, Parameter(name="--json")] = False,
) -> int:
    """
    Show a captured stream frame by frame: offsets, fields, flags, payload, and what is wrong where.

    Tags are shown and not checked, which takes the key of the connection.

    Args:
        source: The bytes of one direction of a connection; - is standard input.
        framing: native, content-length, newline or length-prefixed; guessed if not given.
        type_: What the messages are; see symphony decode --help. Without it: envelopes of JSON-RPC, or anything.
        format_: What documents of other framings are in; frames say it themselves.
        full: Show payloads whole.
        json_: Write one JSON object for each frame, for programs.
    """
    data = read_bytes(source)
    name = framing or guess_framing(data)
    if name != "native" and name not in framing_names():
        raise UsageError(f"expected a framing, native, {', '.join(framing_names())}, got {name!r}")
    reader = _Reader(type_)
    if name == "native":
        rows = _native(data, reader)
    else:
        try:
            codec = get_codec(format_)
        except UnknownCodecError as exc:
            raise UsageError(str(exc)) from exc
        rows = _documents(data, name, codec, reader)
    out = console()
    wrong = count = 0
    for row in rows:
        count += row.damage is None
        wrong += bool(row.problems)
        if json_:
            out.print(json.dumps(row.for_programs()), soft_wrap=True)
        else:
            for line in row.for_people(full=full):
                out.print(line, soft_wrap=True)
    if not json_:
        what = "frame" if name == "native" else "message"
        rest = f", {wrong} with problems" if wrong else ", all right"
        out.print(f"{len(data)} bytes, {name}, {count} {what}{'s' * (count != 1)}{rest if data else ''}")
    return 1 if wrong else 0


@attrs.define(kw_only=True)
class _Row:
    """What there is to say of one frame, document or stretch of damage."""

    offset: int
    size: int
    kind: str
    fields: dict[str, Any] = attrs.field(factory=dict)
    payload: str | None = None
    problems: list[str] = attrs.field(factory=list)
    damage: str | None = None

    def for_programs(self) -> dict[str, Any]:
        row: dict[str, Any] = {"offset": self.offset, "size": self.size, "kind": self.kind, **self.fields}
        if self.payload is not None:
            row["payload"] = json.loads(self.payload)
        return {**row, "problems": self.problems}

    def for_people(self, *, full: bool) -> Iterator[Text]:
        said = "  ".join(f"{key} {_short(value)}" for key, value in self.fields.items())
        yield Text.assemble((f"{self.offset:>8}  ", "dim"), (f"{self.kind:<10}", "bold"), f" {said}  {self.size} bytes")
        if self.payload is not None:
            text = self.payload
            if not full and len(text) > _SHOWN:
                text = f"{text[:_SHOWN]} ... {len(text) - _SHOWN} more characters, see --full"
            yield Text(f"          {printable(text)}", "green")
        for problem in self.problems:
            yield Text(f"          ! {printable(problem)}", "bold red")


def _short(value: Any) -> str:
    return ",".join(map(str, value)) or "-" if isinstance(value, list) else str(value)


class _Reader:
    """Makes JSON of payloads."""

    def __init__(self, reference: str | None) -> None:
        try:
            self._types = [parse_type(text) for text in ((reference,) if reference else _DEFAULT_TYPES)]
        except TypeReferenceError as exc:
            raise UsageError(str(exc)) from exc
        self._json = get_codec("json")

    def read(self, payload: bytes, codec: Codec) -> str:
        """
        Return *payload* as JSON.

        Raises:
            DecodeError: It is of none of the types.
        """
        failure: DecodeError | EncodeError | None = None
        for as_type in self._types:
            try:
                return self._json.encode(codec.decode(payload, as_type), as_type).decode()
            except (DecodeError, EncodeError) as exc:
                # what the first type has to say is what people expect to hear
                failure = failure or exc
        assert failure is not None
        raise failure


def _documents(data: bytes, framing: str, codec: Codec, reader: _Reader) -> Iterator[_Row]:
    for found in walk_documents(data, get_framing(framing)):
        if isinstance(found, Damage):
            yield _damage(found)
            continue
        row = _Row(offset=found.offset, size=found.size, kind="MESSAGE", fields={"format": codec.name})
        _read_payload(row, found, codec, reader)
        yield row


def _damage(found: Damage) -> _Row:
    error = found.error
    return _Row(
        offset=found.offset,
        size=found.size,
        kind="DAMAGE",
        fields={"code": error.frame_code},
        problems=[f"{error.frame_code}: {error.message}"],
        damage=error.frame_code,
    )


def _read_payload(row: _Row, found: Document | IpcMessage, codec: Codec, reader: _Reader) -> None:
    try:
        row.payload = reader.read(found.payload, codec)
    except (DecodeError, EncodeError) as exc:
        row.problems += [f"payload: {issue}" for issue in exc.issues]


def _native(data: bytes, reader: _Reader) -> Iterator[_Row]:
    stream = _Stream(reader)
    for found in scan_frames([data], max_payload=_ANY_SIZE):
        yield _damage(found) if isinstance(found, Damage) else stream.row(found)


class _Stream:
    """One direction of a connection: what frames have to do with those before them."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self._errors = _Reader("SymphonyError")
        self._assembler = MessageAssembler(max_message=_ANY_SIZE)
        self._formats: dict[int, str] = {}
        self._next_sequence: int | None = None

    def row(self, frame: Frame) -> _Row:
        """Say what there is to say of the next frame."""
        header = frame.header
        row = _Row(offset=frame.offset, size=frame.size, kind=header.frame_type.name)
        row.fields["sequence"] = header.sequence
        if header.stream_id:
            row.fields["stream"] = header.stream_id
        row.fields["format"] = self._format_name(header.format)
        row.fields["priority"] = header.priority.value
        if header.compression:
            row.fields["compression"] = header.compression.name.lower()
        if header.flags:
            row.fields["flags"] = [flag.name for flag in header.flags]
        if header.route is not None:
            receiver = header.route.receiver
            row.fields["from"] = str(header.route.sender)
            row.fields["to"] = "everyone" if receiver is None else str(receiver)
        if frame.extension:
            row.fields["extension"] = frame.extension
        row.fields["length"] = len(frame.payload)
        if self._next_sequence not in {None, header.sequence}:
            row.problems.append(f"bad_sequence: expected {self._next_sequence}, got {header.sequence}")
        self._next_sequence = header.sequence + 1
        if not frame.checksum_holds:
            row.problems.append("payload_checksum: the payload is not what its checksum is of")
        if not header.frame_type.is_known:
            row.problems.append(f"unknown_type: expected a frame type from 0 to 7, got {header.frame_type:d}")
        else:
            try:
                self._join(row, IpcFrame(header=header, payload=frame.payload))
            except RemoteFrameError as error:
                row.problems.append(f"{error.frame_code}: {error.message}")
        return row

    def _format_name(self, format_id: int) -> str:
        if format_id == 0:
            return "opaque"
        if format_id in self._formats:
            return self._formats[format_id]
        try:
            return get_codec(format_id).name
        except UnknownCodecError:
            return str(format_id)

    def _join(self, row: _Row, frame: IpcFrame) -> None:
        try:
            message = self._assembler.add(frame)
        except RemoteFrameError:
            self._assembler = MessageAssembler(max_message=_ANY_SIZE)
            raise
        if message is None:
            return
        if frame.header.frame_type is FrameType.HELLO:
            hello = Hello.from_payload(message.payload)
            self._formats = {offer.id: offer.name for offer in hello.formats}
            row.payload = hello.to_payload().decode()
        elif message.payload:
            self._decode(row, message)

    def _decode(self, row: _Row, message: IpcMessage) -> None:
        name = self._format_name(message.header.format)
        if name == "opaque":
            return
        try:
            codec = get_codec(name)
        except UnknownCodecError:
            row.problems.append(f"bad_format: expected a format that is known here, got {name}")
            return
        as_error = message.header.frame_type is FrameType.ERROR and not message.header.stream_id
        _read_payload(row, message, codec, self._errors if as_error else self._reader)
