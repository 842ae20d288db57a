"""``symphony encode`` and ``decode``: a document in, a document out."""

from __future__ import annotations

import binascii
import re

from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from .._issues import brief
from ..codec import Codec
from ..errors import DecodeError, EncodeError
from ._codecs import CodecFlags, Flags, given_type
from ._fits import unsayable
from ._indent import indented
from .errors import FailedError, UsageError
from .streams import console, is_terminal, read_bytes, write_bytes


__all__ = ["check_pretty", "decode", "encode", "put", "transcode"]

# Beyond this, colours cost more time than they are worth.
_MAX_COLOURED: Final = 2**18
# What JSON leaves unescaped in texts though terminals obey it: controls beyond ASCII, and changes of direction.
_STEERING: Final = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


# Either may be left out: the format with --codec.
_Format = Annotated[str | None, Parameter(name="FORMAT", allow_leading_hyphen=True)]
# For "-"; what else begins with a hyphen is refused when it is read.
_OptionalFile = Annotated[str | None, Parameter(name="FILE", allow_leading_hyphen=True)]
_File = Annotated[str, Parameter(name="FILE", allow_leading_hyphen=True)]
_CODECS: Final = CodecFlags()
_DEFAULTS: Final = Flags()


def encode(
    target: _Format = None,
    source: _OptionalFile = None,
    /,
    *,
    hex_: Annotated[bool, Parameter(name="--hex")] = False,
    pretty: bool = False,
    force: bool = False,
    codecs: CodecFlags = _CODECS,
    flags: Flags = _DEFAULTS,
) -> None:
    """
    Write JSON in another format.

    Args:
        target: The format to write, see symphony formats; may be left out with --codec.
        source: JSON; - or nothing is standard input.
        hex_: Write hex digits.
        pretty: One entry a line, where JSON is written.
        force: Write binary to a terminal.
        codecs: Codecs and their options.
        flags: The type of the document, and the output.
    """
    name, file = codecs.format_and_source(target, source)
    reader, writer = codecs.codecs("json", name)
    check_pretty(writer, pretty=pretty)
    data = transcode(reader, writer, file, flags)
    put(data, writer, flags.output, as_hex=hex_, pretty=pretty, force=force)


def decode(
    source_format: _Format = None,
    source: _OptionalFile = None,
    /,
    *,
    hex_: Annotated[bool, Parameter(name="--hex")] = False,
    pretty: Annotated[bool | None, Parameter(name="--pretty", negative="--compact")] = None,
    codecs: CodecFlags = _CODECS,
    flags: Flags = _DEFAULTS,
) -> None:
    """
    Write a document as JSON.

    Args:
        source_format: The format to read, see symphony formats; may be left out with --codec.
        source: The document; - or nothing is standard input.
        hex_: The document is hex digits.
        pretty: One entry a line; by default on terminals.
        codecs: Codecs and their options.
        flags: The type of the document, and the output.
    """
    name, file = codecs.format_and_source(source_format, source)
    reader, writer = codecs.codecs(name, "json")
    text = transcode(reader, writer, file, flags, from_hex=hex_).decode()
    if is_terminal() if pretty is None else pretty:
        text = indented(text)
    if flags.output is None and is_terminal() and len(text) <= _MAX_COLOURED:
        from rich.highlighter import JSONHighlighter

        console().print(JSONHighlighter()(_STEERING.sub(_escaped, text)), soft_wrap=True)
    else:
        write_bytes(f"{text}\n".encode(), flags.output)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def check_pretty(writer: Codec, *, pretty: bool) -> None:
    """Refuse ``--pretty`` for other formats than JSON."""
    if pretty and writer.name != "json":
        raise UsageError(f"expected json for --pretty, got {writer.name}")


def transcode(reader: Codec, writer: Codec, source: str, flags: Flags, *, from_hex: bool = False) -> bytes:
    """
    Return a document in another format.

    Args:
        reader: The codec that reads it.
        writer: The codec that writes it.
        source: The document's file; ``-``: standard input.
        flags: Its type.
        from_hex: It is in hex digits.

    Raises:
        UsageError: It cannot be read, or there is no such type.
        FailedError: It is not of the format or the type, or cannot be written in the other format.
    """
    as_type = given_type(flags.type_)
    try:
        read, write = reader.decoder(as_type), writer.encoder(as_type)
    except (DecodeError, EncodeError) as exc:
        raise UsageError(issue.message for issue in exc.issues) from exc
    data = read_bytes(source)
    if from_hex:
        data = _unhex(data)
    name = "standard input" if source == "-" else source
    try:
        value: Any = read(data)
        if flags.type_ is None and (issues := unsayable(value, writer.format)):
            raise FailedError(
                [*(f"{name}: {brief(issue)}" for issue in issues), "give --type to say how to write them"]
            )
        return write(value)
    except (DecodeError, EncodeError) as exc:
        lines = [f"{name}: {brief(issue)}" for issue in exc.issues]
        framing = reader.format.framing
        if framing is not None and any(issue.code == "trailing_bytes" for issue in exc.issues):
            lines.append(f"if it is a file of records, symphony convert --framing {framing} takes them all")
        raise FailedError(lines) from exc


def _unhex(data: bytes) -> bytes:
    try:
        return binascii.unhexlify(b"".join(data.split()))
    except binascii.Error as exc:
        raise FailedError(f"expected hex digits, {str(exc).lower()}") from exc


def put(data: bytes, codec: Codec, output: Path | None, *, as_hex: bool, pretty: bool, force: bool) -> None:
    """
    Write a document where it is to go.

    Args:
        data: The document.
        codec: The codec that wrote it.
        output: The file; ``None``: standard output.
        as_hex: Write hex digits.
        pretty: One entry a line.
        force: Write binary to a terminal.

    Raises:
        UsageError: The file cannot be written, or the terminal takes no binary.
    """
    if pretty:
        data = indented(data.decode()).encode()
    if as_hex:
        data = data.hex().encode() + b"\n"
    elif not codec.is_binary:
        if not data.endswith(b"\n"):
            data += b"\n"
    elif output is None and is_terminal() and not force:
        raise UsageError(f"{codec.name} is binary and standard output a terminal: use --output FILE, or --force")
    write_bytes(data, output)
