"""Content negotiation: the RFC's own examples, headers that real clients send, and properties."""

from __future__ import annotations

import contextlib
import pickle
import time

from fractions import Fraction
from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs import UnknownCodecError, get_codec, register_codec
from symphony_codecs import registry as registry_module
from symphony_codecs.formats import json as json_format
from symphony_codecs.transports.http import (
    NotAcceptableError,
    UnsupportedMediaTypeError,
    accept_header,
    codec_for_content_type,
    negotiate_content_type,
    quality_of,
)


OFFERS = ("json", "msgpack", "cbor")
NAMES = ("json", "msgpack", "msgpack-compact", "cbor")

# RFC 9110, section 12.5.1: the header of its table 5; the last line as erratum 7138 corrects it.
TABLE_5 = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed,\r\n       text/plain;format=fixed;q=0.4, */*;q=0.5"


@pytest.mark.parametrize(
    ("accept", "content_type", "quality"),
    [
        (TABLE_5, "text/plain;format=flowed", 1),
        (TABLE_5, "text/plain", 0.7),
        (TABLE_5, "text/html", 0.3),
        (TABLE_5, "image/jpeg", 0.5),
        (TABLE_5, "text/plain;format=fixed", 0.4),
        (TABLE_5, "text/html;level=3", 0.3),
        ("audio/*; q=0.2, audio/basic", "audio/basic", 1),
        ("audio/*; q=0.2, audio/basic", "audio/mpeg", 0.2),
        ("audio/*; q=0.2, audio/basic", "text/plain", 0),
        ("text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/html", 1),
        ("text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/x-c", 1),
        ("text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/x-dvi", 0.8),
        ("text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", "text/plain", 0.5),
    ],
)
def test_examples_of_the_rfc(accept: str, content_type: str, quality: float) -> None:
    """The results are those that section 12.5.1 states for its examples."""
    assert quality_of(accept.replace("\r\n", ""), content_type) == quality


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "json"),
        ("", "json"),
        (" , ,", "json"),
        ("*/*", "json"),
        ("application/*", "json"),
        ("application/cbor", "cbor"),
        ("application/cbor, application/msgpack", "msgpack"),
        ("application/cbor, application/msgpack;q=0.9", "cbor"),
        ("application/json;q=0.1, */*;q=0.2", "msgpack"),
        ("application/json;q=0, */*", "msgpack"),
        ("*/*;q=0.1, application/cbor;q=0.1", "json"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "json"),
        # the more specific range counts, even with a lower weight
        ("application/*;q=0.9, application/json;q=0.1", "msgpack"),
        ("*/*, application/*;q=0", None),
        # case, spaces, empty members, empty parameters, the weight before other parameters
        ("APPLICATION/CBOR", "cbor"),
        ("\tapplication/cbor ; Q=0.5 ,application/json;q=0.4", "cbor"),
        (",application/cbor,,", "cbor"),
        ("application/cbor;;q=0.5;, application/json;q=0.2", "cbor"),
        ("application/json;q=0.1;charset=utf-8, application/cbor;q=0.2", "cbor"),
        # JSON is UTF-8
        ("application/json;charset=utf-8", "json"),
        ('application/json; charset="UTF-8"', "json"),
        ("application/json;charset=iso-8859-1, application/cbor;q=0.1", "cbor"),
        # parameters have to match
        ("application/json;profile=x, application/cbor;q=0.1", "cbor"),
        # commas and semicolons in quoted strings belong to them
        ('text/plain;a=",application/msgpack;", application/cbor', "cbor"),
        ('text/plain;a="\\",application/msgpack", application/cbor', "cbor"),
        # headers of Java's client, and of browsers
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", "json"),
        ("*", "json"),
        # the bounds of weights
        ("application/json;q=0.001, application/cbor;q=0.002", "cbor"),
        ("application/json;q=1., application/cbor;q=1.000", "json"),
        ("application/cbor;q=0.000", None),
        # invalid members are ignored
        ("json, application/cbor;q=0.1", "cbor"),
        ("application/json;q=2, application/cbor;q=0.1", "cbor"),
        ("application/json;q=1.001, application/cbor;q=0.1", "cbor"),
        ("application/json;q=-1, application/cbor;q=0.1", "cbor"),
        ("application/json;q=high, application/cbor;q=0.1", "cbor"),
        ("application/json;q=, application/cbor;q=0.1", "cbor"),
        ("application/json;q, application/cbor;q=0.1", "cbor"),
        ("application/json q=1, application/cbor;q=0.1", "cbor"),
        ("application/json; q = 1, application/cbor;q=0.1", "cbor"),
        ("*/json, application/cbor;q=0.1", "cbor"),
        ("application/, application/cbor;q=0.1", "cbor"),
        ("application/json/x, application/cbor;q=0.1", "cbor"),
        ("application/j\u017fon, application/cbor;q=0.1", "cbor"),
        ("application/json;q=\u0661, application/cbor;q=0.1", "cbor"),
        ('application/cbor, text/plain;a="application/json', "cbor"),
        # if no member is left, anything is acceptable
        ("json", "json"),
        ("q=0", "json"),
        ('"', "json"),
        ('application/cbor;x="', "json"),
        # no acceptable type
        ("text/html", None),
        ("application/vnd.symphony.msgpack-compact", None),
        ("application/*;q=0", None),
        ("*/*;q=0", None),
        ("application/vnd.api+json", None),
    ],
)
def test_negotiated(accept: str | None, chosen: str | None) -> None:
    """The highest quality wins, then the server's order; without a match, the error has both lists."""
    if chosen is not None:
        assert negotiate_content_type(accept, OFFERS) is get_codec(chosen)
        return
    with pytest.raises(NotAcceptableError) as caught:
        negotiate_content_type(accept, OFFERS)
    assert caught.value.status == 406
    assert caught.value.headers == (("Vary", "Accept"),)
    assert caught.value.offers == ("application/json", "application/msgpack", "application/cbor")
    assert str(caught.value) == (
        "expected one of application/json, application/msgpack, application/cbor to be acceptable, "
        f"got Accept str {accept!r}"
    )


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        ("application/json", "json"),
        ("Application/JSON", "json"),
        (" application/json ", "json"),
        ("application/json;charset=utf-8", "json"),
        ("application/json; charset=UTF-8", "json"),
        ('application/json; charset="utf-8"', "json"),
        ('application/json; charset="ut\\f-8"', "json"),
        ("application/json; charset=utf8", "json"),
        ("application/json;odata=verbose", "json"),
        ("application/json;", "json"),
        ("application/msgpack", "msgpack"),
        ("application/vnd.symphony.msgpack-compact", "msgpack-compact"),
        ("application/cbor", "cbor"),
        (None, None),
        ("", None),
        ("json", None),
        ("*", None),
        ("*/*", None),
        ("application/*", None),
        ("application/octet-stream", None),
        ("application/x-www-form-urlencoded", None),
        ("application/json, application/json", None),
        ("application/json; charset=iso-8859-1", None),
        ("application/json; charset=", None),
        ("application/json charset=utf-8", None),
        ('application/json; charset="utf-8', None),
        ("application/json\n", None),
        ("application/json\x00", None),
    ],
)
def test_content_types_find_their_codec(content_type: str | None, name: str | None) -> None:
    """Case and parameters do not matter; if there is no codec, the error lists the accepted types."""
    if name is not None:
        assert codec_for_content_type(content_type) is get_codec(name)
        assert codec_for_content_type(content_type, NAMES) is get_codec(name)
        return
    with pytest.raises(UnsupportedMediaTypeError) as caught:
        codec_for_content_type(content_type, OFFERS)
    assert isinstance(caught.value, UnknownCodecError)
    assert caught.value.status == 415
    assert caught.value.headers == (("Accept", "application/json, application/msgpack, application/cbor"),)
    actual = "none" if content_type is None else f"str {content_type!r}"
    assert str(caught.value) == (
        f"expected a Content-Type of application/json, application/msgpack, application/cbor, got {actual}"
    )


