"""
The nodes of unions: what tells their members apart.

See https://serde.rs/enum-representations.html for the forms.
"""

from __future__ import annotations

import functools
import itertools
import sys

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, Union, get_args, get_origin

import attrs

from symphony_types._tagged import TaggedValue
from symphony_types.ids import TypedId
from symphony_types.time import Duration, Timestamp

from .._issues import FormatError, mismatch, unsupported
from ..options import UnionOptions, Unions
from ..unknown import UnknownVariant
from . import nodes
from .addresses import EITHER, either_hook
from .annotations import admits_none, behind, class_of, is_union, members_of
from .enums import literal_values
from .faults import Step
from .fields import WireField, is_struct, wire_fields
from .flatten import as_map, keys_of
from .kinds import kind_of
from .literal_unions import by_literal, literal_fields
from .mistakable import Member, may_take
from .structs import body, kept_fields
from .values import may_write
from .walk import children
from .wire_kinds import NAMES, kinds_of


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["cases", "is_variant", "tagged_classes", "union"]

_MAY_BE_FOREIGN: Final = (nodes.Reference, nodes.Duration, nodes.TimeDelta)
# attrs classes that are no struct on the wire
_SCALAR_CLASSES: Final = (TypedId, Timestamp, Duration, TaggedValue)


def is_variant(tp: Any) -> bool:
    """Return whether *tp* is a class that takes part in tagging: ids and the like are scalars."""
    cls = class_of(tp)
    return is_struct(cls) and not issubclass(cls, _SCALAR_CLASSES)


def tagged_classes(unions: Unions) -> frozenset[Any]:
    """Return all classes that go with a tag in a union the codec was told of."""
    told = (members for members, how in unions.options.items() if how.tagging != "untagged")
    return frozenset(filter(is_variant, frozenset().union(*told)))


