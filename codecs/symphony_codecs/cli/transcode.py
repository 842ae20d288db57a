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
from ..errors import DecodeError, EncodeError, UnknownCodecError
from ..registry import get_codec
from ._fits import unsayable
from ._indent import indented
from .errors import FailedError, UsageError
from .streams import console, is_terminal, read_bytes, write_bytes
from .typerefs import TypeReferenceError, parse_type


__all__ = ["Flags", "convert", "decode", "encode"]

# Beyond this, colours cost more time than they are worth.
_MAX_COLOURED: Final = 2**18
# What JSON leaves unescaped in texts though terminals obey it: controls beyond ASCII, and changes of direction.
_STEERING: Final = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


_TYPE_HELP: Final = (
    "What the document is: a name of symphony_types, a builtin, or package.module:Name (which is imported), "
    "also with arguments: MessageEnvelope[Workflow], list[int] | None. Without it nothing is guessed: what the "
    "other format cannot say (byte strings and NaN in JSON, keys that are no text) is refused, each with its path."
)


@Parameter(name="*")
@attrs.frozen(kw_only=True)
class Flags:
    """
    What all three commands take.

    Args:
        type_: What the document is.
        output: Write to this file, not to standard output.
        strict: Refuse repeated keys, NaN and infinities, in every format.
        forbid_unknown: Refuse fields that the type does not have.
        max_depth: How deep arrays and maps may nest, 1 to 250.
        max_size: How long a document may be, in bytes.
    """

    type_: Annotated[str | None, Parameter(name=["--type", "-t"], metavar="TYPE", help=_TYPE_HELP)] = None
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], metavar="FILE")] = None
    strict: bool = False
    forbid_unknown: bool = False
    max_depth: Annotated[int | None, Parameter(metavar="N")] = None
    max_size: Annotated[int | None, Parameter(metavar="BYTES")] = None


_Format = Annotated[str, Parameter(name="FORMAT")]
# For "-"; what else begins with a hyphen is refused when it is read.
_File = Annotated[str, Parameter(name="FILE", allow_leading_hyphen=True)]
_DEFAULTS: Final = Flags()


def encode(
    target: _Format,
    source: _File = "-",
    /,
    *,
    hex_: Annotated[bool, Parameter(name="--hex")] = False,
    force: bool = False,
    flags: Flags = _DEFAULTS,
) -> None:
    """
    Write JSON in another format.

    Args:
        target: What to write, see symphony formats.
        source: JSON; - is standard input.
        hex_: Write hex digits.
        force: Write binary to a terminal.
        flags: What the document is.
    """
    data = _transcode("json", target, source, flags)
    _put(data, _codec(target, flags), flags, as_hex=hex_, force=force)


def decode(
    source_format: _Format,
    source: _File = "-",
    /,
    *,
    hex_: Annotated[bool, Parameter(name="--hex")] = False,
    pretty: Annotated[bool | None, Parameter(name="--pretty", negative="--compact")] = None,
    flags: Flags = _DEFAULTS,
) -> None:
    """
    Write a document as JSON.

    Args:
        source_format: What to read, see symphony formats.
        source: The document; - is standard input.
        hex_: The document is hex digits.
        pretty: One entry a line; by default on terminals.
        flags: What the document is.
    """
    text = _transcode(source_format, "json", source, flags, from_hex=hex_).decode()
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
    force: bool = False,
    flags: Flags = _DEFAULTS,
) -> None:
    """
    Turn a document of one format into one of another.

    Args:
        source_format: What to read, see symphony formats.
        target: What to write.
        source: The document; - is standard input.
        force: Write binary to a terminal.
        flags: What the document is.
    """
    data = _transcode(source_format, target, source, flags)
    _put(data, _codec(target, flags), flags, as_hex=False, force=force)


def _transcode(source_format: str, target_format: str, source: str, flags: Flags, *, from_hex: bool = False) -> bytes:
    reader, writer = _codec(source_format, flags), _codec(target_format, flags)
    as_type = _type(flags)
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


def _codec(name: str, flags: Flags) -> Codec:
    try:
        codec = get_codec(name)
    except UnknownCodecError as exc:
        raise UsageError(str(exc)) from exc
    changes: dict[str, Any] = {
        "strict": flags.strict or None,
        "unknown_fields": "forbid" if flags.forbid_unknown else None,
        "max_depth": flags.max_depth,
        "max_size": flags.max_size,
    }
    given = {option: value for option, value in changes.items() if value is not None}
    if not given:
        return codec
    try:
        return codec.with_options(**given)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc


def _type(flags: Flags) -> Any:
    if flags.type_ is None:
        return Any
    try:
        return parse_type(flags.type_)
    except TypeReferenceError as exc:
        raise UsageError(str(exc)) from exc


def _unhex(data: bytes) -> bytes:
    try:
        return binascii.unhexlify(b"".join(data.split()))
    except binascii.Error as exc:
        raise FailedError(f"expected hex digits, {str(exc).lower()}") from exc


def _put(data: bytes, codec: Codec, flags: Flags, *, as_hex: bool, force: bool) -> None:
    if as_hex:
        data = data.hex().encode() + b"\n"
    elif not codec.is_binary:
        if not data.endswith(b"\n"):
            data += b"\n"
    elif flags.output is None and is_terminal() and not force:
        raise UsageError(f"{codec.name} is binary and standard output a terminal: use --output FILE, or --force")
    write_bytes(data, flags.output)
