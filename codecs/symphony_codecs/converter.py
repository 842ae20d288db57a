"""
The cattrs `Converter` behind a codec: where hooks are registered and found.

It differs from cattrs' own in three ways.  All types are structured strictly,
by generated functions, instead of by cattrs' lax defaults.  Every
registration is recorded, so that a copy replays it on a converter of its own
(cattrs' copy leaves closures bound to the old one).  And a shared converter
refuses registration.
"""

from __future__ import annotations

import functools
import inspect
import sys
import threading
import weakref

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

import cattrs
import orjson

from . import python
from ._hook_search import Exactly, Replaced, anything, has_hook, registered_function, registered_hook
from ._issues import unsupported
from ._making import is_ours, making
from ._quick_hooks import is_quick, quick, quick_map
from ._references import Token, reduce_converter
from ._signals import raise_if_from_signal
from ._type_cache import TypeCache
from .formats._sorting import with_sorted_keys
from .formats.base import Format
from .options import ClassOptions, CodecOptions, EnumOptions, Unions, check_text
from .schema import build_schema, nodes
from .schema.annotations import class_of
from .schema.fields import is_struct
from .schema.fingerprint import WireForm, wire_form
from .schema.kinds import Kind
from .schema.registry import Direction
from .schema.scalars import JSON_VALUE, UNTYPED
from .schema.unions import tagged_classes


__all__ = ["WireConverter"]

# cattrs finds these by `singledispatch`, before any predicate; their subclasses, too.
_SINGLE_DISPATCHED = (str, bytes, int, float, Path)
_SCALARS = frozenset((str, int))
_BY_TYPE = ("register_structure_hook", "register_unstructure_hook")

StructureHook: TypeAlias = Callable[[Any, Any], Any]
UnstructureHook: TypeAlias = Callable[[Any], Any]
Registration: TypeAlias = tuple[str, tuple[Any, ...], str | None]


class ConverterSnapshot:
    """A converter as it was when this was made, whatever is registered later: what goes by run-time class needs it."""

    __slots__ = ("__weakref__", "converter")

    def __init__(self, converter: WireConverter) -> None:
        self.converter = converter