def cases(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of a `TaggedValue`."""
    namespace = {**vars(sys.modules[tp.__module__]), tp.__name__: tp}
    held = {
        name: eval(kind, namespace) if isinstance(kind, str) else kind  # noqa: S307 - our own annotation
        for name, kind in tp.__variants__.items()
    }
    return nodes.TaggedValueNode(
        cls=tp,
        nodes={name: None if kind is None else builder.node(kind, f"({name})") for name, kind in held.items()},
        units={name: tp.from_variant(name) for name, kind in held.items() if kind is None},
        make=tp.from_variant,
    )


def union(tp: Any, builder: Builder) -> nodes.Node | None:
    """Build the node of a union; ``None`` where only generated Python can tell its members apart."""
    everything = _members(tp, builder.are_own)
    members = [member for member in everything if member is not type(None)]
    beside_none = len(members) < len(everything)
    options = _options_for(members, builder)
    members = members if options is not None else _with_addresses(members, builder)
    node: nodes.Node | None
    try:
        node = _told_apart(tp, members, options, builder, beside_none=beside_none)
    except FormatError:
        for member in members:  # whose own faults are noted beside that
            builder.node(member, (member,))
        raise
    return nodes.Optional(node) if beside_none and node is not None else node


def _with_addresses(members: list[Any], builder: Builder) -> list[Any]:
    """Return *members* with the addresses of both versions as one: Rust has one type for them."""
    for classes in EITHER:
        if classes.issubset(members) and all(map(builder.are_own, classes)):
            pair = [member for member in members if member in classes]
            members = [member for member in members if member not in classes]
            members.append(Union[tuple(pair)])  # noqa: UP007 - of classes found at run time
    return members


def _either_address(tp: Any, builder: Builder) -> nodes.Node:
    """Build the node of an address of any version: text, or in binary formats an enum of ``V4`` and ``V6``."""
    classes = sorted(get_args(tp), key=lambda cls: str(cls.__name__))
    if builder.format.human_readable:
        return nodes.Hook(tp, either_hook(frozenset(classes), reads=builder.reads), frozenset((str,)))
    variants = [nodes.Variant(name=cls.__name__[2:4].upper(), cls=cls, node=builder.node(cls)) for cls in classes]
    return nodes.TaggedUnion(tagging="external", variants=tuple(variants))


def _told_apart(
    tp: Any, members: list[Any], options: UnionOptions | None, builder: Builder, *, beside_none: bool
) -> nodes.Node | None:
    """Build the node of *members*, those of the union *tp* but ``None``."""
    if len(members) == 1 and is_union(members[0]):
        return _either_address(members[0], builder)
    if len(members) == 1:
        return _member(members[0], builder, beside_none=beside_none)
    if all(map(is_variant, members)):
        return _of_classes(members, builder, beside_none=beside_none)
    if options is not None and options.tagging == "untagged":
        return _untagged(members, options, builder, beside_none=beside_none)
    return _mixed(tp, members, builder, beside_none=beside_none)


def _members(tp: Any, is_own: Callable[[Any], bool]) -> tuple[Any, ...]:
    """Return the members of the union *tp*; literals become one, since a string may be of any of them."""
    members = list(members_of(tp, is_own))
    literals = [member for member in members if get_origin(member) is Literal and is_own(member)]
    if len(literals) > 1:
        together: Any = Literal[tuple(value for literal in literals for value in literal_values(literal))]
        members[members.index(literals[0])] = together
        members = [member for member in members if member not in literals]
    return tuple(members)


def _options_for(members: list[Any], builder: Builder) -> UnionOptions | None:
    """
    Return the options of the union of *members*, if the codec has some.

    `UnknownVariant` is no variant of its own: a union that has it goes as it does without.

    Raises:
        FormatError: There is an `UnknownVariant` among members that go without names.
    """
    classes = frozenset(map(class_of, members))
    known = builder.registry.unions.options
    exact = known.get(classes)
    if exact is not None:
        return exact
    named = classes - {UnknownVariant}
    options = next((options for several, options in known.items() if named and named <= several), None)
    if options is not None and options.tagging == "untagged" and named < classes:
        why = "UnknownVariant keeps what goes by a name, and with_union(tagging='untagged') gives the others none"
        raise unsupported(" | ".join(str(getattr(tp, "__name__", tp)) for tp in members), why)
    return options


def _in_order(members: list[Any], options: UnionOptions) -> list[Any]:
    """Return *members* in the order of the configured union: ``A | B`` and ``B | A`` are equal, so share hooks."""
    return sorted(members, key=lambda member: options.order.index(class_of(member)))


def _alone(member: Any, builder: Builder, step: Step = "") -> nodes.Node:
    """Build the node of the one class of a union; one without fields must not look like ``None``."""
    node = builder.node(member, step)
    if isinstance(node, nodes.Struct) and not node.fields and not builder.reads and is_variant(member):
        return body(behind(member), builder)
    return node


def _member(tp: Any, builder: Builder, step: Step = "", *, beside_none: bool) -> nodes.Node | None:
    """Return the node of a member that goes without a tag; an enum's ``None`` must not look like that of the union."""
    node = _alone(tp, builder, step)
    if builder.reads or not beside_none or kind_of(behind(tp)) != "enum" or not builder.is_own(tp):
        return node
    if not isinstance(node, nodes.Enum):
        return node if builder.detours.isdisjoint((tp, behind(tp))) else None
    return _without_null(node)


def _without_null(node: nodes.Enum) -> nodes.Enum:
    return attrs.evolve(node, pairs=tuple((wire, value) for wire, value in node.pairs if wire is not None))


def _on_wire(tp: Any, builder: Builder) -> list[WireField]:
    return [field for field in wire_fields(behind(tp), builder.registry) if not field.omitted]


def _of_classes(structs: list[Any], builder: Builder, *, beside_none: bool) -> nodes.Node | None:
    """Build the node of the class members of a union."""
    options = _options_for(structs, builder)
    keeps = any(class_of(tp) is UnknownVariant for tp in structs)
    if options is None:
        labels = literal_fields(
            [tp for tp in structs if class_of(tp) is not UnknownVariant], builder, is_one_of_many=keeps
        )
        if labels and keeps:
            names = " | ".join(str(getattr(tp, "__name__", tp)) for tp in structs)
            why = "UnknownVariant keeps what goes by a name: classes that a Literal tells apart go by none"
            raise unsupported(names, f"{why}; say with with_union(tagging='external') that they do")
        if labels:
            return by_literal(structs, labels, builder, lambda: _own_hook(structs, builder))
        options = UnionOptions()
    if options.tagging == "untagged":
        return _untagged(structs, options, builder, beside_none=beside_none)
    other = UnknownVariant if keeps else options.other
    variants = _variants([tp for tp in structs if class_of(tp) is not UnknownVariant], options, builder)
    if variants is None:
        return None
    if keeps or other in map(class_of, structs):
        return None if builder.for_engine else _open(variants, other, options, builder)
    if builder.for_engine and not builder.reads and options.tagging == "internal":
        return _beside_hooks(variants, structs, options, builder)
    return _tagged(variants, options, builder)


def _open(
    variants: tuple[nodes.Variant, ...], other: Any, options: UnionOptions, builder: Builder
) -> nodes.TaggedUnion:
    """Build the node of classes of which *other* is read for names that none goes by."""
    node = _tagged(variants, options, builder)
    if other is UnknownVariant:
        return attrs.evolve(node, other=nodes.Variant(name="", cls=other, node=builder.node(Any)))
    variant = next(each for each in variants if each.cls is other)
    has_fields = not isinstance(variant.node, nodes.Struct) or bool(variant.node.fields)
    return attrs.evolve(node, other=variant if has_fields else attrs.evolve(variant, node=None))


def _beside_hooks(
    variants: tuple[nodes.Variant, ...], structs: list[Any], options: UnionOptions, builder: Builder
) -> nodes.Node | None:
    """Build the node that writes tags among the fields; generated Python writes them into what a user's hook makes."""
    if not any(isinstance(variant.node, nodes.Hook) for variant in variants):
        return _tagged(variants, options, builder)
    hook = _own_hook(structs, builder)
    if hook is None:
        return None
    members = tuple(
        hook if isinstance(variant.node, nodes.Hook) else _tagged((variant,), options, builder) for variant in variants
    )
    return nodes.UntaggedUnion(
        members=members, writers={variant.cls: node for variant, node in zip(variants, members, strict=True)}
    )


def _own_hook(members: list[Any], builder: Builder) -> nodes.Hook | None:
    """Return the node that calls the hook of a union of *members*, if it is ours."""
    tp: Any = Union[tuple(members)]  # noqa: UP007 - of members found at run time
    return nodes.Hook(tp, builder.later(tp)) if builder.is_own(tp) else None


def _tagged(variants: tuple[nodes.Variant, ...], options: UnionOptions, builder: Builder) -> nodes.TaggedUnion:
    assert options.tagging != "untagged"
    settings = builder.registry
    positional = settings.format.positional if settings.options.positional is None else settings.options.positional
    return nodes.TaggedUnion(
        tagging=options.tagging,
        variants=variants,
        tag=options.tag,
        content=options.content,
        positional=positional,
        forbids=settings.options.unknown_fields == "forbid",
    )


def _variants(structs: list[Any], options: UnionOptions, builder: Builder) -> tuple[nodes.Variant, ...] | None:
    """
    Return the variants that the classes are; a class with hooks of the user's holds what they make of it.

    Raises:
        FormatError: Two have one name, or one class is two of them, or a newtype has not exactly one field.
    """
    variants: list[nodes.Variant] = []
    for tp in structs:
        with builder.faults.at((tp,)):
            variants.append(_variant(tp, options, builder))
    if len({variant.cls for variant in variants}) < len(variants):
        raise unsupported(
            " | ".join(str(getattr(tp, "__name__", tp)) if isinstance(tp, type) else str(tp) for tp in structs),
            "one class is several of its members, which no tag tells apart: use with_union(tagging='untagged')",
        )
    names = [variant.name for variant in variants]
    if len(set(names)) < len(names):
        raise unsupported(" | ".join(names), "two of its classes have one name: give names= to with_union")
    if builder.for_engine and not all(_is_plain(variant, options) for variant in variants):
        return None
    return tuple(variants)


def _is_plain(variant: nodes.Variant, options: UnionOptions) -> bool:
    """Return whether the compiled engine knows what to do with the variant."""
    if options.tagging != "internal":
        return True
    node = variant.node
    if variant.field is not None or not isinstance(node, nodes.Struct):
        return variant.field is None
    # Whether an entry of a flattened map is called as the tag, Python looks.
    return node.kept is None and all(field.flattened is None for field in node.fields)


def _variant(tp: Any, options: UnionOptions, builder: Builder) -> nodes.Variant:
    cls = class_of(tp)
    unions = builder.registry.unions
    name = {**unions.names, **options.names}.get(cls) or cls.__name__
    if not builder.are_own(tp) or not builder.are_own(behind(tp)):
        return nodes.Variant(name=name, cls=cls, node=builder.node(tp))
    fields = _on_wire(tp, builder)
    kept = None if builder.reads else kept_fields(cls, builder.registry)
    if cls in (unions.newtypes if options.newtypes is None else options.newtypes):
        if len(fields) != 1:
            raise unsupported(cls, f"a newtype has one field, it has {len(fields)}")
        (field,) = fields
        if not field.is_passed:
            raise unsupported(cls, f"it cannot be a newtype: its constructor does not take {field.name!r}")
        if field.is_flattened:
            raise unsupported(cls, f"it cannot be a newtype: its field {field.name!r} is flattened")
        return nodes.Variant(
            name=name,
            cls=cls,
            node=builder.field(field),
            field=field.name,
            argument=field.argument,
            optional=admits_none(field.type),
            kept=kept,
        )
    if options.tagging != "internal":
        return nodes.Variant(
            name=name, cls=cls, node=builder.node(tp) if fields else None, kept=None if fields else kept
        )
    keys: frozenset[nodes.FieldName] | None = frozenset(
        name for field in fields for name in (field.key, *field.aliases)
    )
    if any(field.is_flattened for field in fields):
        keys = keys_of(body(behind(tp), builder))
    if options.tag in (keys or ()):
        raise unsupported(cls, f"it has a field {options.tag!r}, which the union's tag is called, too")
    # The tag stands among its fields: one without any is still a map or an array.
    node = builder.node(tp) if builder.reads else body(behind(tp), builder)
    return nodes.Variant(name=name, cls=cls, node=node)


def _untagged(members: list[Any], options: UnionOptions, builder: Builder, *, beside_none: bool) -> nodes.Node | None:
    """Build the node of a union of which the first member that fits is taken."""
    members = _in_order(members, options)
    faults = builder.faults.count
    tried = [_to_try(member, options, builder, beside_none=beside_none) for member in members]
    if builder.reads and builder.takes_foreign and builder.faults.count == faults:
        tried = _with_foreign(members, tried, options, builder, beside_none=beside_none)
    names = tuple(str(getattr(member, "__name__", member)) for member in members)
    decisive, lacking = _decisive(members, tried, options, builder)
    takers = () if builder.reads else _takers(members, tried, options, builder, beside_none=beside_none)
    doubts = tuple(_doubt(each, options, builder, beside_none=beside_none) for each in takers)
    if not builder.for_engine:
        classes = tuple(map(class_of, members))
        is_certain = not builder.reads and len(set(classes)) == len(classes) and all(map(is_variant, members))
        certain = zip(classes, tried, doubts, strict=True) if is_certain else ()
        return nodes.UntaggedUnion(
            members=tuple(tried),
            names=names,
            writers={
                cls: node for cls, node, doubt in certain if doubt is None and not _may_be_null(node, beside_none)
            },
            decisive=decisive,
            lacking=lacking,
            classes=classes,
            doubts=doubts,
            beside_none=beside_none,
        )
    hook = _own_hook(members, builder)
    if hook is None or any(map(_is_bare, tried)) or type(decisive) is int:
        return None
    if builder.reads:
        remembering = hook if builder.is_trying else None
        return nodes.UntaggedUnion(members=tuple(tried), hook=remembering, decisive=decisive, lacking=lacking)
    known: dict[type, nodes.Node] = {}
    trials: dict[type, nodes.Schema] = {}
    for cls in map(class_of, members):
        # A class of the user's is its own, whatever else a hook behind it may take; of others it depends on the value.
        places = [place for place, node in enumerate(tried) if may_write(node, cls)]
        first = places[0]
        is_certain = len(places) == 1 or isinstance(tried[first], nodes.Struct)
        if isinstance(cls, type) and is_certain:
            known[cls] = tried[first]
            doubt = doubts[first]
            if doubt is not None:
                trials[cls] = doubt
    return nodes.UntaggedUnion(members=tuple(tried), writers=known, trials=trials, call=hook.call)


def _may_be_null(node: nodes.Node, beside_none: bool) -> bool:
    return beside_none and isinstance(node, nodes.Bare)


def _takers(
    members: list[Any], written: list[nodes.Node], options: UnionOptions, builder: Builder, *, beside_none: bool
) -> tuple[tuple[Any, ...], ...]:
    """Return for each member those before it that might take what it has written."""
    reading = builder.for_reading()
    own = [builder.are_own(member) and builder.are_own(behind(member)) for member in members]
    if not all(map(builder.can_be_read, members)):
        return ((),) * len(members)
    nodes_of = [_to_try(member, options, reading, beside_none=beside_none) for member in members]
    every = [
        Member(tp, is_variant(tp), reader, writer)
        for tp, reader, writer in zip(members, nodes_of, written, strict=True)
    ]
    return tuple(
        tuple(
            each.type
            for index, each in enumerate(every[:place])
            if own[index] and own[place] and may_take(each, member, reading, builder)
        )
        for place, member in enumerate(every)
    )


def _doubt(
    takers: tuple[Any, ...], options: UnionOptions, builder: Builder, *, beside_none: bool
) -> nodes.Schema | None:
    """Return the schema that reads what was written as the first of *takers* that it fits; ``None`` without any."""
    if not takers:
        return None
    reading = builder.for_trials()
    tried = tuple(_to_try(taker, options, reading, beside_none=beside_none) for taker in takers)
    return reading.schema(nodes.UntaggedUnion(members=tried, names=tuple(map(_shown, takers))))


def _shown(tp: Any) -> str:
    return str(getattr(tp, "__name__", tp)) if isinstance(tp, type) and not get_args(tp) else str(tp)


def _decisive(
    members: list[Any], tried: list[nodes.Node], options: UnionOptions, builder: Builder
) -> tuple[nodes.FieldName | None, frozenset[int]]:
    """Return the key of the field that decides, and the places of the classes that have none."""
    if options.decisive is None or not builder.reads:
        return None, frozenset()
    every = [_on_wire(member, builder) for member in members]
    key = next((field.key for fields in every for field in fields if field.name == options.decisive), None)
    structs = [place for place, node in enumerate(tried) if isinstance(node, nodes.Struct)]
    return key, frozenset(place for place in structs if key not in {field.key for field in every[place]})


def _is_bare(node: nodes.Node) -> bool:
    """Return whether *node* is of a member that the compiled engine does not tell from null, or from its one field."""
    return isinstance(node, nodes.Bare) or (isinstance(node, nodes.Struct) and not node.fields)


def _with_foreign(
    members: list[Any], tried: list[nodes.Node], options: UnionOptions, builder: Builder, *, beside_none: bool
) -> list[nodes.Node]:
    """
    Return the nodes of members that read foreign forms, too, where no later member writes what they read.

    Args:
        members: The members.
        tried: Their nodes that read none.
        options: The union's options.
        builder: The builder, of nodes for reading.
        beside_none: Whether null is None.
    """
    own = [builder.are_own(member) and builder.are_own(behind(member)) for member in members]
    if not all(own) or not any(map(_may_hold_foreign, tried)):
        return tried
    writing = builder.for_writing()
    before = writing.faults.count
    written = [_to_try(member, options, writing, beside_none=beside_none) for member in members]
    reading = builder.in_python()
    nodes_of = [_to_try(member, options, reading, beside_none=beside_none, takes_foreign=True) for member in members]
    if writing.faults.count > before:
        return tried
    every = [Member(tp, is_variant(tp), *both) for tp, *both in zip(members, nodes_of, written, strict=True)]
    if any(may_take(one, other, reading, writing) for one, other in itertools.combinations(every, 2)):
        return tried
    return [_to_try(member, options, builder, beside_none=beside_none, takes_foreign=True) for member in members]


def _may_hold_foreign(node: nodes.Node) -> bool:
    """Return whether a type with foreign forms of text or numbers may be in *node*."""
    seen: set[int] = set()
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, _MAY_BE_FOREIGN) or type(each) is nodes.Hook or getattr(each, "cls", None) is Decimal:
            return True
        if id(each) not in seen:
            seen.add(id(each))
            pending.extend(children(each))
    return False


