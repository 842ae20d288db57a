"""Many threads, one codec, all types used for the first time at the same time."""

from __future__ import annotations

import sys
import threading

from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from symphony_codecs import get_codec, make_codec
from symphony_types import (
    Artifact,
    Capability,
    Err,
    IoError,
    JsonRpcRequest,
    MessageEnvelope,
    ProcessId,
    Result,
    SymphonyError,
    Version,
    Workflow,
)
from tests.codecs.conftest import NAMES
from tests.codecs.everything import Box, Cat, Circle, Dog, Dot, Square, Tree


THREADS = 8

REQUEST = JsonRpcRequest(method="m", params={"a": [1, 2.5]}, id=1)
SAMPLES: list[tuple[Any, Any]] = [
    (
        MessageEnvelope[JsonRpcRequest],
        MessageEnvelope(sender=ProcessId.new(), payload=JsonRpcRequest(method="m", id=1)),
    ),
    (Workflow, Workflow(name="w")),
    (Artifact, Artifact.of(b"data")),
    (Tree, Tree(1, [Tree(2), Tree(3, [Tree(4)])], Tree(5))),
    (Box[Box[int]], Box(Box(1, [2]), [Box(3)])),
    (list[Circle | Square | Dot], [Circle(1.0), Square(2), Dot()]),
    (dict[str, Cat | Dog], {"a": Cat(9), "b": Dog("b")}),
    (Result[Version, SymphonyError], Err(IoError("x"))),
    (frozenset[Capability], frozenset({Capability.FILE_READ, Capability.custom("x")})),
]


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    """Let threads take turns every few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(work: Callable[[int], object]) -> list[Any]:
    """Return what *work* returns in each of several threads that start at the same time."""
    start = threading.Barrier(THREADS)
    results: list[Any] = [None] * THREADS

    def run(index: int) -> None:
        start.wait(10)
        try:
            results[index] = work(index)
        except BaseException as exc:  # noqa: BLE001 - the test looks at it
            results[index] = exc

    threads = [threading.Thread(target=run, args=(index,)) for index in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.parametrize("name", NAMES)
def test_first_use_from_many_threads(name):
    """Each thread gets what one alone gets, whatever is being made by another at that time."""
    expected = [get_codec(name).encode(value, tp) for tp, value in SAMPLES]
    for _ in range(3):
        codec = make_codec(get_codec(name).format)

        def work(index: int, codec: Any = codec) -> list[tuple[bytes, Any]]:
            turned = SAMPLES[index:] + SAMPLES[:index]
            done = {str(tp): (data := codec.encode(value, tp), codec.decode(data, tp)) for tp, value in turned}
            return [done[str(tp)] for tp, _ in SAMPLES]

        for result in in_threads(work):
            assert not isinstance(result, BaseException), result
            assert [data for data, _ in result] == expected
            assert [value for _, value in result] == [value for _, value in SAMPLES]


@pytest.mark.parametrize("name", NAMES)
def test_first_use_of_classes_made_at_run_time(name):
    """Classes that no codec has seen."""
    for _ in range(3):
        codec = make_codec(get_codec(name).format)
        classes = [
            attrs.make_class(
                f"Made{i}", {"number": attrs.field(type=int), "text": attrs.field(type=str | None, default=None)}
            )
            for i in range(10)
        ]
        value = [cls(i, str(i)) for i, cls in enumerate(classes)]
        tp: Any = tuple[tuple(classes)]  # type: ignore[misc]

        results = in_threads(
            lambda _, codec=codec, tp=tp, value=value: codec.decode(codec.encode(tuple(value), tp), tp)
        )

        assert results == [tuple(value)] * THREADS


def test_registration_is_seen_by_all_threads_once_it_returns():
    """Threads that encode while hooks are registered get the old form or the new one, and the new one from then on."""
    codec = get_codec("json").copy()
    done = threading.Event()

    def work(index: int) -> set[bytes]:
        if index == 0:
            codec.converter.register_unstructure_hook(Version, str)
            done.set()
            return {codec.encode(Version(1, 2, 3), Version)}
        seen: set[bytes] = set()
        while not done.is_set():
            seen.add(codec.encode(Version(1, 2, 3), Version))
        return {*seen, codec.encode(Version(1, 2, 3), Version)}

    results = in_threads(work)

    assert results[0] == {b'"1.2.3"'}
    for result in results[1:]:
        assert not isinstance(result, BaseException), result
        assert b'"1.2.3"' in result
        assert result <= {b'"1.2.3"', b'{"major":1,"minor":2,"patch":3}'}


def test_shared_codecs_are_made_once():
    """All threads get the same codec from the registry."""
    for name in NAMES:
        first, *others = in_threads(lambda _, name=name: get_codec(name))

        assert all(other is first for other in others)


def test_errors_of_one_thread_are_not_anothers():
    """Each thread's faults are its own."""
    codec = make_codec(get_codec("json").format)

    def work(index: int) -> str:
        try:
            codec.decode(b'[{"major":%d,"minor":"x"}]' % index if index % 2 else b"[]", list[Version])
        except ValueError as exc:
            return str(exc)
        return ""

    results = in_threads(work)

    assert [bool(result) for result in results] == [bool(index % 2) for index in range(THREADS)]
    assert len(set(results)) == 2
