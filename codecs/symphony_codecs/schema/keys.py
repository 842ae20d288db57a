"""
The keys of maps: what they may be on the wire.

Where all keys are text, a key is the text of its value, as serde_json has it:
an integer in decimal, a float as JSON writes it, ``true`` and ``false``, an id
hyphenated, whatever else is a string as that string.  Which of them a text
stands for only the type can say; a value that the type would read as another
is not written.  Arrays and maps are keys in binary formats alone.
"""

from __future__ import annotations

import enum
import math
import re

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

import orjson

from .._issues import FormatError, mismatch, unsupported
from ..formats.base import TypedKey, bare_key
from . import nodes
from .annotations import behind, is_union, members_of
from .enums import WireTable
from .result_classes import classes_of


if TYPE_CHECKING:
    from .build import Builder


__all__ = ["key_kinds", "key_reader", "key_writer", "refuse_unhashable"]

_NUMBERS: Final[frozenset[type]] = frozenset((int, float, bool))
_TEXT: Final[frozenset[type]] = frozenset((str,))
_UNTYPED: Final[frozenset[type]] = frozenset((str, int, bytes))
_SIMPLE: Final = _UNTYPED | {bool}
_BINARY: Final[frozenset[type]] = _SIMPLE | {float, type(None), list, dict}
_WORDS: Final = {"true": True, "false": False}
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,4299}", re.ASCII)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,4299})(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)


def refuse_unhashable(tp: Any, node: nodes.Node) -> None:
    """
    Refuse a type of keys whose values have no hash.

    Args:
        tp: The type, without a hook of the user's.
        node: Its node.

    Raises:
        FormatError: One is among what keys are made of.
    """
    found = _unhashable(tp) or next(filter(_has_no_hash, classes_of(node)), None)
    if found is not None:
        raise unsupported(found, "it cannot be hashed, so that it cannot be a key of a map")


def _unhashable(tp: Any) -> type | None:
    tp = behind(tp)
    cls = get_origin(tp) or tp
    if is_union(tp) or cls is tuple:
        parts = members_of(tp) if is_union(tp) else get_args(tp)
        return next(filter(None, map(_unhashable, parts)), None)
    return cls if isinstance(cls, type) and _has_no_hash(cls) else None


def _has_no_hash(cls: Any) -> bool:
    return cls.__hash__ is None


def key_kinds(tp: Any, node: nodes.Node, builder: Builder) -> frozenset[type]:
    """
    Return the builtin classes that keys may be, before they become text where all keys are text.

    Raises:
        FormatError: No value of the type can be a key in the format.
    """
    if not builder.format.text_keys:
        if builder.format.typed_keys or _is_untyped(tp):
            return _UNTYPED if _is_untyped(tp) else _BINARY
        simple = (builder.kinds(tp) or _SIMPLE) & _SIMPLE
        if not simple:
            raise unsupported(tp, f"no key of a map in {builder.format.name}, where they are text, integers or bytes")
        return simple
    if tp is str or _is_untyped(tp):
        return _TEXT
    kinds = builder.kinds(tp)
    if kinds is None:
        return _TEXT | _NUMBERS if _are_numbers(tp) else _TEXT
    if _texts_of(node) is not None:
        return kinds & (_TEXT | _NUMBERS)
    found = _TEXT if str in kinds else kinds & _NUMBERS
    if not found:
        raise unsupported(tp, f"no key of a map in {builder.format.name}, where all of them are text")
    return found


def _is_untyped(tp: Any) -> bool:
    return behind(tp) in (Any, object)


def _are_numbers(tp: Any) -> bool:
    """Return whether what a hook writes for *tp* is taken for a number, if its text looks like one."""
    tp = behind(tp)
    if is_union(tp):
        return all(member is type(None) or _are_numbers(member) for member in members_of(tp))
    if not isinstance(tp, type):
        return False
    if issubclass(tp, enum.Enum):
        return all(isinstance(member.value, (int, float)) for member in tp)
    return issubclass(tp, (int, float))


def _texts_of(node: nodes.Node) -> dict[str, Any] | None:
    """Return the values of an enum by the texts that they are as keys, if those differ."""
    if not isinstance(node, nodes.Enum):
        return None
    wires = {(type(wire), wire): wire for wire, _ in node.pairs if type(wire) in _NUMBERS or type(wire) is str}
    texts = {text: wire for wire in wires.values() if (text := _text_of(wire)) is not None}
    return texts if len(texts) == len(wires) else None


def _text_of(wire: Any) -> str | None:
    """Return the text of a scalar as serde_json has it; ``None``: there is none."""
    if type(wire) is str:
        return wire
    if type(wire) is bool:
        return "true" if wire else "false"
    if type(wire) is int:
        return str(wire)
    return orjson.dumps(wire).decode() if math.isfinite(wire) else None


