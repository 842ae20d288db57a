"""
The nodes of a schema: what there is to do for a value of a type, as plain immutable data.

A schema is for one direction, one format and one set of options; everything
that depends on those has been decided when it is made.  So an executor needs
to know nothing but these nodes::

    Hook             a cattrs hook: the user's, or of a type that no other node is for
    Anything  Null  Boolean  Integer  Float  Text  Binary
    Uuid  Timestamp  Duration  DateTime
    FromText  Octets  Buffer  Flag  TimeDelta    hooks of ours that an executor may know better
    Enum             an enum or a literal
    Validated        a node, then checks of its value
    Optional         None, or a node
    Sequence  Set  Tuple  Dict
    Struct           an attrs class or a dataclass, of Fields
    TypedDict        a typed dict
    UnionByJsonType  a union whose members differ in what they are on the wire
    TaggedUnion      a union of classes under names, of Variants
    UnionByLiteral   a union of classes that differ in a literal field
    UntaggedUnion    a union of which the first member that fits is taken
    Bare             what a Variant holds, without its name; inside an UntaggedUnion
    TaggedValueNode  a `TaggedValue`: a Rust enum in one class
    Reference        a node of the schema's table: types that hold themselves

Reading takes the builtins that a format's ``loads`` returns, and makes
values; writing takes values.  A node that does not say otherwise takes
exactly the class it stands for.
"""

from __future__ import annotations

import enum

from collections.abc import Callable, Container, Hashable, Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import attrs


__all__ = [
    "ABSENT",
    "HOOKS",
    "Absent",
    "Anything",
    "Attribute",
    "Bare",
    "Binary",
    "Boolean",
    "Buffer",
    "Constant",
    "Construction",
    "Convert",
    "DateTime",
    "Default",
    "Dict",
    "Duration",
    "Enum",
    "Factory",
    "Field",
    "Flag",
    "Flattened",
    "Float",
    "FromText",
    "Hook",
    "Integer",
    "Node",
    "Null",
    "Octets",
    "Optional",
    "Reference",
    "Schema",
    "Sequence",
    "Set",
    "Struct",
    "TaggedUnion",
    "TaggedValueNode",
    "Text",
    "TimeDelta",
    "Timestamp",
    "Tuple",
    "TypedDict",
    "UnionByJsonType",
    "UnionByLiteral",
    "UntaggedUnion",
    "Uuid",
    "Validated",
    "Variant",
]

Key: TypeAlias = Hashable

FieldName: TypeAlias = str | int
"""What a field is called in a map: an int in MessagePack and CBOR alone."""


class Absent(enum.Enum):
    """The class of `ABSENT`."""

    ABSENT = enum.auto()


ABSENT = Absent.ABSENT
"""No default."""


# Attributes that say nothing of the wire form that the others do not: nodes that differ in them are equal.
def _also(default: Any = ()) -> Any:
    return attrs.field(default=default, eq=False, repr=False)


Foreign: TypeAlias = Mapping[type, Callable[[Any], Any]]
"""By the builtin class of a form that peers other than Rust write: from that to a value."""


@attrs.frozen
class Node:
    """What all nodes are."""


@attrs.frozen
class Hook(Node):
    """
    Call a cattrs hook.

    Attributes:
        type: The type that it is of.
        call: Reading: ``call(builtins, type)``; what it raises is the user's
            business, but a value under CBOR tags is tried again without.
            Writing: ``call(value)``, whose result is builtins.
        kinds: The builtin classes that values are on the wire; ``None``: that
            is not known, as of the user's hooks.
    """

    type: Any
    call: Callable[..., Any]
    kinds: frozenset[type] | None = _also(None)


@attrs.frozen(kw_only=True)
class FromText(Hook):
    """
    A class whose values are text on the wire.

    Attributes:
        cls: The class; writing takes subclasses, too.
        read: From text to a value; it raises for text that stands for none.
        write: From a value to the text.
        tags: Reading: by a tag of CBOR, from what stands behind it to a value.
        foreign: Reading: forms that peers other than Rust write; see `schema.foreign`.
    """

    cls: type
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    tags: Mapping[int, Callable[[Any], Any]] = _also({})
    foreign: Mapping[type, Callable[[Any], Any]] = _also({})


