"""Checks of a format through its codec: registration, values of types, errors, framing and options."""

from __future__ import annotations

import re

from collections.abc import Callable, Iterator
from typing import Any

import hypothesis

from ..errors import DecodeError, EncodeError, UnknownCodecError
from ..formats import cbor, json, msgpack
from ..formats.base import DEFAULT_LIMITS
from ..framing.errors import LocalFrameError
from ..framing.framings import framing_names, get_framing
from ..registry import get_codec
from ._probe import Pair, Probe, Subject, short
from .registry import strategy_for


__all__ = ["CODEC_CHECKS"]

_NAME = re.compile(r"[a-z0-9][a-z0-9._+-]*")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+(;.*)?")
_LAYOUTS = {"json": (json.FORMAT,), "msgpack": (msgpack.FORMAT, msgpack.COMPACT), "cbor": (cbor.FORMAT,)}
_PROBE = Probe("a", [1, 2], {"x": Pair(1, 2)})


def _declared(subject: Subject) -> Iterator[str]:
    """Names, numbers and ranges are well formed, and do not contradict one another."""
    form = subject.form
    if not _NAME.fullmatch(form.name):
        yield f"name {form.name!r} is not lower case, digits and ._+-"
    for media_type in (form.content_type, *form.other_types):
        if not _MEDIA_TYPE.fullmatch(media_type):
            yield f"{media_type!r} is not a media type in lower case"
    if form.format_id is not None and not 0 <= form.format_id <= 255:
        yield f"format_id {form.format_id} is not from 0 to 255"
    if form.int_range is not None and not form.int_range[0] <= 0 <= form.int_range[1]:
        yield f"int_range {form.int_range} does not hold 0"
    if form.text_keys and form.typed_keys:
        yield "text_keys and typed_keys are both set"
    if form.suffix is not None and "+" in form.suffix:
        yield f"suffix {form.suffix!r} has a +"


def _registered(subject: Subject) -> Iterator[str]:
    """The name, the media type and the number each find this format."""
    form = subject.form
    for key in (form.name, form.content_type, form.format_id):
        if key is None:
            continue
        try:
            found = get_codec(key).format
        except UnknownCodecError:
            yield f"{key!r} is not registered: call register_codec, or declare an entry point"
            continue
        if found is not form:
            owner = "another format of that name" if found.name == form.name else f"the format {found.name}"
            yield f"{key!r} belongs to {owner}"


def _round_trips(subject: Subject) -> Iterator[str]:
    """Values of each type come back equal, with equal bytes the second time."""
    for as_type in subject.types:
        try:
            failures = _round_trip(subject, as_type)
        except Exception as exc:  # noqa: BLE001 - the next type is checked nevertheless
            failures = [f"{type(exc).__name__}: {short(str(exc))}"]
        yield from (f"{getattr(as_type, '__name__', as_type)}: {failure}" for failure in failures)


def _round_trip(subject: Subject, as_type: Any) -> list[str]:
    failures: list[str] = []
    health = hypothesis.HealthCheck

    @hypothesis.settings(
        max_examples=subject.examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=[health.too_slow, health.data_too_large, health.filter_too_much],
    )
    @hypothesis.given(strategy_for(as_type, codec=subject.codec))
    def compare(value: Any) -> None:
        if not failures:
            data = subject.codec.encode(value, as_type)
            found = subject.codec.decode(data, as_type)
            if found != value:
                failures.append(f"{short(value)} comes back as {short(found)}")
            elif subject.codec.encode(found, as_type) != data:
                failures.append(f"{short(value)} has other bytes the second time")

    compare()
    return failures


def _structs(subject: Subject) -> Iterator[str]:
    """Structs have the form that the format declares, and a layout's bytes are those of its own format."""
    form, codec = subject.form, subject.codec
    if not subject.is_table:
        tree = subject.loads(codec.encode(Pair(1, 2)))
        if isinstance(tree, list) is not form.positional:
            yield f"says positional={form.positional}, but a class is {short(tree)}"
    for known in _LAYOUTS.get(form.layout or "", ())[:1]:
        for tree in subject.trees():
            if subject.dumps(tree) != known.dumps(tree, DEFAULT_LIMITS, False):
                yield f"says layout={form.layout!r}, but {short(tree)} has other bytes"


