"""
Typed identifiers: UUIDs that cannot be taken for one another.

``WorkflowId`` and ``NodeId`` over the same UUID are never equal and do not
compare.  On the wire an id is what Rust's ``uuid`` writes: hyphenated
lower-case text in JSON, 16 bytes in MessagePack and CBOR.
"""

from __future__ import annotations

import uuid

from typing import Any, Final, TypeVar

import attrs

from . import _uuid_new
from ._uuid_text import UuidError, format_uuid_bytes, parse_uuid_bytes
from .checks import FieldTypeError, InstanceOf, describe


__all__ = [
    "ArtifactId",
    "CapabilityId",
    "ContentHash",
    "EdgeId",
    "ExecutionId",
    "ExtensionId",
    "InstrumentId",
    "MotifId",
    "NodeId",
    "OperatorId",
    "PoolId",
    "ProcessId",
    "ResourceId",
    "SessionId",
    "TypedId",
    "WorkflowId",
]

# the field `bytes` hides the builtin inside the class
_Bytes = bytes

_BYTES_LIKE: Final = InstanceOf((bytes, bytearray, memoryview), "bytes")

_T = TypeVar("_T", bound="TypedId")
_G = TypeVar("_G", bound="_NewId")


def _bytes_of(value: uuid.UUID) -> _Bytes:
    if type(value) is not uuid.UUID:
        _check_uuid(value)
    return value.bytes


def _check_uuid(value: object) -> None:
    if isinstance(value, uuid.UUID):
        return
    actual = describe(value)
    hint = ""
    if isinstance(value, str):
        hint = " (use parse for text)"
    elif isinstance(value, (bytes, bytearray, memoryview)):
        hint = " (use from_bytes for bytes)"
    elif isinstance(value, TypedId):
        hint = " (an id of another type does not convert)"
    raise FieldTypeError("wrong_type", (), f"a uuid.UUID{hint}", actual)


@attrs.frozen(order=True, repr=False, str=False)
class TypedId:
    """
    The base of all ids: a UUID under a type of its own.

    Ids are immutable, hashable and ordered by their bytes among their own
    type; comparing ids of different types with ``<`` raises `TypeError`.

    Args:
        bytes: The UUID, as a `uuid.UUID`; the attribute holds its 16 bytes.

    Raises:
        FieldTypeError: The argument is not a `uuid.UUID`.
    """

    bytes: _Bytes = attrs.field(converter=_bytes_of)

    @classmethod
    def from_uuid(cls: type[_T], value: uuid.UUID) -> _T:
        """Return the id over *value*."""
        return cls(value)

    @classmethod
    def parse(cls: type[_T], text: str) -> _T:
        """
        Return the id that *text* spells.

        Takes the forms that Rust's ``uuid`` takes: hyphenated, 32 hex digits,
        ``{hyphenated}``, ``urn:uuid:`` before a hyphenated one; hex digits of
        either case; no blanks.

        Raises:
            FieldTypeError: *text* is not a `str`.
            FieldError: *text* is none of those forms (a `ValueError`).
        """
        return _make(cls, parse_uuid_bytes(text))

    @classmethod
    def from_bytes(cls: type[_T], data: _Bytes) -> _T:
        """
        Return the id over a UUID's 16 bytes, most significant first.

        Raises:
            FieldTypeError: *data* is not bytes-like.
            FieldError: *data* is not 16 bytes long (a `ValueError`).
        """
        if type(data) is not _Bytes:
            _BYTES_LIKE.check(data)
            data = _Bytes(data)
        if len(data) != 16:
            raise UuidError("invalid_value", (), "16 bytes", describe(data))
        return _make(cls, data)

    def to_bytes(self) -> _Bytes:
        """Return the UUID's 16 bytes, most significant first."""
        return self.bytes

    def as_uuid(self) -> uuid.UUID:
        """Return the UUID."""
        return uuid.UUID(bytes=self.bytes)

    def __str__(self) -> str:
        return format_uuid_bytes(self.bytes)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.parse({str(self)!r})"

    def __hash__(self) -> int:
        return hash(self.bytes)

    def __copy__(self: _T) -> _T:
        return self

    def __deepcopy__(self: _T, memo: dict[int, Any]) -> _T:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.bytes,)


_new_object = object.__new__
_set_bytes = TypedId.__dict__["bytes"].__set__


def _make(cls: type[_T], data: _Bytes) -> _T:
    self = _new_object(cls)
    _set_bytes(self, data)
    return self


class _NewId(TypedId):
    """An id that may be made up, unlike one that follows from content."""

    __slots__ = ()

    @classmethod
    def new(cls: type[_G]) -> _G:
        """Return a new random id (UUID v4, RFC 9562, section 5.4)."""
        return _make(cls, _uuid_new.new_v4())

    @classmethod
    def new_v7(cls: type[_G]) -> _G:
        """
        Return a new id that sorts by time (UUID v7, RFC 9562, section 5.7).

        Within a process each one is greater than all before it, over all
        types and threads, also within a millisecond and when the clock steps
        back.
        """
        return _make(cls, _uuid_new.new_v7())


class ExtensionId(_NewId):
    """Names an extension of any kind."""

    __slots__ = ()


class InstrumentId(_NewId):
    """Names an instrument, an extension that does work."""

    __slots__ = ()


class OperatorId(_NewId):
    """Names an operator, an extension that transforms data."""

    __slots__ = ()


class MotifId(_NewId):
    """Names a motif, an extension of the user interface."""

    __slots__ = ()


class WorkflowId(_NewId):
    """Names a workflow."""

    __slots__ = ()


class NodeId(_NewId):
    """Names a node of a workflow."""

    __slots__ = ()


class EdgeId(_NewId):
    """Names an edge of a workflow."""

    __slots__ = ()


class ExecutionId(_NewId):
    """Names one execution of a workflow."""

    __slots__ = ()


class ArtifactId(_NewId):
    """Names an artifact, whatever its content."""

    __slots__ = ()


class ContentHash(TypedId):
    """
    Names content: equal bytes have equal hashes, in every process.

    A UUID on the wire, like every id, so it keeps 122 bits of the digest: it
    finds content, and a full digest is what verifies it.  It is never random,
    so there is no ``new``.
    """

    __slots__ = ()

    @classmethod
    def of(cls, data: _Bytes | bytearray | memoryview) -> ContentHash:
        """
        Return the hash of *data*: UUID v8 over SHA-256 (RFC 9562, appendix B.2).

        Args:
            data: Any contiguous bytes.

        Raises:
            FieldTypeError: *data* is not bytes-like (encode text first).
        """
        _BYTES_LIKE.check(data)
        return _make(cls, _uuid_new.of_content(data))


class SessionId(_NewId):
    """Names a session, messages that belong together."""

    __slots__ = ()


class ProcessId(_NewId):
    """Names a process that sends or receives messages."""

    __slots__ = ()


class PoolId(_NewId):
    """Names a pool of resources."""

    __slots__ = ()


class ResourceId(_NewId):
    """Names a resource."""

    __slots__ = ()


class CapabilityId(_NewId):
    """Names a capability token."""

    __slots__ = ()
