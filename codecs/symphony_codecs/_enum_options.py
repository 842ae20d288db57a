"""What `Codec.with_enum` takes: checked, and the names of the members found."""

from __future__ import annotations

import enum

from collections.abc import Mapping
from typing import Any

from .options import EnumBy, EnumOptions, Rename, check_text, variant_rule


__all__ = ["enum_options", "pascal_case"]


def pascal_case(name: str) -> str:
    """
    Return the name of an enum's member in ``PascalCase``, as Rust names variants.

    Words end at underscores; a word without lower-case letters keeps its
    first letter alone: ``VERY_LOW`` and ``very_low`` are ``VeryLow``, and
    ``VeryLow`` stays.
    """
    words = filter(None, name.split("_"))
    return "".join(word[:1].upper() + (word[1:].lower() if word.isupper() else word[1:]) for word in words)


def enum_options(
    cls: Any, *, by: EnumBy | None, rename: Rename | None, names: Mapping[Any, str], other: Any
) -> EnumOptions:
    """
    Return the options of the enum *cls*.

    Args:
        cls: The class.
        by: See `Codec.with_enum`, as for all that follow.
        rename: See there.
        names: See there.
        other: See there.

    Raises:
        ValueError: *cls* is no enum, or a flag; an option has no effect; two
            members have one name; a member is none of *cls*.
        TypeError: A name is no `str`.
    """
    if not isinstance(cls, type) or not issubclass(cls, enum.Enum) or issubclass(cls, enum.Flag):
        raise ValueError(f"expected an enum that is no flag, got {getattr(cls, '__name__', cls)}")  # noqa: TRY004 - as for with_class
    members = cls.__members__
    for member in (*names, *(() if other is None else (other,))):
        if not isinstance(member, cls) or members.get(member._name_) is not member:
            raise ValueError(f"expected members of {cls.__name__}, got {member!r}")
    for name in names.values():
        check_text("a name", name)
    if rename is None and not names:
        return EnumOptions(by=by, other=other)
    if by == "value":
        raise ValueError("expected no names and no rename for an enum by value, where they have no effect")
    rule = variant_rule(rename)
    if rename is not None and not callable(rename):
        wire = {name: rule(pascal_case(name)) for name in members} if rule is not None else {}
    else:
        wire = {name: name if rule is None else rule(name) for name in members}
    for name in wire.values():
        check_text("a name", name)
    wire.update((member._name_, name) for member, name in names.items())
    of_name: dict[str, str] = {}
    for name, text in wire.items():
        before = of_name.setdefault(text, name)
        if members[before] is not members[name]:
            raise ValueError(f"expected a name for each member, got {text!r} for {before} and {name}")
    return EnumOptions(by="name", names=wire, other=other)