def _errors(subject: Subject) -> Iterator[str]:
    """Faults are a `DecodeError` or an `EncodeError`, with the path of the fault."""
    codec = subject.codec
    wrong = codec.encode({"name": "a", "items": [1, "two"]}, dict[str, Any])
    try:
        codec.decode(wrong, Probe)
        yield "a text in a list of ints is accepted"
    except DecodeError as error:
        if [issue.path for issue in error.issues] != [("items", 1)]:
            yield f"the fault at ('items', 1) is reported at {[issue.path for issue in error.issues]}"
    data = codec.encode(_PROBE)
    for bad in (b"", data[: len(data) // 2], data + data, b"\xff\xfe" * 20):
        try:
            codec.decode(bad, Probe)
            if subject.form.is_binary or not data.startswith(bad):
                yield f"decode of {short(bad)} is accepted"
        except DecodeError as error:
            if not all(issue.code and issue.message for issue in error.issues):
                yield f"decode of {short(bad)} raises an issue without a code or message"
    try:
        codec.encode({"v": object()}, dict[str, Any])
        yield "an object without fields is accepted"
    except EncodeError:
        pass


def _prefixes(subject: Subject) -> Iterator[str]:
    """`Codec.decode_prefix` reads the first of several documents, and refuses each cut of it."""
    codec = subject.codec
    data = codec.encode(_PROBE)
    if subject.form.document_end is None:
        try:
            codec.decode_prefix(data, Probe)
            yield "decode_prefix works without document_end"
        except ValueError as error:
            if isinstance(error, DecodeError):
                yield "decode_prefix without document_end raises a DecodeError"
        return
    if codec.decode_prefix(data + data, Probe) != (_PROBE, len(data)):
        yield "decode_prefix of two documents does not return the first and its length"
    for cut in range(len(data)):
        try:
            codec.decode_prefix(data[:cut], Probe)
            yield f"decode_prefix of the first {cut} of {len(data)} bytes is accepted"
        except DecodeError:
            pass


def _framing(subject: Subject) -> Iterator[str]:
    """Documents pass the framing that the format names, one after the other."""
    name = subject.form.framing
    if name is None:
        return
    if name not in framing_names():
        yield f"framing {name!r} is not one of {', '.join(framing_names())}"
        return
    framing = get_framing(name)
    encoder, decoder = framing.encoder(), framing.decoder()
    for tree in (tree for tree in subject.trees() if isinstance(tree, dict | list)):
        data = subject.dumps(tree)
        try:
            decoder.feed(encoder.encode(data))
            found = decoder.next_message()
        except LocalFrameError as error:
            yield f"{short(data)} does not pass: {error}"
            continue
        if not isinstance(found, memoryview) or bytes(found).strip() != data.strip():
            yield f"{short(data)} comes out of {name} framing as {short(found)}"
            return


def _options(subject: Subject) -> Iterator[str]:
    """Options take effect or are refused."""
    form, codec = subject.form, subject.codec
    one, other = {"b": 1, "a": {"d": 1, "c": 2}}, {"a": {"c": 2, "d": 1}, "b": 1}
    try:
        ordered = codec.with_options(sort_keys=True)
    except ValueError:
        if form.sort_key is not None:
            yield "sort_keys is refused, though the format has a sort_key"
    else:
        if form.sort_key is None:
            yield "sort_keys is accepted without a sort_key"
        if ordered.encode(one, dict[str, Any]) != ordered.encode(other, dict[str, Any]):
            yield "sort_keys does not give equal maps equal bytes"
    camel = codec.with_options(rename="camelCase", positional=False)
    tree = subject.loads(camel.encode(_PROBE))
    if not (isinstance(tree, dict) and tree.get("pairs") == {"x": {"firstOne": 1, "secondOne": 2}}):
        yield f"rename='camelCase' gives {short(tree)}"
    if camel.decode(camel.encode(_PROBE), Probe) != _PROBE:
        yield "a value does not come back with rename='camelCase'"
    tree = subject.loads(codec.with_options(omit_defaults=True, positional=False).encode(Probe("a")))
    if tree != {"name": "a"}:
        yield f"omit_defaults gives {short(tree)}"


CODEC_CHECKS: dict[str, Callable[[Subject], Iterator[str]]] = {
    "declaration": _declared,
    "registration": _registered,
    "round trips": _round_trips,
    "structs": _structs,
    "errors": _errors,
    "prefixes": _prefixes,
    "framing": _framing,
    "options": _options,
}