class ForwardReference:
    """The hook of a type whose hook is still being made: recursive types refer to it."""

    __slots__ = ("hook",)

    def __init__(self) -> None:
        self.hook: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Call the hook."""
        assert self.hook is not None, "called while it is being made"
        return self.hook(*arguments)


class _Later:
    """The hook of a type as a snapshot has it, made when it is first called."""

    __slots__ = ("_find", "_hook")

    def __init__(self, find: Callable[[], Callable[..., Any]]) -> None:
        self._find = find
        self._hook: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        if self._hook is None:
            self._hook = self._find()
        return self._hook(*arguments)


class _ClassSchemas:
    """The schemas for writing instances of classes where no type is given."""

    __slots__ = ("_snapshot", "_tagged", "is_shared")

    def __init__(self, snapshot: ConverterSnapshot, unions: Unions, *, is_shared: bool) -> None:
        self._snapshot = snapshot
        self._tagged = tagged_classes(unions)
        self.is_shared = is_shared

    def __call__(self, cls: type) -> nodes.Schema:
        if cls is object or cls in self._tagged:
            raise unsupported(cls, "its class does not say what it is on the wire")
        return build_schema(cls, self._snapshot.converter, "unstructure")


class WireConverter(cattrs.Converter):
    """
    A `cattrs.Converter` whose types look on the wire as one format has them.

    Args:
        format: The format: what builtins there are.
        options: The codec's options.
        classes: Options of single classes.
        unions: How unions are told apart.
        enums: Options of single enums.
    """

    def __init__(
        self,
        format: Format,  # noqa: A002 - the attribute's name, and the field's term
        options: CodecOptions,
        *,
        classes: Mapping[type, ClassOptions],
        unions: Unions,
        enums: Mapping[type, EnumOptions],
    ) -> None:
        # cattrs' constructor registers its own defaults through the methods below.
        self.format = format
        self.options = options
        self.classes = classes
        self.unions = unions
        self.enums = enums
        self.generation = 0
        self.token = Token()
        self._frozen_because: str | None = None
        self._log: list[Registration] = []
        self._hooks: dict[str, TypeCache[Any]] = {"structure": TypeCache(), "unstructure": TypeCache()}
        self._unfinished: dict[tuple[str, Any], Any] = {}
        self._depth = 0
        self._untyped: UnstructureHook | None = None
        self._class_schemas: Callable[[type], nodes.Schema] | None = None
        self._snapshot: Callable[[], ConverterSnapshot | None] = _nothing
        self._quick_hooks: dict[str, TypeCache[Any]] = {"structure": TypeCache(), "unstructure": TypeCache()}
        self._unprepared: weakref.WeakSet[Any] = weakref.WeakSet()  # quick hooks that go by what is registered later
        self._registered: dict[str, TypeCache[bool]] = {"structure": TypeCache(), "unstructure": TypeCache()}
        self._lasting: dict[tuple[str, bool], TypeCache[nodes.Node]] = {}
        self._wire_forms: TypeCache[WireForm] = TypeCache()
        self._lock = threading.RLock()
        self._building: dict[tuple[str, Any], ForwardReference] = {}
        self._is_ready = False
        super().__init__()
        # cattrs' strategies ask: where keys are refused, they take the tag out of what a class's hook reads.
        self.forbid_extra_keys = "forbid" in {
            options.unknown_fields,
            *(each.unknown_fields for each in classes.values()),
        }
        for cls in _SINGLE_DISPATCHED:
            self._register("register_structure_hook", cls, Replaced())
            self._register("register_unstructure_hook", cls, Replaced())
        self._register("register_structure_hook_factory", anything, self._make_structure_hook)
        self._register("register_unstructure_hook_factory", anything, self._make_unstructure_hook)
        self._untouched = self.generation
        if format.configure is not None:
            format.configure(self)
        self._snapshot = _nothing  # what the format itself made goes with the converter
        self._log.clear()  # what follows is the user's, and goes along with copies
        self._is_ready = True

    # Making hooks

    @property
    def is_shared(self) -> bool:
        """Whether this belongs to a codec that all packages share, for as long as the program runs."""
        return self._frozen_because is not None

    @property
    def is_untouched(self) -> bool:
        """Whether all hooks are ours: nobody has registered any, the format neither."""
        return self.generation == self._untouched

    def _make_structure_hook(self, tp: Any) -> StructureHook:
        def make() -> StructureHook:
            return python.structure_hook(build_schema(tp, self, "structure", for_engine=False))

        return self._guarded("structure", tp, make)

    def _make_unstructure_hook(self, tp: Any) -> UnstructureHook:
        def make() -> UnstructureHook:
            return python.unstructure_hook(build_schema(tp, self, "unstructure", for_engine=False), self.encoded)

        return self._guarded("unstructure", tp, make)

    def _guarded(self, direction: Direction, tp: Any, make: Callable[[], Callable[..., Any]]) -> Callable[..., Any]:
        """Make a hook; a type met again while its own is being made gets a `ForwardReference`."""
        key = direction, tp
        with self._lock:
            known = self._building.get(key)
            if known is not None:
                return known
            reference = self._building[key] = ForwardReference()
            try:
                with making():
                    hook = reference.hook = make()
            finally:
                del self._building[key]
            return hook

    # What the making of a schema asks

    def reads_own(self, tp: Any) -> bool:
        """Return whether the hook that structures *tp* is ours, not registered by the user."""
        return self.is_untouched or not self._is_registered("structure", tp)

    def writes_own(self, tp: Any) -> bool:
        """Return whether the hook that unstructures *tp* is ours, not registered by the user."""
        return self.is_untouched or not self._is_registered("unstructure", tp)

    def _is_registered(self, direction: str, tp: Any) -> bool:
        """Return whether the user has registered a hook for *tp*; looks it up, makes none."""
        known = self._registered[direction]
        try:
            found = known.get(tp)
        except TypeError:  # an annotation that cannot be hashed
            return False
        if found is None:
            found = known.find(tp)
        if found is None:
            dispatch = self._structure_func if direction == "structure" else self._unstructure_func
            found = known.keep(tp, has_hook(dispatch, tp), is_shared=self.is_shared)
        return found

    def hook_version(self, tp: Any, direction: Direction) -> str | None:
        """Return the version of the hook that the user has registered for *tp*; ``None``: it has none."""
        function = registered_function(self._structure_func if direction == "structure" else self._unstructure_func, tp)
        # One function may be registered for several types, and again with another version.
        versions = {
            id(args[0]): version
            for method, args, version in self._log
            if method.startswith(f"register_{direction}_") and args[1] is function and _is_for(method, args[0], tp)
        }
        found = {version for version in versions.values() if version is not None}
        return " ".join(sorted(found)) if versions and None not in versions.values() else None

    def wire_form(self, tp: Any) -> WireForm:
        """Return what there is to know of how values of *tp* are written; see `schema.fingerprint`."""
        known = self._wire_forms
        try:
            found = known.get(tp)
        except TypeError:  # an annotation that cannot be hashed
            return wire_form(tp, self)
        if found is None:
            found = known.find(tp)
        return known.keep(tp, wire_form(tp, self), is_shared=self.is_shared) if found is None else found

    def lasting_nodes(self, direction: Direction, *, for_engine: bool) -> TypeCache[nodes.Node]:
        """Return the nodes of types that do not change, as long as nobody registers a hook."""
        known = self._lasting.get((direction, for_engine))
        return self._lasting.setdefault((direction, for_engine), TypeCache()) if known is None else known

    def special(self, kind: Kind | None, tp: Any, direction: Direction) -> python.Special | None:
        """Return the function of a type that no node is for, and the builtin classes that its values are."""
        return python.special(kind, tp, self, reads=direction == "structure")

    def for_value(self, hook: StructureHook) -> StructureHook:
        """Return the hook of a user for a value of which the type is known: CBOR's tags are ignored there."""
        return functools.partial(_without_tags, hook) if self.format.is_binary else hook

    def later(self, tp: Any, direction: Direction) -> Callable[..., Any]:
        """Return the hook of *tp*, made when it is first called; hooks registered afterwards do not affect it."""
        snapshot = self.snapshot()

        def find() -> Callable[..., Any]:
            converter = snapshot.converter
            with making():
                found: Callable[..., Any] = (
                    converter.get_structure_hook(tp) if direction == "structure" else converter.get_unstructure_hook(tp)
                )
            return found

        return _Later(find)

    def untyped(self) -> UnstructureHook:
        """Return the function that writes any value by its class."""
        if self._untyped is None:
            self._untyped = python.untyped(self)
        return self._untyped

    def class_schemas(self) -> Callable[[type], nodes.Schema]:
        """
        Return the function that gives the schema for writing instances of a class where no type is given.

        It raises for classes that `untyped` refuses.
        """
        if self._class_schemas is None:
            self._class_schemas = _ClassSchemas(self.snapshot(), self.unions, is_shared=self.is_shared)
        return self._class_schemas

    def untyped_check(self) -> UnstructureHook:
        """Return the function that refuses builtins which could not be written back."""
        return python.structure_untyped(UNTYPED) if self.format.is_binary else lambda value: value

    def json_values(self) -> UnstructureHook:
        """Return the function that refuses builtins which JSON could not say."""
        return python.structure_untyped(JSON_VALUE)

    def encoded(self, wire: Any) -> bytes:
        """Return the bytes of builtins, by which the items of a set are sorted."""
        if type(wire) in _SCALARS and self.format.layout == "json":
            try:
                return orjson.dumps(wire)
            except TypeError:
                pass  # a lone surrogate, a wide integer
        if self.options.sort_keys:
            wire = self.in_order(wire)
        # In a format whose documents are tables, a table of the item is what can be compared.
        is_table = self.format.top_level == "table"
        return self.format.dumps({"": wire} if is_table else wire, self.options.limits, False)

    def in_order(self, wire: Any) -> Any:
        """Return builtins as they are written: with sorted keys if the codec sorts them."""
        sort_key = self.format.sort_key if self.options.sort_keys else None
        return wire if sort_key is None else with_sorted_keys(wire, sort_key, self.options.limits)

    # Finding hooks

    def snapshot(self) -> ConverterSnapshot:
        """Return a snapshot: hooks registered afterwards do not affect it."""
        with self._lock:
            known = self._snapshot()
            if known is None:
                known = ConverterSnapshot(self)
                self._snapshot = weakref.ref(known)
        return known

    def _find(self, direction: str, tp: Any, dispatch: Callable[[Any], Any]) -> Any:
        """
        Return the hook of *tp*, from our own cache.

        cattrs' cache would keep the hook of ``list[Node]`` where that of
        ``Node`` failed half-way, and show it to other threads before.  Here
        hooks are kept back until the outermost one is made.
        """
        hooks = self._hooks[direction]
        try:
            hook = hooks.get(tp)
        except TypeError:
            raise unsupported(tp, "it cannot be hashed, so that no hook can be found by it") from None
        if hook is None:
            hook = hooks.find(tp)
        if hook is not None:
            return hook
        key = direction, tp
        with self._lock:
            hook = hooks.get(tp) or hooks.find(tp) or self._unfinished.get(key)
            if hook is None:
                self._depth += 1
                try:
                    with making(ours=False):  # factories of the user's
                        hook = self._unfinished[key] = dispatch(tp)
                    if self._depth == 1:
                        for (way, each), made in self._unfinished.items():
                            self._hooks[way].keep(each, made, is_shared=self.is_shared)
                finally:
                    self._depth -= 1
                    if self._depth == 0:
                        self._unfinished.clear()
            return hook

    def _dispatch_structure(self, tp: Any) -> Any:
        hook = registered_hook(self._structure_func, tp)
        if self.format.is_binary and not self.reads_own(tp) and not is_quick(hook):
            return functools.partial(_without_tags, hook)  # CBOR's tags are ignored where a type is given
        return hook

    def _dispatch_unstructure(self, tp: Any) -> Any:
        return registered_hook(self._unstructure_func, tp)

    def get_structure_hook(self, type: Any, cache_result: bool = True) -> Any:  # noqa: A002 - cattrs' signature
        """Return the hook that structures *type*; see `cattrs.Converter`."""
        hook = self._find("structure", type, self._dispatch_structure)
        return hook if is_ours() else self._quick("structure", type, hook)

    def get_unstructure_hook(self, type: Any, cache_result: bool = True) -> Any:  # noqa: A002 - cattrs' signature
        """Return the hook that unstructures *type*; see `cattrs.Converter`."""
        hook = self._find("unstructure", type, self._dispatch_unstructure)
        if is_ours():
            return hook
        caller: str = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 - nothing else says who asks
        # cattrs' strategies put a tag into what a class's hook returns, and look for keys in it.
        if caller.startswith("cattrs.strategies.") and is_struct(type) and self.writes_own(type):
            made = quick_map(self, type)
            if is_quick(made):
                self._unprepared.add(made)
            return made
        return self._quick("unstructure", type, hook)

    def _quick(self, direction: Direction, tp: Any, hook: Any) -> Any:
        """Return *hook* as users get it: ours are run by the engine."""
        hooks = self._quick_hooks[direction]
        known = hooks.get(tp)
        if known is None:
            known = hooks.find(tp)
        if known is not None:
            return known
        if not (self.reads_own(tp) if direction == "structure" else self.writes_own(tp)):
            return hook
        made = quick(self, direction, tp, hook)
        with self._lock:
            if is_quick(made):
                self._unprepared.add(made)
            if self._depth == 0:  # else it may come to nothing
                hooks.keep(tp, made, is_shared=self.is_shared)
        return made

    def structure(self, obj: Any, cl: Any) -> Any:
        """Return *obj*, builtins, as a value of *cl*; raises `FormatError`."""
        hook = self.get_structure_hook(cl)
        try:
            return hook(obj, cl)
        except RecursionError as exc:
            raise _error_of_hook(exc)  # noqa: B904 - itself, or what it means
        except Exception as exc:
            issues: list[Any] = []
            result = python.recover(exc, hook, obj, cl, None, issues)
            if issues:
                raise
            return result

    def unstructure(self, obj: Any, unstructure_as: Any = None) -> Any:
        """Return *obj* as the format's builtins; raises `FormatError`."""
        hook = self.get_unstructure_hook(obj.__class__ if unstructure_as is None else unstructure_as)
        try:
            return hook(obj)
        except RecursionError as exc:
            raise _error_of_hook(exc)  # noqa: B904 - as above

    # Registration

    def freeze(self, because: str) -> None:
        """Refuse registration from now on; *because* is the error's text."""
        self._frozen_because = because

    def _register(self, method: str, *args: Any, version: str | None = None) -> Any:
        if self._frozen_because is not None:
            raise TypeError(self._frozen_because)
        if version is not None:
            check_text("a version", version)
        with self._lock:
            snapshot = self._snapshot() if self._is_ready else None
            if snapshot is not None:
                snapshot.converter = self.derive()
                snapshot.converter.token = self.token
                self._snapshot = _nothing
            for hook in self._unprepared:
                hook.prepare()
            self._unprepared.clear()
            if method in _BY_TYPE and not isinstance(args[0], type):
                # cattrs knows no more than classes here, and finds unions behind our predicate that takes anything.
                result = getattr(super(), f"{method}_func")(Exactly(args[0]), args[1])
            else:
                result = getattr(super(), method)(*args)
            self._log.append((method, args, version))
            for cache in (*self._hooks.values(), *self._quick_hooks.values(), *self._registered.values()):
                cache.clear()
            self._lasting = {}  # schemas in the making fill the old ones
            self._wire_forms = TypeCache()
            self._untyped = None
            self._class_schemas = None
            self.token = Token()
            self.generation += 1
        return result

    def register_structure_hook(self, cl: Any = None, func: Any = None, *, version: str | None = None) -> Any:
        """
        Register a structure hook; see `cattrs.Converter`. Seen by `Codec.decode` at once.

        Args:
            cl: As there, and so for *func*; with *version* alone this is a decorator, too.
            func: See there.
            version: A text that changes whenever the hook reads another form, for `schema.fingerprint`: types with a
                hook without a version have no fingerprint.

        Raises:
            TypeError: The codec is shared, or *version* is no text.
        """
        if func is None:
            if cl is None:
                return functools.partial(self.register_structure_hook, version=version)
            # A decorator: the annotation says of what.
            registered = inspect.signature(cl, eval_str=True).return_annotation
            self._register("register_structure_hook", registered, cl, version=version)
            return cl
        return self._register("register_structure_hook", cl, func, version=version)

    def register_unstructure_hook(self, cls: Any = None, func: Any = None, *, version: str | None = None) -> Any:
        """Register an unstructure hook; as `register_structure_hook`, for `Codec.encode`."""
        if func is None:
            if cls is None:
                return functools.partial(self.register_unstructure_hook, version=version)
            # A decorator: the annotation says of what.
            first = next(iter(inspect.signature(cls, eval_str=True).parameters.values()))
            self._register("register_unstructure_hook", first.annotation, cls, version=version)
            return cls
        return self._register("register_unstructure_hook", cls, func, version=version)

    def register_structure_hook_func(self, check_func: Any, func: Any, *, version: str | None = None) -> None:
        """Register a structure hook by predicate; see `cattrs.Converter` and `register_structure_hook`."""
        self._register("register_structure_hook_func", check_func, func, version=version)

    def register_unstructure_hook_func(self, check_func: Any, func: Any, *, version: str | None = None) -> None:
        """Register an unstructure hook by predicate; see `cattrs.Converter` and `register_structure_hook`."""
        self._register("register_unstructure_hook_func", check_func, func, version=version)

    def register_structure_hook_factory(
        self, predicate: Any, factory: Any = None, *, version: str | None = None
    ) -> Any:
        """Register a factory of structure hooks; see `cattrs.Converter` and `register_structure_hook`."""
        return self._register_factory("register_structure_hook_factory", predicate, factory, version)

    def register_unstructure_hook_factory(
        self, predicate: Any, factory: Any = None, *, version: str | None = None
    ) -> Any:
        """Register a factory of unstructure hooks; see `cattrs.Converter` and `register_structure_hook`."""
        return self._register_factory("register_unstructure_hook_factory", predicate, factory, version)

    def _register_factory(self, method: str, predicate: Any, factory: Any, version: str | None) -> Any:
        if factory is None:  # a decorator
            return functools.partial(self._register_decorated, method, predicate, version)
        return self._register(method, predicate, factory, version=version)

    def _register_decorated(self, method: str, predicate: Any, version: str | None, factory: Any) -> Any:
        self._register(method, predicate, factory, version=version)
        return factory

    # Copies

    def derive(
        self,
        *,
        options: CodecOptions | None = None,
        classes: Mapping[type, ClassOptions] | None = None,
        unions: Unions | None = None,
        enums: Mapping[type, EnumOptions] | None = None,
    ) -> WireConverter:
        """Return a converter of its own with the same registrations, open for more."""
        new = type(self)(
            self.format,
            self.options if options is None else options,
            classes=self.classes if classes is None else classes,
            unions=self.unions if unions is None else unions,
            enums=self.enums if enums is None else enums,
        )
        new.register_again(self._log)
        return new

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """What has been registered, in its order: the method, its arguments, and the version."""
        return tuple(self._log)

    def register_again(self, registrations: Iterable[Registration]) -> None:
        """Register what another converter has as its `registrations`."""
        for method, args, version in registrations:
            self._register(method, *args, version=version)

    def __reduce__(self) -> tuple[Any, ...]:
        return reduce_converter(self)

    def copy(self, *args: Any, **kwargs: Any) -> WireConverter:
        """
        Return a converter of its own with the same registrations.

        Raises:
            TypeError: Options of cattrs' own were given; a codec's options
                are set by `Codec.with_options`.
        """
        if args or kwargs:
            _refuse_copy_options()
        return self.derive()

    def __copy__(self) -> WireConverter:
        return self.derive()

    def __deepcopy__(self, memo: Any) -> WireConverter:
        return self.derive()


