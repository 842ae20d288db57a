"""The policy: its defaults, the order of its sources, and its explanations."""

from __future__ import annotations

import pickle

from pathlib import Path
from typing import Any

import attrs
import pytest

from symphony_codecs import transports
from symphony_codecs.transports import Choice, FormatPolicy, TransportProfile
from symphony_types import ConfigError, FieldError
from symphony_types.message.ipc import TransportType


OWN = ("msgpack-compact", "msgpack", "cbor", "json")
FOREIGN = ("msgpack", "cbor", "json", "msgpack-compact")
SETTINGS = [field.name for field in attrs.fields(TransportProfile) if field.name != "reason"]


def _choice(policy: FormatPolicy, transport: TransportType, setting: str) -> Choice:
    return next(choice for choice in policy.explain(transport) if choice.setting == setting)


@pytest.mark.parametrize(
    ("transport", "framing", "formats", "checksum", "heartbeat", "max_payload"),
    [
        (TransportType.UNIX_SOCKET, "native", OWN, False, 5.0, 1_048_576),
        (TransportType.STDIO, "newline", ("json",), False, 0.0, 1_048_576),
        (TransportType.TCP, "native", FOREIGN, True, 5.0, 1_048_576),
        (TransportType.WEBSOCKET, "native", FOREIGN, True, 0.0, 1_047_552),
        (TransportType.HTTP, "none", ("json", "msgpack", "cbor"), False, 0.0, 1_048_576),
        (TransportType.IN_PROCESS, "native", ("msgpack-compact",), False, 0.0, 1_048_576),
    ],
)
def test_defaults(
    transport: TransportType,
    framing: Any,
    formats: tuple[str, ...],
    checksum: bool,
    heartbeat: float,
    max_payload: int,
) -> None:
    """The defaults are those in the guide, and each has a reason and codecs."""
    policy = FormatPolicy.default()
    profile = policy.profile(transport)

    assert profile == TransportProfile(
        framing=framing, formats=formats, checksum=checksum, heartbeat=heartbeat, max_payload=max_payload
    )
    assert profile.reason
    assert tuple(codec.name for codec in profile.codecs()) == formats
    choices = policy.explain(transport)
    assert [choice.setting for choice in choices] == SETTINGS
    assert all(choice.source == "default" and choice.reason for choice in choices)
    assert all(choice.value == getattr(profile, choice.setting) for choice in choices)


def test_changes_in_code_leave_the_first_policy_as_it_is() -> None:
    """A changed policy is another object, and the caller's list may change without affecting it."""
    formats = ["json"]
    first = FormatPolicy.default()

    second = first.with_profile(TransportType.TCP, formats=formats, checksum=False)  # type: ignore[typeddict-item]
    formats.append("cbor")

    assert first.profile(TransportType.TCP).formats == FOREIGN
    profile = second.profile(TransportType.TCP)
    assert (profile.formats, profile.checksum, profile.heartbeat) == (("json",), False, 5.0)
    assert profile.reason == "set by code"
    assert second.profile(TransportType.UNIX_SOCKET) == first.profile(TransportType.UNIX_SOCKET)


def test_a_policy_is_a_value() -> None:
    """Policies with the same settings are equal, hash alike and pickle."""
    policy = FormatPolicy.load(environ={"SYMPHONY_TCP_FORMATS": "json"}).with_profile(TransportType.TCP, heartbeat=1)

    assert FormatPolicy() == FormatPolicy.default() != policy
    assert policy == pickle.loads(pickle.dumps(policy))
    assert len({policy, pickle.loads(pickle.dumps(policy))}) == 1


@pytest.fixture(name="layered")
def _layered(tmp_path: Path) -> tuple[Path, FormatPolicy]:
    path = tmp_path / "transports.toml"
    path.write_text("[tcp]\nformats = ['cbor']\nmax_message = 4194304\nheartbeat = 1\ncompress_over = 9\n")
    environ = {
        "SYMPHONY_TRANSPORTS_FILE": str(path),
        "SYMPHONY_TCP_HEARTBEAT": "2",
        "SYMPHONY_TCP_COMPRESS_OVER": "10",
        "HOME": "/",
    }
    policy = FormatPolicy.load(environ=environ).with_profile(TransportType.TCP, compress_over=11)
    return path, policy