@attrs.frozen(kw_only=True)
class Octets(Hook):
    """
    A class whose values are an array of so many ints on the wire, each 0 to 255: serde's ``[u8; N]``.

    Attributes:
        cls: The class; writing takes subclasses, too.
        size: How many there are, 1 to 32.
        read: From bytes of that size to a value; it raises for what stands for none.
        write: From a value to the bytes.
    """

    cls: type
    size: int
    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


@attrs.frozen(kw_only=True)
class Buffer(Hook):
    """
    A `bytearray` or a `memoryview`; writing takes whatever is bytes-like.

    Attributes:
        cls: Which.
        base64: Whether it is base64 text on the wire.
    """

    cls: type
    base64: bool


@attrs.frozen(kw_only=True)
class Flag(Hook):
    """
    An `enum.Flag`, an int on the wire.

    Attributes:
        cls: The class; exactly it is written.
        read: From an int to the member; it raises where there is none.
    """

    cls: type
    read: Callable[[int], Any]


@attrs.frozen(kw_only=True)
class TimeDelta(Hook):
    """
    A `datetime.timedelta`: whole seconds, rounded down, and nanoseconds of whole microseconds, both required.

    Attributes:
        positional: Whether an array is written; both forms are read.
        own: The hook without foreign forms.
        foreign: As for `FromText`; the hook reads them, too.
    """

    positional: bool
    own: Callable[..., Any]
    foreign: Mapping[type, Callable[[Any], Any]] = _also({})


HOOKS: Final = (Hook, FromText, Octets, Buffer, Flag, TimeDelta)
"""What calling its hook is enough for."""


@attrs.frozen
class Anything(Node):
    """
    An untyped value.

    Attributes:
        scalars: Classes of leaves; anything else but lists and maps is
            refused.  Empty: reading takes any value (JSON can say
            nothing wrong).
        keys: Classes of keys.
        call: Writing: the hook that writes by run-time class, for whatever is
            none of the builtins in `scalars`, no list, tuple or dict.
        schema_of: Writing: the schema for values of a class, which say the
            same as *call*; ``None``: only that can be asked.
    """

    scalars: frozenset[type]
    keys: frozenset[type]
    call: Callable[[Any], Any] | None = None
    schema_of: Callable[[type], Schema] | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen
class Null(Node):
    """``None``."""


@attrs.frozen
class Boolean(Node):
    """``True`` and ``False``."""


@attrs.frozen
class Integer(Node):
    """
    An `int`, no `bool`.

    Attributes:
        minimum: The least that is taken; ``None``: no bound.  Where there is
            one, writing takes no subclass.
        maximum: The greatest.
        wide: Smallest and greatest int that the format has as a number:
            beyond them decimal text is read, and written.  ``None``: it has
            any.
        octets: Smallest and greatest int that is written as 16 bytes in
            place of those: big-endian, two's complement where the smallest is
            negative.  All ints of 16 bytes are read.  ``None``: bytes are no
            int.
        checks: The checks that the bounds are of, which say what is wrong.
    """

    minimum: int | None = None
    maximum: int | None = None
    wide: tuple[int, int] | None = None
    octets: tuple[int, int] | None = None
    checks: tuple[Any, ...] = _also()

    @property
    def is_octets(self) -> bool:
        """Whether small ints, too, are bytes on the wire."""
        return self.octets is not None and self.octets[0] <= 0


@attrs.frozen
class Float(Node):
    """
    A `float`, or an `int` that becomes one.

    Attributes:
        minimum: The least that is taken; ``None``: there are no bounds, and
            NaN and the infinities are taken.  Where there are bounds NaN is
            refused, and an infinity unless it is a bound itself.
        maximum: The greatest; ``None`` where *minimum* is.
        checks: The checks that the bounds are of, which say what is wrong.
    """

    minimum: float | None = None
    maximum: float | None = None
    checks: tuple[Any, ...] = _also()


