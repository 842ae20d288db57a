"""
Keys of authenticated connections, and how they are derived.

Both ends hold a `SharedKey`, or several (`SharedKeys`), which their Hellos
name by ids.  From it and both Hellos come two keys for each connection, one for
each direction, by HKDF (RFC 5869), so a changed Hello, a frame of another
connection and a frame sent back all have a wrong tag.  The tag is HMAC-SHA-256
(RFC 2104, FIPS 180-4).

A key shows nowhere: not in a ``repr``, a log, an error, a pickle or what reads
an object's attributes.  Copying one gives the same object.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat

from collections.abc import Iterable
from typing import Any, Final, NoReturn, Self, final

from typing_extensions import Buffer

from symphony_types.checks import FieldError, FieldTypeError, IntRange, quoted
from symphony_types.errors import ConfigError


__all__ = ["FrameKey", "SharedKey", "SharedKeys", "hkdf_sha256"]

_HASH_SIZE: Final = 32
_BLOCK_SIZE: Final = 64  # of SHA-256
_LENGTH: Final = IntRange(1, 255 * _HASH_SIZE)  # a byte counts the blocks
_MIN_KEY: Final = 16
_MAX_KEYS: Final = 16  # as many names as a Hello has
_KEY_ID: Final = b"symphony-key-id 1"
_KEY_ID_SIZE: Final = 16
_CLIENT_TO_SERVER: Final = b"symphony-frame-1 c2s"
_SERVER_TO_CLIENT: Final = b"symphony-frame-1 s2c"
_MAX_FILE: Final = 4096  # bytes; a device may have no end
_HEX: Final = re.compile(rb"((?:[0-9A-Fa-f]{2})+)(?:\r?\n)?")
_OF_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def hkdf_sha256(key: Buffer, *, salt: Buffer, info: Buffer, length: int = 32) -> bytes:
    """
    Derive a key from another: HKDF of RFC 5869 with SHA-256, both of its steps.

    Args:
        key: The input keying material.
        salt: Random or unique bytes that need not be secret, or none.
        info: The purpose of the derived key.
        length: How many bytes to derive, 1 to 8160; `FieldError` otherwise.
    """
    _LENGTH.check(length, ("length",))
    # RFC 5869, 2.2: the salt is the HMAC's key, not its message.
    extracted = hmac.new(bytes(memoryview(salt)), key, "sha256").digest()
    derived = block = b""
    for counter in range(1, -(-length // _HASH_SIZE) + 1):
        mac = hmac.new(extracted, block, "sha256")
        mac.update(info)
        mac.update(bytes((counter,)))
        block = mac.digest()
        derived += block
    return derived[:length]


class _Secret:
    """An object that shows nothing of itself, and leaves no process."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"expected something that may leave the process, got a {type(self).__name__}")

    # Both are asked by more than pickle: loggers and caches look for an object's state here.
    __getstate__ = __reduce__


def _checked(secret: object) -> bytes:
    """Return *secret* as bytes; the usual checks would quote text that was given for bytes."""
    if not isinstance(secret, (bytes, bytearray)):
        raise FieldTypeError("wrong_type", (), "a key of bytes", type(secret).__name__)
    if len(secret) < _MIN_KEY:
        raise FieldError("out_of_range", (), f"a key of at least {_MIN_KEY} bytes", f"{len(secret)} bytes")
    return bytes(secret)


def _is_blank(secret: bytes) -> bool:
    """Return whether all bytes are the same, as in a buffer that nobody filled."""
    return len(set(secret)) == 1


@final
class FrameKey(_Secret):
    """
    The key that tags the frames of one direction of one connection; `SharedKey.frame_keys` makes it.

    Args:
        secret: The key, at least 16 bytes; `FieldError` otherwise.
    """

    __slots__ = ("__inner", "__outer")

    def __init__(self, secret: bytes | bytearray) -> None:
        key = _checked(secret)
        if len(key) > _BLOCK_SIZE:
            key = hashlib.sha256(key).digest()
        # RFC 2104, 4: both hashes have taken the key, and are copied for each frame, in half the time of `hmac`.
        block = key.ljust(_BLOCK_SIZE, b"\0")
        self.__inner: Final = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self.__outer: Final = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def tag(self, *buffers: Buffer) -> bytes:
        """Return the tag, 32 bytes, of what *buffers* hold one after the other."""
        inner, outer = self.__inner.copy(), self.__outer.copy()
        for buffer in buffers:
            inner.update(buffer)
        outer.update(inner.digest())
        return outer.digest()

    def verify(self, tag: Buffer, *buffers: Buffer) -> bool:
        """Return whether *tag* is the tag of *buffers*; how long that takes does not tell where it differs."""
        return hmac.compare_digest(self.tag(*buffers), tag)


