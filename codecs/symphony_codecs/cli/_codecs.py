"""Options that commands share: codecs, their options and limits, and the type of values."""

from __future__ import annotations

import re

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import attrs

from cyclopts import Parameter

from ._several import COMMAS
from .errors import UsageError
from .importing import DOTTED, ImportedNameError, import_name


if TYPE_CHECKING:
    # Imported where they are needed: a command that starts other processes does so before it imports all this.
    from ..codec import Codec


__all__ = [
    "CODEC_METAVAR",
    "CodecFlags",
    "Flags",
    "TypeOption",
    "find_codec",
    "given_codecs",
    "given_type",
    "import_codec",
]

CODEC_METAVAR: Final = "MODULE:NAME,..."

_REFERENCE: Final = re.compile(rf"({DOTTED}):({DOTTED})")
_TYPE_HELP: Final = (
    "The type of the document: a name of symphony_types, a builtin, or package.module:Name (which is imported), "
    "also with arguments: MessageEnvelope[Workflow], list[int] | None. Without it nothing is guessed: what the "
    "other format cannot hold (byte strings and NaN in JSON, keys other than text) is refused, each with its path."
)

TypeOption: TypeAlias = Annotated[str | None, Parameter(name=["--type", "-t"], metavar="TYPE", help=_TYPE_HELP)]
"""``--type`` of commands that read or write documents."""


@Parameter(name="*")
@attrs.frozen(kw_only=True)
class Flags:
    """
    The type of the input and the output file.

    Args:
        type_: The type of the document.
        output: Write to this file, not to standard output.
    """

    type_: TypeOption = None
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], metavar="FILE")] = None


@Parameter(name="*")
@attrs.frozen(kw_only=True)
class CodecFlags:
    """
    Codecs and their options.

    Args:
        codec: A codec or a format in a module that is imported; it reads and writes its format in place of the codec
            of that name, and bench measures both. Several, for other formats, with commas between them.
        strict: Refuse repeated keys, NaN and infinities, in every format.
        forbid_unknown: Refuse fields that the type does not have.
        max_depth: The greatest depth of arrays and maps, 1 to 250.
        max_size: The greatest size of a document, in bytes.
        max_items: The greatest number of entries of one array or map.
        max_text: The greatest length of one text in characters, or of one byte string in bytes.
    """

    codec: Annotated[tuple[str, ...], COMMAS, Parameter(metavar=CODEC_METAVAR)] = ()
    strict: bool = False
    forbid_unknown: bool = False
    max_depth: Annotated[int | None, Parameter(metavar="N")] = None
    max_size: Annotated[int | None, Parameter(metavar="BYTES")] = None
    max_items: Annotated[int | None, Parameter(metavar="N")] = None
    max_text: Annotated[int | None, Parameter(metavar="N")] = None

    def codecs(self, *names: str) -> tuple[Codec, ...]:
        """
        Return the codecs of formats, with the options that were given.

        Args:
            *names: The formats that the command reads or writes, as `get_codec` finds them, or by the name of a
                format that ``--codec`` brings.

        Raises:
            UsageError: There is no such format; a ``--codec`` cannot be imported, or is of none of the formats; an
                option is out of its range.
        """
        given = given_codecs(self.codec)
        found = tuple(find_codec(name, given) for name in names)
        wanted = list(dict.fromkeys(codec.name for codec in found))
        for reference, codec in zip(self.codec, given.values(), strict=True):
            if codec.name not in wanted:
                raise UsageError(
                    f"expected a codec of {' or '.join(wanted)}, got {reference}, which is of {codec.name}"
                )
        return tuple(self.with_options(codec) for codec in found)

    def find(self, name: str) -> Codec:
        """
        Return the codec of a format that a document says, with the options that were given.

        Args:
            name: As `get_codec` takes it.

        Raises:
            UnknownCodecError: There is no such format.
        """
        from ..registry import get_codec

        return self.with_options(given_codecs(self.codec).get(name) or get_codec(name))

    def with_options(self, codec: Codec) -> Codec:
        """
        Return *codec* with the options that were given; itself if none was.

        Raises:
            UsageError: An option is out of its range.
        """
        changes: dict[str, Any] = {
            "strict": self.strict or None,
            "unknown_fields": "forbid" if self.forbid_unknown else None,
            "max_depth": self.max_depth,
            "max_size": self.max_size,
            "max_items": self.max_items,
            "max_text": self.max_text,
        }
        given = {option: value for option, value in changes.items() if value is not None}
        if not given:
            return codec
        try:
            return codec.with_options(**given)
        except ValueError as exc:
            raise UsageError(str(exc)) from exc

    def format_and_source(self, first: str | None, second: str | None) -> tuple[str, str]:
        """
        Tell the format from the file among two words, of which ``--codec`` makes the format optional.

        Args:
            first: ``FORMAT``, or with ``--codec`` perhaps ``FILE``.
            second: ``FILE``.

        Returns:
            The name of the format, and the file; ``-`` if none was given.

        Raises:
            UsageError: There is no format, ``--codec`` cannot be imported, or none is of the format.
        """
        if first is not None and first.startswith("-") and first != "-":
            raise UsageError(f"unknown option {first}")
        if not self.codec:
            if first is None:
                raise UsageError("expected FORMAT or --codec")
            return first, second or "-"
        given = given_codecs(self.codec)
        if first is None or (second is None and not _names_a_format(first, given)):
            return next(iter(given)), first or "-"
        if (name := find_codec(first, given).name) not in given:
            raise UsageError(f"expected a codec of {name}, got {self.codec[0]}, which is of {next(iter(given))}")
        return name, second or "-"


