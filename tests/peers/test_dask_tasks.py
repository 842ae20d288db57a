"""Dask with workers in processes: functions, codecs, values and errors pass in both directions."""

from __future__ import annotations

import functools

from collections.abc import Iterator
from typing import Any

import pytest

from symphony_codecs import DecodeError, get_codec
from tests.codecs import crossing
from tests.codecs.crossing import ORDER, Circle, Money, Order
from tests.samples import SAMPLES


distributed = pytest.importorskip("distributed", reason="the extra test-peers has it")

pytestmark = [pytest.mark.peers, pytest.mark.checkout, pytest.mark.filterwarnings("default")]

SECONDS = 60


@pytest.fixture(scope="module", name="client")
def _client() -> Iterator[Any]:
    """Return a client of a cluster of two processes on the loopback interface."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, timeout=SECONDS) as client,
    ):
        yield client


def test_functions_are_mapped(client: Any) -> None:
    """Workers call `decoder(T)` and `encoder(T)`, of a shared codec and of one with hooks."""
    codec = get_codec("json")
    own = codec.with_options(rename="camelCase")
    own.converter.register_structure_hook(Money, crossing.read_money)
    own.converter.register_unstructure_hook(Money, crossing.write_money)
    for each in (codec, own):
        documents = client.gather(client.map(each.encoder(Order), [ORDER] * 5, pure=False))
        assert documents == [each.encode(ORDER, Order)] * 5
        assert client.gather(client.map(each.decoder(Order), documents)) == [ORDER] * 5
        assert client.submit(crossing.decode, each, documents[0], Order).result(SECONDS) == ORDER
    assert client.submit(crossing.same, codec.decoder(Order)).result(SECONDS) is codec.decoder(Order)
    assert client.submit(crossing.same, codec).result(SECONDS) is codec


def test_values_cross(client: Any) -> None:
    """Frozen, slotted classes pass, with the unknown fields that they have kept."""
    values = {name: value for name, (_, value) in SAMPLES.items()}
    assert client.submit(crossing.same, values).result(SECONDS) == values
    codec = get_codec("json").with_class(Circle, unknown_fields="keep")
    document = b'{"radius":2.0,"more":[1]}'
    kept = client.submit(codec.decoder(Circle), document).result(SECONDS)
    assert codec.encode(kept, Circle) == document


def test_errors_cross(client: Any) -> None:
    """They arrive whole, also from a mapped function, except for their causes."""
    for number, error in enumerate(crossing.ERRORS):
        with pytest.raises(type(error)) as caught:
            client.submit(crossing.fail, number).result(SECONDS)
        assert str(caught.value) == str(error)
        assert caught.value.args == error.args
    with pytest.raises(DecodeError) as read:
        client.submit(get_codec("cbor").decoder(Order), b"\x00").result(SECONDS)
    assert read.value.as_type is Order


def test_lambdas_and_local_classes(client: Any) -> None:
    """Dask pickles definitions without a name by value."""
    own = get_codec("json").with_options(rename=lambda name: name + "_")
    assert client.submit(own.encoder(Circle), Circle(1.0)).result(SECONDS) == b'{"radius_":1.0}'
    read = functools.partial(crossing.decode, own)
    assert client.submit(read, b'{"radius_": 2.0}', Circle).result(SECONDS) == Circle(2.0)


def test_long_errors_cross(client: Any) -> None:
    """Dask replaces exceptions whose text is longer than 10,000 characters; ours are shorter."""
    codec = get_codec("json").with_options(unknown_fields="forbid")
    data = codec.encode([{"x" * 60 + str(n): "y" * 900 for n in range(9)}] * 50)
    with pytest.raises(DecodeError) as caught:
        client.submit(codec.decoder(list[Order]), data).result(SECONDS)
    assert len(caught.value.issues) >= 50
