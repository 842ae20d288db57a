"""cloudpickle, as Dask and Ray use it: definitions in ``__main__`` or in functions are pickled by value."""

from __future__ import annotations

import pickle
import subprocess
import sys

import attrs
import pytest

from symphony_codecs import Codec, DecodeError, get_codec
from tests.codecs.crossing import ORDER, Money, Order


cloudpickle = pytest.importorskip("cloudpickle", reason="the extra test-peers has it")

pytestmark = [pytest.mark.peers, pytest.mark.checkout]

# A program like a notebook: its classes and hooks are in no module.
PROGRAM = """
import sys
import attrs, cloudpickle
from symphony_codecs import get_codec

@attrs.frozen
class Point:
    x: int

own = get_codec("json").with_options(rename=lambda name: name + "_")
own.converter.register_unstructure_hook(complex, lambda value: [value.real, value.imag])
own.converter.register_structure_hook(complex, lambda value, _: complex(*value))
shared = get_codec("msgpack")
sent = [shared.decoder(Point), shared.encoder(Point), own.decoder(dict[str, Point]), own.encoder(complex), own]
sys.stdout.buffer.write(cloudpickle.dumps(sent))
"""


@pytest.fixture(scope="module", name="sent")
def _sent() -> bytes:
    made = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, timeout=60)
    assert made.returncode == 0, made.stderr
    return made.stdout


def test_definitions_outside_of_modules_are_pickled_by_value(sent: bytes) -> None:
    """Functions for a program's classes, and lambdas as hooks and rules, work in a process that has none of them."""
    read, write, read_own, write_own, own = pickle.loads(sent)
    point = read(get_codec("msgpack").encode({"x": 5}))
    assert (type(point).__name__, point.x) == ("Point", 5)
    assert write(point) == get_codec("msgpack").encode({"x": 5})
    assert read_own(b'{"a": {"x_": 1}}')["a"] == type(point)(1)
    assert write_own(1 + 2j) == b"[1.0,2.0]"
    assert own.decode(b"[1, 2]", complex) == 1 + 2j
    with pytest.raises(DecodeError) as caught:
        read(get_codec("msgpack").encode({"x": "a"}))
    assert caught.value.issues[0].path == ("x",)
    assert pickle.loads(pickle.dumps(caught.value)).as_type == "<class '__main__.Point'>"


def test_codecs_by_value_are_made_once(sent: bytes) -> None:
    """Each further task reuses the converter."""
    (*_, one), (*_, other) = pickle.loads(sent), pickle.loads(sent)
    assert one is not other
    assert one._converter is other._converter


def _lambdas(codec: Codec) -> Codec:
    own = codec.copy()
    own.converter.register_unstructure_hook(Money, lambda value: value.cents)
    return own


@pytest.mark.parametrize("name", ["json", "toml"])
def test_shared_codecs_are_themselves(name: str) -> None:
    """They are the same object, as with pickle; generated functions are equal, since cloudpickle binds them again."""
    codec = get_codec(name)
    for value in (codec, codec.converter, codec.encoder(Order), codec.decoder(Order)):
        assert pickle.loads(cloudpickle.dumps(value)) == value


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
def test_lambdas_as_hooks(name: str) -> None:
    """Lambdas, which `pickle` refuses, can be pickled by cloudpickle."""
    own = _lambdas(get_codec(name))
    with pytest.raises(pickle.PicklingError, match="<lambda> for Money"):
        pickle.dumps(own)
    back = pickle.loads(cloudpickle.dumps(own))
    for each in (back, pickle.loads(cloudpickle.dumps(back))):
        assert each.encode(ORDER, Order) == own.encode(ORDER, Order)
    assert pickle.loads(cloudpickle.dumps(own.encoder(Money)))(Money(5)) == own.encode(Money(5), Money)


def test_local_classes() -> None:
    """A class local to a function is pickled together with the function that decodes it."""

    @attrs.frozen
    class Local:
        x: int

    for function in (get_codec("json").decoder(Local), lambda data: get_codec("json").decode(data, Local)):
        assert pickle.loads(cloudpickle.dumps(function))(b'{"x": 1}').x == 1
