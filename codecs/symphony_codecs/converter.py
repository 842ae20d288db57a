"""
The cattrs `Converter` behind a codec: where hooks are registered and found.

It differs from cattrs' own in three ways.  All types go through the strict
shapes of `symphony_codecs.hooks` instead of cattrs' lax defaults.  Every
registration is recorded, so that a copy replays it on a converter of its own
(cattrs' copy leaves closures bound to the old one).  And a shared converter
refuses registration.
"""

from __future__ import annotations

import functools
import threading

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import attrs
import cattrs

from ._issues import unsupported
from .formats.base import Format
from .hooks import SHAPES
from .hooks._base import Deferred, Shape, StructureHook, UnstructureHook
from .options import ClassOptions, CodecOptions, UnionOptions


__all__ = ["Unions", "WireConverter"]

# cattrs finds these by `singledispatch`, before any predicate; their subclasses, too.
_SINGLE_DISPATCHED = (str, bytes, int, float, Path)


@attrs.frozen(kw_only=True, slots=False)
class Unions:
    """
    What a codec knows of unions.

    Args:
        options: Members of a union (without ``None``) to how they are told
            apart; a union of some of the members is told apart the same way.
        names: Class to its name in unions, where that is not the class's own.
        newtypes: Classes whose one field goes bare into a union.
    """

    options: Mapping[frozenset[Any], UnionOptions] = attrs.field(factory=dict)
    names: Mapping[type, str] = attrs.field(factory=dict)
    newtypes: frozenset[type] = frozenset()

    @functools.cached_property
    def tagged(self) -> frozenset[Any]:
        """All classes that go with a tag in a union the codec was told of."""
        return frozenset().union(*(members for members, how in self.options.items() if how.tagging != "untagged"))


