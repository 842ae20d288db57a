"""`FormatPolicy`: the framing, formats and limits of each transport, and where each setting comes from."""

from __future__ import annotations

import functools
import os

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, cast

import attrs

from typing_extensions import Unpack

from symphony_types.checks import FieldError, as_tuple, describe
from symphony_types.errors import ConfigError
from symphony_types.message.ipc import TransportType

from ._defaults import PROFILES, REASONS
from .names import PROFILED, TRANSPORTS, transport_name
from .profile import STREAM_FRAMINGS, ProfileChanges, TransportProfile
from .settings import FILE_VARIABLE, Override, read_environ, read_file


__all__ = ["Choice", "FormatPolicy"]

_SETTINGS: Final = tuple(field.name for field in attrs.fields(TransportProfile) if field.name != "reason")

# Streams need a framing; a WebSocket message has an end already, and an HTTP body is a document.
_FRAMINGS: Final[Mapping[TransportType, tuple[str, ...]]] = {
    TransportType.WEBSOCKET: ("native", "none"),
    TransportType.HTTP: ("none",),
}


@attrs.frozen
class Choice:
    """
    The value of one setting, and why it has it.

    Args:
        setting: The field of `TransportProfile`.
        value: Its value.
        source: ``default``, ``file /etc/transports.toml``, ``environment
            SYMPHONY_TCP_CHECKSUM`` or ``code``.
        reason: The default's reason, the ``reason`` that the source gives, or
            the value that this one replaces.
    """

    setting: str
    value: Any
    source: str
    reason: str

    def __str__(self) -> str:
        return f"{self.setting} = {_shown(self.value)} ({self.source}: {self.reason})"


@attrs.frozen
class FormatPolicy:
    """
    The framing, formats and limits of each transport.

    Policies are immutable: get one from `default` or `load`, and derive others
    with `with_profile`.  The last source of a setting wins: the defaults, then
    the file, then the environment, then code.
    """

    _overrides: tuple[Override, ...] = ()

    @classmethod
    def default(cls) -> FormatPolicy:
        """Return the policy with the defaults of all transports."""
        return cls()

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None, environ: Mapping[str, str] | None = None) -> FormatPolicy:
        """
        Return the default policy, changed by the settings of a TOML file and of the environment.

        Args:
            path: The file; ``None``: the file that ``SYMPHONY_TRANSPORTS_FILE``
                names, if that is set and not empty.
            environ: The environment; ``None``: `os.environ`.

        Raises:
            ConfigError: One of them cannot be read, or has an invalid
                setting; the text names the file or variable, the setting,
                and the expected and the actual value.
        """
        policy, errors = cls._loaded(path, environ)
        if errors:
            raise errors[0]
        return policy

    @classmethod
    def check(
        cls, path: str | os.PathLike[str] | None = None, environ: Mapping[str, str] | None = None
    ) -> tuple[ConfigError, ...]:
        """
        Return all errors that `load` would find, each with its table and key; empty if `load` returns a policy.

        Args:
            path: As in `load`.
            environ: As in `load`.
        """
        return tuple(cls._loaded(path, environ)[1])

    @classmethod
    def _loaded(
        cls, path: str | os.PathLike[str] | None, environ: Mapping[str, str] | None
    ) -> tuple[FormatPolicy, list[ConfigError]]:
        environ = os.environ if environ is None else environ
        path = path if path is not None else environ.get(FILE_VARIABLE) or None
        errors: list[ConfigError] = []
        given: list[Override] = []
        readers: list[Callable[[], list[Override]]] = [functools.partial(read_environ, environ)]
        if path is not None:
            readers.insert(0, functools.partial(read_file, path))
        for read in readers:
            try:
                given += _reasoned(read())
            except ConfigError as error:
                errors.append(error)
        # A source that cannot be read might have changed any transport.
        faulty = set(TRANSPORTS if errors else ())
        for override in given:
            # First each by itself: the environment does not correct an invalid value in the file.
            try:
                _check_value(override)
            except FieldError as error:
                errors.append(_bad(override.source, override.transport, error))
                faulty.add(override.transport)
        policy = cls()
        for transport in dict.fromkeys(override.transport for override in given):
            mine = [override for override in given if override.transport is transport]
            if transport not in faulty:
                try:
                    policy = policy._changed(transport, mine)
                except FieldError as error:
                    errors.append(_bad(_source(mine, error), transport, error))
        return policy, errors

    def profile(self, transport: TransportType) -> TransportProfile:
        """
        Return the profile of *transport*.

        Raises:
            FieldError: *transport* is not a `TransportType`, or has no profile.
        """
        PROFILED.check(transport, ("transport",))
        return _evolved(transport, self._of(transport))

    def with_profile(self, transport: TransportType, **changes: Unpack[ProfileChanges]) -> FormatPolicy:
        """
        Return the policy with some settings of one transport changed.

        Args:
            transport: The transport to change.
            **changes: Fields of `TransportProfile`, by name.

        Raises:
            FieldError: A value is out of its range, or conflicts with another
                one or with the transport.
            TypeError: There is no such setting.
        """
        PROFILED.check(transport, ("transport",))
        unknown = changes.keys() - attrs.fields_dict(TransportProfile).keys()
        if unknown:
            raise TypeError(f"expected settings of {', '.join(_SETTINGS)}, reason, got {', '.join(sorted(unknown))}")
        given = [
            # A tuple, so that later changes of the caller's list do not change the policy.
            Override(transport=transport, setting=setting, value=as_tuple(cast("Any", value)), source="code")
            for setting, value in changes.items()
        ]
        return self._changed(transport, _reasoned(given))

    def explain(self, transport: TransportType) -> tuple[Choice, ...]:
        """
        Return for each setting of *transport* its value, its source and the reason.

        Raises:
            FieldError: *transport* is not a `TransportType`, or has no profile.
        """
        profile = self.profile(transport)
        choices = {
            name: Choice(name, getattr(PROFILES[transport], name), "default", REASONS[transport][name])
            for name in _SETTINGS
        }
        for override in self._of(transport):
            before = choices.get(override.setting)
            if before is not None:
                reason = override.reason or f"in place of {_shown(before.value)}, {before.source}"
                choices[override.setting] = Choice(override.setting, override.value, override.source, reason)
        return tuple(attrs.evolve(choice, value=getattr(profile, choice.setting)) for choice in choices.values())

    def _of(self, transport: TransportType) -> list[Override]:
        return [override for override in self._overrides if override.transport is transport]

    def _changed(self, transport: TransportType, overrides: Sequence[Override]) -> FormatPolicy:
        _evolved(transport, [*self._of(transport), *overrides])
        return FormatPolicy((*self._overrides, *overrides))


