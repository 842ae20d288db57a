"""
Engine and reference agree: on values, bytes and issues, for valid and invalid input, for types of every make.

The engine is asked with a fallback that tells, so that what it refuses and
the reference accepts is found here, and not only slow.
"""

from __future__ import annotations

import dataclasses
import random
import re
import uuid

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symphony_codecs import Codec, DecodeError, EncodeError, get_codec
from symphony_codecs.errors import Issue
from symphony_codecs.executor import ENGINE, fast_decoder, fast_encoder
from symphony_codecs.formats.base import CborTag
from symphony_codecs.python import decoder as reference_decoder
from symphony_codecs.python import encoder as reference_encoder
from symphony_codecs.schema.unions import is_variant
from symphony_codecs.testing import domain_strategies
from symphony_types import Timestamp
from symphony_types.ids import TypedId
from tests.codecs.compiled.random_types import Case, cases


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"rename": "camelCase"},
    {"omit_defaults": True},
    {"unknown_fields": "forbid"},
    {"positional": True},
    {"strict": True},
)


class _RefusedError(Exception):
    pass


def _refuse(_: Any) -> Any:
    raise _RefusedError


def _outcome(call: Callable[[Any], Any], argument: Any) -> Any:
    """Return what *call* gives, or the issues of what it raises."""
    try:
        return call(argument)
    except (DecodeError, EncodeError) as exc:
        return exc.issues


def _engine(call: Callable[[Any], Any], argument: Any) -> Any:
    """Return what *call* gives, `_RefusedError`, or the issues of a document that is malformed."""
    try:
        return call(argument)
    except _RefusedError:
        return _RefusedError
    except DecodeError as exc:
        return exc.issues


def _same(one: Any, other: Any) -> bool:
    """Compare values and their classes, all the way down: 1, 1.0 and True are equal."""
    if type(one) is not type(other):
        return False
    if attrs.has(type(one)):
        return all(_same_field(a, getattr(one, a.name), getattr(other, a.name)) for a in attrs.fields(type(one)))
    if isinstance(one, dict):
        return len(one) == len(other) and all(
            _same(k, j) and _same(v, w) for (k, v), (j, w) in zip(one.items(), other.items(), strict=True)
        )
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other) and repr(one) == repr(other) if not isinstance(one, (set, frozenset)) else one == other


def _check_writing(codec: Codec, tp: Any, value: Any) -> bytes | None:
    quick = fast_encoder(codec.converter, tp, _refuse)
    assert quick is not None
    reference = _outcome(reference_encoder(codec.converter, tp), value)
    written = _engine(quick, value)
    if isinstance(reference, bytes):
        assert written == reference, (tp, value)
        return reference
    assert written is _RefusedError, (tp, value, written)
    return None


def _check_reading(codec: Codec, tp: Any, data: bytes) -> None:
    quick = fast_decoder(codec.converter, tp, _refuse)
    assert quick is not None
    reference = _outcome(reference_decoder(codec.converter, tp), data)
    read = _engine(quick, data)
    if _is_refused(reference):
        assert read is _RefusedError or _told(read) == _told(reference), (tp, data, read)
        # Most of it is explained from what the engine has read.
        assert _told(_outcome(codec.decoder(tp), data)) == _told(reference), (tp, data)
    else:
        assert read is not _RefusedError, (tp, data, reference)
        assert _same(read, reference), (tp, data, read, reference)


def _is_refused(outcome: Any) -> bool:
    return isinstance(outcome, tuple) and bool(outcome) and type(outcome[0]) is Issue


# Some defaults are the time of now, and issues have what others are compared with.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


def _told(issues: Any) -> list[tuple[Any, ...]]:
    return [
        tuple(_MOMENT.sub("*", part) if isinstance(part, str) else part for part in attrs.astuple(i)) for i in issues
    ]


def _unsupported(codec: Codec, tp: Any) -> bool:
    try:
        codec.decoder(tp)
        codec.encoder(tp)
    except (DecodeError, EncodeError):
        return True
    return False


def _same_field(attribute: Any, one: Any, other: Any) -> bool:
    # What a factory makes up is new each time.
    is_made_up = isinstance(attribute.default, attrs.Factory) and isinstance(one, (uuid.UUID, TypedId, Timestamp))
    return _same(one, other) or (is_made_up and type(one) is type(other))


_JUNK: tuple[Any, ...] = (None, True, 0, -1, 2**64 - 1, 1.5, "", "x", "2.0", [], {}, [1], {"x": 1}, ["x", None])