def _to_try(
    member: Any, options: UnionOptions, builder: Builder, *, beside_none: bool, takes_foreign: bool = False
) -> nodes.Node:
    """Return the node of a member without a tag: a newtype is its field, a class without fields null."""
    is_own_class = is_variant(member) and builder.are_own(member)
    node = builder.trying(member, takes_foreign=takes_foreign)
    if beside_none and not builder.reads and isinstance(node, nodes.Enum):
        return _without_null(node)
    if is_own_class and not builder.refuses(member):
        variant = _variant(member, attrs.evolve(options, tagging="external"), builder)
        is_unit = variant.node is None and not beside_none and builder.format.none
        if is_unit or variant.field is not None:
            return nodes.Bare(variant)
        if not builder.reads and options.maps:
            return as_map(body(behind(member), builder))
        if not builder.reads and variant.node is None and beside_none:
            return body(behind(member), builder)
    return node


def _mixed(tp: Any, members: list[Any], builder: Builder, *, beside_none: bool) -> nodes.Node | None:
    """
    Build the node of a union whose members differ in what they are on the wire.

    Raises:
        FormatError: Two of them look alike.
    """
    structs = [member for member in members if is_variant(member)]
    if len(structs) == 1 and not builder.are_own(structs[0]):
        structs = []  # a single class needs no tag, and what its own hook makes of it is not known
    groups: list[tuple[frozenset[type] | None, nodes.Node, tuple[Any, ...]]] = []
    is_detour = False
    if structs:
        one = len(structs) == 1
        node = (
            _alone(structs[0], builder, (structs[0],))
            if one
            else _of_classes(structs, builder, beside_none=beside_none)
        )
        if node is None:
            return None
        of_one_form = one or isinstance(node, nodes.UntaggedUnion)
        kinds = frozenset((dict, list)) if of_one_form else kinds_of(node)
        groups.append((kinds, node, tuple(map(class_of, structs))))
    for member in members:
        if member in structs:
            continue
        node = _member(member, builder, (member,), beside_none=beside_none)
        is_detour = is_detour or node is None
        kinds = builder.kinds(member, (member,))
        several = get_args(member) if is_union(member) else (class_of(member),)
        groups.append((kinds, node or builder.node(member, (member,)), several))
    readers: dict[type, nodes.Node] = {}
    writers: dict[Any, list[nodes.Node]] = {}
    other: nodes.Node | None = None
    ambiguous: set[str] = set()
    for kinds, node, classes in groups:
        for cls in classes:
            writers.setdefault(cls, []).append(_held_to(node, kinds))
        if kinds is None:  # a hook of the user's: it gets what no other member is
            if other is not None:
                raise unsupported(tp, "two of its members have hooks of their own: use with_union(tagging='untagged')")
            other = node
        else:
            ambiguous.update(NAMES[kind] for kind in kinds & readers.keys())
            readers.update(dict.fromkeys(kinds, node))
    if ambiguous:
        shapes = " and ".join(sorted(ambiguous))
        # A tag can help where classes and a name alone are what looks alike.
        way_out = "with_union" if len(structs) > 1 else "with_union(tagging='untagged')"
        raise unsupported(tp, f"two of its members are {shapes} on the wire: use {way_out} to tell them apart")
    if is_detour:
        return None
    if float in readers and int not in readers:  # serde reads an integer where a float belongs
        readers[int] = readers[float]
    every = tuple(node for _, node, _ in groups)
    names = tuple(getattr(cls, "__name__", str(cls)) for cls in writers)
    if builder.reads:
        # A hook of the user's gets all that no other member is.
        foreign, tags = ({}, {}) if other is not None else _foreign(every, readers.keys())
        return nodes.UnionByJsonType(
            readers=readers, other=other, members=every, names=names, foreign=foreign, tags=tags
        )
    certain = {cls: found[0] for cls, found in writers.items() if len(found) == 1 and isinstance(cls, type)}
    call = builder.later(tp) if builder.for_engine else None
    return nodes.UnionByJsonType(writers=certain, members=every, names=names, call=call)