def test_only_offered_codecs_are_accepted() -> None:
    """A known format that is not offered is unsupported; a user's codec is returned itself."""
    own = get_codec("json").with_options(max_size=1000)

    assert codec_for_content_type("application/json", [get_codec("cbor"), own]) is own
    assert negotiate_content_type("application/json", ["cbor", own]) is own
    with pytest.raises(UnsupportedMediaTypeError, match="expected a Content-Type of application/json, got"):
        codec_for_content_type("application/cbor", [own])


@pytest.mark.parametrize(
    ("codecs", "header"),
    [
        (["json"], "application/json"),
        (["cbor", "json"], "application/cbor, application/json;q=0.9"),
        (
            ["msgpack-compact", "msgpack", "json"],
            "application/vnd.symphony.msgpack-compact, application/msgpack;q=0.9, application/json;q=0.8",
        ),
    ],
)
def test_an_accept_header_ranks_its_codecs(codecs: list[str], header: str) -> None:
    """The order of preference becomes weights, the first without one."""
    assert accept_header(codecs) == header
    assert accept_header([get_codec(name) for name in codecs]) == header


@pytest.mark.parametrize(
    ("count", "last"), [(10, ";q=0.1"), (11, ";q=0.90"), (100, ";q=0.01"), (101, ";q=0.900"), (1000, ";q=0.001")]
)
def test_weights_have_as_many_digits_as_they_need(count: int, last: str) -> None:
    """With any number of codecs, each has its own weight, above 0 and of at most three digits."""
    header = accept_header(["json"] * count)

    weights = [Fraction(member.partition(";q=")[2] or "1") for member in header.split(", ")]
    assert header.endswith(last)
    assert weights == sorted(set(weights), reverse=True)
    assert len(weights) == count
    assert weights[-1] > 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: negotiate_content_type("*/*", []),
        lambda: codec_for_content_type("application/json", []),
        lambda: accept_header([]),
    ],
)
def test_no_offers_are_an_error(call: Any) -> None:
    """A server or client without codecs gets an error."""
    with pytest.raises(ValueError, match="expected at least one codec, got none"):
        call()


