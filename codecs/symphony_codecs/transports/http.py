"""
Content negotiation over HTTP (RFC 9110): each body is one document, in the format that its content type names.

A server decodes the body with the codec of `codec_for_content_type` and
encodes the response with that of `negotiate_content_type`; a client lists its
formats in `accept_header`.  Where servers read a header in different ways,
these functions follow the RFC, and where it leaves a choice:

- A member of ``Accept`` that is not a media range, or whose weight is not a
  number from 0 to 1, is ignored; the others count.
- If no member is left, or the header is empty, anything is acceptable, as
  without the header (section 12.5.1).
- ``*`` stands for ``*/*`` and ``q=.2`` for ``q=0.2``: Java's own client sends
  both.
- ``charset=utf-8`` is ignored: JSON is UTF-8 anyway (RFC 8259, section 11).
  Any other charset is refused.
- The suffix of a body's type also selects a codec, ``+json`` or ``+cbor`` (RFC
  6839, RFC 8949), and so do ``application/vnd.msgpack`` and
  ``application/x-msgpack`` for MessagePack; a codec's own type wins.
  Responses are labelled with the codec's own type, and ``Accept`` has to name
  that.
- Other parameters of ``Content-Type`` are ignored (RFC 2046, section 1);
  those of a media range have to match.
"""

from __future__ import annotations

import re

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

import attrs

from symphony_types._restorable import RestorableError
from symphony_types.checks import describe

from ..codec import Codec
from ..errors import UnknownCodecError
from ..registry import codec_names, get_codec


__all__ = [
    "NotAcceptableError",
    "UnsupportedMediaTypeError",
    "accept_header",
    "codec_for_content_type",
    "media_parameters",
    "negotiate_content_type",
    "quality_of",
]

_TOKEN: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - the grammar's term, no secret
# RFC 9110, sections 8.3.1 and 5.6.6.
_TYPE: Final = re.compile(rf"[ \t]*({_TOKEN})(?:/({_TOKEN}))?[ \t]*")
_PARAMETER: Final = re.compile(rf';[ \t]*(?:({_TOKEN})=({_TOKEN}|"(?:[^"\\]|\\.)*+"))?[ \t]*', re.DOTALL)
# A quoted string without its end extends to the end of the header: trying again from each quote would be quadratic.
_MEMBER: Final = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))++', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_WEIGHT: Final = re.compile(r"[01]\.?|[01]?\.[0-9]{1,16}")
_UTF8: Final = frozenset(("utf-8", "utf8"))


class NotAcceptableError(RestorableError, LookupError):
    """
    The client accepts none of the server's content types: 406 (RFC 9110, section 15.5.7).

    Args:
        accept: The header ``Accept``.
        offers: The server's content types.
    """

    status: ClassVar[int] = 406

    def __init__(self, accept: str, offers: Iterable[str]) -> None:
        self.accept = accept
        self.offers = tuple(offers)

    def __str__(self) -> str:
        return f"expected one of {', '.join(self.offers)} to be acceptable, got Accept {describe(self.accept)}"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The response's headers for this error: ``Vary``, since the response depends on ``Accept``."""
        return (("Vary", "Accept"),)


class UnsupportedMediaTypeError(UnknownCodecError):
    """
    The body's format is not accepted here: 415 (RFC 9110, section 15.5.16).

    Args:
        content_type: The header ``Content-Type``; ``None`` if it was missing.
        offers: The accepted content types.
    """

    status: ClassVar[int] = 415

    def __init__(self, content_type: str | None, offers: Iterable[str]) -> None:
        self.content_type = content_type
        self.offers = tuple(offers)

    def __str__(self) -> str:
        actual = "none" if self.content_type is None else describe(self.content_type)
        return f"expected a Content-Type of {', '.join(self.offers)}, got {actual}"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The response's headers for this error: ``Accept`` lists the accepted content types."""
        return (("Accept", ", ".join(self.offers)),)


@attrs.frozen
class _MediaType:
    """A media type or range, names in lower case, without the charset UTF-8."""

    type: str
    subtype: str
    parameters: Mapping[str, str]

    def matches(self, other: _MediaType) -> bool:
        """Whether this range includes *other*."""
        return (
            self.type in {"*", other.type}
            and self.subtype in {"*", other.subtype}
            and self.parameters.items() <= other.parameters.items()
        )

    @property
    def specificity(self) -> tuple[bool, bool, int]:
        return self.type != "*", self.subtype != "*", len(self.parameters)


def negotiate_content_type(accept: str | None, offers: Iterable[Codec | str]) -> Codec:
    """
    Return the codec to encode a response with, by the client's ``Accept`` (RFC 9110, section 12.5.1).

    Among codecs with the same weight, the first offered one wins.

    Args:
        accept: The header; several of the same name joined by commas; ``None``
            if it is missing.
        offers: Codecs or their names, in the server's order of preference.

    Raises:
        NotAcceptableError: The client accepts none of them.
        UnknownCodecError: There is no codec with the name of an offer.
        ValueError: There are no offers.
    """
    codecs = _resolved(offers)
    ranges = _ranges(accept)
    quality, codec = max(((_quality(ranges, codec.content_type), codec) for codec in codecs), key=lambda pair: pair[0])
    if quality == 0 and accept is not None:
        raise NotAcceptableError(accept, (codec.content_type for codec in codecs))
    return codec


