"""
What a message says beside its body, as headers of text: for brokers that carry bytes with headers, such as Kafka's.

==================  ==================================================================
``content-type``    ``application/json; type=envelope``: the codec, the type's name
``message-id``      the envelope's id
``correlation-id``  the id that all messages of an exchange share
``in-reply-to``     the id of the message that is answered
``priority``        ``Low``, ``Normal``, ``High`` or ``Critical``
``ttl``             milliseconds from the envelope's timestamp on, rounded up
==================  ==================================================================

Only the first is there for values that are no envelope.  What an envelope does
not say is left out.
"""

from __future__ import annotations

import uuid

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

import attrs

from typing_extensions import Buffer

from symphony_types.checks import describe
from symphony_types.message.envelope import MessageEnvelope, MessagePriority
from symphony_types.time import Duration
from symphony_types.traits.validatable import Issue

from .._issues import FormatError, issues_of
from ..codec import Codec
from ..errors import DecodeError
from ..registry import CodecKey, get_codec
from ..transports.http import UnsupportedMediaTypeError, codec_for_content_type, media_parameters
from .catalogue import Catalogue


__all__ = ["MessageHeaders", "content_type_of", "from_headers", "headers_of", "millis_of"]

_CONTENT_TYPE: Final = "content-type"
_MILLION: Final = 1_000_000


@attrs.frozen(kw_only=True)
class MessageHeaders:
    """
    What the headers of a message say.

    Attributes:
        name: The name of the body's type.
        as_type: The type.
        codec: What the body is read with.
        id: The message's id, as for all that follow ``None`` if there is no
            such header.
        correlation_id: The id that all messages of an exchange share.
        reply_to: The id of the message that is answered.
        priority: How urgent it is.
        ttl: How long it is of use, in whole milliseconds.
    """

    name: str
    as_type: Any
    codec: Codec
    id: uuid.UUID | None = None
    correlation_id: uuid.UUID | None = None
    reply_to: uuid.UUID | None = None
    priority: MessagePriority | None = None
    ttl: Duration | None = None

    def decode(self, body: Buffer) -> Any:
        """
        Return what *body* holds, as a value of the type.

        Raises:
            DecodeError: See `Codec.decode`.
        """
        return self.codec.decode(body, self.as_type)


def content_type_of(codec: Codec, name: str) -> str:
    """Return the content type of a document of the type that goes by *name*."""
    return f"{codec.content_type}; type={name}"


def millis_of(ttl: Duration) -> int:
    """Return *ttl* in milliseconds, rounded up: a message must not be dropped too early."""
    return -(-ttl.total_nanos // _MILLION)


def headers_of(
    value: object, catalogue: Catalogue, codec: CodecKey | None = None, *, name: str | None = None
) -> dict[str, str]:
    """
    Return the headers of a message whose body is `Catalogue.encode` of the same arguments.

    Args:
        value: The value, an envelope or not.
        catalogue: Where its type has a name.
        codec: One of the catalogue's codecs; ``None``: the first.
        name: The name of its type; ``None``: as `Catalogue.name_of` says.

    Raises:
        UnknownTypeError: No type has that name, or takes the value.
    """
    writer, name = catalogue.label(value, codec, name)
    headers = {_CONTENT_TYPE: content_type_of(writer, name)}
    if isinstance(value, MessageEnvelope):
        metadata = value.metadata
        said = {
            "message-id": value.id,
            "correlation-id": metadata.correlation_id,
            "in-reply-to": metadata.reply_to,
            "priority": metadata.priority.value,
            "ttl": None if metadata.ttl is None else millis_of(metadata.ttl),
        }
        headers |= {header: str(each) for header, each in said.items() if each is not None}
    return headers


def from_headers(
    headers: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]] | None, catalogue: Catalogue
) -> MessageHeaders:
    """
    Return what *headers* say, which `headers_of` made at the other end.

    Args:
        headers: Names in any case, with texts or their bytes in UTF-8, as a map
            or, as Kafka has them, pairs; ``None`` if there are none. Others
            are ignored.
        catalogue: Where the type's name is looked up.

    Raises:
        DecodeError: There is no content type, or one of another codec than
            the catalogue's, or without a type's name; a header is malformed,
            or there twice. It has all issues.
        UnknownTypeError: The catalogue has no such name.
    """
    issues: list[Issue] = []
    texts = _texts(headers, issues)
    said: dict[str, Any] = {}
    for header, (field, read) in _READ.items():
        if header in texts:
            try:
                said[field] = read(texts[header])
            except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
                issues.extend(issues_of(exc, header))
    codec: Codec | None = None
    name: str | None = None
    try:
        if not any(issue.path == (_CONTENT_TYPE,) for issue in issues):
            codec, name = _content_type(texts.get(_CONTENT_TYPE), catalogue)
    except FormatError as exc:
        issues.extend(issues_of(exc, _CONTENT_TYPE))
    if issues or codec is None or name is None:
        raise DecodeError(format="headers", as_type=MessageHeaders, issues=issues)
    return MessageHeaders(name=name, as_type=catalogue.type_of(name), codec=codec, **said)


def _texts(headers: Any, issues: list[Issue]) -> dict[str, str]:
    """Return the headers that have a meaning here, by name."""
    texts: dict[str, str] = {}
    for key, value in headers.items() if isinstance(headers, Mapping) else headers or ():
        header = key.lower() if isinstance(key, str) else ""
        if header != _CONTENT_TYPE and header not in _READ:
            continue
        try:
            text = value.decode() if isinstance(value, bytes) else value
        except UnicodeDecodeError:
            issues.append(Issue((header,), "invalid_value", "UTF-8", "other bytes"))
            continue
        if not isinstance(text, str):
            issues.append(Issue((header,), "wrong_type", "a text", describe(text)))
        elif texts.setdefault(header, text) != text:
            issues.append(Issue((header,), "duplicate_key", "one header of a name", "another one"))
    return texts


def _content_type(text: str | None, catalogue: Catalogue) -> tuple[Codec, str]:
    """Return the codec and the type's name that a content type says."""
    expected = _content_types(catalogue)
    if text is None:
        raise FormatError.of("missing_field", expected, "no content type")
    try:
        codec = codec_for_content_type(text, catalogue.codecs.values())
    except UnsupportedMediaTypeError:
        raise FormatError.of("invalid_value", expected, describe(text)) from None
    name = media_parameters(text).get("type")
    if name is None:
        raise FormatError.of("missing_field", expected, describe(text))
    return codec, name


def _content_types(catalogue: Catalogue) -> str:
    """Return what a content type may be, in words."""
    return " or ".join(content_type_of(codec, "NAME") for codec in catalogue.codecs.values())


def _uuid(text: str) -> uuid.UUID:
    return cast("uuid.UUID", get_codec("json").converter.structure(text, uuid.UUID))


def _priority(text: str) -> MessagePriority:
    return cast("MessagePriority", get_codec("json").converter.structure(text, MessagePriority))


def _ttl(text: str) -> Duration:
    if not (text.isascii() and text.isdigit() and len(text) <= 23):  # of 2**64 seconds
        raise FormatError.of("invalid_value", "milliseconds in digits", describe(text))
    return Duration.from_millis(int(text))


_READ: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    "message-id": ("id", _uuid),
    "correlation-id": ("correlation_id", _uuid),
    "in-reply-to": ("reply_to", _uuid),
    "priority": ("priority", _priority),
    "ttl": ("ttl", _ttl),
}
