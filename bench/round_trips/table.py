"""All contenders, and the works of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from ..cliffs.sweep import Build
from .contender import WORKS, Contender, Kind
from .driver import Seat


__all__ = ["CONTENDERS", "seats"]

_UVLOOP: Final = ("uvloop", "uvloop")
_FORMATS: Final = ("json", "msgpack", "msgpack-compact", "cbor")
_OWN: Final = "msgpack-compact"
_ALL: Final[tuple[Kind, ...]] = ("trips", "flight", "stream", "large")
_BY_HAND: Final[tuple[Kind, ...]] = ("trips", "flight", "stream")
_ASYNC: Final[tuple[Kind, ...]] = ("trips", "flight")


def _contenders() -> Iterator[Contender]:
    yield Contender(name="floor: bare socket", factory="floors:BareSocket", kinds=("trips", "flight"))
    yield Contender(name="floor: framed socket", factory="floors:FramedSocket", kinds=("stream", "large"))
    for loop, needs in (("asyncio", None), ("uvloop", _UVLOOP)):
        given: Any = {"arguments": {"loop": loop}, "needs": needs}
        yield Contender(name=f"floor: {loop} BufferedProtocol", factory="floors:BufferedEcho", **given)
        yield Contender(name=f"floor: {loop} Protocol", factory="floors:PlainEcho", **given)
    yield Contender(
        name="by hand, blocking", factory="by_hand:BlockingByHand", arguments={"codec": _OWN}, kinds=_BY_HAND
    )
    for loop, needs in (("asyncio", None), ("uvloop", _UVLOOP)):
        by_hand = {"codec": _OWN, "loop": loop}
        yield Contender(
            name=f"by hand, {loop}", factory="by_hand:AsyncioByHand", arguments=by_hand, kinds=_ASYNC, needs=needs
        )
    yield from _ours()
    yield Contender(name="multiprocessing, bytes", factory="peers:Multiprocessing")
    yield Contender(name="multiprocessing, pickle", factory="peers:Pickle")
    yield Contender(name="pyzmq REQ/REP", factory="peers:Zmq", needs=("zmq", "pyzmq"))
    yield Contender(name="Pyro5", factory="peers:Pyro", needs=("Pyro5", "Pyro5"))
    yield Contender(name="rpyc", factory="peers:Rpyc", needs=("rpyc", "rpyc"))
    yield Contender(name="websockets", factory="peers:WebSockets", needs=("websockets", "websockets"))
    yield Contender(name="grpcio", factory="peers:Grpc", needs=("grpc", "grpcio"))


def _ours() -> Iterator[Contender]:
    yield Contender(name="frames only", factory="ours:FramesOnly", own=True)
    for codec in _FORMATS:
        kinds = _ALL if codec == _OWN else ("trips",)
        one: Any = {"arguments": {"codec": codec}, "own": True, "kinds": kinds}
        yield Contender(name=_named("blocking", codec), factory="ours:Blocking", **one)
        yield Contender(name=_named("asyncio", codec), factory="ours:Asyncio", **one)
    uvloop = {"codec": _OWN, "loop": "uvloop"}
    yield Contender(name="uvloop", factory="ours:Asyncio", arguments=uvloop, needs=_UVLOOP, kinds=_ALL, own=True)
    for what, changes in (("key", {"key": True}), ("checksum", {"checksum": True})):
        more: Any = {"arguments": {"codec": _OWN, **changes}, "own": True}
        yield Contender(name=f"blocking, {what}", factory="ours:Blocking", **more)
        yield Contender(name=f"asyncio, {what}", factory="ours:Asyncio", **more)
    answers: Any = {"own": True, "since": "this", "kinds": ("trips", "flight")}
    yield Contender(
        name="asyncio, answer=", factory="ours:Asyncio", arguments={"codec": _OWN, "answers": True}, **answers
    )
    yield Contender(
        name="uvloop, answer=",
        factory="ours:Asyncio",
        arguments={**uvloop, "answers": True},
        needs=_UVLOOP,
        **answers,
    )
    yield Contender(
        name="blocking, answer=", factory="ours:Blocking", arguments={"codec": _OWN, "answers": True}, **answers
    )
    yield Contender(
        name="blocking, submit",
        factory="ours:Blocking",
        arguments={"codec": _OWN, "submits": True},
        own=True,
        since="this",
        kinds=("flight",),
    )


def _named(flavour: str, codec: str) -> str:
    return flavour if codec == _OWN else f"{flavour}, {codec}"


CONTENDERS: Final = {each.name: each for each in _contenders()}

_ROUTERS: Final = {
    each.name: each
    for each in (
        Contender(name="floor: byte proxy", factory="floors:ByteProxy"),
        Contender(name="router", factory="routers:Router", own=True, since="this"),
        Contender(name="router, recipe", factory="routers:Recipe", own=True),
    )
}


def seats(builds: dict[str, Build], keep: Callable[[Seat], bool]) -> tuple[list[Seat], list[str]]:
    """
    Return the seats, and a line for each contender that cannot take part, with the reason.

    Args:
        builds: Builds of this project by label; the label of this build is empty.
        keep: Returns whether a seat is wanted.
    """
    found: list[Seat] = []
    missing: dict[str, None] = {}
    for work in WORKS.values():
        for label, build in builds.items():
            for seat in _of_work(work, label, build):
                if not keep(seat):
                    continue
                if seat.contender.missing is None:
                    found.append(seat)
                else:
                    missing[seat.contender.missing] = None
    return found, list(missing)


def _of_work(work: Any, label: str, build: Build) -> Iterator[Seat]:
    if work.kind == "forward":
        ends = attrs.evolve(CONTENDERS["blocking"], kinds=("forward",))
        for router in _ROUTERS.values():
            if not label or (router.own and not (build.is_today and router.since == "this")):
                yield Seat(ends, work, build, label, router)
        return
    for contender in CONTENDERS.values():
        takes_part = not label or (contender.own and not (build.is_today and contender.since == "this"))
        if work.kind in contender.kinds and takes_part:
            yield Seat(contender, work, build, label)
