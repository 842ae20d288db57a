"""`Link`: how fast a transport is, and what reads it."""

from __future__ import annotations

import os

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias, TypedDict, get_args

import attrs

from symphony_types.checks import Each, FieldError, FloatRange, InstanceOf, OneOf, Text, as_float, as_tuple, describe
from symphony_types.errors import ConfigError
from symphony_types.message.ipc import TransportType

from ..transports.names import PROFILED, find_transport, transport_name
from ..transports.settings import read_tables
from .units import is_speed, is_time, parse_speed, parse_time


__all__ = ["Goal", "Link", "Reader", "default_links", "parse_link", "read_links"]

Reader: TypeAlias = Literal["same-release", "other-releases", "browser", "people"]
Goal: TypeAlias = Literal["latency", "throughput"]

READERS: Final[tuple[Reader, ...]] = get_args(Reader)
GOALS: Final[tuple[Goal, ...]] = get_args(Goal)


@attrs.frozen(kw_only=True)
class Link:
    """
    A transport as messages meet it.

    Args:
        transport: The transport.
        bandwidth: Bits per second that it carries, at least 1.
        latency: Seconds that a message is on its way beside them; the same for every format.
        readers: The kinds of readers, one at least: ``same-release`` (the same version of the classes, Rust's or
            Python's), ``other-releases`` of them, a ``browser``, or ``people``.
        formats: Names of the formats that the readers have; none: those that such readers have as a rule.
        compress: Whether messages may be compressed.  The length of a compressed message tells of secrets in it.
        goal: ``latency``, the time for one message, or ``throughput``, the time between two of a stream.
        overlaps: Whether a message is encoded or decoded while another one is sent, so that of a stream's stages the
            slowest counts; not within one process.
        source: Where the figures come from, for people.

    Raises:
        FieldError: A value is out of its range.
    """

    transport: TransportType = attrs.field(validator=PROFILED)
    bandwidth: float = attrs.field(converter=as_float, validator=FloatRange(1.0))
    latency: float = attrs.field(converter=as_float, validator=FloatRange(0.0))
    readers: tuple[Reader, ...] = attrs.field(converter=as_tuple, validator=Each(OneOf(READERS), unique=True))
    formats: tuple[str, ...] = attrs.field(
        default=(), converter=as_tuple, validator=Each(Text(1, 64, name="the name of a format"), unique=True)
    )
    compress: bool = attrs.field(default=True, validator=InstanceOf((bool,), "a bool"))
    goal: Goal = attrs.field(default="latency", validator=OneOf(GOALS))
    overlaps: bool = attrs.field(default=True, validator=InstanceOf((bool,), "a bool"))
    source: str = attrs.field(default="", eq=False, validator=InstanceOf((str,), "a string"))

    def __attrs_post_init__(self) -> None:
        if not self.readers:
            raise FieldError("invalid_value", ("readers",), "at least one reader", "none")


_SOCKET: Final = "assumed: what one core copies through the kernel to another process"
_HOUSEHOLD: Final = "assumed: a line of a household, and a server in the same country"
_MEMORY: Final = "assumed: what one core copies in memory"
_LINES: Final = (
    Link(
        transport=TransportType.UNIX_SOCKET,
        bandwidth=20e9,
        latency=20e-6,
        readers=("same-release",),
        source=_SOCKET,
    ),
    Link(
        transport=TransportType.STDIO,
        bandwidth=10e9,
        latency=20e-6,
        readers=("other-releases",),
        source="assumed: a pipe of 64 KiB, the default of Linux (pipe(7)), between two processes",
    ),
    Link(
        transport=TransportType.TCP,
        bandwidth=1e9,
        latency=200e-6,
        readers=("other-releases",),
        source="assumed: Gigabit Ethernet (IEEE 802.3ab) within a building",
    ),
    Link(
        transport=TransportType.WEBSOCKET,
        bandwidth=100e6,
        latency=20e-3,
        readers=("browser",),
        source=_HOUSEHOLD,
    ),
    Link(
        transport=TransportType.HTTP,
        bandwidth=100e6,
        latency=20e-3,
        readers=("browser",),
        source=_HOUSEHOLD,
    ),
    Link(
        transport=TransportType.IN_PROCESS,
        bandwidth=80e9,
        latency=0.0,
        readers=("same-release",),
        overlaps=False,
        source=_MEMORY,
    ),
)


