"""
Unions: optional types, unions of scalars, unions of classes, and mixtures.

Scalars, containers and ``None`` are told apart by what they are on the wire;
where two members look alike there (``datetime | str``) the union is refused,
unless the user asks for the first that fits.  Two or more classes need a tag:
`_tagging` has the ways.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, get_origin

from symphony_types._tagged import TaggedValue
from symphony_types.checks import describe
from symphony_types.ids import TypedId
from symphony_types.time import Duration, Timestamp

from .._issues import FormatError, mismatch, unsupported
from .._signals import raise_if_from_signal
from ..options import UnionOptions
from ..schema.annotations import behind, class_of, members_of
from ..schema.fields import is_struct
from . import _tagging
from ._base import Hooks, Shape, StructureHook, UnstructureHook, passing
from ._literals import by_literal, find_literal
from ._untagged import untagged
from .enums import literal_values
from .structs import body_hook, is_unit, map_hook


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["UnionShape", "group_kinds", "in_order", "is_variant", "options_for", "union_members"]

# attrs classes that are no struct on the wire
_SCALAR_CLASSES = (TypedId, Timestamp, Duration, TaggedValue)

_NAMES = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a string",
    bytes: "bytes",
    list: "an array",
    dict: "a map",
}


def is_variant(tp: Any) -> bool:
    """Return whether *tp* is a class that takes part in tagging: ids and the like are scalars."""
    cls = class_of(tp)
    return is_struct(cls) and not issubclass(cls, _SCALAR_CLASSES)


def options_for(members: list[Any], converter: WireConverter) -> UnionOptions | None:
    """Return how the union of *members* is told apart, if the codec was told."""
    classes = frozenset(map(class_of, members))
    exact = converter.unions.options.get(classes)
    if exact is not None:
        return exact
    return next((o for known, o in converter.unions.options.items() if classes and classes <= known), None)


def in_order(members: list[Any], options: UnionOptions) -> list[Any]:
    """Return *members* in the order of the configured union: ``A | B`` and ``B | A`` are equal, so share hooks."""
    return sorted(members, key=lambda member: options.order.index(class_of(member)))


def _untagged(members: list[Any], options: UnionOptions, converter: WireConverter, *, beside_none: bool) -> Hooks:
    hooks: list[tuple[StructureHook, UnstructureHook, Any]] = []
    for member in in_order(members, options):
        bare = _bare(member, options, converter, beside_none=beside_none)
        if bare is not None:
            read, write = bare
        elif beside_none:
            read, write = _alone(member, converter)
        else:
            read, write = converter.get_structure_hook(member), converter.get_unstructure_hook(member)
        if options.maps and bare is None and converter.is_own(member):
            write = map_hook(behind(member), converter)
        hooks.append((read, write, member))
    return untagged(hooks)


def _bare(member: Any, options: UnionOptions, converter: WireConverter, *, beside_none: bool) -> Hooks | None:
    """Return the hooks for what is no struct without a tag: a newtype is its field, a class without fields null."""
    if not is_variant(member) or not converter.is_own(member):
        return None
    (variant,) = _tagging.variants_of([member], converter, options)
    unit = variant.unit and not beside_none and converter.format.none
    if not unit and not variant.newtype:
        return None

    def unstructure_bare(value: Any) -> Any:
        if type(value) is not variant.cls:
            raise mismatch(f"a {variant.cls.__name__}", value)
        return variant.write(value)

    return variant.read, unstructure_bare


def _of_classes(structs: list[Any], converter: WireConverter, *, beside_none: bool) -> Hooks:
    """Return the hooks for the class members of the union."""
    options = options_for(structs, converter)
    if options is None:
        literals = find_literal(structs, converter)
        if literals:
            return by_literal(min(literals), structs, converter)
        options = UnionOptions()
    if options.tagging == "untagged":
        return _untagged(structs, options, converter, beside_none=beside_none)
    variants = _tagging.variants_of(structs, converter, options)
    if options.tagging == "internal":
        return _tagging.internal(variants, converter, options)
    if options.tagging == "adjacent":
        return _tagging.adjacent(variants, converter, options)
    return _tagging.external(variants, converter)


def group_kinds(structs: list[Any], converter: WireConverter) -> frozenset[type]:
    """Return what the classes of a union look like together."""
    if len(structs) == 1:
        return frozenset((dict, list))
    options = options_for(structs, converter)
    if options is None and not find_literal(structs, converter):
        options = UnionOptions()
    if options is None or options.tagging != "external":
        return frozenset((dict, list))
    units = any(variant.unit for variant in _tagging.variants_of(structs, converter, options))
    return frozenset((dict, str)) if units else frozenset((dict,))


def _alone(member: Any, converter: WireConverter) -> Hooks:
    """Return the hooks for the one class of a union; one without fields must not look like ``None``."""
    read, write = converter.get_structure_hook(member), converter.get_unstructure_hook(member)
    if is_variant(member) and converter.is_own(member) and is_unit(behind(member), converter):
        write = body_hook(behind(member), converter)
    return read, write


def _mixed(tp: Any, members: list[Any], converter: WireConverter, *, beside_none: bool) -> Hooks:
    """Return the hooks for a union whose members are told apart by what they are on the wire."""
    structs = [m for m in members if is_variant(m)]
    if len(structs) == 1 and not converter.is_own(structs[0]):
        structs = []  # a single class needs no tag, and what its own hook makes of it is not known
    by_kind: dict[type, tuple[StructureHook, Any]] = {}
    by_class: dict[Any, list[UnstructureHook]] = {}
    writers: list[UnstructureHook] = []
    ambiguous: list[str] = []
    other: tuple[StructureHook, Any] | None = None

    def add(kinds: frozenset[type], read: StructureHook, write: UnstructureHook, member: Any, *classes: Any) -> None:
        for kind in kinds:
            if kind in by_kind:
                ambiguous.append(_NAMES[kind])
            by_kind[kind] = read, member
        for cls in classes:
            by_class.setdefault(cls, []).append(write)
        writers.append(write)

    if len(structs) == 1:
        member = structs[0]
        read, write = _alone(member, converter)
        add(group_kinds(structs, converter), read, write, member, class_of(member))
    elif structs:
        read, write = _of_classes(structs, converter, beside_none=beside_none)
        add(group_kinds(structs, converter), read, write, tp, *map(class_of, structs))
    for member in members:
        if member in structs:
            continue
        kinds = converter.kinds(member)
        read, write = converter.get_structure_hook(member), converter.get_unstructure_hook(member)
        if kinds is None:  # a hook of the user's: it gets what no other member is
            if other is not None:
                raise unsupported(tp, "two of its members have hooks of their own: use with_union(tagging='untagged')")
            other = read, member
            writers.append(write)
            by_class.setdefault(class_of(member), []).append(write)
            continue
        add(kinds, read, _held_to(write, kinds), member, class_of(member))
    if ambiguous:
        shapes = " and ".join(sorted(set(ambiguous)))
        raise unsupported(tp, f"two of its members are {shapes} on the wire: use with_union to tell them apart")
    if float in by_kind and int not in by_kind:  # serde reads an integer where a float belongs
        by_kind[int] = by_kind[float]
    expected = " or ".join(_NAMES[kind] for kind in _NAMES if kind in by_kind)

    def structure_union(value: Any, _: Any) -> Any:
        found = by_kind.get(type(value), other)
        if found is None:
            raise mismatch(expected, value)
        read, member = found
        return read(value, member)

    def unstructure_union(value: Any) -> Any:
        known = by_class.get(type(value))
        if known is not None and len(known) == 1:
            return known[0](value)
        last: Exception | None = None
        for write in writers:
            try:
                return write(value)
            except RecursionError:
                raise
            except Exception as exc:  # noqa: BLE001 - a hook of the user's may raise anything
                raise_if_from_signal(exc)
                last = exc
        names = " or ".join(getattr(cls, "__name__", str(cls)) for cls in by_class)
        raise FormatError.of("wrong_type", names, describe(value)) from last

    return structure_union, unstructure_union


def _held_to(write: UnstructureHook, kinds: frozenset[type]) -> UnstructureHook:
    """Refuse to write what would be read back as another member: a wide int as text, beside a `str`."""

    def unstructure_member(value: Any) -> Any:
        wire = write(value)
        if type(wire) not in kinds and not (type(wire) is bool and int in kinds):
            expected = " or ".join(_NAMES[kind] for kind in kinds)
            raise mismatch(f"a value that is {expected} on the wire", value, "out_of_range")
        return wire

    return unstructure_member


def union_members(tp: Any, is_own: Callable[[Any], bool]) -> tuple[Any, ...]:
    """
    Return the members of the union *tp*; literals become one, since a string may be of any of them.

    Args:
        tp: The union.
        is_own: Whether the hooks of a member are ours.
    """
    members = list(members_of(tp, is_own))
    literals = [member for member in members if get_origin(member) is Literal and is_own(member)]
    if len(literals) > 1:
        together: Any = Literal[tuple(value for literal in literals for value in literal_values(literal))]
        members[members.index(literals[0])] = together
        members = [member for member in members if member not in literals]
    return tuple(members)


def _hooks(tp: Any, converter: WireConverter) -> Hooks:
    everything = union_members(tp, converter.is_own)
    members = [m for m in everything if m is not type(None)]
    beside_none = len(members) < len(everything)
    options = options_for(members, converter)
    if len(members) == 1:
        only = members[0]
        read, write = _alone(only, converter)
        hooks: Hooks = passing(read, only, converter), write
    elif all(is_variant(m) for m in members):
        hooks = _of_classes(members, converter, beside_none=beside_none)
    elif options is not None and options.tagging == "untagged":
        hooks = _untagged(members, options, converter, beside_none=beside_none)
    else:
        hooks = _mixed(tp, members, converter, beside_none=beside_none)
    if not beside_none:
        return hooks
    read_some, write_some = hooks

    def structure_or_none(value: Any, cls: Any) -> Any:
        return None if value is None else read_some(value, cls)

    def unstructure_or_none(value: Any) -> Any:
        return None if value is None else write_some(value)

    return structure_or_none, unstructure_or_none


class UnionShape(Shape):
    """``A | B``, ``Optional[A]``."""

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type] | None:
        """Return those of all members."""
        members = union_members(tp, converter.is_own)
        structs = [m for m in members if is_variant(m)]
        known = [converter.kinds(m) for m in members if len(structs) < 2 or m not in structs]
        if len(structs) > 1:
            known.append(group_kinds(structs, converter))
        return None if None in known else frozenset().union(*filter(None, known))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the hook that tells the members apart."""
        return _hooks(tp, converter)[0]

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the hook that goes by the value's class."""
        return _hooks(tp, converter)[1]
