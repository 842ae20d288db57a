"""Strategies for what all others are made of: text, numbers, JSON values."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st


__all__ = ["json_objects", "json_values", "texts"]

I64_MIN: Final = -(2**63)
U64_MAX: Final = 2**64 - 1

# Documents are UTF-8: no lone surrogates.
CHARACTERS: Final = st.characters(codec="utf-8")


def texts(*, min_size: int = 0, max_size: int | None = 30) -> st.SearchStrategy[str]:
    """
    Text that every format can say: any characters but lone surrogates.

    Args:
        min_size: Fewest characters.
        max_size: Most characters; ``None``: unlimited.
    """
    return st.text(CHARACTERS, min_size=min_size, max_size=max_size)


def matching(pattern: str) -> st.SearchStrategy[str]:
    """Return text that *pattern* matches whole."""
    return st.from_regex(pattern, fullmatch=True, alphabet=CHARACTERS)


def u32s() -> st.SearchStrategy[int]:
    """Return integers of 32 bits, unsigned."""
    return st.integers(0, 2**32 - 1)


def u64s() -> st.SearchStrategy[int]:
    """Return integers of 64 bits, unsigned."""
    return st.integers(0, U64_MAX)


def numbers(minimum: float | None = None, maximum: float | None = None) -> st.SearchStrategy[float]:
    """Return finite floats between two borders, both included."""
    return st.floats(minimum, maximum, allow_nan=False, allow_infinity=False)


def unique_texts(item: st.SearchStrategy[str], max_size: int) -> st.SearchStrategy[tuple[str, ...]]:
    """Return tuples of texts that differ."""
    return st.lists(item, unique=True, max_size=max_size).map(tuple)


def json_values(
    *,
    max_leaves: int = 8,
    min_int: int = I64_MIN,
    max_int: int = U64_MAX,
    allow_nan: bool = False,
    allow_infinity: bool = False,
    allow_none: bool = True,
) -> st.SearchStrategy[Any]:
    """
    Any JSON value: null, booleans, numbers, text, lists and maps of them.

    Values that JSON cannot carry there and back are off by default: NaN and the
    infinities, which it writes as null, and ints beyond 64 bits, which no
    other side reads.

    Args:
        max_leaves: Most scalars in one value, about.
        min_int: Least integer.
        max_int: Greatest integer.
        allow_nan: Whether NaN comes.
        allow_infinity: Whether the infinities come.
        allow_none: Whether null comes; TOML has none.
    """
    scalars: st.SearchStrategy[Any] = st.one_of(
        st.booleans(),
        st.integers(min_int, max_int),
        st.floats(allow_nan=allow_nan, allow_infinity=allow_infinity),
        texts(),
    )
    if allow_none:
        scalars = st.none() | scalars
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts(), inner, max_size=4),
        max_leaves=max_leaves,
    )


def json_objects(*, max_size: int = 3, max_leaves: int = 4) -> st.SearchStrategy[dict[str, Any]]:
    """
    Maps from text to `json_values`.

    Args:
        max_size: Most entries.
        max_leaves: Most scalars in one entry, about.
    """
    return st.dictionaries(texts(), json_values(max_leaves=max_leaves), max_size=max_size)