def default_links() -> tuple[Link, ...]:
    """Return a description of each transport, with the assumptions that it makes in `Link.source`."""
    return _LINES


class _Table(TypedDict, total=False):
    bandwidth: str
    latency: str
    readers: tuple[Reader, ...]
    formats: tuple[str, ...]
    compress: bool
    goal: Goal
    source: str


class _Document(TypedDict, total=False):
    unix_socket: _Table
    stdio: _Table
    tcp: _Table
    websocket: _Table
    http: _Table
    in_process: _Table
    named_pipe: Any  # known, and refused
    shared_memory: Any


_PARSERS: Final[Mapping[str, Any]] = {"bandwidth": parse_speed, "latency": parse_time}


def read_links(path: str | os.PathLike[str], links: tuple[Link, ...] = _LINES) -> tuple[Link, ...]:
    """
    Return *links* with what a TOML file says of them.

    A table for each transport has ``bandwidth = "1 Gbit/s"``, ``latency = "0.2 ms"``, ``readers = ["other-releases"]``,
    ``formats = ["json"]``, ``compress = false``, ``goal = "throughput"`` and ``source``, each of them or not.

    Args:
        path: The file.
        links: The values for the other settings; `default_links` if not given.

    Raises:
        ConfigError: It cannot be read, is no TOML, or has a table, a key or a value that is not known.
    """
    found = {link.transport: link for link in links}
    where = f"file {os.fspath(path)}"
    for transport, table in read_tables(path, _Document).items():
        name = transport_name(transport)
        changes: dict[str, Any] = {"source": where}
        for key, value in table.items():
            try:
                changes[key] = _PARSERS[key](value) if key in _PARSERS else value
            except ValueError as error:
                raise ConfigError(f"{where}: {error} at {name}.{key}") from error
        try:
            found[transport] = attrs.evolve(found[transport], **changes)
        except FieldError as error:
            bad = FieldError(error.code, (name, *error.path), error.expected, error.actual)
            raise ConfigError(f"{where}: {bad}") from error
    return tuple(found.values())


def parse_link(text: str, links: tuple[Link, ...] = _LINES) -> Link:
    """
    Return the link that ``tcp=1Gbit,0.2ms,other-releases`` describes.

    Args:
        text: A transport, and behind it separated by commas a speed, a latency, readers, a goal, ``no-compression``,
            and ``formats=json+msgpack``, each of them or not, in any order.
        links: The values for the other settings.

    Raises:
        ValueError: The text is not a link; the message says what was expected.
    """
    name, separator, rest = text.partition("=")
    if not separator or not rest.strip():
        raise ValueError(f"expected a link such as tcp=1Gbit,0.2ms,other-releases, got {describe(text)}")
    try:
        transport = find_transport(name.strip())
    except LookupError as error:
        raise ValueError(str(error)) from error
    changes: dict[str, Any] = {"source": f"given as {text}"}
    for word in map(str.strip, rest.split(",")):
        key, value = _setting(word)
        if key == "readers":
            value = (*changes.get(key, ()), value)
        elif key in changes:
            raise ValueError(f"expected one {key}, got another: {describe(word)}")
        changes[key] = value
    try:
        return attrs.evolve(next(link for link in links if link.transport is transport), **changes)
    except FieldError as error:
        raise ValueError(f"{error} of {transport_name(transport)}") from error


def _setting(word: str) -> tuple[str, Any]:
    if is_speed(word):
        return "bandwidth", parse_speed(word)
    if is_time(word):
        return "latency", parse_time(word)
    if word in READERS:
        return "readers", word
    if word in GOALS:
        return "goal", word
    if word == "no-compression":
        return "compress", False
    if word.startswith("formats="):
        return "formats", tuple(word.removeprefix("formats=").split("+"))
    known = ", ".join((*READERS, *GOALS, "no-compression"))
    raise ValueError(
        f"expected a speed such as 1Gbit, a latency such as 0.2ms, formats=NAME+NAME, {known}, got {describe(word)}"
    )
