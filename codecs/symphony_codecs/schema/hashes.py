"""
Keys whose hashes collide on purpose.

Python's dict and set take time that grows with the square of the number of
keys of one hash, and who writes a document can choose keys that have one:
``hash(n * (2**61 - 1))`` is 0 for every int n.  The hashes of text and bytes
are secret, and an enum has few members; all other keys are counted by their
hashes before a dict or a set is made of them.
"""

from __future__ import annotations

import functools

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

from .._issues import FormatError
from . import nodes


__all__ = ["guarded", "may_collide", "refuse_collisions"]

_FEW: Final = 1024
# Fewer keys than this that share their hashes with others take no time worth a look.
_HARMLESS: Final = 256
# Below it no two ints have one hash but -1 and -2.
_MODULUS: Final = 2**61 - 1
_SECRET: Final = (nodes.Text, nodes.Binary, nodes.Enum, nodes.Boolean, nodes.Null)


def may_collide(node: nodes.Node) -> bool:
    """Return whether the hashes of what *node* reads can be chosen by the author of a document."""
    if isinstance(node, (nodes.Optional, nodes.Validated)):
        return may_collide(node.inner)
    if isinstance(node, nodes.Integer):
        low, high = node.minimum, node.maximum
        return low is None or high is None or low <= -_MODULUS or high >= _MODULUS
    if isinstance(node, nodes.Uuid):
        return not hasattr(node.cls, "from_bytes")  # a `uuid.UUID` hashes as the int that it is, our ids as their bytes
    if isinstance(node, nodes.Enum) and node.missing is not None:
        return True  # the class may make members of unknown values
    return not isinstance(node, _SECRET)


def refuse_collisions(keys: Iterable[Any]) -> None:
    """
    Refuse keys, 1,024 or more, of which too many have one hash.

    That is where the hashes are fewer than half of the keys, or where making
    a dict of the keys would compare more than about 16 for each.

    Args:
        keys: The keys, or the items of a set; equal ones count once.

    Raises:
        FormatError: ``too_large``.
    """
    keys = list(keys)
    count = len(keys)
    if count < _FEW:
        return
    try:
        hashes = Counter(map(hash, keys)) if count - len(set(map(hash, keys))) > _HARMLESS else None
    except TypeError:  # a key without a hash, which making a dict says better
        return
    if hashes is None:
        return
    different, known = 0, dict[int, list[Any]]()
    comparisons = 2**18 + 16 * count
    for key in keys:
        alike = known.setdefault(hash(key), [])
        comparisons -= len(alike)
        if not any(other is key or other == key for other in alike):
            alike.append(key)
            different += 1
        if comparisons < 0:
            break
    if comparisons < 0 or 2 * len(known) < different:
        raise FormatError.of("too_large", "keys that differ in their hashes", f"{len(hashes)} hashes of {count} keys")


def guarded(build: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    """Return what makes a set of a list as *build* does, unless the items' hashes collide."""

    @functools.wraps(build, updated=())
    def build_set(items: list[Any]) -> Any:
        refuse_collisions(items)
        return build(items)

    return build_set
