"""Settings from files and from the environment, and the ways in which they can be invalid."""

from __future__ import annotations

import contextlib
import re

from pathlib import Path
from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_codecs.recommend import Link, parse_link, read_links
from symphony_codecs.transports import FormatPolicy, settings
from symphony_codecs.transports.names import TRANSPORTS, find_transport, transport_name
from symphony_codecs.transports.profile import TransportProfile
from symphony_codecs.transports.settings import Override, read_environ, read_file
from symphony_types import ConfigError, FieldError
from symphony_types.message.ipc import TransportType


EVERYTHING = """
[unix_socket]
framing = "length-prefixed"
formats = ["json", "cbor"]
max_payload = 4_096
max_message = 65536
checksum = false
compressions = ["zstd", "zlib"]
compress_over = 100
heartbeat = 2.5
reason = "as it was"

[stdio]
formats = []
[in_process]
heartbeat = 3
"""


def _file(folder: Path, text: str | bytes) -> Path:
    path = folder / "transports.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_file_sets_every_field(tmp_path: Path) -> None:
    """There is a table for each transport, a key for each field, and values have TOML's types."""
    path = _file(tmp_path, EVERYTHING)

    found = read_file(path)

    assert {override.source for override in found} == {f"file {path}"}
    assert [(override.transport, override.setting, override.value) for override in found] == [
        (TransportType.UNIX_SOCKET, "framing", "length-prefixed"),
        (TransportType.UNIX_SOCKET, "formats", ("json", "cbor")),
        (TransportType.UNIX_SOCKET, "max_payload", 4096),
        (TransportType.UNIX_SOCKET, "max_message", 65536),
        (TransportType.UNIX_SOCKET, "checksum", False),
        (TransportType.UNIX_SOCKET, "compressions", ("zstd", "zlib")),
        (TransportType.UNIX_SOCKET, "compress_over", 100),
        (TransportType.UNIX_SOCKET, "heartbeat", 2.5),
        (TransportType.UNIX_SOCKET, "reason", "as it was"),
        (TransportType.STDIO, "formats", ()),
        (TransportType.IN_PROCESS, "heartbeat", 3.0),
    ]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_transport_has_a_table_and_a_prefix(transport: TransportType, tmp_path: Path) -> None:
    """The table is the transport's name in snake case, the variable's prefix the same in capitals."""
    name = transport.name.lower()
    path = _file(tmp_path, f"[{name}]\nmax_message = 2048\n")

    assert [(o.transport, o.value) for o in read_file(path)] == [(transport, 2048)]
    assert read_environ({f"SYMPHONY_{name.upper()}_MAX_MESSAGE": "2048"}) == [
        Override(
            transport=transport,
            setting="max_message",
            value=2048,
            source=f"environment SYMPHONY_{name.upper()}_MAX_MESSAGE",
        )
    ]