def given_codecs(references: tuple[str, ...]) -> dict[str, Codec]:
    """
    Import what ``--codec`` names; return the codecs by the names of their formats, in the order given.

    Raises:
        UsageError: One cannot be imported, is no codec, or two are of one format.
    """
    given: dict[str, Codec] = {}
    for reference in references:
        codec = import_codec(reference)
        if codec.name in given:
            raise UsageError(f"expected one codec of {codec.name}, got another: {reference}")
        given[codec.name] = codec
    return given


def import_codec(reference: str, hint: str = "leave --codec out") -> Codec:
    """
    Import the codec, or that of the format, that ``--codec`` names.

    Args:
        reference: ``package.module:name``.
        hint: The next step if the reference is the name of a registered codec instead; ``{}`` in it stands for that.

    Raises:
        UsageError: It cannot be imported, or is no codec.
    """
    from ..codec import Codec
    from ..formats.base import Format
    from ..registry import make_codec

    match = _REFERENCE.fullmatch(reference.strip())
    if match is None:
        said = f"expected a codec as package.module:name, got {reference!r}"
        if _names_a_format(reference.strip(), {}):
            said = f"{said}, which is a registered codec: {hint.format(reference.strip())}"
        raise UsageError(said)
    try:
        found = import_name(match[1], match[2], "a codec")
    except ImportedNameError as exc:
        raise UsageError(str(exc)) from exc
    if isinstance(found, Codec):
        return found
    if isinstance(found, Format):
        return make_codec(found)
    raise UsageError(f"expected a codec or a format, got {reference}, which is a {type(found).__name__}")


def find_codec(name: str, given: Mapping[str, Codec]) -> Codec:
    """
    Return the codec of a format: one of *given*, or else the shared one.

    Args:
        name: As `get_codec` takes it, or the name of a format of *given*.
        given: The result of `given_codecs`.

    Raises:
        UsageError: There is no such format.
    """
    from ..errors import UnknownCodecError
    from ..registry import get_codec

    if name in given:
        return given[name]
    try:
        codec = get_codec(name)
    except UnknownCodecError as exc:
        raise UsageError(str(exc)) from exc
    return given.get(codec.name, codec)


def _names_a_format(word: str, given: Mapping[str, Codec]) -> bool:
    try:
        find_codec(word, given)
    except UsageError:
        return False
    return True


def given_type(reference: str | None) -> Any:
    """
    Return the type that ``--type`` names; ``Any`` if it was not given.

    Raises:
        UsageError: It names no type.
    """
    if reference is None:
        return Any
    from .typerefs import TypeReferenceError, parse_type

    try:
        return parse_type(reference)
    except TypeReferenceError as exc:
        raise UsageError(str(exc)) from exc
