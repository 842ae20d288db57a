"""
The codecs there are, by name, content type and frame format id.

A third party adds a format with `register_codec`, or by an entry point of the
group ``symphony_codecs.formats`` that refers to its `Format`; the formats of
this distribution take the same way.
"""

from __future__ import annotations

import threading
import warnings

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from typing_extensions import Buffer, TypeForm, TypeVar

from symphony_types.message.ipc import SerializationFormat

from ._domain import CLASSES, UNIONS
from .codec import Codec
from .converter import WireConverter
from .errors import UnknownCodecError
from .formats import cbor, json, msgpack
from .formats.base import Format
from .options import CodecOptions


if TYPE_CHECKING:
    # Imported where plug-ins are looked for: it imports much, and most programs use what is built in.
    from importlib.metadata import EntryPoint

__all__ = ["codec_names", "decode", "encode", "get_codec", "make_codec", "register_codec"]

T = TypeVar("T")

CodecKey: TypeAlias = str | int | SerializationFormat | Codec

ENTRY_POINTS: Final = "symphony_codecs.formats"

_BUILT_IN: Final = (json.FORMAT, msgpack.FORMAT, msgpack.COMPACT, cbor.FORMAT)


def make_codec(format: Format) -> Codec:  # noqa: A002 - the field's term
    """Return a codec of your own for *format*, registered or not, with the options of the domain's types."""
    return Codec(format, WireConverter(format, CodecOptions(), classes=CLASSES, unions=UNIONS, enums={}))


class _Registry:
    """The shared codecs; made when first asked for, under a lock, entry points loaded when first needed."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._formats: dict[str, Format] = {}
        self._codecs: dict[str, Codec] = {}
        self._by_key: dict[Any, str] = {}
        self._pending: list[EntryPoint] | None = None
        for known in _BUILT_IN:
            self.add(known)

    def add(self, new: Format | Codec) -> None:
        """Register *new* under its name, content type and id."""
        added = new.format if isinstance(new, Codec) else new
        with self._lock:
            keys: list[Any] = [_normal(added.name), _normal(added.content_type)]
            if added.format_id is not None:
                keys.append(added.format_id)
            for key in keys:
                if key in self._by_key:
                    raise ValueError(
                        f"expected a format whose name, content type and id are free, "
                        f"got {key!r}, which {self._by_key[key]} has"
                    )
            self._formats[added.name] = added
            if isinstance(new, Codec):
                self._codecs[added.name] = _shared(new.copy())
            self._by_key.update(dict.fromkeys(keys, added.name))

    def find(self, key: str | int | SerializationFormat) -> Codec:
        """Return the shared codec of *key*."""
        wanted = _normal(key)
        name = self._by_key.get(wanted)
        if name is None:
            with self._lock:
                self._load_entry_points()
                name = self._by_key.get(wanted) or self._by_label(wanted)
        if name is None:
            raise UnknownCodecError(f"expected a codec of {', '.join(sorted(self._formats))}, got {key!r}")
        codec = self._codecs.get(name)
        if codec is None:
            with self._lock:
                codec = self._codecs.get(name)
                if codec is None:
                    codec = self._codecs[name] = _shared(make_codec(self._formats[name]))
        return codec

    def _by_label(self, wanted: object) -> str | None:
        """Return the name of the format that reads documents of a media type that no format has for its own."""
        if not isinstance(wanted, str):
            return None
        closeness, name = max(((form.labels(wanted), name) for name, form in self._formats.items()), key=itemgetter(0))
        return name if closeness else None

    def names(self) -> list[str]:
        """Return all names, sorted."""
        with self._lock:
            self._load_entry_points()
            return sorted(self._formats)

    def _load_entry_points(self) -> None:
        if self._pending is None:
            from importlib.metadata import entry_points

            self._pending = list(entry_points(group=ENTRY_POINTS))
        while self._pending:
            point = self._pending.pop()
            try:
                self.add(point.load())
            except Exception as exc:  # noqa: BLE001 - one broken plug-in must not take the others with it
                warnings.warn(f"format {point.name!r} ({point.value}) cannot be loaded: {exc}", stacklevel=4)


def _normal(key: object) -> object:
    if isinstance(key, SerializationFormat):
        return key.format_id
    if isinstance(key, str):
        return key.partition(";")[0].strip().lower()
    return key if type(key) is int else None


def _shared(codec: Codec) -> Codec:
    codec.converter.freeze(
        f"the codec {codec.name!r} is shared by all packages: "
        f"register on the converter of its copy (get_codec({codec.name!r}).copy())"
    )
    return codec


_registry = _Registry()


def register_codec(new: Format | Codec) -> None:
    """
    Make a format known to `get_codec`.

    Pickles hold shared codecs by name, so call this at the top of a module that
    other processes import, too.

    Args:
        new: A `Format`, or a `Codec` whose options and registrations the
            shared one shall have.

    Raises:
        ValueError: Its name, content type or id is taken.
    """
    _registry.add(new)


def get_codec(key: str | int | SerializationFormat) -> Codec:
    """
    Return the shared codec that *key* names.

    Args:
        key: A name (``msgpack``), a content type (``application/json``,
            ``application/geo+json``, with parameters or without), a `SerializationFormat`, or a frame
            format id (0 to 255).

    Raises:
        UnknownCodecError: There is no such codec (a `LookupError`).
    """
    return _registry.find(key)


def codec_names() -> list[str]:
    """Return the names of all registered codecs, plug-ins included, sorted."""
    return _registry.names()


def encode(value: object, as_type: TypeForm[Any] | None, codec: CodecKey) -> bytes:
    """
    Return *value* as bytes in the format of *codec*; see `Codec.encode`.

    Args:
        value: The value.
        as_type: What to write it as; ``None`` for its own class.
        codec: A codec, or what `get_codec` finds one by.

    Raises:
        EncodeError: See there.
        UnknownCodecError: There is no such codec.
    """
    return (codec if isinstance(codec, Codec) else get_codec(codec)).encode(value, as_type)


def decode(data: Buffer, as_type: TypeForm[T], codec: CodecKey) -> T:
    """
    Return what *data* holds, as *as_type*, in the format of *codec*; see `Codec.decode`.

    Args:
        data: The whole document, nothing after it.
        as_type: The type to read it as.
        codec: A codec, or what `get_codec` finds one by.

    Raises:
        DecodeError: See there.
        UnknownCodecError: There is no such codec.
    """
    return (codec if isinstance(codec, Codec) else get_codec(codec)).decode(data, as_type)
