"""The shared state of a comparison: the comparison of inner forms, and the definitions that references name."""

from __future__ import annotations

from typing import Protocol

from ..forms import Form
from .findings import Outcome


__all__ = ["Context"]


class Context(Protocol):
    """A comparison that is under way."""

    def compare(self, written: Form, read: Form, /) -> Outcome:
        """Compare two forms, whatever they are."""
        ...

    def own(self, written: Form, read: Form, /) -> Outcome | None:
        """Compare what is written with a form that the writer itself reads; ``None`` if that is not known."""
        ...

    def written(self, form: Form, /) -> Form:
        """Return the form, or the definition that it refers to, of what is written."""
        ...

    def read(self, form: Form, /) -> Form:
        """Return the form, or the definition that it refers to, of what is read."""
        ...
