"""Options and output that the commands over channels share: how to talk to a URL, and how a message is shown."""

from __future__ import annotations

import contextlib
import json

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, cast

import attrs

from cyclopts import Parameter

from symphony_types.checks import FieldError
from symphony_types.errors import ConfigError, SymphonyError
from symphony_types.message.ipc import TransportType
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse

from ..channels._options import DEFAULT_MESSAGE
from ..channels.endpoint import Endpoint
from ..channels.errors import UnsupportedTransportError
from ..errors import UnknownCodecError
from ..framing.auth import SharedKey, SharedKeys
from ..framing.framings import framing_names, get_framing
from ..registry import codec_names, get_codec
from ..transports.policy import FormatPolicy
from ..transports.profile import ProfileChanges, TransportProfile
from ._several import COMMAS
from .errors import FailedError, UsageError


__all__ = ["Wire", "WireFlags", "as_line", "failures"]

_BARE: Final[Any] = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse


@Parameter(name="*")
@attrs.frozen(kw_only=True)
class WireFlags:
    """
    How messages travel.

    Args:
        format_: The formats to offer, the best first, with commas between them; see symphony formats.
        framing: native, cbor-sequence, content-length, json-sequence, length-prefixed, msgpack-sequence or newline; in
            all but the first, messages are bare JSON-RPC.
        key_file: The key that both ends share, in hex, in a file that its owner alone may read. May be repeated, the
            preferred one first: a server takes a new key and the old one while its clients change.
        policy: Settings of transports, in TOML; by default what SYMPHONY_TRANSPORTS_FILE names.
    """

    format_: Annotated[tuple[str, ...], COMMAS, Parameter(name="--format", metavar="FORMAT,...")] = ()
    framing: Annotated[str | None, Parameter(metavar="FRAMING")] = None
    key_file: Annotated[tuple[Path, ...], Parameter(metavar="FILE")] = ()
    policy: Annotated[Path | None, Parameter(metavar="FILE")] = None


@attrs.frozen(kw_only=True)
class Wire:
    """
    The settings that follow from the flags for one URL.

    Args:
        url: The URL, without what is secret in it.
        profile: Framing, formats and limits.
        key: The key that both ends share.
        as_type: What messages are where nobody says so.
    """

    url: str
    profile: TransportProfile
    key: SharedKey | None
    as_type: Any

    @classmethod
    def of(cls, url: str, flags: WireFlags) -> Wire:
        """
        Read *flags* for a channel to or at *url*.

        Raises:
            UsageError: They cannot be had, or not together.
        """
        with failures():
            endpoint = Endpoint.parse(url)
            profile = _profile(endpoint.transport, flags)
            profile.codecs()
            key = SharedKeys.from_file(*flags.key_file) if flags.key_file else None
        as_type = DEFAULT_MESSAGE if profile.framing == "native" else _BARE
        return cls(url=endpoint.url, profile=profile, key=key, as_type=as_type)

    @property
    def is_bare(self) -> bool:
        """Whether messages go without an envelope."""
        return self.profile.framing != "native"


def _profile(transport: TransportType, flags: WireFlags) -> TransportProfile:
    policy = FormatPolicy.load(flags.policy)
    before = policy.profile(transport)
    changes: dict[str, Any] = {}
    if flags.framing is not None and flags.framing != before.framing:
        changes["framing"] = flags.framing
        if flags.framing == "native":
            changes["formats"] = policy.profile(TransportType.UNIX_SOCKET).formats
        else:
            # Things of native frames alone, and what everyone reads who reads the framing.
            changes.update(
                formats=(_format_of(flags.framing),), checksum=False, compressions=(), heartbeat=0.0, routed=False
            )
    if flags.format_:
        changes["formats"] = flags.format_
    return policy.with_profile(transport, **cast("ProfileChanges", changes)).profile(transport)


def _format_of(framing: str) -> str:
    fitting = get_framing(framing).documents if framing in framing_names() else "any"
    return fitting if fitting in codec_names() else "json"


@contextlib.contextmanager
def failures() -> Iterator[None]:
    """Turn what goes wrong with channels into a `UsageError`, for how one was asked for, or a `FailedError`."""
    try:
        yield
    except ConfigError as exc:
        raise UsageError(exc.message) from exc
    except UnsupportedTransportError as exc:
        raise UsageError(exc.reason) from exc
    except (FieldError, UnknownCodecError) as exc:
        raise UsageError(str(exc)) from exc
    except SymphonyError as exc:
        raise FailedError(str(exc)) from exc


def as_line(message: object, as_type: Any = None) -> str:
    """
    Return *message* as one line of JSON that no terminal obeys.

    Raises:
        EncodeError: JSON cannot say it.
    """
    text = get_codec("json").encode(message, as_type).decode()
    # What cannot be printed stands in strings alone.
    return text if text.isprintable() else "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
