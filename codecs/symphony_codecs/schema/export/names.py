"""The names of definitions: those of classes, with their type arguments, unique in a document description."""

from __future__ import annotations

import re
import unicodedata

from collections.abc import Hashable
from typing import Annotated, Any, Final, get_args, get_origin

from ..annotations import behind, is_union


__all__ = ["Names", "name_of"]

_OTHER: Final = re.compile(r"\W+", re.ASCII)


def _plain(text: str) -> str:
    """
    Return a text with other letters than those of ASCII written in ASCII, which names in all schema languages have.

    ``Größe`` is ``Grosse``; a letter that is not one of ASCII with a mark is its number: ``Ж`` is ``u0416``.
    """
    return text if text.isascii() else "".join(map(_plain_letter, text))


def _plain_letter(letter: str) -> str:
    # Folded, ``ß`` is ``ss``; of other letters the case counts.
    for form in (letter, letter.casefold()):
        bare = "".join(c for c in unicodedata.normalize("NFKD", form) if not unicodedata.combining(c))
        if bare and bare.isascii():
            return bare
    return f"u{ord(letter):04X}" if letter.isalnum() else letter


def name_of(tp: Any) -> str:
    """Return the name of *tp* as one word of ASCII: ``Envelope[Order]`` is ``EnvelopeOrder``."""
    origin, args = get_origin(tp), get_args(tp)
    if origin is Annotated:
        return name_of(args[0])
    if tp is None or tp is type(None):
        return "None"
    if is_union(tp):
        return "".join(_capital(name_of(arg)) for arg in args)
    named = origin if origin is not None else tp
    base = getattr(named, "__name__", None) or _OTHER.sub(" ", str(named)).title()
    return _OTHER.sub("", "".join((_plain(base), *(_capital(name_of(arg)) for arg in args)))) or "Form"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _module_of(tp: Any) -> str:
    module = getattr(get_origin(tp) or tp, "__module__", None) or ""
    return "".join(map(_capital, _OTHER.sub("_", _plain(module.rpartition(".")[2])).split("_")))


class Names:
    """The names that are taken, and what for."""

    def __init__(self) -> None:
        self._of: dict[Hashable, str] = {}
        self._taken: set[str] = set()

    def known(self, key: Hashable) -> str | None:
        """Return the name of *key*; ``None``: it has none yet."""
        return self._of.get(key)

    def give(self, key: Hashable, tp: Any, suffix: str = "") -> str:
        """
        Return a new name.

        Args:
            key: The key of the definition.
            tp: The type of which the name is made.
            suffix: The end of the name, where one type has several forms.
        """
        base = name_of(behind(tp) if get_origin(tp) is None and not hasattr(tp, "__name__") else tp) + suffix
        name = base
        if name in self._taken:
            name = base = f"{_module_of(tp)}{base}"
        count = 2
        while name in self._taken:
            name = f"{base}{count}"
            count += 1
        self._taken.add(name)
        self._of[key] = name
        return name
