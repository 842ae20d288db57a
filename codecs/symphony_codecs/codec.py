"""`Codec`: a format, its options, and the converter that says how types look in it."""

from __future__ import annotations

import threading

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from types import GenericAlias, UnionType
from typing import Any, cast

import attrs

from typing_extensions import Buffer, TypeForm, TypeVar, Unpack

from ._enum_options import enum_options
from ._lines import check_lines, decode_lines, encode_lines
from ._references import reduce_codec
from ._type_cache import TypeCache
from ._union_options import UnionArguments, with_options_of
from .converter import WireConverter
from .errors import DecodeError, EncodeError, FormatError, stack_error
from .executor import fast_decoder, fast_encoder, first_document, warn_once
from .formats.base import Format, byte_view
from .options import (
    ClassOptions,
    CodecChanges,
    CodecOptions,
    EnumBy,
    FieldOptions,
    Limits,
    Rename,
    Tagging,
    UnknownFields,
)
from .python import decode_error, encode_error
from .schema.fields import check_options, is_struct


__all__ = ["Codec"]

T = TypeVar("T")
# Without a type, any value will do.
V = TypeVar("V", default=Any)

# The types of annotations whose hash is no function in Python.
_QUICK = frozenset((type, type(None), GenericAlias, UnionType))

_LENDING = threading.Lock()

_LIMITS = frozenset(field.name for field in attrs.fields(Limits))


