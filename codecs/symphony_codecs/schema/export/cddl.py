"""
Documents in CDDL (RFC 8610), the schema language of CBOR.

MessagePack has the same kinds of values, so that a description of it holds for
the CBOR of the same builtins.  What CDDL cannot say stands in comments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from typing_extensions import TypeForm

from . import forms as f
from .build import document_of
from .cddl_parts import comment
from .cddl_types import check_comments
from .cddl_unions import UnionWriter, wrapped


if TYPE_CHECKING:
    from ...codec import Codec


__all__ = ["cddl", "cddl_of"]


def cddl(
    as_type: TypeForm[Any],
    codec: Codec | str = "cbor",
    *,
    direction: f.Direction = "write",
    forms: Mapping[Any, Any] | None = None,
) -> str:
    """
    Return the form of documents of a type, in CDDL (RFC 8610).

    Args:
        as_type: A class, a generic one with its arguments, a union, or any other annotation.
        codec: The codec, or its name.  CDDL describes CBOR; what it says of MessagePack holds for the CBOR of the
            same builtins.
        direction: ``write``: what encoding writes.  ``read``: what decoding takes, in the form that the codec itself
            writes.
        forms: The forms of types with hooks: by type another type of the same form, or a `Fragment`.

    Raises:
        SchemaError: A part of the type is known to a hook alone.
        FormatError: The type has no representation.
    """
    return cddl_of(document_of(as_type, codec, direction=direction, forms=forms))


def cddl_of(document: f.Document) -> str:
    """
    Return a document description in CDDL; its first rule is that of a document.

    Raises:
        SchemaError: A part of it is known to a hook alone.
    """
    return _Writer(document).text()


class _Writer(UnionWriter):
    """Writes the rules of one document description."""

    def text(self) -> str:
        """Write all rules."""
        document, root = self._document, self._document.root
        how = "as decoding takes them" if self._reads else "as encoding writes them"
        parts = [f"; Documents of {' '.join(document.type.split())} in {document.format}, {how} (CDDL, RFC 8610)."]
        names = list(document.definitions)
        if isinstance(root, f.Reference):
            names.sort(key=lambda name: name != root.name)
        else:
            parts.append(self._rule(self._names.fresh("document"), root))
        parts += [self._rule(self._names.of(name), document.definitions[name]) for name in names]
        parts += self._more_rules()
        parts += ["\n".join(f"{name} = {said}" for said, name in self._helpers.items())] if self._helpers else []
        return "\n\n".join(parts) + "\n"

    def _more_rules(self) -> Iterator[str]:
        """Yield the rules that others have asked for, which may ask for more."""
        done = 0
        while done < len(self._more):
            name, form, is_group = list(self._more.values())[done]
            done += 1
            yield f"{name} = (\n{self._lines(self._fields(form).parts)}\n)" if is_group else self._rule(name, form)

    def _rule(self, name: str, form: f.Form) -> str:
        """Write one rule, with what is known of it in comments."""
        self._notes = []
        if isinstance(form, f.Record) and form.layout != "unit":
            brackets, group = self._members(form)
            body = f"\n{self._lines(group.parts)}\n" if group.parts else ""
            also = f" / {self._as_map(form).text}" if form.or_map else ""
            said, notes = f" {brackets[0]}{body}{brackets[1]}{also}", list(form.checks)
        elif isinstance(form, f.Enumeration) and form.names and form.names != form.values:
            names = (*(f" ; {each}" for each in form.names), "", "")
            lines = [f"{each.text}{told}" for each, told in zip(self._values(form), names, strict=False)]
            said, notes = "\n    " + "\n  / ".join(lines), list(form.checks)
        else:
            made = self._union(form) if isinstance(form, f.Union) else self.type(form)
            said, notes = f" {wrapped(made)}", [*form.checks, *self._notes]
        return "\n".join(
            (*comment(getattr(form, "doc", "")), *check_comments(notes), f"{name} ={said}".replace("= \n", "=\n"))
        )

    @staticmethod
    def _lines(parts: Sequence[tuple[str, tuple[str, ...]]]) -> str:
        return ",\n".join("\n".join(f"  {line}" for line in (*comments, text)) for text, comments in parts)