@attrs.frozen
class Text(Node):
    """
    A `str`; writing takes subclasses, too.

    Attributes:
        minimum: Least number of characters.
        maximum: Greatest number of characters.
        match: A method of a compiled pattern, such as ``fullmatch``, that must
            find something.
        options: If not empty, the texts there are.
        checks: The checks that all this is of, which say what is wrong.
    """

    minimum: int = 0
    maximum: int | None = None
    match: Callable[[str], Any] | None = None
    options: frozenset[str] = frozenset()
    checks: tuple[Any, ...] = _also()


@attrs.frozen
class Binary(Node):
    """
    A `bytes`; writing takes bytearray and memoryview, too.

    Attributes:
        base64: Whether it is base64 text on the wire.
    """

    base64: bool


@attrs.frozen
class Uuid(Node):
    """
    A `uuid.UUID`, or a typed id, which keeps the 16 bytes in the slot ``bytes``.

    Attributes:
        cls: The class; writing takes subclasses, too.
        text: Whether it is text on the wire, rather than 16 bytes.
        make: From 16 bytes to the class, for what an engine cannot make itself.
    """

    cls: type
    text: bool
    make: Callable[[bytes], Any]


@attrs.frozen
class Timestamp(Node):
    """
    A `symphony_types.Timestamp`, RFC 3339 text; its slot ``nanos`` counts from the epoch.

    Attributes:
        tags: As for `FromText`.
        foreign: As for `FromText`.
    """

    tags: Mapping[int, Callable[[Any], Any]] = _also({})
    foreign: Mapping[type, Callable[[Any], Any]] = _also({})


@attrs.frozen
class Duration(Node):
    """
    A `symphony_types.Duration`: seconds and nanoseconds, both required; reading carries nanoseconds up to 2**32 - 1.

    Attributes:
        positional: Whether an array is written; both forms are read.
        foreign: As for `FromText`.
    """

    positional: bool
    foreign: Mapping[type, Callable[[Any], Any]] = _also({})


@attrs.frozen
class DateTime(Node):
    """
    A `datetime`, `date` or `time` as RFC 3339 text.

    Attributes:
        cls: Which; writing takes subclasses, but no datetime for a date.
        read: From text to the value, for what is not in the usual form.
        write: From a value to the text.
        tags: As for `FromText`.
        foreign: As for `FromText`.
    """

    cls: type
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    tags: Mapping[int, Callable[[Any], Any]] = _also({})
    foreign: Mapping[type, Callable[[Any], Any]] = _also({})


@attrs.frozen
class Enum(Node):
    """
    One of some values, each of which is a fixed value on the wire.

    Attributes:
        cls: The enum class; ``None`` for a ``Literal``.
        pairs: Builtins on the wire and the value, in order; reading has
            aliases among them.  Classes count: 1 is not True.
        missing: What is called with anything else; it raises where that is
            no value.  Reading: from builtins to the value; writing: from the
            value to builtins.  ``None``: nothing is called.
        other: Reading: the member that *missing* finds for unknown values.
    """

    cls: type | None
    pairs: tuple[tuple[Any, Any], ...]
    missing: Callable[[Any], Any] | None = attrs.field(default=None, eq=False, repr=False)
    other: Any = ABSENT


@attrs.frozen
class Validated(Node):
    """
    A node whose value is held to checks: after reading, before writing.

    Attributes:
        inner: The node.
        checks: Functions that raise for what they refuse.
        minimum: Reading: the least length of the value, as `len` has it.
        maximum: Reading: its greatest length; ``None``: there is no bound.
        options: Reading: what must contain the value; ``None``: it may be any.
    """

    inner: Node
    checks: tuple[Callable[[Any], Any], ...] = ()
    minimum: int = 0
    maximum: int | None = None
    options: Container[Any] | None = None


@attrs.frozen
class Optional(Node):
    """``None``, or what *inner* takes."""

    inner: Node


@attrs.frozen
class Sequence(Node):
    """
    An array of like items.

    Attributes:
        item: The items' node.
        build: Reading: `list`, `tuple`, or whatever makes the value of a list.
        accepted: Writing: classes whose instances are taken, but no text and
            no bytes.
    """

    item: Node
    build: Callable[[list[Any]], Any] = list
    accepted: tuple[type, ...] = ()


