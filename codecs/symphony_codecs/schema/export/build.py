"""
The making of forms: from the nodes that write a type, and from what reading asks of its fields.

Nodes for writing say what a document looks like, in either direction: reading
takes what the codec itself writes.  Properties that only reading decides, such as
defaults, aliases and names that may be missing, comes from the fields' options
and from the nodes for reading.
"""

from __future__ import annotations

import re

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, get_origin

from typing_extensions import TypeForm

from ..._making import making
from ...registry import get_codec
from . import forms as f
from .maker import Maker


if TYPE_CHECKING:
    from ...codec import Codec


__all__ = ["document_of"]

_MODULE: Final = re.compile(r"(?:\w+\.|<locals>\.)+")


def document_of(
    as_type: TypeForm[Any],
    codec: Codec | str,
    *,
    direction: f.Direction = "write",
    forms: Mapping[Any, Any] | None = None,
) -> f.Document:
    """
    Return the form of documents of a type.

    Args:
        as_type: A class, a generic one with its arguments, a union, or any other annotation.
        codec: The codec, or its name: its format, its options, and the hooks that are registered now.
        direction: ``write``: what encoding writes.  ``read``: what decoding takes, in the form that the codec itself
            writes.
        forms: The forms of types with hooks: by type another type of the same form, or a `Fragment`.

    Raises:
        FormatError: The type has no representation.
    """
    known = get_codec(codec) if isinstance(codec, str) else codec
    maker = Maker(known.converter, direction, forms or {})
    with making():
        root = maker.make(as_type)
    return f.Document(
        type=_shown(as_type), format=known.name, direction=direction, root=root, definitions=maker.definitions
    )


def _shown(tp: Any) -> str:
    is_class = isinstance(tp, type) and get_origin(tp) is None
    return _MODULE.sub("", tp.__qualname__ if is_class else str(tp))