def test_the_later_source_wins(layered: tuple[Path, FormatPolicy]) -> None:
    """Default, file, environment, code: each overrides the ones before, setting by setting."""
    path, policy = layered
    profile = policy.profile(TransportType.TCP)

    assert profile.checksum is True
    assert (profile.formats, profile.max_message) == (("cbor",), 4_194_304)
    assert (profile.heartbeat, profile.compress_over) == (2.0, 11)
    assert profile.reason == (
        f"set by file {path}, environment SYMPHONY_TCP_COMPRESS_OVER, environment SYMPHONY_TCP_HEARTBEAT, code"
    )


@pytest.mark.parametrize(
    ("setting", "value", "source", "reason"),
    [
        ("checksum", True, "default", "TCP's 16-bit checksum misses some damage"),
        ("formats", ("cbor",), "file {path}", "in place of msgpack, cbor, json, msgpack-compact, default"),
        ("heartbeat", 2.0, "environment SYMPHONY_TCP_HEARTBEAT", "in place of 1.0, file {path}"),
        ("compress_over", 11, "code", "in place of 10, environment SYMPHONY_TCP_COMPRESS_OVER"),
    ],
)
def test_explained(setting: str, value: Any, source: str, reason: str, layered: tuple[Path, FormatPolicy]) -> None:
    """Each setting has its value, its source, and the value it replaced."""
    path, policy = layered
    choice = _choice(policy, TransportType.TCP, setting)

    assert choice.value == value
    assert choice.source == source.format(path=path)
    assert choice.reason.startswith(reason.format(path=path))


def test_a_source_may_give_its_reason(tmp_path: Path) -> None:
    """A reason applies to the settings of its own source on that transport, and to no others."""
    path = tmp_path / "t.toml"
    path.write_text("[tcp]\nreason = 'a slow line'\ncompressions = ['zlib']\n[unix_socket]\nchecksum = true\n")
    environ = {"SYMPHONY_TCP_CHECKSUM": "false"}

    policy = FormatPolicy.load(path, environ)

    assert _choice(policy, TransportType.TCP, "compressions").reason == "a slow line"
    assert policy.profile(TransportType.TCP).reason == "a slow line"
    assert _choice(policy, TransportType.TCP, "checksum").reason == "in place of True, default"
    assert _choice(policy, TransportType.UNIX_SOCKET, "checksum").reason == "in place of False, default"
    first = policy.with_profile(TransportType.TCP, heartbeat=1, reason="one")
    second = first.with_profile(TransportType.TCP, compress_over=1, reason="two")
    assert _choice(second, TransportType.TCP, "heartbeat").reason == "one"
    assert _choice(second, TransportType.TCP, "compress_over").reason == "two"


def test_choices_read_as_lines() -> None:
    """The text of a choice is ready to print."""
    policy = FormatPolicy.load(environ={"SYMPHONY_STDIO_MAX_MESSAGE": "2000000"})

    lines = [str(choice) for choice in policy.explain(TransportType.STDIO)]

    assert lines[1] == (
        "formats = json (default: child processes speak JSON lines: MCP, JSON-RPC, Symphony's own stdio transport)"
    )
    assert lines[3] == ("max_message = 2000000 (environment SYMPHONY_STDIO_MAX_MESSAGE: in place of 16777216, default)")
    assert lines[5].startswith("compressions = none (default: ")


def test_a_path_in_code_is_taken_instead_of_the_variable(tmp_path: Path) -> None:
    """The file that the caller names is read, not the one that the environment names."""
    path = tmp_path / "code.toml"
    path.write_text("[tcp]\ncompress_over = 7\n")

    policy = FormatPolicy.load(path, {"SYMPHONY_TRANSPORTS_FILE": str(tmp_path / "missing.toml")})

    assert policy.profile(TransportType.TCP).compress_over == 7


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without *environ*, the process's environment is used; an empty file name is ignored."""
    monkeypatch.setenv("SYMPHONY_TRANSPORTS_FILE", "")
    monkeypatch.setenv("SYMPHONY_UNIX_SOCKET_FORMATS", "json,cbor")

    assert FormatPolicy.load().profile(TransportType.UNIX_SOCKET).formats == ("json", "cbor")


def test_settings_that_need_each_other_may_come_from_both(tmp_path: Path) -> None:
    """Settings of file and environment are checked against each other only once both are read."""
    path = tmp_path / "t.toml"
    path.write_text("[unix_socket]\nframing = 'newline'\nheartbeat = 0\n")

    profile = FormatPolicy.load(path, {"SYMPHONY_UNIX_SOCKET_FORMATS": "json"}).profile(TransportType.UNIX_SOCKET)

    assert (profile.framing, profile.formats) == ("newline", ("json",))