class Codec:
    """
    Encodes values of your types to one format, and decodes them.

    Get one from `get_codec`; those are shared, so their converter refuses
    registration.  `copy` and the ``with_`` methods give one of your own, which
    carries everything along that the first had.  Codecs are immutable but for
    what is registered on their converter, and safe to use from many threads.

    They pickle, and so do the functions of `encoder` and `decoder`: a shared
    one by its name, one of your own with its format, options and registrations;
    hooks have to be functions of modules, or cloudpickle takes them.

    Args:
        format: The format.
        converter: The converter that makes the hooks.
    """

    def __init__(self, format: Format, converter: WireConverter) -> None:  # noqa: A002 - the attribute's name
        self.format = format
        self._converter = converter
        self._is_lent = False
        self._generation = converter.generation
        self._encoders: TypeCache[Callable[[Any], bytes]] = TypeCache()
        self._decoders: TypeCache[Callable[[Any], Any]] = TypeCache()

    @property
    def name(self) -> str:
        """The name, such as ``msgpack-compact``."""
        return self.format.name

    @property
    def content_type(self) -> str:
        """The media type, such as ``application/json``."""
        return self.format.content_type

    @property
    def format_id(self) -> int | None:
        """The number in a frame's header, 0 to 255; ``None`` if frames do not carry the format."""
        return self.format.format_id

    @property
    def is_binary(self) -> bool:
        """Whether documents are bytes rather than UTF-8 text."""
        return self.format.is_binary

    @property
    def human_readable(self) -> bool:
        """Whether ids are text and bytes base64 (serde's ``is_human_readable``)."""
        return self.format.human_readable

    @property
    def options(self) -> CodecOptions:
        """The options; `with_options` changes them."""
        return self._converter.options

    @property
    def converter(self) -> WireConverter:
        """The converter that makes the hooks, where yours are registered."""
        if self._is_lent:
            with _LENDING:
                if self._is_lent:
                    self._converter = self._converter.derive()
                    self._forget()
                    self._is_lent = False
        return self._converter

    def __repr__(self) -> str:
        return f"<Codec {self.name} ({self.content_type})>"

    # Encoding and decoding

    def encode(self, value: object, as_type: TypeForm[Any] | None = None) -> bytes:
        """
        Return *value* as bytes.

        Args:
            value: The value.
            as_type: What to write it as; by default its own class, and so for
                all untyped values inside.

        Raises:
            EncodeError: The value does not fit the type, the format or the
                limits; or it is a member of a union, whose tag only
                *as_type* tells.
        """
        try:
            if self._generation != self._converter.generation:
                self._forget()
            encoders = self._encoders
            try:
                known = encoders.get(as_type) if type(as_type) in _QUICK else encoders.by_id.get(id(as_type))
            except TypeError:  # an annotation that cannot be hashed
                known = None
            encode = self.encoder(cast("Any", as_type)) if known is None else known
            return encode(value)
        except RecursionError as exc:  # there was not enough of the stack left to say what it is
            raise stack_error(EncodeError, self.format.name, as_type) from exc

    def decode(self, data: Buffer, as_type: TypeForm[T]) -> T:
        """
        Return what *data* holds, as a value of *as_type*.

        Args:
            data: The whole document, nothing after it.
            as_type: A class, a generic one with its arguments, a union, or
                any other annotation; ``Any`` for the builtins of the format.

        Raises:
            DecodeError: The document is not one of the format, does not fit
                the type, or exceeds the limits.  It has all issues.
        """
        try:
            if self._generation != self._converter.generation:
                self._forget()
            decoders = self._decoders
            try:
                known = decoders.get(as_type) if type(as_type) in _QUICK else decoders.by_id.get(id(as_type))
            except TypeError:  # an annotation that cannot be hashed
                known = None
            decode = self.decoder(as_type) if known is None else known
            result: T = decode(data)
        except RecursionError as exc:  # as in `encode`
            raise stack_error(DecodeError, self.format.name, as_type) from exc
        return result

    def decode_prefix(self, data: Buffer, as_type: TypeForm[T]) -> tuple[T, int]:
        """
        Return what the first document in *data* holds, and how many bytes it takes.

        For documents one after the other, as `memoryview` slices: only the
        document is looked at and copied, however much follows.  In files and
        streams `symphony_codecs.records` finds them.

        Args:
            data: A document, and whatever follows it.
            as_type: As for `decode`.

        Returns:
            The value, and where its document ends: in JSON blanks before it
            are counted, those behind it are not.

        Raises:
            DecodeError: What `decode` raises for that document; or there is
                none that is whole, and `decode` says why.
            ValueError: The format's documents do not show where they end, as
                TOML's, or those of a plug-in without `Format.document_end`.
        """
        try:
            document, end = first_document(self.format, data, self.options.limits)
        except FormatError as exc:
            raise decode_error(exc, self._converter, as_type)  # noqa: B904 - which knows the cause
        return self.decode(document, as_type), end

    # Documents of lines

    def encode_lines(self, values: Iterable[V], as_type: TypeForm[V] = Any) -> bytes:
        """
        Return *values* as lines, one document each: NDJSON.

        Args:
            values: The values; of an iterator, one after the other.
            as_type: What to write each as, as for `encoder`.

        Raises:
            EncodeError: Values do not fit.  It has the issues of all of them;
                their paths begin with the value's index.
            ValueError: The format is binary, or its documents may have more
                than one line, as TOML's (`Format.framing`).
        """
        check_lines(self.format)
        return encode_lines(self.encoder(as_type), values, self.format, as_type)

    def decode_lines(self, data: Buffer, as_type: TypeForm[T]) -> list[T]:
        """
        Return the values of the documents in *data*, one on each line: NDJSON.

        Lines end with LF or CRLF, the last one need not.  Blank lines are
        skipped.  The limits are those of each document, not of all together.

        Args:
            data: The lines.
            as_type: What to read each as, as for `decode`.

        Raises:
            DecodeError: Documents do not fit.  It has the issues of all of
                them; their paths begin with the document's index, blank
                lines not counted.
            ValueError: As for `encode_lines`.
        """
        check_lines(self.format)
        try:
            view = byte_view(data)
        except FormatError as exc:
            raise decode_error(exc, self._converter, as_type)  # noqa: B904 - which knows the cause
        lines = data if type(data) is bytes else bytes(view)
        return decode_lines(self.decoder(as_type), lines, self.format, as_type, self.options.limits)

    def _forget(self) -> None:
        generation = self._converter.generation
        self._encoders = TypeCache()
        self._decoders = TypeCache()
        self._generation = generation

    def encoder(self, as_type: TypeForm[V] = Any) -> Callable[[V], bytes]:
        """
        Return the function that writes values of *as_type*: `encode` for a hot loop.

        It is the same one until a hook is registered. Hooks registered
        afterwards do not affect it.

        Args:
            as_type: What to write values as; by default each as its own
                class, as `encode` does without a type.

        Raises:
            EncodeError: There is no way to write the type.
        """
        warn_once()
        converter = self._converter
        if self._generation != converter.generation:
            self._forget()
        try:
            return self._encoders.get_or_make(as_type, self._make_encoder, is_shared=converter.is_shared)
        except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
            raise encode_error(exc, converter, as_type)  # noqa: B904 - which knows the cause

    def decoder(self, as_type: TypeForm[T]) -> Callable[[Buffer], T]:
        """
        Return the function that reads values of *as_type*: `decode` for a hot loop.

        It is the same one until a hook is registered. Hooks registered
        afterwards do not affect it.

        Raises:
            DecodeError: There is no way to read the type.
        """
        warn_once()
        converter = self._converter
        if self._generation != converter.generation:
            self._forget()
        try:
            return self._decoders.get_or_make(as_type, self._make_decoder, is_shared=converter.is_shared)
        except Exception as exc:  # noqa: BLE001 - whatever is raised becomes issues
            raise decode_error(exc, converter, as_type)  # noqa: B904 - which knows the cause

    def _make_encoder(self, as_type: Any) -> Callable[[Any], bytes]:
        return fast_encoder(self._converter, as_type)

    def _make_decoder(self, as_type: Any) -> Callable[[Any], Any]:
        return fast_decoder(self._converter, as_type)

    # Codecs of one's own

    def copy(self) -> Codec:
        """Return a codec of your own that is equal to this one; its converter takes registrations."""
        return Codec(self.format, self._converter.derive())

    def with_options(self, **changes: Unpack[CodecChanges]) -> Codec:
        """
        Return a codec of your own with other options.

        Args:
            **changes: The fields of `CodecOptions` and of `Limits`, by name:
                ``with_options(strict=True, max_depth=32, rename="camelCase")``.

        Raises:
            TypeError: There is no such option, or it is no value of its type.
            ValueError: An option is out of its range, or the format cannot do
                it.
        """
        given: dict[str, Any] = dict(changes)
        lengths = {name: given.pop(name) for name in _LIMITS & given.keys()}
        if lengths:
            given["limits"] = attrs.evolve(given.get("limits", self.options.limits), **lengths)
        options = attrs.evolve(self.options, **given)
        if options.sort_keys and self.format.sort_key is None:
            raise ValueError(f"expected a format that sorts keys for sort_keys, got {self.format.name}")
        return Codec(self.format, self._converter.derive(options=options))

    def with_class(
        self,
        cls: type,
        *,
        rename: Rename | None = None,
        omit_defaults: bool | None = None,
        unknown_fields: UnknownFields | None = None,
        positional: bool | None = None,
        serde_required: bool = False,
        fields: Mapping[str, FieldOptions] | None = None,
    ) -> Codec:
        """
        Return a codec of your own that shapes one class in its own way.

        Args:
            cls: An attrs class or a dataclass, without type arguments.
            rename: See `ClassOptions`, as for all that follow.
            omit_defaults: See there.
            unknown_fields: See there.
            positional: See there.
            serde_required: See there.
            fields: See there.

        Raises:
            ValueError: *cls* is no such class, or an option none of those
                there are; or it cannot take effect or would lose data, as far
                as the class's annotations can be resolved now.  What cannot
                is refused by `encoder` and `decoder`.
            TypeError: An option is of another type.
        """
        if not isinstance(cast("object", cls), type) or not is_struct(cls):
            raise ValueError(f"expected an attrs class or a dataclass without type arguments, got {cls}")
        options = ClassOptions(
            rename=rename,
            omit_defaults=omit_defaults,
            unknown_fields=unknown_fields,
            positional=positional,
            serde_required=serde_required,
            fields=fields or {},
        )
        converter = self._converter.derive(classes={**self._converter.classes, cls: options})
        check_options(cls, converter)
        return Codec(self.format, converter)

    def with_union(
        self,
        union: TypeForm[Any],
        *,
        tagging: Tagging = "external",
        tag: str | None = None,
        content: str | None = None,
        names: Mapping[type, str] | None = None,
        rename: Rename | None = None,
        newtype: Iterable[type] = (),
        other: type | None = None,
    ) -> Codec:
        """
        Return a codec of your own that tells the members of *union* apart in another way.

        A union of some of the members, and one with ``None`` beside them, is
        told apart the same way.

        Args:
            union: The union, such as ``Circle | Square``.
            tagging: One of serde's representations; see `UnionOptions`.
            tag: The key of the name, for internal and adjacent tagging;
                ``None``: ``type``.
            content: The key of the content, for adjacent tagging; ``None``:
                ``content``.
            names: Names on the wire, for classes that go by another than
                their own.
            rename: A rule for the names of all other classes, as serde's
                ``rename_all`` for an enum, which starts from ``PascalCase``;
                or a function.
            newtype: Classes whose one field goes bare.
            other: The member that is read where the name is of none, serde's
                ``other``: of its content if it has fields, else whatever
                the content is, which is lost.  `UnknownVariant` keeps both,
                and needs only be a member.

        Raises:
            ValueError: *union* is not a union, or *names*, *newtype* or *other*
                have a class that is no member, or *tag* and *content* are the same, or
                two classes have one name; or an argument has no effect with
                *tagging*, or the tagging none for a member, which takes no tag.
            TypeError: A name or a key is no `str`.
        """
        given = UnionArguments(
            tagging=tagging,
            tag=tag,
            content=content,
            names=names or {},
            rename=rename,
            newtype=tuple(newtype),
            other=other,
        )
        unions = with_options_of(self._converter.unions, union, given)
        return Codec(self.format, self._converter.derive(unions=unions))

    def with_enum(
        self,
        cls: type[Enum],
        *,
        by: EnumBy | None = None,
        rename: Rename | None = None,
        names: Mapping[Any, str] | None = None,
        other: Any = None,
    ) -> Codec:
        """
        Return a codec of your own that has one enum in its own way on the wire.

        Args:
            cls: The enum, no flag.
            by: ``"value"``, or ``"name"`` as serde has the unit variants of
                an enum; ``None``: the latter if there are names, else what
                the codec's option `enums` says.
            rename: A rule for the names, as serde's ``rename_all`` for an
                enum. It starts from the member's name in ``PascalCase``:
                ``VERY_LOW`` is ``VeryLow``, ``very_low``, ``very-low``. A
                function gets the name as it is.
            names: Names on the wire of single members, by member.
            other: The member that unknown values, or names, are read as
                (serde's ``other``): what they were is lost. A ``_missing_``
                of the class's own is asked before.

        Raises:
            ValueError: *cls* is no enum, or a flag; an option has no effect;
                two members have one name; a member is none of *cls*.
            TypeError: A name is no `str`.
        """
        options = enum_options(cls, by=by, rename=rename, names=names or {}, other=other)
        converter = self._converter
        if not converter.reads_own(cls) and not converter.writes_own(cls):
            raise ValueError(f"expected no hooks for {cls.__name__}: with them its options have no effect")
        return Codec(self.format, converter.derive(enums={**converter.enums, cls: options}))

    def __reduce__(self) -> tuple[Any, ...]:
        return reduce_codec(self._converter)

    def _lend(self) -> Codec:
        """Return a codec of one's own that has a converter of its own only when that is asked for."""
        new = Codec.__new__(Codec)
        vars(new).update(vars(self), _is_lent=True)
        return new

    def __deepcopy__(self, memo: Any) -> Codec:
        return self.copy()

    __copy__ = copy