def _is_for(method: str, registered: Any, tp: Any) -> bool:
    """Return whether what was registered by a class, another type or a predicate may have been found for *tp*."""
    if method not in _BY_TYPE:
        try:
            return bool(registered(tp))
        except Exception as exc:  # noqa: BLE001 - cattrs passes over it, too
            raise_if_from_signal(exc)
            return False
    cls = class_of(tp)
    if isinstance(registered, type) and isinstance(cls, type):
        return issubclass(cls, registered)
    return bool(tp == registered)


def _error_of_hook(exc: RecursionError) -> Exception:
    """Return what a call of the converter raises for *exc*: the outermost one says which hook has no end."""
    frame = sys._getframe(1).f_back  # noqa: SLF001 - nothing else says who asks
    while frame is not None:
        if frame.f_code in _CALLS:
            return exc
        frame = frame.f_back
    return python.endless_hook(exc) or exc


_CALLS: Final = frozenset((WireConverter.structure.__code__, WireConverter.unstructure.__code__))


def _refuse_copy_options() -> NoReturn:
    raise TypeError("expected no arguments: the options of a codec's converter are set by Codec.with_options")


def _nothing() -> None:
    """Stand for a weak reference that refers to nothing."""


def _without_tags(hook: StructureHook, value: Any, tp: Any) -> Any:
    return hook(python.untag(value), tp)