@attrs.frozen
class Set(Node):
    """
    A set, an array on the wire.

    Attributes:
        item: The items' node.
        build: Reading: `set`, `frozenset` or another that takes a list.
        ordered: Writing: the class whose members are written sorted; ``None``:
            items are sorted by their bytes.
    """

    item: Node
    build: Callable[[list[Any]], Any] = set
    ordered: type | None = None


@attrs.frozen
class Tuple(Node):
    """
    A tuple of fixed length.

    Attributes:
        items: A node for each place.
        build: Reading: from a list of so many items to the value; `tuple`, or
            what makes a named tuple.
        defaults: Reading: the values of the last places, which a shorter array
            may leave out.
        names: What the items of a named tuple are called, which is not on the wire.
    """

    items: tuple[Node, ...]
    build: Callable[[list[Any]], Any] = tuple
    defaults: tuple[Any, ...] = ()
    names: tuple[str, ...] = _also()


@attrs.frozen
class Dict(Node):
    """
    A map.

    Attributes:
        key: The keys' hook: reading ``key(wire, key_type)``, writing
            ``key(value)``; ``None``: exactly `str` (writing: subclasses, too).
        key_type: The keys' type.
        value: The values' node.
        build: Reading: `dict`, or what makes the value of a dict.
        key_node: The node of keys that are ids, which `key` reads and writes, too.
        wire_key: The node of keys that are not text alone; it reads and
            writes what `key` does, but for the decimal text of an int where
            all keys are text.
        guard: Reading: called with all keys before a dict is made of them;
            it raises `FormatError` if their hashes collide.  ``None``: nobody
            can choose them.
        key_kinds: The builtin classes that keys may be on the wire, before
            they become text where all keys are text.
    """

    key: Callable[..., Any] | None
    key_type: Any
    value: Node
    build: Callable[[dict[Any, Any]], Any] = dict
    key_node: Node | None = None
    wire_key: Node | None = None
    guard: Callable[[Iterable[Any]], None] | None = None
    key_kinds: frozenset[type] = frozenset((str,))


@attrs.frozen
class Constant:
    """A default: this very object."""

    value: Any


@attrs.frozen
class Factory:
    """
    A default: what a call gives.

    Attributes:
        call: The function.
        takes_self: Whether it is called with the instance, of which the
            attributes before this one are set.
    """

    call: Callable[..., Any]
    takes_self: bool = False


Default: TypeAlias = Constant | Factory | Absent


@attrs.frozen
class Convert:
    """
    What changes a value before it is stored: a converter of attrs.

    Attributes:
        call: Called with the value, then what the flags say.
        takes_self: Whether it takes the instance.
        takes_field: Whether it takes the `attrs.Attribute`.
    """

    call: Callable[..., Any]
    takes_self: bool = False
    takes_field: bool = False


class Attribute(NamedTuple):
    """
    What a constructor does for one attribute.

    Attributes:
        name: Its name.
        field: The place, in `Struct.fields`, of the field that gives its
            value; ``None``: it is not on the wire.
        default: What is stored where a document has no value; ABSENT: a
            document always has one.
        convert: What changes the value, or the default.
        validators: Called with the instance, *of* and the attribute's value,
            after all attributes are set, unless validators are disabled.
        default_validators: The same in their place, where a document has no
            value: the checks that the field's node makes are among them.
        of: The `attrs.Attribute`; ``None`` of a dataclass.
    """

    name: str
    field: int | None
    default: Default = ABSENT
    convert: Convert | None = None
    validators: tuple[Callable[[Any, Any, Any], Any], ...] = ()
    default_validators: tuple[Callable[[Any, Any, Any], Any], ...] = ()
    of: Any = None


