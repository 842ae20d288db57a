"""The case of a point: classes and values for each library, the codec, and documents."""

from __future__ import annotations

import functools
import itertools
import operator

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, Optional, Union, get_origin

import attrs

from symphony_codecs import Codec, get_codec

from .containers import CONTAINERS
from .documents import DOCUMENTS
from .fields import Dialect, Field, NotExpressibleError
from .hooks import HOOKS, register_money
from .leaves import LEAVES, rewritten
from .options import OPTIONS
from .points import Point
from .styles import STYLES
from .unions import KIND, UNIONS
from .wire import read_builtins, written_builtins


__all__ = ["Case", "Side"]

_SUBJECTS: Final = ("a", "b", "c")
_MOST: Final = 2**32 - 1


@attrs.frozen
class Side:
    """
    The classes and the value for one library.

    Args:
        root: The type of a document.
        classes: The classes of its records.
        value: The value of the document.
    """

    root: Any
    classes: tuple[Any, ...]
    value: Any


class Case:
    """
    A point with its classes, values and documents.

    Args:
        point: The point.
    """

    def __init__(self, point: Point) -> None:
        self.point = point
        self.leaf = LEAVES[point.leaf]
        self.container = CONTAINERS[point.container]
        self.style = STYLES[point.style]
        self.union = UNIONS[point.union]
        self.option = OPTIONS[point.option]
        self.hook = HOOKS[point.hook]
        self.document = DOCUMENTS[point.document]
        self._sides: dict[Dialect, Side] = {}

    @property
    def calls(self) -> bool:
        """Whether a Python function of the user runs for each record."""
        return self.style.calls or self.hook.calls or self.point.leaf == "user's class"

    @property
    def positional(self) -> bool:
        """Whether records are arrays."""
        compact = self.point.format == "msgpack-compact" and self.option.name != "positional=False"
        return compact or self.option.positional

    def side(self, dialect: Dialect) -> Side:
        """
        Return the classes and values of a library.

        Raises:
            NotExpressibleError: The library has no such classes.
        """
        if dialect not in self._sides:
            self._sides[dialect] = self._made(dialect)
        return self._sides[dialect]

    @functools.cached_property
    def codec(self) -> Codec:
        """Our codec, with its options and hooks."""
        own = self.side("own")
        codec = self.option.codec(get_codec(self.point.format), [_class_of(cls) for cls in own.classes])
        if len(own.classes) > 1:
            codec = self.union.told(codec, functools.reduce(operator.or_, own.classes))
        if self.point.records > 50_000:
            codec = codec.with_options(max_size=_MOST)
        codec = codec.copy()
        if self.point.leaf == "user's class":
            register_money(codec.converter)
        self.hook.register(codec.converter, own.root, own.classes)
        return codec

    @functools.cached_property
    def good(self) -> bytes:
        """The document as we write it."""
        own = self.side("own")
        return self.codec.encode(own.value, own.root)

    @functools.cached_property
    def data(self) -> Any:
        """The document that is read."""
        document, leaf, format_ = self.document, self.leaf, self.point.format
        if self.plain:
            return document.bend(self.good)
        builtins = read_builtins(self.good, format_)
        if leaf.rewrite is not None:
            builtins = rewritten(builtins, leaf.rewrite)
        builtins = document.change(self.union.placed(builtins))
        data = (document.write or written_builtins)(builtins, format_)
        return document.bend(data)

    @property
    def plain(self) -> bool:
        """Whether the document is ours, apart from changes to its bytes."""
        moved = self.union.tagging in {"internal", "adjacent"} and self.union.place != "first"
        again = self.document.write is None and self.document.change([None]) == [None]
        return self.leaf.rewrite is None and not moved and again and self.document.verdict != "invalid"

    def _fields(self) -> list[Field]:
        subject = self.container.wrap(self.leaf.type)
        fields = [
            Field(name="id", type=int),
            Field(name="name", type=str),
            Field(name="tags", type=list[str]),
            *(Field(name=name, type=subject) for name in _SUBJECTS),
            Field(name="score", type=float, default=0.0),
            Field(name="note", type=Optional[str], default=None),  # noqa: UP045 - a type that is a value
        ]
        return list(self.style.change(fields))

    def _made(self, dialect: Dialect) -> Side:
        if self.point.domain:
            if dialect != "own":
                raise NotExpressibleError("not its classes")
            from .domain import domain_side

            root, value = domain_side(self.point.domain)
            return Side(root, (), value)
        union = self.union
        classes = tuple(self._class(dialect, f"Record{number}", number) for number in range(union.members))
        member: Any = classes[0] if len(classes) == 1 else Union[classes]  # noqa: UP007 - a type that is a value
        if union.optional:
            member = Optional[member]  # noqa: UP045 - as above
        rows = self._rows()
        value = [self._instance(dialect, classes, number, next(rows)) for number in range(self.point.records)]
        return Side(list[member], classes, value)

    def _class(self, dialect: Dialect, name: str, number: int) -> Any:
        fields = self._fields()
        if self.union.members > 1:
            fields.insert(3, Field(name=f"only_{number}", type=int))
            if self._has_kind(dialect):
                at = {"first": 0, "middle": len(fields) // 2, "last": len(fields)}[self.union.place]
                default: dict[str, Any] = {"default": name} if self.union.place == "last" else {}
                fields.insert(at, Field(name=KIND, type=Literal[name], **default))
        if dialect == "own":
            return self.style.make(name, fields)
        return self.style.struct(name, fields, **self._struct_options(name))

    def _has_kind(self, dialect: Dialect) -> bool:
        tagging = self.union.tagging
        if dialect == "own":
            return self.union.field
        if self.union.members > 1 and tagging in {"external", "adjacent", "untagged"}:
            raise NotExpressibleError(f"no {tagging} unions")
        return False

    def _struct_options(self, name: str) -> dict[str, Any]:
        if self.option.struct is None:
            raise NotExpressibleError(f"no {self.option.name}")
        how = dict(self.option.struct)
        if self.positional:
            how["array_like"] = True
        if self.union.members > 1:
            how.update(tag_field=KIND, tag=name)
        return how

    def _instance(self, dialect: Dialect, classes: Sequence[Any], number: int, row: dict[str, Any]) -> Any:
        if self.union.optional and number % 3 == 2:
            return None
        at = number % len(classes)
        if len(classes) > 1:
            row[f"only_{at}"] = number
            if self._has_kind(dialect):
                row[KIND] = f"Record{at}"
        if self.style.kind == "dict":
            return row
        if dialect == "own":
            row = {self._arguments.get(name, name): value for name, value in row.items()}
        elif any(field.name.startswith("_") for field in self._fields()):
            row = {f"_{name}": value for name, value in row.items()}
        return classes[at](**row)

    @functools.cached_property
    def _arguments(self) -> dict[str, str]:
        return {field.name.lstrip("_"): field.argument for field in self._fields()}

    def _rows(self) -> Iterator[dict[str, Any]]:
        values = map(self.leaf.value, itertools.count())
        for number in itertools.count():
            yield {
                "id": number,
                "name": f"record {number}",
                "tags": ["red", f"tag-{number % 7}"],
                **{name: self.container.fill(values) for name in _SUBJECTS},
                "score": number * 0.5 if number % 2 else 0.0,
                "note": None if number % 2 else f"note {number}",
            }


def _class_of(cls: Any) -> Any:
    """Return the class of a generic alias with arguments."""
    origin: Any = get_origin(cls)
    return cls if origin is None else origin