@pytest.mark.parametrize(
    ("transport", "instead"),
    [
        (TransportType.NAMED_PIPE, "unix_socket or tcp"),
        (TransportType.SHARED_MEMORY, "unix_socket, or in_process within one process"),
    ],
)
def test_transports_without_a_profile_name_alternatives(transport: TransportType, instead: str, tmp_path: Path) -> None:
    """In a file, in the environment, by name and in code, the error says what to use instead."""
    name = transport_name(transport)
    says = re.escape(f"expected {instead} in its place, got {name}")
    path = _file(tmp_path, f"[{name}]\nmax_message = 2048\n")

    with pytest.raises(ConfigError, match=f"file .*: {says}"):
        FormatPolicy.load(path, {})
    with pytest.raises(ConfigError, match=f"file .*: {says}"):
        read_links(path)
    with pytest.raises(ConfigError, match=f"environment SYMPHONY_{transport.name}_FORMATS: {says}"):
        FormatPolicy.load(environ={f"SYMPHONY_{transport.name}_FORMATS": "json"})
    with pytest.raises(LookupError, match=says):
        find_transport(transport.value)
    with pytest.raises(ValueError, match=says):
        parse_link(f"{name}=1Gbit")
    for ask in (
        FormatPolicy.default().profile,
        FormatPolicy.default().explain,
        FormatPolicy.default().with_profile,
        lambda transport: Link(transport=transport, bandwidth=1e9, latency=0, readers=("people",)),
    ):
        with pytest.raises(FieldError, match=f"{says} at transport"):
            ask(transport)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tpc]\nchecksum = true", "unknown field 'tpc'"),
        ("[tcp]\nformat = ['json']", "unknown field 'format' at $.tcp"),
        ("tcp = 3", "expected a map, got 3 at $.tcp"),
        ("[tcp]\nformats = 'json'", "expected an array, got str 'json' at $.tcp.formats"),
        ("[tcp]\nformats = [1]", "got 1 at $.tcp.formats[0]"),
        ("[tcp]\nmax_payload = '4096'", "expected an integer, got str '4096' at $.tcp.max_payload"),
        ("[tcp]\nmax_payload = 4096.0", "at $.tcp.max_payload"),
        ("[tcp]\nchecksum = 1", "at $.tcp.checksum"),
        ("[tcp]\nframing = 'netstring'", "got str 'netstring' at $.tcp.framing"),
        ("[tcp]\ncompressions = ['gzip']", "got str 'gzip' at $.tcp.compressions[0]"),
        ("[tcp]\nreason = 5\nchecksum = 2", "2 issues: "),
        ("[tcp", "expected ']'"),
        ("[tcp]\n[tcp]\n", "tcp"),
        (b"[tcp]\nreason = '\xff'", "expected UTF-8, got byte 0xff"),
        ("a = " + "[" * 100_000, "at most 127 arrays and maps inside each other"),
    ],
)
def test_a_wrong_file_is_named(text: str | bytes, message: str, tmp_path: Path) -> None:
    """The error has the file, the key, and the expected and actual value."""
    path = _file(tmp_path, text)

    with pytest.raises(ConfigError) as caught:
        read_file(path)

    assert str(caught.value).startswith(f"Configuration error: file {path}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_a_file_that_cannot_be_read_is_named(kind: str, tmp_path: Path) -> None:
    """A missing file does not count as an empty one."""
    path = tmp_path / "none.toml" if kind == "missing" else tmp_path

    with pytest.raises(ConfigError, match=f"file {path}: expected a readable file, got "):
        read_file(path)


def test_a_file_cut_off_anywhere_is_read_or_refused(tmp_path: Path) -> None:
    """Any prefix of a file is read, or raises `ConfigError`."""
    whole = [(override.transport, override.setting) for override in read_file(_file(tmp_path, EVERYTHING))]

    for end in range(len(EVERYTHING)):
        path = _file(tmp_path, EVERYTHING[:end])
        try:
            found = [(override.transport, override.setting) for override in read_file(path)]
        except ConfigError as error:
            assert f"file {path}: " in str(error)  # noqa: PT017 - some of the prefixes are valid files
        else:
            assert found == whole[: len(found)]


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        ("FORMATS", "json", ("json",)),
        ("FORMATS", " json , cbor ", ("json", "cbor")),
        ("COMPRESSIONS", "", ()),
        ("COMPRESSIONS", "zstd,zlib", ("zstd", "zlib")),
        ("FRAMING", "newline", "newline"),
        ("MAX_PAYLOAD", "4096", 4096),
        ("MAX_MESSAGE", " 18446744073709551615\n", 2**64 - 1),
        ("COMPRESS_OVER", "0", 0),
        ("CHECKSUM", "true", True),
        ("CHECKSUM", "False", False),
        ("CHECKSUM", "1", True),
        ("CHECKSUM", "0", False),
        ("HEARTBEAT", "2.5", 2.5),
        ("HEARTBEAT", "0", 0.0),
        ("REASON", "the firewall", "the firewall"),
    ],
)
def test_texts_of_the_environment(setting: str, text: str, value: Any) -> None:
    """Lists are separated by commas, numbers are ASCII, booleans are true, false, 1 or 0."""
    [found] = read_environ({f"SYMPHONY_TCP_{setting}": text})

    assert (found.setting, found.value) == (setting.lower(), value)
    assert type(found.value) is type(value)


def test_every_setting_can_be_in_the_environment() -> None:
    """Each field of a profile has a parser."""
    assert list(settings._PARSERS) == [field.name for field in attrs.fields(TransportProfile)]


@pytest.mark.parametrize(
    ("setting", "text", "message"),
    [
        ("FORMAT", "json", "expected a setting of framing, formats, .*, reason, got format"),
        ("", "json", "expected a setting of "),
        ("MAX_PAYLOAD", "4096 bytes", "expected an integer of at most 20 digits, got str '4096 bytes'"),
        ("MAX_PAYLOAD", "", "got str ''"),
        ("MAX_PAYLOAD", "-1", "got str '-1'"),
        ("MAX_PAYLOAD", "4_096", "got str '4_096'"),
        ("MAX_PAYLOAD", "\u0664", "got str '\u0664'"),
        ("MAX_PAYLOAD", "9" * 5000, "got str '9{80}...'"),
        ("CHECKSUM", "yes", "expected true, false, 1 or 0, got str 'yes'"),
        ("HEARTBEAT", "5s", "expected a number, got str '5s'"),
    ],
)
def test_a_wrong_variable_is_named(setting: str, text: str, message: str) -> None:
    """The error has the variable, and the expected and actual value."""
    with pytest.raises(ConfigError, match=f"environment SYMPHONY_TCP_{setting}: .*{message}"):
        read_environ({f"SYMPHONY_TCP_{setting}": text})


def test_other_variables_are_ignored() -> None:
    """Only variables that begin with a transport's prefix are settings."""
    others = {"SYMPHONY_HOME": "/x", "SYMPHONY_TCPDUMP": "1", "symphony_tcp_framing": "x", "TCP_FRAMING": "x"}

    assert read_environ({**others, "SYMPHONY_TRANSPORTS_FILE": "/nowhere"}) == []


@given(st.dictionaries(st.sampled_from([f"SYMPHONY_TCP_{name.upper()}" for name in settings._PARSERS]), st.text()))
def test_any_text_is_read_or_refused(environ: dict[str, str]) -> None:
    """Any environment is read, or raises `ConfigError`."""
    with contextlib.suppress(ConfigError):
        assert len(read_environ(environ)) == len(environ)
