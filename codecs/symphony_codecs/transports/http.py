"""
Content negotiation over HTTP (RFC 9110): one document a body, in the format that its content type names.

A server reads the body by `codec_for_content_type` and writes the response by
`negotiate_content_type`; a client says what it takes with `accept_header`.
Where two servers read a header in different ways, this one does what the RFC
says, and if it says nothing:

- A member of ``Accept`` that is no media range, or whose weight is no number
  from 0 to 1, is passed over; the others count.
- If nothing is left, the header says nothing: anything is acceptable, as
  without one (section 12.5.1).  So it is with an empty header.
- ``*`` stands for ``*/*`` and ``q=.2`` for ``q=0.2``: Java's own client sends
  both.
- ``charset=utf-8`` is as good as none: it is what text is in anyway (RFC 8259,
  section 11).  Any other charset is refused.
- A body is also read by the suffix of its type, ``+json`` or ``+cbor`` (RFC
  6839, RFC 8949), and MessagePack by ``application/vnd.msgpack`` and
  ``application/x-msgpack``; a codec's own type wins.  Responses are labelled
  with the codec's own type, and ``Accept`` has to name that.
- Other parameters of ``Content-Type`` are ignored (RFC 2046, section 1);
  those of a media range have to be met.
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
# A quotation without its end goes to the end of the header: tried anew from each quote, it would take quadratic time.
_MEMBER: Final = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*+(?:"|\\?\Z))++', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_WEIGHT: Final = re.compile(r"[01]\.?|[01]?\.[0-9]{1,16}")
_UTF8: Final = frozenset(("utf-8", "utf8"))


class NotAcceptableError(RestorableError, LookupError):
    """
    The client takes none of the content types that there are: 406 (RFC 9110, section 15.5.7).

    Args:
        accept: The header ``Accept``.
        offers: The content types.
    """

    status: ClassVar[int] = 406

    def __init__(self, accept: str, offers: Iterable[str]) -> None:
        self.accept = accept
        self.offers = tuple(offers)

    def __str__(self) -> str:
        return f"expected one of {', '.join(self.offers)} to be acceptable, got Accept {describe(self.accept)}"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Those of the response that are about this: ``Vary``, since another ``Accept`` would have got another."""
        return (("Vary", "Accept"),)


class UnsupportedMediaTypeError(UnknownCodecError):
    """
    The body is in no format that is taken here: 415 (RFC 9110, section 15.5.16).

    Args:
        content_type: The header ``Content-Type``; ``None`` if there was none.
        offers: The content types that are taken.
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
        """Those of the response that are about this: ``Accept`` tells what would have been taken."""
        return (("Accept", ", ".join(self.offers)),)


@attrs.frozen
class _MediaType:
    """A media type or range, names in lower case; a charset that says UTF-8 is left out."""

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
    Return the codec that a response to *accept* is written with (RFC 9110, section 12.5.1).

    Of several that the client likes as much, the first offered is taken.

    Args:
        accept: The header; several of the same name joined by commas; ``None``
            if there is none.
        offers: Codecs or their names, what the server prefers first.

    Raises:
        NotAcceptableError: The client takes none of them.
        UnknownCodecError: An offer names no codec.
        ValueError: Nothing is offered.
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
        ValueError: *content_type* is no media type.
    """
    return _quality(_ranges(accept), content_type)


def codec_for_content_type(content_type: str | None, offers: Iterable[Codec | str] | None = None) -> Codec:
    """
    Return the codec that a body is read with (RFC 9110, section 8.3).

    It is the one of that type, else the one that reads it under another name,
    else the one of the type's suffix (``application/geo+json``).

    Args:
        content_type: The header; ``None`` if there is none.
        offers: Codecs or their names; ``None``: all that are registered.

    Raises:
        UnsupportedMediaTypeError: There is no such header, it is no media
            type, names none of *offers* or a charset other than UTF-8.
        UnknownCodecError: An offer names no codec.
        ValueError: Nothing is offered.
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
        ValueError: *content_type* is no media type.
    """
    return _media_type(content_type).parameters


def accept_header(codecs: Iterable[Codec | str]) -> str:
    """
    Return the header ``Accept`` of a client that takes *codecs*, what it prefers first.

    Args:
        codecs: Codecs or their names, at most 1000.

    Raises:
        UnknownCodecError: A name names no codec.
        ValueError: There are none, or too many for weights of three digits.
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
        # RFC 9110, section 12.5.1: a parameter of that name is the weight wherever it stands.
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
    """Read a media type and its parameters; with *wildcard*, ``*`` is one as well."""
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