def _reasoned(layer: Iterable[Override]) -> list[Override]:
    """Give every setting of one source the reason that the source gives for its transport."""
    layer = list(layer)
    reasons = {override.transport: str(override.value) for override in layer if override.setting == "reason"}
    return [attrs.evolve(override, reason=reasons.get(override.transport, "")) for override in layer]


def _evolved(transport: TransportType, overrides: Sequence[Override]) -> TransportProfile:
    """Return the default profile with *overrides*, the last of each setting."""
    values = {override.setting: override.value for override in overrides}
    if values:
        values.setdefault("reason", f"set by {_sources(overrides)}")
    # Checked first, since another framing often does not fit the transport's default formats.
    framing = values.get("framing", PROFILES[transport].framing)
    framings = _FRAMINGS.get(transport, STREAM_FRAMINGS)
    if framing not in framings:
        expected = f"{' or '.join(framings)} over {transport.value}"
        raise FieldError("invalid_value", ("framing",), expected, describe(framing))
    return attrs.evolve(PROFILES[transport], **values)


def _check_value(override: Override) -> None:
    field = attrs.fields_dict(TransportProfile)[override.setting]
    assert field.validator is not None
    field.validator(None, field, override.value)


def _bad(source: str, transport: TransportType, error: FieldError) -> ConfigError:
    path = (transport_name(transport), *error.path)
    bad = ConfigError(f"{source}: {FieldError(error.code, path, error.expected, error.actual)}")
    bad.__cause__ = error
    return bad


def _source(overrides: Sequence[Override], error: FieldError) -> str:
    """Return the source of the setting in *error*; if that is a default, all sources, since one conflicts with it."""
    return _sources([o for o in overrides if o.setting == error.path[0]][-1:] or overrides)


def _sources(overrides: Iterable[Override]) -> str:
    return ", ".join(dict.fromkeys(override.source for override in overrides))


def _shown(value: object) -> str:
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)
