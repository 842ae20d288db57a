"""
Generated functions and reference agree: on values and bytes, and on what is refused.

Here the fallback tells: what is rare may be left to the reference, but no
document that a codec writes, and nothing wrong may be taken.
"""

from __future__ import annotations

import random

from typing import Any

import pytest

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symphony_codecs import Codec, get_codec
from symphony_codecs._explanation import explainer
from symphony_codecs._reference import reference_decoder, reference_encoder
from symphony_codecs.python import generated_decoder, generated_encoder
from tests.codecs.compiled import test_agreement as engine
from tests.codecs.compiled.random_types import Case, cases


def _written(codec: Codec, tp: Any, value: Any) -> Any:
    """Return what the generated function writes, after a comparison; ``None`` if it refuses."""
    written = engine._engine(generated_encoder(codec.converter, tp, engine._refuse), value)
    reference = engine._outcome(reference_encoder(codec.converter, tp), value)
    if written is engine._RefusedError:
        return None
    assert written == reference, (tp, value)
    return written


def _read(codec: Codec, tp: Any, data: bytes) -> Any:
    """Compare what the generated function reads, and return it; `_RefusedError` if it refuses."""
    read = engine._engine(generated_decoder(codec.converter, tp, engine._refuse), data)
    decode = reference_decoder(codec.converter, tp)
    reference = engine._outcome(decode, data)
    if read is not engine._RefusedError:
        assert engine._same(read, reference), (tp, data, read, reference)
    elif engine._is_refused(reference):
        quick = generated_decoder(codec.converter, tp, decode, explainer(codec.converter, tp))
        assert engine._told(engine._outcome(quick, data)) == engine._told(reference), (tp, data)
    return read


def _check(codec: Codec, tp: Any, value: Any, junk: Any, rng: random.Random, *, is_usual: bool) -> None:
    data = _written(codec, tp, value)
    _written(codec, tp, junk)
    if data is None:
        assert not is_usual, (tp, value)
        return
    assert _read(codec, tp, data) is not engine._RefusedError or not is_usual, (tp, data)
    for _ in range(4):
        spoilt = engine._spoil(codec.format.loads(data, codec.options.limits, False), rng, codec)
        try:
            wrong = codec.format.dumps(spoilt, codec.options.limits, False)
        except Exception:  # noqa: BLE001 - no document of the format
            continue
        _read(codec, tp, wrong)
    if data:
        _read(codec, tp, data[: rng.randrange(len(data))])


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
    _check(codec, case.type, data.draw(case.values), junk, rng, is_usual=False)


@pytest.mark.parametrize(
    ("tp", "values"), engine.DOMAIN, ids=[getattr(tp, "__name__", str(tp)) for tp, _ in engine.DOMAIN]
)
def test_domain_types(tp: Any, values: st.SearchStrategy[Any]) -> None:
    @given(values, st.sampled_from(engine.FORMATS), st.integers(0, 2**32))
    @settings(max_examples=6, suppress_health_check=list(HealthCheck))
    def check(value: Any, name: str, seed: int) -> None:
        rng = random.Random(seed)
        _check(get_codec(name), tp, value, rng.choice(engine._JUNK), rng, is_usual=True)

    check()
