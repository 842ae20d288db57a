"""What a codec knows of unions: how each is told apart."""

from __future__ import annotations

import functools

from collections.abc import Mapping
from typing import Any

import attrs

from .options import UnionOptions
from .schema.unions import is_variant


__all__ = ["Unions"]


@attrs.frozen(kw_only=True, slots=False)
class Unions:
    """
    What a codec knows of unions.

    Args:
        options: Members of a union (without ``None``) to how they are told
            apart; a union of some of the members is told apart the same way.
        names: Class to its name in any union, where that is not the class's own.
        newtypes: Classes whose one field goes bare into a union whose options
            do not say otherwise.
    """

    options: Mapping[frozenset[Any], UnionOptions] = attrs.field(factory=dict)
    names: Mapping[type, str] = attrs.field(factory=dict)
    newtypes: frozenset[type] = frozenset()

    @functools.cached_property
    def tagged(self) -> frozenset[Any]:
        """All classes that go with a tag in a union the codec was told of."""
        told = (members for members, how in self.options.items() if how.tagging != "untagged")
        return frozenset(filter(is_variant, frozenset().union(*told)))
