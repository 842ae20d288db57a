"""The fields that a map holds, where they may go by other names than one text each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from symphony_types.traits.validatable import Issue

from .._issues import MAX_ISSUES, FormatError, issues_of, mismatch
from ..formats.base import bare_key
from ..schema import nodes
from ._source import Refused
from .explain import untag


__all__ = ["FieldNames", "label_of"]

_TEXT: Final = frozenset((str,))
_BOTH: Final = frozenset((str, int))


class FieldNames:
    """
    The names of the fields of a class: aliases, and integers.

    Args:
        node: The class.
        takes_bytes: Whether names may come as byte strings.
    """

    def __init__(self, node: nodes.Struct, *, takes_bytes: bool) -> None:
        self._name_of: dict[Any, Any] = {alias: field.key for field in node.fields for alias in field.aliases}
        self._kinds = _BOTH if any(type(field.key) is int for field in node.fields) else _TEXT
        self._takes_bytes = takes_bytes

    def __call__(self, value: Mapping[Any, Any]) -> dict[Any, Any]:
        """
        Return the entries of a map, each field under its own name.

        Raises:
            Refused: A field is there twice, or a key is no name.
        """
        issues: list[Issue] = []
        result = self.resolve(value, issues)
        if issues:
            raise Refused
        return result

    def resolve(self, value: Mapping[Any, Any], issues: list[Issue]) -> dict[Any, Any]:
        """Return the same; what is wrong is left out, and noted in *issues*."""
        result: dict[Any, Any] = {}
        for tagged, item in value.items():
            key: Any = untag(bare_key(untag(tagged)))
            if type(key) is bytes and self._takes_bytes:
                try:
                    key = key.decode()
                except UnicodeDecodeError:
                    issues.append(Issue((), "invalid_value", "a field name in UTF-8", repr(key)[:100]))
                    continue
            if type(key) not in self._kinds:
                issues.extend(issues_of(mismatch("a field name", key)))
            else:
                name = self._name_of.get(key, key)
                if name not in result:
                    result[name] = item
                    continue
                issues.extend(issues_of(FormatError.of("duplicate_key", "each field once", f"{name!r} twice"), name))
            if len(issues) >= MAX_ISSUES:
                break
        return result


def label_of(node: nodes.UnionByLiteral, value: Mapping[Any, Any]) -> Any:
    """
    Return what a map holds under the first of the names of the literal field that is there.

    Raises:
        KeyError: It has none of them.
    """
    for name in (node.key, *node.aliases):
        for key, item in value.items():
            if type(key) is type(name) and key == name:
                return item
    raise KeyError(node.key)
