"""Tests of `symphony_types.result`."""

from __future__ import annotations

import asyncio
import copy
import inspect
import pickle
import typing

import attrs
import pytest

from symphony_types import result as result_module
from symphony_types.errors import ConfigError, IpcError, IpcTransportError, SymphonyError
from symphony_types.result import Err, IpcResult, Ok, Result, SymphonyResult, UnwrapError, returns_result


GOOD: Result[int, str] = Ok(2)
BAD: Result[int, str] = Err("no")


def test_kinds() -> None:
    """Each kind knows what it is."""
    assert GOOD.is_ok()
    assert not GOOD.is_err()
    assert BAD.is_err()
    assert not BAD.is_ok()
    assert (GOOD.ok(), GOOD.err(), BAD.ok(), BAD.err()) == (2, None, None, "no")


def test_unwrap() -> None:
    """A value comes out of `Ok`; an `Err` raises what it holds, or that it holds none."""
    assert GOOD.unwrap() == 2
    error = ConfigError("gone")
    with pytest.raises(ConfigError) as caught:
        Err(error).unwrap()
    assert caught.value is error
    with pytest.raises(UnwrapError, match="expected Ok, got Err: 'no'") as wrapped:
        BAD.unwrap()
    assert wrapped.value.held == "no"


def test_unwrap_err() -> None:
    """An error comes out of `Err` alone."""
    assert BAD.unwrap_err() == "no"
    with pytest.raises(UnwrapError, match="expected Err, got Ok: 2"):
        GOOD.unwrap_err()


def test_expect() -> None:
    """The message is the error's, with what was held as its cause."""
    assert GOOD.expect("needed") == 2
    error = ConfigError("gone")
    with pytest.raises(UnwrapError, match="needed") as caught:
        Err(error).expect("needed")
    assert caught.value.__cause__ is error
    with pytest.raises(UnwrapError, match="needed: 'no'") as caught:
        BAD.expect("needed")
    assert caught.value.__cause__ is None


def test_unwrap_or() -> None:
    """The default is for an `Err`."""
    assert GOOD.unwrap_or(7) == 2
    assert BAD.unwrap_or(7) == 7


def test_map() -> None:
    """Each side is mapped alone."""
    assert GOOD.map(str) == Ok("2")
    assert BAD.map(str) is BAD
    assert GOOD.map_err(len) is GOOD
    assert BAD.map_err(len) == Err(2)


def test_and_then_or_else() -> None:
    """Results chain on the side that they have."""

    def half(value: int) -> Result[int, str]:
        return Ok(value // 2) if value % 2 == 0 else Err("odd")

    def recover(error: str) -> Result[int, str]:
        return Ok(len(error))

    assert GOOD.and_then(half) == Ok(1)
    assert GOOD.and_then(half).and_then(half) == Err("odd")
    assert BAD.and_then(half) is BAD
    assert BAD.or_else(recover) == Ok(2)
    assert GOOD.or_else(recover) is GOOD


def test_pattern_matching() -> None:
    """Both sides are taken apart by position."""
    seen = []
    for each in (GOOD, BAD):
        match each:
            case Ok(value):
                seen.append(value)
            case Err(error):
                seen.append(len(error) * 100)
    assert seen == [2, 200]


def test_values() -> None:
    """Results compare, hash, copy, pickle and are immutable; both kinds are true."""
    for each in (GOOD, BAD, Err(ConfigError("x"))):
        assert pickle.loads(pickle.dumps(each)) == copy.deepcopy(each) == each
        assert hash(copy.copy(each)) == hash(each)
        assert bool(each) is True
        assert not hasattr(each, "__dict__")
    left: typing.Any = Ok(1)
    assert left != Err(1)
    assert repr(GOOD) == "Ok(value=2)"
    assert repr(BAD) == "Err(error='no')"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        left.value = 3
    with pytest.raises(TypeError):
        hash(Ok([]))


def test_aliases_work_at_run_time() -> None:
    """The aliases take their parameters and give a union of the two kinds."""
    result: typing.Any = Result
    symphony: typing.Any = SymphonyResult
    ipc: typing.Any = IpcResult
    assert typing.get_args(result[int, str]) == (Ok[int], Err[str])
    assert typing.get_args(symphony[int]) == (Ok[int], Err[SymphonyError])
    assert typing.get_args(ipc[bytes]) == (Ok[bytes], Err[IpcError])
    assert isinstance(GOOD, Ok | Err)
    assert result_module.__all__ == sorted(result_module.__all__)


def test_unwrap_error_pickles() -> None:
    """It keeps its text and what was held."""
    again = pickle.loads(pickle.dumps(UnwrapError("expected Ok", [1])))
    assert (str(again), again.held) == ("expected Ok: [1]", [1])


@returns_result(ValueError, KeyError)
def _number(text: str, *, base: int = 10) -> int:
    """Read a number."""
    if text == "crash":
        raise RuntimeError(text)
    return int(text, base)


def test_returns_result() -> None:
    """The listed errors become `Err`, others pass; the function keeps its name and signature."""
    assert _number("12") == Ok(12)
    assert _number("ff", base=16).unwrap() == 255
    failed = _number("x")
    assert isinstance(failed.err(), ValueError)
    with pytest.raises(ValueError, match="invalid literal"):
        failed.unwrap()
    with pytest.raises(RuntimeError):
        _number("crash")
    assert _number.__name__ == "_number"
    assert _number.__doc__ == "Read a number."
    assert list(inspect.signature(_number).parameters) == ["text", "base"]


@returns_result(SymphonyError)
async def _send(text: str) -> int:
    await asyncio.sleep(0)
    if not text:
        raise IpcTransportError("closed")
    return len(text)


def test_returns_result_async() -> None:
    """Coroutines are awaited inside, and cancellation is not swallowed."""
    assert inspect.iscoroutinefunction(_send)
    assert asyncio.run(_send("abc")) == Ok(3)
    assert asyncio.run(_send("")) == Err(IpcTransportError("closed"))


def test_returns_result_refuses_generators() -> None:
    """What a generator raises while it is iterated over would get past the decorator."""

    def numbers() -> typing.Iterator[int]:
        yield 1

    async def later() -> typing.AsyncIterator[int]:
        yield 1

    for function in (numbers, later):
        with pytest.raises(TypeError, match="got generator"):
            returns_result(ValueError)(function)


@pytest.mark.parametrize("arguments", [(), (int,), (len,), (ValueError("x"),)])
def test_returns_result_wants_exception_types(arguments: typing.Any) -> None:
    """Without exception types it says how to be called."""
    with pytest.raises(TypeError, match="@returns_result"):
        returns_result(*arguments)