class WireConverter(cattrs.Converter):
    """
    A `cattrs.Converter` whose types look on the wire as one format has them.

    Args:
        format: The format: what builtins there are.
        options: The codec's options.
        classes: Options of single classes.
        unions: How unions are told apart.
    """

    def __init__(
        self,
        format: Format,  # noqa: A002 - the attribute's name, and the field's term
        options: CodecOptions,
        *,
        classes: Mapping[type, ClassOptions],
        unions: Unions,
    ) -> None:
        # cattrs' constructor registers its own defaults through the methods below.
        self.format = format
        self.options = options
        self.classes = classes
        self.unions = unions
        self.generation = 0
        self._frozen_because: str | None = None
        self._log: list[tuple[str, tuple[Any, ...]]] = []
        self._hooks: dict[tuple[str, Any], Any] = {}
        self._unfinished: dict[tuple[str, Any], Any] = {}
        self._depth = 0
        self._made: set[Any] = set()
        self._lock = threading.RLock()
        self._building: dict[tuple[str, Any], Deferred] = {}
        super().__init__()
        for cls in _SINGLE_DISPATCHED:
            self._register("register_structure_hook", cls, functools.partial(_structure_as, self))
            self._register("register_unstructure_hook", cls, functools.partial(_unstructure_as, self))
        self._register("register_structure_hook_factory", _anything, self._make_structure_hook)
        self._register("register_unstructure_hook_factory", _anything, self._make_unstructure_hook)
        if format.configure is not None:
            format.configure(self)
        self._log.clear()  # what follows is the user's, and goes along with copies

    # Making hooks

    def _shape_of(self, tp: Any) -> type[Shape]:
        for shape in SHAPES:
            if shape.matches(tp):
                return shape
        raise unsupported(tp, "register hooks for it on codec.copy().converter")

    def _make_structure_hook(self, tp: Any) -> StructureHook:
        self._made.add(tp)
        hook: StructureHook = self._guarded("structure", tp, lambda: self._shape_of(tp).structure(tp, self))
        return hook

    def _make_unstructure_hook(self, tp: Any) -> UnstructureHook:
        hook: UnstructureHook = self._guarded("unstructure", tp, lambda: self._shape_of(tp).unstructure(tp, self))
        return hook

    def _guarded(self, direction: str, tp: Any, make: Callable[[], Any]) -> Any:
        """Make a hook; a type met again while its own is being made gets a `Deferred`."""
        key = direction, tp
        with self._lock:
            if key in self._building:
                return self._building[key]
            deferred = self._building[key] = Deferred()
            try:
                deferred.hook = make()
            finally:
                del self._building[key]
            return deferred.hook

    def is_own(self, tp: Any) -> bool:
        """Return whether the hook that structures *tp* is one of ours, not registered by the user."""
        self.get_structure_hook(tp)
        return tp in self._made

    def kinds(self, tp: Any) -> frozenset[type] | None:
        """Return the builtin types that *tp* may be on the wire, ``None`` if that is not known."""
        return self._shape_of(tp).kinds(tp, self) if self.is_own(tp) else None

    # Finding hooks

    def _find(self, direction: str, tp: Any, dispatch: Callable[[Any], Any]) -> Any:
        """
        Return the hook of *tp*, from our own cache.

        cattrs' cache would keep the hook of ``list[Node]`` where that of
        ``Node`` failed half-way, and show it to other threads before.  Here
        hooks are kept back until the outermost one is made.
        """
        key = direction, tp
        try:
            hook = self._hooks.get(key)
        except TypeError:
            raise unsupported(tp, "it cannot be hashed, so that no hook can be found by it") from None
        if hook is not None:
            return hook
        with self._lock:
            hook = self._hooks.get(key) or self._unfinished.get(key)
            if hook is None:
                self._depth += 1
                try:
                    hook = self._unfinished[key] = dispatch(tp)
                    if self._depth == 1:
                        self._hooks.update(self._unfinished)
                finally:
                    self._depth -= 1
                    if self._depth == 0:
                        self._unfinished.clear()
            return hook

    def _dispatch_structure(self, tp: Any) -> Any:
        hook = super().get_structure_hook(tp, cache_result=False)
        if isinstance(hook, functools.partial) and hook.func is _structure_as:
            return self._make_structure_hook(tp)
        return hook

    def _dispatch_unstructure(self, tp: Any) -> Any:
        hook = super().get_unstructure_hook(tp, cache_result=False)
        if isinstance(hook, functools.partial) and hook.func is _unstructure_as:
            return self._make_unstructure_hook(tp)
        return hook

    def get_structure_hook(self, type: Any, cache_result: bool = True) -> Any:  # noqa: A002 - cattrs' signature
        """Return the hook that structures *type*; see `cattrs.Converter`."""
        return self._find("structure", type, self._dispatch_structure)

    def get_unstructure_hook(self, type: Any, cache_result: bool = True) -> Any:  # noqa: A002 - cattrs' signature
        """Return the hook that unstructures *type*; see `cattrs.Converter`."""
        return self._find("unstructure", type, self._dispatch_unstructure)

    def structure(self, obj: Any, cl: Any) -> Any:
        """Return *obj*, builtins, as a value of *cl*; raises `FormatError`."""
        return self.get_structure_hook(cl)(obj, cl)

    def unstructure(self, obj: Any, unstructure_as: Any = None) -> Any:
        """Return *obj* as the format's builtins; raises `FormatError`."""
        return self.get_unstructure_hook(obj.__class__ if unstructure_as is None else unstructure_as)(obj)

    # Registration

    def freeze(self, because: str) -> None:
        """Refuse registration from now on; *because* is the error's text."""
        self._frozen_because = because

    def _register(self, method: str, *args: Any) -> Any:
        if self._frozen_because is not None:
            raise TypeError(self._frozen_because)
        with self._lock:
            result = getattr(super(), method)(*args)
            self._log.append((method, args))
            self._hooks.clear()
            self._made.clear()
            self.generation += 1
        return result

    def register_structure_hook(self, cl: Any, func: Any = None) -> Any:
        """Register a structure hook; see `cattrs.Converter`. Seen by `Codec.decode` at once."""
        if func is None:  # a decorator, which calls this again with both
            return super().register_structure_hook(cl)
        return self._register("register_structure_hook", cl, func)

    def register_unstructure_hook(self, cls: Any = None, func: Any = None) -> Any:
        """Register an unstructure hook; see `cattrs.Converter`. Seen by `Codec.encode` at once."""
        if func is None:  # a decorator, which calls this again with both
            return super().register_unstructure_hook(cls)
        return self._register("register_unstructure_hook", cls, func)

    def register_structure_hook_func(self, check_func: Any, func: Any) -> None:
        """Register a structure hook by predicate; see `cattrs.Converter`."""
        self._register("register_structure_hook_func", check_func, func)

    def register_unstructure_hook_func(self, check_func: Any, func: Any) -> None:
        """Register an unstructure hook by predicate; see `cattrs.Converter`."""
        self._register("register_unstructure_hook_func", check_func, func)

    def register_structure_hook_factory(self, predicate: Any, factory: Any = None) -> Any:
        """Register a factory of structure hooks by predicate; see `cattrs.Converter`."""
        if factory is None:
            return functools.partial(self._register_factory, "register_structure_hook_factory", predicate)
        return self._register("register_structure_hook_factory", predicate, factory)

    def register_unstructure_hook_factory(self, predicate: Any, factory: Any = None) -> Any:
        """Register a factory of unstructure hooks by predicate; see `cattrs.Converter`."""
        if factory is None:
            return functools.partial(self._register_factory, "register_unstructure_hook_factory", predicate)
        return self._register("register_unstructure_hook_factory", predicate, factory)

    def _register_factory(self, method: str, predicate: Any, factory: Any) -> Any:
        self._register(method, predicate, factory)
        return factory

    # Copies

    def derive(
        self,
        *,
        options: CodecOptions | None = None,
        classes: Mapping[type, ClassOptions] | None = None,
        unions: Unions | None = None,
    ) -> WireConverter:
        """Return a converter of its own with the same registrations, open for more."""
        new = type(self)(
            self.format,
            self.options if options is None else options,
            classes=self.classes if classes is None else classes,
            unions=self.unions if unions is None else unions,
        )
        for method, args in self._log:
            new._register(method, *args)  # noqa: SLF001 - the same class
        return new

    def state(self) -> tuple[Any, ...]:
        """Return what `from_state` makes an equal converter of; it pickles if the registered hooks do."""
        return self.options, self.classes, self.unions, tuple(self._log), self._frozen_because

    @classmethod
    def from_state(cls, format: Format, state: tuple[Any, ...]) -> WireConverter:  # noqa: A002 - as above
        """Return the converter whose `state` that was."""
        options, classes, unions, log, frozen_because = state
        new = cls(format, options, classes=classes, unions=unions)
        for method, args in log:
            new._register(method, *args)
        new._frozen_because = frozen_because
        return new

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

    def __deepcopy__(self, memo: Any) -> WireConverter:
        return self.derive()


def _refuse_copy_options() -> NoReturn:
    raise TypeError("expected no arguments: the options of a codec's converter are set by Codec.with_options")


def _anything(_: Any) -> bool:
    return True


def _structure_as(converter: WireConverter, value: Any, tp: Any) -> Any:
    """Structure a type that cattrs finds by single dispatch, or a subclass of it."""
    return converter.get_structure_hook(tp)(value, tp)


def _unstructure_as(converter: WireConverter, value: Any) -> Any:
    return converter.get_unstructure_hook(type(value))(value)