def quality_of(accept: str | None, content_type: str) -> float:
    """
    Return how much a client wants *content_type*: 0 (not at all) to 1.

    The most specific of the ranges that include it counts.

    Raises:
        ValueError: *content_type* is not a media type.
    """
    return _quality(_ranges(accept), content_type)


def codec_for_content_type(content_type: str | None, offers: Iterable[Codec | str] | None = None) -> Codec:
    """
    Return the codec to decode a body with (RFC 9110, section 8.3).

    It is the codec with that content type, else one with that type as an
    alias, else that of the type's suffix (``application/geo+json``).

    Args:
        content_type: The header; ``None`` if it is missing.
        offers: Codecs or their names; ``None``: all registered codecs.

    Raises:
        UnsupportedMediaTypeError: The header is missing, is not a media type,
            or names a type of none of *offers* or a charset other than UTF-8.
        UnknownCodecError: There is no codec with the name of an offer.
        ValueError: There are no offers.
    """
    codecs = _resolved(codec_names() if offers is None else offers)
    media = None if content_type is None else _parse(content_type)
    if media is not None and "charset" not in media.parameters:
        name = f"{media.type}/{media.subtype}"
        closeness, codec = max(((codec.format.labels(name), codec) for codec in codecs), key=lambda pair: pair[0])
        if closeness:
            return codec
    raise UnsupportedMediaTypeError(content_type, (codec.content_type for codec in codecs))


def media_parameters(content_type: str) -> Mapping[str, str]:
    """
    Return the parameters of a media type, names in lower case; ``charset`` only if it is not UTF-8.

    Raises:
        ValueError: *content_type* is not a media type.
    """
    return _media_type(content_type).parameters


def accept_header(codecs: Iterable[Codec | str]) -> str:
    """
    Return the header ``Accept`` of a client that accepts *codecs*.

    Args:
        codecs: Codecs or their names, in order of preference, at most 1000.

    Raises:
        UnknownCodecError: There is no codec with such a name.
        ValueError: *codecs* is empty, or too long for weights of three digits.
    """
    types = [codec.content_type for codec in _resolved(codecs)]
    if len(types) > 1000:
        raise ValueError(f"expected at most 1000 codecs, got {len(types)}")
    digits = max(1, len(str(len(types) - 1)))
    return ", ".join(
        name if index == 0 else f"{name};q={1 - index / 10**digits:.{digits}f}" for index, name in enumerate(types)
    )


def _resolved(offers: Iterable[Codec | str]) -> list[Codec]:
    codecs = [get_codec(offer) if isinstance(offer, str) else offer for offer in offers]
    if not codecs:
        raise ValueError("expected at least one codec, got none")
    return codecs


def _quality(ranges: Sequence[tuple[_MediaType, float]], content_type: str) -> float:
    media = _media_type(content_type)
    if not ranges:
        return 1.0
    matching = [(wanted.specificity, weight) for wanted, weight in ranges if wanted.matches(media)]
    return max(matching)[1] if matching else 0.0


def _ranges(accept: str | None) -> list[tuple[_MediaType, float]]:
    """Return the members of *accept* that are media ranges, and their weights."""
    ranges: list[tuple[_MediaType, float]] = []
    for member in _MEMBER.findall(accept or ""):
        media = _parse(member, wildcard=True)
        if media is None or (media.type == "*" and media.subtype != "*"):
            continue
        # RFC 9110, section 12.5.1: a parameter q is the weight, at any position.
        weight = media.parameters.get("q", "1")
        if _WEIGHT.fullmatch(weight) is None or float(weight) > 1:
            continue
        parameters = {name: value for name, value in media.parameters.items() if name != "q"}
        ranges.append((attrs.evolve(media, parameters=parameters), float(weight)))
    return ranges


def _media_type(text: str) -> _MediaType:
    media = _parse(text)
    if media is None:
        raise ValueError(f"expected a media type, got {describe(text)}")
    return media


def _parse(text: str, *, wildcard: bool = False) -> _MediaType | None:
    """Parse a media type and its parameters; with *wildcard*, ``*`` counts as one."""
    found = _TYPE.match(text)
    if found is None:
        return None
    main, sub = found[1].lower(), found[2]
    if sub is None:
        if not wildcard or main != "*":
            return None
        sub = "*"
    parameters: dict[str, str] = {}
    end = found.end()
    while end < len(text):
        found = _PARAMETER.match(text, end)
        if found is None:
            return None
        if found[1] is not None:
            value = _ESCAPED.sub(r"\1", found[2][1:-1]) if found[2].startswith('"') else found[2]
            parameters[found[1].lower()] = value
        end = found.end()
    if parameters.get("charset", "").lower() in _UTF8:
        del parameters["charset"]
    return _MediaType(main, sub.lower(), parameters)