def _spoil(tree: Any, rng: random.Random, codec: Codec, depth: int = 0) -> Any:
    """Return a copy of *tree* in which something is changed somewhere."""
    if isinstance(tree, CborTag):
        return tree.value
    if isinstance(tree, dict) and tree and rng.random() < 0.75:
        key = rng.choice(list(tree))
        changed = dict(tree)
        what = rng.randrange(6)
        if what == 0:
            del changed[key]
        elif what == 1:
            changed[f"{key}x" if isinstance(key, str) else "x"] = changed.pop(key)
        elif what == 2:
            changed["unknown"] = rng.choice(_JUNK)
        elif what == 3 and codec.format.bytes_keys and isinstance(key, str):
            changed = {(k.encode() if k == key else k): v for k, v in tree.items()}
        else:
            changed[key] = _spoil(tree[key], rng, codec, depth + 1)
        return changed
    if isinstance(tree, list) and tree and rng.random() < 0.75:
        index = rng.randrange(len(tree))
        changed_list = list(tree)
        what = rng.randrange(4)
        if what == 0:
            del changed_list[index]
        elif what == 1:
            changed_list.append(rng.choice(_JUNK))
        else:
            changed_list[index] = _spoil(tree[index], rng, codec, depth + 1)
        return changed_list
    if isinstance(tree, str) and tree and rng.random() < 0.5:
        at = rng.randrange(len(tree))
        return tree[:at] + rng.choice(["", "0", "é", "Z", "-", "+"]) + tree[at + rng.randrange(2) :]
    if isinstance(tree, bytes) and rng.random() < 0.5:
        return tree[:-1]
    if isinstance(tree, (int, float)) and rng.random() < 0.5:
        return rng.choice([float(tree) if abs(tree) < 2**60 else 0.5, -tree, tree + 1, str(tree)])
    return rng.choice(_JUNK)


def _tagged_somewhere(data: bytes, rng: random.Random) -> bytes:
    """Return CBOR with a tag that means nothing before some byte that may begin an item: it may be spoilt by that."""
    at = rng.randrange(len(data))
    return data[:at] + b"\xd8\x64" + data[at:]


def _check(codec: Codec, tp: Any, value: Any, rng: random.Random) -> None:
    data = _check_writing(codec, tp, value)
    if data is None:
        return
    _check_reading(codec, tp, data)
    limits = codec.options.limits
    for _ in range(3):
        spoilt = _spoil(codec.format.loads(data, limits, False), rng, codec)
        try:
            wrong = codec.format.dumps(spoilt, limits, False)
        except Exception:  # noqa: BLE001 - no document of the format
            continue
        _check_reading(codec, tp, wrong)
    if data:
        _check_reading(codec, tp, data[: rng.randrange(len(data))])
        at = rng.randrange(len(data))
        _check_reading(codec, tp, data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :])
        if codec.name == "cbor":
            _check_reading(codec, tp, _tagged_somewhere(data, rng))


def _check_odd_values(codec: Codec, tp: Any, value: Any, junk: Any) -> None:
    _check_writing(codec, tp, junk)
    if is_variant(type(value)):  # what holds fields, rather than bytes or a number of its own
        names = [a.name for a in (attrs.fields if attrs.has(type(value)) else dataclasses.fields)(type(value))]
        if names:
            spoilt = object.__new__(type(value))
            for name in names[1:]:
                object.__setattr__(spoilt, name, getattr(value, name))
            _check_writing(codec, tp, spoilt)  # the first is missing
            object.__setattr__(spoilt, names[0], junk)
            _check_writing(codec, tp, spoilt)


@given(
    case=cases,
    data=st.data(),
    name=st.sampled_from(FORMATS),
    options=st.sampled_from(OPTIONS),
    seed=st.integers(0, 2**32),
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large])
def test_random_types(case: Case, data: st.DataObject, name: str, options: dict[str, Any], seed: int) -> None:
    codec = get_codec(name).with_options(**options)
    if _unsupported(codec, case.type):
        return
    rng = random.Random(seed)
    value = data.draw(case.values)
    _check(codec, case.type, value, rng)
    _check_odd_values(codec, case.type, value, rng.choice((*_JUNK, object(), "\ud800", {1: 2}, {"a": object()}, 2**70)))


DOMAIN = sorted(domain_strategies().items(), key=lambda item: str(item[0]))


@pytest.mark.parametrize(("tp", "values"), DOMAIN, ids=[getattr(tp, "__name__", str(tp)) for tp, _ in DOMAIN])
def test_domain_types(tp: Any, values: st.SearchStrategy[Any]) -> None:
    @given(values, st.sampled_from(FORMATS), st.integers(0, 2**32))
    @settings(max_examples=min(6, settings().max_examples), suppress_health_check=list(HealthCheck))
    def check(value: Any, name: str, seed: int) -> None:
        rng = random.Random(seed)
        _check(get_codec(name), tp, value, rng)
        _check_odd_values(get_codec(name), tp, value, rng.choice(_JUNK))

    check()
