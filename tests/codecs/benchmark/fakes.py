"""Contenders and clocks that do what a test needs, and nothing by chance."""

from __future__ import annotations

import json

from typing import Any

from symphony_codecs.benchmark import Contender


class Clock:
    """A clock that stands still but for what calls say they take."""

    def __init__(self):
        self.now = 0

    def __call__(self):
        return self.now


def dumps(value: Any) -> bytes:
    return json.dumps(value).encode()


def contender(name="honest", *, encode=dumps, decode=json.loads, role="peer", **more) -> Contender:
    return Contender(name=name, format="json", encode=lambda: encode, decode=lambda: decode, role=role, **more)


def taking(clock: Clock, ns: Any, call: Any) -> Any:
    """Return *call* as something that takes *ns*: a number, or an iterator of numbers."""

    def timed(item):
        clock.now += ns if isinstance(ns, int) else next(ns)
        return call(item)

    return timed
