"""What a codec can be told: limits, strictness, and the shape of classes and unions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Final, Literal, TypedDict, cast

import attrs

from symphony_types.checks import BOOL

from .formats.base import Limits


__all__ = [
    "ClassOptions",
    "CodecChanges",
    "CodecOptions",
    "EnumBy",
    "EnumOptions",
    "FieldOptions",
    "Limits",
    "Rename",
    "Tagging",
    "UnionOptions",
    "Unions",
    "UnknownFields",
    "check_text",
    "variant_rule",
]

UnknownFields = Literal["ignore", "forbid", "keep"]
EnumBy = Literal["value", "name"]
Tagging = Literal["external", "internal", "adjacent", "untagged"]
RenameRule = Literal["lowercase", "UPPERCASE", "PascalCase", "camelCase", "snake_case", "SCREAMING_SNAKE_CASE"]
KebabRule = Literal["kebab-case", "SCREAMING-KEBAB-CASE"]
Rename = RenameRule | KebabRule | Callable[[str], str]


_UPPER: Final = str.maketrans(ascii_lowercase, ascii_uppercase)


def _upper(name: str) -> str:
    # ASCII alone: serde leaves other letters as they are.
    return name.translate(_UPPER)


def _pascal(name: str) -> str:
    return "".join(_upper(word[:1]) + word[1:] for word in name.split("_"))


def _camel(name: str) -> str:
    pascal = _pascal(name)
    return pascal[:1].lower() + pascal[1:]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _upper_kebab(name: str) -> str:
    return _kebab(_upper(name))


# serde's `rename_all` rules for fields, which start from snake_case (serde_derive, internals/case.rs).
_RULES: Final[Mapping[str, Callable[[str], str]]] = {
    "lowercase": str,
    "UPPERCASE": _upper,
    "PascalCase": _pascal,
    "camelCase": _camel,
    "snake_case": str,
    "SCREAMING_SNAKE_CASE": _upper,
    "kebab-case": _kebab,
    "SCREAMING-KEBAB-CASE": _upper_kebab,
}


_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)


def _lower(name: str) -> str:
    return name.translate(_LOWER)


def _camel_variant(name: str) -> str:
    return _lower(name[:1]) + name[1:]


def _snake_variant(name: str) -> str:
    return _lower("".join(f"_{each}" if place and each.isupper() else each for place, each in enumerate(name)))


def _from_snake(rule: str) -> Callable[[str], str]:
    """Return the rule for fields after the words of a variant have been parted."""
    return lambda name: _RULES[rule](_snake_variant(name))


# The same for variants, which start from PascalCase.
_VARIANT_RULES: Final[Mapping[str, Callable[[str], str]]] = {
    "lowercase": _lower,
    "UPPERCASE": _upper,
    "PascalCase": str,
    "camelCase": _camel_variant,
    **{
        rule: _from_snake(rule) for rule in ("snake_case", "SCREAMING_SNAKE_CASE", "kebab-case", "SCREAMING-KEBAB-CASE")
    },
}


def _rule(rename: Rename | None, rules: Mapping[str, Callable[[str], str]]) -> Callable[[str], str] | None:
    if rename is None or callable(rename):
        return rename
    if not isinstance(cast("object", rename), str) or rename not in rules:
        raise ValueError(f"expected one of {', '.join(rules)} or a function, got {rename!r}")
    return rules[rename]


def _rename_function(rename: Rename | None) -> Callable[[str], str] | None:
    return _rule(rename, _RULES)


def variant_rule(rename: Rename | None) -> Callable[[str], str] | None:
    """
    Return the function from a class's or an enum member's name to its name on the wire.

    Args:
        rename: One of serde's ``rename_all`` rules for variants, or a
            function; ``None`` gives ``None``.

    Raises:
        ValueError: There is no such rule.
    """
    return _rule(rename, _VARIANT_RULES)


def _copied(fields: Mapping[str, FieldOptions]) -> dict[str, FieldOptions]:
    if not isinstance(cast("object", fields), Mapping):
        raise TypeError(f"expected a map of fields' names to FieldOptions, got {fields!r}")
    for name, options in fields.items():
        if not isinstance(cast("object", options), FieldOptions):
            raise TypeError(f"expected FieldOptions for field {name!r}, got {options!r}")
    return dict(fields)


def _copied_names(names: Mapping[type, str]) -> dict[type, str]:
    for name in names.values():
        check_text("a name", name)
    return dict(names)


def _key(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    check_text(attribute.name, value)


def check_text(what: str, value: object) -> None:
    """
    Raise for a name or a key that is no text.

    Raises:
        TypeError: *value* is no `str`.
    """
    if not isinstance(value, str):
        raise TypeError(f"expected a str for {what}, got {value!r}")


def _one_of(*options: str) -> Callable[[Any, attrs.Attribute[Any], Any], None]:
    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value not in options:
            raise ValueError(f"expected one of {', '.join(options)}, got {value!r} for {attribute.name}")

    return check


def _field_name(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if type(value) is int:
        if not -(2**63) <= value < 2**64:
            raise ValueError(f"expected an int of 64 bits for {attribute.name}, got {value}")
    elif value is not None:
        check_text(attribute.name, value)


def _aliases(names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise TypeError(f"expected a tuple of names for aliases, got {names!r}")
    aliases = tuple(names)
    for name in aliases:
        check_text("an alias", name)
    return aliases


@attrs.frozen(kw_only=True)
class FieldOptions:
    """
    How one field of a class goes on the wire.

    Args:
        rename: The field's name on the wire.  An int, -2**63 to 2**64-1, in
            formats whose keys may be ints (MessagePack and CBOR), as COSE
            (RFC 9052) names fields.
        aliases: Other names that are read, never written (serde's
            ``alias``).  A map that has a field under two names is refused.
        omit: Never write the field; when reading, ignore whatever is there.
            It needs a default.  ``None``: fields that the constructor does
            not take (``init=False``) are written if they take part in
            comparisons or are a ``Literal``; ``False`` writes the others, too.
        omit_none: Leave the field out where it holds ``None`` (serde's
            ``skip_serializing_if = "Option::is_none"``); maps only, since in
            an array the next field would take its place.
        omit_default: The same for any default.
        required: The field must be there when reading, though the class has
            a default for it.
        flatten: The entries of the field stand among those of the class, which
            is always a map then (serde's ``flatten``).  The field holds a
            class, a union of classes, either of them or ``None``, or a map
            with keys of text, which takes all keys that no other field has.
    """

    rename: str | int | None = attrs.field(default=None, validator=_field_name)
    aliases: tuple[str, ...] = attrs.field(default=(), converter=_aliases)
    omit: bool | None = None
    omit_none: bool = False
    omit_default: bool | None = None
    required: bool = False
    flatten: bool = False


@attrs.frozen(kw_only=True)
class ClassOptions:
    """
    How one class goes on the wire, where that differs from the codec's options.

    Args:
        rename: A rule for all field names, or a function.
        omit_defaults: Leave out fields that hold their default.
        unknown_fields: Ignore, forbid, or keep and write back.
        positional: Write as an array; ``None``: as the codec does.
        serde_required: Serde's rule for a derive without ``#[serde(default)]``: only
            fields that may be ``None`` can be missing from a map, and nothing
            from an array.
        fields: Options of single fields, by attribute name.
    """

    rename: Callable[[str], str] | None = attrs.field(default=None, converter=_rename_function)
    omit_defaults: bool | None = None
    unknown_fields: UnknownFields | None = attrs.field(
        default=None, validator=attrs.validators.optional(_one_of("ignore", "forbid", "keep"))
    )
    positional: bool | None = None
    serde_required: bool = False
    fields: Mapping[str, FieldOptions] = attrs.field(factory=dict, converter=_copied)


@attrs.frozen(kw_only=True)
class UnionOptions:
    """
    How a union of classes is told apart on the wire: serde's four enum representations.

    Args:
        tagging: ``external`` (``{"Name": {...}}``), ``internal``
            (``{"type": "Name", ...}``), ``adjacent`` (``{"type": "Name",
            "content": {...}}``) or ``untagged`` (the first that fits).
        tag: Key of the name, for internal and adjacent tagging.
        content: Key of the content, for adjacent tagging.
        order: The members, in the order in which untagged ones are tried.
        maps: Whether untagged classes are maps in a positional codec as well,
            because their arrays are taken for one another.
        decisive: A field: a map that has it is never read as an untagged class
            that has no such field, which would ignore what is wrong with it.
        names: Class to its name on the wire, where that is not the class's own.
        newtypes: Classes whose one field goes bare; ``None``: those that do
            in unions without options.
        other: The member that is read for names which no member goes by.
    """

    tagging: Tagging = attrs.field(
        default="external", validator=_one_of("external", "internal", "adjacent", "untagged")
    )
    tag: str = attrs.field(default="type", validator=_key)
    content: str = attrs.field(default="content", validator=_key)
    order: tuple[Any, ...] = ()
    maps: bool = False
    decisive: str | None = None
    names: Mapping[type, str] = attrs.field(factory=dict, converter=_copied_names)
    newtypes: frozenset[type] | None = None
    other: type | None = None

    def __attrs_post_init__(self) -> None:
        if self.tagging == "adjacent" and self.tag == self.content:
            raise ValueError(f"expected two keys for tag and content, got {self.tag!r} for both")


@attrs.frozen(kw_only=True)
class EnumOptions:
    """
    How one enum goes on the wire, where that differs from the codec's options.

    Args:
        by: Whether members are their values or their names; ``None``: as
            the codec has it.
        names: By name, and for aliases by theirs: the name on the wire;
            empty: the same.
        other: The member that unknown values are read as; ``None``: they are
            refused.
    """

    by: EnumBy | None = attrs.field(default=None, validator=attrs.validators.optional(_one_of("value", "name")))
    names: Mapping[str, str] = attrs.field(factory=dict)
    other: Any = None


@attrs.frozen(kw_only=True)
class CodecOptions:
    """
    The options of a codec; `Codec.with_options` takes them by name.

    Args:
        limits: Nesting, size, lengths.
        strict: Also refuse duplicate keys, NaN and infinities in every
            format; costs a second scan of the document.
        rename: A rule for all field names of all classes, or a function.
        omit_defaults: Leave out fields that hold their default.
        unknown_fields: What happens to keys that no field has.
        positional: Write classes as arrays; ``None``: as the format does.
        enums: Whether members of enums, but for flags and the enums of
            `symphony_types`, are their values or their names.
        sort_keys: Write the entries of all maps in the order of their keys,
            those of classes among them, so that equal values have equal bytes:
            in JSON by code point, in CBOR and MessagePack by the bytes of the
            keys (RFC 8949, section 4.2.1).  It is slower: the compiled engine
            does not write then.
    """

    limits: Limits = attrs.field(factory=Limits, validator=attrs.validators.instance_of(Limits))
    strict: bool = False
    rename: Callable[[str], str] | None = attrs.field(default=None, converter=_rename_function)
    omit_defaults: bool = False
    unknown_fields: UnknownFields = attrs.field(default="ignore", validator=_one_of("ignore", "forbid", "keep"))
    positional: bool | None = None
    enums: EnumBy = attrs.field(default="value", validator=_one_of("value", "name"))
    sort_keys: bool = attrs.field(default=False, validator=BOOL)


class CodecChanges(TypedDict, total=False):
    """The keyword arguments of `Codec.with_options`: the fields of `CodecOptions` and of `Limits`."""

    limits: Limits
    strict: bool
    rename: Rename | None
    omit_defaults: bool
    unknown_fields: UnknownFields
    positional: bool | None
    enums: EnumBy
    sort_keys: bool
    max_depth: int
    max_size: int
    max_items: int
    max_text: int


@attrs.frozen(kw_only=True)
class Unions:
    """
    What a codec knows of unions.

    Args:
        options: Members of a union (without ``None``) to how they are told
            apart; a union of some of the members is told apart the same way.
        names: Class to its name in any union, where that is not the class's own.
        newtypes: Classes whose one field goes bare into a union whose options
            do not say otherwise.
    """

    options: Mapping[frozenset[Any], UnionOptions] = attrs.field(factory=dict)
    names: Mapping[type, str] = attrs.field(factory=dict)
    newtypes: frozenset[type] = frozenset()
