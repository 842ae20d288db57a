"""
The builder: from a type, and what a converter knows, to a schema.

A type that no node is for becomes a `Hook`: of the user's, of a special type,
or, for the compiled engine, of what generated Python alone can do.
"""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

from collections import abc
from collections.abc import Callable
from typing import Any, Final, ForwardRef, get_origin

from typing_extensions import TypeForm

from .._issues import unsupported
from .._making import making
from ..formats.base import Format
from . import containers, enums, nodes, scalars, structs, typed_dicts, unions
from .absence import is_marker
from .annotations import behind, is_made_of, unwrap
from .faults import REFUSED, Fault, Faults, Step
from .fields import WireField
from .kept import immutable, like_default
from .kinds import Kind, kind_of
from .registry import Direction, Registry
from .wire_kinds import kinds_of


__all__ = ["Builder", "build_schema"]

# Classes that do not change: the nodes of what is made of them are made once for a converter.
_LASTING: Final = frozenset(
    (
        *(type(None), bool, int, float, str, bytes),
        *(uuid.UUID, dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal),
        *(list, dict, tuple, set, frozenset, abc.Sequence, abc.Mapping),
    )
)

_NAME_ALONE: Final = (
    "a string names it, and nothing says in which module: make the type around it the type of a class's field, "
    "or declare it as typing_extensions.TypeAliasType (type X = ..., from Python 3.12 on)"
)

_ABSENT: Final = (
    "it stands for what is absent, which only the type of a field of a class may say beside other types; "
    "of a key of a typed dict NotRequired says it"
)
_HOOKS: Final = "register hooks for it on codec.copy().converter"

# A function that returns None says that the type has something which the engine cannot do.
_MAKERS: Final[dict[Kind, Callable[[Any, Builder], nodes.Node | None]]] = {}


