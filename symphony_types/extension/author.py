"""The authors of an extension."""

from __future__ import annotations

import re

from typing import Final

import attrs

from symphony_types.checks import FieldError, FieldTypeError, Text, describe, optional


__all__ = ["Author"]

_NAME: Final = Text(pattern=r"[^<>()\s]([^<>()]*[^<>()\s])?", name="a name without <, >, ( and )")
_EMAIL: Final = Text(pattern=r"[^\s<>@]+@[^\s<>@]+", name="an email address")
_URL: Final = Text(pattern=r"https?://[^\s/()][^\s()]*", name="an http or https URL")
# Neighbours in it share no character, so that it takes linear time on any text.
_TEXT_FORM: Final = re.compile(r"([^<>()]+)(?:<([^<>]*)>\s*)?(?:\(([^()]*)\))?")


@attrs.frozen(kw_only=True)
class Author:
    """
    A person or a team.

    Args:
        name: Any text without ``< > ( )``, no blanks around it.
        email: With an ``@``; ``None`` is not given.
        url: A page on them, http or https; ``None`` is not given.
    """

    name: str = attrs.field(validator=_NAME)
    email: str | None = attrs.field(default=None, validator=optional(_EMAIL))
    url: str | None = attrs.field(default=None, validator=optional(_URL))

    @classmethod
    def parse(cls, text: str) -> Author:
        """
        Read ``Ada Lovelace <ada@example.org> (https://example.org/ada)``; all but the name may be missing.

        Raises:
            FieldError: *text* is not of that form.
        """
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise FieldTypeError("wrong_type", (), "an author such as Name <mail>", describe(text))
        match = _TEXT_FORM.fullmatch(text.strip())
        if match is None:
            raise FieldError("invalid_value", (), "an author such as Name <mail>", describe(text))
        name, email, url = (None if part is None else part.strip() for part in match.groups())
        return cls(name=name or "", email=email, url=url)

    def __str__(self) -> str:
        email = "" if self.email is None else f" <{self.email}>"
        url = "" if self.url is None else f" ({self.url})"
        return f"{self.name}{email}{url}"