def _foreign(
    members: Sequence[nodes.Node], taken: Iterable[type]
) -> tuple[dict[type, nodes.Node], dict[int, nodes.Node]]:
    """Return by class and by tag which of *members* reads what others write: none where one may be that itself."""
    forms = {id(member): _attribute(member, "foreign") for member in members}
    readers: dict[type, nodes.Node] = {}
    tags: dict[int, nodes.Node] = {}
    for member in members:
        own = forms[id(member)].keys()
        others = set(taken).union(*(kinds for key, kinds in forms.items() if key != id(member)))
        if own.isdisjoint(others):
            readers.update(dict.fromkeys(own, member))
        tags.update(dict.fromkeys(_attribute(member, "tags"), member))
    return readers, tags


def _attribute(node: Any, name: str) -> Mapping[Any, Any]:
    """Return a mapping that *node* has, also behind checks; an empty one where it has none."""
    while isinstance(node, nodes.Validated):
        node = node.inner
    found: Mapping[Any, Any] = getattr(node, name, {})
    return found


def _held_to(node: nodes.Node, kinds: frozenset[type] | None) -> nodes.Node:
    """Refuse to write what would be read back as another member: a wide int as text or bytes."""
    if kinds is None or int not in kinds:
        return node
    if isinstance(node, nodes.Validated):
        return attrs.evolve(node, inner=_held_to(node.inner, kinds))
    if type(node) is nodes.Hook:
        return attrs.evolve(node, call=functools.partial(_of_kinds, node.call, kinds))
    if not isinstance(node, nodes.Integer) or node.wide is None or node.is_octets:
        return node
    low, high = node.wide
    low = low if node.minimum is None else max(low, node.minimum)
    high = high if node.maximum is None else min(high, node.maximum)
    return attrs.evolve(node, minimum=low, maximum=high, octets=None)


def _of_kinds(write: Callable[[Any], Any], kinds: frozenset[type], value: Any) -> Any:
    wire = write(value)
    if type(wire) not in kinds and type(wire) is not bool:
        raise mismatch("a value that the union tells apart on the wire", value, "out_of_range")
    return wire
