"""Ray on this machine: functions, codecs, values and errors pass to its workers and back."""

from __future__ import annotations

import os

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from symphony_codecs import DecodeError, get_codec
from tests.codecs import crossing
from tests.codecs.crossing import ORDER, Circle, Money, Order
from tests.samples import SAMPLES


os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
ray = pytest.importorskip("ray", reason="the extra test-peers has it, where there are wheels for this Python")

pytestmark = [pytest.mark.peers, pytest.mark.checkout, pytest.mark.filterwarnings("default")]

SECONDS = 60
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module", autouse=True)
def _cluster() -> Iterator[None]:
    """Start Ray with workers for two tasks, and stop it afterwards."""
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
        object_store_memory=100 * 2**20,
        runtime_env={"env_vars": {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "codecs")))}},
    )
    yield
    ray.shutdown()


def _get(reference: Any) -> Any:
    return ray.get(reference, timeout=SECONDS)


def _run(function: Any, *args: Any) -> Any:
    return _get(ray.remote(max_retries=0)(crossing.call).remote(function, *args))


def test_functions_are_called() -> None:
    """Workers call `decoder(T)` and `encoder(T)`, of a shared codec and of one with hooks, with batches of bytes."""
    codec = get_codec("json")
    own = codec.with_options(rename="camelCase")
    own.converter.register_structure_hook(Money, crossing.read_money)
    own.converter.register_unstructure_hook(Money, crossing.write_money)
    for each in (codec, own):
        document = _run(each.encoder(Order), ORDER)
        assert document == each.encode(ORDER, Order)
        assert _run(each.decoder(Order), document) == ORDER
        assert _run(crossing.decode, each, document, Order) == ORDER
    assert _run(crossing.same, codec.decoder(Order)) is codec.decoder(Order)
    assert _get(ray.put(codec)) is codec


def test_values_cross() -> None:
    """Frozen, slotted classes pass, with the unknown fields that they have kept."""
    values = {name: value for name, (_, value) in SAMPLES.items()}
    assert _run(crossing.same, values) == values
    codec = get_codec("json").with_class(Circle, unknown_fields="keep")
    document = b'{"radius":2.0,"more":[1]}'
    assert codec.encode(_run(codec.decoder(Circle), document), Circle) == document


def test_errors_cross() -> None:
    """Ray raises an instance of the error's class, with the whole error as its cause."""
    for number, error in enumerate(crossing.ERRORS):
        with pytest.raises(type(error)) as caught:
            _run(crossing.fail, number)
        cause: Any = caught.value.cause
        assert type(cause) is type(error)
        assert (str(cause), cause.args) == (str(error), error.args)
        assert getattr(cause, "__notes__", []) == getattr(error, "__notes__", [])
    with pytest.raises(DecodeError) as read:
        _run(get_codec("cbor").decoder(Order), b"\x00")
    assert read.value.as_type is Order
    assert read.value.issues[0].code == "wrong_type"


def test_lambdas_and_local_classes() -> None:
    """Ray pickles definitions without a name by value."""
    own = get_codec("json").with_options(rename=lambda name: name + "_")
    assert _run(own.encoder(Circle), Circle(1.0)) == b'{"radius_":1.0}'