def test_other_mistakes_of_the_caller() -> None:
    """Unknown names, too many codecs and invalid content types raise an error with the reason."""
    with pytest.raises(UnknownCodecError, match="got 'avro'"):
        negotiate_content_type(None, ["avro"])
    with pytest.raises(ValueError, match="expected at most 1000 codecs, got 1001"):
        accept_header(["json"] * 1001)
    with pytest.raises(ValueError, match="expected a media type, got str 'json'"):
        quality_of("*/*", "json")


def test_plug_ins_take_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registered format is negotiated by its content type, including parameters."""
    monkeypatch.setattr(registry_module, "_registry", registry_module._Registry())
    register_codec(
        attrs.evolve(json_format.FORMAT, name="v2", content_type="application/x; v=2", format_id=130),
    )

    assert codec_for_content_type("application/x").name == "v2"
    assert negotiate_content_type("application/x;v=2", ["json", "v2"]).name == "v2"
    with pytest.raises(NotAcceptableError):
        negotiate_content_type("application/x;v=1", ["v2"])


@pytest.mark.parametrize(
    "error", [NotAcceptableError("text/html", ["application/json"]), UnsupportedMediaTypeError(None, ["a/b"])]
)
def test_errors_pickle(error: Any) -> None:
    """An error from another process is equal."""
    again = pickle.loads(pickle.dumps(error))

    assert (str(again), again.offers, again.headers) == (str(error), error.offers, error.headers)


_HEADERS = st.one_of(
    st.text(st.characters(codec="latin-1"), max_size=60),
    st.text('*/;,="\\ \tq01.aj', max_size=60),
    st.lists(
        st.sampled_from(["application/json", "*/*", "*", ";q=0.5", ";q=0", ",", ' ;a="', '"', "\\", "text/", ";"])
    ).map("".join),
)


@given(header=_HEADERS)
def test_any_header_gives_a_codec_or_an_error(header: str) -> None:
    """For any text there is a codec, or one of our own errors."""
    with contextlib.suppress(NotAcceptableError):
        assert negotiate_content_type(header, OFFERS).name in OFFERS
    with contextlib.suppress(UnsupportedMediaTypeError):
        assert codec_for_content_type(header, OFFERS).name in OFFERS


def test_headers_cut_off_anywhere() -> None:
    """Every prefix of a header gives a codec, or one of our own errors."""
    header = 'text/plain;a="b\\",c";q=0.5, application/cbor ; q=0.25,*/*;q=0.001'
    # (from this length on, quality): no complete member; a range; a parameter without its end; …
    runs = [(0, 1), (6, 0), (12, 1), (20, 0), (22, 1), (24, 0), (44, 1), (48, 0), (52, 0.2), (53, 0.25)]

    for end in range(len(header) + 1):
        expected = [quality for start, quality in runs if start <= end][-1]
        assert quality_of(header[:end], "application/cbor") == expected, header[:end]


@pytest.mark.parametrize(
    "header",
    [
        '"\\' * 100_000,
        '";' * 100_000,
        ";" * 200_000,
        "," * 200_000,
        " " * 200_000 + ",",
        'a/b;x="' + '\\"' * 100_000,
        "a/b;" + " " * 200_000 + "x",
        "a/b" + ";a=b" * 50_000,
        "*/*;q=1," * 10_000,
        "a" * 200_000,
    ],
)
def test_long_headers_take_linear_time(header: str) -> None:
    """Headers that would take minutes in quadratic time take a fraction of a second."""
    begin = time.process_time()
    quality_of(header, "application/json")

    assert time.process_time() - begin < 3


_RANGES = st.tuples(
    st.sampled_from(["*/*", "application/*", "text/*", "application/json", "application/cbor", "text/json"]),
    st.dictionaries(st.sampled_from(["v", "w"]), st.sampled_from(["1", "a,b", 'q"', ""]), max_size=2),
    st.integers(0, 1000),
)


def _written(kind: str, parameters: dict[str, str], weight: int, space: str, upper: bool) -> str:
    parts = [kind.upper() if upper else kind]
    for name, value in parameters.items():
        text = value.replace("\\", "\\\\").replace('"', '\\"')
        parts.append(f'{name.upper() if upper else name}="{text}"')
    parts.append(f"q={weight / 1000:.3f}")
    return f"{space};{space}".join(parts)


@given(
    ranges=st.lists(_RANGES, min_size=1, max_size=5, unique_by=lambda item: (item[0], tuple(sorted(item[1].items())))),
    space=st.sampled_from(["", " ", "\t "]),
    upper=st.booleans(),
    kind=st.sampled_from(["application/json", "application/cbor", "text/json"]),
    version=st.sampled_from([None, "1"]),
)
def test_the_most_specific_range_counts(
    ranges: list[tuple[str, dict[str, str], int]], space: str, upper: bool, kind: str, version: str | None
) -> None:
    """In any spelling of the header, the quality is that of the most specific range that includes the type."""
    header = f"{space},{space}".join(_written(*item, space, upper) for item in ranges)
    own = set() if version is None else {("v", version)}
    levels: dict[int, int] = {}
    for pattern, parameters, weight in ranges:
        if not set(parameters.items()) <= own:
            continue
        if pattern == kind:
            level = 20
        elif pattern == kind.partition("/")[0] + "/*":
            level = 10
        elif pattern == "*/*":
            level = 0
        else:
            continue
        levels[level + len(parameters)] = weight
    expected = levels[max(levels)] / 1000 if levels else 0

    assert quality_of(header, kind if version is None else f"{kind};v={version}") == expected


@given(
    client=st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
    server=st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
)
def test_a_clients_preference_wins(client: list[str], server: list[str]) -> None:
    """Between our own ends, the first of the client's codecs that the server has is chosen, or there is an error."""
    common = [name for name in client if name in server]

    if common:
        chosen = negotiate_content_type(accept_header(client), server)
        assert chosen.name == common[0]
        assert codec_for_content_type(chosen.content_type, client) is chosen
    else:
        with pytest.raises(NotAcceptableError):
            negotiate_content_type(accept_header(client), server)