def _scalar_of(text: str, kinds: frozenset[type]) -> Any:
    """Return the scalar of one of *kinds* that *text* stands for, or *text* itself."""
    if text in _WORDS:
        return _WORDS[text] if bool in kinds else text
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    if found.lastindex is None and text != "-0":
        return int(text) if int in kinds or float in kinds else text
    number = float(text) if float in kinds else math.inf
    return number if math.isfinite(number) else text


def key_reader(tp: Any, node: nodes.Node, builder: Builder, kinds: frozenset[type]) -> Callable[[Any, Any], Any]:
    """Return the function that reads map keys of type *tp*, which may be *kinds*."""
    hook: Callable[[Any, Any], Any] = builder.registry.get_structure_hook(tp)
    if not builder.format.text_keys:
        return hook if tp is str else lambda key, _: hook(bare_key(key), tp)
    if tp is str or _is_untyped(tp):
        return hook
    known, is_own = builder.kinds(tp), builder.are_own(tp)
    texts, numbers = _texts_of(node), kinds & _NUMBERS
    is_open = isinstance(node, nodes.Enum) and node.missing is not None
    # `{"1": ...}` where keys are text or integers: a text that no member takes.
    may_be_int = known is None or int in known
    # What most keys are, in short.
    members: dict[str, Any] = {}
    if texts is not None and is_own:
        table = WireTable(node.pairs)  # type: ignore[attr-defined]
        members = {text: table.find(wire) for text, wire in texts.items()}

    def read_key(key: Any, _: Any) -> Any:
        if type(key) is not str:
            return hook(key, tp)
        if key in members:
            return members[key]
        wire = key if texts is None else texts.get(key, key)
        # Of an enum others may be members, too: 1 for 1.0, or what the class makes.
        if wire is key and numbers and (texts is None or is_open):
            wire = _scalar_of(key, numbers)
        if wire is not key:
            if not is_own:
                return hook(wire, tp)
            try:
                return hook(wire, tp)
            except FormatError:
                pass  # what is said is of the text
        try:
            return hook(key, tp)
        except FormatError as exc:
            if not may_be_int or numbers or all(issue.code != "wrong_type" for issue in exc.issues):
                raise
            wire = _scalar_of(key, frozenset((int,)))
            if wire is key:
                raise
            try:
                return hook(wire, tp)
            except FormatError:
                raise exc from None

    def read_integer(key: Any, _: Any) -> Any:
        if type(key) is str and _INTEGER.fullmatch(key) is not None:
            try:
                return hook(int(key), tp)
            except FormatError:
                pass  # what is said is of the text
        return read_key(key, tp)

    return read_integer if is_own and texts is None and numbers == {int} else read_key


def key_writer(tp: Any, node: nodes.Node, builder: Builder, kinds: frozenset[type]) -> Callable[[Any], Any]:
    """Return the function that writes map keys of type *tp* as one of *kinds*."""
    hook: Callable[[Any], Any] = builder.registry.get_unstructure_hook(tp)
    if tp is str:
        return hook
    if builder.format.text_keys:
        # Of an enum all members have a text of their own; of others of an own type kinds leave no doubt.
        sure = frozenset(_texts_of(node) or ()) if isinstance(node, nodes.Enum) and node.missing is not None else None
        return _text_writer(tp, hook, kinds, sure if builder.are_own(tp) else frozenset())

    def write_key(key: Any) -> Any:
        wire = hook(key)
        if type(wire) in _SIMPLE and type(wire) in kinds:
            return wire
        if type(wire) in kinds:
            return TypedKey(wire)
        raise mismatch("a string, integer or bytes key" if kinds is _UNTYPED else "a key that the format has", key)

    return write_key


def _text_writer(
    tp: Any, hook: Callable[[Any], Any], kinds: frozenset[type], sure: frozenset[str] | None
) -> Callable[[Any], Any]:
    """Return the writer of keys that are text; *sure* are those that no number is taken for, ``None``: all."""
    numbers = kinds & _NUMBERS
    may_be_int = int in numbers

    def write_key(key: Any) -> Any:
        wire = hook(key)
        if may_be_int and type(wire) is int:
            return str(wire)
        if type(wire) is str and (sure is None or wire in sure or not numbers or _scalar_of(wire, numbers) is wire):
            return wire
        text = _text_of(wire) if type(wire) in numbers else None
        if text is not None:
            return text
        if type(wire) in _NUMBERS and str in kinds and not _is_untyped(tp):
            raise mismatch("a string, since a key of the type may be one, and all keys are text", key)
        raise mismatch("a key that is a string on the wire", key)

    return write_key
