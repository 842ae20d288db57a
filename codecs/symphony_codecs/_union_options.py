"""From the arguments of `Codec.with_union` to the options of a union, where they can take effect."""

from __future__ import annotations

import dataclasses

from collections.abc import Iterable, Mapping
from typing import Any, Final, ForwardRef, TypeVar

import attrs

from .options import Rename, Tagging, UnionOptions, Unions, variant_rule
from .schema.annotations import behind, class_of, is_union, members_of
from .schema.fields import is_struct
from .schema.kinds import kind_of
from .schema.unions import is_variant
from .unknown import UnknownVariant


__all__ = ["UnionArguments", "with_options_of"]

_WITH_TAG: Final = ("internal", "adjacent")
_MAPS: Final = ("mapping", "typed_dict")
_ARRAYS: Final = ("sequence", "set", "tuple")


@attrs.frozen(kw_only=True)
class UnionArguments:
    """
    The arguments of `Codec.with_union`; ``None`` and what is empty have not been given.

    Attributes:
        tagging: See there, as for all that follow.
        tag: See there.
        content: See there.
        names: See there.
        rename: See there.
        newtype: See there.
        other: See there.
    """

    tagging: Tagging
    tag: str | None
    content: str | None
    names: Mapping[type, str]
    rename: Rename | None
    newtype: tuple[type, ...]
    other: type | None = None


def with_options_of(known: Unions, union: Any, given: UnionArguments) -> Unions:
    """
    Return *known* with the options of one union more, or other ones of it.

    Raises:
        ValueError: *union* is no union, or an argument would have no effect.
        TypeError: A name or a key is no `str`.
    """
    inner = behind(union)
    members = tuple(m for m in members_of(inner) if m is not type(None)) if is_union(inner) else ()
    classes = tuple(map(class_of, members))
    if len(classes) < 2:
        raise ValueError(f"expected a union of two types at least, got {union}")
    for cls in (*given.names, *given.newtype, *((given.other,) if given.other is not None else ())):
        if cls not in classes:
            raise ValueError(f"expected members of the union, got {_name(cls)}")
    for cls in (*given.names, *given.newtype):
        if cls is UnknownVariant:
            raise ValueError("expected classes that go by a name, got UnknownVariant, which keeps that of the document")
    if given.other is not None and given.other is not UnknownVariant and UnknownVariant in classes:
        raise ValueError(f"expected one class for unknown names, got {_name(given.other)} beside UnknownVariant")
    # What names stand for is not known here: where they are looked up, the union is not this one.
    unresolved = [member for member in members if isinstance(member, (str, ForwardRef))]
    if unresolved:
        raise ValueError(f"expected types, got the name {unresolved[0]!r}: with_union does not look it up")
    variants = tuple(dict.fromkeys(cls for cls, member in zip(classes, members, strict=True) if is_variant(member)))
    names = _names(known, variants, given)
    options = UnionOptions(
        tagging=given.tagging,
        tag="type" if given.tag is None else given.tag,
        content="content" if given.content is None else given.content,
        order=classes,
        names=names,
        newtypes=frozenset(given.newtype),
        other=UnknownVariant if UnknownVariant in classes else given.other,
    )
    _check_arguments(given)
    empty = next((cls for cls in given.newtype if is_struct(cls) and not _has_fields(cls)), None)
    if empty is not None:
        raise ValueError(f"expected newtypes of one field, got {_name(empty)}, which has none")
    if given.tagging == "untagged" and UnknownVariant in classes:
        raise ValueError("expected a tagging with names beside UnknownVariant, got untagged")
    if given.tagging != "untagged":
        _check_members(members, variants, given)
        _check_names({**known.names, **names}, variants)
    others = {key: how for key, how in known.options.items() if key != frozenset(classes)}
    return attrs.evolve(known, options={frozenset(classes): options, **others})


def _names(known: Unions, variants: Iterable[type], given: UnionArguments) -> dict[type, str]:
    """Return the names of classes, those that were given before those that the rule makes of their own."""
    rule = variant_rule(given.rename)
    named = [cls for cls in variants if cls is not UnknownVariant]
    made = {} if rule is None else {cls: rule(known.names.get(cls, cls.__name__)) for cls in named}
    return {**made, **given.names}


def _check_arguments(given: UnionArguments) -> None:
    """Raise for arguments that have no effect with the tagging."""
    tagging = given.tagging
    pointless = {
        "tag": given.tag is not None and tagging not in _WITH_TAG,
        "content": given.content is not None and tagging != "adjacent",
        "names": given.names and tagging == "untagged",
        "rename": given.rename is not None and tagging == "untagged",
        "other": given.other is not None and tagging == "untagged",
    }
    for argument, is_pointless in pointless.items():
        if is_pointless:
            raise ValueError(f"expected no {argument} with {tagging} tagging, where it has no effect")


def _check_members(members: Iterable[Any], variants: tuple[Any, ...], given: UnionArguments) -> None:
    """Raise for members that a tag cannot tell apart, though one is asked for."""
    tagging = given.tagging
    way_out = "use tagging='untagged'"
    others = [member for member in members if not is_variant(member)]
    if any(isinstance(member, TypeVar) for member in others):
        return
    if len(variants) < 2 and len(others) > 0:
        raise ValueError(
            f"expected two classes at least that {tagging} tagging can tell apart, got {_name(others[0])} among the"
            f" members, which takes no tag: {way_out}"
        )
    if len(variants) + len(others) < len(list(members)):
        raise ValueError(f"expected each class once, since a tag does not tell type arguments apart: {way_out}")
    for cls in (*given.names, *given.newtype, *((given.other,) if given.other is not None else ())):
        if cls not in variants:
            raise ValueError(f"expected classes that go by a name, got {_name(cls)}, which takes no tag")
    for member in others:
        kind = kind_of(behind(member))
        if kind in _MAPS or (kind in _ARRAYS and tagging in _WITH_TAG):
            what = "a map" if kind in _MAPS else "an array"
            raise ValueError(
                f"expected members that {tagging} tagging can tell apart, got {_name(member)}, which is {what}"
                f" without a tag, as the tagged classes may be: {way_out}"
            )


def _check_names(names: Mapping[type, str], variants: Iterable[type]) -> None:
    by_name: dict[str, type] = {}
    for cls in variants:
        if cls is UnknownVariant:
            continue
        name = names.get(cls, cls.__name__)
        if by_name.setdefault(name, cls) is not cls:
            raise ValueError(
                f"expected a name for each class, got {name!r} for both {_name(by_name[name])} and {_name(cls)}"
            )


def _has_fields(cls: Any) -> bool:
    return bool(attrs.fields(cls) if attrs.has(cls) else dataclasses.fields(cls))


def _name(tp: Any) -> str:
    return str(tp.__qualname__ if isinstance(tp, type) and not getattr(tp, "__args__", ()) else tp)
