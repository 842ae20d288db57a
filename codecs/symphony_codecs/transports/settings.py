"""
Settings of transports from a TOML file and from the environment.

A file has one table for each transport, by its name in snake case, with the
fields of `TransportProfile` as keys::

    [unix_socket]
    formats = ["json", "cbor"]
    heartbeat = 2.5

The names of environment variables hold both in capitals, and commas separate
the items of a list: ``SYMPHONY_UNIX_SOCKET_FORMATS=json,cbor``.  Every variable
that begins with ``SYMPHONY_`` and a transport counts as a setting, so a
misspelt one is refused rather than ignored.
"""

from __future__ import annotations

import functools
import os

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypedDict

import attrs

from symphony_types.checks import FieldError, describe
from symphony_types.errors import ConfigError
from symphony_types.message.ipc import TransportType

from ..errors import DecodeError
from ..formats.toml import FORMAT
from ..registry import make_codec
from .names import PROFILED
from .profile import ProfileChanges, TransportProfile


__all__ = ["FILE_VARIABLE", "Override", "read_environ", "read_file", "read_tables"]

FILE_VARIABLE: Final = "SYMPHONY_TRANSPORTS_FILE"
"""The environment variable that names the file, unless the caller does."""

_PREFIXES: Final = {f"SYMPHONY_{transport.name}_": transport for transport in TransportType}
_FIELDS: Final = attrs.fields_dict(TransportProfile)
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False}


class _Document(TypedDict, total=False):
    unix_socket: ProfileChanges
    stdio: ProfileChanges
    tcp: ProfileChanges
    websocket: ProfileChanges
    http: ProfileChanges
    in_process: ProfileChanges
    named_pipe: Any  # known, and refused
    shared_memory: Any


@attrs.frozen(kw_only=True)
class Override:
    """
    One setting that replaces a default.

    Args:
        transport: The transport it applies to.
        setting: The field of `TransportProfile`.
        value: The new value.
        source: Where it comes from: ``file /etc/transports.toml``,
            ``environment SYMPHONY_TCP_CHECKSUM``, ``code``.
        reason: The reason, if the source gives one.
    """

    transport: TransportType
    setting: str
    value: Any
    source: str
    reason: str = ""


def read_file(path: str | os.PathLike[str]) -> list[Override]:
    """
    Return the settings in a TOML file, in its order.

    Raises:
        ConfigError: The file cannot be read, is not TOML, or has an unknown
            table or key or a value of a wrong type; the text lists all of
            these.
    """
    source = f"file {os.fspath(path)}"
    return [
        Override(transport=transport, setting=setting, value=value, source=source)
        for transport, settings in read_tables(path, _Document).items()
        for setting, value in settings.items()
    ]


def read_tables(path: str | os.PathLike[str], document_type: Any) -> dict[TransportType, Mapping[str, Any]]:
    """
    Return the tables of a TOML file that has one for each transport, in the file's order.

    Args:
        path: The file.
        document_type: A `TypedDict` of the tables by the names of transports; other tables are refused.

    Raises:
        ConfigError: The file cannot be read, is not TOML, or is not of that type; the text lists all issues.
    """
    source = f"file {os.fspath(path)}"
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"{source}: expected a readable file, got {error.strerror or error}") from error
    try:
        document = _reader(document_type)(text)
    except DecodeError as error:
        raise ConfigError(f"{source}: {error.reason}") from error
    tables = {TransportType[table.upper()]: settings for table, settings in document.items()}
    for transport in tables:
        _check(transport, source)
    return tables


def _check(transport: TransportType, source: str) -> None:
    try:
        PROFILED.check(transport)
    except FieldError as error:
        raise ConfigError(f"{source}: {error}") from error


@functools.cache
def _reader(document_type: Any) -> Callable[[bytes], Mapping[str, Any]]:
    reader: Callable[[bytes], Mapping[str, Any]] = (
        make_codec(FORMAT).with_options(unknown_fields="forbid").decoder(document_type)
    )
    return reader


def read_environ(environ: Mapping[str, str]) -> list[Override]:
    """
    Return the settings in the environment, sorted by name of variable.

    Raises:
        ConfigError: A variable does not name a setting, or its text does not
            fit the setting's type.
    """
    return list(_overrides(environ))


def _overrides(environ: Mapping[str, str]) -> Iterator[Override]:
    prefixes = tuple(_PREFIXES)
    for variable in sorted(name for name in environ if name.startswith(prefixes)):
        for prefix, transport in _PREFIXES.items():
            if variable.startswith(prefix):
                source = f"environment {variable}"
                _check(transport, source)
                setting = variable.removeprefix(prefix).lower()
                if setting not in _FIELDS:
                    raise ConfigError(f"{source}: expected a setting of {', '.join(_FIELDS)}, got {setting}")
                try:
                    value = _PARSERS[setting](environ[variable].strip())
                except ValueError as error:
                    raise ConfigError(f"{source}: {error}") from error
                yield Override(transport=transport, setting=setting, value=value, source=source)


def _names(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",")) if text else ()


def _integer(text: str) -> int:
    # int() alone would also accept non-ASCII digits and underscores.
    if not (text.isascii() and text.isdecimal() and len(text) <= 20):
        raise ValueError(f"expected an integer of at most 20 digits, got {describe(text)}")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"expected a number, got {describe(text)}") from None


def _truth(text: str) -> bool:
    try:
        return _TRUTH[text.lower()]
    except KeyError:
        raise ValueError(f"expected true, false, 1 or 0, got {describe(text)}") from None


_PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "framing": str,
    "formats": _names,
    "max_payload": _integer,
    "max_message": _integer,
    "checksum": _truth,
    "compressions": _names,
    "compress_over": _integer,
    "heartbeat": _number,
    "routed": _truth,
    "reason": str,
}
