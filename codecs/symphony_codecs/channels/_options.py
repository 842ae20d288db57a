"""`Settings` of a channel, or of a server of channels; and `takes`, for functions that take them as keywords."""

from __future__ import annotations

import functools
import inspect
import math
import ssl

from collections.abc import Callable, Collection
from typing import Any, Final, Generic, TypeAlias, cast, get_type_hints

import attrs

from typing_extensions import TypeVar

from symphony_types.checks import FieldError, FieldTypeError, InstanceOf, IntRange, describe, optional
from symphony_types.message.envelope import MessageEnvelope
from symphony_types.message.ipc import TransportType
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse

from ..codec import Codec
from ..framing.auth import SharedKey
from ..framing.connection import Role
from ..transports.policy import FormatPolicy
from ..transports.profile import TransportProfile
from ._conversation import Conversation
from ._links import Link
from ._make_link import make_link
from .credentials import check_uids


__all__ = ["DEFAULT_MESSAGE", "Message", "Settings", "takes"]

Message: TypeAlias = MessageEnvelope[JsonRpcRequest | JsonRpcNotification | JsonRpcResponse]
"""The default type of messages."""

DEFAULT_MESSAGE: Final[Any] = Message

# Messages wait decoded; a hostile one then takes up to 80 times as much memory as its bytes.
_MAX_QUEUE_BYTES: Final = 4 * 1024 * 1024

M = TypeVar("M", default=Message)
F = TypeVar("F", bound=Callable[..., Any])
_COUNT: Final = IntRange(1, 2**31 - 1)


def _or_none(kind: type) -> Any:
    return optional(InstanceOf((kind,), f"a {kind.__name__}"))


def _check_timeout(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value is None:
        return
    if not isinstance(value, (int, float)):
        raise FieldTypeError("wrong_type", (attribute.name,), "a number of seconds", describe(value))
    if math.isnan(value):
        raise FieldError("out_of_range", (attribute.name,), "a number of seconds", describe(value))


def _check_max_idle(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    # infinity means unlimited; NaN fails the comparison
    if value is not None and not (type(value) in {int, float} and value > 0):  # type: ignore[operator]
        raise FieldError("out_of_range", (attribute.name,), "a number of seconds above 0", describe(value))


@attrs.frozen(kw_only=True)
class Settings(Generic[M]):
    """
    The settings of a channel, or of a server of channels: the options of `symphony_codecs.channels.options`.

    Args:
        as_type: The type of messages.
        max_queue_bytes: How many bytes of messages, as received, may wait
            before this end stops reading; ``None`` is four times the profile's
            ``max_message``, at most 4 MiB.  A single longer message is let in.

    Raises:
        FieldError: A setting has a wrong type or value.
    """

    as_type: Any = DEFAULT_MESSAGE
    policy: FormatPolicy | None = attrs.field(default=None, validator=_or_none(FormatPolicy))
    profile: TransportProfile | None = attrs.field(default=None, validator=_or_none(TransportProfile))
    codec: Codec | None = attrs.field(default=None, validator=_or_none(Codec))
    key: SharedKey | None = attrs.field(default=None, validator=_or_none(SharedKey))
    tls: ssl.SSLContext | None = None
    timeout: float | None = attrs.field(default=10.0, validator=_check_timeout)
    max_queue: int = attrs.field(default=64, validator=_COUNT)
    max_queue_bytes: int | None = attrs.field(default=None, validator=optional(IntRange(1, 2**63 - 1)))
    raw: bool = attrs.field(default=False, validator=InstanceOf((bool,), "a boolean"))
    mode: int = attrs.field(default=0o600, validator=IntRange(0, 0o777))
    allowed_uids: frozenset[int] | None = attrs.field(default=None, converter=check_uids)
    max_connections: int = attrs.field(default=1000, validator=_COUNT)
    max_connections_per_host: int | None = attrs.field(default=None, validator=optional(_COUNT))
    max_idle: float | None = attrs.field(default=None, validator=_check_max_idle)
    origins: Collection[str] = ()

    def profile_for(self, transport: TransportType) -> TransportProfile:
        """
        Return the profile to use over *transport*.

        Raises:
            ConfigError: The environment holds an invalid setting.
            FieldError: The framing cannot carry the codec's format.
        """
        profile = self.profile
        if profile is None:
            profile = (FormatPolicy.load() if self.policy is None else self.policy).profile(transport)
        return profile if self.codec is None else attrs.evolve(profile, formats=(self.codec.name,))

    def link(self, profile: TransportProfile, role: Role, *, codec: Codec | None = None) -> Link[M]:
        """Make the link of a new connection; the transport itself may have agreed on *codec*; see `make_link`."""
        return make_link(
            profile, self.as_type, role=role, key=self.key, raw=self.raw, codec=self.codec, preferred=codec
        )

    def conversation(self, profile: TransportProfile, role: Role, *, codec: Codec | None = None) -> Conversation[M]:
        """Make the conversation of a new connection; see `link`."""
        default = min(4 * profile.max_message, _MAX_QUEUE_BYTES)
        bound = default if self.max_queue_bytes is None else self.max_queue_bytes
        link = self.link(profile, role, codec=codec)
        return Conversation(link, max_queue=self.max_queue, max_queue_bytes=bound)


def takes(options: type) -> Callable[[F], F]:
    """
    Return a decorator for functions that take the keywords of *options*, a `TypedDict`.

    Their signature shows each keyword with its default instead of
    ``**options``, and an unknown keyword raises `TypeError`, as if the
    keywords were written out.
    """
    hints = get_type_hints(options)
    keywords = [
        inspect.Parameter(each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=hints[each.name])
        for each in attrs.fields(Settings)
        if each.name in hints
    ]

    def decorate(function: F) -> F:
        signature = inspect.signature(function)
        own = [each for each in signature.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
        shown = signature.replace(parameters=[*own, *keywords])

        @functools.wraps(function)
        def checked(*args: Any, **given: Any) -> Any:
            for name in given:
                if name not in shown.parameters:
                    raise TypeError(f"{function.__name__}() got an unexpected keyword argument {name!r}")
            return function(*args, **given)

        checked.__signature__ = shown  # type: ignore[attr-defined]
        return cast("F", checked)

    return decorate