class Builder:
    """
    The making of one schema.

    Args:
        registry: Whose hooks and options count.
        direction: Which of the hooks.
        for_engine: Whether the compiled engine is to run the schema.

    Attributes:
        format: The format.
        reads: Whether the schema is for reading.
        table: The nodes of types that hold themselves.
        detours: Types that only generated Python knows, met so far.
        is_trying: Whether the node in the making stands inside an untagged
            union: another one in there would try each value many times.
        takes_foreign: Whether foreign forms are read there; see `schema.foreign`.
        faults: What has no representation, so far.
        remaking: What `again` is making, since the last field that is not
            flattened.
    """

    def __init__(self, registry: Registry, direction: Direction, *, for_engine: bool) -> None:
        self.registry = registry
        self.direction: Direction = direction
        self.for_engine = for_engine
        self.format: Format = registry.format
        self.reads = direction == "structure"
        self.table: dict[nodes.Key, nodes.Node] = {}
        self.is_trying = False
        self.takes_foreign = True
        self._lasting = registry.lasting_nodes(direction, for_engine=for_engine)
        self._made: dict[nodes.Key, nodes.Node] = {}
        self._being_made: set[nodes.Key] = set()
        self._referred_to: set[nodes.Key] = set()
        self.detours: set[Any] = set()
        self.faults = Faults()
        self._faulty: dict[nodes.Key, tuple[Fault, ...]] = {}
        self._in_python: Builder | None = None
        self.remaking: frozenset[nodes.Key] = frozenset()
        self._reading: Builder | None = None
        self._trying: Builder | None = None
        self._writing: Builder | None = None

    def node(self, tp: Any, step: Step = "") -> nodes.Node:
        """
        Return the node of *tp*; its faults are noted.

        Args:
            tp: The type.
            step: Where it is in the type that holds it; see `Fault`.
        """
        if not step:
            return self._node(tp)
        self.faults.steps.append(step)
        try:
            return self._node(tp)
        finally:
            self.faults.steps.pop()

    def _node(self, tp: Any) -> nodes.Node:
        key = tp, self.is_trying, self.takes_foreign
        try:
            known = self._lasting.get(tp) if self._is_usual() else None
            if known is None:
                known = self._made.get(key)
        except TypeError:  # an annotation that cannot be hashed
            self.faults.note(unsupported(tp, "it cannot be hashed, so that no hook can be found by it"))
            return REFUSED
        if known is not None:
            if self._faulty:
                self.faults.extend(self._faulty.get(key, ()))
            return known
        if key in self._being_made:
            self._referred_to.add(key)
            return nodes.Reference(key)
        self._being_made.add(key)
        detours, faults = len(self.detours), self.faults.count
        try:
            node = self._make(tp)
        except Exception as exc:  # noqa: BLE001 - a factory of the user's may raise anything
            self.faults.note(exc)
            node = REFUSED
        finally:
            self._being_made.discard(key)
        self._made[key] = node
        if self.faults.count > faults:
            self._faulty[key] = self.faults.below()
        elif len(self.detours) == detours and self._is_usual() and is_made_of(tp, _LASTING.__contains__):
            self._lasting.keep(tp, node, is_shared=False)
        if key in self._referred_to:
            self.table[key] = node
        return node

    def _is_usual(self) -> bool:
        """Return whether nodes are made now that go anywhere."""
        return self.takes_foreign and not self.is_trying

    def _make(self, tp: Any) -> nodes.Node:
        if not self.is_own(tp):
            registry = self.registry
            return nodes.Hook(tp, (registry.get_structure_hook if self.reads else registry.get_unstructure_hook)(tp))
        kind = kind_of(tp)
        make = None if kind is None else _MAKERS.get(kind)
        node = None if make is None else make(tp, self)
        if node is not None:
            return node
        special = self.registry.special(kind, tp, self.direction)
        if special is not None:
            return nodes.Hook(tp, *special)
        if make is None:
            name = getattr(tp, "__forward_arg__", tp) if isinstance(tp, ForwardRef) else tp
            raise unsupported(name, _why_unsupported(tp))
        self.detours.add(tp)
        self.in_python().node(tp)  # the hook is made later, its faults are found now
        return nodes.Hook(tp, self.later(tp))

    def in_python(self) -> Builder:
        """Return the builder of nodes for generated Python, which notes its faults here."""
        if not self.for_engine:
            return self
        if self._in_python is None:
            self._in_python = Builder(self.registry, self.direction, for_engine=False)
            self._in_python.faults = self.faults
        return self._in_python

    def again(self, reference: nodes.Reference) -> nodes.Node | None:
        """Return the node that *reference* is to, made once more; ``None``: that is being made, too."""
        key: Any = reference.key
        if key in self.remaking:
            return None
        before = self.remaking, self.is_trying, self.takes_foreign
        self.remaking |= {key}
        try:
            tp, self.is_trying, self.takes_foreign = key
            return self._make(tp)
        finally:
            self.remaking, self.is_trying, self.takes_foreign = before

    def for_reading(self) -> Builder:
        """Return the builder of nodes that read what those of this one write; its faults are its own."""
        if self._reading is None:
            self._reading = Builder(self.registry, "structure", for_engine=False)
            self._reading.takes_foreign = False  # which no trial of what was written needs
        return self._reading

    def for_writing(self) -> Builder:
        """Return the builder of nodes that write what those of this one read; its faults are its own."""
        if self._writing is None:
            self._writing = Builder(self.registry, "unstructure", for_engine=False)
        return self._writing

    def for_trials(self) -> Builder:
        """Return the builder of the same nodes, for what executes those of this one."""
        if not self.for_engine:
            return self.for_reading()
        if self._trying is None:
            self._trying = Builder(self.registry, "structure", for_engine=True)
            self._trying.takes_foreign = False
        return self._trying

    def can_be_read(self, tp: Any) -> bool:
        """Return whether *tp* has a representation for reading, too, as that which is written may have none."""
        reading = self.for_reading()
        before = reading.faults.count
        reading.trying(tp)
        return reading.faults.count == before

    def schema(self, root: nodes.Node, tp: Any = None) -> nodes.Schema:
        """Return the schema of *root*, whose types this builder has met."""
        return nodes.Schema(
            direction=self.direction,
            type=tp,
            root=root,
            table=self.table,
            bytes_keys=self.registry.format.bytes_keys,
        )

    def node_in_python(self, tp: Any, node: nodes.Node) -> nodes.Node:
        """Return the node that generated Python has for *tp*, whose *node* may be a hook for the engine."""
        return node if self.detours.isdisjoint((tp, behind(tp))) else self.in_python().node(tp)

    def refuses(self, tp: Any) -> bool:
        """Return whether `node` has found a fault in *tp*."""
        try:
            return any(
                (tp, is_trying, foreign) in self._faulty for is_trying in (False, True) for foreign in (False, True)
            )
        except TypeError:  # an annotation that cannot be hashed
            return True

    def field(self, field: WireField) -> nodes.Node:
        """Return the node of a field: that of its type, unless it has a hook of its own."""
        if self.reads and field.structure is not None:
            return nodes.Hook(field.type, self.registry.for_value(field.structure))
        if not self.reads and field.unstructure is not None:
            return nodes.Hook(field.type, field.unstructure)
        tp = immutable(field.type, self.is_own) if self.reads and field.is_hashed else field.type
        node = self.node(tp, f".{field.name}")
        return like_default(node, tp, field.of, field.default, reads=self.reads) if self.is_own(tp) else node

    def later(self, tp: Any) -> Callable[..., Any]:
        """Return the hook of *tp*, made when it is first called; hooks registered afterwards do not affect it."""
        return self.registry.later(tp, self.direction)

    def is_own(self, tp: Any) -> bool:
        """Return whether the hook of *tp* is ours, not registered by the user."""
        return self.registry.reads_own(tp) if self.reads else self.registry.writes_own(tp)

    def are_own(self, tp: Any) -> bool:
        """Return whether the hooks of *tp* in both directions are ours; unions ask that of their members."""
        return self.registry.reads_own(tp) and self.registry.writes_own(tp)

    def kinds(self, tp: Any, step: Step = "") -> frozenset[type] | None:
        """Return the builtin classes that values of *tp* may be on the wire, ``None`` if that is not known."""
        if not self.are_own(tp):
            return None
        node = self.node(tp, step)
        if tp in self.detours:
            return kinds_of(self.in_python().node(tp))
        if not isinstance(node, nodes.Reference):
            return kinds_of(node)
        if kind_of(behind(tp)) == "tagged_value":
            held = behind(tp).__variants__.values()
            return frozenset(kind for kind, there in ((str, None in held), (dict, any(held))) if there)
        return frozenset((dict, list))

    def trying(self, tp: Any, *, takes_foreign: bool = False) -> nodes.Node:
        """Return the node of *tp* as a member of an untagged union."""
        before = self.is_trying, self.takes_foreign
        self.is_trying, self.takes_foreign = True, self.takes_foreign and takes_foreign
        try:
            return self.node(tp, (tp,))
        finally:
            self.is_trying, self.takes_foreign = before


