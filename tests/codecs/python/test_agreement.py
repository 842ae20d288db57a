"""
Generated functions and interpreted nodes agree: on values and bytes, and on what is refused and why.

A generated function that refuses goes on with what it has done; what is
interpreted begins at the root, so this also holds the two ways of going on.
"""

from __future__ import annotations

import random

from typing import Any

import pytest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symphony_codecs import Codec, get_codec
from symphony_codecs.python import decoder, encoder
from symphony_codecs.python.explain import Resume
from tests.codecs.compiled import test_agreement as engine
from tests.codecs.compiled.random_types import Case, cases
from tests.codecs.python.interpreted import interpreted_decoder, interpreted_encoder, outcome


def _read(codec: Codec, tp: Any, data: bytes) -> None:
    """Compare what the generated function reads."""
    read = outcome(decoder(codec.converter, tp), data)
    reference = outcome(interpreted_decoder(codec, tp), data)
    if engine._is_refused(reference):
        assert engine._told(read) == engine._told(reference), (tp, data)
    else:
        assert engine._same(read, reference), (tp, data, read, reference)


def _written(codec: Codec, tp: Any, value: Any) -> Any:
    """Return what the generated function writes, after a comparison."""
    written = outcome(encoder(codec.converter, tp), value)
    assert written == outcome(interpreted_encoder(codec, tp), value), (tp, value)
    return written


def _check(codec: Codec, tp: Any, value: Any, junk: Any, rng: random.Random) -> bytes | None:
    """Compare what becomes of a value, of its document, and of spoilt ones; return the document."""
    _written(codec, tp, junk)
    data = _written(codec, tp, value)
    if not isinstance(data, bytes):
        return None
    _read(codec, tp, data)
    for _ in range(4):
        spoilt = engine._spoil(codec.format.loads(data, codec.options.limits, False), rng, codec)
        try:
            wrong = codec.format.dumps(spoilt, codec.options.limits, False)
        except Exception:  # noqa: BLE001 - no document of the format
            continue
        _read(codec, tp, wrong)
    if data:
        _read(codec, tp, data[: rng.randrange(len(data))])
    return data


@given(
    case=cases,
    data=st.data(),
    name=st.sampled_from(engine.FORMATS),
    options=st.sampled_from(engine.OPTIONS),
    seed=st.integers(0, 2**32),
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large])
def test_random_types(case: Case, data: st.DataObject, name: str, options: dict[str, Any], seed: int) -> None:
    codec = get_codec(name).with_options(**options)
    if engine._unsupported(codec, case.type):
        return
    rng = random.Random(seed)
    junk = rng.choice((*engine._JUNK, object(), "\ud800", {1: 2}, {"a": object()}, 2**70))
    _check(codec, case.type, data.draw(case.values), junk, rng)


@pytest.mark.parametrize(
    ("tp", "values"), engine.DOMAIN, ids=[getattr(tp, "__name__", str(tp)) for tp, _ in engine.DOMAIN]
)
def test_domain_types(tp: Any, values: st.SearchStrategy[Any]) -> None:
    @given(values, st.sampled_from(engine.FORMATS), st.integers(0, 2**32))
    @settings(max_examples=6, suppress_health_check=list(HealthCheck))
    def check(value: Any, name: str, seed: int) -> None:
        rng, codec = random.Random(seed), get_codec(name)
        data = _check(codec, tp, value, rng.choice(engine._JUNK), rng)
        assert data is not None
        # What a codec writes is read without anybody going on behind a refusal.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Resume, "__call__", lambda _, refused, exc: pytest.fail(f"refused {refused!r}: {exc!r}"))
            decoder(codec.converter, tp)(data)

    check()
