"""`UnknownVariant`: what a union holds of a variant that none of its classes is."""

from __future__ import annotations

from typing import Any

import attrs

from symphony_types import UNSET


__all__ = ["UnknownVariant"]


@attrs.frozen
class UnknownVariant:
    """
    A variant of a tagged union under a name that none of its classes goes by: a newer peer's, to be passed on as it is.

    As a member of the union it is read for any unknown name, and written as
    it was read, but for the order of keys and the spelling of values::

        Event = Created | Deleted | UnknownVariant

    Args:
        tag: The name on the wire; one that no class of the union goes by.
        content: What stands under it, as builtins; `UNSET` for a name alone.
            With internal tagging all other entries, or the items after the name.
    """

    tag: str = attrs.field(validator=attrs.validators.instance_of(str))
    content: Any = UNSET