@pytest.mark.parametrize(
    ("text", "environ", "message"),
    [
        (
            "[tcp]\nmax_payload = 5",
            {},
            "file {path}: expected an integer from 1024 to 4294967295, got 5 at tcp.max_pay",
        ),
        (
            "[tcp]\nmax_payload = 5",
            {"SYMPHONY_TCP_MAX_PAYLOAD": "4096"},
            "file {path}: expected an integer from 1024 to 4294967295, got 5 at tcp.max_payload",
        ),
        (
            "[stdio]\nformats = ['json']",
            {"SYMPHONY_STDIO_FORMATS": "json,cbor"},
            "SYMPHONY_STDIO_FORMATS: expected a format of text with newline framing, got cbor at stdio.formats[1]",
        ),
        (
            "[tcp]\nframing = 'newline'",
            {"SYMPHONY_TCP_FORMATS": "json"},
            "file {path}, environment SYMPHONY_TCP_FORMATS: expected False with newline framing, got True at tcp.chec",
        ),
        ("", {"SYMPHONY_TCP_MAX_MESSAGE": "2000"}, "expected at least the 1048576 bytes of max_payload, got 2000"),
        ("", {"SYMPHONY_TCP_FORMATS": ""}, "SYMPHONY_TCP_FORMATS: expected at least one format, got none at tcp.form"),
        ("", {"SYMPHONY_TCP_FORMATS": "json,,cbor"}, "expected a non-empty string, got str '' at tcp.formats[1]"),
        ("", {"SYMPHONY_TCP_HEARTBEAT": "nan"}, "expected a number from 0 to 86400, got nan at tcp.heartbeat"),
        ("", {"SYMPHONY_TCP_COMPRESSIONS": "gzip"}, "expected 'zlib' or 'zstd', got str 'gzip' at tcp.compressions[0]"),
        ("", {"SYMPHONY_TCP_FRAMING": "lines"}, "SYMPHONY_TCP_FRAMING: expected 'native' or 'cbor-sequence' or "),
        ("[http]\nframing = 'native'", {}, "file {path}: expected none over Http, got str 'native' at http.framing"),
        ("[websocket]\nframing = 'newline'", {}, "file {path}: expected "),
        ("[tcp]\nfoo = 1", {}, "file {path}: unknown field 'foo' at $.tcp"),
    ],
)
def test_invalid_settings_are_config_errors(text: str, environ: dict[str, str], message: str, tmp_path: Path) -> None:
    """The error names the file or variable at fault, the setting, and the expected and actual value."""
    path = tmp_path / "t.toml"
    path.write_text(text)

    with pytest.raises(ConfigError) as caught:
        FormatPolicy.load(path, environ)

    assert message.format(path=path) in str(caught.value)


@pytest.mark.parametrize(
    ("transport", "changes", "error", "message"),
    [
        (TransportType.STDIO, {"formats": ("cbor",)}, FieldError, r"got cbor at formats\[0\]"),
        (TransportType.UNIX_SOCKET, {"framing": "none", "heartbeat": 0}, FieldError, "expected native or cbor-seq"),
        (TransportType.HTTP, {"framing": "newline"}, FieldError, "expected none over Http, got str 'newline' at"),
        (
            TransportType.WEBSOCKET,
            {"framing": "length-prefixed", "checksum": False},
            FieldError,
            "expected native or none over WebSocket, got str 'length-prefixed'",
        ),
        (TransportType.TCP, {"format": "json", "x": 1}, TypeError, "expected settings of framing, .*, got format, x"),
        ("tcp", {"formats": ("json",)}, FieldError, "expected a TransportType, got str 'tcp' at transport"),
    ],
)
def test_invalid_changes_in_code_raise_at_once(
    transport: Any, changes: Any, error: type[Exception], message: str
) -> None:
    """An invalid value is refused where it is set, not where it is used."""
    with pytest.raises(error, match=message):
        FormatPolicy.default().with_profile(transport, **changes)


@pytest.mark.parametrize("transport", ["tcp", None, 3])
def test_only_transports_have_profiles(transport: Any) -> None:
    """A name instead of a transport is an error that says so."""
    with pytest.raises(FieldError, match="expected a TransportType"):
        FormatPolicy.default().profile(transport)
    with pytest.raises(FieldError, match="expected a TransportType"):
        FormatPolicy.default().explain(transport)


def test_the_package_has_its_names() -> None:
    """Names are sorted, unique, found, and those of the modules behind them."""
    assert list(transports.__all__) == sorted(set(transports.__all__))
    assert set(transports.__all__) <= set(dir(transports))
    for name in transports.__all__:
        assert getattr(transports, name).__module__.startswith("symphony_codecs.transports.")
