"""
Values to measure with where there is no sample: drawn by Hypothesis, distinct, and the same for the same seed.

Hypothesis looks for what breaks code, so its texts, numbers and lengths are stranger than those of real data.  A sample
of real data says more.  Needs the extra ``testing``.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime as dt
import enum
import types

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NewType, Union, get_args, get_origin, get_type_hints

import attrs

from ..codec import Codec
from ..errors import EncodeError
from ..registry import get_codec
from .sample import SampleError


if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["generate"]

_ITEMS: Final = 5
# The first values of each draw are the simplest ones, again and again.
_DRAWS: Final = 8


def generate(as_type: Any, count: int, *, seed: int = 0, codec: Codec | None = None) -> list[Any]:
    """
    Return *count* distinct values of a type; fewer if it has no more.

    Args:
        as_type: A type of `symphony_types`, an attrs class, a dataclass, a scalar, or a collection or union of them.
        count: How many.
        seed: The same seed gives the same values, with the same version of Hypothesis.
        codec: Tells values apart, by their bytes; those that it refuses are left out.  JSON by default.

    Raises:
        SampleError: Hypothesis is not installed, or no values of the type can be made.
    """
    try:
        import hypothesis
    except ImportError:
        raise SampleError("generating values needs hypothesis: install symphony-types[testing]") from None

    codec = codec or get_codec("json")
    found: dict[bytes, Any] = {}
    refused: list[EncodeError] = []

    def collect(value: Any) -> None:
        try:
            data = codec.encode(value, as_type)
        except EncodeError as exc:
            refused.append(exc)
        else:
            if len(found) < count:
                found.setdefault(data, value)

    settings = hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=[check for check in hypothesis.HealthCheck if isinstance(check, hypothesis.HealthCheck)],
    )
    try:
        strategy = _strategy(as_type, {})
        for draw in range(_DRAWS):
            hypothesis.seed(seed * _DRAWS + draw)(settings(hypothesis.given(strategy)(collect)))()
            if len(found) >= count:
                break
    except Exception as exc:
        raise SampleError(f"cannot generate {as_type}: {exc}") from exc
    if not found:
        raise SampleError(f"cannot generate {as_type}: {refused[0].reason if refused else 'it has no values'}")
    return list(found.values())


def _strategy(as_type: Any, known: dict[Any, SearchStrategy[Any]]) -> SearchStrategy[Any]:
    """Return the strategy of a type; *known* has those of the classes around it, so that recursion ends."""
    from hypothesis import strategies as st

    from ..testing import strategy_for

    try:
        return strategy_for(as_type)
    except LookupError:
        pass
    if isinstance(as_type, NewType):
        return _strategy(as_type.__supertype__, known)
    origin, args = get_origin(as_type), get_args(as_type)
    if origin is Annotated:
        return _strategy(args[0], known)
    if origin is Literal:
        return st.sampled_from(args)
    if origin in {Union, types.UnionType}:
        return st.one_of(*(_strategy(arg, known) for arg in args))
    if origin in _COLLECTIONS or as_type in _COLLECTIONS:
        return _collection(origin or as_type, [arg if arg is Ellipsis else _strategy(arg, known) for arg in args])
    cls = origin or as_type
    if isinstance(cls, type) and issubclass(cls, enum.Enum):
        return st.sampled_from(cls)
    if attrs.has(cls) or dataclasses.is_dataclass(cls):
        if as_type not in known:
            # The class is known before its fields are looked at; they may hold it.
            known[as_type] = st.deferred(lambda: made)
            made = _object(as_type, known)
        return known[as_type]
    if as_type is dt.datetime:
        return st.datetimes(timezones=st.just(dt.UTC))
    return st.from_type(as_type)


def _object(as_type: Any, known: dict[Any, SearchStrategy[Any]]) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    cls = get_origin(as_type) or as_type
    arguments = dict(zip(getattr(cls, "__parameters__", ()), get_args(as_type), strict=False))
    hints = get_type_hints(cls, include_extras=True)
    fields: dict[str, SearchStrategy[Any]] = {}
    for name, argument in _parameters(cls).items():
        hint = hints[name]
        fields[argument] = _strategy(arguments.get(hint, hint), known)
    return st.builds(cls, **fields)


def _parameters(cls: Any) -> dict[str, str]:
    """Return the fields that the constructor takes, each with the argument's name."""
    if attrs.has(cls):
        return {field.name: field.alias or field.name for field in attrs.fields(cls) if field.init}
    return {field.name: field.name for field in dataclasses.fields(cls) if field.init}


def _tuple(items: list[Any]) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    return st.tuples(*items)


def _many(name: str) -> Callable[[list[Any]], SearchStrategy[Any]]:
    def make(items: list[Any]) -> SearchStrategy[Any]:
        from hypothesis import strategies as st

        made: SearchStrategy[Any] = getattr(st, name)(*items, max_size=_ITEMS)
        return made

    return make


_COLLECTIONS: Final[Mapping[Any, Callable[[list[Any]], SearchStrategy[Any]]]] = {
    list: _many("lists"),
    collections.abc.Sequence: _many("lists"),
    set: _many("sets"),
    frozenset: _many("frozensets"),
    dict: _many("dictionaries"),
    collections.abc.Mapping: _many("dictionaries"),
    tuple: _tuple,
}


def _collection(origin: Any, items: list[Any]) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    if not items:
        raise LookupError(f"expected {origin.__name__} with the types of its items")
    if origin is tuple and len(items) == 2 and items[1] is Ellipsis:
        return st.lists(items[0], max_size=_ITEMS).map(tuple)
    return _COLLECTIONS[origin](items)
