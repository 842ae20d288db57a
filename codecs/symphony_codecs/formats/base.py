"""The base of formats: a name, how it represents values, `dumps` and `loads` between builtins and bytes."""

from __future__ import annotations

import hashlib
import secrets

from collections.abc import Callable
from typing import Any, Final, Literal

import attrs

from cattrs import Converter

from symphony_types.checks import IntRange, describe
from symphony_types.traits.validatable import PathElement

from .._issues import FormatError
from .._keys import key_text


__all__ = [
    "DEFAULT_LIMITS",
    "WIDE_KEY",
    "CborTag",
    "EqualKey",
    "Format",
    "FormatError",
    "Limits",
    "TypedKey",
    "bare_key",
    "byte_view",
    "contiguous",
    "path_element",
    "too_deep",
    "too_large",
]

_MIB: Final = 2**20

WIDE_KEY: Final = "an integer of at most 64 bits as a key"
"""The range of ints as keys of maps: all longer ones could have one hash."""

_SALT: Final = secrets.randbits(60)
_SECRET: Final = secrets.token_bytes(16)


@attrs.frozen(kw_only=True)
class Limits:
    """
    How much a document may ask for; the same in every format, in both directions.

    Args:
        max_depth: Nesting as serde_json counts it: 128 lets 127 arrays and
            maps inside each other through.  CBOR tags count too.  1 to 250.
        max_size: Bytes of a whole document.  1 to 4294967295.
        max_items: Entries of one array or map.  0 to 4294967295.
        max_text: Length of one text in characters, or of one byte string in
            bytes.  0 to 4294967295.
    """

    max_depth: int = attrs.field(default=128, validator=IntRange(1, 250))
    max_size: int = attrs.field(default=16 * _MIB, validator=IntRange(1, 2**32 - 1))
    max_items: int = attrs.field(default=_MIB, validator=IntRange(0, 2**32 - 1))
    max_text: int = attrs.field(default=16 * _MIB, validator=IntRange(0, 2**32 - 1))


DEFAULT_LIMITS: Final = Limits()


@attrs.frozen
class CborTag:
    """
    A CBOR value under a tag that has no meaning here.

    A typed position ignores the tag and takes `value`, as serde does; an
    untyped one refuses it.

    Args:
        tag: The tag's number, 0 to 18446744073709551615.
        value: The value that it stands before.
    """

    tag: int
    value: object

    def __hash__(self) -> int:
        # A document may have these as keys: nobody who writes one can choose their hashes.
        return hash((_SALT, self.tag, self.value))


@attrs.frozen
class EqualKey:
    """
    A map's key that Python holds equal to one of another class before it: 1, 1.0 and True are equal.

    A dict cannot hold both.  Equal means the same class and value here, so
    that the entry stays beside the other, for the type to refuse.

    Args:
        value: The key.
        kind: Its class.
    """

    value: object
    kind: type = attrs.field(init=False, default=attrs.Factory(lambda self: type(self.value), takes_self=True))


class TypedKey:
    """
    A map's key that only maps of a known type have: an array, a map or a timestamp, when writing also None or a float.

    Keys are equal if they look the same: 1 is not 1.0.  Nobody who writes a
    document can choose their hashes.

    Args:
        value: The key, in builtins; a list or a dict may stand in a `CborTag`.
    """

    __slots__ = ("_digest", "value")

    def __init__(self, value: object) -> None:
        self.value = value
        # The key of a key is in here by its digest, so that no text is as long as everything below.
        text = repr(value).encode(errors="surrogatepass")
        self._digest = hashlib.blake2b(text, digest_size=16, key=_SECRET).digest()

    def __eq__(self, other: object) -> bool:
        return self._digest == other._digest if isinstance(other, TypedKey) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._digest)

    def __repr__(self) -> str:
        return f"TypedKey({self._digest.hex()})"


