"""The error of a type whose form a schema language cannot say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from symphony_types.traits.validatable import Issue

from ..._issues import FormatError


if TYPE_CHECKING:
    from .forms import Opaque


__all__ = ["SchemaError", "fragment_of"]

_NEXT_STEP: Final = "say what it looks like with forms={Class: ...}, a type or a Fragment"


class SchemaError(FormatError):
    """A type, or a part of it, that cannot be said in a schema language; the text ends with the next step."""

    @classmethod
    def at(cls, path: str, target: str, why: str, *, step: str = _NEXT_STEP) -> SchemaError:
        """
        Make the error for one part of a type.

        Args:
            path: Where the part stands, such as ``Order.lines[].price``.
            target: The language, such as ``json-schema``.
            why: The reason.
            step: The next step for the user.
        """
        message = f"{path} has no form in {target}: {why}; {step}"
        return cls((Issue((), "unsupported_type", f"a type that {target} can say", path, message),))

    def __str__(self) -> str:
        return "; ".join(issue.message for issue in self.issues)


def fragment_of(form: Opaque, target: str, path: str = "") -> Any:
    """
    Return the user's fragment for a type with a hook.

    Args:
        form: The form of the type.
        target: The language, such as ``json-schema``.
        path: Where the form stands; by default its own path.

    Raises:
        SchemaError: There is no fragment for this language.
    """
    fragment = form.fragments.get(target)
    if fragment is None:
        raise SchemaError.at(path or form.path, target, f"only a hook knows the form of {form.type}")
    return fragment