class SharedKey(_Secret):
    """
    The key that both ends of authenticated connections hold; each holder can be either end.

    It should be random: ``openssl rand -hex 32`` makes one as `from_file`
    reads it.  Equal to itself alone.

    Args:
        secret: The key, at least 16 bytes, which are not all equal;
            `FieldError` otherwise.
    """

    __slots__ = ("__secret", "ids")

    ids: tuple[str, ...]
    """The names of the key in Hellos: 32 hex digits, an HMAC of it, from which it cannot be computed."""

    def __init__(self, secret: bytes | bytearray) -> None:
        self.__secret: Final = _checked(secret)
        if _is_blank(self.__secret):
            raise FieldError("invalid_value", (), "a key of random bytes", "one whose bytes are all equal")
        self.ids = (hmac.digest(self.__secret, _KEY_ID, "sha256")[:_KEY_ID_SIZE].hex(),)

    @classmethod
    def from_hex(cls, text: str, /) -> Self:
        """Return the key that *text* spells, two hex digits of either case a byte; `FieldError` if it spells none."""
        if not isinstance(text, str):
            raise FieldTypeError("wrong_type", (), "hex digits", type(text).__name__)
        secret = None if text.endswith("\n") else _from_hex(text.encode("utf-8", "replace"))
        if secret is None:
            raise FieldError("invalid_value", (), "two hex digits for each byte", f"a string of length {len(text)}")
        return cls(secret)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], /) -> Self:
        """
        Read the key of a file: hex digits as `from_hex` takes them, and perhaps one newline; 4096 bytes at most.

        Args:
            path: The file.  On POSIX nobody but its owner may have any
                permission on it, as OpenSSH demands of private keys.

        Raises:
            ConfigError: The file cannot be read, is open to others, or holds
                no key.  The text shows nothing of what it holds.
        """
        content = None
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - a Path opens it in the same way
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)  # of what is read, whatever the path is by now
                if os.name != "posix" or not mode & _OF_OTHERS:
                    content = file.read(_MAX_FILE + 1)
        except (OSError, ValueError) as error:  # ValueError: a null character in the path
            reason = error.strerror if isinstance(error, OSError) else "no such path"
            raise ConfigError(message=f"key file {os.fspath(path)!r} cannot be read: {reason}") from error
        if content is None:
            raise _bad_file(path, "a file that its owner alone may use (mode 0600)", f"mode {mode:04o}")
        secret = _from_hex(content) if len(content) <= _MAX_FILE else None
        size = len(content)
        # Tools that print a traceback with local variables shall not find it in this frame.
        del content
        if secret is None or len(secret) < _MIN_KEY or _is_blank(secret):
            del secret
            actual = f"more than {_MAX_FILE} bytes" if size > _MAX_FILE else f"{size} bytes that are not that"
            digits = f"at least {2 * _MIN_KEY} hex digits, two for each byte, which differ, and perhaps a newline"
            raise _bad_file(path, digits, actual)
        return cls(secret)

    def frame_keys(
        self, client_hello: bytes, server_hello: bytes, *, key_id: str | None = None
    ) -> tuple[FrameKey, FrameKey]:
        """
        Return the keys of one connection: of client to server, and of server to client.

        Args:
            client_hello: The payload of the client's Hello, as sent.
            server_hello: The payload of the server's.
            key_id: Which of `ids` they agreed on, else `FieldError`; ``None``
                is the first.
        """
        self._position(key_id)
        salt = hashlib.sha256(client_hello + server_hello).digest()
        to_server = hkdf_sha256(self.__secret, salt=salt, info=_CLIENT_TO_SERVER)
        to_client = hkdf_sha256(self.__secret, salt=salt, info=_SERVER_TO_CLIENT)
        return FrameKey(to_server), FrameKey(to_client)

    def _position(self, key_id: str | None) -> int:
        if key_id is None:
            return 0
        if key_id not in self.ids:
            raise FieldError("invalid_value", ("key_id",), f"one of {', '.join(self.ids)}", quoted(key_id))
        return self.ids.index(key_id)


@final
class SharedKeys(SharedKey):
    """
    Several keys instead of one, so that a key can be replaced while connections go on.

    Of the keys that both ends hold, the first of the server's counts; with a
    peer that names none the first.  To replace a key, give the server the new
    and the old one, then each client the new one, then take the old one away.

    Args:
        keys: 1 to 16 different ones, the preferred first.

    Raises:
        FieldError: The number is 0 or too large, one is not a `SharedKey`, or
            one comes twice.
    """

    __slots__ = ("__keys",)

    def __init__(self, keys: Iterable[SharedKey]) -> None:
        if isinstance(keys, (SharedKey, str, bytes, bytearray)) or not isinstance(keys, Iterable):
            raise FieldTypeError("wrong_type", ("keys",), "several keys", type(keys).__name__)
        self.__keys: Final = tuple(keys)
        if not 1 <= len(self.__keys) <= _MAX_KEYS:
            raise FieldError("out_of_range", ("keys",), f"1 to {_MAX_KEYS} keys", f"{len(self.__keys)} keys")
        for index, key in enumerate(self.__keys):
            if type(key) is not SharedKey:
                raise FieldTypeError("wrong_type", ("keys", index), "a SharedKey", type(key).__name__)
        self.ids = tuple(key_id for key in self.__keys for key_id in key.ids)
        for index, key_id in enumerate(self.ids):
            if key_id in self.ids[:index]:
                raise FieldError("invalid_value", ("keys", index), "different keys", f"{key_id} again")

    @classmethod
    def from_hex(cls, /, *texts: str) -> Self:
        """Return the keys that *texts* spell, each for `SharedKey.from_hex`, which raises the same."""
        return cls(map(SharedKey.from_hex, texts))

    @classmethod
    def from_file(cls, /, *paths: str | os.PathLike[str]) -> Self:
        """Read the keys of several files, each with `SharedKey.from_file`, which raises the same."""
        return cls(map(SharedKey.from_file, paths))

    def frame_keys(
        self, client_hello: bytes, server_hello: bytes, *, key_id: str | None = None
    ) -> tuple[FrameKey, FrameKey]:
        """Return the keys of one connection, from that of *key_id*; see `SharedKey.frame_keys`."""
        return self.__keys[self._position(key_id)].frame_keys(client_hello, server_hello)


def _from_hex(text: bytes) -> bytes | None:
    # It raises nothing: an error would keep this frame, and with it the text.
    found = _HEX.fullmatch(text)
    return None if found is None else bytes.fromhex(found[1].decode("ascii"))


def _bad_file(path: str | os.PathLike[str], expected: str, actual: str) -> ConfigError:
    return ConfigError(message=f"key file {os.fspath(path)!r}: expected {expected}, got {actual}")
