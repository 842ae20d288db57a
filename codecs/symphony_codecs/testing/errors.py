"""Strategies for `symphony_types.SymphonyError` and its variants, and for issues."""

from __future__ import annotations

from typing import Any, Final, TypeVar, overload

from hypothesis import strategies as st

from symphony_types.errors import SymphonyError
from symphony_types.traits.validatable import Issue

from .scalars import texts


__all__ = ["issues", "symphony_errors"]

S = TypeVar("S", bound=SymphonyError)

_CODES: Final = ("missing_field", "wrong_type", "out_of_range", "invalid_value", "cycle", "x")


@overload
def symphony_errors() -> st.SearchStrategy[SymphonyError]: ...


@overload
def symphony_errors(group: type[S]) -> st.SearchStrategy[S]: ...


def symphony_errors(group: type[SymphonyError] = SymphonyError) -> st.SearchStrategy[Any]:
    """
    Errors without notes, which do not travel.

    Args:
        group: The root of the variants: a group such as
            `symphony_types.IpcError`, or one variant; all by default.
    """
    return st.sampled_from(list(group.variants().values())).flatmap(_instances_of)


def _instances_of(cls: type[SymphonyError]) -> st.SearchStrategy[SymphonyError]:
    make: Any = cls
    return st.builds(make, **{name: texts() for name in cls.__fields__})


def issues() -> st.SearchStrategy[Issue]:
    """Issues with paths of names and positions."""
    element = texts() | st.integers(0, 2**63 - 1)
    return st.builds(
        Issue,
        path=st.lists(element, max_size=4).map(tuple),
        code=st.sampled_from(_CODES),
        expected=texts(),
        actual=texts(),
    )
