"""The bytes of new UUIDs, per RFC 9562: random (v4), by time (v7), from content (v8)."""

from __future__ import annotations

import os
import threading
import time

from typing import Final
from uuid import UUID, SafeUUID


__all__ = ["new_uuid", "new_v4", "new_v7", "of_content"]

_RANDOM_BITS: Final = 74
_MILLIS_MASK: Final = 2**48 - 1


def _stamp(raw: bytes, version: int) -> bytes:
    """Set the version and the variant bits of 16 bytes (RFC 9562, sections 4.1 and 4.2)."""
    data = bytearray(raw)
    data[6] = data[6] & 0x0F | version << 4
    data[8] = data[8] & 0x3F | 0x80
    return bytes(data)


_BLOCK: Final = 4096
"""How many bytes the operating system is asked for at a time, 16 for each UUID."""

_AS_V4: Final = bytes(byte & 0x0F | 0x40 for byte in range(256))
_AS_RFC: Final = bytes(byte & 0x3F | 0x80 for byte in range(256))


class V4Pool:
    """
    Makes random UUIDs, of randomness that comes in blocks: asking for each takes longer than all else.

    Safe to share between threads: each UUID is taken off a list, in one step.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all; a forked child must not give out what its parent has."""
        self._made: list[bytes] = []

    def next(self) -> bytes:
        """Return the next one."""
        while True:
            # A fork meanwhile leaves the child with another list; the UUIDs made for this one are lost with it.
            made = self._made
            try:
                return made.pop()
            except IndexError:
                made += _block()


def _block() -> list[bytes]:
    data = bytearray(os.urandom(_BLOCK))
    data[6::16] = data[6::16].translate(_AS_V4)
    data[8::16] = data[8::16].translate(_AS_RFC)
    return [bytes(data[at : at + 16]) for at in range(0, _BLOCK, 16)]


_pool: Final = V4Pool()


def new_v4() -> bytes:
    """Return a random UUID (RFC 9562, section 5.4)."""
    return _pool.next()


_new_object = object.__new__
_set_int, _set_is_safe = UUID.__dict__["int"].__set__, UUID.__dict__["is_safe"].__set__
_UNKNOWN: Final = SafeUUID.unknown


def new_uuid() -> UUID:
    """Return what `uuid.uuid4` does, in a fourth of the time: a random UUID (RFC 9562, section 5.4)."""
    made = _new_object(UUID)
    _set_int(made, int.from_bytes(_pool.next(), "big"))
    _set_is_safe(made, _UNKNOWN)
    return made


def of_content(data: bytes | bytearray | memoryview) -> bytes:
    """Return the UUID that SHA-256 gives *data* (version 8, RFC 9562, appendix B.2)."""
    import hashlib  # takes longer to load than all the types that have an id

    return _stamp(hashlib.sha256(data).digest()[:16], 8)


class V7Generator:
    """
    Makes UUIDs of version 7 that grow strictly, also within a millisecond.

    The 74 bits after the time are a counter that starts at random and grows
    by a random step (RFC 9562, section 6.2, method 2).  The clock may step
    back: the last time is kept until it catches up.  Safe to share between
    threads.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all; a forked child must neither repeat its parent's counter nor inherit a held lock."""
        self._lock = threading.Lock()
        self._millis = -1
        self._counter = 0

    def _start(self, millis: int) -> None:
        self._millis = millis
        # the top bit stays clear so that a busy millisecond has room to count
        self._counter = int.from_bytes(os.urandom(10), "big") >> (80 - _RANDOM_BITS + 1)

    def next(self, millis: int | None = None) -> bytes:
        """
        Return the next one.

        Args:
            millis: Milliseconds since the Unix epoch; the clock's by default.
        """
        now = time.time_ns() // 1_000_000 if millis is None else millis
        with self._lock:
            if now > self._millis:
                self._start(now)
            else:
                self._counter += 1 + int.from_bytes(os.urandom(4), "big")
                if self._counter >> _RANDOM_BITS:
                    self._start(self._millis + 1)
            millis, counter = self._millis, self._counter
        high = counter >> 62
        low = counter & (2**62 - 1)
        value = (millis & _MILLIS_MASK) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
        return value.to_bytes(16, "big")


_generator: Final = V7Generator()

if hasattr(os, "register_at_fork"):  # pragma: no branch - absent on Windows only
    os.register_at_fork(after_in_child=_generator.reset)
    os.register_at_fork(after_in_child=_pool.reset)


def new_v7() -> bytes:
    """Return a UUID that sorts after all earlier ones of this process (RFC 9562, section 5.7)."""
    return _generator.next()
