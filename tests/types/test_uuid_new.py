"""Random UUIDs: their bits, and that no two are equal, over threads and forks."""

from __future__ import annotations

import itertools
import os
import pickle
import subprocess
import sys
import threading
import uuid

import pytest

from symphony_types import MessageEnvelope, ProcessId
from symphony_types._uuid_new import V4Pool, new_uuid, new_v4


FORKS = """
import os, sys
from symphony_types._uuid_new import new_v4
new_v4()
here, there = os.pipe()
for _ in range(3):
    if not (child := os.fork()):
        os.write(there, b"".join(new_v4() for _ in range(300)))
        os._exit(0)
    os.waitpid(child, 0)
os.write(there, b"".join(new_v4() for _ in range(300)))
made = os.read(here, 4 * 300 * 16)
print(len({made[at : at + 16] for at in range(0, len(made), 16)}))
"""


def test_bits() -> None:
    """Version and variant are set, and every other bit is random: over many, each is 0 and 1."""
    made = [new_uuid() for _ in range(2000)]
    assert {(each.version, each.variant) for each in made} == {(4, uuid.RFC_4122)}
    fixed = 0xF << 76 | 0b11 << 62
    ones, zeros = 0, 0
    for each in made:
        ones |= each.int
        zeros |= ~each.int
    assert ones & ~fixed == zeros & ~fixed & (2**128 - 1) == ~fixed & (2**128 - 1)
    assert {each[6] >> 4 for each in (new_v4() for _ in range(300))} == {4}


def test_are_like_those_of_the_standard_library() -> None:
    """Equal to a `uuid.UUID` of the same number, of exactly that class, and they pickle."""
    made = new_uuid()
    twin = uuid.UUID(int=made.int)
    assert type(made) is uuid.UUID
    assert (made, hash(made), str(made), made.is_safe) == (twin, hash(twin), str(twin), twin.is_safe)
    assert pickle.loads(pickle.dumps(made)) == made
    assert {made} == {twin}


def test_threads_share_none() -> None:
    """Eight threads that start at once and empty many blocks."""
    start = threading.Barrier(8)
    found: list[list[bytes]] = []
    pool = V4Pool()
    interval = sys.getswitchinterval()

    def work() -> None:
        start.wait()
        found.append([pool.next() for _ in range(2000)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(set(itertools.chain.from_iterable(found))) == 8 * 2000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_forks_share_none() -> None:
    """A child makes others than its parent and its siblings, although the parent had some in stock."""
    done = subprocess.run([sys.executable, "-c", FORKS], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["1200"]


def test_a_fork_while_randomness_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parent fetches too is not used in the child."""
    pool = V4Pool()
    blocks = [bytes(4096), bytes([255]) * 4096]

    def urandom(size: int) -> bytes:
        assert size == 4096
        if len(blocks) == 2:
            pool.reset()  # as the child does
        return blocks.pop(0)

    monkeypatch.setattr(os, "urandom", urandom)
    assert pool.next().hex() == "ffffffffffff4fffbfffffffffffffff"


def test_envelopes_and_ids_take_them() -> None:
    """They are of version 4, each another."""
    sender = ProcessId.new()
    assert len({MessageEnvelope(sender=sender, payload=1).id for _ in range(600)}) == 600
    assert MessageEnvelope(sender=sender, payload=1).id.version == sender.as_uuid().version == 4