def _why_unsupported(tp: Any) -> str:
    """Return why the type *tp*, which is of no kind, has no representation."""
    if isinstance(tp, (str, ForwardRef)):
        return _NAME_ALONE
    if is_marker(tp):
        return _ABSENT
    cls = get_origin(tp) or tp
    is_type = cls is TypeForm or (isinstance(cls, type) and issubclass(cls, type))
    return f"its values are types, not data; {_HOOKS}" if is_type else _HOOKS


def _inner(tp: Any, builder: Builder) -> nodes.Node:
    return builder.node(unwrap(tp))


_MAKERS.update(
    {
        "null": scalars.null,
        "address": scalars.address,
        "flag": enums.flag,
        "timedelta": scalars.time_delta,
        "any": scalars.anything,
        "json_value": scalars.json_value,
        "scalar": scalars.scalar,
        "id": scalars.typed_id,
        "timestamp": scalars.instant,
        "duration": scalars.span,
        "standard": scalars.standard,
        "enum": enums.enumeration,
        "literal": enums.literal,
        "annotated": scalars.annotated,
        "wrapper": _inner,
        "sequence": containers.sequence,
        "set": containers.a_set,
        "tuple": containers.fixed,
        "mapping": containers.mapped,
        "struct": structs.record,
        "response": structs.response,
        "tagged_value": unions.cases,
        "typed_dict": typed_dicts.typed_dict,
        "union": unions.union,
    }
)


def build_schema(tp: Any, registry: Registry, direction: Direction, *, for_engine: bool = True) -> nodes.Schema:
    """
    Return the schema for values of *tp*.

    Args:
        tp: The type.
        registry: The converter of a codec: its options and hooks.
        direction: ``structure`` to read, ``unstructure`` to write.
        for_engine: Whether the compiled engine is to run it, which leaves
            what it cannot do to hooks.

    Raises:
        UnsupportedError: The type has parts without a representation; it names all of them.
    """
    builder = Builder(registry, direction, for_engine=for_engine)
    with making():
        root = builder.node(tp)
    builder.faults.raise_if_any(tp)
    return builder.schema(root, tp)
