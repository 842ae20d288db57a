"""`ChannelOptions`: what a channel is asked for, and what follows from it; the same for both flavours."""

from __future__ import annotations

from typing import Any, Final, Generic, TypeAlias

import attrs

from typing_extensions import TypeVar

from symphony_types.checks import InstanceOf, IntRange, optional
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


__all__ = ["DEFAULT_MESSAGE", "ChannelOptions", "Message"]

Message: TypeAlias = MessageEnvelope[JsonRpcRequest | JsonRpcNotification | JsonRpcResponse]
"""What channels carry if nothing else is said."""

DEFAULT_MESSAGE: Final[Any] = Message

# Messages wait decoded, and a hostile one is up to 80 times as large then as on its way.
_MAX_QUEUE_BYTES: Final = 4 * 1024 * 1024

M = TypeVar("M", default=Message)


@attrs.frozen(kw_only=True)
class ChannelOptions(Generic[M]):
    """
    What a channel is asked for.

    Args:
        as_type: The type of messages.
        policy: Where the profile comes from; ``None`` is `FormatPolicy.load`,
            the defaults with what the environment sets.
        profile: The profile itself, whatever the policy says.
        codec: An own codec, whose format is then the only one.
        key: The key that both ends share.
        max_queue: How many messages wait to be received before no more are
            read; at least 1.
        max_queue_bytes: How many bytes of messages, as received, wait before
            no more are read; ``None`` is four times the profile's
            ``max_message``, 4 MiB at the most.  A longer message passes alone.
        raw: Whether messages are `RawFrame`, to be forwarded.

    Raises:
        FieldError: One of them is not what it should be.
    """

    as_type: Any
    policy: FormatPolicy | None = attrs.field(
        default=None, validator=optional(InstanceOf((FormatPolicy,), "a FormatPolicy"))
    )
    profile: TransportProfile | None = attrs.field(
        default=None, validator=optional(InstanceOf((TransportProfile,), "a TransportProfile"))
    )
    codec: Codec | None = attrs.field(default=None, validator=optional(InstanceOf((Codec,), "a Codec")))
    key: SharedKey | None = attrs.field(default=None, validator=optional(InstanceOf((SharedKey,), "a SharedKey")))
    max_queue: int = attrs.field(default=64, validator=IntRange(1, 2**31 - 1))
    max_queue_bytes: int | None = attrs.field(default=None, validator=optional(IntRange(1, 2**63 - 1)))
    raw: bool = attrs.field(default=False, validator=InstanceOf((bool,), "a boolean"))

    def profile_for(self, transport: TransportType) -> TransportProfile:
        """
        Return the profile to use over *transport*.

        Raises:
            ConfigError: What the environment sets cannot be.
            FieldError: The codec does not go with the framing.
        """
        profile = self.profile
        if profile is None:
            profile = (FormatPolicy.load() if self.policy is None else self.policy).profile(transport)
        return profile if self.codec is None else attrs.evolve(profile, formats=(self.codec.name,))

    def link(self, profile: TransportProfile, role: Role, *, codec: Codec | None = None) -> Link[M]:
        """
        Make the link of a new connection; see `make_link`.

        Args:
            profile: What `profile_for` returned.
            role: Who this end is.
            codec: What the transport itself has agreed on, which is offered
                first; an own codec of that format takes its place.

        Raises:
            ConfigError: The profile cannot do what is asked for.
            UnknownCodecError: The profile names a format that nobody has registered.
        """
        return make_link(
            profile, self.as_type, role=role, key=self.key, raw=self.raw, codec=self.codec, preferred=codec
        )

    def conversation(self, profile: TransportProfile, role: Role, *, codec: Codec | None = None) -> Conversation[M]:
        """Make the conversation of a new connection; see `link`."""
        default = min(4 * profile.max_message, _MAX_QUEUE_BYTES)
        bound = default if self.max_queue_bytes is None else self.max_queue_bytes
        link = self.link(profile, role, codec=codec)
        return Conversation(link, max_queue=self.max_queue, max_queue_bytes=bound)