@attrs.frozen(kw_only=True)
class Construction:
    """
    What a constructor that attrs or dataclasses made does, in its order.

    First it calls *before*, then it sets each attribute, then it runs the
    validators, calls *after*, and sets *last*.

    Attributes:
        attributes: The attributes, in the order in which they are set.
        before: The name of a method without arguments; ``None``: there is
            none.
        after: The same.
        last: The name of an attribute that is set to ``None``.
    """

    attributes: tuple[Attribute, ...]
    before: str | None = None
    after: str | None = None
    last: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether values are stored as they are read; nothing runs but factories, checks of defaults and *after*."""
        return self.before is None and self.last is None and all(map(_is_plain, self.attributes))


def _is_plain(attribute: Attribute) -> bool:
    takes_self = isinstance(attribute.default, Factory) and attribute.default.takes_self
    return not (attribute.convert or attribute.validators or takes_self)


@attrs.frozen
class Flattened:
    """
    What there is to know of a field whose entries stand among those of its class.

    Attributes:
        keys: The keys that it takes; ``None``: all that no other field has.
        is_optional: Whether it is ``None`` where none of its keys is there.
        node: Writing: what writes it, as a map, in generated Python.
        others: The keys that other fields have.
        put: Writing: ``put(entries, wire)`` puts what it is written as among
            the class's entries; it raises `FormatError` for a key that is
            another field's.
    """

    keys: frozenset[FieldName] | None
    is_optional: bool
    node: Node = attrs.field(eq=False, repr=False)
    others: frozenset[FieldName] = attrs.field(eq=False, repr=False)
    put: Callable[[dict[str, Any], Any], None] = attrs.field(eq=False, repr=False)


class Field(NamedTuple):
    """
    One field of a record on the wire.

    Attributes:
        name: The attribute.
        argument: The constructor's argument.
        key: The name on the wire.
        aliases: Other names that are read.
        node: The node.  Reading: where the class has a `Construction`, with
            the checks of the attribute's validators that a node can make.
        unchecked: Reading: the node without those checks, for when attrs'
            validators are disabled; ``None``: it is *node*.
        optional: Reading: whether it may be missing from a map.
        fill: Reading: what is passed, or stored, where it is missing; ABSENT: nothing is.
        is_passed: Reading: whether the constructor takes it.
        store: Reading: ``store(instance, value)`` stores what the constructor
            does not take; ``None``: it is passed, or what is read is always
            what the constructor sets.
        omit_none: Writing as a map: whether ``None`` is left out.
        is_default: Writing as a map: ``is_default(item, instance)`` says
            whether the field is left out; ``None``: it never is.
        absent: Writing: what the field holds where it is not there; ABSENT: it always is.
        default: Writing as a map: what `is_default` compares with, where that
            is always the same: a constant, or a factory of what is empty.
        flattened: Where its entries stand among those of the class, what is
            to know of that; `key` is then the key that `Struct.adapt` puts
            them under.
    """

    name: str
    argument: str
    key: FieldName
    node: Node
    aliases: tuple[str, ...] = ()
    unchecked: Node | None = None
    optional: bool = False
    fill: Any = ABSENT
    is_passed: bool = True
    store: Callable[[Any, Any], None] | None = None
    absent: Any = ABSENT
    omit_none: bool = False
    is_default: Callable[[Any, Any], bool] | None = None
    default: Default = ABSENT
    flattened: Flattened | None = None


@attrs.frozen(kw_only=True)
class Struct(Node):
    """
    An attrs class or a dataclass.

    Attributes:
        cls: The class; exactly it is written.
        fields: The fields on the wire, in order.
        positional: Writing: as an array; both forms are read.
        nulls: Writing as an array: whether a field that is absent is null; else it is refused.
        required: Reading an array: the least number of items.
        unknown: What to do with keys that no field has.
        omitted: Reading: keys of fields that are never on the wire, which are
            passed over.
        unit: Writing: what is written for an instance without fields on the
            wire: ``None``, an empty list or an empty dict; ABSENT: an empty
            map or array as for any class.
        construction: Reading: how instances are made without a call of the
            class; ``None``: the class is called.
        validates: Reading: whether the instance's ``validation_errors()``
            must be empty.
        adapt: Reading: from the builtins to those that the fields are read
            from; for the one class that leaves out what null stands for, and
            those with flattened fields.
        only_one: Reading an array: the places of two fields; null at the first
            stands for nothing where there is more than null at the second.
            It is what `adapt` does, for an executor that does without.
        keep: Reading: ``keep(instance, fields)`` remembers unknown fields.
        unknown_item: Reading: the node of what is remembered.
        kept: Writing: ``kept(instance)`` gives them, to be written after the
            others; one that has the key of a field is refused.
        hook: Writing: what writes an instance, for an executor that cannot put
            the entries of a field among the class's; ``None``: it need not.
        as_map: Writing as an array: the node of the same class as a map, for
            instances for which something is kept.
    """

    cls: type
    fields: tuple[Field, ...]
    positional: bool = False
    nulls: bool = False
    required: int = 0
    unknown: Literal["ignore", "forbid", "keep"] = "ignore"
    omitted: frozenset[FieldName] = frozenset()
    unit: Any = ABSENT
    construction: Construction | None = None
    validates: bool = False
    adapt: Callable[[Any], Any] | None = None
    only_one: tuple[int, int] | None = None
    keep: Callable[[Any, dict[Any, Any]], None] | None = None
    unknown_item: Node | None = attrs.field(default=None, eq=False, repr=False)
    kept: Callable[[Any], Mapping[str, Any]] | None = None
    hook: Hook | None = attrs.field(default=None, eq=False, repr=False)
    as_map: Struct | None = attrs.field(default=None, eq=False, repr=False)

    @property
    def has_other_names(self) -> bool:
        """Whether a field goes by more or by something else than one text."""
        return any(field.aliases or type(field.key) is int for field in self.fields)


@attrs.frozen(kw_only=True)
class TypedDict(Node):
    """
    A `typing.TypedDict`, for the compiled engine; for generated Python it is a `Hook`.

    Attributes:
        fields: The keys, in order; `Field.optional` says whether one may be
            missing.
        unknown: What to do with other keys; writing refuses them unless they
            are kept.
        other: The node of what kept ones hold.
    """

    fields: tuple[Field, ...]
    unknown: Literal["ignore", "forbid", "keep"] = "ignore"
    other: Node | None = None


@attrs.frozen(kw_only=True)
class UnionByJsonType(Node):
    """
    A union whose members differ in what they are on the wire.

    Attributes:
        readers: Builtin class to node; `int` also where only a float belongs.
        other: Reading: the node for any other class.
        writers: Class to node, where exactly this class is of one member
            alone.
        members: All members, in order: writing tries them with values of
            other classes.
        names: What to call the members' classes.
        call: Writing: the union's hook, for all other classes.
        foreign: As *readers*, for forms that only peers other than Rust write.
        tags: Tag of CBOR to the node that reads what stands behind it.
    """

    readers: Mapping[type, Node] = attrs.field(factory=dict)
    other: Node | None = None
    writers: Mapping[type, Node] = attrs.field(factory=dict)
    members: tuple[Node, ...] = _also()
    names: tuple[str, ...] = _also()
    call: Callable[[Any], Any] | None = None
    foreign: Mapping[type, Node] = _also({})
    tags: Mapping[int, Node] = _also({})


@attrs.frozen(kw_only=True)
class Variant:
    """
    A class of a tagged union.

    Attributes:
        name: Its name on the wire.
        cls: The class.
        node: The node of its content: the class itself, or the one field of a
            newtype; ``None`` for a class without fields.
        field: The attribute of the newtype's field; ``None`` otherwise.
        argument: Its argument in the constructor.
        optional: Whether content may be missing (adjacent tagging).
        kept: Writing a newtype or a class without fields: ``kept(instance)``
            gives unknown fields, for which there is no place; an instance that
            has some is refused.
    """

    name: str
    cls: type
    node: Node | None
    field: str | None = None
    argument: str | None = None
    optional: bool = False
    kept: Callable[[Any], Mapping[str, Any]] | None = attrs.field(default=None, eq=False, repr=False)


@attrs.frozen(kw_only=True)
class TaggedUnion(Node):
    """
    A union of classes, each under a name.

    Attributes:
        tagging: ``external``: ``{"Name": content}``, ``"Name"`` for a class
            without fields; ``internal``: ``{tag: "Name", **content}``, or an
            array with the name before the others; ``adjacent``: ``{tag:
            "Name", content: content}``, or a pair.
        variants: The classes.
        tag: Key of the name.
        content: Key of the content.
        positional: Writing, adjacent: as a pair.
        forbids: Reading, adjacent: whether other keys are refused.
        other: For generated Python: the variant that is read under any other
            name: without a node whatever its content is, or an
            `UnknownVariant`, whose content is untyped and whose name is
            empty; ``None``: other names are refused.
    """

    tagging: Literal["external", "internal", "adjacent"]
    variants: tuple[Variant, ...]
    tag: str = "type"
    content: str = "content"
    positional: bool = False
    forbids: bool = False
    other: Variant | None = None


@attrs.frozen(kw_only=True)
class UnionByLiteral(Node):
    """
    A union of classes that differ in a literal field.

    Attributes:
        key: The field's key on the wire; writing: where there are several
            fields, that of one.
        aliases: Reading: other names that a class reads it by, for generated Python.
        position: Its place in an array; ``None``: it differs, and arrays are
            refused.
        readers: ``(class of the wire value, wire value)`` to node: a class, or
            another node of this kind, which looks at the next field.
        writers: Class to node.  All write the fields, or leave them to *labels*.
        labels: Class to key, of each field that tells the classes apart, to
            what gives its wire value where the class's node has left it out:
            then it stands first.
    """

    key: FieldName
    position: int | None
    aliases: tuple[str, ...] = ()
    readers: Mapping[tuple[type, Any], Node] = attrs.field(factory=dict)
    writers: Mapping[type, Node] = attrs.field(factory=dict)
    labels: Mapping[type, Mapping[FieldName, Callable[[Any], Any]]] = attrs.field(factory=dict, eq=False, repr=False)


@attrs.frozen(kw_only=True)
class UntaggedUnion(Node):
    """
    A union of which the first member that fits is taken.

    Attributes:
        members: The nodes, in the order in which they are tried.
        names: What to call them.
        writers: Writing: exact class to node; where that refuses the value,
            the hook is still to be asked.
        trials: Writing, for an engine: exact class to what reads what its node
            has written as a member before it, if there is one that might:
            then what comes out must be the value.
        call: Writing: the union's hook, for all other classes.
        hook: Reading, inside another union of this kind, where each value may
            be tried many times: the union's hook, which remembers what it has
            tried, as each reader of this node has to.
        decisive: Reading: a key; a map that has it is not tried with *lacking*.
        lacking: Places of members that have no such key.
        classes: Writing: the members' classes, for generated Python as all
            that follow.
        doubts: Writing: for each member what reads what it may have written as
            one before it, if there is such a one; ``None`` where there is not.
        beside_none: Writing: whether null would be read as ``None``.
    """

    members: tuple[Node, ...] = ()
    names: tuple[str, ...] = _also()
    writers: Mapping[type, Node] = attrs.field(factory=dict)
    trials: Mapping[type, Schema] = _also({})
    call: Callable[[Any], Any] | None = None
    hook: Hook | None = None
    decisive: FieldName | None = None
    lacking: frozenset[int] = frozenset()
    classes: tuple[Any, ...] = _also()
    doubts: tuple[Schema | None, ...] = _also()
    beside_none: bool = attrs.field(default=False, eq=False, repr=False)


@attrs.frozen
class Bare(Node):
    """
    What a variant holds, without its name: the one field of a newtype, or nothing.

    Attributes:
        variant: The variant.
    """

    variant: Variant


@attrs.frozen(kw_only=True)
class TaggedValueNode(Node):
    """
    A `TaggedValue`: ``"Name"`` or ``{"Name": value}``; its slots are ``variant`` and ``value``.

    Attributes:
        cls: The class.
        nodes: Name to the node of what it holds, ``None`` for a unit variant.
        units: Name to the one instance of each unit variant.
        make: ``make(name, value)`` makes the others.
    """

    cls: type
    nodes: Mapping[str, Node | None]
    units: Mapping[str, Any]
    make: Callable[[str, Any], Any]


@attrs.frozen
class Reference(Node):
    """
    The node of `Schema.table` that *key* names.

    Attributes:
        key: The type.
    """

    key: Key


@attrs.frozen(kw_only=True)
class Schema:
    """
    What to do for values of a type in one direction.

    Attributes:
        direction: ``structure`` reads, ``unstructure`` writes.
        type: The type.
        root: Its node.
        table: The nodes that references name.
        bytes_keys: Reading: whether names of fields and variants may be byte strings.
    """

    direction: Literal["structure", "unstructure"]
    type: Any
    root: Node
    table: Mapping[Key, Node]
    bytes_keys: bool = False
