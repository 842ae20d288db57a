"""Guess from bytes: the framing of a stream by its start, and the kind of damaged bytes."""

from __future__ import annotations

import re

from typing import Final


__all__ = ["guess_framing", "hex_dump", "looks_like"]

_BLANKS: Final = b" \t\r\n"
_WIDTH: Final = 16

# By their first bytes; the first that matches counts.
_KINDS: Final = tuple(
    (name, re.compile(pattern, re.DOTALL))
    for name, pattern in (
        ("HTTP/2", rb"PRI \* HTTP/2"),
        (
            "HTTP",
            rb"[A-Z]{3,10} [^ \r\n]+ HTTP/1|(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT) [/*a-z]|HTTP/1\.[01] ",
        ),
        ("content-length framing", rb"(?i:content-(?:length|type)): *[\x21-\x7e]"),
        ("SSH", rb"SSH-\d"),
        ("TLS", rb"[\x14-\x17]\x03[\x00-\x04]"),
        ("gzip", rb"\x1f\x8b\x08"),
        ("zstd", rb"\x28\xb5\x2f\xfd"),
        ("bzip2", rb"BZh[1-9]"),
        ("xz", rb"\xfd7zXZ\x00"),
        ("lz4", rb"\x04\x22\x4d\x18"),
        ("ZIP", rb"PK\x03\x04"),
        ("Parquet", rb"PAR1"),
        ("Arrow", rb"ARROW1|\xff{4}.{2}\x00\x00"),
        ("AMQP", rb"AMQP"),
        ("MQTT", rb"\x10.{1,4}\x00\x04MQTT"),
        ("Redis", rb"[*$]\d+\r\n"),
        ("native frames, cut off at their start", rb"Y\x01[\x04-\x20][\x00-\x07]"),
        # From a server, not masked.
        ("WebSocket", rb"[\x81\x82](?:[\x02-\x7d]|\x7e..|\x7f.{8})[{\[]"),
        ("JSON", rb"[ \t\r\n]*(?:[{][ \t\r\n]*[\"}]|\[[ \t\r\n]*[\"{\[\]\d\-tfn]|\x1e[ \t\r\n]*[{\[\"])"),
        ("text with a byte order mark", rb"\xef\xbb\xbf|\xff\xfe|\xfe\xff"),
        # A map whose first key is a short text.
        ("MessagePack", rb"(?:[\x80-\x8f]|\xde..|\xdf.{4})(?:[\xa1-\xbf]|\xd9.)[\w$@-]"),
        ("CBOR", rb"(?:[\xa1-\xb7]|\xb8.|\xb9..|\xbf)(?:[\x61-\x77]|\x78.)[\w$@-]"),
        ("zeros", rb"\x00{8}"),
    )
)
_MASKED: Final = re.compile(rb"[\x81\x82](?:[\x80-\xfd]|\xfe..|\xff.{8})(.{4})(.{1,8})", re.DOTALL)
_TEXT: Final = re.compile(rb"[\t\r\n\x20-\x7e]{8,}")


def looks_like(data: bytes) -> str | None:
    """Return what *data*, the first bytes of something, may be: ``HTTP``, ``TLS`` and so on; ``None``: nobody knows."""
    for name, pattern in _KINDS:
        if pattern.match(data):
            return name
    # A WebSocket client masks what it sends: unmasked, it is text.
    masked = _MASKED.match(data)
    if masked is not None:
        shown = bytes(byte ^ masked[1][index % 4] for index, byte in enumerate(masked[2]))
        if shown.isascii() and shown.decode().isprintable():
            return "WebSocket"
    return "text" if _TEXT.match(data) else None


def hex_dump(data: bytes, offset: int = 0) -> list[str]:
    """Return lines of 16 bytes: where they are, in hex, and as text where that is ASCII."""
    lines: list[str] = []
    for start in range(0, len(data), _WIDTH):
        piece = data[start : start + _WIDTH]
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)
        lines.append(f"{offset + start:08x}  {piece.hex(' '):<{3 * _WIDTH - 1}}  |{text}|")
    return lines


def guess_framing(data: bytes, usual: str | None = None) -> str | None:
    """
    Return the framing that a stream has by its start.

    Args:
        data: The first bytes.
        usual: The framing of the format, if that is given.

    Returns:
        The name; ``native`` where nothing else is likely.  ``None``: more
        bytes would tell.
    """
    start = data.lstrip(_BLANKS)
    if not start:
        return None
    name = b"content-"
    if start[: len(name)].lower() == name[: len(start)]:
        return "content-length" if len(start) >= len(name) else None
    first = start[0]
    if first == 0x1E:
        return "json-sequence"
    if usual is not None:
        return usual
    if first in b'{["':
        return "newline"
    if first == 0:
        return "length-prefixed"
    if 0x80 <= first <= 0x9F or 0xDC <= first <= 0xDF:
        return "msgpack-sequence"
    if 0xA0 <= first <= 0xBF or 0xD8 <= first <= 0xDB:
        return "cbor-sequence"
    return "native"