@attrs.frozen(kw_only=True)
class Format:
    """
    One format: how it represents values, and its two functions.

    Args:
        name: How codecs ask for it: lower case, such as ``msgpack-compact``.
        content_type: Media type; what is written is labelled with it.
        other_types: Further media types whose documents it reads, in lower
            case; another format's own one wins.
        suffix: The structured syntax suffix of media types whose documents it
            reads, such as ``json`` for ``application/geo+json`` (RFC 6839);
            the media types of all formats win.
        format_id: Number in a frame's header, 0 to 255; None: not in frames.
        is_binary: Whether documents are bytes rather than UTF-8 text.
        human_readable: Whether ids are text and bytes base64 (True), or ids 16
            bytes and bytes native (False).
        positional: Whether structs are arrays.
        unit_array: Whether a struct without fields is an empty array, as
            rmp-serde has it, rather than null.
        none: Whether the format can write None.
        text_keys: Whether map keys must be str on the wire.
        typed_keys: Whether other keys may be arrays, maps, floats and None,
            which `dumps` gets and `loads` returns as `TypedKey`; without,
            they are str, int, bool and bytes.
        bytes_keys: Whether names of fields and variants may come as byte
            strings.
        int_range: Smallest and greatest int that `dumps` writes; None: any.
        layout: Which of the three layouts of bytes it is, exactly, so that an
            engine may read and write it itself; None: another.
        top_level: ``table`` if the whole document has to be a map.
        dumps: Builtins to bytes: ``dumps(value, limits, strict)``.
        loads: Bytes to builtins: ``loads(data, limits, strict)``.
        sort_key: The order of the keys of maps where an option asks for
            it: ``sort_key(key, limits)``; None: the format cannot.
        framing: The framing of several documents where none is named, as
            `symphony_codecs.framing` has them; None: it must be.
        document_end: Where a document ends that more bytes follow:
            ``document_end(data, limits)`` returns how many bytes of the
            memoryview *data*, of bytes, are the document that it begins
            with, white space before it included, and ``None`` if it does not
            end there.  It keeps to time linear in those bytes, and need not
            see what is wrong inside them.  None: nobody can tell.
        configure: Registers hooks on each converter that is made for the
            format, for types that look different in it than the rest of this
            says; it is called before anybody else registers.
    """

    name: str
    content_type: str
    other_types: tuple[str, ...] = ()
    suffix: str | None = None
    format_id: int | None
    is_binary: bool
    human_readable: bool
    positional: bool = False
    unit_array: bool = False
    none: bool = True
    text_keys: bool = False
    typed_keys: bool = False
    bytes_keys: bool = False
    int_range: tuple[int, int] | None = None
    layout: Literal["json", "msgpack", "cbor"] | None = None
    top_level: Literal["any", "table"] = "any"
    dumps: Callable[[object, Limits, bool], bytes] = attrs.field(repr=False)
    loads: Callable[[bytes | bytearray | memoryview, Limits, bool], object] = attrs.field(repr=False)
    sort_key: Callable[[Any, Limits], Any] | None = attrs.field(default=None, repr=False)
    framing: str | None = None
    document_end: Callable[[memoryview, Limits], int | None] | None = attrs.field(default=None, repr=False)
    configure: Callable[[Converter], None] | None = attrs.field(default=None, repr=False)

    def labels(self, media_type: str) -> int:
        """
        Return how closely a media type names this format: 3 its own, 2 another of its own, 1 by the suffix, 0 not.

        Args:
            media_type: Type and subtype without parameters, in lower case.
        """
        if media_type == self.content_type.partition(";")[0].strip().lower():
            return 3
        if media_type in self.other_types:
            return 2
        kind, _, subtype = media_type.partition("/")
        name, _, suffix = subtype.rpartition("+")
        return int(bool(kind and name) and suffix == self.suffix)


def contiguous(data: object, limits: Limits) -> bytes:
    """
    Return the bytes of any buffer, whatever its item format and strides.

    Raises:
        FormatError: ``wrong_type`` for anything but a buffer, ``too_large`` beyond
            `Limits.max_size`.
    """
    if type(data) is not bytes:
        try:
            with memoryview(data) as view:  # type: ignore[arg-type]  # a TypeError says so
                size = view.nbytes
                data = view.tobytes() if size <= limits.max_size else b""
        except (TypeError, ValueError, BufferError):
            raise FormatError.of("wrong_type", "bytes", describe(data)) from None
    else:
        size = len(data)
    if size > limits.max_size:
        raise too_large(size, limits)
    return data


def byte_view(data: object) -> memoryview:
    """
    Return a view of the bytes of any buffer, whatever its item format; only where it has strides they are copied.

    Raises:
        FormatError: ``wrong_type`` for anything but a buffer.
    """
    try:
        view = memoryview(data)  # type: ignore[arg-type]  # a TypeError says so
        if view.format == "B" and view.ndim == 1 and view.c_contiguous:
            return view
        return view.cast("B") if view.c_contiguous and view.nbytes else memoryview(view.tobytes())
    except (TypeError, ValueError, BufferError):
        raise FormatError.of("wrong_type", "bytes", describe(data)) from None


def too_large(size: int, limits: Limits) -> FormatError:
    """Say that a document has more bytes than it may."""
    return FormatError.of("too_large", f"a document of at most {limits.max_size} bytes", f"{size} bytes")


def stack_ends() -> FormatError:
    """Return the error of what lies within the limits, but deeper than the thread's stack bears."""
    return FormatError.of("too_deep", "less nesting", "more than the stack holds")


def too_deep(limits: Limits, path: tuple[PathElement, ...] = ()) -> FormatError:
    """Say that a container lies deeper than it may."""
    expected = f"at most {limits.max_depth - 1} arrays and maps inside each other"
    return FormatError.of("too_deep", expected, "more", path=path)


def bare_key(key: object) -> object:
    """Return a map's key as the document has it."""
    return key.value if type(key) is EqualKey or type(key) is TypedKey else key


def path_element(key: object) -> PathElement:
    """Return a map's key as an element of a path: a text or an integer of 64 bits as it is, any other in short."""
    key = bare_key(key)
    if isinstance(key, str):
        return str(key)
    if isinstance(key, int) and not isinstance(key, bool) and key.bit_length() <= 64:
        return int(key)
    return key_text(key)
