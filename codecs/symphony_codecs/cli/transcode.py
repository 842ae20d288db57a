"""``symphony encode``, ``decode`` and ``convert``: a document in, a document out."""

from __future__ import annotations

import binascii
import re

from pathlib import Path
from typing import Annotated, Any, Final

import attrs

from cyclopts import Parameter
from rich.highlighter import JSONHighlighter

from ..codec import Codec
from ..errors import DecodeError, EncodeError
from ._codecs import CodecFlags, TypeOption, given_type
from ._fits import unsayable
from ._indent import indented
from .errors import FailedError, UsageError
from .streams import console, is_terminal, read_bytes, write_bytes


__all__ = ["Flags", "convert", "decode", "encode"]

# Beyond this, colours cost more time than they are worth.
_MAX_COLOURED: Final = 2**18
# What JSON leaves unescaped in texts though terminals obey it: controls beyond ASCII, and changes of direction.
_STEERING: Final = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@Parameter(name="*")
@attrs.frozen(kw_only=True)
class Flags:
    """
    What is read and where it goes.

    Args:
        type_: What the document is.
        output: Write to this file, not to standard output.
    """

    type_: TypeOption = None
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], metavar="FILE")] = None


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
        target: What to write, see symphony formats; may be left out with --codec.
        source: JSON; - or nothing is standard input.
        hex_: Write hex digits.
        pretty: One entry a line, where JSON is written.
        force: Write binary to a terminal.
        codecs: Codecs and their options.
        flags: What the document is.
    """
    name, file = codecs.format_and_source(target, source)
    reader, writer = codecs.codecs("json", name)
    _check_pretty(writer, pretty=pretty)
    data = _transcode(reader, writer, file, flags)
    _put(data, writer, flags, as_hex=hex_, pretty=pretty, force=force)


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
        source_format: What to read, see symphony formats; may be left out with --codec.
        source: The document; - or nothing is standard input.
        hex_: The document is hex digits.
        pretty: One entry a line; by default on terminals.
        codecs: Codecs and their options.
        flags: What the document is.
    """
    name, file = codecs.format_and_source(source_format, source)
    reader, writer = codecs.codecs(name, "json")
    text = _transcode(reader, writer, file, flags, from_hex=hex_).decode()
    if is_terminal() if pretty is None else pretty:
        text = indented(text)
    if flags.output is None and is_terminal() and len(text) <= _MAX_COLOURED:
        console().print(JSONHighlighter()(_STEERING.sub(_escaped, text)), soft_wrap=True)
    else:
        write_bytes(f"{text}\n".encode(), flags.output)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def convert(
    source_format: Annotated[str, Parameter(name="FROM")],
    target: Annotated[str, Parameter(name="TO")],
    source: _File = "-",
    /,
    *,
    pretty: bool = False,
    force: bool = False,
    codecs: CodecFlags = _CODECS,
    flags: Flags = _DEFAULTS,
) -> None:
    """
    Turn a document of one format into one of another.

    Args:
        source_format: What to read, see symphony formats.
        target: What to write.
        source: The document; - is standard input.
        pretty: One entry a line, where JSON is written.
        force: Write binary to a terminal.
        codecs: Codecs and their options.
        flags: What the document is.
    """
    reader, writer = codecs.codecs(source_format, target)
    _check_pretty(writer, pretty=pretty)
    data = _transcode(reader, writer, source, flags)
    _put(data, writer, flags, as_hex=False, pretty=pretty, force=force)


def _check_pretty(writer: Codec, *, pretty: bool) -> None:
    if pretty and writer.name != "json":
        raise UsageError(f"expected json for --pretty, got {writer.name}")


def _transcode(reader: Codec, writer: Codec, source: str, flags: Flags, *, from_hex: bool = False) -> bytes:
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
            raise FailedError([*(f"{name}: {issue}" for issue in issues), "give --type to say how to write them"])
        return write(value)
    except (DecodeError, EncodeError) as exc:
        raise FailedError(f"{name}: {issue}" for issue in exc.issues) from exc


def _unhex(data: bytes) -> bytes:
    try:
        return binascii.unhexlify(b"".join(data.split()))
    except binascii.Error as exc:
        raise FailedError(f"expected hex digits, {str(exc).lower()}") from exc


def _put(data: bytes, codec: Codec, flags: Flags, *, as_hex: bool, pretty: bool, force: bool) -> None:
    if pretty:
        data = indented(data.decode()).encode()
    if as_hex:
        data = data.hex().encode() + b"\n"
    elif not codec.is_binary:
        if not data.endswith(b"\n"):
            data += b"\n"
    elif flags.output is None and is_terminal() and not force:
        raise UsageError(f"{codec.name} is binary and standard output a terminal: use --output FILE, or --force")
    write_bytes(data, flags.output)
